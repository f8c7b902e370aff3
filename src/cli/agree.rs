//! `docket agree`: how far judges say what people say, and people what each other say.

mod learned;
mod told;

use std::io::IsTerminal;

use super::{CliError, Context, Exit, output};
use crate::domain::ids::EvalId;
use crate::domain::view::{AgreementOptions, AgreementReport};
use crate::engine::Engine;

/// How far judges and people agree, and people among themselves
///
/// Rests on blind first reviews taken in the plan's order and on complete imported label sets; what is left out is
/// counted. In a blind eval this shows what the judge says: that is logged, and your later reviews there count as
/// assisted.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The eval
    #[arg(value_name = "EVAL")]
    eval: String,
    /// Only this judge, by name or by the first characters of its id
    #[arg(long, value_name = "NAME")]
    judge: Option<String>,
    /// Only this criterion; `overall` is the whole ticket
    #[arg(long, value_name = "ID")]
    criterion: Option<String>,
    /// Read the test share for a judge that learned, once; only after the dev share has shown it to be better
    #[arg(long, requires = "judge")]
    test: bool,
    /// List the tickets on which judge and people differ, worst first
    #[arg(long)]
    disagreements: bool,
}

/// Prints the report.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let eval = engine.eval_named(&args.eval)?.id;
    let options = AgreementOptions {
        judge: args.judge.clone(),
        criterion: args.criterion.clone(),
    };
    // First, so that a mistyped name marks nobody's reviews.
    let mut report = engine.agreement(eval, &options)?;
    said_yes(&engine, eval, &report, context)?;
    if !may_show(&engine, eval, "agreement", context)? {
        return Ok(Exit::No);
    }
    if args.test {
        engine.read_test_share(eval, &options)?;
        report = engine.agreement(eval, &options)?;
    }
    if context.json() {
        output::json(&report)?;
    } else if args.disagreements {
        told::disagreements(&report)?;
    } else {
        told::report(&report)?;
    }
    Ok(Exit::Done)
}

/// Refuses to open a blind eval where nobody can be asked: in a pipe a line of a script would mark a person's reviews.
fn said_yes(
    engine: &Engine,
    eval: EvalId,
    report: &AgreementReport,
    context: &Context,
) -> Result<(), CliError> {
    let asks = std::io::stdin().is_terminal() && !context.json();
    if asks || context.yes() {
        return Ok(());
    }
    let Some(name) = engine.agreement_is_closed(eval)? else {
        return Ok(());
    };
    let mut judges: Vec<&str> = report.judges.iter().map(|one| one.name.as_str()).collect();
    judges.dedup();
    let judges = match judges.as_slice() {
        [] => "the judges say".to_owned(),
        [one] => format!("{one} says"),
        several => format!("{} say", several.join(", ")),
    };
    Err(CliError::new(
        format!(
            "`{name}` is blind, and nobody can be asked here: this would show what {judges} of its tickets, and what \
             other people said"
        ),
        format!(
            "`docket agree {} --yes` shows it; that is logged, and from then on reviews by {} there count as assisted",
            output::word(&name),
            engine.reviewer()
        ),
    ))
}

/// A blind eval's judges are shown once that was said, agreed to on a terminal, and logged.
pub(super) fn may_show(
    engine: &Engine,
    eval: EvalId,
    page: &'static str,
    context: &Context,
) -> Result<bool, CliError> {
    let Some(name) = engine.agreement_is_closed(eval)? else {
        return Ok(true);
    };
    let who = engine.reviewer();
    output::say(&format!(
        "`{name}` is blind: this shows what the judge says. It is logged, and from here on reviews by {who} there \
         count as assisted."
    ));
    let asks = std::io::stdin().is_terminal() && !context.yes() && !context.json();
    if asks && !output::confirm("Show it?") {
        return Ok(false);
    }
    engine.open_page(eval, page)?;
    Ok(true)
}
