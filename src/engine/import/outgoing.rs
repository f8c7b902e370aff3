//! Rows on their way to the writer, in batches.

use std::ops::ControlFlow;

use super::super::{Engine, EngineError};
use super::facts::Facts;
use super::pump::{Feed, Message, SourceFact};
use super::reading::Kept;
use super::target::Destination;
use crate::domain::ids::Identity;
use crate::store::ingest::{Batch, Target};

/// Rows and bytes after which a batch goes to the writer: a few milliseconds of work, and little memory.
const BATCH_ROWS: usize = 512;
const BATCH_BYTES: usize = 512 << 10;

/// Rows on their way to the writer.
pub(super) struct Outgoing<'a> {
    feed: &'a Feed,
    engine: &'a Engine,
    to: &'a Destination,
    /// By position of the stream.
    sources: Vec<SourceFact>,
    batch: Batch,
    stream: Option<usize>,
    /// Streams that gave rows, with their identity.
    entered: Vec<(usize, [u8; 16])>,
    /// The plan new tickets go to, once there is a row.
    pub target: Option<Target>,
    /// Whether the eval was made for these rows.
    pub eval_made: bool,
    /// Rows taken.
    pub taken: u64,
    /// Those of them without an output.
    pub without_output: u64,
    /// The writer failed; it says why itself.
    pub broken: bool,
    /// Why no more rows can be taken.
    pub failed: Option<EngineError>,
}

impl<'a> Outgoing<'a> {
    pub fn new(
        feed: &'a Feed,
        engine: &'a Engine,
        to: &'a Destination,
        sources: Vec<SourceFact>,
    ) -> Self {
        Self {
            feed,
            engine,
            to,
            sources,
            batch: roomy(),
            stream: None,
            entered: Vec::new(),
            target: None,
            eval_made: false,
            taken: 0,
            without_output: 0,
            broken: false,
            failed: None,
        }
    }

    /// Takes one row.
    pub fn take(&mut self, facts: &mut Facts, kept: &Kept<'_>) -> ControlFlow<()> {
        // The eval is made for the first row there is; a file without one leaves none behind.
        if self.taken == 0 {
            match self.to.make_eval(self.engine) {
                Ok(Some((made, target))) => {
                    self.target = Some(target);
                    self.eval_made = made;
                    self.send(Message::Target(target));
                }
                Ok(None) => {}
                Err(error) => {
                    self.failed = Some(error);
                    return ControlFlow::Break(());
                }
            }
        }
        self.taken += 1;
        self.without_output += u64::from(kept.record.outputs.is_empty());
        if self.stream != Some(kept.stream) {
            self.enter(kept);
        }
        facts.push(
            &mut self.batch,
            kept.line,
            kept.json,
            kept.item,
            kept.record,
        );
        if self.batch.rows.len() >= BATCH_ROWS || self.batch.arena.len() >= BATCH_BYTES {
            self.flush();
        }
        if self.broken {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    /// Sends what is gathered.
    pub fn flush(&mut self) {
        if !self.batch.rows.is_empty() {
            let batch = std::mem::replace(&mut self.batch, roomy());
            self.send(Message::Batch(batch));
        }
    }

    /// Says what the files that gave rows are, now that they are read to the end.
    pub fn seal(&mut self, sha256: impl Fn(usize) -> Option<String>) {
        for (stream, id) in std::mem::take(&mut self.entered) {
            if let Some(sha256) = sha256(stream) {
                self.send(Message::Sealed(id, sha256));
            }
        }
    }

    fn enter(&mut self, kept: &Kept<'_>) {
        self.flush();
        self.stream = Some(kept.stream);
        if let Some(source) = self.sources.get(kept.stream) {
            let id = Identity::of("source")
                .part(source.name.as_bytes())
                .part(&kept.first.0)
                .finish();
            self.entered.push((kept.stream, id));
            let source = SourceFact {
                id,
                ..source.clone()
            };
            self.send(Message::Source(source));
        }
    }

    fn send(&mut self, message: Message) {
        self.broken |= self.feed.send(message).is_err();
    }
}

/// A batch that need not grow while it is filled.
fn roomy() -> Batch {
    Batch {
        arena: Vec::with_capacity(BATCH_BYTES + BATCH_BYTES / 8),
        rows: Vec::with_capacity(BATCH_ROWS),
    }
}
