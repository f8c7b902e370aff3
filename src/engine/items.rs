//! Listing what is there: items and tickets, for programs and people at a prompt.

use super::queue::QueueError;
use super::{Engine, Result};
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::{Anchor, Order, QueueQuery, QueueRow, TicketDoc};
use crate::store::listing;

pub use crate::store::listing::ItemLine;

/// Rows fetched at a time.
const PAGE: u16 = 500;

impl Engine {
    /// Visits the tickets of an eval that a filter shows, in an order, until `visit` answers `false`.
    pub fn each_ticket(
        &self,
        eval: EvalId,
        filter: &str,
        order: Order,
        mut visit: impl FnMut(QueueRow) -> bool,
    ) -> std::result::Result<(), QueueError> {
        let mut query = QueueQuery {
            eval,
            order,
            filter: filter.to_owned(),
            anchor: Anchor::Start,
            limit: PAGE,
        };
        loop {
            let page = self.page(&query, false)?;
            let Some(last) = page.rows.last().map(|row| row.key) else {
                return Ok(());
            };
            for row in page.rows {
                if !visit(row) {
                    return Ok(());
                }
            }
            if !page.more_after {
                return Ok(());
            }
            query.anchor = Anchor::After(last);
        }
    }

    /// A ticket as it may be seen by this reviewer, without a seat.
    pub fn ticket(&self, id: TicketId) -> Result<TicketDoc> {
        self.open_ticket(id, false)
    }

    /// Items in arrival order, from after the local row `after`.
    pub fn items(&self, after: i64, limit: u32) -> Result<Vec<ItemLine>> {
        Ok(self.store().read(|db| listing::items(db, after, limit))?)
    }
}
