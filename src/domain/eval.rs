//! Evals and datasets: what is reviewed, how, and what may be trained on.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::ids::{
    DatasetId, EvalId, EventId, Identity, JudgeVersionId, RubricId, TicketId, WorkspaceId,
};
use super::judge_version::JudgeVersion;
use super::plan::is_audited_twice;

/// What the reviews are for, asked once when an eval is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Measure the model: nothing that could sway the reviewer shows before the commit.
    Blind,
    /// Fix outputs for training: pre-score and suggestion are visible.
    #[default]
    Assist,
}

impl Mode {
    /// As written in commands and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Blind => "blind",
            Self::Assist => "assist",
        }
    }
}

/// When the judge opens beside one's own levels after a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AfterCommit {
    /// When the judge differs.
    #[default]
    Differs,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where ticket text may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Send {
    /// Any endpoint the user names.
    #[default]
    Any,
    /// Only this machine.
    Local,
}

/// How an eval is reviewed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Policy {
    /// Blind or assisted.
    pub mode: Mode,
    /// Human reviews a ticket needs, at least 1.
    pub overlap: u8,
    /// When the judge opens after a commit.
    pub after_commit: AfterCommit,
    /// Share of tickets that stay blind in an assisted eval, 0 to 1.
    pub audit_share: f64,
    /// Where ticket text may go.
    pub send: Send,
    /// Overrides the rubric's pass threshold, 0 to 1.
    pub pass_threshold: Option<f64>,
    /// Routing rules as they were written, first to last (see [`super::route`]).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub routes: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            mode: Mode::Assist,
            overlap: 1,
            after_commit: AfterCommit::Differs,
            audit_share: 0.1,
            send: Send::Any,
            pass_threshold: None,
            routes: Vec::new(),
        }
    }
}

/// What a dataset may be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DatasetRole {
    /// Reviewed and exported freely.
    #[default]
    Review,
    /// Measured on, never trained on.
    Heldout,
    /// What was exported.
    Train,
}

impl DatasetRole {
    /// As written in commands and files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Heldout => "heldout",
            Self::Train => "train",
        }
    }

    /// Reads a role name.
    pub fn read(name: &str) -> Option<Self> {
        [Self::Review, Self::Heldout, Self::Train]
            .into_iter()
            .find(|role| role.name() == name)
    }
}

/// An eval as it stands after its events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Eval {
    /// Identity.
    pub id: EvalId,
    /// Unique in the workspace.
    pub name: String,
    /// One sentence: what the eval is to find out.
    pub purpose: String,
    /// What reviewers are told before the first ticket.
    pub instructions: String,
    /// Where its items come from.
    pub dataset: DatasetId,
    /// The questions asked now.
    pub rubric: RubricId,
    /// How it is reviewed.
    pub policy: Policy,
    /// Seed of its plans.
    pub seed: u64,
    /// Who opened a page that shows judges and names, and by which event; their later reviews here are assisted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub opened: BTreeMap<String, EventId>,
    /// Judges that learned and were shown to be closer to people than without it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub promoted: BTreeSet<JudgeVersionId>,
    /// Versions of guidelines that were removed; what was said under them is stale.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unlearned: BTreeSet<String>,
}

impl Eval {
    /// The event by which a reviewer of a blind eval saw its judges.
    pub fn opened_by(&self, reviewer: &str) -> Option<EventId> {
        let blind = self.policy.mode == Mode::Blind;
        self.opened.get(reviewer).copied().filter(|_| blind)
    }

    /// Whether a ticket of the blind audit share goes to a second reviewer after the first.
    pub fn is_audited_twice(&self, ticket: &TicketId) -> bool {
        let policy = &self.policy;
        is_audited_twice(policy.mode, policy.audit_share, self.seed, ticket)
    }

    /// Human seats of a ticket: as many as reviews are needed, and one for the second reviewer of an audited ticket.
    /// That one is done without it: who reviews alone is not kept waiting.
    pub fn seats(&self, ticket: &TicketId) -> u8 {
        let needed = self.policy.overlap.max(1);
        needed.max(if self.is_audited_twice(ticket) { 2 } else { 1 })
    }

    /// Whether a judge was shown guidelines that were removed since.
    pub fn is_stale(&self, judge: &JudgeVersion) -> bool {
        let mut shown = judge.guidelines.iter();
        shown.any(|set| self.unlearned.contains(set))
    }

    /// Whether a judge's word counts where another's is there too: one that learned has to be shown to be better
    /// for it first.
    pub fn trusts(&self, id: &JudgeVersionId, judge: &JudgeVersion) -> bool {
        !judge.learns() || (self.promoted.contains(id) && !self.is_stale(judge))
    }
}

/// The id of the eval `name` in a workspace.
pub fn eval_id(workspace: &WorkspaceId, name: &str) -> EvalId {
    EvalId(
        Identity::of("eval")
            .part(&workspace.0)
            .part(name.as_bytes())
            .finish(),
    )
}

/// The id of the dataset `name` in a workspace.
pub fn dataset_id(workspace: &WorkspaceId, name: &str) -> DatasetId {
    DatasetId(
        Identity::of("dataset")
            .part(&workspace.0)
            .part(name.as_bytes())
            .finish(),
    )
}
