//! What a decision rests on, part by part, and the decisions themselves: bodies of events.
//!
//! Every part has a hash of its own, so that a later change can be named. The hash of all of them is what an approval
//! records and a signature covers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::ids::{EventId, GateId, GroupId, Identity, hex};
use super::{GateRule, GateVerdict};

/// One part of what a decision rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The release rule.
    Rule,
    /// The dataset version.
    Items,
    /// The rubric version and what passes.
    Rubric,
    /// The judge version, and the sentences its verdicts carry.
    Judge,
    /// The model and where it runs.
    Model,
    /// The standing instructions.
    Prompt,
    /// The parameters sent in place of the item's own.
    Parameters,
    /// Files that belong to what is released, such as an adapter.
    Files,
    /// What the candidate answered, and what failed.
    Outputs,
    /// What the judge says of it.
    Scores,
    /// The baseline's answers and scores.
    Baseline,
    /// What people say, and the agreement made of it.
    Labels,
    /// Clusters that left as training data.
    Exports,
    /// What the checks ended with.
    Checks,
}

impl Part {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rule => "gate rule",
            Self::Items => "items",
            Self::Rubric => "rubric",
            Self::Judge => "judge",
            Self::Model => "model",
            Self::Prompt => "prompt",
            Self::Parameters => "parameters",
            Self::Files => "files",
            Self::Outputs => "outputs",
            Self::Scores => "scores",
            Self::Baseline => "baseline",
            Self::Labels => "labels",
            Self::Exports => "exports",
            Self::Checks => "checks",
        }
    }
}

/// The hashes of everything a decision rests on.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Bundle(BTreeMap<Part, String>);

impl Bundle {
    /// Puts in one part.
    pub fn put(&mut self, part: Part, of: Identity) {
        self.0.insert(part, hex(&of.finish()));
    }

    /// The hash of all parts, 32 hexadecimal characters.
    pub fn id(&self) -> String {
        let mut identity = Identity::of("gate evidence");
        for (part, hash) in &self.0 {
            identity = identity.part(part.name().as_bytes()).part(hash.as_bytes());
        }
        hex(&identity.finish())
    }

    /// The hash of the parts that numbers are made of. What a check ended with and the files of a release are none, so
    /// that running a check is no other look at the numbers.
    pub fn numbers_id(&self) -> String {
        let parts = self.0.iter().filter(|(part, _)| {
            !matches!(
                part,
                Part::Rule | Part::Files | Part::Checks | Part::Exports
            )
        });
        let identity = parts.fold(Identity::of("gate numbers"), |identity, (part, hash)| {
            identity.part(part.name().as_bytes()).part(hash.as_bytes())
        });
        hex(&identity.finish())
    }

    /// The parts in which two differ, also those only one has.
    pub fn changed(&self, now: &Self) -> Vec<Part> {
        let mut parts: Vec<Part> = self.0.keys().chain(now.0.keys()).copied().collect();
        parts.sort_unstable();
        parts.dedup();
        parts.retain(|part| self.0.get(part) != now.0.get(part));
        parts
    }

    /// Every part with its hash, in order.
    pub fn parts(&self) -> impl Iterator<Item = (Part, &str)> {
        self.0.iter().map(|(part, hash)| (*part, hash.as_str()))
    }
}

/// A rule was declared for a group, which need not be there yet.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateDeclared {
    /// For which group.
    pub group: GroupId,
    /// Its name.
    pub name: String,
    /// Hash of the rule.
    pub gate: GateId,
    /// The rule.
    pub rule: GateRule,
    /// The file it came from, as named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Outputs of candidates that were there by then, without what was logged.
    pub outputs: u64,
}

/// What a check ended with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ran {
    /// The check's name.
    pub name: String,
    /// What was run.
    pub command: String,
    /// For which candidate, where the command asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<String>,
    /// Its exit code; `None` where it was stopped or could not be started.
    pub exit: Option<i32>,
    /// Milliseconds it took.
    pub took_ms: u64,
    /// The end of what it wrote; hostile text.
    pub tail: String,
}

/// What a gate said of a candidate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The candidate.
    pub candidate: String,
    /// What the gate said.
    pub verdict: GateVerdict,
    /// Hash of everything it rests on.
    pub evidence: String,
    /// Whether a quality condition had a number; without one it was no look at the numbers.
    #[serde(default)]
    pub numbers: bool,
    /// Hash of the numbers alone; empty in looks that were kept before it was.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seen: String,
}

impl Outcome {
    /// Whether two are looks at the same numbers.
    pub fn is_same_look(&self, other: &Self) -> bool {
        let seen = !self.seen.is_empty() && self.seen == other.seen;
        seen || self.evidence == other.evidence
    }
}

