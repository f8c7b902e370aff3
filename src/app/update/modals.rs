//! Actions on the topmost dialog.

use crate::domain::rubric::Answer;
use crate::domain::view::Decision;

use super::super::action::Action;
use super::super::effect::{Command, Effect, Order};
use super::super::modal::{Confirmed, Modal, ModeQuestion, Prompt, PromptFor};
use super::super::state::{AppState, Asked, Tone};
use super::super::{activity, diff, export, gate, judging, layout, queue, rubric, ticket};

/// Runs an action on the topmost dialog; false if there is none or it is not its own.
pub(super) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    if matches!(state.modals.last(), Some(Modal::Diff(_))) {
        return diff::update::run(state, action, effects);
    }
    if judging::update::run(state, action, effects) {
        return true;
    }
    match action {
        Action::Close | Action::CloseRead | Action::No => close(state, effects),
        Action::Accept => accept(state, effects),
        Action::Yes => yes(state, effects),
        Action::KeepNote | Action::LeaveText | Action::SaveDraft
            if matches!(state.modals.last(), Some(Modal::Note(_))) =>
        {
            if action != Action::SaveDraft {
                state.modals.pop();
            }
            ticket::open::save_draft(state, effects);
        }
        _ => return step(state, action, effects),
    }
    true
}

fn step(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let by = match action {
        Action::Down | Action::ScrollDown | Action::TextDown => 1,
        Action::Up | Action::ScrollUp | Action::TextUp => -1,
        Action::HalfDown => 8,
        Action::HalfUp => -8,
        Action::PageDown => 16,
        Action::PageUp => -16,
        Action::Top => isize::MIN / 2,
        Action::Bottom => isize::MAX / 2,
        Action::Copy => {
            return match state.modals.last() {
                Some(Modal::Tried(view)) => {
                    let text = view.pane.copied();
                    effects.push(Effect::Tell(Command::Copy { text }));
                    true
                }
                Some(Modal::Message(message)) => {
                    let text = message.copy.clone().unwrap_or_else(|| message.text.clone());
                    effects.push(Effect::Tell(Command::Copy { text }));
                    true
                }
                _ => state.modals.last().is_some(),
            };
        }
        _ => return false,
    };
    let size = state.size;
    let height = usize::from(layout::reader(size).inner.height);
    match state.modals.last_mut() {
        Some(Modal::Palette(list)) => list.step(by),
        Some(Modal::Help(help)) => help.list.step(by),
        Some(Modal::Message(message)) => {
            let last = message.text.lines().count().saturating_sub(1);
            message.top = message.top.saturating_add_signed(by).min(last);
        }
        Some(Modal::History(view)) => {
            let lines = view.lines.as_ref().map_or(0, Vec::len);
            view.top = view
                .top
                .saturating_add_signed(by)
                .min(lines.saturating_sub(height));
        }
        Some(Modal::Instructions(view)) => view.pane.scroll(by),
        Some(Modal::Judges(pick)) => pick.step(by),
        Some(Modal::Choose(choice)) => choice.step(by),
        Some(Modal::Checks(view)) => view.step(by, size),
        Some(Modal::Tried(view)) => view.pane.scroll(by),
        Some(Modal::Mode(question)) => {
            let at = usize::from(by > 0);
            question.choice = ModeQuestion::CHOICES[at].0;
        }
        _ => return false,
    }
    true
}

/// Gives texts in dialogs their size.
pub(super) fn fit(state: &mut AppState) {
    let size = state.size;
    match state.modals.last_mut() {
        Some(Modal::Instructions(view)) => {
            let inner = layout::reader(size).inner;
            let other = view.other_rows(inner.width);
            view.pane
                .resize(inner.width, inner.height.saturating_sub(other));
        }
        Some(Modal::Tried(view)) => {
            let inner = layout::reader(size).inner;
            view.pane
                .resize(inner.width, inner.height.saturating_sub(1));
        }
        Some(Modal::Checks(view)) => view.step(0, size),
        Some(Modal::Note(note)) => {
            let inner = layout::dialog(size, 70, 8).inner;
            note.editor
                .resize(inner.width, inner.height.saturating_sub(2));
        }
        Some(Modal::Diff(diff)) => {
            diff.fit(size);
        }
        _ => {}
    }
}

fn close(state: &mut AppState, effects: &mut Vec<Effect>) {
    match state.modals.pop() {
        Some(Modal::Filter(bar)) => {
            let now = state.queue.as_ref().map(|queue| queue.filter.clone());
            if now.is_some_and(|now| now != bar.before) {
                queue::update::filter(state, &bar.before, effects);
            }
        }
        Some(Modal::Prompt(prompt)) if prompt.purpose == PromptFor::Reviewer => {
            super::name::settled(state, effects);
        }
        Some(Modal::Tried(view)) => rubric::trying::closed(state, &view),
        Some(Modal::Instructions(view)) => {
            if let Some(then) = view.then {
                super::run(state, then, effects);
            }
        }
        _ => {}
    }
}

fn accept(state: &mut AppState, effects: &mut Vec<Effect>) {
    match state.modals.last() {
        Some(Modal::Palette(list)) => {
            let entry = list.current().cloned();
            run_entry(state, entry.as_ref(), effects);
        }
        Some(Modal::Help(help)) => {
            let entry = help.list.current().cloned();
            run_entry(state, entry.as_ref(), effects);
        }
        Some(Modal::Filter(bar)) => {
            let text = bar.line.text().to_owned();
            queue::update::filter(state, &text, effects);
        }
        Some(Modal::Mode(question)) => {
            let (eval, mode) = (question.eval, question.choice);
            state.modals.pop();
            effects.push(
                state
                    .requests
                    .ask(Asked::Mode(eval), Order::SetMode { eval, mode }),
            );
        }
        Some(Modal::Judges(_)) => judging::update::chosen(state, effects),
        Some(Modal::Choose(_)) => rubric::make::chosen(state, effects),
        Some(Modal::Decide(_)) => gate::decide::accept(state, effects),
        Some(Modal::Prompt(prompt)) => {
            let prompt = prompt.clone();
            answered(state, prompt, effects);
        }
        _ => {}
    }
}

