//! `docket gate`: hold a release rule against the candidates of a run group.

mod junit;
mod listed;
mod markdown;
mod told;

use std::path::{Path, PathBuf};

pub(super) use told::verification;

use super::opening::Opening;
use super::{CliError, Context, Exit, output};
use crate::domain::gate::{
    Asked, Basis, CHECK_SECONDS, Check, Floor, FloorOf, GateRule, Metric, Quality,
};
use crate::domain::view::gate::{GateReport, GateVerdict};
use crate::engine::Engine;
use crate::engine::gate::GateOptions;

/// Largest gate file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Hold a release rule against the candidates of a run group
///
/// The rule comes from a file, from flags, or is the one declared before for the group. Ends with 0 if a candidate
/// passes, 1 if none does, 3 if it cannot be told yet; 2 is an error. This shows what the judge says and who answered:
/// that is logged, and your later reviews of the group count as assisted.
#[derive(Debug, clap::Args)]
#[allow(clippy::struct_excessive_bools, reason = "one switch each, as typed")]
pub struct Args {
    /// The group
    #[arg(value_name = "GROUP", required_unless_present = "list")]
    group: Option<String>,
    /// Decide about this candidate. It is judged alone if it was chosen before any numbers were seen (with --declare: the
    /// rule is about it alone), else as one of all, corrected for how many they are
    #[arg(long, value_name = "NAME")]
    candidate: Option<String>,
    /// The rule, as a gate file
    #[arg(long, alias = "gate", value_name = "FILE", conflicts_with = "Rule")]
    file: Option<PathBuf>,
    #[command(flatten)]
    rule: Rule,
    /// Only keep the rule; the group need not be there yet
    #[arg(long, conflicts_with_all = ["rehearse", "run_checks"])]
    declare: bool,
    /// Run the commands of the rule that was declared before
    #[arg(long)]
    run_checks: bool,
    /// Plant bad runs in memory; ends with 0 if the gate blocks all of them
    #[arg(long)]
    rehearse: bool,
    /// List the gates of the workspace
    #[arg(long, conflicts_with_all = ["candidate", "file", "rehearse", "declare"])]
    list: bool,
    /// How to answer
    #[arg(long, value_enum, default_value = "text", value_name = "FORMAT")]
    format: Format,
    /// Write the answer into a file instead
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// Markdown.
    Md,
    /// JSON.
    Json,
    /// `JUnit` XML, for CI.
    Junit,
}

/// A rule by flags.
#[derive(Debug, Clone, clap::Args)]
#[group(id = "Rule", multiple = true)]
struct Rule {
    /// Mean score of at least this
    #[arg(long, value_name = "SHARE")]
    min_mean: Option<f64>,
    /// Pass rate of at least this
    #[arg(long, value_name = "SHARE")]
    min_pass_rate: Option<f64>,
    /// Mean score at most this much below the baseline
    #[arg(long, value_name = "SHARE")]
    margin: Option<f64>,
    /// Better than the baseline
    #[arg(long, value_name = "METRIC", value_parser = ["mean", "pass_rate"])]
    better: Option<String>,
    /// Pass rate of a tag or of a criterion: `billing=0.7`, `criterion:safe=0.95`
    #[arg(long, value_name = "[criterion:]NAME=SHARE")]
    floor: Vec<String>,
    /// Whose word counts
    #[arg(long, value_name = "WHO", value_parser = ["judge", "human"])]
    basis: Option<String>,
    /// One-sided error of each condition
    #[arg(long, value_name = "SHARE")]
    alpha: Option<f64>,
    /// Looks at the numbers that are planned
    #[arg(long, value_name = "N")]
    looks: Option<u32>,
    /// Another baseline than the group's
    #[arg(long, value_name = "CANDIDATE")]
    baseline: Option<String>,
    /// Fewest items with a score
    #[arg(long, value_name = "N")]
    min_items: Option<u64>,
    /// Fewest labels of people, with `--basis human`
    #[arg(long, value_name = "N")]
    min_labels: Option<u64>,
    /// Largest share of rows without an output
    #[arg(long, value_name = "SHARE")]
    max_failed: Option<f64>,
    /// Largest share of outputs without a score
    #[arg(long, value_name = "SHARE")]
    max_unscored: Option<f64>,
    /// Smallest kappa on pass between judge and people
    #[arg(long, value_name = "KAPPA")]
    min_agreement: Option<f64>,
    /// Fewest runs of a candidate
    #[arg(long, value_name = "N")]
    min_runs: Option<u32>,
    /// Largest share of items whose verdict differs between runs
    #[arg(long, value_name = "SHARE")]
    max_flicker: Option<f64>,
    /// Largest 95th percentile of the latency, in milliseconds
    #[arg(long, value_name = "MS")]
    max_p95_ms: Option<u64>,
    /// Largest cost of 1,000 replies
    #[arg(long, value_name = "AMOUNT")]
    max_cost_per_1000: Option<f64>,
    /// A command that must end with 0
    #[arg(long, value_name = "NAME=COMMAND")]
    check: Vec<String>,
    /// Who may decide
    #[arg(long, value_name = "ACCOUNT")]
    approver: Vec<String>,
}

