//! `docket completions SHELL`.

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, CliError, Exit};

/// Completions for a shell.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// bash, zsh, fish, elvish or powershell
    shell: Shell,
}

/// Writes the script to standard output.
pub fn run(args: &Args) -> Result<Exit, CliError> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "docket", &mut script);
    super::output::line(String::from_utf8_lossy(&script).trim_end())?;
    Ok(Exit::Done)
}
