//! A few to choose from, each with what it means.

use crate::app::AppState;
use crate::app::modal::first_shown;
use crate::app::rubric::Choose;

use super::super::glyph;
use super::super::pen::{Pen, Words, cut_bottom, nth_row, shift_right};
use super::super::rect;
use super::super::theme::Look;
use super::super::widgets::dialog;

/// Draws the choice.
pub fn draw(pen: &mut Pen<'_>, state: &AppState, choice: &Choose) {
    let each = usize::from(choice.each());
    let place = choice.place(state.size);
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), &choice.title);
    let (list, keys) = cut_bottom(inner, 1);
    let fit = (usize::from(list.height) / each).max(1);
    let first = first_shown(choice.cursor, choice.rows.len(), fit);
    for (index, (name, means)) in choice.rows.iter().enumerate().skip(first).take(fit) {
        let at = ((index - first) * each) as u16;
        let row = nth_row(list, at);
        let cursor = index == choice.cursor;
        if cursor {
            pen.tint(row, Look::Cursor);
            pen.put(row.x, row.y, 1, glyph::POINTER, Look::Accent);
        }
        let look = if cursor { Look::Cursor } else { Look::Text };
        pen.line(shift_right(row, 2), name, look);
        if each > 1 {
            pen.line(shift_right(nth_row(list, at + 1), 4), means, Look::Dim);
        }
    }
    let words = Words::new()
        .add(Look::Accent, "Enter")
        .add(Look::Dim, " takes it     ")
        .add(Look::Accent, "Esc")
        .add(Look::Dim, " closes");
    pen.words(keys, &words);
}
