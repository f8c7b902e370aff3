//! Choosing items for a dataset: by a filter over everything imported, by tickets, by ids.

use super::datasets::Ranges;
use super::db::{Db, Val};
use super::error::Result;
use super::filter_sql::items::{Asker, compile};
use super::filter_sql::{Arg, Audit};
use crate::domain::filter::Filter;
use crate::domain::ids::{ClusterId, ItemId, TicketId};

/// Tickets a filter must not tell about, because their reviewer is still blind to what it asks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Unseen {
    /// Blind evals, by local row: all of their tickets.
    pub closed: Vec<i64>,
    /// Assisted evals, by local row, with the share of theirs that is blind.
    pub audits: Vec<(i64, Audit)>,
}

impl Unseen {
    /// Whether a ticket, by its alias, is one of them; parameters are numbered from `first`.
    fn sql(&self, ticket: &str, reviewer: &str, first: usize) -> (String, Vec<Arg>) {
        let closed = self.closed.iter();
        let mut tests: Vec<String> = closed
            .map(|eval| format!("{ticket}.eval = {eval}"))
            .collect();
        let mut args = Vec::new();
        for (eval, audit) in &self.audits {
            let (drawn, more) = audit.hides(ticket, reviewer, first + args.len());
            args.extend(more);
            tests.push(format!("({ticket}.eval = {eval} AND {drawn})"));
        }
        (format!("({})", tests.join(" OR ")), args)
    }

    fn is_empty(&self) -> bool {
        self.closed.is_empty() && self.audits.is_empty()
    }
}

/// Items of which any output passes the filter. What stands on unseen tickets lets none pass; the second number counts
/// the items that have such tickets and are not taken, whatever the filter would say of them.
pub fn items(
    db: &Db,
    filter: &Filter,
    asker: &Asker<'_>,
    unseen: &Unseen,
) -> Result<(Ranges, u64)> {
    let (condition, mut args) = compile(filter, asker, 1);
    let mut open = String::new();
    if !unseen.is_empty() {
        let (on_it, more) = unseen.sql("t", asker.reviewer, args.len() + 1);
        args.extend(more);
        let (on_item, more) = unseen.sql("p", asker.reviewer, args.len() + 1);
        args.extend(more);
        // An output of a pair has no ticket of its own.
        open = format!(
            " AND CASE WHEN t.row IS NOT NULL THEN NOT {on_it}
                ELSE NOT EXISTS (SELECT 1 FROM ticket p WHERE p.item = i.row AND {on_item}) END"
        );
    }
    let values: Vec<Val<'_>> = args.iter().map(Arg::val).collect();
    let sql = format!(
        "SELECT DISTINCT i.row FROM item i LEFT JOIN output o ON o.item = i.row
           LEFT JOIN ticket t ON t.item = i.row AND t.output = o.row
         WHERE {condition}{open} ORDER BY i.row"
    );
    let rows = Ranges::of_rows(db.query(&sql, &values, |row| row.int(0))?);
    if unseen.is_empty() {
        return Ok((rows, 0));
    }
    let (on_it, args) = unseen.sql("t", asker.reviewer, 1);
    let values: Vec<Val<'_>> = args.iter().map(Arg::val).collect();
    let sql = format!("SELECT DISTINCT t.item FROM ticket t WHERE {on_it} ORDER BY t.item");
    let hidden = Ranges::of_rows(db.query(&sql, &values, |row| row.int(0))?);
    let left_out = hidden.without(&rows).len();
    Ok((rows, left_out))
}

/// How many tickets of an eval its audit share hides from a reviewer.
pub fn hidden(db: &Db, eval: i64, audit: Audit, reviewer: &str) -> Result<u64> {
    let (hides, args) = audit.hides("t", reviewer, 2);
    let mut values = args![eval].to_vec();
    values.extend(args.iter().map(Arg::val));
    let sql = format!("SELECT count(*) FROM ticket t WHERE t.eval = ?1 AND {hides}");
    Ok(db.number(&sql, &values)? as u64)
}

/// The items of tickets.
pub fn of_tickets(db: &Db, tickets: &[TicketId]) -> Result<Ranges> {
    let mut rows = Vec::with_capacity(tickets.len());
    for ticket in tickets {
        let sql = "SELECT item FROM ticket WHERE id = ?1";
        rows.extend(db.first(sql, args![&ticket.0], |row| row.int(0))?);
    }
    Ok(Ranges::of_rows(rows))
}

/// The items an id means: the row's own id, docket's id or the start of it (eight characters or more).
pub fn named(db: &Db, id: &str) -> Result<Vec<i64>> {
    let own = db.query(
        "SELECT row FROM item WHERE external_id = ?1 ORDER BY row",
        args![id],
        |row| row.int(0),
    )?;
    let hexadecimal = id.len() >= 8 && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_hexdigit());
    if !own.is_empty() || !hexadecimal {
        return Ok(own);
    }
    let (low, high) = prefix_range(id);
    db.query(
        "SELECT row FROM item WHERE id BETWEEN ?1 AND ?2 ORDER BY row",
        args![&low, &high],
        |row| row.int(0),
    )
}

