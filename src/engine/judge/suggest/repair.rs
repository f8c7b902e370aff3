//! One ticket's calls: the correction is asked for, applied, checked, and judged again by fresh questions.

use std::sync::Arc;

use super::super::purse::starved;
use super::super::unit::{Asking, Done, Unit};
use super::super::work::Work;
use super::case::{Case, Desk};
use crate::domain::failure::{Answerable, Class};
use crate::domain::ids::Identity;
use crate::domain::json::Json;
use crate::domain::rubric::{Answer, Answers};
use crate::domain::suggestion::{Change, Helped, Kind, Levels, Suggestion};
use crate::judge::nonce::Nonce;
use crate::judge::parse::Rejected;
use crate::judge::subject::Subject;
use crate::judge::suggest::{self, Help};
use crate::judge::tokens;
use crate::provider::{Ask, Failure, Prompt};
use crate::store::jobs::CallFact;

/// What calls about a correction are counted under.
const SUGGESTION: &str = "suggestion";
/// Tokens a reply has beside the texts.
const ROOM: u64 = 1024;

/// Something to be written about a case.
#[derive(Debug)]
pub(super) struct Step {
    pub case: Arc<Case>,
    pub calls: Vec<CallFact>,
    pub found: Found,
}

/// What came of it so far.
#[derive(Debug)]
pub(super) enum Found {
    /// Paid and not verified: kept at once, so that a killed process does not pay it twice.
    Pending(Box<Suggestion>),
    /// The last word.
    Settled(Box<Suggestion>),
    /// No correction could be read.
    Unscored(Rejected),
    /// The transport, the budget, or the person at the keyboard.
    Failed(Failure),
}

/// Repairs one case; tells every step to `tell`.
pub(super) async fn repair(
    desk: Arc<Desk>,
    asking: Arc<Asking>,
    case: Arc<Case>,
    tell: impl Fn(Step),
) -> Option<Failure> {
    let mut calls = Vec::new();
    let asked = match &case.pending {
        Some(pending) => Ok(Ok(pending.clone())),
        None => ask(&desk, &asking, &case, &mut calls).await,
    };
    let step = |calls, found| Step {
        case: Arc::clone(&case),
        calls,
        found,
    };
    let (suggestion, paid) = match asked {
        Ok(Ok(suggestion)) => {
            let paid = priced(&calls);
            let kept = Found::Pending(Box::new(suggestion.clone()));
            tell(step(std::mem::take(&mut calls), kept));
            (suggestion, paid)
        }
        Ok(Err(rejected)) => {
            tell(step(calls, Found::Unscored(rejected)));
            return None;
        }
        Err(failure) => {
            tell(step(calls, Found::Failed(failure.clone())));
            return Some(failure);
        }
    };
    match verify(&desk, &asking, &case, suggestion, &mut calls).await {
        Ok(mut settled) => {
            settled.cost_micros = paid
                .or(settled.cost_micros)
                .map(|paid| paid + priced(&calls).unwrap_or_default());
            tell(step(calls, Found::Settled(Box::new(settled))));
            None
        }
        Err(failure) => {
            tell(step(calls, Found::Failed(failure.clone())));
            Some(failure)
        }
    }
}

fn priced(calls: &[CallFact]) -> Option<i64> {
    let known: Vec<i64> = calls.iter().filter_map(|call| call.micros).collect();
    (!known.is_empty()).then(|| known.iter().sum())
}

/// The first question, with room for the whole text twice: once corrected, once in the changes.
fn question(asking: &Asking, wanted: suggest::Wanted, original: &str) -> Ask {
    let room = ROOM + 2 * tokens::estimate(original);
    let room = u32::try_from(room).unwrap_or(u32::MAX);
    Ask {
        model: Arc::clone(&asking.name),
        prompt: wanted.prompt,
        shape: Some(Arc::new(wanted.shape)),
        max_output_tokens: Some(asking.max_output_tokens.max(room)),
        temperature: asking.judge.temperature,
        seed: Some(0),
        parameters: None,
    }
}

/// Asks for the correction, with re-asks as the class of what came back allows.
async fn ask(
    desk: &Desk,
    asking: &Asking,
    case: &Case,
    calls: &mut Vec<CallFact>,
) -> Result<Result<Suggestion, Rejected>, Failure> {
    let failing: Vec<_> = case.failing.iter().collect();
    let nonce = nonce(desk, asking, case);
    let wanted = match suggest::prompt(&desk.rubric, &case.subject, &failing, &nonce, None) {
        Ok(wanted) => wanted,
        Err(rejected) => return Ok(Err(rejected)),
    };
    let original = original(&case.subject);
    let mut ask = question(asking, wanted, original);
    let mut again = 0;
    loop {
        let rejected = match asking.model.ask(&ask, None).await {
            Ok(reply) => {
                let read = suggest::read(&reply, &nonce, original);
                let class = read
                    .as_ref()
                    .map_or_else(|no| no.class.name(), |_| "scored");
                let took = reply.took.as_millis();
                calls.push(asking.call(case.row, SUGGESTION, class, reply.usage, took));
                match read {
                    Ok(read) => return Ok(Ok(suggestion(case, read, &reply.raw))),
                    Err(rejected) => rejected,
                }
            }
            Err(failure) => {
                if let Some(wait) = starved(&failure) {
                    tokio::time::sleep(wait).await;
                    continue;
                }
                if failure.sent > 0 {
                    let class = failure.class.name();
                    calls.push(asking.call(case.row, SUGGESTION, class, failure.usage, 0));
                }
                // A reply without anything in it is asked about again like one with the wrong thing.
                match failure.class.answerable() {
                    Answerable::Again(_) | Answerable::Unscored => {
                        Rejected::new(failure.class, failure.message)
                    }
                    _ => return Err(failure),
                }
            }
        };
        match rejected.class.answerable() {
            Answerable::Again(limit) if again < limit => again_with(&mut ask, &rejected, &nonce),
            _ => return Ok(Err(rejected)),
        }
        again += 1;
    }
}

