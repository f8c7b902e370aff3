//! `docket doctor`: a check-up of the workspace.

use super::{CliError, Context, Exit, output};

/// Check the workspace, or recompute everything that is shown.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Recompute every projection from the ledger
    #[arg(long)]
    rebuild: bool,
}

/// Checks; the answer is no when something is wrong.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let report = context.open()?.check_up(args.rebuild)?;
    if context.json() {
        output::json(&report)?;
    } else {
        for finding in &report.findings {
            output::line(&format!(
                "{} {}",
                if finding.sound { "ok  " } else { "BAD " },
                finding.text
            ))?;
        }
    }
    Ok(if report.sound() { Exit::Done } else { Exit::No })
}
