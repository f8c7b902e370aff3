//! The verdict on one candidate and its checklist: what is asked, whether it holds, the evidence, what would settle it.

use std::collections::BTreeSet;

use super::rows::{Sense, Sheet};
use crate::domain::decimal;
use crate::domain::gate::words::percent;
use crate::domain::gate::{Basis, Decision};
use crate::domain::view::gate::{
    CandidateGate, Condition, DecisionStanding, GatePart, GateReport, GateVerdict, GateView, Settle,
};
use crate::text::wrap::wrap;
use crate::text::{sanitise, width};

/// Lines of a command's output that are shown.
const TAIL: usize = 12;
/// Between the verdict and who decides.
const GAP: &str = "   ";
/// Blanks before what is said below a line of the list: pointer, part and sign.
const BELOW: u16 = 13;

/// The sense of a verdict.
pub fn sense(verdict: GateVerdict) -> Sense {
    match verdict {
        GateVerdict::Pass => Sense::Good,
        GateVerdict::Inconclusive => Sense::Warn,
        GateVerdict::Fail => Sense::Bad,
    }
}

/// A verdict in one word.
pub fn word(verdict: GateVerdict) -> &'static str {
    match verdict {
        GateVerdict::Pass => "passes",
        GateVerdict::Inconclusive => "undecided",
        GateVerdict::Fail => "blocked",
    }
}

/// What stands above the checklist: what must be known of every number, the verdict, whose word it is.
pub(super) fn head(view: &GateView, one: &CandidateGate, moved: bool, cells: u16) -> Sheet {
    let report = &view.report;
    let mut sheet = Sheet::new(cells);
    for mark in &report.watermarks {
        sheet.words(0, Sense::Warn, &format!("*** {mark} ***"));
    }
    if moved {
        let words = "These are not the latest numbers: what they rest on has changed since. Look again to see it.";
        sheet.words(0, Sense::Warn, words);
    }
    let said = word(one.verdict).to_uppercase();
    let owner = &one.owner.words;
    if usize::from(cells) >= said.len() + GAP.len() + width::of(owner) {
        let parts = vec![
            (sense(one.verdict), said),
            (Sense::Plain, GAP.to_owned()),
            (owner_sense(one), owner.clone()),
        ];
        sheet.parts(0, parts, None);
    } else {
        sheet.words(0, sense(one.verdict), &said);
        sheet.words(0, owner_sense(one), owner);
    }
    sheet.words(0, Sense::Strong, &format!("{}.", one.sentence));
    sheet.words(0, backing_sense(report), &backing(report));
    sheet
}

/// Whose word it is, what stands behind it, and when the rule was made.
fn backing(report: &GateReport) -> String {
    let judge = report.judge.as_deref().unwrap_or("no judge");
    let whose = match report.basis {
        Basis::Judge => format!("By the word of {judge}: {}", report.agreement.words),
        Basis::Human => format!(
            "By people's word, beside {judge}: {}",
            report.agreement.words
        ),
    };
    format!("{whose}. The rule was {}.", report.declared.relative)
}

fn backing_sense(report: &GateReport) -> Sense {
    let unchecked = report.basis == Basis::Judge && !report.agreement.checked;
    if unchecked || report.declared.outputs_before > 0 {
        Sense::Warn
    } else {
        Sense::Dim
    }
}

/// How the owner's part stands.
fn owner_sense(one: &CandidateGate) -> Sense {
    let owner = &one.owner;
    if owner.approved {
        return Sense::Good;
    }
    match owner.decisions.first() {
        None => Sense::Plain,
        Some(last) => match (&last.standing, last.decision) {
            (DecisionStanding::Holds, Decision::Reject) => Sense::Bad,
            (DecisionStanding::Holds, Decision::Approve) => Sense::Plain,
            _ => Sense::Warn,
        },
    }
}

/// The checklist of a candidate. `open` holds the lines whose evidence is shown.
pub(super) fn list(
    view: &GateView,
    one: &CandidateGate,
    open: &BTreeSet<String>,
    width: u16,
) -> Sheet {
    let mut sheet = Sheet::new(width);
    for part in GatePart::ALL {
        let mut name = short(part);
        let mut empty = true;
        let mut bounded = false;
        for condition in one.of(part) {
            line(&mut sheet, name, condition, open);
            let bound = condition.bound.as_ref();
            bounded |= bound.is_some_and(|bound| bound.lower.is_some());
            (name, empty) = ("", false);
        }
        if bounded {
            let each = percent(1.0 - view.report.alpha);
            let words = format!("(in brackets: two one-sided bounds, each at {each})");
            sheet.words(BELOW, Sense::Dim, &words);
        }
        if empty {
            not_asked(&mut sheet, part, open);
        }
    }
    approval(&mut sheet, one, open);
    settles(&mut sheet, one);
    next(&mut sheet, view, one);
    sheet
}

