//! Writes a dataset folder: all of it, or nothing.
//!
//! Rows stream through [`FolderWriter::push`] into files that are hashed as they are written; memory does not
//! grow with them. [`FolderWriter::finish`] adds the manifest and the dataset card, waits for the disk and
//! renames the whole into place. Dropped before that, killed or out of space, it leaves the target as it was.
//!
//! The folder: `train.jsonl`; `validation.jsonl` if it has rows; `provenance.jsonl`, one line for each row
//! written; `refused.jsonl`, one line for each row refused, if any; `README.md`; `manifest.json`.
//!
//! Refused: a target that holds anything, unless it is a dataset docket wrote and `replace` is given.

mod card;
mod error;
mod hashed;
mod manifest;
mod target;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use serde::Serialize;

pub use error::FolderError;
pub use manifest::{
    About, FileEntry, HeldOut, HeldOutDataset, RefusedCount, RefusedRow, Selection, SourceFile,
};

use crate::domain::split::{ExportSplit, Split};
use crate::domain::training::{Origin, Refusal, TrainingFormat, TrainingRow, Warning};
use crate::formats::training::Columns;
use card::Card;
use hashed::{Hashed, Sealed};
use manifest::{Counts, Manifest, Provenance, Reason, Refused, SplitRule, Tool};
use target::Target;

const TOOL: &str = "docket";
const TRAIN: &str = "train.jsonl";
const VALIDATION: &str = "validation.jsonl";
const PROVENANCE: &str = "provenance.jsonl";
const REFUSED: &str = "refused.jsonl";

/// What is decided before the first row.
#[derive(Debug, Clone, Copy)]
pub struct FolderPlan {
    /// The format of the rows that will come.
    pub format: TrainingFormat,
    /// How rows are divided.
    pub split: ExportSplit,
    /// Whether a dataset docket wrote before may be replaced.
    pub replace: bool,
}

/// What is known after the last row.
#[derive(Debug, Clone, Default)]
pub struct Summary {
    /// For the manifest and the card.
    pub about: About,
    /// The optional columns the rows had, from `Tally::shape`.
    pub shape: Columns,
    /// Rows that repeat another one, from `Tally::duplicates`.
    pub duplicates: u64,
    /// From `Tally::warnings`.
    pub warnings: Vec<Warning>,
    /// The first rows that were refused, for the manifest.
    pub refused_first: Vec<RefusedRow>,
}

/// A finished folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Where it is.
    pub folder: PathBuf,
    /// Rows to train on.
    pub train: u64,
    /// Rows to validate on.
    pub validation: u64,
    /// Rows refused.
    pub refused: u64,
    /// How many rows were refused for which reason; a row may have several.
    pub refused_by_reason: Vec<RefusedCount>,
    /// Every file but the manifest, with its hash.
    pub files: Vec<FileEntry>,
}

/// A dataset folder in the making.
#[derive(Debug)]
pub struct FolderWriter {
    plan: FolderPlan,
    train: Stream,
    validation: Option<Stream>,
    provenance: Stream,
    refused: Option<Stream>,
    reasons: BTreeMap<&'static str, u64>,
    /// Rows a judge decided.
    by_judge: u64,
    /// Whose text these are.
    judges: BTreeMap<String, u64>,
    taken: u64,
    scratch: Vec<u8>,
    // Last, so that the files are closed before the temporary folder is removed.
    target: Target,
}

/// One file of rows.
#[derive(Debug)]
struct Stream {
    name: &'static str,
    path: PathBuf,
    file: Hashed<File>,
}

impl Stream {
    fn create(folder: &Path, name: &'static str) -> Result<Self, FolderError> {
        let path = folder.join(name);
        let file = File::create_new(&path).map_err(FolderError::io("create", &path))?;
        Ok(Self {
            name,
            path,
            file: Hashed::new(file),
        })
    }

    fn line(&mut self, line: &[u8]) -> Result<(), FolderError> {
        let written = self.file.line(line);
        written.map_err(|error| FolderError::io("write", &self.path)(error))
    }

    fn finish(self) -> Result<FileEntry, FolderError> {
        let sealed = self.file.finish();
        let sealed = sealed.map_err(FolderError::io("write", &self.path))?;
        Ok(entry(self.name, Some(sealed.lines), sealed))
    }
}

fn entry(name: &str, rows: Option<u64>, sealed: Sealed) -> FileEntry {
    FileEntry {
        path: name.to_owned(),
        rows,
        bytes: sealed.bytes,
        sha256: sealed.sha256,
    }
}

impl FolderWriter {
    /// Checks the target and opens the temporary folder beside it; nothing appears at the target yet.
    pub fn create(target: &Path, plan: FolderPlan) -> Result<Self, FolderError> {
        let target = Target::claim(target, plan.replace)?;
        Ok(Self {
            plan,
            train: Stream::create(target.temp(), TRAIN)?,
            validation: None,
            provenance: Stream::create(target.temp(), PROVENANCE)?,
            refused: None,
            reasons: BTreeMap::new(),
            by_judge: 0,
            judges: BTreeMap::new(),
            taken: 0,
            scratch: Vec::new(),
            target,
        })
    }

    /// Where the folder will be, without links and dots.
    pub fn target(&self) -> &Path {
        self.target.path()
    }

