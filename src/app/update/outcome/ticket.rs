//! Replies about a ticket that is open, or is about to be.

use super::super::super::state::{AppState, Asked, Tone};
use super::super::super::ticket::{Phase, Proposals};
use crate::domain::ids::TicketId;
use crate::domain::view::{JudgeView, TicketDoc};

/// The judge was asked for.
pub(super) fn revealed(state: &mut AppState, id: TicketId, judge: JudgeView) {
    let mut words = "the judge is shown; this review counts as assisted";
    if let Some(ticket) = state.ticket.as_mut().filter(|t| t.id() == Some(id)) {
        if ticket.doc.as_ref().is_some_and(|doc| doc.mine.is_some()) {
            words = "the judge is shown; your review stays, a change is kept as a second one";
        }
        ticket.judge = judge;
        ticket.revealed = true;
        ticket.show_judge();
    }
    state.say(Tone::Notice, words);
}

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
        ticket.proposals = Proposals::New;
    }
    if suggested {
        ticket.suggestion = doc.suggestion;
    }
    if read || suggested {
        ticket.show_judge();
    }
    // What was just done must stay to be read; the judge's pane shows that it came in.
    let done = state
        .strip
        .as_ref()
        .is_some_and(|strip| strip.tone == Tone::Done);
    if read && !done {
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
