//! Review plans: which tickets an import adds to, freezing their order, and where each plan stands.

pub(super) mod chance;
mod ground;
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
use crate::domain::ids::TicketId;
use crate::domain::plan::{plan_id, plan_seed};
use crate::store::agreement::{self, Line};
use crate::store::ingest::Target;
use crate::store::{Db, StoreError, catalog, plans};

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
            let placed = places(db, row)?;
            let standing = |(number, plan): (u32, Placed)| {
                let chances = plan.chances();
                let low = chances.iter().map(|(_, one)| *one).reduce(f64::min);
                let high = chances.iter().map(|(_, one)| *one).reduce(f64::max);
                PlanStanding {
                    number,
                    mix: mixes.get(&number).copied().flatten(),
                    tickets: plan.lines.len() as u64,
                    prefix: chances.len() as u64,
                    waiting: plan.waiting() as u64,
                    chance: low.zip(high),
                }
            };
            Ok(placed.into_iter().map(standing).collect())
        })?)
    }

    /// The chance each ticket had that was reviewed by its plan, as far as the plans are: what a review in an estimate
    /// is weighted by. A ticket outside the prefix of its plan has none.
    pub fn chances(&self, eval: &Eval) -> Result<HashMap<TicketId, f64>> {
        Ok(self.store.read(|db| {
            let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
            let placed = places(db, row)?;
            Ok(placed.values().flat_map(Placed::chances).collect())
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
    /// Tickets reviewed in its order, before the first that is open: the sample.
    pub prefix: u64,
    /// Tickets reviewed behind that one, which count once it is reviewed.
    pub waiting: u64,
    /// The lowest and the highest chance of a ticket to be in the sample.
    pub chance: Option<(f64, f64)>,
}

/// The tickets of a plan, in its order.
#[derive(Default)]
struct Placed {
    lines: Vec<Line>,
}

impl Placed {
    /// How many tickets stand before the first that is open.
    fn prefix(&self) -> usize {
        let settled = |line: &&Line| is_settled_line(line);
        self.lines.iter().take_while(settled).count()
    }

    fn waiting(&self) -> usize {
        let behind = self.lines.iter().skip(self.prefix());
        behind.filter(|line| is_settled_line(line)).count()
    }

    /// The chance of each ticket of the prefix.
    fn chances(&self) -> Vec<(TicketId, f64)> {
        let prefix = self.prefix();
        let cut = self.lines.get(prefix).and_then(|line| line.drawn);
        let cut = cut.map(|(_, priority)| priority);
        let uniform = prefix as f64 / self.lines.len().max(1) as f64;
        let before = self.lines.iter().take(prefix);
        before
            .filter_map(|line| Some((line.id, chance::of(line.drawn, cut, uniform)?)))
            .collect()
    }
}

fn is_settled_line(line: &Line) -> bool {
    match &line.folded {
        Some(folded) => is_settled(line.state, folded),
        None => is_settled(line.state, &crate::domain::fold::Folded::default()),
    }
}

/// The plans of an eval (by local row) with their tickets.
fn places(db: &Db, row: i64) -> crate::store::Result<BTreeMap<u32, Placed>> {
    let mut plans: BTreeMap<u32, Placed> = BTreeMap::new();
    agreement::each(db, row, |line| {
        let number = crate::domain::plan::plan_number(line.plan_key);
        plans.entry(number).or_default().lines.push(line);
    })?;
    Ok(plans)
}
