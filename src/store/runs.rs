//! Run groups, runs and what they have of each item.

pub mod kept;
pub mod readings;
pub mod scores;

use super::changed;
use super::db::{Db, Row};
use super::error::{Result, StoreError};
use crate::domain::ids::{DatasetId, EvalId, GroupId, OutputId, RunId};
use crate::domain::run::{Run, RunGroup};

use super::datasets::Ranges;

/// Writes groups and runs as the ledger has them.
pub(super) fn put<'a>(
    db: &Db,
    groups: impl Iterator<Item = &'a RunGroup>,
    runs: impl Iterator<Item = &'a Run>,
) -> Result<()> {
    let damaged = |_| StoreError::Damaged("run group".into());
    for group in groups {
        let body = serde_json::to_string(group).map_err(damaged)?;
        db.exec(
            "INSERT INTO run_group (id, name, tickets, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body WHERE run_group.body <> excluded.body",
            args![&group.id.0, &group.name, &group.tickets.0, &body],
        )?;
    }
    for (place, run) in runs.enumerate() {
        let body = serde_json::to_string(run).map_err(damaged)?;
        db.exec(
            "INSERT INTO run (id, run_group, place, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET place = excluded.place, body = excluded.body
               WHERE run.place <> excluded.place OR run.body <> excluded.body",
            args![&run.id.0, &run.group.0, place as i64, &body],
        )?;
    }
    Ok(())
}

fn read_group(row: &Row<'_>) -> Result<RunGroup> {
    serde_json::from_str(row.text(0)?).map_err(|_| StoreError::Damaged("run group".into()))
}

/// A group by name.
pub fn group_named(db: &Db, name: &str) -> Result<Option<RunGroup>> {
    let sql = "SELECT body FROM run_group WHERE name = ?1";
    db.first(sql, args![name], read_group)
}

/// The group whose tickets an eval holds.
pub fn group_of(db: &Db, eval: &EvalId) -> Result<Option<RunGroup>> {
    let sql = "SELECT body FROM run_group WHERE tickets = ?1";
    db.first(sql, args![&eval.0], read_group)
}

/// All groups, by name.
pub fn groups(db: &Db) -> Result<Vec<RunGroup>> {
    db.query("SELECT body FROM run_group ORDER BY name", &[], read_group)
}

/// The runs of a group, in the order they were made.
pub fn runs(db: &Db, group: &GroupId) -> Result<Vec<Run>> {
    let sql = "SELECT body FROM run WHERE run_group = ?1 ORDER BY place";
    db.query(sql, args![&group.0], |row| {
        serde_json::from_str(row.text(0)?).map_err(|_| StoreError::Damaged("run".into()))
    })
}

/// The rows of a dataset's version of this number.
pub fn version_rows(db: &Db, dataset: &DatasetId, number: u64) -> Result<Ranges> {
    let sql = "SELECT lo, hi FROM dataset_range WHERE dataset = ?1 AND added <= ?2 AND (removed IS NULL OR removed > ?2)
               ORDER BY lo";
    Ok(Ranges::of(db.query(
        sql,
        args![&dataset.0, number],
        |row| Ok((row.int(0)?, row.int(1)?)),
    )?))
}

/// The number of a dataset's current version; 0 if it has none.
pub fn version_number(db: &Db, dataset: &DatasetId) -> Result<u64> {
    let sql = "SELECT max(number) FROM dataset_version WHERE dataset = ?1";
    Ok(db.number(sql, args![&dataset.0])? as u64)
}

/// What a run has of an item.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RunRow {
    /// Local row of the item.
    pub item: i64,
    /// Local row of the output.
    pub output: Option<i64>,
    /// Local row of its ticket.
    pub ticket: Option<i64>,
    /// Why there is no output: class and words.
    pub failure: Option<(String, String)>,
    /// Tokens of the question.
    pub input: Option<u64>,
    /// Of these, from the endpoint's cache.
    pub cached_input: Option<u64>,
    /// Tokens of the reply.
    pub output_tokens: Option<u64>,
    /// Of these, hidden reasoning.
    pub reasoning: Option<u64>,
    /// Millionths; `None` is unpriced.
    pub micros: Option<i64>,
    /// Milliseconds until the reply was complete.
    pub latency_ms: Option<u64>,
    /// Milliseconds until its first token, where that is told.
    pub first_ms: Option<u64>,
    /// Whether the reply was made for an earlier run.
    pub reused: bool,
}

const ROW: &str = "item, output, ticket, class, message, input, cached_input, output_tokens, reasoning, micros, latency_ms,
  first_ms, reused";

