//! The thread that hands batches to the store's writer, while the caller reads on.
//!
//! Two batches wait at most, so memory stays flat whatever is slower. A commit takes what has come in about
//! 40 ms, so that others who write (a reviewer beside an import) never wait long.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::super::{EngineError, Result};
use crate::store::ingest::{self, Added, Batch, Loader, Target};
use crate::store::{Db, Store, StoreError, dialect, schema};

/// How long one transaction goes on taking batches.
const COMMIT: Duration = Duration::from_millis(40);

/// How long a transaction waits for the next batch before it commits what it has.
const PATIENCE: Duration = Duration::from_millis(4);

/// Rows after which a transaction commits, however fast they come.
const COMMIT_ROWS: usize = 20_000;

/// Where the next batches come from.
#[derive(Debug, Clone)]
pub(super) struct SourceFact {
    /// H(name, first readable row): a log that grows stays the source it was.
    pub id: [u8; 16],
    /// The file's own name.
    pub name: String,
    /// Format, for people.
    pub format: String,
    /// In bytes.
    pub bytes: u64,
}

/// What goes to the thread, in this order: a target if there is one, then sources, each before its batches.
pub(super) enum Message {
    /// The eval that gets tickets.
    Target(Target),
    /// The next batches come from here.
    Source(SourceFact),
    /// Rows.
    Batch(Batch),
    /// A source was read to its end: its identity and the SHA-256 of its bytes.
    Sealed([u8; 16], String),
}

/// What the load did.
#[derive(Debug, Clone, Default)]
pub(super) struct Loaded {
    /// What was new.
    pub added: Added,
    /// Local rows of all items the rows are about.
    pub items: Vec<(i64, i64)>,
}

/// The other end is gone: the load failed, and says why when it is joined.
pub(super) struct Broken;

/// Hands messages to the thread; waits while two batches are on their way.
pub(super) struct Feed(SyncSender<Message>);

impl Feed {
    pub fn send(&self, message: Message) -> std::result::Result<(), Broken> {
        self.0.send(message).map_err(|_| Broken)
    }
}

/// Runs `read` on this thread, beside a load of what it feeds. `finishing` is called when the reading is over
/// and the load goes on.
pub(super) fn beside<T>(
    store: &Store,
    read: impl FnOnce(&Feed) -> Result<T>,
    finishing: impl FnOnce(),
) -> Result<(T, Loaded)> {
    let (feed, messages) = sync_channel(2);
    std::thread::scope(|scope| {
        let load = scope.spawn(move || load(store, messages));
        let feed = Feed(feed);
        let read = read(&feed);
        drop(feed);
        finishing();
        let loaded = load
            .join()
            .map_err(|_| EngineError::Store(StoreError::WriterGone))?;
        // Where both failed, the reading failed because the load did.
        let loaded = loaded?;
        Ok((read?, loaded))
    })
}

struct Load {
    loader: Loader,
    messages: Receiver<Message>,
    target: Option<Target>,
    source: Option<CurrentSource>,
    added: Added,
}

struct CurrentSource {
    row: i64,
    /// Made by this load, and nothing new came from it so far.
    idle: bool,
}

fn load(store: &Store, messages: Receiver<Message>) -> Result<Loaded> {
    let bulk = store.on_writer(ingest::begin_bulk)?;
    let load = Arc::new(Mutex::new(Load {
        loader: Loader::new(bulk),
        messages,
        target: None,
        source: None,
        added: Added::default(),
    }));
    loop {
        // The first message is waited for outside the writer, which others use too.
        let received = locked(&load)?.messages.recv();
        let Ok(first) = received else { break };
        let (shared, mut first) = (Arc::clone(&load), Some(first));
        store.on_writer(move |db| {
            dialect::durability(db, dialect::Durability::Bulk)?;
            let mut load = shared.lock().map_err(|_| StoreError::WriterGone)?;
            db.write(|db| first.take().map_or(Ok(()), |first| load.commit(db, first)))
        })?;
        let full = locked(&load)?.loader.wants_indexes();
        if full {
            finish_indexes(store, &load)?;
        }
    }
    finish_indexes(store, &load)?;
    let shared = Arc::clone(&load);
    store.on_writer(move |db| {
        let mut load = shared.lock().map_err(|_| StoreError::WriterGone)?;
        db.write(|db| load.leave_source(db))
    })?;
    let load = locked(&load)?;
    Ok(Loaded {
        added: load.added,
        items: load.loader.item_ranges().to_vec(),
    })
}

