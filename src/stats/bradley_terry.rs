//! A leaderboard from pairwise preferences: the strength of each candidate on one scale.

use super::bootstrap::{percentile_interval, unit_bootstrap};
use super::estimate::{Interval, Method};
use super::logistic::sigmoid;

/// Newton steps before a fit counts as divergent.
const STEPS: usize = 200;

/// Preferences between two candidates, given by their positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duel {
    /// One candidate.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// Preferences for `a`, ties counting half.
    pub wins_a: f64,
    /// Preferences for `b`, ties counting half.
    pub wins_b: f64,
}

/// Fitted strengths, in the order of the candidates.
#[derive(Debug, Clone, PartialEq)]
pub struct Leaderboard {
    /// Logarithms of strength, with mean 0.
    pub log_strength: Vec<f64>,
    /// Model standard error of each, as deviations from that mean.
    pub se: Vec<f64>,
}

impl Leaderboard {
    /// Strengths on the Elo scale: 1000 + 400/ln 10 · θ.
    pub fn elo(&self) -> Vec<f64> {
        self.log_strength.iter().map(|theta| elo(*theta)).collect()
    }

    /// Chance that candidate `a` is preferred to `b`; `None` for a position outside.
    pub fn beats(&self, a: usize, b: usize) -> Option<f64> {
        Some(sigmoid(
            self.log_strength.get(a)? - self.log_strength.get(b)?,
        ))
    }
}

fn elo(theta: f64) -> f64 {
    1000.0 + 400.0 / std::f64::consts::LN_10 * theta
}

/// Maximum-likelihood strengths of `candidates` from their duels.
///
/// `None` where they do not exist: fewer than two candidates, impossible duels, or a group of candidates that
/// never lost to, or never met, the rest (its lead has no upper limit).
/// Sources: Bradley and Terry 1952; existence by Ford 1957; ties as half a win each.
pub fn bradley_terry(candidates: usize, duels: &[Duel]) -> Option<Leaderboard> {
    let wins = win_table(candidates, duels)?;
    if candidates < 2 || !all_reach_all(&wins) {
        return None;
    }
    let mut theta = vec![0.0; candidates];
    for _ in 0..STEPS {
        let (gradient, information) = derivatives(&wins, &theta);
        let covariance = centred_inverse(information)?;
        let step: Vec<f64> = covariance
            .iter()
            .map(|row| row.iter().zip(&gradient).map(|(c, g)| c * g).sum())
            .collect();
        // A full step from far away may overshoot; half the scale at a time cannot.
        let longest = step.iter().fold(0.0_f64, |most, s: &f64| most.max(s.abs()));
        let shrink = if longest > 2.0 { 2.0 / longest } else { 1.0 };
        theta
            .iter_mut()
            .zip(&step)
            .for_each(|(theta, s)| *theta += shrink * s);
        if longest < 1e-12 {
            let se = covariance
                .iter()
                .enumerate()
                .map(|(at, row)| row[at].max(0.0).sqrt())
                .collect();
            let mean = theta.iter().sum::<f64>() / candidates as f64;
            for theta in &mut theta {
                *theta -= mean;
            }
            return Some(Leaderboard {
                log_strength: theta,
                se,
            });
        }
    }
    None
}

/// Elo of every candidate with a percentile interval from resampling clusters of items.
///
/// `clusters` holds the duels of each cluster. A candidate's interval is `None` where fewer than nine in ten
/// resamples have a leaderboard. The whole is `None` where [`bradley_terry`] is on all duels.
pub fn elo_intervals(
    candidates: usize,
    clusters: &[Vec<Duel>],
    replicates: usize,
    seed: u64,
    confidence: f64,
) -> Option<Vec<Option<Interval>>> {
    let fit = |duels: Vec<Duel>| bradley_terry(candidates, &duels);
    let whole = fit(clusters.iter().flatten().copied().collect())?;
    let interval = |candidate: usize| {
        let draws = unit_bootstrap(clusters.len(), replicates, seed, |drawn| {
            let duels = drawn
                .iter()
                .flat_map(|&at| clusters[at].iter().copied())
                .collect();
            fit(duels).map(|board| elo(board.log_strength[candidate]))
        });
        let estimate = elo(whole.log_strength[candidate]);
        percentile_interval(
            estimate,
            &draws,
            replicates,
            confidence,
            clusters.len(),
            Method::ClusterBootstrap,
        )
    };
    Some((0..candidates).map(interval).collect())
}

/// `wins[a][b]`: how often a was preferred to b.
fn win_table(candidates: usize, duels: &[Duel]) -> Option<Vec<Vec<f64>>> {
    let mut wins = vec![vec![0.0; candidates]; candidates];
    for duel in duels {
        let possible = duel.a < candidates && duel.b < candidates && duel.a != duel.b;
        let counted = [duel.wins_a, duel.wins_b]
            .iter()
            .all(|w| w.is_finite() && *w >= 0.0);
        if !possible || !counted {
            return None;
        }
        wins[duel.a][duel.b] += duel.wins_a;
        wins[duel.b][duel.a] += duel.wins_b;
    }
    Some(wins)
}

