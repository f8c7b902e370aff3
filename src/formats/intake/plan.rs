//! How the rows of one file are read: the winning format, the mapping, and what other rows are.

use std::cell::RefCell;

use super::Options;
use super::detect::Format;
use super::error::{IntakeError, Refusal};
use super::extras;
use super::fields::Fields;
use super::mapping::{self, Mapping};
use super::read;
use crate::domain::record::Record;

/// What the first rows of a file look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detection {
    /// The format most of them are in.
    pub format: Format,
    /// How many of them.
    pub matched: usize,
    /// How many could be looked at.
    pub sampled: usize,
    /// Line and format of the others; they are read as what they are.
    pub others: Vec<(u64, Format)>,
}

/// How rows are read.
#[derive(Debug)]
pub(super) struct Plan {
    pub detection: Detection,
    /// For rows that are columns.
    pub mapping: Option<Mapping>,
    /// The mapping was given and reads every row, whatever it looks like.
    forced: bool,
    /// What the user says of rows in a known format.
    overlay: Option<Mapping>,
    columns: Vec<String>,
    watch: RefCell<Watch>,
}

/// Rows looked at for columns that nothing is read from.
const WATCHED: u64 = 200;
/// Columns kept in mind while looking; rows may be dictionaries with a key of their own each.
const COLUMNS: usize = 100;

/// Columns of the first rows, and whether something was read from them.
#[derive(Debug, Default)]
struct Watch {
    rows: u64,
    columns: Vec<(String, bool)>,
}

impl Watch {
    fn see(&mut self, row: &Fields<'_>) {
        self.rows += 1;
        for (name, asked) in row.asked() {
            let known = self.columns.iter_mut().find(|(known, _)| known == name);
            if let Some((_, read)) = known {
                *read |= asked;
            } else if self.columns.len() < COLUMNS {
                self.columns.push((name.to_owned(), asked));
            }
        }
    }
}

impl Plan {
    /// Decides from the first rows (line and JSON text) of a file.
    pub fn of(
        rows: &[(u64, &str)],
        wrapper: &[String],
        options: &Options,
    ) -> Result<Self, IntakeError> {
        let sample: Vec<(u64, Fields<'_>)> = rows
            .iter()
            .filter_map(|(line, json)| Some((*line, Fields::parse(json).ok()?)))
            .collect();
        let given = options.given()?;
        let forced = given.as_ref().is_some_and(Mapping::is_whole);
        let mut plan = Self {
            detection: winner(&sample),
            mapping: None,
            forced,
            overlay: None,
            columns: Vec::new(),
            watch: RefCell::default(),
        };
        if forced {
            plan.detection = Detection {
                format: Format::Table,
                matched: sample.len(),
                sampled: sample.len(),
                others: Vec::new(),
            };
            plan.mapping = given;
            return Ok(plan);
        }
        plan.refuse_unread(wrapper)?;
        let tables: Vec<Fields<'_>> = sample
            .into_iter()
            .map(|(_, row)| row)
            .filter(|row| Format::of(row) == Format::Table)
            .collect();
        if !tables.is_empty() {
            match mapping::infer(&tables) {
                Ok(inferred) => plan.mapping = Some(inferred),
                Err(columns) if plan.detection.format == Format::Table => {
                    return Err(IntakeError::NoMapping { columns });
                }
                Err(columns) => plan.columns = columns,
            }
        }
        plan.overlay = given;
        Ok(plan)
    }

    fn refuse_unread(&self, wrapper: &[String]) -> Result<(), IntakeError> {
        let seen = &self.detection;
        if let Some(format) = Format::of_wrapper(wrapper) {
            return Err(IntakeError::Unsupported {
                format,
                matched: seen.sampled,
                sampled: seen.sampled,
            });
        }
        if seen.format.has_reader() {
            return Ok(());
        }
        Err(IntakeError::Unsupported {
            format: seen.format,
            matched: seen.matched,
            sampled: seen.sampled,
        })
    }

    /// Reads one row.
    pub fn read<'a>(&'a self, json: &'a str) -> (Format, Result<Record<'a>, Refusal>) {
        let row = match Fields::parse(json) {
            Ok(row) => row,
            Err(refusal) => return (self.detection.format, Err(refusal)),
        };
        let format = if self.forced {
            Format::Table
        } else {
            Format::of(&row)
        };
        let record = self.record(format, &row);
        if record.is_ok() && self.watch.borrow().rows < WATCHED {
            self.watch.borrow_mut().see(&row);
        }
        (format, record)
    }

    /// Columns of the first rows that nothing was read from, in the order they were seen.
    pub fn unread(&self) -> Vec<String> {
        let watch = self.watch.borrow();
        let unread = watch.columns.iter().filter(|(_, read)| !read);
        unread.map(|(name, _)| name.clone()).collect()
    }

    fn record<'a>(&'a self, format: Format, row: &Fields<'a>) -> Result<Record<'a>, Refusal> {
        let mut record = if format == Format::Table {
            let Some(mapping) = &self.mapping else {
                let columns = self.columns.join("`, `");
                let reason = format!("no column of `{columns}` looks like a request or an answer");
                return Err(Refusal::new(reason).hint(format.way_on()));
            };
            mapping::record(mapping, row)?
        } else {
            read::record(format, row)?
        };
        if let Some(overlay) = &self.overlay {
            mapping::overlay(overlay, row, &mut record);
        }
        extras::apply(row, &mut record)?;
        if record.request.is_none() && record.outputs.is_empty() {
            return Err(Refusal::new(
                "the row holds neither a request nor an answer",
            ));
        }
        Ok(record)
    }
}

fn winner(sample: &[(u64, Fields<'_>)]) -> Detection {
    let mut counts: Vec<(Format, usize)> = Vec::new();
    let seen: Vec<(u64, Format)> = sample
        .iter()
        .map(|(line, row)| (*line, Format::of(row)))
        .collect();
    for (_, format) in &seen {
        match counts.iter_mut().find(|(known, _)| known == format) {
            Some((_, count)) => *count += 1,
            None => counts.push((*format, 1)),
        }
    }
    let mut best = (Format::Table, 0);
    for (format, count) in counts {
        if count > best.1 {
            best = (format, count);
        }
    }
    Detection {
        format: best.0,
        matched: best.1,
        sampled: seen.len(),
        others: seen
            .into_iter()
            .filter(|(_, format)| *format != best.0)
            .collect(),
    }
}
