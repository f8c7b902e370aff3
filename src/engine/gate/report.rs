//! The answer put together: notes, watermarks, one sentence, one thing to do.

use super::super::runs::group::Found;
use super::chosen::{self, Chosen};
use super::verdict::Stand;
use crate::domain::count::counted;
use crate::domain::gate::Basis;
use crate::domain::placeholder;
use crate::domain::shell::word;
use crate::domain::view::gate::{
    CandidateGate, Condition, Declared, GateReport, GateVerdict, Looks,
};
use crate::stats::gate::FEW_CLUSTERS;

/// The report on candidates. `look` is the number of this look at the numbers.
pub(super) fn of(
    found: &Found,
    stand: &Stand<'_>,
    declared: Declared,
    look: usize,
    chosen: &Chosen,
    candidates: Vec<CandidateGate>,
) -> GateReport {
    let scores = &stand.material.scores;
    let looks = looks(look, declared.rule.looks);
    // Any of them may be released, so the best decides.
    let verdict = candidates
        .iter()
        .map(|one| one.verdict)
        .min()
        .unwrap_or(GateVerdict::Inconclusive);
    let mut notes = notes(found, stand, &declared, &looks);
    notes.extend(chosen::note(chosen));
    let mut report = GateReport {
        group: scores.group.clone(),
        group_id: stand.material.group.id,
        eval: scores.eval.clone(),
        tickets_in: scores.tickets_in,
        rubric: scores.rubric_name.clone(),
        rubric_version: scores.rubric,
        threshold: scores.threshold.to_string(),
        judge: scores.judge.as_ref().map(|judge| judge.name.clone()),
        baseline: stand.baseline.map(|at| scores.candidates[at].name.clone()),
        items: scores.items.len(),
        clusters: scores.clusters,
        basis: declared.rule.basis,
        agreement: stand.backing.clone(),
        alpha: declared.rule.alpha_per_look(),
        family: chosen.among.len().max(1),
        looks,
        watermarks: watermarks(stand),
        notes,
        rehearsal: None,
        verdict,
        sentence: String::new(),
        next: String::new(),
        declared,
        candidates,
    };
    report.sentence = sentence(&report);
    report.next = next(&report);
    report
}

/// What the judge's verdicts carry; also where people's word counts, because the judge's is brought in.
pub(super) fn watermarks(stand: &Stand<'_>) -> Vec<String> {
    let judge = stand.material.scores.judge.as_ref();
    judge.map(|judge| judge.badges.clone()).unwrap_or_default()
}

pub(super) fn looks(number: usize, declared: u32) -> Looks {
    let mut looks = Looks {
        number,
        declared,
        words: String::new(),
    };
    if looks.is_undeclared() {
        looks.words = format!(
            "look {number}, and {} declared: an undeclared look; looking until it passes passes what it should not",
            counted(declared, "look")
        );
    } else if declared > 1 {
        looks.words = format!("look {number} of {declared} declared");
    }
    looks
}

fn notes(found: &Found, stand: &Stand<'_>, declared: &Declared, looks: &Looks) -> Vec<String> {
    let scores = &stand.material.scores;
    let mut notes = Vec::new();
    if declared.outputs_before > 0 {
        notes.push(format!("the rule was {}", declared.relative));
    }
    if declared.earlier > 0 {
        notes.push(format!(
            "{} declared for this group before this one",
            counted(declared.earlier, "rule")
        ));
    }
    if looks.is_undeclared() {
        notes.push(looks.words.clone());
    }
    if scores.clusters < FEW_CLUSTERS {
        notes.push(format!(
            "few clusters: with {} intervals are wide or missing",
            counted(scores.clusters, "independent request")
        ));
    }
    if let Some(judge) = &scores.judge {
        if judge.imported {
            notes.push(format!(
                "the verdicts of `{}` were imported: which rubric version they answer is not known",
                judge.name
            ));
        }
        if declared.rule.basis == Basis::Judge && !stand.backing.checked {
            notes.push(format!(
                "the verdict rests on `{}`, which was {}",
                judge.name, stand.backing.words
            ));
        }
    }
    if found.eval.rubric != found.group.rubric {
        notes.push(format!(
            "`{}` has moved to another rubric version since; the group keeps its own",
            found.eval.name
        ));
    }
    notes
}

