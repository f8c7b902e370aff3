//! What the workbench needs done: one method per order, blocking, called off the drawing thread.
//!
//! The engine stands behind this trait in the program, a table in memory in tests. Methods may be called
//! from several threads at once; those that change something come from one thread, in the order they were
//! asked for. Nothing here may print: the screen is not theirs.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::app::effect::NoTicket;
use crate::domain::eval::Mode;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::job::Wish;
use crate::domain::view::Order as QueueOrder;
use crate::domain::view::{
    AgreementPage, Committed, Decision, Disagreement, Draft, ExportOptions, ExportPlan,
    ExportPreview, Exported, Failure, GroupCard, GroupPage, HistoryLine, Home, ImportDone, JobCard,
    JudgeAsk, JudgeChoice, JudgeView, Lease, Progress, QueueCounts, QueuePage, QueueQuery,
    RubricOrder, RubricReply, SideBySide, SpendLimit, Submission, TicketDoc, Undone,
};

/// Why an order was not carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It failed; nothing was lost.
    Failed(Failure),
    /// The filter cannot be used.
    BadFilter {
        /// Byte in the filter where the trouble starts.
        at: usize,
        /// What is wrong and what to write instead.
        why: String,
    },
    /// The seat went to somebody else; what was entered is kept as a draft.
    LeaseLost {
        /// Who has it, if known.
        by: Option<String>,
    },
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// What an order led to.
pub type Answer<T> = Result<T, Refusal>;

/// A ticket, or why there is none.
pub type Given = Result<TicketDoc, NoTicket>;

/// How a long job tells where it is and hears that it should stop.
pub struct Job<'a> {
    /// Set once nobody wants the job any more.
    cancelled: &'a AtomicBool,
    /// Where progress goes.
    tell: &'a dyn Fn(Progress),
}

impl<'a> Job<'a> {
    /// A job that can be stopped through `cancelled` and tells its progress to `tell`.
    pub fn new(cancelled: &'a AtomicBool, tell: &'a dyn Fn(Progress)) -> Self {
        Self { cancelled, tell }
    }

    /// Whether to stop. What is done so far stays.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// The flag itself, for use cases that watch it.
    pub fn cancelled(&self) -> &AtomicBool {
        self.cancelled
    }

    /// Says how far it is. A few times a second is enough.
    pub fn tell(&self, progress: Progress) {
        (self.tell)(progress);
    }
}

impl std::fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Job")
            .field("cancelled", &self.is_cancelled())
            .finish_non_exhaustive()
    }
}

/// Everything that is done outside the workbench.
pub trait Desk: Send + Sync {
    /// Everything Home shows.
    fn home(&self) -> Answer<Home>;

    /// A page of the queue.
    fn queue(&self, query: &QueueQuery) -> Answer<QueuePage>;

    /// The numbers above the list in this order.
    fn counts(&self, eval: EvalId, filter: &str, order: QueueOrder) -> Answer<QueueCounts>;

    /// The tickets a filter shows, at most `limit`.
    fn matching(&self, eval: EvalId, filter: &str, limit: u32) -> Answer<Vec<TicketId>>;

    /// One ticket, with a seat if `claim` is set and one is free.
    fn open(&self, ticket: TicketId, claim: bool) -> Answer<TicketDoc>;

    /// The next ticket of the plan, with a seat; never the one that was just left.
    fn next(&self, eval: EvalId, after: Option<TicketId>) -> Answer<Given>;

    /// The ticket [`Desk::next`] would probably give, without a seat.
    fn peek(&self, eval: EvalId, after: TicketId) -> Answer<Given>;

    /// Holds a seat for longer.
    fn renew(&self, ticket: TicketId, lease: Lease) -> Answer<()>;

    /// Gives a seat back.
    fn release(&self, ticket: TicketId, lease: Lease) -> Answer<()>;

    /// Keeps what was entered; durable when it returns.
    fn save_draft(&self, ticket: TicketId, draft: &Draft) -> Answer<()>;

    /// Forgets what was entered.
    fn drop_draft(&self, ticket: TicketId) -> Answer<()>;

    /// Commits a review; durable when it returns.
    fn submit(&self, submission: &Submission) -> Answer<Committed>;

