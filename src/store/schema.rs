//! Migrations: an append-only list. Never reorder, never remove, never edit one that was released.
//!
//! Each step runs in its own transaction together with its number, so a killed upgrade leaves the version
//! before it. A file with a larger number than this list knows is refused.

use std::path::Path;

use super::db::Db;
use super::error::{Result, StoreError};

/// Marks the file as ours ("dckt").
const APPLICATION_ID: i64 = 0x6463_6b74;

/// The steps, in order. The number of a step is its position from 1.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_ledger.sql"),
    include_str!("migrations/0002_search.sql"),
    include_str!("migrations/0003_judge.sql"),
    include_str!("migrations/0004_language.sql"),
    include_str!("migrations/0005_runs.sql"),
    include_str!("migrations/0006_datasets.sql"),
    include_str!("migrations/0007_kept.sql"),
];

/// Indexes that a first import builds after loading, which costs about half of keeping them meanwhile.
/// Until they exist the file is marked `bulk`, and opening it finishes them.
const SECONDARY: &[(&str, &str)] = &[
    (
        "raw_id",
        "CREATE UNIQUE INDEX IF NOT EXISTS raw_id ON raw (id)",
    ),
    (
        "item_id",
        "CREATE UNIQUE INDEX IF NOT EXISTS item_id ON item (id)",
    ),
    (
        "item_cluster",
        "CREATE INDEX IF NOT EXISTS item_cluster ON item (cluster)",
    ),
    (
        "output_id",
        "CREATE UNIQUE INDEX IF NOT EXISTS output_id ON output (id)",
    ),
    (
        "output_item",
        "CREATE INDEX IF NOT EXISTS output_item ON output (item)",
    ),
    (
        "ticket_id",
        "CREATE UNIQUE INDEX IF NOT EXISTS ticket_id ON ticket (id)",
    ),
    (
        "ticket_item",
        "CREATE INDEX IF NOT EXISTS ticket_item ON ticket (item)",
    ),
    (
        "ticket_arrival",
        "CREATE INDEX IF NOT EXISTS ticket_arrival ON ticket (eval)",
    ),
    (
        "ticket_plan",
        "CREATE INDEX IF NOT EXISTS ticket_plan ON ticket (eval, plan_key)",
    ),
    // The next ticket of the plan, however many before it are settled.
    (
        "ticket_waiting",
        "CREATE INDEX IF NOT EXISTS ticket_waiting ON ticket (eval, plan_key) WHERE state < 2",
    ),
    (
        "ticket_time",
        "CREATE INDEX IF NOT EXISTS ticket_time ON ticket (eval, time_ms)",
    ),
    (
        "ticket_chars",
        "CREATE INDEX IF NOT EXISTS ticket_chars ON ticket (eval, chars)",
    ),
    (
        "ticket_state",
        "CREATE INDEX IF NOT EXISTS ticket_state ON ticket (eval, state) WHERE state > 0",
    ),
    (
        "ticket_judge",
        "CREATE INDEX IF NOT EXISTS ticket_judge ON ticket (eval, judge_key)",
    ),
    (
        "ticket_model",
        "CREATE INDEX IF NOT EXISTS ticket_model ON ticket (eval, model)",
    ),
    (
        "ticket_feature",
        "CREATE INDEX IF NOT EXISTS ticket_feature ON ticket (eval, feature)",
    ),
];

/// The newest schema this program knows.
pub fn newest() -> i64 {
    MIGRATIONS.len() as i64
}

/// Brings the file up to date.
pub fn migrate(db: &Db, path: &Path) -> Result<()> {
    migrate_with(db, path, MIGRATIONS)
}

