//! Comparing the candidates of a run group: every number with what it rests on, one sentence and one action.
//!
//! The headline is one test a candidate: the clustered paired difference to the baseline. Several candidates are one
//! family (Holm). What lacks a score is counted, never taken for 0. The formulas are those of [`crate::stats`].

mod criteria;
mod difference;
mod kept;
mod leaderboard;
mod people;
mod reading;
mod sentence;
pub mod sheets;
mod slices;
mod stability;
mod summary;
#[cfg(test)]
mod tests;
mod trained;

pub use kept::KeptComparison;
pub use trained::TrainedOn;
pub(in crate::engine) use trained::words as trained_words;

use super::agree::{PlanLabels, plan_labels};
use super::runs::prefer::opinions_in;
use super::{Engine, EngineError, Result};
use crate::domain::count::counted;
use crate::domain::group_scores::GroupScores;
use crate::domain::preference::{Opinion, basis, preferred};
use crate::domain::run::RunGroup;
use crate::domain::view::compare::{CandidateSummary, Comparison, Detail, Standing};
use crate::judge::family::{Kinship, kinship};
use crate::stats::multiple::holm;
use crate::stats::parallel::in_order;
use crate::store::runs::readings;
use crate::store::{Db, catalog, rubrics};

/// Confidence of every interval.
pub(super) const CONFIDENCE: f64 = 0.95;
/// Chance of seeing a difference where there is none.
const ALPHA: f64 = 0.05;
/// Clusters below which intervals are wider than they look.
const FEW_CLUSTERS: usize = 10;
/// Share of rows without a score above which a gate would not decide.
const UNSCORED: f64 = 0.02;

/// What is compared, and how far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CompareOptions {
    /// Another baseline than the group's.
    pub baseline: Option<String>,
    /// Secondary tests and tags too.
    pub full: bool,
}

impl Engine {
    /// Compares the candidates of a group; what is kept stands for it as long as nothing it rests on has changed.
    pub fn compare(&self, group: &str, options: &CompareOptions) -> Result<Comparison> {
        match self.kept_comparison(group, options)? {
            Some(kept) if kept.current => Ok(kept.comparison),
            _ => Ok(self.compared(group, options)?.1),
        }
    }

    /// The same with the scores it was made from. A comparison that had to be made is kept.
    pub(in crate::engine) fn compared(
        &self,
        group: &str,
        options: &CompareOptions,
    ) -> Result<(GroupScores, Comparison)> {
        let before = self.comparison_mark(group)?;
        let scores = self.scores_against(group, options)?;
        if let Some(kept) = self.kept_comparison(group, options)?
            && kept.current
            && kept.mark == before
        {
            return Ok((scores, kept.comparison));
        }
        let mut comparison = comparison(&scores, options.full);
        trained::tell(&mut comparison, &scores, &self.trained_on(group)?);
        comparison.overlap = self.group_overlap(group)?;
        comparison.warnings.extend(comparison.overlap.clone());
        let found = self.group_named(group)?;
        self.store()
            .read(|db| more(db, &found, &scores, options.full, &mut comparison))?;
        self.keep_comparison(&found, options, &comparison, before);
        self.count_preferences(&found, options, &mut comparison)?;
        Ok((scores, comparison))
    }

    /// Adds what people prefer, as the ledger has it now: it is no part of what is kept.
    fn count_preferences(
        &self,
        group: &RunGroup,
        options: &CompareOptions,
        comparison: &mut Comparison,
    ) -> Result<()> {
        if options.full {
            let opinions = self.store().read(|db| opinions_in(db, &group.id))?;
            preferences(&opinions, comparison);
        }
        Ok(())
    }

    /// What a group's items share with datasets of other roles, as a comparison of it that is kept says; looked at anew where
    /// none is kept, or where it is older and that does not do.
    pub(in crate::engine) fn known_overlap(
        &self,
        group: &str,
        older_does: bool,
    ) -> Result<Vec<String>> {
        match self.kept_comparison(group, &CompareOptions::default())? {
            Some(kept) if kept.current || older_does => Ok(kept.comparison.overlap),
            _ => self.group_overlap(group),
        }
    }

