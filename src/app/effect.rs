//! What the workbench asks of the world, and what comes back.
//!
//! Orders and replies are plain values: a test compares them, a log prints them. Texts travel as shared
//! references. Every order that is answered carries a [`RequestId`]; whoever runs it sends the reply back
//! with the same id, and [`super::update::update`] drops replies nobody waits for any more.

use std::sync::Arc;

use crate::domain::eval::Mode;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::job::Wish;
use crate::domain::view::Order as QueueOrder;
use crate::domain::view::{
    AgreementPage, Committed, Decision, Disagreement, Draft, ExportOptions, ExportPlan,
    ExportPreview, Exported, Failure, GateOrder, GateReply, GroupCard, GroupPage, HistoryLine,
    Home, ImportDone, JobCard, JudgeAsk, JudgeChoice, JudgeView, Lease, Prefer, Progress,
    QueueCounts, QueuePage, QueueQuery, RubricOrder, RubricReply, SideBySide, SpendLimit,
    Submission, TicketDoc, Undone,
};
use crate::text::three_way::ThreeWay;

pub use crate::domain::view::NoTicket;

use super::document::{Prepared, TextJob};
use super::settings::Settings;

/// Names one order until its reply came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct RequestId(pub u64);

/// One thing to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// An order; its reply comes back with this id.
    Ask {
        /// The id the reply must carry.
        request: RequestId,
        /// What to do.
        order: Order,
    },
    /// A command without reply.
    Tell(Command),
}