/// Prints the gate, or the list of gates.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let Some(group) = args.group.as_deref().filter(|_| !args.list) else {
        listed::print(
            &engine.gates()?,
            context.json() || args.format == Format::Json,
        )?;
        return Ok(Exit::Done);
    };
    let rule = given(args)?;
    if args.declare {
        let rule = match rule {
            Some((rule, file)) => Some((about(rule, args.candidate.as_deref())?, file)),
            None => None,
        };
        return declare(&engine, group, rule, context);
    }
    let options = GateOptions {
        candidate: args.candidate.clone(),
        after_looking: false,
        rule,
        run_checks: args.run_checks,
        rehearse: args.rehearse,
    };
    if let Some(file) = &args.out {
        // Before anything is run or kept.
        writable(file)?;
    }
    if !args.rehearse {
        // What does not fit the group marks nobody's reviews.
        let tickets = engine.gate_fits(group, &options)?;
        let given = options.rule.as_ref();
        let opening = Opening {
            asks_people: given.is_some_and(|(rule, _)| rule.rests_on_people()),
            ..Opening::of(tickets, "gate", "gate", group)
        };
        if !opening.agreed(&engine, context)? {
            return Ok(Exit::No);
        }
    }
    let report = engine.gate(group, &options)?;
    print(args, context, &report)?;
    Ok(match report.verdict {
        GateVerdict::Pass => Exit::Done,
        GateVerdict::Fail => Exit::No,
        GateVerdict::Inconclusive => Exit::Undecided,
    })
}

/// The rule with the candidate it is about.
fn about(rule: GateRule, candidate: Option<&str>) -> Result<GateRule, CliError> {
    match (&rule.candidate, candidate) {
        (Some(named), Some(other)) if named != other => Err(CliError::new(
            format!("the gate file is about `{named}`, and `--candidate` names `{other}`"),
            "leave `--candidate` out, or `candidate` in the file",
        )),
        (_, Some(name)) => Ok(GateRule {
            candidate: Some(name.to_owned()),
            ..rule
        }),
        (_, None) => Ok(rule),
    }
}

fn declare(
    engine: &Engine,
    group: &str,
    rule: Option<(GateRule, Option<String>)>,
    context: &Context,
) -> Result<Exit, CliError> {
    let Some((rule, file)) = rule else {
        return Err(CliError::new(
            "there is no rule to declare",
            "name a gate file (`--file gate.toml`) or ask by flags (`--min-pass-rate 0.8`)",
        ));
    };
    let declared = engine.declare_gate(group, rule, file)?;
    if context.json() {
        output::json(&declared)?;
    } else {
        told::declared(group, &declared)?;
    }
    Ok(Exit::Done)
}

fn print(args: &Args, context: &Context, report: &GateReport) -> Result<(), CliError> {
    let format = if context.json() {
        Format::Json
    } else {
        args.format
    };
    let text = match format {
        Format::Text => told::report(report),
        Format::Md => markdown::report(report),
        Format::Junit => junit::report(report),
        Format::Json => output::json_text(report)?,
    };
    let Some(file) = &args.out else {
        return output::line(text.trim_end());
    };
    std::fs::write(file, &text).map_err(|error| cannot_write(file, &error))?;
    output::say(&report.sentence);
    output::say(&format!("written to `{}`", file.display()));
    Ok(())
}

fn cannot_write(file: &Path, error: &std::io::Error) -> CliError {
    CliError::new(
        format!("cannot write `{}`: {error}", file.display()),
        "name another file: `--out FILE`",
    )
}

/// Refuses a file that cannot be written, and leaves one that is there as it is.
fn writable(file: &Path) -> Result<(), CliError> {
    let there = file.exists();
    std::fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)
        .map_err(|error| cannot_write(file, &error))?;
    if !there {
        let _ = std::fs::remove_file(file);
    }
    Ok(())
}

