//! The threads of a run, and how often they are sent out.
//!
//! Tickets another process holds are passed over. It may give them back unread (its budget is spent, somebody stopped
//! it), so once the own ones are read, what is left by then and held by nobody is taken in another round. Each round
//! takes something no round before had, or it was the last.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::JoinHandle;

use tokio::sync::watch;

use super::super::{Engine, Result};
use super::drive::{Drive, joined, on_this_thread};
use super::feed::{Feeder, drain};
use super::order::JudgeOrder;
use super::run::{Control, thread_error};
use super::running::{Running, Told};
use super::unit::{Asking, Next};
use super::unsaved::Unsaved;
use super::work::Claims;
use crate::provider::{Cancel, Failure};
use crate::store::leases;

/// What every round of a run shares.
pub(super) struct Rounds {
    pub claims: Arc<Claims>,
    /// `None` for checks.
    pub asking: Option<Arc<Asking>>,
    pub concurrency: usize,
    pub cancel: Cancel,
    pub pause: watch::Receiver<bool>,
    pub unsaved: Arc<Unsaved>,
}

/// One round under way.
pub(super) struct Round {
    pub done: Receiver<Told>,
    driver: Option<JoinHandle<std::result::Result<(), Failure>>>,
}

impl Round {
    /// Waits for the thread that asks. `broken` where nothing can be written any more: what is under way is then given
    /// up with its leases.
    pub fn join(&mut self, broken: bool) -> std::result::Result<(), Failure> {
        if broken {
            self.done = channel().1;
        }
        joined(self.driver.take())
    }
}

impl Rounds {
    /// Sends the threads out for these tickets.
    pub fn start(&self, rows: Vec<i64>) -> Result<Round> {
        let (told, done) = channel();
        let (send_work, work) = tokio::sync::mpsc::channel(2);
        let feeder = Feeder {
            claims: Arc::clone(&self.claims),
            rows,
            told: told.clone(),
            work: send_work,
            // Each claim ends what the reader's cache holds, so larger ones are cheaper.
            batch: (self.concurrency * 4).clamp(32, 256),
            cancel: self.cancel.clone(),
        };
        std::thread::Builder::new()
            .name("docket-claims".into())
            .spawn(move || feeder.run())
            .map_err(|error| thread_error(&error))?;
        let answered = Arc::clone(&self.unsaved);
        let drive = self.asking.as_ref().map(|asking| Drive {
            asking: Arc::clone(asking),
            cancel: self.cancel.clone(),
            paused: self.pause.clone(),
            done: Box::new(move |done| {
                answered.one_more();
                let _ = told.send(Told::Done(Box::new(done)));
            }),
            concurrency: self.concurrency,
            unsaved: Arc::clone(&self.unsaved),
        });
        let driver = Some(spawn_driver(drive, work)?);
        Ok(Round { done, driver })
    }
}

/// The thread that talks to the model; without one it only lets the work pass.
fn spawn_driver(
    drive: Option<Drive<Asking>>,
    work: tokio::sync::mpsc::Receiver<Vec<Next>>,
) -> Result<JoinHandle<std::result::Result<(), Failure>>> {
    std::thread::Builder::new()
        .name("docket-calls".into())
        .spawn(move || {
            if let Some(drive) = drive {
                return on_this_thread(drive, work);
            }
            drain(work);
            Ok(())
        })
        .map_err(|error| thread_error(&error))
}

impl Engine {
    /// Sends a run out again for what is left, nobody holds, and it has not had yet. `false` if that is nothing.
    pub(super) fn another_round(
        &self,
        order: &JudgeOrder,
        control: &Control,
        running: &mut Running,
    ) -> Result<bool> {
        if control.is_stopped() {
            return Ok(false);
        }
        let plan = self.prepare_judging(order)?;
        let had = running.keeper.claims.had();
        let mut rows: Vec<i64> = plan.rows;
        rows.retain(|row| !had.contains(row));
        // A further round that got none of what it set out for lost them all to others.
        if rows.is_empty() || running.had == Some(had.len()) {
            return Ok(false);
        }
        let held: HashSet<i64> = self.store().read(|db| {
            let now = self.clock().now_ms();
            leases::held_tickets(db, &plan.judge.seat(), &self.owner, now)
        })?;
        rows.retain(|row| !held.contains(row));
        if rows.is_empty() {
            return Ok(false);
        }
        running.had = Some(had.len());
        running.total = running.total.max((had.len() + rows.len()) as u64);
        running.round = running.rounds.start(rows)?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
