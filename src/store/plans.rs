//! Frozen review orders.

use std::collections::HashMap;

use super::db::Db;
use super::error::Result;
use super::ingest::Target;
use crate::domain::ids::{EvalId, PlanId, RunId};
use crate::domain::plan::{plan_key_range, plan_number, ranked_key};
use crate::domain::ticket::State;

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

/// A ticket of a weighted plan.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// Local row.
    pub ticket: i64,
    /// The weight it was drawn with.
    pub weight: f64,
    /// Its weight over a uniform number of its own; the highest come first.
    pub priority: f64,
}

/// Keeps a weighted plan and puts its tickets, in review order, behind each other in it. `false` if the eval has a plan
/// of that number.
pub fn put_weighted(
    db: &Db,
    plan: &PlanId,
    target: &Target,
    mix: f64,
    tickets: &[Drawn],
) -> Result<bool> {
    if !put(db, plan, target, tickets.len() as u64)? {
        return Ok(false);
    }
    db.exec(
        "UPDATE plan SET mix = ?2 WHERE id = ?1",
        args![&plan.0, mix],
    )?;
    for (place, one) in tickets.iter().enumerate() {
        db.exec(
            "UPDATE ticket SET plan = ?2, plan_key = ?3 WHERE row = ?1",
            args![
                one.ticket,
                target.plan,
                ranked_key(target.plan, place as u64)
            ],
        )?;
        db.exec(
            "INSERT INTO plan_ticket (ticket, plan, weight, priority) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (ticket) DO UPDATE SET plan = excluded.plan, weight = excluded.weight, priority = excluded.priority",
            args![one.ticket, target.plan, one.weight, one.priority],
        )?;
    }
    Ok(true)
}

/// A plan of an eval.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlanRow {
    /// 1 for the first.
    pub number: u32,
    /// What its order was drawn with.
    pub seed: u64,
    /// In a weighted plan, the share of the weight that is the same for all.
    pub mix: Option<f64>,
}

/// The plans of an eval, first to last.
pub fn of_eval(db: &Db, eval: &EvalId) -> Result<Vec<PlanRow>> {
    let sql = "SELECT number, seed, mix FROM plan WHERE eval = ?1 ORDER BY number";
    db.query(sql, args![&eval.0], |row| {
        Ok(PlanRow {
            number: row.int(0)? as u32,
            seed: row.int(1)? as u64,
            mix: row.maybe_real(2)?,
        })
    })
}

/// A ticket of a plan that somebody may have to come back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsettled {
    /// Local row.
    pub row: i64,
    /// Place in the plans.
    pub key: i64,
    /// Where it stands.
    pub state: State,
}

/// One random order: a plan of an eval, in a run group the tickets of one run in it.
#[derive(Debug, Clone, Copy)]
pub struct Strand<'a> {
    /// Local row of the eval.
    pub eval: i64,
    /// The plan's number.
    pub plan: u32,
    /// The run.
    pub run: Option<&'a RunId>,
}

/// Holds a ticket `t` against the run that is named, if one is.
const IN_RUN: &str = "(?4 IS NULL OR EXISTS (SELECT 1 FROM run_row x WHERE x.run = ?4 AND x.item = t.item AND x.ticket = t.row))";

/// Visits the tickets of a strand that are open, put aside or handed up, in its order, until `visit` says stop.
pub fn unsettled(
    db: &Db,
    strand: Strand<'_>,
    mut visit: impl FnMut(Unsettled) -> Result<bool>,
) -> Result<()> {
    let (lo, hi) = plan_key_range(strand.plan);
    let sql = format!(
        "SELECT t.row, t.plan_key, t.state FROM ticket t
         WHERE t.eval = ?1 AND t.plan_key BETWEEN ?2 AND ?3 AND t.state IN (?5, ?6, ?7) AND {IN_RUN}
         ORDER BY t.plan_key, t.row"
    );
    let states = [State::Open, State::Deferred, State::Escalated].map(|state| state as i64);
    let [open, deferred, escalated] = states;
    let run = strand.run.map(|run| &run.0[..]);
    let args = args![strand.eval, lo, hi, run, open, deferred, escalated];
    db.each(&sql, args, |row| {
        let state = State::ALL.get(row.int(2)? as usize);
        visit(Unsettled {
            row: row.int(0)?,
            key: row.int(1)?,
            state: state.copied().unwrap_or_default(),
        })
    })
}

/// Tickets of a strand that stand before a place, and all of them.
pub fn before(db: &Db, strand: Strand<'_>, key: i64) -> Result<(u64, u64)> {
    let (lo, hi) = plan_key_range(strand.plan);
    let sql = match strand.run {
        None => {
            "SELECT count(*) FROM ticket t WHERE t.eval = ?1 AND t.plan_key >= ?2 AND t.plan_key < ?3 AND ?4 IS NULL"
        }
        Some(_) => {
            "SELECT count(*) FROM run_row x JOIN ticket t ON t.row = x.ticket
             WHERE x.run = ?4 AND t.eval = ?1 AND t.plan_key >= ?2 AND t.plan_key < ?3"
        }
    };
    let run = strand.run.map(|run| &run.0[..]);
    let before = db.number(sql, args![strand.eval, lo, key, run])?;
    let all = db.number(sql, args![strand.eval, lo, hi + 1, run])?;
    Ok((before as u64, all as u64))
}

/// The weight a ticket was drawn with and its priority; `None` in a uniform plan.
pub fn drawn_with(db: &Db, ticket: i64) -> Result<Option<(f64, f64)>> {
    let sql = "SELECT weight, priority FROM plan_ticket WHERE ticket = ?1";
    let found = db.first(sql, args![ticket], |row| {
        Ok(row.maybe_real(0)?.zip(row.maybe_real(1)?))
    })?;
    Ok(found.flatten())
}

/// Model and feature: what a plan is to cover.
pub type Stratum = (Option<String>, Option<String>);

/// The stratum of each ticket of an eval, by local row.
pub fn strata(db: &Db, eval: i64) -> Result<HashMap<i64, Stratum>> {
    let sql = "SELECT row, model, feature FROM ticket WHERE eval = ?1";
    let rows = db.query(sql, args![eval], |row| {
        Ok((row.int(0)?, (row.string(1)?, row.string(2)?)))
    })?;
    Ok(rows.into_iter().collect())
}
