//! What was asked and has not been answered, so that an answer finds what it is about.

use std::collections::BTreeMap;

use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::Progress;

use super::effect::{Effect, Order, RequestId};
use super::rubric::RubricAsked;

/// What a reply is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Home.
    Home,
    /// Rows of the queue.
    Rows(super::queue::Fetch),
    /// Numbers of the queue.
    Counts,
    /// Tickets to mark.
    Marks,
    /// The ticket to show, with what was asked for.
    Ticket,
    /// The seat of a ticket that is shown already.
    Seat(TicketId),
    /// The ticket after this one.
    Prefetch,
    /// A longer hold.
    Renew(TicketId),
    /// A safe draft.
    Draft(TicketId),
    /// A commit.
    Submit(TicketId),
    /// A decision about tickets: its words, and whether the open ticket is left behind.
    Decide {
        /// What happened, for the strip.
        words: String,
        /// Whether the next ticket is taken.
        advance: bool,
    },
    /// Undo or redo.
    Undo,
    /// What happened to a ticket.
    History,
    /// The judge, early.
    Reveal(TicketId),
    /// The text from `$EDITOR`.
    Outside(TicketId),
    /// A styled long text.
    Prepare(super::document::PaneKey),
    /// A comparison.
    Diff,
    /// How far judges and people agree.
    Agreement(EvalId),
    /// That page of a blind eval, opened.
    Opened(EvalId),
    /// Formats.
    ExportOptions,
    /// What would be written.
    Preview,
    /// Something of the Rubric screen.
    Rubric(RubricAsked),
    /// Who could judge.
    Judges,
    /// What judges are doing.
    Activity,
    /// The run groups.
    Groups,
    /// The comparison of a group.
    Group(String),
    /// The same as it was kept.
    KeptGroup(String),
    /// A group, opened.
    GroupOpened(String),
    /// One item across the candidates of a group.
    Side(i64),
    /// Another wish for a job, and what is said once it is known.
    Steer(&'static str),
    /// What a judge at work has said about the open ticket.
    Look(TicketId),
    /// The judge with what was said against it.
    Disagree(TicketId),
    /// Who could suggest a correction of a ticket.
    SuggestionOffer(TicketId),
    /// A running job.
    Job(Job),
    /// A slice of the index.
    Index,
    /// The mode of an eval, and the eval to go on with.
    Mode(EvalId),
    /// Another reviewer.
    Reviewer(String),
    /// Kept settings.
    Settings,
}

/// A long job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Job {
    /// An import.
    Import,
    /// The sample.
    Demo,
    /// An export.
    Export,
    /// A judge's work.
    Judge,
    /// A judge's suggestion for a ticket.
    Suggest(TicketId),
}

/// Orders that are on their way.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Requests {
    next: u64,
    open: BTreeMap<RequestId, Asked>,
    /// How far the long ones are.
    pub progress: BTreeMap<RequestId, Progress>,
}

impl Requests {
    /// Orders something. An older order for the same thing is forgotten: its reply will be stale.
    pub fn ask(&mut self, asked: Asked, order: Order) -> Effect {
        self.forget(&asked);
        self.next += 1;
        let request = RequestId(self.next);
        self.open.insert(request, asked);
        Effect::Ask { request, order }
    }

    /// Waits no longer for this.
    pub fn forget(&mut self, asked: &Asked) {
        self.open.retain(|_, other| other != asked);
    }

    /// Takes what a reply was waited for; `None` for a stale one.
    pub fn settle(&mut self, request: RequestId) -> Option<Asked> {
        self.progress.remove(&request);
        self.open.remove(&request)
    }

    /// What a request is waited for, without settling it.
    pub fn asked(&self, request: RequestId) -> Option<&Asked> {
        self.open.get(&request)
    }

    /// Whether something is waited for that matches.
    pub fn waits(&self, matches: impl Fn(&Asked) -> bool) -> bool {
        self.open.values().any(matches)
    }

    /// The running job of a kind.
    pub fn job(&self) -> Option<RequestId> {
        self.open
            .iter()
            .find(|(_, asked)| matches!(asked, Asked::Job(_)))
            .map(|(id, _)| *id)
    }
}