    fn scores_against(&self, group: &str, options: &CompareOptions) -> Result<GroupScores> {
        let mut scores = self.group_scores(group)?;
        if let Some(name) = &options.baseline {
            let place = scores.candidates.iter().position(|one| one.name == *name);
            if place.is_none() {
                let names: Vec<&str> = scores
                    .candidates
                    .iter()
                    .map(|one| one.name.as_str())
                    .collect();
                return Err(EngineError::refused(
                    format!("the group `{group}` has no candidate `{name}`"),
                    format!("there are: {}", names.join(", ")),
                ));
            }
            scores.baseline = place;
        }
        Ok(scores)
    }
}

/// Adds what scores alone cannot tell: what people said, and with `full` questions, repeats and variance.
fn more(
    db: &Db,
    group: &RunGroup,
    scores: &GroupScores,
    full: bool,
    comparison: &mut Comparison,
) -> crate::store::Result<()> {
    let Some((row, eval)) = catalog::eval(db, &group.tickets)? else {
        return Ok(());
    };
    let rubric = rubrics::get(db, &group.rubric)?;
    let found = if readings::has_reviews(db, row)? {
        plan_labels(db, row, &eval)?
    } else {
        PlanLabels::none()
    };
    let people = people::People::of(&found, scores, &rubric);
    for (at, one) in comparison.candidates.iter_mut().enumerate() {
        one.human = Some(people::of(scores, &people, at));
    }
    if full {
        let readings = reading::read(db, row, scores, &rubric)?;
        for (at, one) in comparison.candidates.iter_mut().enumerate() {
            let candidate = &scores.candidates[at];
            one.detail = Some(Detail {
                criteria: criteria::of(scores, &readings, &rubric, at),
                candidate_reruns: stability::of_candidate(scores, candidate),
                judge_reruns: stability::of_judge(scores, &readings, candidate),
                variance: stability::variance(scores, &readings, candidate),
            });
        }
    }
    Ok(())
}

/// A candidate by itself and against the baseline, and the spread of the difference on one item; its p-value is not
/// adjusted yet.
fn candidate(scores: &GroupScores, at: usize, full: bool) -> (CandidateSummary, Option<f64>) {
    let summary = summary::of(scores, at, full);
    let Some(baseline) = scores.baseline.filter(|baseline| *baseline != at) else {
        return (summary, None);
    };
    let (difference, sd) = difference::of(scores, baseline, at).unzip();
    let summary = CandidateSummary {
        difference,
        full: full
            .then(|| difference::full(scores, baseline, at))
            .flatten(),
        ..summary
    };
    (summary, sd.flatten())
}

/// Counts what people prefer, by itself: nothing of it enters another number.
fn preferences(opinions: &[Opinion], comparison: &mut Comparison) {
    comparison.preferences = Some(basis(opinions));
    let baseline = comparison.baseline.clone();
    let Some(base) = baseline.filter(|_| !opinions.is_empty()) else {
        return;
    };
    for one in &mut comparison.candidates {
        if one.name != base {
            one.preferred = Some(preferred(opinions, &one.name, &base));
        }
    }
}

