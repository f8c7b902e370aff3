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

/// `62 % ▾`: how much of the text was in sight by now; nothing where all of it is.
pub fn place<'a>(seen: usize, total: usize, top: usize, complete: bool) -> Words<'a> {
    let words = if !complete {
        format!("reading on {}", glyph::MORE)
    } else if seen < total {
        format!("{} % {}", seen * 100 / total, glyph::MORE)
    } else if top > 0 {
        format!("100 % {}", glyph::LESS)
    } else {
        return Words::new();
    };
    Words::new().add(Look::Dim, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_how_much_was_in_sight() {
        let said = |seen, total, top, complete| place(seen, total, top, complete).to_string();
        assert_eq!(said(10, 40, 0, true), "25 % ▾");
        assert_eq!(said(40, 40, 30, true), "100 % ▴");
        assert_eq!(said(4, 4, 0, true), "");
        assert_eq!(said(0, 0, 0, true), "");
        assert_eq!(said(10, 40, 0, false), "reading on ▾");
    }
}
