//! Clicks on the Activity screen: one selects, one on what is selected opens it.

use super::super::action::Action;
use super::super::effect::Effect;
use super::super::layout;
use super::super::state::AppState;
use super::super::update;
use super::Focus;

/// A click on a cell.
pub(crate) fn click(state: &mut AppState, x: u16, y: u16, effects: &mut Vec<Effect>) {
    let place = layout::activity(state.size);
    let activity = &mut state.activity;
    let again = if place.list.holds(x, y) {
        let at = activity.top + usize::from(y - place.list.y);
        if at >= activity.jobs.as_ref().map_or(0, Vec::len) {
            return;
        }
        let again = activity.focus == Focus::Jobs && activity.cursor == at;
        activity.focus = Focus::Jobs;
        activity.cursor = at;
        activity.settle();
        again
    } else if let Some(at) = failure_at(place.about.body, x, y) {
        if at >= activity.current().map_or(0, |card| card.job.failures.len()) {
            return;
        }
        let again = activity.focus == Focus::Failures && activity.failure == at;
        activity.focus = Focus::Failures;
        activity.failure = at;
        again
    } else {
        return;
    };
    if again {
        update::run(state, Action::Open, effects);
    }
}

/// The failure in a row below what is always said.
fn failure_at(body: layout::Area, x: u16, y: u16) -> Option<usize> {
    let first = body.y + layout::ABOUT_LINES;
    (body.holds(x, y) && y >= first).then(|| usize::from(y - first))
}
