//! What an import found and did.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::domain::count::counted;
use crate::formats::intake::{Mapping, RowError};
use crate::store::ingest::Added;

/// Bad rows listed one by one; the others are counted.
const LISTED: usize = 20;

/// Different texts counted one by one; a file that is bad in a thousand ways must not fill the memory.
const KINDS: usize = 100;

/// Counts by text, bounded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Counts(BTreeMap<String, u64>);

impl Counts {
    /// Adds one.
    pub fn add(&mut self, text: &str) {
        if let Some(n) = self.0.get_mut(text) {
            *n += 1;
        } else if self.0.len() < KINDS {
            self.0.insert(text.to_owned(), 1);
        } else {
            *self.0.entry("others".to_owned()).or_default() += 1;
        }
    }

    /// Most frequent first.
    pub fn sorted(&self) -> Vec<(&str, u64)> {
        let mut all: Vec<_> = self.0.iter().map(|(text, n)| (text.as_str(), *n)).collect();
        all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        all
    }

    /// How many of one text.
    pub fn of(&self, text: &str) -> u64 {
        self.0.get(text).copied().unwrap_or(0)
    }

    /// How many in all.
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A row that could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BadRow {
    /// 1-based.
    pub line: u64,
    /// 1-based byte in the line, where it is known.
    pub column: Option<u64>,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl From<RowError> for BadRow {
    fn from(error: RowError) -> Self {
        Self {
            line: error.line,
            column: error.column,
            reason: error.reason,
            hint: error.hint,
        }
    }
}

/// What was found in one file.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct FileReport {
    /// As given.
    pub name: String,
    /// In bytes, packed as it is.
    pub bytes: u64,
    /// SHA-256 of these bytes, in hex; `None` where they were not read to the end.
    pub sha256: Option<String>,
    /// `JSON Lines`, `a JSON array`, ...; with `gzip` or `zstd` in front.
    pub layout: String,
    /// What most of its first rows are.
    pub format: String,
    /// Lines and formats of first rows that are something else.
    pub others: Vec<(u64, String)>,
    /// Which column is read as what, one line each; `None` where the format says it all.
    pub mapping: Option<String>,
    /// The same, to be kept as a profile.
    #[serde(skip)]
    pub columns: Option<Mapping>,
    /// Rows, good and bad.
    pub rows: u64,
    /// Rows that could not be read.
    pub bad: u64,
    /// The first of them.
    pub first_bad: Vec<BadRow>,
    /// All of them by reason.
    pub bad_by_reason: Counts,
    /// Defects of rows that were taken all the same, by kind.
    pub remarks: Counts,
    /// Where each kind of them stands first.
    pub remarks_first_line: BTreeMap<String, u64>,
    /// Columns of the first rows that nothing is read from.
    pub unmapped_columns: Vec<String>,
}

impl FileReport {
    pub(super) fn remark(&mut self, remark: &str, line: u64) {
        self.remarks.add(remark);
        let lines = &mut self.remarks_first_line;
        if !lines.contains_key(remark) && lines.len() < KINDS {
            lines.insert(remark.to_owned(), line);
        }
    }

    pub(super) fn bad_row(&mut self, error: RowError) {
        self.bad += 1;
        self.bad_by_reason.add(&error.reason);
        if self.first_bad.len() < LISTED {
            self.first_bad.push(error.into());
        }
    }
}

/// How a join went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Joined {
    /// The key.
    pub key: String,
    /// Rows of the leading file that found a partner.
    pub joined: u64,
    /// Rows of the leading file without one.
    pub alone: u64,
    /// Rows of other files nobody asked for; they were read on their own.
    pub left_over: u64,
    /// Rows whose key stood before in the same file.
    pub repeated: u64,
}

