//! Jobs: long work that is paid for, shared by the processes that do it.
//!
//! A job is one judge version over one eval. Whoever starts the same work again joins it: the budget, what was
//! spent and what is done are the job's, not a process's. Workers take money and tokens out of the budget in
//! steps before they send; what a dead worker had taken counts as spent, because its calls may have been paid.

use super::db::{Db, Row};
use super::error::{Result, StoreError};
use crate::domain::failure::Class;
use crate::domain::job::{Job, Outcome, Wish};

/// How long a worker may be silent before it counts as gone, in milliseconds.
pub const SILENT_MS: i64 = 30_000;

/// What a job is started with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start<'a> {
    /// Identity: the same work has the same one.
    pub id: [u8; 16],
    /// `judge`, `suggest` or `run`.
    pub kind: &'a str,
    /// Local row of the eval.
    pub eval: i64,
    /// Local row of the judge.
    pub judge: Option<i64>,
    /// What people call it.
    pub title: &'a str,
    /// Calls under way at once, at most.
    pub concurrency: u32,
    /// Limit in millionths of the currency unit; `None` keeps the job's.
    pub max_micros: Option<i64>,
    /// Limit in tokens; `None` keeps the job's.
    pub max_tokens: Option<i64>,
    /// Pieces of work in all: finished ones and those to do.
    pub total: u64,
    /// Finished ones.
    pub done: u64,
}

/// Starts a job or goes on with it; returns its local row.
pub fn start(db: &Db, start: &Start<'_>, owner: &str, now_ms: i64) -> Result<i64> {
    db.exec(
        "INSERT INTO job (id, kind, eval, judge, title, concurrency, max_micros, max_tokens, total, done, started_ms, changed_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?11, ?10, ?10)
         ON CONFLICT (id) DO UPDATE SET wish = 'run', concurrency = excluded.concurrency, total = excluded.total, done = excluded.done,
           max_micros = coalesce(excluded.max_micros, job.max_micros), max_tokens = coalesce(excluded.max_tokens, job.max_tokens),
           changed_ms = excluded.changed_ms, ended_ms = NULL, outcome = NULL, message = NULL",
        args![
            &start.id, start.kind, start.eval, start.judge, start.title, i64::from(start.concurrency),
            start.max_micros, start.max_tokens, start.total, now_ms, start.done
        ],
    )?;
    let job = db.number("SELECT row FROM job WHERE id = ?1", args![&start.id])?;
    forget_open(db, job, start.kind)?;
    beat(db, job, owner, 0, now_ms)?;
    Ok(job)
}

/// Forgets what the start that follows tries again. A reply without an answer left a verdict and stays.
fn forget_open(db: &Db, job: i64, kind: &str) -> Result<()> {
    let open: Vec<String> = Class::ALL
        .into_iter()
        .filter(|class| kind != "judge" || class.leaves_open())
        .map(|class| format!("'{}'", class.name()))
        .collect();
    let sql = format!(
        "DELETE FROM job_failure WHERE job = ?1 AND class IN ({})",
        open.join(", ")
    );
    db.exec(&sql, args![job])?;
    Ok(())
}

/// A worker says that it lives; returns what people want of the job.
pub fn beat(db: &Db, job: i64, owner: &str, in_flight: usize, now_ms: i64) -> Result<Wish> {
    db.exec(
        "INSERT INTO job_worker (job, owner, beat_ms, in_flight) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (job, owner) DO UPDATE SET beat_ms = excluded.beat_ms, in_flight = excluded.in_flight",
        args![job, owner, now_ms, in_flight as i64],
    )?;
    let wish = db.first("SELECT wish FROM job WHERE row = ?1", args![job], |row| {
        row.string(0)
    })?;
    Ok(wish
        .flatten()
        .and_then(|wish| Wish::read(&wish))
        .unwrap_or(Wish::Cancel))
}

/// Says what is wanted of a job. `false` if there is none.
pub fn wish(db: &Db, id: &[u8; 16], wish: Wish, now_ms: i64) -> Result<bool> {
    let sql = "UPDATE job SET wish = ?2, changed_ms = ?3 WHERE id = ?1";
    Ok(db.exec(sql, args![id, wish.name(), now_ms])? > 0)
}

