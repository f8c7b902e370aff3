//! The queue: a window of loaded rows over a list of any length, marks, order, filter.

pub mod update;
mod window;

use std::collections::BTreeSet;

use crate::domain::eval::Mode;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::{Order, QueueCounts, QueueRow};

use super::action::Action;
use super::empty::Empty;

pub use window::{Fetch, Window};

/// The most tickets one bulk action may touch.
pub const MARK_LIMIT: u32 = 10_000;

/// The tickets of one eval.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueState {
    /// Which eval.
    pub eval: EvalId,
    /// Its name.
    pub name: String,
    /// Blind or assisted.
    pub mode: Mode,
    /// Whether its tickets compare outputs: judges give them no score.
    pub compares: bool,
    /// The order of the list.
    pub order: Order,
    /// The filter in force.
    pub filter: String,
    /// The loaded rows.
    pub window: Window,
    /// Tickets marked for a bulk action.
    pub marks: BTreeSet<TicketId>,
    /// Numbers above the list.
    pub counts: Option<QueueCounts>,
}

impl QueueState {
    /// The queue of an eval, nothing loaded yet.
    pub fn new(eval: EvalId, name: &str, mode: Mode) -> Self {
        Self {
            eval,
            name: name.to_owned(),
            mode,
            compares: false,
            order: Order::default(),
            filter: String::new(),
            window: Window::default(),
            marks: BTreeSet::new(),
            counts: None,
        }
    }

    /// The row under the cursor.
    pub fn current(&self) -> Option<&QueueRow> {
        self.window.current()
    }

    /// What an action is about: the marked tickets, else the one under the cursor.
    pub fn targets(&self) -> Vec<TicketId> {
        if self.marks.is_empty() {
            self.current().map(|row| row.ticket).into_iter().collect()
        } else {
            self.marks.iter().copied().collect()
        }
    }

    /// What the list says when it has no row.
    pub fn empty(&self) -> Option<Empty> {
        if !self.window.rows.is_empty() {
            return None;
        }
        if !self.window.loaded {
            return Some(Empty::waiting("Loading the tickets.", "A moment."));
        }
        Some(if self.filter.is_empty() {
            Empty::offering(
                "This eval has no tickets.",
                "Importing outputs fills it.",
                "Back to the evals",
                Action::Back,
            )
        } else {
            Empty::offering(
                &format!("No ticket matches `{}`.", self.filter),
                "Another filter, or none, shows more.",
                "Change the filter",
                Action::Filter,
            )
        })
    }
}

#[cfg(test)]
mod tests;