fn sentence(report: &GateReport) -> String {
    let each: Vec<&str> = report
        .candidates
        .iter()
        .map(|one| one.sentence.as_str())
        .collect();
    let marked = if report.watermarks.is_empty() {
        ""
    } else {
        "On sample verdicts, not real: "
    };
    format!("{marked}{}.", each.join("; "))
}

/// The verdict on a candidate in a sentence without its full stop.
pub(super) fn about(one: &CandidateGate) -> String {
    let named = |verdict: GateVerdict| -> Vec<&Condition> {
        let of = one.conditions.iter().filter(|of| of.verdict == verdict);
        of.collect()
    };
    let list = |conditions: &[&Condition]| {
        let first = conditions.iter().take(3).map(|of| of.title.as_str());
        let more = conditions.len().saturating_sub(3);
        let rest = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        format!("{}{rest}", first.collect::<Vec<_>>().join(", "))
    };
    match one.verdict {
        GateVerdict::Pass => format!(
            "`{}` passes: all {} hold",
            one.name,
            counted(one.conditions.len(), "condition")
        ),
        GateVerdict::Fail => {
            format!(
                "`{}` is blocked by {}",
                one.name,
                list(&named(GateVerdict::Fail))
            )
        }
        GateVerdict::Inconclusive => format!(
            "`{}` is undecided: {}",
            one.name,
            list(&named(GateVerdict::Inconclusive))
        ),
    }
}

/// What is left to do about a candidate that passes.
fn decided(report: &GateReport, one: &CandidateGate) -> String {
    if let Some(no) = one.owner.rejection() {
        return format!(
            "{} has rejected it: \"{}\"; while that stands it is not released",
            no.by, no.reason
        );
    }
    let (what, command) = owners_way(report, one);
    placeholder::with_command(what, &command)
}

/// What the owner does next about a candidate, by what the gate says and what was decided: in words, and the command.
pub(in crate::engine) fn owners_way(
    report: &GateReport,
    one: &CandidateGate,
) -> (&'static str, String) {
    let about = format!("{} --candidate {}", word(&report.group), word(&one.name));
    if one.owner.rejection().is_some() {
        return (
            "it is rejected; to take one's own word back",
            format!("docket approve {about} --decision void --reason '<REASON>'"),
        );
    }
    if one.owner.approved {
        return match (one.owner.signed().is_some(), report.watermarks.is_empty()) {
            (true, _) => (
                "approved and signed; check the signature",
                format!("docket verify {about} --allowed-signers <SIGNERS>"),
            ),
            (false, true) => ("sign it", format!("docket sign {about} --key <KEY>")),
            (false, false) => (
                "these numbers cannot be signed as real; to try a signature out",
                format!("docket sign {about} --key <KEY> --as-sample"),
            ),
        };
    }
    match one.verdict {
        GateVerdict::Pass => (
            "decide",
            format!("docket approve {about} --decision approve --reason '<REASON>'"),
        ),
        GateVerdict::Inconclusive => ("see what would settle it", format!("docket gate {about}")),
        GateVerdict::Fail => (
            "the gate blocks it; to keep that as a decision",
            format!("docket approve {about} --decision reject --reason '<REASON>'"),
        ),
    }
}

fn next(report: &GateReport) -> String {
    let group = &report.group;
    let of = |verdict| report.candidates.iter().find(|one| one.verdict == verdict);
    if let Some(one) = of(GateVerdict::Pass) {
        return decided(report, one);
    }
    let settle = |verdict| of(verdict).and_then(|one| one.settles.first());
    if let Some(settle) = settle(GateVerdict::Inconclusive).or(settle(GateVerdict::Fail)) {
        return match &settle.command {
            // What is to be put into it stands in the words already.
            Some(command) => format!("{}: `{command}`", settle.what),
            None => settle.what.clone(),
        };
    }
    format!("read what failed: `docket compare {group}`, then `docket tickets {group}`")
}
