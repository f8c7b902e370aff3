//! Practice tickets from the rubric's own examples. They look like a ticket, end with the right answers, the
//! correction and the training row it makes, and count for nothing.

pub mod layout;
pub mod update;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::rubric::{Answer, Example, Rubric};
use crate::domain::view::TicketDoc;

use super::document::{Source, TextOptions, TextPane};

/// The most practice tickets shown in a row.
pub const MOST: usize = 3;

/// Where a practice ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Step {
    /// The reviewer answers.
    Answering,
    /// The right answers, the correction and the training row are shown.
    Revealed,
}

/// Practice on the examples of a rubric.
#[derive(Debug, Clone, PartialEq)]
pub struct Practice {
    /// The questions.
    pub rubric: Arc<Rubric>,
    /// A real ticket of the eval, dressed with the example, so that the form behaves alike.
    pub doc: Arc<TicketDoc>,
    /// The example shown, from 0.
    pub at: usize,
    /// Where it stands.
    pub step: Step,
    /// What was entered.
    pub draft: crate::domain::view::Draft,
    /// The form's cursor.
    pub form: super::ticket::Form,
    /// The request.
    pub request: TextPane,
    /// The outputs.
    pub outputs: Vec<TextPane>,
    /// What the example teaches, after the answers.
    pub lesson: TextPane,
}

impl Practice {
    /// The examples worth practising: those whose right answers are known.
    pub fn examples(rubric: &Rubric) -> Vec<&Example> {
        rubric
            .examples
            .iter()
            .filter(|example| !example.answers.is_empty() && !example.outputs.is_empty())
            .take(MOST)
            .collect()
    }

    /// The example shown.
    pub fn example(&self) -> Option<&Example> {
        Self::examples(&self.rubric).get(self.at).copied()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        Self::examples(&self.rubric).len()
    }

    /// The right answers where they differ from what was entered.
    pub fn differing(&self) -> BTreeMap<&str, (Option<&Answer>, &Answer)> {
        self.example()
            .into_iter()
            .flat_map(|example| &example.answers)
            .map(|(id, answer)| (id.as_str(), (self.draft.answers.get(id), answer)))
            .filter(|(_, (mine, right))| *mine != Some(*right))
            .collect()
    }

    pub(super) fn text(text: &str) -> TextPane {
        TextPane::new(Source::Text(Arc::from(text)), TextOptions::default())
    }
}

#[cfg(test)]
mod tests;
