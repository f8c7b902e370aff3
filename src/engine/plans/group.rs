//! Outputs of a run group take the places of their items.
//!
//! Tickets come in where a plan would be drawn next, and move from there: beside the other outputs of their item where
//! those stand, else to the item's own random place in the plan that is there. Only where every plan of the group was
//! drawn by weights an item without a place has none to take; it waits for a plan of its own. A kill between two steps
//! leaves tickets that the next call moves.

use std::collections::HashMap;

use super::super::{Engine, Result};
use crate::domain::plan::item_key;
use crate::store::ingest::Target;
use crate::store::places::{self, Arrived, Place};
use crate::store::{Db, plans};

/// Tickets moved in one transaction.
const STEP: usize = 2_000;

/// The plans that are there.
struct Home {
    target: Target,
    /// The seeds of the uniform ones, by number.
    seeds: HashMap<u32, u64>,
    /// Where an item goes that has no place.
    open: u32,
}

impl Home {
    fn read(db: &Db, target: Target) -> crate::store::Result<Self> {
        let known = plans::of_eval(db, &target.id)?;
        let uniform = known.iter().filter(|plan| plan.mix.is_none());
        let mut seeds: HashMap<u32, u64> = uniform.map(|plan| (plan.number, plan.seed)).collect();
        let weighted = known.iter().any(|plan| plan.mix.is_some());
        let open = known
            .last()
            .filter(|_| !weighted)
            .map_or(target.plan, |plan| plan.number);
        seeds.insert(target.plan, target.seed);
        Ok(Self {
            target,
            seeds,
            open,
        })
    }

    fn place(&self, db: &Db, one: &Arrived) -> crate::store::Result<Place> {
        let beside = places::of_item(db, self.target.row, one.item, self.target.plan)?;
        if let Some(place) = beside.filter(|place| place.drawn.is_some()) {
            return Ok(place);
        }
        let plan = beside.map_or(self.open, |place| place.plan);
        let seed = self.seeds.get(&plan).copied().unwrap_or(self.target.seed);
        Ok(Place {
            plan,
            key: item_key(plan, seed, &one.item_id, &one.id),
            drawn: None,
        })
    }
}

impl Engine {
    /// Moves what waits for the target's plan to the places of its items.
    pub(super) fn take_places(&self, target: Target) -> Result<()> {
        let arrived = self.store.read(|db| places::arrived(db, &target))?;
        for chunk in arrived.chunks(STEP) {
            let chunk = chunk.to_vec();
            self.store.write_light(move |db| {
                let home = Home::read(db, target)?;
                let mut moved = Vec::with_capacity(chunk.len());
                for one in &chunk {
                    let place = home.place(db, one)?;
                    if place.key != one.key {
                        moved.push((one.row, place));
                    }
                }
                places::put(db, target.row, &moved)
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
