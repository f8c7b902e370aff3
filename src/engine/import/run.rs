//! Outputs made elsewhere as a run of a group: rows join the group's items by their own id, else by an equal request.
//!
//! The first way through the file only looks: what joins, what does not, what contradicts outputs that are there.
//! Nothing is made or written before that is settled. The labels of a row come along as they do in any import: people's
//! as reviews, judges' as verdicts with the badge they carry.

mod join;
mod outgoing;
mod prompts;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::super::gate::redefined::{Definition, joined};
use super::super::runs::group::Found;
use super::super::runs::order::check_candidate;
use super::super::{Engine, EngineError, Result};
use super::facts::{Aim, Facts};
use super::look::Intake;
use super::plan::ImportPlan;
use super::reading::Way;
use super::report::{Counts, End, FileReport, ImportReport, New, Progress};
use crate::domain::count::counted;
use crate::domain::ids::OutputId;
use crate::domain::run::{Candidate, Origin, Run};
use crate::formats::intake::Options;
use crate::store::ingest::Added;
use crate::store::runs::{self};
use crate::store::schema;
use join::Items;
use outgoing::{Outgoing, named};
use prompts::Prompts;

/// Models of a file that are told apart, as many as of a run.
const MODELS: usize = 5;
/// Lines of rows that join nothing, shown one by one.
const LISTED: usize = 5;
/// Where imported outputs go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunImport {
    /// Name of the group.
    pub group: String,
    /// Name of the candidate; made if the group has none of that name.
    pub candidate: String,
    /// Number of the run the first output of each item goes to; further ones of an item go to the next runs.
    pub number: u32,
    /// Why it was run again.
    pub because: Option<String>,
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct RunImportReport {
    /// How it ended.
    pub end: End,
    /// One for each file, in the order given.
    pub files: Vec<FileReport>,
    /// Name of the group.
    pub group: String,
    /// Name of the candidate.
    pub candidate: String,
    /// Rows that joined an item by their own id.
    pub by_id: u64,
    /// Of these, rows whose request is another than the item's.
    pub other_request: u64,
    /// Rows that joined an item by an equal request.
    pub by_request: u64,
    /// Rows that join no item of the group.
    pub unmatched: u64,
    /// Lines of the first of them.
    pub first_unmatched: Vec<u64>,
    /// Rows without an output.
    pub without_output: u64,
    /// By number of the run: items with an output, items whose call had failed, items it has nothing of.
    pub runs: BTreeMap<u32, (u64, u64, u64)>,
    /// What was new.
    pub new: New,
    /// Scores and labels that answer no question of the rubric.
    pub unmapped: Counts,
}

impl Engine {
    /// Imports outputs as runs of a group. The same file again adds nothing.
    pub fn import_run(
        &self,
        plan: &ImportPlan,
        into: &RunImport,
        cancel: &AtomicBool,
        told: &mut dyn FnMut(Progress<'_>),
    ) -> Result<RunImportReport> {
        let intake = Intake::look(plan, cancel)?;
        let found = self.group_found(&into.group)?;
        let candidate = candidate(&found, into)?;
        told(Progress::Looked(&intake.looked.files));
        let mut items = self.store().read(|db| Items::read(db, &found))?;
        items.know(&self.there(&found, &candidate)?);
        let mut import = RunLoad {
            engine: self,
            plan,
            options: plan.options(),
            intake,
            found,
            into,
            candidate,
            cancel,
            prompt: None,
            report: RunImportReport {
                group: into.group.clone(),
                candidate: into.candidate.clone(),
                ..RunImportReport::default()
            },
        };
        import.look(items.clone())?;
        if import.report.end == End::Done {
            import.load(items)?;
            self.index_all(cancel, |done, total| {
                told(Progress::Indexing { done, total });
            })?;
        }
        Ok(import.report)
    }

    /// What the candidate's runs have: number, item, output.
    fn there(
        &self,
        found: &Found,
        candidate: &Candidate,
    ) -> Result<Vec<(u32, i64, Option<OutputId>)>> {
        let Some((_, of)) = found.candidate(&candidate.name) else {
            return Ok(Vec::new());
        };
        Ok(self.store().read(|db| {
            let mut all = Vec::new();
            for run in of {
                all.extend(
                    runs::outputs(db, &run.id)?
                        .into_iter()
                        .map(|(item, output)| (run.number, item, output)),
                );
            }
            Ok(all)
        })?)
    }
}

fn candidate(found: &Found, into: &RunImport) -> Result<Candidate> {
    check_candidate(&into.candidate)?;
    match found.candidate(&into.candidate) {
        Some((known, _)) if known.origin != Origin::Imported => Err(EngineError::refused(
            format!(
                "`{}` of the group `{}` is asked here; imported outputs would not be its own",
                known.name, into.group
            ),
            "give them a name of their own: `--candidate NAME`",
        )),
        _ => Ok(Candidate {
            name: into.candidate.clone(),
            origin: Origin::Imported,
        }),
    }
}

struct RunLoad<'a> {
    engine: &'a Engine,
    plan: &'a ImportPlan,
    options: Options,
    intake: Intake,
    found: Found,
    into: &'a RunImport,
    candidate: Candidate,
    cancel: &'a AtomicBool,
    /// Hash of the standing instructions the rows were asked with.
    prompt: Option<String>,
    report: RunImportReport,
}

