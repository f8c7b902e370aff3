//! What actions do on the first screen.

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::state::{AppState, Job};
use super::super::update;
use super::Offer;

/// Runs an action on the first screen; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let first = &mut state.first_run;
    let last = first.offers.len().saturating_sub(1);
    match action {
        Action::Down => first.cursor = (first.cursor + 1).min(last),
        Action::Up => first.cursor = first.cursor.saturating_sub(1),
        Action::Open => start(state, state.first_run.cursor, effects),
        Action::Import => {
            let files = |offer: &Offer| matches!(offer, Offer::File(_));
            if let Some(at) = first.offers.iter().position(files) {
                start(state, at, effects);
            }
        }
        _ => return false,
    }
    true
}

fn start(state: &mut AppState, at: usize, effects: &mut Vec<Effect>) {
    if state.requests.job().is_some() {
        return;
    }
    match state.first_run.offers.get(at).cloned() {
        Some(Offer::File(file)) => {
            let order = Order::ImportFile { path: file.path };
            update::job(state, Job::Import, order, effects);
        }
        Some(Offer::Sample) => update::job(state, Job::Demo, Order::MakeDemo, effects),
        None => {}
    }
}
