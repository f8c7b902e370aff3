//! Outputs made elsewhere as a run of a group: rows join the group's items by their own id, else by an equal request.
//!
//! The first way through the file only looks: what joins, what does not, what contradicts outputs that are there.
//! Nothing is made or written before that is settled. The labels of a row come along as they do in any import: people's
//! as reviews, judges' as verdicts with the badge they carry.

mod join;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use serde::Serialize;

use super::super::runs::group::Found;
use super::super::runs::order::check_candidate;
use super::super::{Engine, EngineError, Result};
use super::facts::{Aim, Facts};
use super::look::Intake;
use super::plan::ImportPlan;
use super::reading::{Kept, Way};
use super::report::{Counts, End, FileReport, ImportReport, New, Progress};
use crate::domain::canonical::output_id;
use crate::domain::count::counted;
use crate::domain::ids::{Identity, OutputId, TicketId};
use crate::domain::plan::ticket_id;
use crate::domain::record::{Record, RecordOutput};
use crate::domain::run::{Candidate, Origin, Run};
use crate::formats::intake::Options;
use crate::store::ingest::{Added, Batch, Loader, Target, put_source};
use crate::store::runs::{self, RunRow};
use crate::store::{Db, schema};
use join::{Items, Place};

/// Rows written in one transaction.
const STEP: usize = 500;
/// Lines of rows that join nothing, shown one by one.
const LISTED: usize = 5;
/// The class of a row that says its call failed.
const FAILED: &str = "imported_error";

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
        let intake = Intake::look(plan)?;
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
    report: RunImportReport,
}

/// Rows on their way to the writer.
#[derive(Default)]
struct Outgoing {
    source: Option<(usize, [u8; 16], String)>,
    batch: Batch,
    rows: Vec<(u32, RunRow, Option<OutputId>)>,
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
                for (at, output) in kept.record.outputs.iter().enumerate() {
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
        if let Some((line, number)) = conflict {
            return Err(EngineError::refused(
                format!(
                    "line {line}: run {number} of `{}` has another output for this item already; nothing was imported",
                    self.into.candidate
                ),
                format!("import it as a rerun: `--rerun {}`", number + 1),
            ));
        }
        if self.report.by_id + self.report.by_request == 0 {
            return Err(self.nothing());
        }
        let bad: u64 = self.report.files.iter().map(|file| file.bad).sum();
        if !whole {
            self.report.end = End::Stopped;
        } else if self.plan.strict && bad > 0 {
            self.report.end = End::Refused;
        }
        Ok(())
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
        self.found
            .run(self.candidate.clone(), number, self.into.because.clone())
    }

    fn enter(&self, out: &mut Outgoing, kept: &Kept<'_>) {
        if out
            .source
            .as_ref()
            .is_none_or(|(stream, ..)| *stream != kept.stream)
        {
            let files = self.intake.looked.streams[kept.stream].files.iter();
            let names: Vec<&str> = files
                .map(|at| self.intake.sources[*at].label.as_str())
                .collect();
            let name = names.join(" + ");
            let id = Identity::of("source")
                .part(name.as_bytes())
                .part(&kept.first.0)
                .finish();
            out.source = Some((kept.stream, id, name));
        }
    }

    fn take(
        &self,
        out: &mut Outgoing,
        facts: &mut Facts,
        items: &mut Items,
        place: &Place,
        kept: &Kept<'_>,
    ) {
        for (at, output) in kept.record.outputs.iter().enumerate() {
            let number = items.next(place, self.into.number);
            let row = run_row(place.item, output);
            out.rows.push((number, row, named(place, output, at)));
        }
        if kept
            .record
            .outputs
            .iter()
            .any(|output| output.message.is_some())
        {
            let record = Record {
                pairwise: false,
                ..kept.record.clone()
            };
            facts.push(&mut out.batch, kept.line, kept.json, place.id, &record);
            // What has no output makes no ticket of the group.
            if let Some(row) = out.batch.rows.last_mut() {
                row.outputs.retain(|output| output.message.is_some());
                let eval = self.found.group.tickets;
                let tickets: Vec<TicketId> = row
                    .outputs
                    .iter()
                    .map(|output| ticket_id(&eval, &[output.id]))
                    .collect();
                row.verdicts.retain(|fact| tickets.contains(&fact.ticket));
                row.events
                    .retain(|event| event.ticket.is_none_or(|id| tickets.contains(&id)));
            }
        }
    }

    /// Writes what is gathered in one transaction, after the runs it belongs to are made.
    fn write(
        &self,
        out: &mut Outgoing,
        made: &mut BTreeSet<u32>,
        target: Target,
        added: &mut Added,
    ) -> Result<()> {
        let numbers: BTreeSet<u32> = out.rows.iter().map(|(number, ..)| *number).collect();
        let new: Vec<Run> = numbers
            .difference(made)
            .map(|number| self.run(*number))
            .collect();
        self.engine.make_group(&self.found, new)?;
        made.extend(numbers);
        let (batch, rows) = (
            std::mem::take(&mut out.batch),
            std::mem::take(&mut out.rows),
        );
        let Some((_, id, name)) = out.source.clone().filter(|_| !rows.is_empty()) else {
            return Ok(());
        };
        let rows: Vec<(Run, RunRow, Option<OutputId>)> = rows
            .into_iter()
            .map(|(number, row, output)| (self.run(number), row, output))
            .collect();
        *added += self.engine.store().write_light(move |db| {
            let source = put_source(db, &id, &name, "run", 0)?;
            let added = Loader::new(false).load(db, source, Some(&target), &batch)?;
            rows.into_iter()
                .try_for_each(|(run, row, output)| put(db, &target, &run, row, output))?;
            Ok(added)
        })?;
        Ok(())
    }
}

impl Outgoing {
    fn must_leave(&self, kept: &Kept<'_>) -> bool {
        let other = self
            .source
            .as_ref()
            .is_some_and(|(stream, ..)| *stream != kept.stream);
        other || self.rows.len() >= STEP
    }
}

fn put(
    db: &Db,
    target: &Target,
    run: &Run,
    row: RunRow,
    output: Option<OutputId>,
) -> crate::store::Result<()> {
    let row = match output {
        None => row,
        Some(id) => {
            let ticket = ticket_id(&target.id, &[id]);
            RunRow {
                output: runs::output_row(db, &id.0)?,
                ticket: runs::ticket_row(db, &ticket.0)?,
                ..row
            }
        }
    };
    runs::put_row(db, &run.id, &row).map(|_| ())
}

/// The output a row holds at a place, if it holds one.
fn named(place: &Place, output: &RecordOutput<'_>, at: usize) -> Option<OutputId> {
    let message = output.message.as_deref()?;
    Some(output_id(
        &place.id,
        output.model.as_deref(),
        Some(message),
        at as u32,
    ))
}

fn run_row(item: i64, output: &RecordOutput<'_>) -> RunRow {
    let why = || {
        output
            .error
            .as_deref()
            .unwrap_or("the row holds no output")
            .to_owned()
    };
    RunRow {
        item,
        failure: output.message.is_none().then(|| (FAILED.to_owned(), why())),
        input: output.prompt_tokens.map(u64::from),
        output_tokens: output.completion_tokens.map(u64::from),
        micros: output.cost_micros,
        latency_ms: output.latency_ms.map(u64::from),
        ..RunRow::default()
    }
}
