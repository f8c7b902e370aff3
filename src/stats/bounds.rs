//! What a mean of values that cannot leave a range may be off by, also where all values are alike.
//!
//! One place for it: a comparison, a gate and what people say are bounded in the same way. An end never leaves the range,
//! and values that show no spread give no bound without a width: that none of `n` deviated says how few do, not that none
//! does. Differences of scores that come to the same by another way of rounding are alike.

use super::clusters::Clusters;
use super::describe::FLOAT_NOISE;
use super::estimate::{Estimate, Method};
use super::mean::group_mean;
use super::proportion::{alike_bounds, alike_p_greater, pass_rate, rate_bounds};

/// Where single values lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From 0 to 1: scores, shares, yes and no.
    Score,
    /// From -1 to 1: differences of these.
    Difference,
}

impl Reach {
    fn ends(self) -> (f64, f64) {
        match self {
            Self::Score => (0.0, 1.0),
            Self::Difference => (-1.0, 1.0),
        }
    }
}

/// Two bounds and how they were made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// How they were made.
    pub method: Method,
}

/// Whether an estimate rests on values that are all alike.
pub fn is_alike(estimate: &Estimate) -> bool {
    estimate.se.is_some_and(|se| se < FLOAT_NOISE)
}

/// One-sided bounds, each off with chance `alpha` at most; for a two-sided interval at 95 % `alpha` is 0.025.
///
/// Student's t, cut at the ends of the range. Values that are all alike are bounded on their clusters: from 0 to 1 as a
/// share of the same size, whose values spread furthest; differences by how many others there could be
/// ([`alike_bounds`]). `None` where the standard error is undefined (one value, one cluster).
pub fn bounds(estimate: &Estimate, reach: Reach, alpha: f64) -> Option<Bounds> {
    let (least, most) = reach.ends();
    if is_alike(estimate) {
        let n = estimate.clusters as f64;
        let (ends, method) = match reach {
            Reach::Score => {
                let share = estimate.value.clamp(0.0, 1.0);
                (rate_bounds(share, n, alpha)?, Method::AlikeShare)
            }
            Reach::Difference => (
                alike_bounds(estimate.value, n, reach.ends(), alpha)?,
                Method::AlikeOthers,
            ),
        };
        return Some(Bounds {
            low: ends.0.max(least),
            high: ends.1.min(most),
            method,
        });
    }
    let (low, high) = estimate.lower(alpha).zip(estimate.upper(alpha))?;
    (low.is_finite() && high.is_finite()).then(|| Bounds {
        low: low.clamp(least, most),
        high: high.clamp(least, most),
        method: estimate.method,
    })
}

/// Two-sided p-value of "the mean difference is 0", which goes with [`bounds`]: where all differences are alike, by how
/// many others there could be. `None` without a standard error.
pub fn difference_p(estimate: &Estimate) -> Option<f64> {
    if is_alike(estimate) {
        if estimate.value.abs() <= FLOAT_NOISE {
            return Some(1.0);
        }
        let p = alike_p_greater(estimate.value.abs(), estimate.clusters as f64, -1.0, 0.0)?;
        return Some((2.0 * p).min(1.0));
    }
    estimate.p_two_sided(0.0)
}

/// The mean of values from 0 to 1 with its bounds: yes and no (0 and 1) by Wilson on as many independent values as there
/// are, all others as [`bounds`] has them. `None` for no value or one that is not finite; bounds `None` as there.
pub fn score_bounds(
    values: &[f64],
    clusters: &Clusters,
    alpha: f64,
) -> Option<(Estimate, Option<Bounds>)> {
    let estimate = group_mean(values, clusters)?;
    let wilson = yes_and_no(values)
        .filter(|_| estimate.se.is_some())
        .and_then(|passes| pass_rate(&passes, clusters, 2.0f64.mul_add(-alpha, 1.0)));
    let found = match wilson {
        Some(interval) => Some(Bounds {
            low: interval.low,
            high: interval.high,
            method: interval.method,
        }),
        None => bounds(&estimate, Reach::Score, alpha),
    };
    Some((estimate, found))
}

