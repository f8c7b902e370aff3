//! Two candidates on the same items: their difference, who wins how often, and what pairing bought.

use super::clusters::Clusters;
pub use super::describe::FLOAT_NOISE;
use super::describe::{all_finite, pearson};
use super::estimate::{Estimate, Interval, Method};
use super::mean::{clustered_mean, independent_mean};
use super::proportion::wilson;
use super::rank_tests::sign_test;

/// Scores of two candidates on the items both have, and how many items only one has.
#[derive(Debug, Clone, PartialEq)]
pub struct Pairing {
    /// Scores of the baseline.
    pub a: Vec<f64>,
    /// Scores of the candidate, item by item.
    pub b: Vec<f64>,
    /// Places of the kept items in what was given.
    pub items: Vec<usize>,
    /// Items without a score of the baseline.
    pub missing_a: usize,
    /// Items without a score of the candidate; an item without either counts in both.
    pub missing_b: usize,
}

/// Keeps the items both candidates have a finite score for. `None` where lengths differ.
pub fn pair(a: &[Option<f64>], b: &[Option<f64>]) -> Option<Pairing> {
    if a.len() != b.len() {
        return None;
    }
    let score = |x: &Option<f64>| x.filter(|x| x.is_finite());
    let missing = |column: &[Option<f64>]| column.iter().filter(|x| score(x).is_none()).count();
    let mut pairing = Pairing {
        a: vec![],
        b: vec![],
        items: vec![],
        missing_a: missing(a),
        missing_b: missing(b),
    };
    for (item, (x, y)) in a.iter().zip(b).enumerate() {
        if let (Some(x), Some(y)) = (score(x), score(y)) {
            pairing.a.push(x);
            pairing.b.push(y);
            pairing.items.push(item);
        }
    }
    Some(pairing)
}

/// Mean of b - a, clustered where any cluster has more than one item: the headline of a comparison.
///
/// `None` for no items, lengths that differ and scores that are not finite.
/// Source: Miller 2024, arXiv 2411.00640, sections 3 and 4.
pub fn difference(a: &[f64], b: &[f64], clusters: &Clusters) -> Option<Estimate> {
    if a.len() != b.len() || a.len() != clusters.len() {
        return None;
    }
    let differences = differences(a, b);
    let estimate = if clusters.all_single() {
        Estimate {
            method: Method::PairedT,
            ..independent_mean(&differences)?
        }
    } else {
        Estimate {
            method: Method::PairedClusteredT,
            ..clustered_mean(&differences, clusters)?
        }
    };
    Some(estimate)
}

/// b - a, item by item, up to the shorter of the two.
pub fn differences(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(x, y)| y - x).collect()
}

/// Difference of two groups of different items, by Welch's t. Only where pairing is impossible and asked for.
///
/// `None` for an empty group; the standard error is undefined where a group has one item.
/// Source: Welch 1947 with Satterthwaite's degrees of freedom.
pub fn unpaired(a: &[f64], b: &[f64]) -> Option<Estimate> {
    let (first, second) = (independent_mean(a)?, independent_mean(b)?);
    let n = a.len() + b.len();
    let value = second.value - first.value;
    let (Some(sa), Some(sb)) = (first.se, second.se) else {
        return Some(Estimate {
            value,
            se: None,
            df: 0.0,
            n,
            clusters: n,
            method: Method::UnpairedT,
        });
    };
    let variance = sa * sa + sb * sb;
    let df = if variance > 0.0 {
        variance.powi(2) / (sa.powi(4) / first.df + sb.powi(4) / second.df)
    } else {
        n as f64 - 2.0
    };
    Some(Estimate {
        value,
        se: Some(variance.sqrt()),
        df,
        n,
        clusters: n,
        method: Method::UnpairedT,
    })
}

/// What pairing bought: correlation of the two columns, and how much narrower the paired interval is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PairingGain {
    /// Correlation of the candidates over items; `None` without variation.
    pub correlation: Option<f64>,
    /// Standard error of the difference, paired, items taken as independent.
    pub se_paired: f64,
    /// Standard error of the difference had the items been different ones.
    pub se_unpaired: f64,
}

impl PairingGain {
    /// Paired over unpaired standard error; below 1 where pairing helped. `None` without variation.
    pub fn ratio(&self) -> Option<f64> {
        (self.se_unpaired > 0.0).then(|| self.se_paired / self.se_unpaired)
    }
}

/// What pairing bought; `None` for fewer than two items, lengths that differ, or holes.
pub fn pairing_gain(a: &[f64], b: &[f64]) -> Option<PairingGain> {
    if a.len() != b.len() {
        return None;
    }
    let (sa, sb) = (independent_mean(a)?.se?, independent_mean(b)?.se?);
    Some(PairingGain {
        correlation: pearson(a, b),
        se_paired: independent_mean(&differences(a, b))?.se?,
        se_unpaired: sa.hypot(sb),
    })
}

