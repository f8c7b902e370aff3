//! Title rules: what separates panes instead of boxes.

use ratatui::layout::Rect;

use super::super::glyph;
use super::super::pen::{Pen, Words, nth_row, shift_right};
use super::super::theme::Look;

/// A pane's title row.
#[derive(Debug, Clone, Default)]
pub struct Title<'a> {
    /// The name of the pane.
    pub name: &'a str,
    /// What there is to say about its content.
    pub about: Words<'a>,
    /// At the right end: how far one is.
    pub place: Words<'a>,
    /// Whether the pane has the focus.
    pub focused: bool,
}

/// Draws a short rule, the name, what there is to say, and a rule up to the place at the right.
///
/// The pane with the focus carries the accent and the pointer, so that it is seen without colour too.
pub fn title(pen: &mut Pen<'_>, area: Rect, title: &Title<'_>) {
    let row = nth_row(area, 0);
    if row.is_empty() {
        return;
    }
    let (sign, sign_look, look) = if title.focused {
        (glyph::POINTER, Look::Accent, Look::Accent)
    } else {
        (glyph::RULE, Look::Faint, Look::Title)
    };
    let place = title.place.width() as u16;
    let at = row.width.saturating_sub(place);
    let left = if place == 0 || at < 12 {
        row
    } else {
        pen.words(shift_right(row, at), &title.place);
        Rect {
            width: at - 1,
            ..row
        }
    };
    let mut used = pen.put(left.x, left.y, left.width, sign, sign_look) + 1;
    used += pen.line(shift_right(left, used), title.name, look);
    if !title.about.is_empty() {
        used += 2;
        used += pen.words(shift_right(left, used), &title.about);
    }
    pen.fill(shift_right(left, used + 1), glyph::RULE, Look::Faint);
}

/// A rule without a title.
pub fn plain(pen: &mut Pen<'_>, area: Rect) {
    pen.fill(nth_row(area, 0), glyph::RULE, Look::Faint);
}
