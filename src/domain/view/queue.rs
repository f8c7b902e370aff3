//! The queue: pages of rows, found by key, never by offset.

use serde::{Deserialize, Serialize};

use super::super::ids::{EvalId, TicketId};
use super::super::ticket::State;
use super::ticket::Shown;

/// The order of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The plan: the order that keeps estimates valid.
    #[default]
    Plan,
    /// As imported.
    Arrival,
    /// Latest first by the log's own time.
    Newest,
    /// Longest output first.
    Longest,
    /// Lowest judge score first; refused while blind.
    JudgeScore,
}

impl Order {
    /// Every order, as the order key cycles them.
    pub const ALL: [Self; 5] = [
        Self::Plan,
        Self::Arrival,
        Self::Newest,
        Self::Longest,
        Self::JudgeScore,
    ];

    /// As shown and typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Arrival => "arrival",
            Self::Newest => "newest",
            Self::Longest => "longest",
            Self::JudgeScore => "judge score",
        }
    }
}

/// Where a row stands in its list: the sort value and the tie-breaker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RowKey {
    /// Value of the sort column.
    pub sort: i64,
    /// Local row number.
    pub row: i64,
}

/// Which rows are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Anchor {
    /// The first page.
    Start,
    /// The last page.
    End,
    /// Rows after this one.
    After(RowKey),
    /// Rows before this one; still returned in list order.
    Before(RowKey),
    /// The page that starts with this row.
    At(RowKey),
}

/// A page request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueQuery {
    /// Which eval.
    pub eval: EvalId,
    /// Which order.
    pub order: Order,
    /// The filter as typed; empty shows all.
    pub filter: String,
    /// From where.
    pub anchor: Anchor,
    /// Rows wanted.
    pub limit: u16,
}

/// A page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QueuePage {
    /// In list order.
    pub rows: Vec<QueueRow>,
    /// Whether rows stand before the first.
    pub more_before: bool,
    /// Whether rows stand after the last.
    pub more_after: bool,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueRow {
    /// Identity.
    pub ticket: TicketId,
    /// Place in the list.
    pub key: RowKey,
    /// Where it stands.
    pub state: State,
    /// First words of the output, one line, sanitised.
    pub preview: String,
    /// The row's own id in the source.
    pub external_id: Option<String>,
    /// Part of the product.
    pub feature: Option<String>,
    /// The model's name.
    pub model: Shown<String>,
    /// The reviewer's own overall score, 0 to 1.
    pub mine: Option<f64>,
    /// The judge's overall score, 0 to 1.
    pub judge: Shown<f64>,
    /// The rest of what judges have said; `None` where none has read it. Only pages carry it, lists do not.
    pub said: Shown<JudgeSaid>,
    /// Flagged.
    pub flagged: bool,
    /// Has a correction.
    pub corrected: bool,
    /// This reviewer has begun to enter something, and has not committed it.
    pub draft: bool,
    /// Whose lease is on it, if somebody else's.
    pub held_by: Option<String>,
    /// Why it is in the list where it is.
    pub why: Why,
}

/// What the judge that counts has said of a ticket, for one row of the queue.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JudgeSaid {
    /// Its levels in the order of the rubric, from 0 (worst) to 1 (best); `None` where it gave none.
    pub levels: Vec<Option<f64>>,
    /// Whether its score passes, with every floor and check.
    pub pass: Option<bool>,
    /// Checks passed and run.
    pub checks: (u32, u32),
    /// Why there is no score: the class of the failure.
    pub unscored: Option<String>,
    /// Lowest and highest level, where several readings of one question lie two levels apart or more.
    pub unsure: Option<(i32, i32)>,
}

/// Why a ticket stands here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The plan put it here.
    InPlan,
    /// Outside a plan.
    AdHoc,
    /// Somebody put it aside; the reason.
    Deferred(String),
    /// Handed up; the reason.
    Escalated(String),
    /// Waits for another reviewer.
    SecondReviewer,
    /// The reviewers differ.
    Differs,
    /// This reviewer skipped it.
    Skipped,
    /// Settled by this person.
    DoneBy(String),
    /// A routing rule sent it to people.
    Routed(String),
    /// A routing rule closed it on the judge's word.
    ClosedBy(String),
}

/// A number of rows; counting large combined filters stops at a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Count {
    /// Exactly.
    Exactly(u64),
    /// At least; shown as "500+".
    AtLeast(u64),
}

/// Numbers above the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueCounts {
    /// All tickets of the eval.
    pub total: u64,
    /// Per state, in the order of [`State::ALL`].
    pub states: [u64; 6],
    /// Rows the filter shows.
    pub shown: Count,
}
