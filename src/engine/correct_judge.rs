//! Disagreeing with a judge: one person says on one question what it should have said, and why.

use super::review::refold;
use super::ticket::judge;
use super::{Engine, Pen, Result};
use crate::domain::event::{Body, JudgeCorrected};
use crate::domain::ids::TicketId;
use crate::domain::sight;
use crate::domain::standing::CHECK;
use crate::domain::view::{Disagreement, JudgeView};
use crate::store::{StoreError, catalog, rubrics, tickets, verdicts};

impl Engine {
    /// Stores a correction of the judge: an event of its own, taken back like any decision. A later one of the
    /// same person on the same question takes the place of the former. Returns the judge as it is shown now.
    ///
    /// Refused while the judge is hidden from this reviewer, on a check (which does not judge), where both give
    /// the same answer, where the judge read another rubric version, and off the question's scale.
    pub fn correct_judge(&self, id: TicketId, said: &Disagreement) -> Result<JudgeView> {
        let (engine, said) = (self.clone(), said.clone());
        Ok(self.store().write(move |db| {
            let ticket = tickets::get(db, &id)?;
            let eval = catalog::eval_in_row(db, ticket.eval)?;
            let rubric = rubrics::get(db, &eval.rubric)?;
            let folded = tickets::folded(db, ticket.row)?;
            if !sight::view(&eval, &id, &folded, &engine.reviewer).open {
                return Err(refused(
                    "the judge is hidden until you commit: there is nothing to disagree with yet",
                ));
            }
            let body = read(db, ticket.row, &eval, &rubric, &said)?;
            rubric
                .check_answer(&body.criterion, &body.answer, ticket.outputs as usize)
                .map_err(|error| StoreError::Refused(error.to_string()))?;
            if body.judge.as_ref() == Some(&body.answer) {
                return Err(refused(
                    "the judge says the same: set your own answer first",
                ));
            }
            Pen::new(&engine).write(db, Some(id), None, Body::JudgeCorrected(body))?;
            refold(db, &[id])?;
            let folded = tickets::folded(db, ticket.row)?;
            let about = (&eval, &rubric, &folded);
            judge(db, ticket.row, about, Some(&engine.reviewer))
        })?)
    }
}

/// What the judge said, beside what the person says.
fn read(
    db: &crate::store::Db,
    ticket: i64,
    eval: &crate::domain::eval::Eval,
    rubric: &crate::domain::rubric::Rubric,
    said: &Disagreement,
) -> crate::store::Result<JudgeCorrected> {
    let judges = verdicts::of_ticket(db, ticket)?;
    let found = judges.iter().find_map(|judge| {
        let mut all = judge.verdicts.iter();
        let stored = all.find(|stored| stored.id == said.verdict)?;
        Some((judge, &stored.verdict))
    });
    let Some((judge, verdict)) = found else {
        return Err(refused("this ticket has no such verdict of a judge"));
    };
    if verdict.criterion.starts_with(CHECK) {
        return Err(refused(
            "a check does not judge: change it in the rubric instead",
        ));
    }
    if !judge.version.scores_under(&eval.rubric) {
        return Err(refused(
            "this judge read under another version of the rubric",
        ));
    }
    // What was shown counts: over several samples that is the rounded mean, not the last one's level.
    let shown = match verdicts::view(db, ticket, eval, rubric)? {
        JudgeView::Verdicts { verdicts, .. } => {
            verdicts.into_iter().find(|view| view.id == said.verdict)
        }
        JudgeView::Nothing | JudgeView::Hidden => None,
    };
    Ok(JudgeCorrected {
        verdict: said.verdict,
        criterion: verdict.criterion.clone(),
        judge: match shown {
            Some(view) => view.result.ok(),
            None => verdict.outcome.answer().cloned(),
        },
        answer: said.answer.clone(),
        reason: said.reason.trim().to_owned(),
        rubric: eval.rubric,
    })
}

fn refused(why: &str) -> StoreError {
    StoreError::Refused(why.to_owned())
}

#[cfg(test)]
mod tests;
