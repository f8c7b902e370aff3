//! From numbers to what is shown: values with intervals, clustered wherever items hang together.

use crate::domain::view::agreement::Measured;
use crate::stats::bounds::is_alike;
use crate::stats::describe::{ERROR_NOISE, FLOAT_NOISE, quantile};
use crate::stats::gwet::Weights;
use crate::stats::kappa::{Confusion, Kappa, kappa};
use crate::stats::mean::group_mean;
use crate::stats::proportion::{alike_bounds, pass_rate, weighted_rate};
use crate::stats::{Clusters, Estimate, Interval, Method, bootstrap};

/// Confidence of every interval.
pub(super) const CONFIDENCE: f64 = 0.95;
/// Seed of every bootstrap: the same reviews give the same intervals.
const SEED: u64 = 7;
/// Replicates of a bootstrap at most.
const REPLICATES: usize = 2000;
/// Units drawn in all replicates together, about: keeps large evals within a second.
const DRAWS: usize = 20_000_000;
/// Different values of pairs at most.
const MOST_VALUES: usize = 250;
/// Share of replicates that must be defined.
const DEFINED: f64 = 0.9;

/// What observations have in common: which belong together, and what each stands for.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    /// Which belong together.
    pub clusters: Clusters,
    /// Inclusion weights, if they differ.
    pub weights: Option<Vec<f64>>,
}

impl Sample {
    /// Only some of the observations.
    pub fn filter(&self, keep: impl Fn(usize) -> bool) -> Self {
        let weights = self.weights.as_ref().map(|all| {
            let kept = all.iter().enumerate().filter(|(at, _)| keep(*at));
            kept.map(|(_, weight)| *weight).collect()
        });
        Self {
            clusters: self.clusters.filter(&keep),
            weights,
        }
    }

    /// The weights as the statistics take them.
    pub fn weights(&self) -> Option<&[f64]> {
        self.weights.as_deref()
    }

    /// Whether intervals must take clusters into account; with weights none is offered that does both.
    fn is_clustered(&self) -> bool {
        self.weights.is_none() && !self.clusters.all_single()
    }

    /// A value without an interval.
    pub fn bare(&self, value: f64) -> Measured {
        Measured {
            value,
            low: None,
            high: None,
            n: self.clusters.len() as u64,
            clusters: self.clusters.count() as u64,
            method: None,
        }
    }

    /// A share, with Wilson's interval; `None` without an observation.
    pub fn rate(&self, hits: &[bool]) -> Option<Measured> {
        if hits.is_empty() {
            return None;
        }
        let found = match &self.weights {
            Some(weights) => weighted_rate(hits, weights, CONFIDENCE),
            None => pass_rate(hits, &self.clusters, CONFIDENCE),
        };
        // One cluster: the share is known, how far it may be off is not.
        let share = hits.iter().filter(|hit| **hit).count() as f64 / hits.len() as f64;
        Some(found.map_or_else(|| self.bare(share), measured))
    }

    /// A mean with a t interval, where `plain` is the one for independent or weighted observations. Values that are all
    /// alike, from `-span` to `span`, are bounded by how many others there could be.
    pub fn mean(&self, values: &[f64], plain: &Estimate, span: f64) -> Measured {
        let estimate = if self.is_clustered() {
            group_mean(values, &self.clusters).unwrap_or(*plain)
        } else {
            *plain
        };
        if is_alike(&estimate) {
            let n = estimate.clusters as f64;
            let tail = (1.0 - CONFIDENCE) / 2.0;
            let found = alike_bounds(estimate.value, n, (-span, span), tail);
            return Measured {
                low: found.map(|(low, _)| low),
                high: found.map(|(_, high)| high),
                method: found.map(|_| Method::AlikeOthers.name()),
                ..self.bare(estimate.value)
            };
        }
        let interval = estimate.interval(CONFIDENCE);
        interval.map_or_else(|| self.bare(estimate.value), measured)
    }

