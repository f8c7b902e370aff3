//! The comparison that was made last, with its rows, as long as nothing it rests on changes: opened again it is there
//! at once. What outlives this process is kept by the engine, without rows.

use std::sync::{Mutex, PoisonError};

use crate::domain::view::GroupPage;
use crate::engine::{Engine, Result};

/// Group, whether everything was asked for, the state of what it rests on.
type Of = (String, bool, [u8; 16]);

/// The last comparison.
#[derive(Debug, Default)]
pub(super) struct Compared(Mutex<Option<(Of, GroupPage)>>);

impl Compared {
    /// The page of a group, from memory where it would be the same.
    pub fn page(&self, engine: &Engine, group: &str, full: bool) -> Result<GroupPage> {
        if let Some(closed) = engine.closed_page(group)? {
            return Ok(closed);
        }
        let of = (group.to_owned(), full, engine.comparison_mark(group)?);
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, page)) = kept().as_ref().filter(|(known, _)| *known == of) {
            return Ok(page.clone());
        }
        // What is written while it is computed makes the mark of the next call another one.
        let page = engine.group_page(group, full)?;
        if matches!(page, GroupPage::Open(_)) {
            *kept() = Some((of, page.clone()));
        }
        Ok(page)
    }
}
