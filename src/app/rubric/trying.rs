//! The quick test: one example judged now, for the rubric on the screen or the ticket that is open.

use std::sync::Arc;

use crate::domain::count::counted;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::rubric::Rubric;
use crate::domain::view::{
    JudgeChoice, JudgeWork, Price, RubricExample, RubricLine, RubricOrder, RubricTrial,
};
use crate::text::numbers;

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::judging::{self, JudgeFor};
use super::super::modal::{Confirm, Confirmed, Modal};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::{Focus, RubricAsked, TriedView};

/// Readings one can choose.
const SAMPLES: [u32; 3] = [1, 3, 5];

/// What is to be tried, before it is known by whom.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The rubric.
    pub rubric: Arc<Rubric>,
    /// Others it can be held against, each named.
    pub others: Vec<(String, Arc<Rubric>)>,
    /// Which of them it is.
    pub against: Option<usize>,
    /// The example, once it is known; the inner `None` is an eval without tickets.
    pub example: Option<Option<RubricExample>>,
    /// Whether another example can be chosen.
    pub free: bool,
    /// Readings of each question.
    pub samples: u32,
    /// Whether planted text and length alone are tried as well.
    pub probes: bool,
}

impl Plan {
    fn new(rubric: Arc<Rubric>) -> Self {
        Self {
            samples: rubric.judge.samples.max(1),
            rubric,
            others: Vec::new(),
            against: None,
            example: None,
            free: true,
            probes: false,
        }
    }

    /// What it is held against.
    pub fn other(&self) -> Option<&(String, Arc<Rubric>)> {
        self.others.get(self.against?)
    }

    /// `about 3 calls, 2400 tokens, 0.002`: what one example comes to, from what the whole eval would.
    pub fn cost(&self, work: &JudgeWork) -> Option<String> {
        if work.tickets == 0 || work.calls == 0 {
            return None;
        }
        let own = u64::from(self.rubric.judge.samples.max(1));
        let readings = u64::from(self.samples);
        let probes = if self.probes {
            work.planted + readings
        } else {
            0
        };
        let times = (readings + probes) * (1 + u64::from(self.against.is_some()));
        let of = |all: u64| (all * times).div_ceil(work.tickets * own);
        let price = match work.price {
            Price::Free => "free".to_owned(),
            Price::Unpriced => "unpriced".to_owned(),
            Price::Micros(micros) => numbers::money(of(micros.unsigned_abs()) as i64),
        };
        Some(format!(
            "about {}, {}, {price}",
            counted(of(work.calls), "call"),
            counted(of(work.tokens), "token"),
        ))
    }
}

/// The eval whose tickets serve as examples.
pub(crate) fn eval_for(state: &AppState) -> Option<EvalId> {
    if state.screen == Screen::Ticket {
        return state.ticket.as_ref().map(|ticket| ticket.eval);
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
        example_after(state, eval, None, effects);
    }
    let purpose = JudgeFor::Try(Box::new(plan));
    judging::update::open_for(state, eval, purpose, effects);
}

fn example_after(
    state: &mut AppState,
    eval: EvalId,
    after: Option<TicketId>,
    effects: &mut Vec<Effect>,
) {
    let order = Order::Rubric(RubricOrder::Example { eval, after });
    let asked = Asked::Rubric(RubricAsked::Example);
    effects.push(state.requests.ask(asked, order));
}

/// The ticket's own rubric; if a change of it is not saved yet, that can be held against it.
fn on_ticket(state: &AppState) -> Option<Plan> {
    let ticket = state.ticket.as_ref()?;
    let doc = ticket.doc.as_ref()?;
    let draft = state.rubric.as_ref().and_then(|open| open.draft.as_ref());
    let others = draft
        .filter(|draft| draft.id == doc.rubric.id && **draft != doc.rubric)
        .map(|draft| ("your changes, not saved".to_owned(), Arc::clone(draft)));
    let output = doc.outputs.get(ticket.draft.corrects);
    Some(Plan {
        others: others.into_iter().collect(),
        free: false,
        example: Some(Some(RubricExample {
            ticket: doc.ticket,
            blind: ticket.is_blind(),
            begins: output
                .map(crate::domain::view::OutputDoc::text)
                .unwrap_or_default()
                .chars()
                .take(160)
                .collect(),
        })),
        ..Plan::new(Arc::clone(&doc.rubric))
    })
}

