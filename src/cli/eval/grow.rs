//! `docket eval grow`: new items for an eval, in a plan of their own.

use super::super::dataset::hard;
use super::super::{CliError, Context, Exit, output};
use crate::domain::count::counted;
use crate::engine::Engine;
use crate::engine::datasets::BuildOrder;
use crate::engine::grow::Growth;

/// Grow an eval by new items: reviews that are there stay, new tickets come in a plan of their own
///
/// Without options it gets tickets of items that joined its dataset since. An eval whose numbers are to stay
/// comparable grows by versions: `docket dataset show` lists them.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The eval
    name: String,
    /// Review the items of this dataset as well; repeat it for more
    #[arg(long, value_name = "DATASET")]
    to: Vec<String>,
    /// So many items that are low, disputed or flickering elsewhere; shows them and asks
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    hard: Option<u64>,
    /// The eval (or run group) hard items are looked for in; all that may be looked at by default
    #[arg(long, value_name = "EVAL", requires = "hard")]
    of: Option<String>,
    /// Only say what would come of it
    #[arg(long)]
    dry_run: bool,
}

/// Grows it.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    if let Some(most) = args.hard
        && !propose(args, most, &engine, context)?
    {
        return Ok(Exit::No);
    }
    let growth = Growth {
        to: args.to.clone(),
        dry: args.dry_run,
    };
    let grown = engine.grow_eval(&args.name, &growth)?;
    output::say(&grown.sentence());
    if grown.items > 0 {
        output::say(&format!(
            "{} joined `{}`, version {}",
            counted(grown.items, "item"),
            grown.dataset,
            grown.version
        ));
    }
    if grown.without_output > 0 {
        output::say(&format!(
            "{} without an output to review",
            counted(grown.without_output, "item")
        ));
    }
    if context.json() {
        output::json(&grown)?;
    }
    Ok(Exit::Done)
}

/// Shows hard items and lets them join the eval's dataset; whether to go on.
fn propose(args: &Args, most: u64, engine: &Engine, context: &Context) -> Result<bool, CliError> {
    let dataset = engine.dataset_of(&args.name)?;
    let mut order = BuildOrder {
        name: dataset.name,
        role: dataset.role,
        hard: Some((most, args.of.clone())),
        dry: true,
        ..BuildOrder::default()
    };
    let plan = engine.build_dataset(&order)?;
    if plan.hard.is_empty() {
        output::say("no item elsewhere is low, disputed or flickering");
        return Ok(!args.to.is_empty());
    }
    if context.json() {
        if args.dry_run {
            plan.hard.iter().try_for_each(output::json_line)?;
        }
    } else {
        hard::table(&plan.hard)?;
    }
    if args.dry_run {
        return Ok(false);
    }
    let question = format!("Take {}?", counted(plan.hard.len(), "item"));
    if !context.yes() && !output::confirm(&question) {
        output::say("nothing was changed; --yes takes them without asking");
        return Ok(false);
    }
    order.dry = false;
    engine.build_dataset(&order)?;
    Ok(true)
}
