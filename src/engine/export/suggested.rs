//! The rows of corrections that no person has read: a judge's, and only those that were verified to the end.
//!
//! A suggestion leaves if it made something better and nothing worse, its text passes every check of the rubric and
//! the second judgement, nobody has opened or begun the ticket, and the judge that counts by now does not find the
//! output good as it stands. What is kept back is counted under its reason.

use super::rows::{Found, Maker, answer, corrected};
use crate::domain::eval::Eval;
use crate::domain::suggestion::{Suggestion, Verdict};
use crate::domain::training::{Decision, Needs, Origin, Refusal, TrainingRow};
use crate::judge::subject::Output;
use crate::judge::suggest::stays_here;
use crate::store::export::Candidate;
use crate::store::{Db, drafts, leases, suggestions, verdicts};

/// Room for the rounding of scores.
const EPSILON: f64 = 1e-9;

/// What decides about suggestions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Suggested<'a> {
    /// Names the rubric version they were verified under, the threshold, and the judge that counts.
    pub eval: &'a Eval,
    /// Tells who has a ticket open.
    pub now_ms: i64,
    /// Lowest score of the second judgement.
    pub least: Option<f64>,
}

/// A suggestion that helped, with who made it and what its text comes to.
struct Helped {
    judge: String,
    one: Suggestion,
    verdict: Verdict,
}

impl Suggested<'_> {
    /// The rows of a ticket nobody has decided anything about.
    pub(super) fn rows(
        &self,
        db: &Db,
        maker: &Maker<'_>,
        from: &Candidate<'_>,
    ) -> crate::store::Result<Vec<Found>> {
        let Some(best) = self.best(db, maker, from.row)? else {
            return Ok(Vec::new());
        };
        let score = best.verdict.score();
        let enough = |least: f64| score.is_some_and(|score| score >= least - EPSILON);
        if !self.least.is_none_or(enough) {
            return Ok(Vec::new());
        }
        let row = TrainingRow {
            decision: Decision::Suggested,
            origin: Origin::Judge,
            judge: Some(best.judge.clone()),
            score,
            ..maker.base(from).0
        };
        if let Some(refusal) = self.kept_back(db, maker, from, &best)? {
            return Ok(vec![Found::Out(row, refusal)]);
        }
        Ok(maker.suggested(row, from, &best.one.text))
    }

    /// The latest suggestion that helped and passes, else the latest that helped.
    fn best(
        &self,
        db: &Db,
        maker: &Maker<'_>,
        ticket: i64,
    ) -> crate::store::Result<Option<Helped>> {
        let threshold = maker.rubric.threshold_for(self.eval.policy.pass_threshold);
        let helped = suggestions::helped(db, ticket, &self.eval.rubric)?;
        let mut all: Vec<Helped> = helped
            .into_iter()
            .map(|(judge, one)| Helped {
                verdict: one.verdict(maker.rubric, threshold),
                judge,
                one,
            })
            .collect();
        let passes = |one: &Helped| matches!(one.verdict, Verdict::Passes { .. });
        let place = all.iter().position(passes).unwrap_or(0);
        Ok((place < all.len()).then(|| all.swap_remove(place)))
    }

    /// Why a correction must not leave by itself.
    fn kept_back(
        &self,
        db: &Db,
        maker: &Maker<'_>,
        from: &Candidate<'_>,
        best: &Helped,
    ) -> crate::store::Result<Option<Refusal>> {
        if drafts::any(db, from.row)?
            || leases::held_by_other(db, from.row, "", self.now_ms)?.is_some()
        {
            let why = "somebody has it open or has begun to enter something";
            return Ok(Some(Refusal::new("worked_on", why)));
        }
        let counts = verdicts::that_counts(db, from.row, self.eval, maker.rubric)?;
        let counts = counts.map(|judge| judge.standing(maker.rubric, self.eval));
        if counts.is_some_and(|standing| standing.pass == Some(true)) {
            let why = "the judge that counts passes the output as it stands";
            return Ok(Some(Refusal::new("passes_already", why)));
        }
        let original = answer(from.message, "the output");
        let output = original.as_ref().map(Output::of).unwrap_or_default();
        if let Some(flag) = stays_here(&output, &best.one.text, maker.rubric) {
            let why = format!("{}; a person has to read it first", flag.words());
            return Ok(Some(Refusal::new(flag.name(), why)));
        }
        Ok(match &best.verdict {
            Verdict::Passes { .. } => None,
            Verdict::FailsChecks { checks, .. } => Some(Refusal::new(
                "fails_checks",
                format!("the suggested text fails: {}", checks.join(", ")),
            )),
            Verdict::Fails { score } => {
                let score = score.map_or_else(String::new, |score| format!(" with {score:.2}"));
                let why = format!("judged again, the suggested text still fails{score}");
                Some(Refusal::new("fails_judged_again", why))
            }
        })
    }
}

impl Maker<'_> {
    /// What a suggestion gives in the format. It is the judge's word, not a person's.
    fn suggested(&self, base: TrainingRow, from: &Candidate<'_>, text: &str) -> Vec<Found> {
        let original = answer(from.message, "the output");
        let row = TrainingRow {
            chosen: corrected(original.as_ref().ok(), text),
            ..base
        };
        match (self.format.needs(), original) {
            (Needs::Single, _) => vec![Found::Row(row)],
            (Needs::Labelled, _) => vec![Found::Row(TrainingRow {
                label: Some(true),
                ..row
            })],
            (Needs::Preference, Ok(original)) => vec![Found::Row(TrainingRow {
                rejected: Some(original),
                ..row
            })],
            (Needs::Preference, Err(refusal)) => vec![Found::Out(row, refusal)],
        }
    }
}
