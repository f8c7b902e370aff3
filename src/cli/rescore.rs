//! What a new rubric version leaves behind, as a question and the command that answers it.

use std::collections::BTreeSet;

use super::{CliError, output};
use crate::domain::count::counted;
use crate::domain::rubric::Rubric;
use crate::domain::view::Rescore;
use crate::engine::Engine;
use crate::text::numbers;

/// Asks whether tickets judged under an older version are to be judged again, one line for each judge.
pub fn all(engine: &Engine, eval: &str) -> Result<(), CliError> {
    for one in &engine.rescores(eval)? {
        output::say(&line(one, eval));
    }
    Ok(())
}

/// The same of the judge that read last; how many others there are is said beside it.
pub fn hint(engine: &Engine, eval: &str) -> Result<(), CliError> {
    let left = engine.rescores(eval)?;
    let Some((latest, others)) = left.split_last() else {
        return Ok(());
    };
    output::say(&line(latest, eval));
    let others = others.iter().filter(|one| one.judge != latest.judge);
    let others: BTreeSet<&str> = others.map(|one| one.judge.as_str()).collect();
    if !others.is_empty() {
        output::say(&format!(
            "{} scored older versions too: `docket rubric versions {}`",
            counted(others.len(), "other judge"),
            output::word(eval)
        ));
    }
    Ok(())
}

/// The same before a judge starts: what it is about to score anew. What others scored is theirs.
pub fn before(engine: &Engine, eval: &str, judge: &str) -> Result<(), CliError> {
    let left = engine.rescores(eval)?;
    for one in left.iter().filter(|one| one.judge == judge) {
        output::say(&format!(
            "scores {} anew that {} judged under {}",
            counted(one.tickets, "ticket"),
            if one.tickets == 1 { "was" } else { "were" },
            version(one)
        ));
    }
    Ok(())
}

/// Says which evals ask another version of this rubric that tickets were judged under.
pub fn moves(engine: &Engine, rubric: &Rubric, named: &str) -> Result<(), CliError> {
    for one in engine.asked_elsewhere(rubric)? {
        if one.judged_tickets > 0 {
            output::say(&format!(
                "eval `{}` asks another version of it ({}), under which {} judged: `docket eval set {} --rubric {}` moves it on",
                one.eval,
                one.version.short(),
                numbers::counted(one.judged_tickets, "ticket was", "tickets were"),
                output::word(&one.eval),
                output::word(named)
            ));
        }
    }
    Ok(())
}

fn version(one: &Rescore) -> String {
    let label = if one.label.is_empty() {
        String::new()
    } else {
        format!(" {}", one.label)
    };
    format!("`{}`{label} ({})", one.rubric, one.from.short())
}

fn line(one: &Rescore, eval: &str) -> String {
    let command = format!(
        "docket judge {} --judge {} --rescore",
        output::word(eval),
        output::word(&one.judge)
    );
    let command = match &one.elsewhere {
        None => format!("`{command}`"),
        Some(address) => {
            format!("`{command} --base-url {address}`, if that is still its address")
        }
    };
    format!(
        "rescore {} made under {}? {command}",
        counted(one.tickets, "ticket"),
        version(one)
    )
}
