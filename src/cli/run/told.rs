//! What `docket run` says: before, meanwhile, afterwards.

use serde_json::{Value, json};

use crate::cli::judge::meanwhile::again;
use crate::cli::judge::told::{classes, here, price, price_micros};
use crate::cli::{CliError, output};
use crate::domain::count::either;
use crate::engine::judge::{Cost, PASSES_ON};
use crate::engine::runs::{CandidateOffer, CandidateReport, RunOffer, RunProgress, RunReport};
use crate::text::numbers::{counted, money, span};
use crate::text::sanitise;

/// Prints an offer as the command's answer.
pub fn offered(offer: &RunOffer, json: bool) -> Result<(), CliError> {
    if json {
        return output::json(&offer_json(offer));
    }
    lines(offer)
        .iter()
        .try_for_each(|line| output::line(&sanitise::line(line)))
}

/// Says what is about to happen.
pub fn before(offer: &RunOffer) {
    for line in lines(offer) {
        output::say(&line);
    }
}

fn offer_json(offer: &RunOffer) -> Value {
    let candidates: Vec<Value> = offer.candidates.iter().map(candidate_json).collect();
    json!({
        "group": offer.group,
        "there": offer.there,
        "eval": offer.eval,
        "items": offer.items,
        "baseline": offer.baseline,
        "logged": offer.logged,
        "nothing_to_compare": offer.nothing_to_compare,
        "candidates": candidates,
        "calls": offer.calls,
        "price_micros": price_micros(offer.price),
        "priced": offer.price != Cost::Unpriced,
        "seconds": offer.time.map(|time| time.as_secs()),
        "needs_yes": offer.needs_yes(),
    })
}

fn candidate_json(one: &CandidateOffer) -> Value {
    json!({
        "name": one.name,
        "place": one.place,
        "local": one.local,
        "runs": one.runs,
        "calls": one.calls,
        "input_tokens": one.tokens.0,
        "output_tokens": one.tokens.1,
        "price_micros": price_micros(one.price),
        "first_send": one.first_send,
    })
}

/// What no judge will score under a rubric that compares.
fn unscored(offer: &RunOffer) -> Vec<String> {
    let mut lines = Vec::new();
    if offer.logged && offer.against_logged {
        lines.push(
            "the rubric compares with what was logged, so what was logged itself stays unscored"
                .to_owned(),
        );
    }
    if offer.nothing_to_compare > 0 {
        lines.push(format!(
            "{} of {} {} nothing to compare with, no reference and no logged response: what is answered to them stays unscored",
            offer.nothing_to_compare,
            counted(offer.items, "item", "items"),
            either(offer.nothing_to_compare, "has", "have")
        ));
    }
    lines
}

fn lines(offer: &RunOffer) -> Vec<String> {
    let what = if offer.there { "group" } else { "new group" };
    let mut lines = vec![format!(
        "{what} `{}`: {} of `{}`",
        offer.group,
        counted(offer.items, "item", "items"),
        offer.eval
    )];
    if offer.logged {
        lines.push("logged: what was answered before, no call".to_owned());
    }
    lines.extend(unscored(offer));
    for one in &offer.candidates {
        let runs = if one.runs > 1 {
            format!("{} runs, ", one.runs)
        } else {
            String::new()
        };
        lines.push(match one.calls {
            0 => format!("{}: {runs}nothing left to ask", one.name),
            calls => format!(
                "{}: {runs}{}, about {} tokens, {}",
                one.name,
                counted(calls, "call", "calls"),
                one.tokens.0 + one.tokens.1,
                price(one.price)
            ),
        });
        if one.may_pass_on && one.calls > 0 {
            lines.push(format!("{}: {PASSES_ON}", one.place));
        }
        if !one.first_send.is_empty() {
            let here = here(one.local, one.may_pass_on);
            lines.push(format!(
                "first send of this eval: {} of {} to {}{here}; this is recorded",
                one.first_send.join(", "),
                counted(offer.items, "item", "items"),
                one.place
            ));
        }
    }
    if let Some(time) = offer.time {
        lines.push(format!(
            "in all {}, {}, about {}",
            counted(offer.calls, "call", "calls"),
            price(offer.price),
            span(time)
        ));
    }
    lines
}

