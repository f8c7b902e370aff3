//! Shares of items that pass, and their intervals.

use super::clusters::Clusters;
use super::distributions::{beta_quantile, normal_cdf, normal_quantile};
use super::estimate::{Interval, Method};
use super::mean::{clustered_mean, independent_mean};

/// Wilson's score interval of `k` successes in `n`; `None` unless 0 < `n` and `k` <= `n`.
///
/// Source: Wilson 1927, JASA 22(158).
pub fn wilson(k: usize, n: usize, confidence: f64) -> Option<Interval> {
    if n == 0 || k > n {
        return None;
    }
    let (low, high) = wilson_ends(k as f64 / n as f64, n as f64, confidence)?;
    Some(Interval {
        estimate: k as f64 / n as f64,
        low,
        high,
        n,
        clusters: n,
        method: Method::Wilson,
    })
}

/// Wilson's ends for a rate on `n` (possibly fractional, effective) trials.
pub(super) fn wilson_ends(rate: f64, n: f64, confidence: f64) -> Option<(f64, f64)> {
    let z = normal_quantile(f64::midpoint(1.0, confidence))?;
    if !(n > 0.0 && (0.0..=1.0).contains(&rate)) {
        return None;
    }
    let center = rate + z * z / (2.0 * n);
    let half = z * (rate * (1.0 - rate) / n + z * z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + z * z / n;
    // Rounding must not move an end past the rate it encloses: 0 of n starts at 0.
    let low = if rate == 0.0 {
        0.0
    } else {
        ((center - half) / scale).max(0.0)
    };
    let high = if rate == 1.0 {
        1.0
    } else {
        ((center + half) / scale).min(1.0)
    };
    Some((low, high))
}

/// Wilson's one-sided lower bound: the truth lies below it with chance `alpha` at most.
pub fn wilson_lower(k: usize, n: usize, alpha: f64) -> Option<f64> {
    wilson(k, n, 1.0 - 2.0 * alpha).map(|interval| interval.low)
}

/// Clopper and Pearson's exact interval; covers at least as often as it says, at the price of width.
pub fn clopper_pearson(k: usize, n: usize, confidence: f64) -> Option<Interval> {
    if n == 0 || k > n || !(confidence > 0.0 && confidence < 1.0) {
        return None;
    }
    let tail = (1.0 - confidence) / 2.0;
    let (hits, misses) = (k as f64, (n - k) as f64);
    let low = if k == 0 {
        0.0
    } else {
        beta_quantile(hits, misses + 1.0, tail)?
    };
    let high = if k == n {
        1.0
    } else {
        beta_quantile(hits + 1.0, misses, 1.0 - tail)?
    };
    Some(Interval {
        estimate: hits / n as f64,
        low,
        high,
        n,
        clusters: n,
        method: Method::ClopperPearson,
    })
}

/// Pass rate of items that may depend on each other within clusters: Wilson on n/deff trials, where
/// deff = (clustered se / plain se)², and only where that is above 1.
///
/// `None` for no items, lengths that differ, and a single cluster of several items.
pub fn pass_rate(passes: &[bool], clusters: &Clusters, confidence: f64) -> Option<Interval> {
    if passes.is_empty() || passes.len() != clusters.len() {
        return None;
    }
    let k = passes.iter().filter(|pass| **pass).count();
    let plain = wilson(k, passes.len(), confidence)?;
    if clusters.all_single() {
        return Some(plain);
    }
    let (low, high) = wilson_ends(
        plain.estimate,
        passes.len() as f64 / design_effect(passes, clusters)?,
        confidence,
    )?;
    Some(Interval {
        low,
        high,
        clusters: clusters.count(),
        method: Method::WilsonClustered,
        ..plain
    })
}

/// How many clustered items count as one independent item; at least 1. `None` where the clusters cannot say.
pub fn design_effect(passes: &[bool], clusters: &Clusters) -> Option<f64> {
    let values: Vec<f64> = passes
        .iter()
        .map(|pass| f64::from(u8::from(*pass)))
        .collect();
    let clustered = clustered_mean(&values, clusters)?.se?;
    let plain = independent_mean(&values)?.se?;
    if plain == 0.0 {
        // All alike: nothing shows how far the clusters hang together, so they count as one item each.
        return Some(values.len() as f64 / clusters.count() as f64);
    }
    Some((clustered / plain).powi(2).max(1.0))
}

/// Share with inclusion weights 1/π, on the effective number of trials (Kish); equal weights give Wilson.
pub fn weighted_rate(passes: &[bool], weights: &[f64], confidence: f64) -> Option<Interval> {
    if passes.len() != weights.len() || !weights.iter().all(|w| w.is_finite() && *w > 0.0) {
        return None;
    }
    let total: f64 = weights.iter().sum();
    let hits: f64 = passes
        .iter()
        .zip(weights)
        .filter(|(pass, _)| **pass)
        .map(|(_, w)| w)
        .sum();
    let rate = (hits / total).min(1.0);
    let (low, high) = wilson_ends(rate, super::describe::effective_size(weights), confidence)?;
    let n = passes.len();
    Some(Interval {
        estimate: rate,
        low,
        high,
        n,
        clusters: n,
        method: Method::Wilson,
    })
}

/// One-sided p-value of "the rate is at most `null`" by the score test, which Wilson's bound inverts.
pub fn rate_p_greater(k: usize, n: usize, null: f64) -> Option<f64> {
    if n == 0 || k > n || !(0.0..=1.0).contains(&null) {
        return None;
    }
    let rate = k as f64 / n as f64;
    let se = (null * (1.0 - null) / n as f64).sqrt();
    if se == 0.0 {
        return Some(if rate > null { 0.0 } else { 1.0 });
    }
    Some(normal_cdf((null - rate) / se))
}

/// One-sided Wilson bounds of a rate on `n` (possibly effective) trials, each off with chance `alpha` at most.
///
/// Also bounds the mean of values from 0 to 1, whose variance is at most that of a share of the same size.
pub fn rate_bounds(rate: f64, n: f64, alpha: f64) -> Option<(f64, f64)> {
    wilson_ends(rate, n, 2.0f64.mul_add(-alpha, 1.0))
}

/// [`rate_p_greater`] on a possibly fractional, effective number of trials.
pub fn rate_p_greater_effective(rate: f64, n: f64, null: f64) -> Option<f64> {
    if !(n > 0.0 && (0.0..=1.0).contains(&rate) && null > 0.0 && null < 1.0) {
        return None;
    }
    Some(normal_cdf((null - rate) / (null * (1.0 - null) / n).sqrt()))
}

/// One-sided bounds of the mean of `n` (possibly effective) values between `low` and `high` that all are `value`, each
/// off with chance `alpha` at most; and the chance of such values if the mean were no greater than `null`.
///
/// Equal values show no spread, so a t interval would have no width. What they show is that few others deviate: with
/// none of `n` deviating the share that does is at most Wilson's bound of 0 of `n`, and each deviates to the end of
/// the range at most.
pub fn alike_bounds(value: f64, n: f64, (low, high): (f64, f64), alpha: f64) -> Option<(f64, f64)> {
    let (_, others) = rate_bounds(0.0, n, alpha)?;
    Some((
        others.mul_add(low - value, value),
        others.mul_add(high - value, value),
    ))
}

/// The p-value that belongs to [`alike_bounds`]: against a mean no greater than `null`.
pub fn alike_p_greater(value: f64, n: f64, low: f64, null: f64) -> Option<f64> {
    if !(n > 0.0 && value > low) {
        return None;
    }
    let others = (value - null) / (value - low);
    Some(match others {
        others if others <= 0.0 => 1.0,
        others if others >= 1.0 => 0.0,
        others => normal_cdf(-(n * others / (1.0 - others)).sqrt()),
    })
}

/// Mean over all items if every unscored one had the lowest, or the highest, score: (low, high).
///
/// `scored` are the scores there are, 0 to 1; `unscored` counts the rest. `None` without any item.
pub fn worst_case_band(scored: &[f64], unscored: usize) -> Option<(f64, f64)> {
    let n = scored.len() + unscored;
    if n == 0 || !super::describe::all_finite(scored) {
        return None;
    }
    // An empty sum is -0.0, which prints as such.
    let sum = scored.iter().sum::<f64>() + 0.0;
    Some((sum / n as f64, (sum + unscored as f64) / n as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_trials_and_impossible_counts_have_no_rate() {
        for (k, n) in [(0, 0), (3, 2)] {
            assert_eq!(wilson(k, n, 0.95), None);
            assert_eq!(clopper_pearson(k, n, 0.95), None);
            assert_eq!(rate_p_greater(k, n, 0.5), None);
        }
        assert_eq!(wilson(1, 2, 1.0), None);
        assert_eq!(pass_rate(&[], &Clusters::singletons(0), 0.95), None);
        assert_eq!(worst_case_band(&[], 0), None);
        let nothing = worst_case_band(&[], 3).unwrap();
        assert_eq!(format!("{:.3}", nothing.0), "0.000");
    }

    #[test]
    fn equal_values_are_bounded_by_what_others_could_be() {
        let range = (-1.0, 1.0);
        let (low, high) = alike_bounds(0.2, 6.0, range, 0.05).unwrap();
        assert!(
            low < 0.0 && high > 0.2,
            "six equal differences prove nothing: {low} to {high}"
        );
        let (low, high) = alike_bounds(0.2, 400.0, range, 0.05).unwrap();
        assert!(low > 0.18 && high < 0.21, "{low} to {high}");
        for (value, null) in [(0.2, 0.0), (0.0, -0.05), (1.0, 0.9)] {
            let p = alike_p_greater(value, 50.0, -1.0, null).unwrap();
            let (bound, _) = alike_bounds(value, 50.0, range, p).unwrap();
            assert!(
                (bound - null).abs() < 1e-6,
                "{value} {null}: {bound} at {p}"
            );
        }
        assert_eq!(alike_p_greater(0.0, 50.0, -1.0, 0.1), Some(1.0));
    }

    #[test]
    fn one_cluster_of_several_items_has_no_interval() {
        assert_eq!(
            pass_rate(&[true, false], &Clusters::from_labels([1, 1]), 0.95),
            None
        );
    }

    #[test]
    fn copies_of_an_item_do_not_narrow_the_interval() {
        let passes: Vec<bool> = (0..40).map(|at| at % 8 < 4).collect();
        let clusters = Clusters::from_labels((0..40).map(|at| at / 4));
        let clustered = pass_rate(&passes, &clusters, 0.95).unwrap();
        let single = wilson(5, 10, 0.95).unwrap();
        assert!(clustered.high - clustered.low > 0.95 * (single.high - single.low));
        let alike = pass_rate(&[true; 40], &clusters, 0.95).unwrap();
        let ten = wilson(10, 10, 0.95).unwrap();
        assert!((alike.low - ten.low).abs() < 1e-12);
    }

    #[test]
    fn the_band_counts_what_was_not_scored_both_ways() {
        assert_eq!(worst_case_band(&[1.0, 0.5], 2), Some((0.375, 0.875)));
    }

    proptest! {
        #[test]
        fn intervals_stay_in_range_around_their_rate(n in 1..500_usize, share in 0.0..=1.0_f64, level in 0.5..0.999_f64) {
            let k = ((n as f64) * share) as usize;
            for got in [wilson(k, n, level).unwrap(), clopper_pearson(k, n, level).unwrap()] {
                prop_assert!(0.0 <= got.low && got.low <= got.estimate && got.estimate <= got.high && got.high <= 1.0);
            }
        }

        #[test]
        fn bound_and_score_test_agree_on_effective_trials(rate in 0.0..=1.0_f64, n in 1.0..300.0_f64, null in 0.01..0.99_f64) {
            let (lower, _) = rate_bounds(rate, n, 0.05).unwrap();
            prop_assume!((lower - null).abs() > 1e-9);
            prop_assert_eq!(rate_p_greater_effective(rate, n, null).unwrap() < 0.05, lower > null);
        }

        #[test]
        fn bound_and_score_test_agree(n in 1..300_usize, share in 0.0..=1.0_f64, null in 0.01..0.99_f64) {
            let k = ((n as f64) * share) as usize;
            let lower = wilson_lower(k, n, 0.05).unwrap();
            prop_assume!((lower - null).abs() > 1e-9);
            prop_assert_eq!(rate_p_greater(k, n, null).unwrap() < 0.05, lower > null);
        }
    }
}
