//! Plain descriptions of one or two columns of numbers: moments, quantiles, ranks, correlations.
//!
//! A value that is not finite makes the answer `None`: a number computed around a hole would look like a
//! number. Columns in which every value is the same have variance exactly 0, without rounding noise.

/// What two scores may differ by because decimals are no exact floats: 0.8 - 0.7 is more than 0.1.
pub const FLOAT_NOISE: f64 = 1e-9;

/// Arithmetic mean; `None` for no values or any that is not finite.
pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() || !all_finite(values) {
        return None;
    }
    if constant(values) {
        return Some(values[0]);
    }
    Some(values.iter().sum::<f64>() / values.len() as f64)
}

/// Variance with `n - ddof` below; `None` unless there are more than `ddof` finite values.
pub fn variance(values: &[f64], ddof: usize) -> Option<f64> {
    let center = mean(values)?;
    if values.len() <= ddof {
        return None;
    }
    let squares: f64 = values.iter().map(|x| (x - center).powi(2)).sum();
    Some(squares / (values.len() - ddof) as f64)
}

/// Sample standard deviation (`n - 1` below); `None` for fewer than two values.
pub fn sd(values: &[f64]) -> Option<f64> {
    variance(values, 1).map(f64::sqrt)
}

/// Covariance of two columns of one length with `n - ddof` below.
pub fn covariance(x: &[f64], y: &[f64], ddof: usize) -> Option<f64> {
    let (mx, my) = (mean(x)?, mean(y)?);
    if x.len() != y.len() || x.len() <= ddof {
        return None;
    }
    let products: f64 = x.iter().zip(y).map(|(a, b)| (a - mx) * (b - my)).sum();
    Some(products / (x.len() - ddof) as f64)
}

/// Quantile `q` in [0, 1] by linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).
pub fn quantile(values: &[f64], q: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    quantile_sorted(&sorted, q)
}

/// As [`quantile`], of values already in ascending order.
pub fn quantile_sorted(sorted: &[f64], q: f64) -> Option<f64> {
    if sorted.is_empty() || !(0.0..=1.0).contains(&q) || !all_finite(sorted) {
        return None;
    }
    let place = q * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let low = sorted[below];
    let high = sorted[(below + 1).min(sorted.len() - 1)];
    Some(low + (high - low) * (place - below as f64))
}

/// Ranks from 1 on, ties sharing the mean of their places; `None` if a value is not finite. Values that differ by
/// [`FLOAT_NOISE`] at most are ties: 0.8 - 0.6 and 0.4 - 0.2 are one distance, whatever their last bits say.
pub fn ranks(values: &[f64]) -> Option<Vec<f64>> {
    weighted_ranks(values, None)
}

/// Ranks as midpoints of cumulated weight, so that equal weights give the ordinary mid-ranks.
pub(super) fn weighted_ranks(values: &[f64], weights: Option<&[f64]>) -> Option<Vec<f64>> {
    if !all_finite(values) || weights.is_some_and(|w| w.len() != values.len()) {
        return None;
    }
    let weight = |at: usize| weights.map_or(1.0, |w| w[at]);
    let order = ascending(values);
    let mut out = vec![0.0; values.len()];
    let (mut before, mut start) = (0.0, 0);
    while start < order.len() {
        let apart = |two: &[usize]| values[two[1]] - values[two[0]] > FLOAT_NOISE;
        let run = 1 + order[start..]
            .windows(2)
            .take_while(|two| !apart(two))
            .count();
        let tied = &order[start..start + run];
        let total: f64 = tied.iter().map(|&at| weight(at)).sum();
        for &at in tied {
            out[at] = before + f64::midpoint(total, 1.0);
        }
        before += total;
        start += run;
    }
    Some(out)
}

/// Positions in ascending order of their values.
pub(super) fn ascending(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    order
}

/// Product-moment correlation in [-1, 1]; `None` for fewer than two pairs or a column without variation.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    let covariance = covariance(x, y, 0)?;
    let (x, y) = (variance(x, 0)?.sqrt(), variance(y, 0)?.sqrt());
    // What differs in the last bits alone does not vary.
    let scale = x * y;
    (x > FLOAT_NOISE && y > FLOAT_NOISE).then(|| (covariance / scale).clamp(-1.0, 1.0))
}

/// Spearman's rank correlation in [-1, 1], ties at mid-ranks; `None` as for [`pearson`].
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    pearson(&ranks(x)?, &ranks(y)?)
}

/// Kendall's tau-b in [-1, 1]; `None` for columns of different length or without variation.
///
/// Source: Knight 1966, JASA 61(314): discordant pairs are the exchanges of a merge sort, so 100,000 pairs
/// cost as much as sorting them.
pub fn kendall(x: &[f64], y: &[f64]) -> Option<f64> {
    if x.len() != y.len() || !all_finite(x) || !all_finite(y) {
        return None;
    }
    let mut pairs: Vec<(f64, f64)> = x.iter().copied().zip(y.iter().copied()).collect();
    pairs.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let all = pairs_among(pairs.len());
    let tied_x = tied_pairs(&pairs, |a, b| a.0 == b.0);
    let tied_both = tied_pairs(&pairs, |a, b| a == b);
    let mut seconds: Vec<f64> = pairs.iter().map(|pair| pair.1).collect();
    let mut buffer = seconds.clone();
    let discordant = exchanges(&mut seconds, &mut buffer) as f64;
    let tied_y = tied_pairs(&seconds, |a, b| a == b);
    let scale = ((all - tied_x) * (all - tied_y)).sqrt();
    let surplus = all - tied_x - tied_y + tied_both - 2.0 * discordant;
    (scale > 0.0).then(|| (surplus / scale).clamp(-1.0, 1.0))
}

