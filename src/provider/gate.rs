//! [`Gate`]: the places for requests under way, after the rule of [`Pace`](super::pace).

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use super::pace::Pace;

/// A place for one request; given back when dropped.
#[derive(Debug)]
pub struct Slot {
    permit: Option<OwnedSemaphorePermit>,
    gate: Arc<Gate>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        let Some(permit) = self.permit.take() else {
            return;
        };
        let mut state = self.gate.state();
        if state.surplus > 0 {
            state.surplus -= 1;
            permit.forget();
        }
    }
}

/// Hands out places, first come first served.
#[derive(Debug)]
pub(super) struct Gate {
    places: Arc<Semaphore>,
    state: Mutex<State>,
    started: Instant,
    asked: usize,
    delayed: AtomicUsize,
    fewer_delayed: Notify,
}

#[derive(Debug)]
struct State {
    pace: Pace,
    /// Places given out before a cut that vanish when they come back.
    surplus: usize,
}

impl Gate {
    pub(super) fn new(asked: usize) -> Arc<Self> {
        let asked = asked.clamp(1, Semaphore::MAX_PERMITS);
        Arc::new(Self {
            places: Arc::new(Semaphore::new(asked)),
            state: Mutex::new(State {
                pace: Pace::new(asked),
                surplus: 0,
            }),
            started: Instant::now(),
            asked,
            delayed: AtomicUsize::new(0),
            fewer_delayed: Notify::new(),
        })
    }

    /// A place for a new question. Waits also while very many questions already wait for their time: an endpoint
    /// that refuses everything must not be fed all there is.
    pub(super) async fn enter(self: &Arc<Self>) -> Slot {
        let most = self.asked.saturating_mul(8).saturating_add(64);
        loop {
            let fewer = self.fewer_delayed.notified();
            if self.delayed.load(Ordering::Relaxed) < most {
                break;
            }
            fewer.await;
        }
        self.again().await
    }

    /// A place for a question that is already under way.
    pub(super) async fn again(self: &Arc<Self>) -> Slot {
        self.adjust(Pace::recover);
        // Fails only for a closed semaphore, and nobody closes this one.
        let permit = Arc::clone(&self.places).acquire_owned().await.ok();
        Slot {
            permit,
            gate: Arc::clone(self),
        }
    }

    pub(super) fn replied(&self, limited: bool) {
        self.adjust(|pace, now| pace.replied(limited, now));
    }

    /// Counts a question as waiting for its time until the guard is dropped.
    pub(super) fn delay(&self) -> Delayed<'_> {
        self.delayed.fetch_add(1, Ordering::Relaxed);
        Delayed(self)
    }

    pub(super) fn delayed(&self) -> usize {
        self.delayed.load(Ordering::Relaxed)
    }

    pub(super) fn ceiling(&self) -> usize {
        self.state().pace.ceiling()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // Counters stay usable whatever a panicking thread was about to do.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn adjust(&self, change: impl FnOnce(&mut Pace, std::time::Duration)) {
        let now = self.started.elapsed();
        let mut state = self.state();
        let before = state.pace.ceiling();
        change(&mut state.pace, now);
        let after = state.pace.ceiling();
        if after < before {
            let gone = self.places.forget_permits(before - after);
            state.surplus += before - after - gone;
        } else if after > before {
            let kept = state.surplus.min(after - before);
            state.surplus -= kept;
            self.places.add_permits(after - before - kept);
        }
    }
}

/// See [`Gate::delay`].
pub(super) struct Delayed<'a>(&'a Gate);

impl Drop for Delayed<'_> {
    fn drop(&mut self) {
        self.0.delayed.fetch_sub(1, Ordering::Relaxed);
        self.0.fewer_delayed.notify_waiters();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_hundred_and_fifty_places_are_taken_at_once() {
        let gate = Gate::new(150);
        let mut held = Vec::new();
        for _ in 0..150 {
            held.push(gate.enter().await);
        }
        let late = tokio::time::timeout(Duration::from_millis(20), gate.enter()).await;
        assert!(late.is_err());
        held.pop();
        gate.enter().await;
    }

    #[tokio::test]
    async fn a_cut_takes_places_that_are_held_when_they_come_back() {
        let gate = Gate::new(4);
        let held = [
            gate.enter().await,
            gate.enter().await,
            gate.enter().await,
            gate.enter().await,
        ];
        for _ in 0..13 {
            gate.replied(true);
        }
        assert_eq!(gate.ceiling(), 3);
        drop(held);
        assert_eq!(gate.places.available_permits(), 3);
    }

    #[tokio::test]
    async fn new_questions_wait_while_too_many_are_delayed() {
        let gate = Gate::new(1);
        let mut waiting: Vec<_> = (0..72).map(|_| gate.delay()).collect();
        let stuck = tokio::time::timeout(Duration::from_millis(20), gate.enter()).await;
        assert!(stuck.is_err());
        let again = tokio::time::timeout(Duration::from_secs(5), gate.again()).await;
        drop(again.unwrap());
        waiting.pop();
        tokio::time::timeout(Duration::from_secs(5), gate.enter())
            .await
            .unwrap();
    }
}
