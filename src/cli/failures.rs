//! `docket failures EVAL|GROUP`: from low scores to training data, one path with what stands at each step.

use super::opening::Opening;
use super::{CliError, Context, Exit, output};
use crate::domain::count::{counted, either};
use crate::domain::view::failures::{FailurePath, Fixes};
use crate::engine::failures::FailureOrder;
use crate::text::table::{Column, Table};

/// From failures to training data: what fails, what is like it, tickets, corrections, exports
///
/// Prints what stands at each step and what to do next. With --take it makes tickets of the failing outputs that may be
/// trained on and of outputs to items like them, in an eval of its own. What is held out never gets there.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The eval or run group
    #[arg(value_name = "EVAL|GROUP")]
    of: String,
    /// Only rows of this candidate
    #[arg(long, value_name = "NAME")]
    candidate: Option<String>,
    /// Rows below this score, 0 to 1; by default what does not pass
    #[arg(long, value_name = "SCORE")]
    below: Option<f64>,
    /// Items like each failing one, at most
    #[arg(long, value_name = "N", default_value_t = 3)]
    similar: usize,
    /// The eval in which they are corrected; by default the one that was made for them, else NAME-fixes
    #[arg(long, value_name = "EVAL")]
    to: Option<String>,
    /// Make the tickets
    #[arg(long)]
    take: bool,
}

/// Prints the path, or takes the next step on it.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let order = FailureOrder {
        of: args.of.clone(),
        candidate: args.candidate.clone(),
        below: args.below,
        similar: args.similar,
        to: args.to.clone(),
    };
    // First, so that a mistyped name marks nobody's reviews.
    let eval = engine.eval_named(&args.of)?.id;
    let mut path = engine.failures(&order)?;
    if !Opening::of(eval, "failures", "failures", &args.of).agreed(&engine, context)? {
        return Ok(Exit::No);
    }
    if args.take {
        let taken = engine.take_failures(&order)?;
        output::say(&format!(
            "{} made, {} of failing outputs themselves",
            counted(taken.tickets, "ticket"),
            taken.failing
        ));
        path = taken.path;
    }
    if context.json() {
        output::json(&path)?;
    } else {
        told(&path)?;
    }
    Ok(Exit::Done)
}

fn told(path: &FailurePath) -> Result<(), CliError> {
    let whose = path.candidate.as_ref().map(|name| format!(" · {name}"));
    output::line(&format!(
        "{}{}: from failures to training",
        path.of,
        whose.unwrap_or_default()
    ))?;
    let mut table = Table::new([
        Column::right(""),
        Column::left("step"),
        Column::right("now"),
        Column::left(""),
    ]);
    for (at, (step, now, words)) in steps(path).iter().enumerate() {
        table.row([&(at + 1).to_string(), *step, &now.to_string(), words]);
    }
    output::table(&table)?;
    output::line(&format!("next: {}", path.next))
}

/// How many corrections have not left.
fn waiting(fixes: &Fixes) -> String {
    match (fixes.corrected, fixes.to_export) {
        (0, _) => String::new(),
        (_, 0) => "all exported".to_owned(),
        (_, n) => format!("{n} not exported yet"),
    }
}

/// Step, number, and what the number says.
fn steps(path: &FailurePath) -> [(&'static str, u64, String); 6] {
    let tags: Vec<String> = path.tags.iter().take(3).map(ToString::to_string).collect();
    let colon = if tags.is_empty() { "" } else { ": " };
    let tags = format!("{colon}{}", tags.join(", "));
    let rows = format!(
        "of {} below {:.2}, on {}{tags}",
        counted(path.scored, "scored row"),
        path.below,
        counted(path.items, "item"),
    );
    let mut items = vec![format!("{} failed, {} like them", path.own, path.similar)];
    if path.held_out > 0 {
        items.push(format!(
            "{} held out and {} out",
            counted(path.held_out, "failing item"),
            either(path.held_out, "stays", "stay")
        ));
    }
    if path.trained > 0 {
        items.push(format!("{} exported from elsewhere before", path.trained));
    }
    if path.not_searched > 0 {
        items.push(format!("nothing like {} looked for", path.not_searched));
    }
    let none = || "none yet".to_owned();
    let (tickets, in_fixes, corrected, to_export) = match &path.fixes {
        Some(fixes) => (
            fixes.tickets,
            format!("in `{}`, {} open", fixes.eval, fixes.open),
            fixes.corrected,
            waiting(fixes),
        ),
        None => (0, none(), 0, String::new()),
    };
    let (items_left, dataset, rows_left, exports) = match &path.training {
        Some(left) => (
            left.items,
            format!("in `{}`", left.dataset),
            left.rows,
            format!(
                "in `{}`, the last of {}",
                left.folder,
                counted(left.exports, "export")
            ),
        ),
        None => (0, none(), 0, none()),
    };
    [
        ("low-scoring rows", path.failed, rows),
        (
            "items to make tickets of",
            path.own + path.similar,
            items.join("; "),
        ),
        ("tickets", tickets, in_fixes),
        ("corrections", corrected, to_export),
        ("items of the train dataset", items_left, dataset),
        ("rows exported", rows_left, exports),
    ]
}
