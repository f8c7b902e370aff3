//! What a trial showed, as one text to read: levels first, then what was found, then the exact prompt.
//!
//! The text is laid out as it stands, never as Markdown: half of it was written by a model.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use crate::domain::count::counted;
use crate::domain::failure::Class;
use crate::domain::reply_body::written;
use crate::domain::rubric::Answer;
use crate::domain::standing::CHECK;
use crate::domain::verdict::{Outcome, Verdict};
use crate::domain::view::{
    Failure, FindingKind, QuickCriterion, QuickFinding, QuickProbe, QuickReport, QuickSide,
};
use crate::text::numbers;
use crate::text::table::{Column, Table};

use super::super::document::{Source, TextOptions, TextPane};

/// Cells a table may take, so that it stands whole in a small window.
const TABLE: usize = 70;

/// A trial while it runs, and what it showed.
#[derive(Debug, Clone, PartialEq)]
pub struct TriedView {
    /// The judge.
    pub judge: String,
    /// Whether the judge has answered, or failed to.
    pub done: bool,
    /// What there is to read.
    pub pane: TextPane,
}

impl TriedView {
    /// A trial that has just begun.
    pub fn waiting(judge: &str) -> Self {
        let words = format!(
            "{judge} is being asked. You can wait here; Esc goes on with your work and drops the answer."
        );
        Self {
            judge: judge.to_owned(),
            done: false,
            pane: pane(words),
        }
    }

    /// The judge has answered.
    pub fn show(&mut self, report: &QuickReport, probes: &[QuickProbe]) {
        self.done = true;
        self.pane = pane(words(report, probes));
    }

    /// The judge has not answered.
    pub fn fail(&mut self, failure: &Failure) {
        self.done = true;
        let mut words = class_in_words(&failure.what);
        if let Some(hint) = &failure.hint {
            let _ = write!(words, "\n\n{hint}");
        }
        self.pane = pane(words);
    }
}

fn pane(words: String) -> TextPane {
    TextPane::new(Source::Plain(Arc::from(words)), TextOptions::default())
}

/// A failure with its class in words: `(auth)` says little to who does not run endpoints.
fn class_in_words(what: &str) -> String {
    let found = Class::ALL.into_iter().find_map(|class| {
        let name = format!("({})", class.name());
        let (before, after) = what.split_once(&name)?;
        Some(format!("{before}({}){after}", class.words()))
    });
    found.unwrap_or_else(|| what.to_owned())
}

/// The whole report.
pub fn words(report: &QuickReport, probes: &[QuickProbe]) -> String {
    let mut out = String::new();
    if !report.first_send.is_empty() {
        let place = report.place.as_deref().unwrap_or_default();
        let _ = writeln!(
            out,
            "First send of {} to {place}: {} of one ticket; this is recorded.\n",
            report.eval,
            report.first_send.join(", ")
        );
    }
    if report.revealed {
        out.push_str(
            "You have seen a judge's levels: your review of this ticket counts as assisted.\n\n",
        );
    }
    if let [one, other] = &report.sides[..] {
        beside(&mut out, one, other);
    }
    for one in &report.sides {
        side(&mut out, one);
    }
    for one in probes {
        probed(&mut out, one);
    }
    for one in &report.sides {
        prompts(&mut out, one);
    }
    out.truncate(out.trim_end().len());
    out
}

/// Two versions level by level.
fn beside(out: &mut String, one: &QuickSide, other: &QuickSide) {
    let title = |side: &QuickSide| {
        if one.rubric == other.rubric {
            side.version.clone()
        } else {
            side.rubric.clone()
        }
    };
    let mut table = Table::new([
        Column::left("question"),
        Column::right(&title(one)),
        Column::right(&title(other)),
        Column::right("difference"),
    ]);
    one.beside(other).iter().for_each(|row| table.row(row));
    let _ = writeln!(out, "SIDE BY SIDE\n{}", table.render(Some(TABLE)));
}

/// What planted text and length alone did.
fn probed(out: &mut String, probe: &QuickProbe) {
    let _ = writeln!(out, "PROBES of {} ({})", probe.rubric, probe.version);
    for one in &probe.planted {
        let _ = writeln!(out, "{}", one.told());
    }
    let level = |level: Option<f64>| level.map_or_else(|| "–".to_owned(), |l| format!("{l:.2}"));
    for one in &probe.length {
        let _ = writeln!(
            out,
            "{}: {} as it is, {} said twice",
            one.criterion,
            level(one.once),
            level(one.twice)
        );
    }
    let _ = writeln!(
        out,
        "{}, {}, {}\n",
        counted(probe.calls, "call"),
        counted(probe.tokens, "token"),
        cost(probe.cost_micros)
    );
    found(out, &probe.findings);
}

