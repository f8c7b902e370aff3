//! The workbench without a terminal: screen state, and `update(state, input) -> effects`.
//!
//! A pure layer: no file, no network, no clock, no randomness. A key goes from [`input::Input`] over
//! [`layer::layer`] (who owns the keyboard) and [`keymap::KeyMap`] to an [`action::Action`];
//! [`update::update`] changes the [`AppState`] and returns [`effect::Effect`]s; what they lead to comes
//! back as an input with the same request id, and a stale one is dropped. Time is what inputs say it is.
//! Everything is plain, comparable and printable, so a session can be replayed and a test reads as one.
//!
//! | module | what it answers |
//! | --- | --- |
//! | [`input`], [`effect`] | what can happen; what is ordered and replied |
//! | [`action`], [`keymap`], [`hints`] | the one table of actions, the keys to them, the bar that shows them |
//! | [`state`], [`layer`], [`modal`] | everything known, who owns the keyboard, the stack of dialogs |
//! | [`layout`] | where everything stands at a size |
//! | [`document`], [`editor`], [`diff`] | texts read, written, compared |
//! | [`first_run`], [`home`], [`queue`], [`ticket`], [`practice`], [`agreement`], [`rubric`], [`export`], [`activity`], [`runs`], [`gate`] | the screens |
//! | [`judging`] | who shall judge which tickets, before it starts |
//! | [`mod@update`] | the one entry |

pub mod action;
pub mod activity;
pub mod agreement;
pub mod diff;
pub mod document;
pub mod editor;
pub mod effect;
pub mod empty;
pub mod export;
pub mod first_run;
pub mod gate;
pub mod hints;
pub mod home;
pub mod input;
pub mod judging;
pub mod keymap;
pub mod layer;
pub mod layout;
pub mod modal;
pub mod practice;
pub mod queue;
pub mod requests;
pub mod rubric;
pub mod runs;
pub mod settings;
pub mod state;
#[cfg(test)]
mod test_kit;
pub mod ticket;
pub mod update;

pub use state::{AppState, Screen};
pub use update::update;
