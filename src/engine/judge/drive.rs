//! The thread that talks to the model: as many calls under way as the model's gate lets through.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::sync::mpsc::Receiver;
use tokio::sync::watch;

use super::unit::{Asking, Done, Unit, stops};
use super::work::Work;
use crate::domain::failure::Class;
use crate::provider::{Cancel, Failure};

/// Calls that may wait for the time their endpoint named, as a multiple of those under way.
const WAITING: usize = 4;

/// What the driver needs.
pub(super) struct Drive {
    pub asking: Arc<Asking>,
    pub cancel: Cancel,
    /// Whether somebody asked to wait.
    pub paused: watch::Receiver<bool>,
    pub done: Box<dyn Fn(Done) + Send>,
    pub concurrency: usize,
}

/// One call to be made.
pub(super) type Next = (Arc<Work>, Unit);

impl Drive {
    /// Runs until the work ends, somebody stops it, or a failure says that every further call would fail alike.
    /// Calls that are under way when it is stopped are waited for a moment: they are paid.
    pub async fn run(mut self, mut work: Receiver<Vec<Next>>) -> Result<(), Failure> {
        let mut queue: VecDeque<Next> = VecDeque::new();
        let mut open = true;
        // The first call goes alone: a missing key or model is one message, not one per connection.
        let mut alone = true;
        let mut stopped = None;
        let mut flying = FuturesUnordered::new();
        loop {
            let most = if alone { 1 } else { self.concurrency * WAITING };
            let room = flying.len() < most && stopped.is_none() && !*self.paused.borrow();
            tokio::select! {
                biased;
                Some(done) = flying.next(), if !flying.is_empty() => {
                    stopped = stopped.or(self.finished(done, alone));
                    alone = false;
                }
                slot = self.asking.model.slot(), if room && !queue.is_empty() => match slot {
                    Ok(slot) => if let Some((work, unit)) = queue.pop_front() {
                        flying.push(Arc::clone(&self.asking).run(work, unit, Some(slot)));
                    },
                    Err(failure) => stopped = Some(failure),
                },
                more = work.recv(), if open && stopped.is_none() && queue.len() < self.concurrency => match more {
                    Some(calls) => queue.extend(calls),
                    None => open = false,
                },
                () = self.cancel.cancelled(), if stopped.is_none() => stopped = Some(Failure::cancelled()),
                Ok(()) = self.paused.changed(), if stopped.is_none() && (open || !queue.is_empty()) => {}
                else => return stopped.map_or(Ok(()), Err),
            }
            if flying.is_empty() && (stopped.is_some() || (!open && queue.is_empty())) {
                return stopped.map_or(Ok(()), Err);
            }
        }
    }

    /// Hands on what is finished; returns the failure that every further call would meet too. An endpoint that
    /// cannot be reached the first time, with every retry, is such a failure.
    fn finished(&self, done: Done, first: bool) -> Option<Failure> {
        let hopeless = |class| stops(class) || (first && class == Class::Transport);
        let failure = done
            .failure
            .clone()
            .filter(|failure| hopeless(failure.class));
        (self.done)(done);
        failure
    }
}

/// Runs the driver on its own runtime and waits for it; what is under way at a stop is given up.
pub(super) fn on_this_thread(drive: Drive, work: Receiver<Vec<Next>>) -> Result<(), Failure> {
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

/// A stopped job may finish what is under way for a moment, because those calls are paid; the model itself is
/// not told of the stop.
pub(super) async fn grace(cancel: &Cancel) {
    cancel.cancelled().await;
    tokio::time::sleep(Duration::from_secs(2)).await;
}
