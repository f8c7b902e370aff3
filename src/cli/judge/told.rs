//! What `docket judge` says: before, meanwhile, afterwards.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::cli::{CliError, output};
use crate::domain::count::either;
use crate::domain::event::short_set;
use crate::domain::failure::Class;
use crate::engine::judge::{Cost, Offer, PASSES_ON, Report, RuleCount};
use crate::text::numbers::{counted, money, span};

/// Examples of one prompt at most.
const MOST_SHOTS: usize = crate::engine::judge::MOST_SHOTS;

/// What would be done, as data.
pub fn offer_json(offer: &Offer) -> Value {
    json!({
        "judge": offer.judge,
        "place": offer.place,
        "local": offer.local,
        "may_pass_on": offer.may_pass_on,
        "tickets": offer.tickets,
        "matching": offer.matching,
        "nothing_to_compare": offer.nothing_to_compare,
        "calls": offer.calls,
        "input_tokens": offer.tokens.0,
        "output_tokens": offer.tokens.1,
        "price_micros": price_micros(offer.price),
        "priced": offer.price != Cost::Unpriced,
        "seconds": offer.time.map(|time| time.as_secs()),
        "samples": offer.samples,
        "criteria_checked": offer.checked.0,
        "criteria": offer.checked.1,
        "examples": offer.examples,
        "guidelines": offer.guidelines.as_ref().map(|(set, _)| set),
        "first_send": offer.first_send,
        "needs_yes": offer.needs_yes(),
    })
}

/// A price in millionths; none where nobody knows it.
pub fn price_micros(cost: Cost) -> Option<i64> {
    match cost {
        Cost::Free => Some(0),
        Cost::Micros(micros) => Some(micros),
        Cost::Unpriced => None,
    }
}

/// A price in words.
pub fn price(cost: Cost) -> String {
    match cost {
        Cost::Free => "free".to_owned(),
        Cost::Micros(micros) => format!("about {}", money(micros)),
        Cost::Unpriced => "unpriced".to_owned(),
    }
}

/// Prints an offer as the command's answer.
pub fn offered(offer: &Offer, ways: &[RuleCount], json: bool) -> Result<(), CliError> {
    if json {
        let mut shown = offer_json(offer);
        shown["routes"] = ways.iter().map(way_json).collect();
        return output::json(&shown);
    }
    for line in lines(offer, true) {
        output::line(&crate::text::sanitise::line(&line))?;
    }
    for way in ways {
        output::line(&way_words(way))?;
    }
    Ok(())
}

/// Prints what routing rules did.
pub fn routed(ways: &[RuleCount]) -> Result<(), CliError> {
    ways.iter()
        .try_for_each(|way| output::line(&way_words(way)))
}

fn way_words(way: &RuleCount) -> String {
    let kept = match way.kept_open {
        0 => String::new(),
        kept => {
            let each = way.kept_for.iter().map(|(why, n)| format!("{n} {why}"));
            let each = each.collect::<Vec<_>>().join(", ");
            format!(", {kept} stay open ({each})")
        }
    };
    let tickets = if way.judged {
        counted(way.tickets, "judged ticket", "judged tickets")
    } else {
        counted(way.tickets, "ticket", "tickets")
    };
    crate::text::sanitise::line(&format!(
        "rule `{}`: {tickets} to {}{kept}",
        way.rule, way.to
    ))
    .into_owned()
}

fn way_json(way: &RuleCount) -> Value {
    json!({
        "rule": way.rule,
        "to": way.to,
        "judged": way.judged,
        "tickets": way.tickets,
        "kept_open": way.kept_open,
        "kept_open_for": way.kept_for,
    })
}

/// Says what is about to happen.
pub fn before(offer: &Offer) {
    for line in lines(offer, false) {
        output::say(&line);
    }
}

