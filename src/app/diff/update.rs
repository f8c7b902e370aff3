//! What actions do in the comparison.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::domain::ids::TicketId;
use crate::text::diff::WordDiff;
use crate::text::diff_view::inline;

use super::super::action::Action;
use super::super::document::{Source, TextOptions, TextPane};
use super::super::effect::{Command, Effect, Order};
use super::super::modal::Modal;
use super::super::state::{AppState, Asked, Tone};
use super::DiffState;

/// Opens the comparison of the output with its correction.
pub(crate) fn open(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(ticket) = &state.ticket else {
        return;
    };
    let (Some(doc), Some(correction)) = (&ticket.doc, &ticket.draft.correction) else {
        return;
    };
    let original: Arc<str> = doc
        .outputs
        .first()
        .map(crate::domain::view::ticket::OutputDoc::text)
        .unwrap_or_default()
        .into();
    let edited: Arc<str> = Arc::from(correction.as_str());
    let ticket = Some(doc.ticket);
    compare(state, ticket, original, edited, effects);
}

/// Opens the comparison of two texts.
pub(crate) fn compare(
    state: &mut AppState,
    ticket: Option<TicketId>,
    original: Arc<str>,
    edited: Arc<str>,
    effects: &mut Vec<Effect>,
) {
    state.modals.push(Modal::Diff(Box::new(DiffState {
        ticket,
        original: Arc::clone(&original),
        edited: Arc::clone(&edited),
        diff: None,
        taken: BTreeSet::default(),
        cursor: 0,
        pane: TextPane::new(Source::Plain(Arc::clone(&edited)), TextOptions::default()),
        places: Vec::new(),
    })));
    let order = Order::Diff {
        old: original,
        new: edited,
    };
    effects.push(state.requests.ask(Asked::Diff, order));
}

/// The comparison has come. Every change is in, as the reviewer wrote it.
pub(crate) fn made(state: &mut AppState, diff: Arc<WordDiff>) {
    let Some(Modal::Diff(open)) = state.modals.last_mut() else {
        return;
    };
    open.taken = diff.hunks().map(|hunk| hunk.id).collect();
    let view = inline(&diff, true);
    open.places = view.hunks;
    open.pane.set_source(Source::Styled(Arc::new(view.text)));
    open.diff = Some(diff);
    show(open);
}

fn show(open: &mut DiffState) {
    if let Some(place) = open.places.get(open.cursor) {
        let row = open.pane.rows().row_at(place.start);
        open.pane.show_row(row);
    }
}

/// Runs an action in the comparison; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    let Some(Modal::Diff(open)) = state.modals.last_mut() else {
        return false;
    };
    let last = open.count().saturating_sub(1);
    match action {
        Action::NextHunk => open.cursor = (open.cursor + 1).min(last),
        Action::PreviousHunk => open.cursor = open.cursor.saturating_sub(1),
        Action::Top => open.cursor = 0,
        Action::Bottom => open.cursor = last,
        Action::TakeHunk | Action::TakeAll if open.ticket.is_none() => {
            state.say(Tone::Refused, "these two are only compared");
            return true;
        }
        Action::TakeHunk => take(open),
        Action::TakeAll => take_all(open),
        Action::TextDown => return scrolled(open, |pane| pane.scroll(1)),
        Action::TextUp => return scrolled(open, |pane| pane.scroll(-1)),
        Action::HalfDown => return scrolled(open, |pane| pane.half_page(1)),
        Action::HalfUp => return scrolled(open, |pane| pane.half_page(-1)),
        Action::PageDown => return scrolled(open, |pane| pane.page(1)),
        Action::PageUp => return scrolled(open, |pane| pane.page(-1)),
        Action::Wrap => {
            let options = TextOptions {
                no_wrap: !open.pane.options().no_wrap,
                ..open.pane.options()
            };
            open.pane.set_options(options);
        }
        Action::Copy => {
            let text = open.result().unwrap_or_else(|| open.edited.to_string());
            effects.push(Effect::Tell(Command::Copy { text }));
        }
        Action::Close | Action::CloseRead => {
            close(state);
            return true;
        }
        _ => return false,
    }
    if let Some(Modal::Diff(open)) = state.modals.last_mut() {
        show(open);
    }
    true
}

fn scrolled(open: &mut DiffState, scroll: impl FnOnce(&mut TextPane)) -> bool {
    scroll(&mut open.pane);
    true
}

/// Takes the change under the cursor, or puts the original's words back.
fn take(open: &mut DiffState) {
    let hunk = open
        .diff
        .as_ref()
        .and_then(|diff| diff.hunks().nth(open.cursor).map(|hunk| hunk.id));
    if let Some(id) = hunk
        && !open.taken.remove(&id)
    {
        open.taken.insert(id);
    }
}

fn take_all(open: &mut DiffState) {
    let Some(diff) = &open.diff else {
        return;
    };
    if open.taken.len() == open.count() {
        open.taken.clear();
    } else {
        open.taken = diff.hunks().map(|hunk| hunk.id).collect();
    }
}

/// Closes it; what is taken becomes the correction.
fn close(state: &mut AppState) {
    let Some(Modal::Diff(open)) = state.modals.pop() else {
        return;
    };
    let now = state.now_ms;
    let (Some(result), Some(ticket)) = (open.result(), state.ticket.as_deref_mut()) else {
        return;
    };
    if open.ticket.is_some() && ticket.id() == open.ticket && result != *open.edited {
        ticket.draft.correction = (result != *open.original).then_some(result);
        ticket.keeper.changed(now);
        ticket.show_correction();
    }
}
