//! What a load takes: facts of rows, with the decisions that came with them.

use std::ops::Range;

use crate::domain::event::Event;
use crate::domain::ids::{ClusterId, EvalId, ItemId, OutputId, RawId, TicketId};
use crate::domain::verdict::Verdict;

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

impl OutputFact {
    /// An output of which nothing but its identity is known.
    pub fn of(id: OutputId) -> Self {
        Self {
            id,
            position: 0,
            model: None,
            message: None,
            finish: None,
            prompt_tokens: None,
            completion_tokens: None,
            cost_micros: None,
            latency_ms: None,
            error: None,
            feature: None,
            tags: None,
            time_ms: None,
            chars: 0,
        }
    }
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
