//! What a judge has to do, and what it has done.

use std::collections::BTreeSet;

use super::db::{Db, Val};
use super::error::Result;
use super::filter_sql::compile;
use super::queue::Ask;
use super::verdicts;
use crate::domain::eval::Eval;
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    let among = among(want.only.as_deref());
    let limit = i64::try_from(want.limit).unwrap_or(i64::MAX);
    let of = if limit == i64::MAX {
        format!("ticket t WHERE t.eval = ?1 AND {}{among}", compiled.sql)
    } else {
        format!(
            "(SELECT t.row, t.plan_key FROM ticket t WHERE t.eval = ?1 AND {}{among} ORDER BY t.plan_key LIMIT ?5) t WHERE true",
            compiled.sql
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
    args.extend(compiled.args.iter().map(super::filter_sql::Arg::val));
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

/// How many tickets a filter shows, among all or among some by local row.
pub fn matching(db: &Db, ask: &Ask<'_>, only: Option<&[i64]>) -> Result<u64> {
    let compiled = compile(db, ask.filter, &ask.scope, 2)?;
    let sql = format!(
        "SELECT count(*) FROM ticket t WHERE t.eval = ?1 AND {}{}",
        compiled.sql,
        among(only)
    );
    let mut args: Vec<Val<'_>> = args![ask.scope.eval].to_vec();
    args.extend(compiled.args.iter().map(super::filter_sql::Arg::val));
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

/// Whether an eval's items have references.
pub fn has_reference(db: &Db, eval: &Eval) -> Result<bool> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM eval e JOIN ticket t ON t.eval = e.row JOIN item i ON i.row = t.item
                 WHERE e.id = ?1 AND (i.reference IS NOT NULL OR i.reference_at IS NOT NULL) LIMIT 1)";
    Ok(db.number(sql, args![&eval.id.0])? > 0)
}
