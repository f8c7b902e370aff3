//! The verdict on each candidate: all its conditions, corrected for how many candidates might be released.

use std::path::Path;

use super::case::{Case, Found};
use super::chosen::Chosen;
use super::evidence::FAILED_ROWS;
use super::material::Material;
use super::{checks, evidence, hashes, limits, owner, quality, report};
use crate::domain::gate::words::p_value;
use crate::domain::gate::{GateRule, Ran};
use crate::domain::preference::{Preferred, preferred};
use crate::domain::view::gate::{
    CandidateGate, Condition, GatePart, GateVerdict, JudgeBacking, Settle,
};
use crate::stats::multiple::holm;

/// What candidates are held against.
#[derive(Clone, Copy)]
pub(super) struct Stand<'m> {
    pub material: &'m Material,
    pub rule: &'m GateRule,
    pub backing: &'m JudgeBacking,
    /// Every known run of a check, the latest last.
    pub ran: &'m [Ran],
    pub folder: &'m Path,
    pub seed: u64,
    pub baseline: Option<usize>,
}

impl<'m> Stand<'m> {
    pub fn case(&self, at: usize) -> Case<'m> {
        Case {
            material: self.material,
            rule: self.rule,
            alpha: self.rule.alpha_per_look(),
            baseline: self.baseline,
            at,
            seed: self.seed,
        }
    }
}

/// The verdicts on those that were chosen, by their places. Where they are judged among several, any of these may be
/// released, so that a pass must survive Holm's correction.
pub(super) fn of(stand: &Stand<'_>, chosen: &Chosen) -> Vec<CandidateGate> {
    let among = &chosen.among;
    let cases: Vec<Case<'_>> = among.iter().map(|at| stand.case(*at)).collect();
    let mut found: Vec<Vec<Found>> = cases.iter().map(|case| conditions(case, stand)).collect();
    let adjusted = if among.len() > 1 {
        correct(&mut found, &cases, stand.rule.alpha_per_look())
    } else {
        vec![None; among.len()]
    };
    among
        .iter()
        .zip(found)
        .zip(adjusted)
        .filter(|((at, _), _)| chosen.shown.contains(at))
        .map(|((at, found), p)| candidate(stand, *at, found, p))
        .collect()
}

fn conditions(case: &Case<'_>, stand: &Stand<'_>) -> Vec<Found> {
    let mut all = quality::conditions(case);
    all.extend(evidence::conditions(case, stand.backing));
    all.extend(limits::conditions(case));
    all.extend(checks::conditions(case, stand.ran));
    all
}

fn candidate(
    stand: &Stand<'_>,
    at: usize,
    found: Vec<Found>,
    p_adjusted: Option<f64>,
) -> CandidateGate {
    let case = stand.case(at);
    let bundle = hashes::bundle(&case, stand.backing, stand.ran, stand.folder);
    let scores = case.candidate();
    let mut settles: Vec<Settle> = Vec::new();
    let mut conditions: Vec<Condition> = Vec::new();
    for one in found {
        if one.condition.verdict != GateVerdict::Pass {
            settles.extend(one.settles);
        }
        conditions.push(one.condition);
    }
    let verdict = whole(&conditions);
    // What blocks first is settled first; a failed candidate is not settled by more of the same.
    settles.sort_by_key(|settle| !settle.condition.starts_with("evidence."));
    match verdict {
        GateVerdict::Inconclusive => {}
        // Failed calls alone may be asked once more; nothing else that failed is settled by more of the same.
        GateVerdict::Fail if failed_alone(&conditions) => {
            settles.retain(|settle| settle.condition == FAILED_ROWS && settle.command.is_some());
        }
        GateVerdict::Fail | GateVerdict::Pass => settles.clear(),
    }
    let mut gate = CandidateGate {
        name: scores.name.clone(),
        model: scores.model.clone(),
        verdict,
        p_adjusted,
        conditions,
        sentence: String::new(),
        settles,
        evidence: bundle.id(),
        numbers: bundle.numbers_id(),
        owner: owner::of(stand.material, stand.rule, scores, &bundle),
        preferred: preferences(stand, &case),
    };
    gate.sentence = report::about(&gate);
    gate
}

/// Whether rows without an output are all that blocks.
fn failed_alone(conditions: &[Condition]) -> bool {
    let mut failed = conditions
        .iter()
        .filter(|one| one.verdict == GateVerdict::Fail);
    failed.all(|one| one.id == FAILED_ROWS)
}

/// What people prefer, this candidate or the baseline: counted by itself, and in no condition.
fn preferences(stand: &Stand<'_>, case: &Case<'_>) -> Option<Preferred> {
    let base = stand.baseline.filter(|base| *base != case.at)?;
    let names = [case.at, base].map(|at| case.scores().candidates[at].name.as_str());
    let counted = preferred(&stand.material.opinions, names[0], names[1]);
    (counted != Preferred::default()).then_some(counted)
}

/// What conditions come to. Where the evidence does not hold, no quality condition decides anything, for or against;
/// what was observed (failed rows, checks, limits) decides all the same.
pub(super) fn whole(conditions: &[Condition]) -> GateVerdict {
    let is_quality = |one: &&Condition| one.part == GatePart::Quality;
    let observed = GateVerdict::all(
        conditions
            .iter()
            .filter(|one| !is_quality(one))
            .map(|one| one.verdict),
    );
    if observed == GateVerdict::Fail {
        return GateVerdict::Fail;
    }
    let shaky = conditions
        .iter()
        .any(|one| one.part == GatePart::Evidence && one.verdict == GateVerdict::Inconclusive);
    if shaky {
        return GateVerdict::Inconclusive;
    }
    GateVerdict::all(conditions.iter().map(|one| one.verdict))
}

/// Holm over the candidates. The p of one is the largest of its conditions, because all of them must hold; a pass that
/// does not survive leaves that condition undecided.
fn correct(all: &mut [Vec<Found>], cases: &[Case<'_>], alpha: f64) -> Vec<Option<f64>> {
    let p_of = |found: &Found| found.condition.bound.as_ref()?.p;
    let is_quality = |found: &&Found| found.condition.part == GatePart::Quality;
    let raw: Vec<Option<f64>> = all
        .iter()
        .map(|found| {
            let each: Option<Vec<f64>> = found.iter().filter(is_quality).map(p_of).collect();
            each?.into_iter().reduce(f64::max)
        })
        .collect();
    let filled: Vec<f64> = raw.iter().map(|p| p.unwrap_or(1.0)).collect();
    let Some(adjusted) = holm(&filled) else {
        return vec![None; all.len()];
    };
    let family = all.len();
    for (((found, case), raw), adjusted) in all.iter_mut().zip(cases).zip(&raw).zip(&adjusted) {
        let Some(raw) = raw.filter(|raw| *raw <= alpha && *adjusted > alpha) else {
            continue;
        };
        for one in found.iter_mut() {
            if p_of(one) == Some(raw) && one.condition.verdict == GateVerdict::Pass {
                one.condition.verdict = GateVerdict::Inconclusive;
                one.condition.why = format!(
                    "passes alone (p {}) and not as one of {family} candidates (p {} after Holm)",
                    p_value(raw),
                    p_value(*adjusted)
                );
                // The first step of Holm's is the strictest: what clears it clears the others.
                let settle = one.asked.as_deref().map(|(asking, numbers)| {
                    quality::more(case, asking, numbers, alpha / family as f64)
                });
                one.settles.extend(settle);
            }
        }
    }
    raw.iter()
        .zip(adjusted)
        .map(|(raw, p)| raw.map(|_| p))
        .collect()
}
