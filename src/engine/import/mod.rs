//! Import: files to facts, tickets and the decisions that came with the rows.
//!
//! [`Engine::import`] looks at the first rows of every file, tells what it will do, and takes the rows while it
//! reads them. It is idempotent: facts are named by their content, decisions that came with a row by the row.
//! The same files again, under other names, in another order, or after a kill at any point, add what is missing
//! and nothing else. Bad rows are counted and listed, never silently dropped; memory stays flat.

mod facts;
mod index;
mod labels;
mod look;
mod outgoing;
mod plan;
mod pump;
mod reading;
mod rejects;
mod report;
mod run;
mod snapshot;
mod source;
mod tap;
mod target;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

pub(super) use index::READING;
pub use look::Intake;
pub use plan::{ImportPlan, NewTarget, Sample, eval_name};
pub use report::{BadRow, Counts, End, FileReport, ImportReport, Joined, New, Progress};
pub use run::{RunImport, RunImportReport};

use super::{Engine, Result};
use crate::formats::intake::Options;
use crate::store::datasets::Ranges;
use crate::store::ingest::Target;
use crate::store::{catalog, dialect};
use facts::Facts;
use look::Looked;
use outgoing::Outgoing;
use pump::{Feed, SourceFact};
use reading::{Picks, Stream};
use rejects::Rejects;
use source::Source;
use target::Destination;

/// Looks at a file without importing it: what it is, and how its columns would be read.
pub fn look(path: &Path) -> Result<FileReport> {
    let plan = ImportPlan {
        files: vec![path.to_owned()],
        ..ImportPlan::default()
    };
    let files = Intake::look(&plan, &AtomicBool::new(false))?.into_files();
    Ok(files.into_iter().next().unwrap_or_default())
}

impl Engine {
    /// Imports files. `told` follows the progress; setting `cancel` stops at the next row, and the same import goes
    /// on later. An error leaves what was committed before it; the same import completes it.
    pub fn import(
        &self,
        plan: &ImportPlan,
        cancel: &AtomicBool,
        told: &mut dyn FnMut(Progress<'_>),
    ) -> Result<ImportReport> {
        self.import_looked(plan, Intake::look(plan, cancel)?, cancel, told)
    }

    /// The same, with files that were looked at before there was a workspace.
    pub fn import_looked(
        &self,
        plan: &ImportPlan,
        intake: Intake,
        cancel: &AtomicBool,
        told: &mut dyn FnMut(Progress<'_>),
    ) -> Result<ImportReport> {
        let started = Instant::now();
        let mut import = Import::prepare(self, plan, intake, cancel)?;
        told(Progress::Looked(&import.report.files));
        import.check(told)?;
        if import.report.end == End::Done {
            import.load(told)?;
        }
        if let Some(rejects) = import.rejects.take() {
            rejects.close()?;
        }
        let mut report = import.report;
        report.seconds = started.elapsed().as_secs_f64();
        if report.end == End::Done {
            told(Progress::Ready(&report));
            if plan.index {
                let started = Instant::now();
                self.index_all(cancel, |done, total| {
                    told(Progress::Indexing { done, total });
                })?;
                report.index_seconds = started.elapsed().as_secs_f64();
            }
        }
        report.indexed = self.search_coverage()?;
        Ok(report)
    }
}

/// An import under way.
struct Import<'a> {
    engine: &'a Engine,
    plan: &'a ImportPlan,
    options: Options,
    sources: Vec<Source>,
    looked: Looked,
    to: Destination,
    cancel: &'a AtomicBool,
    rejects: Option<Rejects>,
    /// Whether all rows were gone through once, and counted.
    checked: bool,
    picks: Option<Picks>,
    report: ImportReport,
}

impl<'a> Import<'a> {
    fn prepare(
        engine: &'a Engine,
        plan: &'a ImportPlan,
        intake: Intake,
        cancel: &'a AtomicBool,
    ) -> Result<Self> {
        let Intake {
            sources,
            mut looked,
        } = intake;
        let options = plan.options();
        let to = Destination::find(engine, plan, &sources[0].label, looked.pairwise)?;
        let rejects = plan
            .rejects
            .as_deref()
            .map(|path| Rejects::create(path, &plan.files))
            .transpose()?;
        let mut report = ImportReport {
            files: std::mem::take(&mut looked.files),
            notes: std::mem::take(&mut looked.notes),
            dataset: to.dataset.clone(),
            eval: to.eval.as_ref().map(|eval| eval.name.clone()),
            rubric: to.aim.as_ref().map(|aim| aim.rubric.id.clone()),
            ..ImportReport::default()
        };
        report.notes.extend(to.notes.iter().cloned());
        Ok(Self {
            engine,
            plan,
            options,
            sources,
            looked,
            to,
            cancel,
            rejects,
            checked: false,
            picks: plan.sample.map(Picks::new),
            report,
        })
    }

