//! Undo and redo: a person takes back their own last action, across restarts.

use super::review::refold;
use super::runs::prefer::named_since;
use super::{Engine, Pen, Result};
use crate::domain::effective::effective;
use crate::domain::event::{Body, Empty, Event};
use crate::domain::ids::{ActionId, EventId, TicketId};
use crate::domain::review::Round;
use crate::domain::ticket::State;
use crate::domain::view::{Draft, Stands, Undone};
use crate::store::{Db, StoreError, catalog, drafts, leases, ledger, tally, tickets};

impl Engine {
    /// Takes back this reviewer's last action. `None` if there is none.
    pub fn undo(&self) -> Result<Option<Undone>> {
        let engine = self.clone();
        Ok(self.store().write(move |db| {
            let Some(action) = ledger::last_action(db, &engine.reviewer)? else {
                return Ok(None);
            };
            let events = ledger::of_action(db, &action)?;
            if let Some((second, why)) = seen_since(db, &events)? {
                return Ok(Some(undone(action, &events, why, Some(second))));
            }
            for event in &events {
                engine.refuse_if_others_rest_on(db, event)?;
            }
            engine.take_back(db, action, &events, &Body::Undone(Empty {}))?;
            reopen(db, &engine.reviewer, &events, engine.clock().now_ms())?;
            let undone = undone(action, &events, "taken back", None);
            Ok(Some(engine.standing(db, undone)?))
        })?)
    }

    /// Brings back what was taken back last, unless something new was done since.
    pub fn redo(&self) -> Result<Option<Undone>> {
        let engine = self.clone();
        Ok(self.store().write(move |db| {
            let Some(undo) = ledger::last_undo(db, &engine.reviewer)? else {
                return Ok(None);
            };
            let undos = ledger::of_action(db, &undo)?;
            let Some(action) = undos.first().and_then(|event| event.undoes) else {
                return Ok(None);
            };
            let events = ledger::of_action(db, &action)?;
            for event in &events {
                engine.refuse_if_held(db, event)?;
            }
            engine.take_back(db, undo, &events, &Body::Redone(Empty {}))?;
            for ticket in events
                .iter()
                .filter(|e| matches!(e.body, Body::ReviewSubmitted(_)))
                .filter_map(|e| e.ticket)
            {
                drafts::drop(db, tickets::get(db, &ticket)?.row, &engine.reviewer)?;
            }
            let undone = undone(action, &events, "brought back", None);
            Ok(Some(engine.standing(db, undone)?))
        })?)
    }

    /// The same with how far the eval is now.
    fn standing(&self, db: &Db, undone: Undone) -> crate::store::Result<Undone> {
        let Some(id) = undone.ticket else {
            return Ok(undone);
        };
        let row = tickets::get(db, &id)?.eval;
        let eval = catalog::eval_in_row(db, row)?;
        let stands = Stands {
            eval: eval.id,
            done: tally::of(db, row, "state", State::Done.name())?,
            waiting: self.left(db, row, &eval)?,
        };
        Ok(Undone {
            stands: Some(stands),
            ..undone
        })
    }

    /// Writes one event a ticket, so that each ticket's fold is complete in itself.
    fn take_back(
        &self,
        db: &Db,
        action: ActionId,
        events: &[Event],
        body: &Body,
    ) -> crate::store::Result<()> {
        let pen = Pen::new(self);
        let mut touched: Vec<Option<TicketId>> = events.iter().map(|event| event.ticket).collect();
        touched.sort_unstable();
        touched.dedup();
        for ticket in &touched {
            pen.write(db, *ticket, Some(action), body.clone())?;
        }
        refold(db, &touched.into_iter().flatten().collect::<Vec<_>>())
    }

    fn refuse_if_others_rest_on(&self, db: &Db, event: &Event) -> crate::store::Result<()> {
        let Some(ticket) = event.ticket else {
            return Ok(());
        };
        let all = ledger::of_ticket(db, &ticket)?;
        let rests = effective(&all).into_iter().find(|later| {
            later.hlc > event.hlc
                && later.reviewer != self.reviewer
                && matches!(
                    later.body,
                    Body::Adjudicated(_) | Body::GoldSet(_) | Body::Commented(_)
                )
        });
        if let Some(later) = rests {
            let why = format!(
                "cannot take that back: {} has {} since",
                later.reviewer,
                doing(&later.body)
            );
            return Err(StoreError::Refused(why));
        }
        self.refuse_if_held(db, event)
    }

