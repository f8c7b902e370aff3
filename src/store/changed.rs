//! How often something was written: what an answer that is kept can be held against.
//!
//! The numbers rise in the transaction that writes, so whoever reads the same number reads the same state of what it
//! stands for. They say nothing else: two files may count differently and hold the same.

use super::db::Db;
use super::error::Result;
use crate::domain::ids::RunId;

/// Something about the tickets of an eval, by its local row, was written.
pub(super) fn of_eval(db: &Db, eval: i64) -> Result<()> {
    let sql = "INSERT INTO changed (id, n) SELECT id, 1 FROM eval WHERE row = ?1
               ON CONFLICT (id) DO UPDATE SET n = changed.n + 1";
    db.exec(sql, args![eval])?;
    Ok(())
}

/// What a run has of an item was written.
pub(super) fn of_run(db: &Db, run: &RunId) -> Result<()> {
    let sql = "INSERT INTO changed (id, n) VALUES (?1, 1) ON CONFLICT (id) DO UPDATE SET n = changed.n + 1";
    db.exec(sql, args![&run.0])?;
    Ok(())
}

/// Every projection was made anew.
pub(super) fn everything(db: &Db) -> Result<()> {
    db.script(
        "INSERT INTO changed (id, n) SELECT id, 1 FROM eval WHERE true ON CONFLICT (id) DO UPDATE SET n = changed.n + 1",
    )
}

/// How often what an eval or a run stands for was written.
pub(super) fn times(db: &Db, id: &[u8; 16]) -> Result<i64> {
    db.number("SELECT n FROM changed WHERE id = ?1", args![id])
}
