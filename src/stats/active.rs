//! Human-level estimates from a plan in which risky tickets are likelier to be reviewed.
//!
//! Every item counts: ψ_i = λ f_i + (ξ_i/π_i)(Y_i - λ f_i), where ξ says whether the item was reviewed and π the
//! chance it had (see [`super::priority`]). With fixed λ the mean of ψ is unbiased wherever the reviewer stopped,
//! as long as nobody chose the stop by looking at labels.
//! Source: Zrnic and Candès 2024, arXiv 2403.03208.

use super::clusters::Clusters;
use super::describe::{covariance, variance};
use super::estimate::{Estimate, Method};
use super::mean::{clustered_mean, independent_mean};

/// Labels from which λ is tuned; below, plain λ = 1 covers better.
pub const FEWEST_FOR_TUNING: usize = 60;

/// One item of the plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Labelled {
    /// The judge's score, known for every item.
    pub judge: f64,
    /// The human's, for reviewed items.
    pub human: Option<f64>,
    /// Chance the item had of being reviewed, above 0 and at most 1.
    pub pi: f64,
}

impl Labelled {
    fn valid(&self) -> bool {
        self.judge.is_finite()
            && self.human.is_none_or(f64::is_finite)
            && self.pi > 0.0
            && self.pi <= 1.0
    }
}

/// ψ of every item; `None` for a hole or a chance outside (0, 1].
pub fn pseudo_values(items: &[Labelled], lambda: f64) -> Option<Vec<f64>> {
    if !lambda.is_finite() || !items.iter().all(Labelled::valid) {
        return None;
    }
    let psi = |item: &Labelled| {
        let expected = lambda * item.judge;
        expected + item.human.map_or(0.0, |human| (human - expected) / item.pi)
    };
    Some(items.iter().map(psi).collect())
}

/// The λ with the least variance: Cov(a, b)/Var(a) with a = f(ξ/π - 1) and b = Yξ/π. Not clipped.
///
/// `None` for fewer than two items, holes, and where a does not vary (everything reviewed with π = 1).
pub fn best_lambda(items: &[Labelled]) -> Option<f64> {
    if !items.iter().all(Labelled::valid) {
        return None;
    }
    let drawn = |item: &Labelled| item.human.map_or(0.0, |_| 1.0 / item.pi);
    let a: Vec<f64> = items
        .iter()
        .map(|item| item.judge * (drawn(item) - 1.0))
        .collect();
    let b: Vec<f64> = items
        .iter()
        .map(|item| item.human.unwrap_or(0.0) * drawn(item))
        .collect();
    let spread = variance(&a, 1)?;
    (spread > 0.0).then_some(covariance(&a, &b, 1)? / spread)
}

/// The λ used: 1 below 60 labels, tuned and clipped to [0, 1] from there on.
pub fn default_lambda(items: &[Labelled]) -> Option<f64> {
    if items.iter().filter(|item| item.human.is_some()).count() < FEWEST_FOR_TUNING {
        return Some(1.0);
    }
    Some(best_lambda(items).map_or(1.0, |lambda| lambda.clamp(0.0, 1.0)))
}

/// Mean of ψ; se = sd(ψ)/√N or clustered on ψ, t with (labels - 1) degrees of freedom, or clusters - 1 if fewer.
///
/// `None` without a label, for holes, chances outside (0, 1] and lengths that differ; with one label or one
/// cluster the standard error is undefined.
pub fn active_mean(
    items: &[Labelled],
    clusters: Option<&Clusters>,
    lambda: f64,
) -> Option<Estimate> {
    let labels = items.iter().filter(|item| item.human.is_some()).count();
    if labels == 0 {
        return None;
    }
    let psi = pseudo_values(items, lambda)?;
    let estimate = match clusters {
        Some(clusters) => Estimate {
            method: Method::ActiveClustered,
            ..clustered_mean(&psi, clusters)?
        },
        None => Estimate {
            method: Method::Active,
            ..independent_mean(&psi)?
        },
    };
    Some(Estimate {
        n: labels,
        df: estimate.df.min(labels as f64 - 1.0),
        se: estimate.se.filter(|_| labels > 1),
        ..estimate
    })
}

/// The estimates if every "cannot decide" had been a 0, and a 1: (low, high).
///
/// `undecided` marks reviewed items without a verdict; they must lie in the prefix and have `human: None`.
pub fn undecided_band(items: &[Labelled], undecided: &[bool], lambda: f64) -> Option<(f64, f64)> {
    if items.len() != undecided.len() {
        return None;
    }
    let filled = |score: f64| {
        let items: Vec<Labelled> = items
            .iter()
            .zip(undecided)
            .map(|(item, open)| {
                if *open {
                    Labelled {
                        human: Some(score),
                        ..*item
                    }
                } else {
                    *item
                }
            })
            .collect();
        active_mean(&items, None, lambda).map(|estimate| estimate.value)
    };
    Some((filled(0.0)?, filled(1.0)?))
}

/// Several plans as one estimate: Σ N_p/N · θ̂_p with independent variances.
///
/// `parts` holds for each plan the tickets it was drawn over and its estimate. Degrees of freedom by Satterthwaite.
/// `None` for no plan or a plan over no ticket; the standard error is undefined if any part's is.
pub fn combine_plans(parts: &[(usize, Estimate)]) -> Option<Estimate> {
    if let [(tickets, only)] = parts {
        return (*tickets > 0).then_some(*only);
    }
    if parts.is_empty() || parts.iter().any(|(tickets, _)| *tickets == 0) {
        return None;
    }
    let total = parts
        .iter()
        .map(|(tickets, _)| *tickets as f64)
        .sum::<f64>();
    let share = |tickets: usize| tickets as f64 / total;
    let variances: Option<Vec<f64>> = parts
        .iter()
        .map(|(t, e)| e.se.map(|se| (share(*t) * se).powi(2)))
        .collect();
    let (se, df) = variances.map_or((None, 0.0), |variances| {
        let sum: f64 = variances.iter().sum();
        let below: f64 = variances
            .iter()
            .zip(parts)
            .filter(|(v, _)| **v > 0.0)
            .map(|(v, (_, e))| v * v / e.df)
            .sum();
        let least = parts
            .iter()
            .map(|(_, e)| e.df)
            .fold(f64::INFINITY, f64::min);
        (
            Some(sum.sqrt()),
            if below > 0.0 {
                sum * sum / below
            } else {
                least
            },
        )
    });
    Some(Estimate {
        value: parts
            .iter()
            .map(|(tickets, e)| share(*tickets) * e.value)
            .sum(),
        se,
        df,
        n: parts.iter().map(|(_, e)| e.n).sum(),
        clusters: parts.iter().map(|(_, e)| e.clusters).sum(),
        method: Method::CombinedPlans,
    })
}

#[cfg(test)]
mod tests;
