//! Original and correction as word diff; changes can be put back or taken one by one.

pub mod update;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::ids::TicketId;
use crate::text::diff::WordDiff;

use super::document::TextPane;

/// The comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct DiffState {
    /// The ticket whose correction it is; `None` for texts that are only compared.
    pub ticket: Option<TicketId>,
    /// The output as the model wrote it.
    pub original: Arc<str>,
    /// What it is compared with.
    pub edited: Arc<str>,
    /// The comparison; `None` while it is made.
    pub diff: Option<Arc<WordDiff>>,
    /// Changes that are in.
    pub taken: BTreeSet<usize>,
    /// The change under the cursor, from 0.
    pub cursor: usize,
    /// The text with its marks.
    pub pane: TextPane,
    /// Where each change stands in the text.
    pub places: Vec<std::ops::Range<usize>>,
}

impl DiffState {
    /// How many changes there are.
    pub fn count(&self) -> usize {
        self.diff.as_ref().map_or(0, |diff| diff.hunks().count())
    }

    /// The text with the taken changes.
    pub fn result(&self) -> Option<String> {
        let diff = self.diff.as_ref()?;
        Some(diff.apply(|id| self.taken.contains(&id)))
    }
}

#[cfg(test)]
mod tests;
