//! Who decided about a candidate, and what became of it.

use serde::Serialize;

use super::GateVerdict;
use crate::domain::gate::Decision;
use crate::domain::ids::EventId;

/// Who may decide about a candidate, and who has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Owner {
    /// Named in the rule; empty lets anybody.
    pub approvers: Vec<String>,
    /// Approvals the rule asks for.
    pub needed: u32,
    /// Every decision, the latest first.
    pub decisions: Vec<DecisionLine>,
    /// `approved by ana (not authenticated)`, `waits for ana or ben`, `approval of ana is stale: prompt`.
    pub words: String,
    /// Whether the candidate is approved as the rule asks, on what stands now.
    pub approved: bool,
}

impl Owner {
    /// A signature over an approval that holds.
    pub fn signed(&self) -> Option<&SignatureLine> {
        let holds = self.decisions.iter().filter(|one| {
            one.standing == DecisionStanding::Holds && one.decision == Decision::Approve
        });
        holds.flat_map(|one| &one.signatures).next()
    }

    /// The rejection that stands, whoever approved beside it.
    pub fn rejection(&self) -> Option<&DecisionLine> {
        self.decisions
            .iter()
            .find(|one| one.standing == DecisionStanding::Holds && one.decision == Decision::Reject)
    }

    /// The latest decision of an account that can be taken back: it holds, or is stale.
    pub fn standing_of(&self, account: &str) -> Option<&DecisionLine> {
        self.decisions.iter().find(|one| {
            let stands = matches!(
                one.standing,
                DecisionStanding::Holds | DecisionStanding::Stale(_)
            );
            one.by == account && stands
        })
    }
}

/// Whether a decision still means what it meant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "why")]
pub enum DecisionStanding {
    /// Everything it rests on is as it was.
    Holds,
    /// What it rests on changed: which parts (`model`, `prompt`, `scores`, ...).
    Stale(Vec<String>),
    /// Its author decided again.
    Superseded,
    /// Taken back, with the reason.
    Voided(String),
}

impl DecisionStanding {
    /// In words: `holds`, `stale: prompt, scores`.
    pub fn words(&self) -> String {
        match self {
            Self::Holds => "holds".to_owned(),
            Self::Stale(parts) => format!("stale: {} changed since", parts.join(", ")),
            Self::Superseded => "superseded by a later decision".to_owned(),
            Self::Voided(reason) => format!("void: {reason}"),
        }
    }
}

/// A named decision.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionLine {
    /// Identity.
    pub id: EventId,
    /// About which candidate.
    pub candidate: String,
    /// What was decided.
    pub decision: Decision,
    /// Who, by the name of the account on the machine. Not authenticated; only a signature is.
    pub by: String,
    /// The name that person reviews under in docket. It decides nothing.
    pub reviewer: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// Why.
    pub reason: String,
    /// What the gate said when it was made.
    pub verdict: GateVerdict,
    /// Hash of everything it rests on.
    pub evidence: String,
    /// Whether it still holds.
    pub standing: DecisionStanding,
    /// Signatures over it, unchecked until `verify` is asked.
    pub signatures: Vec<SignatureLine>,
}

impl DecisionLine {
    /// Who decided: the account, and the name it reviews under where that is another.
    pub fn who(&self) -> String {
        person(&self.by, &self.reviewer)
    }
}

/// The name reviews go by where nobody has said one.
const NOBODY: &str = "reviewer";

/// `root, reviewing as ana`; the account alone where both are the same, or nobody said who reviews. Only the account
/// counts.
pub fn person(account: &str, reviewer: &str) -> String {
    if [account, NOBODY, ""].contains(&reviewer) {
        account.to_owned()
    } else {
        format!("{account}, reviewing as {reviewer}")
    }
}

/// A decision in a list, as the ledger alone tells it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DecisionNote {
    /// About which candidate.
    pub candidate: String,
    /// What was decided.
    pub decision: Decision,
    /// Who, by the name of the account on the machine; not authenticated.
    pub by: String,
    /// The name that person reviews under.
    pub reviewer: String,
    /// Why its author took it back, if so.
    pub void: Option<String>,
    /// Fingerprints of the keys it was signed with, unchecked.
    pub keys: Vec<String>,
}

impl DecisionNote {
    /// `b approved by ana, signed`; `b approved by ana, taken back`.
    pub fn words(&self) -> String {
        let after = match (&self.void, self.keys.is_empty()) {
            (Some(_), _) => ", taken back",
            (None, false) => ", signed",
            (None, true) => "",
        };
        format!(
            "{} {} by {}{after}",
            self.candidate,
            self.decision.past(),
            person(&self.by, &self.reviewer)
        )
    }
}

/// A signature as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignatureLine {
    /// Fingerprint of the key, as `ssh-keygen -l` prints it.
    pub key: String,
    /// Who wrote it into the ledger.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_decided_is_the_account_and_the_reviewer_where_that_is_another() {
        for (account, reviewer, shown) in [
            ("root", "ana", "root, reviewing as ana"),
            ("ana", "ana", "ana"),
            ("root", "reviewer", "root"),
            ("root", "", "root"),
        ] {
            assert_eq!(person(account, reviewer), shown);
        }
    }
}
