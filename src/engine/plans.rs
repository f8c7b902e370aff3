//! Review plans: which tickets an import adds to, and freezing their order.

use super::{Engine, Pen, Result};
use crate::domain::eval::Eval;
use crate::domain::event::{Body, PlanDrawn};
use crate::domain::plan::{plan_id, plan_seed};
use crate::store::ingest::Target;
use crate::store::{StoreError, catalog, plans};

impl Engine {
    /// The plan that new tickets of an eval go to.
    pub(crate) fn target(&self, eval: &Eval) -> Result<Target> {
        let found = self.store.read(|db| {
            let row = catalog::eval(db, &eval.id)?.map(|(row, _)| row);
            let last = plans::last_number(db, &eval.id)?;
            Ok(row.map(|row| (row, last + 1)))
        })?;
        let (row, plan) = found.ok_or(StoreError::NotFound {
            what: "eval",
            name: eval.name.clone(),
        })?;
        Ok(Target {
            id: eval.id,
            row,
            plan,
            seed: plan_seed(eval.seed, plan),
        })
    }

    /// Freezes the plan of the tickets that have none yet. Returns how many that were.
    pub(crate) fn draw_plan(&self, target: Target) -> Result<u64> {
        let engine = self.clone();
        Ok(self.store.write(move |db| {
            let tickets = plans::tickets(db, &target)?;
            let plan = plan_id(&target.id, target.plan, target.seed);
            if tickets == 0 || !plans::put(db, &plan, &target, tickets)? {
                return Ok(0);
            }
            let body = PlanDrawn {
                plan,
                eval: target.id,
                number: target.plan,
                seed: target.seed,
                tickets,
            };
            Pen::new(&engine).write(db, None, None, Body::PlanDrawn(body))?;
            Ok(tickets)
        })?)
    }
}
