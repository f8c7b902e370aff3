//! Intake: bytes of any log, table or training file to [`Record`]s, row by row.
//!
//! Container, layout and format are told from the content, never from a name. Reading streams: a row is looked
//! at where it lies in the buffer and the record borrows from it, so memory stays flat whatever the file. A bad
//! row is reported with its line and reason and the next one is read; nothing panics and nothing is dropped
//! without a word. No SQL, no clock, no printing: the caller stores, counts and tells.
//!
//! The way of a row: [`container`] unpacks -> [`layout`] -> [`split`] cuts -> [`row`] checks the bytes ->
//! [`join`] adds partners -> [`fields`] finds the top-level values -> [`detect`] names the format ->
//! [`read`] or [`mapping`] makes the record -> [`extras`] adds what any row may say.

mod columns;
mod container;
mod csv;
mod detect;
mod error;
mod extras;
mod failing;
mod fields;
mod input;
mod join;
mod layout;
mod mapping;
mod measures;
mod plan;
mod read;
mod row;
mod scan;
mod split;
mod time;
mod window;

#[cfg(test)]
mod tests;

use std::io::Read;
use std::ops::ControlFlow;

pub use columns::NamedColumns;
pub use container::Packing;
pub use detect::Format;
use error::Refusal;
pub use error::{IntakeError, RowError};
use input::Input;
pub use join::JoinReport;
use join::Joiner;
pub use layout::Layout;
pub use mapping::{
    Constant, LabelColumns, Mapping, Meaning, OutputColumns, Part, Profile, ProfileError, Source,
};
pub use measures::first_token;
pub use plan::Detection;
use plan::Plan;

use crate::domain::record::Record;

/// Said of a row whose text could not be kept byte for byte.
const REPAIRED: &str = "half a surrogate pair was replaced by U+FFFD";

/// How to read.
#[derive(Debug, Clone)]
pub struct Options {
    /// Longer rows are passed over without being kept, and reported. In bytes.
    pub max_row: usize,
    /// Rows of joined files held in memory take at most this many bytes.
    pub join_limit: usize,
    /// Which column holds what. Without request and outputs it only adds to what a format's reader finds.
    pub profile: Option<Profile>,
    /// `field=column` entries over the profile, or over nothing.
    pub map: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            max_row: 32 << 20,
            join_limit: 512 << 20,
            profile: None,
            map: Vec::new(),
        }
    }
}

impl Options {
    /// What the user says about columns; `None` if nothing.
    fn given(&self) -> Result<Option<Mapping>, ProfileError> {
        if self.profile.is_none() && self.map.is_empty() {
            return Ok(None);
        }
        let mut mapping = self
            .profile
            .as_ref()
            .map(|p| p.columns.clone())
            .unwrap_or_default();
        mapping::refuse_twice(&self.map)?;
        for entry in &self.map {
            mapping.set(entry)?;
        }
        Ok(Some(mapping))
    }
}

/// One row, read or refused.
#[derive(Debug)]
pub struct Row<'a> {
    /// Position of its file in the list, from 0.
    pub file: usize,
    /// Where it starts, 1-based.
    pub line: u64,
    /// The bytes as they stand in the file. Empty where the row was passed over for its length.
    pub raw: &'a [u8],
    /// The row as JSON, which the record borrows from: `raw` itself, the object made of a table's record, or
    /// the array of joined rows. Empty where the row is no JSON.
    pub json: &'a str,
    /// What it looks like.
    pub format: Format,
    /// What it says, or why it cannot be read.
    pub outcome: Result<Record<'a>, RowError>,
}

