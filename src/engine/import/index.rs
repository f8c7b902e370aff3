//! Filling the search index and finding near-duplicates, in steps that leave room for others and may be stopped
//! between any two.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::super::{Engine, Result};
use crate::store::search::Reading;
use crate::store::{dialect, search};
use crate::text::language::language;
use crate::text::search_terms::index_text;

/// How texts are read for the index.
pub(in super::super) const READING: Reading = Reading {
    fold: index_text,
    language,
};

/// How long one step holds the write lock, about.
const STEP: Duration = Duration::from_millis(30);

/// Outputs in a first step.
const FIRST: u32 = 64;

impl Engine {
    /// Outputs in the search index, and in all.
    pub fn search_coverage(&self) -> Result<(u64, u64)> {
        let coverage = self.store().read(search::coverage)?;
        Ok((coverage.indexed, coverage.total))
    }

    /// Adds up to `limit` outputs to the search index; returns how many.
    fn index_some(&self, limit: u32) -> Result<u32> {
        Ok(self
            .store()
            .write_light(move |db| search::step(db, limit, READING))?)
    }

    /// Fills the search index and looks for near-duplicates until both are complete or `cancel` is set; all of it is
    /// safe to stop at any point, and what is left is done by the next call. `seen` gets texts done and texts in all:
    /// each output once, each request twice.
    pub fn index_all(&self, cancel: &AtomicBool, mut seen: impl FnMut(u64, u64)) -> Result<()> {
        let ((_, outputs), (_, looks)) = (self.search_coverage()?, self.near_coverage()?);
        self.fill_search(cancel, |done, total| seen(done, total + looks))?;
        self.near_all(cancel, |done, total| seen(outputs + done, outputs + total))?;
        Ok(self.store().on_writer(dialect::checkpoint_passive)?)
    }

    /// Fills the search index alone.
    pub fn fill_search(&self, cancel: &AtomicBool, mut seen: impl FnMut(u64, u64)) -> Result<()> {
        let (mut done, total) = self.search_coverage()?;
        if done >= total {
            return Ok(());
        }
        self.store().write_light(search::prepare)?;
        let mut limit = FIRST;
        while !cancel.load(Ordering::Relaxed) {
            let started = Instant::now();
            let added = self.index_some(limit)?;
            if added == 0 {
                break;
            }
            done += u64::from(added);
            seen(done, total);
            let took = started.elapsed();
            limit = if took < STEP / 2 {
                (limit * 2).min(4_096)
            } else if took > STEP * 2 {
                (limit / 2).max(16)
            } else {
                limit
            };
        }
        Ok(())
    }
}
