//! What an export reads: one ordered pass over the tickets of an eval that are finished enough, bodies
//! included, a row at a time. And the notes that tell a later run which exports were under way.
//!
//! Bodies are cut out of the raw record the row borrows, so that nothing is copied for rows that are left out.

use memchr::memmem;

use super::db::{Db, Row, Val};
use super::error::{Result, StoreError};
use super::filter_sql::{Arg, Scope, compile};
use crate::domain::filter::Filter;
use crate::domain::ids::{ClusterId, ItemId, OutputId, RawId, TicketId};
use crate::domain::ticket::State;

/// Room for the rounding of scores.
const EPSILON: f64 = 1e-9;

/// Which tickets are visited; with nothing set, none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)] // Independent groups of tickets; any of them may be asked for.
pub struct Wanted {
    /// Settled outputs that nobody corrected and that pass.
    pub passing: bool,
    /// Settled outputs that nobody corrected and that do not pass.
    pub failing: bool,
    /// Outputs with a correction that nobody has still to agree to.
    pub corrected: bool,
    /// Outputs that were compared, once all reviews asked for are in.
    pub compared: bool,
    /// Outputs a judge suggested a correction for, which nobody has decided anything about.
    pub suggested: bool,
}

impl Wanted {
    fn sql(self) -> String {
        let [open, adjudicate, done] =
            [State::Open, State::Adjudicate, State::Done].map(|state| state as i64);
        let as_it_stands = format!("t.state = {done} AND t.outputs = 1 AND t.corrected = 0");
        let mut parts = Vec::new();
        match (self.passing, self.failing) {
            (true, true) => parts.push(format!("{as_it_stands} AND {} IS NOT NULL", now("pass"))),
            (true, false) => parts.push(format!("{as_it_stands} AND {} = 1", now("pass"))),
            (false, true) => parts.push(format!("{as_it_stands} AND {} = 0", now("pass"))),
            (false, false) => {}
        }
        if self.corrected {
            // `open`: a correction that was saved, or came with the data, without any review.
            parts.push(format!("t.corrected = 1 AND t.state IN ({open}, {done})"));
        }
        if self.compared {
            // `adjudicate`: the reviewers differ, and a majority of them still decides a preference.
            parts.push(format!(
                "t.outputs > 1 AND t.state IN ({adjudicate}, {done})"
            ));
        }
        if self.suggested {
            parts.push(format!(
                "t.state = {open} AND t.outputs = 1 AND t.corrected = 0
                 AND EXISTS (SELECT 1 FROM suggestion s WHERE s.ticket = t.row)
                 AND NOT EXISTS (SELECT 1 FROM event e WHERE e.ticket = t.id)"
            ));
        }
        match parts.as_slice() {
            [] => "0".into(),
            // Bare, so that an index on the state can be considered.
            [only] => only.clone(),
            several => format!("(({}))", several.join(") OR (")),
        }
    }
}

/// What a pass is asked for with.
pub struct Ask<'a> {
    /// Eval, reviewer and text search.
    pub scope: Scope<'a>,
    /// Which groups of tickets.
    pub wanted: Wanted,
    /// Which of them.
    pub filter: &'a Filter,
    /// Lowest score by people, 0 to 1; tickets without a score have none high enough. Suggestions are not sifted by it.
    pub min_score: Option<f64>,
}

/// A ticket that may become a row, borrowed while it is visited.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate<'r> {
    /// Local row of the ticket.
    pub row: i64,
    /// Identity.
    pub ticket: TicketId,
    /// Local row of the item.
    pub item_row: i64,
    /// The example.
    pub item: ItemId,
    /// Unit of the split and of the held-out rule.
    pub cluster: ClusterId,
    /// The row's own id.
    pub external_id: Option<&'r str>,
    /// The raw record of the (first) output.
    pub raw: RawId,
    /// Local row of the source it came from.
    pub source: i64,
    /// JSON, as logged.
    pub request: Option<&'r str>,
    /// JSON, as logged.
    pub reference: Option<&'r str>,
    /// JSON of the (first) output, as logged; `None` for a failed call.
    pub message: Option<&'r str>,
    /// How many outputs the ticket has.
    pub outputs: u64,
    /// The human score, 0 to 1.
    pub score: Option<f64>,
    /// Whether it passes.
    pub pass: Option<bool>,
    /// Whether there is a correction.
    pub corrected: bool,
    /// What the ledger says about it, JSON of `domain::fold::Folded`.
    pub fold: Option<&'r str>,
}

/// What people say of a ticket now. Numbers rest on what was said blind; what is trained on rests on the last word, also
/// where it was changed after the judge was seen.
fn now(column: &str) -> String {
    format!(
        "(CASE WHEN f.body ->> 'adjudicated' IS NULL
           THEN (SELECT p.{column} FROM ticket_person p
                  WHERE p.ticket = t.row AND p.reviewer = (f.body -> 'reviews' -> 0 ->> 'reviewer'))
           ELSE t.{column} END)"
    )
}

