//! A pass rate corrected for a judge that is known to err: a secondary line beside the human-level estimate.

use super::distributions::normal_quantile;
use super::estimate::{Interval, Method};

/// What the judge said, and how reliable it was on human labels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JudgedRate {
    /// Share of items the judge passes, 0 to 1.
    pub judge_pass_rate: f64,
    /// Items the judge saw.
    pub n: usize,
    /// Share of human passes the judge passes.
    pub tpr: f64,
    /// Human passes behind it.
    pub passes: usize,
    /// Share of human fails the judge fails.
    pub tnr: f64,
    /// Human fails behind it.
    pub fails: usize,
}

/// Corrected pass rate with an interval that carries the uncertainty of `tpr` and `tnr`, clamped to [0, 1].
///
/// `None` where tpr + tnr <= 1 (the judge tells nothing), without items or labels of both kinds, and for rates
/// outside [0, 1]. Sources: Rogan and Gladen 1978; adjusted interval of arXiv 2511.21140.
pub fn rogan_gladen(rate: &JudgedRate, confidence: f64) -> Option<Interval> {
    let z = normal_quantile(f64::midpoint(1.0, confidence))?;
    let informed = rate.tpr + rate.tnr - 1.0;
    let rates = [rate.judge_pass_rate, rate.tpr, rate.tnr];
    if !rates.iter().all(|p| (0.0..=1.0).contains(p))
        || [rate.n, rate.passes, rate.fails].contains(&0)
        || informed <= 1e-12
    {
        return None;
    }
    let n = rate.n as f64;
    let (passes, fails) = (rate.passes as f64, rate.fails as f64);
    // One success and one failure are added to each label count, z² trials to the judged ones.
    let p = (n * rate.judge_pass_rate + z * z / 2.0) / (n + z * z);
    let tnr = (fails * rate.tnr + 1.0) / (fails + 2.0);
    let tpr = (passes * rate.tpr + 1.0) / (passes + 2.0);
    let adjusted = tpr + tnr - 1.0;
    if adjusted <= 0.0 {
        return None;
    }
    let theta = (p + tnr - 1.0) / adjusted;
    let (noise_tnr, noise_tpr) = (
        tnr * (1.0 - tnr) / (fails + 2.0),
        tpr * (1.0 - tpr) / (passes + 2.0),
    );
    let shift = 2.0 * z * z * (theta * noise_tpr - (1.0 - theta) * noise_tnr);
    let variance =
        p * (1.0 - p) / (n + z * z) + (1.0 - theta).powi(2) * noise_tnr + theta.powi(2) * noise_tpr;
    let half = z * variance.sqrt() / adjusted;
    Some(Interval {
        estimate: ((rate.judge_pass_rate + rate.tnr - 1.0) / informed).clamp(0.0, 1.0),
        low: (theta + shift - half).clamp(0.0, 1.0),
        high: (theta + shift + half).clamp(0.0, 1.0),
        n: rate.n,
        clusters: rate.passes + rate.fails,
        method: Method::RoganGladen,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_no_better_than_a_coin_corrects_nothing() {
        let rate = JudgedRate {
            judge_pass_rate: 0.6,
            n: 100,
            tpr: 0.5,
            passes: 20,
            tnr: 0.5,
            fails: 20,
        };
        assert_eq!(rogan_gladen(&rate, 0.95), None);
        assert_eq!(
            rogan_gladen(
                &JudgedRate {
                    tpr: 0.9,
                    fails: 0,
                    ..rate
                },
                0.95
            ),
            None
        );
        assert_eq!(
            rogan_gladen(
                &JudgedRate {
                    tpr: f64::NAN,
                    ..rate
                },
                0.95
            ),
            None
        );
    }

    #[test]
    fn a_perfect_judge_changes_nothing() {
        let rate = JudgedRate {
            judge_pass_rate: 0.6,
            n: 100,
            tpr: 1.0,
            passes: 20,
            tnr: 1.0,
            fails: 20,
        };
        let got = rogan_gladen(&rate, 0.95).unwrap();
        assert!((got.estimate - 0.6).abs() < 1e-12 && got.low < 0.6 && got.high > 0.6);
    }
}
