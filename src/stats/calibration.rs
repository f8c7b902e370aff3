//! Judge scores brought onto the human scale: shown beside the raw ones, never instead.
//!
//! Fitted on train and dev labels, reported on test labels. Isotonic from 100 labels on, linear from 30, nothing
//! below: the fewer the labels, the fewer the shapes that can be told from noise.

use super::describe::{all_finite, ascending, covariance, mean, variance};
use super::logistic::{logistic_fit, sigmoid};

/// Labels from which a line is fitted.
pub const FEWEST_FOR_LINEAR: usize = 30;
/// Labels from which any rising curve is.
pub const FEWEST_FOR_ISOTONIC: usize = 100;

/// A fitted curve from judge to human scores.
#[derive(Debug, Clone, PartialEq)]
pub enum Calibration {
    /// Rising steps, joined by straight lines, flat outside.
    Isotonic(Isotonic),
    /// A straight line.
    Linear(Linear),
}

impl Calibration {
    /// The curve the number of labels allows; `None` below 30 and where it cannot be fitted.
    pub fn fit(judge: &[f64], human: &[f64]) -> Option<Self> {
        match judge.len() {
            n if n < FEWEST_FOR_LINEAR => None,
            n if n < FEWEST_FOR_ISOTONIC => Linear::fit(judge, human).map(Self::Linear),
            _ => Isotonic::fit(judge, human).map(Self::Isotonic),
        }
    }

    /// The calibrated score, within [0, 1].
    pub fn apply(&self, judge: f64) -> f64 {
        match self {
            Self::Isotonic(curve) => curve.apply(judge),
            Self::Linear(line) => line.apply(judge),
        }
        .clamp(0.0, 1.0)
    }

    fn of_all(&self, judge: &[f64]) -> Vec<f64> {
        judge.iter().map(|score| self.apply(*score)).collect()
    }

    /// Brier score of the raw and of the calibrated scores on test labels; `None` as for [`brier`].
    pub fn brier(&self, judge: &[f64], human_pass: &[bool]) -> Option<(f64, f64)> {
        Some((
            brier(judge, human_pass)?,
            brier(&self.of_all(judge), human_pass)?,
        ))
    }
}

/// A least-squares line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Linear {
    /// Value at judge score 0.
    pub intercept: f64,
    /// Rise per unit of judge score.
    pub slope: f64,
}

impl Linear {
    /// Ordinary least squares; `None` for lengths that differ, holes and a judge that never varies.
    pub fn fit(judge: &[f64], human: &[f64]) -> Option<Self> {
        let spread = variance(judge, 0)?;
        let slope = covariance(judge, human, 0)? / spread;
        (spread > 0.0).then_some(Self {
            intercept: mean(human)? - slope * mean(judge)?,
            slope,
        })
    }

    /// The line's value, not clamped.
    pub fn apply(&self, judge: f64) -> f64 {
        self.intercept + self.slope * judge
    }
}

/// The best rising step curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Isotonic {
    knots: Vec<(f64, f64)>,
}

impl Isotonic {
    /// Least squares among rising curves; `None` for no labels, lengths that differ or holes.
    ///
    /// Source: Barlow and others 1972 (pool adjacent violators); equal judge scores are averaged first.
    pub fn fit(judge: &[f64], human: &[f64]) -> Option<Self> {
        if judge.is_empty()
            || judge.len() != human.len()
            || !all_finite(judge)
            || !all_finite(human)
        {
            return None;
        }
        // (sum, weight, first and last judge score) of each pool, their means rising.
        let mut pools: Vec<(f64, f64, Vec<f64>)> = Vec::new();
        for tied in ascending(judge).chunk_by(|&a, &b| judge[a] == judge[b]) {
            let mut sum: f64 = tied.iter().map(|&at| human[at]).sum();
            let mut weight = tied.len() as f64;
            let mut scores = vec![judge[tied[0]]];
            while let Some((before, w, s)) = pools.pop_if(|(s, w, _)| *s / *w >= sum / weight) {
                sum += before;
                weight += w;
                scores.splice(0..0, s);
            }
            pools.push((sum, weight, scores));
        }
        let ends = |(sum, weight, scores): &(f64, f64, Vec<f64>)| {
            let value = sum / weight;
            let last = scores[scores.len() - 1];
            let second = (scores.len() > 1).then_some((last, value));
            std::iter::once((scores[0], value))
                .chain(second)
                .collect::<Vec<_>>()
        };
        Some(Self {
            knots: pools.iter().flat_map(ends).collect(),
        })
    }