/// What is done with a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Order {
    /// Everything Home shows. Reply: [`Outcome::Home`].
    LoadHome,
    /// A page of the queue. Reply: [`Outcome::Queue`] or [`Outcome::BadFilter`].
    LoadQueue(QueueQuery),
    /// The numbers above the list. Reply: [`Outcome::Counts`] or [`Outcome::BadFilter`].
    CountQueue {
        /// Which eval.
        eval: EvalId,
        /// The filter as typed.
        filter: String,
        /// The order of the list: one that tells of the judge leaves out what is kept blind.
        order: QueueOrder,
    },
    /// The tickets a filter shows, at most `limit`. Reply: [`Outcome::Matching`].
    ListMatching {
        /// Which eval.
        eval: EvalId,
        /// The filter as typed.
        filter: String,
        /// The most that may be marked at once.
        limit: u32,
    },
    /// One ticket, with a seat if `claim` is set and one is free. Reply: [`Outcome::Ticket`].
    OpenTicket {
        /// Which one.
        ticket: TicketId,
        /// Whether to take a seat.
        claim: bool,
    },
    /// The next ticket of the plan for this reviewer, with a seat. Reply: [`Outcome::Ticket`] or [`Outcome::NoTicket`].
    TakeNext {
        /// Which eval.
        eval: EvalId,
        /// The ticket that was just left; never given again at once.
        after: Option<TicketId>,
    },
    /// The ticket `TakeNext` would probably give, without a seat. Reply: [`Outcome::Ticket`] or [`Outcome::NoTicket`].
    Prefetch {
        /// Which eval.
        eval: EvalId,
        /// The ticket that is open now.
        after: TicketId,
    },
    /// Holds a seat for longer. Reply: [`Outcome::Renewed`] or [`Outcome::LeaseLost`].
    RenewLease {
        /// Which ticket.
        ticket: TicketId,
        /// The seat.
        lease: Lease,
    },
    /// Keeps what was entered. Reply: [`Outcome::DraftSaved`].
    SaveDraft {
        /// Which ticket.
        ticket: TicketId,
        /// All of it.
        draft: Arc<Draft>,
        /// Rises with every change; comes back in the reply.
        revision: u64,
    },
    /// Commits a review. Reply: [`Outcome::Committed`], [`Outcome::LeaseLost`] or a failure.
    Submit(Box<Submission>),
    /// Decides about tickets. Reply: [`Outcome::Decided`].
    Decide {
        /// Which ones.
        tickets: Vec<TicketId>,
        /// What.
        decision: Decision,
    },
    /// Takes back this reviewer's last action. Reply: [`Outcome::Undone`].
    Undo,
    /// Brings back what was taken back last. Reply: [`Outcome::Undone`].
    Redo,
    /// What happened to a ticket. Reply: [`Outcome::History`].
    LoadHistory {
        /// Which one.
        ticket: TicketId,
    },
    /// Shows the judge before the own commit, which marks the review assisted. Reply: [`Outcome::Revealed`].
    Reveal {
        /// Which one.
        ticket: TicketId,
    },
    /// Opens `$EDITOR` on a text. Reply: [`Outcome::Edited`].
    OpenEditor {
        /// What stands in it at first.
        text: Arc<str>,
    },
    /// Styles and wraps a long text. Reply: [`Outcome::Prepared`].
    Prepare(TextJob),
    /// Compares an output with what became of it. Reply: [`Outcome::Diffed`].
    Diff {
        /// As the model wrote it.
        original: Arc<str>,
        /// As the reviewer corrected it.
        mine: Option<Arc<str>>,
        /// As a judge suggests it, with its changes as they are named.
        suggested: Option<(Arc<str>, Vec<crate::text::diff::Edit>)>,
    },
    /// Stores a correction of the judge. Reply: [`Outcome::Disagreed`].
    CorrectJudge {
        /// On which ticket.
        ticket: TicketId,
        /// What it should have said, and why.
        said: Disagreement,
    },
    /// Who could suggest a correction of a ticket, and for how much. Reply: [`Outcome::SuggestionOffer`].
    OfferSuggestion {
        /// Which ticket.
        ticket: TicketId,
    },
    /// Lets a judge suggest a correction. Replies: any number of [`Outcome::Progress`], then [`Outcome::Suggested`].
    Suggest {
        /// Of which ticket.
        ticket: TicketId,
        /// The judge's name.
        judge: String,
    },
    /// How far judges and people agree. Reply: [`Outcome::Agreement`].
    LoadAgreement {
        /// On which eval.
        eval: EvalId,
    },
    /// Opens that page of a blind eval, which marks this person's later reviews there. Reply: [`Outcome::Done`].
    OpenAgreement {
        /// Of which eval.
        eval: EvalId,
    },
    /// What an export can be made of. Reply: [`Outcome::ExportOptions`].
    ExportOptions {
        /// From which eval.
        eval: EvalId,
    },
    /// What an export would write. Reply: [`Outcome::Preview`].
    ExportPreview(ExportPlan),
    /// Writes an export. Replies: any number of [`Outcome::Progress`], then [`Outcome::Exported`].
    ExportRun(ExportPlan),
    /// Imports a file of the folder. Replies: any number of [`Outcome::Progress`], then [`Outcome::Imported`].
    ImportFile {
        /// Relative to the folder docket was started in.
        path: String,
    },
    /// Makes the sample eval. Replies: any number of [`Outcome::Progress`], then [`Outcome::Done`].
    MakeDemo,
    /// Who could judge some tickets. Reply: [`Outcome::Judges`].
    LoadJudges(JudgeAsk),
    /// Lets a judge read them. Replies: any number of [`Outcome::Progress`], then [`Outcome::Judged`].
    Judge {
        /// Which tickets of which eval.
        ask: JudgeAsk,
        /// The judge's name.
        judge: String,
        /// The most it may spend.
        limit: Option<SpendLimit>,
    },
    /// What judges are doing. Reply: [`Outcome::Activity`].
    LoadActivity,
    /// The run groups. Reply: [`Outcome::Groups`].
    LoadGroups,
    /// The comparison of a group. Reply: [`Outcome::Group`].
    LoadGroup {
        /// Its name.
        group: String,
        /// Whether everything behind the first numbers is wanted.
        full: bool,
    },
    /// The comparison of a group that is kept, there at once. Reply: [`Outcome::KeptGroup`].
    LoadKeptGroup {
        /// Its name.
        group: String,
        /// Whether everything behind the first numbers is wanted.
        full: bool,
    },
    /// Opens a group, which marks this person's later reviews there. Reply: [`Outcome::Done`].
    OpenGroup {
        /// Its name.
        group: String,
    },
    /// One item across the candidates of a group. Reply: [`Outcome::Side`].
    LoadSide {
        /// The group's name.
        group: String,
        /// Local row of the item.
        item: i64,
    },
    /// Shows who wrote the outputs of an item, and keeps that it was shown. Reply: [`Outcome::Side`].
    RevealSides {
        /// The group's name.
        group: String,
        /// Local row of the item.
        item: i64,
    },
    /// Keeps which output of an item is best. Reply: [`Outcome::Preferred`].
    Prefer(Box<Prefer>),
    /// What the Gate screen needs. Replies: progress of checks, then [`Outcome::Gate`].
    Gate(GateOrder),
    /// Says what is wanted of a job. Reply: [`Outcome::Done`].
    Steer {
        /// Which job.
        job: [u8; 16],
        /// What is wanted.
        wish: Wish,
    },
    /// What the Rubric screen needs. Reply: [`Outcome::Rubric`].
    Rubric(RubricOrder),
    /// Indexes a few rows for search. Reply: [`Outcome::Indexed`].
    IndexSlice,
    /// Sets how an eval is reviewed. Reply: [`Outcome::Done`].
    SetMode {
        /// Which eval.
        eval: EvalId,
        /// How.
        mode: Mode,
    },
    /// Says who reviews from now on. Reply: [`Outcome::Done`].
    SetReviewer {
        /// The name.
        name: String,
    },
    /// Keeps the settings of this person. Reply: [`Outcome::Done`].
    SaveSettings(Settings),
}

