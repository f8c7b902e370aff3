//! One item of a run group with what every candidate answered, side by side.

use std::sync::Arc;

use super::super::ids::{OutputId, TicketId};
use super::super::preference::Preference;
use super::super::review::Sight;

/// One item with what every candidate answered.
#[derive(Debug, Clone, PartialEq)]
pub struct SideBySide {
    /// Local row of the item.
    pub item: i64,
    /// Its own id, or the start of docket's.
    pub name: String,
    /// What was asked.
    pub request: Arc<str>,
    /// The reference answer.
    pub reference: Option<Arc<str>>,
    /// The outputs: first one of each candidate, in an order that is the same for this person whenever they look and
    /// tells nothing; then what other runs of the candidates gave, which shows with the names.
    pub sides: Vec<Side>,
    /// How many of them are held against each other: one of each candidate, so that nobody has more tries.
    pub compared: usize,
    /// What a preference given now is marked as.
    pub sight: Sight,
    /// What this person said of the item, with what they saw then: of a blind word and a later one the later.
    pub mine: Option<(Preference, Sight)>,
    /// How many people have said blind which is best; told with the names.
    pub opinions: u64,
}

impl SideBySide {
    /// Whether names and scores are there.
    pub fn is_known(&self) -> bool {
        self.sides.iter().any(|side| side.known.is_some())
    }

    /// The outputs held against each other, by identity, in the order they are seen.
    pub fn shown(&self) -> Vec<Option<OutputId>> {
        let compared = self.sides.iter().take(self.compared);
        compared.map(|side| side.output).collect()
    }
}

/// One candidate's output of an item.
#[derive(Debug, Clone, PartialEq)]
pub struct Side {
    /// The output; of a failure nothing.
    pub text: Arc<str>,
    /// Why there is no output.
    pub failed: Option<String>,
    /// The output's identity.
    pub output: Option<OutputId>,
    /// The ticket that holds it.
    pub ticket: Option<TicketId>,
    /// Who wrote it and what it scored; `None` until this person asked for it.
    pub known: Option<Known>,
}

/// What is not told of an output until somebody asks who wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// The candidate.
    pub candidate: String,
    /// Which of its runs, from 1.
    pub run: u32,
    /// Its model.
    pub model: Option<String>,
    /// Why there is no score.
    pub unscored: Option<String>,
    /// The judge's score, and whether it passes.
    pub judged: Option<(f64, bool)>,
    /// What people said: score, and whether it passes.
    pub human: Option<(f64, bool)>,
    /// People who called it best before they knew who wrote it.
    pub best_for: u64,
    /// Milliseconds until it was complete.
    pub latency_ms: Option<u32>,
    /// Millionths of the currency unit.
    pub cost_micros: Option<i64>,
}

/// A person says which of the outputs of an item is best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prefer {
    /// The group's name.
    pub group: String,
    /// Local row of the item.
    pub item: i64,
    /// The outputs as they were seen, by [`SideBySide::shown`].
    pub shown: Vec<Option<OutputId>>,
    /// What is said.
    pub preference: Preference,
    /// Whether the names were on the screen.
    pub named: bool,
}
