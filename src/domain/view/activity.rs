//! What judges are doing, and what came of what they did.

use std::time::Duration;

use super::super::failure::Class;
use super::super::ids::EvalId;
use super::super::job::{Job, Stage};

/// A job as the Activity screen and Home show it.
#[derive(Debug, Clone, PartialEq)]
pub struct JobCard {
    /// Where it stands. Its failures count tickets by class.
    pub job: Job,
    /// Its eval, if that is still there.
    pub eval: Option<EvalId>,
    /// The judge in people's words.
    pub judge: String,
    /// What to name after `--judge` to go on with it, where that is known.
    pub named: Option<String>,
    /// Calls a second over the last minute, while it runs.
    pub rate: Option<f64>,
    /// Time left at that rate.
    pub time_left: Option<Duration>,
    /// Replies of the last minute that were no answers and are asked about again, by class, the most first.
    pub again: Vec<(Class, u64)>,
}

impl JobCard {
    /// What kind of work it is, as a verb.
    pub fn does(&self) -> &'static str {
        match self.job.kind.as_str() {
            "suggest" => "suggests corrections for",
            "run" => "answers",
            _ => "reads",
        }
    }

    /// What keeps a job at work from getting anywhere: all that came back in the last minute is asked about again.
    pub fn held_up(&self) -> Option<Class> {
        let running = self.job.stage() == Stage::Running;
        let first = self
            .again
            .first()
            .filter(|_| running && self.rate.is_none());
        first.map(|(class, _)| *class)
    }

    /// Share that is finished, 0 to 1; 1 where there is nothing to do.
    pub fn share(&self) -> f64 {
        if self.job.total == 0 {
            return 1.0;
        }
        self.job.done.min(self.job.total) as f64 / self.job.total as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::job::{Outcome, Wish};

    #[test]
    fn a_job_is_held_up_where_nothing_comes_through() {
        let card = |workers, rate, again: &[(Class, u64)]| JobCard {
            job: Job {
                id: [1; 16],
                kind: "judge".into(),
                eval: "e".into(),
                title: "t".into(),
                wish: Wish::Run,
                concurrency: 8,
                max_micros: None,
                max_tokens: None,
                spent_micros: 0,
                spent_tokens: 0,
                lost_micros: 0,
                lost_tokens: 0,
                unpriced: 0,
                total: 10,
                done: 0,
                calls: 0,
                cached: 0,
                started_ms: 0,
                changed_ms: 0,
                ended_ms: None,
                outcome: (workers == 0).then_some(Outcome::Done),
                message: None,
                workers,
                failures: Vec::new(),
            },
            eval: None,
            judge: "m".into(),
            named: None,
            rate,
            time_left: None,
            again: again.to_vec(),
        };
        let waits = [(Class::RateLimit, 9), (Class::Transport, 1)];
        assert_eq!(card(1, None, &waits).held_up(), Some(Class::RateLimit));
        assert_eq!(card(1, Some(0.2), &waits).held_up(), None);
        assert_eq!(card(1, None, &[]).held_up(), None);
        assert_eq!(card(0, None, &waits).held_up(), None, "it has ended");
    }
}
