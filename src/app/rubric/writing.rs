//! Writing in the form: a field opened, kept or nudged, a question added or removed.

use crate::domain::rubric::Rubric;

use super::super::editor::EditorState;
use super::super::state::{AppState, Tone};
use super::{Field, FieldEdit, Focus, RubricState, field, form};

pub(super) fn edit(open: &mut RubricState) {
    let (Some(rubric), Some(field)) = (open.shown(), open.current()) else {
        return;
    };
    if matches!(field, Field::NoChecks | Field::NoExamples) {
        // There is nothing to write in: the first one is added.
        add(open);
        return;
    }
    open.editing = Some(FieldEdit {
        editor: EditorState::at_end(&field::text(rubric, &field)),
        field,
        problem: None,
    });
}

/// Puts what was written into its field; a text the field cannot hold stays open and says why.
pub(super) fn keep_field(state: &mut AppState) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let (Some(edit), Some(rubric)) = (open.editing.take(), open.shown().cloned()) else {
        return;
    };
    let written = edit.editor.text();
    if written == field::text(&rubric, &edit.field) {
        return;
    }
    if let Err(why) = put(open, &rubric, &edit.field, &written) {
        open.editing = Some(FieldEdit {
            problem: Some(why),
            ..edit
        });
    }
}

/// Leaves a field. A text it cannot hold is put back, with the reason: whoever leaves is not kept.
pub(super) fn leave_field(state: &mut AppState) {
    keep_field(state);
    let refused = state.rubric.as_mut().and_then(|open| {
        let edit = open.editing.take()?;
        let rubric = open.shown()?;
        let label = edit.field.label(rubric);
        let why = edit.problem?;
        Some(format!("{label} is as it was; wanted: {why}"))
    });
    if let Some(words) = refused {
        state.say(Tone::Refused, words);
    }
}

fn put(open: &mut RubricState, rubric: &Rubric, of: &Field, text: &str) -> Result<(), String> {
    let mut changed = rubric.clone();
    field::set(&mut changed, of, text)?;
    open.change(changed);
    Ok(())
}

pub(super) fn nudge(state: &mut AppState, by: isize) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let (Some(rubric), Some(field)) = (open.shown().cloned(), open.current()) else {
        return;
    };
    if open.focus != Focus::Form {
        return;
    }
    match form::turned(&rubric, &field, by) {
        Some(text) => {
            if let Err(why) = put(open, &rubric, &field, &text) {
                state.say(Tone::Refused, why);
            }
        }
        None => state.say(Tone::Refused, "this is a text: Enter writes in it"),
    }
}

pub(super) fn add(open: &mut RubricState) {
    let (Some(rubric), Some(under)) = (open.shown().cloned(), open.current()) else {
        return;
    };
    let mut changed = (*rubric).clone();
    let first = form::add(&mut changed, &under);
    open.change(changed);
    open.focus = Focus::Form;
    open.field = open
        .fields()
        .iter()
        .position(|one| *one == first)
        .unwrap_or(0);
    edit(open);
}

pub(super) fn remove(state: &mut AppState) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let (Some(rubric), Some(under)) = (open.shown().cloned(), open.current()) else {
        return;
    };
    let mut changed = (*rubric).clone();
    match form::remove(&mut changed, &under).filter(|_| open.focus == Focus::Form) {
        Some(what) => {
            open.change(changed);
            state.say_done(what);
        }
        None => state.say(
            Tone::Refused,
            "a question, the words of a level, a check or an example can be removed: go to one",
        ),
    }
}