/// Somebody looked at a gate, with numbers that differ from the look before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateEvaluated {
    /// Which group.
    pub group: GroupId,
    /// Under which rule.
    pub gate: GateId,
    /// What it said.
    pub outcomes: Vec<Outcome>,
    /// Checks that were run for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Ran>,
    /// Candidates they were judged among; 1 for one that was chosen beforehand, 0 in looks kept before this was.
    #[serde(default, skip_serializing_if = "is_untold")]
    pub among: usize,
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands over a reference"
)]
fn is_untold(among: &usize) -> bool {
    *among == 0
}

/// A decision about a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It may be released.
    Approve,
    /// It may not.
    Reject,
}

impl Decision {
    /// As typed.
    pub fn name(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Reject => "reject",
        }
    }

    /// As a report says it.
    pub fn past(self) -> &'static str {
        match self {
            Self::Approve => "approved",
            Self::Reject => "rejected",
        }
    }
}

/// A candidate was approved or rejected by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approved {
    /// In which group.
    pub group: GroupId,
    /// Which candidate.
    pub candidate: String,
    /// What was decided.
    pub decision: Decision,
    /// The account on the machine; not authenticated.
    pub account: String,
    /// Why.
    pub reason: String,
    /// What the gate said.
    pub verdict: GateVerdict,
    /// Under which rule.
    pub gate: GateId,
    /// Everything it rests on.
    pub bundle: Bundle,
    /// Sentences that stood beside the numbers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watermarks: Vec<String>,
    /// What people preferred side by side by then, in words: beside the numbers, in none of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preferences: Vec<String>,
}

/// A decision was signed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// In which group.
    pub group: GroupId,
    /// The decision.
    pub decision: EventId,
    /// The text that was signed.
    pub text: String,
    /// The SSH signature over it, armoured.
    pub signature: String,
    /// Fingerprint of the key.
    pub key: String,
}

/// Something that cannot be undone was voided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Voided {
    /// Which event.
    pub event: EventId,
    /// Why.
    pub reason: String,
    /// The account on the machine; not authenticated. Empty in events that were written before it was kept: only whoever
    /// decides may take a decision back, so it was the decision's own.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub account: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle(parts: &[(Part, &str)]) -> Bundle {
        let mut bundle = Bundle::default();
        for (part, of) in parts {
            bundle.put(*part, Identity::of("test").part(of.as_bytes()));
        }
        bundle
    }

    #[test]
    fn a_check_that_ended_otherwise_is_another_verdict_and_no_other_look() {
        let before = bundle(&[(Part::Scores, "0.8"), (Part::Checks, "not run")]);
        let after = bundle(&[(Part::Scores, "0.8"), (Part::Checks, "0")]);
        let other = bundle(&[(Part::Scores, "0.9"), (Part::Checks, "0")]);
        assert_ne!(before.id(), after.id());
        assert_eq!(before.numbers_id(), after.numbers_id());
        assert_ne!(after.numbers_id(), other.numbers_id());
        let outcome = |of: &Bundle, seen: &str| Outcome {
            candidate: "a".into(),
            verdict: GateVerdict::Pass,
            evidence: of.id(),
            numbers: true,
            seen: seen.into(),
        };
        let same = outcome(&before, &before.numbers_id());
        assert!(same.is_same_look(&outcome(&after, &after.numbers_id())));
        assert!(!same.is_same_look(&outcome(&other, &other.numbers_id())));
        // A look that was kept before numbers had a hash of their own is told by everything.
        assert!(outcome(&before, "").is_same_look(&same));
        assert!(!outcome(&after, "").is_same_look(&same));
    }

    #[test]
    fn a_change_of_any_part_changes_the_hash_and_is_named() {
        let approved = bundle(&[(Part::Model, "a"), (Part::Prompt, "be kind")]);
        for (now, changed) in [
            (
                bundle(&[(Part::Model, "a"), (Part::Prompt, "be kind")]),
                vec![],
            ),
            (
                bundle(&[(Part::Model, "a"), (Part::Prompt, "be brief")]),
                vec![Part::Prompt],
            ),
            (bundle(&[(Part::Model, "a")]), vec![Part::Prompt]),
            (
                bundle(&[
                    (Part::Model, "b"),
                    (Part::Prompt, "be kind"),
                    (Part::Files, "x"),
                ]),
                vec![Part::Model, Part::Files],
            ),
        ] {
            assert_eq!(approved.changed(&now), changed);
            assert_eq!(approved.id() == now.id(), changed.is_empty());
        }
    }
}
