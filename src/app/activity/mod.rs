//! Activity: what judges are doing in this process and in others, what failed and why, what is left.

pub(crate) mod mouse;
pub mod update;

use crate::domain::view::JobCard;

use super::action::Action;
use super::empty::Empty;

/// Which part hears the arrows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Focus {
    /// The jobs.
    #[default]
    Jobs,
    /// The failures of the job under the cursor.
    Failures,
}

/// The jobs.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ActivityState {
    /// What there is, once it came: under way first.
    pub jobs: Option<Vec<JobCard>>,
    /// The job under the cursor.
    pub cursor: usize,
    /// First line shown.
    pub top: usize,
    /// Lines that fit.
    pub height: usize,
    /// Which part hears the arrows.
    pub focus: Focus,
    /// The failure under the cursor.
    pub failure: usize,
    /// Why it cannot be shown.
    pub problem: Option<String>,
    /// When jobs were last asked for, here or on Home.
    pub asked_ms: u64,
    /// Whether one came from the tickets of an eval, and goes back there.
    pub from_queue: bool,
}

impl ActivityState {
    /// The job under the cursor.
    pub fn current(&self) -> Option<&JobCard> {
        self.jobs.as_ref()?.get(self.cursor)
    }

    /// The failure under the cursor: its class and its tickets.
    pub fn failed(&self) -> Option<&(String, u64)> {
        self.current()?.job.failures.get(self.failure)
    }

    /// Takes what came; the cursor stays on its job.
    pub fn take(&mut self, jobs: Vec<JobCard>) {
        let here = self.current().map(|card| card.job.id);
        let at = jobs.iter().position(|card| Some(card.job.id) == here);
        self.cursor = at.unwrap_or(self.cursor.min(jobs.len().saturating_sub(1)));
        self.jobs = Some(jobs);
        self.problem = None;
        self.settle();
    }

    /// Goes to a job.
    pub fn find(&mut self, job: [u8; 16]) {
        let jobs = self.jobs.iter().flatten();
        if let Some(at) = jobs.into_iter().position(|card| card.job.id == job) {
            self.cursor = at;
            self.settle();
        }
    }

    /// Moves the cursor of the part that hears the arrows.
    pub fn step(&mut self, by: isize) {
        match self.focus {
            Focus::Jobs => self.cursor = self.cursor.saturating_add_signed(by),
            Focus::Failures => self.failure = self.failure.saturating_add_signed(by),
        }
        self.settle();
    }

    /// Keeps cursors inside of what there is, and the job in sight.
    pub fn settle(&mut self) {
        let last = self.jobs.as_ref().map_or(0, Vec::len).saturating_sub(1);
        self.cursor = self.cursor.min(last);
        let failures = self.current().map_or(0, |card| card.job.failures.len());
        self.failure = self.failure.min(failures.saturating_sub(1));
        if failures == 0 {
            self.focus = Focus::Jobs;
        }
        let height = self.height.max(1);
        self.top = self
            .top
            .clamp((self.cursor + 1).saturating_sub(height), self.cursor);
    }

    /// Jobs under way and jobs that ended.
    pub fn counts(&self) -> (usize, usize) {
        let jobs = self.jobs.as_deref().unwrap_or_default();
        let live = jobs
            .iter()
            .filter(|card| card.job.stage().is_live())
            .count();
        (live, jobs.len() - live)
    }

    /// What the screen says when it has no job.
    pub fn empty(&self) -> Option<Empty> {
        match (&self.problem, &self.jobs) {
            (Some(problem), _) => Some(Empty::offering(
                problem,
                "Nothing is lost by this.",
                "Back",
                Action::Back,
            )),
            (None, None) => Some(Empty::waiting("Reading what judges do.", "A moment.")),
            (None, Some(jobs)) if jobs.is_empty() => Some(Empty::offering(
                "No judge has been put to work here yet.",
                "Letting one read the tickets of an eval starts a job; it is shown here while it runs and after.",
                "Back to the evals",
                Action::Back,
            )),
            (None, Some(_)) => None,
        }
    }
}

#[cfg(test)]
mod tests;
