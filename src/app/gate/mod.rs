//! The Gate screen: the groups with their rules, and the gate of one: its candidates, the checklist of each, decisions.
//!
//! The page of a group is laid out as rows here ([`rows`]), because the cursor, the wheel and the drawing must agree on
//! them. Looks at numbers are counted, so nothing here looks again unless somebody asks.

pub mod aside;
pub mod checklist;
pub mod checks;
pub mod decide;
pub(crate) mod mouse;
mod notice;
mod open;
pub mod rows;
pub mod update;

use crate::domain::view::gate::GateCard;

use super::action::Action;
use super::empty::Empty;
use super::layout::{self, Size};
use super::state::Screen;

pub use checks::ChecksView;
pub use decide::DecideForm;
pub use open::{CandidateTab, OpenGate, POINTER};

/// What a page of a gate is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GateAsked {
    /// It is shown.
    Page(String),
    /// A decision was made; what is said of it.
    Decided {
        /// Of which group.
        group: String,
        /// What was done, for the strip.
        words: String,
    },
}

impl GateAsked {
    /// The group it is about.
    pub fn group(&self) -> &str {
        match self {
            Self::Page(group) | Self::Decided { group, .. } => group,
        }
    }
}

/// The screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GateState {
    /// The groups, once they came.
    pub cards: Option<Vec<GateCard>>,
    /// The group under the cursor.
    pub cursor: usize,
    /// First group shown.
    pub top: usize,
    /// Groups that fit.
    pub height: usize,
    /// Why they cannot be shown.
    pub problem: Option<String>,
    /// The screen one came from, where that is not Home.
    pub from: Option<Screen>,
    /// The gate that is open.
    pub open: Option<Box<OpenGate>>,
}

impl GateState {
    /// The group under the cursor.
    pub fn current(&self) -> Option<&GateCard> {
        self.cards.as_ref()?.get(self.cursor)
    }

    /// Takes the list; the cursor stays on its group.
    pub fn take(&mut self, cards: Vec<GateCard>) {
        let here = self.current().map(|card| card.group.clone());
        let at = cards
            .iter()
            .position(|card| Some(&card.group) == here.as_ref());
        self.cursor = at.unwrap_or(self.cursor);
        self.cards = Some(cards);
        self.problem = None;
        self.settle();
    }

    /// Moves the cursor of the list.
    pub fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by);
        self.settle();
    }

    fn settle(&mut self) {
        let last = self.cards.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.cursor = self.cursor.min(last);
        let height = self.height.max(1);
        self.top = self
            .top
            .clamp((self.cursor + 1).saturating_sub(height), self.cursor);
    }

    /// Takes note of the size.
    pub fn fit(&mut self, size: Size) {
        self.height = usize::from(layout::gates(size).list.height);
        self.settle();
        if let Some(open) = &mut self.open {
            open.fit(size);
        }
    }

    /// What the screen says in place of the list.
    pub fn empty(&self) -> Option<Empty> {
        match (&self.problem, &self.cards) {
            (Some(problem), _) => Some(Empty::offering(
                problem,
                "Nothing is lost by this.",
                "Back",
                Action::Back,
            )),
            (None, None) => Some(Empty::waiting("Reading the rules.", "A moment.")),
            (None, Some(cards)) if cards.is_empty() => Some(Empty::offering(
                "There is nothing to decide about yet: no run group and no rule.",
                "`docket gate GROUP --declare --min-pass-rate 0.7` declares a rule beforehand; `docket run EVAL --group \
                 GROUP --model MODEL` then asks a candidate.",
                "Back",
                Action::Back,
            )),
            (None, Some(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests;
