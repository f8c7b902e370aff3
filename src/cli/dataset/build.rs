//! `docket dataset build`: a dataset from what is in the workspace, or from a file.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::super::{CliError, Context, Exit, import, output};
use super::{RoleArg, hard, told_losses};
use crate::domain::count::{counted, either};
use crate::domain::recipe::{Drawn, OfEval};
use crate::engine::Engine;
use crate::engine::datasets::{BuildOrder, Built};
use crate::engine::import::{ImportPlan, Sample};

/// Longest list of ids read.
const MOST_BYTES: u64 = 256 << 20;

/// Build a dataset from what was imported, or add to it
///
/// The parts named are united. What is in the dataset stays unless --replace says that it goes out; every change is a
/// new version, and `docket dataset show NAME --diff` lists what came in and went out.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Its name; made if it is not there
    name: String,
    /// Items of which any output passes this filter, over everything imported; '' takes everything. Repeat it for more
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    from: Vec<String>,
    /// The items of tickets, such as --tickets 'score<0.5': add these failures
    #[arg(long, value_name = "FILTER", allow_hyphen_values = true)]
    tickets: Option<String>,
    /// The eval whose tickets or hard items are meant
    #[arg(long)]
    eval: Option<String>,
    /// A list of ids, one a line (`docket items --json` writes one), or rows to import; `-` is standard input
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// So many items that are low, disputed or flickering; shows them and asks
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    hard: Option<u64>,
    /// Only so many of all that, drawn at random
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    sample: Option<u64>,
    /// Another seed, another sample
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// What it may be used for, if it is made
    #[arg(long, default_value = "review")]
    role: RoleArg,
    /// What is in it now and is not named goes out; nothing is deleted from the workspace
    #[arg(long)]
    replace: bool,
    /// Only say what would come of it
    #[arg(long)]
    dry_run: bool,
}

/// Builds.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let mut list = None;
    if let Some(path) = &args.file {
        match ids(path)? {
            Some(ids) => list = Some((path.display().to_string(), ids)),
            None => return rows(args, path, context),
        }
    }
    let engine = context.open()?;
    let mut order = order(args, &engine, list)?;
    order.dry = true;
    let plan = engine.build_dataset(&order)?;
    if plan.named == 0 {
        not_found(&plan);
        if args.dry_run {
            report(&plan, context)?;
        }
        return Ok(Exit::No);
    }
    told(&plan, context)?;
    if args.dry_run {
        return report(&plan, context);
    }
    let asks = !plan.hard.is_empty() || plan.removed > 0;
    if asks && !context.yes() && !output::confirm("Go on?") {
        output::say("nothing was changed; --yes goes on without asking");
        return Ok(Exit::No);
    }
    order.dry = false;
    let built = engine.build_dataset(&order)?;
    output::say(&format!(
        "`{}` has {} now, version {}",
        built.dataset,
        counted(built.items, "item"),
        built.number
    ));
    report(&built, context)
}

fn report(built: &Built, context: &Context) -> Result<Exit, CliError> {
    if context.json() {
        output::json(built)?;
    }
    Ok(Exit::Done)
}

fn order(
    args: &Args,
    engine: &Engine,
    list: Option<(String, Vec<String>)>,
) -> Result<BuildOrder, CliError> {
    if args.from.is_empty() && args.tickets.is_none() && list.is_none() && args.hard.is_none() {
        return Err(CliError::new(
            format!("`{}` is to be built from nothing", args.name),
            "name filters over everything (`--from 'feature:billing'`), tickets (`--tickets 'score<0.5' --eval EVAL`), \
             a list (`--file ids.txt`) or hard items (`--hard 50`)",
        ));
    }
    let tickets = match &args.tickets {
        Some(filter) => Some(OfEval {
            eval: match &args.eval {
                Some(name) => name.clone(),
                None => only_eval(engine)?,
            },
            filter: filter.clone(),
        }),
        None => None,
    };
    Ok(BuildOrder {
        name: args.name.clone(),
        role: args.role.role(),
        from: args.from.clone(),
        tickets,
        list,
        hard: args.hard.map(|most| (most, args.eval.clone())),
        sample: args.sample.map(|size| Drawn {
            size,
            seed: args.seed,
        }),
        replace: args.replace,
        dry: args.dry_run,
    })
}

/// The eval that is meant where there is only one.
fn only_eval(engine: &Engine) -> Result<String, CliError> {
    let names: Vec<String> = engine.evals()?.into_iter().map(|eval| eval.name).collect();
    match names.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(CliError::new(
            "there is no eval, so there are no tickets",
            "`docket import FILE --eval NAME` makes one",
        )),
        _ => Err(CliError::new(
            "`--tickets` does not say of which eval",
            format!("add `--eval NAME`; there are: {}", names.join(", ")),
        )),
    }
}

