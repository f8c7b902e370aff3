//! Replies about a ticket that is open, or is about to be.

use super::super::super::state::{AppState, Asked, Tone};
use super::super::super::ticket::Phase;
use crate::domain::view::TicketDoc;

/// What a judge at work has said about the open ticket. The engine keeps it hidden where it must be.
pub(super) fn look(state: &mut AppState, doc: TicketDoc) {
    let Some(ticket) = state.ticket.as_mut().filter(|ticket| {
        ticket.id() == Some(doc.ticket)
            && matches!(ticket.phase, Phase::Answering | Phase::Differs(_))
    }) else {
        return;
    };
    // A ticket that stays, or was revealed, shows what was shown then; only a suggestion may come to it.
    let read = ticket.phase == Phase::Answering && !ticket.revealed && ticket.judge != doc.judge;
    let suggested = ticket.suggestion != doc.suggestion;
    if read {
        ticket.judge = doc.judge;
        ticket.judge_is_new = true;
    }
    if suggested {
        ticket.suggestion = doc.suggestion;
    }
    if read || suggested {
        ticket.show_judge();
    }
    if read {
        state.say(Tone::Notice, "a judge has read this ticket");
    }
}

/// The ticket after the open one has come.
pub(super) fn ahead(state: &mut AppState, doc: Box<TicketDoc>) {
    // Read before its own commit was safe: it would come a second time.
    if state
        .requests
        .waits(|asked| *asked == Asked::Submit(doc.ticket))
    {
        return;
    }
    if let Some(ticket) = &mut state.ticket
        && ticket.id() != Some(doc.ticket)
        && ticket.eval == doc.eval.id
    {
        ticket.ahead = Some(doc);
    }
}
