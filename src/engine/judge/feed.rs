//! The thread that claims tickets, as many as are wanted next.

use std::sync::Arc;
use std::sync::mpsc::Sender;

use super::running::Told;
use super::unit::Next;
use super::work::{Claims, Work};
use crate::provider::Cancel;

/// Tickets of the first claim: few, so that the first call is under way soon.
const FIRST: usize = 8;

/// Claims tickets as they are wanted.
pub(super) struct Feeder {
    pub claims: Arc<Claims>,
    pub rows: Vec<i64>,
    pub told: Sender<Told>,
    pub work: tokio::sync::mpsc::Sender<Vec<Next>>,
    pub batch: usize,
    pub cancel: Cancel,
}

impl Feeder {
    pub fn run(self) {
        let (first, rest) = self
            .rows
            .split_at(self.batch.min(FIRST).min(self.rows.len()));
        for rows in std::iter::once(first).chain(rest.chunks(self.batch)) {
            if self.cancel.is_cancelled() {
                return;
            }
            match self.claims.claim(rows) {
                Ok(works) => {
                    if !self.hand_on(works) {
                        return;
                    }
                }
                Err(error) => {
                    let _ = self.told.send(Told::Broken(error));
                    return;
                }
            }
        }
    }

    /// `false` once nobody takes work any more.
    fn hand_on(&self, works: Vec<Work>) -> bool {
        let mut calls = Vec::with_capacity(works.len());
        for mut work in works {
            let units = std::mem::take(&mut work.units);
            let count = units.len();
            let work = Arc::new(work);
            if self
                .told
                .send(Told::Claimed(Arc::clone(&work), count))
                .is_err()
            {
                return false;
            }
            calls.extend(units.into_iter().map(|unit| (Arc::clone(&work), unit)));
        }
        calls.is_empty() || self.work.blocking_send(calls).is_ok()
    }
}

/// Without a model there is nothing to ask; the keeper writes what the checks say.
pub(super) fn drain(mut work: tokio::sync::mpsc::Receiver<Vec<Next>>) {
    while work.blocking_recv().is_some() {}
}