/// `dry`: nothing is sent, so that nothing is recorded either.
fn lines(offer: &Offer, dry: bool) -> Vec<String> {
    let tickets = counted(offer.tickets, "ticket", "tickets");
    if offer.checks_only {
        let (some, all) = offer.checked;
        return vec![format!(
            "checks: {tickets}, {some} of {} checked; nothing leaves this machine, free",
            counted(all as u64, "criterion", "criteria")
        )];
    }
    let tokens = offer.tokens.0 + offer.tokens.1;
    let time = offer
        .time
        .map_or(String::new(), |time| format!(", about {}", span(time)));
    let mut lines = vec![format!(
        "{}: {tickets}, {}, about {tokens} tokens, {}{time}",
        offer.judge,
        counted(offer.calls, "call", "calls"),
        price(offer.price)
    )];
    if offer.nothing_to_compare > 0 {
        lines.push(format!(
            "{} of {tickets} {} nothing to compare with, no reference and no logged response: they stay unscored, nothing is asked",
            offer.nothing_to_compare,
            either(offer.nothing_to_compare, "has", "have")
        ));
    }
    if offer.may_pass_on {
        lines.push(format!("{}: {PASSES_ON}", offer.place));
    }
    if offer.examples > 0 {
        lines.push(format!(
            "learned: up to {MOST_SHOTS} of {} in a prompt, most alike first; all of the share that may teach",
            counted(offer.examples as u64, "correction", "corrections")
        ));
    }
    if let Some((set, rules)) = &offer.guidelines {
        lines.push(format!(
            "guidelines {}: {}",
            short_set(set),
            counted(*rules as u64, "rule", "rules")
        ));
    }
    if !offer.first_send.is_empty() && offer.tickets > 0 {
        let recorded = if dry {
            "it would be recorded; a dry run sends nothing"
        } else {
            "this is recorded"
        };
        let where_to = here(offer.local, offer.may_pass_on);
        lines.push(format!(
            "first send of this eval: {} of {tickets} to {}{where_to}; {recorded}",
            offer.first_send.join(", "),
            offer.place
        ));
    }
    lines
}

/// Where on this machine a place is, if it is.
pub fn here(local: bool, may_pass_on: bool) -> &'static str {
    match (local, may_pass_on) {
        (false, _) => "",
        (true, false) => " (this machine)",
        (true, true) => " (a server on this machine)",
    }
}

/// Why there is nothing to do.
pub fn nothing(offer: &Offer, filter: &str, limit: Option<u64>) -> String {
    if offer.matching == 0 && filter.trim().is_empty() {
        return "this eval has no ticket for a judge; `docket import` adds outputs".to_owned();
    }
    if offer.matching == 0 {
        return "no ticket passes the filter".to_owned();
    }
    let further = match limit {
        Some(limit) if limit <= offer.matching => "; a larger `--limit` goes further",
        _ => "",
    };
    format!(
        "{} has judged all {}{further}; `--again` asks once more where it gave no answer",
        offer.judge,
        counted(offer.matching, "ticket", "tickets")
    )
}

/// The same as data.
pub fn nothing_json(offer: &Offer, routed: &[RuleCount]) -> Value {
    let routes: Value = routed.iter().map(way_json).collect();
    json!({ "judge": offer.judge, "outcome": "done", "tickets": 0, "matching": offer.matching, "routes": routes })
}

/// Prints what came of it.
pub fn after(report: &Report, json: bool) -> Result<(), CliError> {
    if json {
        return output::json(&report_json(report));
    }
    output::line(&format!(
        "{}: {}",
        crate::text::sanitise::line(&report.judge),
        came_of_it(report)
    ))?;
    for line in checks_told(report) {
        output::line(&crate::text::sanitise::line(&line))?;
    }
    let unscored: u64 = report.kept.unscored.values().sum();
    if unscored > 0 {
        output::line(&format!(
            "unscored: {unscored} ({})",
            classes(&report.kept.unscored)
        ))?;
    }
    if !report.kept.failed.is_empty() {
        output::line(&format!("failed: {}", classes(&report.kept.failed)))?;
    }
    if report.left > 0 && !report.checks_only {
        output::line(&format!(
            "left: {} without a verdict of this judge",
            counted(report.left, "ticket", "tickets")
        ))?;
    }
    if report.kept.calls > 0 {
        let cost = spent(report.price, report.kept.micros);
        output::line(&format!(
            "{}, {} tokens, {cost}, {}",
            counted(report.kept.calls, "call", "calls"),
            report.kept.tokens,
            span(report.took)
        ))?;
        if report.kept.lost_tokens > 0 {
            output::line(&format!(
                "and at most {} tokens more for replies that were lost on the way",
                report.kept.lost_tokens
            ))?;
        }
    }
    routed(&report.routed)
}

