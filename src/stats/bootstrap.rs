//! Resampling whole clusters: intervals that assume nothing about the shape of the scores.
//!
//! Draws come from `SplitMix64`, so a seed gives the same interval on every machine, whatever the number of
//! threads: the generator can be entered at any place, and each replicate knows where its own draws begin.
//!
//! Drawing one by one costs clusters × replicates. Above [`DIRECT_DRAWS`] the same resampling distribution is
//! sampled through counts per type of cluster instead (`bootstrap_types`); the method's name says which was used.

use super::bootstrap_types::by_type;
use super::clusters::Clusters;
use super::describe::{all_finite, quantile_sorted};
use super::estimate::{Interval, Method};

/// Draws of single clusters up to which a bootstrap follows the definition literally.
pub const DIRECT_DRAWS: u64 = 50_000_000;
/// Replicates asked for where nobody says otherwise.
pub const REPLICATES: usize = 10_000;
/// Replicates that must be defined for their percentiles to stand for the estimate.
const DEFINED_SHARE: f64 = 0.9;
/// Replicates one thread takes at a time.
const CHUNK: usize = 64;

/// The `SplitMix64` generator of Steele, Lea and Flood 2014.
#[derive(Debug, Clone)]
pub struct SplitMix64 {
    state: u64,
}

impl SplitMix64 {
    const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

    /// A stream from a seed.
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The same stream after `draws` draws, at once.
    #[must_use]
    pub fn skip(&self, draws: u64) -> Self {
        Self {
            state: self.state.wrapping_add(draws.wrapping_mul(Self::STEP)),
        }
    }

    /// The next 64 bits.
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(Self::STEP);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `bound` by multiplication (0 for bound 0); its bias is below `bound` / 2⁶⁴.
    pub fn below(&mut self, bound: usize) -> usize {
        ((u128::from(self.next_u64()) * bound as u128) >> 64) as usize
    }

    /// A number strictly between 0 and 1.
    pub fn open_unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) as f64 + 0.5) / 9_007_199_254_740_992.0
    }
}

/// What a bootstrap of a mean needs to know of one cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ClusterSum {
    /// Sum of the cluster's values.
    pub sum: f64,
    /// Values in the cluster; positive.
    pub size: f64,
}

/// Sums and sizes of the clusters of `values`, in order of first appearance.
pub fn cluster_sums(values: &[f64], clusters: &Clusters) -> Vec<ClusterSum> {
    let sums = clusters.sums(values.iter().copied());
    let sizes = clusters.sizes();
    sums.into_iter()
        .zip(sizes)
        .map(|(sum, size)| ClusterSum {
            sum,
            size: f64::from(size),
        })
        .collect()
}

/// Bootstrap means of `replicates` draws of all clusters with replacement, by the definition: one stream,
/// as many draws per replicate as there are clusters, sum of sums over sum of sizes.
///
/// Empty for no clusters or sums that are not finite.
pub fn cluster_replicates(clusters: &[ClusterSum], replicates: usize, seed: u64) -> Vec<f64> {
    if clusters.is_empty() || !usable(clusters) {
        return Vec::new();
    }
    let stream = SplitMix64::new(seed);
    in_parallel(replicates, |replicate| {
        let mut draws = stream.skip((replicate * clusters.len()) as u64);
        let (mut sum, mut size) = (0.0, 0.0);
        for _ in 0..clusters.len() {
            let drawn = clusters[draws.below(clusters.len())];
            sum += drawn.sum;
            size += drawn.size;
        }
        sum / size
    })
}

/// Percentile interval of the mean (or mean difference) of `values`, resampling whole clusters.
///
/// `None` for values that are not finite, lengths that differ, fewer than two clusters or no replicate.
pub fn cluster_bootstrap(
    values: &[f64],
    clusters: &Clusters,
    replicates: usize,
    seed: u64,
    confidence: f64,
) -> Option<Interval> {
    if values.len() != clusters.len() || clusters.count() < 2 || !all_finite(values) {
        return None;
    }
    let sums = cluster_sums(values, clusters);
    let estimate = values.iter().sum::<f64>() / values.len() as f64;
    let direct = (clusters.count() as u64).saturating_mul(replicates as u64) <= DIRECT_DRAWS;
    let (draws, method) = if direct {
        (
            cluster_replicates(&sums, replicates, seed),
            Method::ClusterBootstrap,
        )
    } else {
        (
            by_type(&sums, replicates, seed),
            Method::ClusterBootstrapByType,
        )
    };
    let interval = percentile_interval(
        estimate,
        &draws,
        replicates,
        confidence,
        values.len(),
        method,
    )?;
    Some(Interval {
        clusters: clusters.count(),
        ..interval
    })
}