/// The same question with what was wrong; ends with the id as every question does.
fn again_with(ask: &mut Ask, rejected: &Rejected, nonce: &Nonce) {
    if rejected.class == Class::Truncated {
        ask.max_output_tokens = ask.max_output_tokens.map(|room| room.saturating_mul(2));
    }
    if let Prompt::Written { rest, .. } = &mut ask.prompt {
        rest.push_str(&suggest::again(rejected, nonce));
    }
}

/// Bound to the output, the judge and what it is asked to repair.
fn nonce(desk: &Desk, asking: &Asking, case: &Case) -> Nonce {
    let mut identity = Identity::of("suggestion asked")
        .part(&case.subject.outputs_digest())
        .part(&desk.judge.id.0);
    for verdict in &case.failing {
        identity = identity
            .part(verdict.criterion.as_bytes())
            .part(verdict.reasoning.as_bytes());
    }
    Nonce::of_task(&asking.secret, "suggest", &identity.finish())
}

fn original(subject: &Subject) -> &str {
    subject.outputs.first().map_or("", |output| &output.text)
}

fn suggestion(case: &Case, read: suggest::Suggestion, raw: &str) -> Suggestion {
    let (kind, changes) = match read.kind {
        suggest::Kind::Edits(edits) => {
            let change = |(_, change): (_, suggest::Change)| Change {
                quote: change.quote,
                replacement: change.replacement,
                criterion: change.criterion,
            };
            (Kind::Changes, edits.into_iter().map(change).collect())
        }
        suggest::Kind::Unchanged => (Kind::Changes, Vec::new()),
        suggest::Kind::Rewrite => (Kind::Rewrite, Vec::new()),
    };
    Suggestion {
        base: case.base,
        text: read.text,
        changes,
        unresolved: read.unresolved,
        kind,
        before: Levels::default(),
        after: Levels::default(),
        helped: Helped::Unverified,
        because: Vec::new(),
        cost_micros: None,
        raw: Some(Json::string(raw)),
    }
}

/// Checks first, for they are free; then every criterion by fresh questions that know nothing of the first.
async fn verify(
    desk: &Desk,
    asking: &Asking,
    case: &Case,
    mut suggestion: Suggestion,
    calls: &mut Vec<CallFact>,
) -> Result<Suggestion, Failure> {
    let mut subject = case.subject.clone();
    if let Some(output) = subject.outputs.first_mut() {
        output.text.clone_from(&suggestion.text);
    }
    let before_checks = desk.run_checks(&case.subject);
    let after_checks = desk.run_checks(&subject);
    suggestion.before = case.before.clone().unwrap_or_default();
    suggestion.before.checks = before_checks;
    suggestion.after.checks = after_checks;
    if suggestion.text == original(&case.subject) {
        suggestion.helped = Helped::DidNotHelp;
        suggestion.after = suggestion.before.clone();
        return Ok(suggestion);
    }
    let broken: Vec<String> = suggestion
        .after
        .checks
        .iter()
        .filter(|after| {
            let passed = |before: &&crate::domain::rubric::CheckOutcome| {
                before.check == after.check && before.pass
            };
            !after.pass
                && suggestion
                    .before
                    .checks
                    .iter()
                    .any(|before| passed(&before))
        })
        .map(|after| after.check.clone())
        .collect();
    if !broken.is_empty() {
        suggestion.helped = Helped::DidNotHelp;
        suggestion.because = broken;
        return Ok(suggestion);
    }
    if case.before.is_none() {
        suggestion.before.levels = levels(asking, case, case.subject.clone(), calls).await?;
    }
    suggestion.after.levels = levels(asking, case, subject, calls).await?;
    let (before, after) = (&suggestion.before, &suggestion.after);
    let help = suggest::helped(
        &desk.rubric,
        (&answers(before), &before.checks),
        (&answers(after), &after.checks),
    );
    (suggestion.helped, suggestion.because) = match help {
        Help::Helped { better } => (Helped::Helped, better),
        Help::DidNot { worse } => (Helped::DidNotHelp, worse),
        Help::Unknown { missing } => (Helped::Unverified, missing),
    };
    Ok(suggestion)
}

fn answers(levels: &Levels) -> Answers {
    let answer = |(id, level): (&String, &i32)| (id.clone(), Answer::Level(*level));
    levels.levels.iter().map(answer).collect()
}

/// Judges a text by every call of the rubric; criteria without an answer are missing.
async fn levels(
    asking: &Asking,
    case: &Case,
    subject: Subject,
    calls: &mut Vec<CallFact>,
) -> Result<std::collections::BTreeMap<String, i32>, Failure> {
    let work = Arc::new(Work {
        ticket: case.ticket,
        row: case.row,
        subject,
        units: Vec::new(),
        known: Vec::new(),
        checks: Vec::new(),
        checked: Vec::new(),
        flags: Vec::new(),
    });
    let mut levels = std::collections::BTreeMap::new();
    for (call, prepared) in asking.calls.iter().enumerate() {
        let unit = Unit {
            call,
            sample: 0,
            attempt: 0,
            keys: Vec::new(),
            shots: Arc::default(),
        };
        let mut done = Done::of(Arc::clone(&work), unit);
        let answered = asking.ask(prepared, &mut done, None, None).await;
        calls.append(&mut done.calls);
        for verdict in answered?.verdicts {
            if let Some(level) = verdict.outcome.answer().and_then(Answer::level) {
                levels.insert(verdict.criterion, level);
            }
        }
    }
    Ok(levels)
}
