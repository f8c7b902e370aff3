//! What one judge said on every output of an eval: answers by sample, without their reasons.

use serde::Deserialize;

use crate::domain::ids::{ClusterId, TicketId};
use crate::domain::verdict::Outcome;
use crate::store::db::Db;
use crate::store::error::{Result, StoreError};
use crate::store::judging::sample_of;

/// One verdict, as far as numbers need it.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Local row of the ticket.
    pub ticket: i64,
    /// Sample, from 0.
    pub sample: u32,
    /// Criterion, or `check:` and the check.
    pub criterion: String,
    /// What was said.
    pub outcome: Outcome,
}

/// The part of a stored verdict that is read; reasons and quotes are passed over.
#[derive(Deserialize)]
struct Light {
    outcome: Outcome,
}

/// Visits the verdicts of a judge in an eval, ticket by ticket, each ticket's oldest first.
pub fn each(
    db: &Db,
    eval: i64,
    judge: i64,
    mut visit: impl FnMut(Said) -> Result<()>,
) -> Result<()> {
    let sql = "SELECT t.row, v.sample, v.criterion, v.body FROM ticket t JOIN verdict v ON v.ticket = t.row
               WHERE t.eval = ?1 AND v.judge = ?2 ORDER BY t.row, v.row";
    db.each(sql, args![eval, judge], |row| {
        let light: Light = serde_json::from_str(row.text(3)?)
            .map_err(|_| StoreError::Damaged("verdict".into()))?;
        visit(Said {
            ticket: row.int(0)?,
            sample: sample_of(row.int(1)? as u32),
            criterion: row.text(2)?.to_owned(),
            outcome: light.outcome,
        })?;
        Ok(true)
    })
}

/// A ticket that compares outputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    /// Local row.
    pub row: i64,
    /// Identity.
    pub id: TicketId,
    /// Unit of every interval.
    pub cluster: ClusterId,
    /// The models of its outputs, in the ticket's order.
    pub models: Vec<Option<String>>,
}

/// The tickets of an eval that compare outputs.
pub fn compared(db: &Db, eval: i64) -> Result<Vec<Compared>> {
    let sql = "SELECT t.row, t.id, i.cluster, o.model FROM ticket t JOIN item i ON i.row = t.item
                 JOIN ticket_output x ON x.ticket = t.row JOIN output o ON o.row = x.output
               WHERE t.eval = ?1 ORDER BY t.row, x.position";
    let mut all: Vec<Compared> = Vec::new();
    db.each(sql, args![eval], |row| {
        let (at, model) = (row.int(0)?, row.string(3)?);
        match all.last_mut().filter(|last| last.row == at) {
            Some(last) => last.models.push(model),
            None => all.push(Compared {
                row: at,
                id: TicketId(row.id(1)?),
                cluster: ClusterId(row.id(2)?),
                models: vec![model],
            }),
        }
        Ok(true)
    })?;
    Ok(all)
}

/// Whether people have a part in an eval: one has done something with a ticket, begun with one, or an order by risk was drawn
/// for them. The plan every eval has from the start is none.
pub fn has_people(db: &Db, eval: i64) -> Result<bool> {
    for sql in [
        "SELECT EXISTS (SELECT 1 FROM ticket_fold f JOIN ticket t ON t.row = f.ticket WHERE t.eval = ?1)",
        "SELECT EXISTS (SELECT 1 FROM draft d JOIN ticket t ON t.row = d.ticket WHERE t.eval = ?1)",
        "SELECT EXISTS (SELECT 1 FROM lease l JOIN ticket t ON t.row = l.ticket WHERE t.eval = ?1 AND l.seat LIKE 'human:%')",
        "SELECT EXISTS (SELECT 1 FROM plan_ticket p JOIN ticket t ON t.row = p.ticket WHERE t.eval = ?1)",
    ] {
        if db.number(sql, args![eval])? != 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether anybody has reviewed a ticket of an eval.
pub fn has_reviews(db: &Db, eval: i64) -> Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM ticket_person WHERE eval = ?1 AND score IS NOT NULL)";
    Ok(db.number(sql, args![eval])? != 0)
}
