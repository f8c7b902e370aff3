//! A judge's suggestion on the open ticket: asking for one, and reading what came.

use crate::domain::ids::TicketId;
use crate::domain::view::{JudgeChoice, JudgeView};

use super::super::effect::{Effect, Order};
use super::super::judging::work_words;
use super::super::modal::{Confirm, Confirmed, Modal};
use super::super::state::{AppState, Asked, Job, Tone};
use super::super::update::{self, DisabledReason};
use super::TicketState;

/// Why no suggestion can be asked for now.
pub(crate) fn refusal(ticket: &TicketState) -> Option<DisabledReason> {
    let doc = ticket.doc.as_ref()?;
    match (&ticket.judge, doc.outputs.as_slice()) {
        (_, [one]) if one.message.is_none() => Some(DisabledReason::NoText),
        (JudgeView::Hidden, [_]) => Some(DisabledReason::JudgeHidden),
        (JudgeView::Nothing, [_]) => Some(DisabledReason::NoJudge),
        (JudgeView::Verdicts { .. }, [_]) => None,
        _ => Some(DisabledReason::Compares),
    }
}

/// Asks who could suggest a correction.
pub(super) fn ask(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(ticket) = state.ticket.as_ref().and_then(|ticket| ticket.id()) else {
        return;
    };
    let order = Order::OfferSuggestion { ticket };
    effects.push(state.requests.ask(Asked::SuggestionOffer(ticket), order));
    state.say(Tone::Notice, "looking who could suggest a correction");
}

/// Who could came: what would leave and what it would cost is said before anything does.
pub(crate) fn offered(state: &mut AppState, id: TicketId, choice: &JudgeChoice) {
    let Some(ticket) = state.ticket.as_mut().filter(|t| t.id() == Some(id)) else {
        return;
    };
    let work = match &choice.work {
        Ok(work) => work,
        Err(why) => {
            let why = format!("no suggestion: {why}");
            state.say(Tone::Refused, why);
            return;
        }
    };
    ticket.suggester = Some(choice.name.clone());
    let mut said = Vec::new();
    if !work.first_send.is_empty() {
        said.push(format!(
            "First send to {}: {} of this ticket.",
            work.place,
            work.first_send.join(", ")
        ));
    }
    said.extend(work.needs_yes.as_ref().map(|why| format!("{why}.")));
    said.push(format!("{}.", work_words(work)));
    state.strip = None;
    state.modals.push(Modal::Confirm(Confirm {
        question: format!("Let {} suggest a correction?", choice.name),
        detail: said.join(" "),
        yes: Confirmed::Suggest,
    }));
}

/// Lets the judge that was named suggest one, beside the reviewer.
pub(crate) fn start(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some((ticket, judge)) = state
        .ticket
        .as_mut()
        .and_then(|ticket| Some((ticket.id()?, ticket.suggester.take()?)))
    else {
        return;
    };
    if state.requests.job().is_some() {
        state.say(Tone::Refused, DisabledReason::JobRunning.to_string());
        return;
    }
    state.say(
        Tone::Notice,
        format!("{judge} works on a suggestion; you can go on meanwhile"),
    );
    let order = Order::Suggest { ticket, judge };
    update::job(state, Job::Suggest(ticket), order, effects);
}

/// Reads the open ticket anew, for what a judge has left on it.
pub(crate) fn look(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(ticket) = state.ticket.as_ref().and_then(|ticket| ticket.id()) {
        let order = Order::OpenTicket {
            ticket,
            claim: false,
        };
        effects.push(state.requests.ask(Asked::Look(ticket), order));
    }
}

#[cfg(test)]
mod tests;
