//! Human-level estimates from few human labels and many judge scores (prediction-powered inference).
//!
//! Labels must be a uniform sample of the items (a prefix of a uniform plan, or a test split); tickets that
//! served as judge examples must be left out by the caller. For a risk-weighted plan see [`super::active`].

use super::active::{Labelled, pseudo_values};
use super::clusters::Clusters;
use super::describe::{all_finite, covariance, mean, variance};
use super::estimate::{Estimate, Method};
use super::mean::{clustered_mean, independent_mean};

/// Labels below which no human-level number is printed.
pub const FEWEST_LABELS: usize = 10;
/// Labels below which judge scores are not brought in.
pub const FEWEST_FOR_PPI: usize = 30;

/// Which variance an interval uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variant {
    /// What is printed: variances over n-1, t with n-1 degrees of freedom.
    StudentT,
    /// As the `ppi_py` package computes: variances over n, normal. For comparison only; undercovers below 60 labels.
    Normal,
}

/// λ̂ = Cov(Y, f) / ((1 + n/N) · Var(f)), clipped to [0, 1]: how far the judge is trusted.
///
/// 0 (human labels only) where judge scores do not vary. `None` for no labels, no unlabelled scores or holes.
/// Source: Angelopoulos, Duchi and Zrnic 2023, arXiv 2311.01453.
pub fn tuned_lambda(human: &[f64], judge: &[f64], unlabelled: &[f64]) -> Option<f64> {
    if unlabelled.is_empty() {
        return None;
    }
    let joint: Vec<f64> = judge.iter().chain(unlabelled).copied().collect();
    let spread = variance(&joint, 1)?;
    let shared = covariance(human, judge, 0)?;
    let ratio = human.len() as f64 / unlabelled.len() as f64;
    Some(if spread > 0.0 {
        (shared / ((1.0 + ratio) * spread)).clamp(0.0, 1.0)
    } else {
        0.0
    })
}

/// θ̂ = λ · mean(f unlabelled) + mean(Y - λ f), for a given λ: 0 is human only, 1 plain PPI.
///
/// `None` for no labels, no unlabelled scores, lengths that differ or holes; with one label or one unlabelled
/// score the standard error is undefined.
pub fn ppi_mean(
    human: &[f64],
    judge: &[f64],
    unlabelled: &[f64],
    lambda: f64,
    variant: Variant,
) -> Option<Estimate> {
    if human.len() != judge.len() || !all_finite(judge) || !lambda.is_finite() {
        return None;
    }
    let rectifier: Vec<f64> = human
        .iter()
        .zip(judge)
        .map(|(y, f)| y - lambda * f)
        .collect();
    let ddof = usize::from(variant == Variant::StudentT);
    let (n, all) = (human.len() as f64, unlabelled.len() as f64);
    let value = lambda * mean(unlabelled)? + mean(&rectifier)?;
    let from_judge = if lambda == 0.0 {
        Some(0.0)
    } else {
        variance(unlabelled, ddof).map(|v| lambda * lambda * v / all)
    };
    let from_people = variance(&rectifier, ddof).map(|v| v / n);
    Some(Estimate {
        value,
        se: from_judge.zip(from_people).map(|(a, b)| (a + b).sqrt()),
        df: if variant == Variant::StudentT {
            n - 1.0
        } else {
            f64::INFINITY
        },
        n: human.len(),
        clusters: human.len(),
        method: Method::Ppi,
    })
}

/// What human labels and judge scores together allow to say.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum HumanLevel {
    /// Fewer than 10 labels: no number.
    TooFew {
        /// Labels there are.
        labels: usize,
    },
    /// 10 to 29 labels, or no judge scores beyond them: people only, "too few labels for PPI".
    HumanOnly(Estimate),
    /// Labels and judge scores combined.
    Combined {
        /// The estimate.
        estimate: Estimate,
        /// How far the judge is trusted, 0 to 1.
        lambda: f64,
        /// Labels that would be needed without the judge: "44 labels worth 77". `None` without variation.
        n_effective: Option<f64>,
    },
}

impl HumanLevel {
    /// The estimate, where there is one.
    pub fn estimate(&self) -> Option<&Estimate> {
        match self {
            Self::TooFew { .. } => None,
            Self::HumanOnly(estimate) | Self::Combined { estimate, .. } => Some(estimate),
        }
    }
}

