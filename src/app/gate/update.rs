//! What actions do on the Gate screen.

use crate::domain::gate::Decision;
use crate::domain::ids::EvalId;
use crate::domain::view::gate::{GateLook, GatePage};
use crate::domain::view::{Failure, GateOrder, GateReply};

use super::super::action::Action;
use super::super::effect::{Command, Effect, Order};
use super::super::state::{AppState, Asked, Job, Screen, Tone};
use super::super::update;
use super::super::update::DisabledReason;
use super::{GateAsked, OpenGate, checks, decide};

/// Opens the screen: on the group that is compared, else as it was left, else on the list.
pub(crate) fn open(state: &mut AppState, effects: &mut Vec<Effect>) {
    let group = (state.screen == Screen::Runs)
        .then(|| compared(state))
        .flatten();
    if state.screen != Screen::Gate {
        state.gate.from = match state.screen {
            Screen::Home | Screen::FirstRun => None,
            Screen::Runs => Some(Screen::Runs),
            _ => state.queue.as_ref().map(|_| Screen::Queue),
        };
        update::put_down(state, effects);
        state.screen = Screen::Gate;
    }
    match group {
        Some(group) => enter(state, &group, effects),
        None => load(state, effects),
    }
}

/// The group of the Runs screen: the open one, else the one under the cursor.
fn compared(state: &AppState) -> Option<String> {
    let open = state.runs.open.as_ref().map(|open| open.name.clone());
    open.or_else(|| state.runs.current().map(|card| card.name.clone()))
}

/// Opens the gate of a group.
fn enter(state: &mut AppState, group: &str, effects: &mut Vec<Effect>) {
    let known = state
        .gate
        .open
        .as_ref()
        .is_some_and(|open| open.name == group);
    if !known {
        let mut open = OpenGate::new(group);
        open.fit(state.size);
        state.gate.open = Some(Box::new(open));
    }
    list(state, effects);
    page(state, GateLook::Declared, effects);
}

fn list(state: &mut AppState, effects: &mut Vec<Effect>) {
    effects.push(
        state
            .requests
            .ask(Asked::Gates, Order::Gate(GateOrder::List)),
    );
}

fn page(state: &mut AppState, look: GateLook, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.gate.open else {
        return;
    };
    open.again = false;
    let group = open.name.clone();
    let asked = Asked::Gate(GateAsked::Page(group.clone()));
    let order = Order::Gate(GateOrder::Page { group, look });
    effects.push(state.requests.ask(asked, order));
}

/// Reads what is shown. Nothing is looked at that was not looked at before.
pub(crate) fn load(state: &mut AppState, effects: &mut Vec<Effect>) {
    list(state, effects);
    let Some(open) = &mut state.gate.open else {
        return;
    };
    let asked = Asked::Gate(GateAsked::Page(open.name.clone()));
    // One page at a time: a judge at work writes twice a second, and a large group takes longer than that to read.
    if state.requests.waits(|other| *other == asked) {
        open.again = true;
    } else if !open.moved {
        page(state, GateLook::Known, effects);
    }
}

/// What was asked for has come.
pub(crate) fn came(
    state: &mut AppState,
    asked: &Asked,
    reply: GateReply,
    effects: &mut Vec<Effect>,
) {
    match (asked, reply) {
        (Asked::Gates, GateReply::List(cards)) => state.gate.take(cards),
        (Asked::Gate(asked), GateReply::Page(page)) => {
            if let GateAsked::Decided { words, .. } = asked {
                decide::kept(state, words);
            }
            shown(state, asked.group(), *page, effects);
        }
        (Asked::Job(Job::Checks(group)), GateReply::Page(page)) => {
            shown(state, group, *page, effects);
            state.say(Tone::Notice, "the checks have ended");
        }
        _ => {}
    }
}

fn shown(state: &mut AppState, group: &str, page: GatePage, effects: &mut Vec<Effect>) {
    let Some(open) = state.gate.open.as_mut().filter(|open| open.name == group) else {
        return;
    };
    open.take(page);
    if std::mem::take(&mut open.again) {
        load(state, effects);
    }
}

/// It did not come.
pub(crate) fn failed(state: &mut AppState, asked: &Asked, failure: &Failure) {
    let why = failure.to_string();
    match asked {
        Asked::Gate(GateAsked::Decided { .. }) => {
            decide::refused(state, &why);
        }
        Asked::Gate(asked) => {
            let open = state.gate.open.as_mut();
            if let Some(open) = open.filter(|open| open.name == asked.group()) {
                open.problem = Some(why);
            }
        }
        _ => state.gate.problem = Some(why),
    }
}

/// Runs an action on the screen; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    if state.gate.open.is_some() {
        return gate(state, action, effects);
    }
    if let Some(by) = action.steps(state.gate.height) {
        state.gate.step(by);
        return true;
    }
    match action {
        Action::Open => match state.gate.current().map(|card| card.group.clone()) {
            Some(group) => enter(state, &group, effects),
            None => leave(state, effects),
        },
        Action::Back | Action::Leave => leave(state, effects),
        _ => return false,
    }
    true
}

