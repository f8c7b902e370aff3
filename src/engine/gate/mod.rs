//! The release gate: a rule declared for a run group, held against its candidates.
//!
//! [`declare`] keeps the rule, [`material`] reads what it rests on, [`chosen`] says among whom a candidate is judged,
//! [`verdict`] decides candidate by candidate, [`weigh`] keeps that it was looked at, [`report`] puts the answer together, [`page`] is the screen's. [`rehearse`] plants bad runs
//! in memory. [`decide`] keeps approvals, [`sign`] signs and verifies them. Reading is free of effects but for one: who
//! looks at numbers that changed leaves a look in the ledger, because looking again and again is how chance passes a gate.

mod backing;
mod believed;
mod case;
mod checks;
mod chosen;
mod decide;
mod declare;
mod evidence;
mod floors;
mod hashes;
mod limits;
mod material;
mod measure;
mod needed;
mod owner;
mod page;
mod people;
mod quality;
pub(in crate::engine) mod redefined;
mod rehearse;
mod report;
mod sign;
#[cfg(test)]
mod tests;
mod verdict;
mod ways;
mod weigh;

use super::runs::group::Found;
use super::{Engine, EngineError, Result};
use crate::domain::event::Body;
use crate::domain::gate::{FloorOf, GateEvaluated, GateRule, Outcome};
use crate::domain::group_scores::GroupScores;
use crate::domain::ids::EvalId;
use crate::domain::rubric::known_or_nearest;
use crate::domain::run::Origin;
use crate::domain::view::gate::{CandidateGate, Declared, GateReport};

pub use checks::Watch;
pub use decide::Wish;
pub use declare::GateLine;
pub(in crate::engine) use declare::asks_people;
pub(in crate::engine) use floors::flags as floor_flags;
pub(in crate::engine) use report::owners_way;
pub use sign::SignOrder;

use material::Material;

/// What is asked of a gate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GateOptions {
    /// Only this candidate; all but the baseline otherwise. It is judged alone only where it was chosen beforehand.
    pub candidate: Option<String>,
    /// The candidate was picked with the numbers of all in view, so that asking about it names nobody beforehand.
    pub after_looking: bool,
    /// A rule to declare first, with the file it came from; the declared one otherwise.
    pub rule: Option<(GateRule, Option<String>)>,
    /// Run the rule's commands. Of a rule given here they are run anyway.
    pub run_checks: bool,
    /// Plant bad runs in memory instead. Nothing is declared, run or kept.
    pub rehearse: bool,
}

impl GateOptions {
    /// Everything as it was declared, nothing run: what a screen shows.
    pub fn shown() -> Self {
        Self::default()
    }

    /// One candidate as the rule was declared, judged among the others unless it was chosen before they were seen.
    pub fn of(candidate: &str) -> Self {
        Self {
            candidate: Some(candidate.to_owned()),
            ..Self::default()
        }
    }
}

impl Engine {
    /// Holds the rule of a group against its candidates.
    ///
    /// Refused for a group or candidate that is not there, without a rule, and for a rule that asks for what the group
    /// does not have (a baseline, a criterion).
    pub fn gate(&self, group: &str, options: &GateOptions) -> Result<GateReport> {
        if options.rehearse {
            return self.rehearse(group, options);
        }
        let found = self.group_found(group)?;
        if let Some((rule, file)) = &options.rule {
            fits(&found, rule)?;
            self.refuse_floors(&found, rule, file.as_deref())?;
        }
        Ok(self.held_gate(found, options)?.report)
    }

    /// Refuses an account that the declared rule of a group does not let decide.
    pub fn may_decide(&self, group: &str, account: &str) -> Result<()> {
        match owner::barred(&self.declared(group)?.rule, group, account) {
            None => Ok(()),
            Some(why) => Err(EngineError::refused(
                why,
                "ask one of them, or declare a gate with other approvers",
            )),
        }
    }

