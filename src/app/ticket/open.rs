//! Opening, leaving and keeping a ticket.

use std::sync::Arc;

use crate::domain::eval::Mode;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::{Draft, JudgeView, OutputDoc, TicketDoc};

use super::super::document::{Source, TextJob, TextOptions, TextPane};
use super::super::effect::{Command, Effect, Order};
use super::super::modal::{InstructionsView, Modal};
use super::super::practice;
use super::super::state::{AppState, Asked, Screen, Tone};
use super::super::update::{DisabledReason, full};
use super::{Phase, TextView, TicketState};

/// Takes the next ticket of an eval's plan; the one read ahead shows at once.
pub(crate) fn take_next(state: &mut AppState, eval: EvalId, effects: &mut Vec<Effect>) {
    let after = state
        .ticket
        .as_ref()
        .filter(|ticket| ticket.eval == eval)
        .and_then(|ticket| ticket.id());
    let ahead = state
        .ticket
        .as_mut()
        .filter(|ticket| ticket.eval == eval)
        .and_then(|ticket| ticket.ahead.take());
    leave(state, effects);
    state.screen = Screen::Ticket;
    if let Some(doc) = ahead {
        let ticket = doc.ticket;
        show(state, *doc, true, effects);
        let order = Order::OpenTicket {
            ticket,
            claim: true,
        };
        effects.push(state.requests.ask(Asked::Seat(ticket), order));
        return;
    }
    load(state, eval, true);
    effects.push(
        state
            .requests
            .ask(Asked::Ticket, Order::TakeNext { eval, after }),
    );
}

/// Opens one ticket.
pub(crate) fn open(
    state: &mut AppState,
    eval: EvalId,
    ticket: TicketId,
    effects: &mut Vec<Effect>,
) {
    leave(state, effects);
    state.screen = Screen::Ticket;
    load(state, eval, false);
    let order = Order::OpenTicket {
        ticket,
        claim: true,
    };
    effects.push(state.requests.ask(Asked::Ticket, order));
}

fn load(state: &mut AppState, eval: EvalId, from_plan: bool) {
    let mut next = TicketState::loading(eval, from_plan);
    if let Some(before) = &mut state.ticket {
        next.view = TextView {
            rail: before.view.rail,
            options: before.view.options,
            ..TextView::default()
        };
        next.behind = before.behind.take();
    } else {
        next.view.rail = state.settings.rail;
        next.view.options.no_wrap = state.settings.no_wrap;
    }
    state.ticket = Some(Box::new(next));
}

/// Leaves the open ticket: what was entered is kept, the seat given back. A ticket whose commit is on its
/// way keeps its seat: the commit needs it.
pub(crate) fn leave(state: &mut AppState, effects: &mut Vec<Effect>) {
    save_draft(state, effects);
    let Some(ticket) = &mut state.ticket else {
        return;
    };
    ticket.editor = None;
    let submitting = ticket
        .id()
        .is_some_and(|id| state.requests.waits(|asked| *asked == Asked::Submit(id)));
    if let (Some(id), Some(lease), false) = (ticket.id(), ticket.lease.take(), submitting) {
        effects.push(Effect::Tell(Command::Release { ticket: id, lease }));
    }
    state.requests.forget(&Asked::Ticket);
    state.requests.forget(&Asked::Prefetch);
}

/// Shows a ticket that has come.
pub(crate) fn show(
    state: &mut AppState,
    doc: TicketDoc,
    from_plan: bool,
    effects: &mut Vec<Effect>,
) {
    let before = state.ticket.take();
    let (view, behind) = before.map_or_else(Default::default, |b| (b.view, b.behind));
    let draft = doc.draft.clone().unwrap_or_else(|| standing(&doc));
    let mut ticket = TicketState::loading(doc.eval.id, from_plan);
    ticket.view = TextView::of(&doc, &draft, &view);
    ticket.behind = behind;
    ticket.phase = Phase::Answering;
    ticket.lease = doc.lease;
    ticket.held_by.clone_from(&doc.held_by);
    ticket.judge = doc.judge.clone();
    let blind = doc.eval.policy.mode == Mode::Blind || doc.audit;
    ticket.revealed = blind && matches!(doc.judge, JudgeView::Verdicts { .. });
    ticket.suggestion = doc.suggestion.clone();
    ticket.draft = draft;
    ticket.active_at = Some(state.now_ms);
    ticket.renewed_at = state.now_ms;
    let doc = Arc::new(doc);
    let open = super::form::missing(&doc.rubric, &ticket.draft.answers, &ticket.ghosts());
    ticket.form.cursor = open.first().copied().unwrap_or(0);
    let closed = full(&doc).or_else(|| ticket.held_by.clone().map(DisabledReason::HeldBy));
    if let (None, Some(why)) = (&ticket.lease, closed) {
        let words = why.to_string();
        ticket.doc = Some(Arc::clone(&doc));
        state.ticket = Some(Box::new(ticket));
        state.say(Tone::Notice, words);
    } else {
        ticket.doc = Some(Arc::clone(&doc));
        state.ticket = Some(Box::new(ticket));
    }
    if let Some(ticket) = &mut state.ticket {
        ticket.show_judge();
    }
    prefetch(state, effects);
    introduce(state, &doc, effects);
}

/// Reads ahead the ticket that comes next; what an older order for it brings is not wanted any more.
pub(crate) fn prefetch(state: &mut AppState, effects: &mut Vec<Effect>) {
    let open = state.ticket.as_ref().and_then(|ticket| ticket.doc.as_ref());
    if let Some(doc) = open {
        let order = Order::Prefetch {
            eval: doc.eval.id,
            after: doc.ticket,
        };
        effects.push(state.requests.ask(Asked::Prefetch, order));
    }
}

