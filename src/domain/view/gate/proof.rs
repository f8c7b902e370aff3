//! What a rehearsal and the check of signatures came to.

use serde::Serialize;

use super::{DecisionLine, GateVerdict};

/// Bad runs that were planted in memory, each with one fault, into an otherwise faultless candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Rehearsal {
    /// What it says of a copy of the baseline, by comparison; empty where the rule compares with nothing.
    pub controls: Vec<Control>,
    /// Each with what came of it.
    pub planted: Vec<Planted>,
    /// Whether the gate blocked all of them. `false` is the alarm.
    pub blocked: bool,
}

/// What the gate says of a copy of the baseline in one comparison.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Control {
    /// Which condition.
    pub condition: String,
    /// Pass as it should be; fail where a difference is found that is none; inconclusive where the items are too few for
    /// the margin, so that no equal candidate could pass.
    pub verdict: GateVerdict,
    /// In words.
    pub words: String,
    /// What to do where it is not as it should be.
    pub way: String,
}

/// A planted bad run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Planted {
    /// Its fault: `every answer at the bottom of the scale`.
    pub fault: String,
    /// What the gate said.
    pub verdict: GateVerdict,
    /// The conditions that blocked it, by id.
    pub by: Vec<String>,
}

/// What checking the signatures of a group came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verification {
    /// Name of the group.
    pub group: String,
    /// Sentences that must stand beside it.
    pub watermarks: Vec<String>,
    /// Every signed decision, the latest first.
    pub signed: Vec<Verified>,
    /// Whether some signature is good, every good one's decision holds, and none is bad.
    pub good: bool,
    /// In one sentence.
    pub sentence: String,
}

/// A checked signature.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Verified {
    /// The decision that was signed.
    pub decision: DecisionLine,
    /// Who signed, as `allowed_signers` names the key; `None` if the signature is not good.
    pub signer: Option<String>,
    /// Fingerprint of the key.
    pub key: String,
    /// What `ssh-keygen` said, where it is not good.
    pub why: String,
}
