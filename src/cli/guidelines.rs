//! `docket guidelines`: the rules that judges of an eval may be shown.

use std::fs;
use std::path::{Path, PathBuf};

use super::{CliError, Context, Exit, output};
use crate::domain::count::counted;
use crate::domain::event::short_set;
use crate::domain::learning::GuidelineVersion;
use crate::engine::{Engine, EngineError};
use crate::text::sanitise;
use crate::text::table::{Column, Table};

/// List, draft, approve and remove the rules that judges of an eval may be shown
///
/// Guidelines tell a judge how experts decide. `--draft` proposes them from corrections, for a person to edit; no
/// judge is shown any before somebody names them: `docket judge EVAL --judge JUDGE --guidelines FILE`. Each version
/// is a hash of its words and part of the judge's identity.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The eval
    #[arg(value_name = "EVAL")]
    eval: String,
    #[command(flatten)]
    what: What,
    /// Why they are removed
    #[arg(long, value_name = "TEXT", requires = "remove", default_value = "")]
    reason: String,
}

#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct What {
    /// Print a file drafted from corrections; nothing is approved
    #[arg(long)]
    draft: bool,
    /// Approve the guidelines of a file without putting a judge to work
    #[arg(long, value_name = "FILE")]
    approve: Option<PathBuf>,
    /// Show them to no judge any more
    #[arg(long, value_name = "HASH")]
    remove: Option<String>,
}

/// Lists, or does what is asked.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    if args.what.draft {
        return draft(&engine, args, context);
    }
    if let Some(file) = &args.what.approve {
        let version = approve(&engine, &args.eval, file)?;
        return told(&version, context);
    }
    if let Some(set) = &args.what.remove {
        let version = engine.remove_guidelines(&args.eval, set, &args.reason)?;
        return told(&version, context);
    }
    let versions = engine.guideline_versions(&args.eval)?;
    if context.json() {
        output::json(&versions)?;
        return Ok(Exit::Done);
    }
    if versions.is_empty() {
        output::say(&format!(
            "no guidelines; `docket guidelines {} --draft` proposes some from corrections",
            args.eval
        ));
    }
    for version in &versions {
        show(version)?;
    }
    Ok(Exit::Done)
}

/// Approves the guidelines of a file.
pub(super) fn approve(
    engine: &Engine,
    eval: &str,
    file: &Path,
) -> Result<GuidelineVersion, CliError> {
    let text = fs::read_to_string(file).map_err(|error| EngineError::file("read", file, &error))?;
    Ok(engine.approve_guidelines(eval, &file.display().to_string(), &text)?)
}

fn told(version: &GuidelineVersion, context: &Context) -> Result<Exit, CliError> {
    if context.json() {
        output::json(version)?;
    } else {
        show(version)?;
    }
    Ok(Exit::Done)
}

fn draft(engine: &Engine, args: &Args, context: &Context) -> Result<Exit, CliError> {
    let draft = engine.draft_guidelines(&args.eval)?;
    if draft.rules == 0 {
        return Err(CliError::new(
            format!(
                "nothing to draft from: {} of judges may teach (of {} that experts agree on), and none three times in one direction",
                counted(draft.train as u64, "correction"),
                draft.agreed
            ),
            "correct judges on more tickets with a reason, or write a file by hand: docs/judging.md shows its form",
        ));
    }
    if context.json() {
        output::json(&serde_json::json!({
            "toml": draft.toml,
            "rules": draft.rules,
            "corrections": draft.train,
        }))?;
    } else {
        for line in draft.toml.lines() {
            output::line(&sanitise::line(line))?;
        }
    }
    Ok(Exit::Done)
}

fn show(version: &GuidelineVersion) -> Result<(), CliError> {
    let state = match &version.removed {
        None => format!("approved by {}", version.approved_by),
        Some(removed) if removed.reason.is_empty() => format!("removed by {}", removed.by),
        Some(removed) => format!("removed by {}: {}", removed.by, removed.reason),
    };
    output::line(&sanitise::line(&format!(
        "{}  {}, {state}",
        short_set(&version.set),
        counted(version.guidelines.len() as u64, "rule"),
    )))?;
    let mut table = Table::new([
        Column::left("  criterion").max(22),
        Column::right("sources"),
        Column::left("rule"),
    ]);
    for rule in &version.guidelines {
        table.row([
            format!("  {}", rule.criterion.as_deref().unwrap_or("all")),
            rule.sources.len().to_string(),
            rule.text.clone(),
        ]);
    }
    output::table(&table)
}
