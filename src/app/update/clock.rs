//! What time alone does: drafts, leases, strips, slices of work.

use super::super::activity;
use super::super::effect::{Effect, Order};
use super::super::rubric::holding;
use super::super::state::{AppState, Asked};
use super::super::ticket::{Phase, open};

/// Milliseconds after which a seat is held for longer.
pub(super) const RENEW_MS: u64 = 40_000;
/// Milliseconds without a key after which leftover rows are indexed.
const IDLE_MS: u64 = 2_000;
/// Milliseconds between two slices of work.
const SLICE_MS: u64 = 8;

pub(super) fn tick(state: &mut AppState, now_ms: u64, effects: &mut Vec<Effect>) {
    state.now_ms = state.now_ms.max(now_ms);
    let now = state.now_ms;
    if state
        .strip
        .as_ref()
        .and_then(|strip| strip.until_ms)
        .is_some_and(|until| until <= now)
    {
        state.strip = None;
        state.dirty = true;
    }
    keep_draft(state, now, effects);
    renew(state, now, effects);
    if let Some(ticket) = &mut state.ticket {
        for pane in ticket
            .view
            .panes
            .values_mut()
            .filter(|pane| pane.wants_time())
        {
            pane.give_time();
            state.dirty = true;
        }
    }
    if activity::update::look_due(state).is_some_and(|due| due <= now) {
        activity::update::look(state, effects);
    }
    if index_due(state).is_some_and(|due| due <= now) {
        effects.push(state.requests.ask(Asked::Index, Order::IndexSlice));
    }
}

fn keep_draft(state: &mut AppState, now: u64, effects: &mut Vec<Effect>) {
    let due = state.ticket.as_ref().and_then(|t| t.keeper.due_ms());
    if due.is_some_and(|due| due <= now) {
        open::save_draft(state, effects);
    }
    if holding::due_ms(state).is_some_and(|due| due <= now) {
        holding::hold(state, effects);
    }
}

fn renew(state: &mut AppState, now: u64, effects: &mut Vec<Effect>) {
    if renew_due(state).is_none_or(|due| due > now) {
        return;
    }
    let Some(ticket) = &mut state.ticket else {
        return;
    };
    ticket.renewed_at = now;
    if let (Some(id), Some(lease)) = (ticket.id(), ticket.lease) {
        let order = Order::RenewLease { ticket: id, lease };
        effects.push(state.requests.ask(Asked::Renew(id), order));
    }
}

fn renew_due(state: &AppState) -> Option<u64> {
    let ticket = state.ticket.as_ref()?;
    let open = matches!(
        ticket.phase,
        Phase::Answering | Phase::Differs(_) | Phase::Committing
    );
    (open && ticket.lease.is_some()).then_some(ticket.renewed_at + RENEW_MS)
}

fn index_due(state: &AppState) -> Option<u64> {
    let idle = state.unindexed && !state.requests.waits(|asked| *asked == Asked::Index);
    idle.then(|| state.keys.last_ms.unwrap_or(0) + IDLE_MS)
}

/// When a tick is wanted; `None` while nothing waits for time.
pub fn next_tick(state: &AppState) -> Option<u64> {
    let slices = state.ticket.as_ref().and_then(|ticket| {
        let wants = ticket
            .view
            .panes
            .values()
            .any(super::super::document::TextPane::wants_time);
        wants.then_some(state.now_ms + SLICE_MS)
    });
    [
        state.strip.as_ref().and_then(|strip| strip.until_ms),
        state.ticket.as_ref().and_then(|t| t.keeper.due_ms()),
        holding::due_ms(state),
        renew_due(state),
        index_due(state),
        activity::update::look_due(state),
        slices,
    ]
    .into_iter()
    .flatten()
    .min()
}
