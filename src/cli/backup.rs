//! `docket backup FILE`: a copy of the workspace while others work on it.

use std::path::PathBuf;

use super::{CliError, Context, Exit, output};

/// Copy the workspace while others work on it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Where the copy goes; must not exist
    file: PathBuf,
}

/// Copies the workspace.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    context.open()?.backup(&args.file)?;
    output::say(&format!(
        "copied `{}` to `{}`",
        context.workspace().display(),
        args.file.display()
    ));
    Ok(Exit::Done)
}
