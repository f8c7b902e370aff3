//! `docket compare`: the candidates of a run group side by side.

mod board;
mod told;

use super::opening::Opening;
use super::{CliError, Context, Exit, output};
use crate::engine::Engine;
use crate::engine::compare::CompareOptions;

/// Compare the candidates of a run group, or the models of a pairwise eval
///
/// Mean, pass rate and the difference to the baseline, each with its interval; what has no score is counted, never
/// taken for 0. This shows what the judge says and who answered: that is logged, and your later reviews of the group
/// count as assisted.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The group, or an eval whose rubric compares outputs
    #[arg(value_name = "GROUP")]
    group: String,
    /// Another baseline than the group's
    #[arg(long, value_name = "CANDIDATE")]
    baseline: Option<String>,
    /// Secondary tests, and the numbers by tag, by question and of reruns
    #[arg(long)]
    full: bool,
}

/// Prints the comparison.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    if engine.is_pairwise(&args.group)? {
        return leaderboard(&engine, args, context);
    }
    let options = CompareOptions {
        baseline: args.baseline.clone(),
        full: args.full,
    };
    // First, so that a mistyped name marks nobody's reviews.
    let comparison = engine.compare(&args.group, &options)?;
    let opening = Opening::of(comparison.tickets_in, "compare", "compare", &args.group);
    if !opening.agreed(&engine, context)? {
        return Ok(Exit::No);
    }
    if context.json() {
        output::json(&comparison)?;
    } else {
        told::comparison(&comparison)?;
    }
    Ok(Exit::Done)
}

/// A pairwise eval has no run group: its models are compared ticket by ticket.
fn leaderboard(engine: &Engine, args: &Args, context: &Context) -> Result<Exit, CliError> {
    if args.baseline.is_some() {
        return Err(CliError::new(
            format!(
                "`{}` compares outputs with each other, not with a baseline",
                args.group
            ),
            "leave `--baseline` out",
        ));
    }
    let board = engine.leaderboard(&args.group)?;
    let opening = Opening::of(board.eval_id, "compare", "compare", &args.group);
    if !opening.agreed(engine, context)? {
        return Ok(Exit::No);
    }
    if context.json() {
        output::json(&board)?;
    } else {
        board::leaderboard(&board)?;
    }
    Ok(Exit::Done)
}
