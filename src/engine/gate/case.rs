//! One candidate under one rule: how its values are read, and how a condition is put together.

use super::material::Material;
use super::measure::Numbers;
use super::quality::{Asking, Measure};
use super::ways;
use crate::domain::gate::{Asked, GateRule, GateVerdict, Quality};
use crate::domain::group_scores::{CandidateScores, GroupScores, RowScore};
use crate::domain::view::gate::{Condition, GatePart, Settle};

/// A condition, and what would settle it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Found {
    pub condition: Condition,
    pub settles: Vec<Settle>,
    /// Of a quality condition, what was asked and found.
    pub asked: Option<Box<(Asking, Numbers)>>,
}

impl Found {
    /// A condition nothing would settle but what it says.
    pub fn alone(condition: Condition) -> Self {
        Self {
            condition,
            settles: Vec::new(),
            asked: None,
        }
    }

    /// With what would settle it, unless it passes.
    pub fn with(condition: Condition, settles: Vec<Settle>) -> Self {
        let settles = match condition.verdict {
            GateVerdict::Pass => Vec::new(),
            GateVerdict::Inconclusive | GateVerdict::Fail => settles,
        };
        Self {
            condition,
            settles,
            asked: None,
        }
    }

    /// With one thing that would settle it, unless it passes.
    pub fn or(
        condition: Condition,
        what: String,
        count: Option<u64>,
        command: Option<String>,
    ) -> Self {
        let settle = ways::settle(&condition.id, what, count, command);
        Self::with(condition, vec![settle])
    }
}

/// A condition: title, what is required, what was found.
pub(super) fn condition(
    part: GatePart,
    id: &str,
    (title, required, found): (&str, &str, &str),
    verdict: GateVerdict,
    why: impl Into<String>,
) -> Condition {
    Condition {
        id: id.to_owned(),
        part,
        title: title.to_owned(),
        required: required.to_owned(),
        found: found.to_owned(),
        verdict,
        why: why.into(),
        bound: None,
        tail: None,
    }
}

/// One candidate under one rule.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'m> {
    pub material: &'m Material,
    pub rule: &'m GateRule,
    /// One-sided error of a condition at one look.
    pub alpha: f64,
    /// Place of the baseline.
    pub baseline: Option<usize>,
    /// Place of the candidate.
    pub at: usize,
    /// Seed of the workspace.
    pub seed: u64,
}

/// Whether a rule asks for a difference to the baseline anywhere.
pub(super) fn compares(rule: &GateRule) -> bool {
    let differs = |one: &Quality| !matches!(one.asked, Asked::AtLeast(_));
    rule.quality.iter().any(differs)
}

impl<'m> Case<'m> {
    pub fn scores(&self) -> &'m GroupScores {
        &self.material.scores
    }

    pub fn candidate(&self) -> &'m CandidateScores {
        &self.scores().candidates[self.at]
    }

    /// The candidate, and the baseline where that is another one.
    pub fn both(&self) -> impl Iterator<Item = usize> + use<> {
        let base = self.baseline.filter(|base| *base != self.at);
        std::iter::once(self.at).chain(base)
    }

    /// Whether the rule asks for a difference to the baseline anywhere.
    pub fn compares(&self) -> bool {
        compares(self.rule)
    }

    /// Items of a tag or feature, else all.
    pub fn items(&self, tag: Option<&str>) -> impl Iterator<Item = usize> + use<'m, '_> {
        let tag = tag.map(str::to_owned);
        let scores = self.scores();
        (0..scores.items.len()).filter(move |at| {
            let item = &scores.items[*at];
            tag.as_ref()
                .is_none_or(|tag| item.tags.contains(tag) || item.feature.as_ref() == Some(tag))
        })
    }

    pub fn cluster(&self, item: usize) -> usize {
        self.scores().items[item].cluster
    }

    /// What the judge says of one output.
    pub fn row_value(&self, row: &RowScore, measure: &Measure) -> Option<f64> {
        let share = |pass: bool| f64::from(u8::from(pass));
        match measure {
            Measure::Score => row.outcome.score(),
            Measure::Pass => row.outcome.pass().map(share),
            Measure::Criterion(id) => {
                let on = self.material.criteria.get(&row.ticket?)?;
                on.get(id).copied().map(share)
            }
        }
    }

    /// What the judge says of an item: the mean over the runs that have something.
    pub fn value(&self, candidate: usize, item: usize, measure: &Measure) -> Option<f64> {
        let runs = &self.scores().candidates[candidate].runs;
        let values: Vec<f64> = runs
            .iter()
            .filter_map(|run| self.row_value(run.rows.get(item)?, measure))
            .collect();
        crate::stats::describe::mean(&values)
    }
}
