//! Committing a review, and what follows from it.

use crate::domain::eval::AfterCommit;
use crate::domain::review::{ReviewSource, Sight};
use crate::domain::ticket::State;
use crate::domain::view::{Committed, Draft, Failure, JudgeView, JudgeWord, Submission, TicketDoc};

use super::super::effect::{Command, Effect, Order};
use super::super::layout::Size;
use super::super::state::{AppState, Asked, Tone};
use super::{Ghosts, Phase, Proposals, TicketState, form, open};

/// Commits, or sets what is being typed or read, or goes to what is missing.
pub(crate) fn commit(state: &mut AppState, effects: &mut Vec<Effect>) {
    let (now, size) = (state.now_ms, state.size);
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let Some(doc) = ticket.doc.clone() else {
        return;
    };
    if let Some(set) = ticket.form.settle(&doc, &mut ticket.draft) {
        match set {
            Ok(()) => ticket.keeper.changed(now),
            Err(why) => state.say(Tone::Refused, why.to_string()),
        }
        return;
    }
    let ghosts = ticket.ghosts();
    let missing = form::missing(&doc.rubric, &ticket.draft.answers, &ghosts);
    if let Some(first) = missing.first().copied() {
        ticket.form.go(first);
        ticket.focus(super::Pane::Form);
        state.say(Tone::Notice, form::missing_words(missing.len()));
        return;
    }
    if let Some(words) = unseen(ticket, &doc, size) {
        state.say(Tone::Notice, words);
        return;
    }
    let Some(submission) = submission(ticket) else {
        return;
    };
    let id = submission.ticket;
    let judge_decides = matches!(ticket.judge, JudgeView::Hidden)
        && doc.eval.policy.after_commit != AfterCommit::Never
        || doc.eval.policy.after_commit == AfterCommit::Always
            && !matches!(ticket.judge, JudgeView::Nothing);
    ticket.submitted = Some(submission.draft.clone());
    // Nothing unsafe is left once the commit is ordered: it carries the draft.
    ticket.keeper.ordered();
    let order = Order::Submit(Box::new(submission));
    effects.push(state.requests.ask(Asked::Submit(id), order));
    if judge_decides || ticket.behind.is_some() {
        ticket.phase = Phase::Committing;
    } else {
        go_on_meanwhile(state, effects);
    }
}

/// What to say instead of committing, where Enter would accept levels of the judge that nobody has seen: it came in
/// while the reviewer read, or not all of the questions are in sight. Then the levels are named and in sight, and
/// the next Enter accepts them.
fn unseen(ticket: &mut TicketState, doc: &TicketDoc, size: Size) -> Option<String> {
    let new = ticket.proposals == Proposals::New;
    let own = form::missing(&doc.rubric, &ticket.draft.answers, &Ghosts::default());
    let first = own.first().copied()?;
    if !new && (ticket.proposals == Proposals::Named || ticket.shows_whole_form(size)) {
        return None;
    }
    ticket.proposals = Proposals::Named;
    ticket.form.go(first);
    if new {
        let words =
            "a judge has just read this: its levels stand where you gave none; Enter accepts them";
        return Some(words.to_owned());
    }
    let ghosts = ticket.ghosts();
    let open = |id: &str| !ticket.draft.answers.contains_key(id);
    let named = doc.rubric.questions().filter_map(|question| {
        let answer = ghosts.0.get(question.id).filter(|_| open(question.id))?;
        Some(format!("{} {}", question.id, form::words(doc, answer)))
    });
    let named: Vec<String> = named.collect();
    ticket.show_tab(super::Pane::Judge);
    Some(format!(
        "Enter takes the judge's levels: {}",
        named.join(", ")
    ))
}

/// Goes on while the commit is on its way; what was committed is kept until it is known to be safe.
fn go_on_meanwhile(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(ticket) = &state.ticket else {
        return;
    };
    let eval = ticket.eval;
    let mut kept = ticket.clone();
    kept.ahead = None;
    kept.behind = None;
    open::take_next(state, eval, effects);
    if let Some(next) = &mut state.ticket {
        next.behind = Some(kept);
    }
}

/// The review as handed in.
fn submission(ticket: &TicketState) -> Option<Submission> {
    let (doc, lease) = (ticket.doc.as_ref()?, ticket.lease?);
    let blind = ticket.is_blind();
    let second_after = match &ticket.phase {
        Phase::Differs(committed) => Some(committed.event),
        _ => None,
    };
    let verdicts_seen = match (&ticket.judge, blind) {
        (JudgeView::Verdicts { verdicts, .. }, false) => verdicts.iter().map(|v| v.id).collect(),
        _ => Vec::new(),
    };
    Some(Submission {
        ticket: doc.ticket,
        lease,
        draft: Draft {
            answers: form::accepted(&ticket.draft.answers, &ticket.ghosts()),
            ..ticket.draft.clone()
        },
        sight: if blind { Sight::Blind } else { Sight::Assisted },
        verdicts_seen,
        second_after,
        practice: false,
        from_plan: ticket.from_plan,
        source: ReviewSource::Tui,
    })
}

/// Whether more than the time spent is different.
fn differs(before: &Draft, now: &Draft) -> bool {
    let timeless = |draft: &Draft| Draft {
        active_ms: 0,
        ..draft.clone()
    };
    timeless(before) != timeless(now)
}

