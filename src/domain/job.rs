//! Long work that is paid for, as everybody sees it.

use serde::Serialize;

/// What people want of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Go on.
    Run,
    /// Finish what is under way and wait.
    Pause,
    /// Finish what is under way and stop.
    Cancel,
}

impl Wish {
    /// The stored word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Run => "run",
            Self::Pause => "pause",
            Self::Cancel => "cancel",
        }
    }

    /// The wish of this name.
    pub fn read(name: &str) -> Option<Self> {
        [Self::Run, Self::Pause, Self::Cancel]
            .into_iter()
            .find(|wish| wish.name() == name)
    }
}

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything is done.
    Done,
    /// Somebody stopped it; it can go on.
    Cancelled,
    /// Its budget is spent; it can go on under a larger one.
    Budget,
    /// Every further call would have failed alike.
    Failed,
}

impl Outcome {
    /// The stored word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Cancelled => "cancelled",
            Self::Budget => "budget",
            Self::Failed => "failed",
        }
    }

    /// The outcome of this name.
    pub fn read(name: &str) -> Option<Self> {
        [Self::Done, Self::Cancelled, Self::Budget, Self::Failed]
            .into_iter()
            .find(|outcome| outcome.name() == name)
    }
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// At work.
    Running,
    /// Held until somebody lets it go on.
    Held,
    /// Finishes what is under way and stops.
    Stopping,
    /// Nobody works on it and nobody ended it: the process was killed.
    CutOff,
    /// Ended.
    Ended(Outcome),
}

impl Stage {
    /// In a word or two.
    pub fn words(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Held => "held",
            Self::Stopping => "stopping",
            Self::CutOff => "cut off",
            Self::Ended(Outcome::Done) => "done",
            Self::Ended(Outcome::Cancelled) => "stopped",
            Self::Ended(Outcome::Budget) => "budget spent",
            Self::Ended(Outcome::Failed) => "failed",
        }
    }

    /// Whether a process is at it, so that its numbers may change.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Running | Self::Held | Self::Stopping)
    }
}

impl Job {
    /// Where it stands.
    pub fn stage(&self) -> Stage {
        match (self.workers, self.wish, self.outcome) {
            (0, _, Some(outcome)) => Stage::Ended(outcome),
            (0, _, None) => Stage::CutOff,
            (_, Wish::Run, _) => Stage::Running,
            (_, Wish::Pause, _) => Stage::Held,
            (_, Wish::Cancel, _) => Stage::Stopping,
        }
    }

    /// Pieces of work that are not finished.
    pub fn left(&self) -> u64 {
        self.total.saturating_sub(self.done)
    }
}

/// A job as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Job {
    /// Identity: the same work has the same one.
    #[serde(serialize_with = "hex")]
    pub id: [u8; 16],
    /// `judge`, `suggest` or `run`.
    pub kind: String,
    /// Name of the eval.
    pub eval: String,
    /// What people call it.
    pub title: String,
    /// What is wanted of it.
    pub wish: Wish,
    /// Calls under way at once, at most.
    pub concurrency: u32,
    /// Limit in millionths of the currency unit.
    pub max_micros: Option<i64>,
    /// Limit in tokens.
    pub max_tokens: Option<i64>,
    /// What the endpoint's own counts come to.
    pub spent_micros: i64,
    /// Tokens as counted by the endpoint.
    pub spent_tokens: i64,
    /// What was held for calls whose reply was lost, with a connection or a process: perhaps paid.
    pub lost_micros: i64,
    /// Their tokens.
    pub lost_tokens: i64,
    /// Calls without a known price.
    pub unpriced: u64,
    /// Pieces of work in all.
    pub total: u64,
    /// Finished ones.
    pub done: u64,
    /// Calls made.
    pub calls: u64,
    /// Finished without a call, from earlier answers.
    pub cached: u64,
    /// Milliseconds since 1970.
    pub started_ms: i64,
    /// Milliseconds since 1970.
    pub changed_ms: i64,
    /// Milliseconds since 1970, once it has ended.
    pub ended_ms: Option<i64>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// Why it ended so.
    pub message: Option<String>,
    /// Processes at work on it now.
    pub workers: u32,
    /// Tickets on which work ended without an answer, by class.
    pub failures: Vec<(String, u64)>,
}

fn hex<S: serde::Serializer>(id: &[u8; 16], to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(&super::ids::hex(id))
}
