//! Near-duplicates join clusters: the part of the index job that looks at requests.
//!
//! Two items are near-duplicates where the shingles of their own texts (no system prompt, no tool schemas) that are
//! no boilerplate have a Jaccard similarity of at least 0.8; what joins is one cluster for every split, interval and
//! held-out rule. The job signs each item, then holds new ones against all, in steps that may be stopped between any
//! two. Its memory does not grow with the workspace, and an import never waits for it: whoever needs clusters to be
//! complete calls [`Engine::settle_clusters`]. Paraphrases are not found.

mod look;
mod pair;
mod runs;
#[cfg(test)]
mod tests;

pub(in crate::engine) use runs::between as shared_runs;
pub use runs::{SharedRun, SharedRuns};

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::{Engine, Result};
use crate::stats::overlap::{Boilerplate, RUN};
use crate::store::near::{self, State};

/// How long one step holds the write lock, about.
const STEP: Duration = Duration::from_millis(30);
/// Items signed in a first step.
const FIRST: u32 = 64;
/// Items whose texts tell what is boilerplate: 1 % of so many are the 20 that are boilerplate in few.
const SAMPLE: u32 = 2_000;

impl Engine {
    /// How much of the work on near-duplicates is done, and how much there is: two looks an item.
    pub fn near_coverage(&self) -> Result<(u64, u64)> {
        Ok(self.store().read(near::coverage)?)
    }

    /// Finishes the work on near-duplicates, so that every item counts in the cluster it belongs to.
    pub fn settle_clusters(&self) -> Result<()> {
        self.near_all(&AtomicBool::new(false), |_, _| {})
    }

    /// The same, told of and stoppable; what is left is done by the next call.
    pub fn near_all(&self, cancel: &AtomicBool, mut seen: impl FnMut(u64, u64)) -> Result<()> {
        let mut limit = FIRST;
        while !cancel.load(Ordering::Relaxed) {
            let started = Instant::now();
            if !self.near_step(limit)? {
                break;
            }
            let (done, total) = self.near_coverage()?;
            seen(done, total);
            let took = started.elapsed();
            if took < STEP / 2 {
                limit = (limit * 2).min(4_096);
            } else if took > STEP * 2 {
                limit = (limit / 2).max(16);
            }
        }
        Ok(())
    }

    /// One step, of `limit` items where items are signed. `false` if there was nothing left to do.
    pub(super) fn near_step(&self, limit: u32) -> Result<bool> {
        let (mut state, last) = self
            .store()
            .read(|db| Ok((near::state(db)?, near::last_item(db)?)))?;
        if state.signed < last {
            if state.signed == state.paired {
                state = self.look_at_boilerplate(state, last)?;
            }
            return self.put_signatures(&state, limit);
        } else if state.paired < state.signed {
            self.pair(&state)?;
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Before new items are signed: begins anew where a template has come up that signatures do not leave out yet.
    fn look_at_boilerplate(&self, state: State, last: i64) -> Result<State> {
        let found = self.store().read(look::boilerplate)?;
        let unknown = found
            .iter()
            .filter(|hash| state.common.binary_search(hash).is_err())
            .count();
        // In a large workspace the sample wavers a little; in a small one it is everything.
        let changed = if last <= i64::from(SAMPLE) {
            found != state.common
        } else {
            unknown > RUN + found.len() / 10
        };
        if !changed {
            return Ok(state);
        }
        let number = state.number;
        Ok(self.store().write_light(move |db| {
            if near::state(db)?.number == number {
                near::begin(db, &found)?;
            }
            near::state(db)
        })?)
    }

    /// `false` if no item could be read, which would never end.
    fn put_signatures(&self, state: &State, limit: u32) -> Result<bool> {
        let common = Boilerplate::known(state.common.iter().copied());
        let mut signed = Vec::with_capacity(limit as usize);
        self.store().read(|db| {
            near::texts(db, state.signed, limit, |item| {
                signed.push(look::signed(item, &common));
            })
        })?;
        let (number, after, some) = (state.number, state.signed, !signed.is_empty());
        self.store()
            .write_light(move |db| near::put(db, number, after, &signed))?;
        Ok(some)
    }
}
