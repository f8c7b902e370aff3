//! `docket judge`: a judge reads tickets, in the background of everybody else's work.

mod listed;
pub(super) mod meanwhile;
mod steer;
mod suggest;
pub(super) mod told;

use std::path::PathBuf;

use clap::Parser as _;

use super::{CliError, Context, Exit, guidelines, interrupt, output, reach, rescore};
use crate::domain::event::short_set;
use crate::domain::failure::Class;
use crate::domain::job::Outcome;
use crate::engine::Engine;
use crate::engine::judge::{JudgeOrder, Offer, Progress, Report, UsableJudge};

/// Let a judge score the tickets of an eval
///
/// Without `--judge` this lists what is usable here, with calls, tokens, price and time, and asks.
/// `--judge checks` runs the rubric's own checks: free, offline, exact. A judge takes its own seat on a ticket and
/// never blocks a person. Ctrl-C stops; the same command goes on.
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("reached").args(reach::ALL).multiple(true).requires("judge")))]
#[expect(
    clippy::struct_excessive_bools,
    reason = "one for each flag of the command line"
)]
pub struct Args {
    /// The eval
    #[arg(value_name = "EVAL", required_unless_present = "group")]
    eval: Option<String>,
    /// A run group instead: all its candidates under this one judge
    #[arg(long, value_name = "GROUP", conflicts_with = "eval")]
    group: Option<String>,
    /// `checks`, or an endpoint and its model, such as openai/gpt-4.1 or ollama/qwen3
    #[arg(long, value_name = "JUDGE")]
    judge: Option<String>,
    #[command(flatten)]
    endpoint_at: reach::Options,
    /// Calls under way at once
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: u16,
    /// Most money to spend on this judge and eval, over all starts
    #[arg(long, value_name = "MONEY", value_parser = money)]
    max_cost: Option<i64>,
    /// Most tokens to spend on this judge and eval, over all starts
    #[arg(long, value_name = "N")]
    max_tokens: Option<i64>,
    /// Readings of each question; the mean of their levels counts
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=25))]
    samples: Option<u32>,
    /// Only tickets that pass this filter, such as `tag:billing`
    #[arg(
        long,
        alias = "where",
        value_name = "FILTER",
        default_value = "",
        allow_hyphen_values = true
    )]
    filter: String,
    /// Only so many tickets, the first of the plan: the same command goes on with these, a larger number goes further
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Only tickets it scored under another version of the rubric
    #[arg(long, requires = "judge", conflicts_with = "suggest")]
    rescore: bool,
    /// Ask again where an earlier reply gave no answer
    #[arg(long)]
    again: bool,
    #[command(flatten)]
    learn: Learn,
    /// Do not score: suggest a correction for every ticket that fails by the judge that counts, and verify it
    #[arg(long, requires = "judge", conflicts_with_all = ["pause", "resume", "cancel", "learn", "guidelines"])]
    suggest: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    steer: steer::Steer,
}

/// What the judge is shown of what experts said.
#[derive(Debug, clap::Args)]
struct Learn {
    /// Show the judge how experts corrected judges on similar tickets, of the share that may teach
    #[arg(long, requires = "judge")]
    learn: bool,
    /// Show the judge these guidelines: a file, which approves it, or the hash of approved ones
    #[arg(long, value_name = "FILE|HASH", requires = "judge")]
    guidelines: Option<String>,
}

/// Reads `2.50` as millionths.
pub(super) fn money(text: &str) -> Result<i64, String> {
    match text.parse::<f64>() {
        Ok(amount) if amount.is_finite() && (0.0..1e9).contains(&amount) => {
            Ok((amount * 1e6).round() as i64)
        }
        _ => Err("an amount of money such as `2.50`".to_owned()),
    }
}

