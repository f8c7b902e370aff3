//! The cluster bootstrap for many clusters: how often each *type* of cluster is drawn, instead of each draw.
//!
//! Drawing C clusters with replacement makes the counts per type multinomial. Scores come in few levels, so
//! clusters with the same sum and size are few types, and a replicate costs one binomial draw per type: the
//! resampling distribution is exactly that of the definition, only the stream of random numbers differs.
//! Where sums are continuous and types are too many, clusters of one size are cut into [`BLOCKS`] blocks by
//! their sum; the counts per block stay exact, and what a block's members add around the block's mean is
//! drawn as one normal number with the right variance. It carries well under a thousandth of the variance and is
//! itself a sum of thousands of draws, so the interval's ends move far less than by choosing another seed.

use super::bootstrap::{ClusterSum, SplitMix64, in_parallel, usable};
use super::distributions::normal_quantile;
use statrs::function::gamma::ln_gamma;
use std::collections::HashMap;

/// Types up to which the multinomial counts are taken over the types themselves.
const BLOCKS: usize = 64;
/// Random numbers a replicate may use before it would run into its neighbour's.
const STREAM: u64 = 1 << 32;

/// Clusters that are drawn as one.
#[derive(Debug, Clone, Copy)]
struct Block {
    clusters: u64,
    size: f64,
    /// Mean of the sums.
    sum: f64,
    /// Variance of the sums within the block; 0 where they are all the same.
    spread: f64,
}

/// Bootstrap means as [`cluster_replicates`] gives them in distribution, at a cost that does not grow with
/// the number of clusters. Empty for no clusters or sums that are not finite.
///
/// [`cluster_replicates`]: super::bootstrap::cluster_replicates
pub(super) fn by_type(clusters: &[ClusterSum], replicates: usize, seed: u64) -> Vec<f64> {
    if clusters.is_empty() || !usable(clusters) {
        return Vec::new();
    }
    let blocks = blocks(clusters);
    let stream = SplitMix64::new(seed);
    in_parallel(replicates, |replicate| {
        let mut draws = stream.skip((replicate as u64).wrapping_mul(STREAM));
        one_replicate(&blocks, clusters.len() as u64, &mut draws)
    })
}

fn one_replicate(blocks: &[Block], total: u64, draws: &mut SplitMix64) -> f64 {
    let (mut left, mut behind) = (total, total);
    let (mut sum, mut size, mut spread) = (0.0, 0.0, 0.0);
    for block in blocks {
        // What remains is spread over this block and those behind it, in proportion to their clusters.
        let count = binomial(left, block.clusters as f64 / behind as f64, draws);
        left -= count;
        behind -= block.clusters;
        sum += count as f64 * block.sum;
        size += count as f64 * block.size;
        spread += count as f64 * block.spread;
    }
    if spread > 0.0 {
        sum += spread.sqrt() * normal_quantile(draws.open_unit()).unwrap_or(0.0);
    }
    sum / size
}

fn blocks(clusters: &[ClusterSum]) -> Vec<Block> {
    // Adding 0 makes the two zeros one type.
    let key = |cluster: &ClusterSum| {
        (
            (cluster.size + 0.0).to_bits(),
            (cluster.sum + 0.0).to_bits(),
        )
    };
    let mut counts: HashMap<(u64, u64), u64> = HashMap::new();
    for cluster in clusters {
        *counts.entry(key(cluster)).or_default() += 1;
    }
    let mut types: Vec<(f64, f64, u64)> = counts
        .into_iter()
        .map(|((size, sum), count)| (f64::from_bits(size), f64::from_bits(sum), count))
        .collect();
    types.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    if types.len() <= BLOCKS {
        let single = |&(size, sum, clusters): &(f64, f64, u64)| Block {
            clusters,
            size,
            sum,
            spread: 0.0,
        };
        return types.iter().map(single).collect();
    }
    let most = (clusters.len() / BLOCKS).max(1) as u64;
    let mut blocks = Vec::new();
    for same_size in types.chunk_by(|a, b| a.0 == b.0) {
        let mut start = 0;
        let mut inside = 0;
        for (at, (_, _, count)) in same_size.iter().enumerate() {
            inside += count;
            if inside >= most || at + 1 == same_size.len() {
                blocks.push(merged(&same_size[start..=at]));
                (start, inside) = (at + 1, 0);
            }
        }
    }
    blocks
}

fn merged(types: &[(f64, f64, u64)]) -> Block {
    let clusters: u64 = types.iter().map(|(_, _, count)| count).sum();
    let n = clusters as f64;
    let mean = types
        .iter()
        .map(|(_, sum, count)| sum * *count as f64)
        .sum::<f64>()
        / n;
    let square = types
        .iter()
        .map(|(_, sum, count)| (sum - mean).powi(2) * *count as f64)
        .sum::<f64>();
    Block {
        clusters,
        size: types[0].0,
        sum: mean,
        spread: square / n,
    }
}

