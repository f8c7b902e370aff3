//! A release rule's answer from bounds: pass, fail, or not enough to tell.

use super::estimate::Estimate;
use super::multiple::holm;

/// Clusters below which a gate cannot be decided.
pub const FEWEST_CLUSTERS: usize = 5;
/// Clusters below which every interval carries the banner "few clusters".
pub const FEW_CLUSTERS: usize = 10;
/// Share of unscored items above which a gate cannot be decided, and difference of that share between groups.
pub const MOST_UNSCORED: f64 = 0.02;

/// What the numbers say about one condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The bound clears the rule.
    Pass,
    /// The bound rules the rule out.
    Fail,
    /// Neither.
    Inconclusive,
}

/// At least `threshold`: pass iff the one-sided lower bound reaches it, fail iff the upper bound stays below.
pub fn absolute(lower: f64, upper: f64, threshold: f64) -> Verdict {
    decide(lower >= threshold, upper < threshold)
}

/// Not worse than the baseline by `margin`: pass iff lower(Δ) > -margin, fail iff upper(Δ) < -margin.
pub fn non_inferiority(lower: f64, upper: f64, margin: f64) -> Verdict {
    decide(lower > -margin, upper < -margin)
}

/// Better than the baseline: pass iff lower(Δ) > 0, fail iff upper(Δ) < 0.
pub fn superiority(lower: f64, upper: f64) -> Verdict {
    decide(lower > 0.0, upper < 0.0)
}

// Comparisons with NaN are false, so a bound that is no number is never decided.
fn decide(pass: bool, fail: bool) -> Verdict {
    match (pass, fail) {
        (true, false) => Verdict::Pass,
        (false, true) => Verdict::Fail,
        _ => Verdict::Inconclusive,
    }
}

/// A rule about one estimate.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rule {
    /// At least this much.
    Absolute(f64),
    /// At most this much worse than the baseline.
    NonInferiority(f64),
    /// Better than the baseline.
    Superiority,
}

impl Rule {
    /// The rule's answer at one-sided error `alpha`; inconclusive where the estimate has no bounds.
    pub fn judge(self, estimate: &Estimate, alpha: f64) -> Verdict {
        let (Some(lower), Some(upper)) = (estimate.lower(alpha), estimate.upper(alpha)) else {
            return Verdict::Inconclusive;
        };
        if estimate.clusters < FEWEST_CLUSTERS {
            return Verdict::Inconclusive;
        }
        match self {
            Self::Absolute(threshold) => absolute(lower, upper, threshold),
            Self::NonInferiority(margin) => non_inferiority(lower, upper, margin),
            Self::Superiority => superiority(lower, upper),
        }
    }

    /// One-sided p-value of "the rule does not hold"; below alpha exactly where the lower bound clears the rule.
    pub fn p(self, estimate: &Estimate) -> Option<f64> {
        match self {
            Self::Absolute(threshold) => estimate.p_greater(threshold),
            Self::NonInferiority(margin) => estimate.p_greater(-margin),
            Self::Superiority => estimate.p_greater(0.0),
        }
    }
}

/// The rule for several candidates of which any may be released: a pass must survive Holm's correction.
///
/// What passes alone but not in the family is inconclusive; a fail needs no correction.
pub fn any_of(rule: Rule, candidates: &[Estimate], alpha: f64) -> Vec<Verdict> {
    let p: Vec<f64> = candidates
        .iter()
        .map(|estimate| rule.p(estimate).unwrap_or(1.0))
        .collect();
    let adjusted = holm(&p).unwrap_or_else(|| vec![1.0; p.len()]);
    candidates
        .iter()
        .zip(adjusted)
        .map(|(estimate, p)| match rule.judge(estimate, alpha) {
            Verdict::Pass if p > alpha => Verdict::Inconclusive,
            verdict => verdict,
        })
        .collect()
}

/// Whether so much was left unscored that groups cannot be compared: above 2 % in one, or 2 points apart.
///
/// `groups` holds (unscored, total) of each.
pub fn too_much_unscored(groups: &[(usize, usize)]) -> bool {
    let shares: Vec<f64> = groups
        .iter()
        .filter(|(_, n)| *n > 0)
        .map(|(left, n)| *left as f64 / *n as f64)
        .collect();
    let most = shares.iter().copied().fold(0.0, f64::max);
    let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
    most > MOST_UNSCORED || most - least > MOST_UNSCORED
}

#[cfg(test)]
mod tests {
    use super::super::estimate::Method;
    use super::*;

    fn estimate(value: f64, clusters: usize) -> Estimate {
        Estimate {
            value,
            se: Some(0.01),
            df: 50.0,
            n: 51,
            clusters,
            method: Method::ClusteredT,
        }
    }

    #[test]
    fn a_bound_that_is_no_number_decides_nothing() {
        assert_eq!(absolute(f64::NAN, f64::NAN, 0.5), Verdict::Inconclusive);
        let unknown = Estimate {
            se: None,
            ..estimate(0.9, 51)
        };
        assert_eq!(
            Rule::Absolute(0.5).judge(&unknown, 0.05),
            Verdict::Inconclusive
        );
    }

    #[test]
    fn each_rule_has_three_answers() {
        for (rule, good, unsure, bad) in [
            (Rule::Absolute(0.8), 0.83, 0.8, 0.77),
            (Rule::NonInferiority(0.05), 0.0, -0.05, -0.1),
            (Rule::Superiority, 0.03, 0.0, -0.03),
        ] {
            let answers = [good, unsure, bad].map(|value| rule.judge(&estimate(value, 51), 0.05));
            assert_eq!(
                answers,
                [Verdict::Pass, Verdict::Inconclusive, Verdict::Fail]
            );
        }
    }

    #[test]
    fn four_clusters_decide_nothing() {
        assert_eq!(
            Rule::Superiority.judge(&estimate(0.5, 4), 0.05),
            Verdict::Inconclusive
        );
        assert_eq!(
            Rule::Superiority.judge(&estimate(0.5, 5), 0.05),
            Verdict::Pass
        );
    }

    #[test]
    fn a_pass_among_many_must_survive_the_correction() {
        let narrow = estimate(0.0175, 51);
        assert_eq!(any_of(Rule::Superiority, &[narrow], 0.05), [Verdict::Pass]);
        let family = any_of(
            Rule::Superiority,
            &[narrow, estimate(0.0, 51), estimate(0.1, 51)],
            0.05,
        );
        assert_eq!(
            family,
            [Verdict::Inconclusive, Verdict::Inconclusive, Verdict::Pass]
        );
    }

    #[test]
    fn five_in_a_hundred_unscored_is_too_much() {
        assert!(too_much_unscored(&[(5, 100), (0, 100)]));
        assert!(!too_much_unscored(&[(2, 100), (0, 100)]));
        assert!(!too_much_unscored(&[(0, 0)]));
    }
}
