//! Decisions: who approves or rejects a candidate, on what, and why.
//!
//! The name is that of the account on this machine. It is not authenticated and every place that shows it says so; a
//! signature is what authenticates (see `sign`).

use super::super::{Engine, EngineError, Pen, Result};
use super::hashes;
use super::verdict::Stand;
use super::weigh::{Held, Weighed};
use super::{GateOptions, Watch, earlier, place};
use crate::domain::event::Body;
use crate::domain::gate::{Approved, Bundle, Decision, Ran, Voided};
use crate::domain::ids::EventId;
use crate::domain::view::gate::{CandidateGate, GateReport, GateVerdict};

/// A decision somebody wants to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Which candidate.
    pub candidate: String,
    /// What; `None` takes back one's last decision that stands.
    pub decision: Option<Decision>,
    /// Why; never empty.
    pub reason: String,
    /// Approve although the gate does not pass.
    pub despite: bool,
    /// The account on this machine.
    pub account: String,
    /// Hash of everything the verdict rested on when it was shown; refused where that is another one now.
    pub seen: Option<String>,
}

impl Engine {
    /// Keeps a decision about a candidate, with the hash of everything it rests on. Returns the gate as it stands then.
    ///
    /// Refused without a reason, for somebody the rule does not name, for an approval of what does not pass, and where
    /// the numbers are not those that were shown.
    pub fn approve(&self, group: &str, wish: &Wish) -> Result<GateReport> {
        self.keep_decision(group, wish)?;
        self.gate(group, &GateOptions::of(&wish.candidate))
    }

    /// The same without the gate.
    pub(super) fn keep_decision(&self, group: &str, wish: &Wish) -> Result<()> {
        if wish.reason.trim().is_empty() {
            return Err(EngineError::refused(
                "a decision needs a reason",
                "add one: `--reason \"what it rests on\"`",
            ));
        }
        self.may_decide(group, &wish.account)?;
        let declared = self.declared(group)?;
        let found = self.group_found(group)?;
        let weighed = self.weigh_gate(
            found,
            declared,
            &GateOptions::of(&wish.candidate),
            &Watch::nobody(),
        )?;
        unchanged(&weighed, wish)?;
        let held = self.look_at(weighed)?;
        let body = match wish.decision {
            None => void(&held, wish)?,
            Some(decision) => self.decision(&held, wish, decision)?,
        };
        let engine = self.clone();
        self.store()
            .write(move |db| Pen::new(&engine).write(db, None, None, body))?;
        Ok(())
    }

    fn decision(&self, held: &Held, wish: &Wish, decision: Decision) -> Result<Body> {
        let candidate = of(&held.report.candidates, &wish.candidate)?;
        let verdict = candidate.verdict;
        if decision == Decision::Approve && verdict != GateVerdict::Pass && !wish.despite {
            return Err(EngineError::refused(
                format!(
                    "the gate says {} for `{}`: {}",
                    verdict.name(),
                    wish.candidate,
                    held.report.sentence
                ),
                "settle what it names, reject the candidate, or approve all the same with `--despite-gate`, which is kept",
            ));
        }
        let bundle = self.bundle(held, &wish.candidate)?;
        Ok(Body::Approved(Box::new(Approved {
            group: held.found.group.id,
            candidate: wish.candidate.clone(),
            decision,
            account: wish.account.clone(),
            reason: wish.reason.trim().to_owned(),
            verdict,
            gate: held.declared.id,
            bundle,
            watermarks: held.report.watermarks.clone(),
            preferences: candidate.preference_words(),
        })))
    }

    /// The bundle of a candidate as it stands.
    pub(super) fn bundle(&self, held: &Held, candidate: &str) -> Result<Bundle> {
        let (material, rule) = (&held.material, &held.declared.rule);
        let scores = &material.scores;
        let at = place(scores, candidate)?;
        // Read again: what was run for the report is in the ledger by now.
        let events = self
            .store()
            .read(|db| crate::store::gates::of_group(db, &held.found.group.id))?;
        let material = super::Material {
            events,
            ..material.clone()
        };
        let ran: Vec<Ran> = earlier(&material, &held.declared)
            .flat_map(|look| look.checks.iter().cloned())
            .collect();
        let folder = self.gate_folder();
        let stand = Stand {
            material: &material,
            rule,
            backing: &held.report.agreement,
            ran: &ran,
            folder: &folder,
            seed: self.identity().seed,
            baseline: super::baseline(scores, rule)?,
        };
        Ok(hashes::bundle(
            &stand.case(at),
            stand.backing,
            stand.ran,
            stand.folder,
        ))
    }
}

/// The candidate that is meant.
fn of<'c>(candidates: &'c [CandidateGate], name: &str) -> Result<&'c CandidateGate> {
    candidates
        .iter()
        .find(|one| one.name == name)
        .ok_or_else(|| {
            EngineError::refused(
                format!("`{name}` is not among the candidates that are decided about"),
                "name one of them",
            )
        })
}

/// Refuses a decision about other numbers than those that were shown.
fn unchanged(weighed: &Weighed, wish: &Wish) -> Result<()> {
    let Some(seen) = &wish.seen else {
        return Ok(());
    };
    if of(&weighed.candidates, &wish.candidate)?.evidence == *seen {
        return Ok(());
    }
    Err(EngineError::refused(
        format!(
            "what the verdict on `{}` rests on has changed since it was shown",
            wish.candidate
        ),
        "look again, then decide",
    ))
}

/// Takes back the last decision of an account that stands.
fn void(held: &Held, wish: &Wish) -> Result<Body> {
    let owner = &of(&held.report.candidates, &wish.candidate)?.owner;
    let last: Option<EventId> = owner.standing_of(&wish.account).map(|one| one.id);
    let Some(event) = last else {
        return Err(EngineError::refused(
            format!(
                "`{}` has decided nothing about `{}`",
                wish.account, wish.candidate
            ),
            "only one's own decision can be taken back",
        ));
    };
    Ok(Body::Voided(Voided {
        event,
        reason: wish.reason.trim().to_owned(),
        account: wish.account.clone(),
    }))
}
