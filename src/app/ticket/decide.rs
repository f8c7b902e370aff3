//! Decisions about tickets other than a review, on the open ticket and on marked ones.

use std::sync::Arc;

use crate::domain::fold::Authored;
use crate::domain::ids::{Hlc, TicketId};
use crate::domain::view::Decision;

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::modal::PromptFor;
use super::super::state::{AppState, Asked, Screen};
use super::update::prompt;
use super::{Phase, open};

/// The tickets a decision is about: the open one, or in the queue the marked ones.
pub(crate) fn targets(state: &AppState) -> Vec<TicketId> {
    match state.screen {
        Screen::Ticket => state
            .ticket
            .as_ref()
            .and_then(|t| t.id())
            .into_iter()
            .collect(),
        Screen::Queue => state
            .queue
            .as_ref()
            .map(super::super::queue::QueueState::targets)
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Asks for the reason of a decision.
pub(crate) fn ask(state: &mut AppState, action: Action) {
    let tickets = targets(state);
    match action {
        Action::Defer => prompt(state, "Put aside: why?", PromptFor::Defer(tickets), false),
        Action::Escalate => prompt(state, "Hand up: why?", PromptFor::Escalate(tickets), false),
        _ => prompt(state, "Flag: why?", PromptFor::Flag(tickets), true),
    }
}

/// Flags the open ticket, or takes the flag off.
pub(super) fn flag(state: &mut AppState, effects: &mut Vec<Effect>) {
    let on = state
        .ticket
        .as_ref()
        .and_then(|t| t.doc.as_ref())
        .is_none_or(|doc| doc.folded.flag.is_none());
    decide(state, Decision::Flag(on, String::new()), false, effects);
}

/// Orders a decision about the targets; `advance` goes on to the next ticket once it is done.
pub(crate) fn decide(
    state: &mut AppState,
    decision: Decision,
    advance: bool,
    effects: &mut Vec<Effect>,
) {
    let tickets = targets(state);
    decide_on(state, tickets, decision, advance, effects);
}

/// Orders a decision about these tickets.
pub(crate) fn decide_on(
    state: &mut AppState,
    tickets: Vec<TicketId>,
    decision: Decision,
    advance: bool,
    effects: &mut Vec<Effect>,
) {
    if tickets.is_empty() {
        return;
    }
    if let Decision::Flag(on, reason) = &decision {
        show_flag(state, &tickets, *on, reason);
    }
    let advance = advance && state.screen == Screen::Ticket;
    if advance {
        open::save_draft(state, effects);
        if let Some(ticket) = &mut state.ticket {
            ticket.phase = Phase::Committing;
        }
    }
    let asked = Asked::Decide {
        words: decision.done().to_owned(),
        advance,
    };
    effects.push(
        state
            .requests
            .ask(asked, Order::Decide { tickets, decision }),
    );
}

/// Shows the flag of the open ticket at once; the next reading confirms it.
fn show_flag(state: &mut AppState, tickets: &[TicketId], on: bool, reason: &str) {
    if let Some(doc) = state.ticket.as_mut().and_then(|t| t.doc.as_mut())
        && tickets.contains(&doc.ticket)
    {
        Arc::make_mut(doc).folded.flag = on.then(|| Authored {
            reviewer: String::new(),
            hlc: Hlc::default(),
            value: reason.to_owned(),
        });
    }
}
