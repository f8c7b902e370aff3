//! What a judge's worker counts: answers, replies without one, checks, and tickets that are done.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::rubric::Answer;
use crate::domain::standing::CHECK;
use crate::domain::verdict::{Outcome, Verdict};

/// Counts of what this worker wrote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Tickets finished.
    pub tickets: u64,
    /// Of these, tickets on which every question that was asked has an answer.
    pub scored_tickets: u64,
    /// Answers to questions.
    pub scored: u64,
    /// Of these, answers that came in replies of this run.
    pub replied: u64,
    /// Replies without one, by class.
    pub unscored: BTreeMap<String, u64>,
    /// Calls that failed in transport, by class.
    pub failed: BTreeMap<String, u64>,
    /// Answers taken from earlier ones.
    pub cached: u64,
    /// How often each check passed, and how often it ran.
    pub checks: BTreeMap<String, (u64, u64)>,
    /// Calls made.
    pub calls: u64,
    /// Millionths of the currency unit.
    pub micros: i64,
    /// Tokens.
    pub tokens: i64,
    /// Millionths that replies which were lost may have cost, at most.
    pub lost_micros: i64,
    /// The same in tokens.
    pub lost_tokens: i64,
    /// Calls without a known price.
    pub unpriced: u64,
}

impl Kept {
    /// Checks that passed, and all that ran.
    pub fn checks_passed(&self) -> (u64, u64) {
        let each = self.checks.values();
        each.fold((0, 0), |sum, of| (sum.0 + of.0, sum.1 + of.1))
    }

    /// Adds a verdict that is going to be written.
    pub(super) fn count(&mut self, verdict: &Verdict) {
        if let Some(check) = verdict.criterion.strip_prefix(CHECK) {
            let passed = verdict.outcome.answer().and_then(Answer::level) == Some(1);
            let (good, ran) = self.checks.entry(check.to_owned()).or_default();
            *good += u64::from(passed);
            *ran += 1;
            return;
        }
        match &verdict.outcome {
            Outcome::Scored(_) => self.scored += 1,
            Outcome::Unscored(class) => {
                *self.unscored.entry(class.clone()).or_default() += 1;
            }
        }
    }
}

/// A ticket whose calls are not all back.
#[derive(Debug, Default)]
pub(super) struct Open {
    /// Calls it still waits for.
    pub left: usize,
    /// A call was lost: the ticket stays to be judged.
    pub failed: bool,
    /// The judge has said something about it.
    pub read: bool,
    /// Questions with a verdict.
    pub asked: BTreeSet<String>,
    /// Those with an answer.
    pub answered: BTreeSet<String>,
}

impl Open {
    /// A question has a verdict.
    pub fn heard(&mut self, verdict: &Verdict) {
        self.asked.insert(verdict.criterion.clone());
        if verdict.outcome.answer().is_some() {
            self.answered.insert(verdict.criterion.clone());
        }
    }

    /// Whether every question that was asked has an answer.
    pub fn is_scored(&self) -> bool {
        !self.failed && self.answered.is_superset(&self.asked)
    }
}

/// A ticket whose calls are all back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Finished {
    /// Local row.
    pub row: i64,
    /// Whether it stays to be judged.
    pub failed: bool,
}