/// Nothing was named: whatever is there stays, also where it was to be replaced.
fn not_found(plan: &Built) {
    let name = &plan.dataset;
    output::say(&match plan.number {
        0 => format!("nothing was found, so `{name}` was not made"),
        _ => format!(
            "nothing was found, so `{name}` stays as it is, with {}",
            counted(plan.items.max(plan.removed), "item")
        ),
    });
    unseen(plan);
}

fn unseen(plan: &Built) {
    if plan.hidden > 0 {
        output::say(&format!(
            "{} left out whatever the filter says: what it asks about is hidden from you there until your own review (a \
             blind eval, or the blind audit share)",
            counted(plan.hidden, "item")
        ));
    }
}

fn told(plan: &Built, context: &Context) -> Result<(), CliError> {
    if !plan.hard.is_empty() && !context.json() {
        hard::table(&plan.hard)?;
    }
    output::say(&format!(
        "{}, {} of them new to `{}`",
        counted(plan.named, "item"),
        plan.added,
        plan.dataset,
    ));
    if plan.removed > 0 {
        output::say(&format!(
            "{} that {} not named {} out of `{}`; nothing is deleted",
            counted(plan.removed, "item"),
            either(plan.removed, "is", "are"),
            either(plan.removed, "goes", "go"),
            plan.dataset,
        ));
    }
    unseen(plan);
    if plan.trained > 0 {
        output::say(&format!(
            "{} of what comes in {} exported for training: nothing measured on {} holds",
            counted(plan.trained, "cluster"),
            either(plan.trained, "was", "were"),
            either(plan.trained, "it", "them"),
        ));
    }
    for one in &plan.shared {
        output::say(&one.words());
    }
    told_losses(&plan.losses);
    Ok(())
}

/// The ids of a list; `None` where the file holds rows.
fn ids(path: &Path) -> Result<Option<Vec<String>>, CliError> {
    let failed = |error: std::io::Error| {
        CliError::plain(format!("cannot read `{}`: {error}", path.display()))
    };
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        let mut input = std::io::stdin().lock().take(MOST_BYTES);
        input.read_to_end(&mut bytes).map_err(failed)?;
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        file.take(MOST_BYTES)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
    }
    let Ok(text) = String::from_utf8(bytes) else {
        return Ok(None);
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let ids: Option<Vec<String>> = lines.map(id_of).collect();
    match ids {
        Some(ids) if ids.is_empty() => Err(CliError::new(
            format!("`{}` is empty", path.display()),
            "one id a line, or rows to import",
        )),
        None if path == Path::new("-") => Err(CliError::new(
            "what came in is no list of ids",
            "rows are imported with `docket import - --dataset NAME`",
        )),
        ids => Ok(ids),
    }
}

/// The id on a line: the line itself, or what `docket items --json` writes. `None` for anything else.
fn id_of(line: &str) -> Option<String> {
    if line.starts_with('{') {
        let row: Value = serde_json::from_str(line).ok()?;
        let field = |name: &str| row.get(name)?.as_str();
        return match (field("item"), field("id"), field("cluster")) {
            (Some(item), ..) => Some(item.to_owned()),
            (None, Some(id), Some(_)) => Some(id.to_owned()),
            _ => None,
        };
    }
    let plain = !line.contains([' ', '\t', ',', ';', '"', '[']);
    plain.then(|| line.to_owned())
}

/// Rows are imported into the dataset.
fn rows(args: &Args, path: &Path, context: &Context) -> Result<Exit, CliError> {
    let alone = args.from.is_empty()
        && args.tickets.is_none()
        && args.hard.is_none()
        && !args.replace
        && !args.dry_run;
    if !alone {
        return Err(CliError::new(
            format!(
                "`{}` holds rows, which are imported and cannot be mixed with what is there",
                path.display()
            ),
            format!(
                "name `--file` alone, then build again: `docket dataset build {} --from FILTER`",
                args.name
            ),
        ));
    }
    let plan = ImportPlan {
        files: vec![path.to_owned()],
        dataset: Some(args.name.clone()),
        role: args.role.role(),
        sample: args.sample.map(|size| Sample {
            size: usize::try_from(size).unwrap_or(usize::MAX),
            seed: args.seed,
        }),
        index: true,
        ..ImportPlan::default()
    };
    let (_, report) = import::load(context, &plan)?;
    if context.json() {
        output::json(&report)?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_an_id_or_what_lists_of_items_write_and_anything_else_is_a_row() {
        for (line, id) in [
            ("t-17", Some("t-17")),
            (r#"{"id":"ab","cluster":"cd","outputs":1}"#, Some("ab")),
            (r#"{"item":"ab","weight":1.5}"#, Some("ab")),
            (r#"{"prompt":"a","completion":"b"}"#, None),
            ("id,prompt,answer", None),
            ("two words", None),
        ] {
            assert_eq!(id_of(line).as_deref(), id, "{line}");
        }
    }
}
