//! The numbers of one candidate.

use std::collections::BTreeMap;

use super::CONFIDENCE;
use crate::domain::group_scores::{
    CandidateScores, GroupScores, ItemPasses, ItemVerdict, RowOutcome, RowScore, RunScores,
};
use crate::domain::view::compare::{CandidateSummary, Ranged, Reruns, RunMean, WeakTag};
use crate::stats::bounds::{Bounds, Reach, bounds, score_bounds};
use crate::stats::describe::quantile_sorted;
use crate::stats::mean::group_mean;
use crate::stats::paired::FLOAT_NOISE;
use crate::stats::proportion::worst_case_band;
use crate::stats::reruns::{Passes, flips, pass_hat};
use crate::stats::{Clusters, Estimate, Interval};

/// Chance of missing on each side of an interval.
pub(super) const TAIL: f64 = (1.0 - CONFIDENCE) / 2.0;
/// Flickering items that are named where not everything is asked for.
pub(super) const NAMED: usize = 20;

impl Ranged {
    /// An estimate with its two-sided interval: never without a width where values are alike, never beyond what values
    /// can be.
    pub(super) fn of(estimate: &Estimate, reach: Reach) -> Self {
        Self::bounded(estimate, bounds(estimate, reach, TAIL))
    }

    /// An estimate with bounds that are known.
    pub(super) fn bounded(estimate: &Estimate, bounds: Option<Bounds>) -> Self {
        let method = bounds.map_or(estimate.method, |bounds| bounds.method);
        Self {
            estimate: estimate.value,
            interval: bounds.map(|bounds| (bounds.low, bounds.high)),
            n: estimate.n,
            clusters: estimate.clusters,
            method: method.name().into(),
        }
    }

    /// An interval that is one already.
    pub(super) fn made(interval: Interval) -> Self {
        Self {
            estimate: interval.estimate,
            interval: Some((interval.low, interval.high)),
            n: interval.n,
            clusters: interval.clusters,
            method: interval.method.name().into(),
        }
    }
}

/// The mean of scores from 0 to 1.
pub(super) fn mean_of(values: &[f64], groups: &Clusters) -> Option<Ranged> {
    Some(Ranged::of(&group_mean(values, groups)?, Reach::Score))
}

/// The mean of passes, each 0, 1 or a share: by Wilson where none is a share.
pub(super) fn rate_of(values: &[f64], groups: &Clusters) -> Option<Ranged> {
    let (estimate, bounds) = score_bounds(values, groups, TAIL)?;
    Some(Ranged::bounded(&estimate, bounds))
}

/// The clusters of items.
pub(super) fn clusters(scores: &GroupScores, items: impl IntoIterator<Item = usize>) -> Clusters {
    Clusters::from_numbers(items.into_iter().map(|item| scores.items[item].cluster))
}

/// The numbers of the candidate at a place; with `full` every flickering item is named.
pub(super) fn of(scores: &GroupScores, at: usize, full: bool) -> CandidateSummary {
    let candidate = &scores.candidates[at];
    let items: Vec<(usize, f64)> = (0..scores.items.len())
        .filter_map(|item| Some((item, candidate.score_of(item)?)))
        .collect();
    let values: Vec<f64> = items.iter().map(|(_, score)| *score).collect();
    let groups = clusters(scores, items.iter().map(|(item, _)| *item));
    let counts = Counts::of(candidate);
    let rows: Vec<f64> = candidate
        .rows()
        .filter_map(|row| row.outcome.score())
        .collect();
    let times = |of: fn(&RowScore) -> Option<u32>| {
        let replies = candidate.rows().filter(|row| row.output.is_some());
        sorted(replies.filter_map(of))
    };
    let latency = times(|row| row.latency_ms);
    let first_token = times(|row| row.first_token_ms);
    let written = || candidate.rows().filter(|row| row.output.is_some());
    let chars = sorted(written().map(|row| row.chars));
    let unpriced = written().filter(|row| row.cost_micros.is_none()).count();
    let mut histogram = [0; 10];
    for score in &values {
        // 0.1 + 0.7 is a little less than 0.8, and belongs where what passes from 0.8 is.
        histogram[(((score + FLOAT_NOISE) * 10.0) as usize).min(9)] += 1;
    }
    CandidateSummary {
        name: candidate.name.clone(),
        model: candidate.model.clone(),
        origin: candidate.origin.name().into(),
        runs: candidate.runs.len(),
        mean: mean_of(&values, &groups),
        pass_rate: passing(candidate, &items, &groups),
        scored: rows.len(),
        rows: scores.items.len() * candidate.runs.len(),
        band: worst_case_band(
            &rows,
            scores.items.len() * candidate.runs.len() - rows.len(),
        ),
        unscored: counts.unscored,
        unjudged: counts.unjudged,
        failed: counts.failed,
        missing: counts.missing,
        difference: None,
        cost_micros: (unpriced == 0 && !chars.is_empty())
            .then(|| written().filter_map(|row| row.cost_micros).sum()),
        unpriced,
        latency_p50_ms: quantile_sorted(&latency, 0.5),
        latency_p95_ms: quantile_sorted(&latency, 0.95),
        first_token_p50_ms: quantile_sorted(&first_token, 0.5),
        first_token_p95_ms: quantile_sorted(&first_token, 0.95),
        chars: quantile_sorted(&chars, 0.5),
        histogram,
        reruns: reruns(scores, candidate, full),
        history: history(scores, candidate),
        weak_tags: weak_tags(scores, candidate),
        human: None,
        full: None,
        detail: None,
        preferred: None,
    }
}