    /// Whether a gate could be held against a group: the candidate, the rule and what it asks for are there. Shows no
    /// number; returns the eval whose reviews a look would mark.
    pub fn gate_fits(&self, group: &str, options: &GateOptions) -> Result<EvalId> {
        let found = self.group_found(group)?;
        let rule = match &options.rule {
            Some((rule, _)) => rule.clone(),
            None => self.declared(group)?.rule,
        };
        declare::possible(&rule)?;
        fits(&found, &rule)?;
        if let Some((rule, file)) = &options.rule {
            self.refuse_floors(&found, rule, file.as_deref())?;
        }
        if let Some(name) = &options.candidate
            && found.candidate(name).is_none()
        {
            let all = crate::domain::run::by_candidate(&found.runs);
            let names: Vec<&str> = all.iter().map(|(one, _)| one.name.as_str()).collect();
            return Err(no_candidate(group, name, &names));
        }
        Ok(found.group.tickets)
    }
}

/// Refuses a rule that asks for what a group does not have.
fn fits(found: &Found, rule: &GateRule) -> Result<()> {
    if let Some(name) = &rule.candidate {
        has_candidate(found, name)?;
    }
    let known: Vec<&str> = found
        .rubric
        .questions()
        .map(|question| question.id)
        .collect();
    for floor in &rule.floors {
        if let FloorOf::Criterion(id) = &floor.of
            && !known.contains(&id.as_str())
        {
            return Err(EngineError::refused(
                format!(
                    "the gate has a floor for `{id}`, and the rubric of `{}` has no such criterion",
                    found.group.name
                ),
                known_or_nearest(id, &known),
            ));
        }
    }
    has_baseline(found, rule)
}

/// Refuses a name that is none of the candidates, once there are others than what was logged.
fn has_candidate(found: &Found, name: &str) -> Result<()> {
    let all = crate::domain::run::by_candidate(&found.runs);
    let made = all.iter().any(|(one, _)| one.origin != Origin::Logged);
    if !made || found.candidate(name).is_some() {
        return Ok(());
    }
    let names: Vec<&str> = all.iter().map(|(one, _)| one.name.as_str()).collect();
    Err(no_candidate(&found.group.name, name, &names))
}

/// Refuses a rule that names a baseline there is none of, or compares with one the group does not have.
fn has_baseline(found: &Found, rule: &GateRule) -> Result<()> {
    let named = rule.baseline.as_ref().or(found.group.baseline.as_ref());
    let Some(name) = named else {
        return if case::compares(rule) {
            Err(no_baseline(&found.group.name))
        } else {
            Ok(())
        };
    };
    if rule.baseline.is_some() && found.candidate(name).is_none() {
        let all = crate::domain::run::by_candidate(&found.runs);
        let names: Vec<&str> = all.iter().map(|(one, _)| one.name.as_str()).collect();
        return Err(no_candidate(&found.group.name, name, &names));
    }
    Ok(())
}

fn no_baseline(group: &str) -> EngineError {
    EngineError::refused(
        format!("the gate compares with a baseline, and `{group}` has none"),
        "name one in the gate: `baseline = \"CANDIDATE\"`",
    )
}

fn outcome(candidate: &CandidateGate) -> Outcome {
    Outcome {
        candidate: candidate.name.clone(),
        verdict: candidate.verdict,
        evidence: candidate.evidence.clone(),
        seen: candidate.numbers.clone(),
        numbers: candidate.conditions.iter().any(|one| one.bound.is_some()),
    }
}

/// Looks at the same rule, in order.
fn earlier<'m>(
    material: &'m Material,
    declared: &'m Declared,
) -> impl Iterator<Item = &'m GateEvaluated> {
    material
        .events
        .iter()
        .filter_map(|event| match &event.body {
            Body::GateEvaluated(look) if look.gate == declared.id => Some(look),
            _ => None,
        })
}

/// The place of the baseline: the rule's, else the group's.
fn baseline(scores: &GroupScores, rule: &GateRule) -> Result<Option<usize>> {
    match &rule.baseline {
        None => Ok(scores.baseline),
        Some(name) => place(scores, name).map(Some),
    }
}

fn place(scores: &GroupScores, name: &str) -> Result<usize> {
    let found = scores.candidates.iter().position(|one| one.name == name);
    found.ok_or_else(|| {
        let names: Vec<&str> = scores
            .candidates
            .iter()
            .map(|one| one.name.as_str())
            .collect();
        no_candidate(&scores.group, name, &names)
    })
}

fn no_candidate(group: &str, name: &str, names: &[&str]) -> EngineError {
    EngineError::refused(
        format!("the group `{group}` has no candidate `{name}`"),
        known_or_nearest(name, names),
    )
}
