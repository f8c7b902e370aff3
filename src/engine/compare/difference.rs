//! A candidate against the baseline, on the items both have a score for.

use super::slices;
use super::summary::{TAIL, clusters};
use super::{ALPHA, CONFIDENCE};
use crate::domain::group_scores::{CandidateScores, GroupScores, ItemVerdict};
use crate::domain::view::compare::{Difference, Full, LengthControl, Ranged, Standing, Told};
use crate::stats::bootstrap::{REPLICATES, cluster_bootstrap};
use crate::stats::bounds::{Reach, bounds, difference_p, is_alike};
use crate::stats::describe::mean;
use crate::stats::length_control::length_controlled;
use crate::stats::paired::{
    FLOAT_NOISE, Pairing, difference, differences, pair, pairing_gain, win_tie_loss,
};
use crate::stats::power::{detectable_difference, paired_items};
use crate::stats::rank_tests::{Zeros, mcnemar, wilcoxon};
use crate::stats::{Clusters, Estimate};

/// Chance of seeing a difference that is there.
const POWER: f64 = 0.8;
/// The difference a larger sample is planned for.
const WANTED: f64 = 0.05;
/// Seed of the resampling: the same scores give the same interval.
const SEED: u64 = 7;

/// A mean difference with its interval and its p-value, not adjusted: the one way to both, for the whole, a tag and a
/// question.
pub(super) fn ranged(estimate: &Estimate) -> (Ranged, Option<f64>) {
    let found = bounds(estimate, Reach::Difference, TAIL);
    (Ranged::bounded(estimate, found), difference_p(estimate))
}

/// Which side of 0 an interval lies on.
pub(super) fn side(range: &Ranged) -> Standing {
    match range.interval {
        Some((low, _)) if low > 0.0 => Standing::Better,
        Some((_, high)) if high < 0.0 => Standing::Worse,
        _ => Standing::Unclear,
    }
}

fn paired(scores: &GroupScores, a: usize, b: usize) -> Option<Pairing> {
    let column = |at: usize| -> Vec<Option<f64>> {
        let candidate = &scores.candidates[at];
        (0..scores.items.len())
            .map(|item| candidate.score_of(item))
            .collect()
    };
    pair(&column(a), &column(b))
}

/// The headline: the clustered paired difference. Its p-value is not adjusted yet, and what it can show is not told yet:
/// both hang on how many differences there are. Beside it the spread of one item, where there is one.
pub(super) fn of(
    scores: &GroupScores,
    baseline: usize,
    at: usize,
) -> Option<(Difference, Option<f64>)> {
    let pairing = paired(scores, baseline, at)?;
    let groups = clusters(scores, pairing.items.iter().copied());
    let estimate = difference(&pairing.a, &pairing.b, &groups)?;
    let (range, p) = ranged(&estimate);
    let spread = estimate.se.filter(|_| !is_alike(&estimate));
    let found = Difference {
        unpaired: (pairing.missing_a, pairing.missing_b),
        p,
        standing: side(&range),
        visible: None,
        needed: None,
        range,
        // Resampling what is all alike gives the same every time: an interval without a width.
        resampled: spread.and_then(|_| resampled(&pairing, &groups)),
    };
    // As the clusters show it, so that the design effect is in it.
    let sd = spread.map(|se| se * (pairing.items.len() as f64).sqrt());
    Some((found, sd))
}

/// What these items can show where one of `family` differences is tested: the first that Holm accepts has to reach
/// alpha / family.
pub(super) fn reach(difference: &mut Difference, sd: f64, family: usize) {
    let (n, alpha) = (difference.range.n as f64, ALPHA / family.max(1) as f64);
    difference.visible = detectable_difference(sd, n, alpha, POWER);
    difference.needed = paired_items(sd, WANTED, alpha, POWER).map(|items| items.ceil() as u64);
}

/// The percentile interval over resampled clusters.
fn resampled(pairing: &Pairing, groups: &Clusters) -> Option<Ranged> {
    let gaps = differences(&pairing.a, &pairing.b);
    cluster_bootstrap(&gaps, groups, REPLICATES, SEED, CONFIDENCE).map(Ranged::made)
}

