//! Run groups: the list, the comparison of one, its rows, points, failures, one item across the candidates.

mod beside;
mod compare;
mod points;
mod rows;
mod table;

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::empty::Empty;
use crate::app::layout::{self, GroupLayout, TAB_GAP};
use crate::app::runs::{OpenGroup, RunsState, Tab};
use crate::domain::count::counted;
use crate::domain::view::{GroupCard, GroupView};

use super::glyph;
use super::pen::{Pen, Words, nth_row, shift_down, shift_right};
use super::rect;
use super::screen;
use super::theme::Look;
use super::widgets::bar;
use table::{Cell, Column, Table};

/// Cells of the pointer.
const POINTER: u16 = 2;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    match &state.runs.open {
        None => list(pen, state),
        Some(open) if open.beside.is_some() => beside::draw(pen, state, open),
        Some(open) => group(pen, state, open),
    }
}

fn list(pen: &mut Pen<'_>, state: &AppState) {
    let place = layout::runs(state.size);
    let left = Words::new()
        .add(Look::Strong, "docket")
        .add(Look::Dim, format!(" {} runs", glyph::DOT));
    let right = state
        .runs
        .groups
        .as_ref()
        .map_or_else(Words::new, |groups| {
            Words::new().add(Look::Dim, counted(groups.len(), "group"))
        });
    screen::frame(pen, state, &place.frame, &left, &right);
    if let Some(empty) = state.runs.empty() {
        let area = shift_down(rect(place.frame.content), 1);
        screen::empty(pen, shift_right(area, POINTER), &empty);
        return;
    }
    let table = Table::new(
        place.list.width,
        vec![
            Column::left("group", 14, 24, 0),
            Column::left("eval", 10, 20, 2),
            Column::right("items", 7, 0),
            Column::left("candidates", 18, 60, 0),
            Column::right("outputs", 13, 1),
            Column::right("scored", 13, 1),
            Column::right("failed", 7, 3),
            Column::left("judge", 12, 24, 4),
        ],
    );
    table.head(pen, rect(place.head));
    let area = rect(place.list);
    for (at, card) in visible(&state.runs) {
        let row = nth_row(area, (at - state.runs.top) as u16);
        table.row(pen, row, &cells(card), at == state.runs.cursor);
    }
}

fn visible(runs: &RunsState) -> impl Iterator<Item = (usize, &GroupCard)> {
    let groups = runs.groups.iter().flatten().enumerate();
    groups.skip(runs.top).take(runs.height)
}

fn cells(card: &GroupCard) -> Vec<Cell> {
    let share = |part: u64, of: u64| format!("{}/{}", bar::thousands(part), bar::thousands(of));
    let failed = match card.failed {
        0 => Cell::dim(glyph::NONE),
        failed => Cell::new(bar::thousands(failed), Look::Warn),
    };
    let candidates: Vec<String> = card
        .candidates
        .iter()
        .map(|name| {
            if Some(name) == card.baseline.as_ref() {
                format!("{name} (baseline)")
            } else {
                name.clone()
            }
        })
        .collect();
    vec![
        Cell::text(card.name.as_str()),
        Cell::dim(card.eval.as_str()),
        Cell::text(bar::thousands(card.items)),
        Cell::text(candidates.join(", ")),
        Cell::dim(share(card.answered, card.rows)),
        Cell::dim(share(card.scored, card.answered)),
        failed,
        Cell::dim(card.judge.as_deref().unwrap_or("none yet")),
    ]
}

fn group(pen: &mut Pen<'_>, state: &AppState, open: &OpenGroup) {
    let place = layout::group(state.size);
    let left = Words::new()
        .add(Look::Strong, open.name.as_str())
        .add(Look::Dim, format!(" {} runs", glyph::DOT));
    let right = open.view().map_or_else(Words::new, |view| rests_on(view));
    screen::frame(pen, state, &place.frame, &left, &right);
    if let Some(empty) = open.empty() {
        let area = shift_down(rect(place.frame.content), 1);
        screen::empty(pen, shift_right(area, POINTER), &empty);
        return;
    }
    let Some(view) = open.view() else { return };
    tabs(pen, &place, open);
    if open.waits_for_rows() && matches!(open.tab, Tab::Rows | Tab::Points) {
        let empty = Empty::waiting(
            "The items are being read.",
            "A moment; the comparison is there already.",
        );
        screen::empty(pen, shift_right(rect(place.list), POINTER), &empty);
        return;
    }
    match open.tab {
        Tab::Compare => compare::draw(pen, &place, open, view),
        Tab::Rows => rows::draw(pen, &place, open, view),
        Tab::Points => points::draw(pen, &place, open, view),
        Tab::Tags => rows::tags(pen, &place, open, view),
    }
}

/// `60 items, 57 clusters`.
fn rests_on<'a>(view: &GroupView) -> Words<'a> {
    let comparison = &view.comparison;
    Words::new().add(
        Look::Dim,
        format!(
            "{}, {}",
            counted(comparison.items, "item"),
            counted(comparison.clusters, "cluster")
        ),
    )
}

/// The names of the tabs; the one that is shown carries the accent and the pointer.
fn tabs(pen: &mut Pen<'_>, place: &GroupLayout, open: &OpenGroup) {
    let mut at = rect(place.tabs);
    for tab in Tab::ALL {
        let name = tab.name();
        if tab == open.tab {
            pen.put(at.x, at.y, 1, glyph::POINTER, Look::Accent);
            pen.line(shift_right(at, POINTER), name, Look::Accent);
        } else {
            pen.line(shift_right(at, POINTER), name, Look::Dim);
        }
        at = shift_right(at, name.len() as u16 + TAB_GAP);
    }
}

/// The sentence that must stand beside every number, or what the numbers rest on.
fn about(pen: &mut Pen<'_>, area: Rect, view: &GroupView) {
    let comparison = &view.comparison;
    if let Some(badge) = comparison.badges.first() {
        pen.line(area, &format!("*** {badge} ***"), Look::Warn);
        return;
    }
    let words = format!(
        "{} {dot} rubric {} {dot} pass from {} {dot} judge {}",
        comparison.eval,
        comparison.rubric,
        comparison.threshold_words,
        comparison.judge.as_deref().unwrap_or("none yet"),
        dot = glyph::DOT,
    );
    pen.line(area, &words, Look::Dim);
}
