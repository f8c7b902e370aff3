//! Places of a run group's outputs in its plans: which have none yet, where their items stand, which runs hold them.

use super::changed;
use super::db::Db;
use super::error::Result;
use super::ingest::Target;
use crate::domain::ids::{EvalId, ItemId, RunId, TicketId};
use crate::domain::plan::plan_key_range;

/// A ticket that is in no drawn plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrived {
    /// Local row.
    pub row: i64,
    /// Identity.
    pub id: TicketId,
    /// Local row of its item.
    pub item: i64,
    /// Identity of its item.
    pub item_id: ItemId,
    /// Where it waits.
    pub key: i64,
}

/// The tickets that wait where the target's plan would be drawn.
pub fn arrived(db: &Db, target: &Target) -> Result<Vec<Arrived>> {
    let (lo, hi) = plan_key_range(target.plan);
    let sql =
        "SELECT t.row, t.id, t.item, i.id, t.plan_key FROM ticket t JOIN item i ON i.row = t.item
               WHERE t.eval = ?1 AND t.plan_key BETWEEN ?2 AND ?3 ORDER BY t.plan_key, t.row";
    db.query(sql, args![target.row, lo, hi], |row| {
        Ok(Arrived {
            row: row.int(0)?,
            id: TicketId(row.id(1)?),
            item: row.int(2)?,
            item_id: ItemId(row.id(3)?),
            key: row.int(4)?,
        })
    })
}

/// A place in a plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// The plan's number.
    pub plan: u32,
    /// The key.
    pub key: i64,
    /// In a weighted plan, the weight that was drawn with and the priority.
    pub drawn: Option<(f64, f64)>,
}

/// By the item, which has a few tickets: in the order of the plan all of it would be walked for each.
const OF_ITEM: &str = "SELECT t.plan, t.plan_key, w.weight, w.priority FROM ticket t LEFT JOIN plan_ticket w ON w.ticket = t.row
  WHERE t.item = ?1 AND +t.eval = ?2 AND +t.plan < ?3 ORDER BY +t.plan_key DESC LIMIT 1";

/// Where an item of an eval (by local rows) stands last among the plans before a number; `None` where it has no ticket
/// in them.
pub fn of_item(db: &Db, eval: i64, item: i64, before: u32) -> Result<Option<Place>> {
    db.first(OF_ITEM, args![item, eval, before], |row| {
        Ok(Place {
            plan: row.int(0)? as u32,
            key: row.int(1)?,
            drawn: row.maybe_real(2)?.zip(row.maybe_real(3)?),
        })
    })
}

/// Gives tickets of an eval (by local rows) their places.
pub fn put(db: &Db, eval: i64, places: &[(i64, Place)]) -> Result<()> {
    for (ticket, place) in places {
        db.exec(
            "UPDATE ticket SET plan = ?2, plan_key = ?3 WHERE row = ?1",
            args![*ticket, place.plan, place.key],
        )?;
        if let Some((weight, priority)) = place.drawn {
            db.exec(
                "INSERT INTO plan_ticket (ticket, plan, weight, priority) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
                args![*ticket, place.plan, weight, priority],
            )?;
        }
    }
    if places.is_empty() {
        return Ok(());
    }
    changed::of_eval(db, eval)
}

/// Visits the tickets of every run of the group whose tickets an eval holds: run, local row, number of the plan. A ticket
/// that several runs gave the same answer to comes once for each.
pub fn of_runs(db: &Db, eval: &EvalId, mut visit: impl FnMut(RunId, i64, u32)) -> Result<()> {
    let sql = "SELECT r.id, t.row, t.plan FROM run_group g JOIN run r ON r.run_group = g.id
                 JOIN run_row x ON x.run = r.id JOIN ticket t ON t.row = x.ticket
               WHERE g.tickets = ?1";
    db.each(sql, args![&eval.0], |row| {
        visit(RunId(row.id(0)?), row.int(1)?, row.int(2)? as u32);
        Ok(true)
    })
}

/// The runs of that group that hold one ticket.
pub fn runs_of(db: &Db, eval: &EvalId, ticket: i64) -> Result<Vec<RunId>> {
    let sql = "SELECT r.id FROM ticket t JOIN run_group g ON g.tickets = ?1 JOIN run r ON r.run_group = g.id
                 JOIN run_row x ON x.run = r.id AND x.item = t.item AND x.ticket = t.row
               WHERE t.row = ?2 ORDER BY r.place";
    db.query(sql, args![&eval.0, ticket], |row| Ok(RunId(row.id(0)?)))
}

/// Whether anybody has reviewed or passed over a ticket of an eval, by its local row.
pub fn is_reviewed(db: &Db, eval: i64) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM ticket_person WHERE eval = ?1)";
    Ok(db.number(sql, args![eval])? != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::memory;

    #[test]
    fn the_place_of_an_item_is_found_by_the_item() {
        let db = memory();
        let sql = format!("EXPLAIN QUERY PLAN {OF_ITEM}");
        let steps = db
            .query(&sql, args![1_i64, 1_i64, 2_i64], |row| row.string(3))
            .unwrap();
        let by_item = |step: &Option<String>| step.iter().any(|step| step.contains("ticket_item"));
        assert!(steps.iter().any(by_item), "{steps:?}");
    }
}
