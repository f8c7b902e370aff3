//! The queue: filter line, headings, rows.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::layout;
use crate::app::modal::{FilterBar, Modal};
use crate::app::queue::QueueState;
use crate::domain::count::noun;
use crate::domain::eval::Mode;
use crate::domain::rubric::DEFAULT_THRESHOLD;
use crate::domain::ticket::State;
use crate::domain::view::QueueCounts;

use super::glyph;
use super::line_edit;
use super::pen::{Pen, Words, nth_row, shift_right};
use super::queue_table::{self, RowState};
use super::rect;
use super::screen;
use super::texts;
use super::theme::Look;
use super::widgets::bar;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let Some(queue) = &state.queue else { return };
    let place = layout::queue(state.size);
    let left = Words::new()
        .add(Look::Strong, queue.name.as_str())
        .add(Look::Dim, format!(" {} tickets", glyph::DOT));
    let right = queue.counts.as_ref().map_or_else(Words::new, counts_words);
    screen::frame(pen, state, &place.frame, &left, &right);
    filter_line(pen, state, queue, rect(place.filter));
    let list = rect(place.list);
    rows_of(pen, queue, &place, list);
    let head = rect(place.head);
    refused(
        pen,
        state,
        Rect {
            height: head.height + list.height,
            ..head
        },
    );
}

fn rows_of(pen: &mut Pen<'_>, queue: &QueueState, place: &layout::QueueLayout, list: Rect) {
    if let Some(empty) = queue.empty() {
        screen::empty(pen, shift_right(list, 2), &empty);
        return;
    }
    let rows = queue.window.visible();
    // Before the own commit a blind eval shows no judge at all, and so needs no column for it; nor does one that
    // compares, where a judge says which is better and gives no score.
    let scored = queue.mode == Mode::Assist && !queue.compares;
    let judged = scored || rows.iter().any(|row| row.judge.visible().is_some());
    let models = rows.iter().any(|row| row.model.visible().is_some());
    let columns = queue_table::columns(list, judged, models);
    head(pen, &columns, rect(place.head));
    for (index, row) in rows.iter().enumerate() {
        let look = RowState {
            cursor: queue.window.top + index == queue.window.cursor,
            marked: queue.marks.contains(&row.ticket),
        };
        let at = nth_row(list, index as u16);
        queue_table::row(pen, &columns, at, row, look, DEFAULT_THRESHOLD);
    }
}

fn head(pen: &mut Pen<'_>, columns: &queue_table::Columns, at: Rect) {
    queue_table::head(pen, &columns.at(at));
}

/// `14 open, 44 done, 2 later`: the states that have tickets.
fn counts_words<'a>(counts: &QueueCounts) -> Words<'a> {
    let mut words = Words::new().add(
        Look::Dim,
        format!(
            "{} {}: ",
            bar::thousands(counts.total),
            noun(counts.total, "ticket")
        ),
    );
    let named = State::ALL.into_iter().zip(counts.states);
    let parts: Vec<String> = named
        .filter(|(_, count)| *count > 0)
        .map(|(state, count)| format!("{} {}", bar::thousands(count), state_word(state)))
        .collect();
    words.push(Look::Text, parts.join(", "));
    words
}

/// A state in the reviewer's words.
pub fn state_word(state: State) -> &'static str {
    match state {
        State::Open => "open",
        State::Partial => "half reviewed",
        State::Adjudicate => "to be decided",
        State::Deferred => "put aside",
        State::Escalated => "handed up",
        State::Done => "done",
    }
}

fn filter_line(pen: &mut Pen<'_>, state: &AppState, queue: &QueueState, area: Rect) {
    let typing = state.modals.iter().find_map(|modal| match modal {
        Modal::Filter(bar) => Some(bar),
        _ => None,
    });
    if let Some(bar) = typing {
        typed(pen, area, bar);
        return;
    }
    let mut left = Words::new();
    if queue.filter.is_empty() {
        left.push(Look::Dim, format!("order: {}", queue.order.name()));
    } else {
        left.push(Look::Accent, "\\ ");
        left.push(Look::Text, queue.filter.as_str());
        left.push(Look::Dim, format!("   order: {}", queue.order.name()));
    }
    if !queue.marks.is_empty() {
        left.push(Look::Accent, format!("   {} marked", queue.marks.len()));
    }
    let right = queue.counts.as_ref().map_or_else(Words::new, |counts| {
        let shown = queue_table::shown_words(counts.shown, counts.total);
        Words::new().add(Look::Dim, shown)
    });
    pen.both(area, &left, &right);
}

fn typed(pen: &mut Pen<'_>, area: Rect, bar: &FilterBar) {
    pen.put(area.x, area.y, 1, "\\", Look::Accent);
    let rest = shift_right(area, 2);
    line_edit::draw(
        pen,
        rest,
        &bar.line,
        "words, status:open, feature:billing, score<0.5",
    );
}

/// Most rows that say what is wrong with a filter.
const WHY_ROWS: u16 = 3;

/// What is wrong with the filter being typed, over the first rows of the list it cannot fill.
fn refused(pen: &mut Pen<'_>, state: &AppState, below: Rect) {
    let error = state.modals.iter().find_map(|modal| match modal {
        Modal::Filter(bar) => bar.error.as_ref(),
        _ => None,
    });
    let Some((at, why)) = error else { return };
    let area = shift_right(below, 2);
    let rows = texts::rows(&format!("✗ at {}: {why}", at + 1), area.width);
    for (at, row) in rows.iter().take(usize::from(WHY_ROWS)).enumerate() {
        pen.clear(nth_row(below, at as u16));
        pen.line(nth_row(area, at as u16), row, Look::Bad);
    }
}