/// Goes on after the judge was seen; what was changed since is committed as a second review first.
pub(crate) fn keep(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let eval = ticket.eval;
    let changed = ticket
        .submitted
        .as_ref()
        .is_none_or(|before| differs(before, &ticket.draft));
    if changed && let Some(submission) = submission(ticket) {
        let id = submission.ticket;
        ticket.submitted = Some(submission.draft.clone());
        ticket.keeper.ordered();
        let order = Order::Submit(Box::new(submission));
        effects.push(state.requests.ask(Asked::Submit(id), order));
        go_on_meanwhile(state, effects);
        return;
    }
    open::take_next(state, eval, effects);
}

/// A commit is safe.
pub(crate) fn committed(state: &mut AppState, done: Committed, effects: &mut Vec<Effect>) {
    state.settings.reviewed += 1;
    if state.settings.reviewed <= 3 {
        open::keep_settings(state, effects);
    }
    effects.push(Effect::Tell(Command::DropDraft {
        ticket: done.ticket,
    }));
    let corrected = corrects(state, done.ticket);
    let words = words(&done, corrected);
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let cards = state.home.home.iter_mut().flat_map(|home| &mut home.evals);
    for card in cards.filter(|card| card.id == ticket.eval) {
        // The title counts down at once; Home reads the exact numbers when it is opened.
        card.done += u64::from(done.state == State::Done && done.left < card.waiting);
        card.waiting = done.left;
    }
    if ticket.behind.as_ref().and_then(|b| b.id()) == Some(done.ticket) {
        ticket.behind = None;
    }
    let mine = ticket.id() == Some(done.ticket) && ticket.phase == Phase::Committing;
    if !mine {
        // What was read ahead before the commit was safe may be the very ticket that was committed.
        ticket.ahead = None;
        open::prefetch(state, effects);
        state.say_done(words);
        return;
    }
    let after = ticket
        .doc
        .as_ref()
        .map_or(AfterCommit::Differs, |doc| doc.eval.policy.after_commit);
    let seen = matches!(done.judge, JudgeView::Verdicts { .. });
    let stays = seen
        && match after {
            AfterCommit::Differs => done.judge_differs,
            AfterCommit::Always => true,
            AfterCommit::Never => false,
        };
    let eval = ticket.eval;
    if stays {
        ticket.judge = done.judge.clone();
        let before = ticket.submitted.clone().unwrap_or_default();
        ticket.draft.answers = before.answers;
        ticket.phase = Phase::Differs(Box::new(done));
        ticket.form.go(0);
        ticket.show_judge();
        ticket.focus(super::Pane::Judge);
        ticket.view.focus = super::Pane::Form;
        super::suggest::look(state, effects);
    } else {
        open::take_next(state, eval, effects);
    }
    state.say_done(words);
}

/// Whether what was handed in for a ticket corrects its output.
fn corrects(state: &AppState, id: crate::domain::ids::TicketId) -> bool {
    let open = state.ticket.as_deref();
    let behind = open.and_then(|open| open.behind.as_deref());
    let of = |ticket: &TicketState| {
        let submitted = ticket.submitted.as_ref();
        ticket.id() == Some(id) && submitted.is_some_and(|draft| draft.correction.is_some())
    };
    open.is_some_and(of) || behind.is_some_and(of)
}

/// What the strip says of a commit. `corrected`: the edited output went with it.
fn words(done: &Committed, corrected: bool) -> String {
    let kept = if corrected { ", correction kept" } else { "" };
    let score = match (done.score, done.pass) {
        (Some(score), Some(pass)) => {
            format!(" {score:.2} {}", if pass { "✓ passes" } else { "✗ fails" })
        }
        (Some(score), None) => format!(" {score:.2}"),
        (None, _) => String::new(),
    };
    let judge = match done.judge_word {
        JudgeWord::Untold => "",
        JudgeWord::Unread => ", no judge has read it",
        JudgeWord::Unscored => ", the judge gave no level",
        JudgeWord::Agrees => ", the judge agrees",
        JudgeWord::Differs => ", the judge differs",
    };
    format!("committed{score}{kept}{judge} · {} left", done.left)
}

/// A commit was refused or failed: the ticket comes back with everything in it.
pub(crate) fn not_committed(
    state: &mut AppState,
    id: crate::domain::ids::TicketId,
    failure: &Failure,
    held_by: Option<&str>,
    effects: &mut Vec<Effect>,
) {
    let behind = state
        .ticket
        .as_mut()
        .and_then(|ticket| ticket.behind.take_if(|behind| behind.id() == Some(id)));
    if let Some(kept) = behind {
        open::leave(state, effects);
        state.screen = super::super::state::Screen::Ticket;
        state.ticket = Some(kept);
    }
    let now = state.now_ms;
    if let Some(ticket) = state.ticket.as_deref_mut()
        && ticket.id() == Some(id)
    {
        ticket.phase = Phase::Answering;
        ticket.keeper.changed(now);
        if let Some(who) = held_by {
            ticket.lease = None;
            ticket.held_by = Some(who.to_owned());
        }
    }
    state.say(
        Tone::Failed,
        format!("not committed: {failure}; what you entered is kept"),
    );
}
