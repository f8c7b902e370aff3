//! Who reviews: the question, and what follows its answer.

use super::super::effect::Effect;
use super::super::modal::{LineEdit, Modal, Prompt, PromptFor};
use super::super::state::{AppState, Tone};
use super::super::ticket;
use super::global;

/// Asks who reviews.
pub(super) fn ask(state: &mut AppState) {
    let name = state.home.home.as_ref().map(|home| home.reviewer.clone());
    state.modals.push(Modal::Prompt(Prompt {
        title: "Who is reviewing? Your name stands with every review.".to_owned(),
        purpose: PromptFor::Reviewer,
        line: LineEdit::offering(name.unwrap_or_default()),
        optional: false,
        error: None,
    }));
}

/// Somebody reviews under this name from now on.
pub(super) fn given(state: &mut AppState, name: &str, effects: &mut Vec<Effect>) {
    if let Some(home) = &mut state.home.home {
        name.clone_into(&mut home.reviewer);
    }
    state.first_run.ask_name = false;
    state.settings.review_as(name);
    state.say(Tone::Done, format!("reviewing as {name}"));
    ticket::open::keep_settings(state, effects);
    global::load_home(state, effects);
    settled(state, effects);
}

/// The name is known, or was left as it is: what was asked for at the start follows.
pub(super) fn settled(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(eval) = state.first_run.then.take() {
        ticket::open::take_next(state, eval, effects);
    }
}
