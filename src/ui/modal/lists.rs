//! Palette and help: a line to type in over a list of actions.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::layout;
use crate::app::modal::{Entry, Help, Palette, first_shown};

use super::super::glyph;
use super::super::line_edit;
use super::super::pen::{Pen, Words, cut_top, nth_row, shift_right};
use super::super::rect;
use super::super::theme::Look;
use super::super::widgets::{dialog, rule};

/// Every action, found by words.
pub fn palette(pen: &mut Pen<'_>, state: &AppState, palette: &Palette) {
    let place = layout::list_dialog(state.size);
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), "Anything");
    search(pen, inner, palette, "what do you want to do?");
}

/// The keys of one screen.
pub fn help(pen: &mut Pen<'_>, state: &AppState, help: &Help) {
    let place = layout::list_dialog(state.size);
    let title = format!("Keys: {}", help.title);
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), &title);
    search(pen, inner, &help.list, "type to filter");
}

fn search(pen: &mut Pen<'_>, area: Rect, palette: &Palette, empty: &str) {
    let (line, rest) = cut_top(area, 1);
    let (under, list) = cut_top(rest, 1);
    line_edit::draw(pen, line, &palette.line, empty);
    rule::plain(pen, under);
    if palette.shown.is_empty() {
        pen.line(list, "nothing has these words", Look::Dim);
        return;
    }
    let height = usize::from(list.height);
    let first = first_shown(palette.cursor, palette.shown.len(), height);
    for (index, entry) in palette.shown.iter().enumerate().skip(first).take(height) {
        let row = nth_row(list, (index - first) as u16);
        one(pen, row, entry, index == palette.cursor);
    }
}

fn one(pen: &mut Pen<'_>, row: Rect, entry: &Entry, cursor: bool) {
    let (text, dim) = match (cursor, entry.refused.is_some()) {
        (true, false) => (Look::Cursor, Look::CursorDim),
        (true, true) => (Look::CursorDim, Look::CursorDim),
        (false, false) => (Look::Text, Look::Accent),
        (false, true) => (Look::Dim, Look::Dim),
    };
    if cursor {
        pen.tint(row, Look::Cursor);
        pen.put(row.x, row.y, 1, glyph::POINTER, Look::Accent);
    }
    let mut left = Words::new().add(text, entry.title.as_str());
    // Why it cannot be done stands where one looks: beside the entry under the cursor.
    if let Some(why) = entry.refused.as_ref().filter(|_| cursor) {
        left.push(dim, format!("  {why}"));
    }
    let right = Words::new().add(dim, entry.keys.as_str());
    pen.both(shift_right(row, 2), &left, &right);
}