/// Judges and reports.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let eval = subject(args, &engine)?;
    if let Some(wish) = args.steer.wish() {
        let named = args.judge.clone();
        let order = named.map(|judge| whole_order(args, &engine, eval.clone(), judge));
        return steer::run(&engine, &eval, order.transpose()?.as_ref(), wish);
    }
    let Some(judge) = chosen(args, context, &engine, &eval)? else {
        // The list is the whole answer where it is wanted as data.
        return Ok(if context.json() { Exit::Done } else { Exit::No });
    };
    let order = whole_order(args, &engine, eval, judge)?;
    if args.suggest {
        return suggest::run(args, context, &engine, order);
    }
    let offer = engine.judge_offer(&order)?;
    if args.dry_run {
        let ways = engine.judge_ways(&order)?;
        left_behind(context, &engine, &order)?;
        return told::offered(&offer, &ways, context.json()).map(|()| Exit::Done);
    }
    if offer.tickets == 0 {
        output::say(&told::nothing(&offer, &args.filter, args.limit));
        // An earlier run may have been cut off before its last step.
        let routed = engine.route_judged(&order)?;
        if context.json() {
            output::json(&told::nothing_json(&offer, &routed))?;
        } else {
            told::routed(&routed)?;
        }
        return Ok(Exit::Done);
    }
    told::before(&offer);
    left_behind(context, &engine, &order)?;
    if !may_start(args, context, &offer)? {
        return Ok(Exit::No);
    }
    let report = work(&engine, &order)?;
    told::after(&report, context.json())?;
    ended(&report)
}

/// The eval to be judged: the one named, or the one that holds a group's outputs.
fn subject(args: &Args, engine: &Engine) -> Result<String, CliError> {
    match (&args.group, &args.eval) {
        (Some(group), _) => Ok(engine.group_named(group)?.name),
        (None, eval) => Ok(eval.clone().unwrap_or_default()),
    }
}

/// Lets a judge score a run group, with the settings it has where nothing else is said.
pub(super) fn group(
    group: &str,
    judge: &str,
    concurrency: u16,
    context: &Context,
) -> Result<Exit, CliError> {
    let typed = ["judge", "--group", group, "--judge", judge, "--concurrency"];
    let typed = typed
        .into_iter()
        .map(str::to_owned)
        .chain([concurrency.to_string()]);
    let args = Alone::try_parse_from(typed).map_err(|error| CliError::plain(error.to_string()))?;
    run(&args.judge, context)
}

/// The arguments of this command by themselves.
#[derive(Debug, clap::Parser)]
struct Alone {
    #[command(flatten)]
    judge: Args,
}

/// What an older rubric version was judged under, where it is told to people.
fn left_behind(context: &Context, engine: &Engine, order: &JudgeOrder) -> Result<(), CliError> {
    if context.json() {
        return Ok(());
    }
    if order.filter.is_empty() && order.limit.is_none() {
        return rescore::before(engine, &order.eval, &order.judge);
    }
    // A part of the tickets is not all that were left behind.
    Ok(())
}

/// The order with the guidelines it names.
fn whole_order(
    args: &Args,
    engine: &Engine,
    eval: String,
    judge: String,
) -> Result<JudgeOrder, CliError> {
    Ok(JudgeOrder {
        guidelines: named_guidelines(args, engine, &eval)?,
        ..order(args, eval, judge)
    })
}

fn order(args: &Args, eval: String, judge: String) -> JudgeOrder {
    JudgeOrder {
        reach: args.endpoint_at.reach(),
        concurrency: usize::from(args.concurrency),
        max_micros: args.max_cost,
        max_tokens: args.max_tokens,
        samples: args.samples,
        filter: args.filter.clone(),
        limit: args.limit,
        rescore: args.rescore,
        again: args.again,
        learn: args.learn.learn,
        ..JudgeOrder::new(eval, judge)
    }
}

/// The guidelines named, by their hash. Naming a file approves what stands in it.
fn named_guidelines(args: &Args, engine: &Engine, eval: &str) -> Result<Option<String>, CliError> {
    let Some(named) = &args.learn.guidelines else {
        return Ok(None);
    };
    let file = PathBuf::from(named);
    if !file.is_file() {
        return Ok(Some(named.clone()));
    }
    let version = guidelines::approve(engine, eval, &file)?;
    output::say(&format!(
        "guidelines {} of {} rules, approved by {}",
        short_set(&version.set),
        version.guidelines.len(),
        version.approved_by
    ));
    Ok(Some(version.set))
}

