//! What a judge has to do, and what it has done.

use std::collections::BTreeSet;

use super::db::{Db, Val};
use super::error::Result;
use super::filter_sql::{Arg, compile};
use super::queue::Ask;
use super::verdicts;
use crate::domain::eval::Eval;
use crate::domain::filter::Filter;
use crate::domain::ids::VerdictId;
use crate::domain::judge_version::JudgeVersion;

/// Bits of a stored sample that count the sample; the bits above count attempts after an unscored one.
const SAMPLE_BITS: u32 = 16;

/// The stored number of a sample's attempt.
pub fn attempt(sample: u32, attempt: u32) -> u32 {
    sample | attempt << SAMPLE_BITS
}

/// The sample of a stored number.
pub fn sample_of(stored: u32) -> u32 {
    stored & ((1 << SAMPLE_BITS) - 1)
}

/// How much is to be judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Want {
    /// Local row of the judge; 0 if it has judged nothing yet.
    pub judge: i64,
    /// Verdicts a finished ticket has from it.
    pub verdicts: u32,
    /// Whether verdicts without an answer are asked for again.
    pub again: bool,
    /// Only so many tickets, the first of the plan, finished ones counted.
    pub limit: u64,
    /// Of those only these, by local row.
    pub only: Option<Vec<i64>>,
    /// What routing leaves to this judge.
    pub lane: Lane,
}

/// Which tickets routing leaves to a judge. What it has begun with counts among the first of the plan whatever became of
/// it, or a limit would move on with every ticket that leaves the lane.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Lane {
    /// Tickets it may claim.
    pub open: Filter,
    /// Of those it has begun with, tickets it may go on with; `None` for none.
    pub begun: Option<Filter>,
}

/// The lane as two conditions over ticket `t` and a judge's local row: what counts, and what may be read.
struct LaneSql {
    counts: String,
    reads: String,
    /// Those of `reads`, which begin with those of `counts`.
    args: Vec<Arg>,
    /// How many `counts` has.
    counted: usize,
}

impl LaneSql {
    /// `judge` is the parameter with the local row, `from` the first one that is free.
    fn of(db: &Db, lane: &Lane, ask: &Ask<'_>, judge: &str, from: usize) -> Result<Self> {
        if lane.open.is_all() {
            return Ok(Self {
                counts: String::new(),
                reads: String::new(),
                args: Vec::new(),
                counted: 0,
            });
        }
        let open = compile(db, &lane.open, &ask.scope, from)?;
        let read = format!(
            "EXISTS (SELECT 1 FROM verdict l WHERE l.ticket = t.row AND l.judge = {judge})"
        );
        let counts = format!(" AND ({} OR {read})", open.sql);
        let mut args = open.args;
        let counted = args.len();
        let reads = match &lane.begun {
            None => format!(" AND {}", open.sql),
            Some(begun) => {
                let begun = compile(db, begun, &ask.scope, from + args.len())?;
                args.extend(begun.args);
                format!(" AND ({} OR ({read} AND {}))", open.sql, begun.sql)
            }
        };
        Ok(Self {
            counts,
            reads,
            args,
            counted,
        })
    }
}

/// A condition that lets only these rows through.
fn among(only: Option<&[i64]>) -> String {
    only.map_or_else(String::new, |rows| {
        let rows: Vec<String> = rows.iter().map(i64::to_string).collect();
        format!(" AND t.row IN ({})", rows.join(", "))
    })
}

/// Tickets a filter shows that the judge has not finished, among the first of the plan, in its order, by local row.
pub fn unfinished(db: &Db, ask: &Ask<'_>, want: &Want) -> Result<Vec<i64>> {
    let compiled = compile(db, ask.filter, &ask.scope, 6)?;
    let lane = LaneSql::of(db, &want.lane, ask, "?2", 6 + compiled.args.len())?;
    let among = among(want.only.as_deref());
    let limit = i64::try_from(want.limit).unwrap_or(i64::MAX);
    let reads = &lane.reads;
    let of = if limit == i64::MAX {
        format!(
            "ticket t WHERE t.eval = ?1 AND {}{among}{reads}",
            compiled.sql
        )
    } else {
        format!(
            "ticket t WHERE t.row IN (SELECT t.row FROM ticket t WHERE t.eval = ?1 AND {}{among}{}
               ORDER BY t.plan_key LIMIT ?5){reads}",
            compiled.sql, lane.counts
        )
    };
    let sql = format!(
        "SELECT t.row FROM {of}
           AND (SELECT count(DISTINCT v.criterion || ' ' || (v.sample & 65535)) FROM verdict v WHERE v.ticket = t.row AND v.judge = ?2
                  AND (?4 = 0 OR v.body NOT LIKE '%\"outcome\":{{\"unscored\"%')) < ?3
         ORDER BY t.plan_key LIMIT ?5"
    );
    let mut args: Vec<Val<'_>> = args![
        ask.scope.eval,
        want.judge,
        i64::from(want.verdicts),
        want.again,
        limit
    ]
    .to_vec();
    args.extend(compiled.args.iter().chain(&lane.args).map(Arg::val));
    db.query(&sql, &args, |row| row.int(0))
}

/// The tickets of an eval that a judge of this name scored under another version of the rubric, by local row.
pub fn scored_elsewhere(db: &Db, eval: i64, judge: &JudgeVersion) -> Result<BTreeSet<i64>> {
    let mut found = BTreeSet::new();
    for (row, _, other) in verdicts::judges(db)? {
        if other.name == judge.name && other.rubric.is_some() && other.rubric != judge.rubric {
            found.extend(verdicts::tickets_of(db, eval, row)?);
        }
    }
    Ok(found)
}

