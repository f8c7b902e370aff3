//! Palette and help: a line to type in over a list of actions.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::judging::{JudgeFor, JudgePick, work_words};
use crate::app::layout;
use crate::app::modal::{Entry, Help, Palette};

use super::super::glyph;
use super::super::line_edit;
use super::super::pen::{Pen, Words, cut_bottom, cut_top, nth_row, shift_right};
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

/// The first entry shown so that the cursor stays in sight with a few behind it.
pub fn first_shown(cursor: usize, count: usize, height: usize) -> usize {
    let ahead = (height / 3).min(4);
    (cursor + ahead + 1)
        .saturating_sub(height)
        .min(count.saturating_sub(height))
        .min(cursor)
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

/// Who could read the tickets, and for how much.
pub fn judges(pen: &mut Pen<'_>, state: &AppState, pick: &JudgePick) {
    let lines = pick.choices.as_ref().map_or(1, |choices| choices.len() * 2);
    let place = layout::dialog(state.size, 84, (lines.min(24) + 3) as u16);
    let (title, does) = match &pick.purpose {
        JudgeFor::These => ("Who shall read these?", " lets it read     "),
        JudgeFor::Try(_) => ("Who shall read one example?", " lets it read     "),
        JudgeFor::Draft => ("Who shall draft it?", " lets it draft     "),
    };
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), title);
    let (list, keys) = cut_bottom(inner, 1);
    match &pick.choices {
        None => {
            pen.line(list, "looking for keys and local servers…", Look::Dim);
        }
        Some(choices) => {
            let height = usize::from(list.height / 2).max(1);
            let first = first_shown(pick.cursor, choices.len(), height);
            for (index, choice) in choices.iter().enumerate().skip(first).take(height) {
                let row = nth_row(list, ((index - first) * 2) as u16);
                let below = nth_row(list, ((index - first) * 2 + 1) as u16);
                let cursor = index == pick.cursor;
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
                    Ok(work) if pick.purpose == JudgeFor::These => work_words(work),
                    Ok(work) => format!("{}; not kept", work.place),
                    Err(why) => why.clone(),
                };
                pen.line(shift_right(below, 4), &does, Look::Dim);
            }
        }
    }
    let words = Words::new()
        .add(Look::Accent, "Enter")
        .add(Look::Dim, does)
        .add(Look::Accent, "Esc")
        .add(Look::Dim, " closes");
    pen.words(keys, &words);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_under_the_cursor_is_always_in_sight() {
        for height in 1..12 {
            for cursor in 0..30 {
                let first = first_shown(cursor, 30, height);
                assert!(
                    first <= cursor && cursor < first + height,
                    "{cursor} {height}"
                );
            }
        }
        assert_eq!(first_shown(0, 3, 10), 0);
    }
}