fn gate(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.gate.open else {
        return false;
    };
    if let Some(by) = action.steps(open.height()) {
        open.step(by);
        return true;
    }
    match action {
        Action::TextDown => open.scroll(1),
        Action::TextUp => open.scroll(-1),
        Action::NextCandidate => open.choose(1),
        Action::PreviousCandidate => open.choose(-1),
        Action::GateAll => open.toggle_all(),
        Action::GateApprove => decide::ask(state, Some(Decision::Approve)),
        Action::GateReject => decide::ask(state, Some(Decision::Reject)),
        Action::GateVoid => decide::ask(state, None),
        Action::GateChecks => checks::ask(state),
        Action::GateAgain => again(state, effects),
        Action::Open => return act(state, effects),
        Action::Back | Action::Leave => {
            // Who came from the comparison of this group goes back to it.
            if state.gate.from == Some(Screen::Runs) {
                leave(state, effects);
            } else {
                state.gate.open = None;
            }
        }
        _ => return false,
    }
    true
}

/// Reads the page anew. Another look is asked for where the rule does not declare it.
fn again(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(open) = &mut state.gate.open {
        // Whatever comes replaces what is shown, also the question whether to look.
        open.page = None;
        open.moved = false;
    }
    list(state, effects);
    page(state, GateLook::Declared, effects);
}

/// Enter: shows evidence, opens the page, looks, copies a command.
fn act(state: &mut AppState, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.gate.open else {
        return false;
    };
    match &open.page {
        None => return false,
        Some(GatePage::Closed { .. }) => {
            let group = open.name.clone();
            let asked = Asked::Gate(GateAsked::Page(group.clone()));
            let order = Order::Gate(GateOrder::Open { group });
            effects.push(state.requests.ask(asked, order));
            let words = "opened: your later reviews of this group count as assisted";
            state.say(Tone::Notice, words);
        }
        Some(GatePage::Moved(_)) => page(state, GateLook::Agreed, effects),
        Some(GatePage::Undeclared(_) | GatePage::Early(_)) => {
            if let Some(Command::Copy { text }) = copied(state) {
                effects.push(Effect::Tell(Command::Copy { text }));
                state.say(Tone::Done, "copied: run it in a shell, this page follows");
            }
        }
        Some(GatePage::Open(_)) => open.toggle(),
    }
    true
}

/// What `y` copies.
pub(crate) fn copied(state: &AppState) -> Option<Command> {
    let text = state.gate.open.as_ref()?.stop()?.copy.clone()?;
    Some(Command::Copy { text })
}

/// The eval that holds the tickets of the group that is open, or under the cursor.
pub(crate) fn eval_of(state: &AppState) -> Option<EvalId> {
    let gate = &state.gate;
    let name = gate.open.as_ref().map(|open| &open.name);
    let mut cards = gate.cards.iter().flatten();
    let card = match name {
        Some(name) => cards.find(|card| card.group == *name),
        None => gate.current(),
    };
    card.and_then(|card| card.tickets_in)
}

/// Why an action cannot be done here.
pub(crate) fn refusal(state: &AppState, action: Action) -> Option<DisabledReason> {
    let nothing = Some(DisabledReason::NothingHere);
    let Some(open) = &state.gate.open else {
        return match action {
            Action::GateApprove
            | Action::GateReject
            | Action::GateVoid
            | Action::GateChecks
            | Action::GateAgain
            | Action::GateAll
            | Action::NextCandidate
            | Action::PreviousCandidate => nothing,
            _ => None,
        };
    };
    match action {
        Action::GateApprove | Action::GateReject => decide::barred(state, false),
        Action::GateVoid => decide::barred(state, true),
        Action::GateChecks => checks::refusal(state),
        Action::GateAll => open.view().is_none().then_some(DisabledReason::NothingHere),
        Action::GateAgain if open.view().is_none() && open.problem.is_none() => nothing,
        Action::GateAgain => state
            .requests
            .waits(|asked| matches!(asked, Asked::Gate(_)))
            .then_some(DisabledReason::Reading),
        Action::NextCandidate | Action::PreviousCandidate => {
            (open.candidates().len() < 2).then_some(DisabledReason::NoOtherCandidate)
        }
        Action::Open => match &open.page {
            None => nothing,
            Some(GatePage::Open(_)) if open.stop().is_none_or(|stop| !stop.opens) => nothing,
            Some(_) => None,
        },
        _ => None,
    }
}

/// Goes back to where one came from.
fn leave(state: &mut AppState, effects: &mut Vec<Effect>) {
    match state.gate.from {
        Some(Screen::Runs) => super::super::runs::update::open(state, None, effects),
        Some(_) => {
            // The tickets one came from, not those of the group.
            state.screen = Screen::Queue;
            update::go_queue(state, effects);
        }
        None => update::go_home(state, effects),
    }
}
