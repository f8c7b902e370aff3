//! The few distributions the other files need: normal, Student's t (central and not), beta and binomial.
//!
//! Quantiles are solved against the very distribution functions they invert, so an interval and its test
//! never disagree. Arguments outside the domain give `None`; nothing here panics. The incomplete beta
//! function is our own because a fixed number of terms is too few for counts of 100,000.

use statrs::function::erf::{erfc, erfc_inv};
use statrs::function::gamma::ln_gamma;

/// Terms of the continued fraction; it needs about the square root of the larger parameter.
const TERMS: u32 = 20_000;
/// Halvings of a bracket; enough to exhaust the 52 bits of a double from any start.
const HALVINGS: u32 = 200;

/// Standard normal distribution function.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z / std::f64::consts::SQRT_2)
}

/// Standard normal quantile; `None` unless 0 < `p` < 1.
pub fn normal_quantile(p: f64) -> Option<f64> {
    (p > 0.0 && p < 1.0).then(|| -std::f64::consts::SQRT_2 * erfc_inv(2.0 * p))
}

/// Regularised incomplete beta function, in [0, 1]; `None` unless `a`, `b` > 0 and `x` in [0, 1].
///
/// Source: continued fraction of DLMF 8.17.22, evaluated by the modified Lentz method.
pub fn beta_cdf(a: f64, b: f64, x: f64) -> Option<f64> {
    if !(a > 0.0 && b > 0.0 && a.is_finite() && b.is_finite() && (0.0..=1.0).contains(&x)) {
        return None;
    }
    if x == 0.0 || x == 1.0 {
        return Some(x);
    }
    let front = (ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p()).exp();
    let value = if x < (a + 1.0) / (a + b + 2.0) {
        front * beta_fraction(a, b, x) / a
    } else {
        1.0 - front * beta_fraction(b, a, 1.0 - x) / b
    };
    Some(value.clamp(0.0, 1.0))
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut h = d;
    for term in 1..=TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut step = 1.0;
        for factor in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + factor * d);
            c = away_from_zero(1.0 + factor / c);
            step = c * d;
            h *= step;
        }
        if (step - 1.0).abs() < 1e-16 {
            break;
        }
    }
    h
}

/// Quantile of the beta distribution; `None` unless the parameters are positive and 0 <= `p` <= 1.
pub fn beta_quantile(a: f64, b: f64, p: f64) -> Option<f64> {
    if !(0.0..=1.0).contains(&p) {
        return None;
    }
    beta_cdf(a, b, 0.5)?;
    Some(bisect(0.0, 1.0, |x| beta_cdf(a, b, x).unwrap_or(0.0) < p))
}

