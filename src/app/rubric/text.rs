//! The rubric as a text being written: its check, the way back to the form, and the editor that has the keyboard.

use std::sync::Arc;

use crate::domain::view::RubricDraft;

use super::super::editor::EditorState;
use super::super::effect::{Effect, Order};
use super::super::modal::{Confirm, Confirmed, Modal};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::{RubricAsked, RubricState, Then, TomlEdit, saving};

pub(super) fn text(open: &mut RubricState) {
    let checked = match (&open.draft, &open.page) {
        (Some(_), _) => open.checked.clone(),
        (None, page) => page.as_ref().map(|page| page.draft.clone()),
    };
    if let Some(checked) = checked {
        let editor = EditorState::new(&checked.toml);
        open.toml = Some(Box::new(TomlEdit {
            revision: editor.revision(),
            editor,
            checked,
            then: Then::Stay,
        }));
    }
}

/// Makes the text the draft, if it gives a rubric; else why it does not.
fn take_text(state: &mut AppState) -> Result<(), String> {
    let Some(open) = &mut state.rubric else {
        return Ok(());
    };
    let Some(toml) = &open.toml else {
        return Ok(());
    };
    match (&toml.checked.rubric, toml.checked.error()) {
        (Some(rubric), _) => {
            let (rubric, checked) = (Arc::clone(rubric), toml.checked.clone());
            open.toml = None;
            // Notes in a text are a change of it as well, though not of the rubric.
            if open.shown() != Some(&rubric) || open.text() != Some(&checked.toml) {
                open.change((*rubric).clone());
                open.checked = Some(checked);
            }
            Ok(())
        }
        (None, error) => Err(error.map_or_else(
            || "this text gives no rubric".to_owned(),
            |found| {
                format!(
                    "line {}, column {}: {}",
                    found.line, found.column, found.message
                )
            },
        )),
    }
}

pub(super) fn leave_text(state: &mut AppState) {
    when_checked(state, Then::Leave);
}

pub(super) fn save_text(state: &mut AppState) {
    when_checked(state, Then::Save);
}

/// Does it now if the text is known as it stands, else as soon as it is.
fn when_checked(state: &mut AppState, then: Then) {
    let Some(toml) = state.rubric.as_mut().and_then(|open| open.toml.as_mut()) else {
        return;
    };
    if !toml.is_current() {
        toml.then = then;
        return;
    }
    match (then, take_text(state)) {
        (Then::Save, Ok(())) => saving::save(state),
        (Then::Save, Err(why)) => {
            state.say(Tone::Refused, format!("{why}; Esc leaves the text"));
        }
        (Then::Leave, Err(why)) => state.modals.push(Modal::Confirm(Confirm {
            question: "Drop what you wrote in this text?".to_owned(),
            detail: format!(
                "It has an error, {why}. Yes leaves it: the form stands as it was before you opened the text. No goes on writing."
            ),
            yes: Confirmed::DropText,
        })),
        (Then::Leave, Ok(())) | (Then::Stay, _) => {}
    }
}

pub(super) fn outside(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    if open.toml.is_none() {
        text(open);
    }
    if let Some(toml) = &open.toml {
        let order = Order::OpenEditor {
            text: Arc::from(toml.editor.text()),
        };
        effects.push(
            state
                .requests
                .ask(Asked::Rubric(RubricAsked::Outside), order),
        );
    }
}

/// What came back from `$EDITOR`.
pub(crate) fn edited(state: &mut AppState, text: Option<Arc<str>>) {
    let Some(toml) = state.rubric.as_mut().and_then(|open| open.toml.as_mut()) else {
        return;
    };
    match text {
        Some(text) => {
            toml.editor.select_all();
            toml.editor.insert(&text);
            // Reading begins at the top, not behind what was written.
            if let Ok(top) = "ctrl-home".parse() {
                toml.editor.key(top);
            }
        }
        None => state.say(Tone::Notice, "nothing was changed in $EDITOR"),
    }
}

/// What is wrong in a draft is known.
pub(super) fn checked(state: &mut AppState, draft: RubricDraft) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let Some(toml) = &mut open.toml else {
        open.checked = Some(draft);
        return;
    };
    if *toml.editor.text() != *draft.toml {
        return;
    }
    toml.revision = toml.editor.revision();
    toml.checked = draft;
    let then = std::mem::take(&mut toml.then);
    if then != Then::Stay {
        when_checked(state, then);
    }
}

/// Drops the text being written, after a yes.
pub(crate) fn dropped_text(state: &mut AppState) {
    if let Some(open) = &mut state.rubric {
        open.toml = None;
    }
}

/// The editor that has the keyboard.
pub(crate) fn editor(state: &mut AppState) -> Option<&mut EditorState> {
    if state.screen != Screen::Rubric {
        return None;
    }
    let open = state.rubric.as_mut()?;
    match (&mut open.editing, &mut open.toml) {
        (Some(edit), _) => {
            edit.problem = None;
            Some(&mut edit.editor)
        }
        (None, Some(toml)) => {
            toml.then = Then::Stay;
            Some(&mut toml.editor)
        }
        (None, None) => None,
    }
}

/// What is selected in it.
pub(crate) fn selected(state: &AppState) -> Option<String> {
    let open = state.rubric.as_ref()?;
    match (&open.editing, &open.toml) {
        (Some(edit), _) => edit.editor.selected(),
        (None, Some(toml)) => toml.editor.selected(),
        (None, None) => None,
    }
}
