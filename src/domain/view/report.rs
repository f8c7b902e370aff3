//! The report of a run group for whoever decides: which candidate, pass or fail, how sure, what is missing.

use serde::Serialize;

use super::super::count::{counted, either};
use super::super::ids::EvalId;
use super::compare::{Comparison, Sheet};

/// Everything the two written forms of a report hold. Texts of models stand in it as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// Name of the group.
    pub group: String,
    /// The eval that holds its tickets.
    #[serde(skip)]
    pub tickets_in: EvalId,
    /// When it was made, in UTC.
    pub made: String,
    /// Who made it.
    pub by: String,
    /// The candidate it speaks for, if there is one.
    pub candidate: Option<String>,
    /// Why this one.
    pub chosen: String,
    /// What the gate says of it.
    pub verdict: ReportVerdict,
    /// How sure that is, one sentence a line.
    pub sure: Vec<String>,
    /// What is missing, each with what fills it.
    pub missing: Vec<Gap>,
    /// Sentences that must stand beside every number.
    pub badges: Vec<String>,
    /// The comparison.
    pub comparison: Comparison,
    /// Mean, pass rate and difference; then rows, cost and time.
    pub headline: Vec<Sheet>,
    /// What people say, beside the judge; how far the judge agrees with them.
    pub people: Vec<Sheet>,
    /// What stands behind the headline.
    pub details: Vec<Sheet>,
    /// Baseline against the candidate, an item each: (baseline, candidate).
    pub points: Vec<(f64, f64)>,
    /// Outputs of the candidate that do not pass, the lowest first.
    pub failures: Vec<Failing>,
    /// Outputs of it that do not pass in all.
    pub failing: usize,
    /// How the numbers were made.
    pub method: Vec<String>,
    /// The exact commands for the owner, with what each does.
    pub commands: Vec<(String, String)>,
}

/// What the gate says, in a report's words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ReportVerdict {
    /// `pass`, `fail`, `inconclusive`, or `not decided` where no gate was declared.
    pub word: String,
    /// The same in a sentence.
    pub sentence: String,
    /// Each condition with its evidence.
    pub conditions: Option<Sheet>,
    /// Who may approve, and who has.
    pub owner: Option<String>,
}

/// Something that is missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// What.
    pub what: String,
    /// The command that fills it, where one does.
    pub command: Option<String>,
}

/// An output that does not pass.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Failing {
    /// The item's own id, or the start of docket's.
    pub item: String,
    /// Its feature and tags.
    pub tags: String,
    /// What was asked.
    pub request: String,
    /// What came back.
    pub output: String,
    /// The answer it was held against.
    pub reference: Option<String>,
    /// The judge's score.
    pub score: f64,
    /// The judge's level on each question, and why.
    pub said: Vec<String>,
    /// What people said: score, and whether it passes.
    pub human: Option<(f64, bool)>,
}

impl Failing {
    /// The judge's score beside people's: `judge 0.60, fail; people 0.40, fail`.
    pub fn scored(&self) -> String {
        let people = self.human.map_or_else(String::new, |(score, pass)| {
            let pass = if pass { "pass" } else { "fail" };
            format!("; people {score:.2}, {pass}")
        });
        format!("judge {:.2}, fail{people}", self.score)
    }
}

impl Report {
    /// How many outputs do not pass, and how many of them follow.
    pub fn failures_said(&self) -> String {
        format!(
            "{} {} not pass; the lowest of {} {}.",
            counted(self.failing, "output"),
            either(self.failing, "does", "do"),
            counted(self.failures.len(), "item"),
            either(self.failures.len(), "follows", "follow"),
        )
    }
}

/// A report that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reported {
    /// The page.
    pub html: String,
    /// The same in Markdown.
    pub markdown: String,
}
