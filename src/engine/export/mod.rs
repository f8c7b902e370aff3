//! From reviewed tickets to a training dataset folder.
//!
//! Only finished evidence becomes a row: settled tickets, corrections that wait for nobody, preferences a
//! majority agrees on; never practice. Every row is checked against its format's rules before it is written,
//! and every row left out is counted, named and listed with its reason. No row of a cluster that is held out
//! is written unless a reason says so, and the manifest and the ledger keep that reason. What was written
//! becomes a `train` dataset.
//!
//! The folder appears whole or not at all (`engine::folder`); `record` says how it and the ledger stay together
//! through a kill. [`Engine::export_with`] is what both command line and screen call.

mod check;
mod error;
mod evidence;
mod gather;
mod held;
mod pass;
mod record;
mod report;
mod rows;
mod suggested;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

pub use error::ExportError;
pub use report::{ExportReport, HeldRows, Landed};

use super::folder::{
    About, FileEntry, FolderError, FolderPlan, FolderWriter, HeldOut, Selection, Summary,
};
use super::{Engine, EngineError, Result};
use crate::domain::eval::Eval;
use crate::domain::ids::EvalId;
use crate::domain::rubric::Kind;
use crate::domain::split::ExportSplit;
use crate::domain::training::{Needs, TrainingFormat};
use crate::domain::view::{
    ExportOptions, ExportPlan, ExportPreview, Exported, FormatChoice, Progress,
};
use crate::store::{Db, StoreError, catalog, rubrics};
use crate::text::sanitise;

use check::Checked;
use gather::Passed;
use pass::Sink;
use record::UnderWay;

/// An export as asked for, with what only the command line asks.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportRequest {
    /// What the screen asks too.
    pub plan: ExportPlan,
    /// At most so many rows, in the order the tickets arrived.
    pub limit: Option<u64>,
    /// Name of the dataset of what leaves; `None` is the eval's name with `-train`.
    pub dataset: Option<String>,
    /// The licence as dataset hubs name it.
    pub license: Option<String>,
    /// ISO 639-1 codes.
    pub languages: Vec<String>,
}

impl From<ExportPlan> for ExportRequest {
    fn from(plan: ExportPlan) -> Self {
        Self {
            plan,
            limit: None,
            dataset: None,
            license: None,
            languages: Vec::new(),
        }
    }
}

impl Engine {
    /// What an export of this eval can be made of. Formats that fit the eval's questions come first.
    pub fn export_options(&self, eval: EvalId) -> Result<ExportOptions> {
        let pairwise = self.store().read(|db| {
            let (_, eval) = known_eval(db, eval)?;
            Ok(rubrics::get(db, &eval.rubric)?.kind == Kind::Pairwise)
        })?;
        let mut formats = TrainingFormat::ALL;
        if pairwise {
            formats.sort_by_key(|format| format.needs() == Needs::Single);
        }
        let choice = |format: TrainingFormat| FormatChoice {
            name: format.name().to_owned(),
            about: format.about().to_owned(),
            pairs: format.needs() == Needs::Preference,
        };
        Ok(ExportOptions {
            formats: formats.map(choice).to_vec(),
            folder: free_folder("train"),
        })
    }

    /// What an export would write, without writing it.
    pub fn export_preview(&self, plan: &ExportPlan) -> Result<ExportPreview> {
        let request = ExportRequest::from(plan.clone());
        let report = self.export_dry(&request, &mut |_| {}, &AtomicBool::new(false))?;
        Ok(report.preview())
    }

    /// Writes an export.
    pub fn export(
        &self,
        plan: &ExportPlan,
        progress: &mut dyn FnMut(Progress),
        cancel: &AtomicBool,
    ) -> Result<Exported> {
        let report = self
            .export_with(&plan.clone().into(), progress, cancel)
            .map_err(on_screen)?;
        let nothing = || EngineError::from(ExportError::Nothing(Box::new(report.clone())));
        report.exported().ok_or_else(nothing)
    }

    /// What an export would write, with everything the command line asks.
    pub fn export_dry(
        &self,
        request: &ExportRequest,
        progress: &mut dyn FnMut(Progress),
        cancel: &AtomicBool,
    ) -> std::result::Result<ExportReport, ExportError> {
        let checked = self.check_export(request)?;
        let nowhere = |_| Ok(Sink::Nowhere);
        let passed = self.gather(request, &checked, nowhere, progress, cancel)?;
        Ok(ExportReport::of(request, &checked, passed))
    }

