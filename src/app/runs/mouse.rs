//! Clicks on the Runs screen: one selects, one on what is selected opens it.

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::layout::{self, Size};
use super::super::state::AppState;
use super::super::update;
use super::beside::Beside;
use super::{OpenGroup, RunsState, Tab};

/// A click on a cell.
pub(crate) fn click(state: &mut AppState, x: u16, y: u16, effects: &mut Vec<Effect>) {
    let size = state.size;
    let again = match &mut state.runs.open {
        None => on_list(&mut state.runs, size, x, y),
        Some(open) => match &mut open.beside {
            Some(beside) => on_output(beside, size, x, y),
            None => on_group(open, size, x, y),
        },
    };
    if again == Some(true) {
        update::run(state, Action::Open, effects);
    }
}

/// Selects a group; whether it was selected before. `None` where there is none.
fn on_list(runs: &mut RunsState, size: Size, x: u16, y: u16) -> Option<bool> {
    let place = layout::runs(size).list;
    let at = runs.top + usize::from(y.saturating_sub(place.y));
    let there = runs.groups.as_ref().map_or(0, Vec::len);
    (place.holds(x, y) && at < there).then(|| std::mem::replace(&mut runs.cursor, at) == at)
}

fn on_output(beside: &mut Beside, size: Size, x: u16, y: u16) -> Option<bool> {
    let column = layout::beside(size, beside.columns()).column_at(x, y)?;
    let last = beside.sides().len().checked_sub(1)?;
    let at = (beside.first() + column).min(last);
    Some(std::mem::replace(&mut beside.at, at) == at)
}

fn on_group(open: &mut OpenGroup, size: Size, x: u16, y: u16) -> Option<bool> {
    let place = layout::group(size);
    let widths = Tab::ALL.map(|tab| tab.name().len() as u16);
    if let Some(tab) = place.tab_at(x, y, widths) {
        open.show(Tab::ALL[tab]);
        return None;
    }
    let line = usize::from(y.saturating_sub(place.list.y));
    match open.tab {
        Tab::Rows => {
            let at = open.top + line;
            let there = place.list.holds(x, y) && at < open.listed();
            there.then(|| std::mem::replace(&mut open.row, at) == at)
        }
        Tab::Points => {
            let within = place.points.holds(x, y);
            let cell = within.then(|| (x - place.points.x, y - place.points.y))?;
            let grid = open.grid.as_mut()?;
            let filled = !grid.at(cell.0, cell.1).is_empty();
            filled.then(|| std::mem::replace(&mut grid.cursor, cell) == cell)
        }
        Tab::Tags => {
            let tags = open.chosen().map_or(0, |one| one.weak_tags.len());
            let at = open.tag_top + line;
            let there = place.list.holds(x, y) && at < tags;
            there.then(|| std::mem::replace(&mut open.tag, at) == at)
        }
        Tab::Compare => None,
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
