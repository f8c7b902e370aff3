//! What differs between `SQLite` and another database: opening, locking, change notice, backup, full text.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::OpenFlags;
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::hooks::Wal;

use super::db::Db;
use super::error::{Result, StoreError};
use crate::domain::eval::Mode;
use crate::domain::ids::TicketId;
use crate::domain::plan::is_audit;

/// How long a write waits for another process before it gives up.
const BUSY: Duration = Duration::from_secs(10);

/// Page cache of one connection, in KiB. What is looked at again is in the cache of the file system too: with 8 MiB no page
/// of a million tickets came sooner, and every connection held five more.
const CACHE_KIB: i64 = 3 * 1024;

/// How safely a transaction must be on disk before it counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// On disk at commit: for decisions.
    Full,
    /// On disk at the next checkpoint: for facts that an import can bring again.
    Bulk,
}

/// Opens a connection that may write, creating the file if `create`.
pub fn open_writer(path: &Path, create: bool) -> Result<Db> {
    let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if create {
        flags |= OpenFlags::SQLITE_OPEN_CREATE;
    }
    let db = open(path, flags)?;
    db.script("PRAGMA journal_mode = WAL; PRAGMA journal_size_limit = 67108864;")
        .map_err(|error| foreign(error, path))?;
    Ok(db)
}

/// Opens a connection that only reads.
pub fn open_reader(path: &Path) -> Result<Db> {
    let db = open(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    db.script("PRAGMA query_only = ON;")?;
    Ok(db)
}

fn open(path: &Path, flags: OpenFlags) -> Result<Db> {
    let failed = |error: &rusqlite::Error| StoreError::Open {
        path: path.to_owned(),
        why: error.to_string(),
    };
    let connection =
        rusqlite::Connection::open_with_flags(path, flags).map_err(|error| failed(&error))?;
    connection
        .busy_timeout(BUSY)
        .map_err(|error| failed(&error))?;
    connection.set_prepared_statement_cache_capacity(128);
    // Plans do not depend on the values bound, or else every use of a kept statement plans it anew.
    connection
        .set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)
        .map_err(|error| failed(&error))?;
    audit_function(&connection).map_err(|error| failed(&error))?;
    let db = Db(connection);
    db.script(&format!(
        "PRAGMA foreign_keys = ON; PRAGMA cache_size = -{CACHE_KIB}; PRAGMA temp_store = FILE; PRAGMA trusted_schema = OFF;"
    ))
    .map_err(|error| foreign(error, path))?;
    Ok(db)
}

/// `in_audit(ticket id, seed, share)`: whether a ticket of an assisted eval is in its blind audit share.
pub(super) fn audit_function(connection: &rusqlite::Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("in_audit", 3, flags, |given| {
        let id: [u8; 16] = given.get(0)?;
        let (seed, share): (i64, f64) = (given.get(1)?, given.get(2)?);
        Ok(is_audit(Mode::Assist, share, seed as u64, &TicketId(id)))
    })
}

fn foreign(error: StoreError, path: &Path) -> StoreError {
    match &error {
        StoreError::Sql(inner)
            if inner.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) =>
        {
            StoreError::Foreign(path.to_owned())
        }
        _ => error,
    }
}

/// Sets what the next transactions promise.
pub fn durability(db: &Db, wanted: Durability) -> Result<()> {
    db.script(match wanted {
        Durability::Full => "PRAGMA synchronous = FULL",
        Durability::Bulk => "PRAGMA synchronous = NORMAL",
    })
}

/// Makes everything committed so far durable and shortens the log if nobody reads an old state.
pub fn checkpoint(db: &Db) -> Result<()> {
    db.first("PRAGMA wal_checkpoint(TRUNCATE)", &[], |_| Ok(()))?;
    Ok(())
}

/// Makes the log durable without waiting for readers.
pub fn checkpoint_passive(db: &Db) -> Result<()> {
    db.first("PRAGMA wal_checkpoint(PASSIVE)", &[], |_| Ok(()))?;
    Ok(())
}

/// What a commit does about the log it has made longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogCare {
    /// Nothing.
    Leave,
    /// Brings it into the file, unless somebody else is at it.
    Bring,
    /// Brings it into the file, after whoever is at it.
    Insist,
}

