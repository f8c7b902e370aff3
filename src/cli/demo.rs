//! `docket demo`: the sample workspace.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use super::{CliError, Context, Exit, output, workbench};
use crate::engine::{Clock, Engine};
use crate::tui::open::Start;

/// Where the sample goes unless a workspace is named.
pub(super) const WORKSPACE: &str = "docket-demo.db";

/// Make the sample workspace and open it; without a terminal only make it.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Makes the sample beside nothing of one's own: in `docket-demo.db` unless a workspace is named.
pub fn run(_args: &Args, context: &Context) -> Result<Exit, CliError> {
    let path = context
        .named_workspace()
        .unwrap_or_else(|| PathBuf::from(WORKSPACE));
    let there = path.exists();
    if there && !context.yes() && context.named_workspace().is_some() && !is_sample(&path, context)?
    {
        let asked = output::confirm(&format!(
            "`{}` holds other evals. Add the sample to it?",
            path.display()
        ));
        if !asked {
            output::say("nothing was added; --yes adds without asking");
            return Ok(Exit::No);
        }
    }
    let engine = Engine::create(&path, &context.reviewer(), Clock::system(), false)?;
    engine.load_sample(&AtomicBool::new(false), &mut |_| {})?;
    output::say(&format!(
        "{} the sample: `{}`",
        if there { "found" } else { "made" },
        path.display()
    ));
    if std::io::stdin().is_terminal() && std::io::stdout().is_terminal() {
        return workbench::show(context, engine, Start::Home);
    }
    output::say(&format!(
        "open it with `docket --workspace {}`",
        path.display()
    ));
    Ok(Exit::Done)
}

fn is_sample(path: &std::path::Path, context: &Context) -> Result<bool, CliError> {
    let evals = Engine::open(path, &context.reviewer(), Clock::system())?.evals()?;
    Ok(evals
        .iter()
        .all(|eval| ["support", "contracts", "discharge"].contains(&eval.name.as_str())))
}
