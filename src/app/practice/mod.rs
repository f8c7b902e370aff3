//! Practice tickets from the rubric's own examples. They look like a ticket, end with the right answers, the
//! correction and the training row it makes, and count for nothing.

pub mod layout;
pub mod update;

use std::sync::Arc;

use crate::domain::message::{Message, Role};
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
    /// Whether the policy stands in the request's place.
    pub reads_policy: bool,
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

    /// How many answers of the rubric's author there are, and how many of them differ from what was entered.
    pub fn differing(&self) -> (usize, usize) {
        let answers = || self.example().into_iter().flat_map(|e| &e.answers);
        let differs =
            |(id, right): &(&String, &Answer)| self.draft.answers.get(id.as_str()) != Some(*right);
        (answers().count(), answers().filter(differs).count())
    }

    /// Whether another example follows.
    pub fn has_next(&self) -> bool {
        self.at + 1 < self.count()
    }

    /// The standing instructions that the example's answers rest on, where the rubric judges by them.
    ///
    /// An example is the rubric's and carries none. A rubric that speaks of the system prompt means that of the tickets;
    /// the examples of any other stand for themselves, and instructions of other tickets would only mislead.
    pub fn policy(doc: &TicketDoc) -> Vec<Message> {
        let meant = doc.rubric.instructions.contains("system prompt");
        let standing = |message: &&Message| matches!(message.role, Role::System | Role::Developer);
        let messages = doc.request.messages.iter().filter(|_| meant);
        messages.filter(standing).cloned().collect()
    }

    /// The same as one text; `None` where there are none.
    pub fn policy_text(doc: &TicketDoc) -> Option<String> {
        let texts: Vec<String> = Self::policy(doc).iter().map(Message::plain_text).collect();
        (!texts.is_empty()).then(|| texts.join("\n\n"))
    }

    pub(super) fn text(text: &str) -> TextPane {
        TextPane::new(Source::Text(Arc::from(text)), TextOptions::default())
    }
}

#[cfg(test)]
mod tests;
