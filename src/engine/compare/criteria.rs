//! Candidates question by question.

use super::difference::ranged;
use super::reading::Readings;
use super::summary::{clusters, mean_of};
use crate::domain::group_scores::{CandidateScores, GroupScores};
use crate::domain::rubric::{Question, Rubric};
use crate::domain::view::compare::OnCriterion;
use crate::stats::describe::mean;
use crate::stats::multiple::benjamini_hochberg;
use crate::stats::paired::{difference, pair};

/// The candidate at a place on every graded question, beside the baseline.
pub(super) fn of(
    scores: &GroupScores,
    readings: &Readings,
    rubric: &Rubric,
    at: usize,
) -> Vec<OnCriterion> {
    let candidate = &scores.candidates[at];
    let baseline = scores
        .baseline
        .filter(|baseline| *baseline != at)
        .map(|baseline| &scores.candidates[baseline]);
    let mut all: Vec<OnCriterion> = rubric
        .questions()
        .enumerate()
        .filter_map(|(place, question)| {
            let column = |of: &CandidateScores| levels(scores, readings, of, place);
            on(
                scores,
                &question,
                &column(candidate),
                baseline.map(column).as_deref(),
            )
        })
        .collect();
    adjust(&mut all);
    all
}

/// The mean level of each item over the runs that have one.
fn levels(
    scores: &GroupScores,
    readings: &Readings,
    candidate: &CandidateScores,
    question: usize,
) -> Vec<Option<f64>> {
    let level = |item: usize| {
        let given: Vec<f64> = candidate
            .runs
            .iter()
            .filter_map(|run| run.rows[item].ticket)
            .filter_map(|ticket| readings.get(&ticket)?.levels.get(question).copied()?)
            .collect();
        mean(&given)
    };
    (0..scores.items.len()).map(level).collect()
}

fn on(
    scores: &GroupScores,
    question: &Question<'_>,
    given: &[Option<f64>],
    baseline: Option<&[Option<f64>]>,
) -> Option<OnCriterion> {
    let scale = question.scale()?;
    let (low, high) = (f64::from(scale.min()), f64::from(scale.max()));
    let brought = |column: &[Option<f64>]| -> Vec<Option<f64>> {
        let level = |level: &Option<f64>| level.map(|level| (level - low) / (high - low));
        column.iter().map(level).collect()
    };
    let own = brought(given);
    let places: Vec<usize> = (0..own.len()).filter(|item| own[*item].is_some()).collect();
    let values: Vec<f64> = own.iter().flatten().copied().collect();
    let range = mean_of(&values, &clusters(scores, places));
    let against = baseline.and_then(|baseline| {
        let pairing = pair(&brought(baseline), &own)?;
        let groups = clusters(scores, pairing.items.iter().copied());
        difference(&pairing.a, &pairing.b, &groups)
    });
    let (difference, p) = against.map(|estimate| ranged(&estimate)).unzip();
    Some(OnCriterion {
        id: question.id.to_owned(),
        question: question.text.to_owned(),
        weight: question.weight,
        mean: range,
        level: mean(&given.iter().flatten().copied().collect::<Vec<_>>()),
        scale: (scale.min(), scale.max()),
        p: p.flatten(),
        difference,
    })
}

/// Many questions are looked at at once: their p-values are adjusted for it.
fn adjust(all: &mut [OnCriterion]) {
    let raw: Vec<f64> = all.iter().filter_map(|one| one.p).collect();
    let adjusted = benjamini_hochberg(&raw).unwrap_or_default();
    for (one, p) in all.iter_mut().filter(|one| one.p.is_some()).zip(adjusted) {
        one.p = Some(p);
    }
}
