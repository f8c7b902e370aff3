//! Keeping a version: who asks it from now on, and what was judged under the one before.

use std::sync::Arc;

use crate::domain::count::{counted, either};
use crate::domain::ids::EvalId;
use crate::domain::view::{RubricOrder, RubricSaved, RubricUse};

use super::super::effect::{Effect, Order};
use super::super::judging;
use super::super::modal::{Confirm, Confirmed, Modal};
use super::super::state::{AppState, Asked, Tone};
use super::make::{self, ChooseFor};
use super::{RubricAsked, update};

/// Asks who shall ask the version, if it can be kept.
pub(super) fn save(state: &mut AppState) {
    let Some(open) = &state.rubric else { return };
    let Some(rubric) = open.shown() else { return };
    if let Some(error) = open
        .findings()
        .iter()
        .find(|finding| finding.severity == crate::domain::rubric::Severity::Error)
    {
        let words = format!("cannot be saved yet: {}", error.message);
        state.say(Tone::Refused, words);
        return;
    }
    let cards = open.cards().iter().filter(|card| card.name == rubric.id);
    let all: Vec<_> = cards.flat_map(|card| card.evals.clone()).collect();
    // A version that is kept and asked already is nothing to be let ask.
    let kept = open.page.as_ref().filter(|_| !open.is_changed());
    let kept = kept.map(|page| page.id);
    let (asking, others): (Vec<_>, Vec<_>) = all
        .iter()
        .cloned()
        .partition(|one| Some(one.version) == kept);
    let (stay, uses): (Vec<_>, Vec<_>) = others.into_iter().partition(|one| one.stays);
    let mut rows = Vec::new();
    let mut evals = Vec::new();
    let mut offer = |uses: &[RubricUse]| {
        rows.push((
            format!("Save, and let {} ask it from now on", names(uses)),
            "Reviews and verdicts stay as they were given.".to_owned(),
        ));
        evals.push(uses.iter().map(|one| one.eval).collect());
    };
    if !uses.is_empty() {
        offer(&uses);
    }
    if uses.len() > 1 {
        for one in &uses {
            offer(std::slice::from_ref(one));
        }
    }
    rows.push((
        "Save only".to_owned(),
        only(&asking, &stay, uses.is_empty()),
    ));
    evals.push(Vec::new());
    for card in state.home.home.iter().flat_map(|home| &home.evals) {
        if all.iter().all(|one| one.eval != card.id) {
            rows.push((
                format!("Save, and let {} ask it instead of its own", card.name),
                String::new(),
            ));
            evals.push(vec![card.id]);
        }
    }
    let title = format!("Save {}", rubric.id);
    make::choose(state, &title, rows, ChooseFor::Keep(evals));
}

/// What saving a version alone means: for evals that ask it already, and for groups that keep theirs.
fn only(asking: &[RubricUse], stay: &[RubricUse], alone: bool) -> String {
    match stay.len() {
        0 if alone && !asking.is_empty() => {
            let ask = either(asking.len() as u64, "asks", "ask");
            format!("{} {ask} exactly this version already.", names(asking))
        }
        0 => "Evals go on with the version they ask.".to_owned(),
        1 => format!(
            "The group {} keeps the version its runs are compared under.",
            names(stay)
        ),
        _ => format!(
            "The groups {} keep the version their runs are compared under.",
            names(stay)
        ),
    }
}

fn names(uses: &[RubricUse]) -> String {
    let names: Vec<&str> = uses.iter().map(|one| one.name.as_str()).collect();
    names.join(" and ")
}

/// Keeps the version and lets these evals ask it.
pub(super) fn keep(state: &mut AppState, evals: Vec<EvalId>, effects: &mut Vec<Effect>) {
    let Some(open) = &state.rubric else { return };
    let Some(rubric) = open.shown().map(Arc::clone) else {
        return;
    };
    // What is known of the text must be about the rubric as it stands.
    let text = open.text().cloned();
    let order = Order::Rubric(RubricOrder::Save {
        rubric,
        text,
        evals,
    });
    effects.push(state.requests.ask(Asked::Rubric(RubricAsked::Save), order));
}

/// It is kept. Where a judge has scored tickets under the version before, the way on is offered.
pub(super) fn kept(state: &mut AppState, saved: &RubricSaved, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    // The draft stands until the page has come, so that the form does not flicker.
    open.past.clear();
    open.toml = None;
    open.version = 0;
    let name = saved.name.clone();
    let words = match (saved.known, saved.moved.is_empty()) {
        (true, true) => format!("{name}: exactly this version was kept before"),
        (_, true) => format!("{name} saved as version {}", saved.id.short()),
        (_, false) => {
            let names: Vec<&str> = saved.moved.iter().map(|one| one.name.as_str()).collect();
            format!(
                "{name} saved as version {}; {} asks it now",
                saved.id.short(),
                names.join(", ")
            )
        }
    };
    state.say(Tone::Done, words);
    update::load_list(state, effects);
    update::load_page(state, &name, effects);
    let left = saved
        .moved
        .iter()
        .flat_map(|moved| moved.rescores.iter().map(move |one| (moved, one)));
    if let Some((moved, one)) = left.max_by_key(|(_, one)| one.tickets) {
        let label = match one.label.as_str() {
            "" => format!("{} ({})", one.rubric, one.from.short()),
            label => format!("{} {label} ({})", one.rubric, one.from.short()),
        };
        let confirm = Confirm {
            question: format!(
                "Rescore {} of {} made under {label}?",
                counted(one.tickets, "ticket"),
                moved.name,
            ),
            detail: format!(
                "{} scored them. Yes says what it costs first; what was said under the old version stays.",
                one.judge
            ),
            yes: Confirmed::Rescore,
        };
        let name = match &one.elsewhere {
            Some(address) => format!("{}@{address}", one.judge),
            None => one.judge.clone(),
        };
        let rescore = (moved.eval, name);
        if let Some(open) = &mut state.rubric {
            open.rescore = Some(rescore);
        }
        state.modals.push(Modal::Confirm(confirm));
    }
}

/// Opens the choice of a judge on the one that scored under the version before.
pub(crate) fn rescore(state: &mut AppState, effects: &mut Vec<Effect>) {
    let asked = state.rubric.as_mut().and_then(|open| open.rescore.take());
    if let Some((eval, judge)) = asked {
        judging::update::open_rescore(state, eval, judge, effects);
    }
}
