//! One example judged now: the exact question, the replies, and what the rubric's record says. No verdict is kept.

use super::super::judge::JudgeOrder;
use super::super::{Engine, Result};
use super::sending;
use crate::domain::eval::Eval;
use crate::domain::ids::TicketId;
use crate::domain::rubric::Rubric;
use crate::domain::sight;
use crate::domain::view::{QuickReport, QuickSide};
use crate::store::tickets::TicketRow;
use crate::store::{catalog, tickets};

/// What to try, on which example.
#[derive(Debug, Clone, PartialEq)]
pub struct QuickTest {
    /// The example.
    pub ticket: TicketId,
    /// The rubric, in use or not.
    pub rubric: Rubric,
    /// Another one to hold it against.
    pub against: Option<Rubric>,
    /// The judge with its endpoint and readings; its eval, filter and limits are not looked at. `None` asks nobody
    /// and shows the question alone.
    pub judge: Option<JudgeOrder>,
}

/// The example, read once.
pub(super) struct Example {
    pub ticket: TicketRow,
    pub eval: Eval,
    blind: bool,
}

/// Whether a trial brought anything a judge says of the output.
fn says_something(side: &QuickSide) -> bool {
    let mut readings = side.criteria.iter().flat_map(|one| &one.readings);
    side.calls > 0
        || !side.checks.is_empty()
        || readings.any(|reading| reading.outcome.answer().is_some())
}

impl Engine {
    /// Judges one example now, and keeps nothing of it but what must not be forgotten: that texts were sent to a
    /// new place, and that a blind reviewer has seen a judge's levels.
    pub fn quick_test(&self, test: &QuickTest) -> Result<QuickReport> {
        let example = self.example(test.ticket)?;
        let rubrics = [Some(&test.rubric), test.against.as_ref()];
        let mut trials = Vec::new();
        for rubric in rubrics.into_iter().flatten() {
            trials.push(self.trial(&example, rubric, test.judge.as_ref())?);
        }
        let mut report = QuickReport {
            ticket: test.ticket,
            eval: example.eval.name.clone(),
            judge: None,
            place: None,
            first_send: Vec::new(),
            revealed: false,
            sides: Vec::new(),
        };
        if let Some(judge) = trials.first().and_then(|trial| trial.judge.as_ref()) {
            report.judge = Some(judge.version.name.clone());
            report.place = Some(judge.by.place());
        }
        for trial in trials {
            let unsaid = match &trial.judge {
                Some(judge) => sending::unsaid(self, &example.eval, judge, 1, &[])?,
                None => None,
            };
            if let Some(first) = &unsaid {
                report.first_send.clone_from(&first.fields);
            }
            report.sides.push(trial.run(self, unsaid)?);
        }
        // Last: nobody has seen a level of a test that failed, or of one where nobody was asked.
        report.revealed = report.sides.iter().any(says_something) && self.show_early(&example)?;
        Ok(report)
    }

    pub(super) fn example(&self, id: TicketId) -> Result<Example> {
        Ok(self.store().read(|db| {
            let ticket = tickets::get(db, &id)?;
            let eval = catalog::eval_in_row(db, ticket.eval)?;
            let folded = tickets::folded(db, ticket.row)?;
            let blind = !sight::view(&eval, &id, &folded, self.reviewer()).open;
            Ok(Example {
                ticket,
                eval,
                blind,
            })
        })?)
    }

    /// A level shown before the own commit is a level shown, whether it is stored or not.
    pub(super) fn show_early(&self, example: &Example) -> Result<bool> {
        if !example.blind {
            return Ok(false);
        }
        let (engine, id) = (self.clone(), example.ticket.id);
        self.store().write(move |db| {
            engine.reveal_in(db, id, Vec::new())?;
            super::super::review::refold(db, &[id])
        })?;
        Ok(true)
    }
}
