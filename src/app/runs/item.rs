//! What actions do on one item across the candidates: which output is best, who wrote it, the next item.

use std::sync::Arc;

use crate::domain::preference::{MOST_OUTPUTS, Preference};
use crate::domain::view::{GroupPage, Prefer, SideBySide};

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::state::{AppState, Asked, Tone};
use super::super::ticket;
use super::super::update::DisabledReason;
use super::beside::Beside;
use super::update::{eval_of, load};
use super::{OpenGroup, Tab};

/// Shows the item under the cursor across the candidates; false if there is none.
pub(super) fn show(state: &mut AppState, effects: &mut Vec<Effect>) -> bool {
    let size = state.size;
    let Some(open) = &mut state.runs.open else {
        return false;
    };
    let Some((item, name)) = open.item() else {
        return false;
    };
    let mut beside = Beside::new(item, &name, size);
    beside.fit(size);
    open.beside = Some(beside);
    read(state, item, effects);
    true
}

/// Goes through the items of a group that is closed, before any number is shown: on from the first nothing was said of.
pub(super) fn walk(state: &mut AppState, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.runs.open else {
        return false;
    };
    if let Some(GroupPage::Closed { items, .. }) = &open.page {
        open.row = items.iter().position(|one| !one.said).unwrap_or(0);
    }
    open.tab = Tab::Rows;
    show(state, effects)
}

/// Why the items cannot be gone through.
pub(super) fn walk_refusal(open: &OpenGroup) -> Option<DisabledReason> {
    // Where numbers are shown already, Enter on a row does the same.
    let closed = matches!(open.page, Some(GroupPage::Closed { .. }));
    (!closed || open.item().is_none()).then_some(DisabledReason::NothingHere)
}

fn read(state: &mut AppState, item: i64, effects: &mut Vec<Effect>) {
    let Some(open) = &state.runs.open else {
        return;
    };
    let order = Order::LoadSide {
        group: open.name.clone(),
        item,
    };
    effects.push(state.requests.ask(Asked::Side(item), order));
}

/// The outputs of an item have come.
pub(crate) fn shown(state: &mut AppState, item: i64, doc: Arc<SideBySide>) {
    let open = state.runs.open.as_mut();
    let beside = open.and_then(|open| open.beside.as_mut());
    if let Some(beside) = beside.filter(|beside| beside.item == item) {
        beside.take(doc);
    }
}

/// What was said of an item is kept: on to the next one.
pub(crate) fn preferred(state: &mut AppState, item: i64, words: String, effects: &mut Vec<Effect>) {
    state.say_done(words);
    let Some(open) = &mut state.runs.open else {
        return;
    };
    open.told = true;
    let Some(beside) = open.beside.as_mut().filter(|one| one.item == item) else {
        return;
    };
    beside.sent = false;
    if open.row + 1 < open.listed() {
        next(state, 1, effects);
    } else {
        read(state, item, effects);
        if let Some(strip) = &mut state.strip {
            strip.text.push_str("; that was the last item of the list");
        }
    }
}

/// It was not kept.
pub(crate) fn not_preferred(state: &mut AppState) {
    let open = state.runs.open.as_mut();
    if let Some(beside) = open.and_then(|open| open.beside.as_mut()) {
        beside.sent = false;
    }
}

/// Something was taken back, or brought back: what is shown may say so.
pub(crate) fn undone(state: &mut AppState, effects: &mut Vec<Effect>) {
    let open = state.runs.open.as_mut();
    match open.and_then(|open| {
        open.told = true;
        open.beside.as_ref().map(|beside| beside.item)
    }) {
        Some(item) => read(state, item, effects),
        None => load(state, effects),
    }
}

/// Whether an action is about one item and nothing else on this screen.
pub(super) fn is_of_item(action: Action) -> bool {
    let word = matches!(
        action,
        Action::Names | Action::NextRow | Action::PreviousRow
    );
    word || preference(action).is_some()
}

/// What an action says of the outputs.
fn preference(action: Action) -> Option<Preference> {
    match action {
        Action::Tie => Some(Preference::Tie),
        Action::CannotTell => Some(Preference::CannotTell),
        other => {
            let place = other.digit()?.checked_sub(1)?;
            Some(Preference::Best(place))
        }
    }
}