fn read_row(row: &Row<'_>) -> Result<RunRow> {
    let number = |at| Ok::<_, StoreError>(row.maybe_int(at)?.map(|n| n as u64));
    let class = row.string(3)?;
    let message = row.string(4)?.unwrap_or_default();
    Ok(RunRow {
        item: row.int(0)?,
        output: row.maybe_int(1)?,
        ticket: row.maybe_int(2)?,
        failure: class.map(|class| (class, message)),
        input: number(5)?,
        cached_input: number(6)?,
        output_tokens: number(7)?,
        reasoning: number(8)?,
        micros: row.maybe_int(9)?,
        latency_ms: number(10)?,
        first_ms: number(11)?,
        reused: row.int(12)? != 0,
    })
}

/// Keeps what a run has of an item. A reply replaces a failure; a reply that is there stays. `false` if it stays.
pub fn put_row(db: &Db, run: &RunId, row: &RunRow) -> Result<bool> {
    let (class, message) = match &row.failure {
        Some((class, message)) => (Some(class.as_str()), Some(message.as_str())),
        None => (None, None),
    };
    let sql = format!(
        "INSERT INTO run_row (run, {ROW}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
         ON CONFLICT (run, item) DO UPDATE SET output = excluded.output, ticket = excluded.ticket, class = excluded.class,
           message = excluded.message, input = excluded.input, cached_input = excluded.cached_input,
           output_tokens = excluded.output_tokens, reasoning = excluded.reasoning, micros = excluded.micros,
           latency_ms = excluded.latency_ms, first_ms = excluded.first_ms, reused = excluded.reused
         WHERE run_row.class IS NOT NULL"
    );
    let written = db.exec(
        &sql,
        args![
            &run.0,
            row.item,
            row.output,
            row.ticket,
            class,
            message,
            row.input,
            row.cached_input,
            row.output_tokens,
            row.reasoning,
            row.micros,
            row.latency_ms,
            row.first_ms,
            row.reused,
        ],
    )?;
    if written > 0 {
        changed::of_run(db, run)?;
    }
    Ok(written > 0)
}

/// What a run has of one item.
pub fn row(db: &Db, run: &RunId, item: i64) -> Result<Option<RunRow>> {
    let sql = format!("SELECT {ROW} FROM run_row WHERE run = ?1 AND item = ?2");
    db.first(&sql, args![&run.0, item], read_row)
}

/// Every row of a run, by item: the item and the class of its failure, if it has no output.
pub fn states(db: &Db, run: &RunId) -> Result<Vec<(i64, Option<String>)>> {
    let sql = "SELECT item, class FROM run_row WHERE run = ?1 ORDER BY item";
    db.query(sql, args![&run.0], |row| Ok((row.int(0)?, row.string(1)?)))
}

/// Every row of a run with its output.
pub fn outputs(db: &Db, run: &RunId) -> Result<Vec<(i64, Option<OutputId>)>> {
    let sql = "SELECT r.item, o.id FROM run_row r LEFT JOIN output o ON o.row = r.output WHERE r.run = ?1 ORDER BY r.item";
    db.query(sql, args![&run.0], |row| {
        Ok((row.int(0)?, row.maybe_id(1)?.map(OutputId)))
    })
}

/// Milliseconds until each reply of a run was complete, and until its first token, of those that tell.
pub fn times(db: &Db, run: &RunId) -> Result<(Vec<f64>, Vec<f64>)> {
    let sql = "SELECT latency_ms, first_ms FROM run_row WHERE run = ?1 AND output IS NOT NULL";
    let (mut whole, mut first) = (Vec::new(), Vec::new());
    db.each(sql, args![&run.0], |row| {
        whole.extend(row.maybe_int(0)?.map(|ms| ms as f64));
        first.extend(row.maybe_int(1)?.map(|ms| ms as f64));
        Ok(true)
    })?;
    Ok((whole, first))
}

/// How many items a run has an output of, and how many failed, by class.
pub fn tally(db: &Db, run: &RunId) -> Result<(u64, Vec<(String, u64)>)> {
    let sql = "SELECT class, count(*) FROM run_row WHERE run = ?1 GROUP BY class ORDER BY class";
    let mut answered = 0;
    let mut failed = Vec::new();
    db.each(sql, args![&run.0], |row| {
        let n = row.int(1)? as u64;
        match row.string(0)? {
            None => answered = n,
            Some(class) => failed.push((class, n)),
        }
        Ok(true)
    })?;
    Ok((answered, failed))
}

/// Remembers which row answers a question.
pub fn put_key(db: &Db, key: &[u8; 32], run: &RunId, item: i64) -> Result<()> {
    let sql =
        "INSERT INTO run_key (key, run, item) VALUES (?1, ?2, ?3) ON CONFLICT (key) DO NOTHING";
    db.exec(sql, args![&key[..], &run.0, item])?;
    Ok(())
}

/// The row that answers a question.
pub fn by_key(db: &Db, key: &[u8; 32]) -> Result<Option<RunRow>> {
    let sql = "SELECT run, item FROM run_key WHERE key = ?1";
    let found = db.first(sql, args![&key[..]], |row| {
        Ok((RunId(row.id(0)?), row.int(1)?))
    })?;
    let Some((run, item)) = found else {
        return Ok(None);
    };
    Ok(row(db, &run, item)?.filter(|row| row.output.is_some()))
}

