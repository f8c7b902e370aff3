//! Choosing items for a dataset: by a filter over everything imported, by tickets, by ids.

use super::datasets::Ranges;
use super::db::{Db, Val};
use super::error::Result;
use super::filter_sql::Arg;
use super::filter_sql::items::{Asker, compile};
use crate::domain::filter::Filter;
use crate::domain::ids::{ClusterId, ItemId, TicketId};

/// Items of which any output passes the filter. Those that stand in one of the `closed` evals, by local row, are left
/// out; the second number counts them.
pub fn items(db: &Db, filter: &Filter, asker: &Asker<'_>, closed: &[i64]) -> Result<(Ranges, u64)> {
    let (condition, args) = compile(filter, asker, 1);
    let args: Vec<Val<'_>> = args.iter().map(Arg::val).collect();
    let sql = format!(
        "SELECT DISTINCT i.row FROM item i LEFT JOIN output o ON o.item = i.row
           LEFT JOIN ticket t ON t.item = i.row AND t.output = o.row
         WHERE {condition} ORDER BY i.row"
    );
    let mut rows = db.query(&sql, &args, |row| row.int(0))?;
    if closed.is_empty() {
        return Ok((Ranges::of_rows(rows), 0));
    }
    let evals: Vec<String> = closed.iter().map(i64::to_string).collect();
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM ticket WHERE item = ?1 AND eval IN ({}) LIMIT 1)",
        evals.join(", ")
    );
    let found = rows.len();
    let mut failed = None;
    rows.retain(|row| match db.number(&sql, args![*row]) {
        Ok(n) => n == 0,
        Err(error) => {
            failed = Some(error);
            true
        }
    });
    match failed {
        Some(error) => Err(error),
        None => Ok((
            Ranges::of_rows(rows.iter().copied()),
            (found - rows.len()) as u64,
        )),
    }
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
