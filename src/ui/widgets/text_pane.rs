//! A text as it scrolls: only the visible rows are touched.

use ratatui::layout::Rect;

use crate::text::StyledText;
use crate::text::view::{Marks, WrapCache};

use super::super::glyph;
use super::super::pen::{Pen, Words, nth_row};
use super::super::theme::Look;

/// What is shown of a text.
#[derive(Debug, Clone, Copy)]
pub struct TextView<'a> {
    /// The text.
    pub text: &'a StyledText,
    /// Its rows at the width of the pane.
    pub rows: &'a WrapCache,
    /// What is laid over it.
    pub marks: &'a Marks,
    /// First row shown.
    pub top: usize,
    /// First column shown.
    pub left: usize,
    /// Rows selected, first and last.
    pub selected: Option<(usize, usize)>,
}

/// Draws the rows that fit into `area`.
pub fn draw(pen: &mut Pen<'_>, area: Rect, view: &TextView<'_>) {
    let height = usize::from(area.height);
    let rows = view.rows.visible(view.text, view.top, height, view.marks);
    for (index, row) in rows.enumerate() {
        let at = nth_row(area, index as u16);
        pen.row(at, &row, view.left);
        let number = view.top + index;
        if view
            .selected
            .is_some_and(|(first, last)| (first..=last).contains(&number))
        {
            pen.tint(at, Look::Selected);
        }
    }
}

/// `62 % ▾`: how far one is, nothing where all of it is shown.
pub fn place<'a>(percent: Option<u8>, more_below: bool, complete: bool) -> Words<'a> {
    match percent {
        _ if !complete && more_below => {
            Words::new().add(Look::Dim, format!("reading on {}", glyph::MORE))
        }
        None => Words::new(),
        Some(percent) => {
            let sign = if more_below { glyph::MORE } else { glyph::LESS };
            Words::new().add(Look::Dim, format!("{percent} % {sign}"))
        }
    }
}
