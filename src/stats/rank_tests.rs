//! Secondary tests of a paired comparison: sign test, McNemar, Wilcoxon. The headline is the paired interval.

use super::describe::{FLOAT_NOISE, all_finite, ranks};
use super::distributions::{fair_binomial_cdf, fair_binomial_pmf, normal_cdf};

/// Pairs up to which Wilcoxon's distribution is counted out, without ties or zeros.
const EXACT: usize = 50;

/// McNemar's test on the pairs in which two verdicts differ.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct McNemar {
    /// Pairs that only the second passes.
    pub b_only: u64,
    /// Pairs that only the first passes.
    pub a_only: u64,
    /// Exact two-sided p-value; 1 without a discordant pair.
    pub p_exact: f64,
    /// Mid-p value: less conservative; 1 where both counts are equal.
    pub p_mid: f64,
}

/// McNemar's exact test from the discordant counts. Source: Fagerland, Lydersen and Laake 2013 for the mid-p.
pub fn mcnemar(b_only: u64, a_only: u64) -> McNemar {
    let (n, fewer) = (b_only + a_only, b_only.min(a_only));
    let p_exact = (2.0 * fair_binomial_cdf(fewer, n)).min(1.0);
    let p_mid = if b_only == a_only {
        1.0
    } else {
        (p_exact - fair_binomial_pmf(fewer, n)).max(0.0)
    };
    McNemar {
        b_only,
        a_only,
        p_exact,
        p_mid,
    }
}

/// Exact two-sided sign test of wins against losses; 1 without either.
pub fn sign_test(wins: u64, losses: u64) -> f64 {
    mcnemar(wins, losses).p_exact
}

/// What becomes of differences that are exactly zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zeros {
    /// Left out before ranking (Wilcoxon).
    Drop,
    /// Ranked, then left out of the sums (Pratt).
    Rank,
}

/// Wilcoxon's signed-rank test.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wilcoxon {
    /// The smaller of the two rank sums.
    pub statistic: f64,
    /// Two-sided p-value.
    pub p: f64,
    /// Differences that are not zero.
    pub n: usize,
    /// Whether the distribution was counted out rather than approximated.
    pub exact: bool,
}

/// Signed-rank test of differences around zero, two-sided.
///
/// Differences up to [`FLOAT_NOISE`] are zeros, and distances that near each other are ties: whether 0.8 - 0.6 and
/// 0.4 - 0.2 are one distance must not hang on their last bits. Exact for at most 50 differences without ties or zeros;
/// otherwise normal with tie-corrected variance and no continuity correction. `None` for values that are not finite and where every difference is zero.
/// Sources: Wilcoxon 1945; Pratt 1959, JASA 54(287).
pub fn wilcoxon(differences: &[f64], zeros: Zeros) -> Option<Wilcoxon> {
    if !all_finite(differences) {
        return None;
    }
    let clean = |d: &f64| if d.abs() <= FLOAT_NOISE { 0.0 } else { *d };
    let differences: Vec<f64> = differences.iter().map(clean).collect();
    let kept: Vec<f64> = differences
        .iter()
        .copied()
        .filter(|d| zeros == Zeros::Rank || *d != 0.0)
        .collect();
    let distances: Vec<f64> = kept.iter().map(|d| d.abs()).collect();
    let ranks = ranks(&distances)?;
    let zero = kept.iter().filter(|d| **d == 0.0).count();
    let n = kept.len() - zero;
    if n == 0 {
        return None;
    }
    let sum = |positive: bool| -> f64 {
        let signed = kept
            .iter()
            .zip(&ranks)
            .filter(|(d, _)| **d != 0.0 && (**d > 0.0) == positive);
        signed.map(|(_, rank)| rank).sum()
    };
    let statistic = sum(true).min(sum(false));
    let ties = tie_terms(&distances);
    let any_zero = differences.contains(&0.0);
    if n <= EXACT && ties == 0.0 && !any_zero {
        return Some(Wilcoxon {
            statistic,
            p: exact_p(statistic as usize, n),
            n,
            exact: true,
        });
    }
    let all = kept.len() as f64;
    let nulls = zero as f64;
    let mean = (all * (all + 1.0) - nulls * (nulls + 1.0)) / 4.0;
    // Pratt's zeros are ties that carry no sign: their ranks leave the variance as a whole.
    let untied =
        all * (all + 1.0) * (2.0 * all + 1.0) - nulls * (nulls + 1.0) * (2.0 * nulls + 1.0);
    let nonzero: Vec<f64> = distances.into_iter().filter(|d| *d != 0.0).collect();
    let variance = (untied - tie_terms(&nonzero) / 2.0) / 24.0;
    if variance <= 0.0 {
        return None;
    }
    let z = (statistic - mean) / variance.sqrt();
    Some(Wilcoxon {
        statistic,
        p: (2.0 * normal_cdf(-z.abs())).min(1.0),
        n,
        exact: false,
    })
}

