//! Drawing a plan in which risky tickets come first more often, over the tickets that are left.
//!
//! Half of a ticket's weight (the mix) is the same for all, so no ticket is without a chance; the order is frozen when
//! it is drawn, and the chance of every ticket is known wherever the reviewer stops. What was reviewed in the order of
//! the plans before stays in them, as strata of their own.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::{Engine, EngineError, Pen, Result};
use super::ground::{Ground, Left, look};
use crate::domain::eval::Eval;
use crate::domain::event::{Body, PlanDrawn};
use crate::domain::ids::{ItemId, TicketId};
use crate::domain::plan::{plan_seed, weighted_plan_id};
use crate::stats::priority::{LEAST_MIX, Plan, weights};
use crate::stats::risk::{COMPONENTS, DEFAULT_WEIGHTS, FEWEST_FOR_FIT, fit_weights};
use crate::store::ingest::Target;
use crate::store::plans::{self, Drawn};
use crate::store::{catalog, rubrics, runs};

/// What to draw.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskOrder {
    /// Name of the eval.
    pub eval: String,
    /// Share of the weight that is the same for all tickets, 0.3 to 1; 1 is a uniform plan.
    pub mix: f64,
    /// Only says what would come of it.
    pub dry: bool,
}

/// What was drawn, or would be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RiskPlan {
    /// Name of the eval.
    pub eval: String,
    /// Number of the plan.
    pub number: u32,
    /// Tickets in it.
    pub tickets: u64,
    /// Tickets that stay in the plans before, as the samples they are.
    pub kept: u64,
    /// Of those in it, tickets a judge has scored.
    pub judged: u64,
    /// Share of the weight that is the same for all.
    pub mix: f64,
    /// Reviews by plan that the weights were fitted on; 0 where they are the usual ones.
    pub fitted_on: u64,
}

impl Engine {
    /// Draws a weighted plan over the tickets of an eval that are not in the sample of a plan yet.
    pub fn draw_by_risk(&self, order: &RiskOrder) -> Result<RiskPlan> {
        if !(LEAST_MIX..=1.0).contains(&order.mix) {
            return Err(EngineError::refused(
                format!("`{}` is no mix: it is from {LEAST_MIX} to 1", order.mix),
                "below 0.3 risky tickets crowd out the others and intervals come out too narrow; the usual is `--mix 0.5`",
            ));
        }
        let eval = self.eval_named(&order.eval)?;
        let (ground, grouped) = self.store.read(|db| {
            let row = catalog::eval(db, &eval.id)?.map_or(0, |(row, _)| row);
            let rubric = rubrics::get(db, &eval.rubric)?;
            let grouped = runs::group_of(db, &eval.id)?.is_some();
            Ok((look(db, row, &eval, &rubric)?, grouped))
        })?;
        if ground.left.len() < 2 {
            return Err(EngineError::refused(
                format!(
                    "every ticket of `{}` is in the sample already, so there is nothing to order",
                    eval.name
                ),
                format!("`docket eval grow {}` brings new ones", eval.name),
            ));
        }
        let target = self.target(&eval)?;
        let fitted = fit_weights(&ground.learned.0, &ground.learned.1);
        let drawn = draw(&ground, grouped, order.mix, (&eval, &target), fitted)?;
        let plan = RiskPlan {
            eval: eval.name.clone(),
            number: target.plan,
            tickets: ground.left.len() as u64,
            kept: ground.kept,
            judged: ground.judged,
            mix: order.mix,
            fitted_on: fitted.map_or(0, |_| ground.learned.1.len() as u64),
        };
        if !order.dry {
            self.keep_weighted(target, order.mix, drawn)?;
        }
        Ok(plan)
    }

    fn keep_weighted(&self, target: Target, mix: f64, drawn: Vec<(TicketId, Drawn)>) -> Result<()> {
        let engine = self.clone();
        Ok(self.store.write(move |db| {
            let weighted: Vec<(TicketId, f64)> =
                drawn.iter().map(|(id, one)| (*id, one.weight)).collect();
            let plan = weighted_plan_id(&target.id, target.plan, target.seed, &weighted);
            let rows: Vec<Drawn> = drawn.into_iter().map(|(_, one)| one).collect();
            if !plans::put_weighted(db, &plan, &target, mix, &rows)? {
                return Ok(());
            }
            let body = PlanDrawn {
                plan,
                eval: target.id,
                number: target.plan,
                seed: target.seed,
                tickets: rows.len() as u64,
                mix: Some(mix),
            };
            Pen::new(&engine)
                .write(db, None, None, Body::PlanDrawn(body))
                .map(|_| ())
        })?)
    }
}

/// What is drawn as one: a ticket, or in a run group all outputs to one item.
struct Unit<'a> {
    name: String,
    risk: f64,
    tickets: Vec<&'a Left>,
}

fn units<'g>(left: &'g [Left], grouped: bool, weights: &[f64; COMPONENTS]) -> Vec<Unit<'g>> {
    if !grouped {
        let alone = |one: &'g Left| Unit {
            name: one.id.to_string(),
            risk: one.risk.score(weights),
            tickets: vec![one],
        };
        return left.iter().map(alone).collect();
    }
    let mut items: BTreeMap<ItemId, Unit<'g>> = BTreeMap::new();
    for one in left {
        let unit = items.entry(one.item).or_insert_with(|| Unit {
            name: one.item.to_string(),
            risk: 0.0,
            tickets: Vec::new(),
        });
        unit.risk = unit.risk.max(one.risk.score(weights));
        unit.tickets.push(one);
    }
    items.into_values().collect()
}

/// The tickets in review order, each with what it was drawn with.
fn draw(
    ground: &Ground,
    grouped: bool,
    mix: f64,
    (eval, target): (&Eval, &Target),
    fitted: Option<[f64; COMPONENTS]>,
) -> Result<Vec<(TicketId, Drawn)>> {
    debug_assert!(fitted.is_none() || ground.learned.1.len() >= FEWEST_FOR_FIT);
    let units = units(&ground.left, grouped, &fitted.unwrap_or(DEFAULT_WEIGHTS));
    let risks: Vec<f64> = units.iter().map(|unit| unit.risk).collect();
    let names: Vec<&str> = units.iter().map(|unit| unit.name.as_str()).collect();
    let seed = plan_seed(eval.seed, target.plan).to_string();
    let weighted = weights(&risks, mix);
    let plan = weighted
        .clone()
        .and_then(|weights| Plan::draw(&seed, &names, weights));
    let (Some(weights), Some(plan)) = (weighted, plan) else {
        return Err(EngineError::refused(
            format!("no plan can be drawn over the tickets of `{}`", eval.name),
            "their risks are not numbers; `docket doctor` looks at the file",
        ));
    };
    let mut drawn = Vec::with_capacity(ground.left.len());
    for at in plan.order() {
        let mut tickets = units[*at].tickets.clone();
        tickets.sort_by_key(|one| one.id);
        for one in tickets {
            drawn.push((
                one.id,
                Drawn {
                    ticket: one.row,
                    weight: weights[*at],
                    priority: plan.priorities()[*at],
                },
            ));
        }
    }
    Ok(drawn)
}
