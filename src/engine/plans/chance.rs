//! The chance one ticket had of being in the sample, without reading its whole plan.

use super::super::agree::counted::is_settled;
use crate::domain::eval::Eval;
use crate::domain::ids::RunId;
use crate::domain::plan::plan_number;
use crate::domain::view::Drawn;
use crate::store::plans::{self, Strand, Unsettled};
use crate::store::tickets::{self, TicketRow};
use crate::store::{Db, Result, places};

/// The chance of a ticket of the prefix: in a weighted plan its weight over the priority of the first one behind it, the
/// cut; in a uniform plan the same for all. `None` where it is not complete: outputs to one item are drawn together, and
/// one of them waits.
pub(super) fn of(drawn: Option<(f64, f64)>, cut: Option<f64>, uniform: f64) -> Option<f64> {
    match (drawn, cut) {
        (Some((_, priority)), Some(cut)) if priority <= cut => None,
        (Some((weight, _)), Some(cut)) => Some((weight / cut).min(1.0)),
        (Some(_), None) => Some(1.0),
        (None, _) => Some(uniform),
    }
}

/// How a ticket was drawn; one that several runs of a group gave, by the best of its chances. Before the own commit it says no more than that it is part of the plan.
pub(in crate::engine) fn drawn(
    db: &Db,
    eval: &Eval,
    ticket: &TicketRow,
    committed: bool,
) -> Result<Drawn> {
    if plans::of_key(db, &eval.id, ticket.plan_key)?.is_none() {
        return Ok(Drawn::Outside);
    }
    if !committed {
        return Ok(Drawn::InPlan);
    }
    let with = plans::drawn_with(db, ticket.row)?;
    let runs = places::runs_of(db, &eval.id, ticket.row)?;
    let mut best = None;
    if runs.is_empty() {
        best = in_sample(db, ticket, None, with)?;
    }
    for run in &runs {
        let chance = in_sample(db, ticket, Some(run), with)?;
        best = best.into_iter().chain(chance).reduce(f64::max);
    }
    let by_risk = with.is_some();
    let sampled = |chance| Drawn::Sampled { chance, by_risk };
    Ok(best.map_or(Drawn::Waiting, sampled))
}

/// The chance of a ticket in the sample of a run, outside run groups in that of its plan; `None` where it is not in it.
fn in_sample(
    db: &Db,
    ticket: &TicketRow,
    run: Option<&RunId>,
    with: Option<(f64, f64)>,
) -> Result<Option<f64>> {
    let strand = Strand {
        eval: ticket.eval,
        plan: plan_number(ticket.plan_key),
        run,
    };
    let gap = first_open(db, strand)?;
    let is_behind = |gap: &Unsettled| (gap.key, gap.row) <= (ticket.plan_key, ticket.row);
    if gap.as_ref().is_some_and(is_behind) {
        return Ok(None);
    }
    let cut = match &gap {
        Some(gap) => plans::drawn_with(db, gap.row)?.map(|(_, priority)| priority),
        None => None,
    };
    let uniform = match &gap {
        Some(gap) if with.is_none() => {
            let (before, all) = plans::before(db, strand, gap.key)?;
            before as f64 / all.max(1) as f64
        }
        _ => 1.0,
    };
    Ok(of(with, cut, uniform))
}

/// The first ticket of a strand that nobody has settled.
fn first_open(db: &Db, strand: Strand<'_>) -> Result<Option<Unsettled>> {
    let mut gap = None;
    plans::unsettled(db, strand, |one| {
        let folded = tickets::folded(db, one.row)?;
        if !is_settled(one.state, &folded) {
            gap = Some(one);
        }
        Ok(gap.is_none())
    })?;
    Ok(gap)
}
