//! Who decided about a candidate, and whether that still means what it meant.

use super::hashes;
use super::material::Material;
use crate::domain::event::{Body, Event};
use crate::domain::gate::{Approved, Bundle, Decision, GateRule};
use crate::domain::group_scores::CandidateScores;
use crate::domain::ids::EventId;
use crate::domain::view::gate::{
    DecisionLine, DecisionNote, DecisionStanding, Owner, SignatureLine,
};

/// Decisions about a candidate as they stand on what is there now.
pub(super) fn of(
    material: &Material,
    rule: &GateRule,
    candidate: &CandidateScores,
    now: &Bundle,
) -> Owner {
    let decisions = decisions(material, candidate, now);
    let standing: Vec<&DecisionLine> = decisions
        .iter()
        .filter(|one| one.standing == DecisionStanding::Holds)
        .collect();
    let mut yes: Vec<&str> = standing
        .iter()
        .filter(|one| one.decision == Decision::Approve)
        .map(|one| one.by.as_str())
        .filter(|by| may_decide(rule, by))
        .collect();
    yes.sort_unstable();
    yes.dedup();
    let rejected = standing.iter().any(|one| one.decision == Decision::Reject);
    let approved = !rejected && yes.len() >= rule.approvals as usize;
    Owner {
        approvers: rule.approvers.clone(),
        needed: rule.approvals,
        words: words(rule, &decisions, &yes, approved),
        approved,
        decisions,
    }
}

/// Whether the rule lets somebody decide.
pub(super) fn may_decide(rule: &GateRule, account: &str) -> bool {
    rule.approvers.is_empty() || rule.approvers.iter().any(|name| name == account)
}

/// Why the rule does not let an account decide.
pub(super) fn barred(rule: &GateRule, group: &str, account: &str) -> Option<String> {
    (!may_decide(rule, account)).then(|| {
        format!(
            "`{account}` may not decide about `{group}`: the gate names {}",
            rule.approvers.join(", ")
        )
    })
}

fn decisions(material: &Material, candidate: &CandidateScores, now: &Bundle) -> Vec<DecisionLine> {
    let mut lines: Vec<DecisionLine> = Vec::new();
    let moved = hashes::moved(material, candidate);
    for event in material.events.iter().rev() {
        let Body::Approved(one) = &event.body else {
            continue;
        };
        if one.candidate != candidate.name {
            continue;
        }
        let standing = if let Some(reason) = voided(&material.events, &event.id) {
            DecisionStanding::Voided(reason)
        } else if lines.iter().any(|later| later.by == one.account) {
            // Also where the later one was voided: what was given up is not brought back by that.
            DecisionStanding::Superseded
        } else {
            still(one, now, &moved)
        };
        lines.push(line(event, one, standing, &material.events));
    }
    lines
}

fn still(one: &Approved, now: &Bundle, moved: &[String]) -> DecisionStanding {
    let mut changed: Vec<String> = one
        .bundle
        .changed(now)
        .into_iter()
        .map(|part| part.name().to_owned())
        .collect();
    changed.extend(moved.iter().cloned());
    if changed.is_empty() {
        DecisionStanding::Holds
    } else {
        DecisionStanding::Stale(changed)
    }
}

fn voided(events: &[Event], id: &EventId) -> Option<String> {
    events.iter().find_map(|event| match &event.body {
        Body::Voided(one) if one.event == *id => Some(one.reason.clone()),
        _ => None,
    })
}

/// Decisions about a group as the ledger alone tells them, the latest first, without those their author replaced. Whether
/// what they rest on has changed since is told by weighing the gate.
pub(super) fn notes(events: &[Event]) -> Vec<DecisionNote> {
    let mut notes: Vec<DecisionNote> = Vec::new();
    for event in events.iter().rev() {
        let Body::Approved(one) = &event.body else {
            continue;
        };
        let replaced =
            |later: &DecisionNote| later.candidate == one.candidate && later.by == one.account;
        if notes.iter().any(replaced) {
            continue;
        }
        notes.push(DecisionNote {
            candidate: one.candidate.clone(),
            decision: one.decision,
            by: one.account.clone(),
            reviewer: event.reviewer.clone(),
            void: voided(events, &event.id),
            keys: signatures(events, &event.id).map(|line| line.key).collect(),
        });
    }
    notes
}

fn signatures(events: &[Event], decision: &EventId) -> impl Iterator<Item = SignatureLine> {
    events.iter().filter_map(move |event| match &event.body {
        Body::Signed(signed) if signed.decision == *decision => Some(SignatureLine {
            key: signed.key.clone(),
            by: event.reviewer.clone(),
            at_ms: event.hlc.millis(),
        }),
        _ => None,
    })
}

fn line(
    event: &Event,
    one: &Approved,
    standing: DecisionStanding,
    events: &[Event],
) -> DecisionLine {
    DecisionLine {
        id: event.id,
        candidate: one.candidate.clone(),
        decision: one.decision,
        by: one.account.clone(),
        reviewer: event.reviewer.clone(),
        at_ms: event.hlc.millis(),
        reason: one.reason.clone(),
        verdict: one.verdict,
        evidence: one.bundle.id(),
        standing,
        signatures: signatures(events, &event.id).collect(),
    }
}

fn words(rule: &GateRule, decisions: &[DecisionLine], yes: &[&str], approved: bool) -> String {
    let who = if rule.approvers.is_empty() {
        "anybody".to_owned()
    } else {
        rule.approvers.join(" or ")
    };
    if approved {
        let signed = decisions
            .iter()
            .filter(|one| one.standing == DecisionStanding::Holds)
            .flat_map(|one| &one.signatures)
            .next();
        let signed = signed.map_or_else(String::new, |one| format!(", signed with {}", one.key));
        return format!("approved by {} (not authenticated){signed}", yes.join(", "));
    }
    let Some(last) = decisions.first() else {
        return format!("waits for {who}");
    };
    match &last.standing {
        DecisionStanding::Holds if last.decision == Decision::Reject => {
            format!("rejected by {} (not authenticated)", last.by)
        }
        DecisionStanding::Holds => {
            format!(
                "{} of {} approvals; waits for {who}",
                yes.len(),
                rule.approvals
            )
        }
        other => format!(
            "{} by {}, which is {}; waits for {who}",
            last.decision.past(),
            last.by,
            other.words()
        ),
    }
}
