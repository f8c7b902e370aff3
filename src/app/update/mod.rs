//! The one entry: an input changes the state and leads to effects.

mod clock;
mod global;
mod keys;
mod modals;
mod mouse;
mod name;
mod outcome;
mod refuse;

use super::effect::Effect;
use super::input::Input;
use super::state::{AppState, Asked, Screen};

pub use clock::next_tick;
pub use global::run;
pub(crate) use global::{go_home, go_queue, job, put_down};
pub use keys::{BURST_MS, HASTE_MS};
pub(crate) use refuse::eval_of;
pub(crate) use refuse::full;
pub use refuse::{DisabledReason, refusal};

/// Takes one input. Never blocks, never fails; what cannot be done is said in the strip.
pub fn update(state: &mut AppState, input: Input) -> Vec<Effect> {
    let mut effects = Vec::new();
    match input {
        Input::Key { key, at_ms } => keys::key(state, key, at_ms, &mut effects),
        Input::Paste { text, at_ms } => keys::paste(state, &text, at_ms),
        Input::Mouse { mouse, at_ms } => mouse::mouse(state, mouse, at_ms, &mut effects),
        Input::Resize { width, height } => {
            state.size = super::layout::Size { width, height };
            state.dirty = true;
        }
        Input::Tick { now_ms } => clock::tick(state, now_ms, &mut effects),
        Input::Outcome { request, outcome } => {
            outcome::outcome(state, request, outcome, &mut effects);
        }
        Input::Changed => changed(state, &mut effects),
    }
    state.settle_strip();
    settle(state, &mut effects);
    effects
}

/// Another process, or a judge of this one, wrote: what is shown is read anew. What is being entered stays as it is.
pub(crate) fn changed(state: &mut AppState, effects: &mut Vec<Effect>) {
    match state.screen {
        Screen::Home | Screen::FirstRun => global::load_home(state, effects),
        Screen::Queue => super::queue::update::reload(state, effects),
        Screen::Ticket => {
            if state.ticket.as_ref().is_some_and(|t| t.view.rail) {
                super::queue::update::reload(state, effects);
            }
            // How many are left stands above the ticket.
            global::load_home(state, effects);
            super::judging::update::look(state, effects);
        }
        Screen::Agreement => super::agreement::update::load(state, effects),
        Screen::Rubric => super::rubric::update::load_list(state, effects),
        Screen::Activity => super::activity::update::load(state, effects),
        Screen::Runs => super::runs::update::load(state, effects),
        Screen::Gate => super::gate::update::load(state, effects),
        Screen::Practice | Screen::Export => {}
    }
}

/// Fetches the list beside the ticket where it shows and holds another eval's tickets, or none.
fn fill_rail(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(ticket) = state.ticket.as_deref() else {
        return;
    };
    let eval = ticket.eval;
    let shows = state.screen == Screen::Ticket
        && ticket.doc.is_some()
        && ticket.layout(state.size).rail.is_some();
    if shows && state.queue.as_ref().is_none_or(|queue| queue.eval != eval) {
        super::queue::update::enter(state, eval);
        super::queue::update::reload(state, effects);
    }
}

/// Brings sizes and fetches in line with what the input changed.
fn settle(state: &mut AppState, effects: &mut Vec<Effect>) {
    if !state.dirty {
        return;
    }
    let size = state.size;
    state.home.height = usize::from(super::layout::home(size).list.height);
    if let Some(queue) = &mut state.queue {
        queue.window.resize(super::layout::queue(size).list.height);
    }
    if let Some(agreement) = &mut state.agreement {
        agreement.fit(size);
    }
    super::rubric::update::settle(state, effects);
    state.activity.height = usize::from(super::layout::activity(size).list.height);
    state.activity.settle();
    state.runs.fit(size);
    state.gate.fit(size);
    fill_rail(state, effects);
    super::queue::update::fetch_wanted(state, effects);
    if let Some(ticket) = &mut state.ticket {
        ticket.fit(size);
        let jobs: Vec<_> = ticket
            .view
            .panes
            .iter()
            .filter_map(|(key, pane)| pane.job(*key))
            .collect();
        for job in jobs {
            super::ticket::open::prepare(state, job, effects);
        }
    }
    if let Some(practice) = &mut state.practice {
        practice.fit(size);
    }
    modals::fit(state);
    if state.requests.waits(|asked| *asked == Asked::Home) && state.home.home.is_none() {
        state.dirty = true;
    }
}

#[cfg(test)]
mod tests;
