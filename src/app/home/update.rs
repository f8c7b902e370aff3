//! What actions do on Home.

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::modal::{Modal, ModeQuestion};
use super::super::state::{AppState, Job, Tone};
use super::super::{activity, queue, runs, ticket, update};
use super::HomeLine;

/// Runs an action on Home; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let eval = state.home.eval().map(|card| (card.id, card.name.clone()));
    let job = match state.home.current() {
        Some(HomeLine::Job(card)) => Some(card.job.id),
        _ => None,
    };
    let runs = matches!(state.home.current(), Some(HomeLine::Runs(_)));
    match (action, eval) {
        (Action::Down, _) => state.home.step(1),
        (Action::Up, _) => state.home.step(-1),
        (Action::Top, _) => state.home.step(isize::MIN / 2),
        (Action::Bottom, _) => state.home.step(isize::MAX / 2),
        (Action::Open | Action::TakeNext, Some((eval, _))) => {
            queue::update::enter(state, eval);
            ticket::open::take_next(state, eval, effects);
        }
        (Action::Open, None) if job.is_some() => activity::update::open(state, job, effects),
        (Action::Open, None) if runs => runs::update::open(state, None, effects),
        (Action::Open | Action::Import, _) => import(state, effects),
        (Action::OpenQueue, Some(_)) => update::go_queue(state, effects),
        (Action::SetMode, Some((eval, name))) => {
            let mode = state.home.eval().map(|card| card.mode).unwrap_or_default();
            state.modals.push(Modal::Mode(ModeQuestion {
                eval,
                name,
                choice: mode,
            }));
        }
        _ => return false,
    }
    true
}

fn import(state: &mut AppState, effects: &mut Vec<Effect>) {
    let file = match state.home.current() {
        Some(HomeLine::File(file)) => Some(file.path.clone()),
        _ => state.home.file().map(|file| file.path.clone()),
    };
    match file {
        Some(path) => update::job(state, Job::Import, Order::ImportFile { path }, effects),
        None => state.say(Tone::Refused, "there is nothing under the cursor"),
    }
}
