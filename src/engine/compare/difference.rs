//! A candidate against the baseline, on the items both have a score for.

use super::slices;
use super::summary::{ALIKE, clusters};
use super::{ALPHA, CONFIDENCE};
use crate::domain::group_scores::{CandidateScores, GroupScores};
use crate::domain::view::compare::{Difference, Full, LengthControl, Ranged, Standing, Told};
use crate::stats::bootstrap::{REPLICATES, cluster_bootstrap};
use crate::stats::describe::mean;
use crate::stats::length_control::length_controlled;
use crate::stats::paired::{
    FLOAT_NOISE, Pairing, difference, differences, pair, pairing_gain, win_tie_loss,
};
use crate::stats::power::{detectable_difference, paired_items};
use crate::stats::proportion::{alike_bounds, alike_p_greater};
use crate::stats::rank_tests::{Zeros, mcnemar, wilcoxon};
use crate::stats::{Clusters, Estimate};

/// Chance of seeing a difference that is there.
const POWER: f64 = 0.8;
/// The difference a larger sample is planned for.
const WANTED: f64 = 0.05;
/// Seed of the resampling: the same scores give the same interval.
const SEED: u64 = 7;
/// Half a level of the usual five: what is nearer than that is a tie.
const TIE: f64 = 0.1;

fn paired(scores: &GroupScores, a: usize, b: usize) -> Option<Pairing> {
    let column = |at: usize| -> Vec<Option<f64>> {
        let candidate = &scores.candidates[at];
        (0..scores.items.len())
            .map(|item| candidate.score_of(item))
            .collect()
    };
    pair(&column(a), &column(b))
}

/// The headline: the clustered paired difference. Its p-value is not adjusted yet.
pub(super) fn of(scores: &GroupScores, baseline: usize, at: usize) -> Option<Difference> {
    let pairing = paired(scores, baseline, at)?;
    let groups = clusters(scores, pairing.items.iter().copied());
    let estimate = difference(&pairing.a, &pairing.b, &groups)?;
    if estimate.se.is_some_and(|se| se < FLOAT_NOISE) {
        return Some(alike(&pairing, &estimate));
    }
    let interval = estimate.interval(CONFIDENCE);
    let n = pairing.items.len() as f64;
    // The spread of one item as the clusters show it, so that the design effect is in it.
    let sd = estimate.se.map(|se| se * n.sqrt());
    Some(Difference {
        unpaired: (pairing.missing_a, pairing.missing_b),
        p: estimate.p_two_sided(0.0),
        standing: match interval {
            Some(interval) if interval.low > 0.0 => Standing::Better,
            Some(interval) if interval.high < 0.0 => Standing::Worse,
            _ => Standing::Unclear,
        },
        visible: sd.and_then(|sd| detectable_difference(sd, n, ALPHA, POWER)),
        needed: sd
            .and_then(|sd| paired_items(sd, WANTED, ALPHA, POWER))
            .map(|items| items.ceil() as u64),
        range: Ranged::of(estimate),
        resampled: resampled(&pairing, &groups),
    })
}

/// Differences that are all the same show no spread: a t interval would have no width, and resampling none either. They
/// are bounded by how many others there could be.
fn alike(pairing: &Pairing, estimate: &Estimate) -> Difference {
    let (n, value) = (estimate.clusters as f64, estimate.value);
    let bounds = alike_bounds(value, n, (-1.0, 1.0), ALPHA / 2.0).filter(|_| estimate.clusters > 1);
    let above = |value: f64| alike_p_greater(value, n, -1.0, 0.0);
    Difference {
        unpaired: (pairing.missing_a, pairing.missing_b),
        p: above(value.abs())
            .map(|p| (2.0 * p).min(1.0))
            .filter(|_| estimate.clusters > 1),
        standing: match bounds {
            Some((low, _)) if low > 0.0 => Standing::Better,
            Some((_, high)) if high < 0.0 => Standing::Worse,
            _ => Standing::Unclear,
        },
        visible: None,
        needed: None,
        range: Ranged {
            interval: bounds,
            method: ALIKE.into(),
            ..Ranged::of(*estimate)
        },
        resampled: None,
    }
}

/// The percentile interval over resampled clusters.
fn resampled(pairing: &Pairing, groups: &Clusters) -> Option<Ranged> {
    let gaps = differences(&pairing.a, &pairing.b);
    cluster_bootstrap(&gaps, groups, REPLICATES, SEED, CONFIDENCE).map(Ranged::made)
}

/// The secondary numbers.
pub(super) fn full(scores: &GroupScores, baseline: usize, at: usize) -> Option<Full> {
    let pairing = paired(scores, baseline, at)?;
    let counted = win_tie_loss(&pairing.a, &pairing.b, TIE, CONFIDENCE)?;
    let (mut only_a, mut only_b) = (0, 0);
    for item in &pairing.items {
        let (a, b) = (
            passes(&scores.candidates[baseline], *item),
            passes(&scores.candidates[at], *item),
        );
        only_a += u64::from(a && !b);
        only_b += u64::from(b && !a);
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
    let preference: Vec<f64> = differences(&pairing.a, &pairing.b)
        .into_iter()
        .map(|difference| match difference {
            difference if difference > TIE + FLOAT_NOISE => 1.0,
            difference if difference < -TIE - FLOAT_NOISE => 0.0,
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
    let found = length_controlled(&preference, &lengths(a), &lengths(b));
    let found = found.map(|one| LengthControl {
        raw: one.raw,
        at_equal_length: one.at_equal_length,
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

/// Whether an item passes in at least half of its scored runs.
fn passes(candidate: &CandidateScores, item: usize) -> bool {
    let verdicts: Vec<bool> = candidate
        .runs
        .iter()
        .filter_map(|run| run.rows[item].outcome.pass())
        .collect();
    verdicts.iter().filter(|pass| **pass).count() * 2 >= verdicts.len()
}