/// Why an action cannot be done on the item.
pub(super) fn refusal(beside: &Beside, action: Action) -> Option<DisabledReason> {
    let nothing = Some(DisabledReason::NothingHere);
    if let Some(preference) = preference(action) {
        return not_to_be_said(beside, preference);
    }
    match action {
        Action::Open if beside.current().is_none_or(|side| side.ticket.is_none()) => nothing,
        Action::Names if beside.doc.is_none() => Some(DisabledReason::LoadingItem),
        Action::RunsFull | Action::ChangeOrder | Action::NextOther | Action::SideBySide => nothing,
        _ => None,
    }
}

fn not_to_be_said(beside: &Beside, preference: Preference) -> Option<DisabledReason> {
    let Some(doc) = beside.doc.as_ref().filter(|_| !beside.sent) else {
        return Some(DisabledReason::LoadingItem);
    };
    let shown = doc.shown();
    if shown.iter().flatten().count() < 2 {
        return Some(DisabledReason::OneOutput);
    }
    if shown.len() > MOST_OUTPUTS {
        return Some(DisabledReason::ManyOutputs);
    }
    match preference {
        Preference::Best(place) => {
            let there = shown.get(usize::from(place)).is_some_and(Option::is_some);
            (!there).then_some(DisabledReason::NoOutput(place + 1))
        }
        Preference::Tie | Preference::CannotTell => None,
    }
}

/// Runs an action on the item; false if it is none of its own.
pub(super) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let height = state.size.height;
    let open = state.runs.open.as_mut();
    let Some(beside) = open.and_then(|open| open.beside.as_mut()) else {
        return false;
    };
    if let Some(by) = action.steps(usize::from(height / 2)) {
        beside.step(by);
        return true;
    }
    if let Some(preference) = preference(action) {
        return prefer(state, preference, effects);
    }
    match action {
        Action::NextCandidate | Action::NextPane => beside.turn(1),
        Action::PreviousCandidate | Action::PreviousPane => beside.turn(-1),
        Action::Names => names(state, effects),
        Action::Open => return visit(state, effects),
        Action::NextRow => next(state, 1, effects),
        Action::PreviousRow => next(state, -1, effects),
        Action::Back | Action::Leave => back(state, effects),
        _ => return false,
    }
    true
}

fn prefer(state: &mut AppState, preference: Preference, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.runs.open else {
        return false;
    };
    let group = open.name.clone();
    let Some(beside) = &mut open.beside else {
        return false;
    };
    let Some(doc) = &beside.doc else {
        return false;
    };
    let order = Order::Prefer(Box::new(Prefer {
        group,
        item: beside.item,
        shown: doc.shown(),
        preference,
        named: beside.shows_names(),
    }));
    beside.sent = true;
    let asked = Asked::Preferred(beside.item);
    effects.push(state.requests.ask(asked, order));
    true
}

/// Who wrote what: asked for once, and from then on shown or hidden.
fn names(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.runs.open else {
        return;
    };
    let Some(beside) = &mut open.beside else {
        return;
    };
    beside.show_names(!beside.named);
    if beside.named && beside.doc.as_ref().is_some_and(|doc| !doc.is_known()) {
        let (group, item) = (open.name.clone(), beside.item);
        let order = Order::RevealSides { group, item };
        effects.push(state.requests.ask(Asked::Side(item), order));
        state.say(
            Tone::Notice,
            "shown: what you say of these outputs from now on is not blind",
        );
    }
}

/// Opens the ticket of the output that has the focus. Where the group is open its names show there, so they count as
/// shown.
fn visit(state: &mut AppState, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.runs.open else {
        return false;
    };
    let Some(beside) = &open.beside else {
        return false;
    };
    let Some(id) = beside.current().and_then(|side| side.ticket) else {
        return false;
    };
    open.visiting = Some(id);
    let told = open.view().is_some();
    if told && beside.doc.as_ref().is_some_and(|doc| !doc.is_known()) {
        let (group, item) = (open.name.clone(), beside.item);
        let order = Order::RevealSides { group, item };
        effects.push(state.requests.ask(Asked::Side(item), order));
    }
    if let Some(eval) = eval_of(state) {
        ticket::open::open(state, eval, id, effects);
    }
    true
}

/// The item behind or before this one in the list.
fn next(state: &mut AppState, by: isize, effects: &mut Vec<Effect>) {
    if let Some(open) = &mut state.runs.open {
        open.beside = None;
        open.tab = Tab::Rows;
        open.step(by);
    }
    show(state, effects);
}

/// Leaves the item. What was said of items stands among the numbers, so these are read anew.
fn back(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.runs.open else {
        return;
    };
    open.beside = None;
    if std::mem::take(&mut open.told) {
        load(state, effects);
    }
}
