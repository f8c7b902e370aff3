//! `docket judge --suggest`: corrections for what fails, verified, never taken by themselves.

use serde_json::json;

use super::told::{self, classes, spent};
use super::{Args, may_start};
use crate::cli::{CliError, Context, Exit, interrupt, output};
use crate::domain::job::Outcome;
use crate::engine::Engine;
use crate::engine::judge::{Cost, JudgeOrder, Progress, SuggestOrder, SuggestReport};
use crate::text::numbers::{counted, span};

/// Suggests and reports.
pub fn run(
    args: &Args,
    context: &Context,
    engine: &Engine,
    judge: JudgeOrder,
) -> Result<Exit, CliError> {
    let order = SuggestOrder {
        judge,
        ticket: None,
    };
    let offer = engine.suggest_offer(&order)?;
    if args.dry_run {
        return told::offered(&offer, &[], context.json()).map(|()| Exit::Done);
    }
    if offer.tickets == 0 {
        output::say(
            "no ticket that fails by its judge still lacks a suggestion; `docket judge` scores tickets first, `--again` verifies once more",
        );
        if context.json() {
            output::json(&told::nothing_json(&offer, &[]))?;
        }
        return Ok(Exit::Done);
    }
    told::before(&offer);
    if !may_start(args, context, &offer)? {
        return Ok(Exit::No);
    }
    let report = interrupt::stoppable(
        |control, tell| engine.suggest_run(&order, control, tell),
        |bar, progress: &Progress| {
            let done = (progress.kept.tickets, progress.total);
            bar.calls(done, "tickets", &super::meanwhile::about(progress));
        },
    );
    let report = report?;
    after(&report, context.json())?;
    ended(&report)
}

fn after(report: &SuggestReport, json: bool) -> Result<(), CliError> {
    if json {
        return output::json(&report_json(report));
    }
    let kept = &report.kept;
    output::line(&format!(
        "{}: {}, {} helped and pass, {} helped and do not pass yet, {} did not help, {} could not be verified",
        crate::text::sanitise::line(&report.judge),
        counted(
            kept.helped + kept.did_not_help + kept.unverified,
            "suggestion",
            "suggestions"
        ),
        kept.helped_and_pass,
        kept.helped - kept.helped_and_pass,
        kept.did_not_help,
        kept.unverified
    ))?;
    if kept.rewrites > 0 {
        output::line(&format!(
            "rewrites: {} (the named changes do not give the text; only the whole can be taken)",
            kept.rewrites
        ))?;
    }
    if kept.unresolved > 0 {
        output::line(&format!("with something unresolved: {}", kept.unresolved))?;
    }
    if kept.stay_here > 0 {
        output::line(&format!(
            "helped, and left out of every export until a person has read them: {} (the text speaks to whoever grades it, or has another warning on it)",
            kept.stay_here
        ))?;
    }
    if kept.nothing > 0 {
        output::line(&format!(
            "left out: {} (no output, nothing to repair, or another worker has it)",
            kept.nothing
        ))?;
    }
    if !kept.unscored.is_empty() {
        output::line(&format!("no suggestion: {}", classes(&kept.unscored)))?;
    }
    if !kept.failed.is_empty() {
        output::line(&format!("failed: {}", classes(&kept.failed)))?;
    }
    let cost = spent(report.price, kept.micros);
    output::line(&format!(
        "{}, {} tokens, {cost}, {}",
        counted(kept.calls, "call", "calls"),
        kept.tokens,
        span(report.took)
    ))
}

fn report_json(report: &SuggestReport) -> serde_json::Value {
    let kept = &report.kept;
    json!({
        "judge": report.judge,
        "job": crate::domain::ids::hex(&report.job),
        "outcome": report.outcome.name(),
        "message": report.message,
        "tickets": report.total,
        "finished": kept.tickets,
        "helped": kept.helped,
        "helped_and_pass": kept.helped_and_pass,
        "did_not_help": kept.did_not_help,
        "unverified": kept.unverified,
        "rewrites": kept.rewrites,
        "unresolved": kept.unresolved,
        "helped_and_warned": kept.stay_here,
        "left_out": kept.nothing,
        "unscored": kept.unscored,
        "failed": kept.failed,
        "calls": kept.calls,
        "tokens": kept.tokens,
        "cost_micros": (report.price != Cost::Unpriced).then_some(kept.micros),
        "unpriced_calls": kept.unpriced,
        "seconds": report.took.as_secs_f64(),
    })
}

fn ended(report: &SuggestReport) -> Result<Exit, CliError> {
    match report.outcome {
        Outcome::Done => Ok(Exit::Done),
        Outcome::Cancelled => Err(CliError::new(
            "stopped; suggestions that came back are kept",
            "run the same command again: it goes on where it stopped",
        )),
        Outcome::Budget | Outcome::Failed => Err(CliError::new(
            report
                .message
                .clone()
                .unwrap_or_else(|| "the job failed".to_owned()),
            "suggestions that came back are kept; the same command goes on",
        )),
    }
}
