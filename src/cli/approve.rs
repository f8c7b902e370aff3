//! `docket approve`, `docket sign`, `docket verify`: who decides about a candidate, on what, and proof of it.

use std::path::PathBuf;

use super::opening::Opening;
use super::{CliError, Context, Exit, gate, output};
use crate::domain::gate::Decision;
use crate::domain::view::gate::CandidateGate;
use crate::engine::account::account;
use crate::engine::gate::{GateOptions, SignOrder, Wish};

/// Approve or reject a candidate by name
///
/// Keeps the account on this machine (shown as "not authenticated"), the reason and the hash of everything the decision
/// rests on: any later change shows it as stale.
#[derive(Debug, clap::Args)]
pub struct ApproveArgs {
    /// The group
    #[arg(value_name = "GROUP")]
    group: String,
    /// About which candidate
    #[arg(long, value_name = "NAME")]
    candidate: String,
    /// What is decided; `void` takes back your last decision about it
    #[arg(long, value_enum, default_value = "approve")]
    decision: Word,
    /// Why
    #[arg(long, value_name = "WORDS")]
    reason: String,
    /// Approve although the gate does not pass; that is kept
    #[arg(long)]
    despite_gate: bool,
}

/// What can be decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Word {
    /// It may be released.
    Approve,
    /// It may not.
    Reject,
    /// The last decision is taken back.
    Void,
}

/// Decides.
pub fn run(args: &ApproveArgs, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let tickets = engine.gate_fits(&args.group, &GateOptions::of(&args.candidate))?;
    let account = account();
    engine.may_decide(&args.group, &account)?;
    if !Opening::of(tickets, "gate", "approve", &args.group).agreed(&engine, context)? {
        return Ok(Exit::No);
    }
    let wish = Wish {
        candidate: args.candidate.clone(),
        decision: match args.decision {
            Word::Approve => Some(Decision::Approve),
            Word::Reject => Some(Decision::Reject),
            Word::Void => None,
        },
        reason: args.reason.clone(),
        despite: args.despite_gate,
        account,
        seen: None,
    };
    let report = engine.approve(&args.group, &wish)?;
    if context.json() {
        output::json(&report)?;
        return Ok(Exit::Done);
    }
    for mark in &report.watermarks {
        output::line(&format!("*** {mark} ***"))?;
    }
    for one in &report.candidates {
        decided(one)?;
    }
    output::line(&format!(
        "next: {}",
        crate::text::sanitise::line(&report.next)
    ))?;
    Ok(Exit::Done)
}

fn decided(one: &CandidateGate) -> Result<(), CliError> {
    let line = |text: String| output::line(&crate::text::sanitise::line(&text));
    line(format!(
        "{}: gate {}; {}",
        one.name,
        one.verdict.name(),
        one.owner.words
    ))?;
    for words in one.preference_words() {
        line(format!("  preferences, in no number: {words}"))?;
    }
    for decision in &one.owner.decisions {
        line(format!(
            "  {} by {} (not authenticated), gate {}, {}: {}",
            decision.decision.past(),
            decision.who(),
            decision.verdict.name(),
            decision.standing.words(),
            decision.reason
        ))?;
        line(format!("    evidence {}", decision.evidence))?;
    }
    Ok(())
}

/// Sign the decision about a candidate with an SSH key
#[derive(Debug, clap::Args)]
pub struct SignArgs {
    /// The group
    #[arg(value_name = "GROUP")]
    group: String,
    /// About which candidate
    #[arg(long, value_name = "NAME")]
    candidate: String,
    /// The private key, or the public one of a key the agent holds
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// Sign numbers that are not real; the signature says so and no check takes it for a release
    #[arg(long)]
    as_sample: bool,
}

/// Signs.
pub fn sign(args: &SignArgs, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let tickets = engine.gate_fits(&args.group, &GateOptions::of(&args.candidate))?;
    if !Opening::of(tickets, "gate", "sign", &args.group).agreed(&engine, context)? {
        return Ok(Exit::No);
    }
    let order = SignOrder {
        candidate: args.candidate.clone(),
        key: args.key.clone(),
        as_sample: args.as_sample,
    };
    let key = engine.sign(&args.group, &order)?;
    output::say(&format!(
        "signed the decision about `{}` with {key}",
        args.candidate
    ));
    output::say(&format!(
        "check it: `docket verify {} --allowed-signers <SIGNERS>`, the file with the names and public keys of those who may sign",
        args.group
    ));
    Ok(Exit::Done)
}

/// Check the signatures of a group, offline
///
/// Ends with 0 if there is one, all are good, and nothing they rest on has changed; with 1 otherwise.
#[derive(Debug, clap::Args)]
pub struct VerifyArgs {
    /// The group
    #[arg(value_name = "GROUP")]
    group: String,
    /// Only about this candidate
    #[arg(long, value_name = "NAME")]
    candidate: Option<String>,
    /// Names and public keys of those who may sign; `allowed_signers` beside the workspace by default
    #[arg(long, value_name = "FILE")]
    allowed_signers: Option<PathBuf>,
}

/// Verifies.
pub fn verify(args: &VerifyArgs, context: &Context) -> Result<Exit, CliError> {
    let engine = context.open()?;
    let found = engine.verify(
        &args.group,
        args.candidate.as_deref(),
        args.allowed_signers.as_deref(),
    )?;
    if context.json() {
        output::json(&found)?;
    } else {
        gate::verification(&found)?;
    }
    Ok(if found.good { Exit::Done } else { Exit::No })
}
