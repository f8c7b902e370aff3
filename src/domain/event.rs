//! Decisions: the events of the append-only ledger.
//!
//! An event is written once and never changed. What counts is the fold of the effective ones (see
//! [`super::effective`]). The body's written form is part of the file format: fields may be added with a
//! default, never renamed or removed; a change of meaning needs a new `schema` number.

use serde::{Deserialize, Serialize};

pub use super::event_judge::{
    BeforeAfter, FirstSend, GuidelinesApproved, GuidelinesRemoved, JudgeCorrected, TestSplitRead,
    short_set,
};

use super::eval::{DatasetRole, Eval, Policy};
use super::gate::{Approved, GateDeclared, GateEvaluated, Signed, Voided};
use super::ids::{
    ActionId, ClusterId, DatasetId, DatasetVersionId, EvalId, EventId, Hlc, PlanId, RubricId,
    TicketId, VerdictId,
};
use super::json::Json;
use super::preference::PreferenceGiven;
use super::recipe::Recipe;
use super::review::{Correction, Note, Review};
pub use super::route::{Routed, Way};
use super::rubric::Answer;
use super::run::{GroupJudged, Run, RunGroup};

/// Current number of the body schema.
pub const SCHEMA: u16 = 1;

/// One decision of one person (or of a judge, for what judges decide).
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// Identity: `UUIDv7`, or a hash for imported decisions.
    pub id: EventId,
    /// When, in the order all copies agree on.
    pub hlc: Hlc,
    /// Who.
    pub reviewer: String,
    /// Number of the body's schema.
    pub schema: u16,
    /// The ticket it is about.
    pub ticket: Option<TicketId>,
    /// Shared by all events of one action.
    pub action: ActionId,
    /// The action it takes back (undo), or the undo it takes back (redo).
    pub undoes: Option<ActionId>,
    /// What was decided.
    pub body: Body,
}

macro_rules! bodies {
    ($($(#[$doc:meta])* $name:ident $kind:literal $payload:ty,)*) => {
        /// What was decided.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Body {
            $($(#[$doc])* $name($payload),)*
        }

        impl Body {
            /// The kind as stored.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$name(_) => $kind,)* }
            }

            /// The body as stored.
            pub fn to_json(&self) -> Json {
                match self { $(Self::$name(body) => Json::of(body),)* }
            }

            /// Reads a stored body. An unknown kind is an error: a newer program wrote it.
            pub fn read(kind: &str, json: &str) -> Result<Self, BodyError> {
                let bad = |source| BodyError::Unreadable { kind: kind.to_owned(), source };
                Ok(match kind {
                    $($kind => Self::$name(serde_json::from_str(json).map_err(bad)?),)*
                    other => return Err(BodyError::Unknown(other.to_owned())),
                })
            }

            /// Every kind, in the order of this file.
            pub const KINDS: &'static [&'static str] = &[$($kind,)*];
        }
    };
}

bodies! {
    /// A review was submitted.
    ReviewSubmitted "review_submitted" Box<Review>,
    /// The judge (or model names) was shown before the own commit.
    Revealed "revealed" Revealed,
    /// A correction was saved without a review.
    CorrectionSaved "correction_saved" Correction,
    /// A note was written without a review.
    Noted "note" Note,
    /// A remark to others.
    Commented "comment" Text,
    /// A tag was put on or taken off.
    TagAdded "tag_added" Tagged,
    /// A tag became another one everywhere.
    TagMerged "tag_merged" TagChange,
    /// A tag was renamed everywhere.
    TagRenamed "tag_renamed" TagChange,
    /// Flagged, or the flag taken off.
    Flagged "flagged" Flag,
    /// Put to the end of the reviewer's own queue.
    Skipped "skipped" Text,
    /// Put aside for everybody, with a reason.
    Deferred "deferred" Text,
    /// Handed up.
    Escalated "escalated" Text,
    /// Given to somebody.
    Assigned "assigned" Assigned,
    /// Sent its way by a routing rule.
    Routed "routed" Routed,
    /// A disagreement was decided.
    Adjudicated "adjudicated" Adjudicated,
    /// The right answers are known.
    GoldSet "gold_set" Gold,
    /// An action was taken back.
    Undone "undone" Empty,
    /// An undo was taken back.
    Redone "redone" Empty,
    /// An eval was made.
    EvalCreated "eval_created" Eval,
    /// An eval's policy, purpose or instructions changed.
    PolicySet "policy_set" PolicySet,
    /// An eval moved to another rubric version.
    RubricMoved "rubric_moved" RubricMoved,
    /// A dataset was made or got a new version.
    DatasetNamed "dataset_named" DatasetNamed,
    /// A dataset's role changed.
    RoleChanged "role_changed" RoleChanged,
    /// Whole clusters moved between datasets.
    ItemsMoved "items_moved" ItemsMoved,
    /// A run was made.
    RunCreated "run_created" Box<Run>,
    /// A run group was made.
    GroupCreated "group_created" Box<RunGroup>,
    /// A judge's scores count in a run group from now on.
    GroupJudged "group_judged" GroupJudged,
    /// Texts of an eval went to an endpoint for the first time.
    FirstSend "first_send" FirstSend,
    /// A person said which output of an item is best, side by side.
    PreferenceGiven "preference_given" Box<PreferenceGiven>,
    /// The judge was corrected on one criterion.
    JudgeCorrected "judge_corrected" JudgeCorrected,
    /// A review order was drawn.
    PlanDrawn "plan_drawn" PlanDrawn,
    /// Guidelines for judges were approved.
    GuidelineApproved "guideline_approved" GuidelinesApproved,
    /// Guidelines for judges were removed.
    GuidelineRemoved "guideline_removed" GuidelinesRemoved,
    /// The test split was read for a judge that learned.
    TestSplitRead "test_split_read" TestSplitRead,
    /// Training data was written.
    ExportMade "export_made" ExportMade,
    /// A release rule was declared.
    GateDeclared "gate_declared" Box<GateDeclared>,
    /// Somebody looked at a gate.
    GateEvaluated "gate_evaluated" GateEvaluated,
    /// A release was approved or refused by name.
    Approved "approved" Box<Approved>,
    /// A decision was signed.
    Signed "signed" Signed,
    /// A reveal, export or sign-off was voided with a reason.
    Voided "voided" Voided,
}

/// Why a stored body cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum BodyError {
    /// A kind this program does not know.
    #[error(
        "the ledger holds an event of the unknown kind `{0}`: it was written by a newer docket"
    )]
    Unknown(String),
    /// A body that does not fit its kind.
    #[error("the ledger holds an unreadable `{kind}` event: {source}")]
    Unreadable {
        /// The kind.
        kind: String,
        /// What is wrong.
        source: serde_json::Error,
    },
}