/// Σ t³ - t over groups of equal values.
fn tie_terms(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let cube = |run: &[f64]| (run.len() as f64).powi(3) - run.len() as f64;
    let near = |a: &f64, b: &f64| b - a <= FLOAT_NOISE;
    sorted.chunk_by(near).map(cube).sum()
}

/// Two-sided chance of a rank sum at most `statistic` (the smaller one) among all 2ⁿ signs.
fn exact_p(statistic: usize, n: usize) -> f64 {
    let most = n * (n + 1) / 2;
    let mut share = vec![0.0; most + 1];
    share[0] = 1.0;
    for rank in 1..=n {
        for sum in (0..=most).rev() {
            let with = if sum >= rank { share[sum - rank] } else { 0.0 };
            share[sum] = f64::midpoint(share[sum], with);
        }
    }
    (2.0 * share[..=statistic.min(most)].iter().sum::<f64>()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn nothing_but_zeros_has_no_test() {
        assert_eq!(wilcoxon(&[], Zeros::Drop), None);
        assert_eq!(wilcoxon(&[0.0, 0.0], Zeros::Rank), None);
        assert_eq!(wilcoxon(&[f64::NAN], Zeros::Drop), None);
        assert_eq!(sign_test(0, 0), 1.0);
    }

    #[test]
    fn equal_distances_are_ties_whatever_their_last_bits_say() {
        // One level of five up or down, by the subtractions that make it: they differ in the last bit.
        let up = [0.8 - 0.6, 0.4 - 0.2, 0.6 - 0.4];
        let down = [0.4 - 0.6, 0.6 - 0.8, 0.2 - 0.4];
        assert!(up[0] != up[1] && down[0] != down[1]);
        let noise = 0.1 + 0.2 - 0.3;
        let noisy: Vec<f64> = (0..60)
            .map(|at| match at {
                0..30 => up[at % 3],
                30..53 => down[at % 3],
                _ => noise,
            })
            .collect();
        let exact: Vec<f64> = (0..60)
            .map(|at| [0.2, -0.2, 0.0][usize::from(at >= 30) + usize::from(at >= 53)])
            .collect();
        for zeros in [Zeros::Drop, Zeros::Rank] {
            let (found, wanted) = (
                wilcoxon(&noisy, zeros).unwrap(),
                wilcoxon(&exact, zeros).unwrap(),
            );
            assert!((found.p - wanted.p).abs() < 1e-12, "{found:?} {wanted:?}");
            assert_eq!((found.n, found.exact), (53, false));
        }
        // 30 up and 23 down of one distance: z = 7 / sqrt(53), as for signs.
        let found = wilcoxon(&noisy, Zeros::Drop).unwrap();
        assert!((found.p - 0.336_288_8).abs() < 1e-6, "{found:?}");
        // Nothing but noise is nothing.
        assert_eq!(wilcoxon(&[noise, -noise, 0.0], Zeros::Drop), None);
    }

    #[test]
    fn one_difference_can_prove_nothing() {
        assert!((wilcoxon(&[0.3], Zeros::Drop).unwrap().p - 1.0).abs() < 1e-12);
        assert!((sign_test(1, 0) - 1.0).abs() < 1e-12);
    }

    proptest! {
        #[test]
        fn turning_the_comparison_round_changes_no_p_value(d in prop::collection::vec(-5..5_i32, 1..70)) {
            let d: Vec<f64> = d.into_iter().map(f64::from).collect();
            let turned: Vec<f64> = d.iter().map(|x| -x).collect();
            for zeros in [Zeros::Drop, Zeros::Rank] {
                prop_assert_eq!(wilcoxon(&d, zeros), wilcoxon(&turned, zeros));
                if let Some(got) = wilcoxon(&d, zeros) {
                    prop_assert!((0.0..=1.0).contains(&got.p));
                }
            }
        }

        #[test]
        fn discordant_counts_are_symmetric(b in 0..400_u64, a in 0..400_u64) {
            let (one, other) = (mcnemar(b, a), mcnemar(a, b));
            prop_assert_eq!(one.p_exact, other.p_exact);
            prop_assert!(one.p_mid <= one.p_exact && (0.0..=1.0).contains(&one.p_mid));
        }
    }
}
