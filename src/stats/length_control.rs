//! Whether longer answers win because they are longer.

use super::clusters::Clusters;
use super::describe::{mean, sd};
use super::distributions::t_quantile;
use super::logistic::{intercept_se, logistic_fit, sigmoid};

/// Win rate as counted and as it would be at equal length.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LengthControlled {
    /// Share of preferences for the candidate, ties counting half.
    pub raw: f64,
    /// The same at equal length.
    pub at_equal_length: f64,
    /// Intercept and slope of the logistic fit on tanh(Δlength / sd).
    pub coefficients: [f64; 2],
    /// Whether the correction is large: above 10 points and above a quarter of the room it had.
    pub large_shift: bool,
}

/// Length-controlled win rate of `b`: logit(preference) ~ 1 + tanh(Δlength/sd), read off at Δlength = 0.
///
/// `preference` is 1 where b is preferred, ½ for ties, 0 otherwise; lengths in characters or tokens.
/// `None` for columns of different length, lengths that never differ, and preferences length explains fully.
/// Source: Dubois and others 2024, arXiv 2404.04475, without the per-instruction term.
pub fn length_controlled(
    preference: &[f64],
    length_a: &[f64],
    length_b: &[f64],
) -> Option<LengthControlled> {
    if length_a.len() != length_b.len() || length_a.len() != preference.len() {
        return None;
    }
    let bent = bent(length_a, length_b)?;
    let coefficients = logistic_fit(&bent, preference)?;
    let (raw, at_equal_length) = (mean(preference)?, sigmoid(coefficients[0]));
    let shift = at_equal_length - raw;
    let room = if shift > 0.0 { 1.0 - raw } else { raw };
    let large_shift = shift.abs() > 0.10 && shift.abs() > room / 4.0;
    Some(LengthControlled {
        raw,
        at_equal_length,
        coefficients,
        large_shift,
    })
}

/// tanh(Δlength/sd); `None` where lengths never differ.
fn bent(length_a: &[f64], length_b: &[f64]) -> Option<Vec<f64>> {
    let difference: Vec<f64> = length_a.iter().zip(length_b).map(|(a, b)| b - a).collect();
    let sd = sd(&difference).filter(|sd| *sd > 0.0)?;
    Some(difference.iter().map(|d| (d / sd).tanh()).collect())
}

impl LengthControlled {
    /// What the rate at equal length may be off by: t around the intercept, brought back to 0 to 1, so that no end leaves
    /// it. The columns are those it was made from.
    ///
    /// The standard error is the greater of the model's and the one that lets items of a cluster depend on each other:
    /// the latter alone is too small where few items carry the fit. `None` below three clusters.
    pub fn interval(
        &self,
        preference: &[f64],
        (length_a, length_b): (&[f64], &[f64]),
        clusters: &Clusters,
        confidence: f64,
    ) -> Option<(f64, f64)> {
        if length_a.len() != length_b.len() || clusters.len() != length_a.len() {
            return None;
        }
        let bent = bent(length_a, length_b)?;
        let se = intercept_se(&bent, preference, self.coefficients, clusters)?;
        let half = t_quantile(
            f64::midpoint(1.0, confidence),
            clusters.count() as f64 - 2.0,
        )? * se;
        let [intercept, _] = self.coefficients;
        half.is_finite()
            .then(|| (sigmoid(intercept - half), sigmoid(intercept + half)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lengths_leave_nothing_to_control() {
        assert_eq!(
            length_controlled(&[1.0, 0.0], &[5.0, 5.0], &[5.0, 5.0]),
            None
        );
        assert_eq!(length_controlled(&[1.0], &[5.0], &[]), None);
        assert_eq!(length_controlled(&[], &[], &[]), None);
    }

    #[test]
    fn a_win_rate_that_length_alone_made_is_corrected_and_flagged() {
        // Always longer; preferred mostly when much longer.
        let length: Vec<f64> = (0..40).map(|at| f64::from(at * 10)).collect();
        let preference: Vec<f64> = (0..40)
            .map(|at| f64::from(u8::from(at > 8 && at % 7 != 0)))
            .collect();
        let got = length_controlled(&preference, &[0.0; 40], &length).unwrap();
        assert!(
            got.large_shift && got.at_equal_length < got.raw - 0.2,
            "{got:?}"
        );
        let lengths = (&[0.0; 40][..], length.as_slice());
        let ends = |clusters| got.interval(&preference, lengths, &clusters, 0.95);
        let (low, high) = ends(Clusters::singletons(40)).unwrap();
        assert!(0.0 < low && low < got.at_equal_length && got.at_equal_length < high && high < 1.0);
        // A few requests asked over and over say less than as many of their own.
        let few = ends(Clusters::from_numbers((0..40).map(|at| at / 8))).unwrap();
        assert!(few.1 - few.0 > high - low, "{few:?} {low} {high}");
        assert_eq!(
            ends(Clusters::from_numbers((0..40).map(|at| at / 20))),
            None
        );
    }

    #[test]
    fn the_interval_is_that_of_the_reference_on_independent_items() {
        // statsmodels, GLM Binomial on tanh(x / sd): intercept 0.182321556793955, model se 0.605530070819498.
        let preference = [1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 1.0];
        let length = [
            -10.0, -10.0, -10.0, -10.0, 0.0, 0.0, 0.0, 10.0, 10.0, 10.0, 10.0,
        ];
        let got = length_controlled(&preference, &[0.0; 11], &length).unwrap();
        assert!(
            (got.coefficients[0] - 0.182_321_556_793_955).abs() < 1e-6,
            "{got:?}"
        );
        let lengths = (&[0.0; 11][..], &length[..]);
        let (low, high) = got
            .interval(&preference, lengths, &Clusters::singletons(11), 0.95)
            .unwrap();
        let t = t_quantile(0.975, 9.0).unwrap();
        let se = ((high / (1.0 - high)).ln() - (low / (1.0 - low)).ln()) / (2.0 * t);
        assert!(se >= 0.605_530 - 1e-5, "{se}");
    }
}
