//! Replies: the one that is waited for changes the state, a stale one nothing.

use crate::domain::count::counted;
use crate::domain::view::{Failure, Home, ImportDone, TicketDoc, Undone};

use super::super::effect::{Effect, NoTicket, Outcome, RequestId};
use super::super::modal::{Message, Modal, ModeQuestion};
use super::super::queue::update as rows;
use super::super::state::{AppState, Asked, Job, Screen, Tone};
use super::super::ticket::{Phase, commit, dispute, open, suggest, update as ticket_update};
use super::super::{activity, agreement, diff, export, first_run, gate, judging, rubric, runs};
use super::{global, name};

mod ticket;

use ticket::{ahead, look};

pub(super) fn outcome(
    state: &mut AppState,
    request: RequestId,
    outcome: Outcome,
    effects: &mut Vec<Effect>,
) {
    if let Outcome::Progress(progress) = outcome {
        if state.requests.asked(request).is_some() {
            let judge = state.requests.asked(request) == Some(&Asked::Job(Job::Judge));
            let before = state.requests.progress.insert(request, progress);
            let now = state.requests.progress.get(&request).map(|now| now.done);
            if judge && before.map(|before| before.done) != now {
                super::changed(state, effects);
            }
            state.dirty = true;
        }
        return;
    }
    let Some(asked) = state.requests.settle(request) else {
        return;
    };
    state.dirty |= !matches!(asked, Asked::Draft(_) | Asked::Index | Asked::Settings);
    match outcome {
        Outcome::Failed(failure) => failed(state, &asked, &failure, effects),
        Outcome::LeaseLost { by } => lost(state, &asked, by, effects),
        outcome => replied(state, asked, outcome, effects),
    }
}

fn replied(state: &mut AppState, asked: Asked, outcome: Outcome, effects: &mut Vec<Effect>) {
    match (asked, outcome) {
        (Asked::Home, Outcome::Home(home)) => take_home(state, home),
        (Asked::Rows(fetch), Outcome::Queue(page)) => rows::page(state, fetch, *page),
        (Asked::Counts, Outcome::Counts(counts)) => {
            if let Some(queue) = &mut state.queue {
                queue.counts = Some(counts);
            }
        }
        (Asked::Rows(_), Outcome::BadFilter { at, why }) => rows::bad_filter(state, at, &why),
        (Asked::Marks, Outcome::Matching(tickets)) => rows::marked(state, tickets),
        (Asked::Preview, Outcome::BadFilter { why, .. }) => export::update::problem(state, why),
        (Asked::Ticket | Asked::Seat(_) | Asked::Prefetch | Asked::Renew(_), _)
            if state.ticket.is_none() => {}
        (Asked::Ticket, Outcome::Ticket(doc)) => {
            let from_plan = state.ticket.as_ref().is_some_and(|ticket| ticket.from_plan);
            open::show(state, *doc, from_plan, effects);
        }
        (Asked::Ticket, Outcome::NoTicket(why)) => no_ticket(state, why),
        (Asked::Seat(id), Outcome::Ticket(doc)) if doc.ticket == id => seat(state, *doc, effects),
        (Asked::Seat(_), Outcome::NoTicket(_)) => next(state, effects),
        (Asked::Prefetch, Outcome::Ticket(doc)) => ahead(state, doc),
        (Asked::Draft(id), Outcome::DraftSaved { revision }) => {
            if let Some(ticket) = state.ticket.as_mut().filter(|t| t.id() == Some(id)) {
                ticket.keeper.is_safe(revision);
            }
        }
        (Asked::Submit(_), Outcome::Committed(done)) => commit::committed(state, *done, effects),
        (Asked::Decide { words, advance }, Outcome::Decided { tickets }) => {
            decided(state, &words, tickets, advance, effects);
        }
        (Asked::Undo, Outcome::Undone(undone)) => undone_(state, undone, effects),
        (Asked::Reveal(id), Outcome::Revealed(judge)) => {
            ticket::revealed(state, id, *judge);
            suggest::look(state, effects);
        }
        (asked, outcome) => replied_elsewhere(state, asked, outcome, effects),
    }
}

