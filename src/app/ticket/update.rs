//! What actions do on an open ticket.

use std::sync::Arc;

use crate::domain::ids::TicketId;
use crate::domain::view::Decision;

use super::super::action::Action;
use super::super::diff;
use super::super::editor::{EditorState, OUTSIDE};
use super::super::effect::{Command, Effect, Order};
use super::super::modal::{
    Confirm, Confirmed, HistoryView, LineEdit, Modal, NoteEditor, Prompt, PromptFor,
};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::{Pane, Phase, TicketState, commit, form, open};

/// Runs an action on the open ticket; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    match action {
        Action::Commit | Action::EditorCommit => {
            leave_editor(state, effects);
            commit::commit(state, effects);
        }
        Action::KeepMine => commit::keep(state, effects),
        Action::Edit => edit(state),
        Action::LeaveText => leave_editor(state, effects),
        Action::SaveDraft => save(state, effects),
        Action::EditOutside | Action::MoveOutside => outside(state, effects),
        Action::DropEdit => state.modals.push(Modal::Confirm(Confirm {
            question: "Drop your edit of this output?".to_owned(),
            detail: "The output stands again as the model wrote it.".to_owned(),
            yes: Confirmed::DropEdit,
        })),
        Action::ShowDiff => diff::update::open(state, effects),
        Action::CannotJudge => cannot_judge(state),
        Action::Reveal => reveal(state, effects),
        Action::Skip => decide(state, Decision::Skip, true, effects),
        Action::Flag => flag(state, effects),
        Action::Defer | Action::Escalate | Action::FlagNote => ask(state, action),
        Action::Release => release(state, effects),
        Action::Note => note(state),
        Action::History => history(state, effects),
        Action::Find => find(state),
        Action::TakeNext => {
            if let Some(eval) = state.ticket.as_ref().map(|ticket| ticket.eval) {
                open::take_next(state, eval, effects);
            }
        }
        Action::Rail => {
            toggle_rail(state, effects);
        }
        _ => return form_key(state, action) || text_key(state, action),
    }
    true
}

fn form_key(state: &mut AppState, action: Action) -> bool {
    let now = state.now_ms;
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return false;
    };
    let Some(doc) = ticket.doc.clone() else {
        return false;
    };
    let TicketState { form, draft, .. } = ticket;
    let before = draft.answers.clone();
    let done = match (action, action.digit()) {
        (_, Some(digit)) => form.digit(&doc, draft, digit).map(|_| ()),
        (Action::Pass, _) => form.extreme(&doc, draft, true),
        (Action::Fail, _) => form.extreme(&doc, draft, false),
        (Action::Tie, _) => form.tie(&doc, draft),
        (Action::LevelLeft, _) => form.read(&doc, draft, -1),
        (Action::LevelRight, _) => form.read(&doc, draft, 1),
        (Action::EraseDigit, _) => {
            form.erase();
            Ok(())
        }
        (Action::Down, _) if ticket.view.focus == Pane::Form => {
            form.step(&doc.rubric, 1);
            Ok(())
        }
        (Action::Up, _) if ticket.view.focus == Pane::Form => {
            form.step(&doc.rubric, -1);
            Ok(())
        }
        _ => return false,
    };
    if ticket.draft.answers != before {
        ticket.keeper.changed(now);
    }
    if let Err(why) = done {
        state.say(Tone::Refused, why.to_string());
    }
    true
}

