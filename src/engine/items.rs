//! Listing what is there: items and tickets, for programs and people at a prompt.

use super::queue::QueueError;
use super::{Engine, Result};
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::{Anchor, Order, QueueQuery, QueueRow, TicketDoc};
use crate::store::datasets::{self, Ranges};
use crate::store::listing;

pub use crate::store::listing::ItemLine;

/// Rows fetched at a time.
const PAGE: u16 = 500;

/// What a filter over items found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passing {
    /// Items that pass.
    pub items: u64,
    /// Items a blind eval hides whatever the filter says.
    pub hidden: u64,
}

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

    /// Visits the items a filter over everything imported passes, or those of a dataset, or both at once, in arrival
    /// order, until `visit` answers `false`.
    pub fn each_item(
        &self,
        filter: Option<&str>,
        dataset: Option<&str>,
        mut visit: impl FnMut(ItemLine) -> bool,
    ) -> Result<Passing> {
        let set = dataset.map(|name| self.dataset_named(name)).transpose()?;
        let (passing, hidden) = match filter {
            Some(filter) => self.items_passing(filter)?,
            None => self.items_passing("")?,
        };
        let rows = match set {
            Some(set) => self
                .store()
                .read(|db| Ok(passing.within(&datasets::current(db, &set.id)?)))?,
            None => passing,
        };
        let rows: Vec<i64> = rows.rows().collect();
        let passing = Passing {
            items: rows.len() as u64,
            hidden,
        };
        for page in rows.chunks(usize::from(PAGE)) {
            let page = Ranges::of_rows(page.iter().copied());
            for line in self.store().read(|db| listing::items_in(db, &page))? {
                if !visit(line) {
                    return Ok(passing);
                }
            }
        }
        Ok(passing)
    }

    /// How many items there are.
    pub fn item_count(&self) -> Result<u64> {
        Ok(self.store().read(listing::item_count)?)
    }

    /// Items in arrival order, from after the local row `after`.
    pub fn items(&self, after: i64, limit: u32) -> Result<Vec<ItemLine>> {
        Ok(self.store().read(|db| listing::items(db, after, limit))?)
    }
}