/// A worker stops. What it still holds goes back, unless calls may have been paid (`lost`).
pub fn leave(db: &Db, job: i64, owner: &str, lost: bool) -> Result<()> {
    if lost {
        db.exec(
            "UPDATE job SET lost_micros = lost_micros + coalesce((SELECT held_micros FROM job_worker WHERE job = ?1 AND owner = ?2), 0),
               lost_tokens = lost_tokens + coalesce((SELECT held_tokens FROM job_worker WHERE job = ?1 AND owner = ?2), 0)
             WHERE row = ?1",
            args![job, owner],
        )?;
    }
    let sql = "DELETE FROM job_worker WHERE job = ?1 AND owner = ?2";
    db.exec(sql, args![job, owner])?;
    Ok(())
}

/// Workers of a job, with the time of their last beat.
pub fn workers(db: &Db, job: i64) -> Result<Vec<(String, i64)>> {
    let sql = "SELECT owner, beat_ms FROM job_worker WHERE job = ?1 ORDER BY owner";
    db.query(sql, args![job], |row| {
        Ok((row.text(0)?.to_owned(), row.int(1)?))
    })
}

/// Ends a job. Other workers may still be at it; the last word stays.
pub fn end(db: &Db, job: i64, outcome: Outcome, message: Option<&str>, now_ms: i64) -> Result<()> {
    let sql =
        "UPDATE job SET outcome = ?2, message = ?3, ended_ms = ?4, changed_ms = ?4 WHERE row = ?1";
    db.exec(sql, args![job, outcome.name(), message, now_ms])?;
    Ok(())
}

/// Takes up to `micros` and `tokens` out of what is left of the budget for a worker, both or nothing.
/// `false` if less than that is left.
pub fn reserve(db: &Db, job: i64, owner: &str, micros: i64, tokens: i64) -> Result<bool> {
    let sql = "SELECT count(*) FROM job j WHERE j.row = ?1
      AND (j.max_micros IS NULL OR j.spent_micros + j.lost_micros + ?2
           + (SELECT coalesce(sum(w.held_micros), 0) FROM job_worker w WHERE w.job = j.row) <= j.max_micros)
      AND (j.max_tokens IS NULL OR j.spent_tokens + j.lost_tokens + ?3
           + (SELECT coalesce(sum(w.held_tokens), 0) FROM job_worker w WHERE w.job = j.row) <= j.max_tokens)";
    if db.number(sql, args![job, micros, tokens])? == 0 {
        return Ok(false);
    }
    let sql = "UPDATE job_worker SET held_micros = held_micros + ?3, held_tokens = held_tokens + ?4 WHERE job = ?1 AND owner = ?2";
    Ok(db.exec(sql, args![job, owner, micros, tokens])? > 0)
}

/// What is left of a budget in money and tokens, `None` where that is not limited: what workers hold is not.
pub fn left(db: &Db, job: i64) -> Result<(Option<i64>, Option<i64>)> {
    let sql = "SELECT max_micros - spent_micros - lost_micros
        - (SELECT coalesce(sum(w.held_micros), 0) FROM job_worker w WHERE w.job = j.row),
      max_tokens - spent_tokens - lost_tokens
        - (SELECT coalesce(sum(w.held_tokens), 0) FROM job_worker w WHERE w.job = j.row)
      FROM job j WHERE j.row = ?1";
    let left = db.first(sql, args![job], |row| {
        Ok((row.maybe_int(0)?, row.maybe_int(1)?))
    })?;
    Ok(left.unwrap_or_default())
}

/// What became of a part of what a worker held: millionths and tokens each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// That part.
    pub held: (i64, i64),
    /// What was spent of it.
    pub spent: (i64, i64),
    /// What may have been spent of it: the reply was lost.
    pub lost: (i64, i64),
}

