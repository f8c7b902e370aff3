//! How well a judge agrees with people: on scores, on levels, on pass and fail.
//!
//! Every number takes inclusion weights (1/π of the review plan): `None` for a uniform plan or a census.
//! Weighted intervals rest on the effective number of pairs; McNemar's test counts pairs as they are.
//! Undefined numbers are `None` one by one: without a human failure there is no TNR, but there is a TPR.

use super::describe::{FLOAT_NOISE, all_finite, constant, kendall, weighted_ranks};
use super::estimate::{Estimate, Interval};
use super::gwet::Weights;
use super::kappa::{Confusion, Kappa, kappa};
use super::mean::{independent_mean, weighted_mean};
use super::proportion::weighted_rate;
use super::rank_tests::{McNemar, mcnemar};

/// Agreement of two columns of scores.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreAgreement {
    /// Mean absolute difference.
    pub mae: f64,
    /// Mean of judge minus human; positive where the judge is the more generous.
    pub bias: Estimate,
    /// Bland and Altman's limits of agreement: bias ± 1.96 standard deviations of the difference.
    pub limits: Option<(f64, f64)>,
    /// Product-moment correlation, -1 to 1.
    pub pearson: Option<f64>,
    /// Rank correlation, -1 to 1.
    pub spearman: Option<f64>,
    /// Kendall's tau-b, -1 to 1; never weighted.
    pub kendall: Option<f64>,
    /// Lin's concordance: correlation less the loss from differing mean and spread, -1 to 1.
    pub ccc: Option<f64>,
    /// Pairs.
    pub n: usize,
}

/// Agreement of judge and human scores of the same outputs.
///
/// `None` for no pairs, lengths that differ, scores that are not finite or weights that are not positive.
/// Sources: Bland and Altman 1986; Lin 1989, Biometrics 45(1) (population moments).
pub fn score_agreement(
    judge: &[f64],
    human: &[f64],
    weights: Option<&[f64]>,
) -> Option<ScoreAgreement> {
    if judge.len() != human.len() || !all_finite(judge) || !all_finite(human) {
        return None;
    }
    let difference: Vec<f64> = judge.iter().zip(human).map(|(j, h)| j - h).collect();
    let distance: Vec<f64> = difference.iter().map(|d| d.abs()).collect();
    let bias = match weights {
        Some(weights) => weighted_mean(&difference, weights)?,
        None => independent_mean(&difference)?,
    };
    let moments = Moments::of(judge, human, weights)?;
    let n = judge.len();
    let spread = Moments::of(&difference, &difference, weights)?.var_x * n as f64;
    let limits = (n > 1).then(|| {
        let half = 1.96 * (spread / (n as f64 - 1.0)).sqrt();
        (bias.value - half, bias.value + half)
    });
    let ranks = |values| weighted_ranks(values, weights);
    Some(ScoreAgreement {
        mae: weights
            .map_or_else(
                || independent_mean(&distance),
                |w| weighted_mean(&distance, w),
            )?
            .value,
        bias,
        limits,
        pearson: moments.correlation(),
        spearman: Moments::of(&ranks(judge)?, &ranks(human)?, weights)?.correlation(),
        kendall: kendall(judge, human),
        ccc: moments.concordance(),
        n,
    })
}

/// Weighted population moments of two columns.
struct Moments {
    mean_x: f64,
    mean_y: f64,
    var_x: f64,
    var_y: f64,
    covariance: f64,
}

impl Moments {
    fn of(x: &[f64], y: &[f64], weights: Option<&[f64]>) -> Option<Self> {
        if x.is_empty() || x.len() != y.len() || weights.is_some_and(|w| w.len() != x.len()) {
            return None;
        }
        let weight = |at: usize| weights.map_or(1.0, |w| w[at]);
        let total: f64 = (0..x.len()).map(weight).sum();
        let average = |f: &dyn Fn(usize) -> f64| {
            (0..x.len()).map(|at| weight(at) * f(at)).sum::<f64>() / total
        };
        let center = |v: &[f64]| {
            if constant(v) {
                v[0]
            } else {
                average(&|at| v[at])
            }
        };
        let (mean_x, mean_y) = (center(x), center(y));
        Some(Self {
            mean_x,
            mean_y,
            var_x: average(&|at| (x[at] - mean_x).powi(2)),
            var_y: average(&|at| (y[at] - mean_y).powi(2)),
            covariance: average(&|at| (x[at] - mean_x) * (y[at] - mean_y)),
        })
    }

