//! How far each random order has been followed, and the chance every ticket had of being before that place.
//!
//! Outside run groups a plan is one order: its prefix ends before the first ticket nobody has settled. In a run group
//! the order is one of items, and each run has its own prefix in it: the outputs of that run before its first one that
//! is open. So a candidate that joins later, or a rerun, takes nothing away from what is known of the others, and is
//! itself a sample from its first reviews on.
//!
//! Why that is without bias:
//! - The places are drawn by the items' ids (or by priorities of the items, in a weighted plan). Which items a run has an
//!   output for depends on no place, so the order a run's outputs stand in is a uniform one (or priority sampling) of
//!   them, whenever they came.
//! - Where a run's prefix ends depends on which of its tickets were reviewed, never on what was said of them. With m of
//!   its n outputs before that place each had the chance m/n; in a weighted plan min(1, weight / priority at the end).
//! - An item's outputs share one place. So the output of one run and that of another are both in their samples exactly
//!   if the item is in the shorter prefix: the joint chance is the smaller of the two, not their product.
//! - Across two plans the draws are independent, and the joint chance is the product. Outputs of earlier releases lie in
//!   uniform plans by ticket, where all of a run have one chance and only shares of what is labelled are asked for.
//!
//! An output several runs gave word for word is one ticket, and counts in the sample of each run by that run's prefix.

use std::collections::{BTreeMap, HashMap};

use crate::domain::ids::{EvalId, RunId, TicketId};
use crate::domain::plan::plan_number;
use crate::store::agreement::{self, Line};
use crate::store::{Db, places, runs};

/// The run whose sample is meant; `None` outside run groups.
pub(in crate::engine) type Sample = Option<RunId>;

/// How far one order has been followed.
#[derive(Debug, Default)]
struct Reach {
    /// Tickets in it; 0 while only counted as they come.
    tickets: u64,
    /// Of them, those seen.
    seen: u64,
    /// Tickets before the first open one.
    prefix: u64,
    /// Whether an open one was seen.
    ended: bool,
    /// In a weighted plan, the priority of the first open one.
    cut: Option<f64>,
}

/// Which runs hold which ticket. Nearly every ticket is one run's, and there may be half a million.
#[derive(Debug, Default)]
struct Holders {
    runs: Vec<RunId>,
    /// By local row of the ticket, the place of its first run.
    first: HashMap<i64, usize>,
    /// The places of the others.
    others: HashMap<i64, Vec<usize>>,
}

impl Holders {
    fn add(&mut self, run: RunId, ticket: i64) {
        let known = self.runs.iter().position(|one| *one == run);
        let at = known.unwrap_or_else(|| {
            self.runs.push(run);
            self.runs.len() - 1
        });
        if *self.first.entry(ticket).or_insert(at) != at {
            self.others.entry(ticket).or_default().push(at);
        }
    }

    fn of(&self, ticket: i64) -> Vec<RunId> {
        let others = self.others.get(&ticket).into_iter().flatten();
        let places = self.first.get(&ticket).into_iter().chain(others);
        places.map(|at| self.runs[*at]).collect()
    }
}

/// The prefixes of all orders of an eval.
#[derive(Debug, Default)]
pub(in crate::engine) struct Prefixes {
    /// In a run group, the runs that hold each ticket.
    runs: Option<Holders>,
    reach: BTreeMap<(u32, Sample), Reach>,
    first_open: Option<TicketId>,
}

impl Prefixes {
    /// Those of an eval (with its local row), before any of its tickets is taken. In a group nobody has reviewed anything
    /// of there is nothing to tell runs apart for.
    pub fn of(db: &Db, row: i64, eval: &EvalId) -> crate::store::Result<Self> {
        let mut prefixes = Self::default();
        if !(runs::scores::is_group(db, eval)? && places::is_reviewed(db, row)?) {
            for (number, tickets) in agreement::plans(db, row)? {
                prefixes.reach.entry((number, None)).or_default().tickets = tickets;
            }
            return Ok(prefixes);
        }
        let mut holders = Holders::default();
        places::of_runs(db, eval, |run, ticket, number| {
            holders.add(run, ticket);
            let reach = prefixes.reach.entry((number, Some(run))).or_default();
            reach.tickets += 1;
        })?;
        prefixes.runs = Some(holders);
        Ok(prefixes)
    }

