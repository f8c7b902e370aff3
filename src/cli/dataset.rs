//! `docket dataset`: roles, and moving whole clusters.

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::{CliError, Context, Exit, output};
use crate::domain::count::counted;
use crate::domain::eval::DatasetRole;
use crate::domain::ids::ClusterId;
use crate::text::table::{Column, Table};

/// Show datasets, change their role, move clusters between them.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List datasets with role and size
    List,
    /// Change what a dataset may be used for
    Role {
        /// The dataset
        name: String,
        /// What it may be used for
        role: RoleArg,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
    },
    /// Move whole clusters to another dataset; shows what evals lose and asks
    Move {
        /// Taken from
        from: String,
        /// Put into; made if it is not there
        to: String,
        /// Only these clusters (ids as `docket items --json` shows them); all by default
        #[arg(long = "cluster")]
        clusters: Vec<ClusterId>,
        /// Why
        #[arg(long, default_value = "")]
        reason: String,
        /// Only show what would happen
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleArg {
    Review,
    Heldout,
    Train,
}

#[derive(Serialize)]
struct Line<'a> {
    name: &'a str,
    role: &'static str,
    items: u64,
    version: String,
}

/// Runs the subcommand; lists by default.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    match &args.command {
        None | Some(Command::List) => list(context),
        Some(Command::Role { name, role, reason }) => {
            let role = match role {
                RoleArg::Review => DatasetRole::Review,
                RoleArg::Heldout => DatasetRole::Heldout,
                RoleArg::Train => DatasetRole::Train,
            };
            context.open()?.set_role(name, role, reason)?;
            output::say(&format!("dataset `{name}` is {} now", role.name()));
            Ok(Exit::Done)
        }
        Some(Command::Move {
            from,
            to,
            clusters,
            reason,
            dry_run,
        }) => move_clusters(context, from, to, clusters, reason, *dry_run),
    }
}

fn list(context: &Context) -> Result<Exit, CliError> {
    let datasets = context.open()?.datasets()?;
    if context.json() {
        for set in &datasets {
            let version = set.version.short();
            output::json_line(&Line {
                name: &set.name,
                role: set.role.name(),
                items: set.items,
                version,
            })?;
        }
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        Column::left("dataset"),
        Column::left("role"),
        Column::right("items"),
        Column::left("version"),
    ]);
    for set in &datasets {
        table.row([
            &set.name,
            set.role.name(),
            &set.items.to_string(),
            &set.version.short(),
        ]);
    }
    output::table(&table)?;
    Ok(Exit::Done)
}

fn move_clusters(
    context: &Context,
    from: &str,
    to: &str,
    clusters: &[ClusterId],
    reason: &str,
    dry: bool,
) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let plan = engine.move_items(from, to, clusters.to_vec(), reason, true)?;
    output::say(&format!(
        "{}, {}: `{from}` to `{to}`",
        counted(plan.clusters, "cluster"),
        counted(plan.items, "item")
    ));
    for (eval, tickets, reviewed) in &plan.losses {
        output::say(&format!(
            "eval `{eval}` loses {} from its dataset, {reviewed} of them reviewed",
            counted(*tickets, "ticket")
        ));
    }
    if plan.items == 0 {
        return Err(CliError::plain(format!(
            "`{from}` has none of these clusters"
        )));
    }
    if dry {
        return Ok(Exit::Done);
    }
    if !context.yes() && !output::confirm("Move them?") {
        output::say("nothing was moved; --yes moves without asking");
        return Ok(Exit::No);
    }
    engine.move_items(from, to, clusters.to_vec(), reason, false)?;
    output::say("moved");
    Ok(Exit::Done)
}