    /// Kappa of pairs of places on a scale with these values; a single pair has no chance to agree by.
    pub fn kappa(
        &self,
        pairs: &[(usize, usize)],
        scale: &[f64],
        weights: Weights,
    ) -> Option<Measured> {
        if pairs.len() < 2 {
            return None;
        }
        let ones = vec![1.0; pairs.len()];
        let counts = self.weights().unwrap_or(&ones);
        let table = Confusion::weighted(pairs, counts, scale.len())?;
        let found = kappa(&table, scale, weights)?;
        Some(self.kappa_interval(&found, pairs.len(), |drawn| {
            let pairs: Vec<_> = drawn.iter().map(|at| pairs[*at]).collect();
            let table = Confusion::from_pairs(&pairs, scale.len())?;
            Some(kappa(&table, scale, weights)?.kappa)
        }))
    }

    /// Kappa of pairs of values, which may lie between the values of the scale: quadratic weights are distances, so that
    /// what lies between counts by where it lies. `None` where there are too many different ones.
    pub fn kappa_of_values(
        &self,
        pairs: &[(f64, f64)],
        scale: &[f64],
        weights: Weights,
    ) -> Option<Measured> {
        let (places, all) = between(pairs, scale)?;
        self.kappa(&places, &all, weights)
    }

    fn kappa_interval(
        &self,
        found: &Kappa,
        n: usize,
        of: impl Fn(&[usize]) -> Option<f64> + Sync,
    ) -> Measured {
        let plain = self.bare(found.kappa);
        // The large-sample error is meaningless for a handful, and 0 where all agree.
        if n < 3 {
            return plain;
        }
        if self.is_clustered() {
            return self.resampled(found.kappa, of);
        }
        // Complete agreement leaves an error of 0, or of the last bits: no certainty.
        match found
            .interval(CONFIDENCE)
            .filter(|_| found.se > ERROR_NOISE)
        {
            Some(interval) => Measured {
                low: Some(interval.low.max(-1.0)),
                high: Some(interval.high.min(1.0)),
                method: Some(interval.method.name()),
                ..plain
            },
            None => plain,
        }
    }

    /// A statistic with a percentile interval over whole clusters. `of` gets the places of the observations drawn.
    pub fn resampled(&self, value: f64, of: impl Fn(&[usize]) -> Option<f64> + Sync) -> Measured {
        let plain = self.bare(value);
        let members = self.clusters.members();
        if members.len() < 2 {
            return plain;
        }
        let asked = (DRAWS / self.clusters.len().max(1)).clamp(200, REPLICATES);
        let found = bootstrap::unit_bootstrap(members.len(), asked, SEED, |drawn| {
            let places: Vec<usize> = drawn.iter().flat_map(|at| &members[*at]).copied().collect();
            of(&places)
        });
        if (found.len() as f64) < DEFINED * asked as f64 {
            return plain;
        }
        let tail = (1.0 - CONFIDENCE) / 2.0;
        let method = if self.clusters.all_single() {
            Method::UnitBootstrap
        } else {
            Method::ClusterBootstrap
        };
        match quantile(&found, tail).zip(quantile(&found, 1.0 - tail)) {
            // The same in every draw, such as complete agreement: resampling cannot tell what else there could be.
            Some((low, high)) if high - low <= FLOAT_NOISE => plain,
            ends => Measured {
                low: ends.map(|(low, _)| low),
                high: ends.map(|(_, high)| high),
                method: Some(method.name()),
                ..plain
            },
        }
    }
}

/// Pairs of places, as a table of counts takes them, on a scale.
type OnScale = (Vec<(usize, usize)>, Vec<f64>);

/// Pairs of values as places on a scale that holds every one of them; `None` where there are too many different ones.
pub(super) fn between(pairs: &[(f64, f64)], scale: &[f64]) -> Option<OnScale> {
    let mut all: Vec<f64> = scale.to_vec();
    all.extend(pairs.iter().flat_map(|(a, b)| [*a, *b]));
    all.sort_by(f64::total_cmp);
    all.dedup_by(|a, b| (*a - *b).abs() <= FLOAT_NOISE);
    if all.len() > MOST_VALUES {
        return None;
    }
    let place = |value: f64| all.partition_point(|known| *known < value - FLOAT_NOISE);
    let places = pairs.iter().map(|(a, b)| (place(*a), place(*b)));
    Some((places.collect(), all))
}

/// An interval as it is shown.
pub(super) fn measured(interval: Interval) -> Measured {
    Measured {
        value: interval.estimate,
        low: Some(interval.low),
        high: Some(interval.high),
        n: interval.n as u64,
        clusters: interval.clusters as u64,
        method: Some(interval.method.name()),
    }
}