/// An output that was logged for an item, as the eval's tickets show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedOutput {
    /// Local row of the item.
    pub item: i64,
    /// Local row of the output.
    pub output: i64,
    /// Local row of the ticket in the eval.
    pub ticket: i64,
    /// Model name, as logged.
    pub model: Option<String>,
    /// The failure, if the call failed.
    pub error: Option<String>,
    /// Tokens of the question.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer.
    pub completion_tokens: Option<u64>,
    /// Millionths.
    pub micros: Option<i64>,
    /// Milliseconds.
    pub latency_ms: Option<u64>,
    /// Its place among the outputs of its record.
    pub place: usize,
}

/// The record an output came in; `None` where it is no text.
pub fn record_of(db: &Db, output: i64) -> Result<Option<String>> {
    let sql = "SELECT r.body FROM output o JOIN raw r ON r.row = o.raw WHERE o.row = ?1";
    let found = db.first(sql, args![output], |row| {
        Ok(String::from_utf8(row.blob(0)?.to_vec()).ok())
    })?;
    Ok(found.flatten())
}

/// Every single output an eval reviews, by item; those of one item in the order of their row, then by identity.
pub fn logged(db: &Db, eval: i64) -> Result<Vec<LoggedOutput>> {
    let sql = "SELECT t.item, o.row, t.row, o.model, o.error, o.prompt_tokens, o.completion_tokens, o.cost_micros, o.latency_ms,
                 o.position FROM ticket t JOIN output o ON o.row = t.output WHERE t.eval = ?1 AND t.outputs = 1
               ORDER BY t.item, o.position, o.id";
    db.query(sql, args![eval], |row| {
        let number = |at| Ok::<_, StoreError>(row.maybe_int(at)?.map(|n| n as u64));
        Ok(LoggedOutput {
            item: row.int(0)?,
            output: row.int(1)?,
            ticket: row.int(2)?,
            model: row.string(3)?,
            error: row.string(4)?,
            prompt_tokens: number(5)?,
            completion_tokens: number(6)?,
            micros: row.maybe_int(7)?,
            latency_ms: number(8)?,
            place: row.int(9)? as usize,
        })
    })
}

/// Whether an eval reviews any single output.
pub fn has_logged(db: &Db, eval: &EvalId) -> Result<bool> {
    let sql = "SELECT count(*) FROM (SELECT 1 FROM eval e JOIN ticket t ON t.eval = e.row WHERE e.id = ?1 AND t.outputs = 1 LIMIT 1)";
    Ok(db.number(sql, args![&eval.0])? > 0)
}

/// Feature and tags of an item's outputs in an eval, as an import gives them.
pub fn labels_of(db: &Db, eval: i64, item: i64) -> Result<(Option<String>, Option<String>)> {
    let sql = "SELECT o.feature, o.tags FROM ticket t JOIN output o ON o.row = t.output
               WHERE t.item = ?2 AND t.eval = ?1 ORDER BY o.position, o.id LIMIT 1";
    let found = db.first(sql, args![eval, item], |row| {
        Ok((row.string(0)?, row.string(1)?))
    })?;
    Ok(found.unwrap_or_default())
}

/// Characters of an item's request, of its reference and of what was logged: what an estimate rests on.
pub fn sizes(db: &Db, eval: i64, items: &[i64]) -> Result<(u64, u64)> {
    let sql = "SELECT coalesce(length(i.request), i.request_len, 0),
                 coalesce((SELECT max(t.chars) FROM ticket t WHERE t.item = i.row AND t.eval = ?2), 0)
               FROM item i WHERE i.row = ?1";
    let mut sum = (0, 0);
    for item in items {
        let found = db.first(sql, args![*item, eval], |row| {
            Ok((row.int(0)? as u64, row.int(1)? as u64))
        })?;
        let (request, output) = found.unwrap_or_default();
        sum = (sum.0 + request, sum.1 + output);
    }
    Ok(sum)
}

/// The local row of an output.
pub fn output_row(db: &Db, id: &[u8; 16]) -> Result<Option<i64>> {
    db.first("SELECT row FROM output WHERE id = ?1", args![id], |row| {
        row.int(0)
    })
}

/// The local row of a ticket.
pub fn ticket_row(db: &Db, id: &[u8; 16]) -> Result<Option<i64>> {
    db.first("SELECT row FROM ticket WHERE id = ?1", args![id], |row| {
        row.int(0)
    })
}

/// The models a run's outputs name.
pub fn models(db: &Db, run: &RunId) -> Result<Vec<String>> {
    let sql = "SELECT DISTINCT o.model FROM run_row r JOIN output o ON o.row = r.output WHERE r.run = ?1 AND o.model IS NOT NULL
               ORDER BY o.model LIMIT 5";
    let names = db.query(sql, args![&run.0], |row| row.string(0))?;
    Ok(names.into_iter().flatten().collect())
}