/// The clusters of some items that an id means: a cluster's, or the start of it (eight characters or more), or an
/// item's in one of the ways of [`named`].
pub fn clusters_named(db: &Db, id: &str, among: &Ranges) -> Result<Vec<ClusterId>> {
    let mut rows = Vec::new();
    if id.len() >= 8 && id.len() <= 32 && id.bytes().all(|b| b.is_ascii_hexdigit()) {
        let (low, high) = prefix_range(id);
        // A cluster may have joined another since its id was noted.
        let sql = "SELECT row FROM item WHERE cluster BETWEEN ?1 AND ?2 UNION ALL
                   SELECT i.row FROM cluster_join j JOIN item i ON i.cluster = j.cluster WHERE j.own BETWEEN ?1 AND ?2";
        rows = db.query(sql, args![&low, &high], |row| row.int(0))?;
    }
    if rows.is_empty() {
        rows = named(db, id)?;
    }
    let mut clusters = Vec::new();
    for row in rows.into_iter().filter(|row| among.contains(*row)) {
        let sql = "SELECT cluster FROM item WHERE row = ?1";
        clusters.extend(db.first(sql, args![row], |row| Ok(ClusterId(row.id(0)?)))?);
    }
    clusters.sort_unstable();
    clusters.dedup();
    Ok(clusters)
}

/// The first and the last id that begin with these hexadecimal characters.
fn prefix_range(prefix: &str) -> ([u8; 16], [u8; 16]) {
    let filled = |fill: char| {
        let mut bytes = [0; 16];
        let digits = prefix.chars().chain(std::iter::repeat(fill));
        let digits: Vec<u8> = digits
            .take(32)
            .map(|c| c.to_digit(16).unwrap_or(0) as u8)
            .collect();
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair[0] << 4 | pair[1];
        }
        bytes
    };
    (filled('0'), filled('f'))
}

/// Row, identity and cluster of each item.
pub fn identities(db: &Db, rows: &Ranges) -> Result<Vec<(i64, ItemId, ClusterId)>> {
    let mut all = Vec::with_capacity(rows.len() as usize);
    for (lo, hi) in rows.iter() {
        let sql = "SELECT row, id, cluster FROM item WHERE row BETWEEN ?1 AND ?2 ORDER BY row";
        db.each(sql, args![lo, hi], |row| {
            all.push((row.int(0)?, ItemId(row.id(1)?), ClusterId(row.id(2)?)));
            Ok(true)
        })?;
    }
    Ok(all)
}

/// Outputs of items that can become tickets: as logged or imported with the items, not what candidates of a run
/// group answered. By item, in the order of their records; those of one record stand together.
pub fn outputs(db: &Db, rows: &Ranges) -> Result<Vec<Offered>> {
    let sql = "SELECT o.item, o.row, o.raw FROM output o WHERE o.item BETWEEN ?1 AND ?2
                 AND NOT EXISTS (SELECT 1 FROM run n JOIN run_row r ON r.run = n.id AND r.item = o.item
                   WHERE r.output = o.row AND (n.body ->> '$.candidate.origin') <> 'logged')
               ORDER BY o.item, o.raw, o.position, o.row";
    let mut all = Vec::new();
    for (lo, hi) in rows.iter() {
        all.extend(db.query(sql, args![lo, hi], |row| {
            Ok(Offered {
                item: row.int(0)?,
                output: row.int(1)?,
                raw: row.int(2)?,
            })
        })?);
    }
    Ok(all)
}

/// An output that can become a ticket, or part of one. All by local row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offered {
    /// Its item.
    pub item: i64,
    /// The output.
    pub output: i64,
    /// The record it came in.
    pub raw: i64,
}

/// The rows of every dataset of what was exported for training.
pub fn trained(db: &Db) -> Result<Ranges> {
    let sql = "SELECT g.lo, g.hi FROM dataset_range g JOIN dataset d ON d.id = g.dataset
               WHERE d.role = 'train' AND g.removed IS NULL";
    Ok(Ranges::of(
        db.query(sql, &[], |row| Ok((row.int(0)?, row.int(1)?)))?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_of_an_id_means_every_id_that_begins_so() {
        let (low, high) = prefix_range("0abc");
        assert_eq!((low[0], low[1], low[2]), (0x0a, 0xbc, 0));
        assert_eq!((high[0], high[1], high[2]), (0x0a, 0xbc, 0xff));
        let (low, high) = prefix_range("abc");
        assert_eq!((low[1], high[1]), (0xc0, 0xcf));
    }
}