    /// Decides about tickets; returns how many it touched.
    fn decide(&self, tickets: &[TicketId], decision: &Decision) -> Answer<u64>;

    /// Shows the judge before the own commit, which marks the review assisted.
    fn reveal(&self, ticket: TicketId) -> Answer<JudgeView>;

    /// Stores a correction of the judge; returns the judge as it is shown now.
    fn correct_judge(&self, ticket: TicketId, said: &Disagreement) -> Answer<JudgeView>;

    /// Takes back this reviewer's last action; `None` if there is none.
    fn undo(&self) -> Answer<Option<Undone>>;

    /// Brings back what was taken back last.
    fn redo(&self) -> Answer<Option<Undone>>;

    /// What happened to a ticket, oldest first.
    fn history(&self, ticket: TicketId) -> Answer<Vec<HistoryLine>>;

    /// How far judges and people agree; closed while the eval is blind to this person.
    fn agreement(&self, eval: EvalId) -> Answer<AgreementPage>;

    /// Opens that page of a blind eval: logged, and marks this person's later reviews there.
    fn open_agreement(&self, eval: EvalId) -> Answer<()>;

    /// What an export can be made of.
    fn export_options(&self, eval: EvalId) -> Answer<ExportOptions>;

    /// What an export would write.
    fn export_preview(&self, plan: &ExportPlan) -> Answer<ExportPreview>;

    /// Writes an export.
    fn export(&self, plan: &ExportPlan, job: &Job<'_>) -> Answer<Exported>;

    /// Imports a file named relative to the folder docket was started in.
    fn import(&self, path: &str, job: &Job<'_>) -> Answer<ImportDone>;

    /// Makes the sample evals.
    fn demo(&self, job: &Job<'_>) -> Answer<()>;

    /// Who could judge some tickets.
    fn judges(&self, ask: &JudgeAsk) -> Answer<Vec<JudgeChoice>>;

    /// Lets a judge read them within a limit; how it ended, in a sentence.
    fn judge(
        &self,
        ask: &JudgeAsk,
        judge: &str,
        limit: Option<SpendLimit>,
        job: &Job<'_>,
    ) -> Answer<String>;

    /// What judges are doing, in this process and in others.
    fn activity(&self) -> Answer<Vec<JobCard>>;

    /// The run groups.
    fn groups(&self) -> Answer<Vec<GroupCard>>;

    /// The comparison of a group; closed while it is blind to this person.
    fn group(&self, group: &str, full: bool) -> Answer<GroupPage>;

    /// The comparison of a group as it was finished last, without rows; there at once. `None` where none is kept.
    fn kept_group(&self, group: &str, full: bool) -> Answer<Option<GroupPage>>;

    /// Opens a group: logged, and marks this person's later reviews there.
    fn open_group(&self, group: &str) -> Answer<()>;

    /// One item across the candidates of a group.
    fn side_by_side(&self, group: &str, item: i64) -> Answer<SideBySide>;

    /// Says what is wanted of a job.
    fn steer(&self, job: [u8; 16], wish: Wish) -> Answer<()>;

    /// Who could suggest a correction of a ticket, and for how much.
    fn suggestion_offer(&self, ticket: TicketId) -> Answer<JudgeChoice>;

    /// Lets a judge suggest a correction of a ticket; what came of it, in a sentence.
    fn suggest(&self, ticket: TicketId, judge: &str, job: &Job<'_>) -> Answer<String>;

    /// What the Rubric screen needs.
    fn rubric(&self, order: &RubricOrder) -> Answer<RubricReply>;

    /// Indexes a few rows for search, in a few milliseconds; returns how many are left.
    fn index_slice(&self) -> Answer<u64>;

    /// Sets how an eval is reviewed.
    fn set_mode(&self, eval: EvalId, mode: Mode) -> Answer<()>;

    /// Says who reviews from now on.
    fn set_reviewer(&self, name: &str) -> Answer<()>;

    /// A number that differs once another process, or a job of this one, wrote to the workspace. Cheap:
    /// asked twice a second.
    fn change_counter(&self) -> Answer<u64>;
}