/// The human-level mean as it is printed: tuned λ, sample variances, t.
///
/// Scores, pass indicators (0 or 1) and paired differences go in alike. `None` for lengths that differ or holes.
pub fn human_level(human: &[f64], judge: &[f64], unlabelled: &[f64]) -> Option<HumanLevel> {
    if human.len() != judge.len()
        || ![human, judge, unlabelled]
            .iter()
            .all(|column| all_finite(column))
    {
        return None;
    }
    if human.len() < FEWEST_LABELS {
        return Some(HumanLevel::TooFew {
            labels: human.len(),
        });
    }
    let people = independent_mean(human)?;
    if human.len() < FEWEST_FOR_PPI || unlabelled.len() < 2 {
        return Some(HumanLevel::HumanOnly(people));
    }
    let lambda = tuned_lambda(human, judge, unlabelled)?;
    let estimate = ppi_mean(human, judge, unlabelled, lambda, Variant::StudentT)?;
    Some(HumanLevel::Combined {
        estimate,
        lambda,
        n_effective: n_effective(human, &estimate),
    })
}

/// Labels that would give the same standard error without the judge: var(Y) / V; `None` without variation.
pub fn n_effective(human: &[f64], estimate: &Estimate) -> Option<f64> {
    let square = estimate.se?.powi(2);
    (square > 0.0).then_some(variance(human, 1)? / square)
}

/// PPI for items that depend on each other within clusters, by pseudo-values with π = n/(n+N).
///
/// `items` are all items, labelled or not; the chance of each is the share labelled. `None` for no label, lengths
/// that differ or holes; the standard error is undefined for one cluster.
pub fn clustered_ppi(
    judge: &[f64],
    human: &[Option<f64>],
    clusters: &Clusters,
    lambda: f64,
) -> Option<Estimate> {
    let labels = human.iter().flatten().count();
    if labels == 0 || judge.len() != human.len() {
        return None;
    }
    let pi = labels as f64 / human.len() as f64;
    let items: Vec<Labelled> = judge
        .iter()
        .zip(human)
        .map(|(&judge, &human)| Labelled { judge, human, pi })
        .collect();
    let estimate = clustered_mean(&pseudo_values(&items, lambda)?, clusters)?;
    Some(Estimate {
        n: labels,
        df: estimate.df.min(labels as f64 - 1.0),
        method: Method::PpiClustered,
        ..estimate
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_labels_say_less_and_say_so() {
        let columns = |n: usize| -> Vec<f64> { (0..n).map(|at| (at % 6) as f64 / 5.0).collect() };
        let level = |n| human_level(&columns(n), &columns(n), &columns(50)).unwrap();
        assert_eq!(level(9), HumanLevel::TooFew { labels: 9 });
        assert_eq!(level(9).estimate(), None);
        assert!(matches!(level(29), HumanLevel::HumanOnly(_)));
        assert!(matches!(level(30), HumanLevel::Combined { .. }));
        assert!(matches!(
            human_level(&columns(40), &columns(40), &[]).unwrap(),
            HumanLevel::HumanOnly(_)
        ));
    }

    #[test]
    fn holes_and_empty_columns_give_nothing() {
        assert_eq!(human_level(&[0.1], &[], &[]), None);
        assert_eq!(human_level(&[f64::NAN; 40], &[0.0; 40], &[0.0; 9]), None);
        assert_eq!(ppi_mean(&[], &[], &[0.1], 1.0, Variant::StudentT), None);
        assert_eq!(tuned_lambda(&[0.1, 0.2], &[0.1, 0.2], &[]), None);
        assert_eq!(
            ppi_mean(&[0.1], &[0.2], &[0.3, 0.4], 1.0, Variant::StudentT)
                .unwrap()
                .se,
            None
        );
        assert_eq!(
            clustered_ppi(&[0.1], &[None], &Clusters::singletons(1), 1.0),
            None
        );
    }

    #[test]
    fn a_judge_that_always_says_the_same_is_not_trusted() {
        let human: Vec<f64> = (0..40).map(|at| f64::from(at % 2)).collect();
        assert_eq!(tuned_lambda(&human, &[0.5; 40], &[0.5; 80]), Some(0.0));
        let HumanLevel::Combined {
            estimate,
            n_effective,
            ..
        } = human_level(&human, &[0.5; 40], &[0.5; 80]).unwrap()
        else {
            panic!("40 labels are enough")
        };
        let people = independent_mean(&human).unwrap();
        assert_eq!(
            (estimate.value, estimate.se.is_some()),
            (people.value, true)
        );
        assert!((n_effective.unwrap() - 40.0).abs() < 1e-9);
    }
}
