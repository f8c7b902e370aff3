//! Ratings of units by any number of raters, and Krippendorff's α over them: the headline of agreement.

use super::bootstrap::{percentile_interval, unit_bootstrap};
use super::describe::all_finite;
use super::estimate::{Interval, Method};

/// Ratings as positions on a scale; a rating that is missing is left out.
///
/// Who gave a rating does not matter to α or to Gwet's coefficients, so it is not kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratings {
    scale: Vec<f64>,
    units: Vec<Vec<u32>>,
}

/// How far apart two ratings count as being.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// Equal or not: for names and for binary criteria.
    Nominal,
    /// By the ratings given between them: for levels.
    Ordinal,
    /// By the square of their difference: for measured scores.
    Interval,
}

impl Ratings {
    /// Ratings on a scale known beforehand, ascending, given as positions on it.
    ///
    /// `None` if the scale is not ascending or a position lies outside it.
    pub fn on_scale(scale: &[f64], units: Vec<Vec<u32>>) -> Option<Self> {
        let ascending = all_finite(scale) && scale.windows(2).all(|two| two[0] < two[1]);
        let inside = units
            .iter()
            .flatten()
            .all(|&at| (at as usize) < scale.len());
        (ascending && inside).then(|| Self {
            scale: scale.to_vec(),
            units,
        })
    }

    /// Ratings as values; the scale is what was given. `None` if a value is not finite.
    pub fn from_values(units: &[Vec<f64>]) -> Option<Self> {
        let mut scale: Vec<f64> = units.iter().flatten().map(|x| x + 0.0).collect();
        if !all_finite(&scale) {
            return None;
        }
        scale.sort_unstable_by(f64::total_cmp);
        scale.dedup();
        let place = |x: &f64| scale.partition_point(|level| level < x) as u32;
        let units = units
            .iter()
            .map(|unit| unit.iter().map(place).collect())
            .collect();
        Some(Self { scale, units })
    }

    /// The levels a rating may have, ascending.
    pub fn scale(&self) -> &[f64] {
        &self.scale
    }

    /// The ratings of each unit, as positions on the scale.
    pub fn units(&self) -> &[Vec<u32>] {
        &self.units
    }

    /// Units with at least two ratings.
    pub fn pairable(&self) -> usize {
        self.units.iter().filter(|unit| unit.len() >= 2).count()
    }
}

/// Krippendorff's α: 1 is full agreement, 0 what chance gives, below 0 systematic disagreement.
///
/// Units with fewer than two ratings do not count. `None` without a pairable unit and where all ratings that
/// count are the same: no variation, so agreement cannot be told from habit (print [`raw_agreement`]).
/// Source: Krippendorff 2011, "Computing Krippendorff's alpha-reliability"; the squared ordinal distance is
/// the squared difference of mid-ranks, which makes every metric linear in the number of ratings.
///
/// [`raw_agreement`]: super::gwet::raw_agreement
pub fn alpha(ratings: &Ratings, metric: Metric) -> Option<f64> {
    alpha_of(ratings, ratings.units.iter(), metric)
}

/// α with a percentile interval from resampling units; replicates without variation are left out.
///
/// `None` where α is, and where fewer than nine in ten replicates have one.
pub fn alpha_interval(
    ratings: &Ratings,
    metric: Metric,
    replicates: usize,
    seed: u64,
    confidence: f64,
) -> Option<Interval> {
    let estimate = alpha(ratings, metric)?;
    let pairable: Vec<&Vec<u32>> = ratings
        .units
        .iter()
        .filter(|unit| unit.len() >= 2)
        .collect();
    let draws = unit_bootstrap(pairable.len(), replicates, seed, |drawn| {
        alpha_of(ratings, drawn.iter().map(|&at| pairable[at]), metric)
    });
    let n = pairable.len();
    percentile_interval(
        estimate,
        &draws,
        replicates,
        confidence,
        n,
        Method::UnitBootstrap,
    )
}

