//! Logistic regression on one or no explaining column, for responses anywhere in [0, 1] (a tie is ½).

use super::clusters::Clusters;

/// Newton steps before a fit counts as divergent.
const STEPS: usize = 100;
/// Coefficients beyond this mean the data are separated and the maximum lies at infinity.
const FARTHEST: f64 = 35.0;

/// The logistic function.
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Intercept and slope of logit(y) = β₀ + β₁x by maximum likelihood, as `[β₀, β₁]`.
///
/// `None` for lengths that differ, values that are not finite, responses outside [0, 1], an `x` without
/// variation, and where the likelihood has no maximum (x separates the responses).
pub fn logistic_fit(x: &[f64], y: &[f64]) -> Option<[f64; 2]> {
    let fits = x.len() == y.len()
        && x.iter().all(|x| x.is_finite())
        && y.iter().all(|y| (0.0..=1.0).contains(y));
    if !fits || x.len() < 2 || super::describe::constant(x) {
        return None;
    }
    let mut beta = [0.0, 0.0];
    for _ in 0..STEPS {
        let step = newton_step(x, y, beta)?;
        beta = [beta[0] + step[0], beta[1] + step[1]];
        let spread = x
            .iter()
            .fold(0.0_f64, |most, x| most.max((beta[0] + beta[1] * x).abs()));
        if spread.is_nan() || spread > FARTHEST {
            return None;
        }
        if step[0].abs() + step[1].abs() < 1e-12 {
            return Some(beta);
        }
    }
    None
}

/// Standard error of the intercept of a fit: the greater of the model's own (inverse information) and the sandwich that
/// lets items of one cluster depend on each other, with C/(C-1).
///
/// `None` for lengths that differ, fewer than two clusters and where the information cannot be inverted.
/// Source: Liang and Zeger 1986 for the sandwich.
pub fn intercept_se(x: &[f64], y: &[f64], beta: [f64; 2], clusters: &Clusters) -> Option<f64> {
    let count = clusters.count() as f64;
    if x.len() != y.len() || x.len() != clusters.len() || count < 2.0 {
        return None;
    }
    let chance = |x: &f64| sigmoid(beta[0] + beta[1] * x);
    let weight = |x: &f64| chance(x) * (1.0 - chance(x));
    let h00: f64 = x.iter().map(weight).sum();
    let h01: f64 = x.iter().map(|x| weight(x) * x).sum();
    let h11: f64 = x.iter().map(|x| weight(x) * x * x).sum();
    let determinant = h00 * h11 - h01 * h01;
    if determinant <= 0.0 {
        return None;
    }
    // The first row of the inverse information: what a score moves the intercept by.
    let moves = |(x, y): (&f64, &f64)| (h11 - h01 * x) * (y - chance(x)) / determinant;
    let sums = clusters.sums(x.iter().zip(y).map(moves));
    let sandwich = count / (count - 1.0) * sums.iter().map(|sum| sum * sum).sum::<f64>();
    let se = sandwich.max(h11 / determinant).sqrt();
    se.is_finite().then_some(se)
}

fn newton_step(x: &[f64], y: &[f64], beta: [f64; 2]) -> Option<[f64; 2]> {
    let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (x, y) in x.iter().zip(y) {
        let p = sigmoid(beta[0] + beta[1] * x);
        let weight = p * (1.0 - p);
        g0 += y - p;
        g1 += (y - p) * x;
        h00 += weight;
        h01 += weight * x;
        h11 += weight * x * x;
    }
    let determinant = h00 * h11 - h01 * h01;
    let step = [
        (h11 * g0 - h01 * g1) / determinant,
        (h00 * g1 - h01 * g0) / determinant,
    ];
    (determinant > 0.0 && step[0].is_finite() && step[1].is_finite()).then_some(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separated_or_flat_data_have_no_fit() {
        assert_eq!(
            logistic_fit(&[0.0, 1.0, 2.0, 3.0], &[0.0, 0.0, 1.0, 1.0]),
            None
        );
        assert_eq!(logistic_fit(&[1.0, 1.0], &[0.0, 1.0]), None);
        assert_eq!(logistic_fit(&[0.0, 1.0], &[1.0, 1.0]), None);
        assert_eq!(logistic_fit(&[0.0, 1.0], &[0.5, 2.0]), None);
        assert_eq!(logistic_fit(&[], &[]), None);
    }

    #[test]
    fn fitted_chances_have_the_mean_of_the_responses() {
        let (x, y) = ([0.1, 0.4, 0.5, 0.9, 1.3], [0.0, 1.0, 0.5, 0.0, 1.0]);
        let [b0, b1] = logistic_fit(&x, &y).unwrap();
        let total: f64 = x.iter().map(|x| sigmoid(b0 + b1 * x)).sum();
        assert!((total - 2.5).abs() < 1e-10);
    }
}
