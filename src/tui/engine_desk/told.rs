//! What a judge is ordered to do, and what jobs say on their way and at their end.

use std::fmt::Write as _;

use super::super::desk::{Answer, Job};
use super::name_of;
use crate::domain::failure::Class;
use crate::domain::job::Outcome;
use crate::domain::view::{JudgeAsk, JudgeScope, Progress, SpendLimit};
use crate::engine::Engine;
use crate::engine::import;
use crate::engine::judge::{JudgeOrder, Report};

/// What is asked, as the engine takes it. Whose work it is comes after.
pub(super) fn order(
    engine: &Engine,
    ask: &JudgeAsk,
    limit: Option<SpendLimit>,
) -> Answer<JudgeOrder> {
    let mut order = JudgeOrder::new(name_of(engine, ask.eval)?, "checks");
    match &ask.scope {
        JudgeScope::All => {}
        JudgeScope::Filter(filter) => order.filter.clone_from(filter),
        JudgeScope::Tickets(tickets) => order.only = Some(tickets.clone()),
        JudgeScope::Rescored => order.rescore = true,
    }
    order.again = ask.again;
    match limit {
        None => {}
        Some(SpendLimit::Micros(micros)) => order.max_micros = Some(micros),
        Some(SpendLimit::Tokens(tokens)) => order.max_tokens = Some(tokens),
    }
    Ok(order)
}

/// How a judge's work ended, in a sentence. What is not scored is said by its class.
pub(super) fn ended(report: &Report) -> String {
    let how = match report.outcome {
        Outcome::Done => "done",
        Outcome::Cancelled => "stopped; it can go on",
        Outcome::Budget => "its budget is spent",
        Outcome::Failed => "failed",
    };
    let mut words = format!(
        "{}: {how}, {} of {} tickets read",
        report.judge, report.kept.tickets, report.total
    );
    for (class, count) in &report.kept.unscored {
        let class = match Class::read(class) {
            Some(class) => class.words(),
            None => class.as_str(),
        };
        let _ = write!(words, ", {count} not scored: {class}");
    }
    if let Some(message) = &report.message {
        let _ = write!(words, ": {message}");
    }
    words
}

/// Passes the progress of an import on.
pub(super) fn tell(job: &Job<'_>, what: &str, progress: import::Progress<'_>) {
    if let import::Progress::Loading { bytes, total, .. }
    | import::Progress::Checking { bytes, total, .. } = progress
    {
        let what = format!("importing {what}");
        job.tell(Progress {
            what,
            done: bytes,
            total: Some(total),
            unit: "bytes",
            rate: 0.0,
        });
    }
}
