//! Clicks on the Gate screen: one selects, one on what is selected opens it.

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::layout;
use super::super::state::AppState;
use super::super::update;
use super::OpenGate;

/// A click on a cell.
pub(crate) fn click(state: &mut AppState, x: u16, y: u16, effects: &mut Vec<Effect>) {
    let again = if let Some(open) = &mut state.gate.open {
        on_gate(open, x, y)
    } else {
        let place = layout::gates(state.size).list;
        let gate = &mut state.gate;
        let at = gate.top + usize::from(y.saturating_sub(place.y));
        let there = gate.cards.as_ref().map_or(0, Vec::len);
        (place.holds(x, y) && at < there).then(|| std::mem::replace(&mut gate.cursor, at) == at)
    };
    if again == Some(true) {
        update::run(state, Action::Open, effects);
    }
}

/// Selects a candidate or a line; whether the line was selected before.
fn on_gate(open: &mut OpenGate, x: u16, y: u16) -> Option<bool> {
    let place = open.place();
    if place.tabs.holds(x, y) {
        let column = x - place.tabs.x;
        let tabs = open.tabs();
        let hit = tabs
            .iter()
            .find(|tab| column >= tab.x && column - tab.x < tab.width)?;
        open.show(hit.at);
        return None;
    }
    if open.view().is_none() || !place.list.body.holds(x, y) {
        return None;
    }
    let row = open.top + usize::from(y - place.list.body.y);
    let stop = open.list.rows.get(row)?.stop?;
    let same = open.cursor == stop;
    open.step(stop as isize - open.cursor as isize);
    Some(same)
}

/// The wheel scrolls what is below it.
pub(crate) fn wheel(state: &mut AppState, x: u16, y: u16, by: isize) {
    match &mut state.gate.open {
        None => state.gate.step(by),
        Some(open) => {
            let side = open.place().side;
            if side.is_some_and(|side| side.body.holds(x, y)) {
                open.scroll(by);
            } else {
                open.step(by);
            }
        }
    }
}
