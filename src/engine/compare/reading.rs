//! What the group's judge said on every output, question by question and sample by sample.

use std::collections::{BTreeMap, HashMap};

use crate::domain::group_scores::GroupScores;
use crate::domain::rubric::{Answer, Answers, CheckOutcome, Rubric, Threshold};
use crate::domain::standing::CHECK;
use crate::domain::verdict::Outcome;
use crate::store::runs::readings::{self, Said};
use crate::store::{Db, verdicts};

/// What the judge said of one output.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Reading {
    /// Mean level of each question of the rubric, in its order, over the samples that have one.
    pub levels: Vec<Option<f64>>,
    /// Score, and whether it passes, of every sample that answers every question.
    pub samples: Vec<(f64, bool)>,
}

/// By local row of the ticket.
pub(super) type Readings = HashMap<i64, Reading>;

/// Reads what the judge of `scores` said in the group's eval.
pub(super) fn read(
    db: &Db,
    eval: i64,
    scores: &GroupScores,
    rubric: &Rubric,
) -> crate::store::Result<Readings> {
    let mut all = Readings::new();
    let judge = match &scores.judge {
        Some(judge) => verdicts::judge_row(db, &judge.id)?,
        None => None,
    };
    let Some(judge) = judge else {
        return Ok(all);
    };
    let mut folding = Folding::default();
    readings::each(db, eval, judge, |said| {
        if folding.ticket != Some(said.ticket) {
            folding.finish(rubric, scores.threshold, &mut all);
            folding.ticket = Some(said.ticket);
        }
        folding.take(said);
        Ok(())
    })?;
    folding.finish(rubric, scores.threshold, &mut all);
    Ok(all)
}

/// The verdicts of one ticket, as they come.
#[derive(Default)]
struct Folding {
    ticket: Option<i64>,
    samples: BTreeMap<u32, BTreeMap<String, Outcome>>,
    checks: Vec<CheckOutcome>,
}

impl Folding {
    fn take(&mut self, said: Said) {
        if let Some(check) = said.criterion.strip_prefix(CHECK) {
            let level = said.outcome.answer().and_then(Answer::level);
            self.checks.push(CheckOutcome {
                check: check.to_owned(),
                pass: level == Some(1),
            });
            return;
        }
        let slot = self.samples.entry(said.sample).or_default();
        // The first answer of a sample stands; only what is no answer gives way to a later attempt.
        let open = slot
            .get(&said.criterion)
            .is_none_or(|known| known.answer().is_none());
        if open {
            slot.insert(said.criterion, said.outcome);
        }
    }

    fn finish(&mut self, rubric: &Rubric, threshold: Threshold, all: &mut Readings) {
        let (samples, checks) = (
            std::mem::take(&mut self.samples),
            std::mem::take(&mut self.checks),
        );
        if let Some(ticket) = self.ticket.take() {
            all.insert(ticket, reading(&samples, &checks, rubric, threshold));
        }
    }
}

fn reading(
    samples: &BTreeMap<u32, BTreeMap<String, Outcome>>,
    checks: &[CheckOutcome],
    rubric: &Rubric,
    threshold: Threshold,
) -> Reading {
    let level = |question: &crate::domain::rubric::Question<'_>| {
        let given: Vec<f64> = samples
            .values()
            .filter_map(|sample| sample.get(question.id)?.answer()?.level())
            .map(f64::from)
            .collect();
        let mean = (!given.is_empty()).then(|| given.iter().sum::<f64>() / given.len() as f64);
        mean.or_else(|| rubric.level_from_checks(question, checks).map(f64::from))
    };
    let scored = samples.values().filter_map(|sample| {
        let answers: Answers = sample
            .iter()
            .filter_map(|(id, outcome)| Some((id.clone(), outcome.answer()?.clone())))
            .collect();
        let score = rubric.score(&answers, checks, threshold).ok()?;
        Some((score.overall, score.pass))
    });
    Reading {
        levels: rubric
            .questions()
            .map(|question| level(&question))
            .collect(),
        samples: scored.collect(),
    }
}
