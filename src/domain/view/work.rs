//! What is asked of the engine while reviewing, and what it answers.

use super::super::ids::{ActionId, EvalId, EventId, TicketId};
use super::super::review::{ReviewSource, Sight};
use super::super::ticket::State;
use super::ticket::{Draft, JudgeView, Lease};

/// A review as the screen hands it in.
#[derive(Debug, Clone, PartialEq)]
pub struct Submission {
    /// Which ticket.
    pub ticket: TicketId,
    /// The seat; refused if the token is old.
    pub lease: Lease,
    /// What was entered.
    pub draft: Draft,
    /// Whether anything that could sway was on the screen.
    pub sight: Sight,
    /// The verdicts on the screen.
    pub verdicts_seen: Vec<super::super::ids::VerdictId>,
    /// Set for a revision after a reveal.
    pub second_after: Option<EventId>,
    /// A practice ticket.
    pub practice: bool,
    /// Taken as the next of the plan (else ad hoc).
    pub from_plan: bool,
    /// How it came in.
    pub source: ReviewSource,
}

/// What a commit did.
#[derive(Debug, Clone, PartialEq)]
pub struct Committed {
    /// Which ticket.
    pub ticket: TicketId,
    /// The event written.
    pub event: EventId,
    /// The state now.
    pub state: State,
    /// Own overall score, 0 to 1, if every criterion has a level.
    pub score: Option<f64>,
    /// Whether it passes.
    pub pass: Option<bool>,
    /// The judge, now visible.
    pub judge: JudgeView,
    /// Whether the judge differs (other side of the threshold, or more than a level apart).
    pub judge_differs: bool,
    /// What may be said of the judge, whether it shows or not.
    pub judge_word: JudgeWord,
    /// The reveal that a revision would come after; set when the judge was shown by this commit.
    pub revealed: Option<EventId>,
    /// How the ticket was drawn, where it stays on the screen.
    pub drawn: super::ticket::Drawn,
    /// Tickets left for this reviewer.
    pub left: u64,
}

/// What a commit may say of the judge: about the committed ticket alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JudgeWord {
    /// Nothing: the eval never shows the judge, or there is nothing to add to what shows.
    #[default]
    Untold,
    /// No judge has read it.
    Unread,
    /// One has read it and gave no level.
    Unscored,
    /// Same side of the threshold, within a level.
    Agrees,
    /// It differs.
    Differs,
}

/// What a person says a judge should have said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The verdict, as it was shown.
    pub verdict: super::super::ids::VerdictId,
    /// The person's own answer to its question.
    pub answer: super::super::rubric::Answer,
    /// Why, in a line; may be empty.
    pub reason: String,
}

/// A decision about tickets other than a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// To the end of my own queue.
    Skip,
    /// Aside for everybody, with a reason.
    Defer(String),
    /// Handed up, with a reason.
    Escalate(String),
    /// Flag on or off, with a reason.
    Flag(bool, String),
    /// A note without a review.
    Note(String),
    /// A remark to others.
    Comment(String),
    /// Tag on or off.
    Tag(String, bool),
    /// Given to somebody; empty takes it back.
    Assign(String),
    /// Show the judge before the own commit.
    Reveal,
}

impl Decision {
    /// What happened, in the words of the strip.
    pub fn done(&self) -> &'static str {
        match self {
            Self::Skip => "skipped, back at your end",
            Self::Defer(_) => "put aside",
            Self::Escalate(_) => "handed up",
            Self::Flag(true, _) => "flagged",
            Self::Flag(false, _) => "flag taken off",
            Self::Note(_) => "note kept",
            Self::Comment(_) => "comment kept",
            Self::Tag(_, true) => "tagged",
            Self::Tag(_, false) => "tag taken off",
            Self::Assign(_) => "assigned",
            Self::Reveal => "judge shown, counts as assisted",
        }
    }
}

/// What an undo or redo did.
#[derive(Debug, Clone, PartialEq)]
pub struct Undone {
    /// The action that was taken back or brought back.
    pub action: ActionId,
    /// In the words of the strip ("review of ticket 3f2a91c0 taken back").
    pub what: String,
    /// The ticket to return to, if it was one.
    pub ticket: Option<TicketId>,
    /// How many tickets it touched.
    pub tickets: u64,
    /// Nothing was taken back: the judge was seen after that commit, so the blind opinion stays and the
    /// ticket opens for a second one after this reveal.
    pub second_after: Option<EventId>,
    /// How far the ticket's eval is after it.
    pub stands: Option<Stands>,
}

/// How far an eval is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stands {
    /// Which one.
    pub eval: EvalId,
    /// Tickets done.
    pub done: u64,
    /// Tickets waiting for who asks.
    pub waiting: u64,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Progress {
    /// What is being done ("importing logs.jsonl").
    pub what: String,
    /// Units done.
    pub done: u64,
    /// Units in all, if known.
    pub total: Option<u64>,
    /// The unit ("rows", "bytes").
    pub unit: &'static str,
    /// Units a second.
    pub rate: f64,
}

/// Why something did not happen, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What failed, on what, why.
    pub what: String,
    /// What to do.
    pub hint: Option<String>,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.hint {
            Some(hint) => write!(f, "{} · {hint}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// Why there is no ticket to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoTicket {
    /// The eval has no tickets at all.
    NoneImported,
    /// Everything is settled.
    AllDone,
    /// What is left is with other people now.
    HeldByOthers {
        /// How many.
        tickets: u64,
    },
    /// What is left was put aside or handed up.
    Waiting {
        /// How many.
        tickets: u64,
    },
}
