//! Several files joined on a key: the rows of all but the first are held in memory.
//!
//! A joined row is the array of its parts' texts, so that nothing of either is lost. A row without partner is
//! read on its own, a key that repeats within a file is reported.

use std::borrow::Cow;
use std::collections::HashMap;

use super::detect::Format;
use super::error::{IntakeError, Refusal, RowError};
use super::fields::{Fields, key, scalar};
use super::input::{Ahead, Input};

/// How a join went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JoinReport {
    /// The key.
    pub key: String,
    /// Rows of the leading file that found a partner.
    pub joined: u64,
    /// Rows of the leading file without one.
    pub alone: u64,
    /// Rows of the other files that no row of the leading file asked for.
    pub left_over: u64,
    /// Rows whose key stood before in the same file.
    pub repeated: u64,
}

/// A row held until its partner comes.
pub(super) struct Held {
    pub file: usize,
    pub line: u64,
    pub json: Box<str>,
    taken: bool,
}

/// A row of a held file that cannot be joined.
pub(super) struct Unjoined {
    pub file: usize,
    pub raw: Vec<u8>,
    pub error: RowError,
}

/// Holds the rows of later files by key.
pub(super) struct Joiner {
    rows: HashMap<Box<str>, Vec<Held>>,
    bytes: usize,
    limit: usize,
    pub faults: Vec<Unjoined>,
    pub report: JoinReport,
}

impl Joiner {
    pub fn new(key: &str, limit: usize) -> Self {
        Self {
            rows: HashMap::new(),
            bytes: 0,
            limit,
            faults: Vec::new(),
            report: JoinReport {
                key: key.to_owned(),
                ..JoinReport::default()
            },
        }
    }

    /// Reads a whole file into memory.
    pub fn hold(&mut self, mut input: Input<'_>) -> Result<(), IntakeError> {
        let file = input.file;
        let mut any = false;
        for ahead in std::mem::take(&mut input.head) {
            let json = ahead.json().map(|(json, _)| json.to_owned());
            let text = match ahead.text {
                Ok(_) => Ok(json.unwrap_or_default()),
                Err(refusal) => Err(refusal),
            };
            any |= self.take(file, ahead.line, &ahead.raw, text)?;
        }
        let mut scratch = String::new();
        while let Some(piece) = input.next()? {
            let text = input.text(&piece, &mut scratch).map(|t| t.json.to_owned());
            any |= self.take(file, piece.line, input.raw(&piece), text)?;
        }
        if any {
            return Ok(());
        }
        Err(IntakeError::JoinKeyMissing {
            file: file + 1,
            key: self.report.key.clone(),
        })
    }

    /// Holds one row; whether it had the key.
    fn take(
        &mut self,
        file: usize,
        line: u64,
        raw: &[u8],
        text: Result<String, Refusal>,
    ) -> Result<bool, IntakeError> {
        self.bytes += raw.len() + 160;
        if self.bytes > self.limit {
            return Err(IntakeError::JoinTooLarge {
                key: self.report.key.clone(),
                limit: self.limit,
            });
        }
        let found = text.and_then(|json| match self.key_of(&json)? {
            Some(key) => Ok((key, json)),
            None => Err(Refusal::new(format!(
                "the row has no `{}` to join on",
                self.report.key
            ))),
        });
        let refusal = match found {
            Ok((key, json)) => {
                let held = self.rows.entry(key.as_str().into()).or_default();
                match held.iter().find(|row| row.file == file) {
                    None => {
                        held.push(Held {
                            file,
                            line,
                            json: json.into(),
                            taken: false,
                        });
                        return Ok(true);
                    }
                    Some(first) => {
                        self.report.repeated += 1;
                        Refusal::new(format!(
                            "`{}` = `{key}` stands on line {} already",
                            self.report.key, first.line
                        ))
                    }
                }
            }
            Err(refusal) => refusal,
        };
        self.faults.push(Unjoined {
            file,
            raw: raw.to_vec(),
            error: refusal.at(line),
        });
        Ok(false)
    }

    fn key_of(&self, json: &str) -> Result<Option<String>, Refusal> {
        let value = Fields::parse(json)?.path(&self.report.key).and_then(scalar);
        Ok(value.map(Cow::into_owned))
    }

    /// Writes the row with its partners over `out`; `false` if it has none.
    pub fn combine(&mut self, json: &str, out: &mut String) -> bool {
        let key = self.key_of(json).ok().flatten();
        let Some(held) = key.and_then(|key| self.rows.get_mut(key.as_str())) else {
            self.report.alone += 1;
            return false;
        };
        self.report.joined += 1;
        self.report.repeated += u64::from(held.iter().all(|row| row.taken));
        out.clear();
        out.push('[');
        out.push_str(json);
        for row in held {
            row.taken = true;
            out.push(',');
            out.push_str(&row.json);
        }
        out.push(']');
        true
    }

    /// The rows nobody asked for, in the order of their files.
    pub fn left_over(&mut self) -> Vec<Held> {
        let rows = std::mem::take(&mut self.rows).into_values().flatten();
        let mut left: Vec<Held> = rows.filter(|row| !row.taken).collect();
        left.sort_by_key(|row| (row.file, row.line));
        self.report.left_over = left.len() as u64;
        left
    }
}

/// Which file leads, and the key if the files are parts of one batch.
///
/// A batch's input file leads wherever it stands in the list; otherwise the first file does.
pub(super) fn lead(inputs: &[Input<'_>]) -> (usize, Option<&'static str>) {
    let mut batch = None;
    for (at, input) in inputs.iter().enumerate() {
        let first = input.head.iter().find_map(Ahead::json);
        let Some(row) = first.and_then(|(json, _)| Fields::parse(json).ok()) else {
            continue;
        };
        if !matches!(
            Format::of(&row),
            Format::OpenAiBatch | Format::AnthropicBatch
        ) {
            continue;
        }
        batch = batch.or(Some(0));
        if row.any(key::BODY | key::PARAMS) {
            batch = Some(at);
            break;
        }
    }
    (batch.unwrap_or(0), batch.map(|_| "custom_id"))
}