/// The comparison of scores that were read.
pub fn comparison(scores: &GroupScores, full: bool) -> Comparison {
    let found = in_order(scores.candidates.len(), |at| candidate(scores, at, full));
    let (mut candidates, spreads): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let raw: Vec<(usize, f64)> = candidates
        .iter()
        .enumerate()
        .filter_map(|(at, one)| Some((at, one.difference.as_ref()?.p?)))
        .collect();
    let adjusted = holm(&raw.iter().map(|(_, p)| *p).collect::<Vec<_>>()).unwrap_or_default();
    for ((at, _), p) in raw.iter().zip(adjusted) {
        if let Some(difference) = &mut candidates[*at].difference {
            difference.p = Some(p);
            if p >= ALPHA {
                difference.standing = Standing::Unclear;
            }
        }
    }
    for (one, sd) in candidates.iter_mut().zip(spreads) {
        if let (Some(difference), Some(sd)) = (&mut one.difference, sd) {
            difference::reach(difference, sd, raw.len());
        }
    }
    let mut comparison = Comparison {
        group: scores.group.clone(),
        eval: scores.eval.clone(),
        tickets_in: scores.tickets_in,
        rubric: scores.rubric_name.clone(),
        rubric_version: scores.rubric,
        threshold: scores.threshold.value,
        threshold_words: scores.threshold.to_string(),
        judge: scores.judge.as_ref().map(|judge| judge.name.clone()),
        badges: scores
            .judge
            .as_ref()
            .map(|judge| judge.badges.clone())
            .unwrap_or_default(),
        items: scores.items.len(),
        clusters: scores.clusters,
        baseline: scores.baseline.map(|at| scores.candidates[at].name.clone()),
        family: raw.len(),
        candidates,
        preferences: None,
        overlap: Vec::new(),
        warnings: Vec::new(),
        sentence: String::new(),
        action: String::new(),
    };
    comparison.warnings = warnings(scores, &comparison);
    (comparison.sentence, comparison.action) = sentence::of(&comparison, &judge_word(scores));
    comparison
}

/// The word that puts the judge of a group to work again; a placeholder where there is none or it was imported.
pub(in crate::engine) fn judge_word(scores: &GroupScores) -> String {
    let own = scores.judge.as_ref().filter(|judge| !judge.imported);
    own.map_or_else(
        || crate::domain::placeholder::JUDGE.to_owned(),
        |judge| crate::domain::shell::word(&judge.name),
    )
}

fn warnings(scores: &GroupScores, comparison: &Comparison) -> Vec<String> {
    let mut warnings = Vec::new();
    if comparison.clusters < FEW_CLUSTERS {
        warnings.push(format!(
            "few clusters: {} from {}, too few for narrow intervals",
            counted(comparison.items as u64, "item"),
            counted(comparison.clusters as u64, "independent request")
        ));
    }
    let few = comparison.candidates.iter().filter_map(|one| {
        let clusters = one.difference.as_ref()?.range.clusters;
        (clusters < FEW_CLUSTERS).then_some((&one.name, clusters))
    });
    if comparison.clusters >= FEW_CLUSTERS {
        warnings.extend(few.map(|(name, clusters)| {
            format!(
                "few clusters: `{name}` and the baseline both answered {} only",
                counted(clusters as u64, "independent request")
            )
        }));
    }
    if let Some(judge) = &scores.judge {
        let name = judge.model.as_deref().unwrap_or(&judge.name);
        for candidate in &scores.candidates {
            let model = candidate.model.as_deref().unwrap_or(&candidate.name);
            if let Kinship::Same(family) = kinship(name, model) {
                warnings.push(format!(
                    "the judge `{}` and `{}` are both of the family {family}: judges favour their own",
                    judge.name, candidate.name
                ));
            }
        }
        if !scores.other_judges.is_empty() {
            warnings.push(format!(
                "scores of {} are not used",
                scores.other_judges.join(", ")
            ));
        }
    }
    let share =
        |one: &CandidateSummary| (one.rows > 0).then(|| 1.0 - one.scored as f64 / one.rows as f64);
    let shares: Vec<f64> = comparison.candidates.iter().filter_map(share).collect();
    let most = shares.iter().copied().fold(0.0, f64::max);
    let least = shares.iter().copied().fold(1.0, f64::min);
    if comparison.judge.is_some() && most > UNSCORED {
        warnings.push(format!(
            "up to {:.0} % of a candidate's rows have no score: read the numbers with their worst-case band",
            most * 100.0
        ));
    } else if comparison.judge.is_some() && most - least > UNSCORED {
        warnings.push("candidates differ in how many rows have a score".to_owned());
    }
    warnings
}
