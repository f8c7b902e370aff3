//! Rows of an eval that fail, and items like them.

use std::collections::BTreeMap;

use super::datasets::Ranges;
use super::db::Db;
use super::dialect;
use super::error::Result;
use crate::domain::ids::TicketId;

/// A row with a score.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    /// Local row of the ticket.
    pub ticket: i64,
    /// Identity of the ticket.
    pub id: TicketId,
    /// Local row of the item.
    pub item: i64,
    /// Local row of the output.
    pub output: i64,
    /// A person's score where there is one, else the judge's.
    pub score: f64,
    /// What people say: whether it passes.
    pub pass: Option<bool>,
}

/// Single outputs of an eval that have a score; of a run group's those of one candidate, if one is named.
pub fn scored(db: &Db, eval: i64, candidate: Option<&str>) -> Result<Vec<Scored>> {
    let sql = "SELECT t.row, t.id, t.item, t.output, coalesce(t.score, t.judge), t.pass FROM ticket t
               WHERE t.eval = ?1 AND t.outputs = 1 AND coalesce(t.score, t.judge) IS NOT NULL
                 AND (?2 IS NULL OR EXISTS (SELECT 1 FROM eval e JOIN run_group g ON g.tickets = e.id
                   JOIN run n ON n.run_group = g.id JOIN run_row r ON r.run = n.id AND r.item = t.item
                   WHERE e.row = t.eval AND r.ticket = t.row AND n.body ->> '$.candidate.name' = ?2))
               ORDER BY t.row";
    db.query(sql, args![eval, candidate], |row| {
        Ok(Scored {
            ticket: row.int(0)?,
            id: TicketId(row.id(1)?),
            item: row.int(2)?,
            output: row.int(3)?,
            score: row.maybe_real(4)?.unwrap_or_default(),
            pass: row.maybe_int(5)?.map(|pass| pass != 0),
        })
    })
}

/// The tags of an eval's tickets, by local row of the ticket.
pub fn tags(db: &Db, eval: i64) -> Result<BTreeMap<i64, Vec<String>>> {
    let mut tags: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    let sql = "SELECT ticket, tag FROM ticket_tag WHERE eval = ?1 ORDER BY ticket, tag";
    db.each(sql, args![eval], |row| {
        let list = tags.entry(row.int(0)?).or_default();
        list.push(row.text(1)?.to_owned());
        Ok(true)
    })?;
    Ok(tags)
}

/// The items of an eval's tickets that have a correction, one for each such ticket.
pub fn corrected(db: &Db, eval: i64) -> Result<Vec<i64>> {
    let sql = "SELECT item FROM ticket WHERE eval = ?1 AND corrected = 1 ORDER BY row";
    db.query(sql, args![eval], |row| row.int(0))
}

/// The rows of every dataset of a role.
pub fn of_role(db: &Db, role: &str) -> Result<Ranges> {
    let sql = "SELECT g.lo, g.hi FROM dataset_range g JOIN dataset d ON d.id = g.dataset
               WHERE d.role = ?1 AND g.removed IS NULL";
    Ok(Ranges::of(db.query(sql, args![role], |row| {
        Ok((row.int(0)?, row.int(1)?))
    })?))
}

/// Items whose texts hold most of the words of a full-text query, best first.
pub fn with_words(db: &Db, query: &str, limit: u32) -> Result<Vec<i64>> {
    let mut items = db.query(&dialect::best_matches(), args![query, limit], |row| {
        row.int(0)
    })?;
    let mut seen = std::collections::HashSet::new();
    items.retain(|item| seen.insert(*item));
    Ok(items)
}
