//! Rows of a run on their way to the ledger: gathered, then written a few hundred at a time.

use std::collections::BTreeSet;

use super::super::super::Result;
use super::super::facts::Facts;
use super::super::reading::Kept;
use super::RunLoad;
use super::join::{Items, Place};
use crate::domain::canonical::output_id;
use crate::domain::ids::{Identity, OutputId, TicketId};
use crate::domain::plan::ticket_id;
use crate::domain::record::{Record, RecordOutput};
use crate::domain::run::Run;
use crate::store::Db;
use crate::store::ingest::{Added, Batch, Loader, Target, put_source};
use crate::store::runs::{self, RunRow};

/// Rows written in one transaction.
const STEP: usize = 500;
/// The class of a row that says its call failed.
const FAILED: &str = "imported_error";

/// Rows on their way to the writer.
#[derive(Default)]
pub(super) struct Outgoing {
    pub source: Option<(usize, [u8; 16], String)>,
    pub batch: Batch,
    pub rows: Vec<(u32, RunRow, Option<OutputId>)>,
}

impl RunLoad<'_> {
    pub(super) fn enter(&self, out: &mut Outgoing, kept: &Kept<'_>) {
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

    pub(super) fn take(
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
    pub(super) fn write(
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
    pub(super) fn must_leave(&self, kept: &Kept<'_>) -> bool {
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
pub(super) fn named(place: &Place, output: &RecordOutput<'_>, at: usize) -> Option<OutputId> {
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
        first_ms: output.first_token_ms.map(u64::from),
        ..RunRow::default()
    }
}
