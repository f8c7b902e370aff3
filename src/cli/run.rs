//! `docket run`: every item of an eval to every candidate; and `docket runs`: the groups there are.

pub mod listed;
mod told;

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{CliError, Context, Exit, interrupt, judge, output, reach};
use crate::domain::job::Outcome;
use crate::engine::Engine;
use crate::engine::runs::{RunOffer, RunOrder, RunProgress, RunReport};

/// Ask candidates for every item of an eval, to compare them
///
/// Each `--model` is a candidate; what was logged is one too, for no call. The candidates form a run group, which keeps
/// its items and its rubric version for good. Ctrl-C stops; the same command goes on and asks only what is missing.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// An eval, or a group that is to go on
    #[arg(value_name = "EVAL|GROUP")]
    of: String,
    /// A candidate: openai/gpt-4.1, ollama/qwen3; `NAME=MODEL` gives it a name
    #[arg(long = "model", value_name = "MODEL")]
    models: Vec<String>,
    /// A file with standing instructions for every model, in place of the item's own; `item` is the item's own
    #[arg(long = "prompt", value_name = "FILE")]
    prompts: Vec<PathBuf>,
    /// A parameter in place of the item's own, such as temperature=0
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = parameter)]
    parameters: Vec<(String, String)>,
    /// The candidate the others are compared with; `none` leaves out what was logged [default: logged]
    #[arg(long, value_name = "CANDIDATE")]
    baseline: Option<String>,
    /// Name of the group [default: the eval's name and `-runs`]
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Runs of each candidate; the second and later ones are reruns
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100))]
    repeat: Option<u32>,
    /// Why, kept with the runs
    #[arg(long, value_name = "REASON")]
    because: Option<String>,
    #[command(flatten)]
    endpoint_at: reach::Options,
    /// Calls under way at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: u16,
    /// Most money to spend on this group, over all starts
    #[arg(long, value_name = "MONEY", value_parser = judge::money)]
    max_cost: Option<i64>,
    /// Most tokens to spend on this group, over all starts
    #[arg(long, value_name = "N")]
    max_tokens: Option<i64>,
    /// Ask again also where a reply was refused or broke off before its first word
    #[arg(long)]
    again: bool,
    /// Ask also what an earlier run asked in the very same words
    #[arg(long)]
    fresh: bool,
    /// Then let this judge score the group
    #[arg(long, value_name = "JUDGE")]
    judge: Option<String>,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

/// Reads `temperature=0`; what is no JSON is text.
fn parameter(typed: &str) -> Result<(String, String), String> {
    let Some((name, value)) = typed.split_once('=').filter(|(name, _)| !name.is_empty()) else {
        return Err("a parameter such as `temperature=0`".to_owned());
    };
    let json = match serde_json::from_str::<serde_json::Value>(value) {
        Ok(_) => value.trim().to_owned(),
        Err(_) => serde_json::Value::from(value).to_string(),
    };
    Ok((name.to_owned(), json))
}

/// Runs and reports.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let order = order(args);
    let offer = engine.run_offer(&order)?;
    if args.dry_run {
        return told::offered(&offer, context.json()).map(|()| Exit::Done);
    }
    told::before(&offer);
    if !may_start(args, context, &offer)? {
        return Ok(Exit::No);
    }
    let report = work(&engine, &order)?;
    match &args.judge {
        Some(judge) if report.outcome != Outcome::Cancelled => {
            if !context.json() {
                told::after(&report, false)?;
            }
            let scored = judge::group(&report.group, judge, args.concurrency, context)?;
            ended(&report).map(|_| scored)
        }
        _ => {
            told::after(&report, context.json())?;
            ended(&report)
        }
    }
}

fn order(args: &Args) -> RunOrder {
    RunOrder {
        group: args.group.clone(),
        models: args.models.clone(),
        prompts: args.prompts.clone(),
        parameters: args.parameters.iter().cloned().collect::<BTreeMap<_, _>>(),
        baseline: args.baseline.clone(),
        repeat: args.repeat,
        because: args.because.clone(),
        reach: args.endpoint_at.reach(),
        concurrency: usize::from(args.concurrency),
        max_micros: args.max_cost,
        max_tokens: args.max_tokens,
        again: args.again,
        fresh: args.fresh,
        ..RunOrder::new(args.of.clone())
    }
}

/// Much work wants a limit or a yes.
fn may_start(args: &Args, context: &Context, offer: &RunOffer) -> Result<bool, CliError> {
    let limited = args.max_cost.is_some() || args.max_tokens.is_some();
    let Some(much) = offer.needs_yes().filter(|_| !limited && !context.yes()) else {
        return Ok(true);
    };
    if output::confirm("Start?") {
        return Ok(true);
    }
    Err(CliError::new(
        format!("not started: {much}"),
        "say `--yes`, or set a limit with `--max-cost` or `--max-tokens`",
    ))
}

fn work(engine: &Engine, order: &RunOrder) -> Result<RunReport, CliError> {
    let report = interrupt::stoppable(
        |control, tell| engine.run_group(order, control, tell),
        |bar, progress: &RunProgress| {
            let done = (progress.done, progress.total);
            bar.calls(done, "replies", &told::about(progress));
        },
    );
    Ok(report?)
}

fn ended(report: &RunReport) -> Result<Exit, CliError> {
    let failed = report.candidates.iter().find(|one| one.message.is_some());
    match (report.outcome, failed) {
        (Outcome::Done, _) => Ok(Exit::Done),
        (Outcome::Cancelled, _) => Err(CliError::new(
            "stopped; the replies that came are kept",
            "run the same command again: it goes on where it stopped",
        )),
        (_, failed) => {
            let why =
                failed.and_then(|one| Some(format!("`{}`: {}", one.name, one.message.as_ref()?)));
            Err(CliError::new(
                why.unwrap_or_else(|| "a candidate failed".to_owned()),
                format!(
                    "replies that came are kept; `docket runs {}` shows what failed",
                    report.group
                ),
            ))
        }
    }
}
