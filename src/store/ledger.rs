//! The append-only ledger: writing and reading decisions.
//!
//! Nothing here updates or deletes; two triggers refuse it. Callers open the transaction and refold what the
//! events touch (see [`super::project`]).

use std::collections::HashSet;

use super::db::{Db, Row};
use super::error::{Result, StoreError};
use crate::domain::effective::undoable;
use crate::domain::event::{Body, Event};
use crate::domain::ids::{ActionId, EventId, Hlc, TicketId};

const COLUMNS: &str = "id, hlc, reviewer, kind, schema, ticket, action, undoes, body";

/// The clock value for the next event of this workspace.
pub fn next_hlc(db: &Db, now_ms: i64) -> Result<Hlc> {
    let last = db.number(
        "SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'hlc'",
        &[],
    )?;
    let next = Hlc(last).tick(now_ms);
    db.exec(
        "INSERT INTO meta (key, value) VALUES ('hlc', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        args![&next.0.to_string()],
    )?;
    Ok(next)
}

/// Writes an event. `false` if the ledger has it already.
pub fn append(db: &Db, event: &Event) -> Result<bool> {
    let written = db.exec(
        "INSERT INTO event (id, hlc, reviewer, kind, schema, ticket, action, undoes, body)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO NOTHING",
        args![
            &event.id.0,
            event.hlc.0,
            &event.reviewer,
            event.body.kind(),
            event.schema,
            event.ticket.as_ref().map(|id| &id.0),
            &event.action.0,
            event.undoes.as_ref().map(|id| &id.0),
            event.body.to_json().as_str(),
        ],
    )?;
    Ok(written > 0)
}

fn read(row: &Row<'_>) -> Result<Event> {
    let damaged = |error: crate::domain::event::BodyError| StoreError::Refused(error.to_string());
    Ok(Event {
        id: EventId(row.id(0)?),
        hlc: Hlc(row.int(1)?),
        reviewer: row.text(2)?.to_owned(),
        schema: row.int(4)? as u16,
        ticket: row.maybe_id(5)?.map(TicketId),
        action: ActionId(row.id(6)?),
        undoes: row.maybe_id(7)?.map(ActionId),
        body: Body::read(row.text(3)?, row.text(8)?).map_err(damaged)?,
    })
}

/// All events of a ticket, in (hlc, id) order.
pub fn of_ticket(db: &Db, ticket: &TicketId) -> Result<Vec<Event>> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE ticket = ?1 ORDER BY hlc, id");
    db.query(&sql, args![&ticket.0], read)
}

/// All events about no ticket, in (hlc, id) order.
pub fn global(db: &Db) -> Result<Vec<Event>> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE ticket IS NULL ORDER BY hlc, id");
    db.query(&sql, &[], read)
}

/// The events about no ticket of some kinds, in (hlc, id) order.
pub fn global_of(db: &Db, kinds: &[&str]) -> Result<Vec<Event>> {
    let mut found = Vec::new();
    let sql =
        format!("SELECT {COLUMNS} FROM event WHERE ticket IS NULL AND kind = ?1 ORDER BY hlc, id");
    for kind in kinds {
        found.extend(db.query(&sql, args![*kind], read)?);
    }
    crate::domain::effective::sort(&mut found);
    Ok(found)
}

/// The events of one action.
pub fn of_action(db: &Db, action: &ActionId) -> Result<Vec<Event>> {
    let sql = format!("SELECT {COLUMNS} FROM event WHERE action = ?1 ORDER BY hlc, id");
    db.query(&sql, args![&action.0], read)
}

/// The latest events of the workspace by their own time, newest first; what arrived late (an import, a merge)
/// stands where it belongs.
pub fn latest(db: &Db, limit: u32) -> Result<Vec<Event>> {
    // The inner query is answered from an index, so that no body of a long ledger is read but those asked for.
    let sql = format!(
        "SELECT {COLUMNS} FROM event
         WHERE seq IN (SELECT seq FROM event ORDER BY hlc DESC, seq DESC LIMIT ?1) ORDER BY hlc DESC, id DESC"
    );
    db.query(&sql, args![limit], read)
}

/// How many events there are.
pub fn count(db: &Db) -> Result<u64> {
    Ok(db.number("SELECT count(*) FROM event", &[])? as u64)
}

/// The last action of this reviewer that undo may take back.
pub fn last_action(db: &Db, reviewer: &str) -> Result<Option<ActionId>> {
    let mut found = None;
    walk_back(db, reviewer, |event| {
        if event.undoes.is_none() && undoable(&event.body) {
            found = Some(event.action);
        }
        found.is_none()
    })?;
    Ok(found)
}

/// The undo that redo would take back: the last one, unless something new was done since.
pub fn last_undo(db: &Db, reviewer: &str) -> Result<Option<ActionId>> {
    let mut found = None;
    walk_back(db, reviewer, |event| match event.body {
        Body::Undone(_) => {
            found = Some(event.action);
            false
        }
        _ => !undoable(&event.body),
    })?;
    Ok(found)
}

/// Visits the effective events of one reviewer that were made here, newest first, until `visit` says stop.
fn walk_back(db: &Db, reviewer: &str, mut visit: impl FnMut(&Event) -> bool) -> Result<()> {
    let mut taken_back: HashSet<ActionId> = HashSet::new();
    let sql = format!("SELECT {COLUMNS} FROM event WHERE reviewer = ?1 ORDER BY hlc DESC, id DESC");
    db.each(&sql, args![reviewer], |row| {
        let event = read(row)?;
        if event.id.is_imported() {
            return Ok(true);
        }
        if taken_back.contains(&event.action) {
            return Ok(true);
        }
        if let Some(action) = event.undoes {
            taken_back.insert(action);
        }
        Ok(visit(&event))
    })
}

/// Visits every event in (hlc, id) order.
pub fn each(db: &Db, mut visit: impl FnMut(Event) -> Result<()>) -> Result<()> {
    let sql = format!("SELECT {COLUMNS} FROM event ORDER BY hlc, id");
    db.each(&sql, &[], |row| {
        visit(read(row)?)?;
        Ok(true)
    })
}