    fn correlation(&self) -> Option<f64> {
        let scale = (self.var_x * self.var_y).sqrt();
        (scale > 0.0).then(|| (self.covariance / scale).clamp(-1.0, 1.0))
    }

    fn concordance(&self) -> Option<f64> {
        let scale = self.var_x + self.var_y + (self.mean_x - self.mean_y).powi(2);
        (self.var_x > 0.0 || self.var_y > 0.0).then(|| 2.0 * self.covariance / scale)
    }
}

/// Agreement on the levels of one criterion.
#[derive(Debug, Clone, PartialEq)]
pub struct LevelAgreement {
    /// Weighted counts: row the judge's level, column the human's.
    pub confusion: Confusion,
    /// Share of equal levels.
    pub exact: f64,
    /// Share at most one level apart.
    pub within_one: f64,
    /// Kappa with quadratic weights (QWK); `None` without variation.
    pub qwk: Option<Kappa>,
    /// What answering always the same level would reach.
    pub baseline: ConstantGuess,
}

/// The judge that always gives one level: what any judge must beat.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConstantGuess {
    /// The human's most frequent level, lowest on ties; its kappa is 0 by definition.
    pub level: usize,
    /// Share of tickets it gets exactly right.
    pub exact: f64,
    /// Share it gets within one level.
    pub within_one: f64,
}

/// Agreement on levels, given as (judge, human) 0-based positions on a scale of `levels`.
///
/// `None` for no pairs, positions off the scale or weights that are not positive.
pub fn level_agreement(
    pairs: &[(usize, usize)],
    levels: usize,
    weights: Option<&[f64]>,
) -> Option<LevelAgreement> {
    let ones = vec![1.0; pairs.len()];
    let confusion = Confusion::weighted(pairs, weights.unwrap_or(&ones), levels)?;
    let scale: Vec<f64> = (0..levels).map(|level| level as f64).collect();
    let (_, human) = confusion.margins();
    let level = (0..levels)
        .rev()
        .max_by(|&a, &b| human[a].total_cmp(&human[b]))?;
    let total: f64 = human.iter().sum();
    let near: f64 = (0..levels)
        .filter(|other| other.abs_diff(level) <= 1)
        .map(|other| human[other])
        .sum();
    Some(LevelAgreement {
        exact: confusion.within(0)?,
        within_one: confusion.within(1)?,
        qwk: kappa(&confusion, &scale, Weights::Quadratic),
        baseline: ConstantGuess {
            level,
            exact: human[level] / total,
            within_one: near / total,
        },
        confusion,
    })
}

/// Agreement on pass and fail, the human's verdict being the truth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PassAgreement {
    /// Both pass, (weighted) count.
    pub tp: f64,
    /// The human passes, the judge fails.
    pub fn_: f64,
    /// The human fails, the judge passes.
    pub fp: f64,
    /// Both fail.
    pub tn: f64,
    /// Cohen's kappa; `None` without variation.
    pub kappa: Option<Kappa>,
    /// Share of human passes the judge passes; `None` without one.
    pub tpr: Option<Interval>,
    /// Share of human fails the judge fails; `None` without one.
    pub tnr: Option<Interval>,
    /// Matthews correlation, -1 to 1; `None` where a row or column is empty.
    pub mcc: Option<f64>,
    /// Whether the judge is stricter or laxer than people, on unweighted counts.
    pub drift: McNemar,
    /// The share the more frequent human verdict has: what always guessing it would reach.
    pub baseline: f64,
    /// Pairs.
    pub n: usize,
}

