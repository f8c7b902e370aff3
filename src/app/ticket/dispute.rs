//! Disagreeing with the judge: on which question, with what answer, and why.

use crate::domain::ids::TicketId;
use crate::domain::rubric::Answer;
use crate::domain::view::{Disagreement, JudgeView, VerdictView};

use super::super::effect::{Effect, Order};
use super::super::modal::PromptFor;
use super::super::state::{AppState, Asked};
use super::super::update::DisabledReason;
use super::update::prompt;
use super::{TicketState, form};

/// A question on which the reviewer and the judge differ.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Differing<'a> {
    verdict: &'a VerdictView,
    mine: &'a Answer,
}

/// The question a disagreement would be about: the one under the cursor, else the nearest before it, else the first
/// behind it. Only where the reviewer has an answer of their own; a check does not judge.
pub(crate) fn about(ticket: &TicketState) -> Result<Differing<'_>, DisabledReason> {
    let Some(doc) = &ticket.doc else {
        return Err(DisabledReason::NoTicket);
    };
    let verdicts = match &ticket.judge {
        JudgeView::Nothing => return Err(DisabledReason::NoJudge),
        JudgeView::Hidden => return Err(DisabledReason::JudgeHidden),
        JudgeView::Verdicts { verdicts, .. } => verdicts,
    };
    let here = ticket.form.cursor;
    let differing = doc.rubric.questions().enumerate().filter_map(|(at, one)| {
        let verdict = verdicts.iter().find(|said| said.criterion == one.id)?;
        let mine = ticket.draft.answers.get(one.id)?;
        let differs = verdict.result.as_ref().ok() != Some(mine);
        let distance = (at > here, here.abs_diff(at));
        (differs && !one.from_check).then_some((distance, Differing { verdict, mine }))
    });
    differing
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, found)| found)
        .ok_or(DisabledReason::SameAsJudge)
}

/// Opens the line for the reason.
pub(super) fn ask(state: &mut AppState) {
    let Some(ticket) = state.ticket.as_deref() else {
        return;
    };
    let (Ok(found), Some(doc)) = (about(ticket), &ticket.doc) else {
        return;
    };
    let mine = form::words(doc, found.mine);
    let judge = match &found.verdict.result {
        Ok(answer) => format!("the judge {}", form::words(doc, answer)),
        Err(_) => "the judge gave no level".to_owned(),
    };
    let title = format!("{}: you say {mine}, {judge}. Why?", found.verdict.criterion);
    let purpose = PromptFor::Disagree {
        ticket: doc.ticket,
        said: Disagreement {
            verdict: found.verdict.id,
            answer: found.mine.clone(),
            reason: String::new(),
        },
    };
    prompt(state, &title, purpose, true);
}

/// Orders it to be stored, with its reason.
pub(crate) fn store(
    state: &mut AppState,
    ticket: TicketId,
    said: &Disagreement,
    reason: String,
    effects: &mut Vec<Effect>,
) {
    let said = Disagreement {
        reason,
        ..said.clone()
    };
    let order = Order::CorrectJudge { ticket, said };
    effects.push(state.requests.ask(Asked::Disagree(ticket), order));
}

/// It is stored; the judge's pane says so.
pub(crate) fn stored(state: &mut AppState, id: TicketId, judge: JudgeView) {
    if let Some(ticket) = state.ticket.as_mut().filter(|t| t.id() == Some(id)) {
        ticket.judge = judge;
        ticket.show_judge();
    }
    state.say_done("kept: you disagree with the judge");
}

#[cfg(test)]
mod tests;
