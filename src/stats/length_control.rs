//! Whether longer answers win because they are longer.

use super::describe::{mean, sd};
use super::logistic::{logistic_fit, sigmoid};

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
    let difference: Vec<f64> = length_a.iter().zip(length_b).map(|(a, b)| b - a).collect();
    let sd = sd(&difference).filter(|sd| *sd > 0.0)?;
    let bent: Vec<f64> = difference.iter().map(|d| (d / sd).tanh()).collect();
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
    }
}