fn pairs_among(n: usize) -> f64 {
    n as f64 * n.saturating_sub(1) as f64 / 2.0
}

fn tied_pairs<T>(sorted: &[T], same: impl FnMut(&T, &T) -> bool) -> f64 {
    sorted
        .chunk_by(same)
        .map(|run| pairs_among(run.len()))
        .sum()
}

/// Sorts `values` and counts the pairs that stood in the wrong order.
fn exchanges(values: &mut [f64], buffer: &mut [f64]) -> u64 {
    let n = values.len();
    if n < 2 {
        return 0;
    }
    let middle = n / 2;
    let (left, right) = buffer.split_at_mut(middle);
    let mut count =
        exchanges(&mut values[..middle], left) + exchanges(&mut values[middle..], right);
    buffer.copy_from_slice(values);
    let (mut a, mut b) = (0, middle);
    for slot in values.iter_mut() {
        let take_right = a == middle || (b < n && buffer[b] < buffer[a]);
        if take_right {
            count += (middle - a) as u64;
        }
        let from = if take_right { &mut b } else { &mut a };
        *slot = buffer[*from];
        *from += 1;
    }
    count
}

/// Equally weighted observations worth as much as weighted ones: (Σw)² / Σw² (Kish 1965); 0 for none.
pub(super) fn effective_size(weights: &[f64]) -> f64 {
    let squares: f64 = weights.iter().map(|w| w * w).sum();
    if squares > 0.0 {
        weights.iter().sum::<f64>().powi(2) / squares
    } else {
        0.0
    }
}

pub(super) fn all_finite(values: &[f64]) -> bool {
    values.iter().all(|x| x.is_finite())
}

pub(super) fn constant(values: &[f64]) -> bool {
    values.windows(2).all(|two| two[0] == two[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn undefined_is_none_and_never_zero() {
        assert_eq!(mean(&[]), None);
        assert_eq!(mean(&[1.0, f64::NAN]), None);
        assert_eq!(sd(&[1.0]), None);
        assert_eq!(sd(&[0.1; 9]), Some(0.0));
        assert_eq!(pearson(&[1.0, 1.0], &[0.0, 2.0]), None);
        assert_eq!(kendall(&[1.0, 1.0], &[0.0, 2.0]), None);
        assert_eq!(kendall(&[], &[]), None);
        assert_eq!(quantile(&[], 0.5), None);
        assert_eq!(quantile(&[1.0], 1.5), None);
        assert_eq!(ranks(&[f64::INFINITY]), None);
    }

    #[test]
    fn ties_share_the_mean_of_their_places() {
        assert_eq!(ranks(&[3.0, 1.0, 3.0, 2.0]).unwrap(), [3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn quantiles_interpolate_between_order_statistics() {
        let values = [4.0, 1.0, 3.0, 2.0];
        assert_eq!(quantile(&values, 0.5), Some(2.5));
        assert_eq!(quantile(&values, 0.0), Some(1.0));
        assert_eq!(quantile(&values, 1.0), Some(4.0));
    }

    fn columns() -> impl Strategy<Value = (Vec<f64>, Vec<f64>)> {
        prop::collection::vec((0..6_i32, 0..6_i32), 2..40).prop_map(|v| {
            v.into_iter()
                .map(|(a, b)| (f64::from(a), f64::from(b)))
                .unzip()
        })
    }

    proptest! {
        #[test]
        fn the_fast_tau_equals_the_count_over_all_pairs((x, y) in columns()) {
            let (mut surplus, mut tx, mut ty, mut all) = (0.0, 0.0, 0.0, 0.0);
            for i in 0..x.len() {
                for j in 0..i {
                    let (dx, dy) = (x[i] - x[j], y[i] - y[j]);
                    surplus += f64::from((dx * dy).partial_cmp(&0.0).unwrap() as i32);
                    tx += f64::from(dx == 0.0);
                    ty += f64::from(dy == 0.0);
                    all += 1.0;
                }
            }
            let scale = f64::sqrt((all - tx) * (all - ty));
            let want = (scale > 0.0).then(|| surplus / scale);
            match (kendall(&x, &y), want) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12),
                (a, b) => prop_assert_eq!(a, b),
            }
        }

        #[test]
        fn correlations_are_symmetric_and_in_range((x, y) in columns()) {
            for measure in [pearson, spearman, kendall] {
                let (a, b) = (measure(&x, &y), measure(&y, &x));
                prop_assert_eq!(a.is_some(), b.is_some());
                if let (Some(a), Some(b)) = (a, b) {
                    prop_assert!((a - b).abs() < 1e-12 && (-1.0..=1.0).contains(&a));
                }
            }
        }
    }
}
