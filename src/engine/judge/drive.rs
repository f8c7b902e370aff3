//! The thread that talks to the model: as many calls under way as the model's gate lets through.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;

use super::unsaved::Unsaved;
use crate::domain::failure::{Answerable, Class};
use crate::provider::{Cancel, Failure, Model, Slot};

/// Calls that may wait for the time their endpoint named, as a multiple of those under way.
const WAITING: usize = 4;

/// What is asked many times over: a judge's questions, a candidate's items.
pub(in crate::engine) trait Asks: Send + Sync + 'static {
    /// One call to be made.
    type Next: Send + 'static;
    /// What came of it.
    type Done: Send + 'static;

    /// Who answers.
    fn model(&self) -> &dyn Model;

    /// Makes a call, with whatever asking again it takes.
    fn run(self: Arc<Self>, next: Self::Next, slot: Slot) -> impl Future<Output = Self::Done>;

    /// The failure that every further call would meet too. `first` where nothing was asked before.
    fn hopeless(&self, done: &Self::Done, first: bool) -> Option<Failure>;
}

/// What the driver needs.
pub(in crate::engine) struct Drive<A: Asks> {
    pub asking: Arc<A>,
    pub cancel: Cancel,
    /// Whether somebody asked to wait.
    pub paused: watch::Receiver<bool>,
    pub done: Box<dyn Fn(A::Done) + Send>,
    pub concurrency: usize,
    /// Answers that are not on disk yet.
    pub unsaved: Arc<Unsaved>,
}

impl<A: Asks> Drive<A> {
    /// Runs until the work ends, somebody stops it, or a failure says that every further call would fail alike.
    /// Calls that are under way when it is stopped are waited for a moment: they are paid.
    pub async fn run(mut self, mut work: Receiver<Vec<A::Next>>) -> Result<(), Failure> {
        let mut queue: VecDeque<A::Next> = VecDeque::new();
        let mut open = true;
        // The first call goes alone: a missing key or model is one message, not one per connection.
        let mut alone = true;
        let mut stopped = None;
        let mut flying = FuturesUnordered::new();
        loop {
            let most = if alone { 1 } else { self.concurrency * WAITING };
            let full = self.is_full(flying.len());
            let room = flying.len() < most && stopped.is_none() && !*self.paused.borrow() && !full;
            tokio::select! {
                biased;
                Some(done) = flying.next(), if !flying.is_empty() => {
                    stopped = stopped.or(self.finished(done, alone));
                    alone = false;
                }
                slot = self.asking.model().slot(), if room && !queue.is_empty() => match slot {
                    Ok(slot) => if let Some(next) = queue.pop_front() {
                        flying.push(Arc::clone(&self.asking).run(next, slot));
                    },
                    Err(failure) => stopped = Some(failure),
                },
                more = work.recv(), if open && stopped.is_none() && queue.len() < self.concurrency => match more {
                    Some(calls) => queue.extend(calls),
                    None => open = false,
                },
                () = self.cancel.cancelled(), if stopped.is_none() => stopped = Some(Failure::cancelled()),
                Ok(()) = self.paused.changed(), if stopped.is_none() && (open || !queue.is_empty()) => {}
                () = self.unsaved.fewer(), if full && stopped.is_none() => {}
                else => return stopped.map_or(Ok(()), Err),
            }
            if flying.is_empty() && (stopped.is_some() || (!open && queue.is_empty())) {
                return stopped.map_or(Ok(()), Err);
            }
        }
    }

    /// Whether as much as a kill may cost is under way or not yet written: as many calls as may fly at once.
    fn is_full(&self, flying: usize) -> bool {
        let unsaved = self.unsaved.count();
        unsaved > 0 && flying.min(self.concurrency) + unsaved >= self.concurrency
    }

    /// Hands on what is finished; returns the failure that every further call would meet too.
    fn finished(&self, done: A::Done, first: bool) -> Option<Failure> {
        let failure = self.asking.hopeless(&done, first);
        (self.done)(done);
        failure
    }
}

/// Whether a failure would meet every further call: by its class, or because the endpoint could not be reached the
/// first time, with every retry.
pub(in crate::engine) fn meets_all(class: Class, first: bool) -> bool {
    class.answerable() == Answerable::Stop || (first && class == Class::Transport)
}

/// Runs the driver on its own runtime and waits for it; what is under way at a stop is given up.
pub(in crate::engine) fn on_this_thread<A: Asks>(
    drive: Drive<A>,
    work: Receiver<Vec<A::Next>>,
) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| {
            Failure::new(
                Class::Transport,
                format!("cannot start the network: {error}"),
            )
        })?;
    let cancel = drive.cancel.clone();
    runtime.block_on(async move {
        tokio::select! {
            outcome = drive.run(work) => outcome,
            () = grace(&cancel) => Err(Failure::cancelled()),
        }
    })
}

/// How the driver's thread ended; nothing is wrong where it has been waited for before.
pub(in crate::engine) fn joined(
    driver: Option<JoinHandle<Result<(), Failure>>>,
) -> Result<(), Failure> {
    let died = |_| {
        Err(Failure::new(
            Class::Transport,
            "the thread that asks has died",
        ))
    };
    driver.map_or(Ok(()), |driver| driver.join().unwrap_or_else(died))
}

/// A stopped job may finish what is under way for a moment, because those calls are paid; the model itself is
/// not told of the stop.
pub(super) async fn grace(cancel: &Cancel) {
    cancel.cancelled().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
}
