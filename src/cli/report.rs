//! `docket report`: a run group on one page, for whoever decides.

use std::path::PathBuf;

use super::opening::Opening;
use super::{CliError, Context, Exit, output};
use crate::engine::report::ReportOptions;

/// Write a run group up for whoever decides, as one HTML page and as Markdown
///
/// Which candidate, pass or fail, how sure, what is missing; ten failing outputs; people beside the judge; how the
/// numbers were made; what to type next. The page loads nothing and needs no script. This shows what the judge says and
/// who answered: that is logged, and your later reviews of the group count as assisted.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The group
    #[arg(value_name = "GROUP")]
    group: String,
    /// Speak for this candidate; otherwise for the best one
    #[arg(long, value_name = "NAME")]
    candidate: Option<String>,
    /// Where to: `report.html` and `report.md` in this folder; `GROUP-report` by default
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Writes both files; with `--json` prints what they hold too.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let options = ReportOptions {
        candidate: args.candidate.clone(),
    };
    // First, so that a mistyped name marks nobody's reviews.
    let tickets = engine.report_fits(&args.group, &options)?;
    if !Opening::of(tickets, "report", "report", &args.group).agreed(&engine, context)? {
        return Ok(Exit::No);
    }
    let report = engine.report(&args.group, &options)?;
    let folder = args
        .out
        .clone()
        .unwrap_or_else(|| PathBuf::from(format!("{}-report", report.group)));
    let written = engine.write_report(&report, &folder)?;
    if context.json() {
        output::json(&report)?;
    } else {
        output::line(&written.html)?;
        output::line(&written.markdown)?;
        output::say(&format!(
            "{}: {}. {}",
            report.candidate.as_deref().unwrap_or("no candidate"),
            report.verdict.word,
            report.comparison.sentence
        ));
    }
    Ok(Exit::Done)
}
