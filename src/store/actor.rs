//! The thread that owns the write connection, and the connections that only read.
//!
//! Callers hand in a closure and wait for its answer; closures run one after the other, each in the
//! transaction it opens itself. Dropping the last handle lets the queued work finish and then closes the file.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::checkpoints::Checkpoints;
use super::db::Db;
use super::dialect;
use super::error::{Result, StoreError};

type Job = Box<dyn FnOnce(&Db) + Send>;

/// An open workspace file. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    path: PathBuf,
    jobs: Option<SyncSender<Job>>,
    writer: Option<JoinHandle<()>>,
    readers: Mutex<Vec<Db>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

/// Connections kept for reading; more are opened under load and closed again.
const READERS: usize = 2;

impl Store {
    /// Starts the writer on an opened connection.
    pub(super) fn start(path: &Path, mut db: Db) -> Result<Self> {
        let (jobs, queue) = sync_channel::<Job>(16);
        let checkpoints = Checkpoints::beside(&mut db, path)?;
        let writer = std::thread::Builder::new()
            .name("docket-writer".into())
            .spawn(move || {
                work(&db, &queue);
                drop(db);
                checkpoints.join();
            })
            .map_err(|error| StoreError::Open {
                path: path.to_owned(),
                why: error.to_string(),
            })?;
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            jobs: Some(jobs),
            writer: Some(writer),
            readers: Mutex::new(Vec::new()),
        })))
    }

    /// The workspace file.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Runs `work` on the write connection, outside any transaction, and waits for its answer.
    pub fn on_writer<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (reply, answer) = sync_channel(1);
        let job: Job = Box::new(move |db| {
            let _ = reply.send(work(db));
        });
        self.0
            .jobs
            .as_ref()
            .ok_or(StoreError::WriterGone)?
            .send(job)
            .map_err(|_| StoreError::WriterGone)?;
        let result = answer.recv().map_err(|_| StoreError::WriterGone)?;
        result.map_err(|error| error.on(self.path()))
    }

    /// Runs `work` in one transaction that is on disk when this returns.
    pub fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.on_writer(move |db| {
            dialect::durability(db, dialect::Durability::Full)?;
            db.write(work)
        })
    }

    /// Runs `work` in one transaction that is on disk at the next checkpoint: for leases, drafts and facts.
    pub fn write_light<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.on_writer(move |db| {
            dialect::durability(db, dialect::Durability::Bulk)?;
            db.write(work)
        })
    }

    /// Runs reads on one state of the workspace, beside whatever is being written.
    pub fn read<T>(&self, work: impl FnOnce(&Db) -> Result<T>) -> Result<T> {
        let db = match self.pool()?.pop() {
            Some(db) => db,
            None => dialect::open_reader(&self.0.path)?,
        };
        let result = db.snapshot(work).map_err(|error| error.on(self.path()));
        let mut pool = self.pool()?;
        if pool.len() < READERS {
            pool.push(db);
        }
        result
    }

    fn pool(&self) -> Result<std::sync::MutexGuard<'_, Vec<Db>>> {
        self.0.readers.lock().map_err(|_| StoreError::WriterGone)
    }
}

fn work(db: &Db, queue: &Receiver<Job>) {
    while let Ok(job) = queue.recv() {
        job(db);
    }
}
