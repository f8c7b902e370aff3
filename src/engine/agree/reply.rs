//! Answers as the statistics take them, and what a judge has to say about one ticket.

use super::reading::Found;
use crate::domain::rubric::CheckOutcome;
use crate::domain::standing::JudgeStanding;

/// An answer as the statistics take it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Reply {
    /// Place on the list; of a mean between two levels the nearer one's.
    pub place: usize,
    /// Whether the value is that place's: a mean between two levels is no answer anybody could give.
    pub whole: bool,
    /// Level, or score from 0 to 1; of several samples the mean.
    pub value: f64,
    /// Whether it passes, where that can be said.
    pub pass: Option<bool>,
}

/// What a judge has to say about one ticket.
pub(super) struct Judged {
    /// Its verdicts, folded.
    pub standing: JudgeStanding,
    /// Outcomes of the checks among them.
    pub checks: Vec<CheckOutcome>,
    /// Whether its score is one under the rubric.
    pub scores: bool,
    /// How it came about.
    pub found: Found,
}

impl Reply {
    /// Whether both are the same answer.
    pub fn same(&self, other: &Self) -> bool {
        self.whole && other.whole && self.place == other.place
    }
}

/// What came of asking a judge.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Heard {
    /// An answer.
    Answer(Reply),
    /// No answer, and of which class.
    Unscored(String),
    /// It was not asked.
    Nothing,
}
