//! Answers that came and are not on disk yet: a kill would lose them, so only so many may be out at once.

use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Notify;

/// Counted where answers come in, counted down where they are written.
#[derive(Debug, Default)]
pub(in crate::engine) struct Unsaved {
    count: AtomicUsize,
    fewer: Notify,
}

impl Unsaved {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.count.load(Ordering::Acquire)
    }

    /// An answer came.
    pub fn one_more(&self) {
        self.count.fetch_add(1, Ordering::AcqRel);
    }

    /// So many are on disk.
    pub fn written(&self, answers: usize) {
        self.count.fetch_sub(answers, Ordering::AcqRel);
        self.fewer.notify_one();
    }

    /// Waits until some are written. One wait at a time; what was written before it began ends it too.
    pub async fn fewer(&self) {
        self.fewer.notified().await;
    }
}
