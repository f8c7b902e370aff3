//! When to draw: at once after quiet, else at most once in eight milliseconds.

use std::time::{Duration, Instant};

/// The shortest time between two frames.
pub const FRAME: Duration = Duration::from_millis(8);

/// Decides when the next frame is due.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    dirty: bool,
    drawn: Option<Instant>,
}

impl Pace {
    /// Something on the screen may have changed.
    pub fn mark(&mut self) {
        self.dirty = true;
    }

    /// A frame was drawn.
    pub fn drew(&mut self, now: Instant) {
        self.dirty = false;
        self.drawn = Some(now);
    }

    /// When to draw; `None` while nothing changed.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        self.dirty
            .then(|| self.drawn.map_or(now, |drawn| (drawn + FRAME).max(now)))
    }

    /// Whether to draw now.
    pub fn is_due(&self, now: Instant) -> bool {
        self.due(now).is_some_and(|due| due <= now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_after_quiet_is_drawn_at_once_and_a_burst_is_drawn_in_frames() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.due(start), None);
        pace.mark();
        assert!(pace.is_due(start));
        pace.drew(start);
        assert!(!pace.is_due(start + FRAME * 9));

        pace.mark();
        let soon = start + Duration::from_millis(3);
        assert!(!pace.is_due(soon));
        assert_eq!(pace.due(soon), Some(start + FRAME));
        assert!(pace.is_due(start + FRAME));

        pace.drew(start + FRAME);
        pace.mark();
        assert!(pace.is_due(start + Duration::from_secs(1)));
    }
}
