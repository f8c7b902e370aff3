//! Time and chance, so that tests can fix both.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Where time and random numbers come from. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Fixed {
        now_ms: Arc<AtomicI64>,
        counter: Arc<AtomicU64>,
    },
}

impl Clock {
    /// The machine's clock and randomness.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until it is moved, and a counter for chance.
    pub fn fixed(now_ms: i64) -> Self {
        Self(Source::Fixed {
            now_ms: Arc::new(AtomicI64::new(now_ms)),
            counter: Arc::new(AtomicU64::new(1)),
        })
    }

    /// Moves a fixed clock; the system's cannot be moved.
    pub fn advance(&self, by_ms: i64) {
        if let Source::Fixed { now_ms, .. } = &self.0 {
            now_ms.fetch_add(by_ms, Ordering::Relaxed);
        }
    }

    /// Milliseconds since 1970.
    pub fn now_ms(&self) -> i64 {
        match &self.0 {
            Source::System => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH);
                since.map_or(0, |since| {
                    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
                })
            }
            Source::Fixed { now_ms, .. } => now_ms.load(Ordering::Relaxed),
        }
    }

    /// A random number.
    pub fn random(&self) -> u64 {
        match &self.0 {
            // Without the system's randomness the time is the best there is; ids stay unique by their clock part.
            Source::System => getrandom::u64().unwrap_or_else(|_| self.now_ms() as u64),
            Source::Fixed { counter, .. } => counter.fetch_add(1, Ordering::Relaxed),
        }
    }

    /// 32 random bytes.
    pub fn random_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for part in bytes.chunks_exact_mut(8) {
            part.copy_from_slice(&self.random().to_le_bytes());
        }
        bytes
    }

    /// A `UUIDv7`: time first, then chance.
    pub fn uuid(&self) -> [u8; 16] {
        let mut random = [0; 10];
        random[..8].copy_from_slice(&self.random().to_be_bytes());
        random[8..].copy_from_slice(&self.random().to_be_bytes()[6..]);
        let millis = self.now_ms().max(0) as u64;
        *uuid::Builder::from_unix_timestamp_millis(millis, &random)
            .as_uuid()
            .as_bytes()
    }
}
