//! One ticket, open: what is read, what was entered, where the commit stands.

pub mod commit;
pub(crate) mod decide;
pub(crate) mod dispute;
mod draft;
pub mod form;
pub mod form_view;
mod judge_text;
mod layout;
pub(crate) mod open;
pub(crate) mod reading;
pub(crate) mod suggest;
pub mod update;
mod view;
mod why;

use std::sync::Arc;

use crate::domain::eval::Mode;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::view::{Committed, Draft, JudgeView, Lease, Shown, SuggestionDoc, TicketDoc};

use super::editor::EditorState;
use super::effect::NoTicket;
use super::empty::Empty;

pub use draft::Keeper;
pub use form::{Form, Ghosts};
pub use layout::{Pane, TicketLayout, TicketOptions, ticket as layout};
pub use view::TextView;
pub use why::{drawn_words, why_here};

/// Where the open ticket stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Phase {
    /// It is being fetched; keys are dropped, not kept.
    Loading,
    /// The reviewer works on it.
    Answering,
    /// The commit is on its way and decides what comes next; keys are dropped.
    Committing,
    /// Committed, and kept open because the judge differs (or always is to be seen).
    Differs(Box<Committed>),
    /// There is none to show.
    Nothing(NoTicket),
}

/// What the reviewer knows of the judge's levels that a commit would accept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Proposals {
    /// As much as the screen shows.
    #[default]
    Shown,
    /// Nothing: a judge came in while the ticket was open, and no commit was tried since.
    New,
    /// All of them: they were named.
    Named,
}

/// One ticket, open.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketState {
    /// The eval it is in.
    pub eval: EvalId,
    /// Where it stands.
    pub phase: Phase,
    /// The ticket, once it is there.
    pub doc: Option<Arc<TicketDoc>>,
    /// The seat, once it is ours.
    pub lease: Option<Lease>,
    /// Who has the seat otherwise.
    pub held_by: Option<String>,
    /// Whether it was taken as the next of the plan.
    pub from_plan: bool,
    /// The judge, as far as it may be seen now.
    pub judge: JudgeView,
    /// Whether the judge of a blind ticket was shown, in this sitting or before.
    pub revealed: bool,
    /// What the reviewer knows of the judge's levels that a commit would accept.
    pub proposals: Proposals,
    /// The correction a judge proposes, as far as it may be seen now.
    pub suggestion: Shown<Arc<SuggestionDoc>>,
    /// The judge that is to suggest one, until the yes.
    pub suggester: Option<String>,
    /// Everything entered.
    pub draft: Draft,
    /// What of it is safe.
    pub keeper: Keeper,
    /// What the last commit of this ticket held.
    pub submitted: Option<Draft>,
    /// The form's cursor.
    pub form: Form,
    /// The texts.
    pub view: TextView,
    /// The output being edited.
    pub editor: Option<EditorState>,
    /// The ticket that comes next, read ahead.
    pub ahead: Option<Box<TicketDoc>>,
    /// The ticket before, while its commit is on its way.
    pub behind: Option<Box<TicketState>>,
    /// When the reviewer last did something.
    pub active_at: Option<u64>,
    /// When the seat was last held for longer.
    pub renewed_at: u64,
}

impl TicketState {
    /// A ticket that is being fetched.
    pub fn loading(eval: EvalId, from_plan: bool) -> Self {
        Self {
            eval,
            phase: Phase::Loading,
            doc: None,
            lease: None,
            held_by: None,
            from_plan,
            judge: JudgeView::Nothing,
            revealed: false,
            proposals: Proposals::default(),
            suggestion: Shown::None,
            suggester: None,
            draft: Draft::default(),
            keeper: Keeper::default(),
            submitted: None,
            form: Form::default(),
            view: TextView::default(),
            editor: None,
            ahead: None,
            behind: None,
            active_at: None,
            renewed_at: 0,
        }
    }

    /// Which ticket it is, once it is there.
    pub fn id(&self) -> Option<TicketId> {
        self.doc.as_ref().map(|doc| doc.ticket)
    }

    /// Whether nothing that could sway may show before the commit.
    pub fn is_blind(&self) -> bool {
        let committed = matches!(self.phase, Phase::Differs(_));
        let assists = self
            .doc
            .as_ref()
            .is_some_and(|doc| doc.eval.policy.mode == Mode::Assist && !doc.audit);
        !(committed || assists || self.revealed)
    }

    /// The suggestion, if there is one; who made the document kept it back where it must not be seen.
    pub fn suggested(&self) -> Option<&Arc<SuggestionDoc>> {
        self.suggestion.visible()
    }

    /// The judge's levels that stand as proposals in the form.
    pub fn ghosts(&self) -> Ghosts {
        match (&self.phase, self.is_blind(), &self.doc) {
            (Phase::Answering | Phase::Committing, false, Some(doc)) => {
                Ghosts::of(&doc.rubric, &self.judge)
            }
            _ => Ghosts::default(),
        }
    }

    /// What the screen says when there is no ticket.
    pub fn empty(&self) -> Option<Empty> {
        use super::action::Action;
        let Phase::Nothing(why) = &self.phase else {
            return None;
        };
        Some(match why {
            NoTicket::NoneImported => Empty::offering(
                "This eval has no tickets.",
                "Importing outputs fills it.",
                "Esc: back to the evals",
                Action::Back,
            ),
            NoTicket::AllDone => Empty::offering(
                "Nothing waits for you: every ticket here is settled.",
                "New outputs and second opinions fill it again.",
                "Export the corrections",
                Action::GoExport,
            ),
            NoTicket::HeldByOthers { tickets } => Empty::offering(
                &match tickets {
                    1 => "The last one is open with somebody else.".to_owned(),
                    _ => format!("The last {tickets} are open with other people."),
                },
                "What they give back comes to you.",
                "Try again",
                Action::TakeNext,
            ),
            NoTicket::Waiting { tickets } => Empty::offering(
                &match tickets {
                    1 => "The last one was put aside or handed up.".to_owned(),
                    _ => format!("The last {tickets} were put aside or handed up."),
                },
                "You can still open them from the list.",
                "Show the tickets",
                Action::GoQueue,
            ),
        })
    }
}

#[cfg(test)]
mod tests;