/// What the form shows; it can be held against every other version.
fn on_rubric(state: &AppState) -> Option<Plan> {
    let open = state.rubric.as_ref()?;
    let rubric = Arc::clone(open.shown()?);
    let named = |line: &RubricLine| {
        let label = &line.rubric.version;
        let gap = if label.is_empty() { "" } else { " " };
        let what = if line.original { "original" } else { "version" };
        (
            format!("{what} {label}{gap}({})", line.id.short()),
            Arc::clone(&line.rubric),
        )
    };
    let lines = open.versions().iter().enumerate();
    let others: Vec<_> = lines.filter(|(_, line)| line.rubric != rubric).collect();
    let focused = open.focus == Focus::Versions;
    let against = others
        .iter()
        .position(|(at, _)| focused && *at == open.version);
    Some(Plan {
        others: others.iter().map(|(_, line)| named(line)).collect(),
        against,
        ..Plan::new(rubric)
    })
}

/// What is set in the dialog: the example, readings, probes, what it is held against. Only a trial has these.
pub(crate) fn set(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(Modal::Judges(pick)) = state.modals.last_mut() else {
        return false;
    };
    let eval = pick.eval;
    let plan = match &mut pick.purpose {
        JudgeFor::Try(plan) => Some(plan),
        _ => None,
    };
    let refused = match (action, plan) {
        (Action::JudgeLimit | Action::JudgeAgain, _) => Some("one example has no limits to set"),
        (
            Action::JudgeScope
            | Action::JudgeScopeBack
            | Action::TrySamples
            | Action::TryProbes
            | Action::TryAgainst,
            None,
        ) => Some("nothing to set here: one call makes the draft"),
        (Action::JudgeScope | Action::JudgeScopeBack, Some(plan)) if !plan.free => {
            Some("the open ticket is the example")
        }
        (Action::JudgeScope | Action::JudgeScopeBack, Some(plan)) => {
            let now = plan.example.take().flatten().map(|one| one.ticket);
            example_after(state, eval, now, effects);
            None
        }
        (Action::TrySamples, Some(plan)) => {
            let next = SAMPLES.into_iter().find(|more| *more > plan.samples);
            plan.samples = next.unwrap_or(SAMPLES[0]);
            None
        }
        (Action::TryProbes, Some(plan)) => {
            plan.probes = !plan.probes;
            None
        }
        (Action::TryAgainst, Some(plan)) if plan.others.is_empty() => {
            Some("there is no other version to hold it against")
        }
        (Action::TryAgainst, Some(plan)) => {
            let next = plan.against.map_or(0, |at| at + 1);
            plan.against = (next < plan.others.len()).then_some(next);
            None
        }
        _ => return false,
    };
    if let Some(why) = refused {
        state.say(Tone::Refused, why);
    }
    true
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
    let example = match &plan.example {
        None => return Err("a moment: looking for an example".to_owned()),
        Some(None) => return Err("this eval has no ticket to try it on".to_owned()),
        Some(Some(example)) => example,
    };
    let checks = choice.name == "checks";
    if checks && plan.probes {
        return Err("checks follow no words: there is nothing to probe; p takes probes off".into());
    }
    let mut said = Vec::new();
    // The work is that of the eval's own rubric; whether this one has checks is known from itself.
    match &choice.work {
        Err(_) if checks => {}
        Err(why) => return Err(why.clone()),
        Ok(work) if !work.first_send.is_empty() => said.push(format!(
            "First send to {}: {} of one ticket.",
            work.place,
            work.first_send.join(" and ")
        )),
        Ok(_) => {}
    }
    if checks && plan.rubric.checks.is_empty() {
        return Err("this rubric has no checks to run: choose a model, n names one (it needs a key such as OPENAI_API_KEY, or a server such as ollama)".to_owned());
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
    let against = plan.other().map(|(_, rubric)| Arc::clone(rubric));
    let Some(ticket) = plan.example.flatten().map(|one| one.ticket) else {
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
        against,
        judge: judge.to_owned(),
        samples: plan.samples,
        probes: plan.probes,
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
