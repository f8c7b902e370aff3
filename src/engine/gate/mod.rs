//! The release gate: a rule declared for a run group, held against its candidates.
//!
//! [`declare`] keeps the rule, [`material`] reads what it rests on, [`verdict`] decides candidate by candidate,
//! [`report`] puts the answer together. [`rehearse`] plants bad runs in memory. [`decide`] keeps approvals, [`sign`]
//! signs and verifies them. Reading is free of effects but for one: who looks at numbers that changed leaves a look in
//! the ledger, because looking again and again is how chance passes a gate.

mod backing;
mod believed;
mod case;
mod checks;
mod decide;
mod declare;
mod evidence;
mod floors;
mod hashes;
mod limits;
mod material;
mod measure;
mod owner;
mod people;
mod quality;
mod rehearse;
mod report;
mod sign;
#[cfg(test)]
mod tests;
mod verdict;

use std::path::{Path, PathBuf};

use super::runs::group::Found;
use super::{Engine, EngineError, Pen, Result};
use crate::domain::event::Body;
use crate::domain::gate::{GateEvaluated, GateRule, Outcome, Ran};
use crate::domain::group_scores::GroupScores;
use crate::domain::ids::EvalId;
use crate::domain::rubric::known_or_nearest;
use crate::domain::view::gate::{CandidateGate, Declared, GateReport};

pub use decide::Wish;
pub use declare::GateLine;
pub(in crate::engine) use floors::flags as floor_flags;
pub use sign::SignOrder;

use material::Material;
use verdict::Stand;

/// What is asked of a gate.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GateOptions {
    /// Only this candidate; all but the baseline otherwise.
    pub candidate: Option<String>,
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

    /// One candidate as the rule was declared.
    pub fn of(candidate: &str) -> Self {
        Self {
            candidate: Some(candidate.to_owned()),
            ..Self::default()
        }
    }
}

