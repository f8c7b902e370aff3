//! Intraclass correlations: how much of the variance is between items rather than between reruns.

use super::describe::{all_finite, constant};
use super::distributions::beta_quantile;
use super::estimate::{Interval, Method};

/// Mean squares of items × reruns, and what is read off them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Icc {
    /// Items with all reruns.
    pub n: usize,
    /// Reruns per item.
    pub k: usize,
    between_items: f64,
    between_reruns: f64,
    within_items: f64,
    error: f64,
}

/// Analyses complete rows of at least two reruns each (items with a missing rerun are left out beforehand).
///
/// `None` for fewer than two items or reruns, rows of different length, holes, and where items do not differ:
/// reliability is then undefined, not zero.
/// Source: Shrout and Fleiss 1979, Psychological Bulletin 86(2).
pub fn icc(rows: &[Vec<f64>]) -> Option<Icc> {
    let (n, k) = (rows.len(), rows.first()?.len());
    if n < 2 || k < 2 || rows.iter().any(|row| row.len() != k || !all_finite(row)) {
        return None;
    }
    let (items, reruns) = (n as f64, k as f64);
    let item_means: Vec<f64> = rows
        .iter()
        .map(|row| row.iter().sum::<f64>() / reruns)
        .collect();
    let rerun_means: Vec<f64> = (0..k)
        .map(|at| rows.iter().map(|row| row[at]).sum::<f64>() / items)
        .collect();
    let grand = item_means.iter().sum::<f64>() / items;
    let square = |means: &[f64]| -> f64 { means.iter().map(|m| (m - grand).powi(2)).sum() };
    let ssr = reruns * square(&item_means);
    let ssc = items * square(&rerun_means);
    let total: f64 = rows.iter().flatten().map(|x| (x - grand).powi(2)).sum();
    let within = (total - ssr).max(0.0);
    if constant(&item_means) || ssr <= 1e-24 * total.max(1.0) {
        return None;
    }
    Some(Icc {
        n,
        k,
        between_items: ssr / (items - 1.0),
        between_reruns: ssc / (reruns - 1.0),
        within_items: within / (items * (reruns - 1.0)),
        error: (within - ssc).max(0.0) / ((items - 1.0) * (reruns - 1.0)),
    })
}

impl Icc {
    /// ICC(1,1): one rerun, reruns not told apart.
    pub fn single_one_way(&self) -> f64 {
        let k = self.k as f64;
        (self.between_items - self.within_items)
            / (self.between_items + (k - 1.0) * self.within_items)
    }

    /// ICC(2,1): absolute agreement of one rerun with another, reruns being a sample of many. At most 1.
    pub fn single_agreement(&self) -> f64 {
        let (n, k) = (self.n as f64, self.k as f64);
        (self.between_items - self.error)
            / (self.between_items
                + (k - 1.0) * self.error
                + k * (self.between_reruns - self.error) / n)
    }

    /// ICC(3,1): consistency of one rerun, shifts between reruns ignored.
    pub fn single_consistency(&self) -> f64 {
        (self.between_items - self.error)
            / (self.between_items + (self.k as f64 - 1.0) * self.error)
    }

    /// ICC(2,k): absolute agreement of the mean of all reruns.
    pub fn mean_agreement(&self) -> f64 {
        (self.between_items - self.error)
            / (self.between_items + (self.between_reruns - self.error) / self.n as f64)
    }

    /// ICC(2,1) with its interval by the F approximation. Source: McGraw and Wong 1996, case A.
    ///
    /// `None` where reruns agree completely: there is no error to judge by.
    pub fn agreement_interval(&self, confidence: f64) -> Option<Interval> {
        let (n, k) = (self.n as f64, self.k as f64);
        let estimate = self.single_agreement();
        if self.error <= 0.0 {
            return None;
        }
        let ratio = self.between_reruns / self.error;
        let above = (k - 1.0)
            * (n - 1.0)
            * (k * estimate * ratio + n * (1.0 + (k - 1.0) * estimate) - k * estimate).powi(2);
        let below = (n - 1.0) * k * k * estimate * estimate * ratio * ratio
            + (n * (1.0 + (k - 1.0) * estimate) - k * estimate).powi(2);
        let df = above / below;
        let p = f64::midpoint(1.0, confidence);
        let (high_f, low_f) = (f_quantile(p, n - 1.0, df)?, f_quantile(p, df, n - 1.0)?);
        let mix = k * self.between_reruns + (k * n - k - n) * self.error;
        let low = n * (self.between_items - high_f * self.error)
            / (high_f * mix + n * self.between_items);
        let high =
            n * (low_f * self.between_items - self.error) / (mix + n * low_f * self.between_items);
        Some(Interval {
            estimate,
            low,
            high,
            n: self.n,
            clusters: self.n,
            method: Method::IccF,
        })
    }
}

/// Quantile of Fisher's F through the beta distribution.
fn f_quantile(p: f64, d1: f64, d2: f64) -> Option<f64> {
    let share = beta_quantile(d1 / 2.0, d2 / 2.0, p)?;
    let f = d2 * share / (d1 * (1.0 - share));
    f.is_finite().then_some(f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_that_do_not_differ_have_no_reliability() {
        assert_eq!(icc(&[vec![0.4; 3], vec![0.4; 3], vec![0.4; 3]]), None);
        assert_eq!(icc(&[vec![0.1, 0.2], vec![0.2, 0.1]]), None);
        assert_eq!(icc(&[]), None);
        assert_eq!(icc(&[vec![0.1, 0.2]]), None);
        assert_eq!(icc(&[vec![0.1], vec![0.2]]), None);
        assert_eq!(icc(&[vec![0.1, 0.3], vec![0.2]]), None);
        assert_eq!(icc(&[vec![0.1, f64::NAN], vec![0.2, 0.3]]), None);
    }

    #[test]
    fn reruns_that_never_differ_are_fully_reliable() {
        let got = icc(&[vec![0.25; 3], vec![0.75; 3], vec![0.5; 3]]).unwrap();
        assert!((got.single_agreement() - 1.0).abs() < 1e-12);
        assert_eq!(got.agreement_interval(0.95), None);
    }
}
