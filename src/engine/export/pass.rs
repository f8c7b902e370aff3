//! One pass over the tickets: rows are made, checked, written and counted as they come.
//!
//! Memory does not grow with the rows but for eight bytes each, which tell duplicates apart, and the ranges of
//! the items that left.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::folder::{FolderError, FolderWriter, RefusedCount, RefusedRow};
use super::ExportError;
use super::held::Held;
use super::rows::{Found, Maker};
use crate::domain::split::{ExportSplit, Split};
use crate::domain::training::{Refusal, TrainingRow};
use crate::domain::view::Progress;
use crate::formats::training::{AnswerKey, Columns, Tally, check, columns, write};
use crate::store::Db;
use crate::store::export::{self as store, Ask, Candidate};

/// Refused rows listed one by one.
const LISTED: usize = 20;

/// Tickets between two looks at the clock and at whether to stop.
const STEP: u64 = 512;

/// Rows looked at to foresee a file's optional columns.
const AHEAD: u64 = 1_000;

/// Where rows go.
pub(super) enum Sink {
    /// To the folder being made.
    Folder(Box<FolderWriter>),
    /// Nowhere: only counted.
    Nowhere,
}

/// What is decided before the first row.
pub(super) struct Terms<'a> {
    pub maker: Maker<'a>,
    pub held: &'a Held,
    pub split: ExportSplit,
    /// Whether rows held out are written all the same.
    pub overridden: bool,
    pub limit: Option<u64>,
    /// Answers an earlier pass found marked both wanted and unwanted.
    pub contradicted: HashSet<AnswerKey>,
}

/// Says how far the pass is, and hears when to stop.
pub(super) struct Watch<'a> {
    pub progress: &'a mut dyn FnMut(Progress),
    pub cancel: &'a AtomicBool,
    pub now_ms: &'a dyn Fn() -> i64,
    pub started_ms: i64,
    /// First and last row a ticket can have.
    pub span: (i64, i64),
    pub what: String,
}

impl Watch<'_> {
    fn tell(&mut self, at: i64) {
        let (first, last) = self.span;
        let done = (at - first + 1).max(0) as u64;
        let seconds = ((self.now_ms)() - self.started_ms).max(1) as f64 / 1_000.0;
        (self.progress)(Progress {
            what: self.what.clone(),
            done,
            total: Some((last - first + 1).max(0) as u64),
            unit: "tickets",
            rate: done as f64 / seconds,
        });
    }
}

/// What came of a pass.
pub(super) struct Counts {
    pub train: u64,
    pub validation: u64,
    /// Rows held out, by place of the dataset; a row may be in several.
    pub held: Vec<u64>,
    /// The same, each row once.
    pub held_rows: u64,
    pub overridden: u64,
    pub refused_rows: u64,
    refused: BTreeMap<&'static str, u64>,
    pub listed: Vec<RefusedRow>,
    pub tally: Tally,
    pub sample: Option<String>,
    /// Local rows of the items that left, as ranges.
    pub items: Vec<(i64, i64)>,
    /// Local rows of the sources they came from.
    pub sources: BTreeSet<i64>,
}

impl Counts {
    /// How many rows were refused for which reason, most frequent first.
    pub(super) fn refused(&self) -> Vec<RefusedCount> {
        let count = |(&code, &rows): (&&'static str, &u64)| RefusedCount { code, rows };
        let mut counts: Vec<_> = self.refused.iter().map(count).collect();
        counts.sort_by_key(|count| std::cmp::Reverse(count.rows));
        counts
    }

    pub(super) fn rows(&self) -> u64 {
        self.train + self.validation
    }

    fn left(&mut self, item: i64, source: i64) {
        match self.items.last_mut() {
            Some((_, hi)) if *hi + 1 == item => *hi = item,
            Some((lo, hi)) if (*lo..=*hi).contains(&item) => {}
            _ => self.items.push((item, item)),
        }
        self.sources.insert(source);
    }
}

/// One pass under way.
pub(super) struct Pass<'a> {
    terms: &'a Terms<'a>,
    sink: Sink,
    shape: Columns,
    counts: Counts,
    line: Vec<u8>,
    visited: u64,
}

/// The optional columns of the file, from its first rows. What comes later and needs more of them makes the
/// caller begin again, so that every row of a file has the same columns.
pub(super) fn foresee(db: &Db, ask: &Ask<'_>, terms: &Terms<'_>) -> Result<Columns, ExportError> {
    let mut shape = Columns::default();
    let (mut seen, mut rows) = (0, 0);
    store::each(db, ask, |candidate| {
        for found in found(db, &terms.maker, candidate)? {
            if let Found::Row(row) = found
                // Rows that are not written must not give the others an empty column.
                && (terms.overridden || terms.held.holding(&row.cluster).next().is_none())
                && terms.limit.is_none_or(|limit| rows < limit)
                && check(terms.maker.format, &row).is_ok()
            {
                rows += 1;
                shape = shape | Columns::of(&row);
            }
        }
        seen += 1;
        Ok(seen < AHEAD)
    })?;
    Ok(shape)
}

fn found(
    db: &Db,
    maker: &Maker<'_>,
    candidate: &Candidate<'_>,
) -> crate::store::Result<Vec<Found>> {
    if let Some(suggested) = &maker.suggested {
        return suggested.rows(db, maker, candidate);
    }
    if candidate.outputs > 1 {
        let sides = store::sides(db, candidate.row)?;
        return Ok(maker.compared(candidate, &sides));
    }
    Ok(maker.single(candidate))
}

