//! Going through the rows of an import: checking all, taking those that pass.

use std::collections::BTreeSet;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::super::{EngineError, Result};
use super::facts::{Facts, raw_id};
use super::plan::{ImportPlan, Sample};
use super::rejects::Rejects;
use super::report::{ImportReport, Joined};
use super::snapshot::RowView;
use super::source::Source;
use super::tap::Tap;
use crate::domain::ids::{Identity, ItemId, RawId};
use crate::domain::record::Record;
use crate::formats::intake::{self, IntakeError, JoinReport, Options, Row, RowError, Summary};

/// How often progress is told.
const TELL: Duration = Duration::from_millis(100);

/// Files that are read together: one, or several that are joined.
#[derive(Debug)]
pub(super) struct Stream {
    /// Positions in the list of files; the first leads.
    pub files: Vec<usize>,
    /// Read row by row with the others, on this key or a batch's own.
    pub key: Option<String>,
}

/// Why a stream cannot be read.
pub(super) enum Unread {
    Empty(EngineError),
    Failed(EngineError),
}

impl From<Unread> for EngineError {
    fn from(why: Unread) -> Self {
        match why {
            Unread::Empty(error) | Unread::Failed(error) => error,
        }
    }
}

pub(super) fn read(
    stream: &Stream,
    sources: &[Source],
    options: &Options,
    tap: &Tap,
    on_row: impl FnMut(Row<'_>) -> ControlFlow<()>,
) -> std::result::Result<Summary, Unread> {
    let mut readers: Vec<Box<dyn Read>> = Vec::with_capacity(stream.files.len());
    for at in &stream.files {
        readers.push(sources[*at].open(*at, tap).map_err(Unread::Failed)?);
    }
    let outcome = match (&stream.key, readers.len()) {
        (None, 1) => match readers.pop() {
            Some(reader) => intake::read_rows(reader, options, on_row),
            None => {
                return Err(Unread::Failed(EngineError::refused(
                    "no file was named",
                    "name one",
                )));
            }
        },
        (key, _) => {
            let key = key.as_deref().filter(|key| !key.is_empty());
            intake::read_joined(readers, key, options, on_row)
        }
    };
    outcome.map_err(|error| {
        let named = cannot_import(stream.files.iter().map(|at| &sources[*at]), &error);
        match error {
            IntakeError::Empty | IntakeError::Blank { .. } => Unread::Empty(named),
            _ => Unread::Failed(named),
        }
    })
}

pub(super) fn cannot_import<'a>(
    sources: impl Iterator<Item = &'a Source>,
    error: &IntakeError,
) -> EngineError {
    let names: Vec<String> = sources.map(|source| format!("`{}`", source.name)).collect();
    EngineError::Refused {
        what: format!("cannot import {}: {error}", names.join(" with ")),
        hint: error.hint(),
    }
}

/// A readable row that passed the filter.
pub(super) struct Kept<'a> {
    /// Position of its stream.
    pub stream: usize,
    /// The first readable row of the stream.
    pub first: RawId,
    pub line: u64,
    pub json: &'a str,
    pub item: ItemId,
    pub record: &'a Record<'a>,
}

/// What a way through the rows needs.
pub(super) struct Way<'a> {
    pub plan: &'a ImportPlan,
    pub options: &'a Options,
    pub sources: &'a [Source],
    pub streams: &'a [Stream],
    pub dataset: &'a str,
    pub role: &'a str,
    pub cancel: &'a AtomicBool,
    /// Whether this way counts and lists what it finds; the second way through the same rows does not.
    pub counting: bool,
    /// Whether the files are hashed on the way.
    pub hashing: bool,
}