/// Values as yes and no; `None` where one is a share, because runs of an item or people differ.
pub fn yes_and_no(values: &[f64]) -> Option<Vec<bool>> {
    let one = |value: &f64| match *value {
        1.0 => Some(true),
        0.0 => Some(false),
        _ => None,
    };
    values.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn mean(values: &[f64]) -> Estimate {
        group_mean(values, &Clusters::singletons(values.len())).unwrap()
    }

    #[test]
    fn alike_values_have_a_width_whatever_their_last_bits_say() {
        let noisy: Vec<f64> = (0..12)
            .map(|at| if at % 2 == 0 { 0.8 - 0.7 } else { 0.4 - 0.3 })
            .collect();
        for (values, reach) in [
            (vec![1.0; 12], Reach::Score),
            (vec![0.0; 12], Reach::Score),
            (noisy, Reach::Difference),
            (vec![0.0; 12], Reach::Difference),
        ] {
            let estimate = mean(&values);
            let found = bounds(&estimate, reach, 0.025).unwrap();
            assert!(found.high - found.low > 0.05, "{values:?} {found:?}");
            assert!(found.low <= estimate.value && estimate.value <= found.high);
        }
        // Twelve that pass: the lower bound is n / (n + z²).
        let found = bounds(&mean(&[1.0; 12]), Reach::Score, 0.05).unwrap();
        assert!((found.low - 12.0 / (12.0 + 1.644_853_6_f64.powi(2))).abs() < 1e-6);
        assert_eq!(found.high, 1.0);
    }

    #[test]
    fn one_value_and_one_cluster_have_no_bounds() {
        assert_eq!(bounds(&mean(&[0.4]), Reach::Score, 0.05), None);
        let one = group_mean(&[0.4; 3], &Clusters::from_labels([1; 3])).unwrap();
        assert_eq!(bounds(&one, Reach::Score, 0.05), None);
        assert_eq!(difference_p(&one), None);
        let (_, found) = score_bounds(&[1.0], &Clusters::singletons(1), 0.05).unwrap();
        assert_eq!(found, None);
    }

    #[test]
    fn yes_and_no_are_bounded_by_wilson_and_shares_by_t() {
        let values: Vec<f64> = (0..12).map(|at| f64::from(u8::from(at > 0))).collect();
        let (_, found) = score_bounds(&values, &Clusters::singletons(12), 0.025).unwrap();
        let found = found.unwrap();
        assert_eq!(found.method, Method::Wilson);
        assert!(found.high < 1.0 && found.low > 0.6, "{found:?}");
        let halves: Vec<f64> = values
            .iter()
            .map(|v| if *v > 0.0 { 1.0 } else { 0.5 })
            .collect();
        let (_, found) = score_bounds(&halves, &Clusters::singletons(12), 0.025).unwrap();
        assert_eq!(found.unwrap().method, Method::MeanT);
    }

    proptest! {
        #[test]
        fn bounds_stay_in_range_around_their_estimate(values in prop::collection::vec(prop_oneof![Just(0.0), Just(1.0), 0.0..=1.0_f64], 2..30), alpha in 0.001..0.2_f64) {
            let estimate = mean(&values);
            let found = bounds(&estimate, Reach::Score, alpha).unwrap();
            prop_assert!(0.0 <= found.low && found.low <= estimate.value + 1e-12);
            prop_assert!(estimate.value <= found.high + 1e-12 && found.high <= 1.0);
        }

        #[test]
        fn test_and_interval_of_a_difference_agree(value in -1.0..1.0_f64, n in 2..80_usize) {
            let estimate = mean(&vec![value; n]);
            let found = bounds(&estimate, Reach::Difference, 0.025).unwrap();
            prop_assume!(found.low.abs() > 1e-9 && found.high.abs() > 1e-9);
            let beyond = found.low > 0.0 || found.high < 0.0;
            prop_assert_eq!(difference_p(&estimate).unwrap() < 0.05, beyond);
        }
    }
}