fn run_entry(
    state: &mut AppState,
    entry: Option<&super::super::modal::Entry>,
    effects: &mut Vec<Effect>,
) {
    let Some(entry) = entry else {
        return;
    };
    if let Some(why) = &entry.refused {
        state.say(Tone::Refused, why.clone());
    } else {
        state.modals.pop();
        super::run(state, entry.action, effects);
    }
}

fn answered(state: &mut AppState, prompt: Prompt, effects: &mut Vec<Effect>) {
    let text = prompt.line.text().trim().to_owned();
    if text.is_empty() && !prompt.optional {
        if let Some(Modal::Prompt(open)) = state.modals.last_mut() {
            open.error = Some("a few words are needed; Esc closes".to_owned());
        }
        return;
    }
    if let PromptFor::Field(_) | PromptFor::JudgeLimit | PromptFor::JudgeName = prompt.purpose {
        checked(state, &prompt.purpose, &text, effects);
        return;
    }
    state.modals.pop();
    let decision = match prompt.purpose {
        PromptFor::Defer(tickets) => (tickets, Decision::Defer(text), true),
        PromptFor::Escalate(tickets) => (tickets, Decision::Escalate(text), true),
        PromptFor::Flag(tickets) => (tickets, Decision::Flag(true, text), false),
        PromptFor::Note(tickets) => (tickets, Decision::Note(text), false),
        PromptFor::Assign(tickets) => (tickets, Decision::Assign(text), false),
        other => return say(state, &other, text, effects),
    };
    let (tickets, decision, advance) = decision;
    ticket::decide::decide_on(state, tickets, decision, advance, effects);
}

/// Takes a text that may be refused; the prompt stays until it is right.
fn checked(state: &mut AppState, purpose: &PromptFor, text: &str, effects: &mut Vec<Effect>) {
    let taken = match purpose {
        PromptFor::Field(field) => export::update::set(state, *field, text),
        purpose => judging::update::typed(state, purpose, text, effects),
    };
    if let Err(why) = taken {
        if let Some(Modal::Prompt(open)) = state.modals.last_mut() {
            open.error = Some(why);
        }
        return;
    }
    state.modals.pop();
    if matches!(purpose, PromptFor::Field(_)) {
        export::update::preview(state, effects);
    }
}

fn say(state: &mut AppState, purpose: &PromptFor, text: String, effects: &mut Vec<Effect>) {
    let now = state.now_ms;
    match purpose {
        PromptFor::CannotJudge { question } => {
            if let Some(open) = state.ticket.as_deref_mut()
                && let Some(doc) = open.doc.clone()
            {
                let answer = Answer::CannotJudge { reason: text };
                open.form.set(&doc, &mut open.draft, question, answer);
                open.keeper.changed(now);
            }
        }
        PromptFor::Disagree { ticket, said } => {
            ticket::dispute::store(state, *ticket, said, text, effects);
        }
        PromptFor::Find => {
            let hit = state
                .ticket
                .as_deref_mut()
                .and_then(|open| open.view.reading_pane())
                .and_then(|pane| pane.find(&text));
            if !text.is_empty() {
                ticket::reading::say_hit(state, hit);
            }
        }
        PromptFor::Reviewer => {
            let order = Order::SetReviewer { name: text.clone() };
            effects.push(state.requests.ask(Asked::Reviewer(text), order));
        }
        PromptFor::Sentence => rubric::make::sentence(state, text),
        PromptFor::Override => {
            if let Some(export) = &mut state.export {
                export.plan.override_reason = Some(text);
            }
            export::update::preview(state, effects);
        }
        _ => {}
    }
}

fn yes(state: &mut AppState, effects: &mut Vec<Effect>) {
    if matches!(state.modals.last(), Some(Modal::Checks(_))) {
        return gate::checks::yes(state, effects);
    }
    let Some(Modal::Confirm(confirm)) = state.modals.pop() else {
        return;
    };
    match confirm.yes {
        Confirmed::Quit => super::global::quit(state, effects),
        Confirmed::DropEdit => ticket::update::drop_edit(state),
        Confirmed::Export => export::update::write(state, effects),
        Confirmed::Judge => judging::update::start(state, effects),
        Confirmed::StopJob(job) => activity::update::stopped(state, job, effects),
        Confirmed::Despite => gate::decide::send(state, effects),
        Confirmed::Suggest => ticket::suggest::start(state, effects),
        Confirmed::Rescore => rubric::saving::rescore(state, effects),
        Confirmed::DropRubric => rubric::update::dropped(state, effects),
        Confirmed::DropText => rubric::text::dropped_text(state),
        Confirmed::Stop => {
            if let Some(job) = state.requests.job() {
                effects.push(Effect::Tell(Command::Cancel(job)));
            }
        }
    }
}

/// The note being written goes into the draft with every change.
pub(super) fn note_changed(state: &mut AppState, now_ms: u64) {
    let Some(Modal::Note(note)) = state.modals.last() else {
        return;
    };
    let text = note.editor.text();
    let range = note.range;
    if let Some(ticket) = state.ticket.as_deref_mut()
        && (ticket.draft.note != text || ticket.draft.note_range != range)
    {
        ticket.draft.note_range = if text.is_empty() { None } else { range };
        ticket.draft.note = text;
        ticket.keeper.changed(now_ms);
    }
}
