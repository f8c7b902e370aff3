//! `docket dataset`: building, versions, roles, holding out and moving whole clusters.

mod build;
pub(super) mod hard;
mod show;

use clap::{Subcommand, ValueEnum};
use serde::Serialize;

use super::{CliError, Context, Exit, output};
use crate::domain::count::{counted, either};
use crate::domain::eval::DatasetRole;
use crate::engine::datasets::{HoldOut, Loss};
use crate::text::table::{Column, Table};

/// Build and show datasets, hold a share out, move clusters between them.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List datasets with role and size
    List,
    /// Build one from what was imported, from tickets or a file, or add to it
    Build(build::Args),
    /// Show one with its versions, and what came in and went out
    Show(show::Args),
    /// Hold a share of one out: whole clusters that are measured on and never trained on
    HoldOut {
        /// Taken from
        name: String,
        /// Share of its items, above 0 and below 1
        #[arg(long, default_value_t = 0.3)]
        share: f64,
        /// Put into; NAME-heldout by default
        #[arg(long)]
        to: Option<String>,
        /// Another seed, other clusters
        #[arg(long, default_value_t = 0)]
        seed: u64,
        /// Only show what would happen
        #[arg(long)]
        dry_run: bool,
    },
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
        /// Only this cluster, by its id or the id of an item in it (`docket items --json` shows them); repeat it for
        /// more, all by default
        #[arg(long = "cluster", value_name = "ID")]
        clusters: Vec<String>,
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

impl RoleArg {
    fn role(self) -> DatasetRole {
        match self {
            Self::Review => DatasetRole::Review,
            Self::Heldout => DatasetRole::Heldout,
            Self::Train => DatasetRole::Train,
        }
    }
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
        Some(Command::Build(args)) => build::run(args, context),
        Some(Command::Show(args)) => show::run(args, context),
        Some(Command::HoldOut {
            name,
            share,
            to,
            seed,
            dry_run,
        }) => hold_out(
            context,
            HoldOut {
                name: name.clone(),
                share: *share,
                to: to.clone(),
                seed: *seed,
                dry: *dry_run,
            },
        ),
        Some(Command::Role { name, role, reason }) => {
            let role = role.role();
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
    clusters: &[String],
    reason: &str,
    dry: bool,
) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let clusters = engine.clusters_of(from, clusters)?;
    let plan = engine.move_items(from, to, clusters.clone(), reason, true)?;
    output::say(&format!(
        "{}, {}: `{from}` to `{to}`",
        counted(plan.clusters, "cluster"),
        counted(plan.items, "item")
    ));
    told_losses(&plan.losses);
    if plan.items == 0 {
        return Err(CliError::new(
            format!("`{from}` has no items to move"),
            "`docket dataset` lists the datasets with their sizes",
        ));
    }
    if dry {
        return Ok(Exit::Done);
    }
    if !context.yes() && !output::confirm("Move them?") {
        output::say("nothing was moved; --yes moves without asking");
        return Ok(Exit::No);
    }
    engine.move_items(from, to, clusters, reason, false)?;
    output::say("moved");
    Ok(Exit::Done)
}

fn told_losses(losses: &[Loss]) {
    for loss in losses {
        output::say(&format!(
            "eval `{}` loses {} from its dataset, {} of them reviewed",
            loss.eval,
            counted(loss.tickets, "ticket"),
            loss.reviewed
        ));
    }
}

fn hold_out(context: &Context, mut order: HoldOut) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let only_told = std::mem::replace(&mut order.dry, true);
    let plan = engine.hold_out(&order)?;
    output::say(&format!(
        "{}, {}: `{}` to `{}`, which then holds {} of {} items ({:.0} %)",
        counted(plan.clusters, "cluster"),
        counted(plan.items, "item"),
        order.name,
        plan.to,
        plan.held,
        plan.of,
        100.0 * plan.held as f64 / (plan.of.max(1)) as f64,
    ));
    if plan.trained > 0 {
        output::say(&format!(
            "{} {}, exported for training already",
            counted(plan.trained, "cluster"),
            either(plan.trained, "stays", "stay"),
        ));
    }
    told_losses(&plan.losses);
    if plan.items > 0 && !only_told {
        if !context.yes() && !output::confirm("Hold them out?") {
            output::say("nothing was moved; --yes moves without asking");
            return Ok(Exit::No);
        }
        order.dry = false;
        engine.hold_out(&order)?;
        output::say("held out");
        let to = output::word(&plan.to);
        output::say(&format!(
            "to measure on it: `docket eval new NAME --dataset {to}`, `docket eval grow NAME`, `docket run NAME --model MODEL --group GROUP`"
        ));
    }
    if context.json() {
        output::json(&plan)?;
    }
    Ok(Exit::Done)
}
