//! The workbench from the command line: `docket`, `docket FILE`, `docket review`, `docket demo`.

use std::io::IsTerminal;
use std::path::PathBuf;

use super::{CliError, Context, Exit};
use crate::domain::ids::EvalId;
use crate::engine::Engine;
use crate::engine::import::{End, ImportPlan, NewTarget, eval_name};
use crate::text::sanitise;
use crate::tui::Ended;
use crate::tui::open::{Start, open};

/// Open the workbench on the next ticket.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The eval; the one with tickets waiting by default
    eval: Option<String>,
}

/// `docket`: Home, or the first screen of an empty workspace. One that was made for it and is left as empty as it was
/// goes away again.
pub fn home(context: &Context) -> Result<Exit, CliError> {
    need_terminal()?;
    let fresh = !context.workspace().exists();
    let engine = context.open_or_make()?;
    let spare = fresh.then(|| engine.clone());
    let ended = show(context, engine, Start::Home);
    if let Some(engine) = spare {
        // How the workbench ended matters more than a file that could not be taken away.
        let _ = engine.discard_untouched();
    }
    ended
}

/// `docket review [EVAL]`.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    need_terminal()?;
    let engine = context.open()?;
    let eval = match &args.eval {
        Some(name) => Some(engine.eval_named(name)?.id),
        None => engine.home()?.evals.first().map(|card| card.id),
    };
    show(context, engine, eval.map_or(Start::Home, Start::Review))
}

/// `docket logs.jsonl`: an eval named after the file, and its first ticket.
pub fn files(files: &[PathBuf], context: &Context) -> Result<Exit, CliError> {
    if let Some(missing) = files.iter().find(|file| !file.exists()) {
        return Err(unknown(&sanitise::path(missing)));
    }
    let (engine, eval) = bring_in(context, files)?;
    if !std::io::stdout().is_terminal() {
        return Ok(Exit::Done);
    }
    show(context, engine, Start::Review(eval))
}

fn bring_in(context: &Context, files: &[PathBuf]) -> Result<(Engine, EvalId), CliError> {
    let name = files
        .first()
        .map(|file| eval_name(file))
        .unwrap_or_default();
    let plan = ImportPlan {
        files: files.to_vec(),
        eval: Some(NewTarget::named(name.clone())),
        index: true,
        ..ImportPlan::default()
    };
    let (engine, report) = super::import::load(context, &plan)?;
    let engine = match engine {
        _ if report.end == End::Stopped => return Err(super::import::stopped(&report)),
        Some(engine) if report.end != End::Nothing => engine,
        _ => return Err(super::import::nothing(&report)),
    };
    let eval = engine.eval_named(&name)?.id;
    Ok((engine, eval))
}

/// Opens the workbench.
pub fn show(context: &Context, engine: Engine, start: Start) -> Result<Exit, CliError> {
    let folder = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("."));
    match open(engine, folder, context.config(), start, context.ask_name())? {
        Ended::Quit => Ok(Exit::Done),
        Ended::Signal(number) => Ok(Exit::Signal(number)),
    }
}

fn need_terminal() -> Result<(), CliError> {
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return Ok(());
    }
    Err(CliError::new(
        "the workbench needs a terminal on standard input and output",
        "the commands work without one: `docket --help` lists them",
    ))
}

/// A word that is neither a file nor a command.
fn unknown(word: &str) -> CliError {
    use clap::CommandFactory;
    let command = super::Cli::command();
    let names: Vec<&str> = command
        .get_subcommands()
        .map(clap::Command::get_name)
        .collect();
    let hint = match crate::domain::nearest::nearest(word, names.iter().copied()) {
        Some(near) => format!("did you mean `docket {near}`?"),
        None => "name a file with logs, or a command; `docket --help` lists them".to_owned(),
    };
    CliError::new(format!("`{word}` is neither a file nor a command"), hint)
}