/// What came in that was not there before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct New {
    /// Rows.
    pub rows: u64,
    /// Items.
    pub items: u64,
    /// Outputs.
    pub outputs: u64,
    /// Tickets.
    pub tickets: u64,
    /// Reviews and corrections by people.
    pub reviews: u64,
    /// Verdicts of judges and programs.
    pub verdicts: u64,
}

impl From<Added> for New {
    fn from(added: Added) -> Self {
        Self {
            rows: added.raws,
            items: added.items,
            outputs: added.outputs,
            tickets: added.tickets,
            reviews: added.events,
            verdicts: added.verdicts,
        }
    }
}

impl New {
    /// Whether nothing was new.
    pub fn is_nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// How an import ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// Everything usable is in.
    #[default]
    Done,
    /// Stopped on request; the same import goes on where it stopped.
    Stopped,
    /// Nothing was taken: a row was bad and that was forbidden.
    Refused,
    /// Nothing was taken and nothing made: no row could be read, or none passed the filter.
    Nothing,
}

/// What an import found and did.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ImportReport {
    /// How it ended.
    pub end: End,
    /// One for each file, in the order given.
    pub files: Vec<FileReport>,
    /// How the files were joined, if they were.
    pub join: Option<Joined>,
    /// Rows that could be read.
    pub readable: u64,
    /// Rows that passed filter and sample.
    pub taken: u64,
    /// Taken rows without any output; they make no ticket.
    pub without_output: u64,
    /// What was new.
    pub new: New,
    /// The dataset.
    pub dataset: String,
    /// Items in it now.
    pub dataset_items: u64,
    /// The eval, if tickets were made.
    pub eval: Option<String>,
    /// Whether the eval was made by this import.
    pub eval_made: bool,
    /// The rubric of the eval.
    pub rubric: Option<String>,
    /// Scores and labels that answer no question of the rubric: `name: reason`, and how many.
    pub unmapped: Counts,
    /// Things to know that fit nowhere else.
    pub notes: Vec<String>,
    /// Seconds until everything was durable and usable.
    pub seconds: f64,
    /// Seconds the search index took after that.
    pub index_seconds: f64,
    /// Outputs in the search index, and in all.
    pub indexed: (u64, u64),
}

impl ImportReport {
    /// Rows, good and bad.
    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    /// Rows that could not be read.
    pub fn bad(&self) -> u64 {
        self.files.iter().map(|file| file.bad).sum()
    }

    /// Why nothing was taken and what to do, in one line each; `None` if rows were.
    pub fn nothing(&self) -> Option<(String, &'static str)> {
        if self.end != End::Nothing {
            return None;
        }
        let (rows, readable) = (self.rows(), self.readable);
        Some(if readable > 0 {
            let what = counted(readable, "readable row");
            (
                format!("nothing was imported: none of {what} passes the filter"),
                "try it without `--where`",
            )
        } else {
            let what = counted(rows, "row");
            (
                format!("nothing was imported: none of {what} could be read"),
                "`--rejects FILE` keeps the rows as they stand",
            )
        })
    }

    /// Rows a second until ready.
    pub fn rate(&self) -> f64 {
        self.rows() as f64 / self.seconds.max(1e-6)
    }
}

/// What an import is doing, for a progress line.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress<'a> {
    /// The first rows of every file were looked at; nothing is written yet.
    Looked(&'a [FileReport]),
    /// Reading everything once, before anything is taken.
    Checking {
        /// Rows so far.
        rows: u64,
        /// Bytes so far, packed.
        bytes: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Taking rows in.
    Loading {
        /// Rows so far.
        rows: u64,
        /// Bytes so far, packed.
        bytes: u64,
        /// Bytes in all.
        total: u64,
    },
    /// Building what makes lists and look-ups fast.
    Finishing,
    /// Everything is durable; reviewing can start.
    Ready(&'a ImportReport),
    /// Filling the search index.
    Indexing {
        /// Outputs in the index.
        done: u64,
        /// Outputs in all.
        total: u64,
    },
}
