//! What actions do on an open ticket.

use std::sync::Arc;

use crate::domain::ids::TicketId;
use crate::domain::view::Decision;

use super::super::action::Action;
use super::super::diff;
use super::super::editor::{EditorState, OUTSIDE};
use super::super::effect::{Effect, Order};
use super::super::modal::{
    Confirm, Confirmed, HistoryView, LineEdit, Modal, NoteEditor, Prompt, PromptFor,
};
use super::super::state::{AppState, Asked, Tone};
use super::decide::{ask, decide, flag, targets};
use super::{Pane, TicketState, commit, dispute, form, open, reading, suggest};

/// Runs an action on the open ticket; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    match action {
        Action::Commit if on_empty_judge(state) => {
            super::super::judging::update::open(state, effects);
        }
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
        Action::Disagree => dispute::ask(state),
        Action::Suggest => suggest::ask(state, effects),
        Action::Reveal => reveal(state, effects),
        Action::Skip => decide(state, Decision::Skip, true, effects),
        Action::Flag => flag(state, effects),
        Action::Escalate | Action::FlagNote => ask(state, action),
        Action::Release => release(state, effects),
        Action::Note => note(state),
        Action::History => history(state, effects),
        Action::Find => reading::find(state),
        Action::TakeNext => {
            if let Some(eval) = state.ticket.as_ref().map(|ticket| ticket.eval) {
                open::take_next(state, eval, effects);
            }
        }
        Action::Rail => {
            toggle_rail(state, effects);
        }
        Action::Defer => {
            if !form_key(state, action) {
                ask(state, action);
            }
        }
        _ => return form_key(state, action) || reading::run(state, action),
    }
    true
}

/// Whether Enter is pressed in the judge's pane while no judge has read the ticket.
fn on_empty_judge(state: &AppState) -> bool {
    state.ticket.as_ref().is_some_and(|ticket| {
        ticket.view.focus == Pane::Judge && ticket.judge == crate::domain::view::JudgeView::Nothing
    })
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
        // A minus starts a number on a scale that goes below zero.
        (Action::Defer, _) if form.minus(&doc.rubric) => Ok(()),
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

fn edit(state: &mut AppState) {
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let text = ticket.text_to_edit();
    if text.len() > OUTSIDE {
        state.say(
            Tone::Refused,
            "this text is very long: E edits it in $EDITOR",
        );
        return;
    }
    ticket.editor = Some(EditorState::new(&text));
    ticket.focus(ticket.edited_pane());
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
    let Some(ticket) = state.ticket.as_deref_mut() else {
        return;
    };
    let Some(id) = ticket.id() else {
        return;
    };
    let order = Order::OpenEditor {
        text: Arc::from(ticket.text_to_edit()),
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
    let doc = ticket.doc.as_ref();
    let original = doc.and_then(|doc| Some(doc.outputs.get(ticket.draft.corrects)?.text()));
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
        ticket.draft.suggestion = None;
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
