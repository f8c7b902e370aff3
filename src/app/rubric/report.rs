//! What a trial showed, as one text to read: levels first, then the warnings, then the exact prompt.
//!
//! The text is laid out as it stands, never as Markdown: half of it was written by a model.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::domain::count::counted;
use crate::domain::failure::Class;
use crate::domain::verdict::{Outcome, Verdict};
use crate::domain::view::{Failure, QuickCriterion, QuickReport, QuickSide};
use crate::text::numbers;

use super::super::document::{Source, TextOptions, TextPane};

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
    pub fn show(&mut self, report: &QuickReport) {
        self.done = true;
        self.pane = pane(words(report));
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
pub fn words(report: &QuickReport) -> String {
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
    for one in &report.sides {
        side(&mut out, one);
    }
    if let [one, other] = &report.sides[..]
        && let (Some(a), Some(b)) = (one.score, other.score)
    {
        let _ = writeln!(
            out,
            "SIDE BY SIDE\n{}: {a:.2}, {}: {b:.2}, difference {:+.2}\n",
            one.version,
            other.version,
            a - b
        );
    }
    for one in &report.sides {
        prompts(&mut out, one);
    }
    out.truncate(out.trim_end().len());
    out
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
    let cost = match side.cost_micros {
        Some(0) => "free".to_owned(),
        Some(micros) => numbers::money(micros),
        None => "unpriced".to_owned(),
    };
    let _ = writeln!(
        out,
        "{}, {}, {cost}, {:.1} s\n",
        counted(side.calls, "call"),
        counted(side.tokens.0 + side.tokens.1, "token"),
        side.took_ms as f64 / 1000.0
    );
    for warning in &side.warnings {
        let _ = writeln!(out, "▲ {}\n  {}\n", warning.message, warning.hint);
    }
    for one in &side.criteria {
        criterion(out, one);
    }
    for check in &side.checks {
        let _ = writeln!(out, "check {}: {}", check.criterion, outcome(check));
    }
    if !side.checks.is_empty() {
        out.push('\n');
    }
}

fn criterion(out: &mut String, one: &QuickCriterion) {
    out.push_str(&one.id);
    if let (Some(mean), Some((low, high))) = (one.level, one.range)
        && one.readings.len() > 1
    {
        let _ = write!(out, ": mean {mean:.2}, {low} to {high}");
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
            let _ = writeln!(out, "  reply: {}", raw.as_str());
        }
    }
    out.push('\n');
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