    /// One way through all rows before anything is taken, where the plan asks for what only that can tell.
    fn check(&mut self, told: &mut dyn FnMut(Progress<'_>)) -> Result<()> {
        if !self.plan.strict && self.picks.is_none() {
            return Ok(());
        }
        let total = self.total();
        let mut facts = Facts::new(None, Vec::new());
        let way = self.to.way(
            self.plan,
            &self.options,
            &self.sources,
            &self.looked.streams,
            self.cancel,
            true,
        );
        let picks = &mut self.picks;
        let whole = way.go(
            &mut facts,
            &mut self.report,
            &mut self.rejects,
            |rows, bytes| told(Progress::Checking { rows, bytes, total }),
            |_, kept| {
                if let Some(picks) = picks {
                    picks.offer(&kept);
                }
                ControlFlow::Continue(())
            },
        )?;
        self.checked = true;
        if !whole {
            self.report.end = End::Stopped;
        } else if self.plan.strict && self.report.bad() > 0 {
            self.report.end = End::Refused;
        }
        Ok(())
    }

    fn load(&mut self, told: &mut dyn FnMut(Progress<'_>)) -> Result<()> {
        let total = self.total();
        let told = std::cell::RefCell::new(told);
        let mut target = None;
        let store = self.engine.store().clone();
        let (whole, loaded) = pump::beside(
            &store,
            |feed| {
                let mut tell = told.borrow_mut();
                self.read(feed, &mut target, |rows, bytes| {
                    tell(Progress::Loading { rows, bytes, total });
                })
            },
            || told.borrow_mut()(Progress::Finishing),
        )?;
        self.report.new = loaded.added.into();
        if !whole {
            self.report.end = End::Stopped;
            // What came in joins the dataset when the import is through; until then it has what it had.
            let db = self.engine.store();
            let there = db.read(|db| catalog::dataset_named(db, &self.to.dataset))?;
            self.report.dataset_items = there.map_or(0, |dataset| dataset.items);
            return Ok(());
        }
        if self.report.taken == 0 {
            self.report.end = End::Nothing;
            self.report.eval = None;
            return Ok(());
        }
        let rows = Ranges::of(loaded.items);
        if !rows.is_empty() {
            let dataset = self
                .engine
                .add_to_dataset(&self.to.dataset, self.to.role, rows)?;
            self.report.dataset_items = dataset.items;
        }
        if let Some(target) = target {
            self.engine.draw_plan(target)?;
        }
        Ok(self.engine.store().on_writer(dialect::checkpoint)?)
    }

    /// Reads and feeds; `false` if it was stopped.
    fn read(
        &mut self,
        feed: &Feed,
        target: &mut Option<Target>,
        tell: impl FnMut(u64, u64),
    ) -> Result<bool> {
        let mut facts = Facts::new(self.to.aim.clone(), self.plan.tags.clone());
        let files: Vec<SourceFact> = self.source_facts();
        let mut out = Outgoing::new(feed, self.engine, &self.to, files);
        let counting = !self.checked;
        let streams = &self.looked.streams;
        let (plan, options) = (self.plan, &self.options);
        let mut way = self
            .to
            .way(plan, options, &self.sources, streams, self.cancel, counting);
        way.hashing = true;
        let picks = &self.picks;
        let (report, rejects) = (&mut self.report, &mut self.rejects);
        let whole = way.go(&mut facts, report, rejects, tell, |facts, kept| {
            if picks.as_ref().is_some_and(|picks| !picks.has(&kept)) {
                return ControlFlow::Continue(());
            }
            out.take(facts, &kept)
        })?;
        out.flush();
        out.seal(|stream| {
            // Joined files are one source, named and hashed one by one.
            let files = streams[stream].files.iter();
            let hashes = files.map(|at| report.files[*at].sha256.as_deref());
            Some(hashes.collect::<Option<Vec<_>>>()?.join(" + "))
        });
        report.taken = out.taken;
        report.without_output = out.without_output;
        report.eval_made = out.eval_made;
        report.unmapped = std::mem::take(&mut facts.unmapped);
        *target = out.target;
        match out.failed {
            Some(error) => Err(error),
            None => Ok(whole && !out.broken),
        }
    }

    /// What each stream is kept as, but for its identity, which its first row gives.
    fn source_facts(&self) -> Vec<SourceFact> {
        let of = |stream: &Stream| {
            let sources = stream.files.iter().map(|at| &self.sources[*at]);
            let labels: Vec<&str> = sources
                .clone()
                .map(|source| source.label.as_str())
                .collect();
            let lead = stream.files.first();
            SourceFact {
                id: [0; 16],
                name: labels.join(" + "),
                format: lead
                    .map(|at| self.report.files[*at].format.clone())
                    .unwrap_or_default(),
                bytes: sources.map(|source| source.bytes).sum(),
            }
        };
        self.looked.streams.iter().map(of).collect()
    }

    /// Bytes to read on one way through.
    fn total(&self) -> u64 {
        self.sources.iter().map(|source| source.bytes).sum()
    }
}
