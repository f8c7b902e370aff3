//! Loading facts in batches: raw records, items, outputs, tickets, and the decisions that came with them.
//!
//! Importing is idempotent because every fact is named by its content; a row that is known adds nothing.
//! Into an empty workspace facts are loaded without secondary indexes, which are built once at the end;
//! meanwhile ids are compared in memory, and rows that may be duplicates wait until the indexes exist.

use std::collections::HashSet;
use std::ops::Range;

use super::db::Db;
use super::error::Result;
use super::project::Refolder;
use super::tally::Deltas;
use super::{ledger, schema, verdicts};
use crate::domain::event::Event;
use crate::domain::ids::{ClusterId, EvalId, ItemId, OutputId, RawId, TicketId};
use crate::domain::plan::{plan_key, ticket_id};
use crate::domain::verdict::{Verdict, imported_judge, verdict_id};

/// A body: a span of the raw record it stands in, or its own text where it was put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Bytes of the raw record.
    Span {
        /// First byte.
        at: u32,
        /// Number of bytes.
        len: u32,
    },
    /// Text of its own.
    Own(Box<str>),
}

/// An item to load.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemFact {
    /// Identity.
    pub id: ItemId,
    /// Unit of every split.
    pub cluster: ClusterId,
    /// JSON.
    pub request: Option<Piece>,
    /// JSON.
    pub reference: Option<Piece>,
    /// The row's own id.
    pub external_id: Option<Box<str>>,
}

/// An output to load, with what is known of this occurrence.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputFact {
    /// Identity.
    pub id: OutputId,
    /// Place in the row, from 0.
    pub position: u32,
    /// Model name.
    pub model: Option<Box<str>>,
    /// JSON.
    pub message: Option<Piece>,
    /// Why the model stopped.
    pub finish: Option<Box<str>>,
    /// Tokens of the request.
    pub prompt_tokens: Option<u32>,
    /// Tokens of the answer.
    pub completion_tokens: Option<u32>,
    /// Millionths of the currency unit.
    pub cost_micros: Option<i64>,
    /// Milliseconds.
    pub latency_ms: Option<u32>,
    /// The failure.
    pub error: Option<Box<str>>,
    /// Part of the product.
    pub feature: Option<Box<str>>,
    /// JSON array of text; `None` for no tags.
    pub tags: Option<Box<str>>,
    /// Milliseconds since 1970.
    pub time_ms: Option<i64>,
    /// Characters of the text.
    pub chars: u32,
}

/// A verdict that came with a row.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictFact {
    /// On which ticket.
    pub ticket: TicketId,
    /// The judge's name.
    pub judge: String,
    /// Counts equal ones on one ticket.
    pub sample: u32,
    /// What it says.
    pub verdict: Verdict,
}

/// One row to load.
#[derive(Debug, Clone, PartialEq)]
pub struct RowFacts {
    /// The raw record's bytes, in the batch's arena.
    pub raw: Range<usize>,
    /// Identity of the raw record.
    pub raw_id: RawId,
    /// Line of the source, from 1.
    pub line: u64,
    /// The item.
    pub item: ItemFact,
    /// Its outputs.
    pub outputs: Vec<OutputFact>,
    /// Whether the outputs make one ticket together.
    pub pairwise: bool,
    /// Decisions that came with the row; their tickets are those of the target eval.
    pub events: Vec<Event>,
    /// Verdicts that came with the row.
    pub verdicts: Vec<VerdictFact>,
}

/// Rows of one source.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    /// Bytes of the raw records.
    pub arena: Vec<u8>,
    /// The rows.
    pub rows: Vec<RowFacts>,
}

/// The eval that gets tickets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Identity.
    pub id: EvalId,
    /// Local row.
    pub row: i64,
    /// Number of the plan new tickets go to.
    pub plan: u32,
    /// Its seed.
    pub seed: u64,
}

/// What a load added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Added {
    /// Raw records.
    pub raws: u64,
    /// Items.
    pub items: u64,
    /// Outputs.
    pub outputs: u64,
    /// Tickets.
    pub tickets: u64,
    /// Decisions.
    pub events: u64,
    /// Verdicts.
    pub verdicts: u64,
}

