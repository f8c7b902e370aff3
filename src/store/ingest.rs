//! Loading facts in batches: raw records, items, outputs, tickets, and the decisions that came with them.
//!
//! Importing is idempotent because every fact is named by its content; a row that is known adds nothing.
//! Into an empty workspace facts are loaded without secondary indexes, which are built once at the end;
//! meanwhile ids are compared in memory, and rows that may be duplicates wait until the indexes exist.

mod facts;
mod write;

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use super::db::Db;
use super::error::Result;
use super::schema;
pub use facts::{Added, Batch, ItemFact, OutputFact, Piece, RowFacts, Target, VerdictFact};
use write::Work;

/// Loads batches. One per import.
pub struct Loader {
    bulk: bool,
    seen_raws: Prefixes,
    seen_items: Prefixes,
    /// Rows that need the indexes, by local row of their source.
    waiting: Vec<(i64, Batch)>,
    waiting_bytes: usize,
    ranges: Vec<(i64, i64)>,
}

/// Rows a bulk load keeps in memory ids of; beyond, it builds the indexes and goes on with them.
const BULK_ROWS: usize = 1_500_000;

/// Bytes of rows that may wait for the indexes: possible duplicates, and rows with decisions, whose tickets
/// have to be found to be folded.
const WAITING_BYTES: usize = 8 << 20;

impl Loader {
    /// Starts a load. `bulk` only if [`begin_bulk`] said so.
    pub fn new(bulk: bool) -> Self {
        Self {
            bulk,
            seen_raws: Prefixes::default(),
            seen_items: Prefixes::default(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            ranges: Vec::new(),
        }
    }

    /// Whether rows are loaded without secondary indexes at the moment.
    pub fn is_bulk(&self) -> bool {
        self.bulk
    }

    /// Whether the indexes should be built before more rows come.
    pub fn wants_indexes(&self) -> bool {
        self.bulk && (self.seen_raws.len() >= BULK_ROWS || self.waiting_bytes >= WAITING_BYTES)
    }

    /// To be called once the indexes exist: returns the rows that waited, to be loaded next, each batch with the
    /// local row of its source.
    pub fn indexed(&mut self) -> Vec<(i64, Batch)> {
        self.bulk = false;
        self.waiting_bytes = 0;
        self.seen_raws = Prefixes::default();
        self.seen_items = Prefixes::default();
        std::mem::take(&mut self.waiting)
    }

    /// Local rows of the items this load touched, as ranges, in no particular order.
    pub fn item_ranges(&self) -> &[(i64, i64)] {
        &self.ranges
    }

    /// Loads a batch inside the caller's transaction.
    pub fn load(
        &mut self,
        db: &Db,
        source: i64,
        target: Option<&Target>,
        batch: &Batch,
    ) -> Result<Added> {
        let mut added = Added::default();
        let mut work = Work::new(db, source, target);
        for row in &batch.rows {
            let body = &batch.arena[row.raw.clone()];
            if self.bulk && self.must_wait(row) {
                self.wait(source, row, body);
                continue;
            }
            let item = work.row(row, body, &mut added)?;
            self.touched(item);
        }
        work.finish()?;
        Ok(added)
    }

    fn must_wait(&mut self, row: &RowFacts) -> bool {
        let new_raw = self.seen_raws.insert(prefix(&row.raw_id.0));
        let new_item = self.seen_items.insert(prefix(&row.item.id.0));
        // Outputs of one row may be equal only if their places differ, so the item decides for them.
        !(new_raw && new_item && row.events.is_empty() && row.verdicts.is_empty())
    }

    fn wait(&mut self, source: i64, row: &RowFacts, body: &[u8]) {
        if self.waiting.last().is_none_or(|(last, _)| *last != source) {
            self.waiting.push((source, Batch::default()));
        }
        let Some((_, batch)) = self.waiting.last_mut() else {
            return;
        };
        let start = batch.arena.len();
        batch.arena.extend_from_slice(body);
        batch.rows.push(RowFacts {
            raw: start..batch.arena.len(),
            ..row.clone()
        });
        // What a row takes beside its text, roughly.
        self.waiting_bytes += body.len() + 512 * (1 + row.events.len() + row.verdicts.len());
    }

    fn touched(&mut self, item: i64) {
        match self.ranges.last_mut() {
            Some((_, hi)) if *hi + 1 == item => *hi = item,
            Some((lo, hi)) if (*lo..=*hi).contains(&item) => {}
            _ => self.ranges.push((item, item)),
        }
    }
}

/// Prefixes of ids, which are hashes already and need no further one.
type Prefixes = HashSet<u64, BuildHasherDefault<AsItIs>>;

#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

/// 64 bits of an id. Equal prefixes of different ids only make a row wait.
fn prefix(id: &[u8; 16]) -> u64 {
    u64::from_le_bytes([id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7]])
}

/// Starts a load without secondary indexes, if the workspace holds no items. `false` if it does, or if
/// another process has started such a load; then the indexes are there when this returns.
pub fn begin_bulk(db: &Db) -> Result<bool> {
    let bulk = db.write(|db| {
        let alone = is_empty(db)? && schema::has_indexes(db)?;
        if alone {
            schema::drop_indexes(db)?;
        }
        Ok(alone)
    })?;
    if !bulk {
        schema::finish_indexes(db)?;
    }
    Ok(bulk)
}

/// Tickets of outputs that are stored already, made where they are not there; returns their local rows.
pub fn tickets_of(db: &Db, target: &Target, outputs: &[i64]) -> Result<Vec<i64>> {
    let mut work = Work::new(db, 0, Some(target));
    let rows = outputs
        .iter()
        .map(|output| work.ticket_of(target, *output))
        .collect::<Result<Vec<_>>>()?;
    work.finish()?;
    Ok(rows)
}

/// Takes back a source that turned out to bring nothing new.
pub fn drop_source(db: &Db, row: i64) -> Result<()> {
    db.exec("DELETE FROM source WHERE row = ?1", args![row])
        .map(|_| ())
}

/// Whether a source of this identity is kept.
pub fn has_source(db: &Db, id: &[u8; 16]) -> Result<bool> {
    Ok(db.number("SELECT count(*) FROM source WHERE id = ?1", args![id])? > 0)
}

/// Keeps a source; returns its local row.
pub fn put_source(db: &Db, id: &[u8; 16], name: &str, format: &str, bytes: u64) -> Result<i64> {
    db.exec(
        "INSERT INTO source (id, name, format, bytes) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (id) DO NOTHING",
        args![id, name, format, bytes],
    )?;
    db.number("SELECT row FROM source WHERE id = ?1", args![id])
}

/// Keeps the SHA-256 of a source's file, or of the joined files, as it was read last.
pub fn seal_source(db: &Db, id: &[u8; 16], sha256: &str) -> Result<()> {
    db.exec(
        "UPDATE source SET sha256 = ?2 WHERE id = ?1",
        args![id, sha256],
    )
    .map(|_| ())
}

/// The names sources were imported under.
pub fn source_names(db: &Db) -> Result<Vec<String>> {
    db.query("SELECT name FROM source", &[], |row| {
        Ok(row.text(0)?.to_owned())
    })
}

/// Whether the workspace holds no items, so that a load may go without secondary indexes.
pub fn is_empty(db: &Db) -> Result<bool> {
    Ok(db.number("SELECT count(*) FROM (SELECT 1 FROM item LIMIT 1)", &[])? == 0)
}
