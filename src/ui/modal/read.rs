//! Dialogs to read and to answer with a key.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::layout::{self, DialogLayout};
use crate::app::modal::{Confirm, HistoryView, InstructionsView, Message, ModeQuestion};
use crate::app::rubric::TriedView;
use crate::domain::view::HistoryLine;

use super::super::clock;
use super::super::glyph;
use super::super::pen::{Pen, Words, cut_bottom, nth_row, shift_down, shift_right};
use super::super::rect;
use super::super::texts;
use super::super::theme::Look;
use super::super::widgets::dialog;
use super::super::widgets::wait::paragraph;

/// A question with yes and no.
pub fn confirm(pen: &mut Pen<'_>, state: &AppState, confirm: &Confirm) {
    let place = layout::dialog(state.size, 60, 6);
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), "");
    let used = paragraph(pen, inner, &confirm.question, Look::Strong);
    paragraph(pen, shift_down(inner, used), &confirm.detail, Look::Dim);
    let (_, last) = cut_bottom(inner, 1);
    let keys = Words::new()
        .add(Look::Accent, "y")
        .add(Look::Text, " yes     ")
        .add(Look::Accent, "n")
        .add(Look::Text, " no");
    pen.words(last, &keys);
}

/// How an eval is reviewed: two choices with what each means.
pub fn mode(pen: &mut Pen<'_>, state: &AppState, question: &ModeQuestion) {
    let place = layout::dialog(state.size, 66, 11);
    let title = format!("What is {} for?", question.name);
    let mut inner = dialog::frame(pen, rect(place.outer), rect(place.inner), &title);
    for (mode, name, means) in ModeQuestion::CHOICES {
        let chosen = mode == question.choice;
        let row = nth_row(inner, 1);
        let look = if chosen { Look::Cursor } else { Look::Text };
        if chosen {
            pen.tint(row, Look::Cursor);
            pen.put(row.x, row.y, 1, glyph::POINTER, Look::Accent);
        }
        pen.line(shift_right(row, 2), name, look);
        let below = shift_right(shift_down(inner, 2), 2);
        let used = paragraph(
            pen,
            Rect {
                height: below.height.min(2),
                ..below
            },
            means,
            Look::Dim,
        );
        inner = shift_down(inner, 2 + used);
    }
    let keys = Words::new()
        .add(Look::Accent, "Enter")
        .add(Look::Dim, " takes it     ")
        .add(Look::Accent, "Esc")
        .add(Look::Dim, " asks later");
    pen.words(nth_row(inner, inner.height.saturating_sub(1)), &keys);
}

/// A dialog for reading as high as its text, up to the room there is for reading.
fn fitted(state: &AppState, rows: usize) -> DialogLayout {
    let reader = layout::reader(state.size);
    let height = rows.min(usize::from(reader.inner.height)) as u16;
    layout::dialog(state.size, reader.inner.width, height)
}

/// Something to know, and what to do about it. As high as its text, up to the room for reading.
pub fn message(pen: &mut Pen<'_>, state: &AppState, message: &Message) {
    let reader = layout::reader(state.size);
    let rows = texts::rows(&message.text, reader.inner.width);
    let hint = message
        .hint
        .as_deref()
        .map(|hint| texts::rows(hint, reader.inner.width));
    let wanted = rows.len() + hint.as_ref().map_or(0, |hint| hint.len() + 1) + 2;
    let place = layout::dialog(
        state.size,
        reader.inner.width,
        reader
            .inner
            .height
            .min(wanted.min(usize::from(u16::MAX)) as u16),
    );
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), &message.title);
    let (text, below) = cut_bottom(inner, 1);
    let hint = hint.into_iter().flatten().map(|row| (row, Look::Accent));
    let all: Vec<(String, Look)> = rows
        .into_iter()
        .map(|row| (row, Look::Text))
        .chain([(String::new(), Look::Text)])
        .chain(hint)
        .collect();
    let shown = all.iter().skip(message.top).take(usize::from(text.height));
    for (index, (row, look)) in shown.enumerate() {
        pen.line(nth_row(text, index as u16), row, *look);
    }
    let mut keys = Words::new()
        .add(Look::Accent, "Esc")
        .add(Look::Dim, " closes");
    if message.copy.is_some() {
        keys = keys.add(Look::Accent, "     y").add(Look::Dim, " copies");
    }
    pen.words(below, &keys);
}

/// What happened to a ticket, oldest first.
pub fn history(pen: &mut Pen<'_>, state: &AppState, history: &HistoryView) {
    let lines = history.lines.as_ref().map_or(1, Vec::len);
    let place = fitted(state, lines.max(3));
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), "History");
    match &history.lines {
        None => {
            pen.line(inner, "reading the history…", Look::Dim);
        }
        Some(lines) if lines.is_empty() => {
            pen.line(
                inner,
                "Nothing to show: nobody has decided anything yet, or your own commit comes first.",
                Look::Dim,
            );
        }
        Some(lines) => {
            for (index, line) in lines.iter().skip(history.top).enumerate() {
                let row = nth_row(inner, index as u16);
                if row.is_empty() {
                    break;
                }
                happened(pen, row, line);
            }
        }
    }
}

/// One example judged now.
pub fn tried(pen: &mut Pen<'_>, state: &AppState, view: &TriedView) {
    let place = layout::reader(state.size);
    let title = if view.done {
        format!("{} on one example; no verdict is kept", view.judge)
    } else {
        format!("Asking {}", view.judge)
    };
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), &title);
    let (text, below) = cut_bottom(inner, 1);
    texts::pane(pen, text, &view.pane);
    let keys = Words::new()
        .add(Look::Accent, "Esc")
        .add(Look::Dim, " closes     ")
        .add(Look::Accent, "y")
        .add(Look::Dim, " copies");
    pen.both(below, &keys, &texts::place(&view.pane));
}

fn happened(pen: &mut Pen<'_>, row: Rect, line: &HistoryLine) {
    let look = if line.taken_back {
        Look::Dim
    } else {
        Look::Text
    };
    let mut words = Words::new()
        .add(Look::Dim, clock::date_and_time(line.time_ms))
        .add(Look::Text, "  ")
        .add(look, line.who.as_str())
        .add(Look::Text, "  ")
        .add(look, line.what.as_str());
    if line.taken_back {
        words.push(Look::Dim, "  (taken back)");
    }
    pen.words(row, &words);
}

/// Purpose and instructions of an eval.
pub fn instructions(pen: &mut Pen<'_>, state: &AppState, view: &InstructionsView) {
    let columns = layout::reader(state.size).inner.width;
    let purpose = view.purpose_rows(columns);
    let rows = view.pane.rows().rows().len();
    let place = fitted(state, rows + usize::from(view.other_rows(columns)));
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), &view.name);
    for (at, row) in purpose.iter().enumerate() {
        pen.line(nth_row(inner, at as u16), row, Look::Strong);
    }
    let head = match purpose.len() as u16 {
        0 => 0,
        rows => rows + 1,
    };
    let (text, below) = cut_bottom(shift_down(inner, head), 2);
    texts::pane(pen, text, &view.pane);
    let action = if view.first {
        "starts with the first ticket"
    } else {
        "closes"
    };
    let keys = Words::new()
        .add(Look::Accent, "Enter")
        .add(Look::Dim, format!(" {action}"));
    pen.both(shift_down(below, 1), &keys, &texts::place(&view.pane));
}
