//! What a judge's work would be, for the dialog that offers it.

use std::time::Duration;

/// A judge that could be put to work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeChoice {
    /// As named after `--judge`.
    pub name: String,
    /// Why it is usable.
    pub because: String,
    /// What it would do, or why it cannot judge these.
    pub work: Result<JudgeWork, String>,
}

/// What a judge would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeWork {
    /// Where the texts would go, in people's words.
    pub place: String,
    /// Tickets that lack its verdict.
    pub tickets: u64,
    /// Calls for those.
    pub calls: u64,
    /// Estimated tokens of questions and replies together.
    pub tokens: u64,
    /// Estimated price.
    pub price: Price,
    /// Estimated time.
    pub time: Option<Duration>,
    /// Fields that would be sent there for the first time.
    pub first_send: Vec<String>,
    /// Why an explicit yes is wanted.
    pub needs_yes: Option<String>,
}

/// What something costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Price {
    /// Nothing.
    Free,
    /// Millionths of the currency unit.
    Micros(i64),
    /// Nobody knows. Not the same as nothing.
    Unpriced,
}