/// The secondary numbers.
pub(super) fn full(scores: &GroupScores, baseline: usize, at: usize) -> Option<Full> {
    let pairing = paired(scores, baseline, at)?;
    let counted = win_tie_loss(&pairing.a, &pairing.b, scores.half_level, CONFIDENCE)?;
    let (mut only_a, mut only_b, mut split) = (0, 0, 0);
    for item in &pairing.items {
        let of = |place: usize| scores.candidates[place].passes_of(*item).verdict();
        match (of(baseline), of(at)) {
            (Some(ItemVerdict::Passes), Some(ItemVerdict::Fails)) => only_a += 1,
            (Some(ItemVerdict::Fails), Some(ItemVerdict::Passes)) => only_b += 1,
            // Neither a pass nor a fail: to take it for one of them would count for whoever has reruns.
            (Some(ItemVerdict::Split), _) | (_, Some(ItemVerdict::Split)) => split += 1,
            _ => {}
        }
    }
    let test = mcnemar(only_b, only_a);
    let dependent = dependent(scores, &pairing);
    // Of one cluster every item repeats the same request: tests that count items would take repetition for evidence.
    let counts = |p: f64| dependent.is_none().then_some(p);
    let wilcoxon_p = wilcoxon(&differences(&pairing.a, &pairing.b), Zeros::Drop).map(|test| test.p);
    let tags = slices::tags(scores, &pairing);
    Some(Full {
        win: counted.win,
        tie: counted.tie,
        loss: counted.loss,
        win_rate: counted.win_rate,
        sign_p: counts(counted.sign_p),
        mcnemar_p: counts(test.p_exact),
        mcnemar_mid_p: counts(test.p_mid),
        split,
        wilcoxon_p: wilcoxon_p.and_then(counts),
        dependent,
        correlation: pairing_gain(&pairing.a, &pairing.b).and_then(|gain| gain.correlation),
        length: length(scores, baseline, at, &pairing),
        slices: slices::words(scores, &pairing, &tags),
        tags,
    })
}

/// Why the items do not count one by one, where they are too few requests for that.
fn dependent(scores: &GroupScores, pairing: &Pairing) -> Option<String> {
    let found = clusters(scores, pairing.items.iter().copied()).count();
    (found < 2).then(|| match pairing.items.len() {
        1 => "there is one item, and one is no sample".to_owned(),
        n => format!(
            "all {n} items are one request, so each repeats the other and none is a test by itself"
        ),
    })
}

/// The win rate if both outputs were equally long.
fn length(scores: &GroupScores, a: usize, b: usize, pairing: &Pairing) -> Told<LengthControl> {
    let tie = scores.half_level + FLOAT_NOISE;
    let preference: Vec<f64> = differences(&pairing.a, &pairing.b)
        .into_iter()
        .map(|difference| match difference {
            difference if difference > tie => 1.0,
            difference if difference < -tie => 0.0,
            _ => 0.5,
        })
        .collect();
    let lengths = |at: usize| -> Vec<f64> {
        let candidate = &scores.candidates[at];
        pairing
            .items
            .iter()
            .map(|item| chars(candidate, *item))
            .collect()
    };
    let (of_a, of_b) = (lengths(a), lengths(b));
    let longer = differences(&of_a, &of_b);
    if longer.iter().all(|gap| *gap > 0.0) || longer.iter().all(|gap| *gap < 0.0) {
        let why = "one side is longer on every item, so what equal length would do lies beyond what was seen";
        return Told::Missing(why.to_owned());
    }
    let groups = clusters(scores, pairing.items.iter().copied());
    let found = length_controlled(&preference, &of_a, &of_b);
    let found = found.map(|one| LengthControl {
        raw: one.raw,
        at_equal_length: one.at_equal_length,
        interval: one.interval(&preference, (&of_a, &of_b), &groups, CONFIDENCE),
        large_shift: one.large_shift,
    });
    Told::or(
        found,
        "the outputs are equally long everywhere, or the longer one always wins",
    )
}

/// Characters of the outputs of an item that have a score, their mean.
fn chars(candidate: &CandidateScores, item: usize) -> f64 {
    let rows = candidate.runs.iter().map(|run| &run.rows[item]);
    let scored: Vec<f64> = rows
        .filter(|row| row.outcome.score().is_some())
        .map(|row| f64::from(row.chars))
        .collect();
    mean(&scored).unwrap_or(0.0)
}
