//! What `docket rubric test` shows people.

use crate::cli::{CliError, output};
use crate::domain::reply_body::written;
use crate::domain::rubric::Answer;
use crate::domain::standing::CHECK;
use crate::domain::verdict::{Outcome, Verdict};
use crate::domain::view::{
    FindingKind, QuickCriterion, QuickFinding, QuickProbe, QuickReport, QuickSide,
};
use crate::text::numbers::{counted, money};
use crate::text::sanitise;
use crate::text::table::{Column, Table};

fn line(text: &str) -> Result<(), CliError> {
    output::line(&sanitise::multi_line(text).text)
}

/// What is shown beside the answers.
#[derive(Debug, Clone, Copy)]
pub struct How {
    /// The questions.
    pub prompts: bool,
    /// Each reply as it came, around what the judge wrote.
    pub full: bool,
}

/// Every rubric by itself, then two side by side.
pub fn report(report: &QuickReport, how: How) -> Result<(), CliError> {
    for shown in &report.sides {
        side(shown, report.judge.is_some(), how)?;
    }
    match &report.sides[..] {
        [one, other] if report.judge.is_some() => beside(one, other),
        _ => Ok(()),
    }
}

fn side(side: &QuickSide, judged: bool, how: How) -> Result<(), CliError> {
    line(&format!("rubric {} ({})", side.rubric, side.version))?;
    for prompt in side.prompts.iter().filter(|_| how.prompts) {
        line(&format!("--- question: {} ---", prompt.criterion))?;
        line(&format!(
            "{}\n\n{}\n--- end ---",
            prompt.system, prompt.user
        ))?;
    }
    if judged {
        side.criteria
            .iter()
            .try_for_each(|one| criterion(one, how))?;
    }
    for check in &side.checks {
        let id = check.criterion.strip_prefix(CHECK);
        let id = id.unwrap_or(&check.criterion);
        line(&format!("  check {id}: {}", passed(check)))?;
    }
    if let Some(why) = &side.stopped {
        output::say(&format!("not everything was answered: {why}"));
    }
    found(&side.findings);
    if judged {
        line(&format!("  {}", summary(side)))?;
    }
    Ok(())
}

/// What was found: whether it is a fault, what it means, what to do.
fn found(findings: &[QuickFinding]) {
    for one in findings {
        output::say(&format!("{}: {}", one.kind.words(), one.message));
        output::say(&format!("  means: {}", one.means));
        if one.kind != FindingKind::Good {
            output::say(&format!("  hint: {}", one.hint));
        }
    }
}

fn criterion(criterion: &QuickCriterion, how: How) -> Result<(), CliError> {
    let spread = match (criterion.level, criterion.range) {
        (Some(mean), Some((low, high))) if criterion.readings.len() > 1 => {
            format!(
                ": mean {mean:.2}, {low} to {high} in {} readings",
                criterion.readings.len()
            )
        }
        _ => String::new(),
    };
    line(&format!("  {}{spread}", criterion.id))?;
    criterion
        .readings
        .iter()
        .try_for_each(|one| reading(one, how))
}

fn reading(verdict: &Verdict, how: How) -> Result<(), CliError> {
    line(&format!("    {} {}", level(verdict), verdict.reasoning))?;
    for quote in &verdict.evidence {
        line(&format!("      “{}”", quote.quote))?;
    }
    for flag in &verdict.flags {
        line(&format!("      flag: {}", flag.words()))?;
    }
    let Some(raw) = &verdict.raw else {
        return Ok(());
    };
    let came = raw.as_text();
    let came = came.as_deref().unwrap_or(raw.as_str());
    match written(came) {
        Some(words) => {
            line(&format!("      reply: {words}"))?;
            if how.full {
                line(&format!("      as it came: {came}"))?;
            }
            Ok(())
        }
        None => line(&format!("      reply: {came}")),
    }
}

fn level(verdict: &Verdict) -> String {
    match &verdict.outcome {
        Outcome::Scored(answer) => answer.to_string(),
        Outcome::Unscored(class) => format!(
            "unscored ({class}) {}",
            verdict.problem.as_deref().unwrap_or_default()
        ),
    }
}

/// A check passes or fails and has no level.
fn passed(check: &Verdict) -> String {
    let came = match check.outcome.answer().and_then(Answer::level) {
        Some(1) => "passed".to_owned(),
        Some(_) => "failed".to_owned(),
        None => level(check),
    };
    match check.reasoning.as_str() {
        "" => came,
        why => format!("{came}, {why}"),
    }
}

fn cost(micros: Option<i64>) -> String {
    match micros {
        Some(0) => "free".to_owned(),
        Some(micros) => money(micros),
        None => "unpriced".to_owned(),
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
    format!(
        "{score}; {}, {} tokens, {}, {} ms",
        counted(side.calls, "call", "calls"),
        side.tokens.0 + side.tokens.1,
        cost(side.cost_micros),
        side.took_ms
    )
}

/// Levels of two rubrics on the same example.
fn beside(one: &QuickSide, other: &QuickSide) -> Result<(), CliError> {
    let title = |side: &QuickSide| format!("{} ({})", side.rubric, side.version);
    let mut table = Table::new([
        Column::left("criterion"),
        Column::right(&title(one)),
        Column::right(&title(other)),
        Column::right("difference"),
    ]);
    one.beside(other).iter().for_each(|row| table.row(row));
    output::table(&table)
}

/// What planted text and length alone did.
pub fn probes(probes: &[QuickProbe]) -> Result<(), CliError> {
    for probe in probes {
        line(&format!("probes of {} ({})", probe.rubric, probe.version))?;
        for one in &probe.planted {
            line(&format!("  {}", one.told()))?;
        }
        for one in &probe.length {
            let level =
                |level: Option<f64>| level.map_or_else(|| "–".to_owned(), |l| format!("{l:.2}"));
            line(&format!(
                "  {}: {} as it is, {} said twice",
                one.criterion,
                level(one.once),
                level(one.twice)
            ))?;
        }
        line(&format!(
            "  {}, {} tokens, {}",
            counted(probe.calls, "call", "calls"),
            probe.tokens,
            cost(probe.cost_micros)
        ))?;
        found(&probe.findings);
    }
    Ok(())
}
