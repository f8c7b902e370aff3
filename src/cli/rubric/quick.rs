//! `docket rubric test`: a rubric tried on one example, nothing stored.

use serde_json::{Value, json};

use super::asking::Asking;
use super::find_or_kept;
use crate::cli::{CliError, Context, Exit, output};
use crate::domain::verdict::{Outcome, Verdict};
use crate::domain::view::{QuickCriterion, QuickReport, QuickSide};
use crate::engine::judge::JudgeOrder;
use crate::engine::rubrics::QuickTest;
use crate::text::numbers::{counted, money};
use crate::text::sanitise;

/// Try a rubric on one ticket, without keeping a verdict
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A built-in name, a file, a sentence, or a version of the workspace
    rubric: String,
    /// The example: the first characters of a ticket's id
    #[arg(long, value_name = "TICKET")]
    ticket: String,
    #[command(flatten)]
    asking: Asking,
    /// Readings of each question
    #[arg(long, value_name = "N", requires = "judge", value_parser = clap::value_parser!(u32).range(1..=25))]
    samples: Option<u32>,
    /// Another rubric on the same example
    #[arg(long, value_name = "RUBRIC")]
    against: Option<String>,
    /// Show the questions exactly as they are sent; without `--judge` they are all there is
    #[arg(long)]
    prompt: bool,
}

/// Tries it.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let order = args.asking.order("").map(|order| JudgeOrder {
        samples: args.samples,
        ..order
    });
    let against = args.against.as_deref();
    let test = QuickTest {
        ticket: engine.find_ticket(&args.ticket)?,
        rubric: find_or_kept(&args.rubric, context)?,
        against: against
            .map(|name| find_or_kept(name, context))
            .transpose()?,
        judge: order,
    };
    let report = engine.quick_test(&test)?;
    if !report.first_send.is_empty() {
        let place = report.place.as_deref().unwrap_or_default();
        output::say(&format!(
            "first send of this eval: {} of 1 ticket to {place}; this is recorded",
            report.first_send.join(", ")
        ));
    }
    if report.revealed {
        output::say(
            "you have seen a judge's levels: your review of this ticket counts as assisted",
        );
    }
    let prompts = args.prompt || report.judge.is_none();
    if context.json() {
        let sides: Vec<Value> = report
            .sides
            .iter()
            .map(|side| side_json(side, prompts))
            .collect();
        output::json(&json!({
            "ticket": report.ticket.to_string(), "eval": report.eval, "judge": report.judge,
            "place": report.place, "first_send": report.first_send, "revealed": report.revealed,
            "rubrics": sides,
        }))?;
    } else {
        told(&report, prompts)?;
    }
    let answered = |side: &QuickSide| {
        side.criteria
            .iter()
            .all(|one| one.readings.iter().all(scored))
            && side.stopped.is_none()
    };
    Ok(if report.sides.iter().all(answered) {
        Exit::Done
    } else {
        Exit::No
    })
}

fn scored(verdict: &Verdict) -> bool {
    verdict.outcome.answer().is_some()
}

fn say(text: &str) -> Result<(), CliError> {
    output::line(&sanitise::multi_line(text).text)
}

fn told(report: &QuickReport, prompts: bool) -> Result<(), CliError> {
    for side in &report.sides {
        say(&format!("rubric {} ({})", side.rubric, side.version))?;
        for prompt in side.prompts.iter().filter(|_| prompts) {
            say(&format!("--- question: {} ---", prompt.criterion))?;
            say(&format!(
                "{}\n\n{}\n--- end ---",
                prompt.system, prompt.user
            ))?;
        }
        for criterion in side.criteria.iter().filter(|_| report.judge.is_some()) {
            criterion_told(criterion)?;
        }
        for check in &side.checks {
            say(&format!("  {}: {}", check.criterion, level(check)))?;
        }
        if let Some(why) = &side.stopped {
            output::say(&format!("not everything was answered: {why}"));
        }
        for warning in &side.warnings {
            output::say(&format!(
                "warning: {}\n  hint: {}",
                warning.message, warning.hint
            ));
        }
        if report.judge.is_some() {
            say(&format!("  {}", summary(side)))?;
        }
    }
    let [one, other] = &report.sides[..] else {
        return Ok(());
    };
    if let (Some(a), Some(b)) = (one.score, other.score) {
        say(&format!(
            "{}: {a:.2}, {}: {b:.2}, difference {:+.2}",
            one.version,
            other.version,
            b - a
        ))?;
    }
    Ok(())
}

fn criterion_told(criterion: &QuickCriterion) -> Result<(), CliError> {
    let spread = match (criterion.level, criterion.range) {
        (Some(mean), Some((low, high))) if criterion.readings.len() > 1 => {
            format!(
                ": mean {mean:.2}, {low} to {high} in {} readings",
                criterion.readings.len()
            )
        }
        _ => String::new(),
    };
    say(&format!("  {}{spread}", criterion.id))?;
    for verdict in &criterion.readings {
        say(&format!("    {} {}", level(verdict), verdict.reasoning))?;
        for quote in &verdict.evidence {
            say(&format!("      “{}”", quote.quote))?;
        }
        for flag in &verdict.flags {
            say(&format!("      flag: {}", flag.words()))?;
        }
        if let Some(raw) = &verdict.raw {
            say(&format!("      reply: {}", raw.as_str()))?;
        }
    }
    Ok(())
}

fn level(verdict: &Verdict) -> String {
    match &verdict.outcome {
        Outcome::Scored(answer) => match answer.level() {
            Some(level) => level.to_string(),
            None => format!("{answer:?}"),
        },
        Outcome::Unscored(class) => format!(
            "unscored ({class}) {}",
            verdict.problem.as_deref().unwrap_or_default()
        ),
    }
}

fn summary(side: &QuickSide) -> String {
    let score = match (side.score, side.pass) {
        (Some(score), Some(pass)) => format!(
            "score {score:.2}, {} at {:.2}",
            if pass { "passes" } else { "fails" },
            side.threshold
        ),
        _ => "no score: not every criterion has a level".to_owned(),
    };
    let cost = match side.cost_micros {
        Some(0) => "free".to_owned(),
        Some(micros) => money(micros),
        None => "unpriced".to_owned(),
    };
    format!(
        "{score}; {}, {} tokens, {cost}, {} ms",
        counted(side.calls, "call", "calls"),
        side.tokens.0 + side.tokens.1,
        side.took_ms
    )
}

fn side_json(side: &QuickSide, prompts: bool) -> Value {
    let criteria: Vec<Value> = side
        .criteria
        .iter()
        .map(|one| json!({"id": one.id, "level": one.level, "range": one.range, "readings": one.readings}))
        .collect();
    let shown: Vec<Value> = side
        .prompts
        .iter()
        .filter(|_| prompts)
        .map(|one| json!({"criterion": one.criterion, "system": one.system, "user": one.user}))
        .collect();
    let warnings: Vec<Value> = side
        .warnings
        .iter()
        .map(|one| json!({"code": one.code, "message": one.message, "hint": one.hint}))
        .collect();
    json!({
        "rubric": side.rubric, "version": side.version, "threshold": side.threshold, "score": side.score,
        "pass": side.pass, "prompts": shown, "criteria": criteria, "checks": side.checks, "warnings": warnings,
        "calls": side.calls, "input_tokens": side.tokens.0, "output_tokens": side.tokens.1,
        "cost_micros": side.cost_micros, "milliseconds": side.took_ms, "stopped": side.stopped,
    })
}