fn text_key(state: &mut AppState, action: Action) -> bool {
    let size = state.size;
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return false;
    };
    let view = &mut ticket.view;
    if let Some(pane) = view.reading_pane() {
        let moved = match action {
            Action::Down | Action::TextDown => Some(pane.scroll(1)),
            Action::Up | Action::TextUp => Some(pane.scroll(-1)),
            Action::HalfDown => Some(pane.half_page(1)),
            Action::HalfUp => Some(pane.half_page(-1)),
            Action::PageDown => Some(pane.page(1)),
            Action::PageUp => Some(pane.page(-1)),
            Action::Top => Some(pane.to_top()),
            Action::Bottom => Some(pane.to_bottom()),
            Action::SelectLine => Some(pane.toggle_selection()),
            _ => None,
        };
        if moved.is_some() {
            return true;
        }
    }
    match action {
        Action::NextPane => step_pane(ticket, size, 1),
        Action::PreviousPane => step_pane(ticket, size, -1),
        Action::Zoom => {
            view.zoom = match view.zoom {
                Some(_) => None,
                None => Some(view.reading),
            };
        }
        Action::Wrap => view.options.no_wrap = !view.options.no_wrap,
        Action::Raw => view.options.raw = !view.options.raw,
        Action::Unfold => view.options.unfolded = !view.options.unfolded,
        Action::Reference => {
            view.reference = !view.reference;
            let pane = if view.reference {
                Pane::Reference
            } else {
                Pane::Request
            };
            view.reading = pane;
            view.tab = if view.reference {
                pane
            } else {
                Pane::Output(view.output)
            };
        }
        Action::FindNext | Action::FindPrevious => {
            let forward = action == Action::FindNext;
            let hit = view
                .reading_pane()
                .and_then(|pane| pane.find_again(forward));
            say_hit(state, hit);
            return true;
        }
        _ => return false,
    }
    apply_options(state);
    true
}

fn apply_options(state: &mut AppState) {
    if let Some(ticket) = &mut state.ticket {
        let options = ticket.view.options;
        for pane in ticket.view.panes.values_mut() {
            pane.set_options(options);
        }
    }
}

fn step_pane(ticket: &mut TicketState, size: super::super::layout::Size, by: isize) {
    let stops = ticket.stops(size);
    let tabs = ticket.layout(size).tabs.is_some();
    let here = if tabs {
        ticket.view.tab
    } else {
        ticket.view.focus
    };
    let at = stops.iter().position(|pane| *pane == here).unwrap_or(0);
    let count = stops.len().max(1) as isize;
    let next = (at as isize + by).rem_euclid(count) as usize;
    if let Some(pane) = stops.get(next).copied() {
        ticket.focus(pane);
        if tabs {
            // Tabs change what is read; the keys of the form stay where they are.
            ticket.view.focus = Pane::Form;
        }
    }
}

fn edit(state: &mut AppState) {
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let text = current_text(ticket);
    if text.len() > OUTSIDE {
        state.say(
            Tone::Refused,
            "this text is very long: E edits it in $EDITOR",
        );
        return;
    }
    ticket.editor = Some(EditorState::new(&text));
    ticket.focus(Pane::Output(0));
}

/// The output as corrected so far.
fn current_text(ticket: &TicketState) -> String {
    match (&ticket.draft.correction, &ticket.doc) {
        (Some(text), _) => text.clone(),
        (None, Some(doc)) => doc.outputs.first().map(|o| o.text()).unwrap_or_default(),
        (None, None) => String::new(),
    }
}

fn leave_editor(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(ticket) = state.ticket.as_deref_mut()
        && ticket.editor.is_some()
    {
        ticket.close_editor();
        ticket.view.focus = Pane::Form;
        open::save_draft(state, effects);
    }
}

fn save(state: &mut AppState, effects: &mut Vec<Effect>) {
    open::save_draft(state, effects);
    state.say(Tone::Done, "saved; Esc stops writing");
}

fn outside(state: &mut AppState, effects: &mut Vec<Effect>) {
    leave_editor(state, effects);
    let Some(ticket) = state.ticket.as_deref() else {
        return;
    };
    let Some(id) = ticket.id() else {
        return;
    };
    let order = Order::OpenEditor {
        text: Arc::from(current_text(ticket)),
    };
    effects.push(state.requests.ask(Asked::Outside(id), order));
}