/// Replicates of any statistic over `units` things drawn with replacement; undefined ones are left out.
pub fn unit_bootstrap(
    units: usize,
    replicates: usize,
    seed: u64,
    statistic: impl Fn(&[usize]) -> Option<f64> + Sync,
) -> Vec<f64> {
    if units == 0 {
        return Vec::new();
    }
    let stream = SplitMix64::new(seed);
    let drawn = in_parallel(replicates, |replicate| {
        let mut draws = stream.skip((replicate * units) as u64);
        let drawn: Vec<usize> = (0..units).map(|_| draws.below(units)).collect();
        statistic(&drawn)
            .filter(|value| value.is_finite())
            .unwrap_or(f64::NAN)
    });
    drawn.into_iter().filter(|value| !value.is_nan()).collect()
}

/// Interval between the percentiles of `draws`; `None` if fewer than nine in ten of `asked` are defined.
pub(super) fn percentile_interval(
    estimate: f64,
    draws: &[f64],
    asked: usize,
    confidence: f64,
    n: usize,
    method: Method,
) -> Option<Interval> {
    if draws.is_empty()
        || (draws.len() as f64) < DEFINED_SHARE * asked as f64
        || !(0.0..1.0).contains(&confidence)
    {
        return None;
    }
    let mut sorted = draws.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let tail = (1.0 - confidence) / 2.0;
    Some(Interval {
        estimate,
        low: quantile_sorted(&sorted, tail)?,
        high: quantile_sorted(&sorted, 1.0 - tail)?,
        n,
        clusters: n,
        method,
    })
}

pub(super) fn usable(clusters: &[ClusterSum]) -> bool {
    clusters
        .iter()
        .all(|cluster| cluster.sum.is_finite() && cluster.size > 0.0 && cluster.size.is_finite())
}

/// `count` independent numbers, computed on all cores; the result does not depend on how many there are.
pub(super) fn in_parallel(count: usize, compute: impl Fn(usize) -> f64 + Sync) -> Vec<f64> {
    let mut out = vec![0.0; count];
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let per_thread = count.div_ceil(threads).max(CHUNK);
    let fill = |first: usize, part: &mut [f64]| {
        for (offset, slot) in part.iter_mut().enumerate() {
            *slot = compute(first + offset);
        }
    };
    std::thread::scope(|scope| {
        for (at, part) in out.chunks_mut(per_thread).enumerate() {
            let fill = &fill;
            if count <= CHUNK {
                fill(at * per_thread, part);
            } else {
                scope.spawn(move || fill(at * per_thread, part));
            }
        }
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_can_be_entered_anywhere() {
        let mut stream = SplitMix64::new(7);
        let all: Vec<u64> = (0..9).map(|_| stream.next_u64()).collect();
        for (at, want) in all.iter().enumerate() {
            assert_eq!(SplitMix64::new(7).skip(at as u64).next_u64(), *want);
        }
    }

    #[test]
    fn replicates_are_those_of_one_stream_read_in_order() {
        let sums: Vec<ClusterSum> = (0..7)
            .map(|at| ClusterSum {
                sum: f64::from(at),
                size: 1.0,
            })
            .collect();
        let mut stream = SplitMix64::new(3);
        for got in cluster_replicates(&sums, 200, 3) {
            let want: f64 = (0..7).map(|_| sums[stream.below(7)].sum).sum::<f64>() / 7.0;
            assert!((got - want).abs() < 1e-12);
        }
    }

    #[test]
    fn one_cluster_or_a_hole_gives_no_interval() {
        let one = Clusters::from_labels(["a", "a"]);
        assert_eq!(cluster_bootstrap(&[0.1, 0.2], &one, 100, 1, 0.95), None);
        let two = Clusters::singletons(2);
        assert_eq!(
            cluster_bootstrap(&[0.1, f64::NAN], &two, 100, 1, 0.95),
            None
        );
        assert_eq!(cluster_bootstrap(&[0.1, 0.2], &two, 0, 1, 0.95), None);
        assert_eq!(cluster_bootstrap(&[0.1], &two, 100, 1, 0.95), None);
        assert!(cluster_replicates(&[], 10, 1).is_empty());
        assert!(unit_bootstrap(0, 10, 1, |_| Some(1.0)).is_empty());
    }

    #[test]
    fn equal_values_give_an_interval_without_width() {
        let got = cluster_bootstrap(&[0.5; 6], &Clusters::singletons(6), 100, 1, 0.95).unwrap();
        assert_eq!((got.low, got.high), (0.5, 0.5));
    }

    #[test]
    fn a_statistic_mostly_undefined_has_no_interval() {
        let draws = unit_bootstrap(4, 100, 1, |drawn| (drawn[0] == 0).then_some(1.0));
        assert!(draws.len() < 60);
        assert_eq!(
            percentile_interval(1.0, &draws, 100, 0.95, 4, Method::UnitBootstrap),
            None
        );
    }
}
