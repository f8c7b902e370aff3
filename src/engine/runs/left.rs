//! What is left once a candidate's items are asked: another process may have given some back.

use std::sync::PoisonError;

use super::super::Result;
use super::feed::Had;
use super::keep::{place, seat};
use super::offer::missing;
use super::work::Work;
use crate::store::leases;

impl Work<'_> {
    /// What another process held and gave back unread, and this one has not had yet.
    pub(super) fn left_free(&self, had: &Had) -> Result<Vec<(i64, usize)>> {
        let had = had.lock().unwrap_or_else(PoisonError::into_inner);
        let engine = self.engine;
        Ok(engine.store().read(|db| {
            let now = engine.clock().now_ms();
            let mut held = Vec::with_capacity(self.planned.runs.len());
            for run in &self.planned.runs {
                held.push(leases::held_tickets(
                    db,
                    &seat(&run.id),
                    &engine.owner,
                    now,
                )?);
            }
            let mut left = missing(db, &self.plan.found, self.planned, self.order.again)?;
            left.retain(|one| !had.contains(one) && !held[one.1].contains(&place(one.0)));
            Ok(left)
        })?)
    }
}