fn migrate_with(db: &Db, path: &Path, steps: &[&str]) -> Result<()> {
    let found = db.number("PRAGMA user_version", &[])?;
    if found > steps.len() as i64 {
        return Err(StoreError::Newer {
            path: path.to_owned(),
            found,
            known: steps.len() as i64,
        });
    }
    let ours = db.number("PRAGMA application_id", &[])? == APPLICATION_ID;
    if !ours && db.number("SELECT count(*) FROM sqlite_master", &[])? > 0 {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    if found == steps.len() as i64 {
        return Ok(());
    }
    db.write(|db| {
        // Another process may have migrated while this one waited for the lock.
        let found = db.number("PRAGMA user_version", &[])?;
        for (at, step) in steps.iter().enumerate().skip(found as usize) {
            db.script(step)?;
            db.script(&format!("PRAGMA user_version = {}", at + 1))?;
        }
        db.script(&format!("PRAGMA application_id = {APPLICATION_ID}"))
    })
}

/// Builds the indexes that are missing, one transaction each; cheap when none is.
pub fn finish_indexes(db: &Db) -> Result<()> {
    for (name, sql) in SECONDARY {
        let there = db.number(
            "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = ?1",
            args![*name],
        )?;
        if there == 0 {
            db.write(|db| db.script(sql))?;
        }
    }
    Ok(())
}

/// Whether the secondary indexes are there, that is, no load without them is going on.
pub fn has_indexes(db: &Db) -> Result<bool> {
    for (name, _) in SECONDARY {
        let sql = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name = ?1";
        if db.number(sql, args![*name])? == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Drops the secondary indexes of a workspace that holds no items yet.
pub fn drop_indexes(db: &Db) -> Result<()> {
    for (name, _) in SECONDARY {
        db.script(&format!("DROP INDEX IF EXISTS {name}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn memory() -> Db {
        Db(rusqlite::Connection::open_in_memory().unwrap())
    }

    #[test]
    fn an_empty_file_gets_the_newest_schema_and_a_second_run_changes_nothing() {
        let db = memory();
        migrate(&db, Path::new("w.db")).unwrap();
        migrate(&db, Path::new("w.db")).unwrap();
        finish_indexes(&db).unwrap();
        assert_eq!(db.number("PRAGMA user_version", &[]).unwrap(), newest());
    }

    #[test]
    fn a_failed_step_leaves_the_version_before_it() {
        let db = memory();
        let steps = [
            "CREATE TABLE a (x INTEGER) STRICT",
            "CREATE TABLE b (y INTEGER) STRICT; BROKEN",
        ];
        assert!(migrate_with(&db, Path::new("w.db"), &steps).is_err());
        assert_eq!(db.number("PRAGMA user_version", &[]).unwrap(), 0);
        assert_eq!(
            db.number("SELECT count(*) FROM sqlite_master", &[])
                .unwrap(),
            0
        );
    }

    #[test]
    fn a_workspace_from_before_comparisons_were_kept_gets_the_counts_they_need() {
        let db = memory();
        let path = Path::new("w.db");
        migrate_with(&db, path, &MIGRATIONS[..6]).unwrap();
        db.script(
            "INSERT INTO judge (row, id, name, body) VALUES (1, x'aa', 'j', '{}');
             INSERT INTO eval (row, id, name, body) VALUES (1, x'01', 'june', '{}');
             INSERT INTO run_group (id, name, tickets, body) VALUES (x'02', 'june', x'01', '{}');
             INSERT INTO ticket (row, id, eval, item, output, outputs, plan, plan_key, time_ms, chars)
               VALUES (1, x'11', 1, 1, 1, 1, 1, 1, 0, 0), (2, x'12', 1, 2, 2, 1, 1, 2, 0, 0);
             INSERT INTO group_score (ticket, judge, score, pass) VALUES (1, 1, 0.5, 0), (2, 1, 1.0, 1);
             INSERT INTO verdict (id, ticket, criterion, judge, sample, body)
               VALUES (x'21', 1, 'q', 1, 0, '{\"badge\":\"by hand\"}'), (x'22', 2, 'q', 1, 0, '{}');",
        )
        .unwrap();
        migrate(&db, path).unwrap();
        let readers = "SELECT n FROM tally WHERE eval = 1 AND field = 'reader' AND value = 'aa'";
        assert_eq!(db.number(readers, &[]).unwrap(), 2);
        let badges =
            "SELECT count(*) FROM group_badge WHERE eval = 1 AND judge = 1 AND badge = 'by hand'";
        assert_eq!(db.number(badges, &[]).unwrap(), 1);
    }

    #[test]
    fn a_newer_file_is_refused_by_name() {
        let db = memory();
        db.script("PRAGMA user_version = 99").unwrap();
        let error = migrate(&db, Path::new("w.db")).unwrap_err().to_string();
        assert!(
            error.contains("w.db") && error.contains("newer docket"),
            "{error}"
        );
    }

    #[test]
    fn a_foreign_database_is_refused_and_left_alone() {
        let db = memory();
        db.script("CREATE TABLE theirs (x INTEGER)").unwrap();
        assert!(matches!(
            migrate(&db, Path::new("w.db")),
            Err(StoreError::Foreign(_))
        ));
        assert_eq!(
            db.number("SELECT count(*) FROM sqlite_master", &[])
                .unwrap(),
            1
        );
    }

    #[test]
    fn the_ledger_refuses_update_and_delete() {
        let db = memory();
        migrate(&db, Path::new("w.db")).unwrap();
        db.exec(
            "INSERT INTO event (id, hlc, reviewer, kind, schema, action, body) VALUES (x'01', 1, 'a', 'note', 1, x'02', '{}')",
            &[],
        )
        .unwrap();
        assert!(db.exec("UPDATE event SET reviewer = 'b'", &[]).is_err());
        assert!(db.exec("DELETE FROM event", &[]).is_err());
    }
}
