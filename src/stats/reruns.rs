//! What changes when nothing was changed: verdicts that flip, and where the variance comes from.
//!
//! Candidate reruns (new outputs) and judge reruns (the same output again) are different tables; only
//! [`variance_split`] takes both at once.

use super::describe::{all_finite, mean, variance};

/// Pass verdicts of one item: how many of its `k` reruns passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passes {
    /// Reruns that passed.
    pub passed: u32,
    /// Reruns.
    pub k: u32,
}

impl Passes {
    /// Counts verdicts.
    pub fn of(verdicts: &[bool]) -> Self {
        Self {
            passed: verdicts.iter().filter(|pass| **pass).count() as u32,
            k: verdicts.len() as u32,
        }
    }

    /// Whether the verdicts differ.
    pub fn flickers(self) -> bool {
        self.passed > 0 && self.passed < self.k
    }

    fn failed(self) -> u32 {
        self.k.saturating_sub(self.passed)
    }
}

/// How often verdicts flip.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flips {
    /// Share of items whose verdicts are not unanimous, 0 to 1; grows with the number of reruns.
    pub any: f64,
    /// Chance that two reruns of an item differ, 0 to 1; does not grow with the number of reruns.
    pub pair: f64,
    /// Items with at least two reruns.
    pub n: usize,
}

/// Flip rates over items with at least two reruns; `None` without one.
pub fn flips(items: &[Passes]) -> Option<Flips> {
    let rerun: Vec<&Passes> = items.iter().filter(|item| item.k >= 2).collect();
    let any: Vec<f64> = rerun
        .iter()
        .map(|item| f64::from(u8::from(item.flickers())))
        .collect();
    let pair: Vec<f64> = rerun
        .iter()
        .map(|item| f64::from(item.passed) * f64::from(item.failed()) / choose(item.k, 2))
        .collect();
    Some(Flips {
        any: mean(&any)?,
        pair: mean(&pair)?,
        n: rerun.len(),
    })
}

/// pass^k: chance that all of `k` reruns of an item pass, averaged over items with at least `k` reruns.
///
/// `None` for k = 0 and without such an item. Source: Yao and others 2024, arXiv 2406.12045.
pub fn pass_hat(items: &[Passes], k: u32) -> Option<f64> {
    over(items, k, |item| choose(item.passed, k) / choose(item.k, k))
}

/// pass@k: chance that any of `k` reruns of an item passes, averaged over items with at least `k` reruns.
///
/// `None` for k = 0 and without such an item. Source: Chen and others 2021, arXiv 2107.03374.
pub fn pass_at(items: &[Passes], k: u32) -> Option<f64> {
    over(items, k, |item| {
        1.0 - choose(item.failed(), k) / choose(item.k, k)
    })
}

fn over(items: &[Passes], k: u32, share: impl Fn(&Passes) -> f64) -> Option<f64> {
    if k == 0 {
        return None;
    }
    let shares: Vec<f64> = items.iter().filter(|item| item.k >= k).map(share).collect();
    mean(&shares)
}

/// Ways to choose k of n as a number; 0 where k > n.
fn choose(n: u32, k: u32) -> f64 {
    if k > n {
        return 0.0;
    }
    (0..k)
        .fold(1.0, |ways, at| ways * f64::from(n - at) / f64::from(at + 1))
        .round()
}

/// √(mean over items of the variance between their reruns); `None` without an item that has two.
pub fn sd_within(rows: &[Vec<f64>]) -> Option<f64> {
    let inner: Vec<f64> = rows.iter().filter_map(|row| variance(row, 1)).collect();
    mean(&inner).map(f64::sqrt)
}

/// Variance of a single judged score, by where it comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceSplit {
    /// Between items.
    pub item: f64,
    /// Between outputs of the same candidate to the same item.
    pub candidate: f64,
    /// Between judge reruns of the same output.
    pub judge: f64,
}

impl VarianceSplit {
    /// The three as shares of their sum; `None` without any variance.
    pub fn shares(&self) -> Option<[f64; 3]> {
        let total = self.item + self.candidate + self.judge;
        (total > 0.0).then(|| {
            [
                self.item / total,
                self.candidate / total,
                self.judge / total,
            ]
        })
    }
}