/// What was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// How the leading file is packed.
    pub packing: Packing,
    /// How its rows lie.
    pub layout: Layout,
    /// What its first rows look like.
    pub detection: Detection,
    /// How columns were read, given or inferred; `None` where no row is a table's.
    pub mapping: Option<Mapping>,
    /// Columns of the first rows that nothing was read from.
    pub unread: Vec<String>,
    /// Rows handed out, good and bad.
    pub rows: u64,
    /// Rows that could be read.
    pub records: u64,
    /// Rows that could not.
    pub bad: u64,
    /// Outputs in the rows that could.
    pub outputs: u64,
    /// Remarks on the rows that could.
    pub remarks: u64,
    /// How the join went, if there was one.
    pub join: Option<JoinReport>,
    /// Whether the caller stopped before the end.
    pub stopped: bool,
}

/// Reads one file row by row.
///
/// `on_row` gets each row in the order of the file and stops the reading by breaking. Errors are about the file
/// as a whole and come before the first row, except a reader that fails on the way.
pub fn read_rows<'r>(
    reader: impl Read + 'r,
    options: &Options,
    on_row: impl FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<Summary, IntakeError> {
    let input = Input::open(reader, 0, options.max_row)?;
    run(input, None, options, on_row)
}

/// Reads several files joined on a key, a path into the rows; the profile's own, if `key` is `None`.
///
/// Files of one batch need no key and may come in any order. Otherwise the first file leads: its rows are
/// streamed, those of the others are held in memory. Rows nobody asked for come last, read on their own.
pub fn read_joined<'r>(
    readers: Vec<Box<dyn Read + 'r>>,
    key: Option<&str>,
    options: &Options,
    on_row: impl FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<Summary, IntakeError> {
    let files = readers.len();
    let mut inputs = Vec::with_capacity(files);
    for (file, reader) in readers.into_iter().enumerate() {
        match Input::open(reader, file, options.max_row) {
            Ok(input) => inputs.push(input),
            // A batch without failures has an empty error file.
            Err(IntakeError::Empty | IntakeError::Blank { .. }) if files > 1 => {}
            Err(error) => return Err(error),
        }
    }
    if inputs.is_empty() {
        return Err(IntakeError::Empty);
    }
    let (lead, batch_key) = join::lead(&inputs);
    let profile_key = options.profile.as_ref().and_then(|p| p.join.as_deref());
    let key = key.or(profile_key).or(batch_key);
    let leading = inputs.remove(lead);
    if inputs.is_empty() {
        return run(leading, None, options, on_row);
    }
    let key = key.ok_or(IntakeError::NoJoinKey { files })?;
    let mut joiner = Joiner::new(key, options.join_limit);
    for input in inputs {
        joiner.hold(input)?;
    }
    run(leading, Some(joiner), options, on_row)
}

fn run(
    mut input: Input<'_>,
    mut joiner: Option<Joiner>,
    options: &Options,
    mut on_row: impl FnMut(Row<'_>) -> ControlFlow<()>,
) -> Result<Summary, IntakeError> {
    let mut head = std::mem::take(&mut input.head);
    for row in &mut head {
        let mut both = String::new();
        let joined = joiner
            .as_mut()
            .zip(row.json())
            .and_then(|(joiner, (json, repaired))| {
                joiner.combine(json, &mut both).then_some(repaired)
            });
        if let Some(repaired) = joined {
            row.text = Ok(input::AheadText::Made(both, repaired));
        }
    }
    let readable = head
        .iter()
        .filter_map(|row| Some((row.line, row.json()?.0)));
    let sample: Vec<(u64, &str)> = readable.collect();
    let plan = Plan::of(&sample, &input.keys, options)?;
    drop(sample);
    let mut hand = Hand {
        plan: &plan,
        summary: Summary {
            packing: input.packing,
            layout: input.layout.clone(),
            detection: plan.detection.clone(),
            mapping: plan.mapping.clone(),
            unread: Vec::new(),
            rows: 0,
            records: 0,
            bad: 0,
            outputs: 0,
            remarks: 0,
            join: None,
            stopped: false,
        },
        on_row: &mut on_row,
    };
    let flow = hand.all(&mut input, head, joiner.as_mut())?;
    let mut summary = hand.summary;
    summary.stopped = flow.is_break();
    summary.join = joiner.map(|joiner| joiner.report);
    summary.unread = plan.unread();
    Ok(summary)
}

/// Hands rows to the caller and counts them.
struct Hand<'p, F> {
    plan: &'p Plan,
    summary: Summary,
    on_row: F,
}

