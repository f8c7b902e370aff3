//! What actions do on the Rubric screen.

use std::sync::Arc;

use crate::domain::ids::TicketId;
use crate::domain::rubric::Rubric;
use crate::domain::view::{Failure, RubricDraft, RubricOrder, RubricReply, RubricSource};

use super::super::action::Action;
use super::super::editor::EditorState;
use super::super::effect::{Effect, Order};
use super::super::modal::{Confirm, Confirmed, Modal};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::super::{diff, update};
use super::{FieldEdit, Focus, RubricAsked, RubricState, TomlEdit, field, form, make, trying};

/// Opens the screen; what was being changed on it is still there.
pub(crate) fn open(state: &mut AppState, effects: &mut Vec<Effect>) {
    let from = match state.screen {
        Screen::Rubric => return,
        Screen::Home | Screen::FirstRun => Screen::Home,
        _ => {
            // The queue's screen puts an open ticket down.
            update::go_queue(state, effects);
            Screen::Queue
        }
    };
    match &mut state.rubric {
        Some(open) => open.from = from,
        None => state.rubric = Some(Box::new(RubricState::new(from))),
    }
    state.screen = Screen::Rubric;
    load_list(state, effects);
}

fn ask(state: &mut AppState, asked: RubricAsked, order: RubricOrder, effects: &mut Vec<Effect>) {
    effects.push(
        state
            .requests
            .ask(Asked::Rubric(asked), Order::Rubric(order)),
    );
}

/// Reads the list.
pub(crate) fn load_list(state: &mut AppState, effects: &mut Vec<Effect>) {
    ask(state, RubricAsked::List, RubricOrder::List, effects);
}

/// Reads one rubric.
pub(super) fn load_page(state: &mut AppState, name: &str, effects: &mut Vec<Effect>) {
    let order = RubricOrder::Page(name.to_owned());
    ask(state, RubricAsked::Page, order, effects);
}

fn load_current(state: &mut AppState, effects: &mut Vec<Effect>) {
    let card = state.rubric.as_ref().and_then(|open| open.card());
    if let Some(name) = card.map(|card| card.name.clone()) {
        load_page(state, &name, effects);
    }
}

/// A reply has come.
pub(crate) fn replied(
    state: &mut AppState,
    asked: &RubricAsked,
    reply: RubricReply,
    effects: &mut Vec<Effect>,
) {
    match (asked, reply) {
        (RubricAsked::List, RubricReply::List(cards)) => {
            let Some(open) = &mut state.rubric else {
                return;
            };
            let name = open.shown().map(|rubric| rubric.id.clone());
            let at = cards
                .iter()
                .position(|card| Some(&card.name) == name.as_ref());
            open.cursor = at.unwrap_or(open.cursor).min(cards.len().saturating_sub(1));
            open.cards = Some(cards);
            open.problem = None;
            if !open.is_changed() {
                load_current(state, effects);
            }
        }
        (RubricAsked::Page, RubricReply::Page(page)) => {
            let Some(open) = &mut state.rubric else {
                return;
            };
            // A draft being written is never taken away by a page that comes late; the one just kept is the page.
            if !open.is_changed() || open.shown() == Some(&page.rubric) {
                open.drop_changes();
                let same = open
                    .page
                    .as_ref()
                    .is_some_and(|old| old.rubric.id == page.rubric.id);
                if !same {
                    (open.field, open.version) = (0, 0);
                }
                let at = open
                    .cards()
                    .iter()
                    .position(|card| card.name == page.rubric.id);
                open.cursor = at.unwrap_or(open.cursor);
                open.page = Some(page);
                open.version = open.version.min(open.versions().len().saturating_sub(1));
            }
        }
        (RubricAsked::Example, RubricReply::Example(found)) => trying::example(state, found),
        (RubricAsked::Try, RubricReply::Tried(report)) => {
            if let Some(view) = trying::waiting(state) {
                view.show(&report);
            }
        }
        (asked, reply) => make::replied(state, asked, reply, effects),
    }
}

