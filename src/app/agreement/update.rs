//! What actions do on the Agreement screen.

use crate::domain::ids::EvalId;
use crate::domain::view::agreement::AgreementPage;

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::super::{ticket, update};
use super::{AgreementState, Focus, Offer};

/// Opens the screen for the eval that is open, or that is under the cursor on Home.
pub(crate) fn open(state: &mut AppState, effects: &mut Vec<Effect>) {
    let from_home = state.screen == Screen::Home;
    let named = if from_home {
        state.home.eval().map(|card| (card.id, card.name.clone()))
    } else {
        // The queue's screen knows the eval whatever screen one comes from, and puts an open ticket down.
        update::go_queue(state, effects);
        state
            .queue
            .as_ref()
            .map(|queue| (queue.eval, queue.name.clone()))
    };
    let Some((eval, name)) = named else {
        return;
    };
    match &mut state.agreement {
        Some(open) if open.eval == eval => open.from_home = from_home,
        other => *other = Some(AgreementState::new(eval, &name, from_home)),
    }
    state.screen = Screen::Agreement;
    load(state, effects);
}

/// Reads the page.
pub(crate) fn load(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(open) = &mut state.agreement {
        open.visiting = None;
        let eval = open.eval;
        let order = Order::LoadAgreement { eval };
        effects.push(state.requests.ask(Asked::Agreement(eval), order));
    }
}

/// The page has come.
pub(crate) fn shown(state: &mut AppState, eval: EvalId, page: AgreementPage) {
    if let Some(open) = state.agreement.as_mut().filter(|open| open.eval == eval) {
        open.take(page);
    }
}

/// The page did not come.
pub(crate) fn failed(state: &mut AppState, why: String) {
    if let Some(open) = &mut state.agreement {
        open.problem = Some(why);
    }
}

/// Runs an action on the screen; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.agreement else {
        return false;
    };
    let page = open.height.max(1) as isize;
    match action {
        Action::Down => open.step(1),
        Action::Up => open.step(-1),
        Action::HalfDown => open.step(page / 2),
        Action::HalfUp => open.step(-page / 2),
        Action::PageDown => open.step(page),
        Action::PageUp => open.step(-page),
        Action::Top => open.step(isize::MIN / 2),
        Action::Bottom => open.step(isize::MAX / 2),
        Action::TextDown => open.scroll(1),
        Action::TextUp => open.scroll(-1),
        Action::NextJudge => open.turn(1),
        Action::PreviousJudge => open.turn(-1),
        Action::NextPane | Action::PreviousPane => {
            open.focus = match open.focus {
                Focus::Criteria => Focus::Tickets,
                Focus::Tickets => Focus::Criteria,
            };
        }
        Action::Open => return enter(state, effects),
        Action::Back if open.focus == Focus::Tickets => open.focus = Focus::Criteria,
        _ => return false,
    }
    true
}

fn enter(state: &mut AppState, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.agreement else {
        return false;
    };
    let eval = open.eval;
    match open.offer() {
        Some(Offer::OpenPage) => {
            let order = Order::OpenAgreement { eval };
            effects.push(state.requests.ask(Asked::Opened(eval), order));
            state.say(
                Tone::Notice,
                "opened: your later reviews in this eval count as assisted",
            );
        }
        Some(Offer::TakeNext) => ticket::open::take_next(state, eval, effects),
        Some(Offer::ToTickets) => open.focus = Focus::Tickets,
        Some(Offer::Ticket(id)) => {
            open.visiting = Some(id);
            ticket::open::open(state, eval, id, effects);
        }
        None => return false,
    }
    true
}

/// Whether the open ticket was opened from here and is still the one.
pub(crate) fn is_visit(state: &AppState) -> bool {
    let visiting = state.agreement.as_ref().and_then(|open| open.visiting);
    let here = state.ticket.as_ref().and_then(|ticket| ticket.id());
    visiting.is_some_and(|id| here.is_none_or(|here| here == id))
}

/// Comes back from a ticket; its review may have changed the numbers.
pub(crate) fn back_to(state: &mut AppState, effects: &mut Vec<Effect>) {
    state.screen = Screen::Agreement;
    load(state, effects);
}

/// Goes back to where one came from.
pub(crate) fn leave(state: &mut AppState, effects: &mut Vec<Effect>) {
    if state.agreement.as_ref().is_some_and(|open| open.from_home) {
        update::go_home(state, effects);
    } else {
        update::go_queue(state, effects);
    }
}
