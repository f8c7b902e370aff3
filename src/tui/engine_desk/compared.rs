//! The comparison that was made last, kept as long as nothing it rests on changes: opened again it is there at once.

use std::sync::{Mutex, PoisonError};

use crate::domain::view::GroupPage;
use crate::engine::{Engine, Result};

/// Group, whether everything was asked for, reviewer, state of the workspace.
type Of = (String, bool, String, [i64; 4]);

/// The last comparison.
#[derive(Debug, Default)]
pub(super) struct Compared(Mutex<Option<(Of, GroupPage)>>);

impl Compared {
    /// The page of a group, from memory where it would be the same.
    pub fn page(&self, engine: &Engine, group: &str, full: bool) -> Result<GroupPage> {
        let of = (
            group.to_owned(),
            full,
            engine.reviewer().to_owned(),
            engine.runs_stamp()?,
        );
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, page)) = kept().as_ref().filter(|(known, _)| *known == of) {
            return Ok(page.clone());
        }
        // What is written while it is computed makes the stamp of the next call another one.
        let page = engine.group_page(group, full)?;
        *kept() = Some((of, page.clone()));
        Ok(page)
    }
}
