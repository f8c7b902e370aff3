//! `docket init`: an empty workspace.

use super::{CliError, Context, Exit, output};
use crate::engine::{Clock, Engine};

/// Make an empty workspace.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Let the group of the folder in; the folder must be set-gid
    #[arg(long)]
    group: bool,
}

/// Makes the workspace; one that is there stays as it is.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let path = context.workspace();
    let there = path.exists();
    Engine::create(&path, &context.reviewer(), Clock::system(), args.group)?;
    output::say(&format!(
        "{} `{}`",
        if there {
            "there is already a workspace at"
        } else {
            "made"
        },
        path.display()
    ));
    Ok(Exit::Done)
}