fn replied_elsewhere(
    state: &mut AppState,
    asked: Asked,
    outcome: Outcome,
    effects: &mut Vec<Effect>,
) {
    match (asked, outcome) {
        (Asked::History, Outcome::History(lines)) => {
            if let Some(Modal::History(view)) = state.modals.last_mut() {
                view.lines = Some(lines);
            }
        }
        (Asked::Outside(id), Outcome::Edited(text)) => ticket_update::edited(state, id, text),
        (Asked::Prepare(key), Outcome::Prepared(prepared)) => {
            let ticket = state.ticket.as_mut();
            if let Some(pane) = ticket.and_then(|t| t.view.panes.get_mut(&key.pane)) {
                pane.take(*prepared);
            }
        }
        (Asked::Diff, Outcome::Diffed(made)) => diff::update::made(state, made),
        (Asked::Agreement(eval), Outcome::Agreement(page)) => {
            agreement::update::shown(state, eval, *page);
        }
        (Asked::Rubric(asked), outcome) => rubric::update::came(state, &asked, outcome, effects),
        (Asked::Opened(_), Outcome::Done) => agreement::update::load(state, effects),
        (Asked::ExportOptions, Outcome::ExportOptions(options)) => {
            export::update::options(state, options, effects);
        }
        (Asked::Preview, Outcome::Preview(preview)) => {
            if let Some(export) = &mut state.export {
                export.preview = Some(preview);
                export.problem = None;
            }
        }
        (Asked::Job(Job::Export), Outcome::Exported(done)) => export::update::done(state, done),
        (Asked::Job(Job::Import), Outcome::Imported(done)) => imported(state, &done, effects),
        (Asked::Job(Job::Demo), Outcome::Done) => {
            global::go_home(state, effects);
            let words = "the sample is there: Enter starts on the first eval";
            state.say(Tone::Done, words);
        }
        (Asked::Judges, Outcome::Judges(choices)) => judging::update::listed(state, choices),
        (Asked::Job(Job::Judge), Outcome::Judged(words)) => {
            super::changed(state, effects);
            state.say(Tone::Notice, words);
        }
        (Asked::Activity, Outcome::Activity(jobs)) => state.activity.take(jobs),
        (Asked::Steer(said), Outcome::Done) => activity::update::steered(state, said, effects),
        (Asked::Look(id), Outcome::Ticket(doc)) if doc.ticket == id => look(state, *doc),
        (
            asked @ (Asked::Disagree(_) | Asked::SuggestionOffer(_) | Asked::Job(Job::Suggest(_))),
            outcome,
        ) => judged(state, &asked, outcome, effects),
        (Asked::Mode(eval), Outcome::Done) => open::take_next(state, eval, effects),
        (Asked::Reviewer(name), Outcome::Done) => name::given(state, &name, effects),
        (Asked::Index, Outcome::Indexed { left }) => state.unindexed = left > 0,
        (asked, outcome) => compared(state, asked, outcome, effects),
    }
}

/// Run groups and their comparison.
fn compared(state: &mut AppState, asked: Asked, outcome: Outcome, effects: &mut Vec<Effect>) {
    match (asked, outcome) {
        (Asked::Groups, Outcome::Groups(groups)) => state.runs.take(groups),
        (Asked::Group(name), Outcome::Group(page)) => runs::update::shown(state, &name, *page),
        (Asked::KeptGroup(name), Outcome::KeptGroup(Some(page))) => {
            runs::update::shown_meanwhile(state, &name, *page);
        }
        (Asked::GroupOpened(_), Outcome::Done) => runs::update::load(state, effects),
        (Asked::Side(item), Outcome::Side(doc)) => runs::item::shown(state, item, doc),
        (Asked::Preferred(item), Outcome::Preferred(words)) => {
            runs::item::preferred(state, item, words, effects);
        }
        (asked, Outcome::Gate(reply)) => gate::update::came(state, &asked, reply, effects),
        _ => {}
    }
}

