//! What actions do on the Runs screen.

use crate::domain::filter::Word;
use crate::domain::ids::EvalId;
use crate::domain::view::GroupPage;
use crate::domain::view::compare::CandidateSummary;

use super::super::action::Action;
use super::super::effect::{Effect, Order};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::super::update::DisabledReason;
use super::super::{queue, update};
use super::{OpenGroup, Tab, item};

/// Opens the screen; on a group, if one is named.
pub(crate) fn open(state: &mut AppState, group: Option<&str>, effects: &mut Vec<Effect>) {
    if state.screen != Screen::Runs {
        let from_queue = !matches!(state.screen, Screen::Home | Screen::FirstRun);
        update::put_down(state, effects);
        state.runs.from_queue = from_queue && state.queue.is_some();
        state.screen = Screen::Runs;
    }
    match group {
        Some(name) => enter(state, name, effects),
        None => load(state, effects),
    }
}

/// Reads what is shown.
pub(crate) fn load(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(open) = &state.runs.open {
        let (group, full) = (open.name.clone(), open.full);
        if open.view().is_none() {
            let order = Order::LoadKeptGroup {
                group: group.clone(),
                full,
            };
            let asked = Asked::KeptGroup(group.clone());
            effects.push(state.requests.ask(asked, order));
        }
        let asked = Asked::Group(group.clone());
        let order = Order::LoadGroup { group, full };
        effects.push(state.requests.ask(asked, order));
    }
    effects.push(state.requests.ask(Asked::Groups, Order::LoadGroups));
}

fn enter(state: &mut AppState, name: &str, effects: &mut Vec<Effect>) {
    if state
        .runs
        .open
        .as_ref()
        .is_none_or(|open| open.name != name)
    {
        let mut open = OpenGroup::new(name);
        open.fit(state.size);
        state.runs.open = Some(Box::new(open));
    }
    load(state, effects);
}

/// A group's page has come.
pub(crate) fn shown(state: &mut AppState, name: &str, page: GroupPage) {
    if let Some(open) = state.runs.open.as_mut().filter(|open| open.name == name) {
        open.take(page);
    }
}

/// What was kept of it has come: shown until the page itself does, and never in its place.
pub(crate) fn shown_meanwhile(state: &mut AppState, name: &str, page: GroupPage) {
    let open = state.runs.open.as_mut().filter(|open| open.name == name);
    if let Some(open) = open.filter(|open| open.view().is_none()) {
        open.take(page);
    }
}

/// It did not come.
pub(crate) fn failed(state: &mut AppState, why: String) {
    match &mut state.runs.open {
        Some(open) => open.problem = Some(why),
        None => state.runs.problem = Some(why),
    }
}

/// Runs an action on the screen; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    match &mut state.runs.open {
        None => listed(state, action, effects),
        Some(open) if open.beside.is_some() => item::run(state, action, effects),
        Some(_) => group(state, action, effects),
    }
}

fn listed(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    if let Some(by) = action.steps(state.runs.height) {
        state.runs.step(by);
        return true;
    }
    match action {
        Action::Open => match state.runs.current().map(|card| card.name.clone()) {
            Some(name) => enter(state, &name, effects),
            None => leave(state, effects),
        },
        Action::Back | Action::Leave => leave(state, effects),
        _ => return false,
    }
    true
}

fn group(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.runs.open else {
        return false;
    };
    if let Some(by) = action.steps(open.height) {
        open.step(by);
        return true;
    }
    match action {
        Action::SideBySide => return item::walk(state, effects),
        Action::NextPane => open.turn(1),
        Action::PreviousPane => open.turn(-1),
        Action::NextCandidate => aside(open, 1),
        Action::PreviousCandidate => aside(open, -1),
        Action::NextOther => open.choose(1),
        Action::ChangeOrder => open.reorder(),
        Action::RunsFull => {
            open.full = !open.full;
            open.tab = Tab::Compare;
            open.scroll = 0;
            load(state, effects);
        }
        Action::Open => return act(state, effects),
        Action::Back | Action::Leave => {
            // Who listed the rows of one point goes back to the points.
            if open.only.take().is_some() && open.tab == Tab::Rows {
                open.tab = Tab::Points;
            } else {
                state.runs.open = None;
            }
        }
        _ => return false,
    }
    true
}

/// Left and right: among the points on their tab, among the candidates elsewhere.
fn aside(open: &mut OpenGroup, by: isize) {
    match (&mut open.grid, open.tab) {
        (Some(grid), Tab::Points) => grid.right(by),
        _ => open.choose(by),
    }
}

/// Enter: opens the page, a row, the rows of a point, the tickets of a tag.
fn act(state: &mut AppState, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &mut state.runs.open else {
        return false;
    };
    if matches!(open.page, Some(GroupPage::Closed { .. })) {
        let name = open.name.clone();
        let order = Order::OpenGroup {
            group: name.clone(),
        };
        effects.push(state.requests.ask(Asked::GroupOpened(name), order));
        state.say(
            Tone::Notice,
            "opened: your later reviews of this group count as assisted",
        );
        return true;
    }
    match open.tab {
        Tab::Compare => open.tab = Tab::Rows,
        Tab::Rows => return item::show(state, effects),
        Tab::Points => {
            let rows = open.grid.as_ref().map(|grid| grid.chosen().to_vec());
            match rows.filter(|rows| !rows.is_empty()) {
                Some(rows) => open.narrow(rows),
                None => return false,
            }
        }
        Tab::Tags => return failures(state, effects),
    }
    true
}

