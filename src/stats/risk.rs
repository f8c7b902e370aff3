//! How worth reviewing a ticket is: the risk g that a risk-weighted plan samples by.
//!
//! Defaults to be measured on one's own data, not findings: once 100 plan labels exist, [`fit_weights`] replaces
//! them, frozen for the next plan. The expected judge error is the component with theory behind it.

/// Components, in the order of [`Risk::components`].
pub const COMPONENTS: usize = 6;
/// Weights of the components until enough labels exist.
pub const DEFAULT_WEIGHTS: [f64; COMPONENTS] = [0.25, 0.20, 0.25, 0.10, 0.10, 0.10];
/// What every ticket has, whatever is known about it.
pub const FLOOR: f64 = 0.05;
/// Plan labels from which weights are fitted.
pub const FEWEST_FOR_FIT: usize = 100;
/// Expected judge error where nothing is known.
pub const PRIOR_ERROR: f64 = 0.15;
/// Labels the prior counts as.
const PRIOR_LABELS: f64 = 5.0;
/// Judge error from which the component is full.
const FULL_ERROR: f64 = 0.4;
/// Distance from the threshold at which nearness is gone.
const NEAR: f64 = 0.2;

/// The components of one ticket, each in [0, 1].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Risk {
    /// Spread of reruns or panel as a share of the scale; 1 where a preference depends on the order.
    pub disagreement: f64,
    /// Nearness of the score to the threshold, or entropy of the judge's level, whichever is larger.
    pub uncertainty: f64,
    /// Expected judge error.
    pub expected_error: f64,
    /// 1 - score.
    pub low_score: f64,
    /// 1 if a flag is set.
    pub flagged: f64,
    /// 1/√(1 + labels of the stratum).
    pub coverage: f64,
}

impl Risk {
    /// The components as a row, each brought into [0, 1]; what is not a number counts as 0.
    pub fn components(&self) -> [f64; COMPONENTS] {
        let row = [
            self.disagreement,
            self.uncertainty,
            self.expected_error,
            self.low_score,
            self.flagged,
            self.coverage,
        ];
        row.map(|x| if x.is_nan() { 0.0 } else { x.clamp(0.0, 1.0) })
    }

    /// g = 0.05 + Σ weight · component; with the default weights between 0.05 and 1.05.
    pub fn score(&self, weights: &[f64; COMPONENTS]) -> f64 {
        FLOOR
            + self
                .components()
                .iter()
                .zip(weights)
                .map(|(x, w)| x * w)
                .sum::<f64>()
    }
}

/// Disagreement: the widest range of levels among reruns or panel as a share of the scale, or order dependence.
pub fn disagreement(rerun_range: f64, panel_range: f64, order_sensitive: bool) -> f64 {
    if order_sensitive {
        1.0
    } else {
        rerun_range.max(panel_range).clamp(0.0, 1.0)
    }
}

/// Nearness to the pass threshold, at least the entropy share of the judge's level (0 to 1) where it is known.
pub fn uncertainty(score: f64, threshold: f64, entropy_share: Option<f64>) -> f64 {
    let near = 1.0 - ((score - threshold).abs() / NEAR).min(1.0);
    near.max(entropy_share.unwrap_or(0.0)).clamp(0.0, 1.0)
}

/// Expected judge error of a cell (criterion × judge level × model): (Σ + 5 · global)/(count + 5), over 0.4.
///
/// `error_sum` adds |judge - human| of the cell's `count` plan labels; `global` is the mean over all of them,
/// [`PRIOR_ERROR`] where there is none.
pub fn expected_error(error_sum: f64, count: usize, global: Option<f64>) -> f64 {
    let prior = PRIOR_LABELS * global.unwrap_or(PRIOR_ERROR);
    let shrunken = (error_sum + prior) / (count as f64 + PRIOR_LABELS);
    (shrunken / FULL_ERROR).clamp(0.0, 1.0)
}

/// 1/√(1 + labels already in the ticket's stratum).
pub fn coverage(labels: usize) -> f64 {
    1.0 / (1.0 + labels as f64).sqrt()
}

