//! Looking more than once: bounds that hold at every look, and the error each planned look may spend.

use super::distributions::{normal_cdf, normal_quantile};
use super::estimate::{Estimate, Interval, Method};

/// Half width of the two-sided asymptotic confidence sequence at `n` observations with standard deviation `sd`:
/// sd · √(2(nρ²+1)/(n²ρ²) · ln(√(nρ²+1)/α)), tightest at `planned` observations.
///
/// Valid at all n at once, so one may look after every label. `None` for n or planned below 1, alpha outside
/// (0, 1) and sd negative or not finite.
/// Source: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024, arXiv 2103.06476, with their closed-form ρ.
pub fn half_width(sd: f64, n: usize, planned: usize, alpha: f64) -> Option<f64> {
    if n == 0 || planned == 0 || !(alpha > 0.0 && alpha < 1.0) || !(sd >= 0.0 && sd.is_finite()) {
        return None;
    }
    let error = -2.0 * alpha.ln();
    let rho = (error + (error + 1.0).ln()) / planned as f64;
    let t = n as f64;
    let grown = t * rho + 1.0;
    Some(sd * (2.0 * grown / (t * t * rho) * (grown.sqrt() / alpha).ln()).sqrt())
}

/// An estimate's interval that stays valid when looked at after every observation.
///
/// The deviation is read off the standard error; `None` where that is undefined.
pub fn always_valid(estimate: &Estimate, planned: usize, alpha: f64) -> Option<Interval> {
    let sd = estimate.se? * (estimate.n as f64).sqrt();
    let half = half_width(sd, estimate.n, planned, alpha)?;
    Some(Interval {
        estimate: estimate.value,
        low: estimate.value - half,
        high: estimate.value + half,
        n: estimate.n,
        clusters: estimate.clusters,
        method: Method::ConfidenceSequence,
    })
}

/// Two-sided error spent up to `fraction` of the planned information, 2 - 2Φ(z_{α/2}/√fraction).
///
/// `None` outside (0, 1]. Source: Lan and DeMets 1983, O'Brien-Fleming type.
pub fn obrien_fleming_spend(alpha: f64, fraction: f64) -> Option<f64> {
    if !(fraction > 0.0 && fraction <= 1.0) {
        return None;
    }
    Some(2.0 * normal_cdf(-normal_quantile(1.0 - alpha / 2.0)? / fraction.sqrt()))
}

/// Error per look when `looks` were declared and none is special (Bonferroni); `None` for no look.
pub fn per_look(alpha: f64, looks: usize) -> Option<f64> {
    (looks > 0 && alpha > 0.0 && alpha < 1.0).then(|| alpha / looks as f64)
}

#[cfg(test)]
mod tests {
    use super::super::bootstrap::SplitMix64;
    use super::*;

    #[test]
    fn questions_without_an_answer() {
        assert_eq!(half_width(1.0, 0, 100, 0.05), None);
        assert_eq!(half_width(f64::NAN, 10, 100, 0.05), None);
        assert_eq!(obrien_fleming_spend(0.05, 0.0), None);
        assert_eq!(per_look(0.05, 0), None);
        let alone = Estimate {
            value: 0.5,
            se: None,
            df: 0.0,
            n: 1,
            clusters: 1,
            method: Method::MeanT,
        };
        assert_eq!(always_valid(&alone, 10, 0.05), None);
    }

    #[test]
    fn looking_after_every_observation_rarely_misses_the_truth() {
        let mut draws = SplitMix64::new(8);
        let worlds = 300;
        let ever_wrong = (0..worlds)
            .filter(|_| {
                let mut sum = 0.0;
                let misses = (1..=400_usize).filter(|&n| {
                    sum += normal_quantile(draws.open_unit()).unwrap_or(0.0);
                    n >= 20 && (sum / n as f64).abs() > half_width(1.0, n, 100, 0.05).unwrap()
                });
                misses.count() > 0
            })
            .count();
        assert!(ever_wrong <= worlds * 8 / 100, "{ever_wrong}");
    }
}