    fn refuse_if_held(&self, db: &Db, event: &Event) -> crate::store::Result<()> {
        let (Some(ticket), Body::ReviewSubmitted(_)) = (event.ticket, &event.body) else {
            return Ok(());
        };
        let row = tickets::get(db, &ticket)?.row;
        match leases::held_by_other(db, row, &self.owner, self.clock().now_ms())? {
            Some(owner) if leases::person(&owner) != self.reviewer => {
                let name = leases::person(&owner);
                Err(StoreError::Refused(format!(
                    "cannot take that back: {name} has the ticket open now"
                )))
            }
            _ => Ok(()),
        }
    }
}

/// The reveal that came after a blind opinion, and what is said of it: that opinion stays and a second one opens.
fn seen_since(db: &Db, events: &[Event]) -> crate::store::Result<Option<(EventId, &'static str)>> {
    if let [event] = events
        && let Body::PreferenceGiven(given) = &event.body
    {
        let why = "the names were shown since: your blind word stays, another one is counted apart";
        return Ok(named_since(db, event, given)?.map(|seen| (seen, why)));
    }
    let why = "the judge was seen since: your first opinion stays";
    Ok(judged_since(db, events)?.map(|seen| (seen, why)))
}

/// The reveal that came after a blind first review.
fn judged_since(db: &Db, events: &[Event]) -> crate::store::Result<Option<EventId>> {
    let [
        Event {
            ticket: Some(ticket),
            hlc,
            reviewer,
            body: Body::ReviewSubmitted(review),
            ..
        },
    ] = events
    else {
        return Ok(None);
    };
    if review.round != Round::First {
        return Ok(None);
    }
    let all = ledger::of_ticket(db, ticket)?;
    let seen = all.iter().find(|event| {
        event.hlc > *hlc && event.reviewer == *reviewer && matches!(event.body, Body::Revealed(_))
    });
    if let Some(event) = seen {
        return Ok(Some(event.id));
    }
    let pages = ledger::global(db)?;
    let opened = pages.iter().find(|event| {
        let of_it = matches!(&event.body, Body::Revealed(seen) if seen.eval == Some(review.eval));
        of_it && event.hlc > *hlc && event.reviewer == *reviewer
    });
    Ok(opened.map(|event| event.id))
}

/// An undone review comes back as a draft.
fn reopen(db: &Db, reviewer: &str, events: &[Event], now_ms: i64) -> crate::store::Result<()> {
    for event in events {
        let (Some(ticket), Body::ReviewSubmitted(review)) = (event.ticket, &event.body) else {
            continue;
        };
        let row = tickets::get(db, &ticket)?.row;
        let draft = Draft {
            answers: review.answers.clone(),
            note: review
                .note
                .as_ref()
                .map(|note| note.text.clone())
                .unwrap_or_default(),
            note_range: review.note.as_ref().and_then(|note| note.range),
            correction: review
                .correction
                .as_ref()
                .map(|correction| correction.text.clone()),
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
            active_ms: review.active_ms,
        };
        drafts::save(db, row, reviewer, &draft, now_ms)?;
    }
    Ok(())
}

fn undone(action: ActionId, events: &[Event], what: &str, second_after: Option<EventId>) -> Undone {
    let tickets = events.iter().filter(|event| event.ticket.is_some()).count() as u64;
    let name = events.first().map_or("action", |event| noun(&event.body));
    let what = match tickets {
        _ if second_after.is_some() => what.to_owned(),
        0 | 1 => format!("{name} {what}"),
        many => format!("{name} of {many} tickets {what}"),
    };
    Undone {
        action,
        what,
        ticket: events.iter().find_map(|event| event.ticket),
        tickets,
        second_after,
        stands: None,
    }
}

fn noun(body: &Body) -> &'static str {
    match body {
        Body::ReviewSubmitted(_) => "review",
        Body::CorrectionSaved(_) => "correction",
        Body::Noted(_) => "note",
        Body::Commented(_) => "comment",
        Body::TagAdded(_) | Body::TagMerged(_) | Body::TagRenamed(_) => "tag",
        Body::Flagged(_) => "flag",
        Body::Skipped(_) => "skip",
        Body::Deferred(_) => "putting aside",
        Body::Escalated(_) => "handing up",
        Body::Assigned(_) => "assignment",
        Body::Routed(_) => "routing",
        Body::JudgeCorrected(_) => "disagreement with the judge",
        Body::PreferenceGiven(_) => "preference",
        _ => "decision",
    }
}

fn doing(body: &Body) -> &'static str {
    match body {
        Body::Adjudicated(_) => "decided the disagreement",
        Body::GoldSet(_) => "set the right answers",
        _ => "commented on it",
    }
}
