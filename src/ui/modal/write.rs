//! Dialogs to write in: one line, and a note.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::layout;
use crate::app::modal::{NoteEditor, Prompt};

use super::super::editor;
use super::super::line_edit;
use super::super::pen::{Pen, cut_bottom, cut_top, nth_row};
use super::super::rect;
use super::super::theme::Look;
use super::super::widgets::dialog;

/// One line of text under its question.
pub fn prompt(pen: &mut Pen<'_>, state: &AppState, prompt: &Prompt) {
    let place = layout::dialog(state.size, 64, 3);
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), &prompt.title);
    let (_, rest) = cut_top(inner, u16::from(inner.height > 2));
    let empty = if prompt.optional {
        "may stay empty"
    } else {
        ""
    };
    line_edit::draw(pen, rest, &prompt.line, empty);
    let below = nth_row(rest, 1);
    match &prompt.error {
        Some(error) => pen.line(below, error, Look::Bad),
        None => pen.line(below, "Enter accepts, Esc leaves", Look::Dim),
    };
}

/// A note, with the words it is about.
pub fn note(pen: &mut Pen<'_>, state: &AppState, note: &NoteEditor) {
    let place = layout::dialog(state.size, 70, 10);
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), "Note");
    let (text, below) = cut_bottom(inner, 1);
    let text = about(pen, text, note.quote.as_deref());
    editor::state(pen, text, &note.editor);
    pen.line(
        below,
        "Enter keeps it, Alt-Enter starts a line, Esc leaves",
        Look::Dim,
    );
}

fn about(pen: &mut Pen<'_>, area: Rect, quote: Option<&str>) -> Rect {
    let Some(quote) = quote else { return area };
    let (head, rest) = cut_top(area, 2);
    pen.line(head, &format!("about “{quote}”"), Look::Dim);
    rest
}
