//! What a verdict rests on: decisions, the rule, the numbers behind it, notes.

use super::rows::{Sense, Sheet};
use crate::domain::count::counted;
use crate::domain::gate::words::p_value;
use crate::domain::gate::{Basis, Decision};
use crate::domain::view::gate::{
    CandidateGate, DecisionLine, DecisionStanding, GateReport, GateView,
};

/// The first heading.
pub const DECISIONS: &str = "DECISIONS";
/// Blanks before everything.
const IN: u16 = 2;

/// What stands beside the checklist of a candidate, where its pane has the first heading, or below it.
pub(super) fn sheet(view: &GateView, one: &CandidateGate, width: u16, beside: bool) -> Sheet {
    let mut sheet = Sheet::new(width);
    if !beside {
        sheet.heading(DECISIONS);
    }
    decisions(&mut sheet, view, one);
    notes(&mut sheet, &view.report);
    rule(&mut sheet, &view.report);
    rests_on(&mut sheet, &view.report, one);
    sheet
}

fn decisions(sheet: &mut Sheet, view: &GateView, one: &CandidateGate) {
    if one.owner.decisions.is_empty() {
        sheet.stop("no_decision", false, None);
        sheet.words(IN, Sense::Dim, "Nobody has decided yet.");
    }
    for (at, line) in one.owner.decisions.iter().enumerate() {
        sheet.stop(format!("decision.{at}"), false, Some(line.evidence.clone()));
        decision(sheet, &view.report.group, line);
    }
    if let Some(why) = &view.barred {
        sheet.stop("barred", false, None);
        sheet.words(IN, Sense::Warn, &format!("{why}."));
    }
}

fn decision(sheet: &mut Sheet, group: &str, line: &DecisionLine) {
    let holds = line.standing == DecisionStanding::Holds;
    let sense = match (holds, line.decision) {
        (false, _) => Sense::Dim,
        (true, Decision::Approve) => Sense::Good,
        (true, Decision::Reject) => Sense::Bad,
    };
    let parts = vec![
        (sense, line.decision.past().to_owned()),
        (Sense::Plain, format!(" by {}", line.who())),
        (Sense::Dim, " (not authenticated)".to_owned()),
    ];
    sheet.parts(IN, parts, Some(line.at_ms));
    let inner = IN + 2;
    let standing = line.standing.words();
    if holds {
        let words = "holds: nothing it rests on has changed since";
        sheet.words(inner, Sense::Plain, words);
    } else {
        let voided = matches!(line.standing, DecisionStanding::Stale(_));
        let sense = if voided { Sense::Warn } else { Sense::Dim };
        sheet.words(inner, sense, &standing);
    }
    sheet.words(inner, Sense::Plain, &format!("“{}”", line.reason));
    let words = format!("the gate said {}", line.verdict.name());
    sheet.words(inner, Sense::Dim, &words);
    sheet.words(inner, Sense::Dim, &format!("evidence {}", line.evidence));
    if line.signatures.is_empty() {
        sheet.words(inner, Sense::Dim, "not signed");
    }
    for signature in &line.signatures {
        let parts = vec![(Sense::Plain, format!("signed, kept by {}", signature.by))];
        sheet.parts(inner, parts, Some(signature.at_ms));
        sheet.words(inner + 2, Sense::Dim, &signature.key);
        let words = format!("unchecked here; `docket verify {group}` checks it");
        sheet.words(inner + 2, Sense::Dim, &words);
    }
}

fn rule(sheet: &mut Sheet, report: &GateReport) {
    let declared = &report.declared;
    sheet.heading("THE RULE");
    sheet.stop("rule", false, Some(declared.id.to_string()));
    let from = declared
        .file
        .as_ref()
        .map_or_else(String::new, |file| format!(" from {file}"));
    let parts = vec![(Sense::Plain, declared.id.short()), (Sense::Dim, from)];
    sheet.parts(IN, parts, Some(declared.at_ms));
    sheet.words(IN + 2, Sense::Dim, &format!("declared by {}", declared.by));
    let late = if declared.outputs_before > 0 {
        Sense::Warn
    } else {
        Sense::Dim
    };
    sheet.words(IN + 2, late, &declared.relative);
    let looks = &report.looks;
    let words = format!(
        "look {} at the numbers, {} declared",
        looks.number, looks.declared
    );
    let sense = if looks.is_undeclared() {
        Sense::Warn
    } else {
        Sense::Dim
    };
    sheet.words(IN + 2, sense, &words);
    sheet.stop("asks", false, None);
    for (what, how) in &declared.lines {
        sheet.words(IN + 2, Sense::Dim, &format!("{what}: {how}"));
    }
}

/// What people prefer side by side, as evidence beside the numbers.
fn preferences(sheet: &mut Sheet, one: &CandidateGate) {
    for (at, words) in one.preference_words().into_iter().enumerate() {
        sheet.stop(format!("preferred.{at}"), false, None);
        let words = format!("people's preferences, side by side, in no number here: {words}");
        sheet.words(IN, Sense::Dim, &words);
    }
}

fn rests_on(sheet: &mut Sheet, report: &GateReport, one: &CandidateGate) {
    sheet.heading("WHAT IT RESTS ON");
    let judge = report.judge.as_deref().unwrap_or("none yet");
    let unchecked = report.basis == Basis::Judge && !report.agreement.checked;
    sheet.stop("judge", false, None);
    let sense = if unchecked { Sense::Warn } else { Sense::Dim };
    sheet.words(
        IN,
        sense,
        &format!("judge {judge}: {}", report.agreement.words),
    );
    preferences(sheet, one);
    let mut facts = vec![
        format!(
            "{} of {} in {}",
            counted(report.items, "item"),
            report.eval,
            counted(report.clusters, "cluster")
        ),
        format!(
            "rubric {} {}, pass from {}",
            report.rubric,
            report.rubric_version.short(),
            report.threshold
        ),
        format!("baseline {}", report.baseline.as_deref().unwrap_or("none")),
        format!("error {} one-sided for each condition", report.alpha),
    ];
    if let (true, Some(p)) = (report.family > 1, one.p_adjusted) {
        facts.push(format!(
            "any of {} candidates may be released, so a pass must survive Holm's correction: p {}",
            report.family,
            p_value(p)
        ));
    }
    if let Some(model) = &one.model {
        facts.push(format!("model {model}"));
    }
    sheet.stop("facts", false, None);
    for fact in facts {
        sheet.words(IN, Sense::Dim, &fact);
    }
    sheet.stop("evidence", false, Some(one.evidence.clone()));
    sheet.words(IN, Sense::Dim, &format!("evidence {}", one.evidence));
}

fn notes(sheet: &mut Sheet, report: &GateReport) {
    if report.notes.is_empty() {
        return;
    }
    sheet.heading("NOTES");
    for (at, note) in report.notes.iter().enumerate() {
        sheet.stop(format!("note.{at}"), false, Some(note.clone()));
        sheet.words(IN, Sense::Warn, note);
    }
}
