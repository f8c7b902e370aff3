//! From failures to training: one path, with what stands at each step.

use serde::Serialize;

use super::compare::WeakTag;

/// How far the failures of an eval or run group have come on their way into training.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FailurePath {
    /// The eval or run group.
    pub of: String,
    /// The candidate, if only its rows are meant.
    pub candidate: Option<String>,
    /// Rows with a lower score are failures.
    pub below: f64,
    /// Rows with a score, a person's where there is one, else the judge's.
    pub scored: u64,
    /// Of these, rows that fail.
    pub failed: u64,
    /// Where they are, the most frequent first: "9 of 12 in billing".
    pub tags: Vec<WeakTag>,
    /// Items the failing rows answer.
    pub items: u64,
    /// Of these, items that are held out, with their near-duplicates: they are measured on and stay out of training.
    pub held_out: u64,
    /// Of these, items without a ticket in `fixes` whose cluster was exported for training from elsewhere.
    pub trained: u64,
    /// Failing items that may be trained on and have no ticket in `fixes` yet.
    pub own: u64,
    /// Items like the failing ones that are reviewed and may be trained on, without a ticket in `fixes` yet.
    pub similar: u64,
    /// Failing items that nothing like them was looked for, because there are so many.
    pub not_searched: u64,
    /// The eval in which they are corrected, once there is one.
    pub fixes: Option<Fixes>,
    /// What has left.
    pub training: Option<Left>,
    /// What to do next.
    pub next: String,
}

/// The eval in which failures are corrected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Fixes {
    /// Its name, which its dataset bears too.
    pub eval: String,
    /// Tickets in it.
    pub tickets: u64,
    /// Of these, tickets that wait for somebody.
    pub open: u64,
    /// Of these, tickets with a correction.
    pub corrected: u64,
    /// Of these, tickets whose request is in no training dataset yet and is not held out.
    pub to_export: u64,
}

/// What was exported of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Left {
    /// The dataset that holds what left.
    pub dataset: String,
    /// Items in it.
    pub items: u64,
    /// Exports made.
    pub exports: u64,
    /// Rows in the last of them.
    pub rows: u64,
    /// Folder of the last of them.
    pub folder: String,
}