/// The part in a word.
fn short(part: GatePart) -> &'static str {
    match part {
        GatePart::Quality => "Quality",
        GatePart::Evidence => "Evidence",
        GatePart::Reruns => "Reruns",
        GatePart::Limits => "Limits",
        GatePart::Checks => "Checks",
    }
}

fn line(sheet: &mut Sheet, part: &'static str, one: &Condition, open: &BTreeSet<String>) {
    sheet.stop(&one.id, true, Some(one.found.clone()));
    let what = format!("{}, {}", one.title, one.required);
    sheet.check(part, sense(one.verdict), what, found(one));
    if !one.why.is_empty() {
        let sense = match one.verdict {
            GateVerdict::Pass => Sense::Dim,
            verdict => sense(verdict),
        };
        sheet.words(BELOW, sense, &one.why);
    }
    if !open.contains(&one.id) {
        return;
    }
    sheet.words(
        BELOW,
        Sense::Dim,
        &format!("asked: {}, {}", one.title, one.required),
    );
    sheet.words(BELOW, Sense::Dim, &format!("found: {}", one.found));
    if let Some(p) = one.bound.as_ref().and_then(|bound| bound.p) {
        let p = crate::domain::gate::words::p_value(p);
        sheet.words(
            BELOW,
            Sense::Dim,
            &format!("p {p}, one-sided: how likely such numbers are where this does not hold"),
        );
    }
    if let Some(tail) = &one.tail {
        sheet.words(BELOW, Sense::Dim, "it wrote:");
        let lines: Vec<&str> = tail.lines().collect();
        for line in &lines[lines.len().saturating_sub(TAIL)..] {
            sheet.words(BELOW, Sense::Dim, &format!("| {line}"));
        }
    }
}

/// What there is, with the bounds alone where there are some.
fn found(one: &Condition) -> String {
    let Some(bound) = &one.bound else {
        return one.found.clone();
    };
    let signed = one.title.ends_with("the baseline");
    let number = |value: f64| {
        if signed {
            decimal::signed(value, 3)
        } else {
            decimal::fixed(value, 3)
        }
    };
    match (bound.lower, bound.upper) {
        (Some(lower), Some(upper)) => format!(
            "{} ({} to {})",
            number(bound.estimate),
            number(lower),
            number(upper)
        ),
        _ => format!("{} (bounds n/a)", number(bound.estimate)),
    }
}

/// What the rule leaves out, so that nobody takes it for checked.
fn not_asked(sheet: &mut Sheet, part: GatePart, open: &BTreeSet<String>) {
    let (what, how) = match part {
        GatePart::Quality => ("how good the answers are", "`[quality] min_mean = 0.8`"),
        GatePart::Evidence => ("what the numbers rest on", "`[evidence] min_items = 30`"),
        GatePart::Reruns => (
            "whether runs of the same items agree",
            "`[reruns] min_runs = 3, max_flicker = 0.1`, or `--min-runs 3 --max-flicker 0.1`",
        ),
        GatePart::Limits => (
            "latency and cost",
            "`[limits] p95_ms = 3000, cost_per_1000 = 2.50`, or `--max-p95-ms 3000`",
        ),
        GatePart::Checks => (
            "security and verification checks",
            "`[[check]]` with `name` and `run`, or `--check secrets='sh checks/secrets.sh'`",
        ),
    };
    let id = format!("not_asked.{}", part.title());
    let is_open = open.contains(&id);
    sheet.stop(id, true, None);
    sheet.check(
        short(part),
        Sense::Dim,
        format!("not asked: {what}"),
        String::new(),
    );
    if is_open {
        let words = format!(
            "The rule says nothing about it, so it blocks nobody. To ask for it declare another rule with {how}."
        );
        sheet.words(BELOW, Sense::Dim, &words);
    }
}