/// Visits the tickets asked for, in the order they arrived, until `visit` answers `false`.
pub fn each(
    db: &Db,
    ask: &Ask<'_>,
    mut visit: impl FnMut(&Candidate<'_>) -> Result<bool>,
) -> Result<()> {
    let compiled = compile(db, ask.filter, &ask.scope, 3)?;
    let sql = select(ask, &compiled.sql);
    let least = ask.min_score.map(|least| least - EPSILON);
    let mut args: Vec<Val<'_>> = args![ask.scope.eval, least].to_vec();
    args.extend(compiled.args.iter().map(Arg::val));
    db.each(&sql, &args, |row| {
        let mut candidate = read(row)?;
        if candidate.fold.is_some_and(was_changed) {
            (candidate.score, candidate.pass) = said_now(db, candidate.row)?;
        }
        visit(&candidate)
    })
}

/// Whether a fold may hold an opinion that was changed after a reveal: then score and pass of the ticket are not the last
/// word of people. Looked for here, for a database takes three microseconds to find a word in a fold.
fn was_changed(fold: &str) -> bool {
    memmem::find(fold.as_bytes(), b"\"second\":").is_some()
}

/// What people say of a ticket now.
fn said_now(db: &Db, ticket: i64) -> Result<(Option<f64>, Option<bool>)> {
    let sql = format!(
        "SELECT {}, {} FROM ticket t LEFT JOIN ticket_fold f ON f.ticket = t.row WHERE t.row = ?1",
        now("score"),
        now("pass")
    );
    let found = db.first(&sql, args![ticket], |row| {
        Ok((row.maybe_real(0)?, row.maybe_int(1)?.map(|pass| pass != 0)))
    })?;
    Ok(found.unwrap_or_default())
}

fn select(ask: &Ask<'_>, filter: &str) -> String {
    // What nobody has touched has no human score: the second judgement's is the caller's to look at.
    let score = if ask.wanted.suggested {
        "(?2 IS NULL OR 1 = 1)".to_owned()
    } else if ask.min_score.is_some() {
        format!("{} >= ?2", now("score"))
    } else {
        "?2 IS NULL".to_owned()
    };
    format!(
        "SELECT t.row, t.id, t.item, t.outputs, t.score, t.pass, t.corrected, i.id, i.cluster, i.external_id,
           ri.body, i.request_at, i.request_len, i.request, i.reference_at, i.reference_len, i.reference,
           ro.id, ro.source, CASE WHEN o.raw = i.raw THEN NULL ELSE ro.body END, o.message_at, o.message_len, o.message,
           f.body
         FROM ticket t JOIN item i ON i.row = t.item JOIN raw ri ON ri.row = i.raw
           JOIN output o ON o.row = t.output JOIN raw ro ON ro.row = o.raw
           LEFT JOIN ticket_fold f ON f.ticket = t.row
         WHERE t.eval = ?1 AND {} AND {score} AND {filter} ORDER BY t.row",
        ask.wanted.sql(),
    )
}

fn read<'r>(row: &'r Row<'_>) -> Result<Candidate<'r>> {
    let record = row.maybe_blob(10)?;
    let answered = match row.maybe_blob(19)? {
        None => record,
        other => other,
    };
    Ok(Candidate {
        row: row.int(0)?,
        ticket: TicketId(row.id(1)?),
        item_row: row.int(2)?,
        outputs: row.int(3)? as u64,
        score: row.maybe_real(4)?,
        pass: row.maybe_int(5)?.map(|pass| pass != 0),
        corrected: row.int(6)? != 0,
        item: ItemId(row.id(7)?),
        cluster: ClusterId(row.id(8)?),
        external_id: row.maybe_text(9)?,
        request: body(row, record, 11)?,
        reference: body(row, record, 14)?,
        raw: RawId(row.id(17)?),
        source: row.int(18)?,
        message: body(row, answered, 20)?,
        fold: row.maybe_text(23)?,
    })
}

/// A body from its three columns: where it stands in the raw record, how long it is, or its own text.
pub(super) fn body<'r>(
    row: &'r Row<'_>,
    record: Option<&'r [u8]>,
    first: usize,
) -> Result<Option<&'r str>> {
    let (Some(at), Some(len)) = (row.maybe_int(first)?, row.maybe_int(first + 1)?) else {
        return row.maybe_text(first + 2);
    };
    let damaged = || StoreError::Damaged("body of a row".into());
    let span = record
        .and_then(|record| record.get(at as usize..(at + len) as usize))
        .ok_or_else(damaged)?;
    std::str::from_utf8(span).map(Some).map_err(|_| damaged())
}

/// One of several outputs of a ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    /// Identity.
    pub id: OutputId,
    /// JSON, as logged; `None` for a failed call.
    pub message: Option<String>,
    /// The raw record it came in.
    pub raw: RawId,
}

/// The outputs of a ticket that has several, in its order.
pub fn sides(db: &Db, ticket: i64) -> Result<Vec<Side>> {
    let sql =
        "SELECT coalesce(o.message, substr(r.body, o.message_at + 1, o.message_len)), r.id, o.id
               FROM ticket_output x JOIN output o ON o.row = x.output JOIN raw r ON r.row = o.raw
               WHERE x.ticket = ?1 ORDER BY x.position";
    db.query(sql, args![ticket], |row| {
        Ok(Side {
            message: row.string(0)?,
            raw: RawId(row.id(1)?),
            id: OutputId(row.id(2)?),
        })
    })
}

