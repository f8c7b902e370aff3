//! `docket rubric test`: a rubric tried on one example, nothing stored.

use serde_json::{Value, json};

use super::asking::Asking;
use super::{find_or_kept, shown};
use crate::cli::judge::told::price;
use crate::cli::{CliError, Context, Exit, output, rescore};
use crate::domain::ids::RubricId;
use crate::domain::rubric::Rubric;
use crate::domain::verdict::Verdict;
use crate::domain::view::{QuickFinding, QuickProbe, QuickReport, QuickSide};
use crate::engine::Engine;
use crate::engine::judge::{JudgeOrder, ProbeOrder};
use crate::engine::library;
use crate::engine::rubrics::QuickTest;

/// Try a rubric on one ticket, without keeping a verdict
///
/// Shows what a judge is asked and what it answers: evidence, level, flags, cost and time of each question, and what
/// gives reason to doubt the rubric. Without `--judge` nobody is asked and the questions are shown.
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
    /// Another rubric on the same example, or another version of this one by its label or id
    #[arg(long, value_name = "RUBRIC|VERSION")]
    against: Option<String>,
    /// Show the questions exactly as they are sent; without `--judge` they are all there is
    #[arg(long)]
    prompt: bool,
    /// Show each reply also as it came, not only what the judge wrote in it
    #[arg(long, requires = "judge")]
    full: bool,
    /// Try also whether the judge rewards the wrong thing: the output said twice, and 12 texts planted beside their
    /// clean twins, which come with docket
    #[arg(long, requires = "judge")]
    probes: bool,
}

/// Tries it.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let rubric = find_or_kept(&args.rubric, context)?;
    let against = args.against.as_deref();
    let test = QuickTest {
        ticket: engine.find_ticket(&args.ticket)?,
        against: against
            .map(|name| other(name, &rubric, &engine, context))
            .transpose()?,
        rubric,
        judge: args.asking.order("").map(|order| JudgeOrder {
            samples: args.samples,
            ..order
        }),
    };
    let (report, probes) = if args.probes {
        if !context.json() {
            before_probes(&test)?;
        }
        engine.quick_test_probed(&test)?
    } else {
        (engine.quick_test(&test)?, Vec::new())
    };
    said(&report);
    let prompts = args.prompt || report.judge.is_none();
    if context.json() {
        output::json(&report_json(&report, &probes, prompts))?;
    } else {
        let full = args.full;
        shown::report(&report, shown::How { prompts, full })?;
        shown::probes(&probes)?;
        rescore::moves(&engine, &test.rubric, &args.rubric)?;
    }
    Ok(if report.sides.iter().all(answered) {
        Exit::Done
    } else {
        Exit::No
    })
}

/// The rubric to hold against: another version of the same rubric by its label, else whatever the name stands for. Labels
/// are for people and often equal; a version is never held against itself.
fn other(
    name: &str,
    rubric: &Rubric,
    engine: &Engine,
    context: &Context,
) -> Result<Rubric, CliError> {
    let hash = |rubric: &Rubric| rubric.content_hash().ok();
    let own = hash(rubric);
    let kept = engine.rubrics()?.into_iter();
    let labelled: Vec<Rubric> = kept
        .chain(library::built_in(&rubric.id))
        .filter(|one| one.id == rubric.id && !one.version.is_empty() && one.version == name)
        .collect();
    let mut others: Vec<Rubric> = Vec::new();
    for one in &labelled {
        if hash(one) != own && others.iter().all(|known| hash(known) != hash(one)) {
            others.push(one.clone());
        }
    }
    let found = match (others.len(), labelled.is_empty()) {
        (0, true) => find_or_kept(name, context)?,
        (0, false) => rubric.clone(),
        (1, _) => others.remove(0),
        _ => {
            let hashes: Vec<String> = others
                .iter()
                .filter_map(|one| Some(format!("`{}`", RubricId(hash(one)?.0).short())))
                .collect();
            return Err(CliError::new(
                format!(
                    "{} other versions of `{}` have the label `{name}`",
                    others.len(),
                    rubric.id
                ),
                format!("name one by its hash: {}", hashes.join(", ")),
            ));
        }
    };
    if hash(&found) == own {
        let own = own.map_or_else(String::new, |own| RubricId(own.0).short());
        return Err(CliError::new(
            format!(
                "`{name}` is the very version that is tried ({own}): there is nothing to hold it against"
            ),
            "name another one; `docket rubric versions EVAL` lists those an eval has asked",
        ));
    }
    Ok(found)
}

/// Says what the probes will take, for each rubric they are asked under.
fn before_probes(test: &QuickTest) -> Result<(), CliError> {
    let rubrics = [Some(&test.rubric), test.against.as_ref()];
    let Some(judge) = &test.judge else {
        return Ok(());
    };
    for rubric in rubrics.into_iter().flatten() {
        let order = ProbeOrder {
            judge: judge.clone(),
            rubric: Some(rubric.clone()),
            stays: false,
            secret: [0; 32],
        };
        let offer = order.offer()?;
        output::say(&format!(
            "probes of {}: {} calls, {}, and one reading of the output said twice",
            rubric.id,
            offer.calls,
            price(offer.price)
        ));
    }
    Ok(())
}

/// What must not be forgotten of it.
fn said(report: &QuickReport) {
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
}

fn answered(side: &QuickSide) -> bool {
    let scored = |verdict: &Verdict| verdict.outcome.answer().is_some();
    side.stopped.is_none()
        && side
            .criteria
            .iter()
            .all(|one| one.readings.iter().all(scored))
}

fn report_json(report: &QuickReport, probes: &[QuickProbe], prompts: bool) -> Value {
    let sides = report.sides.iter().map(|side| side_json(side, prompts));
    let mut shown = json!({
        "ticket": report.ticket.to_string(), "eval": report.eval, "judge": report.judge,
        "place": report.place, "first_send": report.first_send, "revealed": report.revealed,
        "rubrics": sides.collect::<Value>(),
    });
    if !probes.is_empty() {
        shown["probes"] = probes.iter().map(probe_json).collect();
    }
    shown
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
    json!({
        "rubric": side.rubric, "version": side.version, "threshold": side.threshold, "score": side.score,
        "pass": side.pass, "prompts": shown, "criteria": criteria, "checks": side.checks,
        "findings": findings_json(&side.findings),
        "calls": side.calls, "input_tokens": side.tokens.0, "output_tokens": side.tokens.1,
        "cost_micros": side.cost_micros, "milliseconds": side.took_ms, "stopped": side.stopped,
    })
}

fn probe_json(probe: &QuickProbe) -> Value {
    let planted = probe.planted.iter().map(|one| {
        json!({"criterion": one.criterion, "compared": one.compared, "raised": one.raised, "at_top": one.at_top, "refused": one.refused, "worst": one.worst})
    });
    let length = probe
        .length
        .iter()
        .map(|one| json!({"criterion": one.criterion, "once": one.once, "twice": one.twice, "top": one.top}));
    json!({
        "rubric": probe.rubric, "version": probe.version, "planted": planted.collect::<Value>(),
        "length": length.collect::<Value>(), "accepted_planted": probe.accepted_planted,
        "findings": findings_json(&probe.findings), "calls": probe.calls, "tokens": probe.tokens,
        "cost_micros": probe.cost_micros,
    })
}

fn findings_json(findings: &[QuickFinding]) -> Value {
    let one = |one: &QuickFinding| {
        json!({
            "kind": one.kind.name(), "code": one.code, "message": one.message, "means": one.means, "hint": one.hint,
        })
    };
    findings.iter().map(one).collect()
}