/// What came of disagreeing with the judge and of asking it for a suggestion.
fn judged(state: &mut AppState, asked: &Asked, outcome: Outcome, effects: &mut Vec<Effect>) {
    match (asked, outcome) {
        (Asked::Disagree(id), Outcome::Disagreed(judge)) => dispute::stored(state, *id, *judge),
        (Asked::SuggestionOffer(id), Outcome::SuggestionOffer(choice)) => {
            suggest::offered(state, *id, &choice);
        }
        (_, Outcome::Suggested(words)) => {
            suggest::look(state, effects);
            state.say(Tone::Notice, words);
        }
        _ => {}
    }
}

fn take_home(state: &mut AppState, home: Box<Home>) {
    let first = state.home.home.is_none();
    if home.empty && matches!(state.screen, Screen::Home | Screen::FirstRun) {
        state.screen = Screen::FirstRun;
        state.first_run = first_run::FirstRun::of(&home, state.first_run.ask_name);
    } else if state.screen == Screen::FirstRun {
        state.screen = Screen::Home;
    }
    state.home.home = Some(home);
    state.home.step(0);
    state.activity.asked_ms = state.now_ms;
    if first && state.first_run.ask_name {
        name::ask(state);
    }
}

fn no_ticket(state: &mut AppState, why: NoTicket) {
    if let Some(ticket) = &mut state.ticket {
        ticket.phase = Phase::Nothing(why);
        ticket.doc = None;
        ticket.lease = None;
    }
}

/// The seat of a ticket that is shown already.
fn seat(state: &mut AppState, doc: TicketDoc, effects: &mut Vec<Effect>) {
    let now = state.now_ms;
    let Some(ticket) = state.ticket.as_mut().filter(|t| t.id() == Some(doc.ticket)) else {
        return;
    };
    ticket.lease = doc.lease;
    ticket.held_by.clone_from(&doc.held_by);
    ticket.renewed_at = now;
    if doc.lease.is_none() {
        let who = doc.held_by.unwrap_or_else(|| "somebody else".to_owned());
        next(state, effects);
        state.say(
            Tone::Notice,
            format!("{who} has just taken that ticket; this is the next"),
        );
    }
}

fn next(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(eval) = state.ticket.as_ref().map(|ticket| ticket.eval) {
        open::take_next(state, eval, effects);
    }
}

fn decided(
    state: &mut AppState,
    words: &str,
    tickets: u64,
    advance: bool,
    effects: &mut Vec<Effect>,
) {
    if advance && state.screen == Screen::Ticket {
        next(state, effects);
    }
    if state.screen == Screen::Queue {
        if let Some(queue) = &mut state.queue {
            queue.marks.clear();
        }
        rows::reload(state, effects);
    }
    let words = match tickets {
        1 => words.to_owned(),
        count => format!("{count} tickets: {words}"),
    };
    state.say_done(words);
}

fn undone_(state: &mut AppState, undone: Option<Undone>, effects: &mut Vec<Effect>) {
    let Some(undone) = undone else {
        state.say(Tone::Refused, "there is nothing of yours to take back");
        return;
    };
    if let Some(stands) = undone.stands {
        // At once, for the title; what Home reads later says the same.
        let cards = state.home.home.iter_mut().flat_map(|home| &mut home.evals);
        for card in cards.filter(|card| card.id == stands.eval) {
            (card.done, card.waiting) = (stands.done, stands.waiting);
        }
    }
    match (state.screen, undone.ticket) {
        (Screen::Ticket, Some(id)) => {
            if let Some(eval) = state.ticket.as_ref().map(|ticket| ticket.eval) {
                open::open(state, eval, id, effects);
            }
        }
        (Screen::Queue, _) => rows::reload(state, effects),
        (Screen::Runs, _) => runs::item::undone(state, effects),
        _ => {}
    }
    // The counts in the titles come from there, whatever the screen.
    global::load_home(state, effects);
    state.say(Tone::Done, undone.what);
}