impl std::ops::AddAssign for Added {
    fn add_assign(&mut self, other: Self) {
        self.raws += other.raws;
        self.items += other.items;
        self.outputs += other.outputs;
        self.tickets += other.tickets;
        self.events += other.events;
        self.verdicts += other.verdicts;
    }
}

/// Loads batches. One per import.
pub struct Loader {
    bulk: bool,
    seen_raws: HashSet<u64>,
    seen_items: HashSet<u64>,
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
            seen_raws: HashSet::new(),
            seen_items: HashSet::new(),
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
        self.seen_raws = HashSet::new();
        self.seen_items = HashSet::new();
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
        let mut work = Work {
            db,
            source,
            target,
            deltas: Deltas::default(),
            refolder: Refolder::default(),
            refold: vec![],
        };
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

/// 64 bits of an id. Equal prefixes of different ids only make a row wait.
fn prefix(id: &[u8; 16]) -> u64 {
    u64::from_le_bytes([id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7]])
}

struct Work<'a> {
    db: &'a Db,
    source: i64,
    target: Option<&'a Target>,
    deltas: Deltas,
    refolder: Refolder,
    refold: Vec<TicketId>,
}

impl Work<'_> {
    /// Loads one row; returns the item's local row.
    fn row(&mut self, row: &RowFacts, body: &[u8], added: &mut Added) -> Result<i64> {
        let (raw, new) = self.raw(row, body)?;
        added.raws += u64::from(new);
        let (item, new) = self.item(&row.item, raw)?;
        added.items += u64::from(new);
        let mut outputs = Vec::with_capacity(row.outputs.len());
        for output in &row.outputs {
            let (output, new) = self.output(output, item, raw)?;
            added.outputs += u64::from(new);
            outputs.push(output);
        }
        if let Some(target) = self.target {
            added.tickets += self.tickets(target, row, item, &outputs)?;
            self.decisions(row, added)?;
        }
        Ok(item)
    }

    /// Inserts unless the id is known; returns the local row and whether it is new.
    fn put(&self, table: &str, id: &[u8; 16], inserted: usize) -> Result<(i64, bool)> {
        if inserted > 0 {
            return Ok((self.db.last_row(), true));
        }
        let sql = match table {
            "raw" => "SELECT row FROM raw WHERE id = ?1",
            "item" => "SELECT row FROM item WHERE id = ?1",
            "output" => "SELECT row FROM output WHERE id = ?1",
            _ => "SELECT row FROM ticket WHERE id = ?1",
        };
        Ok((self.db.number(sql, args![id])?, false))
    }

    fn raw(&self, row: &RowFacts, body: &[u8]) -> Result<(i64, bool)> {
        let inserted = self.db.exec(
            "INSERT INTO raw (id, source, line, body) VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO NOTHING",
            args![&row.raw_id.0, self.source, row.line, body],
        )?;
        self.put("raw", &row.raw_id.0, inserted)
    }

    fn item(&self, item: &ItemFact, raw: i64) -> Result<(i64, bool)> {
        let (request_at, request_len, request) = columns(item.request.as_ref());
        let (reference_at, reference_len, reference) = columns(item.reference.as_ref());
        let inserted = self.db.exec(
            "INSERT INTO item (id, cluster, raw, request_at, request_len, request, reference_at, reference_len,
               reference, external_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
            args![
                &item.id.0,
                &item.cluster.0,
                raw,
                request_at,
                request_len,
                request,
                reference_at,
                reference_len,
                reference,
                item.external_id.as_deref(),
            ],
        )?;
        self.put("item", &item.id.0, inserted)
    }

    fn output(&self, output: &OutputFact, item: i64, raw: i64) -> Result<(i64, bool)> {
        let (at, len, own) = columns(output.message.as_ref());
        let inserted = self.db.exec(
            "INSERT INTO output (id, item, raw, position, model, message_at, message_len, message, finish, prompt_tokens,
               completion_tokens, cost_micros, latency_ms, error, feature, tags, time_ms, chars)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) ON CONFLICT DO NOTHING",
            args![
                &output.id.0,
                item,
                raw,
                output.position,
                output.model.as_deref(),
                at,
                len,
                own,
                output.finish.as_deref(),
                output.prompt_tokens,
                output.completion_tokens,
                output.cost_micros,
                output.latency_ms,
                output.error.as_deref(),
                output.feature.as_deref(),
                output.tags.as_deref(),
                output.time_ms,
                output.chars,
            ],
        )?;
        self.put("output", &output.id.0, inserted)
    }

    fn tickets(
        &mut self,
        target: &Target,
        row: &RowFacts,
        item: i64,
        outputs: &[i64],
    ) -> Result<u64> {
        if outputs.is_empty() {
            return Ok(0);
        }
        if row.pairwise {
            let ids: Vec<OutputId> = row.outputs.iter().map(|output| output.id).collect();
            return self.ticket(target, &ids, &row.outputs[0], item, outputs);
        }
        let mut new = 0;
        for (fact, output) in row.outputs.iter().zip(outputs) {
            new += self.ticket(target, &[fact.id], fact, item, &[*output])?;
        }
        Ok(new)
    }

    fn ticket(
        &mut self,
        target: &Target,
        ids: &[OutputId],
        fact: &OutputFact,
        item: i64,
        outputs: &[i64],
    ) -> Result<u64> {
        let id = ticket_id(&target.id, ids);
        let inserted = self.db.exec(
            "INSERT INTO ticket (id, eval, item, output, outputs, plan, plan_key, model, feature, time_ms, chars)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
            args![
                &id.0,
                target.row,
                item,
                outputs[0],
                outputs.len() as i64,
                target.plan,
                plan_key(target.plan, target.seed, &id),
                fact.model.as_deref(),
                fact.feature.as_deref(),
                fact.time_ms.unwrap_or(0),
                fact.chars,
            ],
        )?;
        if inserted == 0 {
            return Ok(0);
        }
        let ticket = self.db.last_row();
        if outputs.len() > 1 {
            for (position, output) in outputs.iter().enumerate() {
                let sql =
                    "INSERT INTO ticket_output (ticket, position, output) VALUES (?1, ?2, ?3)";
                self.db.exec(sql, args![ticket, position as i64, *output])?;
            }
        }
        self.count(target.row, ticket, fact)?;
        Ok(1)
    }

    fn count(&mut self, eval: i64, ticket: i64, fact: &OutputFact) -> Result<()> {
        self.deltas.add(eval, "state", "open", 1);
        if let Some(model) = &fact.model {
            self.deltas.add(eval, "model", model, 1);
        }
        if let Some(feature) = &fact.feature {
            self.deltas.add(eval, "feature", feature, 1);
        }
        let Some(tags) = &fact.tags else {
            return Ok(());
        };
        for tag in serde_json::from_str::<Vec<String>>(tags).unwrap_or_default() {
            let sql = "INSERT INTO ticket_tag (eval, tag, ticket, given) VALUES (?1, ?2, ?3, 0) ON CONFLICT DO NOTHING";
            if self.db.exec(sql, args![eval, &tag, ticket])? > 0 {
                self.deltas.add(eval, "tag", &tag, 1);
            }
        }
        Ok(())
    }

    fn decisions(&mut self, row: &RowFacts, added: &mut Added) -> Result<()> {
        for event in &row.events {
            if ledger::append(self.db, event)? {
                added.events += 1;
                self.refold.extend(event.ticket);
            }
        }
        for fact in &row.verdicts {
            let judge_id = imported_judge(&fact.judge);
            let judge = verdicts::put_judge(self.db, &judge_id, &fact.judge)?;
            let ticket = self.db.number(
                "SELECT row FROM ticket WHERE id = ?1",
                args![&fact.ticket.0],
            )?;
            let id = verdict_id(
                &fact.ticket,
                &fact.verdict.criterion,
                &judge_id,
                fact.sample,
            );
            if verdicts::put(self.db, &id, ticket, judge, fact.sample, &fact.verdict)? {
                added.verdicts += 1;
                self.refold.push(fact.ticket);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<()> {
        self.deltas.apply(self.db)?;
        self.refold.sort_unstable();
        self.refold.dedup();
        for ticket in &self.refold {
            self.refolder.ticket(self.db, ticket)?;
        }
        self.refolder.finish(self.db)
    }
}

fn columns(piece: Option<&Piece>) -> (Option<u32>, Option<u32>, Option<&[u8]>) {
    match piece {
        None => (None, None, None),
        Some(Piece::Span { at, len }) => (Some(*at), Some(*len), None),
        Some(Piece::Own(text)) => (None, None, Some(text.as_bytes())),
    }
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
