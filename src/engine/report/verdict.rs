//! What the gate says of the candidate a report speaks for.

use super::super::gate::{GateOptions, owners_way};
use super::super::{Engine, EngineError, Result};
use crate::domain::view::compare::Sheet;
use crate::domain::view::gate::{CandidateGate, GateReport};
use crate::domain::view::report::ReportVerdict;

/// What the owner does next, and its command.
pub(super) type Way = (&'static str, String);

/// The declared rule held against a candidate, and what the owner does next. Without a rule nothing is decided, and the
/// report says so. A report shows the numbers of all, so that speaking for one chooses nobody beforehand.
pub(super) fn of(
    engine: &Engine,
    group: &str,
    candidate: Option<&str>,
) -> Result<(ReportVerdict, Option<Way>)> {
    let declared = engine.gates()?.iter().any(|line| line.group == group);
    let Some(name) = candidate.filter(|_| declared) else {
        return Ok((undecided(group, candidate), None));
    };
    let options = GateOptions {
        after_looking: true,
        ..GateOptions::of(name)
    };
    let gate = match engine.gate(group, &options) {
        // The rule compares, and the report speaks for what it compares with.
        Err(EngineError::Refused { what, .. }) => {
            let mut sheet = Sheet::new("The release rule", &[]);
            sheet.notes.push(what.clone());
            let refused = ReportVerdict {
                sentence: format!("Nothing is decided: {what}."),
                conditions: Some(sheet),
                ..undecided(group, candidate)
            };
            let others = format!("docket gate {}", crate::domain::shell::word(group));
            return Ok((
                refused,
                Some(("shows what the gate says of the others", others)),
            ));
        }
        gate => gate?,
    };
    let found = gate.candidates.iter().find(|one| one.name == name);
    Ok(match found {
        Some(one) => (told(&gate, one), Some(owners_way(&gate, one))),
        None => (undecided(group, candidate), None),
    })
}

fn undecided(group: &str, candidate: Option<&str>) -> ReportVerdict {
    let who = candidate.map_or_else(|| "nothing".to_owned(), |name| format!("`{name}`"));
    ReportVerdict {
        word: "not decided".to_owned(),
        sentence: format!(
            "No release rule was declared for `{group}`, so {who} neither passes nor fails: what follows is evidence, \
             not a decision."
        ),
        conditions: None,
        owner: None,
    }
}

fn told(gate: &GateReport, candidate: &CandidateGate) -> ReportVerdict {
    let columns = ["part", "condition", "asked", "found", "verdict"];
    let mut sheet = Sheet::new("The release rule", &columns);
    for one in &candidate.conditions {
        sheet.rows.push(vec![
            one.part.title().to_owned(),
            one.title.clone(),
            one.required.clone(),
            one.found.clone(),
            one.verdict.name().to_owned(),
        ]);
        if !one.why.is_empty() {
            sheet.notes.push(format!("{}: {}", one.title, one.why));
        }
    }
    let when = &gate.declared.relative;
    if !gate.notes.iter().any(|note| note.contains(when.as_str())) {
        sheet.notes.push(when.clone());
    }
    sheet.notes.push(format!(
        "by the word of {}; agreement of the judge with people: {}",
        gate.basis.name(),
        gate.agreement.words
    ));
    sheet.notes.extend(gate.watermarks.iter().cloned());
    sheet.notes.extend(gate.notes.iter().cloned());
    ReportVerdict {
        word: candidate.verdict.name().to_owned(),
        sentence: gate.sentence.clone(),
        conditions: Some(sheet),
        owner: Some(format!("Approval: {}.", candidate.owner.words)),
    }
}
