//! [`Job`]: what a model object is given for one job, and how long it waits between tries.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use super::{Cancel, Capabilities, Purse, Unlimited};
use crate::domain::failure::Class;

/// Waits between tries of the transport: anywhere between nothing and a bound that doubles with each try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The bound of the first wait.
    pub base: Duration,
    /// The largest bound.
    pub cap: Duration,
    /// Sends of one question that may fail in transport, the first included.
    pub tries: u32,
}

impl Default for Backoff {
    fn default() -> Self {
        Self {
            base: Duration::from_millis(500),
            cap: Duration::from_secs(30),
            tries: 5,
        }
    }
}

impl Backoff {
    /// The wait after `failed` failures, at `chance` (0 to 1) of its bound.
    pub(super) fn wait(&self, failed: u32, chance: f64) -> Duration {
        let doubled = 2_u32.saturating_pow(failed.saturating_sub(1).min(16));
        let bound = self.base.saturating_mul(doubled).min(self.cap);
        bound.mul_f64(chance.clamp(0.0, 1.0))
    }
}

/// What a model object is given for one job.
#[derive(Clone)]
pub struct Job {
    /// Requests under way at once, from the first moment.
    pub concurrency: usize,
    /// Asked before each send.
    pub purse: Arc<dyn Purse>,
    /// Ends every wait.
    pub cancel: Cancel,
    /// What is known of the endpoint and model.
    pub capabilities: Capabilities,
    /// The longest single wait an endpoint may ask for; beyond it the question fails with `rate_limit`.
    pub patience: Duration,
    /// Waits between tries.
    pub backoff: Backoff,
    /// Whether replies are asked for in pieces, so that the time to the first token is known. An endpoint that refuses
    /// that, or answers in one piece all the same, is taken as it is.
    pub stream: bool,
}

impl Default for Job {
    fn default() -> Self {
        Self {
            concurrency: 8,
            purse: Arc::new(Unlimited),
            cancel: Cancel::new(),
            capabilities: Capabilities::default(),
            patience: Duration::from_secs(300),
            backoff: Backoff::default(),
            stream: false,
        }
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("concurrency", &self.concurrency)
            .field("capabilities", &self.capabilities)
            .field("patience", &self.patience)
            .field("backoff", &self.backoff)
            .field("stream", &self.stream)
            .finish_non_exhaustive()
    }
}

/// Counters of one model object.
#[derive(Debug, Default)]
pub(super) struct Counts {
    pub(super) sent: AtomicU64,
    pub(super) retries: AtomicU64,
    pub(super) rate_limited: AtomicU64,
    pub(super) told_to_wait: AtomicU64,
    pub(super) lost_on_the_way: AtomicU64,
    pub(super) in_flight: AtomicUsize,
}

impl Counts {
    /// Counts a request as under way until the guard is dropped.
    pub(super) fn send(&self, again: bool) -> UnderWay<'_> {
        self.sent.fetch_add(1, Ordering::Relaxed);
        if again {
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
        self.in_flight.fetch_add(1, Ordering::Relaxed);
        UnderWay(self)
    }

    /// Counts a reply whose question is asked again.
    pub(super) fn again(&self, class: Class) {
        match class {
            Class::RateLimit => self.told_to_wait.fetch_add(1, Ordering::Relaxed),
            _ => self.lost_on_the_way.fetch_add(1, Ordering::Relaxed),
        };
    }

    /// Counts a request under way as sent once more: it was redirected.
    pub(super) fn resend(&self) {
        self.sent.fetch_add(1, Ordering::Relaxed);
    }
}

/// See [`Counts::send`].
pub(super) struct UnderWay<'a>(&'a Counts);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Chance for waits. Spreads retries; nothing that is kept depends on it.
#[derive(Debug)]
pub(super) struct Chance(AtomicU64);

impl Chance {
    pub(super) fn new() -> Self {
        Self(AtomicU64::new(
            getrandom::u64().unwrap_or(0x9e37_79b9_7f4a_7c15),
        ))
    }

    /// From 0 up to 1. The steps are those of `SplitMix64`.
    pub(super) fn next(&self) -> f64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut bits = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits ^ (bits >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_of_a_wait_doubles_up_to_its_cap() {
        let back = Backoff::default();
        let bounds: Vec<u64> = (1..9)
            .map(|n| back.wait(n, 1.0).as_millis() as u64)
            .collect();
        assert_eq!(
            bounds,
            [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]
        );
        assert_eq!(back.wait(u32::MAX, 1.0), back.cap);
        assert_eq!(back.wait(3, 0.0), Duration::ZERO);
    }

    #[test]
    fn chance_stays_below_one_and_moves() {
        let chance = Chance::new();
        let drawn: Vec<f64> = (0..100).map(|_| chance.next()).collect();
        assert!(drawn.iter().all(|x| (0.0..1.0).contains(x)));
        assert!(drawn.windows(2).any(|two| two[0] > 0.5 && two[1] < 0.5));
    }
}
