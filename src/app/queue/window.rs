//! The loaded part of a list of any length. Pages are fetched before the cursor needs them, so that moving
//! never waits; rows far from the cursor are let go, so that memory stays flat.

use crate::domain::ids::TicketId;
use crate::domain::view::{Anchor, QueuePage, QueueRow};

/// Rows of one page.
pub const PAGE: u16 = 120;
/// Rows asked for at least when the list is read from one of its ends: what is seen comes first, the rest behind it.
const FIRST: u16 = 40;
/// Rows from the window's end at which the next page is fetched.
const AHEAD: usize = 80;
/// Rows kept in memory.
const KEPT: usize = 600;

/// Which page is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fetch {
    /// The list from its start; the cursor goes to the first row.
    Start,
    /// The list from its end; the cursor goes to the last row.
    End,
    /// More after the window.
    Below,
    /// More before the window.
    Above,
    /// The window's own rows anew.
    Again,
}

/// The loaded rows with the cursor.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Window {
    /// In list order.
    pub rows: Vec<QueueRow>,
    /// Whether rows stand before the first.
    pub more_before: bool,
    /// Whether rows stand after the last.
    pub more_after: bool,
    /// Index of the row under the cursor.
    pub cursor: usize,
    /// Index of the first row shown.
    pub top: usize,
    /// Rows that fit on the screen.
    pub height: usize,
    /// Whether a first page came.
    pub loaded: bool,
}

impl Window {
    /// The row under the cursor.
    pub fn current(&self) -> Option<&QueueRow> {
        self.rows.get(self.cursor)
    }

    /// The rows on the screen.
    pub fn visible(&self) -> &[QueueRow] {
        let end = (self.top + self.height).min(self.rows.len());
        self.rows.get(self.top..end).unwrap_or_default()
    }

    /// Moves the cursor; stops at the ends of what is loaded.
    pub fn step(&mut self, by: isize) {
        let last = self.rows.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
        self.follow();
    }

    /// Gives the list its height.
    pub fn resize(&mut self, height: u16) {
        self.height = usize::from(height);
        self.follow();
    }

    /// Puts the cursor on a row of the screen; whether there is one.
    pub fn click(&mut self, row: usize) -> bool {
        let at = self.top + row;
        if row < self.height && at < self.rows.len() {
            self.cursor = at;
            return true;
        }
        false
    }

    fn follow(&mut self) {
        let height = self.height.max(1);
        if self.cursor < self.top {
            self.top = self.cursor;
        } else if self.cursor >= self.top + height {
            self.top = self.cursor + 1 - height;
        }
        self.top = self.top.min(self.rows.len().saturating_sub(height));
    }

    /// The page that should be fetched now, if one should.
    pub fn wanted(&self) -> Option<Fetch> {
        if !self.loaded {
            return None;
        }
        let margin = AHEAD.max(2 * self.height);
        if self.more_after && self.cursor + margin >= self.rows.len() {
            Some(Fetch::Below)
        } else if self.more_before && self.cursor < margin {
            Some(Fetch::Above)
        } else {
            None
        }
    }

    /// From where a page is fetched.
    pub fn anchor(&self, fetch: Fetch) -> Anchor {
        match (fetch, self.rows.first(), self.rows.last()) {
            (Fetch::End, ..) => Anchor::End,
            (Fetch::Below, _, Some(last)) => Anchor::After(last.key),
            (Fetch::Above, Some(first), _) => Anchor::Before(first.key),
            (Fetch::Again, Some(first), _) if self.more_before => Anchor::At(first.key),
            _ => Anchor::Start,
        }
    }

    /// Rows to ask for.
    pub fn limit(&self, fetch: Fetch) -> u16 {
        let screens = |n: usize| (n * self.height).min(usize::from(u16::MAX)) as u16;
        let page = PAGE.max(screens(2));
        match fetch {
            Fetch::Start | Fetch::End => FIRST.max(screens(1)),
            Fetch::Again => page.max(self.rows.len().min(KEPT) as u16),
            _ => page,
        }
    }

    /// Takes a page.
    pub fn take(&mut self, fetch: Fetch, page: QueuePage) {
        let here = self.current().map(|row| row.ticket);
        match fetch {
            Fetch::Start => self.replace(page, 0),
            Fetch::End => {
                let last = page.rows.len().saturating_sub(1);
                self.replace(page, last);
            }
            Fetch::Below => {
                self.rows.extend(page.rows);
                self.more_after = page.more_after;
                self.let_go_above();
            }
            Fetch::Above => {
                let count = page.rows.len();
                self.rows.splice(0..0, page.rows);
                self.more_before = page.more_before;
                self.cursor += count;
                self.top += count;
                self.let_go_below();
            }
            Fetch::Again => {
                let cursor = self.cursor;
                self.replace(page, cursor);
                self.find(here);
            }
        }
        self.loaded = true;
        self.follow();
    }

    fn replace(&mut self, page: QueuePage, cursor: usize) {
        self.rows = page.rows;
        self.more_before = page.more_before;
        self.more_after = page.more_after;
        self.cursor = cursor.min(self.rows.len().saturating_sub(1));
    }

    fn let_go_above(&mut self) {
        let extra = self.rows.len().saturating_sub(KEPT).min(self.top);
        if extra > 0 {
            self.rows.drain(..extra);
            self.cursor -= extra.min(self.cursor);
            self.top -= extra;
            self.more_before = true;
        }
    }

    fn let_go_below(&mut self) {
        if self.rows.len() > KEPT {
            let keep = KEPT.max(self.cursor + self.height + 1);
            if keep < self.rows.len() {
                self.rows.truncate(keep);
                self.more_after = true;
            }
        }
    }

    /// Puts the cursor on a ticket, if it is loaded.
    pub fn find(&mut self, ticket: Option<TicketId>) {
        if let Some(at) = ticket.and_then(|t| self.rows.iter().position(|row| row.ticket == t)) {
            self.cursor = at;
        }
        self.follow();
    }
}