    /// Value by linear interpolation between knots, flat beyond the first and last.
    pub fn apply(&self, judge: f64) -> f64 {
        let above = self.knots.partition_point(|(score, _)| *score < judge);
        match (
            above.checked_sub(1).map(|at| self.knots[at]),
            self.knots.get(above).copied(),
        ) {
            (None, Some((_, value))) | (Some((_, value)), None) => value,
            (Some((x0, y0)), Some((x1, y1))) => y0 + (y1 - y0) * (judge - x0) / (x1 - x0),
            (None, None) => judge,
        }
    }
}

/// Platt's curve: chance of a human pass as a logistic function of the judge's score, without penalty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Platt {
    /// Intercept and slope on the logit scale.
    pub coefficients: [f64; 2],
}

impl Platt {
    /// Maximum likelihood; `None` as for [`logistic_fit`].
    pub fn fit(judge: &[f64], human_pass: &[bool]) -> Option<Self> {
        let pass: Vec<f64> = human_pass
            .iter()
            .map(|pass| f64::from(u8::from(*pass)))
            .collect();
        logistic_fit(judge, &pass).map(|coefficients| Self { coefficients })
    }

    /// Chance of a human pass, 0 to 1.
    pub fn apply(&self, judge: f64) -> f64 {
        sigmoid(self.coefficients[0] + self.coefficients[1] * judge)
    }
}

/// Mean squared distance between a score in [0, 1] and the human's pass (1) or fail (0); 0 is perfect.
pub fn brier(score: &[f64], human_pass: &[bool]) -> Option<f64> {
    if score.len() != human_pass.len() {
        return None;
    }
    let squares: Vec<f64> = score
        .iter()
        .zip(human_pass)
        .map(|(s, pass)| (s - f64::from(u8::from(*pass))).powi(2))
        .collect();
    mean(&squares)
}

/// Mean absolute error on test labels, before and after calibration.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Improvement {
    /// Mean absolute error of the raw and of the calibrated scores.
    pub mae: (f64, f64),
    /// Test labels.
    pub n: usize,
}

/// What a calibration fitted elsewhere does on test labels; `None` for no labels, lengths that differ or holes.
pub fn improvement(curve: &Calibration, judge: &[f64], human: &[f64]) -> Option<Improvement> {
    if judge.len() != human.len() {
        return None;
    }
    let mae = |scores: &[f64]| -> Option<f64> {
        let distances: Vec<f64> = scores
            .iter()
            .zip(human)
            .map(|(s, h)| (s - h).abs())
            .collect();
        mean(&distances)
    };
    Some(Improvement {
        mae: (mae(judge)?, mae(&curve.of_all(judge))?),
        n: judge.len(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_number_of_labels_decides_the_curve() {
        let scores = |n: usize| -> Vec<f64> { (0..n).map(|at| (at % 6) as f64 / 5.0).collect() };
        let fit = |n| Calibration::fit(&scores(n), &scores(n));
        assert_eq!(fit(29), None);
        assert!(matches!(fit(30), Some(Calibration::Linear(_))));
        assert!(matches!(fit(100), Some(Calibration::Isotonic(_))));
        assert_eq!(Calibration::fit(&[0.5; 40], &scores(40)), None);
        let report = improvement(&fit(100).unwrap(), &scores(12), &scores(12)).unwrap();
        assert!(report.mae.1 < 1e-12);
    }

    #[test]
    fn holes_and_empty_columns_have_no_curve() {
        assert_eq!(Isotonic::fit(&[], &[]), None);
        assert_eq!(Isotonic::fit(&[f64::NAN], &[0.0]), None);
        assert_eq!(Linear::fit(&[0.5, 0.5], &[0.1, 0.2]), None);
        assert_eq!(brier(&[], &[]), None);
        assert_eq!(Platt::fit(&[0.1, 0.9], &[false, true]), None);
    }

    proptest! {
        #[test]
        fn the_isotonic_curve_rises_and_keeps_the_mean(pairs in prop::collection::vec((0..6_u8, 0.0..1.0_f64), 1..60)) {
            let (judge, human): (Vec<f64>, Vec<f64>) = pairs.iter().map(|&(j, h)| (f64::from(j) / 5.0, h)).unzip();
            let curve = Isotonic::fit(&judge, &human).unwrap();
            let grid: Vec<f64> = (0..=20).map(|at| curve.apply(f64::from(at) / 20.0)).collect();
            prop_assert!(grid.windows(2).all(|two| two[0] <= two[1] + 1e-12));
            let fitted: f64 = judge.iter().map(|x| curve.apply(*x)).sum();
            prop_assert!((fitted - human.iter().sum::<f64>()).abs() < 1e-9);
        }
    }
}