/// Splits Var = item + candidate + judge by nested method of moments; what comes out negative counts as 0.
///
/// `items[i][o]` holds the judge's scores of output `o` of item `i`; counts may differ. `None` for fewer than
/// two items, where no item has two outputs, where no output was judged twice, and for holes.
/// Source: Searle, Casella and McCulloch 1992, section 5.5 (unbalanced nested analysis, Henderson's method I).
pub fn variance_split(items: &[Vec<Vec<f64>>]) -> Option<VarianceSplit> {
    let items: Vec<Vec<&Vec<f64>>> = items
        .iter()
        .map(|outputs| {
            outputs
                .iter()
                .filter(|scores| !scores.is_empty())
                .collect::<Vec<_>>()
        })
        .filter(|outputs| !outputs.is_empty())
        .collect();
    let outputs: Vec<&Vec<f64>> = items.iter().flatten().copied().collect();
    if !outputs.iter().all(|scores| all_finite(scores)) {
        return None;
    }
    let (a, b, n) = (items.len() as f64, outputs.len() as f64, size(&outputs));
    if a < 2.0 || b <= a || n <= b {
        return None;
    }
    let center = sum(&outputs) / n;
    let (mut between_items, mut between_outputs) = (0.0, 0.0);
    let (mut per_item, mut squares_items) = (0.0, 0.0);
    for item in &items {
        let (own, middle) = (size(item), sum(item) / size(item));
        between_items += own * (middle - center).powi(2);
        between_outputs += item
            .iter()
            .map(|scores| scores.len() as f64 * (middle_of(scores) - middle).powi(2))
            .sum::<f64>();
        per_item += squared_sizes(item) / own;
        squares_items += own * own;
    }
    let judge = outputs
        .iter()
        .map(|scores| squares_around_mean(scores))
        .sum::<f64>()
        / (n - b);
    let candidate = ((between_outputs - (b - a) * judge) / (n - per_item)).max(0.0);
    let explained = (a - 1.0) * judge + (per_item - squared_sizes(&outputs) / n) * candidate;
    let item = ((between_items - explained) / (n - squares_items / n)).max(0.0);
    Some(VarianceSplit {
        item,
        candidate,
        judge,
    })
}

fn size(outputs: &[&Vec<f64>]) -> f64 {
    outputs.iter().map(|scores| scores.len() as f64).sum()
}

fn squared_sizes(outputs: &[&Vec<f64>]) -> f64 {
    outputs
        .iter()
        .map(|scores| (scores.len() as f64).powi(2))
        .sum()
}

fn sum(outputs: &[&Vec<f64>]) -> f64 {
    outputs
        .iter()
        .map(|scores| scores.iter().sum::<f64>())
        .sum()
}

fn middle_of(scores: &[f64]) -> f64 {
    scores.iter().sum::<f64>() / scores.len() as f64
}

fn squares_around_mean(scores: &[f64]) -> f64 {
    let middle = middle_of(scores);
    scores.iter().map(|x| (x - middle).powi(2)).sum()
}

/// What the flip rate of a gating criterion asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Advice {
    /// At most 10 % of items flicker: one sample will do.
    Stable,
    /// More than 10 %: three samples are needed.
    ThreeSamples,
    /// More than 25 %: the rubric has to be fixed first.
    FixRubric,
}

/// Reads the share of flickering items.
pub fn advice(flips: &Flips) -> Advice {
    match flips.any {
        any if any > 0.25 => Advice::FixRubric,
        any if any > 0.10 => Advice::ThreeSamples,
        _ => Advice::Stable,
    }
}

#[cfg(test)]
mod tests {
    use super::super::bootstrap::SplitMix64;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_rerun_shows_no_flip() {
        assert_eq!(flips(&[Passes { passed: 1, k: 1 }]), None);
        assert_eq!(flips(&[]), None);
        assert_eq!(pass_hat(&[Passes { passed: 1, k: 1 }], 2), None);
        assert_eq!(pass_at(&[Passes { passed: 1, k: 1 }], 0), None);
        assert_eq!(sd_within(&[vec![0.1]]), None);
    }

    #[test]
    fn the_split_finds_the_variances_it_was_made_with() {
        let mut draws = SplitMix64::new(4);
        let mut normal =
            |sd: f64| sd * super::super::distributions::normal_quantile(draws.open_unit()).unwrap();
        let items: Vec<Vec<Vec<f64>>> = (0..3_000)
            .map(|at| {
                let item = normal(0.3);
                (0..2 + at % 2)
                    .map(|_| {
                        let output = item + normal(0.2);
                        (0..=at % 3).map(|_| output + normal(0.1)).collect()
                    })
                    .collect()
            })
            .collect();
        let got = variance_split(&items).unwrap();
        for (got, want) in [(got.item, 0.09), (got.candidate, 0.04), (got.judge, 0.01)] {
            assert!((got / want - 1.0).abs() < 0.12, "{got} {want}");
        }
    }

    #[test]
    fn a_split_needs_reruns_of_both_kinds() {
        assert_eq!(variance_split(&[]), None);
        assert_eq!(
            variance_split(&[vec![vec![0.1], vec![0.2]], vec![vec![0.3]]]),
            None
        );
        assert_eq!(
            variance_split(&[vec![vec![0.1, 0.2]], vec![vec![0.3, 0.3]]]),
            None
        );
        let flat = vec![vec![vec![0.5; 2]; 2]; 3];
        assert_eq!(variance_split(&flat).unwrap().shares(), None);
    }

    proptest! {
        #[test]
        fn all_of_k_is_never_likelier_than_any_of_k(items in prop::collection::vec((0..=5_u32).prop_map(|passed| Passes { passed, k: 5 }), 1..20)) {
            let (mut hat, mut at) = (1.0_f64, 0.0_f64);
            for k in 1..=5 {
                let (next_hat, next_at) = (pass_hat(&items, k).unwrap(), pass_at(&items, k).unwrap());
                prop_assert!(next_hat <= hat + 1e-12 && next_at >= at - 1e-12 && next_hat <= next_at + 1e-12);
                (hat, at) = (next_hat, next_at);
            }
            let flips = flips(&items).unwrap();
            prop_assert!((0.0..=1.0).contains(&flips.any) && flips.pair <= flips.any + 1e-12);
        }
    }
}
