//! The history of a ticket, as lines.

use super::super::event::FirstSend;

/// One decision about a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryLine {
    /// Milliseconds since 1970.
    pub time_ms: i64,
    /// Who.
    pub who: String,
    /// What, in the words of the screen.
    pub what: String,
    /// Whether it was taken back later.
    pub taken_back: bool,
    /// What left for where, if this says so.
    pub first_send: Option<Box<FirstSend>>,
}

/// What an import did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportDone {
    /// The eval the rows went into.
    pub eval: super::super::ids::EvalId,
    /// Its name.
    pub name: String,
    /// Rows taken.
    pub rows: u64,
    /// Rows that could not be read.
    pub bad: u64,
    /// Whether the eval was made by this import and still has no chosen mode.
    pub ask_mode: bool,
}
