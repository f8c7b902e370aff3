//! Texts as the state holds them, handed to the widgets.

use ratatui::layout::Rect;

use crate::app::document::TextPane;
use crate::text::{sanitise, wrap};

use super::pen::{Pen, Words};
use super::widgets::text_pane::{self, TextView};

/// Draws the visible rows of a pane's text.
pub fn pane(pen: &mut Pen<'_>, area: Rect, pane: &TextPane) {
    let view = TextView {
        text: pane.text(),
        rows: pane.rows(),
        marks: pane.marks(),
        top: pane.top(),
        left: pane.left(),
        selected: pane.selected(),
    };
    text_pane::draw(pen, area, &view);
}

/// How much of a pane's text was in sight by now.
pub fn place<'a>(pane: &TextPane) -> Words<'a> {
    let total = pane.rows().rows().len();
    let seen = (pane.top() + pane.height()).min(total);
    text_pane::place(seen, total, pane.top(), pane.is_complete())
}

/// A short text broken into rows.
pub fn rows(text: &str, cells: u16) -> Vec<String> {
    let text = sanitise::multi_line(text).text;
    wrap::wrap(&text, usize::from(cells))
        .iter()
        .map(|row| text[row.start..row.end].to_owned())
        .collect()
}
