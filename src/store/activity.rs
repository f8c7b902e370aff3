//! Jobs as screens show them: with their eval, their judge and their latest calls.

use super::db::Db;
use super::error::{Result, StoreError};
use super::{jobs, verdicts};
use crate::domain::failure::Class;
use crate::domain::ids::EvalId;
use crate::domain::job::Job;
use crate::domain::judge_version::JudgeVersion;

/// A job with what a screen needs beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The job.
    pub job: Job,
    /// Its eval.
    pub eval: Option<EvalId>,
    /// Its judge.
    pub judge: Option<JudgeVersion>,
    /// Workers heard of lately, by their owner names.
    pub owners: Vec<String>,
    /// Its latest calls, of all the latest.
    pub calls: Vec<Lately>,
}

/// A call that ended lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lately {
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Local row of its ticket, where that is kept.
    pub ticket: Option<i64>,
    /// What came back, where that was no answer and is asked about again.
    pub again: Option<Class>,
}

/// Calls a rate is taken from: enough for a steady number, few enough to be read at once.
const LATEST_CALLS: i64 = 2_000;

/// Jobs as screens show them, the latest change first: all, or those a worker is at.
pub fn told(db: &Db, live: bool, now_ms: i64) -> Result<Vec<Told>> {
    let jobs = if live {
        jobs::live(db, now_ms)?
    } else {
        jobs::all(db, now_ms)?
    };
    jobs.into_iter()
        .map(|job| one_told(db, job, now_ms))
        .collect()
}

fn one_told(db: &Db, job: Job, now_ms: i64) -> Result<Told> {
    let sql = "SELECT j.row, e.id, g.name, g.body FROM job j LEFT JOIN eval e ON e.row = j.eval
               LEFT JOIN judge g ON g.row = j.judge WHERE j.id = ?1";
    let found = db.first(sql, args![&job.id], |row| {
        let judge = match (row.maybe_text(2)?, row.maybe_text(3)?) {
            (Some(name), Some(body)) => Some(verdicts::version(name, body)),
            _ => None,
        };
        Ok((row.int(0)?, row.maybe_id(1)?.map(EvalId), judge))
    })?;
    let Some((row, eval, judge)) = found else {
        return Err(StoreError::Damaged("job".into()));
    };
    let mut owners = jobs::workers(db, row)?;
    owners.retain(|(_, beat)| *beat > now_ms - jobs::SILENT_MS);
    let calls = if owners.is_empty() {
        Vec::new()
    } else {
        let sql = "SELECT at_ms, ticket, criterion, class
                   FROM (SELECT job, at_ms, ticket, criterion, class FROM call ORDER BY row DESC LIMIT ?2) WHERE job = ?1";
        db.query(sql, args![row, LATEST_CALLS], |row| {
            let again = row.text(2)? == jobs::ASKED_AGAIN;
            Ok(Lately {
                at_ms: row.int(0)?,
                ticket: row.maybe_int(1)?,
                again: Class::read(row.text(3)?).filter(|_| again),
            })
        })?
    };
    Ok(Told {
        job,
        eval,
        judge,
        owners: owners.into_iter().map(|(owner, _)| owner).collect(),
        calls,
    })
}