/// The judge named, or chosen from what is usable.
fn chosen(
    args: &Args,
    context: &Context,
    engine: &Engine,
    eval: &str,
) -> Result<Option<String>, CliError> {
    if let Some(judge) = &args.judge {
        return Ok(Some(judge.clone()));
    }
    let usable = engine.usable_judges(eval)?;
    listed::usable(&usable, context.json())?;
    if context.json() {
        return Ok(None);
    }
    output::say(&listed::others(&usable, eval));
    rescore::hint(engine, eval)?;
    if !output::can_ask() {
        output::say(
            "nothing was started: there is no terminal to choose on; name one with `--judge`",
        );
        return Ok(None);
    }
    let names: Vec<String> = usable.iter().map(|one| one.name.clone()).collect();
    let Some(name) = output::choose("Which one (number, Enter for none)?", &names) else {
        return Ok(None);
    };
    let chosen = usable.iter().find(|one| one.name == name);
    match chosen.and_then(UsableJudge::unnamed) {
        Some(place) => {
            let model = output::ask(&format!("Which model of {place} (Enter for none)?"));
            Ok(model.map(|model| format!("{place}/{model}")))
        }
        None => Ok(Some(name)),
    }
}

/// Much work wants a limit or a yes; so does a judge that was chosen from the list.
fn may_start(args: &Args, context: &Context, offer: &Offer) -> Result<bool, CliError> {
    let limited = args.max_cost.is_some() || args.max_tokens.is_some();
    let much = offer.needs_yes().filter(|_| !limited);
    if context.yes() || (args.judge.is_some() && much.is_none()) {
        return Ok(true);
    }
    if output::confirm("Start?") {
        return Ok(true);
    }
    match much {
        Some(much) => Err(CliError::new(
            format!("not started: {much}"),
            "say `--yes`, or set a limit with `--max-cost` or `--max-tokens`",
        )),
        None => Ok(false),
    }
}

fn work(engine: &Engine, order: &JudgeOrder) -> Result<Report, CliError> {
    let report = interrupt::stoppable(
        |control, tell| engine.judge_run(order, control, tell),
        |bar, progress: &Progress| {
            let done = (progress.kept.tickets, progress.total);
            bar.calls(done, "tickets", &meanwhile::about(progress));
        },
    );
    Ok(report?)
}

/// What to do before the same command has a chance.
fn way_on(stopped_by: Option<Class>) -> &'static str {
    match stopped_by {
        Some(Class::Auth) => {
            "give it a key it takes, by its variable, `--key-env` or `--key-command`; then the same command goes on"
        }
        Some(Class::ModelMissing) => {
            "name a model it knows, `docket doctor` lists them; what came back is kept under the name it was asked by"
        }
        Some(Class::Quota) => {
            "it is the endpoint's limit, not this command's; once there is credit the same command goes on"
        }
        Some(Class::RateLimit) => {
            "what came back is kept; after that time the same command goes on, `--sooner` asks before it"
        }
        _ => "what came back is kept; the same command goes on",
    }
}

fn ended(report: &Report) -> Result<Exit, CliError> {
    if report.answered_nothing() && matches!(report.outcome, Outcome::Done | Outcome::Failed) {
        // It read everything and can say nothing: the answer is no, and nothing is left to go on with.
        output::say(report.message.as_deref().unwrap_or_default());
        return Ok(Exit::No);
    }
    match report.outcome {
        Outcome::Done => Ok(Exit::Done),
        Outcome::Cancelled => Err(CliError::new(
            format!("stopped; {} answers are kept", report.kept.scored),
            "run the same command again: it goes on where it stopped",
        )),
        Outcome::Budget | Outcome::Failed => Err(CliError::new(
            report
                .message
                .clone()
                .unwrap_or_else(|| "the job failed".to_owned()),
            way_on(report.stopped_by),
        )),
    }
}
