//! Looking at the first rows of an import, before anything is made.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::{EngineError, Result};
use super::plan::ImportPlan;
use super::reading::{Stream, Unread, cannot_import, read};
use super::report::FileReport;
use super::source::Source;
use super::tap::Tap;
use crate::formats::intake::{Format, NamedColumns, Options, Packing, Summary};

/// Rows looked at before anything is decided.
const LOOK: u64 = 200;

/// The files of an import, looked at. Nothing is made yet, and no workspace is needed.
#[derive(Debug)]
pub struct Intake {
    pub(super) sources: Vec<Source>,
    pub(super) looked: Looked,
}

impl Intake {
    /// Opens the files and looks at their first rows. Refuses what cannot be read at all, and columns of the
    /// plan's `map` that no row has. Setting `cancel` ends it with a refusal that says so.
    pub fn look(plan: &ImportPlan, cancel: &AtomicBool) -> Result<Self> {
        if plan.files.is_empty() {
            return Err(EngineError::refused(
                "no file to import was named",
                "`docket import FILE...`",
            ));
        }
        let sources = plan
            .files
            .iter()
            .map(|path| Source::find(path, cancel))
            .collect::<Result<Vec<_>>>()?;
        let looked = look(&sources, plan, cancel);
        if cancel.load(Ordering::Relaxed) {
            return Err(EngineError::refused(
                "stopped before anything was taken",
                "run the same command again",
            ));
        }
        Ok(Self {
            sources,
            looked: looked?,
        })
    }

    /// What each file looks like, in the order given.
    pub fn into_files(self) -> Vec<FileReport> {
        self.looked.files
    }
}

/// What was decided from the first rows.
#[derive(Debug, Default)]
pub(super) struct Looked {
    pub streams: Vec<Stream>,
    pub files: Vec<FileReport>,
    /// A row stands for a comparison of its outputs.
    pub pairwise: bool,
    pub notes: Vec<String>,
}

/// Looks at the first rows of every file.
fn look(sources: &[Source], plan: &ImportPlan, cancel: &AtomicBool) -> Result<Looked> {
    let options = &plan.options();
    let mut looked = Looked {
        files: sources.iter().map(described).collect(),
        ..Looked::default()
    };
    let mut seen = Seen {
        pairwise: false,
        columns: NamedColumns::of(&plan.map),
        cancel,
    };
    let joined = plan.join.as_ref().or(plan
        .profile
        .as_ref()
        .and_then(|profile| profile.join.as_ref()));
    if let (Some(key), true) = (joined, sources.len() > 1) {
        let stream = Stream {
            files: (0..sources.len()).collect(),
            key: Some(key.clone()),
        };
        let summary = look_at(&stream, sources, options, &mut seen)?;
        describe(&mut looked.files[0], &summary);
        looked.streams.push(stream);
        looked.pairwise = seen.pairwise;
        return seen.checked(sources).map(|()| looked);
    }
    let mut batch = Vec::new();
    for at in 0..sources.len() {
        let stream = Stream {
            files: vec![at],
            key: None,
        };
        match look_at(&stream, sources, options, &mut seen) {
            Ok(summary) => {
                describe(&mut looked.files[at], &summary);
                if matches!(
                    summary.detection.format,
                    Format::OpenAiBatch | Format::AnthropicBatch
                ) {
                    batch.push(at);
                } else {
                    looked.streams.push(stream);
                }
            }
            Err(Unread::Empty(_)) if sources.len() > 1 => {
                looked
                    .notes
                    .push(format!("`{}` is empty", sources[at].name));
            }
            Err(why) => return Err(why.into()),
        }
    }
    if !batch.is_empty() {
        let key = (batch.len() > 1).then(String::new);
        looked.streams.push(Stream { files: batch, key });
    }
    looked.pairwise = seen.pairwise;
    seen.checked(sources).map(|()| looked)
}

/// What the first rows showed.
struct Seen<'a> {
    pairwise: bool,
    columns: NamedColumns,
    cancel: &'a AtomicBool,
}

impl Seen<'_> {
    /// Refuses columns that were named and are nowhere.
    fn checked(&self, sources: &[Source]) -> Result<()> {
        match self.columns.refusal() {
            Some(error) => Err(cannot_import(sources.iter(), &error)),
            None => Ok(()),
        }
    }
}

fn described(source: &Source) -> FileReport {
    FileReport {
        name: source.name.clone(),
        bytes: source.bytes,
        ..FileReport::default()
    }
}

fn describe(file: &mut FileReport, summary: &Summary) {
    let packed = match summary.packing {
        Packing::Plain => "",
        Packing::Gzip => "gzip, ",
        Packing::Zstd => "zstd, ",
    };
    file.layout = format!("{packed}{}", summary.layout);
    file.format = summary.detection.format.to_string();
    let others = summary.detection.others.iter();
    file.others = others
        .map(|(line, format)| (*line, format.to_string()))
        .collect();
    file.mapping = summary.mapping.as_ref().map(ToString::to_string);
    file.columns.clone_from(&summary.mapping);
    file.unmapped_columns.clone_from(&summary.unread);
}

fn look_at(
    stream: &Stream,
    sources: &[Source],
    options: &Options,
    seen: &mut Seen<'_>,
) -> std::result::Result<Summary, Unread> {
    let mut left = LOOK;
    read(stream, sources, options, &Tap::default(), |row| {
        seen.pairwise |= left > 0 && row.outcome.is_ok_and(|record| record.pairwise);
        seen.columns.see(row.json);
        left = left.saturating_sub(1);
        // A column that only few rows have is looked for to the end, before it is called missing.
        let enough = left == 0 && seen.columns.all_seen();
        if enough || seen.cancel.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
}
