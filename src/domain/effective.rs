//! Which events count: those whose action was not taken back.
//!
//! Undo and redo are events themselves. Read from the latest to the earliest, an event counts unless a later
//! counting event takes its action back; so an undone undo (a redo) brings the action back, and an undo of
//! the same action after a redo takes it back again.

use std::collections::HashSet;

use super::event::{Body, Event};
use super::ids::ActionId;

/// The events that count, oldest first. `events` must be in (hlc, id) order.
pub fn effective(events: &[Event]) -> Vec<&Event> {
    let mut taken_back: HashSet<ActionId> = HashSet::new();
    let mut kept = Vec::with_capacity(events.len());
    for event in events.iter().rev() {
        if taken_back.contains(&event.action) {
            continue;
        }
        if let Some(action) = event.undoes {
            taken_back.insert(action);
        }
        kept.push(event);
    }
    kept.reverse();
    kept
}

/// Sorts into the one order all copies agree on.
pub fn sort(events: &mut [Event]) {
    events.sort_by_key(|a| (a.hlc, a.id));
}

/// Whether undo may take an event of this kind back. Reveals, exports and sign-offs are superseded or
/// voided instead: what was seen or has left cannot be unseen.
pub fn undoable(body: &Body) -> bool {
    matches!(
        body,
        Body::ReviewSubmitted(_)
            | Body::CorrectionSaved(_)
            | Body::Noted(_)
            | Body::Commented(_)
            | Body::TagAdded(_)
            | Body::TagMerged(_)
            | Body::TagRenamed(_)
            | Body::Flagged(_)
            | Body::Skipped(_)
            | Body::Deferred(_)
            | Body::Escalated(_)
            | Body::Assigned(_)
            | Body::Routed(_)
            | Body::Adjudicated(_)
            | Body::GoldSet(_)
            | Body::JudgeCorrected(_)
            | Body::PreferenceGiven(_)
    )
}

#[cfg(test)]
mod tests {
    use super::super::event::{Empty, SCHEMA, Text};
    use super::super::ids::{EventId, Hlc};
    use super::*;

    fn event(at: u8, action: u8, undoes: Option<u8>) -> Event {
        Event {
            id: EventId([at; 16]),
            hlc: Hlc(i64::from(at)),
            reviewer: "ana".into(),
            schema: SCHEMA,
            ticket: None,
            action: ActionId([action; 16]),
            undoes: undoes.map(|a| ActionId([a; 16])),
            body: if undoes.is_some() {
                Body::Undone(Empty {})
            } else {
                Body::Skipped(Text::default())
            },
        }
    }

    fn kept(events: &[Event]) -> Vec<u8> {
        effective(events)
            .iter()
            .filter(|e| e.undoes.is_none())
            .map(|e| e.id.0[0])
            .collect()
    }

    #[test]
    fn undo_redo_undo_takes_back_brings_back_takes_back() {
        let a = event(1, 1, None);
        let undo = event(2, 2, Some(1));
        let redo = event(3, 3, Some(2));
        let again = event(4, 4, Some(1));
        assert_eq!(kept(std::slice::from_ref(&a)), [1]);
        assert_eq!(kept(&[a.clone(), undo.clone()]), [] as [u8; 0]);
        assert_eq!(kept(&[a.clone(), undo.clone(), redo.clone()]), [1]);
        assert_eq!(kept(&[a, undo, redo, again]), [] as [u8; 0]);
    }

    #[test]
    fn an_action_of_several_events_is_taken_back_whole() {
        assert_eq!(
            kept(&[
                event(1, 1, None),
                event(2, 1, None),
                event(3, 2, None),
                event(4, 9, Some(1))
            ]),
            [3]
        );
    }
}
