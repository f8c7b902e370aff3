//! Comparisons that were finished are kept in the workspace: whoever opens one again need not wait.
//!
//! Each is kept with a mark of everything it rests on: scores, outputs, reviews, plans, policy, what was exported, and
//! this program's version. While the mark is the same, so is the comparison; a kept one with another mark is shown, and
//! said to be older. Keeping is a convenience: where it fails, in a file nobody may write, nothing else does.

use super::super::{Engine, Result};
use super::CompareOptions;
use crate::domain::ids::Identity;
use crate::domain::run::RunGroup;
use crate::domain::view::compare::Comparison;
use crate::store::runs::kept::{self, Kept, Mark, Which};

/// Raise it where the same scores come to other words or numbers than before.
const FORMAT: i64 = 6;

/// A comparison that was kept.
#[derive(Debug, Clone, PartialEq)]
pub struct KeptComparison {
    /// The comparison.
    pub comparison: Comparison,
    /// When it was finished, in milliseconds.
    pub made_ms: i64,
    /// Whether nothing it rests on has changed since.
    pub current: bool,
    /// What it rests on.
    pub(super) mark: Mark,
}

impl Engine {
    /// Names the state of everything that comparisons of a group rest on.
    pub fn comparison_mark(&self, group: &str) -> Result<[u8; 16]> {
        let group = self.group_named(group)?;
        self.mark_of(&group)
    }

    fn mark_of(&self, group: &RunGroup) -> Result<Mark> {
        let state = self.store().read(|db| kept::mark(db, group))?;
        Ok(Identity::of("comparison")
            .number(FORMAT)
            .part(env!("CARGO_PKG_VERSION").as_bytes())
            .part(&state)
            .finish())
    }

    /// The comparison of a group as it was finished last, by this program in any process. One that cannot be read is
    /// none.
    pub fn kept_comparison(
        &self,
        group: &str,
        options: &CompareOptions,
    ) -> Result<Option<KeptComparison>> {
        let group = self.group_named(group)?;
        let which = which(&group, options);
        let Some(kept) = self.store().read(|db| kept::get(db, &which))? else {
            return Ok(None);
        };
        let mark = self.mark_of(&group)?;
        let Some(mut comparison) = read(&kept.body, &group) else {
            return Ok(None);
        };
        self.count_preferences(&group, options, &mut comparison)?;
        Ok(Some(KeptComparison {
            comparison,
            made_ms: kept.made_ms,
            current: kept.mark == mark,
            mark: kept.mark,
        }))
    }

    /// Keeps a comparison, unless something was written since the mark was taken: then it would be of two states.
    pub(super) fn keep_comparison(
        &self,
        group: &RunGroup,
        options: &CompareOptions,
        comparison: &Comparison,
        before: Mark,
    ) {
        let keep = || -> Result<()> {
            let body = serde_json::to_string(comparison).unwrap_or_default();
            // What does not come back as it was, such as a number no JSON can hold, is not kept.
            if self.mark_of(group)? != before || read(&body, group).as_ref() != Some(comparison) {
                return Ok(());
            }
            let which = which(group, options);
            let kept = Kept {
                mark: before,
                made_ms: self.clock().now_ms(),
                body,
            };
            Ok(self
                .store()
                .write_light(move |db| kept::put(db, &which, &kept))?)
        };
        if let Err(why) = keep() {
            tracing::debug!(%why, "the comparison was not kept");
        }
    }
}

fn which(group: &RunGroup, options: &CompareOptions) -> Which {
    Which {
        group: group.id,
        baseline: options.baseline.clone().unwrap_or_default(),
        full: options.full,
    }
}

fn read(body: &str, group: &RunGroup) -> Option<Comparison> {
    let comparison: Comparison = serde_json::from_str(body).ok()?;
    Some(Comparison {
        tickets_in: group.tickets,
        ..comparison
    })
}

#[cfg(test)]
mod tests;
