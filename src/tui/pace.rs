//! When to draw: after quiet at once, and once more for the answer; else at most once in eight milliseconds.

use std::time::{Duration, Instant};

/// The shortest time between two frames that goes on for long.
pub const FRAME: Duration = Duration::from_millis(8);
/// Frames that may follow each other at once after quiet: the one of a key, the one of what it asked for.
const AT_ONCE: u32 = 2;

/// Decides when the next frame is due.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pace {
    dirty: bool,
    /// When all that was drawn is paid for, at one [`FRAME`] each.
    paid: Option<Instant>,
}

impl Pace {
    /// Something on the screen may have changed.
    pub fn mark(&mut self) {
        self.dirty = true;
    }

    /// A frame was drawn.
    pub fn drew(&mut self, now: Instant) {
        self.dirty = false;
        self.paid = Some(self.paid.map_or(now, |paid| paid.max(now)) + FRAME);
    }

    /// When to draw; `None` while nothing changed.
    pub fn due(&self, now: Instant) -> Option<Instant> {
        let credit = FRAME * (AT_ONCE - 1);
        let first = self.paid.and_then(|paid| paid.checked_sub(credit));
        self.dirty
            .then(|| first.map_or(now, |first| first.max(now)))
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
    fn a_key_after_quiet_and_its_answer_are_drawn_at_once() {
        let start = Instant::now();
        let mut pace = Pace::default();
        assert_eq!(pace.due(start), None);
        pace.mark();
        assert!(pace.is_due(start));
        pace.drew(start);
        assert!(!pace.is_due(start + FRAME * 9));

        pace.mark();
        let soon = start + Duration::from_millis(1);
        assert!(pace.is_due(soon));
        pace.drew(soon);
        pace.mark();
        assert_eq!(pace.due(soon), Some(start + FRAME));
        assert!(pace.is_due(start + Duration::from_secs(1)));
    }

    #[test]
    fn a_burst_is_drawn_in_frames() {
        let start = Instant::now();
        let mut pace = Pace::default();
        let mut frames = 0;
        for step in 0..8_000 {
            pace.mark();
            let now = start + Duration::from_micros(step * 100);
            if pace.is_due(now) {
                pace.drew(now);
                frames += 1;
            }
        }
        assert_eq!(frames, 101);
    }
}
