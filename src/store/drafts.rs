//! Drafts: what was entered and not committed. One per person and ticket, replaced as it grows.

use super::db::Db;
use super::error::{Result, StoreError};
use crate::domain::ids::TicketId;
use crate::domain::view::Draft;

/// Keeps a draft; an empty one is dropped.
pub fn save(db: &Db, ticket: i64, reviewer: &str, draft: &Draft, now_ms: i64) -> Result<()> {
    if draft.is_empty() {
        return drop(db, ticket, reviewer);
    }
    let body = serde_json::to_string(draft).map_err(|_| StoreError::Damaged("draft".into()))?;
    db.exec(
        "INSERT INTO draft (ticket, reviewer, body, saved_ms) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (ticket, reviewer) DO UPDATE SET body = excluded.body, saved_ms = excluded.saved_ms",
        args![ticket, reviewer, &body, now_ms],
    )?;
    Ok(())
}

/// Forgets a draft.
pub fn drop(db: &Db, ticket: i64, reviewer: &str) -> Result<()> {
    db.exec(
        "DELETE FROM draft WHERE ticket = ?1 AND reviewer = ?2",
        args![ticket, reviewer],
    )?;
    Ok(())
}

/// Whether anybody has begun to enter something.
pub fn any(db: &Db, ticket: i64) -> Result<bool> {
    let sql = "SELECT count(*) FROM draft WHERE ticket = ?1";
    Ok(db.number(sql, args![ticket])? > 0)
}

/// The draft of one person, `None` also when it cannot be read (a torn one never blocks a ticket).
pub fn load(db: &Db, ticket: i64, reviewer: &str) -> Result<Option<Draft>> {
    let sql = "SELECT body FROM draft WHERE ticket = ?1 AND reviewer = ?2";
    let body = db
        .first(sql, args![ticket, reviewer], |row| row.string(0))?
        .flatten();
    Ok(body.and_then(|body| serde_json::from_str(&body).ok()))
}

/// The ticket of an eval this person was working on last, if they left a draft on one that still waits.
pub fn latest(db: &Db, eval: i64, reviewer: &str) -> Result<Option<TicketId>> {
    let sql = "SELECT t.id FROM draft d JOIN ticket t ON t.row = d.ticket
               WHERE d.reviewer = ?1 AND t.eval = ?2 AND t.state < 2
                 AND NOT EXISTS (SELECT 1 FROM ticket_person p WHERE p.ticket = t.row AND p.reviewer = ?1)
               ORDER BY d.saved_ms DESC LIMIT 1";
    db.first(sql, args![reviewer, eval], |row| Ok(TicketId(row.id(0)?)))
}