/// What came back from `$EDITOR`.
pub(crate) fn edited(state: &mut AppState, id: TicketId, text: Option<Arc<str>>) {
    let now = state.now_ms;
    let Some(ticket) = state.ticket.as_deref_mut().filter(|t| t.id() == Some(id)) else {
        return;
    };
    let Some(text) = text else {
        state.say(Tone::Notice, "nothing was changed in $EDITOR");
        return;
    };
    let original = ticket
        .doc
        .as_ref()
        .and_then(|doc| doc.outputs.first().map(|o| o.text()));
    // Editors end a file with a line feed that nobody typed.
    let text = match text.strip_suffix('\n') {
        Some(cut) if original.as_deref().is_some_and(|o| !o.ends_with('\n')) => cut,
        _ => &text,
    };
    ticket.draft.correction = (original.as_deref() != Some(text)).then(|| text.to_owned());
    ticket.keeper.changed(now);
    ticket.show_correction();
}

/// Drops the edit, after a yes.
pub(crate) fn drop_edit(state: &mut AppState) {
    let now = state.now_ms;
    if let Some(ticket) = state.ticket.as_deref_mut() {
        ticket.draft.correction = None;
        ticket.draft.correction_reason.clear();
        ticket.editor = None;
        ticket.keeper.changed(now);
        ticket.show_correction();
    }
}

fn cannot_judge(state: &mut AppState) {
    let Some(ticket) = state.ticket.as_deref() else {
        return;
    };
    let question = ticket
        .doc
        .as_ref()
        .and_then(|doc| Some(form::current(&doc.rubric, &ticket.form)?.id.to_owned()));
    if let Some(question) = question {
        prompt(
            state,
            "Why can this question not be judged?",
            PromptFor::CannotJudge { question },
            false,
        );
    }
}

/// Opens a line of text.
pub(crate) fn prompt(state: &mut AppState, title: &str, purpose: PromptFor, optional: bool) {
    state.modals.push(Modal::Prompt(Prompt {
        title: title.to_owned(),
        purpose,
        line: LineEdit::default(),
        optional,
        error: None,
    }));
}

