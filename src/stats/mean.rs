//! The mean of one group and what it may be off by.

use super::clusters::Clusters;
use super::describe::{all_finite, constant, mean, sd, variance};
use super::estimate::{Estimate, Method};

/// Mean of independent items: se = s/√n, t with n-1 degrees of freedom.
///
/// `None` for no items or a value that is not finite; for one item the standard error is undefined.
pub fn independent_mean(values: &[f64]) -> Option<Estimate> {
    let value = mean(values)?;
    let n = values.len();
    Some(Estimate {
        value,
        se: sd(values).map(|s| s / (n as f64).sqrt()),
        df: n as f64 - 1.0,
        n,
        clusters: n,
        method: Method::MeanT,
    })
}

/// Mean whose standard error lets items of one cluster depend on each other:
/// se = √(C/(C-1) Σ_c (Σ_{i∈c} (x_i - x̄))²) / n, t with C-1 degrees of freedom.
///
/// `None` as for [`independent_mean`] or where lengths differ; with one cluster the standard error is undefined.
/// Source: Liang and Zeger 1986 with the small-sample factor; Miller 2024, arXiv 2411.00640.
pub fn clustered_mean(values: &[f64], clusters: &Clusters) -> Option<Estimate> {
    let value = mean(values)?;
    if clusters.len() != values.len() {
        return None;
    }
    let n = values.len();
    Some(Estimate {
        value,
        se: clustered_se(
            values.iter().map(|x| x - value),
            constant(values),
            clusters,
            n as f64,
        ),
        df: clusters.count() as f64 - 1.0,
        n,
        clusters: clusters.count(),
        method: Method::ClusteredT,
    })
}

/// Clustered standard error of deviations from their mean, with `total` (weight) below; none for one cluster.
pub(super) fn clustered_se(
    deviations: impl Iterator<Item = f64>,
    constant: bool,
    clusters: &Clusters,
    total: f64,
) -> Option<f64> {
    let count = clusters.count() as f64;
    if count < 2.0 {
        return None;
    }
    if constant {
        return Some(0.0);
    }
    let squares: f64 = clusters.sums(deviations).iter().map(|sum| sum * sum).sum();
    Some((count / (count - 1.0) * squares).sqrt() / total)
}

/// The mean as it is printed: clustered if any cluster has more than one item, plain otherwise.
pub fn group_mean(values: &[f64], clusters: &Clusters) -> Option<Estimate> {
    if clusters.all_single() && clusters.len() == values.len() {
        independent_mean(values)
    } else {
        clustered_mean(values, clusters)
    }
}

/// Mean with weights 1/π: the ratio estimate with linearised standard error; equal weights give the plain mean.
///
/// `None` for lengths that differ or weights that are not positive.
/// Source: Hájek 1971; Särndal, Swensson and Wretman 1992, section 5.7.
pub fn weighted_mean(values: &[f64], weights: &[f64]) -> Option<Estimate> {
    let fits = values.len() == weights.len()
        && all_finite(values)
        && weights.iter().all(|w| w.is_finite() && *w > 0.0);
    if values.is_empty() || !fits {
        return None;
    }
    let total: f64 = weights.iter().sum();
    let value = values.iter().zip(weights).map(|(x, w)| x * w).sum::<f64>() / total;
    let n = values.len();
    let squares: f64 = values
        .iter()
        .zip(weights)
        .map(|(x, w)| (w * (x - value)).powi(2))
        .sum();
    let se = (n > 1).then(|| (n as f64 / (n as f64 - 1.0) * squares).sqrt() / total);
    Some(Estimate {
        value,
        se,
        df: n as f64 - 1.0,
        n,
        clusters: n,
        method: Method::WeightedT,
    })
}

/// The mean of items measured several times, and where its variance comes from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SampledMean {
    /// Mean of the item means, clustered where clusters are given.
    pub estimate: Estimate,
    /// Variance between items, by the method of moments; may be negative where reruns explain everything.
    pub between: Option<f64>,
    /// Variance within an item, between its reruns; `None` without an item measured twice.
    pub within: Option<f64>,
}

/// Mean over items of each item's mean over its reruns: Var = (σ_b² + σ_w²/K)/n.
///
/// Items may have different numbers of reruns; those without one are left out. `None` without any value or
/// with one that is not finite.
pub fn sampled_mean(samples: &[Vec<f64>], clusters: Option<&Clusters>) -> Option<SampledMean> {
    if clusters.is_some_and(|c| c.len() != samples.len())
        || !samples.iter().all(|row| all_finite(row))
    {
        return None;
    }
    let means: Vec<f64> = samples.iter().filter_map(|row| mean(row)).collect();
    let estimate = match clusters {
        Some(clusters) => group_mean(&means, &clusters.filter(|at| !samples[at].is_empty()))?,
        None => independent_mean(&means)?,
    };
    let inner: Vec<f64> = samples.iter().filter_map(|row| variance(row, 1)).collect();
    let within = mean(&inner);
    let inverse: Vec<f64> = samples
        .iter()
        .filter(|row| !row.is_empty())
        .map(|row| 1.0 / row.len() as f64)
        .collect();
    let between = match (variance(&means, 1), within, mean(&inverse)) {
        (Some(total), Some(within), Some(inverse)) => Some(total - within * inverse),
        _ => None,
    };
    let method = if estimate.method == Method::MeanT {
        Method::SampleMeansT
    } else {
        estimate.method
    };
    Some(SampledMean {
        estimate: Estimate { method, ..estimate },
        between,
        within,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_cluster_has_a_mean_but_no_interval() {
        let got = clustered_mean(&[0.2, 0.4, 0.9], &Clusters::from_labels(["c"; 3])).unwrap();
        assert_eq!((got.se, got.interval(0.95), got.clusters), (None, None, 1));
    }

    #[test]
    fn holes_and_lengths_that_differ_give_nothing() {
        assert_eq!(independent_mean(&[]), None);
        assert_eq!(independent_mean(&[f64::NAN]), None);
        assert_eq!(clustered_mean(&[0.1], &Clusters::singletons(2)), None);
        assert_eq!(weighted_mean(&[0.1], &[0.0]), None);
        assert_eq!(sampled_mean(&[vec![], vec![]], None), None);
        assert_eq!(sampled_mean(&[vec![f64::INFINITY]], None), None);
    }

    #[test]
    fn an_item_measured_once_shows_no_variance_within() {
        let got = sampled_mean(&[vec![0.1], vec![0.3]], None).unwrap();
        assert_eq!((got.within, got.between), (None, None));
    }

    proptest! {
        #[test]
        fn singleton_clusters_and_equal_weights_change_nothing(values in prop::collection::vec(0.0..1.0_f64, 2..40)) {
            let plain = independent_mean(&values).unwrap();
            let clustered = clustered_mean(&values, &Clusters::singletons(values.len())).unwrap();
            let weighted = weighted_mean(&values, &vec![2.5; values.len()]).unwrap();
            for other in [clustered, weighted] {
                prop_assert!((plain.value - other.value).abs() < 1e-12);
                prop_assert!((plain.se.unwrap() - other.se.unwrap()).abs() < 1e-12);
                prop_assert_eq!(plain.df, other.df);
            }
        }
    }
}
