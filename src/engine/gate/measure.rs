//! From values to bounds: what one number of one candidate says about one rule.

use super::needed::Shape;
use crate::domain::gate::GateVerdict;
use crate::domain::view::gate::Bound;
use crate::stats::bounds::{Reach, bounds, is_alike, yes_and_no};
use crate::stats::gate::{FEWEST_CLUSTERS, Rule, Verdict, absolute, non_inferiority, superiority};
use crate::stats::mean::group_mean;
use crate::stats::proportion::{alike_p_greater, pass_rate, rate_p_greater_effective};
use crate::stats::{Clusters, Estimate, Method};

/// A number with the two bounds a rule is held against.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Numbers {
    pub bound: Bound,
    /// How the bounds would shrink with more of the same.
    pub shape: Shape,
    /// What the rule says of them alone.
    pub verdict: GateVerdict,
}

/// A verdict of the statistics as it is shown.
fn shown(verdict: Verdict) -> GateVerdict {
    match verdict {
        Verdict::Pass => GateVerdict::Pass,
        Verdict::Fail => GateVerdict::Fail,
        Verdict::Inconclusive => GateVerdict::Inconclusive,
    }
}

/// What a rule says of two bounds; with too few clusters nothing.
pub(super) fn decide(rule: Rule, lower: f64, upper: f64, clusters: usize) -> GateVerdict {
    if clusters < FEWEST_CLUSTERS {
        return GateVerdict::Inconclusive;
    }
    shown(match rule {
        Rule::Absolute(threshold) => absolute(lower, upper, threshold),
        Rule::NonInferiority(margin) => non_inferiority(lower, upper, margin),
        Rule::Superiority => superiority(lower, upper),
    })
}

impl Numbers {
    /// From an estimate with a standard error.
    pub fn of(estimate: &Estimate, rule: Rule, alpha: f64) -> Self {
        if is_alike(estimate) {
            return match rule {
                Rule::Absolute(threshold) => Self::alike(estimate, threshold, alpha),
                Rule::NonInferiority(margin) => {
                    Self::alike_differences(estimate, rule, -margin, alpha)
                }
                Rule::Superiority => Self::alike_differences(estimate, rule, 0.0, alpha),
            };
        }
        let bounds = ends(estimate, reach(rule), alpha);
        Self {
            verdict: bounds.map_or(GateVerdict::Inconclusive, |(lower, upper)| {
                decide(rule, lower, upper, estimate.clusters)
            }),
            bound: Bound {
                estimate: estimate.value,
                lower: bounds.map(|(lower, _)| lower),
                upper: bounds.map(|(_, upper)| upper),
                n: estimate.n,
                clusters: estimate.clusters,
                method: estimate.method.name(),
                p: rule.p(estimate),
                n_effective: None,
                judge_only: None,
            },
            shape: Shape::Student {
                estimate: *estimate,
                fixed: 0.0,
            },
        }
    }

    /// Where no value differs from another, a t interval has no width and would pass anything. A score from 0 to 1 spreads
    /// at most as far as a share of the same size, so the share's bound holds for it.
    fn alike(estimate: &Estimate, threshold: f64, alpha: f64) -> Self {
        let n = estimate.clusters as f64;
        let bounds = ends(estimate, Reach::Score, alpha);
        let rule = Rule::Absolute(threshold);
        Self {
            verdict: bounds.map_or(GateVerdict::Inconclusive, |(lower, upper)| {
                decide(rule, lower, upper, estimate.clusters)
            }),
            bound: Bound {
                estimate: estimate.value,
                lower: bounds.map(|(lower, _)| lower),
                upper: bounds.map(|(_, upper)| upper),
                n: estimate.n,
                clusters: estimate.clusters,
                method: Method::AlikeShare.name(),
                p: rate_p_greater_effective(estimate.value, n, threshold),
                n_effective: None,
                judge_only: None,
            },
            shape: Shape::Share {
                rate: estimate.value,
                n,
            },
        }
    }

    /// The same of differences, from -1 to 1: bounded by how many others there could be.
    fn alike_differences(estimate: &Estimate, rule: Rule, null: f64, alpha: f64) -> Self {
        let (n, value) = (estimate.clusters as f64, estimate.value);
        let bounds = ends(estimate, Reach::Difference, alpha);
        Self {
            verdict: bounds.map_or(GateVerdict::Inconclusive, |(lower, upper)| {
                decide(rule, lower, upper, estimate.clusters)
            }),
            bound: Bound {
                estimate: value,
                lower: bounds.map(|(lower, _)| lower),
                upper: bounds.map(|(_, upper)| upper),
                n: estimate.n,
                clusters: estimate.clusters,
                method: Method::AlikeOthers.name(),
                p: alike_p_greater(value, n, -1.0, null),
                n_effective: None,
                judge_only: None,
            },
            shape: Shape::Alike { value, n },
        }
    }