/// The rule that was given, with the file it came from.
fn given(args: &Args) -> Result<Option<(GateRule, Option<String>)>, CliError> {
    if let Some(file) = &args.file {
        let name = file.display().to_string();
        let text = read(file)?;
        let rule = crate::formats::gate::parse(&name, &text).map_err(|error| {
            CliError::new(
                format!("`{name}` is no gate\n{error}"),
                "docs/gate.md shows a whole file",
            )
        })?;
        return Ok(Some((rule, Some(name))));
    }
    by_flags(&args.rule).map(|rule| rule.map(|rule| (rule, None)))
}

fn read(file: &Path) -> Result<String, CliError> {
    let failed = |why: String| {
        CliError::new(
            format!("cannot read `{}`: {why}", file.display()),
            "name a gate file: `--file gate.toml`",
        )
    };
    let size = std::fs::metadata(file)
        .map_err(|error| failed(error.to_string()))?
        .len();
    if size > LARGEST {
        return Err(failed(format!(
            "it has {size} bytes, a gate file a few thousand"
        )));
    }
    let bytes = std::fs::read(file).map_err(|error| failed(error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| failed("it is no UTF-8 text".to_owned()))
}

fn by_flags(flags: &Rule) -> Result<Option<GateRule>, CliError> {
    let usual = GateRule::default();
    let mut rule = GateRule {
        basis: match flags.basis.as_deref() {
            Some("human") => Basis::Human,
            _ => Basis::Judge,
        },
        alpha: flags.alpha.unwrap_or(usual.alpha),
        looks: flags.looks.unwrap_or(usual.looks),
        baseline: flags.baseline.clone(),
        min_items: flags.min_items.unwrap_or(usual.min_items),
        min_labels: flags.min_labels.unwrap_or(usual.min_labels),
        max_failed: flags.max_failed.unwrap_or(usual.max_failed),
        max_unscored: flags.max_unscored.unwrap_or(usual.max_unscored),
        min_agreement: flags.min_agreement,
        min_runs: flags.min_runs.unwrap_or(usual.min_runs),
        max_flicker: flags.max_flicker,
        max_p95_ms: flags.max_p95_ms,
        max_cost_per_1000_micros: flags
            .max_cost_per_1000
            .map(|units| (units * 1_000_000.0).round() as i64),
        approvers: flags.approver.clone(),
        ..usual.clone()
    };
    for (value, metric) in [
        (flags.min_mean, Metric::Mean),
        (flags.min_pass_rate, Metric::PassRate),
    ] {
        let asked = value.map(Asked::AtLeast);
        rule.quality
            .extend(asked.map(|asked| Quality { metric, asked }));
    }
    let margin = flags.margin.map(Asked::WithinMargin);
    rule.quality.extend(margin.map(|asked| Quality {
        metric: Metric::Mean,
        asked,
    }));
    if let Some(word) = &flags.better {
        let metric = if word == "mean" {
            Metric::Mean
        } else {
            Metric::PassRate
        };
        rule.quality.push(Quality {
            metric,
            asked: Asked::Better,
        });
    }
    for text in &flags.floor {
        rule.floors.push(floor(text)?);
    }
    for text in &flags.check {
        rule.checks.push(check(text)?);
    }
    Ok((rule != usual).then_some(rule))
}

fn floor(text: &str) -> Result<Floor, CliError> {
    let wrong = || {
        CliError::new(
            format!("`{text}` is no floor"),
            "write a tag or a criterion and a share: `--floor billing=0.7`, `--floor criterion:safe=0.95`",
        )
    };
    let (name, share) = text.rsplit_once('=').ok_or_else(wrong)?;
    Ok(Floor {
        of: match name.strip_prefix("criterion:") {
            Some(id) => FloorOf::Criterion(id.to_owned()),
            None => FloorOf::Tag(name.to_owned()),
        },
        metric: Metric::PassRate,
        at_least: share.parse().map_err(|_| wrong())?,
    })
}

fn check(text: &str) -> Result<Check, CliError> {
    let (name, command) = text.split_once('=').ok_or_else(|| {
        CliError::new(
            format!("`{text}` is no check"),
            "write a name and a command: `--check secrets='sh checks/secrets.sh'`",
        )
    })?;
    Ok(Check {
        name: name.to_owned(),
        command: command.to_owned(),
        seconds: CHECK_SECONDS,
    })
}
