//! What was logged as a candidate: its outputs are there already, so it costs no call.

use std::collections::HashMap;

use super::super::{Engine, Result};
use super::group::Found;
use crate::domain::ids::TicketId;
use crate::domain::run::Run;
use crate::formats::intake::first_token;
use crate::store::ingest::{Target, tickets_of};
use crate::store::project::Refolder;
use crate::store::runs::{self, LoggedOutput, RunRow};
use crate::store::{Db, tickets, verdicts};

/// Items written in one transaction.
const STEP: usize = 500;

/// The class of an item whose logged call had failed.
const FAILED: &str = "logged_error";

/// What was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LoggedTaken {
    /// Items with a logged output.
    pub outputs: u64,
    /// Items whose logged call had failed.
    pub failed: u64,
    /// Items with more than one logged output; the first of each counts.
    pub several: u64,
}

impl Engine {
    /// Makes the logged outputs rows of a run and tickets of its group, with the verdicts they have under the group's
    /// rubric version. What is there stays.
    pub(super) fn take_logged(
        &self,
        found: &Found,
        run: &Run,
        target: Target,
    ) -> Result<LoggedTaken> {
        let have = self.store().read(|db| runs::tally(db, &run.id))?;
        let mut taken = LoggedTaken::default();
        let mut firsts: Vec<LoggedOutput> = Vec::new();
        let mut doubled = None;
        for output in self.store().read(|db| runs::logged(db, found.eval_row))? {
            if !found.items.contains(output.item) {
                continue;
            }
            match firsts.last() {
                Some(last) if last.item == output.item => {
                    taken.several += u64::from(doubled != Some(output.item));
                    doubled = Some(output.item);
                }
                _ => firsts.push(output),
            }
        }
        taken.failed = firsts
            .iter()
            .filter(|output| output.error.is_some())
            .count() as u64;
        taken.outputs = firsts.len() as u64 - taken.failed;
        let there = have.0 + have.1.iter().map(|(_, n)| n).sum::<u64>();
        if there == firsts.len() as u64 {
            return Ok(taken);
        }
        for chunk in firsts.chunks(STEP) {
            let (chunk, run, rubric) = (chunk.to_vec(), run.id, found.group.rubric);
            let firsts = self.store().read(|db| first_tokens(db, &chunk))?;
            self.store().write_light(move |db| {
                let answered: Vec<&LoggedOutput> = chunk
                    .iter()
                    .filter(|output| output.error.is_none())
                    .collect();
                let outputs: Vec<i64> = answered.iter().map(|output| output.output).collect();
                let rows = tickets_of(db, &target, &outputs)?;
                let mut refolder = Refolder::default();
                for (output, ticket) in answered.iter().zip(rows) {
                    let id: TicketId = tickets::in_row(db, ticket)?.id;
                    if verdicts::copy(db, output.ticket, (ticket, &id), &rubric)? > 0 {
                        refolder.judge(db, ticket, target.row)?;
                    }
                    let row = RunRow {
                        first_ms: firsts.get(&output.output).copied(),
                        ..answered_row(output, ticket)
                    };
                    runs::put_row(db, &run, &row)?;
                }
                refolder.finish(db)?;
                let failed = chunk.iter().filter(|output| output.error.is_some());
                failed
                    .into_iter()
                    .try_for_each(|output| put_failed(db, &run, output))
            })?;
        }
        Ok(taken)
    }
}

/// The times until the first token, by local row of the output, as far as the records tell them. An import keeps the record
/// and no column for this.
fn first_tokens(db: &Db, outputs: &[LoggedOutput]) -> crate::store::Result<HashMap<i64, u64>> {
    let mut found = HashMap::new();
    for one in outputs {
        let record = runs::record_of(db, one.output)?;
        let first = record.and_then(|record| first_token(&record, one.place));
        found.extend(first.map(|ms| (one.output, u64::from(ms))));
    }
    Ok(found)
}

fn answered_row(output: &LoggedOutput, ticket: i64) -> RunRow {
    RunRow {
        item: output.item,
        output: Some(output.output),
        ticket: Some(ticket),
        input: output.prompt_tokens,
        output_tokens: output.completion_tokens,
        micros: output.micros,
        latency_ms: output.latency_ms,
        ..RunRow::default()
    }
}

fn put_failed(
    db: &Db,
    run: &crate::domain::ids::RunId,
    output: &LoggedOutput,
) -> crate::store::Result<()> {
    let row = RunRow {
        item: output.item,
        failure: Some((FAILED.to_owned(), output.error.clone().unwrap_or_default())),
        ..RunRow::default()
    };
    runs::put_row(db, run, &row).map(|_| ())
}
