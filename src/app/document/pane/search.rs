//! Searching in a pane, and what is lit in it.

use crate::text::Style;
use crate::text::find::{find_all, next_hit, previous_hit};
use crate::text::view::Marks;

use super::{FIRST_SLICE, TextPane};

/// Hits that are found in one text.
const HITS: usize = 10_000;

impl TextPane {
    /// Searches for a text; stands on the first hit at or below the first row shown.
    pub fn find(&mut self, needle: &str) -> Option<(usize, usize)> {
        needle.clone_into(&mut self.needle);
        self.search_again();
        let from = self.rows.rows().get(self.top).map_or(0, |row| row.start);
        self.hit = next_hit(&self.hits, from);
        self.show_hit();
        self.hit()
    }

    /// To the next hit, or the one before.
    pub fn find_again(&mut self, forward: bool) -> Option<(usize, usize)> {
        let at = self.hit.and_then(|hit| self.hits.get(hit)).cloned();
        self.hit = match (at, forward) {
            (None, _) => next_hit(&self.hits, 0),
            (Some(at), true) => next_hit(&self.hits, at.start + 1),
            (Some(at), false) => previous_hit(&self.hits, at.start),
        };
        self.show_hit();
        self.hit()
    }

    pub(super) fn search_again(&mut self) {
        self.hits = if self.needle.is_empty() {
            Vec::new()
        } else {
            find_all(self.text.text(), &self.needle, HITS)
        };
        self.hit = None;
        self.mark();
    }

    fn show_hit(&mut self) {
        self.mark();
        let Some(hit) = self.hit.and_then(|hit| self.hits.get(hit)) else {
            return;
        };
        let start = hit.start;
        while self.rows.rows().last().is_none_or(|row| row.end < start)
            && !self.rows.extend(&self.text, FIRST_SLICE)
        {}
        self.show_row(self.rows.row_at(start));
    }

    pub(super) fn mark(&mut self) {
        let mut marks = self.evidence.clone();
        marks.extend(self.hits.iter().map(|hit| (hit.clone(), Style::SearchHit)));
        if let Some(hit) = self.hit.and_then(|hit| self.hits.get(hit)) {
            marks.push((hit.clone(), Style::CurrentHit));
        }
        self.marks = Marks::new(&marks);
    }
}
