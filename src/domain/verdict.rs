//! Verdicts: what a judge found on (ticket, criterion, judge version, sample). Facts, not decisions.

use serde::{Deserialize, Serialize};

use super::ids::{Identity, JudgeVersionId, TicketId, VerdictId};
use super::json::Json;
use super::record::Quote;
use super::rubric::Answer;

/// What came of asking a judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An answer.
    Scored(Answer),
    /// No answer, and of which class. Never 0, never a pass.
    Unscored(String),
}

/// A judge's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Criterion id, or the source's own name for it.
    pub criterion: String,
    /// The answer or the class of failure.
    pub outcome: Outcome,
    /// The judge's words.
    #[serde(default)]
    pub reasoning: String,
    /// Spans it points at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Quote>,
    /// A sentence shown wherever the verdict is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge: Option<String>,
    /// The reply or label as it came, JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Json>,
}

/// The id of an imported judge, known only by name.
pub fn imported_judge(name: &str) -> JudgeVersionId {
    JudgeVersionId(
        Identity::of("imported judge")
            .part(name.as_bytes())
            .finish(),
    )
}

/// The id of a verdict. Imported verdicts count their equals on one ticket with `sample`.
pub fn verdict_id(
    ticket: &TicketId,
    criterion: &str,
    judge: &JudgeVersionId,
    sample: u32,
) -> VerdictId {
    let identity = Identity::of("verdict")
        .part(&ticket.0)
        .part(criterion.as_bytes())
        .part(&judge.0);
    VerdictId(identity.number(i64::from(sample)).finish())
}
