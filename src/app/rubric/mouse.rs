//! Clicks on the Rubric screen. A click selects, one on what is selected opens it; nothing is ever changed by one.

use crate::text::width;

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::layout::Area;
use super::super::modal::{Modal, first_shown};
use super::super::state::AppState;
use super::super::update;
use super::field::{LABEL, NUMBER};
use super::place::{self, RubricLayout};
use super::{Focus, blocks, update as screen};

/// Names of the parts, as the tabs show them.
pub const TABS: [&str; 3] = ["Rubrics", "Form", "Versions"];
/// Rows below the text that say what is wrong in it.
pub const TEXT_FOOT: u16 = 2;
/// Columns below which a version takes two rows.
const WIDE: u16 = 60;

/// Rows a version takes in an area.
pub fn version_rows(area: Area) -> u16 {
    if area.width < WIDE { 2 } else { 1 }
}

/// A click on the screen.
pub(crate) fn click(state: &mut AppState, x: u16, y: u16, extend: bool, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let place = place::place(state.size, open.focus.place());
    if let Some(toml) = &mut open.toml {
        let body = text_area(&place);
        if body.holds(x, y) {
            toml.editor.click(x - body.x, y - body.y, extend);
        }
        return;
    }
    if writes(state, &place, x, y, extend) {
        return;
    }
    if state.rubric.as_ref().is_some_and(|o| o.editing.is_some()) {
        // What was written is kept before anything else is looked at; if it cannot be, it stays open.
        update::run(state, Action::LeaveText, effects);
        if state.rubric.as_ref().is_none_or(|o| o.editing.is_some()) {
            return;
        }
    }
    if place.tabs.holds(x, y) {
        if let (Some(focus), Some(open)) = (tab(x - place.tabs.x), &mut state.rubric) {
            open.focus = focus;
        }
    } else if place.list.body.holds(x, y) {
        list(state, &place, y, effects);
    } else if place.versions.body.holds(x, y) {
        versions(state, &place, y, effects);
    } else if place.form.body.holds(x, y) {
        form(state, &place, y, effects);
    }
}

/// A click into the field being written.
fn writes(state: &mut AppState, place: &RubricLayout, x: u16, y: u16, extend: bool) -> bool {
    let Some(open) = &mut state.rubric else {
        return false;
    };
    let laid = blocks::lay_out(open, place.form.body);
    let Some(edit) = &mut open.editing else {
        return false;
    };
    let left = laid.fields.x + LABEL;
    match laid.at(y) {
        Some((at, row)) if laid.blocks[at].edited && x >= left && place.form.body.holds(x, y) => {
            edit.editor.click(x - left, row, extend);
            true
        }
        _ => false,
    }
}

/// Dragging selects in the text or the field being written.
pub(crate) fn drag(state: &mut AppState, x: u16, y: u16) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let place = place::place(state.size, open.focus.place());
    match &mut open.toml {
        Some(toml) => {
            let body = text_area(&place);
            if body.holds(x, y) {
                toml.editor.click(x - body.x, y - body.y, true);
            }
        }
        None => {
            let _ = writes(state, &place, x, y, true);
        }
    }
}

fn text_area(place: &RubricLayout) -> Area {
    let mut body = place.text.body;
    let _ = body.take_bottom(TEXT_FOOT);
    let _ = body.take_left(NUMBER);
    body
}

fn tab(column: u16) -> Option<Focus> {
    let mut from = 0;
    let at = TABS.iter().position(|name| {
        let to = from + width::of(name) + 2;
        let hit = (from..to).contains(&usize::from(column));
        from = to + 1;
        hit
    })?;
    Focus::ALL.get(at).copied()
}

fn list(state: &mut AppState, place: &RubricLayout, y: u16, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let body = place.list.body;
    let count = open.cards().len();
    let at = first_shown(open.cursor, count, usize::from(body.height)) + usize::from(y - body.y);
    if at >= count {
        return;
    }
    let chosen = open.cursor == at && open.focus == Focus::List;
    open.focus = Focus::List;
    if chosen {
        update::run(state, Action::Open, effects);
    } else {
        screen::go(state, at, effects);
    }
}

fn versions(state: &mut AppState, place: &RubricLayout, y: u16, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let body = place.versions.body;
    let rows = version_rows(body);
    let fit = usize::from(body.height / rows).max(1);
    let first = first_shown(open.version, open.versions().len(), fit);
    let at = first + usize::from((y - body.y) / rows);
    if at >= open.versions().len() {
        return;
    }
    let chosen = open.version == at && open.focus == Focus::Versions;
    (open.focus, open.version) = (Focus::Versions, at);
    if chosen {
        update::run(state, Action::Open, effects);
    }
}

fn form(state: &mut AppState, place: &RubricLayout, y: u16, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let Some((at, _)) = blocks::lay_out(open, place.form.body).at(y) else {
        return;
    };
    let chosen = open.field == at && open.focus == Focus::Form;
    (open.focus, open.field) = (Focus::Form, at);
    if chosen {
        update::run(state, Action::Open, effects);
    }
}

/// A click in a choice of a few: selects, and takes what is selected.
pub(crate) fn choose(state: &mut AppState, x: u16, y: u16, effects: &mut Vec<Effect>) {
    let size = state.size;
    let Some(Modal::Choose(choice)) = state.modals.last_mut() else {
        return;
    };
    let each = choice.each();
    let mut list = choice.place(size).inner;
    let _ = list.take_bottom(1);
    if !list.holds(x, y) {
        return;
    }
    let fit = usize::from(list.height / each).max(1);
    let first = first_shown(choice.cursor, choice.rows.len(), fit);
    let at = first + usize::from((y - list.y) / each);
    if at >= choice.rows.len() {
        return;
    }
    let chosen = choice.cursor == at;
    choice.cursor = at;
    if chosen {
        update::run(state, Action::Accept, effects);
    }
}
