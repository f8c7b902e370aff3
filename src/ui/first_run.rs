//! The first screen of an empty workspace: one thing to start with, one key.

use crate::app::AppState;
use crate::app::layout;

use super::glyph;
use super::pen::{Pen, Words, nth_row, shift_down, shift_right};
use super::rect;
use super::screen;
use super::theme::Look;
use super::widgets::wait::paragraph;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let place = layout::home(state.size);
    let mut right = Words::new();
    if let Some(home) = &state.home.home {
        right.push(Look::Dim, "reviewing as ");
        right.push(Look::Text, home.reviewer.as_str());
    }
    let left = Words::new().add(Look::Strong, "docket");
    screen::frame(pen, state, &place.frame, &left, &right);
    let intro = "Works through what a model wrote, one ticket at a time: score it, correct it, keep what was learnt.";
    let content = rect(place.frame.content);
    paragraph(
        pen,
        shift_right(shift_down(content, 0), 2),
        intro,
        Look::Dim,
    );
    let list = rect(place.list);
    for (index, offer) in state.first_run.offers.iter().enumerate() {
        let row = nth_row(list, index as u16);
        let cursor = index == state.first_run.cursor;
        let (words, does) = offer.words();
        let look = if cursor { Look::Cursor } else { Look::Text };
        if cursor {
            pen.tint(row, Look::Cursor);
            pen.put(row.x, row.y, 1, glyph::POINTER, Look::Accent);
        }
        let left = Words::new().add(look, words);
        let right = if cursor {
            Words::new().add(Look::Accent, does)
        } else {
            Words::new()
        };
        pen.both(shift_right(row, 2), &left, &right);
    }
    if state.first_run.ask_name {
        let below = shift_down(list, state.first_run.offers.len() as u16 + 1);
        let words = "This account is shared, so reviews need your own name: press n.";
        paragraph(pen, shift_right(below, 2), words, Look::Warn);
    }
}
