//! When what was entered is kept, and what of it is safe.

/// Milliseconds of rest after which a change is kept. With the runner's latency this stays under 300.
const REST_MS: u64 = 200;
/// Milliseconds after which a change is kept even while the typing goes on.
const LONGEST_MS: u64 = 1000;

/// Counts changes of a draft and says when to keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Keeper {
    /// Rises with every change.
    pub revision: u64,
    /// The revision that was ordered to be kept last.
    pub ordered: u64,
    /// The revision known to be safe.
    pub safe: u64,
    first_ms: u64,
    last_ms: u64,
}

impl Keeper {
    /// Notes a change.
    pub fn changed(&mut self, now_ms: u64) {
        if self.revision == self.ordered {
            self.first_ms = now_ms;
        }
        self.revision += 1;
        self.last_ms = now_ms;
    }

    /// When the draft is to be kept; `None` if nothing changed since the last order.
    pub fn due_ms(&self) -> Option<u64> {
        (self.revision > self.ordered)
            .then(|| (self.last_ms + REST_MS).min(self.first_ms + LONGEST_MS))
    }

    /// Notes that the present state was ordered to be kept.
    pub fn ordered(&mut self) {
        self.ordered = self.revision;
    }

    /// Notes that a kept draft failed, so that it is tried again.
    pub fn failed(&mut self, now_ms: u64) {
        self.ordered = self.safe;
        self.first_ms = now_ms + LONGEST_MS;
        self.last_ms = now_ms + LONGEST_MS;
    }

    /// Notes a safe revision.
    pub fn is_safe(&mut self, revision: u64) {
        self.safe = self.safe.max(revision);
    }

    /// Whether everything is safe.
    pub fn all_safe(&self) -> bool {
        self.safe >= self.revision
    }
}