/// The tickets a decision is about: the open one, or in the queue the marked ones.
pub(crate) fn targets(state: &AppState) -> Vec<TicketId> {
    match state.screen {
        Screen::Ticket => state
            .ticket
            .as_ref()
            .and_then(|t| t.id())
            .into_iter()
            .collect(),
        Screen::Queue => state
            .queue
            .as_ref()
            .map(|q| q.targets())
            .unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Asks for the reason of a decision.
pub(crate) fn ask(state: &mut AppState, action: Action) {
    let tickets = targets(state);
    match action {
        Action::Defer => prompt(state, "Put aside: why?", PromptFor::Defer(tickets), false),
        Action::Escalate => prompt(state, "Hand up: why?", PromptFor::Escalate(tickets), false),
        _ => prompt(state, "Flag: why?", PromptFor::Flag(tickets), true),
    }
}

fn flag(state: &mut AppState, effects: &mut Vec<Effect>) {
    let on = state
        .ticket
        .as_ref()
        .and_then(|t| t.doc.as_ref())
        .is_none_or(|doc| doc.folded.flag.is_none());
    decide(state, Decision::Flag(on, String::new()), false, effects);
}

/// Orders a decision about the targets; `advance` goes on to the next ticket once it is done.
pub(crate) fn decide(
    state: &mut AppState,
    decision: Decision,
    advance: bool,
    effects: &mut Vec<Effect>,
) {
    let tickets = targets(state);
    decide_on(state, tickets, decision, advance, effects);
}

/// Orders a decision about these tickets.
pub(crate) fn decide_on(
    state: &mut AppState,
    tickets: Vec<TicketId>,
    decision: Decision,
    advance: bool,
    effects: &mut Vec<Effect>,
) {
    if tickets.is_empty() {
        return;
    }
    if let Decision::Flag(on, reason) = &decision {
        show_flag(state, &tickets, *on, reason);
    }
    let advance = advance && state.screen == Screen::Ticket;
    if advance {
        open::save_draft(state, effects);
        if let Some(ticket) = &mut state.ticket {
            ticket.phase = Phase::Committing;
        }
    }
    let asked = Asked::Decide {
        words: decision.done().to_owned(),
        advance,
    };
    effects.push(
        state
            .requests
            .ask(asked, Order::Decide { tickets, decision }),
    );
}

/// Shows the flag of the open ticket at once; the next reading confirms it.
fn show_flag(state: &mut AppState, tickets: &[TicketId], on: bool, reason: &str) {
    use crate::domain::fold::Authored;
    use crate::domain::ids::Hlc;
    if let Some(doc) = state.ticket.as_mut().and_then(|t| t.doc.as_mut())
        && tickets.contains(&doc.ticket)
    {
        Arc::make_mut(doc).folded.flag = on.then(|| Authored {
            reviewer: String::new(),
            hlc: Hlc::default(),
            value: reason.to_owned(),
        });
    }
}

fn release(state: &mut AppState, effects: &mut Vec<Effect>) {
    open::leave(state, effects);
    super::super::update::go_queue(state, effects);
    state.say(
        Tone::Done,
        "given back; what you entered is kept as your draft",
    );
}

fn reveal(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(id) = state.ticket.as_ref().and_then(|t| t.id()) {
        effects.push(
            state
                .requests
                .ask(Asked::Reveal(id), Order::Reveal { ticket: id }),
        );
    }
}

fn note(state: &mut AppState) {
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let corrected = ticket.draft.correction.is_some();
    let pane = ticket.view.panes.get(&Pane::Output(0));
    // A span is bytes of the output as the model wrote it; a corrected or laid out text has none.
    let selected = pane
        .filter(|_| !corrected && matches!(ticket.view.reading, Pane::Output(_)))
        .and_then(|pane| Some((pane.selected_source()?, pane.copied())));
    let (range, quote) = match selected {
        Some((range, words)) if range.start < range.end => {
            (Some((range.start, range.end)), Some(words))
        }
        _ => (ticket.draft.note_range, None),
    };
    let editor = EditorState::at_end(&ticket.draft.note);
    state.modals.push(Modal::Note(Box::new(NoteEditor {
        editor,
        range,
        quote,
    })));
}

fn history(state: &mut AppState, effects: &mut Vec<Effect>) {
    if let Some(ticket) = targets(state).first().copied() {
        state.modals.push(Modal::History(HistoryView {
            lines: None,
            top: 0,
        }));
        effects.push(
            state
                .requests
                .ask(Asked::History, Order::LoadHistory { ticket }),
        );
    }
}

/// Opens the history of the ticket under the cursor.
pub(crate) fn show_history(state: &mut AppState, effects: &mut Vec<Effect>) {
    history(state, effects);
}

fn find(state: &mut AppState) {
    prompt(state, "Search in this text", PromptFor::Find, true);
}

/// Says where a search stands.
pub(crate) fn say_hit(state: &mut AppState, hit: Option<(usize, usize)>) {
    match hit {
        Some((at, of)) => state.say(Tone::Notice, format!("hit {at} of {of}")),
        None => state.say(Tone::Notice, "not found in this text"),
    }
}

fn toggle_rail(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    ticket.view.rail = !ticket.view.rail;
    state.settings.rail = ticket.view.rail;
    if ticket.view.rail {
        super::super::queue::update::reload(state, effects);
    }
    open::keep_settings(state, effects);
}

/// Copies what is selected, else the text that is read.
pub(crate) fn copied(state: &AppState) -> Option<Command> {
    let ticket = state.ticket.as_deref()?;
    let pane = ticket.view.panes.get(&ticket.view.reading)?;
    Some(Command::Copy {
        text: pane.copied(),
    })
}
