//! `docket runs`: the run groups, their candidates and runs.

use crate::cli::{CliError, Context, Exit, output};
use crate::engine::compare::sheets;
use crate::engine::runs::{CandidateLine, GroupLine, RunLine};
use crate::text::table::{Column, Table};

/// List run groups, or the runs of one
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The group
    #[arg(value_name = "GROUP")]
    group: Option<String>,
}

/// Lists.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    if let Some(name) = &args.group {
        let group = engine.group_line(name)?;
        if context.json() {
            output::json(&group)?;
        } else {
            one(&group)?;
        }
        return Ok(Exit::Done);
    }
    let groups = engine.groups()?;
    if context.json() {
        output::json(&groups)?;
    } else if groups.is_empty() {
        output::say("no run groups yet: `docket run EVAL --group NAME --model MODEL` makes one");
    } else {
        all(&groups)?;
    }
    Ok(Exit::Done)
}

fn all(groups: &[GroupLine]) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::left("group"),
        Column::left("eval"),
        Column::right("items"),
        Column::left("rubric"),
        Column::left("judge"),
        Column::left("candidates"),
    ]);
    for group in groups {
        let names: Vec<String> = group.candidates.iter().map(named).collect();
        table.row([
            &group.name,
            &group.eval,
            &group.items.to_string(),
            &group.rubric,
            group.judge.as_deref().unwrap_or("–"),
            &names.join(", "),
        ]);
    }
    output::table(&table)
}

/// A candidate, and how many runs it has if more than one.
fn named(candidate: &CandidateLine) -> String {
    match candidate.runs.len() {
        0 | 1 => candidate.name.clone(),
        n => format!("{} x{n}", candidate.name),
    }
}

fn one(group: &GroupLine) -> Result<(), CliError> {
    output::line(&crate::text::sanitise::line(&format!(
        "{}: {} items of `{}` (dataset `{}`, version {}), rubric `{}` {}, baseline {}, judge {}",
        group.name,
        group.items,
        group.eval,
        group.dataset,
        group.version,
        group.rubric,
        group.rubric_version,
        group.baseline.as_deref().unwrap_or("none"),
        group.judge.as_deref().unwrap_or("none yet"),
    )))?;
    let mut table = Table::new([
        Column::left("candidate"),
        Column::right("run"),
        Column::left("from"),
        Column::right("outputs"),
        Column::right("scored"),
        Column::right("missing"),
        Column::right("p50"),
        Column::right("p95"),
        Column::right("first p50"),
        Column::right("first p95"),
        Column::left("failed"),
        Column::left("because"),
    ]);
    for candidate in &group.candidates {
        for run in &candidate.runs {
            let times = &run.times;
            let ms = |ms: Option<u64>| ms.map(|ms| ms as f64);
            table.row([
                &candidate.name,
                &run.number.to_string(),
                candidate.origin,
                &run.answered.to_string(),
                &run.scored.to_string(),
                &run.missing.to_string(),
                &sheets::whole(ms(times.latency_p50_ms)),
                &sheets::whole(ms(times.latency_p95_ms)),
                &sheets::first(ms(times.first_token_p50_ms)),
                &sheets::first(ms(times.first_token_p95_ms)),
                &failed(run),
                run.because.as_deref().unwrap_or_default(),
            ]);
        }
    }
    output::table(&table)
}

fn failed(run: &RunLine) -> String {
    let each = run.failed.iter().map(|(class, n)| format!("{class} {n}"));
    each.collect::<Vec<_>>().join(", ")
}