impl Way<'_> {
    /// Goes through all rows in order. `take` gets those that pass the filter and stops by breaking. `false` if it
    /// was stopped. `tell` gets rows and bytes so far, about ten times a second.
    pub fn go(
        &self,
        facts: &mut Facts,
        report: &mut ImportReport,
        rejects: &mut Option<Rejects>,
        mut tell: impl FnMut(u64, u64),
        mut take: impl FnMut(&mut Facts, Kept<'_>) -> ControlFlow<()>,
    ) -> Result<bool> {
        let tap = self.tap();
        let (mut rows, mut told) = (0_u64, Instant::now());
        let mut failed = None;
        for (stream, files) in self.streams.iter().enumerate() {
            facts.next_source();
            let mut first = None;
            let summary = read(files, self.sources, self.options, &tap, |row| {
                if self.cancel.load(Ordering::Relaxed) {
                    return ControlFlow::Break(());
                }
                rows += 1;
                if rows.is_multiple_of(64) && told.elapsed() >= TELL {
                    told = Instant::now();
                    tell(rows, tap.bytes());
                }
                let file = files.files[row.file];
                let at = (file, row.line);
                let record = match self.record(report, rejects, at, row.raw, row.outcome) {
                    Ok(Some(record)) => record,
                    Ok(None) => return ControlFlow::Continue(()),
                    Err(error) => {
                        failed = Some(error);
                        return ControlFlow::Break(());
                    }
                };
                let item = facts.identify(&record);
                let first = *first.get_or_insert_with(|| raw_id(row.json));
                if !self.passes(file, row.json, &record) {
                    return ControlFlow::Continue(());
                }
                let kept = Kept {
                    stream,
                    first,
                    line: row.line,
                    json: row.json,
                    item,
                    record: &record,
                };
                take(facts, kept)
            })?;
            if let Some(error) = failed.take() {
                return Err(error);
            }
            if self.counting {
                report.join = summary.join.as_ref().map(joined).or(report.join.take());
            }
            if summary.stopped {
                return Ok(false);
            }
            self.keep_hashes(files, &tap, report)?;
        }
        tell(rows, tap.bytes());
        Ok(true)
    }
}

fn joined(join: &JoinReport) -> Joined {
    Joined {
        key: join.key.clone(),
        joined: join.joined,
        alone: join.alone,
        left_over: join.left_over,
        repeated: join.repeated,
    }
}

impl Way<'_> {
    fn tap(&self) -> Tap {
        if self.hashing {
            Tap::hashing(self.sources.len())
        } else {
            Tap::default()
        }
    }

    fn keep_hashes(&self, files: &Stream, tap: &Tap, report: &mut ImportReport) -> Result<()> {
        for at in &files.files {
            report.files[*at].sha256 = self.sources[*at].sha256(*at, tap)?;
        }
        Ok(())
    }

    /// The record of a row, counted; `None` for a bad one.
    fn record<'r>(
        &self,
        report: &mut ImportReport,
        rejects: &mut Option<Rejects>,
        (file, line): (usize, u64),
        raw: &[u8],
        outcome: std::result::Result<Record<'r>, RowError>,
    ) -> Result<Option<Record<'r>>> {
        if !self.counting {
            return Ok(outcome.ok());
        }
        let found = &mut report.files[file];
        found.rows += 1;
        match outcome {
            Ok(record) => {
                report.readable += 1;
                for remark in &record.remarks {
                    found.remark(remark, line);
                }
                Ok(Some(record))
            }
            Err(error) => {
                found.bad_row(error);
                Rejects::keep(rejects, raw).map(|()| None)
            }
        }
    }

    fn passes(&self, file: usize, json: &str, record: &Record<'_>) -> bool {
        self.plan.filter.is_all()
            || self.plan.filter.matches(&RowView {
                record,
                json,
                source: &self.sources[file].label,
                dataset: self.dataset,
                role: self.role,
                tags: &self.plan.tags,
            })
    }
}

/// A uniform sample: the rows with the smallest hashes of seed and content.
///
/// Every row has the same chance whatever stands around it, and the same rows come out in any order of the files.
#[derive(Debug)]
pub(super) struct Picks {
    sample: Sample,
    smallest: BTreeSet<[u8; 16]>,
}

impl Picks {
    pub fn new(sample: Sample) -> Self {
        Self {
            sample,
            smallest: BTreeSet::new(),
        }
    }

    fn place(&self, kept: &Kept<'_>) -> [u8; 16] {
        let place = Identity::of("sample").number(self.sample.seed as i64);
        place.part(&raw_id(kept.json).0).part(&kept.item.0).finish()
    }

    /// Offers a row.
    pub fn offer(&mut self, kept: &Kept<'_>) {
        let place = self.place(kept);
        let full = self.smallest.len() >= self.sample.size;
        if full && self.smallest.last().is_none_or(|last| place >= *last) {
            return;
        }
        self.smallest.insert(place);
        if self.smallest.len() > self.sample.size {
            self.smallest.pop_last();
        }
    }

    /// Whether a row is in the sample.
    pub fn has(&self, kept: &Kept<'_>) -> bool {
        self.smallest.contains(&self.place(kept))
    }
}
