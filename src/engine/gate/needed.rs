//! How much more of the same would clear a rule.
//!
//! Found by asking the very bound that decides, at the same estimate and spread, so that what is named would do: a
//! formula by halves of the interval forgets that few items are held to a wider one.

use super::measure::{Numbers, decide};
use crate::domain::gate::GateVerdict;
use crate::stats::Estimate;
use crate::stats::gate::Rule;
use crate::stats::proportion::{alike_bounds, rate_bounds};

/// More than this is no advice.
const MOST: u64 = 100_000_000;

/// How bounds depend on how much there is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shape {
    /// A t interval.
    Student {
        estimate: Estimate,
        /// Variance that more labels take nothing from: that of the judge's scores they are combined with.
        fixed: f64,
    },
    /// A share on so many independent trials, or values bounded as one.
    Share { rate: f64, n: f64 },
    /// Differences that are all alike, on so many clusters.
    Alike { value: f64, n: f64 },
}

impl Shape {
    /// One-sided bounds with `times` as much.
    fn bounds(&self, times: f64, alpha: f64) -> Option<(f64, f64)> {
        match *self {
            Self::Student { estimate, fixed } => {
                let variance = estimate.se?.powi(2);
                let fixed = fixed.min(variance);
                let grown = Estimate {
                    se: Some((fixed + (variance - fixed) / times).sqrt()),
                    df: (estimate.df + 1.0).mul_add(times, -1.0),
                    ..estimate
                };
                grown.lower(alpha).zip(grown.upper(alpha))
            }
            Self::Share { rate, n } => rate_bounds(rate, n * times, alpha),
            Self::Alike { value, n } => alike_bounds(value, n * times, (-1.0, 1.0), alpha),
        }
    }
}

/// What would clear a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Needed {
    /// So many items or labels in all.
    InAll(u64),
    /// The estimate is on the wrong side: more of them would sooner block than pass.
    WrongSide,
    /// No number of labels on these items would: what the judge's scores leave open is too wide.
    Never,
    /// There is no interval yet to go by.
    Unknown,
}

/// What would clear a rule at this error, if the estimate and the spread stayed as they are.
pub(super) fn needed(numbers: &Numbers, rule: Rule, alpha: f64) -> Needed {
    let bound = &numbers.bound;
    let null = match rule {
        Rule::Absolute(threshold) => threshold,
        Rule::NonInferiority(margin) => -margin,
        Rule::Superiority => 0.0,
    };
    if bound.estimate <= null {
        return Needed::WrongSide;
    }
    if bound.lower.is_none() || bound.n == 0 {
        return Needed::Unknown;
    }
    let clears = |n: u64| {
        let times = n as f64 / bound.n as f64;
        let clusters = (bound.clusters as f64 * times).floor() as usize;
        numbers
            .shape
            .bounds(times, alpha)
            .is_some_and(|(lower, upper)| decide(rule, lower, upper, clusters) == GateVerdict::Pass)
    };
    let (mut short, mut enough) = (bound.n as u64, bound.n as u64 + 1);
    while !clears(enough) {
        if enough > MOST {
            return Needed::Never;
        }
        (short, enough) = (enough, enough * 2);
    }
    while short + 1 < enough {
        let middle = short.midpoint(enough);
        if clears(middle) {
            enough = middle;
        } else {
            short = middle;
        }
    }
    Needed::InAll(enough)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::Clusters;
    use crate::stats::mean::group_mean;

    fn of(values: &[f64], rule: Rule) -> Numbers {
        let clusters = Clusters::singletons(values.len());
        Numbers::from_values(values, &clusters, false, rule, 0.05).unwrap()
    }

    fn waves(n: usize, middle: f64, swing: f64) -> Vec<f64> {
        let value = |at: usize| {
            if at.is_multiple_of(2) {
                middle + swing
            } else {
                middle - swing
            }
        };
        (0..n).map(value).collect()
    }

    #[test]
    fn with_what_is_named_the_same_values_pass_and_with_a_fifth_less_they_do_not() {
        for (n, swing, threshold) in [(20, 0.05, 0.84), (6, 0.05, 0.84), (8, 0.3, 0.7)] {
            let rule = Rule::Absolute(threshold);
            let numbers = of(&waves(n, 0.85, swing), rule);
            assert_eq!(numbers.verdict, GateVerdict::Inconclusive, "{n}");
            let Needed::InAll(more) = needed(&numbers, rule, 0.05) else {
                panic!("{n}")
            };
            // In pairs, so that the mean stays.
            let more = more.next_multiple_of(2) as usize;
            assert_eq!(
                of(&waves(more + 2, 0.85, swing), rule).verdict,
                GateVerdict::Pass,
                "{more}"
            );
            // The spread of few values is taken for a little more than that of many.
            let fewer = of(&waves((more * 2 / 5 * 2).min(more - 2), 0.85, swing), rule);
            assert_ne!(fewer.verdict, GateVerdict::Pass, "{more}");
        }
    }

    #[test]
    fn too_few_clusters_ask_for_five_and_the_wrong_side_for_nothing() {
        let rule = Rule::Absolute(0.5);
        let three = of(&waves(3, 0.9, 0.001), rule);
        assert_eq!(needed(&three, rule, 0.05), Needed::InAll(5));
        let wrong = Rule::Absolute(0.95);
        assert_eq!(
            needed(&of(&waves(9, 0.9, 0.1), wrong), wrong, 0.05),
            Needed::WrongSide
        );
        let one = of(&[0.9], rule);
        assert_eq!(needed(&one, rule, 0.05), Needed::Unknown);
    }

    #[test]
    fn twenty_five_of_twenty_five_show_nine_in_ten_and_twenty_four_do_not() {
        let rule = Rule::Absolute(0.9);
        let of = |n: usize| {
            let clusters = Clusters::singletons(n);
            Numbers::rate(&vec![true; n], &clusters, 0.9, 0.05).unwrap()
        };
        assert_eq!(needed(&of(12), rule, 0.05), Needed::InAll(25));
        assert_eq!(of(25).verdict, GateVerdict::Pass);
        assert_eq!(of(24).verdict, GateVerdict::Inconclusive);
    }

    #[test]
    fn repeated_requests_need_as_many_more_as_they_are_worth() {
        let rule = Rule::Superiority;
        let values: Vec<f64> = (0..24)
            .map(|at| if at % 8 < 4 { 0.3 } else { -0.1 })
            .collect();
        let clusters = Clusters::from_labels((0..24).map(|at| at / 4));
        let numbers = Numbers::of(&group_mean(&values, &clusters).unwrap(), rule, 0.05);
        assert_eq!(numbers.verdict, GateVerdict::Inconclusive);
        let Needed::InAll(n) = needed(&numbers, rule, 0.05) else {
            panic!("{numbers:?}")
        };
        assert!(n > 24 + 4, "{n}");
    }

    #[test]
    fn labels_alone_do_not_clear_what_the_judges_scores_leave_open() {
        let rule = Rule::Absolute(0.84);
        let mut numbers = of(&waves(20, 0.85, 0.05), rule);
        let Shape::Student { estimate, .. } = numbers.shape else {
            panic!("{numbers:?}")
        };
        let variance = estimate.se.unwrap().powi(2);
        numbers.shape = Shape::Student {
            estimate,
            fixed: variance * 0.9,
        };
        assert_eq!(needed(&numbers, rule, 0.05), Needed::Never);
    }
}
