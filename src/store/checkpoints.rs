//! The log brought into the file beside the writer.
//!
//! Left alone, `SQLite` does so within whichever commit makes the log a thousand pages long, and that commit waits for two
//! syncs. A judge at work writes that much forty times in ten thousand answers, and all that while nothing can be asked,
//! because answers that are not written yet count as under way.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use super::db::Db;
use super::dialect::{self, LogCare};
use super::error::{Result, StoreError};

/// Pages (4 KiB each) by which the log grows until they are brought into the file beside the writer.
const BESIDE: i32 = 2_000;
/// Pages from which on the writer does it itself: a log that is written to all the while never begins anew otherwise.
/// Most of them are in the file by then.
const ITSELF: i32 = 8_000;
/// Pages from which on the writer waits for the thread beside it, where the disk is slower than what is written: 64 MiB.
const AT_MOST: i32 = 16_000;

/// The thread beside the writer. It opens the file when it is needed for the first time.
pub(super) struct Checkpoints(JoinHandle<()>);

impl Checkpoints {
    /// Starts it for a connection that writes.
    pub fn beside(db: &mut Db, path: &Path) -> Result<Self> {
        let (wake, woken) = sync_channel(1);
        let file = path.to_owned();
        let thread = std::thread::Builder::new()
            .name("docket-checkpoints".into())
            .spawn(move || run(&file, &woken))
            .map_err(|error| StoreError::Open {
                path: path.to_owned(),
                why: error.to_string(),
            })?;
        let mut log = Log { brought: 0, wake };
        dialect::watch_log(db, move |pages| log.care(pages))?;
        Ok(Self(thread))
    }

    /// Waits for it to end, which it does once the connection it was started for is closed.
    pub fn join(self) {
        let _ = self.0.join();
    }
}

/// The log as the writer sees it.
struct Log {
    /// Pages it held when the thread was woken last.
    brought: i32,
    wake: SyncSender<()>,
}

impl Log {
    /// What the writer itself does about it; wakes the thread where that is enough.
    fn care(&mut self, pages: i32) -> LogCare {
        if pages < self.brought {
            // It began anew.
            self.brought = 0;
        }
        let mut alone = false;
        if pages - self.brought >= BESIDE {
            self.brought = pages;
            alone = matches!(self.wake.try_send(()), Err(TrySendError::Disconnected(())));
        }
        match pages {
            AT_MOST.. => LogCare::Insist,
            ITSELF.. => LogCare::Bring,
            _ if alone => LogCare::Bring,
            _ => LogCare::Leave,
        }
    }
}

/// Brings the log into the file whenever it is woken. Where that fails it ends, and the writer does it from then on.
fn run(path: &Path, woken: &Receiver<()>) {
    if woken.recv().is_err() {
        return;
    }
    let Ok(db) = dialect::open_writer(path, false) else {
        return;
    };
    while dialect::checkpoint_passive(&db).is_ok() && woken.recv().is_ok() {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_writer_does_it_itself_where_the_log_grows_long_or_nobody_else_does() {
        let (wake, woken) = sync_channel(1);
        let mut log = Log { brought: 0, wake };
        let mut at = |pages| (log.care(pages), woken.try_recv().is_ok());
        assert_eq!(at(BESIDE - 1), (LogCare::Leave, false), "it is short");
        assert_eq!(at(BESIDE), (LogCare::Leave, true));
        assert_eq!(at(BESIDE + 1), (LogCare::Leave, false), "hardly longer");
        assert_eq!(at(2 * BESIDE), (LogCare::Leave, true));
        assert_eq!(at(ITSELF).0, LogCare::Bring);
        assert_eq!(at(AT_MOST).0, LogCare::Insist);
        assert_eq!(at(10), (LogCare::Leave, false), "it began anew");
        assert_eq!(at(BESIDE), (LogCare::Leave, true));
        drop(woken);
        assert_eq!(log.care(3 * BESIDE), LogCare::Bring, "nobody else does it");
    }

    /// Frames of a log, by its length.
    fn pages(log: &Path) -> u64 {
        std::fs::metadata(log).unwrap().len() / 4096
    }

    #[test]
    fn a_log_that_is_written_to_all_the_while_stays_bounded_and_the_file_gets_everything() {
        let dir = tempfile::tempdir().unwrap();
        let (path, log) = (dir.path().join("w.db"), dir.path().join("w.db-wal"));
        let mut db = dialect::open_writer(&path, true).unwrap();
        dialect::durability(&db, dialect::Durability::Bulk).unwrap();
        let beside = Checkpoints::beside(&mut db, &path).unwrap();
        db.script("CREATE TABLE t (row INTEGER PRIMARY KEY, body BLOB)")
            .unwrap();
        for _ in 0..300 {
            db.script("INSERT INTO t (body) VALUES (zeroblob(400000))")
                .unwrap();
            // A hundred pages a commit. It begins anew with one at which the thread beside looks at nothing just then.
            assert!(
                pages(&log) < AT_MOST as u64 * 3 / 2,
                "{} pages",
                pages(&log)
            );
        }
        assert!(pages(&log) > BESIDE as u64);
        drop(db);
        beside.join();
        assert!(!log.exists(), "whoever closes last brings the rest in");
        let db = dialect::open_reader(&path).unwrap();
        assert_eq!(db.number("SELECT count(*) FROM t", &[]).unwrap(), 300);
    }
}