/// What is done without a reply.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Gives a seat back.
    Release {
        /// Which ticket.
        ticket: TicketId,
        /// The seat.
        lease: Lease,
    },
    /// Forgets what was entered, because it was committed or the reviewer dropped it.
    DropDraft {
        /// Which ticket.
        ticket: TicketId,
    },
    /// Puts a text on the clipboard.
    Copy {
        /// The text.
        text: String,
    },
    /// Stops a long job; what it has done so far stays.
    Cancel(RequestId),
    /// Draws the whole screen anew.
    Redraw,
    /// Goes to the background.
    Suspend,
    /// Ends the workbench once everything ordered before is done.
    Quit,
}

/// What an order led to.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Reply to `LoadHome`.
    Home(Box<Home>),
    /// Reply to `LoadQueue`.
    Queue(Box<QueuePage>),
    /// Reply to `CountQueue`.
    Counts(QueueCounts),
    /// The filter cannot be used.
    BadFilter {
        /// Byte in the filter where the trouble starts.
        at: usize,
        /// What is wrong and what to write instead.
        why: String,
    },
    /// Reply to `ListMatching`.
    Matching(Vec<TicketId>),
    /// Reply to `OpenTicket`, `TakeNext`, `Prefetch`.
    Ticket(Box<TicketDoc>),
    /// There is none to give.
    NoTicket(NoTicket),
    /// Reply to `RenewLease`.
    Renewed,
    /// The seat went to somebody else; what was entered is kept as a draft.
    LeaseLost {
        /// Who has it, if known.
        by: Option<String>,
    },
    /// Reply to `SaveDraft`.
    DraftSaved {
        /// The revision that is safe.
        revision: u64,
    },
    /// Reply to `Submit`.
    Committed(Box<Committed>),
    /// Reply to `Decide`.
    Decided {
        /// How many tickets it touched.
        tickets: u64,
    },
    /// Reply to `Undo` and `Redo`; `None` if there was nothing.
    Undone(Option<Undone>),
    /// Reply to `LoadHistory`, oldest first.
    History(Vec<HistoryLine>),
    /// Reply to `Reveal`.
    Revealed(Box<JudgeView>),
    /// Reply to `OpenEditor`; `None` if nothing was changed or the editor failed to save.
    Edited(Option<Arc<str>>),
    /// Reply to `Prepare`.
    Prepared(Box<Prepared>),
    /// Reply to `Diff`.
    Diffed(Arc<ThreeWay>),
    /// Reply to `CorrectJudge`: the judge as it is shown now.
    Disagreed(Box<JudgeView>),
    /// Reply to `OfferSuggestion`.
    SuggestionOffer(Box<JudgeChoice>),
    /// Reply to `Suggest`: what came of it, in a sentence.
    Suggested(String),
    /// Reply to `LoadAgreement`.
    Agreement(Box<AgreementPage>),
    /// Reply to `ExportOptions`.
    ExportOptions(ExportOptions),
    /// Reply to `ExportPreview`.
    Preview(Box<ExportPreview>),
    /// Reply to `ExportRun`.
    Exported(Box<Exported>),
    /// Reply to `ImportFile`.
    Imported(ImportDone),
    /// Reply to `LoadJudges`.
    Judges(Vec<JudgeChoice>),
    /// Reply to `LoadActivity`.
    Activity(Vec<JobCard>),
    /// Reply to `LoadGroups`.
    Groups(Vec<GroupCard>),
    /// Reply to `LoadGroup`.
    Group(Box<GroupPage>),
    /// Reply to `LoadKeptGroup`; nothing where none is kept.
    KeptGroup(Option<Box<GroupPage>>),
    /// Reply to `Prefer`: what was kept, in words.
    Preferred(String),
    /// Reply to `LoadSide` and `RevealSides`.
    Side(Arc<SideBySide>),
    /// Reply to `Gate`.
    Gate(GateReply),
    /// Reply to `Judge`: how it ended, in a sentence.
    Judged(String),
    /// Reply to `Rubric`.
    Rubric(RubricReply),
    /// How far a long job is; the job goes on.
    Progress(Progress),
    /// Reply to `IndexSlice`: rows left.
    Indexed {
        /// Rows without index.
        left: u64,
    },
    /// It is done and there is nothing to tell.
    Done,
    /// It failed; nothing was lost.
    Failed(Failure),
}
