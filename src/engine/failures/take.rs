//! Making tickets of failures: an eval in which they are corrected.

use std::collections::HashSet;

use serde::Serialize;

use super::super::datasets::name_dataset_as;
use super::super::evals::{NewEval, check_name};
use super::super::{Engine, EngineError, Pen, Result};
use super::{FailureOrder, Ground, rubric};
use crate::domain::eval::{DatasetRole, Eval, Mode, Policy, dataset_id};
use crate::domain::ids::TicketId;
use crate::domain::recipe::Recipe;
use crate::domain::view::failures::FailurePath;
use crate::store::datasets::{self, Ranges};
use crate::store::ingest::{Target, tickets_of};
use crate::store::project::Refolder;
use crate::store::{Db, catalog, pick, tickets, verdicts};

/// Tickets made in one transaction.
const STEP: usize = 500;

/// What was made.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Taken {
    /// New tickets.
    pub tickets: u64,
    /// Of these, tickets of failing outputs themselves.
    pub failing: u64,
    /// The path as it stands now.
    pub path: FailurePath,
}

/// An output that becomes a ticket, and the ticket whose verdicts it brings along.
#[derive(Debug, Clone, Copy)]
struct Wanted {
    output: i64,
    from: Option<i64>,
}

impl Engine {
    /// Makes tickets of the failing outputs that may be trained on, and of outputs to items like them, in an eval that
    /// is reviewed assisted. What is there stays, so the same call again takes what is new.
    pub fn take_failures(&self, order: &FailureOrder) -> Result<Taken> {
        let ground = self.ground(order)?;
        check_name("eval", &ground.to)?;
        self.may_go_to(order, &ground)?;
        let rows = Ranges::of_rows(ground.own.iter().chain(&ground.similar).copied());
        if rows.is_empty() {
            let path = self.failure_path(order, &ground)?;
            return Ok(Taken {
                tickets: 0,
                failing: 0,
                path,
            });
        }
        let eval = self.eval_of_fixes(order, &ground)?;
        self.join_fixes(order, &ground, &rows)?;
        let target = self.target(&eval)?;
        let wanted = self.wanted(&ground)?;
        let failing = wanted.iter().filter(|one| one.from.is_some()).count() as u64;
        for chunk in wanted.chunks(STEP) {
            let (chunk, eval) = (chunk.to_vec(), eval.clone());
            self.store()
                .write_light(move |db| make(db, &target, &eval, &chunk))?;
        }
        let tickets = self.draw_plan(target)?;
        Ok(Taken {
            tickets,
            failing,
            path: self.failures(order)?,
        })
    }

    /// Failures go to an eval made for them, whose dataset may be exported.
    fn may_go_to(&self, order: &FailureOrder, ground: &Ground) -> Result<()> {
        let Some((_, there)) = &ground.made else {
            return Ok(());
        };
        let dataset = self.dataset_of(&there.name)?;
        if there.id != ground.eval.id
            && there.rubric == ground.eval.rubric
            && dataset.role == DatasetRole::Review
            && dataset.id == dataset_id(&self.identity().id, &ground.to)
        {
            return Ok(());
        }
        Err(EngineError::refused(
            format!(
                "the eval `{}` was not made for the failures of `{}`: it reviews `{}`, or asks another rubric version",
                there.name, order.of, dataset.name
            ),
            "name another one: `--to NAME`",
        ))
    }

    fn eval_of_fixes(&self, order: &FailureOrder, ground: &Ground) -> Result<Eval> {
        let eval = &ground.eval;
        let rubric = self.store().read(|db| rubric(db, eval))?;
        self.make_eval(NewEval {
            name: ground.to.clone(),
            purpose: format!("Correct what failed in {}, and what is like it", order.of),
            instructions: eval.instructions.clone(),
            dataset: ground.to.clone(),
            role: DatasetRole::Review,
            rubric,
            policy: Policy {
                mode: Mode::Assist,
                send: eval.policy.send,
                pass_threshold: eval.policy.pass_threshold,
                ..Policy::default()
            },
            seed: None,
        })
    }

    fn join_fixes(&self, order: &FailureOrder, ground: &Ground, rows: &Ranges) -> Result<()> {
        let (engine, to) = (self.clone(), ground.to.clone());
        let (of, rows) = (order.of.clone(), rows.clone());
        Ok(self.store().write(move |db| {
            let id = dataset_id(&engine.identity().id, &to);
            let role = catalog::dataset(db, &id)?.map_or(DatasetRole::Review, |set| set.role);
            let all = datasets::current(db, &id)?.with(&rows);
            let recipe = Recipe {
                failures_of: Some(of),
                ..Recipe::default()
            };
            name_dataset_as(db, &Pen::new(&engine), (&to, id, role), &all, Some(recipe))
        })?)
    }

    /// Failing outputs of the items that may be trained on; of the items like them, what was logged.
    fn wanted(&self, ground: &Ground) -> Result<Vec<Wanted>> {
        let own: HashSet<i64> = ground.own.iter().copied().collect();
        let failing = ground.failed.iter().filter(|one| own.contains(&one.item));
        let mut wanted: Vec<Wanted> = failing
            .map(|one| Wanted {
                output: one.output,
                from: Some(one.ticket),
            })
            .collect();
        let similar = Ranges::of_rows(ground.similar.iter().copied());
        let outputs = self.store().read(|db| pick::outputs(db, &similar))?;
        let mut answered: HashSet<i64> = HashSet::new();
        for one in outputs {
            // One output an item is enough to write the right one.
            if answered.insert(one.item) {
                wanted.push(Wanted {
                    output: one.output,
                    from: None,
                });
            }
        }
        Ok(wanted)
    }
}

fn make(db: &Db, target: &Target, eval: &Eval, wanted: &[Wanted]) -> crate::store::Result<()> {
    let outputs: Vec<i64> = wanted.iter().map(|one| one.output).collect();
    let made = tickets_of(db, target, &outputs)?;
    let mut refolder = Refolder::default();
    for (one, ticket) in wanted.iter().zip(made) {
        let Some(from) = one.from else { continue };
        let id: TicketId = tickets::in_row(db, ticket)?.id;
        if verdicts::copy(db, from, (ticket, &id), &eval.rubric)? > 0 {
            refolder.judge(db, ticket, target.row)?;
        }
    }
    refolder.finish(db)
}
