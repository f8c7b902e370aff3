//! The quick test: one example judged now, for the rubric on the screen or the ticket that is open.

use std::sync::Arc;

use crate::domain::ids::{EvalId, TicketId};
use crate::domain::rubric::Rubric;
use crate::domain::view::{JudgeChoice, RubricExample, RubricOrder, RubricTrial};

use super::super::effect::{Effect, Order};
use super::super::judging::{self, JudgeFor};
use super::super::modal::{Confirm, Confirmed, Modal};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::super::update;
use super::{Focus, RubricAsked, TriedView};

/// What is to be tried, before it is known by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The rubric.
    pub rubric: Arc<Rubric>,
    /// Another version to hold it against.
    pub against: Option<Arc<Rubric>>,
    /// The example, once it is known; the inner `None` is an eval without tickets.
    pub example: Option<Option<RubricExample>>,
}

/// The eval whose tickets serve as examples.
pub(crate) fn eval_for(state: &AppState) -> Option<EvalId> {
    if state.screen == Screen::Ticket {
        return update::eval_of(state);
    }
    let used = state
        .rubric
        .as_ref()
        .and_then(|open| open.card())
        .and_then(|card| card.evals.first())
        .map(|one| one.eval);
    let first = || Some(state.home.home.as_ref()?.evals.first()?.id);
    used.or_else(first)
}

/// Asks which judge shall read one example.
pub(crate) fn open(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(eval) = eval_for(state) else { return };
    let plan = if state.screen == Screen::Ticket {
        on_ticket(state)
    } else {
        on_rubric(state)
    };
    let Some(plan) = plan else { return };
    if plan.example.is_none() {
        let order = Order::Rubric(RubricOrder::Example(eval));
        effects.push(
            state
                .requests
                .ask(Asked::Rubric(RubricAsked::Example), order),
        );
    }
    let purpose = JudgeFor::Try(Box::new(plan));
    judging::open_for(state, eval, String::new(), purpose, effects);
}

fn on_ticket(state: &AppState) -> Option<Plan> {
    let ticket = state.ticket.as_ref()?;
    let doc = ticket.doc.as_ref()?;
    Some(Plan {
        rubric: Arc::clone(&doc.rubric),
        against: None,
        example: Some(Some(RubricExample {
            ticket: doc.ticket,
            blind: ticket.is_blind(),
        })),
    })
}

fn on_rubric(state: &AppState) -> Option<Plan> {
    let open = state.rubric.as_ref()?;
    let rubric = Arc::clone(open.shown()?);
    let other = open.line().filter(|_| open.focus == Focus::Versions);
    Some(Plan {
        against: other
            .map(|line| Arc::clone(&line.rubric))
            .filter(|other| *other != rubric),
        rubric,
        example: None,
    })
}

/// The ticket to try it on has come.
pub(super) fn example(state: &mut AppState, found: Option<RubricExample>) {
    let plan = state.modals.iter_mut().find_map(|modal| match modal {
        Modal::Judges(pick) => match &mut pick.purpose {
            JudgeFor::Try(plan) => Some(plan),
            _ => None,
        },
        _ => None,
    });
    if let Some(plan) = plan {
        plan.example = Some(found);
    }
}

/// What must be said before anything is sent, or why it cannot be.
pub(crate) fn notice(plan: &Plan, choice: &JudgeChoice) -> Result<Option<Confirm>, String> {
    let work = choice.work.as_ref().map_err(Clone::clone)?;
    let example = match &plan.example {
        None => return Err("a moment: looking for an example".to_owned()),
        Some(None) => return Err("this eval has no ticket to try it on".to_owned()),
        Some(Some(example)) => example,
    };
    let mut said = Vec::new();
    if !work.first_send.is_empty() {
        said.push(format!(
            "First send to {}: {} of one ticket.",
            work.place,
            work.first_send.join(", ")
        ));
    }
    if example.blind {
        said.push(
            "You would see a judge's levels: your review of that ticket will count as assisted."
                .to_owned(),
        );
    }
    Ok((!said.is_empty()).then(|| Confirm {
        question: format!("Let {} read one example?", choice.name),
        detail: said.join(" "),
        yes: Confirmed::Judge,
    }))
}

/// Sends it.
pub(crate) fn start(
    state: &mut AppState,
    eval: EvalId,
    plan: Plan,
    judge: &str,
    effects: &mut Vec<Effect>,
) {
    let Some(ticket): Option<TicketId> = plan.example.flatten().map(|one| one.ticket) else {
        return;
    };
    if let Some(open) = &mut state.rubric {
        open.judge = Some(judge.to_owned());
    }
    state
        .modals
        .push(Modal::Tried(Box::new(TriedView::waiting(judge))));
    let order = Order::Rubric(RubricOrder::Try(Box::new(RubricTrial {
        eval,
        ticket,
        rubric: plan.rubric,
        against: plan.against,
        judge: judge.to_owned(),
    })));
    effects.push(state.requests.ask(Asked::Rubric(RubricAsked::Try), order));
}

/// The dialog of the trial under way, if it is still open.
pub(super) fn waiting(state: &mut AppState) -> Option<&mut TriedView> {
    state.modals.iter_mut().find_map(|modal| match modal {
        Modal::Tried(view) => Some(&mut **view),
        _ => None,
    })
}

/// The dialog was closed: an answer that still comes is not shown any more.
pub(crate) fn closed(state: &mut AppState, view: &TriedView) {
    if !view.done {
        state.requests.forget(&Asked::Rubric(RubricAsked::Try));
        state.say(
            Tone::Notice,
            "not waited for any more; a call under way may still cost",
        );
    }
}
