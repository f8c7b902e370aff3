//! The Runs screen: the groups, the comparison of one, its rows, the same as points, failures by tag, and one item
//! across the candidates.

pub mod beside;
pub(crate) mod item;
pub(crate) mod mouse;
mod open;
pub mod scatter;
pub mod update;

use crate::domain::view::GroupCard;

use super::action::Action;
use super::empty::Empty;
use super::layout::{self, Size};

pub use open::OpenGroup;

/// What is shown of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tab {
    /// The comparison: numbers, histograms, sentence, action.
    #[default]
    Compare,
    /// Items across the candidates, sorted.
    Rows,
    /// Baseline against a candidate, one point an item.
    Points,
    /// Failures by tag.
    Tags,
}

impl Tab {
    /// All, in the order of the keys.
    pub const ALL: [Self; 4] = [Self::Compare, Self::Rows, Self::Points, Self::Tags];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Compare => "Comparison",
            Self::Rows => "Rows",
            Self::Points => "Points",
            Self::Tags => "Failures by tag",
        }
    }
}

/// The screen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunsState {
    /// The groups, once they came.
    pub groups: Option<Vec<GroupCard>>,
    /// The group under the cursor.
    pub cursor: usize,
    /// First group shown.
    pub top: usize,
    /// Groups that fit.
    pub height: usize,
    /// Why they cannot be shown.
    pub problem: Option<String>,
    /// Whether one came from the tickets of an eval, and goes back there.
    pub from_queue: bool,
    /// The group that is open.
    pub open: Option<Box<OpenGroup>>,
}

impl RunsState {
    /// The group under the cursor.
    pub fn current(&self) -> Option<&GroupCard> {
        self.groups.as_ref()?.get(self.cursor)
    }

    /// Takes the list; the cursor stays on its group.
    pub fn take(&mut self, groups: Vec<GroupCard>) {
        let here = self.current().map(|card| card.name.clone());
        let at = groups
            .iter()
            .position(|card| Some(&card.name) == here.as_ref());
        self.cursor = at.unwrap_or(self.cursor.min(groups.len().saturating_sub(1)));
        self.groups = Some(groups);
        self.problem = None;
        self.settle();
    }

    /// Moves the cursor of the list.
    pub fn step(&mut self, by: isize) {
        self.cursor = self.cursor.saturating_add_signed(by);
        self.settle();
    }

    fn settle(&mut self) {
        let last = self.groups.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.cursor = self.cursor.min(last);
        let height = self.height.max(1);
        self.top = self
            .top
            .clamp((self.cursor + 1).saturating_sub(height), self.cursor);
    }

    /// Takes note of the size.
    pub fn fit(&mut self, size: Size) {
        self.height = usize::from(layout::runs(size).list.height);
        self.settle();
        if let Some(open) = &mut self.open {
            open.fit(size);
        }
    }

    /// What the screen says in place of the list.
    pub fn empty(&self) -> Option<Empty> {
        match (&self.problem, &self.groups) {
            (Some(problem), _) => Some(Empty::offering(
                problem,
                "Nothing is lost by this.",
                "Back",
                Action::Back,
            )),
            (None, None) => Some(Empty::waiting("Reading the run groups.", "A moment.")),
            (None, Some(groups)) if groups.is_empty() => Some(Empty::offering(
                "No candidates have been asked yet.",
                "`docket run EVAL --model MODEL` asks one for every item of an eval; `docket import FILE --run GROUP \
                 --candidate NAME` takes outputs made elsewhere.",
                "Back",
                Action::Back,
            )),
            (None, Some(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests;
