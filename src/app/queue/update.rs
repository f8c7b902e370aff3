//! What actions do in the queue.

use crate::domain::count::counted;
use crate::domain::eval::Mode;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::rubric::Kind;
use crate::domain::view::{Decision, Order as ListOrder, QueuePage, QueueQuery};

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::modal::{FilterBar, LineEdit, Modal, PromptFor};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::super::ticket;
use super::{Fetch, MARK_LIMIT, QueueState};

/// Makes the queue of an eval the one that is open.
pub(crate) fn enter(state: &mut AppState, eval: EvalId) {
    if state.queue.as_ref().is_some_and(|queue| queue.eval == eval) {
        return;
    }
    let card = state
        .home
        .home
        .as_ref()
        .and_then(|home| home.evals.iter().find(|card| card.id == eval));
    let doc = state.ticket.as_ref().and_then(|ticket| ticket.doc.as_ref());
    let (name, mode, compares) = match (card, doc) {
        (Some(card), _) => (card.name.clone(), card.mode, card.compares),
        (None, Some(doc)) => {
            let compares = doc.rubric.kind == Kind::Pairwise;
            (doc.eval.name.clone(), doc.eval.policy.mode, compares)
        }
        (None, None) => (String::new(), Mode::Blind, false),
    };
    let mut queue = QueueState::new(eval, &name, mode);
    queue.compares = compares;
    state.queue = Some(queue);
}

/// Runs an action on the queue; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    if step(state, action, effects) {
        return true;
    }
    let Some(queue) = &mut state.queue else {
        return false;
    };
    let eval = queue.eval;
    match action {
        Action::Open => {
            if let Some(row) = queue.current() {
                let id = row.ticket;
                ticket::open::open(state, eval, id, effects);
            }
        }
        Action::TakeNext => ticket::open::take_next(state, eval, effects),
        Action::Mark => {
            if let Some(id) = queue.current().map(|row| row.ticket) {
                if !queue.marks.remove(&id) {
                    queue.marks.insert(id);
                }
                queue.window.step(1);
            }
        }
        Action::MarkAll => mark_all(state, effects),
        Action::ChangeOrder => next_order(state, effects),
        Action::Filter | Action::Find => open_filter(state),
        Action::Skip => ticket::decide::decide(state, Decision::Skip, false, effects),
        Action::Flag => {
            let on = !queue.current().is_some_and(|row| row.flagged);
            let decision = Decision::Flag(on, String::new());
            ticket::decide::decide(state, decision, false, effects);
        }
        Action::Defer | Action::Escalate | Action::FlagNote => ticket::decide::ask(state, action),
        Action::Note => {
            let tickets = queue.targets();
            ticket::update::prompt(state, "Note", PromptFor::Note(tickets), false);
        }
        Action::Assign => {
            let tickets = queue.targets();
            ticket::update::prompt(
                state,
                "Give to whom? (a name, or `judge`; empty takes it back)",
                PromptFor::Assign(tickets),
                true,
            );
        }
        Action::History => ticket::update::show_history(state, effects),
        Action::Back if !queue.marks.is_empty() => queue.marks.clear(),
        _ => return false,
    }
    true
}

fn step(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(queue) = &mut state.queue else {
        return false;
    };
    let window = &mut queue.window;
    let page = window.height.max(2) as isize;
    match action {
        Action::Down => window.step(1),
        Action::Up => window.step(-1),
        Action::HalfDown => window.step(page / 2),
        Action::HalfUp => window.step(-page / 2),
        Action::PageDown => window.step(page - 1),
        Action::PageUp => window.step(1 - page),
        Action::Top if window.more_before => fetch(state, Fetch::Start, effects),
        Action::Top => window.step(isize::MIN / 2),
        Action::Bottom if window.more_after => fetch(state, Fetch::End, effects),
        Action::Bottom => window.step(isize::MAX / 2),
        _ => return false,
    }
    true
}

fn mark_all(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(queue) = &mut state.queue else {
        return;
    };
    if !queue.marks.is_empty() {
        queue.marks.clear();
        return;
    }
    if !queue.window.more_before && !queue.window.more_after {
        queue.marks = queue.window.rows.iter().map(|row| row.ticket).collect();
        return;
    }
    let order = Order::ListMatching {
        eval: queue.eval,
        filter: queue.filter.clone(),
        limit: MARK_LIMIT,
    };
    effects.push(state.requests.ask(Asked::Marks, order));
}

/// The tickets to mark have come.
pub(crate) fn marked(state: &mut AppState, tickets: Vec<TicketId>) {
    let Some(queue) = &mut state.queue else {
        return;
    };
    let count = tickets.len();
    queue.marks = tickets.into_iter().collect();
    if count >= MARK_LIMIT as usize {
        state.say(
            Tone::Notice,
            format!("{MARK_LIMIT} tickets marked: no more at once, a filter finds the others"),
        );
    } else {
        state.say(Tone::Done, format!("{} marked", counted(count, "ticket")));
    }
}

