//! Use cases: what the command line and the screens both call.
//!
//! An [`Engine`] is an open workspace seen by one reviewer. Its methods block; callers keep them off the
//! thread that draws. Each method is one transaction or several that are safe to be killed between.

pub mod account;
pub mod agree;
mod checked;
mod clock;
pub mod compare;
pub mod correct_judge;
pub mod datasets;
mod error;
pub mod evals;
pub mod export;
pub mod failures;
mod file_hash;
pub mod found;
pub mod gate;
pub mod grow;
pub mod guidelines;
pub mod history;
pub mod home;
pub mod import;
pub mod items;
pub mod judge;
pub mod library;
mod near;
pub mod open;
pub mod plans;
pub mod queue;
pub mod report;
pub mod review;
pub mod rubrics;
pub mod runs;
pub mod sample;
mod second_reviewer;
mod taken;
pub mod ticket;
pub mod undo;
pub mod upkeep;

use std::path::Path;

pub use clock::Clock;
pub use error::{EngineError, Result};
pub use near::{SharedRun, SharedRuns};

use crate::domain::ids::{ActionId, EventId};
use crate::store::{Db, Store, workspace};

/// An open workspace, seen by one reviewer. Cheap to clone.
#[derive(Clone)]
pub struct Engine {
    store: Store,
    reviewer: String,
    /// Name of this reviewer in this process: two windows of one person do not share a seat.
    owner: String,
    clock: Clock,
    identity: workspace::Identity,
}

impl Engine {
    /// Who reviews.
    pub fn reviewer(&self) -> &str {
        &self.reviewer
    }

    /// The workspace file.
    pub fn path(&self) -> &Path {
        self.store.path()
    }

    /// The same workspace seen by another reviewer.
    #[must_use]
    pub fn seen_by(&self, reviewer: &str) -> Self {
        Self {
            reviewer: reviewer.to_owned(),
            owner: owner(reviewer, &self.clock),
            ..self.clone()
        }
    }

    /// The store, for use cases of this layer.
    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// The clock, for use cases of this layer.
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What the workspace was made with.
    pub(crate) fn identity(&self) -> &workspace::Identity {
        &self.identity
    }

    /// A number that differs after another process has written; own writes do not change it, because it is
    /// read on the only connection of this process that writes.
    pub fn change_counter(&self) -> Result<i64> {
        Ok(self
            .store
            .on_writer(crate::store::dialect::change_counter)?)
    }
}

/// This process's name on leases: who, which process, which window.
fn owner(reviewer: &str, clock: &Clock) -> String {
    format!(
        "{reviewer}@{}.{:08x}",
        std::process::id(),
        clock.random() as u32
    )
}

/// Whether the process behind a lease's owner name is gone from this machine. Names it cannot read count as
/// alive; then the lease ends by its time.
fn is_gone(owner: &str) -> bool {
    let process = owner
        .split_once('@')
        .and_then(|(_, rest)| rest.split_once('.'))
        .map(|(process, _)| process);
    let Some(pid) = process
        .and_then(|id| id.parse().ok())
        .and_then(rustix::process::Pid::from_raw)
    else {
        return false;
    };
    let unknown = matches!(
        rustix::process::test_kill_process(pid),
        Err(rustix::io::Errno::SRCH)
    );
    unknown || is_zombie(pid)
}

/// Whether a process has ended and only waits for its parent to hear of it, as a killed one may for long.
fn is_zombie(pid: rustix::process::Pid) -> bool {
    let path = format!("/proc/{}/stat", pid.as_raw_nonzero());
    let stat = std::fs::read_to_string(path).unwrap_or_default();
    // The name before it stands in brackets and may hold any character.
    let state = stat
        .rsplit_once(')')
        .and_then(|(_, rest)| rest.trim_start().chars().next());
    matches!(state, Some('Z' | 'X'))
}

/// An owner in words: `process 7 of ana`.
fn process_of(owner: &str) -> String {
    match owner.split_once('@') {
        Some((name, process)) => {
            let pid = process.split('.').next().unwrap_or_default();
            format!("process {pid} of {name}")
        }
        None => owner.to_owned(),
    }
}

/// That another process holds what is left, and until when, in words; `None` where none does.
fn held_elsewhere(
    db: &crate::store::Db,
    seats: &[String],
    owner: &str,
    now_ms: i64,
) -> crate::store::Result<Option<String>> {
    let held = crate::store::leases::held_seats(db, seats, owner, now_ms)?;
    Ok(held.map(|held| {
        let seconds = (held.until_ms - now_ms).max(0) / 1000 + 1;
        let who = process_of(&held.by);
        format!(
            "{} of them {} held by {who}: it works on them, or was stopped elsewhere and holds them for {seconds} seconds more; \
             then the same command takes them",
            held.seats,
            crate::domain::count::either(held.seats, "is", "are")
        )
    }))
}

/// Starts events of one action: gives each its id and a rising clock.
pub(crate) struct Pen {
    reviewer: String,
    action: ActionId,
    clock: Clock,
}

impl Pen {
    /// A new action of the engine's reviewer.
    pub(crate) fn new(engine: &Engine) -> Self {
        let action = ActionId(engine.clock.uuid());
        Self {
            reviewer: engine.reviewer.clone(),
            action,
            clock: engine.clock.clone(),
        }
    }

    /// Writes one event into the caller's transaction; returns it.
    pub(crate) fn write(
        &self,
        db: &Db,
        ticket: Option<crate::domain::ids::TicketId>,
        undoes: Option<ActionId>,
        body: crate::domain::event::Body,
    ) -> crate::store::Result<crate::domain::event::Event> {
        let event = crate::domain::event::Event {
            id: EventId(self.clock.uuid()),
            hlc: crate::store::ledger::next_hlc(db, self.clock.now_ms())?,
            reviewer: self.reviewer.clone(),
            schema: crate::domain::event::SCHEMA,
            ticket,
            action: self.action,
            undoes,
            body,
        };
        crate::store::ledger::append(db, &event)?;
        Ok(event)
    }
}

pub mod folder;

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;