fn imported(state: &mut AppState, done: &ImportDone, effects: &mut Vec<Effect>) {
    let bad = if done.bad == 0 {
        String::new()
    } else {
        format!(", {} could not be read", done.bad)
    };
    state.unindexed = true;
    state.screen = Screen::Home;
    if done.ask_mode {
        global::load_home(state, effects);
        state.modals.push(Modal::Mode(ModeQuestion {
            eval: done.eval,
            name: done.name.clone(),
            choice: ModeQuestion::CHOICES[0].0,
        }));
    } else {
        open::take_next(state, done.eval, effects);
    }
    state.say(
        Tone::Done,
        format!("{}: {} imported{bad}", done.name, counted(done.rows, "row")),
    );
}

/// The seat went to somebody else. Nothing that was entered is lost.
fn lost(state: &mut AppState, asked: &Asked, by: Option<String>, effects: &mut Vec<Effect>) {
    let who = by.unwrap_or_else(|| "somebody else".to_owned());
    match asked {
        Asked::Submit(id) => {
            let failure = Failure {
                what: format!("{who} has taken this ticket meanwhile"),
                hint: None,
            };
            commit::not_committed(state, *id, &failure, Some(&who), effects);
        }
        Asked::Renew(id) => {
            if let Some(ticket) = state.ticket.as_mut().filter(|t| t.id() == Some(*id)) {
                ticket.lease = None;
                ticket.held_by = Some(who.clone());
                state.say(
                    Tone::Failed,
                    format!("{who} has taken this ticket meanwhile; what you entered is kept as your draft"),
                );
            }
        }
        _ => {}
    }
}

fn failed(state: &mut AppState, asked: &Asked, failure: &Failure, effects: &mut Vec<Effect>) {
    let now = state.now_ms;
    match asked {
        Asked::Submit(id) => {
            commit::not_committed(state, *id, failure, None, effects);
            return;
        }
        Asked::Draft(id) => {
            if let Some(ticket) = state.ticket.as_mut().filter(|t| t.id() == Some(*id)) {
                ticket.keeper.failed(now);
            }
        }
        Asked::Decide { advance: true, .. } => {
            if let Some(ticket) = &mut state.ticket {
                ticket.phase = Phase::Answering;
            }
        }
        Asked::Ticket => {
            let eval = state.ticket.as_ref().map(|ticket| ticket.eval);
            if eval.is_some() {
                global::go_queue(state, effects);
            }
        }
        Asked::Agreement(_) | Asked::Opened(_) => {
            agreement::update::failed(state, failure.to_string());
        }
        Asked::Rubric(asked) if rubric::update::failed(state, asked, failure) => {
            state.dirty = true;
            return;
        }
        Asked::Activity => state.activity.problem = Some(failure.to_string()),
        Asked::Groups | Asked::Group(_) | Asked::GroupOpened(_) | Asked::Side(_) => {
            runs::update::failed(state, failure.to_string());
        }
        Asked::Preferred(_) => runs::item::not_preferred(state),
        Asked::Gates | Asked::Gate(_) => gate::update::failed(state, asked, failure),
        Asked::Preview => export::update::problem(state, failure.to_string()),
        Asked::Job(Job::Export) => export::update::failed(state, failure.clone()),
        Asked::Job(_) | Asked::Home => {
            state.modals.push(Modal::Message(Message {
                title: "That did not work".to_owned(),
                text: failure.what.clone(),
                hint: failure.hint.clone(),
                copy: None,
                top: 0,
            }));
        }
        // Read ahead and the index are comfort: the next use says what is wrong.
        Asked::Prefetch | Asked::Index | Asked::Look(_) => return,
        Asked::History | Asked::Diff | Asked::Judges => {
            state.modals.pop();
        }
        _ => {}
    }
    state.dirty = true;
    state.say(Tone::Failed, failure.to_string());
}