/// Whole numbers in ascending order; sorted once for all quantiles, and before they are floats, which sort slower.
fn sorted(values: impl Iterator<Item = u32>) -> Vec<f64> {
    let mut values: Vec<u32> = values.collect();
    values.sort_unstable();
    values.into_iter().map(f64::from).collect()
}

/// The share of items that pass; of several runs the mean of each item's share.
fn passing(
    candidate: &CandidateScores,
    items: &[(usize, f64)],
    groups: &Clusters,
) -> Option<Ranged> {
    let share = |(item, _): &(usize, f64)| {
        let passes = candidate.passes_of(*item);
        f64::from(passes.passed) / f64::from(passes.runs.max(1))
    };
    let shares: Vec<f64> = items.iter().map(share).collect();
    rate_of(&shares, groups)
}

#[derive(Default)]
struct Counts {
    unscored: Vec<(String, usize)>,
    unjudged: usize,
    failed: Vec<(String, usize)>,
    missing: usize,
}

impl Counts {
    fn of(candidate: &CandidateScores) -> Self {
        let mut counts = Self::default();
        let (mut unscored, mut failed) = (
            BTreeMap::<&str, usize>::new(),
            BTreeMap::<&str, usize>::new(),
        );
        for row in candidate.rows() {
            match &row.outcome {
                RowOutcome::Scored { .. } => {}
                RowOutcome::Unscored(class) => *unscored.entry(class).or_default() += 1,
                RowOutcome::Failed(class) => *failed.entry(class).or_default() += 1,
                RowOutcome::Unjudged => counts.unjudged += 1,
                RowOutcome::Missing => counts.missing += 1,
            }
        }
        let listed = |map: BTreeMap<&str, usize>| {
            map.into_iter()
                .map(|(class, n)| (class.to_owned(), n))
                .collect()
        };
        counts.unscored = listed(unscored);
        counts.failed = listed(failed);
        counts
    }
}

fn reruns(scores: &GroupScores, candidate: &CandidateScores, full: bool) -> Option<Reruns> {
    let all: Vec<(usize, ItemPasses)> = (0..scores.items.len())
        .map(|item| (item, candidate.passes_of(item)))
        .filter(|(_, passes)| passes.runs > 1)
        .collect();
    let counts = |of: &ItemPasses| Passes {
        passed: of.passed,
        k: of.runs,
    };
    let passes: Vec<Passes> = all.iter().map(|(_, of)| counts(of)).collect();
    let flips = flips(&passes)?;
    let runs = candidate.runs.len() as u32;
    let flickering = all.iter().filter(|(_, passes)| passes.flickers());
    Some(Reruns {
        items: all.len(),
        flicker: flips.any,
        pair: flips.pair,
        all_pass: pass_hat(&passes, runs),
        complete: passes.iter().filter(|of| of.k == runs).count(),
        flickers: flickering.clone().count(),
        flickering: flickering
            .take(if full { usize::MAX } else { NAMED })
            .map(|(item, _)| named(scores, *item))
            .collect(),
    })
}

/// The mean of each run by itself; a single run is the candidate's own mean, and no history.
fn history(scores: &GroupScores, candidate: &CandidateScores) -> Vec<RunMean> {
    if candidate.runs.len() < 2 {
        return Vec::new();
    }
    let mean = |run: &RunScores| {
        let scored = run.rows.iter().enumerate();
        let (items, values): (Vec<usize>, Vec<f64>) = scored
            .filter_map(|(item, row)| Some((item, row.outcome.score()?)))
            .unzip();
        mean_of(&values, &clusters(scores, items))
    };
    let one = |run: &RunScores| RunMean {
        number: run.number,
        because: run.because.clone(),
        mean: mean(run),
    };
    candidate.runs.iter().map(one).collect()
}

/// An item's own id, or the start of docket's.
pub(super) fn named(scores: &GroupScores, item: usize) -> String {
    let item = &scores.items[item];
    item.external_id.clone().unwrap_or_else(|| item.id.short())
}

/// Where a candidate fails: "9 of 12 in billing". An item fails that passes in less than half of its scored runs; one that
/// passes in exactly half is counted apart.
fn weak_tags(scores: &GroupScores, candidate: &CandidateScores) -> Vec<WeakTag> {
    let mut tags: BTreeMap<&str, WeakTag> = BTreeMap::new();
    for (at, item) in scores.items.iter().enumerate() {
        let Some(verdict) = candidate.passes_of(at).verdict() else {
            continue;
        };
        for tag in item.tags.iter().chain(
            item.feature
                .iter()
                .filter(|feature| !item.tags.contains(feature)),
        ) {
            let count = tags.entry(tag).or_insert_with(|| WeakTag {
                tag: tag.clone(),
                failed: 0,
                split: 0,
                of: 0,
            });
            count.failed += usize::from(verdict == ItemVerdict::Fails);
            count.split += usize::from(verdict == ItemVerdict::Split);
            count.of += 1;
        }
    }
    let mut weak: Vec<WeakTag> = tags
        .into_values()
        .filter(|one| one.failed + one.split > 0)
        .collect();
    weak.sort_by_key(|weak| {
        std::cmp::Reverse((weak.failed, weak.split, std::cmp::Reverse(weak.of)))
    });
    weak
}
