//! Clicks on the Runs screen: one selects, one on what is selected opens it.

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::layout;
use super::super::state::AppState;
use super::super::update;
use super::Tab;

/// A click on a cell.
pub(crate) fn click(state: &mut AppState, x: u16, y: u16, effects: &mut Vec<Effect>) {
    let size = state.size;
    let again = match &mut state.runs.open {
        None => {
            let place = layout::runs(size).list;
            let at = state.runs.top + usize::from(y.saturating_sub(place.y));
            let there = state.runs.groups.as_ref().map_or(0, Vec::len);
            if !place.holds(x, y) || at >= there {
                return;
            }
            let again = state.runs.cursor == at;
            state.runs.cursor = at;
            again
        }
        Some(open) if open.beside.is_some() => {
            let Some(beside) = &mut open.beside else {
                return;
            };
            let place = layout::beside(size, beside.columns());
            let Some(column) = place.column_at(x, y) else {
                return;
            };
            let at = beside.first() + column;
            let again = beside.at == at;
            beside.at = at.min(beside.sides().len().saturating_sub(1));
            again
        }
        Some(open) => {
            let place = layout::group(size);
            if let Some(tab) = place.tab_at(x, y, Tab::ALL.map(|tab| tab.name().len() as u16)) {
                open.tab = Tab::ALL[tab];
                return;
            }
            match open.tab {
                Tab::Rows if place.list.holds(x, y) => {
                    let at = open.top + usize::from(y - place.list.y);
                    if at >= open.listed() {
                        return;
                    }
                    let again = open.row == at;
                    open.row = at;
                    again
                }
                Tab::Points if place.points.holds(x, y) => {
                    let cell = (x - place.points.x, y - place.points.y);
                    let Some(grid) = &mut open.grid else {
                        return;
                    };
                    if grid.at(cell.0, cell.1).is_empty() {
                        return;
                    }
                    let again = grid.cursor == cell;
                    grid.cursor = cell;
                    again
                }
                Tab::Tags if place.list.holds(x, y) => {
                    let at = usize::from(y - place.list.y);
                    if at >= open.chosen().map_or(0, |one| one.weak_tags.len()) {
                        return;
                    }
                    let again = open.tag == at;
                    open.tag = at;
                    again
                }
                _ => return,
            }
        }
    };
    if again {
        update::run(state, Action::Open, effects);
    }
}

/// The wheel scrolls what is shown.
pub(crate) fn wheel(state: &mut AppState, by: isize) {
    match &mut state.runs.open {
        None => state.runs.step(by),
        Some(open) => match &mut open.beside {
            Some(beside) => beside.step(by),
            None => open.step(by),
        },
    }
}
