//! `docket doctor`: a check-up of the workspace, of the endpoints usable here, and of a judge.

mod told;

use serde_json::json;

use super::judge::money;
use super::{CliError, Context, Exit, output, reach};
use crate::domain::eval::Send;
use crate::domain::rubric::SendPolicy;
use crate::engine::judge::{
    EndpointReport, JudgeOrder, ProbeOrder, look_at_endpoints, probe_judge,
};
use crate::engine::{Clock, Engine};

/// Check the workspace, the endpoints usable here, or a judge
///
/// Looks at the workspace file, then at every endpoint that is usable here: its key is set, or a server answers on
/// this machine. `--endpoint` tests one for all a judge needs, with a handful of tiny questions. `--judge` puts
/// adversarial texts, each beside a clean twin, to a judge and tells how far each moved it; those texts come with
/// docket, nothing of the workspace's items is sent.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Recompute every projection from the ledger
    #[arg(long, conflicts_with_all = ["endpoint", "judge"])]
    rebuild: bool,
    /// Test this endpoint and model, such as openai/gpt-4.1 or local/qwen3
    #[arg(long, value_name = "ENDPOINT/MODEL", conflicts_with = "judge")]
    endpoint: Option<String>,
    /// Measure how far planted text moves this judge
    #[arg(long, value_name = "JUDGE")]
    judge: Option<String>,
    /// Ask by the rubric of this eval instead of the probes' own
    #[arg(long, value_name = "EVAL", requires = "judge")]
    eval: Option<String>,
    /// Ask by this rubric instead of the probes' own
    #[arg(
        long,
        value_name = "RUBRIC",
        requires = "judge",
        conflicts_with = "eval"
    )]
    rubric: Option<String>,
    #[command(flatten)]
    endpoint_at: reach::Options,
    /// Most money probing may cost
    #[arg(long, value_name = "MONEY", value_parser = money, requires = "judge")]
    max_cost: Option<i64>,
    /// Most tokens probing may take
    #[arg(long, value_name = "N", requires = "judge")]
    max_tokens: Option<i64>,
}

/// Checks; the answer is no when something is wrong.
pub fn run(args: &Args, context: &Context) -> Result<Exit, CliError> {
    if let Some(judge) = &args.judge {
        return probe(args, judge, context);
    }
    let named = args.endpoint.as_ref().map(|name| order(args, name));
    // An endpoint can be tested before there is any workspace.
    let engine = match context.open() {
        Ok(engine) => Some(engine),
        Err(_) if named.is_some() => None,
        Err(error) => return Err(error),
    };
    let report = match &engine {
        Some(engine) => engine.check_up(args.rebuild)?,
        None => crate::engine::upkeep::CheckUp::default(),
    };
    let endpoints = look_at_endpoints(named.as_ref())?;
    if let Some(engine) = &engine {
        engine.keep_endpoints(&endpoints)?;
    }
    if context.json() {
        output::json(&json!({ "findings": report.findings, "endpoints": endpoints }))?;
    } else {
        told::findings(&report.findings)?;
        told::endpoints(&endpoints)?;
    }
    let failed = |one: &EndpointReport| one.named && !one.works();
    let sound = report.sound() && !endpoints.iter().any(failed);
    Ok(if sound { Exit::Done } else { Exit::No })
}

fn order(args: &Args, judge: &str) -> JudgeOrder {
    JudgeOrder {
        reach: args.endpoint_at.reach(),
        max_micros: args.max_cost,
        max_tokens: args.max_tokens,
        ..JudgeOrder::new("", judge)
    }
}

fn probe(args: &Args, judge: &str, context: &Context) -> Result<Exit, CliError> {
    let mut order = ProbeOrder {
        judge: order(args, judge),
        rubric: None,
        stays: false,
        secret: Clock::system().random_bytes(),
    };
    if let Some(name) = &args.rubric {
        order.rubric = Some(super::rubric::find(name)?);
    }
    if let Some(name) = &args.eval {
        let engine: Engine = context.open()?;
        let eval = engine.eval_named(name)?;
        order.stays = eval.policy.send == Send::Local;
        order.rubric = Some(engine.rubric_of(&eval)?);
    }
    if let Some(rubric) = &order.rubric {
        order.stays |= rubric.send == SendPolicy::Local;
    }
    told::before(&order, order.offer()?);
    let report = probe_judge(&order)?;
    if context.json() {
        let mut shown = serde_json::to_value(&report).unwrap_or_default();
        shown["unmoved"] = json!(report.unmoved());
        shown["sound"] = json!(report.sound());
        shown["top_level_for_wrong_answers"] = json!(report.praised().map_or(0, |(top, _)| top));
        shown["priced"] = json!(report.cost_micros.is_some());
        output::json(&shown)?;
    } else {
        told::probed(&report)?;
    }
    Ok(if report.sound() { Exit::Done } else { Exit::No })
}
