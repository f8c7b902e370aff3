//! What screens and reports show: plain values made by the engine, read by `app`, `ui` and `cli`.
//!
//! Blindness is decided before these values exist: what a reviewer may not see is `Hidden` here, so no
//! screen can leak it.

pub mod agreement;
pub mod export;
pub mod history;
pub mod home;
pub mod judging;
pub mod queue;
pub mod quick;
pub mod rubrics;
pub mod ticket;
pub mod work;

pub use agreement::{AgreementOptions, AgreementPage, AgreementReport};
pub use export::{
    ExportOptions, ExportPlan, ExportPreview, ExportRows, Exported, FormatChoice, HeldBack, Refused,
};
pub use history::{HistoryLine, ImportDone};
pub use home::{EvalCard, FoundFile, Home};
pub use judging::{JudgeChoice, JudgeWork, Price};
pub use queue::{Anchor, Count, Order, QueueCounts, QueuePage, QueueQuery, QueueRow, RowKey, Why};
pub use quick::{QuickCriterion, QuickPrompt, QuickReport, QuickSide, QuickWarning, RubricVersion};
pub use rubrics::{
    RubricCard, RubricDraft, RubricExample, RubricFinding, RubricLine, RubricMove, RubricOrder,
    RubricPage, RubricReply, RubricSaved, RubricSource, RubricTrial, RubricUse,
};
pub use ticket::{
    Draft, JudgeView, Lease, OtherJudge, OutputDoc, Shown, Spread, TicketDoc, VerdictView,
};
pub use work::{Committed, Decision, Failure, NoTicket, Progress, Submission, Undone};