/// Who decides.
fn approval(sheet: &mut Sheet, one: &CandidateGate, open: &BTreeSet<String>) {
    let owner = &one.owner;
    let sense = match owner_sense(one) {
        // Nobody has decided, or not enough have.
        Sense::Plain => Sense::Warn,
        sense => sense,
    };
    let last = owner.decisions.first();
    sheet.stop("approval", true, last.map(|last| last.reason.clone()));
    // What does not fit goes on below, for it says who is waited for.
    let room = usize::from(sheet.width().saturating_sub(BELOW)).max(8);
    let clean = sanitise::line(&owner.words);
    let first = wrap(&clean, room).first().map_or(0, |row| row.end);
    let below = clean[first..].trim_start().to_owned();
    let words = clean[..first].to_owned();
    sheet.check("Approval", sense, words, String::new());
    if !below.is_empty() {
        sheet.words(BELOW, sense, &below);
    }
    if let Some(last) = last {
        sheet.words(BELOW, Sense::Dim, &format!("“{}”", last.reason));
    }
    if open.contains("approval") {
        let who = if owner.approvers.is_empty() {
            "The rule lets anybody decide.".to_owned()
        } else {
            format!("The rule lets {} decide.", owner.approvers.join(" and "))
        };
        let needed = match owner.needed {
            1 => "One approval is enough.".to_owned(),
            needed => format!("It asks for {needed} approvals by different people."),
        };
        sheet.words(BELOW, Sense::Dim, &format!("{who} {needed}"));
        let words = "The name is that of the account on the machine where it was decided. Nobody has checked it; a \
                     signature is what proves it.";
        sheet.words(BELOW, Sense::Dim, words);
    }
}

/// What would settle it, each with its count and command.
fn settles(sheet: &mut Sheet, one: &CandidateGate) {
    if one.settles.is_empty() {
        return;
    }
    sheet.heading("WHAT WOULD SETTLE IT");
    let mut said: Vec<(&str, Option<&str>)> = Vec::new();
    for settle in &one.settles {
        let way = (settle.what.as_str(), settle.command.as_deref());
        if said.contains(&way) {
            continue;
        }
        said.push(way);
        let copy = settle
            .command
            .clone()
            .unwrap_or_else(|| settle.what.clone());
        sheet.stop(format!("settle.{}", said.len()), false, Some(copy));
        sheet.words(2, Sense::Plain, &settle_words(one, settle));
        if let Some(command) = &settle.command {
            sheet.words(4, Sense::Command, command);
        }
    }
}

fn settle_words(one: &CandidateGate, settle: &Settle) -> String {
    let of = one.conditions.iter().find(|of| of.id == settle.condition);
    let title = of.map_or("", |of| of.title.as_str());
    let count = settle
        .count
        .filter(|count| !settle.what.contains(&count.to_string()))
        .map_or_else(String::new, |count| format!(": {count}"));
    format!("{title}: {}{count}", settle.what)
}

/// The one thing to do next.
fn next(sheet: &mut Sheet, view: &GateView, one: &CandidateGate) {
    let report = &view.report;
    let (words, command) = match one.verdict {
        GateVerdict::Pass if one.owner.approved => signing(report, one),
        GateVerdict::Pass => match &view.barred {
            Some(why) => (format!("Ask who may decide: {why}."), None),
            None => (
                "Decide: approve or reject it. Your reason is asked for and kept.".to_owned(),
                None,
            ),
        },
        // What would settle it stands above.
        GateVerdict::Inconclusive => return,
        GateVerdict::Fail => (
            "Read what failed, row by row, in the comparison; or reject it with a reason."
                .to_owned(),
            Some(format!("docket compare {}", report.group)),
        ),
    };
    sheet.heading("NEXT");
    sheet.stop(
        "next",
        false,
        Some(command.clone().unwrap_or_else(|| words.clone())),
    );
    sheet.words(2, Sense::Plain, &words);
    if let Some(command) = command {
        sheet.words(4, Sense::Command, &command);
    }
}

/// What is left to do about an approved candidate.
fn signing(report: &GateReport, one: &CandidateGate) -> (String, Option<String>) {
    let group = &report.group;
    if one.owner.signed().is_some() {
        return (
            "Check the signature against your allowed signers (<SIGNERS> is their file):"
                .to_owned(),
            Some(format!("docket verify {group} --allowed-signers <SIGNERS>")),
        );
    }
    if report.watermarks.is_empty() {
        return (
            "Sign the approval with an SSH key, which proves who gave it (<KEY> is its file):"
                .to_owned(),
            Some(format!(
                "docket sign {group} --candidate {} --key <KEY>",
                one.name
            )),
        );
    }
    (
        "These numbers cannot be signed as real. To try a signature out (<KEY> is your SSH key):"
            .to_owned(),
        Some(format!(
            "docket sign {group} --candidate {} --key <KEY> --as-sample",
            one.name
        )),
    )
}