/// Weights that best explain the judge's errors |Y - f| from the components, none negative, floor left as it is.
///
/// Non-negative least squares by coordinate descent (the problem is convex and has six columns). `None` below 100
/// labels, for lengths that differ or holes, and where no component explains anything.
pub fn fit_weights(risks: &[Risk], errors: &[f64]) -> Option<[f64; COMPONENTS]> {
    if risks.len() != errors.len()
        || risks.len() < FEWEST_FOR_FIT
        || !super::describe::all_finite(errors)
    {
        return None;
    }
    let rows: Vec<[f64; COMPONENTS]> = risks.iter().map(Risk::components).collect();
    let mut products = [[0.0; COMPONENTS]; COMPONENTS];
    let mut targets = [0.0; COMPONENTS];
    for (row, error) in rows.iter().zip(errors) {
        for i in 0..COMPONENTS {
            targets[i] += row[i] * (error - FLOOR);
            for j in 0..COMPONENTS {
                products[i][j] += row[i] * row[j];
            }
        }
    }
    let mut weights = [0.0; COMPONENTS];
    for _ in 0..10_000 {
        let mut moved: f64 = 0.0;
        for i in 0..COMPONENTS {
            if products[i][i] <= 0.0 {
                continue;
            }
            let explained: f64 = (0..COMPONENTS)
                .filter(|&j| j != i)
                .map(|j| products[i][j] * weights[j])
                .sum();
            let best = ((targets[i] - explained) / products[i][i]).max(0.0);
            moved = moved.max((best - weights[i]).abs());
            weights[i] = best;
        }
        if moved < 1e-12 {
            break;
        }
    }
    weights.iter().any(|w| *w > 0.0).then_some(weights)
}

#[cfg(test)]
mod tests {
    use super::super::bootstrap::SplitMix64;
    use super::*;

    fn random(draws: &mut SplitMix64) -> Risk {
        let mut next = || draws.open_unit();
        Risk {
            disagreement: next(),
            uncertainty: next(),
            expected_error: next(),
            low_score: next(),
            flagged: f64::from(u8::from(next() > 0.8)),
            coverage: next(),
        }
    }

    #[test]
    fn components_never_leave_their_range() {
        assert_eq!(disagreement(f64::NAN, 2.0, false), 1.0);
        assert_eq!(disagreement(0.0, 0.2, true), 1.0);
        assert_eq!(uncertainty(0.8, 0.8, None), 1.0);
        assert_eq!(uncertainty(0.0, 0.8, Some(0.3)), 0.3);
        assert_eq!(expected_error(0.0, 0, None), PRIOR_ERROR / FULL_ERROR);
        assert_eq!(expected_error(90.0, 100, None), 1.0);
        assert_eq!(coverage(3), 0.5);
        let broken = Risk {
            low_score: f64::NAN,
            coverage: 7.0,
            ..random(&mut SplitMix64::new(1))
        };
        assert!(broken.score(&DEFAULT_WEIGHTS) <= 1.05);
    }

    #[test]
    fn the_fit_finds_the_weights_errors_were_made_with() {
        let mut draws = SplitMix64::new(2);
        let risks: Vec<Risk> = (0..300).map(|_| random(&mut draws)).collect();
        let truth = [0.1, 0.0, 0.6, 0.0, 0.2, 0.05];
        let errors: Vec<f64> = risks.iter().map(|risk| risk.score(&truth)).collect();
        let got = fit_weights(&risks, &errors).unwrap();
        assert!(
            got.iter().zip(&truth).all(|(a, b)| (a - b).abs() < 1e-6),
            "{got:?}"
        );
    }

    #[test]
    fn too_few_labels_or_nothing_to_explain_keep_the_defaults() {
        let mut draws = SplitMix64::new(3);
        let risks: Vec<Risk> = (0..100).map(|_| random(&mut draws)).collect();
        assert_eq!(fit_weights(&risks[..99], &[0.5; 99]), None);
        assert_eq!(fit_weights(&risks, &[0.0; 100]), None);
        assert_eq!(fit_weights(&risks, &[f64::NAN; 100]), None);
    }
}
