//! Import: files to facts, tickets and the decisions that came with the rows.
//!
//! [`Engine::import`] looks at the first rows of every file, tells what it will do, and takes the rows while it
//! reads them. It is idempotent: facts are named by their content, decisions that came with a row by the row.
//! The same files again, under other names, in another order, or after a kill at any point, add what is missing
//! and nothing else. Bad rows are counted and listed, never silently dropped; memory stays flat.

mod facts;
mod index;
mod labels;
mod plan;
mod pump;
mod reading;
mod rejects;
mod report;
mod snapshot;
mod source;
mod target;

#[cfg(test)]
mod tests;

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

pub use plan::{ImportPlan, NewTarget, Sample};
pub use report::{BadRow, Counts, End, FileReport, ImportReport, Joined, New, Progress};

use super::{Engine, EngineError, Result};
use crate::domain::ids::Identity;
use crate::formats::intake::Options;
use crate::store::datasets::Ranges;
use crate::store::dialect;
use crate::store::ingest::{Batch, Target};
use facts::Facts;
use pump::{Feed, Message, SourceFact};
use reading::{Kept, Looked, Picks};
use rejects::Rejects;
use source::Source;
use target::Destination;

/// Rows and bytes after which a batch goes to the writer: a few milliseconds of work, and little memory.
const BATCH_ROWS: usize = 512;
const BATCH_BYTES: usize = 512 << 10;

/// Looks at a file without importing it: what it is, and how its columns would be read.
pub fn look(path: &Path) -> Result<FileReport> {
    let plan = ImportPlan {
        files: vec![path.to_owned()],
        ..ImportPlan::default()
    };
    let sources = [Source::find(path)?];
    let looked = reading::look(&sources, &plan, &plan.options())?;
    Ok(looked.files.into_iter().next().unwrap_or_default())
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
        let started = Instant::now();
        let mut import = Import::prepare(self, plan, cancel)?;
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
                    told(Progress::Indexing { done, total })
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
    fn prepare(engine: &'a Engine, plan: &'a ImportPlan, cancel: &'a AtomicBool) -> Result<Self> {
        if plan.files.is_empty() {
            return Err(EngineError::refused(
                "no file to import was named",
                "`docket import FILE...`",
            ));
        }
        let sources = plan
            .files
            .iter()
            .map(|path| Source::find(path))
            .collect::<Result<Vec<_>>>()?;
        let options = plan.options();
        let mut looked = reading::look(&sources, plan, &options)?;
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
                    tell(Progress::Loading { rows, bytes, total })
                })
            },
            || told.borrow_mut()(Progress::Finishing),
        )?;
        self.report.new = loaded.added.into();
        if !whole {
            self.report.end = End::Stopped;
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
        let mut out = Outgoing {
            feed,
            batch: roomy(),
            stream: None,
            broken: false,
        };
        let (mut taken, mut bare, mut failed) = (0, 0, None);
        let counting = !self.checked;
        let way = self.to.way(
            self.plan,
            &self.options,
            &self.sources,
            &self.looked.streams,
            self.cancel,
            counting,
        );
        let (to, engine, picks) = (&self.to, self.engine, &self.picks);
        let (sources, streams) = (&self.sources, &self.looked.streams);
        let formats: Vec<String> = self
            .report
            .files
            .iter()
            .map(|file| file.format.clone())
            .collect();
        let mut eval_made = false;
        let whole = way.go(
            &mut facts,
            &mut self.report,
            &mut self.rejects,
            tell,
            |facts, kept| {
                if picks.as_ref().is_some_and(|picks| !picks.has(&kept)) {
                    return ControlFlow::Continue(());
                }
                // The eval is made for the first row there is; a file without one leaves none behind.
                if taken == 0 {
                    match to.make_eval(engine) {
                        Ok(Some((made, found))) => {
                            *target = Some(found);
                            eval_made = made;
                            out.send(Message::Target(found));
                        }
                        Ok(None) => {}
                        Err(error) => {
                            failed = Some(error);
                            return ControlFlow::Break(());
                        }
                    }
                }
                taken += 1;
                bare += u64::from(kept.record.outputs.is_empty());
                if out.stream != Some(kept.stream) {
                    let files = &streams[kept.stream].files;
                    out.enter(&kept, source_fact(sources, files, &formats, &kept));
                }
                facts.push(&mut out.batch, kept.line, kept.json, kept.item, kept.record);
                out.send_full();
                if out.broken {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            },
        )?;
        out.flush();
        self.report.taken = taken;
        self.report.without_output = bare;
        self.report.eval_made = eval_made;
        self.report.unmapped = std::mem::take(&mut facts.unmapped);
        match failed {
            Some(error) => Err(error),
            None => Ok(whole && !out.broken),
        }
    }

    /// Bytes to read on one way through.
    fn total(&self) -> u64 {
        self.sources.iter().map(|source| source.bytes).sum()
    }
}

/// A batch that need not grow while it is filled.
fn roomy() -> Batch {
    Batch {
        arena: Vec::with_capacity(BATCH_BYTES + BATCH_BYTES / 8),
        rows: Vec::with_capacity(BATCH_ROWS),
    }
}

/// Batches on their way to the writer.
struct Outgoing<'f> {
    feed: &'f Feed,
    batch: Batch,
    stream: Option<usize>,
    /// The writer failed; it says why itself.
    broken: bool,
}

impl Outgoing<'_> {
    fn send(&mut self, message: Message) {
        self.broken |= self.feed.send(message).is_err();
    }

    fn flush(&mut self) {
        if !self.batch.rows.is_empty() {
            let batch = std::mem::replace(&mut self.batch, roomy());
            self.send(Message::Batch(batch));
        }
    }

    fn send_full(&mut self) {
        if self.batch.rows.len() >= BATCH_ROWS || self.batch.arena.len() >= BATCH_BYTES {
            self.flush();
        }
    }

    fn enter(&mut self, kept: &Kept<'_>, source: SourceFact) {
        self.flush();
        self.stream = Some(kept.stream);
        self.send(Message::Source(source));
    }
}

fn source_fact(
    sources: &[Source],
    files: &[usize],
    formats: &[String],
    kept: &Kept<'_>,
) -> SourceFact {
    let labels: Vec<&str> = files.iter().map(|at| sources[*at].label.as_str()).collect();
    let name = labels.join(" + ");
    SourceFact {
        id: Identity::of("source")
            .part(name.as_bytes())
            .part(&kept.first.0)
            .finish(),
        name,
        format: files
            .first()
            .map(|at| formats[*at].clone())
            .unwrap_or_default(),
        bytes: files.iter().map(|at| sources[*at].bytes).sum(),
    }
}
