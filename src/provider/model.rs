//! [`Model`]: whatever answers questions, over HTTP or from a script.

use std::future::Future;
use std::pin::Pin;

use crate::domain::failure::Class;

use super::{Ask, Capabilities, Failure, Reply, Slot};

/// A future that can be kept behind a trait object.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Answers questions. One model object serves one job: its places, its counters and what it found out about the
/// endpoint belong to that job.
///
/// A driver takes a [`Slot`] before it claims work and hands it to `ask`, so that nothing is claimed that cannot be
/// sent at once. A question that was asked to wait gives its slot back while it waits, and `slot` serves it to
/// somebody else.
pub trait Model: Send + Sync {
    /// Waits for a free place. Fails with `cancelled` only.
    fn slot(&self) -> Boxed<'_, Result<Slot, Failure>>;

    /// Asks, with every retry of the transport; without a slot it waits for one first. What is wrong with the
    /// answer's content is not looked at here.
    fn ask<'a>(&'a self, ask: &'a Ask, slot: Option<Slot>) -> Boxed<'a, Result<Reply, Failure>>;

    /// What people are told the endpoint is: its name and host, never a key, path or query.
    fn place(&self) -> String;

    /// Whether nothing leaves this machine.
    fn is_local(&self) -> bool;

    /// What was found out about this endpoint and model so far; worth keeping for the next job.
    fn capabilities(&self) -> Capabilities;

    /// What has happened so far.
    fn traffic(&self) -> Traffic;
}

/// Counts of one model object since it was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// Requests sent, retries included.
    pub sent: u64,
    /// Of these, sent again after a failure.
    pub retries: u64,
    /// Replies that asked to wait.
    pub rate_limited: u64,
    /// Of these, those whose question is asked again.
    pub told_to_wait: u64,
    /// Requests that failed on the way or at the server, and are made again.
    pub lost_on_the_way: u64,
    /// Requests under way now.
    pub in_flight: usize,
    /// Questions waiting for the time the endpoint named, without a place.
    pub delayed: usize,
    /// How many may be under way at once now.
    pub ceiling: usize,
}

impl Traffic {
    /// What came back without being an answer and is asked again, by class.
    pub fn again(&self) -> [(Class, u64); 2] {
        [
            (Class::Transport, self.lost_on_the_way),
            (Class::RateLimit, self.told_to_wait),
        ]
    }
}