    /// Adds a row that was written as `line`, to the split of its cluster, with its provenance.
    pub fn push(&mut self, line: &[u8], row: &TrainingRow) -> Result<Split, FolderError> {
        let split = self.plan.split.of(&row.cluster);
        let stream = match split {
            Split::Train => &mut self.train,
            Split::Validation => open(&mut self.validation, &self.target, VALIDATION)?,
        };
        stream.line(line)?;
        self.by_judge += u64::from(row.origin == Origin::Judge);
        if let Some(judge) = &row.judge {
            *self.judges.entry(judge.clone()).or_default() += 1;
        }
        self.taken += u64::from(row.taken.is_some());
        let provenance = Provenance::of(row, stream.name, stream.file.lines());
        json_line(&mut self.scratch, &provenance);
        self.provenance.line(&self.scratch)?;
        Ok(split)
    }

    /// Notes a row that is not written, with all its reasons.
    pub fn refuse(&mut self, row: &TrainingRow, reasons: &[Refusal]) -> Result<(), FolderError> {
        for (at, refusal) in reasons.iter().enumerate() {
            // A row counts once for a reason, however many of its messages give it.
            if !reasons[..at].iter().any(|r| r.code == refusal.code) {
                *self.reasons.entry(refusal.code).or_default() += 1;
            }
        }
        let line = Refused {
            ticket: row.ticket,
            external_id: row.external_id.as_deref(),
            raw_record: row.raw,
            reasons: reasons
                .iter()
                .map(|refusal| Reason {
                    code: refusal.code,
                    reason: &refusal.reason,
                })
                .collect(),
        };
        json_line(&mut self.scratch, &line);
        open(&mut self.refused, &self.target, REFUSED)?.line(&self.scratch)
    }

    /// Rows refused so far, by reason.
    pub fn refused_by_reason(&self) -> Vec<RefusedCount> {
        let counts = self.reasons.iter();
        counts
            .map(|(&code, &rows)| RefusedCount { code, rows })
            .collect()
    }

    /// Writes card and manifest, waits for the disk, and puts the folder in its place.
    ///
    /// Without rows, or without rows to train on, nothing is written.
    pub fn finish(self, summary: &Summary) -> Result<Written, FolderError> {
        let refused_by_reason = self.refused_by_reason();
        let lines = |stream: Option<&Stream>| stream.map_or(0, |stream| stream.file.lines());
        let train = lines(Some(&self.train));
        let validation = lines(self.validation.as_ref());
        let refused = lines(self.refused.as_ref());
        if train + validation == 0 {
            return Err(FolderError::NoRows(self.target.path().to_path_buf()));
        } else if train == 0 {
            return Err(FolderError::NoTrainRows { rows: validation });
        }
        let streams = [
            Some(self.train),
            self.validation,
            Some(self.provenance),
            self.refused,
        ];
        let mut files = Vec::new();
        for stream in streams.into_iter().flatten() {
            files.push(stream.finish()?);
        }
        let card = Card {
            format: self.plan.format,
            about: &summary.about,
            shape: summary.shape,
            train,
            validation,
            by_judge: self.by_judge,
            judges: &self.judges,
            taken: self.taken,
            refused,
            refused_by_reason: &refused_by_reason,
            warnings: &summary.warnings,
            files: &files,
        };
        let card = text_file(self.target.temp(), "README.md", &card.text())?;
        files.push(card);
        let counts = Counts {
            considered: train + validation + refused,
            written: train + validation,
            train,
            validation,
            by_judge: self.by_judge,
            judges: &self.judges,
            taken: self.taken,
            refused,
            refused_by_reason: &refused_by_reason,
            refused_first: &summary.refused_first,
            duplicates: summary.duplicates,
        };
        let manifest = manifest_text(self.plan, summary, counts, &files);
        text_file(self.target.temp(), "manifest.json", &manifest)?;
        let folder = self.target.publish()?;
        Ok(Written {
            folder,
            train,
            validation,
            refused,
            refused_by_reason,
            files,
        })
    }
}

fn manifest_text(
    plan: FolderPlan,
    summary: &Summary,
    counts: Counts<'_>,
    files: &[FileEntry],
) -> String {
    let about = &summary.about;
    let manifest = Manifest {
        tool: Tool {
            name: TOOL,
            version: env!("CARGO_PKG_VERSION"),
        },
        created: &about.created,
        name: &about.name,
        eval: about.eval.as_deref(),
        format: plan.format.name(),
        sources: &about.sources,
        selection: &about.selection,
        split: SplitRule::of(plan.split),
        held_out: &about.held_out,
        counts,
        warnings: &summary.warnings,
        provenance: PROVENANCE,
        files,
    };
    // Plain structs without maps: writing them as JSON cannot fail.
    serde_json::to_string_pretty(&manifest).unwrap_or_default()
}

fn open<'a>(
    stream: &'a mut Option<Stream>,
    target: &Target,
    name: &'static str,
) -> Result<&'a mut Stream, FolderError> {
    match stream {
        Some(stream) => Ok(stream),
        none => Ok(none.insert(Stream::create(target.temp(), name)?)),
    }
}

fn json_line<T: Serialize>(out: &mut Vec<u8>, value: &T) {
    out.clear();
    // Plain structs without maps into memory: this cannot fail.
    let _ = serde_json::to_writer(out, value);
}

fn text_file(folder: &Path, name: &'static str, text: &str) -> Result<FileEntry, FolderError> {
    let mut stream = Stream::create(folder, name)?;
    stream.line(text.as_bytes())?;
    stream.finish().map(|file| FileEntry { rows: None, ..file })
}