/// Agreement on pass and fail, given as (judge, human).
///
/// `None` for no pairs or weights that are not positive. Rates carry Wilson intervals at `confidence`.
pub fn pass_agreement(
    pairs: &[(bool, bool)],
    weights: Option<&[f64]>,
    confidence: f64,
) -> Option<PassAgreement> {
    if pairs.is_empty() {
        return None;
    }
    let ones = vec![1.0; pairs.len()];
    let weights = weights.unwrap_or(&ones);
    let levels: Vec<(usize, usize)> = pairs
        .iter()
        .map(|&(j, h)| (usize::from(j), usize::from(h)))
        .collect();
    let table = Confusion::weighted(&levels, weights, 2)?;
    let cell = |judge: usize, human: usize| table.cells()[judge][human];
    let (tp, fn_, fp, tn) = (cell(1, 1), cell(0, 1), cell(1, 0), cell(0, 0));
    let rate = |truth: bool| {
        let chosen = |at: &usize| pairs[*at].1 == truth;
        let right: Vec<bool> = (0..pairs.len())
            .filter(chosen)
            .map(|at| pairs[at].0 == truth)
            .collect();
        let share: Vec<f64> = (0..pairs.len())
            .filter(chosen)
            .map(|at| weights[at])
            .collect();
        weighted_rate(&right, &share, confidence)
    };
    let margins = (tp + fp) * (tp + fn_) * (tn + fp) * (tn + fn_);
    let count = |judge, human| pairs.iter().filter(|pair| **pair == (judge, human)).count() as u64;
    Some(PassAgreement {
        kappa: kappa(&table, &[0.0, 1.0], Weights::Identity),
        tpr: rate(true),
        tnr: rate(false),
        mcc: (margins > 0.0).then(|| ((tp * tn - fp * fn_) / margins.sqrt()).clamp(-1.0, 1.0)),
        drift: mcnemar(count(true, false), count(false, true)),
        baseline: (tp + fn_).max(fp + tn) / (tp + fn_ + fp + tn),
        n: pairs.len(),
        tp,
        fn_,
        fp,
        tn,
    })
}

/// Chance that a judge's score of a human pass exceeds that of a human fail, ties counting half: 0 to 1.
///
/// `None` unless both verdicts occur and all is finite. Source: Hanley and McNeil 1982, from (weighted) ranks.
pub fn auc(judge: &[f64], human_pass: &[bool], weights: Option<&[f64]>) -> Option<f64> {
    let fits = judge.len() == human_pass.len() && weights.is_none_or(|w| w.len() == judge.len());
    if !fits || !all_finite(judge) {
        return None;
    }
    let weight = |at: usize| weights.map_or(1.0, |w| w[at]);
    let order = super::describe::ascending(judge);
    let (mut fails, mut passes, mut area) = (0.0, 0.0, 0.0);
    for tied in order.chunk_by(|&a, &b| judge[b] - judge[a] <= FLOAT_NOISE) {
        let sum = |verdict: bool| -> f64 {
            tied.iter()
                .filter(|&&at| human_pass[at] == verdict)
                .map(|&at| weight(at))
                .sum()
        };
        let (pass, fail) = (sum(true), sum(false));
        area += pass * (fails + fail / 2.0);
        passes += pass;
        fails += fail;
    }
    (passes > 0.0 && fails > 0.0).then(|| area / (passes * fails))
}