/// What a reviewer said before, to go on from.
fn standing(doc: &TicketDoc) -> Draft {
    let Some(mine) = &doc.mine else {
        return Draft::default();
    };
    let review = mine.current();
    Draft {
        answers: review.answers.clone(),
        note: review
            .note
            .as_ref()
            .map(|n| n.text.clone())
            .unwrap_or_default(),
        note_range: review.note.as_ref().and_then(|note| note.range),
        correction: review.correction.as_ref().map(|c| c.text.clone()),
        corrects: review.corrected_place(),
        correction_reason: review
            .correction
            .as_ref()
            .and_then(|c| c.reason.clone())
            .unwrap_or_default(),
        suggestion: review
            .correction
            .as_ref()
            .and_then(|c| c.taken)
            .map(|taken| taken.suggestion),
        tags: review.tags.clone(),
        active_ms: 0,
    }
}

/// Before the first ticket of an eval: its instructions, then practice.
fn introduce(state: &mut AppState, doc: &Arc<TicketDoc>, effects: &mut Vec<Effect>) {
    let rubric = format!("{} {}", doc.rubric.id, doc.rubric.version);
    let fresh = doc.mine.is_none() && !state.settings.practised.contains(&rubric);
    if fresh && practice::update::start(state, doc) {
        state.settings.practised.insert(rubric);
        keep_settings(state, effects);
    }
    let eval = doc.eval.id.to_string();
    let told = !(doc.eval.instructions.is_empty() && doc.eval.purpose.is_empty());
    if told && state.settings.instructed.insert(eval) {
        instructions(state, doc, true);
        keep_settings(state, effects);
    }
}

/// Opens purpose and instructions.
pub(crate) fn instructions(state: &mut AppState, doc: &TicketDoc, first: bool) {
    let text = Source::Text(Arc::from(doc.eval.instructions.as_str()));
    state
        .modals
        .push(Modal::Instructions(Box::new(InstructionsView {
            name: doc.eval.name.clone(),
            purpose: doc.eval.purpose.clone(),
            pane: TextPane::new(text, TextOptions::default()),
            first,
            then: None,
        })));
}

/// Orders the settings to be kept.
pub(crate) fn keep_settings(state: &mut AppState, effects: &mut Vec<Effect>) {
    let order = Order::SaveSettings(state.settings.clone());
    effects.push(state.requests.ask(Asked::Settings, order));
}

/// Orders the draft to be kept if something changed since the last order.
pub(crate) fn save_draft(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(ticket) = &mut state.ticket else {
        return;
    };
    ticket.sync_editor();
    let (Some(id), true) = (ticket.id(), ticket.keeper.due_ms().is_some()) else {
        return;
    };
    ticket.keeper.ordered();
    let order = Order::SaveDraft {
        ticket: id,
        draft: Arc::new(ticket.draft.clone()),
        revision: ticket.keeper.revision,
    };
    effects.push(state.requests.ask(Asked::Draft(id), order));
}

/// Orders a long text to be prepared, unless the same work is on its way.
pub(crate) fn prepare(state: &mut AppState, job: TextJob, effects: &mut Vec<Effect>) {
    let key = job.key;
    if !state.requests.waits(|asked| *asked == Asked::Prepare(key)) {
        effects.push(state.requests.ask(Asked::Prepare(key), Order::Prepare(job)));
    }
}

impl TicketState {
    /// Takes what stands in the editor into the draft.
    pub(crate) fn sync_editor(&mut self) {
        let (Some(editor), Some(doc)) = (&self.editor, &self.doc) else {
            return;
        };
        let text = editor.text();
        let original = doc.outputs.get(self.draft.corrects).map(OutputDoc::text);
        self.draft.correction = (original.as_deref() != Some(text.as_str())).then_some(text);
    }

    /// Stops writing; the text shown becomes what was written.
    pub(crate) fn close_editor(&mut self) {
        self.sync_editor();
        self.editor = None;
        self.show_correction();
    }

    /// Shows the correction where the output stands, or the output again.
    pub(crate) fn show_correction(&mut self) {
        let Some(doc) = &self.doc else {
            return;
        };
        for shown in 0..doc.outputs.len() {
            let source = super::view::output_source(doc, shown, &self.draft);
            if let Some(pane) = self.view.panes.get_mut(&super::Pane::Output(shown)) {
                pane.set_source(source);
            }
        }
    }

    /// The output that is read, in the ticket's own order.
    pub(crate) fn read_output(&self) -> usize {
        let read = match self.view.reading {
            super::Pane::Output(shown) => shown,
            _ => self.view.output,
        };
        let order = self.doc.as_ref().map(|doc| &doc.display_order);
        let at = order.and_then(|order| order.get(read).copied());
        at.unwrap_or(read)
    }

    /// The text to go on writing: the correction so far, else the output that is read, which becomes the one
    /// that is corrected.
    pub(crate) fn text_to_edit(&mut self) -> String {
        if let Some(text) = &self.draft.correction {
            return text.clone();
        }
        self.draft.corrects = self.read_output();
        let output = self
            .doc
            .as_ref()
            .and_then(|doc| doc.outputs.get(self.draft.corrects));
        output.map(OutputDoc::text).unwrap_or_default()
    }

    /// Where on the screen the edited output stands.
    pub(crate) fn edited_pane(&self) -> super::Pane {
        let place = self.doc.as_ref().and_then(|doc| {
            let mut order = doc.display_order.iter();
            order.position(|at| *at == self.draft.corrects)
        });
        super::Pane::Output(place.unwrap_or(self.draft.corrects))
    }
}