/// The next order; one that would tell a blind reviewer something is passed over, and why is said.
fn next_order(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(queue) = &mut state.queue else {
        return;
    };
    let at = ListOrder::ALL
        .iter()
        .position(|order| *order == queue.order)
        .unwrap_or(0);
    let mut next = ListOrder::ALL[(at + 1) % ListOrder::ALL.len()];
    let refused = next == ListOrder::JudgeScore && queue.mode == Mode::Blind;
    if refused {
        next = ListOrder::Plan;
    }
    queue.order = next;
    let words = if refused {
        "order: plan (by judge score is kept back: this eval is reviewed blind)".to_owned()
    } else if next == ListOrder::Plan {
        "order: plan".to_owned()
    } else {
        format!("order: {} (a keeps following the plan)", next.name())
    };
    fetch(state, Fetch::Start, effects);
    state.say(Tone::Notice, words);
}

fn open_filter(state: &mut AppState) {
    if let Some(queue) = &state.queue {
        state.modals.push(Modal::Filter(FilterBar {
            line: LineEdit::new(queue.filter.clone()),
            error: None,
            before: queue.filter.clone(),
        }));
    }
}

/// Applies a filter as typed; the bar stays until its first page came, and shows what is wrong with it.
pub(crate) fn filter(state: &mut AppState, text: &str, effects: &mut Vec<Effect>) {
    let Some(queue) = &mut state.queue else {
        return;
    };
    text.trim().clone_into(&mut queue.filter);
    queue.marks.clear();
    fetch(state, Fetch::Start, effects);
    count(state, effects);
}

/// The filter cannot be used: the bar opens again, or shows why.
pub(crate) fn bad_filter(state: &mut AppState, at: usize, why: &str) {
    let Some(queue) = &mut state.queue else {
        return;
    };
    let typed = std::mem::take(&mut queue.filter);
    let before = match state.modals.last_mut() {
        Some(Modal::Filter(bar)) => {
            bar.error = Some((at, why.to_owned()));
            Some(bar.before.clone())
        }
        _ => None,
    };
    match before {
        Some(before) => queue.filter = before,
        None => state.modals.push(Modal::Filter(FilterBar {
            line: LineEdit::new(typed),
            error: Some((at, why.to_owned())),
            before: String::new(),
        })),
    }
}

/// Fetches a page.
pub(crate) fn fetch(state: &mut AppState, fetch: Fetch, effects: &mut Vec<Effect>) {
    let Some(queue) = &state.queue else {
        return;
    };
    let query = QueueQuery {
        eval: queue.eval,
        order: queue.order,
        filter: queue.filter.clone(),
        anchor: queue.window.anchor(fetch),
        limit: queue.window.limit(fetch),
    };
    // A page of the old list must not land in the new one.
    if matches!(fetch, Fetch::Start | Fetch::End | Fetch::Again) {
        for other in [
            Fetch::Start,
            Fetch::End,
            Fetch::Below,
            Fetch::Above,
            Fetch::Again,
        ] {
            state.requests.forget(&Asked::Rows(other));
        }
    }
    effects.push(
        state
            .requests
            .ask(Asked::Rows(fetch), Order::LoadQueue(query)),
    );
}

/// Fetches what the cursor will need soon.
pub(crate) fn fetch_wanted(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(wanted) = state.queue.as_ref().and_then(|queue| queue.window.wanted()) else {
        return;
    };
    if !state
        .requests
        .waits(|asked| matches!(asked, Asked::Rows(_)))
    {
        fetch(state, wanted, effects);
    }
}

fn count(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(queue) = &state.queue {
        let order = Order::CountQueue {
            eval: queue.eval,
            filter: queue.filter.clone(),
            order: queue.order,
        };
        effects.push(state.requests.ask(Asked::Counts, order));
    }
}

/// Reads rows and numbers anew; the cursor stays on its ticket.
pub(crate) fn reload(state: &mut AppState, effects: &mut Vec<Effect>) {
    let eval = match (&state.queue, &state.ticket) {
        (Some(queue), _) => queue.eval,
        (None, Some(ticket)) => ticket.eval,
        (None, None) => return,
    };
    enter(state, eval);
    let loaded = state
        .queue
        .as_ref()
        .is_some_and(|queue| queue.window.loaded);
    fetch(
        state,
        if loaded { Fetch::Again } else { Fetch::Start },
        effects,
    );
    count(state, effects);
}

/// A page has come.
pub(crate) fn page(state: &mut AppState, fetch: Fetch, page: QueuePage) {
    if let Some(queue) = &mut state.queue {
        queue.window.take(fetch, page);
        if fetch == Fetch::Start
            && matches!(state.modals.last(), Some(Modal::Filter(_)))
            && state.screen == Screen::Queue
        {
            state.modals.pop();
        }
    }
}
