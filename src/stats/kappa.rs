//! Cohen's kappa, plain and weighted, between exactly two raters.

use super::distributions::normal_quantile;
use super::estimate::{Interval, Method};
use super::gwet::Weights;

/// Two raters over the same units as a table of (weighted) counts: row the first rater, column the second.
#[derive(Debug, Clone, PartialEq)]
pub struct Confusion {
    cells: Vec<Vec<f64>>,
    n: usize,
    /// Equally weighted pairs that would be worth as much (Kish 1965); `n` without weights.
    effective: f64,
}

impl Confusion {
    /// Counts pairs of 0-based positions on a scale of `levels`; `None` if a position lies outside.
    pub fn from_pairs(pairs: &[(usize, usize)], levels: usize) -> Option<Self> {
        Self::weighted(pairs, &vec![1.0; pairs.len()], levels)
    }

    /// As [`Self::from_pairs`], each pair counting as often as its weight says; weights are positive.
    pub fn weighted(pairs: &[(usize, usize)], weights: &[f64], levels: usize) -> Option<Self> {
        let fits = pairs.len() == weights.len()
            && pairs.iter().all(|&(a, b)| a < levels && b < levels)
            && weights.iter().all(|w| w.is_finite() && *w > 0.0);
        if !fits {
            return None;
        }
        let mut cells = vec![vec![0.0; levels]; levels];
        for (&(a, b), weight) in pairs.iter().zip(weights) {
            cells[a][b] += weight;
        }
        let effective = super::describe::effective_size(weights);
        Some(Self {
            cells,
            n: pairs.len(),
            effective,
        })
    }

    /// The cells, by row.
    pub fn cells(&self) -> &[Vec<f64>] {
        &self.cells
    }

    /// Pairs counted.
    pub fn n(&self) -> usize {
        self.n
    }

    /// Share of pairs at most `steps` levels apart, in [0, 1]; `None` without pairs.
    pub fn within(&self, steps: usize) -> Option<f64> {
        let total = self.total();
        let near: f64 = self
            .each()
            .filter(|(a, b, _)| a.abs_diff(*b) <= steps)
            .map(|(_, _, count)| count)
            .sum();
        (total > 0.0).then(|| near / total)
    }

    /// Totals of the first and of the second rater per level.
    pub fn margins(&self) -> (Vec<f64>, Vec<f64>) {
        let rows = self.cells.iter().map(|row| row.iter().sum()).collect();
        let columns = (0..self.cells.len())
            .map(|b| self.cells.iter().map(|row| row[b]).sum())
            .collect();
        (rows, columns)
    }

    fn total(&self) -> f64 {
        self.cells.iter().flatten().sum()
    }

    fn each(&self) -> impl Iterator<Item = (usize, usize, f64)> {
        let row = |(a, row): (usize, &Vec<f64>)| -> Vec<(usize, usize, f64)> {
            row.iter()
                .enumerate()
                .map(|(b, count)| (a, b, *count))
                .collect()
        };
        self.cells.iter().enumerate().flat_map(row)
    }
}

/// Kappa with its large-sample standard error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kappa {
    /// From -1 (systematic disagreement) to 1; 0 is what chance alone would give.
    pub kappa: f64,
    /// Large-sample standard error.
    pub se: f64,
    /// Pairs behind it.
    pub n: usize,
}

impl Kappa {
    /// Normal interval.
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let half = normal_quantile(f64::midpoint(1.0, confidence))? * self.se;
        Some(Interval {
            estimate: self.kappa,
            low: self.kappa - half,
            high: self.kappa + half,
            n: self.n,
            clusters: self.n,
            method: Method::Normal,
        })
    }
}

/// Cohen's kappa over a table; `scale` holds the value of every level, ascending.
///
/// `None` without pairs, for a scale that does not fit the table, and where both raters gave one and the
/// same level throughout: chance agreement is then complete and kappa undefined, not zero.
/// Source: Cohen 1968, Psychological Bulletin 70(4); standard error by Fleiss, Cohen and Everitt 1969.
pub fn kappa(table: &Confusion, scale: &[f64], weights: Weights) -> Option<Kappa> {
    let total = table.total();
    if scale.len() != table.cells.len()
        || scale.windows(2).any(|two| two[0] >= two[1])
        || total <= 0.0
    {
        return None;
    }
    let agreement = weights.table(scale);
    let (rows, columns) = table.margins();
    let share = |counts: &[f64]| -> Vec<f64> { counts.iter().map(|c| c / total).collect() };
    let (rows, columns) = (share(&rows), share(&columns));
    let weigh = |shares: &[f64], level: usize| -> f64 {
        shares
            .iter()
            .enumerate()
            .map(|(other, p)| p * agreement[level][other])
            .sum()
    };
    let by_row: Vec<f64> = (0..scale.len()).map(|a| weigh(&columns, a)).collect();
    let by_column: Vec<f64> = (0..scale.len()).map(|b| weigh(&rows, b)).collect();
    let expected: f64 = rows.iter().zip(&by_row).map(|(p, w)| p * w).sum();
    let observed: f64 = table
        .each()
        .map(|(a, b, count)| count / total * agreement[a][b])
        .sum();
    let room = 1.0 - expected;
    if room <= 1e-12 {
        return None;
    }
    let kappa = (observed - expected) / room;
    let square: f64 = table
        .each()
        .map(|(a, b, count)| {
            let moved = agreement[a][b] - (by_row[a] + by_column[b]) * (1.0 - kappa);
            count / total * moved * moved
        })
        .sum();
    let center = kappa - expected * (1.0 - kappa);
    let variance = (square - center * center).max(0.0) / (room * room * table.effective);
    Some(Kappa {
        kappa: kappa.clamp(-1.0, 1.0),
        se: variance.sqrt(),
        n: table.n,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCALE: [f64; 4] = [0.0, 1.0, 2.0, 3.0];

    #[test]
    fn one_level_throughout_has_no_kappa() {
        let table = Confusion::from_pairs(&[(1, 1); 8], 2).unwrap();
        assert_eq!(kappa(&table, &[0.0, 1.0], Weights::Identity), None);
        assert_eq!(table.within(0), Some(1.0));
        let empty = Confusion::from_pairs(&[], 2).unwrap();
        assert_eq!(kappa(&empty, &[0.0, 1.0], Weights::Identity), None);
        assert_eq!(empty.within(0), None);
    }

    #[test]
    fn levels_off_the_scale_are_refused() {
        assert_eq!(Confusion::from_pairs(&[(0, 2)], 2), None);
        assert_eq!(Confusion::weighted(&[(0, 1)], &[0.0], 2), None);
    }

    proptest! {
        #[test]
        fn kappa_is_symmetric_and_in_range(pairs in prop::collection::vec((0..4_usize, 0..4_usize), 2..60)) {
            let turned: Vec<_> = pairs.iter().map(|&(a, b)| (b, a)).collect();
            for weights in [Weights::Identity, Weights::Linear, Weights::Quadratic] {
                let a = kappa(&Confusion::from_pairs(&pairs, 4).unwrap(), &SCALE, weights);
                let b = kappa(&Confusion::from_pairs(&turned, 4).unwrap(), &SCALE, weights);
                prop_assert_eq!(a.is_some(), b.is_some());
                if let (Some(a), Some(b)) = (a, b) {
                    prop_assert!((a.kappa - b.kappa).abs() < 1e-12);
                    prop_assert!((-1.0..=1.0).contains(&a.kappa) && a.se >= 0.0);
                }
            }
        }
    }
}