/// `5 of 5 tickets scored, 15 answers, 40 of 45 checks passed`.
fn came_of_it(report: &Report) -> String {
    let kept = &report.kept;
    let (passed, ran) = kept.checks_passed();
    let checks = format!("{passed} of {} passed", counted(ran, "check", "checks"));
    if report.checks_only {
        return format!("{}, {checks}", counted(kept.tickets, "ticket", "tickets"));
    }
    let mut words = format!(
        "{} of {} scored, {}",
        kept.scored_tickets,
        counted(report.total, "ticket", "tickets"),
        counted(kept.scored, "answer", "answers")
    );
    if kept.cached > 0 {
        let _ = write!(words, ", {} of them from earlier answers", kept.cached);
    }
    if ran > 0 {
        let _ = write!(words, ", {checks}");
    }
    words
}

/// Which checks failed; where nobody else was asked, the rate and the questions that have no level by it.
fn checks_told(report: &Report) -> Vec<String> {
    let mut lines = Vec::new();
    let failed: Vec<String> = report
        .kept
        .checks
        .iter()
        .filter(|(_, (passed, ran))| passed < ran)
        .map(|(check, (passed, ran))| format!("{check} {} of {ran}", ran - passed))
        .collect();
    if !failed.is_empty() {
        lines.push(format!("checks that failed: {}", failed.join(", ")));
    }
    if report.checks_only {
        if let Some(rate) = pass_rate(report) {
            lines.push(format!(
                "checks.pass_rate {rate:.3}, which is no score of the rubric"
            ));
        }
        let (some, all) = report.checked;
        let open = match report.unchecked.as_slice() {
            [] => String::new(),
            ids => format!("; without a level: {}", ids.join(", ")),
        };
        let all = counted(all as u64, "question", "questions");
        lines.push(format!("{some} of {all} checked{open}"));
    }
    lines
}

fn pass_rate(report: &Report) -> Option<f64> {
    let (passed, ran) = report.kept.checks_passed();
    (ran > 0).then(|| passed as f64 / ran as f64)
}

fn checks_json(report: &Report) -> Value {
    let (passed, ran) = report.kept.checks_passed();
    let each = report.kept.checks.iter();
    let each: serde_json::Map<String, Value> = each
        .map(|(check, (passed, ran))| (check.clone(), json!({ "passed": passed, "ran": ran })))
        .collect();
    json!({ "ran": ran, "passed": passed, "pass_rate": pass_rate(report), "each": each })
}

/// What was spent, in words: nothing where it is free, and no number where nobody knows the price.
pub fn spent(price: Cost, micros: i64) -> String {
    match price {
        Cost::Free => "free".to_owned(),
        Cost::Micros(_) => money(micros),
        Cost::Unpriced => "unpriced".to_owned(),
    }
}

/// Numbers by class.
pub fn classes(counts: &std::collections::BTreeMap<String, u64>) -> String {
    let each: Vec<String> = counts
        .iter()
        .map(|(class, n)| format!("{class} {n}"))
        .collect();
    each.join(", ")
}

fn report_json(report: &Report) -> Value {
    json!({
        "judge": report.judge,
        "job": crate::domain::ids::hex(&report.job),
        "outcome": report.outcome.name(),
        "message": report.message,
        "tickets": report.total,
        "judged": report.kept.tickets,
        "scored_tickets": report.kept.scored_tickets,
        "left": report.left,
        "scored": report.kept.scored,
        "unscored": report.kept.unscored,
        "failed": report.kept.failed,
        "cached": report.kept.cached,
        "checks": checks_json(report),
        "questions": report.checked.1,
        "questions_checked": report.checked.0,
        "questions_without_level": report.unchecked,
        "calls": report.kept.calls,
        "tokens": report.kept.tokens,
        "lost_tokens_at_most": report.kept.lost_tokens,
        "lost_micros_at_most": report.kept.lost_micros,
        "class": report.stopped_by.map(Class::name),
        "cost_micros": (report.price != Cost::Unpriced).then_some(report.kept.micros),
        "unpriced_calls": report.kept.unpriced,
        "sent": report.traffic.sent,
        "retries": report.traffic.retries,
        "rate_limited": report.traffic.rate_limited,
        "asked_again": asked_again(report),
        "seconds": report.took.as_secs_f64(),
        "routes": report.routed.iter().map(way_json).collect::<Value>(),
    })
}

fn asked_again(report: &Report) -> Value {
    let each = report.traffic.again().into_iter();
    let each = each.filter(|(_, n)| *n > 0);
    each.map(|(class, n)| (class.name().to_owned(), json!(n)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
