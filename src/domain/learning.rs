//! What a judge may learn from: corrections that experts agree on, and guidelines people approved.
//!
//! Nothing here decides what is shown to a judge: the fixed split of [`super::split`] does, and
//! `judge::retrieve` chooses among what it leaves. Here is what a correction and a guideline are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::JudgeCorrected;
use super::ids::{ClusterId, RubricId, TicketId};
use super::rubric::Answer;

/// Most rules of one version of guidelines: what is longer belongs into the rubric.
pub const MOST_GUIDELINES: usize = 20;
/// Most characters of one rule.
pub const MOST_GUIDELINE_CHARS: usize = 600;

/// A standing correction of a judge: the latest of one person on one question of one ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeCorrection {
    /// The ticket.
    pub ticket: TicketId,
    /// Its cluster: what the split goes by.
    pub cluster: ClusterId,
    /// Who corrected.
    pub reviewer: String,
    /// What they said.
    pub said: JudgeCorrected,
}

/// What experts say, together, that a judge should have answered on one criterion of one ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgreedCorrection {
    /// The ticket.
    pub ticket: TicketId,
    /// Its cluster.
    pub cluster: ClusterId,
    /// The criterion.
    pub criterion: String,
    /// What the judge said when it was last corrected; `None` where it gave no answer.
    pub judge: Option<Answer>,
    /// What it should have said.
    pub answer: Answer,
    /// Why, one sentence or paragraph per expert who gave a reason.
    pub why: String,
}

/// What experts agree on in some corrections, by ticket and criterion.
///
/// Of two corrections of one person the later in the list counts. Corrections made under another rubric version are left out, for
/// its anchors may have meant something else; so are those that experts do not agree on, and "cannot judge".
pub fn agreed_corrections(
    corrections: &[JudgeCorrection],
    rubric: &RubricId,
) -> Vec<AgreedCorrection> {
    let mut latest: BTreeMap<(TicketId, &str), BTreeMap<&str, &JudgeCorrection>> = BTreeMap::new();
    for one in corrections {
        if one.said.rubric == *rubric {
            let about = (one.ticket, one.said.criterion.as_str());
            latest.entry(about).or_default().insert(&one.reviewer, one);
        }
    }
    latest
        .into_values()
        .filter_map(|one| together(&one))
        .collect()
}

fn together(by_person: &BTreeMap<&str, &JudgeCorrection>) -> Option<AgreedCorrection> {
    let first = by_person.values().next()?;
    let answer = &first.said.answer;
    let same = by_person.values().all(|one| one.said.answer == *answer);
    if !same || matches!(answer, Answer::CannotJudge { .. }) {
        return None;
    }
    let mut reasons: Vec<&str> = by_person
        .values()
        .map(|one| one.said.reason.trim())
        .filter(|reason| !reason.is_empty())
        .collect();
    reasons.dedup();
    Some(AgreedCorrection {
        ticket: first.ticket,
        cluster: first.cluster,
        criterion: first.said.criterion.clone(),
        judge: first.said.judge.clone(),
        answer: answer.clone(),
        why: reasons.join("\n"),
    })
}

/// A rule for judges, written or approved by a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guideline {
    /// The criterion it is about; `None` for all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
    /// The rule, in a sentence or two.
    pub text: String,
    /// The tickets whose corrections it was drawn from; none for a rule that rests on no ticket.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<TicketId>,
}

/// One version of an eval's guidelines as the ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GuidelineVersion {
    /// Its identity: the hash of what judges are shown.
    pub set: String,
    /// The rubric version it was approved for.
    pub rubric: RubricId,
    /// The rules, in the order judges are shown them.
    pub guidelines: Vec<Guideline>,
    /// Who approved it.
    pub approved_by: String,
    /// When, in milliseconds since 1970.
    pub approved_ms: i64,
    /// Who removed it and why; judges may no longer be shown it.
    pub removed: Option<Removed>,
}

/// Why guidelines are no longer shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Removed {
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::VerdictId;

    fn said(who: &str, level: i32, reason: &str) -> JudgeCorrection {
        JudgeCorrection {
            ticket: TicketId([1; 16]),
            cluster: ClusterId([2; 16]),
            reviewer: who.into(),
            said: JudgeCorrected {
                verdict: VerdictId([3; 16]),
                criterion: "tone".into(),
                judge: Some(Answer::Level(5)),
                answer: Answer::Level(level),
                reason: reason.into(),
                rubric: RubricId([4; 16]),
            },
        }
    }

    fn found(corrections: &[JudgeCorrection]) -> Vec<AgreedCorrection> {
        agreed_corrections(corrections, &RubricId([4; 16]))
    }

    #[test]
    fn the_latest_word_of_each_person_counts_and_their_reasons_stand_together() {
        let all = [
            said("ana", 5, "fine"),
            said("ben", 2, "cold"),
            said("ana", 2, "no greeting"),
        ];
        let agreed = found(&all);
        assert_eq!(agreed.len(), 1);
        assert_eq!(agreed[0].answer, Answer::Level(2));
        assert_eq!(agreed[0].why, "no greeting\ncold");
    }

    #[test]
    fn what_experts_do_not_agree_on_teaches_nothing() {
        assert_eq!(found(&[said("ana", 1, ""), said("ben", 2, "")]), []);
    }

    #[test]
    fn another_rubric_version_and_cannot_judge_teach_nothing() {
        let mut other = said("ana", 1, "");
        other.said.rubric = RubricId([9; 16]);
        let mut unsure = said("ana", 1, "");
        unsure.said.answer = Answer::CannotJudge {
            reason: String::new(),
        };
        assert_eq!(found(&[other]), []);
        assert_eq!(found(&[unsure]), []);
    }
}
