//! Dialogs over the screens. The topmost one has the keyboard and is drawn over all others.

mod choose;
mod gate;
mod judges;
mod lists;
mod read;
mod write;

use crate::app::AppState;
use crate::app::modal::Modal;

use super::pen::Pen;

/// Draws the dialogs that are open, the topmost last.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    for modal in &state.modals {
        match modal {
            Modal::Palette(palette) => lists::palette(pen, state, palette),
            Modal::Help(help) => lists::help(pen, state, help),
            Modal::Confirm(confirm) => read::confirm(pen, state, confirm),
            Modal::Prompt(prompt) => write::prompt(pen, state, prompt),
            // Stands in the queue's own line.
            Modal::Filter(_) => {}
            Modal::Note(note) => write::note(pen, state, note),
            Modal::Diff(diff) => super::diff::draw(pen, state, diff),
            Modal::Mode(question) => read::mode(pen, state, question),
            Modal::Choose(choice) => choose::draw(pen, state, choice),
            Modal::Tried(view) => read::tried(pen, state, view),
            Modal::Judges(pick) => judges::judges(pen, state, pick),
            Modal::Decide(form) => gate::decide(pen, state, form),
            Modal::Checks(view) => gate::checks(pen, state, view),
            Modal::Message(message) => read::message(pen, state, message),
            Modal::History(history) => read::history(pen, state, history),
            Modal::Instructions(view) => read::instructions(pen, state, view),
        }
    }
}