    /// Writes an export. [`ExportError::Nothing`] if no row is left to write.
    pub fn export_with(
        &self,
        request: &ExportRequest,
        progress: &mut dyn FnMut(Progress),
        cancel: &AtomicBool,
    ) -> std::result::Result<ExportReport, ExportError> {
        self.settle_exports()?;
        let checked = self.check_export(request)?;
        let folder = Path::new(&request.plan.folder);
        let open = |split: ExportSplit| {
            let plan = FolderPlan {
                format: checked.format,
                split,
                replace: request.plan.replace,
            };
            Ok(Sink::Folder(Box::new(FolderWriter::create(folder, plan)?)))
        };
        let mut passed = self.gather(request, &checked, open, progress, cancel)?;
        let sink = std::mem::replace(&mut passed.sink, Sink::Nowhere);
        let Sink::Folder(writer) = sink else {
            return Err(ExportError::Stopped);
        };
        if passed.counts.rows() == 0 {
            drop(writer);
            let report = ExportReport::of(request, &checked, passed);
            return Err(ExportError::Nothing(Box::new(report)));
        }
        self.land(request, &checked, passed, *writer)
    }

    /// Puts the folder in its place and records it.
    fn land(
        &self,
        request: &ExportRequest,
        checked: &Checked,
        mut passed: Passed,
        writer: FolderWriter,
    ) -> std::result::Result<ExportReport, ExportError> {
        let created = self.created();
        let overrode = passed.counts.overridden > 0;
        let under_way = UnderWay {
            eval: checked.eval.id,
            dataset: checked.dataset.clone(),
            format: checked.format.name().to_owned(),
            folder: writer.target().to_path_buf(),
            created: created.clone(),
            rows: passed.counts.rows(),
            override_reason: checked.override_reason.clone().filter(|_| overrode),
            items: std::mem::take(&mut passed.counts.items),
        };
        let summary = Summary {
            about: about(request, checked, &mut passed, created),
            shape: passed.shape | passed.counts.tally.shape(),
            duplicates: passed.duplicates,
            warnings: passed.warnings.clone(),
            refused_first: passed.counts.listed.clone(),
        };
        self.announce_export(&under_way)?;
        let written = match writer.finish(&summary) {
            Ok(written) => written,
            Err(error) => {
                // The error is what matters; a note that stays is settled by the next export.
                let _ = self.forget_export(&under_way.folder);
                return Err(error.into());
            }
        };
        let manifest = manifest_entry(&written.folder)?;
        let mut report = ExportReport::of(request, checked, passed);
        let mut files = written.files;
        let landed = Landed {
            folder: written.folder.display().to_string(),
            manifest_sha256: manifest.sha256.clone(),
            dataset: checked.dataset.clone(),
            files: {
                files.push(manifest);
                files
            },
        };
        self.record_export(under_way, landed.manifest_sha256.clone())
            .map_err(|error| ExportError::Unrecorded {
                folder: landed.folder.clone(),
                why: error.to_string(),
            })?;
        report.written = Some(landed);
        Ok(report)
    }

    fn created(&self) -> String {
        jiff::Timestamp::from_millisecond(self.clock().now_ms())
            .map(|time| time.to_string())
            .unwrap_or_default()
    }
}

/// The error as the screen says it: what the command line asks with an option is a line of the form there.
fn on_screen(error: ExportError) -> EngineError {
    match error {
        ExportError::Folder(FolderError::TargetNotEmpty(folder)) => EngineError::refused(
            format!(
                "`{}` is not empty; nothing was written",
                sanitise::path(&folder)
            ),
            "Name another folder under Folder. If docket wrote what is in it and it may go, choose \"replace it\" in the \
             line below, and write again.",
        ),
        other => other.into(),
    }
}

fn known_eval(db: &Db, id: EvalId) -> crate::store::Result<(i64, Eval)> {
    catalog::eval(db, &id)?.ok_or_else(|| StoreError::NotFound {
        what: "eval",
        name: id.short(),
    })
}

/// The first of `name`, `name-2`, ... that is not there or is empty.
fn free_folder(name: &str) -> String {
    let free = |folder: &str| {
        let path = Path::new(folder);
        !path.exists() || std::fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
    };
    let numbered = (2..1_000).map(|n| format!("{name}-{n}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|folder| free(folder))
        .unwrap_or_else(|| name.to_owned())
}

fn about(
    request: &ExportRequest,
    checked: &Checked,
    passed: &mut Passed,
    created: String,
) -> About {
    let filter = (!checked.filter.is_all()).then(|| request.plan.filter.trim().to_owned());
    let overrode = passed.counts.overridden > 0;
    About {
        name: checked.dataset.clone(),
        eval: Some(checked.eval.name.clone()),
        created,
        sources: std::mem::take(&mut passed.sources),
        selection: Selection {
            rows: request.plan.rows.name().to_owned(),
            filter,
            min_score: request.plan.min_score,
            limit: request.limit,
        },
        held_out: HeldOut {
            checked_against: passed.held.checked(),
            override_reason: checked.override_reason.clone().filter(|_| overrode),
            overridden_rows: passed.counts.overridden,
        },
        license: request.license.clone(),
        languages: request.languages.clone(),
    }
}

fn manifest_entry(folder: &Path) -> Result<FileEntry> {
    let path: PathBuf = folder.join("manifest.json");
    let text = std::fs::read(&path).map_err(|error| EngineError::file("read", &path, &error))?;
    Ok(FileEntry {
        path: "manifest.json".into(),
        rows: None,
        bytes: text.len() as u64,
        sha256: record::sha256(&text),
    })
}
