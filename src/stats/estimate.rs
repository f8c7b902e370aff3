//! An estimate with what stands behind it, and the intervals and tests read off it.
//!
//! The standard error is `None` where it is undefined (one observation, one cluster), never 0; every interval,
//! bound and p-value is then `None` too.

use super::distributions::{normal_quantile, t_quantile, t_two_sided_p, t_upper_tail};

/// How an estimate or an interval was made, as printed beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Mean of independent items with a t interval.
    MeanT,
    /// Mean with standard errors that let items of one cluster depend on each other.
    ClusteredT,
    /// Mean over items of each item's mean over reruns.
    SampleMeansT,
    /// Difference on the same items.
    PairedT,
    /// Difference on the same items, clustered.
    PairedClusteredT,
    /// Difference of two groups without pairing.
    UnpairedT,
    /// Weighted mean with weights 1/π.
    WeightedT,
    /// Wilson's score interval.
    Wilson,
    /// Wilson's score interval on the effective number of independent items.
    WilsonClustered,
    /// Clopper and Pearson's exact interval.
    ClopperPearson,
    /// Percentiles of a bootstrap over whole clusters.
    ClusterBootstrap,
    /// Percentiles of a bootstrap over whole clusters, its draws taken by type of cluster.
    ClusterBootstrapByType,
    /// Percentiles of a bootstrap over units (tickets).
    UnitBootstrap,
    /// Large-sample normal interval.
    Normal,
    /// Prediction-powered estimate from human labels and judge scores.
    Ppi,
    /// Prediction-powered estimate, clustered.
    PpiClustered,
    /// Inverse-probability estimate from a risk-weighted plan.
    Active,
    /// Inverse-probability estimate from a risk-weighted plan, clustered.
    ActiveClustered,
    /// Several plans, each with its share of the tickets.
    CombinedPlans,
    /// Pass rate corrected for the judge's sensitivity and specificity.
    RoganGladen,
    /// Asymptotic confidence sequence, valid at every look.
    ConfidenceSequence,
    /// Intraclass correlation with an F-based interval.
    IccF,
    /// Values from 0 to 1 that are all the same, bounded as a share of that size.
    AlikeShare,
    /// Differences that are all the same, bounded by how many others there could be.
    AlikeOthers,
}

impl Method {
    /// The name printed beside the number.
    pub fn name(self) -> &'static str {
        match self {
            Self::MeanT => "t",
            Self::ClusteredT => "clustered t",
            Self::SampleMeansT => "t on item means",
            Self::PairedT => "paired t",
            Self::PairedClusteredT => "clustered paired t",
            Self::UnpairedT => "unpaired t",
            Self::WeightedT => "weighted t",
            Self::Wilson => "Wilson",
            Self::WilsonClustered => "Wilson, clustered",
            Self::ClopperPearson => "Clopper-Pearson",
            Self::ClusterBootstrap => "cluster bootstrap",
            Self::ClusterBootstrapByType => "cluster bootstrap by type",
            Self::UnitBootstrap => "unit bootstrap",
            Self::Normal => "normal",
            Self::Ppi => "PPI++",
            Self::PpiClustered => "PPI++, clustered",
            Self::Active => "inverse probability",
            Self::ActiveClustered => "inverse probability, clustered",
            Self::CombinedPlans => "combined plans",
            Self::RoganGladen => "Rogan-Gladen",
            Self::ConfidenceSequence => "confidence sequence",
            Self::IccF => "F",
            Self::AlikeShare => "all alike, bounded as a share",
            Self::AlikeOthers => "all alike, bounded by what others could be",
        }
    }
}

/// A number with its interval and what it rests on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The number itself.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end; not below `low`.
    pub high: f64,
    /// Items behind it.
    pub n: usize,
    /// Independent clusters behind it; equals `n` where items are independent.
    pub clusters: usize,
    /// How it was made.
    pub method: Method,
}

/// A number with its standard error and the distribution to judge it by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Estimate {
    /// The number itself.
    pub value: f64,
    /// Standard error; `None` where undefined.
    pub se: Option<f64>,
    /// Degrees of freedom of Student's t; infinite for the normal.
    pub df: f64,
    /// Items behind it.
    pub n: usize,
    /// Independent clusters behind it; equals `n` where items are independent.
    pub clusters: usize,
    /// How it was made.
    pub method: Method,
}

impl Estimate {
    /// Two-sided interval at `confidence` (0.95 for 95 %); `None` where the standard error is undefined.
    pub fn interval(&self, confidence: f64) -> Option<Interval> {
        let half = self.critical(f64::midpoint(1.0, confidence))? * self.se?;
        half.is_finite().then_some(Interval {
            estimate: self.value,
            low: self.value - half,
            high: self.value + half,
            n: self.n,
            clusters: self.clusters,
            method: self.method,
        })
    }

    /// One-sided lower bound: below it the truth lies with chance `alpha` at most.
    pub fn lower(&self, alpha: f64) -> Option<f64> {
        Some(self.value - self.critical(1.0 - alpha)? * self.se?)
    }

    /// One-sided upper bound: above it the truth lies with chance `alpha` at most.
    pub fn upper(&self, alpha: f64) -> Option<f64> {
        Some(self.value + self.critical(1.0 - alpha)? * self.se?)
    }

    /// The t statistic against `null`; `None` without a positive standard error.
    pub fn t(&self, null: f64) -> Option<f64> {
        self.se
            .filter(|se| *se > 0.0)
            .map(|se| (self.value - null) / se)
    }

    /// Two-sided p-value of "the truth is `null`".
    pub fn p_two_sided(&self, null: f64) -> Option<f64> {
        t_two_sided_p(self.t(null)?, self.df)
    }

    /// One-sided p-value of "the truth is at most `null`"; below `alpha` exactly when `lower(alpha) > null`.
    ///
    /// Without any variation the answer is not a matter of chance: 0 or 1.
    pub fn p_greater(&self, null: f64) -> Option<f64> {
        match self.t(null) {
            Some(t) => t_upper_tail(t, self.df),
            None => self.se.map(|_| if self.value > null { 0.0 } else { 1.0 }),
        }
    }

    fn critical(&self, p: f64) -> Option<f64> {
        if self.df.is_infinite() {
            normal_quantile(p)
        } else {
            t_quantile(p, self.df)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn estimate(value: f64, se: Option<f64>, df: f64) -> Estimate {
        Estimate {
            value,
            se,
            df,
            n: 10,
            clusters: 10,
            method: Method::MeanT,
        }
    }

    #[test]
    fn without_a_standard_error_there_is_no_interval_and_no_test() {
        let alone = estimate(0.6, None, 0.0);
        assert_eq!(alone.interval(0.95), None);
        assert_eq!(alone.lower(0.05), None);
        assert_eq!(alone.p_greater(0.5), None);
        assert_eq!(alone.p_two_sided(0.5), None);
    }

    #[test]
    fn zero_degrees_of_freedom_give_no_interval() {
        assert_eq!(estimate(0.6, Some(0.0), 0.0).interval(0.95), None);
    }

    proptest! {
        #[test]
        fn bound_and_test_always_agree(value in -1.0..1.0_f64, se in 0.01..1.0_f64, df in 1_u8..60, null in -1.0..1.0_f64) {
            let estimate = estimate(value, Some(se), f64::from(df));
            let lower = estimate.lower(0.05).unwrap();
            prop_assume!((lower - null).abs() > 1e-9);
            prop_assert_eq!(estimate.p_greater(null).unwrap() < 0.05, lower > null);
        }
    }
}