/// The reply was a failure. Whether it was said where it belongs.
pub(crate) fn failed(state: &mut AppState, asked: &RubricAsked, failure: &Failure) -> bool {
    match asked {
        RubricAsked::Try => match trying::waiting(state) {
            Some(view) => {
                view.fail(failure);
                true
            }
            None => false,
        },
        RubricAsked::List | RubricAsked::Page => {
            if let Some(open) = &mut state.rubric {
                open.problem = Some(failure.to_string());
            }
            false
        }
        _ => false,
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
    if std::mem::take(&mut toml.then_save) && take_text(state) {
        make::save(state);
    }
}

/// Has what was changed since looked at.
pub(crate) fn settle(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    open.fit(state.size);
    let waits = state
        .requests
        .waits(|asked| *asked == Asked::Rubric(RubricAsked::Check));
    let source = match (&open.toml, &open.draft, &open.checked) {
        // The last change is looked at once the answer about the one before is there.
        _ if waits => None,
        (Some(toml), _, _) if !toml.is_current() => {
            Some(RubricSource::Toml(Arc::from(toml.editor.text())))
        }
        (None, Some(draft), None) => Some(RubricSource::Form(Arc::clone(draft))),
        _ => None,
    };
    if let Some(source) = source {
        ask(
            state,
            RubricAsked::Check,
            RubricOrder::Make(source),
            effects,
        );
    }
}

/// Runs an action on the screen; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.rubric else {
        return false;
    };
    let page = (open.height as isize).max(2);
    let by = match action {
        Action::Down => 1,
        Action::Up => -1,
        Action::HalfDown => page / 2,
        Action::HalfUp => -page / 2,
        Action::PageDown => page,
        Action::PageUp => -page,
        Action::Top => isize::MIN / 2,
        Action::Bottom => isize::MAX / 2,
        _ => return verbs(state, action, effects),
    };
    if open.focus == Focus::List && open.is_changed() {
        say_changed(state);
    } else if open.step(by) {
        load_current(state, effects);
    }
    true
}

fn say_changed(state: &mut AppState) {
    let words = "this rubric has changes that are not saved: s saves them, X drops them";
    state.say(Tone::Refused, words);
}

fn verbs(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.rubric else {
        return false;
    };
    match action {
        Action::NextPane => turn(open, 1),
        Action::PreviousPane => turn(open, -1),
        Action::Open => match open.focus {
            Focus::List => open.focus = Focus::Form,
            Focus::Form => edit(open),
            Focus::Versions => compare(state, effects),
        },
        Action::Back if open.focus != Focus::List => open.focus = Focus::List,
        Action::KeepField | Action::LeaveText if open.editing.is_some() => keep_field(state),
        Action::LeaveText => leave_text(state),
        Action::SaveDraft => save_text(state),
        Action::RubricText => text(open),
        Action::EditOutside | Action::MoveOutside => outside(state, effects),
        Action::FieldLeft => nudge(state, -1),
        Action::FieldRight => nudge(state, 1),
        Action::RubricAdd => add(open),
        Action::RubricRemove => remove(state),
        Action::RubricNew => {
            if open.is_changed() {
                say_changed(state);
            } else {
                make::open(state);
            }
        }
        Action::RubricSave => make::save(state),
        Action::RubricDrop => state.modals.push(Modal::Confirm(Confirm {
            question: "Drop what was changed in this rubric?".to_owned(),
            detail: "It stands again as it was saved last.".to_owned(),
            yes: Confirmed::DropRubric,
        })),
        Action::ShowDiff => compare(state, effects),
        Action::Undo => {
            // Only reached while there is something to step back to.
            open.step_back();
            open.focus = Focus::Form;
        }
        _ => return false,
    }
    true
}

fn turn(open: &mut RubricState, by: isize) {
    let at = (open.focus.place() as isize + by).rem_euclid(Focus::ALL.len() as isize);
    open.focus = Focus::ALL[at as usize];
}

fn edit(open: &mut RubricState) {
    let (Some(rubric), Some(field)) = (open.shown(), open.current()) else {
        return;
    };
    open.editing = Some(FieldEdit {
        editor: EditorState::at_end(&field::text(rubric, &field)),
        field,
        problem: None,
    });
}

/// Puts what was written into its field; a text the field cannot hold stays open and says why.
fn keep_field(state: &mut AppState) {
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

fn put(
    open: &mut RubricState,
    rubric: &Rubric,
    of: &super::Field,
    text: &str,
) -> Result<(), String> {
    let mut changed = rubric.clone();
    field::set(&mut changed, of, text)?;
    open.change(changed);
    Ok(())
}

fn nudge(state: &mut AppState, by: isize) {
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

fn add(open: &mut RubricState) {
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

fn remove(state: &mut AppState) {
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
            "a question, the words of a level or an example can be removed: go to one",
        ),
    }
}

fn text(open: &mut RubricState) {
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
            then_save: false,
        }));
    }
}