/// What was found: whether it is a fault, what it means, what to do.
fn found(out: &mut String, findings: &[QuickFinding]) {
    for one in findings {
        let sign = match one.kind {
            FindingKind::RubricFault | FindingKind::JudgeFault => "▲",
            FindingKind::Look => "◆",
            FindingKind::Good => "✓",
        };
        let _ = writeln!(out, "{sign} {}: {}", one.kind.words(), one.message);
        let _ = writeln!(out, "  It means: {}.", one.means);
        if one.kind != FindingKind::Good {
            let _ = writeln!(out, "  What to do: {}.", one.hint);
        }
        out.push('\n');
    }
}

fn cost(micros: Option<i64>) -> String {
    match micros {
        Some(0) => "free".to_owned(),
        Some(micros) => numbers::money(micros),
        None => "unpriced".to_owned(),
    }
}

fn side(out: &mut String, side: &QuickSide) {
    let score = match (side.score, side.pass) {
        (Some(score), Some(pass)) => format!(
            "{score:.2}, {} at {:.2}",
            if pass { "passes" } else { "fails" },
            side.threshold
        ),
        _ => "no score: not every question has a level".to_owned(),
    };
    let _ = writeln!(out, "RUBRIC {} ({})\n{score}", side.rubric, side.version);
    let _ = writeln!(
        out,
        "{}, {}, {}, {:.1} s\n",
        counted(side.calls, "call"),
        counted(side.tokens.0 + side.tokens.1, "token"),
        cost(side.cost_micros),
        side.took_ms as f64 / 1000.0
    );
    if let Some(why) = &side.stopped {
        let words = class_in_words(why);
        let _ = writeln!(out, "▲ not everything was answered: {words}\n");
    }
    found(out, &side.findings);
    for one in &side.criteria {
        criterion(out, one);
    }
    for check in &side.checks {
        let _ = writeln!(out, "{}", check_words(check));
    }
    if !side.checks.is_empty() {
        out.push('\n');
    }
}

/// `check no-internal-note: passed`.
fn check_words(check: &Verdict) -> String {
    let id = check
        .criterion
        .strip_prefix(CHECK)
        .unwrap_or(&check.criterion);
    let came = match check.outcome.answer().and_then(Answer::level) {
        Some(1) => "passed".to_owned(),
        Some(_) => "failed".to_owned(),
        None => outcome(check),
    };
    match check.reasoning.as_str() {
        "" => format!("check {id}: {came}"),
        why => format!("check {id}: {came}, {why}"),
    }
}

fn criterion(out: &mut String, one: &QuickCriterion) {
    out.push_str(&one.id);
    if one.readings.len() > 1 {
        spread(out, one);
    }
    out.push('\n');
    if one.readings.is_empty() {
        out.push_str("  nobody was asked this\n");
    }
    for verdict in &one.readings {
        let _ = writeln!(out, "  {}", outcome(verdict));
        if !verdict.reasoning.is_empty() {
            let _ = writeln!(out, "  {}", verdict.reasoning);
        }
        for quote in &verdict.evidence {
            let _ = writeln!(out, "  evidence: “{}”", quote.quote);
        }
        for flag in &verdict.flags {
            let _ = writeln!(out, "  ▲ {}", flag.words());
        }
        if let Some(raw) = &verdict.raw {
            // What the judge wrote, not the JSON that carried it.
            let came = raw.as_text();
            let came = came.as_deref().unwrap_or(raw.as_str());
            let words = written(came);
            let _ = writeln!(out, "  reply: {}", words.as_deref().unwrap_or(came));
        }
    }
    out.push('\n');
}

/// How readings differ: mean, range, and a bar for each level that was given.
fn spread(out: &mut String, one: &QuickCriterion) {
    let readings = one.readings.len();
    match (one.level, one.range) {
        (Some(mean), Some((low, high))) => {
            let _ = write!(
                out,
                ": mean {mean:.2}, {low} to {high} in {readings} readings"
            );
        }
        _ => {
            let _ = write!(out, ": {readings} readings");
        }
    }
    let mut levels: BTreeMap<i32, usize> = BTreeMap::new();
    for verdict in &one.readings {
        if let Some(level) = verdict.outcome.answer().and_then(Answer::level) {
            *levels.entry(level).or_default() += 1;
        }
    }
    if !levels.is_empty() {
        out.push_str("\n  ");
        for (level, times) in levels {
            let _ = write!(out, "{level} {}  ", "█".repeat(times));
        }
        out.truncate(out.trim_end().len());
    }
}

fn outcome(verdict: &Verdict) -> String {
    match &verdict.outcome {
        Outcome::Scored(answer) => format!("level {answer}"),
        Outcome::Unscored(class) => {
            let words = match Class::read(class) {
                Some(class) => class.words(),
                None => class.as_str(),
            };
            match &verdict.problem {
                Some(problem) => format!("no level: {words} ({problem})"),
                None => format!("no level: {words}"),
            }
        }
    }
}

fn prompts(out: &mut String, side: &QuickSide) {
    for prompt in &side.prompts {
        let _ = writeln!(
            out,
            "EXACT PROMPT for {} under {}\n\n{}\n\n{}\n\nEND OF PROMPT\n",
            prompt.criterion, side.version, prompt.system, prompt.user
        );
    }
}
