//! `docket import FILE --run GROUP --candidate NAME`: outputs made elsewhere.

use super::told::{Told, files};
use super::{CliError, Context, Exit, interrupt, output};
use crate::domain::count::{counted, either};
use crate::engine::import::{End, ImportPlan, RunImport, RunImportReport};
use crate::text::sanitise;

/// Imports and reports.
pub fn run(context: &Context, plan: &ImportPlan, into: &RunImport) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let mut told = Told::new();
    let cancel = interrupt::watch();
    let report = engine.import_run(plan, into, &cancel, &mut |progress| told.hear(progress))?;
    told.end();
    files(&report.files);
    if context.json() {
        output::json(&report)?;
    } else {
        for line in lines(&report) {
            output::line(&sanitise::line(&line))?;
        }
    }
    match report.end {
        End::Done | End::Nothing => Ok(Exit::Done),
        End::Refused => Ok(Exit::No),
        End::Stopped => Err(CliError::new(
            "stopped; the outputs so far are kept",
            "run the same command again: it goes on where it stopped",
        )),
    }
}

fn lines(report: &RunImportReport) -> Vec<String> {
    let joined = report.by_id + report.by_request;
    let mut lines = vec![format!(
        "`{}` in `{}`: {} joined ({} by id, {} by request); new: {}, {}, {}, {}",
        report.candidate,
        report.group,
        counted(joined, "row"),
        report.by_id,
        report.by_request,
        counted(report.new.outputs, "output"),
        counted(report.new.tickets, "ticket"),
        counted(report.new.verdicts, "verdict"),
        counted(report.new.reviews, "review"),
    )];
    for (number, (outputs, failed, missing)) in &report.runs {
        lines.push(format!(
            "run {number}: {}, {failed} failed, {missing} missing",
            counted(*outputs, "output")
        ));
    }
    if report.unmatched > 0 {
        let at: Vec<String> = report.first_unmatched.iter().map(u64::to_string).collect();
        let more = either(report.unmatched, "joins", "join");
        lines.push(format!(
            "{} {more} no item of the group (line {}{})",
            counted(report.unmatched, "row"),
            at.join(", "),
            if report.unmatched > at.len() as u64 {
                ", ..."
            } else {
                ""
            }
        ));
    }
    if report.other_request > 0 {
        lines.push(format!(
            "{} joined by id with another request than the item's",
            counted(report.other_request, "row")
        ));
    }
    if report.without_output > 0 {
        lines.push(format!(
            "{} without an output",
            counted(report.without_output, "row")
        ));
    }
    for (what, n) in report.unmapped.sorted() {
        lines.push(format!("left out: {what} ({n})"));
    }
    lines
}
