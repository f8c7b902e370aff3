//! What is done in the dialog, and what a judge at work changes on the screen.

use crate::domain::ids::EvalId;
use crate::domain::view::{JudgeChoice, JudgeScope, Price, SpendLimit};

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::modal::{Confirm, Confirmed, LineEdit, Modal, Prompt, PromptFor};
use super::super::rubric::{make, noting, trying};
use super::super::state::{AppState, Asked, Job, Screen, Tone};
use super::super::ticket::Phase;
use super::super::update::{self, DisabledReason};
use super::{JudgeFor, JudgePick, NO_MODEL, limit_words, notice, some_tickets};

/// Opens the choice for the eval of this screen: for the tickets marked, else for those the filter shows, else
/// for all. On a ticket for all; that one alone can be chosen.
pub(crate) fn open(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(eval) = update::eval_of(state) else {
        return;
    };
    let mut scopes = Vec::new();
    if let (Some(queue), Screen::Queue) = (&state.queue, state.screen) {
        if !queue.filter.is_empty() {
            let filter = JudgeScope::Filter(queue.filter.clone());
            scopes.push((format!("those shown: {}", queue.filter), filter));
        }
        if !queue.marks.is_empty() {
            let marked = queue.marks.iter().copied().collect();
            scopes.push(some_tickets(
                &format!("the {} marked", queue.marks.len()),
                marked,
            ));
        }
    }
    let mut pick = JudgePick::new(eval, scopes);
    let here = state.ticket.as_ref().and_then(|ticket| ticket.id());
    if let (Some(id), Screen::Ticket) = (here, state.screen) {
        pick.scopes.push(some_tickets("this ticket", vec![id]));
    }
    state.modals.push(Modal::Judges(pick));
    load(state, effects);
}

/// Opens the choice on one judge, to go on with what it left.
pub(crate) fn open_on(
    state: &mut AppState,
    eval: EvalId,
    judge: Option<String>,
    again: bool,
    effects: &mut Vec<Effect>,
) {
    state.modals.push(Modal::Judges(JudgePick {
        again,
        named: judge.clone(),
        wanted: judge,
        ..JudgePick::new(eval, Vec::new())
    }));
    load(state, effects);
}

/// Opens the choice on a judge that scored tickets under another version of the rubric, to have them scored anew.
pub(crate) fn open_rescore(
    state: &mut AppState,
    eval: EvalId,
    judge: String,
    effects: &mut Vec<Effect>,
) {
    let words = "scored under another version of the rubric".to_owned();
    let scopes = vec![(words, JudgeScope::Rescored)];
    state.modals.push(Modal::Judges(JudgePick {
        named: Some(judge.clone()),
        wanted: Some(judge),
        ..JudgePick::new(eval, scopes)
    }));
    load(state, effects);
}

/// Opens the choice for something else than reading tickets; the cursor goes to the judge named last.
pub(crate) fn open_for(
    state: &mut AppState,
    eval: EvalId,
    purpose: JudgeFor,
    effects: &mut Vec<Effect>,
) {
    let last = state.rubric.as_ref().and_then(|open| open.judge.clone());
    let own = match &purpose {
        JudgeFor::Try(plan) => plan.rubric.judge.model.clone(),
        _ => None,
    };
    state.modals.push(Modal::Judges(JudgePick {
        purpose,
        named: last.clone(),
        wanted: last.or(own),
        ..JudgePick::new(eval, Vec::new())
    }));
    load(state, effects);
}

/// Asks who could, and what they would do. What was shown stays until the answer comes.
fn load(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(pick) = pick(state) {
        let order = Order::LoadJudges(pick.ask());
        effects.push(state.requests.ask(Asked::Judges, order));
    }
}

fn pick(state: &mut AppState) -> Option<&mut JudgePick> {
    state.modals.iter_mut().find_map(|modal| match modal {
        Modal::Judges(pick) => Some(pick),
        _ => None,
    })
}

