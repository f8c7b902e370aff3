//! A gate read and decided: first weighed, which shows and keeps nothing, then looked at, which is kept.
//!
//! The two are apart because a look at other numbers counts. Who asks with what they have seen before is answered
//! without one.

use std::path::{Path, PathBuf};

use super::super::runs::group::Found;
use super::super::{Engine, Pen, Result};
use super::checks::{self, Watch};
use super::chosen::{self, Chosen};
use super::material::{self, Material};
use super::verdict::{self, Stand};
use super::{GateOptions, baseline, earlier, fits, outcome, report};
use crate::domain::event::Body;
use crate::domain::gate::{GateEvaluated, Outcome, Ran};
use crate::domain::view::gate::{CandidateGate, Declared, GateReport, JudgeBacking};

/// A gate that was looked at, with what decisions need beside the report.
pub(super) struct Held {
    pub found: Found,
    pub material: Material,
    pub declared: Declared,
    pub report: GateReport,
}

/// A gate that was decided and not looked at.
pub(super) struct Weighed {
    pub found: Found,
    pub declared: Declared,
    pub candidates: Vec<CandidateGate>,
    material: Material,
    backing: JudgeBacking,
    /// Every known run of a check, the latest last.
    ran: Vec<Ran>,
    /// Of them those of now.
    fresh: Vec<Ran>,
    folder: PathBuf,
    seed: u64,
    baseline: Option<usize>,
    chosen: Chosen,
}

/// What looking at a gate would be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Look {
    /// Which look it is, from 1.
    pub number: usize,
    /// Whether some candidate has numbers nobody has looked at under this rule.
    pub is_new: bool,
    /// Whether the last look said the very same.
    pub is_known: bool,
}

impl Weighed {
    /// What looking at it would be. Checks and files are no numbers: running a check again is no other look.
    pub fn look(&self) -> Look {
        let now: Vec<Outcome> = self.candidates.iter().map(outcome).collect();
        let looks: Vec<&GateEvaluated> = earlier(&self.material, &self.declared).collect();
        let (mut number, mut is_new) = (0, false);
        for one in &now {
            let before = looks
                .iter()
                .flat_map(|look| &look.outcomes)
                .filter(|other| other.candidate == one.candidate && other.numbers);
            let mut distinct: Vec<&Outcome> = Vec::new();
            for other in before {
                if distinct.iter().all(|known| !known.is_same_look(other)) {
                    distinct.push(other);
                }
            }
            let fresh = one.numbers && distinct.iter().all(|known| !known.is_same_look(one));
            is_new |= fresh;
            number = number.max(distinct.len() + usize::from(fresh));
        }
        let is_known = now.iter().all(|one| {
            let mut last = looks.iter().rev().flat_map(|look| &look.outcomes);
            last.find(|other| other.candidate == one.candidate) == Some(one)
        });
        Look {
            number: number.max(1),
            is_new,
            is_known: is_known && self.fresh.is_empty(),
        }
    }

    /// What the last look said about a candidate.
    pub fn last_said(&self, candidate: &str) -> Option<&Outcome> {
        let looks: Vec<&GateEvaluated> = earlier(&self.material, &self.declared).collect();
        let mut outcomes = looks.into_iter().rev().flat_map(|look| &look.outcomes);
        outcomes.find(|one| one.candidate == candidate && one.numbers)
    }

    fn stand(&self) -> Stand<'_> {
        Stand {
            material: &self.material,
            rule: &self.declared.rule,
            backing: &self.backing,
            ran: &self.ran,
            folder: &self.folder,
            seed: self.seed,
            baseline: self.baseline,
        }
    }
}

impl Engine {
    /// Decides about a group by a declared rule, and keeps nothing.
    pub(super) fn weigh_gate(
        &self,
        found: Found,
        declared: Declared,
        options: &GateOptions,
        watch: &Watch<'_>,
    ) -> Result<Weighed> {
        fits(&found, &declared.rule)?;
        let material = self
            .store()
            .read(|db| material::read(db, &found, &declared.rule))?;
        let scores = &material.scores;
        let baseline = baseline(scores, &declared.rule)?;
        let chosen = chosen::of(&material, &declared, baseline, options)?;
        let folder = self.gate_folder();
        let run_now = options.run_checks || options.rule.is_some();
        let fresh = if run_now {
            let names: Vec<&str> = chosen
                .shown
                .iter()
                .map(|at| scores.candidates[*at].name.as_str())
                .collect();
            checks::run_all(&declared.rule.checks, &scores.group, &names, &folder, watch)
        } else {
            Vec::new()
        };
        let ran: Vec<Ran> = earlier(&material, &declared)
            .flat_map(|look| look.checks.iter().cloned())
            .chain(fresh.iter().cloned())
            .collect();
        let backing = self.backing(&found.group, scores)?;
        let mut weighed = Weighed {
            found,
            declared,
            candidates: Vec::new(),
            material,
            backing,
            ran,
            fresh,
            folder,
            seed: self.identity().seed,
            baseline,
            chosen,
        };
        weighed.candidates = verdict::of(&weighed.stand(), &weighed.chosen);
        Ok(weighed)
    }

    /// Looks at it: the look is kept, unless the last one said the very same.
    pub(super) fn look_at(&self, weighed: Weighed) -> Result<Held> {
        let look = weighed.look();
        if !look.is_known {
            let body = GateEvaluated {
                group: weighed.material.group.id,
                gate: weighed.declared.id,
                outcomes: weighed.candidates.iter().map(outcome).collect(),
                checks: weighed.fresh.clone(),
                among: weighed.chosen.among.len(),
            };
            let engine = self.clone();
            self.store().write(move |db| {
                Pen::new(&engine).write(db, None, None, Body::GateEvaluated(body))
            })?;
        }
        let report = report::of(
            &weighed.found,
            &weighed.stand(),
            weighed.declared.clone(),
            look.number,
            &weighed.chosen,
            weighed.candidates.clone(),
        );
        Ok(Held {
            found: weighed.found,
            material: weighed.material,
            declared: weighed.declared,
            report,
        })
    }

    /// Weighed and looked at.
    pub(super) fn held_gate(&self, found: Found, options: &GateOptions) -> Result<Held> {
        let group = found.group.name.clone();
        let declared = match &options.rule {
            Some((rule, file)) => {
                self.declare_gate(&found.group.name, rule.clone(), file.clone())?
            }
            None => self.declared(&found.group.name)?,
        };
        let mut held =
            self.look_at(self.weigh_gate(found, declared, options, &Watch::nobody())?)?;
        held.report.notes.extend(self.known_overlap(&group, false)?);
        Ok(held)
    }

    /// The folder of the workspace, where commands run and paths start.
    pub(super) fn gate_folder(&self) -> PathBuf {
        let parent = self
            .path()
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        parent.unwrap_or(Path::new(".")).to_owned()
    }
}
