//! A ticket to be repaired: what failed on it, and what is known of it before.

use std::sync::Arc;

use super::super::order::Judge;
use super::super::work::subject;
use crate::domain::eval::Eval;
use crate::domain::ids::{OutputId, TicketId};
use crate::domain::rubric::{Answer, Rubric};
use crate::domain::standing::CHECK;
use crate::domain::suggestion::{Helped, Levels, Suggestion};
use crate::domain::verdict::Verdict;
use crate::engine::Engine;
use crate::judge::checks::Checks;
use crate::judge::subject::Subject;
use crate::store::verdicts::OfJudge;
use crate::store::{Db, leases, suggestions, tickets, verdicts};

/// A ticket this worker repairs.
#[derive(Debug)]
pub(super) struct Case {
    pub ticket: TicketId,
    pub row: i64,
    pub base: OutputId,
    pub subject: Subject,
    /// What is to be repaired, at least one.
    pub failing: Vec<Verdict>,
    /// How this very judge read the output, if it gave every level; else it reads the original anew.
    pub before: Option<Levels>,
    /// What it suggested before it was interrupted: only the verification is missing.
    pub pending: Option<Suggestion>,
}

/// What every claim needs.
pub(super) struct Desk {
    pub engine: Engine,
    pub eval: Eval,
    pub rubric: Arc<Rubric>,
    pub judge: Arc<Judge>,
    pub judge_row: i64,
    pub checks: Checks,
}

impl Desk {
    /// The seat of the work: one judge repairs a ticket once at a time, and may judge it meanwhile.
    pub fn seat(&self) -> String {
        format!("suggest:{}", crate::domain::ids::hex(&self.judge.id.0))
    }

    /// Takes the seat on a ticket and reads it; `None` if another worker has it or nothing is to be repaired.
    pub fn claim(&self, row: i64) -> crate::store::Result<Option<Case>> {
        let store = self.engine.store();
        let (seat, owner) = (self.seat(), self.engine.owner.clone());
        let now = self.engine.clock().now_ms();
        if !store.write_light(move |db| leases::take_judge(db, row, &seat, &owner, now))? {
            return Ok(None);
        }
        let case = store.read(|db| self.read(db, row))?;
        if case.is_none() {
            let (seat, owner) = (self.seat(), self.engine.owner.clone());
            store.write_light(move |db| leases::release_judge(db, row, &seat, &owner))?;
        }
        Ok(case)
    }

    fn read(&self, db: &Db, row: i64) -> crate::store::Result<Option<Case>> {
        let ticket = tickets::in_row(db, row)?;
        let Some(base) = tickets::outputs(db, &ticket)?
            .into_iter()
            .next()
            .filter(|output| output.message.is_some())
        else {
            return Ok(None);
        };
        let Some(failing) = failing(db, row, &self.eval, &self.rubric)? else {
            return Ok(None);
        };
        let judges = verdicts::of_ticket(db, row)?;
        let own = judges.iter().find(|judge| judge.row == self.judge_row);
        let subject = subject(db, &ticket, &self.rubric)?;
        let pending = suggestions::of_judge(db, row, self.judge_row)?;
        Ok(Some(Case {
            ticket: ticket.id,
            row,
            base: base.id,
            before: own.and_then(|own| self.levels_of(own, &subject)),
            subject,
            failing,
            pending: pending.filter(|one| one.helped == Helped::Unverified),
        }))
    }

    /// The levels a judge gave, if it gave one for every question a judge answers.
    fn levels_of(&self, judge: &OfJudge, subject: &Subject) -> Option<Levels> {
        let standing = judge.standing(&self.rubric, &self.eval);
        let mut levels = Levels {
            checks: self.run_checks(subject),
            ..Levels::default()
        };
        for question in self.rubric.questions().filter(|one| !one.from_check) {
            let level = standing.on(question.id)?.level?;
            levels
                .levels
                .insert(question.id.to_owned(), level.round() as i32);
        }
        Some(levels)
    }

    /// How the rubric's checks come out.
    pub fn run_checks(&self, subject: &Subject) -> Vec<crate::domain::rubric::CheckOutcome> {
        let report = self.checks.run(subject);
        report.into_iter().map(|found| found.outcome).collect()
    }
}

/// Whether a ticket fails by the judge that counts on it.
pub(super) fn fails(db: &Db, row: i64, eval: &Eval, rubric: &Rubric) -> crate::store::Result<bool> {
    let judge = verdicts::that_counts(db, row, eval, rubric)?;
    Ok(judge.is_some_and(|judge| judge.standing(rubric, eval).pass == Some(false)))
}

/// What is to be repaired: verdicts below the threshold or their floor and checks that failed; without any,
/// whatever is below its best level. `None` if nothing is.
fn failing(
    db: &Db,
    row: i64,
    eval: &Eval,
    rubric: &Rubric,
) -> crate::store::Result<Option<Vec<Verdict>>> {
    let Some(judge) = verdicts::that_counts(db, row, eval, rubric)? else {
        return Ok(None);
    };
    let threshold = rubric.threshold_for(eval.policy.pass_threshold).value;
    let mut latest: Vec<&Verdict> = Vec::new();
    for stored in &judge.verdicts {
        if stored
            .verdict
            .outcome
            .answer()
            .and_then(Answer::level)
            .is_some()
        {
            latest.retain(|known| known.criterion != stored.verdict.criterion);
            latest.push(&stored.verdict);
        }
    }
    let below = |verdict: &Verdict, best: bool| {
        let Some(level) = verdict.outcome.answer().and_then(Answer::level) else {
            return false;
        };
        if verdict.criterion.starts_with(CHECK) {
            return level == 0;
        }
        let Some(question) = rubric.question(&verdict.criterion) else {
            return false;
        };
        question.scale().is_some_and(|scale| {
            let floor = question.must_reach.is_some_and(|floor| level < floor);
            floor || scale.normalise(level) < threshold - 1e-9 || (best && level < scale.max())
        })
    };
    for best in [false, true] {
        let found: Vec<Verdict> = latest
            .iter()
            .filter(|verdict| below(verdict, best))
            .map(|verdict| (*verdict).clone())
            .collect();
        if !found.is_empty() {
            return Ok(Some(found));
        }
    }
    Ok(None)
}