impl<'a> Pass<'a> {
    pub(super) fn new(terms: &'a Terms<'a>, sink: Sink, shape: Columns) -> Self {
        Self {
            counts: Counts {
                train: 0,
                validation: 0,
                held: vec![0; terms.held.len()],
                held_rows: 0,
                overridden: 0,
                refused_rows: 0,
                refused: BTreeMap::new(),
                listed: Vec::new(),
                tally: Tally::new(terms.maker.format),
                sample: None,
                items: Vec::new(),
                sources: BTreeSet::new(),
            },
            terms,
            sink,
            shape,
            line: Vec::new(),
            visited: 0,
        }
    }

    /// Visits every ticket asked for.
    pub(super) fn run(
        mut self,
        db: &Db,
        ask: &Ask<'_>,
        watch: &mut Watch<'_>,
    ) -> Result<(Counts, Sink), ExportError> {
        let mut failed = None;
        store::each(db, ask, |candidate| {
            if self.visited.is_multiple_of(STEP) {
                watch.tell(candidate.row);
                if watch.cancel.load(Ordering::Relaxed) {
                    failed = Some(ExportError::Stopped);
                    return Ok(false);
                }
            }
            self.visited += 1;
            match self.ticket(db, candidate) {
                Ok(go_on) => Ok(go_on),
                Err(error) => {
                    failed = Some(error);
                    Ok(false)
                }
            }
        })?;
        if let Some(error) = failed {
            return Err(error);
        }
        watch.tell(watch.span.1);
        Ok((self.counts, self.sink))
    }

    /// Whether a row needed a column the others were written without.
    pub(super) fn uneven(terms: &Terms<'_>, shape: Columns, counts: &Counts) -> bool {
        let format = terms.maker.format;
        columns(format, shape) != columns(format, shape | counts.tally.shape())
    }

    fn ticket(&mut self, db: &Db, candidate: &Candidate<'_>) -> Result<bool, ExportError> {
        for found in found(db, &self.terms.maker, candidate)? {
            if self.terms.limit == Some(self.counts.rows()) {
                return Ok(false);
            }
            match found {
                Found::Out(row, refusal) => self.refuse(&row, &[refusal])?,
                Found::Row(row) => self.row(&row, candidate)?,
            }
        }
        Ok(true)
    }

    fn row(&mut self, row: &TrainingRow, candidate: &Candidate<'_>) -> Result<(), ExportError> {
        let format = self.terms.maker.format;
        let held: Vec<usize> = self.terms.held.holding(&row.cluster).collect();
        if !held.is_empty() && !self.terms.overridden {
            return self.hold_back(row, &held);
        }
        if let Err(reasons) = check(format, row) {
            return self.refuse(row, &reasons);
        }
        self.line.clear();
        write(format, self.shape, row, &mut self.line);
        let answer = self.counts.tally.answer(&self.line);
        if answer.is_some_and(|key| self.terms.contradicted.contains(&key)) {
            let why = "the same answer to the same request is marked wanted in one row and unwanted in another";
            return self.refuse(row, &[Refusal::new("both_labels", why)]);
        }
        self.counts.overridden += u64::from(!held.is_empty());
        let split = match &mut self.sink {
            Sink::Folder(folder) => folder.push(&self.line, row)?,
            Sink::Nowhere => self.terms.split.of(&row.cluster),
        };
        match split {
            Split::Train => self.counts.train += 1,
            Split::Validation => self.counts.validation += 1,
        }
        self.counts.tally.add(row, &self.line);
        self.counts.left(candidate.item_row, candidate.source);
        if self.counts.sample.is_none() {
            let line = String::from_utf8_lossy(&self.line);
            self.counts.sample = Some(line.trim_end().to_owned());
        }
        Ok(())
    }

    fn hold_back(&mut self, row: &TrainingRow, held: &[usize]) -> Result<(), ExportError> {
        self.counts.held_rows += 1;
        for at in held {
            self.counts.held[*at] += 1;
        }
        let names: Vec<String> = held
            .iter()
            .map(|at| format!("`{}`", self.terms.held.name(*at)))
            .collect();
        let refusal = Refusal::new(
            "held_out",
            format!("its request is held out in {}", names.join(", ")),
        );
        Ok(self.note_in_folder(row, &[refusal])?)
    }

    fn refuse(&mut self, row: &TrainingRow, reasons: &[Refusal]) -> Result<(), ExportError> {
        self.counts.refused_rows += 1;
        let mut codes: Vec<&'static str> = reasons.iter().map(|reason| reason.code).collect();
        codes.sort_unstable();
        codes.dedup();
        for code in codes {
            *self.counts.refused.entry(code).or_default() += 1;
        }
        if let Some(first) = reasons.first()
            && self.counts.listed.len() < LISTED
        {
            let all: Vec<&str> = reasons.iter().map(|r| r.reason.as_str()).collect();
            self.counts.listed.push(RefusedRow {
                ticket: row.ticket,
                external_id: row.external_id.clone(),
                code: first.code,
                reason: all.join("; "),
            });
        }
        Ok(self.note_in_folder(row, reasons)?)
    }

    fn note_in_folder(
        &mut self,
        row: &TrainingRow,
        reasons: &[Refusal],
    ) -> Result<(), FolderError> {
        match &mut self.sink {
            Sink::Folder(folder) => folder.refuse(row, reasons),
            Sink::Nowhere => Ok(()),
        }
    }
}