/// No content.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Empty {}

/// Words only; may be empty where no reason is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// The words.
    pub text: String,
}

/// What was shown early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revealed {
    /// `judge`, `names`, `side_by_side`, `compare` or `agreement`.
    pub what: String,
    /// The verdicts shown.
    #[serde(default)]
    pub verdicts: Vec<VerdictId>,
    /// The eval, where a page about all of it was opened; the event is then about no ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eval: Option<EvalId>,
}

/// A tag on or off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tagged {
    /// The tag.
    pub tag: String,
    /// `false` takes it off.
    pub on: bool,
}

/// A tag became another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagChange {
    /// The old tag.
    pub from: String,
    /// The new one.
    pub to: String,
}

/// A flag on or off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// `false` takes it off.
    pub on: bool,
    /// Why; may be empty.
    #[serde(default)]
    pub reason: String,
}

/// Given to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// A reviewer, or `judge`; empty takes the assignment back.
    pub to: String,
    /// The routing rule that decided so; `None` where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
}

/// A decided disagreement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adjudicated {
    /// Criterion id to the answer that counts.
    pub answers: std::collections::BTreeMap<String, Answer>,
    /// Why.
    pub note: String,
}

/// Known right answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gold {
    /// Criterion id to the right answer; empty takes the gold mark off.
    pub answers: std::collections::BTreeMap<String, Answer>,
}

/// New settings of an eval; absent ones stay.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PolicySet {
    /// Which eval.
    pub eval: EvalId,
    /// The whole policy.
    pub policy: Policy,
    /// New purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// New instructions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
}

/// Another rubric version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RubricMoved {
    /// Which eval.
    pub eval: EvalId,
    /// The version before.
    pub from: RubricId,
    /// The version from now on.
    pub to: RubricId,
}

/// A dataset's name, role and current version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatasetNamed {
    /// Which dataset.
    pub dataset: DatasetId,
    /// Its name.
    pub name: String,
    /// Its role.
    pub role: DatasetRole,
    /// The version it now means.
    pub version: DatasetVersionId,
    /// Items in that version.
    pub items: u64,
    /// How it was put together, where it was built from what is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipe: Option<Recipe>,
}

/// Another role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleChanged {
    /// Which dataset.
    pub dataset: DatasetId,
    /// Before.
    pub from: DatasetRole,
    /// From now on.
    pub to: DatasetRole,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// Clusters that changed datasets, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemsMoved {
    /// Taken from.
    pub from: DatasetId,
    /// Put into.
    pub to: DatasetId,
    /// The clusters.
    pub clusters: Vec<ClusterId>,
    /// How many items that were.
    pub items: u64,
    /// Why.
    #[serde(default)]
    pub reason: String,
}

/// A review order was drawn: over the tickets of an eval that had none, or anew over those that are left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanDrawn {
    /// Identity.
    pub plan: PlanId,
    /// Which eval.
    pub eval: EvalId,
    /// 1 for the first plan of the eval; later tickets come in later plans.
    pub number: u32,
    /// Seed of the order.
    pub seed: u64,
    /// Tickets in it.
    pub tickets: u64,
    /// Where risky tickets come first more often: the share of the weight that is the same for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mix: Option<f64>,
}

/// Training data that left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportMade {
    /// Which eval it came from.
    pub eval: EvalId,
    /// The dataset that holds what left.
    pub dataset: DatasetId,
    /// Format name.
    pub format: String,
    /// Folder, as given.
    pub folder: String,
    /// Rows written.
    pub rows: u64,
    /// SHA-256 of the manifest, hexadecimal.
    pub manifest_sha256: String,
    /// The reason given for exporting held-out rows, if any was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_reason: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_reads_back_what_it_wrote() {
        let body = Body::Flagged(Flag {
            on: true,
            reason: "odd".into(),
        });
        assert_eq!(
            Body::read(body.kind(), body.to_json().as_str()).unwrap(),
            body
        );
        assert_eq!(Body::KINDS.len(), 40);
    }

    #[test]
    fn an_unknown_kind_names_the_newer_program() {
        let error = Body::read("telepathy", "{}").unwrap_err();
        assert!(error.to_string().contains("newer docket"));
    }
}