/// The point of [`low`, `high`] where `below` turns from true to false.
fn bisect(mut low: f64, mut high: f64, below: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..HALVINGS {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Chance that Student's t with `df` degrees of freedom exceeds `t`; `None` unless `df` > 0.
pub fn t_upper_tail(t: f64, df: f64) -> Option<f64> {
    if t.is_nan() || df.is_nan() || df <= 0.0 {
        return None;
    }
    if t.is_infinite() {
        return Some(if t > 0.0 { 0.0 } else { 1.0 });
    }
    // Above this the difference to the normal is below the last digits printed or tested.
    if df > 1e8 {
        return Some(normal_cdf(-t));
    }
    let tail = 0.5 * beta_cdf(0.5 * df, 0.5, df / (df + t * t))?;
    Some(if t > 0.0 { tail } else { 1.0 - tail })
}

/// Two-sided p-value of a t statistic, in [0, 1].
pub fn t_two_sided_p(t: f64, df: f64) -> Option<f64> {
    t_upper_tail(t.abs(), df).map(|tail| (2.0 * tail).min(1.0))
}

/// Quantile of Student's t with `df` degrees of freedom; `None` unless 0 < `p` < 1 and `df` > 0.
pub fn t_quantile(p: f64, df: f64) -> Option<f64> {
    if !(p > 0.0 && p < 1.0 && df > 0.0) {
        return None;
    }
    if df > 1e8 {
        return normal_quantile(p);
    }
    let tail = p.min(1.0 - p);
    let mut high = 2.0;
    while t_upper_tail(high, df)? > tail {
        high *= 2.0;
        if high > 1e300 {
            return None;
        }
    }
    let t = bisect(0.0, high, |t| t_upper_tail(t, df).unwrap_or(0.0) > tail);
    Some(if p < 0.5 { -t } else { t })
}

/// Chance that a noncentral t with `df` degrees of freedom and shift `delta` exceeds `t`.
///
/// The chance given the sample's standard deviation is normal; this integrates it over that deviation
/// (Simpson's rule, error below 1e-10). `None` unless `df` >= 1 and all is finite.
pub fn noncentral_t_upper_tail(t: f64, df: f64, delta: f64) -> Option<f64> {
    const STEPS: u32 = 2_000;
    if !(t.is_finite() && delta.is_finite() && df.is_finite() && df >= 1.0) {
        return None;
    }
    let spread = 10.0 / (2.0 * df).sqrt();
    let (from, to) = ((1.0 - spread).max(1e-12), 1.0 + spread);
    let width = (to - from) / f64::from(STEPS);
    let constant = 0.5 * df * (0.5 * df).ln() - ln_gamma(0.5 * df) + std::f64::consts::LN_2;
    let (mut total, mut mass) = (0.0, 0.0);
    for step in 0..=STEPS {
        let s = from + f64::from(step) * width;
        let weight = match step {
            0 | STEPS => 1.0,
            odd if odd % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let density = weight * (constant + (df - 1.0) * s.ln() - 0.5 * df * s * s).exp();
        total += density * normal_cdf(delta - t * s);
        mass += density;
    }
    Some((total / mass).clamp(0.0, 1.0))
}

/// Chance of at most `k` successes in `n` fair tosses, each with chance ½.
pub fn fair_binomial_cdf(k: u64, n: u64) -> f64 {
    if k >= n {
        return 1.0;
    }
    beta_cdf((n - k) as f64, k as f64 + 1.0, 0.5).unwrap_or(1.0)
}

/// Chance of exactly `k` successes in `n` fair tosses.
pub fn fair_binomial_pmf(k: u64, n: u64) -> f64 {
    if k > n {
        return 0.0;
    }
    (ln_choose(n, k) - n as f64 * std::f64::consts::LN_2).exp()
}

/// Natural logarithm of the number of ways to choose `k` of `n`; `k` <= `n`.
pub fn ln_choose(n: u64, k: u64) -> f64 {
    let k = k.min(n);
    ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(got: Option<f64>, want: f64) {
        let got = got.unwrap();
        assert!(
            (got - want).abs() < 1e-10 * want.abs().max(1.0),
            "{got} is not {want}"
        );
    }

    #[test]
    fn published_quantiles_are_met() {
        near(normal_quantile(0.975), 1.959_963_984_540_054);
        near(t_quantile(0.975, 1.0), 12.706_204_736_432_095);
        near(t_quantile(0.025, 33.0), -2.034_515_297_449_338_3);
        near(t_quantile(0.95, 1e9), 1.644_853_626_951_472_2);
        near(beta_quantile(1.0, 20.0, 0.975), 0.168_433_470_983_085_3);
    }

    #[test]
    fn a_hundred_thousand_observations_are_no_harder_than_ten() {
        // By symmetry exactly one half, whatever the size.
        near(beta_cdf(50_000.0, 50_000.0, 0.5), 0.5);
        let low = beta_quantile(50_000.0, 50_001.0, 0.025).unwrap();
        assert!(
            (low - (0.5 - 1.96 * (0.25_f64 / 1e5).sqrt())).abs() < 1e-5,
            "{low}"
        );
    }

    #[test]
    fn without_a_shift_the_noncentral_t_is_the_central_one() {
        for (t, df) in [(0.3, 4.0), (2.0, 30.0), (-1.5, 219.0)] {
            near(
                noncentral_t_upper_tail(t, df, 0.0),
                t_upper_tail(t, df).unwrap(),
            );
        }
    }

    #[test]
    fn arguments_outside_the_domain_give_nothing() {
        for p in [0.0, 1.0, -0.1, f64::NAN] {
            assert_eq!(normal_quantile(p), None);
            assert_eq!(t_quantile(p, 5.0), None);
        }
        assert_eq!(t_quantile(0.9, 0.0), None);
        assert_eq!(t_upper_tail(f64::NAN, 3.0), None);
        assert_eq!(beta_cdf(0.0, 1.0, 0.5), None);
        assert_eq!(beta_quantile(1.0, 1.0, f64::NAN), None);
    }

    #[test]
    fn fair_tosses_add_up_to_one() {
        let total: f64 = (0..=12).map(|k| fair_binomial_pmf(k, 12)).sum();
        near(Some(total), 1.0);
        near(
            Some(fair_binomial_cdf(6, 12)),
            0.5 + fair_binomial_pmf(6, 12) / 2.0,
        );
    }
}