impl RunLoad<'_> {
    fn way(&self, counting: bool) -> Way<'_> {
        Way {
            plan: self.plan,
            options: &self.options,
            sources: &self.intake.sources,
            streams: &self.intake.looked.streams,
            dataset: "",
            role: "",
            cancel: self.cancel,
            counting,
            hashing: false,
        }
    }

    /// One way through all rows before anything is written.
    fn look(&mut self, mut items: Items) -> Result<()> {
        let mut facts = Facts::new(None, Vec::new());
        let mut common = ImportReport {
            files: std::mem::take(&mut self.intake.looked.files),
            ..ImportReport::default()
        };
        let mut report = std::mem::take(&mut self.report);
        let mut conflict = None;
        let (mut prompts, mut models) = (Prompts::default(), BTreeSet::new());
        let whole = self.way(true).go(
            &mut facts,
            &mut common,
            &mut None,
            |_, _| {},
            |_, kept| {
                report.without_output += u64::from(kept.record.outputs.is_empty());
                let Some(place) = items.place(kept.record) else {
                    report.unmatched += 1;
                    if report.first_unmatched.len() < LISTED {
                        report.first_unmatched.push(kept.line);
                    }
                    return ControlFlow::Continue(());
                };
                report.by_id += u64::from(place.by_id);
                report.by_request += u64::from(!place.by_id);
                report.other_request += u64::from(place.other_request);
                prompts.see(kept.record.request.as_deref());
                for (at, output) in kept.record.outputs.iter().enumerate() {
                    let model = output.model.as_deref();
                    models.extend(model.filter(|_| models.len() < MODELS).map(str::to_owned));
                    let number = items.next(&place, self.into.number);
                    let id = named(&place, output, at);
                    if items.contradicts(number, place.item, id) {
                        conflict = Some((kept.line, number));
                        return ControlFlow::Break(());
                    }
                }
                ControlFlow::Continue(())
            },
        )?;
        report.files = common.files;
        self.report = report;
        self.prompt = prompts.hash();
        if let Some(conflict) = conflict {
            return Err(self.contradicted(conflict));
        }
        if self.report.by_id + self.report.by_request == 0 {
            return Err(self.nothing());
        }
        self.still_means(&models)?;
        let bad: u64 = self.report.files.iter().map(|file| file.bad).sum();
        if !whole {
            self.report.end = End::Stopped;
        } else if self.plan.strict && bad > 0 {
            self.report.end = End::Refused;
        }
        Ok(())
    }

    fn contradicted(&self, (line, number): (u64, u32)) -> EngineError {
        EngineError::refused(
            format!(
                "line {line}: run {number} of `{}` has another output for this item already; nothing was imported",
                self.into.candidate
            ),
            format!("import it as a rerun: `--rerun {}`", number + 1),
        )
    }

    /// Refuses rows of another model or with other instructions than those the candidate's name was approved for.
    fn still_means(&self, models: &BTreeSet<String>) -> Result<()> {
        let definition = Definition {
            model: joined(models),
            prompts: self.prompt.iter().cloned().collect(),
            ..Definition::asked(&self.candidate)
        };
        let (name, flag) = (&self.candidate.name, "`--candidate NAME`");
        self.engine
            .still_means(&self.found, name, &definition, flag)
    }

    fn nothing(&self) -> EngineError {
        let rows: u64 = self.report.files.iter().map(|file| file.rows).sum();
        EngineError::refused(
            format!(
                "none of {} joins an item of the group `{}`: neither by its own id nor by an equal request",
                counted(rows, "row"),
                self.into.group
            ),
            "name the column that holds the items' ids: `--map id=COLUMN`",
        )
    }

    fn load(&mut self, mut items: Items) -> Result<()> {
        let engine = self.engine;
        engine.store().on_writer(schema::finish_indexes)?;
        let target = engine.target(&engine.eval_named(&self.found.group.name)?)?;
        let aim = Aim {
            eval: self.found.group.tickets,
            rubric_id: self.found.group.rubric,
            rubric: self.found.rubric.clone(),
        };
        let mut facts = Facts::new(Some(aim), self.plan.tags.clone());
        let mut out = Outgoing::default();
        let mut made: BTreeSet<u32> = BTreeSet::new();
        let mut added = Added::default();
        let mut failed = None;
        let mut ignored = ImportReport {
            files: self.report.files.clone(),
            ..ImportReport::default()
        };
        let whole = self.way(false).go(
            &mut facts,
            &mut ignored,
            &mut None,
            |_, _| {},
            |facts, kept| {
                let Some(place) = items.place(kept.record) else {
                    return ControlFlow::Continue(());
                };
                let mut step = || -> Result<()> {
                    if out.must_leave(&kept) {
                        self.write(&mut out, &mut made, target, &mut added)?;
                    }
                    self.enter(&mut out, &kept);
                    self.take(&mut out, facts, &mut items, &place, &kept);
                    Ok(())
                };
                match step() {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(error) => {
                        failed = Some(error);
                        ControlFlow::Break(())
                    }
                }
            },
        )?;
        if let Some(error) = failed {
            return Err(error);
        }
        self.write(&mut out, &mut made, target, &mut added)?;
        self.report.unmapped = std::mem::take(&mut facts.unmapped);
        self.report.new = added.into();
        if !whole {
            self.report.end = End::Stopped;
            return Ok(());
        }
        engine.draw_plan(target)?;
        self.tally(&made)
    }

    fn tally(&mut self, made: &BTreeSet<u32>) -> Result<()> {
        for number in made {
            let run = self.run(*number);
            let (answered, failed) = self.engine.store().read(|db| runs::tally(db, &run.id))?;
            let failed: u64 = failed.iter().map(|(_, n)| n).sum();
            let missing = self.found.group.items.saturating_sub(answered + failed);
            self.report
                .runs
                .insert(*number, (answered, failed, missing));
        }
        Ok(())
    }

    fn run(&self, number: u32) -> Run {
        let because = self.into.because.clone();
        Run {
            prompt: self.prompt.clone(),
            ..self.found.run(self.candidate.clone(), number, because)
        }
    }
}