/// Turns a part of what a worker holds into what was spent, the rest of that part goes back.
pub fn settle(db: &Db, job: i64, owner: &str, settled: Settled) -> Result<()> {
    let Settled { held, spent, lost } = settled;
    db.exec(
        "UPDATE job_worker SET held_micros = max(held_micros - ?3, 0), held_tokens = max(held_tokens - ?4, 0)
         WHERE job = ?1 AND owner = ?2",
        args![job, owner, held.0, held.1],
    )?;
    let sql = "UPDATE job SET spent_micros = spent_micros + ?2, spent_tokens = spent_tokens + ?3,
                 lost_micros = lost_micros + ?4, lost_tokens = lost_tokens + ?5 WHERE row = ?1";
    db.exec(sql, args![job, spent.0, spent.1, lost.0, lost.1])?;
    Ok(())
}

/// A call to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFact {
    /// Local row of the ticket.
    pub ticket: Option<i64>,
    /// Criterion id; empty for a call about all.
    pub criterion: String,
    /// `scored`, or the class of its failure.
    pub class: &'static str,
    /// Tokens as counted: question, cached part, reply, hidden part.
    pub tokens: Option<[u64; 4]>,
    /// Millionths; `None` is unpriced.
    pub micros: Option<i64>,
    /// Milliseconds.
    pub took_ms: u64,
}

/// Remembers a call.
pub fn put_call(db: &Db, job: i64, call: &CallFact, now_ms: i64) -> Result<()> {
    let [input, cached, output, reasoning] = match call.tokens {
        Some(tokens) => tokens.map(Some),
        None => [None; 4],
    };
    db.exec(
        "INSERT INTO call (job, ticket, criterion, class, input, cached_input, output, reasoning, micros, took_ms, at_ms)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        args![
            job, call.ticket, &call.criterion, call.class, input, cached, output, reasoning, call.micros, call.took_ms, now_ms
        ],
    )?;
    Ok(())
}

/// What stands in place of the criterion where a reply was no answer and its question is asked again.
pub const ASKED_AGAIN: &str = "asked again";

/// Remembers replies that were no answers and whose questions are asked again: so many of each class.
pub fn put_again(db: &Db, job: i64, again: &[(Class, u64)], now_ms: i64) -> Result<()> {
    for (class, n) in again {
        let call = CallFact {
            ticket: None,
            criterion: ASKED_AGAIN.to_owned(),
            class: class.name(),
            tokens: None,
            micros: None,
            took_ms: 0,
        };
        for _ in 0..*n {
            put_call(db, job, &call, now_ms)?;
        }
    }
    Ok(())
}

/// What a batch of finished work adds to its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Finished pieces.
    pub done: u64,
    /// Of these, taken from the cache.
    pub cached: u64,
    /// Calls made.
    pub calls: u64,
    /// Calls without a price.
    pub unpriced: u64,
}

/// Adds to a job's counts.
pub fn advance(db: &Db, job: i64, by: Progress, now_ms: i64) -> Result<()> {
    let sql = "UPDATE job SET done = done + ?2, cached = cached + ?3, calls = calls + ?4, unpriced = unpriced + ?5,
                 changed_ms = ?6 WHERE row = ?1";
    db.exec(
        sql,
        args![job, by.done, by.cached, by.calls, by.unpriced, now_ms],
    )?;
    Ok(())
}

/// Remembers work that ended without a verdict.
pub fn put_failure(
    db: &Db,
    job: i64,
    place: (i64, &str, u32),
    class: Class,
    message: &str,
) -> Result<()> {
    let sql = "INSERT INTO job_failure (job, ticket, criterion, sample, class, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
               ON CONFLICT (job, ticket, criterion, sample) DO UPDATE SET class = excluded.class, message = excluded.message";
    db.exec(
        sql,
        args![job, place.0, place.1, place.2, class.name(), message],
    )?;
    Ok(())
}

/// Work that ended without an answer has one after all.
pub fn drop_failure(db: &Db, job: i64, place: (i64, &str, u32)) -> Result<()> {
    let sql =
        "DELETE FROM job_failure WHERE job = ?1 AND ticket = ?2 AND criterion = ?3 AND sample = ?4";
    db.exec(sql, args![job, place.0, place.1, place.2])?;
    Ok(())
}