/// Who could read them came.
pub(crate) fn listed(state: &mut AppState, choices: Vec<JudgeChoice>) {
    if let Some(pick) = pick(state) {
        pick.take(choices);
    }
}

/// Why a setting is none of what a judge is chosen for.
pub(crate) fn refusal(state: &AppState, action: Action) -> Option<DisabledReason> {
    let purpose = state.modals.iter().find_map(|modal| match modal {
        Modal::Judges(pick) => Some(&pick.purpose),
        _ => None,
    })?;
    let of_trial = matches!(
        action,
        Action::TrySamples | Action::TryAgainst | Action::TryProbes
    );
    let fits = match purpose {
        JudgeFor::These => !of_trial,
        JudgeFor::Try(plan) => match action {
            Action::JudgeScope | Action::JudgeScopeBack => plan.free,
            Action::TryAgainst => !plan.others.is_empty(),
            _ => of_trial,
        },
        JudgeFor::Draft | JudgeFor::Word { .. } => false,
    };
    (!fits).then_some(DisabledReason::NotForThis)
}

/// Runs an action of the dialog; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(Modal::Judges(pick)) = state.modals.last_mut() else {
        return false;
    };
    match action {
        Action::JudgeName => {}
        _ if pick.purpose != JudgeFor::These => return trying::set(state, action, effects),
        Action::TrySamples | Action::TryProbes | Action::TryAgainst => {
            state.say(
                Tone::Refused,
                "this is for a trial: T on a rubric or a ticket",
            );
            return true;
        }
        _ => {}
    }
    let Some(Modal::Judges(pick)) = state.modals.last_mut() else {
        return false;
    };
    match action {
        Action::JudgeScope | Action::JudgeScopeBack if pick.scopes.len() < 2 => {
            state.say(
                Tone::Refused,
                "nothing else to choose here: in the list, marks and the filter choose tickets",
            );
        }
        Action::JudgeScope => {
            pick.turn(1);
            load(state, effects);
        }
        Action::JudgeScopeBack => {
            pick.turn(-1);
            load(state, effects);
        }
        Action::JudgeAgain => {
            pick.again = !pick.again;
            load(state, effects);
        }
        Action::JudgeLimit => {
            let text = match pick.limit {
                None => String::new(),
                Some(SpendLimit::Micros(micros)) => format!("{:.2}", micros as f64 / 1e6),
                Some(SpendLimit::Tokens(tokens)) => format!("{tokens} tokens"),
            };
            let title = "Spend at most how much? 2.50, or 200k tokens; empty is no limit";
            prompt(state, title, PromptFor::JudgeLimit, text, true);
        }
        Action::JudgeName => name(state, String::new()),
        _ => return false,
    }
    true
}

fn prompt(state: &mut AppState, title: &str, purpose: PromptFor, text: String, optional: bool) {
    state.modals.push(Modal::Prompt(Prompt {
        title: title.to_owned(),
        purpose,
        line: LineEdit::new(text),
        optional,
        error: None,
    }));
}

fn name(state: &mut AppState, text: String) {
    let title = "Which judge? Such as ollama/qwen3, openai/gpt-4.1 or MODEL@http://host:8000/v1";
    prompt(state, title, PromptFor::JudgeName, text, false);
}

/// Takes what was typed: a limit, or the name of a judge.
pub(crate) fn typed(
    state: &mut AppState,
    purpose: &PromptFor,
    text: &str,
    effects: &mut Vec<Effect>,
) -> Result<(), String> {
    match purpose {
        PromptFor::JudgeLimit => {
            let limit = SpendLimit::read(text)?;
            if let Some(pick) = pick(state) {
                pick.limit = limit;
            }
        }
        PromptFor::JudgeName => {
            if text.ends_with(NO_MODEL) {
                return Err(format!(
                    "write the model's own name in place of `{}`",
                    &NO_MODEL[1..]
                ));
            }
            if let Some(pick) = pick(state) {
                pick.named = Some(text.to_owned());
                pick.wanted = Some(text.to_owned());
            }
            load(state, effects);
        }
        _ => {}
    }
    Ok(())
}

