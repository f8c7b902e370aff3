//! What learning changed about a judge: before and after, on tickets that never teach.

use serde::Serialize;

use super::super::super::event::BeforeAfter;

/// A judge that was shown what experts said, beside itself without it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Learning {
    /// Short id of the same judge without it; `None` if that one has not read this eval.
    pub base: Option<String>,
    /// Whether guidelines it was shown were removed since.
    pub stale: bool,
    /// On the dev share, in rubric order, the whole ticket last.
    pub dev: Vec<BeforeAfter>,
    /// What the dev share shows.
    pub finding: Finding,
    /// Tickets of the test share that people answered.
    pub kept_for_test: u64,
    /// The one reading of the test share.
    pub test: Option<TestRead>,
}

/// What the dev share shows about a judge that learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// The 95 % interval of the change in distance from people lies below 0.
    Better,
    /// It does not: the judge without what it learned stays the one that counts.
    NotShown,
    /// Too few clusters that people and both versions answered.
    TooFew,
    /// The judge without what it learned has not read this eval.
    NoBase,
}

impl Finding {
    /// It in a sentence.
    pub fn said(self) -> &'static str {
        match self {
            Self::Better => {
                "closer to people than before: the whole interval of the change lies below 0"
            }
            Self::NotShown => {
                "not shown to be closer to people: the judge without what it learned stays the one that counts"
            }
            Self::TooFew => {
                "too few tickets of the dev share that people and both versions answered to decide anything"
            }
            Self::NoBase => {
                "the same judge without what it learned has not read this eval, so there is no before and after"
            }
        }
    }
}

/// What the test share said when it was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TestRead {
    /// Who read it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// In rubric order, the whole ticket last.
    pub found: Vec<BeforeAfter>,
}
