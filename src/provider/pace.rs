//! How many requests are under way at once.
//!
//! Starts at what was asked for: no slow start. A single "wait" from the endpoint delays its own request and nothing
//! else. The ceiling is cut by a quarter at most once a second, and only when more than a quarter of the last 50
//! replies were such refusals; a tenth of what was asked for returns with every second without one.

use std::time::Duration;

/// Replies that are looked back on.
const WINDOW: u32 = 50;
const SECOND: Duration = Duration::from_secs(1);

/// The rule alone; time comes in as the duration since any fixed moment.
#[derive(Debug, Clone)]
pub struct Pace {
    asked: usize,
    ceiling: usize,
    /// One bit a reply, the newest lowest; set if it was refused.
    replies: u64,
    /// When the ceiling was last cut.
    cut: Option<Duration>,
    /// The start of the second that has been clean so far.
    clean_since: Duration,
}

impl Pace {
    /// `asked` requests at once, at least one.
    pub fn new(asked: usize) -> Self {
        let asked = asked.max(1);
        Self {
            asked,
            ceiling: asked,
            replies: 0,
            cut: None,
            clean_since: Duration::ZERO,
        }
    }

    /// How many may be under way.
    pub fn ceiling(&self) -> usize {
        self.ceiling
    }

    /// Takes note of a reply that came at `now`; `limited` if it asked to wait.
    pub fn replied(&mut self, limited: bool, now: Duration) {
        self.recover(now);
        let window = (1_u64 << WINDOW) - 1;
        self.replies = (self.replies << 1 | u64::from(limited)) & window;
        if !limited {
            return;
        }
        self.clean_since = now;
        let calm = self.cut.is_none_or(|cut| now.saturating_sub(cut) >= SECOND);
        if calm && self.replies.count_ones() * 4 > WINDOW {
            self.ceiling = (self.ceiling - self.ceiling.div_ceil(4)).max(1);
            self.cut = Some(now);
        }
    }

    /// Gives back what the clean seconds up to `now` have earned.
    pub fn recover(&mut self, now: Duration) {
        if self.ceiling == self.asked {
            return;
        }
        let clean = now.saturating_sub(self.clean_since).as_secs();
        if clean > 0 {
            let back = self.asked.div_ceil(10).saturating_mul(clean as usize);
            self.ceiling = self.ceiling.saturating_add(back).min(self.asked);
            self.clean_since += Duration::from_secs(clean);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn ms(at: u64) -> Duration {
        Duration::from_millis(at)
    }

    #[test]
    fn everything_asked_for_is_open_from_the_first_moment() {
        assert_eq!(Pace::new(256).ceiling(), 256);
        assert_eq!(Pace::new(0).ceiling(), 1);
    }

    #[test]
    fn a_tenth_of_refusals_never_lowers_the_ceiling() {
        let mut pace = Pace::new(64);
        for reply in 0..10_000_u64 {
            pace.replied(reply % 10 == 0, ms(reply));
        }
        assert_eq!(pace.ceiling(), 64);
    }

    #[test]
    fn a_quarter_is_not_more_than_a_quarter() {
        // 12 refusals among 50 replies, then the thirteenth.
        let mut pace = Pace::new(100);
        for reply in 0..50 {
            pace.replied(reply >= 38, ms(reply));
        }
        assert_eq!(pace.ceiling(), 100);
        pace.replied(true, ms(51));
        assert_eq!(pace.ceiling(), 75);
    }

    #[test]
    fn the_ceiling_is_cut_once_a_second_and_stays_at_least_one() {
        let mut pace = Pace::new(100);
        for reply in 0..1_000 {
            pace.replied(true, ms(reply));
        }
        assert_eq!(pace.ceiling(), 75);
        pace.replied(true, ms(1_012));
        assert_eq!(pace.ceiling(), 56);
        for half in 4..120 {
            pace.replied(true, ms(half * 500 + 100));
        }
        assert_eq!(pace.ceiling(), 1);
    }

    #[test]
    fn a_tenth_of_what_was_asked_for_returns_with_each_clean_second() {
        let mut pace = Pace::new(100);
        for reply in 0..50 {
            pace.replied(true, ms(reply));
        }
        assert_eq!(pace.ceiling(), 75);
        pace.replied(false, ms(900));
        assert_eq!(pace.ceiling(), 75);
        pace.replied(false, ms(1_049));
        assert_eq!(pace.ceiling(), 85);
        pace.recover(ms(3_100));
        assert_eq!(pace.ceiling(), 100);
    }

    #[test]
    fn a_refusal_starts_the_clean_second_anew() {
        let mut pace = Pace::new(100);
        for reply in 0..50 {
            pace.replied(true, ms(reply));
        }
        for reply in 0..60 {
            pace.replied(false, ms(50 + reply));
        }
        pace.replied(true, ms(900));
        pace.recover(ms(1_850));
        assert_eq!(pace.ceiling(), 75);
        pace.recover(ms(1_900));
        assert_eq!(pace.ceiling(), 85);
    }

    proptest! {
        #[test]
        fn the_ceiling_stays_between_one_and_what_was_asked_for(
            asked in 1_usize..500,
            replies in prop::collection::vec((any::<bool>(), 0_u64..700), 0..300),
        ) {
            let (mut pace, mut now) = (Pace::new(asked), 0);
            for (limited, gap) in replies {
                now += gap;
                let before = pace.ceiling();
                pace.replied(limited, ms(now));
                prop_assert!((1..=asked).contains(&pace.ceiling()));
                prop_assert!(limited || pace.ceiling() >= before);
            }
        }
    }
}
