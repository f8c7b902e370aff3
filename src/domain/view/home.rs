//! The Home screen.

use super::super::eval::{DatasetRole, Mode};
use super::super::ids::EvalId;
use super::activity::JobCard;
use super::runs::GroupNote;

/// Everything Home shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Home {
    /// The workspace file, shortened for people.
    pub workspace: String,
    /// Whose queue it is.
    pub reviewer: String,
    /// Evals, those with waiting tickets first.
    pub evals: Vec<EvalCard>,
    /// Files in the folder that look like logs and were not imported.
    pub found: Vec<FoundFile>,
    /// Work of judges that is under way.
    pub jobs: Vec<JobCard>,
    /// Run groups, by name.
    pub groups: Vec<GroupNote>,
    /// Whether the workspace holds nothing yet (offer the sample).
    pub empty: bool,
}

/// One eval on Home.
#[derive(Debug, Clone, PartialEq)]
pub struct EvalCard {
    /// Identity.
    pub id: EvalId,
    /// Name.
    pub name: String,
    /// One sentence.
    pub purpose: String,
    /// Blind or assisted.
    pub mode: Mode,
    /// Whether its tickets compare outputs: then nothing has a score.
    pub compares: bool,
    /// Role of its dataset.
    pub role: DatasetRole,
    /// Settled tickets.
    pub done: u64,
    /// All tickets.
    pub total: u64,
    /// Tickets this reviewer could take now.
    pub waiting: u64,
    /// Median seconds per ticket of this reviewer here, once there are five.
    pub seconds_each: Option<u32>,
    /// Share of settled human reviews that pass, with how many have a score. `None` before 10.
    pub human_pass: Option<(f64, u64)>,
}

impl EvalCard {
    /// Minutes left at this reviewer's pace (30 s a ticket until it is known), rounded up.
    pub fn minutes_left(&self) -> u64 {
        (self.waiting * u64::from(self.seconds_each.unwrap_or(30))).div_ceil(60)
    }
}

/// A file that could be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundFile {
    /// Path relative to the folder.
    pub path: String,
    /// Rows, exact or a lower bound.
    pub rows: u64,
    /// Whether `rows` is a lower bound.
    pub more: bool,
    /// Format in people's words ("OpenAI chat").
    pub format: String,
}