/// A gate that was read and decided, with what decisions need beside the report.
struct Held {
    found: Found,
    material: Material,
    declared: Declared,
    report: GateReport,
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
            floors::refuse(&found, rule, file.as_deref())?;
        }
        Ok(self.held(found, options)?.report)
    }

    /// Refuses an account that the declared rule of a group does not let decide.
    pub fn may_decide(&self, group: &str, account: &str) -> Result<()> {
        let rule = self.declared(group)?.rule;
        if owner::may_decide(&rule, account) {
            return Ok(());
        }
        Err(EngineError::refused(
            format!(
                "`{account}` may not decide about `{group}`: the gate names {}",
                rule.approvers.join(", ")
            ),
            "ask one of them, or declare a gate with other approvers",
        ))
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
            floors::refuse(&found, rule, file.as_deref())?;
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

    fn held(&self, found: Found, options: &GateOptions) -> Result<Held> {
        let declared = match &options.rule {
            Some((rule, file)) => {
                self.declare_gate(&found.group.name, rule.clone(), file.clone())?
            }
            None => self.declared(&found.group.name)?,
        };
        fits(&found, &declared.rule)?;
        let material = self
            .store()
            .read(|db| material::read(db, &found, &declared.rule))?;
        let scores = &material.scores;
        let baseline = baseline(scores, &declared.rule)?;
        let places = places(
            scores,
            baseline,
            options.candidate.as_deref(),
            &declared.rule,
        )?;
        let folder = self.folder();
        let run_now = options.run_checks || options.rule.is_some();
        let fresh = if run_now {
            let names: Vec<&str> = places
                .iter()
                .map(|at| scores.candidates[*at].name.as_str())
                .collect();
            checks::run_all(&declared.rule.checks, &scores.group, &names, &folder)
        } else {
            Vec::new()
        };
        let ran: Vec<Ran> = earlier(&material, &declared)
            .flat_map(|look| look.checks.iter().cloned())
            .chain(fresh.iter().cloned())
            .collect();
        let backing = self.backing(&found.group, scores)?;
        let stand = Stand {
            material: &material,
            rule: &declared.rule,
            backing: &backing,
            ran: &ran,
            folder: &folder,
            seed: self.identity().seed,
            baseline,
        };
        let candidates = verdict::of(&stand, &places, options.candidate.is_none());
        let looks = self.look(&material, &declared, &candidates, fresh)?;
        let report = report::of(&found, &stand, declared.clone(), looks, candidates);
        Ok(Held {
            found,
            material,
            declared,
            report,
        })
    }

    /// The folder of the workspace, where commands run and paths start.
    fn folder(&self) -> PathBuf {
        let parent = self
            .path()
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        parent.unwrap_or(Path::new(".")).to_owned()
    }

    /// Keeps a look, unless nothing changed since the last one. Returns how many there were, this one included.
    fn look(
        &self,
        material: &Material,
        declared: &Declared,
        candidates: &[CandidateGate],
        checks: Vec<Ran>,
    ) -> Result<usize> {
        let outcomes: Vec<Outcome> = candidates.iter().map(outcome).collect();
        let looks: Vec<&GateEvaluated> = earlier(material, declared).collect();
        let number = outcomes
            .iter()
            .map(|one| {
                let mut seen: Vec<&str> = looks
                    .iter()
                    .flat_map(|look| &look.outcomes)
                    .filter(|other| other.candidate == one.candidate && other.numbers)
                    .map(|other| other.evidence.as_str())
                    .chain(one.numbers.then_some(one.evidence.as_str()))
                    .collect();
                seen.sort_unstable();
                seen.dedup();
                seen.len()
            })
            .max()
            .unwrap_or(0);
        let known = outcomes.iter().all(|one| {
            let mut last = looks.iter().rev().flat_map(|look| &look.outcomes);
            last.find(|other| other.candidate == one.candidate) == Some(one)
        });
        if !(known && checks.is_empty()) {
            let body = GateEvaluated {
                group: material.group.id,
                gate: declared.id,
                outcomes,
                checks,
            };
            let engine = self.clone();
            self.store().write(move |db| {
                Pen::new(&engine).write(db, None, None, Body::GateEvaluated(body))
            })?;
        }
        Ok(number.max(1))
    }
}

/// Refuses a rule that asks for what a group does not have.
fn fits(found: &Found, rule: &GateRule) -> Result<()> {
    use crate::domain::gate::FloorOf;
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
    Ok(())
}

fn outcome(candidate: &CandidateGate) -> Outcome {
    Outcome {
        candidate: candidate.name.clone(),
        verdict: candidate.verdict,
        evidence: candidate.evidence.clone(),
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

/// The candidates that are decided about.
fn places(
    scores: &GroupScores,
    baseline: Option<usize>,
    candidate: Option<&str>,
    rule: &GateRule,
) -> Result<Vec<usize>> {
    use crate::domain::gate::Asked;
    let differs = |asked: &Asked| !matches!(asked, Asked::AtLeast(_));
    let against = rule.quality.iter().any(|one| differs(&one.asked));
    if against && baseline.is_none() {
        return Err(EngineError::refused(
            format!(
                "the gate compares with a baseline, and `{}` has none",
                scores.group
            ),
            "name one in the gate: `baseline = \"CANDIDATE\"`",
        ));
    }
    if let Some(name) = candidate {
        let at = place(scores, name)?;
        if against && baseline == Some(at) {
            return Err(EngineError::refused(
                format!("`{name}` is the baseline, and the gate asks for a difference to it"),
                "name another candidate",
            ));
        }
        return Ok(vec![at]);
    }
    let all: Vec<usize> = (0..scores.candidates.len())
        .filter(|at| baseline != Some(*at))
        .collect();
    if all.is_empty() {
        return Err(EngineError::refused(
            format!(
                "the group `{}` has no candidate beside its baseline",
                scores.group
            ),
            format!(
                "ask one (`docket run {} --model MODEL`), or decide about the baseline: `--candidate NAME`",
                scores.group
            ),
        ));
    }
    Ok(all)
}