/// How often the candidate beats the baseline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WinTieLoss {
    /// Items on which the candidate is better by more than the tie width.
    pub win: u64,
    /// Items without a difference that counts.
    pub tie: u64,
    /// Items on which the baseline is better.
    pub loss: u64,
    /// (wins + ties/2) / items, 0 to 1.
    pub win_rate: f64,
    /// Exact sign test of wins against losses.
    pub sign_p: f64,
    /// Wilson interval of wins among the decided; `None` if nothing is decided.
    pub decisive: Option<Interval>,
}

/// Counts wins, ties and losses; differences up to `tie_width` (half a level) are ties.
///
/// `None` for no items, lengths that differ or holes.
pub fn win_tie_loss(a: &[f64], b: &[f64], tie_width: f64, confidence: f64) -> Option<WinTieLoss> {
    if a.is_empty() || a.len() != b.len() || !all_finite(a) || !all_finite(b) {
        return None;
    }
    let count = |keep: &dyn Fn(f64) -> bool| {
        differences(a, b).into_iter().filter(|d| keep(*d)).count() as u64
    };
    let tie_width = tie_width + FLOAT_NOISE;
    let (win, loss) = (count(&|d| d > tie_width), count(&|d| d < -tie_width));
    from_counts(win, a.len() as u64 - win - loss, loss, confidence)
}

/// As [`win_tie_loss`], from verdicts already counted (pairwise rubrics). `None` where all are 0.
pub fn from_counts(win: u64, tie: u64, loss: u64, confidence: f64) -> Option<WinTieLoss> {
    let n = win + tie + loss;
    (n > 0).then(|| WinTieLoss {
        win,
        tie,
        loss,
        win_rate: (win as f64 + tie as f64 / 2.0) / n as f64,
        sign_p: sign_test(win, loss),
        decisive: wilson(win as usize, (win + loss) as usize, confidence),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn half_a_level_is_a_tie_whatever_its_last_digit() {
        let counted = win_tie_loss(&[0.7, 0.6, 0.4], &[0.8, 0.7, 0.3], 0.1, 0.95).unwrap();
        assert_eq!((counted.win, counted.tie, counted.loss), (0, 3, 0));
    }

    #[test]
    fn items_missing_in_one_group_leave_the_pairing_and_are_counted() {
        let got = pair(
            &[Some(0.2), None, Some(f64::NAN), None],
            &[Some(0.4), Some(0.1), Some(0.3), None],
        )
        .unwrap();
        assert_eq!(
            (got.items.as_slice(), got.missing_a, got.missing_b),
            ([0].as_slice(), 3, 1)
        );
        assert_eq!(pair(&[None], &[]), None);
    }

    #[test]
    fn a_candidate_that_never_answered_has_no_difference() {
        assert_eq!(difference(&[], &[], &Clusters::singletons(0)), None);
        assert_eq!(win_tie_loss(&[], &[], 0.1, 0.95), None);
        assert_eq!(unpaired(&[], &[0.2]), None);
        assert_eq!(unpaired(&[0.1], &[0.2]).unwrap().interval(0.95), None);
        assert_eq!(pairing_gain(&[0.1], &[0.2]), None);
    }

    #[test]
    fn equal_scores_everywhere_are_all_ties() {
        let got = win_tie_loss(&[0.4; 5], &[0.4; 5], 0.1, 0.95).unwrap();
        assert_eq!(
            (got.tie, got.win_rate, got.sign_p, got.decisive),
            (5, 0.5, 1.0, None)
        );
        let difference = difference(&[0.4; 5], &[0.4; 5], &Clusters::singletons(5)).unwrap();
        assert_eq!(
            (difference.value, difference.se, difference.p_two_sided(0.0)),
            (0.0, Some(0.0), None)
        );
    }

    proptest! {
        #[test]
        fn turning_the_comparison_round_turns_the_sign(scores in prop::collection::vec((0.0..1.0_f64, 0.0..1.0_f64, 0..5_u8), 2..40)) {
            let a: Vec<f64> = scores.iter().map(|s| s.0).collect();
            let b: Vec<f64> = scores.iter().map(|s| s.1).collect();
            let clusters = Clusters::from_labels(scores.iter().map(|s| s.2));
            let (one, other) = (difference(&a, &b, &clusters).unwrap(), difference(&b, &a, &clusters).unwrap());
            prop_assert!((one.value + other.value).abs() < 1e-12);
            prop_assert_eq!(one.se.is_some(), other.se.is_some());
            let (w, l) = (win_tie_loss(&a, &b, 0.1, 0.95).unwrap(), win_tie_loss(&b, &a, 0.1, 0.95).unwrap());
            prop_assert_eq!((w.win, w.tie, w.loss), (l.loss, l.tie, l.win));
            prop_assert!((w.win_rate + l.win_rate - 1.0).abs() < 1e-12);
        }
    }
}
