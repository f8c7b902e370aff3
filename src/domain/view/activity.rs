//! What judges are doing, and what came of what they did.

use std::time::Duration;

use super::super::ids::EvalId;
use super::super::job::Job;

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

    /// Share that is finished, 0 to 1; 1 where there is nothing to do.
    pub fn share(&self) -> f64 {
        if self.job.total == 0 {
            return 1.0;
        }
        self.job.done.min(self.job.total) as f64 / self.job.total as f64
    }
}