/// How long a commit waits for whoever brings the log into the file, at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// Has `told` decide after every commit, by the pages the log holds then; by itself nothing is done about it any more.
pub fn watch_log(db: &mut Db, mut told: impl FnMut(i32) -> LogCare + Send + 'static) -> Result<()> {
    let hook = move |log: &mut Wal, pages| {
        let care = told(pages);
        let since = Instant::now();
        // It fails where somebody else is at it; what is committed stays so, and the next commit tries again.
        while care != LogCare::Leave
            && log.checkpoint().is_err()
            && care == LogCare::Insist
            && since.elapsed() < PATIENCE
        {
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    };
    db.0.wal_hook(Some(hook))?;
    Ok(())
}

/// A number that differs after any other connection, of this process or another, has committed.
pub fn change_counter(db: &Db) -> Result<i64> {
    db.number("PRAGMA data_version", &[])
}

/// Sets the page cache, in KiB.
pub fn set_cache(db: &Db, kib: i64) -> Result<()> {
    db.script(&format!("PRAGMA cache_size = -{kib}"))
}

/// Copies the workspace into `to` while others go on working.
pub fn backup(db: &Db, to: &Path) -> Result<()> {
    let mut target = rusqlite::Connection::open(to).map_err(|error| StoreError::Open {
        path: to.to_owned(),
        why: error.to_string(),
    })?;
    let copy = rusqlite::backup::Backup::new(&db.0, &mut target)?;
    copy.run_to_completion(2_000, Duration::from_millis(1), None)
        .map_err(|error| StoreError::from(error).on(to))
}

/// Says whether the file is sound: `None`, or what is wrong.
pub fn integrity(db: &Db) -> Result<Option<String>> {
    let said = db
        .first("PRAGMA integrity_check(5)", &[], |row| row.string(0))?
        .flatten()
        .unwrap_or_default();
    Ok((said != "ok").then_some(said))
}

/// Sets how much the full-text index gathers in memory before it writes.
pub fn search_room(db: &Db) -> Result<()> {
    db.script("INSERT INTO search (search, rank) VALUES ('hashsize', 16777216)")
}

/// A column as a plain value, so that the planner does not pick an index for it.
pub fn unindexed(column: &str) -> String {
    format!("+{column}")
}

/// The condition that an output of a ticket matches a full-text query, as a set or tested row by row.
pub fn matches(parameter: usize, as_set: bool) -> String {
    if as_set {
        // By way of the item, for which tickets have an index.
        format!(
            "t.row IN (SELECT k.row FROM output o JOIN ticket k ON k.item = o.item
               WHERE o.row IN (SELECT rowid FROM search WHERE search MATCH ?{parameter})
                 AND (k.output = o.row
                   OR o.row IN (SELECT x.output FROM ticket_output x WHERE x.ticket = k.row)))"
        )
    } else {
        format!(
            "(EXISTS (SELECT 1 FROM search WHERE search MATCH ?{parameter} AND rowid = t.output)
              OR t.outputs > 1 AND EXISTS (SELECT 1 FROM ticket_output x JOIN search ON search.rowid = x.output
                WHERE x.ticket = t.row AND search MATCH ?{parameter}))"
        )
    }
}

/// The condition that an output `o` matches a full-text query.
pub fn output_matches(parameter: usize) -> String {
    format!("o.row IN (SELECT rowid FROM search WHERE search MATCH ?{parameter})")
}

/// The items of the outputs that match a full-text query (`?1`) best, at most `?2`.
pub fn best_matches() -> String {
    "SELECT o.item FROM (SELECT rowid AS found, rank AS place FROM search WHERE search MATCH ?1 ORDER BY rank LIMIT ?2) b
       JOIN output o ON o.row = b.found ORDER BY b.place, o.row"
        .to_owned()
}

/// How many texts match, counted up to `limit`.
pub fn count_matches(db: &Db, query: &str, limit: u32) -> Result<u64> {
    let sql = "SELECT count(*) FROM (SELECT rowid FROM search WHERE search MATCH ?1 LIMIT ?2)";
    Ok(db.number(sql, args![query, limit])? as u64)
}

/// Runs `work` in a transaction that is kept only if `keep`: to see what a change would do.
pub fn rehearse<T>(db: &Db, keep: bool, work: impl FnOnce(&Db) -> Result<T>) -> Result<T> {
    durability(db, Durability::Full)?;
    db.script("BEGIN IMMEDIATE")?;
    let result = work(db);
    let end = if keep && result.is_ok() {
        "COMMIT"
    } else {
        "ROLLBACK"
    };
    db.script(end)?;
    result
}

#[cfg(test)]
mod tests {
    use rusqlite::StatementStatus;

    use super::*;

    #[test]
    fn a_kept_statement_is_planned_once_whatever_values_it_is_used_with() {
        let folder = tempfile::tempdir().unwrap();
        let db = open(
            &folder.path().join("w.db"),
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        )
        .unwrap();
        db.script(
            "CREATE TABLE a (row INTEGER PRIMARY KEY, n INTEGER, t INTEGER);
             CREATE INDEX a_n ON a (n); CREATE INDEX a_t ON a (t);
             INSERT INTO a WITH RECURSIVE s(v) AS (SELECT 1 UNION ALL SELECT v + 1 FROM s WHERE v < 1000) SELECT v, v % 2, v FROM s;
             ANALYZE;",
        )
        .unwrap();
        let sql = "SELECT count(*) FROM a WHERE n = ?1 AND t > ?2";
        let mut statement = db.0.prepare_cached(sql).unwrap();
        for n in 0..50_i64 {
            let rows = statement.query_map([n % 2, n * 20], |row| row.get::<_, i64>(0));
            assert_eq!(rows.unwrap().count(), 1);
        }
        assert_eq!(statement.get_status(StatementStatus::RePrepare), 0);
    }
}
