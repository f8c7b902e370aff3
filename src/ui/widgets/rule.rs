//! Title rules: what separates panes instead of boxes.

use ratatui::layout::Rect;

use super::super::glyph;
use super::super::pen::{Pen, Words, nth_row, shift_right};
use super::super::theme::Look;

/// A pane's title row: a short rule, the title, what there is to say about it, and a rule to the edge.
///
/// The title of the pane with the focus carries the accent and the pointer, so that the focus is seen
/// without colour too.
pub fn title(pen: &mut Pen<'_>, area: Rect, title: &str, about: &Words<'_>, focused: bool) {
    let row = nth_row(area, 0);
    if row.is_empty() {
        return;
    }
    let (sign, look) = if focused {
        (glyph::POINTER, Look::Accent)
    } else {
        (glyph::RULE, Look::Title)
    };
    let sign_look = if focused { Look::Accent } else { Look::Faint };
    let mut used = pen.put(row.x, row.y, row.width, sign, sign_look) + 1;
    used += pen.line(shift_right(row, used), title, look);
    if !about.is_empty() {
        used += 2;
        used += pen.words(shift_right(row, used), about);
    }
    pen.fill(shift_right(row, used + 1), glyph::RULE, Look::Faint);
}

/// A rule without a title.
pub fn plain(pen: &mut Pen<'_>, area: Rect) {
    pen.fill(nth_row(area, 0), glyph::RULE, Look::Faint);
}