/// The verdict given most often; `None` for no verdict and for a tie of the first two.
pub fn majority(verdicts: &[usize]) -> Option<usize> {
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for &verdict in verdicts {
        match counts.iter_mut().find(|(_, known)| *known == verdict) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, verdict)),
        }
    }
    counts.sort_unstable_by(|a, b| b.cmp(a));
    match counts.as_slice() {
        [] => None,
        [first, second, ..] if first.0 == second.0 => None,
        [first, ..] => Some(first.1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_that_are_undefined_are_missing_one_by_one() {
        let all_pass = pass_agreement(&[(true, true), (false, true)], None, 0.95).unwrap();
        assert!(all_pass.tpr.is_some());
        assert_eq!((all_pass.tnr, all_pass.mcc), (None, None));
        assert_eq!(all_pass.kappa.map(|k| k.kappa), Some(0.0));
        assert_eq!(pass_agreement(&[], None, 0.95), None);
        assert_eq!(auc(&[0.1, 0.2], &[true, true], None), None);
        assert_eq!(score_agreement(&[], &[], None), None);
        assert_eq!(score_agreement(&[f64::NAN], &[0.0], None), None);
        let flat = score_agreement(&[0.4, 0.4], &[0.4, 0.4], None).unwrap();
        assert_eq!((flat.pearson, flat.spearman, flat.ccc), (None, None, None));
        assert_eq!(score_agreement(&[0.4], &[0.2], None).unwrap().limits, None);
        assert_eq!(level_agreement(&[], 6, None), None);
    }

    #[test]
    fn a_judge_that_always_answers_the_same_is_no_better_than_the_baseline() {
        let pairs: Vec<_> = [4, 4, 3, 1, 4].map(|human| (4, human)).to_vec();
        let got = level_agreement(&pairs, 6, None).unwrap();
        assert_eq!(
            (got.exact, got.within_one),
            (got.baseline.exact, got.baseline.within_one)
        );
        assert_eq!(got.qwk.map(|k| k.kappa), Some(0.0));
    }

    #[test]
    fn a_tie_has_no_majority() {
        assert_eq!(majority(&[1, 2, 1]), Some(1));
        assert_eq!(majority(&[1, 2, 0]), None);
        assert_eq!(majority(&[]), None);
    }

    fn sample() -> impl Strategy<Value = Vec<(usize, usize)>> {
        prop::collection::vec((0..6_usize, 0..6_usize), 2..50)
    }

    proptest! {
        #[test]
        fn equal_weights_change_nothing(pairs in sample()) {
            let weights = vec![3.0; pairs.len()];
            let (judge, human): (Vec<f64>, Vec<f64>) = pairs.iter().map(|&(a, b)| (a as f64, b as f64)).unzip();
            let plain = score_agreement(&judge, &human, None).unwrap();
            let weighted = score_agreement(&judge, &human, Some(&weights)).unwrap();
            prop_assert!((plain.mae - weighted.mae).abs() < 1e-12);
            for (a, b) in [(plain.spearman, weighted.spearman), (plain.ccc, weighted.ccc)] {
                prop_assert_eq!(a.is_some(), b.is_some());
                prop_assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-9);
            }
            let verdicts: Vec<(bool, bool)> = pairs.iter().map(|&(a, b)| (a > 3, b > 3)).collect();
            let plain = pass_agreement(&verdicts, None, 0.95).unwrap();
            let weighted = pass_agreement(&verdicts, Some(&weights), 0.95).unwrap();
            prop_assert_eq!(plain.drift, weighted.drift);
            prop_assert!((plain.tpr.map_or(0.0, |i| i.low) - weighted.tpr.map_or(0.0, |i| i.low)).abs() < 1e-12);
            prop_assert!((plain.kappa.map_or(0.0, |k| k.se) - weighted.kappa.map_or(0.0, |k| k.se)).abs() < 1e-9);
        }

        #[test]
        fn a_pair_of_weight_two_is_the_pair_twice(pairs in sample()) {
            let mut twice = pairs.clone();
            twice.push(pairs[0]);
            let mut weights = vec![1.0; pairs.len()];
            weights[0] = 2.0;
            let columns = |pairs: &[(usize, usize)]| -> (Vec<f64>, Vec<bool>) { pairs.iter().map(|&(a, b)| (a as f64, b > 2)).unzip() };
            let (judge, pass) = columns(&pairs);
            let (judge2, pass2) = columns(&twice);
            let (a, b) = (auc(&judge, &pass, Some(&weights)), auc(&judge2, &pass2, None));
            prop_assert_eq!(a.is_some(), b.is_some());
            prop_assert!((a.unwrap_or(0.0) - b.unwrap_or(0.0)).abs() < 1e-12);
            let a = level_agreement(&pairs, 6, Some(&weights)).unwrap();
            let b = level_agreement(&twice, 6, None).unwrap();
            prop_assert!((a.exact - b.exact).abs() < 1e-12);
            prop_assert!((a.qwk.map_or(0.0, |k| k.kappa) - b.qwk.map_or(0.0, |k| k.kappa)).abs() < 1e-12);
        }
    }
}