/// The first and the last local row of an eval's tickets: how far a pass can go.
pub fn span(db: &Db, eval: i64) -> Result<Option<(i64, i64)>> {
    let sql = "SELECT (SELECT row FROM ticket WHERE eval = ?1 ORDER BY row LIMIT 1),
                      (SELECT row FROM ticket WHERE eval = ?1 ORDER BY row DESC LIMIT 1)";
    let ends = db.first(sql, args![eval], |row| {
        Ok((row.maybe_int(0)?, row.maybe_int(1)?))
    })?;
    Ok(ends.and_then(|(first, last)| first.zip(last)))
}

/// Tickets whose correction, or whose comparison, waits for another review or a decision.
pub fn unsettled(db: &Db, eval: i64, wanted: Wanted) -> Result<u64> {
    let [partial, adjudicate, deferred, escalated] = [
        State::Partial,
        State::Adjudicate,
        State::Deferred,
        State::Escalated,
    ]
    .map(|state| state as i64);
    let mut n = 0;
    if wanted.corrected {
        let sql = format!(
            "SELECT count(*) FROM ticket WHERE eval = ?1 AND state > 0 AND corrected = 1
               AND state IN ({partial}, {adjudicate}, {deferred}, {escalated})"
        );
        n += db.number(&sql, args![eval])?;
    }
    if wanted.compared {
        let sql = format!(
            "SELECT count(*) FROM ticket WHERE eval = ?1 AND state > 0 AND outputs > 1 AND corrected <= ?2
               AND state IN ({partial}, {deferred}, {escalated})"
        );
        // Corrected ones have been counted above.
        n += db.number(&sql, args![eval, i64::from(!wanted.corrected)])?;
    }
    Ok(n as u64)
}

/// Name and SHA-256 of sources, by local row.
pub fn sources(db: &Db, rows: &[i64]) -> Result<Vec<(String, Option<String>)>> {
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let sql = "SELECT name, sha256 FROM source WHERE row = ?1";
        found.extend(db.first(sql, args![*row], |row| {
            Ok((row.text(0)?.to_owned(), row.string(1)?))
        })?);
    }
    Ok(found)
}

const UNDER_WAY: &str = "export:";

/// Notes that an export to `folder` is about to appear there; replaces an earlier note on it.
pub fn put_under_way(db: &Db, folder: &str, note: &str) -> Result<()> {
    db.exec(
        "INSERT INTO meta (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        args![&format!("{UNDER_WAY}{folder}"), note],
    )?;
    Ok(())
}

/// The notes on exports under way.
pub fn under_way(db: &Db) -> Result<Vec<String>> {
    let sql = "SELECT value FROM meta WHERE key >= ?1 AND key < ?2 ORDER BY key";
    // `;` follows `:` in every collation used for keys.
    db.query(sql, args![UNDER_WAY, "export;"], |row| {
        Ok(row.text(0)?.to_owned())
    })
}

/// Takes the note on `folder` away.
pub fn drop_under_way(db: &Db, folder: &str) -> Result<()> {
    db.exec(
        "DELETE FROM meta WHERE key = ?1",
        args![&format!("{UNDER_WAY}{folder}")],
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::testing::memory;

    #[test]
    fn rows_come_in_their_order_without_being_sorted() {
        let db = memory();
        let [no, yes] = [false, true];
        for (passing, failing, corrected, compared) in [
            (yes, no, no, no),
            (yes, yes, no, no),
            (no, no, yes, no),
            (yes, no, yes, no),
            (no, no, yes, yes),
            (yes, yes, yes, yes),
        ] {
            let ask = Ask {
                scope: Scope {
                    eval: 1,
                    reviewer: "ana",
                    words: &|_| None,
                    audit: None,
                },
                wanted: Wanted {
                    passing,
                    failing,
                    corrected,
                    compared,
                    suggested: no,
                },
                filter: &Filter::default(),
                min_score: None,
            };
            let sql = format!("EXPLAIN QUERY PLAN {}", select(&ask, "1"));
            let plan = db
                .query(&sql, args![1_i64, None::<f64>], |row| {
                    Ok(row.text(3)?.to_owned())
                })
                .unwrap();
            assert!(plan.iter().all(|step| !step.contains("TEMP")), "{plan:#?}");
            assert!(plan[0].starts_with("SEARCH t USING INDEX"), "{plan:#?}");
        }
    }

    #[test]
    fn notes_of_exports_under_way_are_kept_by_folder() {
        let db = memory();
        put_under_way(&db, "/a", "1").unwrap();
        put_under_way(&db, "/b", "2").unwrap();
        put_under_way(&db, "/a", "3").unwrap();
        assert_eq!(under_way(&db).unwrap(), ["3", "2"]);
        drop_under_way(&db, "/a").unwrap();
        assert_eq!(under_way(&db).unwrap(), ["2"]);
    }
}