/// Makes the text the draft, if it gives a rubric; whether it did.
fn take_text(state: &mut AppState) -> bool {
    let Some(open) = &mut state.rubric else {
        return false;
    };
    let Some(toml) = &open.toml else { return false };
    match (&toml.checked.rubric, toml.checked.error()) {
        (Some(rubric), _) => {
            let (rubric, checked) = (Arc::clone(rubric), toml.checked.clone());
            open.toml = None;
            if open.shown() != Some(&rubric) {
                open.change((*rubric).clone());
                // Its text as written, so that notes in it are there when it is opened again.
                open.checked = Some(checked);
            }
            true
        }
        (None, error) => {
            let words = error.map_or_else(
                || "this text gives no rubric".to_owned(),
                |found| {
                    format!(
                        "line {}, column {}: {}",
                        found.line, found.column, found.message
                    )
                },
            );
            state.say(Tone::Refused, words);
            false
        }
    }
}

fn leave_text(state: &mut AppState) {
    let current = state
        .rubric
        .as_ref()
        .and_then(|open| open.toml.as_ref())
        .is_some_and(|toml| toml.is_current());
    if !current {
        state.say(Tone::Refused, "a moment: reading the text");
    } else if !take_text(state) {
        state.modals.push(Modal::Confirm(Confirm {
            question: "This text has an error. Leave it all the same?".to_owned(),
            detail: "The form stands as it was before you opened the text; what you wrote in it is dropped."
                .to_owned(),
            yes: Confirmed::DropText,
        }));
    }
}

fn save_text(state: &mut AppState) {
    let Some(toml) = state.rubric.as_mut().and_then(|open| open.toml.as_mut()) else {
        return;
    };
    if !toml.is_current() {
        toml.then_save = true;
    } else if take_text(state) {
        make::save(state);
    }
}

fn outside(state: &mut AppState, effects: &mut Vec<Effect>) {
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

/// Shows what differs: the version under the cursor against what the form shows, else what is not saved yet.
fn compare(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(open) = &state.rubric else { return };
    let new = open.text().cloned();
    let old = match open.focus {
        // The newest version against itself says nothing: it is held against the one before.
        Focus::Versions if open.version == 0 && open.draft.is_none() => {
            open.versions().get(1).map(|line| &line.toml)
        }
        Focus::Versions => open.line().map(|line| &line.toml),
        Focus::List | Focus::Form => open.page.as_ref().map(|page| &page.draft.toml),
    };
    match (old.cloned(), new) {
        (Some(old), Some(new)) if old != new => {
            diff::update::compare(state, None::<TicketId>, old, new, effects);
        }
        (None, _) => state.say(Tone::Refused, "there is no other version to compare with"),
        (Some(_), None) => state.say(Tone::Refused, "a moment: reading the text"),
        (Some(_), Some(_)) => state.say(Tone::Notice, "both are the same"),
    }
}

/// Drops what was changed, after a yes.
pub(crate) fn dropped(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(open) = &mut state.rubric {
        open.drop_changes();
        if open.page.is_none() {
            open.focus = Focus::List;
        }
    }
    load_current(state, effects);
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
        (None, Some(toml)) => Some(&mut toml.editor),
        (None, None) => None,
    }
}

/// The wheel scrolls what is written, else what has the focus; it never leads to another rubric.
pub(crate) fn wheel(state: &mut AppState, by: isize) {
    if let Some(editor) = editor(state) {
        editor.scroll(by);
    } else if let Some(open) = &mut state.rubric
        && open.focus != Focus::List
    {
        open.step(by);
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

/// Whether undo steps back in the form here.
pub(crate) fn steps_back(state: &AppState) -> bool {
    let open = state
        .rubric
        .as_ref()
        .filter(|_| state.screen == Screen::Rubric);
    open.is_some_and(|open| !open.past.is_empty())
}

/// Goes back to where one came from; what was changed stays.
pub(crate) fn leave(state: &mut AppState, effects: &mut Vec<Effect>) {
    let from = state.rubric.as_ref().map(|open| open.from);
    let waiting = state.rubric.as_ref().is_some_and(|open| open.is_changed());
    if from == Some(Screen::Queue) && state.queue.is_some() {
        update::go_queue(state, effects);
    } else {
        update::go_home(state, effects);
    }
    if waiting {
        state.say(
            Tone::Notice,
            "the rubric keeps your changes until you save or drop them",
        );
    }
}
