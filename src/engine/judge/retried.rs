//! Replies the transport did not take for an answer and asked again about: which of them nobody has been told of.

use crate::domain::failure::Class;
use crate::provider::Traffic;

/// What has been told so far.
#[derive(Debug, Default)]
pub(in crate::engine) struct Retried([u64; 2]);

impl Retried {
    /// What came since the last time, by class.
    pub fn more(&mut self, traffic: &Traffic) -> Vec<(Class, u64)> {
        let now = traffic.again();
        let before = std::mem::replace(&mut self.0, now.map(|(_, n)| n));
        let since = now.into_iter().zip(before);
        let more = since.map(|((class, n), before)| (class, n.saturating_sub(before)));
        more.filter(|(_, n)| *n > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reply_that_is_asked_about_again_is_told_once() {
        let mut told = Retried::default();
        let traffic = |waits, lost| Traffic {
            told_to_wait: waits,
            lost_on_the_way: lost,
            ..Traffic::default()
        };
        assert_eq!(told.more(&traffic(0, 0)), []);
        assert_eq!(told.more(&traffic(3, 0)), [(Class::RateLimit, 3)]);
        assert_eq!(
            told.more(&traffic(4, 2)),
            [(Class::Transport, 2), (Class::RateLimit, 1)]
        );
        assert_eq!(told.more(&traffic(4, 2)), []);
    }
}
