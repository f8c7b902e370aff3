//! Frozen review orders.

use super::db::Db;
use super::error::Result;
use super::ingest::Target;
use crate::domain::ids::{EvalId, PlanId};
use crate::domain::plan::{plan_key_range, plan_number};

/// The number of the last plan drawn for an eval; 0 if none was.
pub fn last_number(db: &Db, eval: &EvalId) -> Result<u32> {
    Ok(db.number(
        "SELECT max(number) FROM plan WHERE eval = ?1",
        args![&eval.0],
    )? as u32)
}

/// Tickets that stand in the target's plan.
pub fn tickets(db: &Db, target: &Target) -> Result<u64> {
    let (lo, hi) = plan_key_range(target.plan);
    let sql = "SELECT count(*) FROM ticket WHERE eval = ?1 AND plan_key BETWEEN ?2 AND ?3";
    Ok(db.number(sql, args![target.row, lo, hi])? as u64)
}

/// Keeps a drawn plan. `false` if the eval has one of that number.
pub fn put(db: &Db, plan: &PlanId, target: &Target, tickets: u64) -> Result<bool> {
    let written = db.exec(
        "INSERT INTO plan (id, eval, number, seed, tickets) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
        args![&plan.0, &target.id.0, target.plan, target.seed, tickets],
    )?;
    Ok(written > 0)
}

/// The drawn plan a ticket's key belongs to; `None` while its import is not finished.
pub fn of_key(db: &Db, eval: &EvalId, key: i64) -> Result<Option<PlanId>> {
    let sql = "SELECT id FROM plan WHERE eval = ?1 AND number = ?2";
    db.first(sql, args![&eval.0, plan_number(key)], |row| {
        Ok(PlanId(row.id(0)?))
    })
}

/// How far the reviews of one plan are.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Standing {
    /// 1 for the first plan of the eval.
    pub number: u32,
    /// Tickets in it.
    pub tickets: u64,
    /// Of these, tickets a person has scored.
    pub scored: u64,
}

/// The plans of an eval (by local row and identity), first to last.
pub fn standings(db: &Db, row: i64, eval: &EvalId) -> Result<Vec<Standing>> {
    let numbers = db.query(
        "SELECT number FROM plan WHERE eval = ?1 ORDER BY number",
        args![&eval.0],
        |row| row.int(0),
    )?;
    numbers
        .into_iter()
        .map(|number| {
            let number = number as u32;
            let (lo, hi) = plan_key_range(number);
            let sql = "SELECT count(*), count(score) FROM ticket WHERE eval = ?1 AND plan_key BETWEEN ?2 AND ?3";
            let counts = db.first(sql, args![row, lo, hi], |row| {
                Ok((row.int(0)? as u64, row.int(1)? as u64))
            })?;
            let (tickets, scored) = counts.unwrap_or_default();
            Ok(Standing {
                number,
                tickets,
                scored,
            })
        })
        .collect()
}