/// Enter on a judge: at once if nothing leaves for the first time and it is not much, else after a yes.
pub(crate) fn chosen(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(Modal::Judges(pick)) = state.modals.last() else {
        return;
    };
    let Some(choice) = pick.current() else {
        return;
    };
    if pick.purpose != JudgeFor::These && !choice.name.ends_with(NO_MODEL) {
        let said = match &pick.purpose {
            JudgeFor::Try(plan) => trying::notice(plan, choice),
            JudgeFor::Draft => one_call(choice, "draft a rubric", "examples and your notes"),
            JudgeFor::Word { .. } => one_call(choice, "word it", "this output and your note"),
            JudgeFor::These => Ok(None),
        };
        return said_first(state, said, effects);
    }
    match &choice.work {
        Err(_) if choice.name.ends_with(NO_MODEL) => {
            let endpoint = choice.name.trim_end_matches(&NO_MODEL[1..]).to_owned();
            name(state, endpoint);
        }
        Err(why) => {
            let why = why.clone();
            state.say(Tone::Refused, why);
        }
        Ok(work) if work.tickets == 0 => {
            state.say(Tone::Refused, "this judge has read all of these already");
        }
        Ok(work)
            if work.price == Price::Unpriced
                && matches!(pick.limit, Some(SpendLimit::Micros(_))) =>
        {
            let words = format!(
                "nobody knows what {} costs: limit its tokens instead, such as 200k tokens",
                choice.name
            );
            state.say(Tone::Refused, words);
        }
        Ok(work) => match notice(&choice.name, work, pick.limit) {
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

/// What must be said before words are asked for.
fn one_call(choice: &JudgeChoice, does: &str, what: &str) -> Result<Option<Confirm>, String> {
    if choice.name == "checks" {
        return Err("checks write no rubrics: choose a model, n names one (it needs a key such as OPENAI_API_KEY, or a server such as ollama)".to_owned());
    }
    let work = choice.work.as_ref().map_err(Clone::clone)?;
    Ok(Some(Confirm {
        question: format!("Let {} {does}?", choice.name),
        detail: format!("One call; {what} go to {}.", work.place),
        yes: Confirmed::Judge,
    }))
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
        JudgeFor::Word { ticket, written } => {
            return noting::from_note(state, ticket, written, Some(judge), effects);
        }
    }
    let within = match pick.limit {
        None => String::new(),
        limit => format!(", {}", limit_words(limit)),
    };
    state.say(
        Tone::Notice,
        format!("{judge} reads{within}; you can go on meanwhile"),
    );
    let ask = pick.ask();
    if let (JudgeScope::Tickets(_), Screen::Queue, Some(queue)) =
        (&ask.scope, state.screen, &mut state.queue)
    {
        queue.marks.clear();
    }
    let order = Order::Judge {
        ask,
        judge,
        limit: pick.limit,
    };
    update::job(state, Job::Judge, order, effects);
}

/// Reads anew what a judge may have said about the open ticket. What is being entered stays as it is; a ticket
/// whose judge is seen already, or that is committed, is left alone.
pub(crate) fn look(state: &mut AppState, effects: &mut Vec<Effect>) {
    let open = state
        .ticket
        .as_ref()
        .filter(|ticket| {
            state.screen == Screen::Ticket && ticket.phase == Phase::Answering && !ticket.revealed
        })
        .and_then(|ticket| ticket.id());
    if let Some(ticket) = open {
        let order = Order::OpenTicket {
            ticket,
            claim: false,
        };
        effects.push(state.requests.ask(Asked::Look(ticket), order));
    }
}