    /// From yes and no: Wilson's bound, on as many independent items as there are.
    pub fn rate(passes: &[bool], clusters: &Clusters, threshold: f64, alpha: f64) -> Option<Self> {
        let interval = pass_rate(passes, clusters, 2.0f64.mul_add(-alpha, 1.0))?;
        let effect = crate::stats::proportion::design_effect(passes, clusters)
            .filter(|_| !clusters.all_single())
            .unwrap_or(1.0);
        let n = passes.len() as f64 / effect;
        let rule = Rule::Absolute(threshold);
        // One item, or one request, says nothing of how others would do.
        let known = interval.clusters > 1;
        Some(Self {
            verdict: decide(rule, interval.low, interval.high, interval.clusters),
            bound: Bound {
                estimate: interval.estimate,
                lower: known.then_some(interval.low),
                upper: known.then_some(interval.high),
                n: interval.n,
                clusters: interval.clusters,
                method: interval.method.name(),
                p: rate_p_greater_effective(interval.estimate, n, threshold).filter(|_| known),
                n_effective: None,
                judge_only: None,
            },
            shape: Shape::Share {
                rate: interval.estimate,
                n,
            },
        })
    }

    /// From values; yes and no (0 and 1) by the share's own bound where an absolute rule asks.
    pub fn from_values(
        values: &[f64],
        clusters: &Clusters,
        binary: bool,
        rule: Rule,
        alpha: f64,
    ) -> Option<Self> {
        if let (true, Rule::Absolute(threshold)) = (binary, rule)
            && let Some(passes) = yes_and_no(values)
            && let Some(numbers) = Self::rate(&passes, clusters, threshold, alpha)
        {
            return Some(numbers);
        }
        Some(Self::of(&group_mean(values, clusters)?, rule, alpha))
    }
}

/// Where single values lie that a rule is about.
fn reach(rule: Rule) -> Reach {
    match rule {
        Rule::Absolute(_) => Reach::Score,
        Rule::NonInferiority(_) | Rule::Superiority => Reach::Difference,
    }
}

/// Both bounds, made as a comparison makes them.
fn ends(estimate: &Estimate, reach: Reach, alpha: f64) -> Option<(f64, f64)> {
    bounds(estimate, reach, alpha).map(|found| (found.low, found.high))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn singles(n: usize) -> Clusters {
        Clusters::singletons(n)
    }

    #[test]
    fn scores_that_are_all_alike_are_no_certainty() {
        let numbers =
            Numbers::from_values(&[1.0; 12], &singles(12), false, Rule::Absolute(0.9), 0.05)
                .unwrap();
        assert_eq!(numbers.verdict, GateVerdict::Inconclusive);
        let lower = numbers.bound.lower.unwrap();
        assert!(
            (lower - 12.0 / (12.0 + 1.644_853_6_f64.powi(2))).abs() < 1e-6,
            "{lower}"
        );
        let many = Numbers::from_values(&[1.0; 40], &singles(40), false, Rule::Absolute(0.9), 0.05)
            .unwrap();
        assert_eq!(many.verdict, GateVerdict::Pass);
    }

    #[test]
    fn each_rule_has_three_answers_and_few_clusters_have_none() {
        for (rule, lower, upper, clusters, verdict) in [
            (Rule::Absolute(0.8), 0.8, 0.9, 9, GateVerdict::Pass),
            (Rule::Absolute(0.8), 0.7, 0.9, 9, GateVerdict::Inconclusive),
            (Rule::Absolute(0.8), 0.5, 0.79, 9, GateVerdict::Fail),
            (Rule::NonInferiority(0.05), -0.04, 0.1, 9, GateVerdict::Pass),
            (
                Rule::NonInferiority(0.05),
                -0.06,
                0.1,
                9,
                GateVerdict::Inconclusive,
            ),
            (
                Rule::NonInferiority(0.05),
                -0.2,
                -0.06,
                9,
                GateVerdict::Fail,
            ),
            (Rule::Superiority, 0.01, 0.1, 9, GateVerdict::Pass),
            (Rule::Superiority, 0.0, 0.1, 9, GateVerdict::Inconclusive),
            (Rule::Superiority, -0.1, -0.01, 9, GateVerdict::Fail),
            (Rule::Superiority, 0.01, 0.1, 4, GateVerdict::Inconclusive),
        ] {
            assert_eq!(
                decide(rule, lower, upper, clusters),
                verdict,
                "{rule:?} {lower} {upper}"
            );
        }
    }

    #[test]
    fn one_value_or_one_cluster_has_no_bound_and_decides_nothing() {
        for (values, clusters) in [
            (vec![0.9], singles(1)),
            (vec![0.9, 0.8, 0.7], Clusters::from_labels([1, 1, 1])),
        ] {
            let numbers =
                Numbers::from_values(&values, &clusters, false, Rule::Absolute(0.1), 0.05).unwrap();
            assert_eq!(
                (numbers.bound.lower, numbers.verdict),
                (None, GateVerdict::Inconclusive)
            );
        }
    }
}