fn alpha_of<'a>(
    ratings: &Ratings,
    units: impl Iterator<Item = &'a Vec<u32>> + Clone,
    metric: Metric,
) -> Option<f64> {
    let units = units.filter(|unit| unit.len() >= 2);
    let mut counts = vec![0.0; ratings.scale.len()];
    for &rating in units.clone().flatten() {
        counts[rating as usize] += 1.0;
    }
    let total: f64 = counts.iter().sum();
    if counts.iter().filter(|count| **count > 0.0).count() < 2 {
        return None;
    }
    let values = metric_values(ratings, &counts, metric);
    let expected = match &values {
        Some(values) => squared_differences(counts.iter().copied().zip(values.iter().copied())),
        None => unequal_pairs(&counts),
    };
    let mut within = vec![0.0; ratings.scale.len()];
    let mut observed = 0.0;
    for unit in units {
        let spread = if let Some(values) = &values {
            squared_differences(unit.iter().map(|&r| (1.0, values[r as usize])))
        } else {
            for &rating in unit {
                within[rating as usize] += 1.0;
            }
            let equal: f64 = unit.iter().map(|&r| within[r as usize]).sum();
            for &rating in unit {
                within[rating as usize] = 0.0;
            }
            (unit.len() * unit.len()) as f64 - equal
        };
        observed += spread / (unit.len() - 1) as f64;
    }
    (expected > 0.0).then(|| 1.0 - (total - 1.0) * observed / expected)
}

/// The numbers whose squared difference is the metric's distance; none for the nominal one.
fn metric_values(ratings: &Ratings, counts: &[f64], metric: Metric) -> Option<Vec<f64>> {
    match metric {
        Metric::Nominal => None,
        Metric::Interval => Some(ratings.scale.clone()),
        Metric::Ordinal => {
            let mut before = 0.0;
            let middles = counts.iter().map(|count| {
                before += count;
                before - count / 2.0
            });
            Some(middles.collect())
        }
    }
}

/// Σ over ordered pairs of (x - y)², each value taken as often as its count says.
fn squared_differences(values: impl Iterator<Item = (f64, f64)> + Clone) -> f64 {
    let (mut total, mut sum) = (0.0, 0.0);
    for (count, value) in values.clone() {
        total += count;
        sum += count * value;
    }
    let mean = sum / total;
    2.0 * total
        * values
            .map(|(count, value)| count * (value - mean).powi(2))
            .sum::<f64>()
}

fn unequal_pairs(counts: &[f64]) -> f64 {
    let total: f64 = counts.iter().sum();
    total * total - counts.iter().map(|count| count * count).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const METRICS: [Metric; 3] = [Metric::Nominal, Metric::Ordinal, Metric::Interval];

    #[test]
    fn units_that_all_got_the_same_rating_have_no_alpha() {
        for units in [
            vec![],
            vec![vec![1.0]],
            vec![vec![2.0, 2.0], vec![2.0, 2.0], vec![1.0]],
        ] {
            let ratings = Ratings::from_values(&units).unwrap();
            for metric in METRICS {
                assert_eq!(alpha(&ratings, metric), None);
                assert_eq!(alpha_interval(&ratings, metric, 50, 1, 0.95), None);
            }
        }
    }

    #[test]
    fn ratings_that_are_not_numbers_or_off_the_scale_are_refused() {
        assert_eq!(Ratings::from_values(&[vec![f64::NAN, 1.0]]), None);
        assert_eq!(Ratings::on_scale(&[0.0, 1.0], vec![vec![2]]), None);
        assert_eq!(Ratings::on_scale(&[1.0, 0.0], vec![]), None);
    }

    #[test]
    fn full_agreement_is_one() {
        let ratings = Ratings::from_values(&[vec![1.0, 1.0], vec![2.0, 2.0, 2.0]]).unwrap();
        for metric in METRICS {
            assert_eq!(alpha(&ratings, metric), Some(1.0));
        }
    }

    fn units() -> impl Strategy<Value = Vec<Vec<f64>>> {
        prop::collection::vec(
            prop::collection::vec((0..5_i32).prop_map(f64::from), 0..5),
            2..25,
        )
    }

    proptest! {
        #[test]
        fn order_of_units_and_raters_does_not_matter(units in units()) {
            let mut turned = units.clone();
            turned.reverse();
            for unit in &mut turned {
                unit.reverse();
            }
            for metric in METRICS {
                let a = alpha(&Ratings::from_values(&units).unwrap(), metric);
                let b = alpha(&Ratings::from_values(&turned).unwrap(), metric);
                prop_assert_eq!(a.is_some(), b.is_some());
                if let (Some(a), Some(b)) = (a, b) {
                    prop_assert!((a - b).abs() < 1e-9 && a <= 1.0 + 1e-12, "{} {}", a, b);
                }
            }
        }
    }
}
