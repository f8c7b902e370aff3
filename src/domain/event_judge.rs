//! Decisions about judges: bodies of events.

use serde::{Deserialize, Serialize};

use super::ids::{EvalId, RubricId, VerdictId};
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