/// Successes in `n` tries with chance `p` each.
fn binomial(n: u64, p: f64, draws: &mut SplitMix64) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    if p > 0.5 {
        return n - binomial(n, 1.0 - p, draws);
    }
    if n as f64 * p < 10.0 {
        by_inversion(n, p, draws)
    } else {
        by_rejection(n, p, draws)
    }
}

/// Adds up the chances from 0 on until they pass a uniform number.
fn by_inversion(n: u64, p: f64, draws: &mut SplitMix64) -> u64 {
    let odds = p / (1.0 - p);
    let mut chance = (n as f64 * (-p).ln_1p()).exp();
    let mut left = draws.open_unit();
    for k in 0..n {
        if left <= chance {
            return k;
        }
        left -= chance;
        chance *= odds * (n - k) as f64 / (k + 1) as f64;
    }
    n
}

/// Transformed rejection: Hörmann 1993, Journal of Statistical Computation and Simulation 46 (BTRS).
fn by_rejection(n: u64, p: f64, draws: &mut SplitMix64) -> u64 {
    let tries = n as f64;
    let deviation = (tries * p * (1.0 - p)).sqrt();
    let b = 1.15 + 2.53 * deviation;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let c = tries * p + 0.5;
    let squeeze = 0.92 - 4.2 / b;
    let alpha = (2.83 + 5.1 / b) * deviation;
    let mode = ((tries + 1.0) * p).floor();
    let odds = (p / (1.0 - p)).ln();
    let at_mode = ln_gamma(mode + 1.0) + ln_gamma(tries - mode + 1.0);
    loop {
        let v = draws.open_unit();
        let u = draws.open_unit() - 0.5;
        let distance = 0.5 - u.abs();
        let k = ((2.0 * a / distance + b) * u + c).floor();
        if k < 0.0 || k > tries {
            continue;
        }
        if distance >= 0.07 && v <= squeeze {
            return k as u64;
        }
        let height = (v * alpha / (a / (distance * distance) + b)).ln();
        let chance = at_mode - ln_gamma(k + 1.0) - ln_gamma(tries - k + 1.0) + (k - mode) * odds;
        if height <= chance {
            return k as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bootstrap::cluster_replicates;
    use super::super::describe::{mean, sd};
    use super::*;

    fn compare(clusters: &[ClusterSum]) {
        let direct = cluster_replicates(clusters, 4_000, 1);
        let typed = by_type(clusters, 4_000, 2);
        let (m, s) = (mean(&direct).unwrap(), sd(&direct).unwrap());
        assert!(
            (mean(&typed).unwrap() - m).abs()
                < 5.0 * s / 4_000_f64.sqrt() * std::f64::consts::SQRT_2
        );
        // The standard error of a standard deviation is 1/√(2B) of it: 1.1 % each.
        assert!(
            (sd(&typed).unwrap() / s - 1.0).abs() < 0.07,
            "{} {s}",
            sd(&typed).unwrap()
        );
    }

    #[test]
    fn counts_per_type_give_the_distribution_of_single_draws() {
        let mut draws = SplitMix64::new(11);
        let few: Vec<ClusterSum> = (0..300)
            .map(|_| {
                let size = 1 + draws.below(3);
                ClusterSum {
                    sum: (0..size).map(|_| draws.below(6) as f64 / 5.0).sum(),
                    size: size as f64,
                }
            })
            .collect();
        compare(&few);
    }

    #[test]
    fn continuous_scores_give_the_distribution_of_single_draws() {
        let mut draws = SplitMix64::new(12);
        let many: Vec<ClusterSum> = (0..1_500)
            .map(|_| ClusterSum {
                sum: draws.open_unit().powi(3),
                size: 1.0 + draws.below(2) as f64,
            })
            .collect();
        compare(&many);
    }

    #[test]
    fn binomial_counts_have_their_mean_and_variance() {
        for (n, p) in [(40, 0.05), (40, 0.5), (1_000, 0.3), (100_000, 0.9)] {
            let mut draws = SplitMix64::new(n);
            let got: Vec<f64> = (0..20_000)
                .map(|_| binomial(n, p, &mut draws) as f64)
                .collect();
            let deviation = (n as f64 * p * (1.0 - p)).sqrt();
            assert!(
                (mean(&got).unwrap() - n as f64 * p).abs() < 5.0 * deviation / 141.0,
                "{n} {p}"
            );
            assert!(
                (sd(&got).unwrap() / deviation - 1.0).abs() < 0.03,
                "{n} {p}"
            );
        }
        let mut draws = SplitMix64::new(0);
        assert_eq!(binomial(0, 0.5, &mut draws), 0);
        assert_eq!(binomial(9, 1.0, &mut draws), 9);
        assert_eq!(binomial(9, 0.0, &mut draws), 0);
    }

    #[test]
    fn the_same_seed_gives_the_same_replicates() {
        let clusters: Vec<ClusterSum> = (0..400)
            .map(|at| ClusterSum {
                sum: f64::from(at % 6),
                size: 1.0,
            })
            .collect();
        assert_eq!(by_type(&clusters, 300, 9), by_type(&clusters, 300, 9));
        assert!(by_type(&[], 300, 9).is_empty());
    }
}
