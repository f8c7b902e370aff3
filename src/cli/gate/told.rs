//! A gate in words for people.

use std::fmt::Write as _;

use crate::cli::{CliError, output};
use crate::domain::count::counted;
use crate::domain::gate::words::{p_value, rounded};
use crate::domain::view::gate::{
    CandidateGate, Condition, Declared, GatePart, GateReport, GateVerdict, Verification,
};
use crate::text::sanitise;

/// Lines of a command's output that are shown.
const TAIL: usize = 8;

/// A line of text in which nothing a row or a command said is obeyed.
fn put(text: &mut String, line: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{}", sanitise::line(line));
}

/// What was declared.
pub(super) fn declared(group: &str, declared: &Declared) -> Result<(), CliError> {
    let mut text = String::new();
    put(
        &mut text,
        &format!(
            "the gate {} of `{group}`, {}:",
            declared.id.short(),
            declared.relative
        ),
    );
    for (what, how) in &declared.lines {
        put(&mut text, &format!("  {what}: {how}"));
    }
    output::line(text.trim_end())
}

/// All of it.
pub(super) fn report(report: &GateReport) -> String {
    let mut text = String::new();
    head(&mut text, report);
    for candidate in &report.candidates {
        text.push('\n');
        about(&mut text, candidate);
    }
    if let Some(rehearsal) = &report.rehearsal {
        text.push('\n');
        for one in &rehearsal.planted {
            let by = if one.by.is_empty() {
                "nothing caught it".to_owned()
            } else {
                format!("caught by {}", one.by.join(", "))
            };
            put(
                &mut text,
                &format!("  {:<13} {}; {by}", one.verdict.name(), one.fault),
            );
        }
        for one in &rehearsal.controls {
            put(
                &mut text,
                &format!(
                    "  control {:<5} {}: {}",
                    one.verdict.name(),
                    one.condition,
                    one.words
                ),
            );
        }
    }
    text.push('\n');
    for note in &report.notes {
        put(&mut text, &format!("note: {note}"));
    }
    put(&mut text, &report.sentence);
    put(&mut text, &format!("next: {}", report.next));
    text
}

fn head(text: &mut String, report: &GateReport) {
    for mark in &report.watermarks {
        put(text, &format!("*** {mark} ***"));
    }
    let file = report
        .declared
        .file
        .as_ref()
        .map_or_else(String::new, |file| format!(" from `{file}`"));
    put(
        text,
        &format!(
            "gate {}{file} on `{}`: {}",
            report.declared.id.short(),
            report.group,
            report.declared.relative
        ),
    );
    put(
        text,
        &format!(
            "{} of `{}` in {}; rubric `{}` {}, pass from {}",
            counted(report.items, "item"),
            report.eval,
            counted(report.clusters, "cluster"),
            report.rubric,
            report.rubric_version.short(),
            report.threshold
        ),
    );
    let judge = report.judge.as_deref().unwrap_or("none yet");
    put(
        text,
        &format!(
            "basis {}; judge {judge}: {}; error {} one-sided{}",
            report.basis.name(),
            report.agreement.words,
            rounded(report.alpha),
            if report.family > 1 {
                format!(", {} candidates in the family (Holm)", report.family)
            } else {
                String::new()
            }
        ),
    );
    if !report.looks.words.is_empty() && !report.looks.is_undeclared() {
        put(text, &report.looks.words);
    }
}

fn about(text: &mut String, candidate: &CandidateGate) {
    let model = candidate
        .model
        .as_ref()
        .filter(|model| **model != candidate.name)
        .map_or_else(String::new, |model| format!(" ({model})"));
    let p = candidate
        .p_adjusted
        .map_or_else(String::new, |p| format!(", p {} after Holm", p_value(p)));
    put(
        text,
        &format!(
            "{}{model}: {}{p}",
            candidate.name,
            candidate.verdict.name().to_uppercase()
        ),
    );
    for part in GatePart::ALL {
        if candidate.verdict_of(part).is_some() {
            put(text, &format!("  {}", part.title()));
        }
        for condition in candidate.of(part) {
            line(text, condition);
        }
    }
    for words in candidate.preference_words() {
        let what = "people's preferences side by side, in no number here";
        put(text, &format!("  {what}: {words}"));
    }
    put(text, &format!("  approval: {}", candidate.owner.words));
    if !candidate.settles.is_empty() {
        put(text, "  what would settle it");
        for settle in &candidate.settles {
            let command = settle
                .command
                .as_ref()
                .map_or_else(String::new, |command| format!(": `{command}`"));
            let count = settle
                .count
                .map_or_else(String::new, |count| format!(" [{count}]"));
            put(
                text,
                &format!("    {}: {}{count}{command}", settle.condition, settle.what),
            );
        }
    }
}

/// The sign of a verdict; the word stands beside it.
pub(super) fn sign(verdict: GateVerdict) -> &'static str {
    match verdict {
        GateVerdict::Pass => "✓",
        GateVerdict::Inconclusive => "?",
        GateVerdict::Fail => "✗",
    }
}

fn line(text: &mut String, one: &Condition) {
    put(
        text,
        &format!(
            "    {} {:<12} {}, {}: {}",
            sign(one.verdict),
            one.verdict.name(),
            one.title,
            one.required,
            one.found
        ),
    );
    if !one.why.is_empty() {
        put(text, &format!("                   {}", one.why));
    }
    let Some(tail) = one
        .tail
        .as_ref()
        .filter(|_| one.verdict != GateVerdict::Pass)
    else {
        return;
    };
    let lines: Vec<&str> = tail.lines().collect();
    for line in &lines[lines.len().saturating_sub(TAIL)..] {
        put(text, &format!("                   | {line}"));
    }
}

/// What signatures came to.
pub(in crate::cli) fn verification(found: &Verification) -> Result<(), CliError> {
    let mut text = String::new();
    for mark in &found.watermarks {
        put(&mut text, &format!("*** {mark} ***"));
    }
    for one in &found.signed {
        let decision = &one.decision;
        let signer = match &one.signer {
            Some(name) => format!("good signature of {name}"),
            None => format!("NOT good: {}", one.why),
        };
        put(
            &mut text,
            &format!(
                "{} {} by {} (not authenticated): {signer}, key {}",
                decision.candidate,
                decision.decision.past(),
                decision.who(),
                one.key
            ),
        );
        put(
            &mut text,
            &format!(
                "  evidence {}: {}",
                decision.evidence,
                decision.standing.words()
            ),
        );
        put(&mut text, &format!("  reason: {}", decision.reason));
    }
    put(&mut text, &found.sentence);
    output::line(text.trim_end())
}