    /// The runs of the group that hold a ticket.
    pub fn runs_of(&self, ticket: i64) -> Vec<RunId> {
        self.runs
            .as_ref()
            .map_or_else(Vec::new, |runs| runs.of(ticket))
    }

    /// The samples a ticket may be in.
    fn samples(&self, ticket: i64) -> Vec<Sample> {
        if self.runs.is_none() {
            return vec![None];
        }
        self.runs_of(ticket).into_iter().map(Some).collect()
    }

    /// Takes the next ticket in the order of the plans; returns the samples it is in.
    pub fn take(&mut self, line: &Line, settled: bool) -> Vec<Sample> {
        let number = plan_number(line.plan_key);
        let mut samples = self.samples(line.row);
        samples.retain(|sample| {
            let reach = self.reach.entry((number, *sample)).or_default();
            reach.seen += 1;
            if !reach.ended && !settled {
                reach.ended = true;
                reach.cut = line.drawn.map(|(_, priority)| priority);
                self.first_open = self.first_open.or(Some(line.id));
            }
            reach.prefix += u64::from(!reach.ended);
            !reach.ended
        });
        samples
    }

    /// Whether a ticket of a plan may still be in a sample.
    pub fn goes_on(&self, number: u32) -> bool {
        let mut reach = self.reach.iter().filter(|((of, _), _)| *of == number);
        reach.any(|(_, reach)| !reach.ended)
    }

    /// The first ticket nobody has settled.
    pub fn first_open(&self) -> Option<TicketId> {
        self.first_open
    }

    /// The chance a ticket had of being in a sample it is in; `None` where what it was drawn with is not complete.
    pub fn chance(&self, line: &Line, sample: Sample) -> Option<f64> {
        let reach = self.reach.get(&(plan_number(line.plan_key), sample))?;
        let tickets = reach.tickets.max(reach.seen).max(1);
        super::chance::of(line.drawn, reach.cut, reach.prefix as f64 / tickets as f64)
    }
}

/// The chance that outputs of two runs to one item are both in their samples, from the chance of each and the plan it
/// stands in.
pub(in crate::engine) fn joint((one, plan): (f64, u32), (two, other): (f64, u32)) -> f64 {
    if plan == other {
        one.min(two)
    } else {
        one * two
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::Identity;

    /// Priorities of items with these weights in one of many worlds.
    fn priorities(world: u64, weights: &[f64]) -> Vec<f64> {
        let place = |at: usize| {
            let hash = Identity::of("world")
                .number(world as i64)
                .number(at as i64)
                .finish();
            let bits = u64::from_le_bytes([
                hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7],
            ]);
            (bits >> 11) as f64 / (1_u64 << 53) as f64
        };
        let all = weights.iter().enumerate();
        all.map(|(at, weight)| weight / (1.0 - place(at))).collect()
    }

    #[test]
    fn a_difference_over_two_prefixes_is_without_bias_by_the_smaller_chance_and_not_by_the_product()
    {
        // Risky items, which come first, are those where the candidates differ.
        let weights: Vec<f64> = (0..40)
            .map(|at| 0.5 + 1.5 * f64::from(at % 4) / 3.0)
            .collect();
        let apart: Vec<f64> = (0..40).map(|at| f64::from(at % 4) / 4.0).collect();
        let truth = apart.iter().sum::<f64>() / 40.0;
        let (further, behind) = (20, 9);
        let worlds = 6_000;
        let (mut smaller, mut product) = (0.0, 0.0);
        for world in 0..worlds {
            let drawn = priorities(world, &weights);
            let mut sorted = drawn.clone();
            sorted.sort_by(|a, b| b.total_cmp(a));
            let (one, two) = (sorted[further], sorted[behind]);
            for at in 0..40 {
                let chance = |cut: f64| (weights[at] / cut).min(1.0);
                if drawn[at] > one && drawn[at] > two {
                    smaller += apart[at] / joint((chance(one), 1), (chance(two), 1)) / 40.0;
                    product += apart[at] / joint((chance(one), 1), (chance(two), 2)) / 40.0;
                }
            }
        }
        let worlds = worlds as f64;
        assert!(
            (smaller / worlds - truth).abs() < 0.01,
            "{}",
            smaller / worlds
        );
        assert!(product / worlds > truth + 0.1, "{}", product / worlds);
    }
}
