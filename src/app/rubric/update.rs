//! What actions do on the Rubric screen.

use std::sync::Arc;

use crate::domain::view::{Failure, RubricOrder, RubricReply, RubricSource};

use super::super::action::Action;
use super::super::effect::{Effect, Order, Outcome};
use super::super::modal::{Confirm, Confirmed, Modal};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::super::{diff, update};
use super::{Focus, RubricAsked, RubricState, field, holding, make, saving, text, trying, writing};

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
    begin(state, from, effects);
    if let Some(open) = &mut state.rubric {
        open.from = from;
    }
    state.screen = Screen::Rubric;
    load_list(state, effects);
}

/// Makes the screen known, though it may not be shown yet.
pub(super) fn begin(state: &mut AppState, from: Screen, effects: &mut Vec<Effect>) {
    if state.rubric.is_none() {
        state.rubric = Some(Box::new(RubricState::new(from)));
        holding::look(state, effects);
    }
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

/// What was waited for has come: a reply, or a text from `$EDITOR`.
pub(crate) fn came(
    state: &mut AppState,
    asked: &RubricAsked,
    outcome: Outcome,
    effects: &mut Vec<Effect>,
) {
    match outcome {
        Outcome::Rubric(reply) => replied(state, asked, reply, effects),
        Outcome::Edited(written) => text::edited(state, written),
        _ => {}
    }
}

/// A reply has come.
fn replied(
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
            if !open.is_open() {
                load_current(state, effects);
            }
        }
        (RubricAsked::Page, RubricReply::Page(page)) => {
            let Some(open) = &mut state.rubric else {
                return;
            };
            // A draft being written is never taken away by a page that comes late; the one just kept is the page.
            if !open.is_open() || open.shown() == Some(&page.rubric) {
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
            holding::take_up(state, effects);
        }
        (RubricAsked::Left, RubricReply::Left(left)) => holding::found(state, left, effects),
        (RubricAsked::Hold(revision), RubricReply::Held) => {
            if let Some(open) = &mut state.rubric {
                open.keeper.is_safe(*revision);
            }
        }
        (RubricAsked::Example, RubricReply::Example(found)) => trying::example(state, found),
        (RubricAsked::Try, RubricReply::Tried(report, probes)) => {
            if let Some(view) = trying::waiting(state) {
                view.show(&report, &probes);
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
            holding::orphaned(state);
            false
        }
        RubricAsked::Hold(_) => {
            let now = state.now_ms;
            if let Some(open) = &mut state.rubric {
                open.keeper.failed(now);
            }
            false
        }
        _ => false,
    }
}

/// Has what was changed since looked at.
pub(crate) fn settle(state: &mut AppState, effects: &mut Vec<Effect>) {
    holding::note(state);
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
        (None, Some(draft), None) => Some(RubricSource::Form {
            rubric: Arc::clone(draft),
            over: open.over.clone(),
        }),
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

/// Goes to a rubric of the list.
pub(super) fn go(state: &mut AppState, at: usize, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    if open.is_changed() {
        say_changed(state);
    } else if open.cursor != at {
        open.cursor = at;
        load_current(state, effects);
    }
}

pub(super) fn say_changed(state: &mut AppState) {
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
            Focus::Form => writing::edit(open),
            Focus::Versions => compare(state, effects),
        },
        Action::Back if open.focus != Focus::List => open.focus = Focus::List,
        Action::KeepField if open.editing.is_some() => writing::keep_field(state),
        Action::LeaveText if open.editing.is_some() => writing::leave_field(state),
        Action::LeaveText => text::leave_text(state),
        Action::SaveDraft => text::save_text(state),
        Action::RubricText => text::text(open),
        Action::EditOutside | Action::MoveOutside => text::outside(state, effects),
        Action::FieldLeft => writing::nudge(state, -1),
        Action::FieldRight => writing::nudge(state, 1),
        Action::RubricAdd => writing::add(open),
        Action::RubricRemove => writing::remove(state),
        Action::RubricNew => {
            if open.is_changed() {
                say_changed(state);
            } else {
                make::open(state);
            }
        }
        Action::RubricSave => saving::save(state),
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

/// Shows what differs: the version under the cursor against what the form shows, else what is not saved yet. It is
/// told in the words of the form, and as files only where those are the same.
fn compare(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(open) = &state.rubric else { return };
    let line = |at: usize| {
        let line = open.versions().get(at)?;
        Some((Arc::clone(&line.rubric), Arc::clone(&line.toml)))
    };
    let old = match open.focus {
        // The newest version against itself says nothing: it is held against the one before.
        Focus::Versions if open.version == 0 && open.draft.is_none() => line(1),
        Focus::Versions => line(open.version),
        Focus::List | Focus::Form => open
            .page
            .as_ref()
            .map(|page| (Arc::clone(&page.rubric), Arc::clone(&page.draft.toml))),
    };
    let new = open.shown().cloned().zip(open.text().cloned());
    let (Some(old), Some(new)) = (old, new) else {
        state.say(Tone::Refused, "there is no other version to compare with");
        return;
    };
    let words = [&old.0, &new.0].map(|rubric| Arc::<str>::from(field::in_words(rubric)));
    let [before, after] = if words[0] == words[1] {
        [old.1, new.1]
    } else {
        words
    };
    if before == after {
        state.say(Tone::Notice, "both are the same");
    } else {
        diff::update::compare(state, before, after, effects);
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

/// The wheel scrolls what is written, else what has the focus; it never leads to another rubric.
pub(crate) fn wheel(state: &mut AppState, by: isize) {
    if let Some(editor) = text::editor(state) {
        editor.scroll(by);
    } else if let Some(open) = &mut state.rubric
        && open.focus != Focus::List
    {
        open.step(by);
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
            "your changes of the rubric are kept until you save or drop them",
        );
    }
}