/// How many tickets a filter shows that are the judge's to read or that it has read, among all or among some.
pub fn matching(db: &Db, ask: &Ask<'_>, want: &Want) -> Result<u64> {
    let compiled = compile(db, ask.filter, &ask.scope, 3)?;
    let lane = LaneSql::of(db, &want.lane, ask, "?2", 3 + compiled.args.len())?;
    let sql = format!(
        "SELECT count(*) FROM ticket t WHERE t.eval = ?1 AND {}{}{} AND ?2 = ?2",
        compiled.sql,
        among(want.only.as_deref()),
        lane.counts
    );
    let mut args: Vec<Val<'_>> = args![ask.scope.eval, want.judge].to_vec();
    args.extend(
        compiled
            .args
            .iter()
            .chain(&lane.args[..lane.counted])
            .map(Arg::val),
    );
    Ok(db.number(&sql, &args)? as u64)
}

/// A verdict that is there: criterion, sample, attempts so far, and whether it has an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Have {
    /// Identity.
    pub id: VerdictId,
    /// Criterion id.
    pub criterion: String,
    /// From 0.
    pub sample: u32,
    /// From 0.
    pub attempt: u32,
    /// Whether it has an answer.
    pub scored: bool,
}

/// What a judge has said about a ticket.
pub fn have(db: &Db, ticket: i64, judge: i64) -> Result<Vec<Have>> {
    let sql = "SELECT id, criterion, sample, body LIKE '%\"outcome\":{\"unscored\"%' FROM verdict
               WHERE ticket = ?1 AND judge = ?2 ORDER BY row";
    db.query(sql, args![ticket, judge], |row| {
        let stored = row.int(2)? as u32;
        Ok(Have {
            id: VerdictId(row.id(0)?),
            criterion: row.text(1)?.to_owned(),
            sample: sample_of(stored),
            attempt: stored >> SAMPLE_BITS,
            scored: row.int(3)? == 0,
        })
    })
}

/// What is known of an endpoint and model, JSON.
pub fn endpoint(db: &Db, place: &str, model: &str) -> Result<Option<String>> {
    let sql = "SELECT body FROM endpoint WHERE place = ?1 AND model = ?2";
    Ok(db
        .first(sql, args![place, model], |row| row.string(0))?
        .flatten())
}

/// Keeps what was found out about an endpoint and model.
pub fn put_endpoint(db: &Db, place: &str, model: &str, body: &str) -> Result<()> {
    let sql = "INSERT INTO endpoint (place, model, body) VALUES (?1, ?2, ?3)
               ON CONFLICT (place, model) DO UPDATE SET body = excluded.body WHERE endpoint.body <> excluded.body";
    db.exec(sql, args![place, model, body])?;
    Ok(())
}

/// Characters of the outputs of some tickets, with those of the rows they stand in: what an estimate rests on.
pub fn sizes(db: &Db, tickets: &[i64]) -> Result<(u64, u64)> {
    let sql = "SELECT t.chars, coalesce(length(i.request), i.request_len, 0) + coalesce(length(i.reference), i.reference_len, 0)
               FROM ticket t JOIN item i ON i.row = t.item WHERE t.row = ?1";
    let mut sum = (0, 0);
    for ticket in tickets {
        let found = db.first(sql, args![*ticket], |row| {
            Ok((row.int(0)? as u64, row.int(1)? as u64))
        })?;
        let (output, request) = found.unwrap_or_default();
        sum = (sum.0 + output, sum.1 + request);
    }
    Ok(sum)
}

/// Tickets of an eval whose item has neither a reference nor, where that would do, another output that was logged: by
/// local row.
pub fn nothing_to_compare(db: &Db, eval: i64, logged: bool) -> Result<BTreeSet<i64>> {
    let missing = lacks_comparison("?2", "AND o.row < t.output");
    let sql = format!(
        "SELECT t.row FROM ticket t JOIN item i ON i.row = t.item WHERE t.eval = ?1 AND {missing}"
    );
    let rows = db.query(&sql, args![eval, logged], |row| row.int(0))?;
    Ok(rows.into_iter().collect())
}

/// How many items from one local row to another have neither a reference nor, where that would do, a logged output.
pub fn items_without_comparison(db: &Db, (lo, hi): (i64, i64), logged: bool) -> Result<u64> {
    let missing = lacks_comparison("?3", "");
    let sql = format!("SELECT count(*) FROM item i WHERE i.row BETWEEN ?1 AND ?2 AND {missing}");
    Ok(db.number(&sql, args![lo, hi, logged])? as u64)
}

/// The condition that item `i` has no reference and, if the parameter `logged` is set, no logged output that also `holds`.
fn lacks_comparison(logged: &str, holds: &str) -> String {
    format!(
        "i.reference IS NULL AND i.reference_at IS NULL AND ({logged} = 0 OR NOT EXISTS (
           SELECT 1 FROM output o JOIN raw r ON r.row = o.raw JOIN source s ON s.row = r.source
           WHERE o.item = i.row AND s.format <> 'run' AND (o.message IS NOT NULL OR o.message_at IS NOT NULL) {holds}))"
    )
}

/// Whether an eval's items have references.
pub fn has_reference(db: &Db, eval: &Eval) -> Result<bool> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM eval e JOIN ticket t ON t.eval = e.row JOIN item i ON i.row = t.item
                 WHERE e.id = ?1 AND (i.reference IS NOT NULL OR i.reference_at IS NOT NULL) LIMIT 1)";
    Ok(db.number(sql, args![&eval.id.0])? > 0)
}
