//! `docket rubric generate` and `docket rubric from-note`: drafts to edit, never put to use.

use std::path::PathBuf;

use serde_json::json;

use super::asking::Asking;
use super::file;
use crate::cli::{CliError, Context, Exit, output};
use crate::engine::rubrics::{Drafted, GenerateOrder};
use crate::text::numbers::{counted, money};

/// Let a model draft a rubric from an eval's inputs, outputs and notes
#[derive(Debug, clap::Args)]
pub struct Generate {
    /// The eval
    #[arg(long, value_name = "EVAL")]
    from: String,
    #[command(flatten)]
    asking: Asking,
    /// Examples at most; those with notes come first
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=200))]
    tickets: u16,
    #[command(flatten)]
    place: Place,
}

/// Make your note on a ticket a criterion, with its output as the example
#[derive(Debug, clap::Args)]
pub struct FromNote {
    /// The first characters of the ticket's id
    #[arg(long, value_name = "TICKET")]
    ticket: String,
    #[command(flatten)]
    asking: Asking,
    #[command(flatten)]
    place: Place,
}

/// Where a draft goes.
#[derive(Debug, clap::Args)]
struct Place {
    /// Write the draft here instead of into the folder `rubrics`; must not exist
    #[arg(long, short = 'o', value_name = "FILE")]
    out: Option<PathBuf>,
    /// Show it as TOML on standard output, and write no file
    #[arg(long, conflicts_with = "out")]
    toml: bool,
}

impl Place {
    /// Writes or shows the draft; the file, if there is one. With `--json` the answer carries the text.
    fn put(&self, drafted: &Drafted, context: &Context) -> Result<Option<PathBuf>, CliError> {
        if self.toml {
            if !context.json() {
                output::line(drafted.to_toml().trim_end())?;
            }
            return Ok(None);
        }
        let out = match &self.out {
            Some(out) => out.clone(),
            None => file::free(&format!("{}-draft", drafted.rubric.id)).1,
        };
        file::write_new(&out, &drafted.to_toml())?;
        Ok(Some(out))
    }
}

fn cost(micros: Option<i64>) -> String {
    match micros {
        Some(0) => "free".to_owned(),
        Some(micros) => money(micros),
        None => "unpriced".to_owned(),
    }
}

/// What it may cost, before it is known.
fn at_most(micros: Option<i64>) -> String {
    match micros {
        Some(0) | None => cost(micros),
        Some(micros) => format!("at most {}", money(micros)),
    }
}

/// Drafts from an eval.
pub fn generate(args: &Generate, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let Some(judge) = args.asking.order(&args.from) else {
        return Err(CliError::new(
            "nobody to draft it",
            format!(
                "name a model with `--judge`; `docket judge {}` lists what is usable",
                args.from
            ),
        ));
    };
    // Before anything is paid for.
    file::must_be_new(args.place.out.as_deref())?;
    let order = GenerateOrder {
        judge,
        tickets: usize::from(args.tickets),
    };
    let offer = engine.generate_offer(&order)?;
    output::say(&format!(
        "{}: {} with {} to {}, about {} tokens, {}",
        offer.judge,
        counted(offer.tickets as u64, "example", "examples"),
        counted(offer.notes as u64, "note", "notes"),
        offer.place,
        offer.tokens.0 + offer.tokens.1,
        at_most(offer.cost_micros)
    ));
    if !offer.first_send.is_empty() {
        output::say(&format!(
            "first send of this eval: {}{}; this is recorded",
            offer.first_send.join(", "),
            if offer.notes > 0 { ", notes" } else { "" }
        ));
    }
    let drafted = engine.generate_rubric(&order)?;
    let out = args.place.put(&drafted, context)?;
    ended(&drafted, &args.from, out.as_ref(), context)
}

/// Drafts from a note.
pub fn from_note(args: &FromNote, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let ticket = engine.find_ticket(&args.ticket)?;
    let eval = engine.open_ticket(ticket, false)?.eval.name.clone();
    file::must_be_new(args.place.out.as_deref())?;
    let drafted = engine.criterion_from_note(ticket, None, args.asking.order(&eval).as_ref())?;
    let out = args.place.put(&drafted, context)?;
    ended(&drafted, &eval, out.as_ref(), context)
}

fn ended(
    drafted: &Drafted,
    eval: &str,
    out: Option<&PathBuf>,
    context: &Context,
) -> Result<Exit, CliError> {
    for one in drafted.to_mend() {
        output::say(&format!("to mend: {one}"));
    }
    // In one's own words nobody was asked, and there is nothing to count.
    if drafted.tokens != (0, 0) || drafted.took_ms > 0 {
        output::say(&format!(
            "{} tokens, {}, {} ms",
            drafted.tokens.0 + drafted.tokens.1,
            cost(drafted.cost_micros),
            drafted.took_ms
        ));
    }
    let next = out.map(|out| {
        let out = output::word(&out.display().to_string());
        format!("docket eval set {} --rubric {out}", output::word(eval))
    });
    if let (Some(out), Some(next)) = (out, &next) {
        output::say(&format!(
            "wrote `{}`, which nobody uses yet; once it is edited: `{next}`",
            out.display()
        ));
    }
    if context.json() {
        output::json(&json!({
            "rubric": drafted.rubric.id, "out": out, "criteria": drafted.rubric.criteria.iter().map(|one| &one.id).collect::<Vec<_>>(),
            "toml": drafted.to_toml(), "why": drafted.why, "to_mend": drafted.to_mend(),
            "input_tokens": drafted.tokens.0, "output_tokens": drafted.tokens.1,
            "cost_micros": drafted.cost_micros, "next": next,
        }))?;
    }
    Ok(Exit::Done)
}