/// Where a row stands.
#[derive(Clone, Copy)]
struct Place<'a> {
    file: usize,
    line: u64,
    raw: &'a [u8],
}

impl<F: FnMut(Row<'_>) -> ControlFlow<()>> Hand<'_, F> {
    fn all(
        &mut self,
        input: &mut Input<'_>,
        head: Vec<input::Ahead>,
        mut joiner: Option<&mut Joiner>,
    ) -> Result<ControlFlow<()>, IntakeError> {
        let file = input.file;
        for row in head {
            let place = Place {
                file,
                line: row.line,
                raw: &row.raw,
            };
            let flow = match (&row.text, row.json()) {
                (Ok(_), Some((json, repaired))) => {
                    self.row(place, json, repaired.then_some(REPAIRED))
                }
                (Err(refusal), _) => self.refused(place, refusal.clone().at(row.line)),
                (Ok(_), None) => self.refused(place, Refusal::new("not valid UTF-8").at(row.line)),
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        let (mut scratch, mut both) = (String::new(), String::new());
        while let Some(piece) = input.next()? {
            let place = Place {
                file,
                line: piece.line,
                raw: input.raw(&piece),
            };
            let flow = match input.text(&piece, &mut scratch) {
                Ok(text) => {
                    let joined = joiner
                        .as_mut()
                        .is_some_and(|j| j.combine(text.json, &mut both));
                    let json = if joined { both.as_str() } else { text.json };
                    self.row(place, json, text.repaired.then_some(REPAIRED))
                }
                Err(refusal) => self.refused(place, refusal.at(piece.line)),
            };
            if flow.is_break() {
                return Ok(flow);
            }
        }
        Ok(joiner.map_or(ControlFlow::Continue(()), |joiner| self.left_over(joiner)))
    }

    /// Rows of the other files that no row of the leading one asked for, and those that could not be held.
    fn left_over(&mut self, joiner: &mut Joiner) -> ControlFlow<()> {
        for fault in std::mem::take(&mut joiner.faults) {
            let place = Place {
                file: fault.file,
                line: fault.error.line,
                raw: &fault.raw,
            };
            self.refused(place, fault.error)?;
        }
        let remark = format!(
            "no row of the leading file has the same `{}`",
            joiner.report.key
        );
        for held in joiner.left_over() {
            let place = Place {
                file: held.file,
                line: held.line,
                raw: held.json.as_bytes(),
            };
            self.row(place, &held.json, Some(&remark))?;
        }
        ControlFlow::Continue(())
    }

    fn row(&mut self, place: Place<'_>, json: &str, remark: Option<&str>) -> ControlFlow<()> {
        let (format, read) = self.plan.read(json);
        let outcome = match read {
            Ok(mut record) => {
                record.remarks.extend(remark.map(str::to_owned));
                self.summary.records += 1;
                self.summary.outputs += record.outputs.len() as u64;
                self.summary.remarks += record.remarks.len() as u64;
                Ok(record)
            }
            Err(refusal) => {
                self.summary.bad += 1;
                Err(refusal.at(place.line))
            }
        };
        self.hand(place, json, format, outcome)
    }

    fn refused(&mut self, place: Place<'_>, error: RowError) -> ControlFlow<()> {
        self.summary.bad += 1;
        self.hand(place, "", self.plan.detection.format, Err(error))
    }

    fn hand<'a>(
        &mut self,
        place: Place<'a>,
        json: &'a str,
        format: Format,
        outcome: Result<Record<'a>, RowError>,
    ) -> ControlFlow<()> {
        self.summary.rows += 1;
        (self.on_row)(Row {
            file: place.file,
            line: place.line,
            raw: place.raw,
            json,
            format,
            outcome,
        })
    }
}
