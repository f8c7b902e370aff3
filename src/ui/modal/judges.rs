//! Who shall read which tickets, within which limit, and for how much.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::action::Action;
use crate::app::judging::{JudgePick, limit_words, work_words};
use crate::app::layer::Layer;
use crate::app::layout;
use crate::domain::view::JudgeChoice;

use super::super::glyph;
use super::super::pen::{Pen, Words, cut_bottom, cut_top, nth_row, shift_right};
use super::super::rect;
use super::super::theme::Look;
use super::super::widgets::dialog;
use super::lists::first_shown;

/// Rows above the list: which tickets, which limit, a blank.
const HEAD: u16 = 3;

/// Draws the dialog.
pub fn judges(pen: &mut Pen<'_>, state: &AppState, pick: &JudgePick) {
    let lines = pick.choices.as_ref().map_or(1, |choices| choices.len() * 2);
    let place = layout::dialog(state.size, 84, lines.min(24) as u16 + HEAD + 2);
    let title = "Who shall read these?";
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), title);
    let (head, rest) = cut_top(inner, HEAD);
    let (list, keys) = cut_bottom(rest, 1);
    let key = |action| {
        let chord = state.keymap.shown(Layer::Judging, action);
        chord.map_or_else(String::new, |chord| chord.to_string())
    };
    settings(pen, head, pick, &key);
    match &pick.choices {
        None => {
            pen.line(list, "looking for keys and local servers…", Look::Dim);
        }
        Some(choices) => {
            let height = usize::from(list.height / 2).max(1);
            let first = first_shown(pick.cursor, choices.len(), height);
            for (index, choice) in choices.iter().enumerate().skip(first).take(height) {
                let place = ((index - first) * 2) as u16;
                let rows = (nth_row(list, place), nth_row(list, place + 1));
                one(pen, rows, choice, index == pick.cursor);
            }
        }
    }
    let words = Words::new()
        .add(Look::Accent, "Enter")
        .add(Look::Dim, " lets it read   ")
        .add(Look::Accent, key(Action::JudgeName))
        .add(Look::Dim, " another judge   ")
        .add(Look::Accent, "Esc")
        .add(Look::Dim, " closes");
    pen.words(keys, &words);
}

/// What can be set, with its key at the right.
fn settings(pen: &mut Pen<'_>, head: Rect, pick: &JudgePick, key: &dyn Fn(Action) -> String) {
    let mut which = Words::new()
        .add(Look::Dim, "tickets  ")
        .add(Look::Text, pick.scope_words());
    if pick.again {
        which.push(Look::Warn, ", those without an answer once more");
    }
    let mut keys = Words::new();
    if pick.scopes.len() > 1 {
        keys.push(Look::Accent, key(Action::JudgeScope));
        keys.push(Look::Dim, " others   ");
    }
    let keys = keys
        .add(Look::Accent, key(Action::JudgeAgain))
        .add(Look::Dim, " ask again");
    pen.both(nth_row(head, 0), &which, &keys);
    let limit = Words::new()
        .add(Look::Dim, "spends   ")
        .add(Look::Text, limit_words(pick.limit));
    let keys = Words::new()
        .add(Look::Accent, key(Action::JudgeLimit))
        .add(Look::Dim, " sets a limit");
    pen.both(nth_row(head, 1), &limit, &keys);
}

fn one(pen: &mut Pen<'_>, (row, below): (Rect, Rect), choice: &JudgeChoice, cursor: bool) {
    if cursor {
        pen.tint(row, Look::Cursor);
        pen.put(row.x, row.y, 1, glyph::POINTER, Look::Accent);
    }
    let look = match (cursor, choice.work.is_ok()) {
        (true, _) => Look::Cursor,
        (false, true) => Look::Text,
        (false, false) => Look::Dim,
    };
    let dim = if cursor { Look::CursorDim } else { Look::Dim };
    let left = Words::new().add(look, choice.name.as_str());
    let right = Words::new().add(dim, choice.because.as_str());
    pen.both(shift_right(row, 2), &left, &right);
    let does = match &choice.work {
        Ok(work) => work_words(work),
        Err(why) => why.clone(),
    };
    pen.line(shift_right(below, 4), &does, Look::Dim);
}
