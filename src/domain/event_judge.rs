//! Decisions about judges: bodies of events.

use serde::{Deserialize, Serialize};

use super::ids::{EvalId, JudgeVersionId, RubricId, VerdictId};
use super::learning::Guideline;
use super::rubric::Answer;

/// What left for an endpoint, said before it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstSend {
    /// Of which eval.
    pub eval: EvalId,
    /// The endpoint's name and host.
    pub place: String,
    /// Whether it is on this machine.
    pub local: bool,
    /// How many tickets were to be sent.
    pub tickets: u64,
    /// Which of their fields: `request`, `reference`, `output`.
    pub fields: Vec<String>,
}

/// A person disagrees with a verdict and says why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeCorrected {
    /// The verdict.
    pub verdict: VerdictId,
    /// Its criterion.
    pub criterion: String,
    /// What the judge said; `None` where it gave no answer.
    pub judge: Option<Answer>,
    /// What the person says.
    pub answer: Answer,
    /// Why; may be empty.
    pub reason: String,
    /// The rubric version both answered.
    pub rubric: RubricId,
}

/// A person approved a version of the guidelines that judges of an eval may be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuidelinesApproved {
    /// Which eval.
    pub eval: EvalId,
    /// The rubric version they explain.
    pub rubric: RubricId,
    /// Hash of what judges are shown.
    pub set: String,
    /// The rules, in the order judges are shown them.
    pub guidelines: Vec<Guideline>,
}

impl GuidelinesApproved {
    /// The first characters of the version, as people name it.
    pub fn set_short(&self) -> &str {
        short_set(&self.set)
    }
}

impl GuidelinesRemoved {
    /// The first characters of the version, as people name it.
    pub fn set_short(&self) -> &str {
        short_set(&self.set)
    }
}

/// The first characters of a version of guidelines, as people name it.
pub fn short_set(set: &str) -> &str {
    set.get(..12).unwrap_or(set)
}

/// A version of guidelines is no longer shown to judges.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuidelinesRemoved {
    /// Which eval.
    pub eval: EvalId,
    /// Hash of what judges were shown.
    pub set: String,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// The test share was read for a judge that learned, once, and this is what it said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestSplitRead {
    /// Which eval.
    pub eval: EvalId,
    /// The judge that learned.
    pub judge: JudgeVersionId,
    /// The same judge without what it learned.
    pub base: JudgeVersionId,
    /// By criterion.
    pub found: Vec<BeforeAfter>,
}

/// How far a judge was from people before and after it learned, on the same tickets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeforeAfter {
    /// Criterion id; `overall` for the whole ticket.
    pub criterion: String,
    /// Tickets both versions and people answered.
    pub tickets: u64,
    /// Clusters among them.
    pub clusters: u64,
    /// Mean distance from people before, 0 to 1.
    pub before: f64,
    /// Mean distance after.
    pub after: f64,
    /// 95 % interval of after minus before, by whole clusters; `None` below two clusters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<(f64, f64)>,
    /// Share of equal answers before.
    pub same_before: f64,
    /// Share of equal answers after.
    pub same_after: f64,
    /// Kappa between judge and people before; `None` where it is undefined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kappa_before: Option<f64>,
    /// The same after.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kappa_after: Option<f64>,
}

impl BeforeAfter {
    /// Whether it is shown to be closer to people: the whole interval lies below 0.
    pub fn is_better(&self) -> bool {
        self.interval.is_some_and(|(_, high)| high < 0.0)
    }
}