/// Whether a chain of wins leads from every candidate to every other.
fn all_reach_all(wins: &[Vec<f64>]) -> bool {
    let reached = |beats: &dyn Fn(usize, usize) -> bool| {
        let mut seen = vec![false; wins.len()];
        let mut open = vec![0];
        seen[0] = true;
        while let Some(from) = open.pop() {
            for (to, seen) in seen.iter_mut().enumerate() {
                if !*seen && beats(from, to) {
                    *seen = true;
                    open.push(to);
                }
            }
        }
        seen.into_iter().all(|seen| seen)
    };
    reached(&|a, b| wins[a][b] > 0.0) && reached(&|a, b| wins[b][a] > 0.0)
}

fn derivatives(wins: &[Vec<f64>], theta: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let n = theta.len();
    let mut gradient = vec![0.0; n];
    let mut information = vec![vec![0.0; n]; n];
    for a in 0..n {
        for b in 0..a {
            let met = wins[a][b] + wins[b][a];
            let p = sigmoid(theta[a] - theta[b]);
            let surplus = wins[a][b] - met * p;
            gradient[a] += surplus;
            gradient[b] -= surplus;
            let weight = met * p * (1.0 - p);
            information[a][a] += weight;
            information[b][b] += weight;
            information[a][b] -= weight;
            information[b][a] -= weight;
        }
    }
    (gradient, information)
}

/// Inverse of a matrix whose rows add up to 0, on the vectors that do: (L + 11ᵀ/n)⁻¹ - 11ᵀ/n.
fn centred_inverse(mut matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let share = 1.0 / matrix.len() as f64;
    matrix.iter_mut().flatten().for_each(|cell| *cell += share);
    let mut inverse = inverse(matrix)?;
    inverse.iter_mut().flatten().for_each(|cell| *cell -= share);
    Some(inverse)
}

/// Gauss-Jordan with row exchanges.
fn inverse(mut m: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let n = m.len();
    for (at, row) in m.iter_mut().enumerate() {
        row.extend((0..n).map(|column| f64::from(u8::from(column == at))));
    }
    for pivot in 0..n {
        let best = (pivot..n).max_by(|&a, &b| m[a][pivot].abs().total_cmp(&m[b][pivot].abs()))?;
        m.swap(pivot, best);
        let divisor = m[pivot][pivot];
        if divisor.abs() < 1e-300 || !divisor.is_finite() {
            return None;
        }
        m[pivot].iter_mut().for_each(|cell| *cell /= divisor);
        let source = m[pivot].clone();
        for (_, row) in m.iter_mut().enumerate().filter(|(at, _)| *at != pivot) {
            let factor = row[pivot];
            row.iter_mut()
                .zip(&source)
                .for_each(|(cell, s)| *cell -= factor * s);
        }
    }
    Some(m.into_iter().map(|row| row[n..].to_vec()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn duel(a: usize, b: usize, wins_a: f64, wins_b: f64) -> Duel {
        Duel {
            a,
            b,
            wins_a,
            wins_b,
        }
    }

    #[test]
    fn a_candidate_that_never_lost_has_no_place_on_the_scale() {
        assert_eq!(bradley_terry(2, &[duel(0, 1, 5.0, 0.0)]), None);
        assert_eq!(bradley_terry(3, &[duel(0, 1, 5.0, 3.0)]), None);
        assert_eq!(bradley_terry(2, &[]), None);
        assert_eq!(bradley_terry(1, &[]), None);
        assert_eq!(bradley_terry(2, &[duel(0, 0, 1.0, 1.0)]), None);
        assert_eq!(bradley_terry(2, &[duel(0, 1, f64::NAN, 1.0)]), None);
    }

    #[test]
    fn two_candidates_differ_by_the_log_odds() {
        let board = bradley_terry(2, &[duel(0, 1, 30.0, 10.0)]).unwrap();
        assert!((board.log_strength[0] - board.log_strength[1] - 3.0_f64.ln()).abs() < 1e-9);
        assert!((board.beats(0, 1).unwrap() - 0.75).abs() < 1e-9);
        assert_eq!(board.beats(0, 2), None);
    }

    #[test]
    fn intervals_surround_the_rating() {
        let clusters: Vec<Vec<Duel>> = (0..60)
            .map(|at| {
                vec![duel(
                    0,
                    1,
                    f64::from(u8::from(at % 3 == 0)),
                    f64::from(u8::from(at % 3 != 0)),
                )]
            })
            .collect();
        for interval in elo_intervals(2, &clusters, 200, 5, 0.95).unwrap() {
            let interval = interval.unwrap();
            assert!(interval.low < interval.estimate && interval.estimate < interval.high);
        }
    }

    proptest! {
        #[test]
        fn expected_wins_equal_counted_wins(counts in prop::collection::vec((1..20_u8, 1..20_u8), 6)) {
            let pairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];
            let duels: Vec<Duel> = pairs.iter().zip(&counts).map(|(&(a, b), &(x, y))| duel(a, b, f64::from(x), f64::from(y))).collect();
            let board = bradley_terry(4, &duels).unwrap();
            for candidate in 0..4 {
                let (mut counted, mut expected) = (0.0, 0.0);
                for d in &duels {
                    let met = d.wins_a + d.wins_b;
                    if d.a == candidate { counted += d.wins_a; expected += met * board.beats(d.a, d.b).unwrap(); }
                    if d.b == candidate { counted += d.wins_b; expected += met * board.beats(d.b, d.a).unwrap(); }
                }
                prop_assert!((counted - expected).abs() < 1e-7);
            }
        }
    }
}
