//! The output, one's own correction of it and a judge's suggestion, change by change.
//!
//! Nothing suggested stands in the result before it is taken. A suggestion whose named changes do not give its text
//! is a rewrite and can only be taken whole.

pub mod said;
pub mod update;

use std::sync::Arc;

use crate::domain::ids::TicketId;
use crate::domain::suggestion::Kind;
use crate::domain::view::SuggestionDoc;
use crate::text::three_way::{Side, ThreeWay, inline};
use crate::text::wrap;

use super::document::{Source, TextPane};
use super::layout::{self, Size};

/// The comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct DiffState {
    /// The ticket whose correction it is; `None` for texts that are only compared.
    pub ticket: Option<TicketId>,
    /// The output as the model wrote it.
    pub original: Arc<str>,
    /// As the reviewer corrected it.
    pub mine: Option<Arc<str>>,
    /// As a judge suggests it.
    pub suggestion: Option<Arc<SuggestionDoc>>,
    /// Whether the correction was taken from this suggestion before.
    pub from_it: bool,
    /// What is to be known of the suggestion, a line each.
    pub said: Vec<String>,
    /// The comparison; `None` while it is made.
    pub diff: Option<Arc<ThreeWay>>,
    /// Whose words stand at each change.
    pub choices: Vec<Side>,
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
        self.diff.as_ref().map_or(0, |diff| diff.changes().len())
    }

    /// Whose words stand at the change under the cursor.
    pub fn chosen(&self) -> Side {
        self.choices.get(self.cursor).copied().unwrap_or_default()
    }

    /// The text with the chosen changes.
    pub fn result(&self) -> Option<String> {
        Some(self.diff.as_ref()?.result(&self.choices))
    }

    /// Whether the suggestion can only be taken whole.
    pub fn is_rewrite(&self) -> bool {
        let kind = self.suggestion.as_ref().map(|doc| doc.suggestion.kind);
        kind == Some(Kind::Rewrite)
    }

    /// Changes where the suggestion's words stand: taken now, or taken before and still there.
    pub fn taken(&self) -> usize {
        let Some(diff) = &self.diff else {
            return 0;
        };
        let pairs = diff.changes().iter().zip(&self.choices);
        pairs
            .filter(|(change, side)| match side {
                Side::Suggested => true,
                Side::Mine => self.from_it && change.agrees(),
                Side::Original => false,
            })
            .count()
    }

    /// What is known of the suggestion in rows of so many columns, at most a third of the screen.
    pub fn head(&self, size: Size) -> Vec<String> {
        let columns = usize::from(size.width.saturating_sub(2)).max(1);
        let mut rows: Vec<String> = Vec::new();
        for line in &self.said {
            let wrapped = wrap::wrap(line, columns);
            rows.extend(
                wrapped
                    .iter()
                    .map(|row| line[row.start..row.end].to_owned()),
            );
        }
        rows.truncate(usize::from(size.height / 3).max(1));
        rows
    }

    /// Gives the text its size.
    pub fn fit(&mut self, size: Size) {
        let head = self.head(size).len() as u16;
        let body = layout::diff(size, head).body;
        self.pane.resize(body.width, body.height);
    }

    /// Lays the text out anew, with the choices as they are.
    fn lay_out(&mut self) {
        if let Some(diff) = &self.diff {
            let view = inline(diff, &self.choices);
            self.places = view.places;
            self.pane.set_source(Source::Styled(Arc::new(view.text)));
        }
    }

    /// Brings the change under the cursor into sight.
    fn show(&mut self) {
        if let Some(place) = self.places.get(self.cursor) {
            let row = self.pane.rows().row_at(place.start);
            self.pane.show_row(row);
        }
    }
}

#[cfg(test)]
mod tests;
