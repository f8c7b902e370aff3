//! "Judge these": who could read the tickets, for how much, and the yes before anything is sent.

use crate::domain::count::counted;
use crate::domain::ids::EvalId;
use crate::domain::view::{JudgeChoice, JudgeWork, Price};
use crate::text::numbers;

use super::effect::{Effect, Order};
use super::modal::{Confirm, Confirmed, Modal};
use super::rubric::{make, trying};
use super::state::{AppState, Asked, Job, Screen, Tone};
use super::update;

/// What a judge is chosen for.
#[derive(Debug, Clone, PartialEq)]
pub enum JudgeFor {
    /// To read the tickets.
    These,
    /// To read one example now.
    Try(Box<trying::Plan>),
    /// To draft a rubric.
    Draft,
}

/// The choice of a judge.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgePick {
    /// For which eval.
    pub eval: EvalId,
    /// For which of its tickets, in the filter language.
    pub filter: String,
    /// Who could; `None` while endpoints are looked for.
    pub choices: Option<Vec<JudgeChoice>>,
    /// The line under the cursor.
    pub cursor: usize,
    /// What for.
    pub purpose: JudgeFor,
}

impl JudgePick {
    /// Moves the cursor and stops at the ends.
    pub fn step(&mut self, by: isize) {
        let last = self.choices.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// The judge under the cursor.
    pub fn current(&self) -> Option<&JudgeChoice> {
        self.choices.as_ref()?.get(self.cursor)
    }
}

/// `200 tickets, 400 calls, 120000 tokens, unpriced, about 3 min`.
pub fn work_words(work: &JudgeWork) -> String {
    if work.tickets == 0 {
        return "it has read all of these".to_owned();
    }
    let mut words = vec![counted(work.tickets, "ticket")];
    if work.calls > 0 {
        words.push(counted(work.calls, "call"));
        words.push(counted(work.tokens, "token"));
    }
    words.push(match work.price {
        Price::Free => "free".to_owned(),
        Price::Micros(micros) => format!("about {}", numbers::money(micros)),
        Price::Unpriced => "unpriced".to_owned(),
    });
    words.extend(
        work.time
            .map(|time| format!("about {}", numbers::span(time))),
    );
    words.join(", ")
}

/// Opens the choice for the eval of this screen; in the queue for what its filter shows.
pub(crate) fn open(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(eval) = update::eval_of(state) else {
        return;
    };
    let filter = match (&state.queue, state.screen) {
        (Some(queue), Screen::Queue) => queue.filter.clone(),
        _ => String::new(),
    };
    open_for(state, eval, filter, JudgeFor::These, effects);
}

/// Opens the choice for an eval and a purpose.
pub(crate) fn open_for(
    state: &mut AppState,
    eval: EvalId,
    filter: String,
    purpose: JudgeFor,
    effects: &mut Vec<Effect>,
) {
    state.modals.push(Modal::Judges(JudgePick {
        eval,
        filter: filter.clone(),
        choices: None,
        cursor: 0,
        purpose,
    }));
    effects.push(
        state
            .requests
            .ask(Asked::Judges, Order::LoadJudges { eval, filter }),
    );
}

/// Who could read them came.
pub(crate) fn listed(state: &mut AppState, choices: Vec<JudgeChoice>) {
    let tried = state.rubric.as_ref().and_then(|open| open.judge.clone());
    let open = state.modals.iter_mut().find_map(|modal| match modal {
        Modal::Judges(pick) => Some(pick),
        _ => None,
    });
    if let Some(pick) = open {
        let named = match &pick.purpose {
            JudgeFor::These => None,
            JudgeFor::Try(plan) => tried.or_else(|| plan.rubric.judge.model.clone()),
            JudgeFor::Draft => tried,
        };
        let at = choices
            .iter()
            .position(|one| Some(&one.name) == named.as_ref());
        pick.cursor = at.unwrap_or(0);
        pick.choices = Some(choices);
    }
}

/// Enter on a judge: at once if nothing leaves for the first time and it is not much, else after a yes.
pub(crate) fn chosen(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(Modal::Judges(pick)) = state.modals.last() else {
        return;
    };
    let Some(choice) = pick.current() else {
        return;
    };
    match &pick.purpose {
        JudgeFor::These => {}
        JudgeFor::Draft if choice.name == "checks" => {
            state.say(Tone::Refused, "checks write no rubrics: choose a model");
            return;
        }
        JudgeFor::Draft => {
            return said_first(state, one_call(choice, "examples and your notes"), effects);
        }
        JudgeFor::Try(plan) => return said_first(state, trying::notice(plan, choice), effects),
    }
    match &choice.work {
        Err(why) => {
            let why = why.clone();
            state.say(Tone::Refused, why);
        }
        Ok(work) if work.tickets == 0 => {
            state.say(Tone::Refused, "this judge has read all of these already");
        }
        Ok(work) => match notice(&choice.name, work) {
            Some(confirm) => state.modals.push(Modal::Confirm(confirm)),
            None => start(state, effects),
        },
    }
}

/// Says what must be said first; if nothing must, starts at once.
fn said_first(
    state: &mut AppState,
    said: Result<Option<Confirm>, String>,
    effects: &mut Vec<Effect>,
) {
    match said {
        Err(why) => state.say(Tone::Refused, why),
        Ok(Some(confirm)) => state.modals.push(Modal::Confirm(confirm)),
        Ok(None) => start(state, effects),
    }
}

/// What must be said before a draft is asked for.
fn one_call(choice: &JudgeChoice, what: &str) -> Result<Option<Confirm>, String> {
    let work = choice.work.as_ref().map_err(Clone::clone)?;
    Ok(Some(Confirm {
        question: format!("Let {} draft a rubric?", choice.name),
        detail: format!("One call; {what} go to {}.", work.place),
        yes: Confirmed::Judge,
    }))
}

/// What must be said before it starts.
fn notice(name: &str, work: &JudgeWork) -> Option<Confirm> {
    let mut said = Vec::new();
    if !work.first_send.is_empty() {
        said.push(format!(
            "First send to {}: {} of {}.",
            work.place,
            work.first_send.join(", "),
            counted(work.tickets, "ticket")
        ));
    }
    said.extend(work.needs_yes.as_ref().map(|why| format!("{why}.")));
    (!said.is_empty()).then(|| Confirm {
        question: format!("Let {name} read these?"),
        detail: format!("{} {}.", said.join(" "), work_words(work)),
        yes: Confirmed::Judge,
    })
}

/// Starts the judge that was chosen.
pub(crate) fn start(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(Modal::Judges(pick)) = state.modals.pop() else {
        return;
    };
    let Some(choice) = pick.current() else {
        return;
    };
    let judge = choice.name.clone();
    match pick.purpose {
        JudgeFor::These => {}
        JudgeFor::Try(plan) => return trying::start(state, pick.eval, *plan, &judge, effects),
        JudgeFor::Draft => return make::generate(state, pick.eval, &judge, effects),
    }
    state.say(
        Tone::Notice,
        format!("{judge} reads; you can go on meanwhile"),
    );
    let order = Order::Judge {
        eval: pick.eval,
        judge,
        filter: pick.filter,
    };
    update::job(state, Job::Judge, order, effects);
}

/// A judge at work has written something: what is shown is read anew, what is being entered stays.
pub(crate) fn wrote(state: &mut AppState, effects: &mut Vec<Effect>) {
    update::changed(state, effects);
    let open = state
        .ticket
        .as_ref()
        .filter(|ticket| state.screen == Screen::Ticket && !ticket.revealed)
        .and_then(|ticket| ticket.id());
    if let Some(ticket) = open {
        let order = Order::OpenTicket {
            ticket,
            claim: false,
        };
        effects.push(state.requests.ask(Asked::Look(ticket), order));
    }
}
