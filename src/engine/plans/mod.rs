//! Review plans: which tickets an import adds to, freezing their order, and where each plan stands.

pub(super) mod chance;
mod ground;
mod group;
pub(super) mod prefix;
mod risk;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

pub use crate::stats::priority::MIX;
pub use risk::{RiskOrder, RiskPlan};

use super::agree::counted::is_settled;
use super::{Engine, Pen, Result};
use crate::domain::eval::Eval;
use crate::domain::event::{Body, PlanDrawn};
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::plan::{plan_id, plan_number, plan_seed};
use crate::store::agreement::{self, Line};
use crate::store::ingest::Target;
use crate::store::{Db, StoreError, catalog, plans, runs};
use prefix::{Prefixes, Sample};

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

    /// Freezes the plan of the tickets that have none yet. Returns how many that were. In a run group they take the places
    /// of their items in the plans that are there, and only those without one are drawn.
    pub(crate) fn draw_plan(&self, target: Target) -> Result<u64> {
        if self
            .store
            .read(|db| runs::scores::is_group(db, &target.id))?
        {
            self.take_places(target)?;
        }
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
                mix: None,
            };
            Pen::new(&engine).write(db, None, None, Body::PlanDrawn(body))?;
            Ok(tickets)
        })?)
    }

    /// Where the plans of an eval stand, first to last.
    pub fn plans_of(&self, name: &str) -> Result<Vec<PlanStanding>> {
        let eval = self.eval_named(name)?;
        Ok(self.store.read(|db| {
            let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
            let known = plans::of_eval(db, &eval.id)?.into_iter();
            let mixes: HashMap<u32, Option<f64>> =
                known.map(|plan| (plan.number, plan.mix)).collect();
            let walked = walk(db, row, &eval.id)?;
            let mut plans: BTreeMap<u32, PlanStanding> = BTreeMap::new();
            for one in &walked.lines {
                let number = plan_number(one.line.plan_key);
                let plan = plans.entry(number).or_insert_with(|| PlanStanding {
                    number,
                    mix: mixes.get(&number).copied().flatten(),
                    tickets: 0,
                    prefix: 0,
                    waiting: 0,
                    chance: None,
                });
                plan.tickets += 1;
                match walked.chance(one) {
                    Some(chance) => {
                        let (low, high) = plan.chance.unwrap_or((chance, chance));
                        plan.chance = Some((low.min(chance), high.max(chance)));
                        plan.prefix += 1;
                    }
                    None => plan.waiting += u64::from(one.settled),
                }
            }
            Ok(plans.into_values().collect())
        })?)
    }

    /// The chance each ticket had that was reviewed by its plan, as far as the plans are: what a review in an estimate
    /// is weighted by. A ticket outside the prefix of its plan has none.
    pub fn chances(&self, eval: &Eval) -> Result<HashMap<TicketId, f64>> {
        Ok(self.store.read(|db| {
            let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
            let walked = walk(db, row, &eval.id)?;
            let known = walked.lines.iter();
            Ok(known
                .filter_map(|one| Some((one.line.id, walked.chance(one)?)))
                .collect())
        })?)
    }
}

/// Where a plan stands.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanStanding {
    /// 1 for the first plan of the eval.
    pub number: u32,
    /// In a weighted plan, the share of the weight that is the same for all tickets; uniform plans have none.
    pub mix: Option<f64>,
    /// Tickets in it.
    pub tickets: u64,
    /// Tickets reviewed in its order, before the first that is open: the sample. In a run group, before the first open one
    /// of their run.
    pub prefix: u64,
    /// Tickets reviewed behind that one, which count once it is reviewed.
    pub waiting: u64,
    /// The lowest and the highest chance of a ticket to be in the sample.
    pub chance: Option<(f64, f64)>,
}

/// The tickets of an eval in the order of its plans, and how far these have been followed.
struct Walked {
    lines: Vec<Taken>,
    prefixes: Prefixes,
}

/// A ticket with the samples it is in.
struct Taken {
    line: Line,
    samples: Vec<Sample>,
    settled: bool,
}

impl Walked {
    /// The chance a ticket had of being in a sample it is in, the best of them.
    fn chance(&self, one: &Taken) -> Option<f64> {
        let chances = one.samples.iter();
        chances
            .filter_map(|sample| self.prefixes.chance(&one.line, *sample))
            .reduce(f64::max)
    }
}

fn is_settled_line(line: &Line) -> bool {
    match &line.folded {
        Some(folded) => is_settled(line.state, folded),
        None => is_settled(line.state, &crate::domain::fold::Folded::default()),
    }
}

/// The plans of an eval (with its local row) and their tickets.
fn walk(db: &Db, row: i64, eval: &EvalId) -> crate::store::Result<Walked> {
    let mut prefixes = Prefixes::of(db, row, eval)?;
    let mut lines = Vec::new();
    agreement::each(db, row, |line| {
        let settled = is_settled_line(&line);
        lines.push(Taken {
            samples: prefixes.take(&line, settled),
            line,
            settled,
        });
    })?;
    Ok(Walked { lines, prefixes })
}
