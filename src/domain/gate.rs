//! A release rule: what must hold before a candidate may be released, declared before the numbers are there.
//!
//! A rule is a value with an identity of its own (the hash of what it asks), so that it can be said whether the rule a
//! verdict rests on is the one that was declared. What is not asked for is not a condition; what every gate asks for
//! (items, clusters, rows with a score) has a default here.

mod bundle;
mod impossible;
mod usual;
pub mod words;

use serde::{Deserialize, Serialize};

use super::ids::{GateId, Identity};

pub use bundle::{
    Approved, Bundle, Decision, GateDeclared, GateEvaluated, Outcome, Part, Ran, Signed, Voided,
};
pub use impossible::impossible;
pub use usual::FLOOR;

/// One-sided error of a condition, where the rule names none.
pub const ALPHA: f64 = 0.05;
/// Share of rows without a score above which nothing is decided, where the rule names none.
pub const MOST_UNSCORED: f64 = 0.02;
/// Share of failed rows that is let pass, where the rule names none.
pub const MOST_FAILED: f64 = 0.02;
/// Independent clusters below which nothing is decided, whatever a rule says.
pub const FEWEST_CLUSTERS: u64 = 5;
/// Labels below which no human-level number is printed, whatever a rule says.
pub const FEWEST_LABELS: u64 = 10;
/// Seconds a check may take, where the rule names none.
pub const CHECK_SECONDS: u64 = 600;

/// What the numbers say about a condition, and about a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GateVerdict {
    /// Holds.
    Pass,
    /// Not enough to tell.
    Inconclusive,
    /// Does not hold.
    Fail,
}

impl GateVerdict {
    /// As printed and written to files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Inconclusive => "inconclusive",
            Self::Fail => "fail",
        }
    }

    /// What conditions that must all hold come to: one that fails decides, then one that cannot be told.
    pub fn all(of: impl IntoIterator<Item = Self>) -> Self {
        of.into_iter().max().unwrap_or(Self::Pass)
    }
}

/// Whose word the quality conditions rest on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The judge's scores, printed with the agreement they rest on.
    #[default]
    Judge,
    /// What people said of the plan's tickets, with the judge's scores brought in as far as they help.
    Human,
}

impl Basis {
    /// As written in files and commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Judge => "judge",
            Self::Human => "human",
        }
    }
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Mean score, 0 to 1.
    Mean,
    /// Share of items that pass, 0 to 1.
    PassRate,
}

impl Metric {
    /// As written in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::PassRate => "pass_rate",
        }
    }
}

/// What is asked of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Asked {
    /// At least this much.
    AtLeast(f64),
    /// At most this much below the baseline.
    WithinMargin(f64),
    /// Above the baseline.
    Better,
}

/// A quality condition.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Quality {
    /// What is measured.
    pub metric: Metric,
    /// What is asked of it.
    pub asked: Asked,
}

/// What a floor is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FloorOf {
    /// Items with this tag or feature.
    Tag(String),
    /// The answers to one criterion: the share that reaches its `must_reach`, else the pass threshold.
    Criterion(String),
}

/// A part of the items, or of the rubric, that must hold on its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Floor {
    /// Which part.
    pub of: FloorOf,
    /// What is measured; of a criterion always the pass rate.
    pub metric: Metric,
    /// At least this much.
    pub at_least: f64,
}

/// A command that must end with 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What it is called in reports.
    pub name: String,
    /// Given to `sh -c`, in the folder of the workspace.
    pub command: String,
    /// Seconds after which it is stopped and counts as failed.
    pub seconds: u64,
}

/// A file that belongs to what is released, such as an adapter or a prompt; its content is part of what is approved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseFile {
    /// Whose; `None` is every candidate's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<String>,
    /// Where, from the folder of the workspace.
    pub path: String,
}

/// A release rule.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct GateRule {
    /// Whose word counts.
    pub basis: Basis,
    /// One-sided error of each condition, above 0 and below 0.5.
    pub alpha: f64,
    /// Looks at the numbers that are planned; the error is shared among them.
    pub looks: u32,
    /// Another baseline than the group's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<String>,
    /// The one candidate it is about, chosen before anything of it was there; any may be released without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub candidate: Option<String>,
    /// All of them must hold.
    pub quality: Vec<Quality>,
    /// All of them must hold.
    pub floors: Vec<Floor>,
    /// Fewest items a number may rest on.
    pub min_items: u64,
    /// Fewest clusters; never below five.
    pub min_clusters: u64,
    /// Fewest labels of people, with `basis = "human"`; never below ten.
    pub min_labels: u64,
    /// Largest share of rows without an output, 0 to 1.
    pub max_failed: f64,
    /// Largest share of outputs without a score, 0 to 1; above it nothing is decided.
    pub max_unscored: f64,
    /// Smallest kappa on pass between judge and people; asks for a checked judge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_agreement: Option<f64>,
    /// Fewest runs of a candidate.
    pub min_runs: u32,
    /// Largest share of items whose verdict differs between runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_flicker: Option<f64>,
    /// Largest 95th percentile of the time until a reply was complete, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_p95_ms: Option<u64>,
    /// Largest cost of 1,000 replies, in millionths of the currency unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cost_per_1000_micros: Option<i64>,
    /// All of them must end with 0.
    pub checks: Vec<Check>,
    /// Files that belong to what is released.
    pub files: Vec<ReleaseFile>,
    /// Who may decide; empty lets anybody.
    pub approvers: Vec<String>,
    /// Approvals by different people a release needs, at least 1.
    pub approvals: u32,
}

impl Default for GateRule {
    fn default() -> Self {
        Self {
            basis: Basis::Judge,
            alpha: ALPHA,
            looks: 1,
            baseline: None,
            candidate: None,
            quality: Vec::new(),
            floors: Vec::new(),
            min_items: 1,
            min_clusters: FEWEST_CLUSTERS,
            min_labels: FEWEST_LABELS,
            max_failed: MOST_FAILED,
            max_unscored: MOST_UNSCORED,
            min_agreement: None,
            min_runs: 1,
            max_flicker: None,
            max_p95_ms: None,
            max_cost_per_1000_micros: None,
            checks: Vec::new(),
            files: Vec::new(),
            approvers: Vec::new(),
            approvals: 1,
        }
    }
}

impl GateRule {
    /// The hash of everything it asks.
    pub fn id(&self) -> GateId {
        let body = super::json::Json::of(self);
        GateId(Identity::of("gate").part(body.as_str().as_bytes()).finish())
    }

    /// Whether it rests on what people say of the group's tickets: on their scores, or on how far the judge agrees with them.
    pub fn rests_on_people(&self) -> bool {
        self.basis == Basis::Human || self.min_agreement.is_some()
    }

    /// The error of one condition at one look.
    pub fn alpha_per_look(&self) -> f64 {
        self.alpha / f64::from(self.looks.max(1))
    }
}
