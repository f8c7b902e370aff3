//! What the Gate screen asks for, by the engine.

use super::super::desk::{Answer, Job};
use crate::domain::view::{GateOrder, GateReply, Progress};
use crate::engine::Engine;
use crate::engine::gate::Watch;

/// Carries an order of the screen out.
pub(super) fn answer(engine: &Engine, order: &GateOrder, job: &Job<'_>) -> Answer<GateReply> {
    let page = match order {
        GateOrder::List => return Ok(GateReply::List(engine.gate_cards()?)),
        GateOrder::Page { group, look } => engine.gate_page(group, *look)?,
        GateOrder::Open { group } => engine.open_gate(group)?,
        GateOrder::Decide(wish) => engine.gate_decision(wish)?,
        GateOrder::Check { group, gate } => {
            let tell = |check: &str, done: usize, all: usize| {
                job.tell(Progress {
                    what: format!("checking {check}"),
                    done: done as u64,
                    total: Some(all as u64),
                    unit: "checks",
                    rate: 0.0,
                });
            };
            let watch = Watch {
                stop: job.cancelled(),
                tell: &tell,
            };
            engine.gate_checks(group, *gate, &watch)?
        }
    };
    Ok(GateReply::Page(Box::new(page)))
}