/// The tickets of the tag under the cursor that do not pass, in the queue of the group.
fn failures(state: &mut AppState, effects: &mut Vec<Effect>) -> bool {
    let Some(open) = &state.runs.open else {
        return false;
    };
    let (Some(view), Some(one)) = (open.view(), open.chosen()) else {
        return false;
    };
    let Some(filter) = filter_of(one, open.tag, view.comparison.threshold) else {
        return false;
    };
    let eval = view.comparison.tickets_in;
    queue::update::enter(state, eval);
    state.screen = Screen::Queue;
    queue::update::filter(state, &filter, effects);
    true
}

/// What finds the failures of a candidate under a tag. Where the candidate has no one model, those of all candidates.
fn filter_of(one: &CandidateSummary, tag: usize, threshold: f64) -> Option<String> {
    let word = |text: &str| Word {
        text: text.to_owned(),
        prefix: false,
    };
    let tag = word(&one.weak_tags.get(tag)?.tag);
    let single = one.model.as_ref().filter(|model| !model.contains(", "));
    let model = single.map_or_else(String::new, |model| format!(" model:{}", word(model)));
    Some(format!(
        "(tag:{tag} or feature:{tag}) judge<{threshold}{model}"
    ))
}

/// The eval that holds the tickets of the group that is open, or under the cursor.
pub(crate) fn eval_of(state: &AppState) -> Option<EvalId> {
    let runs = &state.runs;
    let open = runs.open.as_ref();
    let view = open.and_then(|open| open.view());
    view.map(|view| view.comparison.tickets_in).or_else(|| {
        let name = open.map(|open| &open.name);
        let mut cards = runs.groups.iter().flatten();
        let card = match name {
            Some(name) => cards.find(|card| card.name == *name),
            None => runs.current(),
        };
        card.map(|card| card.tickets_in)
    })
}

/// Why an action cannot be done here.
pub(crate) fn refusal(state: &AppState, action: Action) -> Option<DisabledReason> {
    let nothing = Some(DisabledReason::NothingHere);
    let Some(open) = &state.runs.open else {
        let of_group = matches!(
            action,
            Action::RunsFull
                | Action::NextCandidate
                | Action::PreviousCandidate
                | Action::NextOther
                | Action::ChangeOrder
                | Action::NextPane
                | Action::PreviousPane
        );
        let of_item = item::is_of_item(action) || action == Action::SideBySide;
        return if of_group || of_item { nothing } else { None };
    };
    if let Some(beside) = &open.beside {
        return item::refusal(beside, action);
    }
    let closed = open.view().is_none();
    match action {
        Action::SideBySide => item::walk_refusal(open),
        _ if item::is_of_item(action) => nothing,
        Action::RunsFull
        | Action::NextCandidate
        | Action::PreviousCandidate
        | Action::NextOther
        | Action::ChangeOrder
        | Action::NextPane
        | Action::PreviousPane
            if closed =>
        {
            nothing
        }
        // Only points and failures are about one candidate.
        Action::NextCandidate | Action::PreviousCandidate | Action::NextOther
            if matches!(open.tab, Tab::Compare | Tab::Rows) =>
        {
            nothing
        }
        Action::ChangeOrder => (open.tab != Tab::Rows).then_some(DisabledReason::NothingHere),
        Action::Open => match (&open.page, open.tab) {
            (None, _) => nothing,
            (Some(GroupPage::Closed { .. }), _) | (_, Tab::Compare) => None,
            (_, Tab::Rows) if open.current().is_none() => nothing,
            (_, Tab::Points) if open.grid.as_ref().is_none_or(|grid| grid.points == 0) => nothing,
            (_, Tab::Tags) if open.chosen().is_none_or(|one| one.weak_tags.is_empty()) => nothing,
            _ => None,
        },
        _ => None,
    }
}

/// Whether the open ticket was opened from here and is still the one.
pub(crate) fn is_visit(state: &AppState) -> bool {
    let visiting = state.runs.open.as_ref().and_then(|open| open.visiting);
    let here = state.ticket.as_ref().and_then(|ticket| ticket.id());
    visiting.is_some_and(|id| here.is_none_or(|here| here == id))
}

/// Comes back from a ticket; its review may have changed the numbers.
pub(crate) fn back_to(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(open) = &mut state.runs.open {
        open.visiting = None;
    }
    state.screen = Screen::Runs;
    load(state, effects);
}

/// Goes back to where one came from.
fn leave(state: &mut AppState, effects: &mut Vec<Effect>) {
    if state.runs.from_queue {
        update::go_queue(state, effects);
    } else {
        update::go_home(state, effects);
    }
}
