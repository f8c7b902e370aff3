//! The numbers of one candidate.

use std::collections::BTreeMap;

use super::CONFIDENCE;
use crate::domain::group_scores::{CandidateScores, GroupScores, RowOutcome, RowScore, RunScores};
use crate::domain::view::compare::{CandidateSummary, Ranged, Reruns, RunMean, WeakTag};
use crate::stats::describe::quantile_sorted;
use crate::stats::mean::group_mean;
use crate::stats::paired::FLOAT_NOISE;
use crate::stats::proportion::{alike_bounds, pass_rate, worst_case_band};
use crate::stats::reruns::{Passes, flips, pass_hat};
use crate::stats::{Clusters, Estimate, Interval};

/// Flickering items that are named where not everything is asked for.
const NAMED: usize = 20;

impl Ranged {
    /// An estimate with its two-sided interval.
    pub(super) fn of(estimate: Estimate) -> Self {
        let interval = estimate.interval(CONFIDENCE);
        Self {
            estimate: estimate.value,
            interval: interval.map(|interval| (interval.low, interval.high)),
            n: estimate.n,
            clusters: estimate.clusters,
            method: estimate.method.name().into(),
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

    /// A share cannot leave 0 to 1, whatever its interval says.
    pub(super) fn clamped(self) -> Self {
        let clamp = |(low, high): (f64, f64)| (low.clamp(0.0, 1.0), high.clamp(0.0, 1.0));
        Self {
            interval: self.interval.map(clamp),
            ..self
        }
    }
}

/// How an interval is made of values that are all the same.
pub(super) const ALIKE: &str = "all alike, bounded by what others could be";

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
        histogram[((score * 10.0) as usize).min(9)] += 1;
    }
    CandidateSummary {
        name: candidate.name.clone(),
        model: candidate.model.clone(),
        origin: candidate.origin.name().into(),
        runs: candidate.runs.len(),
        mean: ranged(&values, &groups),
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

/// Of one run the share that passes, by Wilson; of several the mean of each item's share.
fn passing(
    candidate: &CandidateScores,
    items: &[(usize, f64)],
    groups: &Clusters,
) -> Option<Ranged> {
    if let [run] = candidate.runs.as_slice() {
        let passes: Vec<bool> = items
            .iter()
            .filter_map(|(item, _)| run.rows[*item].outcome.pass())
            .collect();
        return match pass_rate(&passes, groups, CONFIDENCE) {
            Some(interval) if interval.clusters > 1 => Some(Ranged::made(interval)),
            // A rate there is, an interval is undefined: one item says nothing of how others would do.
            _ => shares(candidate, items, groups),
        };
    }
    shares(candidate, items, groups)
}

fn shares(
    candidate: &CandidateScores,
    items: &[(usize, f64)],
    groups: &Clusters,
) -> Option<Ranged> {
    let share = |(item, _): &(usize, f64)| {
        let passes = passes_of(candidate, *item);
        f64::from(passes.passed) / f64::from(passes.k.max(1))
    };
    let shares: Vec<f64> = items.iter().map(share).collect();
    ranged(&shares, groups)
}

/// The mean of values from 0 to 1. Where all are the same there is no spread to take an interval from; then it is
/// bounded by how many others there could be.
fn ranged(values: &[f64], groups: &Clusters) -> Option<Ranged> {
    let estimate = group_mean(values, groups)?;
    if estimate.se.is_none_or(|se| se >= FLOAT_NOISE) {
        return Some(Ranged::of(estimate).clamped());
    }
    let n = estimate.clusters as f64;
    let bounds = alike_bounds(estimate.value, n, (0.0, 1.0), (1.0 - CONFIDENCE) / 2.0);
    Some(Ranged {
        interval: bounds.filter(|_| estimate.clusters > 1),
        method: ALIKE.into(),
        ..Ranged::of(estimate)
    })
}

fn passes_of(candidate: &CandidateScores, item: usize) -> Passes {
    let verdicts = candidate
        .runs
        .iter()
        .filter_map(|run| run.rows[item].outcome.pass());
    verdicts.fold(Passes { passed: 0, k: 0 }, |passes, pass| Passes {
        passed: passes.passed + u32::from(pass),
        k: passes.k + 1,
    })
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
    let all: Vec<(usize, Passes)> = (0..scores.items.len())
        .map(|item| (item, passes_of(candidate, item)))
        .filter(|(_, passes)| passes.k > 1)
        .collect();
    let passes: Vec<Passes> = all.iter().map(|(_, passes)| *passes).collect();
    let flips = flips(&passes)?;
    let flickering = all.iter().filter(|(_, passes)| passes.flickers());
    Some(Reruns {
        items: all.len(),
        flicker: flips.any,
        pair: flips.pair,
        all_pass: pass_hat(&passes, candidate.runs.len() as u32),
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
        group_mean(&values, &clusters(scores, items))
    };
    let one = |run: &RunScores| RunMean {
        number: run.number,
        because: run.because.clone(),
        mean: mean(run).map(Ranged::of).map(Ranged::clamped),
    };
    candidate.runs.iter().map(one).collect()
}

/// An item's own id, or the start of docket's.
pub(super) fn named(scores: &GroupScores, item: usize) -> String {
    let item = &scores.items[item];
    item.external_id.clone().unwrap_or_else(|| item.id.short())
}

/// Where a candidate fails: "9 of 12 in billing". An item fails that passes in less than half of its scored runs.
fn weak_tags(scores: &GroupScores, candidate: &CandidateScores) -> Vec<WeakTag> {
    let mut tags: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (at, item) in scores.items.iter().enumerate() {
        let passes = passes_of(candidate, at);
        if passes.k == 0 {
            continue;
        }
        for tag in item.tags.iter().chain(
            item.feature
                .iter()
                .filter(|feature| !item.tags.contains(feature)),
        ) {
            let count = tags.entry(tag).or_default();
            count.0 += usize::from(passes.passed * 2 < passes.k);
            count.1 += 1;
        }
    }
    let mut weak: Vec<WeakTag> = tags
        .into_iter()
        .filter(|(_, (failed, _))| *failed > 0)
        .map(|(tag, (failed, of))| WeakTag {
            tag: tag.to_owned(),
            failed,
            of,
        })
        .collect();
    weak.sort_by_key(|weak| (std::cmp::Reverse(weak.failed), weak.of));
    weak
}
