//! What makes items hard: low scores, people or judge and people apart, answers that change when asked again.

use super::db::Db;
use super::error::Result;
use crate::domain::ids::EvalId;
use crate::domain::ticket::State;

/// A ticket with something to say about how hard its item is.
#[derive(Debug, Clone, PartialEq)]
pub struct Marked {
    /// Local row of the ticket.
    pub ticket: i64,
    /// Local row of the item.
    pub item: i64,
    /// People's score, 0 to 1.
    pub score: Option<f64>,
    /// The judge's score, 0 to 1.
    pub judge: Option<f64>,
    /// Whether it waits for a decision between reviewers.
    pub disputed: bool,
    /// The widest difference between two people's scores, 0 to 1.
    pub apart: Option<f64>,
}

/// Tickets of an eval that a person or a judge has scored, or that wait for a decision.
pub fn marked(db: &Db, eval: i64) -> Result<Vec<Marked>> {
    let sql = "SELECT t.row, t.item, t.score, t.judge, t.state,
                 (SELECT max(p.score) - min(p.score) FROM ticket_person p WHERE p.ticket = t.row AND p.score IS NOT NULL)
               FROM ticket t
               WHERE t.eval = ?1 AND (t.score IS NOT NULL OR t.judge IS NOT NULL OR t.state = ?2) ORDER BY t.row";
    let adjudicate = State::Adjudicate as i64;
    db.query(sql, args![eval, adjudicate], |row| {
        Ok(Marked {
            ticket: row.int(0)?,
            item: row.int(1)?,
            score: row.maybe_real(2)?,
            judge: row.maybe_real(3)?,
            disputed: row.int(4)? == adjudicate,
            apart: row.maybe_real(5)?,
        })
    })
}

/// Questions a judge was asked several times about one ticket and answered differently: ticket, criterion, levels
/// between the lowest and the highest.
pub fn rejudged(db: &Db, eval: i64) -> Result<Vec<(i64, String, f64)>> {
    let sql = "SELECT v.ticket, v.criterion, max(v.body ->> '$.outcome.scored.level') - min(v.body ->> '$.outcome.scored.level')
               FROM verdict v JOIN ticket t ON t.row = v.ticket WHERE t.eval = ?1
               GROUP BY v.ticket, v.judge, v.criterion
               HAVING max(v.body ->> '$.outcome.scored.level') > min(v.body ->> '$.outcome.scored.level')";
    db.query(sql, args![eval], |row| {
        Ok((
            row.int(0)?,
            row.text(1)?.to_owned(),
            row.maybe_real(2)?.unwrap_or_default(),
        ))
    })
}

/// Items of a run group whose verdict is not the same in every run of a candidate: item, candidate.
pub fn rerun(db: &Db, tickets: &EvalId) -> Result<Vec<(i64, String)>> {
    let sql = "SELECT r.item, n.body ->> '$.candidate.name' FROM run_group g JOIN run n ON n.run_group = g.id
                 JOIN run_row r ON r.run = n.id JOIN group_score s ON s.ticket = r.ticket
               WHERE g.tickets = ?1 AND s.pass IS NOT NULL
               GROUP BY r.item, n.body ->> '$.candidate.name', s.judge HAVING min(s.pass) <> max(s.pass)
               ORDER BY r.item";
    db.query(sql, args![&tickets.0], |row| {
        Ok((row.int(0)?, row.text(1)?.to_owned()))
    })
}
