//! A rule in words, for everything that shows one.

use super::super::currency::CURRENCY;
use super::{Asked, Floor, FloorOf, GateRule, Metric, Quality};

impl Metric {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Mean => "mean score",
            Self::PassRate => "pass rate",
        }
    }
}

impl Quality {
    /// What is measured: `mean score`, `mean score minus the baseline`.
    pub fn title(&self) -> String {
        match self.asked {
            Asked::AtLeast(_) => self.metric.words().to_owned(),
            Asked::WithinMargin(_) | Asked::Better => {
                format!("{} minus the baseline", self.metric.words())
            }
        }
    }

    /// What is asked of it.
    pub fn required(&self) -> String {
        match self.asked {
            Asked::AtLeast(value) => format!("at least {value}"),
            Asked::WithinMargin(margin) => format!("above -{margin}"),
            Asked::Better => "above 0".to_owned(),
        }
    }

    /// Stable name of the condition.
    pub fn id(&self) -> String {
        let kind = match self.asked {
            Asked::AtLeast(_) => "at_least",
            Asked::WithinMargin(_) => "margin",
            Asked::Better => "better",
        };
        format!("quality.{}.{kind}", self.metric.name())
    }
}

impl Floor {
    /// What is measured.
    pub fn title(&self) -> String {
        match &self.of {
            FloorOf::Tag(tag) => format!("{} in {tag}", self.metric.words()),
            FloorOf::Criterion(id) => format!("pass rate on {id}"),
        }
    }

    /// Stable name of the condition.
    pub fn id(&self) -> String {
        match &self.of {
            FloorOf::Tag(tag) => format!("floor.tag.{tag}.{}", self.metric.name()),
            FloorOf::Criterion(id) => format!("floor.criterion.{id}"),
        }
    }
}

/// A share as people read it: `2 %`, `2.5 %`.
pub fn percent(share: f64) -> String {
    let rounded = (share * 1000.0).round() / 10.0;
    format!("{rounded} %")
}

/// A p-value as people read it.
pub fn p_value(p: f64) -> String {
    if p < 0.001 {
        "below 0.001".to_owned()
    } else {
        format!("{p:.3}")
    }
}

/// Milliseconds as people read them.
pub fn seconds(ms: f64) -> String {
    format!("{:.2} s", ms / 1000.0)
}

/// Millionths as people read them.
pub fn units(micros: f64) -> String {
    format!("{:.2} {CURRENCY}", micros / 1_000_000.0)
}

impl GateRule {
    /// What is asked, and how much of it, line by line.
    pub fn lines(&self) -> Vec<(String, String)> {
        let mut lines = vec![(
            "whose word counts".to_owned(),
            format!(
                "{} (basis = \"{}\")",
                match self.basis {
                    super::Basis::Judge => "the judge's",
                    super::Basis::Human => "people's",
                },
                self.basis.name()
            ),
        )];
        let mut put = |what: &str, how: String| lines.push((what.to_owned(), how));
        for (what, how) in self.asked() {
            put(&what, how);
        }
        put("error", self.error());
        put("items", format!("at least {}", self.min_items));
        put("clusters", format!("at least {}", self.min_clusters));
        if self.basis == super::Basis::Human {
            put("labels", format!("at least {}", self.min_labels));
        }
        put(
            "rows without an output",
            format!("at most {}", percent(self.max_failed)),
        );
        put(
            "outputs without a score",
            format!("at most {}", percent(self.max_unscored)),
        );
        if let Some(least) = self.min_agreement {
            put("kappa of judge and people", format!("at least {least}"));
        }
        if self.min_runs > 1 {
            put("runs", format!("at least {}", self.min_runs));
        }
        if let Some(most) = self.max_flicker {
            put("items that flicker", format!("at most {}", percent(most)));
        }
        if let Some(ms) = self.max_p95_ms {
            put("latency p95", format!("at most {}", seconds(ms as f64)));
        }
        if let Some(micros) = self.max_cost_per_1000_micros {
            put("cost of 1,000", format!("at most {}", units(micros as f64)));
        }
        for check in &self.checks {
            put(&format!("check {}", check.name), check.command.clone());
        }
        for file in &self.files {
            put("file", file.path.clone());
        }
        let who = if self.approvers.is_empty() {
            "anybody".to_owned()
        } else {
            self.approvers.join(", ")
        };
        put("approval", format!("{} by {who}", self.approvals));
        lines
    }

    /// Which candidate it is about, and what is asked of the answers.
    fn asked(&self) -> Vec<(String, String)> {
        let about = self.candidate.iter();
        let about = about.map(|name| ("about".to_owned(), format!("`{name}` alone")));
        let quality = self.quality.iter().map(|one| (one.title(), one.required()));
        let least = |floor: &Floor| (floor.title(), format!("at least {}", floor.at_least));
        about
            .chain(quality)
            .chain(self.floors.iter().map(least))
            .collect()
    }

    fn error(&self) -> String {
        if self.looks > 1 {
            return format!(
                "{} one-sided, over {} looks ({} each)",
                self.alpha,
                self.looks,
                rounded(self.alpha_per_look())
            );
        }
        format!("{} one-sided", self.alpha)
    }
}
/// An error share in at most four decimals, for people.
pub fn rounded(alpha: f64) -> f64 {
    (alpha * 1e4).round() / 1e4
}