/// Prints what came of it.
pub fn after(report: &RunReport, json: bool) -> Result<(), CliError> {
    if json {
        return output::json(&report_json(report));
    }
    if let Some(logged) = &report.logged {
        let failed = match logged.failed {
            0 => String::new(),
            n => format!(", {n} failed calls"),
        };
        output::line(&format!(
            "logged: {}{failed}",
            counted(logged.outputs, "output", "outputs")
        ))?;
        if logged.several > 0 {
            let items = counted(logged.several, "item has", "items have");
            output::line(&format!(
                "{items} more than one logged output; the first of each counts"
            ))?;
        }
        let without = report.items.saturating_sub(logged.outputs + logged.failed);
        if without > 0 {
            output::line(&format!(
                "{} logged output",
                counted(without, "item has no", "items have no")
            ))?;
        }
    }
    for one in &report.candidates {
        output::line(&sanitise::line(&candidate_line(one)))?;
    }
    let next = format!(
        "next: `docket judge --group {} --judge JUDGE`",
        report.group
    );
    output::say(&next);
    Ok(())
}

fn candidate_line(one: &CandidateReport) -> String {
    let kept = &one.kept;
    let mut parts = vec![counted(kept.answered, "reply", "replies")];
    if kept.reused > 0 {
        parts.push(format!("{} of them from earlier runs", kept.reused));
    }
    if !kept.failed.is_empty() {
        parts.push(format!("failed: {}", classes(&kept.failed)));
    }
    if kept.calls > 0 {
        let cost = if one.priced {
            money(kept.micros)
        } else {
            "unpriced".to_owned()
        };
        parts.push(format!(
            "{}, {} tokens, {cost}",
            counted(kept.calls, "call", "calls"),
            kept.tokens
        ));
    }
    if one.left > 0 {
        parts.push(format!("{} left", one.left));
    }
    format!("{}: {}", one.name, parts.join("; "))
}

fn report_json(report: &RunReport) -> Value {
    let candidates: Vec<Value> = report
        .candidates
        .iter()
        .map(candidate_report_json)
        .collect();
    json!({
        "group": report.group,
        "made": report.made,
        "items": report.items,
        "job": crate::domain::ids::hex(&report.job),
        "outcome": report.outcome.name(),
        "logged": report.logged.map(|logged| json!({
            "outputs": logged.outputs,
            "failed": logged.failed,
            "several": logged.several,
        })),
        "candidates": candidates,
        "seconds": report.took.as_secs_f64(),
    })
}

fn candidate_report_json(one: &CandidateReport) -> Value {
    json!({
        "name": one.name,
        "outcome": one.outcome.name(),
        "message": one.message,
        "answered": one.kept.answered,
        "reused": one.kept.reused,
        "failed": one.kept.failed,
        "left": one.left,
        "calls": one.kept.calls,
        "tokens": one.kept.tokens,
        "cost_micros": one.priced.then_some(one.kept.micros),
        "unpriced_calls": one.kept.unpriced,
    })
}

/// Candidate, rate, cost, failures, time left.
pub(super) fn about(at: &RunProgress) -> String {
    let mut parts = vec![at.candidate.clone(), format!("{:.1}/s", at.rate)];
    if at.kept.micros > 0 {
        parts.push(format!("{} spent", money(at.kept.micros)));
    }
    let failed: u64 = at.kept.failed.values().sum();
    if failed > 0 {
        parts.push(format!("{failed} failed"));
    }
    parts.extend(again(&at.again, at.delayed));
    if at.paused {
        parts.push("held".to_owned());
    } else if let Some(left) = at.left {
        parts.push(format!("{} left", span(left)));
    }
    parts.join(", ")
}
