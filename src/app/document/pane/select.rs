//! Selecting rows of a pane, and what is copied of them.

use std::ops::Range;

use super::TextPane;

/// Lines selected in a text, in the order they were selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Selection {
    /// The row it started on.
    pub from: usize,
    /// The row it goes to.
    pub to: usize,
}

impl TextPane {
    /// The rows selected, first to last.
    pub fn selected(&self) -> Option<(usize, usize)> {
        self.selection.map(|s| (s.from.min(s.to), s.from.max(s.to)))
    }

    /// Starts a selection on the first row shown, or drops the one there is.
    pub fn toggle_selection(&mut self) {
        self.selection = match self.selection {
            Some(_) => None,
            None if self.rows.rows().is_empty() => None,
            None => Some(Selection {
                from: self.top,
                to: self.top,
            }),
        };
    }

    /// Selects the row at a place of the pane, or extends the selection to it.
    pub fn select_at(&mut self, row: usize, extend: bool) {
        let row = (self.top + row).min(self.rows.rows().len().saturating_sub(1));
        let from = match self.selection {
            Some(selection) if extend => selection.from,
            _ => row,
        };
        self.selection = Some(Selection { from, to: row });
    }

    /// Drops the selection; whether there was one.
    pub fn deselect(&mut self) -> bool {
        self.selection.take().is_some()
    }

    /// Bytes of the shown text that are selected.
    pub fn selected_range(&self) -> Option<Range<usize>> {
        let (first, last) = self.selected()?;
        let rows = self.rows.rows();
        Some(rows.get(first)?.start..rows.get(last)?.end)
    }

    /// Bytes of the source that are selected.
    pub fn selected_source(&self) -> Option<Range<usize>> {
        let range = self.selected_range()?;
        Some(self.text.map().source_range(range))
    }

    /// The selected text as shown, or all of it.
    pub fn copied(&self) -> String {
        let range = self.selected_range().unwrap_or(0..self.text.text().len());
        self.text.text().get(range).unwrap_or_default().to_owned()
    }
}
