//! The one entry: an input changes the state and leads to effects.

use super::action::Action;
use super::effect::Effect;
use super::input::Input;
use super::state::AppState;

/// Takes one input.
pub fn update(state: &mut AppState, input: Input) -> Vec<Effect> {
    let _ = (state, input);
    Vec::new()
}

/// Why an action cannot be done now; `None` if it can.
pub fn refusal(state: &AppState, action: Action) -> Option<String> {
    let _ = (state, action);
    None
}
