//! `docket agree`: how far judges say what people say, and people what each other say.

mod differing;
mod learned;
mod told;

use super::opening::Opening;
use super::{CliError, Context, Exit, output};
use crate::domain::view::{AgreementOptions, AgreementReport};

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
    let opening = Opening {
        shows: &said_by(&report),
        ..Opening::of(eval, "agreement", "agree", &args.eval)
    };
    if !opening.agreed(&engine, context)? {
        return Ok(Exit::No);
    }
    if args.test {
        engine.read_test_share(eval, &options)?;
        report = engine.agreement(eval, &options)?;
    }
    if context.json() {
        output::json(&report)?;
    } else if args.disagreements {
        differing::disagreements(&report)?;
    } else {
        told::report(&report)?;
    }
    Ok(Exit::Done)
}

/// The judges whose word is shown, as one says it: `a, b say`.
fn said_by(report: &AgreementReport) -> String {
    let mut judges: Vec<&str> = report.judges.iter().map(|one| one.name.as_str()).collect();
    judges.dedup();
    match judges.as_slice() {
        [] => "the judges say".to_owned(),
        [one] => format!("{one} says"),
        several => format!("{} say", several.join(", ")),
    }
}
