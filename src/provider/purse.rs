//! [`Purse`]: what is asked before anything that may cost is sent.

use super::{Failure, Usage};

/// What one send may cost at most, as far as that can be known before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// Tokens of the question.
    pub input: u64,
    /// The reply's token room.
    pub output: u64,
}

/// A reservation; only its purse knows what the number stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held(pub u64);

/// What became of a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spent {
    /// Nothing was charged: no connection, or an error status.
    Nothing,
    /// As counted by the endpoint.
    Tokens(Usage),
    /// The reply was lost after the question went out: the whole reservation has to count.
    Unknown,
}

/// Holds money and tokens. Asked before each send, retries included, and told afterwards exactly once.
///
/// Both calls are made on a thread that serves other requests too: they must return within a millisecond or so.
/// A purse on disk takes its reservations in larger steps.
pub trait Purse: Send + Sync {
    /// Sets the estimate aside, or fails with `budget`.
    fn reserve(&self, estimate: Estimate) -> Result<Held, Failure>;

    /// Replaces a reservation by what was spent.
    fn settle(&self, held: Held, spent: Spent);

    /// Whether [`Self::leaving`] has anything to do. Asked before each send.
    fn watches(&self) -> bool {
        false
    }

    /// Called where the connection stands and the first byte of a question is about to leave; an error keeps it here.
    fn leaving(&self) -> Result<(), Failure> {
        Ok(())
    }
}

/// A purse without a limit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unlimited;

impl Purse for Unlimited {
    fn reserve(&self, _: Estimate) -> Result<Held, Failure> {
        Ok(Held(0))
    }

    fn settle(&self, _: Held, _: Spent) {}
}

/// Settles exactly once, as [`Spent::Unknown`] if the work around it is dropped.
pub(super) struct Reservation<'a> {
    purse: &'a dyn Purse,
    held: Option<Held>,
}

impl<'a> Reservation<'a> {
    pub(super) fn take(purse: &'a dyn Purse, estimate: Estimate) -> Result<Self, Failure> {
        let held = Some(purse.reserve(estimate)?);
        Ok(Self { purse, held })
    }

    pub(super) fn settle(mut self, spent: Spent) {
        if let Some(held) = self.held.take() {
            self.purse.settle(held, spent);
        }
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            self.purse.settle(held, Spent::Unknown);
        }
    }
}