fn locked(load: &Mutex<Load>) -> Result<std::sync::MutexGuard<'_, Load>> {
    load.lock()
        .map_err(|_| EngineError::Store(StoreError::WriterGone))
}

/// Builds the indexes a load goes without, and loads what waited for them.
fn finish_indexes(store: &Store, load: &Arc<Mutex<Load>>) -> Result<()> {
    let bulk = locked(load)?.loader.is_bulk();
    if !bulk {
        return Ok(());
    }
    store.on_writer(schema::finish_indexes)?;
    let waiting = locked(load)?.loader.indexed();
    for (source, mut batch) in waiting {
        while !batch.rows.is_empty() {
            // In pieces: rows that waited carry decisions, which take longer.
            let rest = batch.rows.split_off(batch.rows.len().min(1_000));
            let part = Batch {
                arena: std::mem::take(&mut batch.arena),
                rows: std::mem::replace(&mut batch.rows, rest),
            };
            let shared = Arc::clone(load);
            batch.arena = store.on_writer(move |db| {
                let mut load = shared.lock().map_err(|_| StoreError::WriterGone)?;
                db.write(|db| load.batch(db, source, &part))?;
                Ok(part.arena)
            })?;
        }
    }
    Ok(())
}

impl Load {
    /// Takes messages until the time is up, all in the caller's transaction.
    fn commit(&mut self, db: &Db, first: Message) -> crate::store::Result<()> {
        let (started, mut rows, mut next) = (Instant::now(), 0, Some(first));
        while let Some(message) = next {
            match message {
                Message::Target(target) => self.target = Some(target),
                Message::Source(source) => self.enter_source(db, &source)?,
                Message::Sealed(id, sha256) => ingest::seal_source(db, &id, &sha256)?,
                Message::Batch(batch) => {
                    rows += batch.rows.len();
                    let source = self.source.as_ref().map_or(0, |source| source.row);
                    self.batch(db, source, &batch)?;
                }
            }
            if started.elapsed() >= COMMIT || rows >= COMMIT_ROWS || self.loader.wants_indexes() {
                break;
            }
            next = self.messages.recv_timeout(PATIENCE).ok();
        }
        Ok(())
    }

    fn batch(&mut self, db: &Db, source: i64, batch: &Batch) -> crate::store::Result<()> {
        let added = self.loader.load(db, source, self.target.as_ref(), batch)?;
        if let Some(current) = self.source.as_mut().filter(|current| current.row == source) {
            // A row that waits for the indexes may still turn out to be new.
            current.idle &= added.raws == 0 && !self.loader.is_bulk();
        }
        self.added += added;
        Ok(())
    }

    fn enter_source(&mut self, db: &Db, source: &SourceFact) -> crate::store::Result<()> {
        self.leave_source(db)?;
        let idle = !ingest::has_source(db, &source.id)?;
        let row = ingest::put_source(db, &source.id, &source.name, &source.format, source.bytes)?;
        self.source = Some(CurrentSource { row, idle });
        Ok(())
    }

    /// A file that brought nothing new, such as one imported before under another name, is not kept as a source.
    fn leave_source(&mut self, db: &Db) -> crate::store::Result<()> {
        match self.source.take() {
            Some(source) if source.idle => ingest::drop_source(db, source.row),
            _ => Ok(()),
        }
    }
}