/// The class of what kept a judge of this eval from answering about a ticket, the latest job's first.
pub fn failure_of(db: &Db, eval: i64, ticket: i64) -> Result<Option<String>> {
    let sql = "SELECT f.class FROM job j JOIN job_failure f ON f.job = j.row AND f.ticket = ?2
               WHERE j.eval = ?1 ORDER BY j.changed_ms DESC LIMIT 1";
    Ok(db
        .first(sql, args![eval, ticket], |row| row.string(0))?
        .flatten())
}

/// Tickets by class over a job on which work ended without an answer.
pub fn classes(db: &Db, job: i64) -> Result<Vec<(String, u64)>> {
    let sql = "SELECT class, count(DISTINCT ticket) FROM job_failure WHERE job = ?1 GROUP BY class ORDER BY class";
    db.query(sql, args![job], |row| {
        Ok((row.text(0)?.to_owned(), row.int(1)? as u64))
    })
}

const JOB: &str = "SELECT j.row, j.id, j.kind, e.name, j.title, j.wish, j.concurrency, j.max_micros, j.max_tokens, j.spent_micros,
  j.spent_tokens, j.lost_micros, j.lost_tokens, j.unpriced, j.total, j.done, j.calls, j.cached, j.started_ms, j.changed_ms,
  j.ended_ms, j.outcome, j.message, (SELECT count(*) FROM job_worker w WHERE w.job = j.row AND w.beat_ms > ?1)
  FROM job j LEFT JOIN eval e ON e.row = j.eval";

fn read(row: &Row<'_>) -> Result<(i64, Job)> {
    let damaged = || StoreError::Damaged("job".into());
    let job = Job {
        id: row.id(1)?,
        kind: row.text(2)?.to_owned(),
        eval: row.string(3)?.unwrap_or_default(),
        title: row.text(4)?.to_owned(),
        wish: Wish::read(row.text(5)?).ok_or_else(damaged)?,
        concurrency: row.int(6)? as u32,
        max_micros: row.maybe_int(7)?,
        max_tokens: row.maybe_int(8)?,
        spent_micros: row.int(9)?,
        spent_tokens: row.int(10)?,
        lost_micros: row.int(11)?,
        lost_tokens: row.int(12)?,
        unpriced: row.int(13)? as u64,
        total: row.int(14)? as u64,
        done: row.int(15)? as u64,
        calls: row.int(16)? as u64,
        cached: row.int(17)? as u64,
        started_ms: row.int(18)?,
        changed_ms: row.int(19)?,
        ended_ms: row.maybe_int(20)?,
        outcome: row.maybe_text(21)?.and_then(Outcome::read),
        message: row.string(22)?,
        workers: row.int(23)? as u32,
        failures: Vec::new(),
    };
    Ok((row.int(0)?, job))
}

/// All jobs, the latest first, with their failures by class.
pub fn all(db: &Db, now_ms: i64) -> Result<Vec<Job>> {
    let sql = format!("{JOB} ORDER BY j.changed_ms DESC LIMIT 200");
    listed(db, &sql, now_ms)
}

/// Those a worker is at, the latest first.
pub fn live(db: &Db, now_ms: i64) -> Result<Vec<Job>> {
    let sql = format!(
        "{JOB} WHERE EXISTS (SELECT 1 FROM job_worker w WHERE w.job = j.row AND w.beat_ms > ?1)
         ORDER BY j.changed_ms DESC LIMIT 200"
    );
    listed(db, &sql, now_ms)
}

fn listed(db: &Db, sql: &str, now_ms: i64) -> Result<Vec<Job>> {
    let jobs = db.query(sql, args![now_ms - SILENT_MS], read)?;
    jobs.into_iter()
        .map(|(row, job)| {
            Ok(Job {
                failures: classes(db, row)?,
                ..job
            })
        })
        .collect()
}

/// A job by id, with its local row.
pub fn get(db: &Db, id: &[u8; 16], now_ms: i64) -> Result<Option<(i64, Job)>> {
    let sql = format!("{JOB} WHERE j.id = ?2");
    let Some((row, job)) = db.first(&sql, args![now_ms - SILENT_MS, id], read)? else {
        return Ok(None);
    };
    let failures = classes(db, row)?;
    Ok(Some((row, Job { failures, ..job })))
}
