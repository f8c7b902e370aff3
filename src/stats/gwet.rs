//! Gwet's AC1 and AC2: agreement that does not collapse when nearly all ratings are the same.

use super::distributions::normal_quantile;
use super::estimate::{Interval, Method};
use super::krippendorff::Ratings;

/// How much a pair of levels counts as agreement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weights {
    /// Only equal levels agree: AC1.
    Identity,
    /// 1 less the distance as a share of the scale: AC2, linear.
    Linear,
    /// 1 less the squared share: AC2, quadratic.
    Quadratic,
}

impl Weights {
    /// Agreement of two levels on an ascending scale, 0 to 1.
    pub(super) fn of(self, scale: &[f64], a: usize, b: usize) -> f64 {
        let range = scale.last().copied().unwrap_or(0.0) - scale.first().copied().unwrap_or(0.0);
        let share = (scale[a] - scale[b]).abs() / range;
        match self {
            Self::Identity => f64::from(u8::from(a == b)),
            _ if a == b => 1.0,
            Self::Linear => 1.0 - share,
            Self::Quadratic => 1.0 - share * share,
        }
    }

    /// The whole table of agreements.
    pub(super) fn table(self, scale: &[f64]) -> Vec<Vec<f64>> {
        let row = |a| (0..scale.len()).map(|b| self.of(scale, a, b)).collect();
        (0..scale.len()).map(row).collect()
    }
}

/// Gwet's coefficient with its standard error over units.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gwet {
    /// At most 1; 0 is what chance alone would give.
    pub coefficient: f64,
    /// Observed agreement, 0 to 1.
    pub observed: f64,
    /// Agreement expected by chance, 0 to 1.
    pub expected: f64,
    /// Standard error; `None` for a single unit.
    pub se: Option<f64>,
    /// Units with at least one rating.
    pub n: usize,
}

impl Gwet {
    /// Normal interval, its upper end at most 1.
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let half = normal_quantile(f64::midpoint(1.0, confidence))? * self.se?;
        Some(Interval {
            estimate: self.coefficient,
            low: self.coefficient - half,
            high: (self.coefficient + half).min(1.0),
            n: self.n,
            clusters: self.n,
            method: Method::Normal,
        })
    }
}

/// Share of pairs of ratings of one unit that agree, averaged over units, in [0, 1].
///
/// `None` without a unit that has two ratings.
pub fn raw_agreement(ratings: &Ratings) -> Option<f64> {
    let table = Weights::Identity.table(ratings.scale());
    let shares: Vec<f64> = counts(ratings)
        .iter()
        .filter_map(|unit| agreement(unit, &table))
        .collect();
    super::describe::mean(&shares)
}

/// Gwet's AC1 (identity weights) or AC2 on the scale of `ratings`, unobserved levels included.
///
/// `None` for a scale of fewer than two levels and without a unit that has two ratings.
/// Source: Gwet 2008, British Journal of Mathematical and Statistical Psychology 61, and Gwet 2014,
/// "Handbook of Inter-Rater Reliability", for weights and missing ratings.
pub fn gwet(ratings: &Ratings, weights: Weights) -> Option<Gwet> {
    let levels = ratings.scale().len();
    if levels < 2 {
        return None;
    }
    let table = weights.table(ratings.scale());
    let units: Vec<Vec<f64>> = counts(ratings)
        .into_iter()
        .filter(|unit| unit.iter().sum::<f64>() > 0.0)
        .collect();
    let agreements: Vec<Option<f64>> = units.iter().map(|unit| agreement(unit, &table)).collect();
    let pairable = agreements.iter().flatten().count() as f64;
    if pairable == 0.0 {
        return None;
    }
    let n = units.len() as f64;
    let observed = agreements.iter().flatten().sum::<f64>() / pairable;
    let prevalence: Vec<f64> = (0..levels)
        .map(|level| {
            units
                .iter()
                .map(|unit| unit[level] / unit.iter().sum::<f64>())
                .sum::<f64>()
                / n
        })
        .collect();
    let scale = table.iter().flatten().sum::<f64>() / (levels * (levels - 1)) as f64;
    let expected = scale * prevalence.iter().map(|p| p * (1.0 - p)).sum::<f64>();
    if expected >= 1.0 {
        return None;
    }
    let coefficient = (observed - expected) / (1.0 - expected);
    let spread: f64 = units
        .iter()
        .zip(&agreements)
        .map(|(unit, agreement)| {
            let own = agreement.map_or(0.0, |pa| n / pairable * (pa - expected) / (1.0 - expected));
            let chance = scale
                * unit
                    .iter()
                    .zip(&prevalence)
                    .map(|(count, p)| count * (1.0 - p))
                    .sum::<f64>()
                / unit.iter().sum::<f64>();
            let moved = own - 2.0 * (1.0 - coefficient) * (chance - expected) / (1.0 - expected);
            (moved - coefficient).powi(2)
        })
        .sum();
    let se = (units.len() > 1).then(|| (spread / (n * (n - 1.0))).sqrt());
    Some(Gwet {
        coefficient,
        observed,
        expected,
        se,
        n: units.len(),
    })
}

/// Ratings per level of every unit.
fn counts(ratings: &Ratings) -> Vec<Vec<f64>> {
    let count = |unit: &Vec<u32>| {
        let mut row = vec![0.0; ratings.scale().len()];
        for &rating in unit {
            row[rating as usize] += 1.0;
        }
        row
    };
    ratings.units().iter().map(count).collect()
}

/// Weighted share of agreeing pairs of one unit; `None` for fewer than two ratings.
fn agreement(unit: &[f64], table: &[Vec<f64>]) -> Option<f64> {
    let size: f64 = unit.iter().sum();
    if size < 2.0 {
        return None;
    }
    let agreeing: f64 = unit
        .iter()
        .zip(table)
        .map(|(count, row)| count * (row.iter().zip(unit).map(|(w, c)| w * c).sum::<f64>() - 1.0))
        .sum();
    Some(agreeing / (size * (size - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skew_leaves_the_coefficient_near_the_raw_agreement() {
        let mut units = vec![vec![1, 1]; 48];
        units.extend([vec![1, 0], vec![0, 1]]);
        let ratings = Ratings::on_scale(&[0.0, 1.0], units).unwrap();
        let got = gwet(&ratings, Weights::Identity).unwrap();
        assert!(got.coefficient > 0.9, "{got:?}");
        assert!((raw_agreement(&ratings).unwrap() - 0.96).abs() < 1e-12);
        assert!(
            super::super::krippendorff::alpha(
                &ratings,
                super::super::krippendorff::Metric::Nominal
            )
            .unwrap()
                < 0.1
        );
    }

    #[test]
    fn nothing_to_compare_gives_nothing() {
        for units in [vec![], vec![vec![0], vec![1]]] {
            let ratings = Ratings::on_scale(&[0.0, 1.0], units).unwrap();
            assert_eq!(gwet(&ratings, Weights::Identity), None);
            assert_eq!(raw_agreement(&ratings), None);
        }
        let flat = Ratings::on_scale(&[1.0], vec![vec![0, 0]]).unwrap();
        assert_eq!(gwet(&flat, Weights::Quadratic), None);
    }

    #[test]
    fn one_unit_has_no_standard_error() {
        let ratings = Ratings::on_scale(&[0.0, 1.0], vec![vec![0, 0]]).unwrap();
        let got = gwet(&ratings, Weights::Identity).unwrap();
        assert_eq!(
            (got.coefficient, got.se, got.interval(0.95)),
            (1.0, None, None)
        );
    }
}
