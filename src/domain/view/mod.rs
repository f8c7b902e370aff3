//! What screens and reports show: plain values made by the engine, read by `app`, `ui` and `cli`.
//!
//! Blindness is decided before these values exist: what a reviewer may not see is `Hidden` here, so no
//! screen can leak it.

pub mod activity;
pub mod agreement;
pub mod beside;
pub mod compare;
pub mod export;
pub mod failures;
pub mod gate;
pub mod history;
pub mod home;
pub mod judging;
pub mod queue;
pub mod quick;
pub mod report;
pub mod rubrics;
pub mod runs;
pub mod ticket;
pub mod work;

pub use activity::JobCard;
pub use agreement::{AgreementOptions, AgreementPage, AgreementReport};
pub use beside::{Known, Prefer, Side, SideBySide};
pub use export::{
    ExportOptions, ExportPlan, ExportPreview, ExportRows, Exported, FormatChoice, HeldBack, Refused,
};
pub use gate::{GateOrder, GateReply};
pub use history::{HistoryLine, ImportDone};
pub use home::{EvalCard, FoundFile, Home};
pub use judging::{JudgeAsk, JudgeChoice, JudgeScope, JudgeWork, Price, SpendLimit};
pub use queue::{
    Anchor, Count, JudgeSaid, Order, QueueCounts, QueuePage, QueueQuery, QueueRow, RowKey, Why,
};
pub use quick::{
    AskedElsewhere, FindingKind, LengthProbe, PlantedProbe, QuickCriterion, QuickFinding,
    QuickProbe, QuickPrompt, QuickReport, QuickSide, Rescore, RubricVersion,
};
pub use rubrics::{
    RubricCard, RubricDraft, RubricExample, RubricFinding, RubricLeft, RubricLine, RubricMove,
    RubricOrder, RubricPage, RubricReply, RubricSaved, RubricSource, RubricTrial, RubricUnsaved,
    RubricUse,
};
pub use runs::{Age, GroupCard, GroupNote, GroupPage, GroupView, ItemLine, ItemName, RowOrder};
pub use ticket::{
    Dispute, Draft, Drawn, JudgeView, Lease, OtherJudge, OutputDoc, Reading, Shown, Spread,
    SuggestionDoc, TicketDoc, VerdictView,
};
pub use work::{
    Committed, Decision, Disagreement, Failure, JudgeWord, NoTicket, Progress, Stands, Submission,
    Undone,
};
