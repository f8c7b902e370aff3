//! Half of the blind audit goes to a second reviewer: which tickets these are, for whoever comes next.
//!
//! Such a ticket is done with its first review; nobody is kept waiting for another person. The second seat stays free,
//! and the next other person is given the ticket where it stands in the plan.

use super::Engine;
use crate::domain::eval::{Eval, Mode};
use crate::domain::fold::Folded;
use crate::domain::review::ReviewSource;
use crate::store::tickets::{self, TicketRow};
use crate::store::{Db, Result};

impl Engine {
    /// Audited tickets that another person has reviewed blind and that wait for this one as a second reviewer, at most
    /// `most`.
    pub(super) fn audited(
        &self,
        db: &Db,
        row: i64,
        eval: &Eval,
        most: usize,
        fits: impl Fn(&TicketRow) -> bool,
    ) -> Result<Vec<TicketRow>> {
        let mut found = Vec::new();
        if eval.policy.mode == Mode::Blind || eval.policy.audit_share <= 0.0 {
            return Ok(found);
        }
        let (who, now) = (
            (self.reviewer(), self.owner.as_str()),
            self.clock().now_ms(),
        );
        tickets::reviewed_once(db, row, who, now, |ticket| {
            // Labels that came with an import are a set of their own.
            let is_own = |folded: Folded| {
                let mut reviews = folded.reviews.iter();
                reviews.all(|one| one.first.source != ReviewSource::Import)
            };
            if eval.is_audited_twice(&ticket.id)
                && fits(&ticket)
                && is_own(tickets::folded(db, ticket.row)?)
            {
                found.push(ticket);
            }
            Ok(found.len() < most)
        })?;
        Ok(found)
    }

    /// Tickets of an eval this reviewer could still take, those they are the second reviewer of among them.
    pub(super) fn left(&self, db: &Db, row: i64, eval: &Eval) -> Result<u64> {
        let again = self.audited(db, row, eval, usize::MAX, |_| true)?;
        Ok(tickets::waiting(db, row, &self.reviewer)? + again.len() as u64)
    }
}
