//! How much is enough: sample sizes before a run, and what a finished one could have seen.
//!
//! Sizes come as fractional items (round up), already times nothing: multiply by the design effect for clusters.

use super::describe::pearson;
use super::distributions::{noncentral_t_upper_tail, normal_quantile, t_quantile};

/// z_{α/2} + z_β for a two-sided test.
fn reach(alpha: f64, power: f64) -> Option<f64> {
    Some(normal_quantile(1.0 - alpha / 2.0)? + normal_quantile(power)?)
}

/// Items needed to see a paired difference `delta` with standard deviation `sd` of the differences.
///
/// `None` unless delta and sd are positive and alpha and power lie in (0, 1).
pub fn paired_items(sd: f64, delta: f64, alpha: f64, power: f64) -> Option<f64> {
    let items = (reach(alpha, power)? * sd / delta).powi(2);
    (sd > 0.0 && delta > 0.0 && items.is_finite()).then_some(items)
}

/// As [`paired_items`], by the t test's own power (Student's t instead of the normal): a little more.
///
/// Source: noncentral t, as statsmodels' `TTestPower`.
pub fn paired_items_t(sd: f64, delta: f64, alpha: f64, power: f64) -> Option<f64> {
    let start = paired_items(sd, delta, alpha, power)?;
    let effect = delta / sd;
    let power_of = |n: f64| -> Option<f64> {
        let critical = t_quantile(1.0 - alpha / 2.0, n - 1.0)?;
        let shift = effect * n.sqrt();
        let above = noncentral_t_upper_tail(critical, n - 1.0, shift)?;
        Some(above + 1.0 - noncentral_t_upper_tail(-critical, n - 1.0, shift)?)
    };
    let (mut low, mut high) = (2.0, start.max(2.0) + 10.0);
    while power_of(high)? < power {
        high *= 2.0;
    }
    if power_of(low)? >= power {
        return Some(low);
    }
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if power_of(middle)? < power {
            low = middle;
        } else {
            high = middle;
        }
        if high - low < 1e-9 * high {
            break;
        }
    }
    Some(f64::midpoint(low, high))
}

/// Where the variance of a paired difference comes from, for planning with reruns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Variances {
    /// Of the true difference between items.
    pub items: f64,
    /// Of reruns of the baseline.
    pub reruns_a: f64,
    /// Of reruns of the candidate.
    pub reruns_b: f64,
}

/// Items needed with `k_a` and `k_b` reruns each: (z_{α/2}+z_β)² (ω² + σ_A²/K_A + σ_B²/K_B) / δ².
///
/// Source: Miller 2024, arXiv 2411.00640, section 5.
pub fn items_with_reruns(
    variances: &Variances,
    k_a: u32,
    k_b: u32,
    delta: f64,
    alpha: f64,
    power: f64,
) -> Option<f64> {
    if k_a == 0 || k_b == 0 {
        return None;
    }
    let variance =
        variances.items + variances.reruns_a / f64::from(k_a) + variances.reruns_b / f64::from(k_b);
    paired_items(variance.sqrt(), delta, alpha, power)
}

/// Smallest difference that `n` items let one see: (z_{α/2}+z_β) sd/√n. `None` for n = 0 or sd not positive.
pub fn detectable_difference(sd: f64, n: f64, alpha: f64, power: f64) -> Option<f64> {
    let difference = reach(alpha, power)? * sd / n.sqrt();
    (sd > 0.0 && n > 0.0 && difference.is_finite()).then_some(difference)
}

/// Items needed for an interval of a given half width around a rate `p`: p(1-p) z²/h².
///
/// Plan with the expected rate, ½ where nothing is known. `None` unless 0 < p < 1 and h > 0.
pub fn items_for_rate(p: f64, half_width: f64, alpha: f64) -> Option<f64> {
    let items = p * (1.0 - p) * (normal_quantile(1.0 - alpha / 2.0)? / half_width).powi(2);
    (p > 0.0 && p < 1.0 && half_width > 0.0 && items.is_finite()).then_some(items)
}

/// Human labels and judged items that together are worth a number of labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LabelPlan {
    /// Labels by people.
    pub labels: u64,
    /// Items judged without a label.
    pub judged: u64,
    /// Correlation of judge and human the plan rests on.
    pub correlation: f64,
}

/// Cheapest labels and judge calls worth `effective` labels, given how well the judge correlates with people.
///
/// Only labels where the judge does not pay. `None` for costs that are not positive, no label asked for, a
/// correlation that is undefined or ±1 (a perfect judge needs no plan).
/// Source: Broska, Howes and van Loon 2024, "The mixed subjects design", as `ppi_mean_power` computes it.
pub fn labels_for(
    human: &[f64],
    judge: &[f64],
    cost_human: f64,
    cost_judge: f64,
    effective: f64,
) -> Option<LabelPlan> {
    let correlation = pearson(human, judge)?;
    let square = correlation * correlation;
    if !(cost_human > 0.0 && cost_judge > 0.0 && effective >= 1.0 && effective.is_finite())
        || square >= 1.0
    {
        return None;
    }
    let gamma = cost_judge / cost_human;
    let root = (gamma * square * (1.0 - square)).sqrt();
    let cost_combined = 1.0 - square + gamma * square + 2.0 * root;
    let labels = effective * (1.0 - square + root);
    let judged = labels * (effective - labels) / (labels - (1.0 - square) * effective);
    if cost_combined > 1.0 || judged < 0.0 || !judged.is_finite() {
        return Some(LabelPlan {
            labels: effective.round() as u64,
            judged: 0,
            correlation,
        });
    }
    Some(LabelPlan {
        labels: labels.round() as u64,
        judged: judged.round() as u64,
        correlation,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn impossible_questions_have_no_answer() {
        assert_eq!(paired_items(0.2, 0.0, 0.05, 0.8), None);
        assert_eq!(paired_items(0.0, 0.1, 0.05, 0.8), None);
        assert_eq!(paired_items(f64::NAN, 0.1, 0.05, 0.8), None);
        assert_eq!(paired_items_t(0.2, 0.1, 0.05, 1.0), None);
        assert_eq!(detectable_difference(0.2, 0.0, 0.05, 0.8), None);
        assert_eq!(items_for_rate(1.0, 0.05, 0.05), None);
        assert_eq!(labels_for(&[0.1, 0.2], &[0.1, 0.2], 1.0, 0.01, 100.0), None);
        assert_eq!(labels_for(&[], &[], 1.0, 0.01, 100.0), None);
    }

    #[test]
    fn a_judge_that_knows_nothing_saves_no_label() {
        let human: Vec<f64> = (0..40).map(|at| f64::from(at % 2)).collect();
        let judge: Vec<f64> = (0..40).map(|at| f64::from(at / 2 % 2)).collect();
        let plan = labels_for(&human, &judge, 1.0, 0.01, 200.0).unwrap();
        assert_eq!((plan.labels, plan.judged), (200, 0));
    }

    proptest! {
        #[test]
        fn size_and_detectable_difference_invert_each_other(sd in 0.05..0.5_f64, delta in 0.01..0.2_f64) {
            let n = paired_items(sd, delta, 0.05, 0.8).unwrap();
            prop_assert!((detectable_difference(sd, n, 0.05, 0.8).unwrap() - delta).abs() < 1e-12);
        }
    }
}
