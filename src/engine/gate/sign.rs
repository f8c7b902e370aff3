//! Signatures over decisions, made and checked by `ssh-keygen`, offline.
//!
//! What is signed is a text that names the decision and the hash of every part it rests on. A signature is good if the
//! key is in `allowed_signers` under a name the rule lets decide, the text is still the one the ledger gives, and
//! nothing the decision rests on has changed.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::super::{Engine, EngineError, Pen, Result};
use super::GateOptions;
use super::weigh::Held;
use crate::domain::count::counted;
use crate::domain::event::{Body, Event};
use crate::domain::gate::{Approved, Signed};
use crate::domain::ids::EventId;
use crate::domain::json::quote;
use crate::domain::view::gate::{DecisionLine, DecisionStanding, Verification, Verified};

mod ssh;

/// What a signature is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignOrder {
    /// About which candidate; its latest decision that holds is signed.
    pub candidate: String,
    /// The private key, or the public one of a key an agent holds.
    pub key: PathBuf,
    /// Sign numbers that are not real, marked as a sample.
    pub as_sample: bool,
}

impl Engine {
    /// Signs the latest decision about a candidate. Returns the fingerprint of the key.
    ///
    /// Refused without a decision that holds, and for numbers that must not be signed as real.
    pub fn sign(&self, group: &str, order: &SignOrder) -> Result<String> {
        let held = self.held_gate(self.group_found(group)?, &GateOptions::of(&order.candidate))?;
        let decisions = held
            .report
            .candidates
            .iter()
            .flat_map(|one| &one.owner.decisions);
        let all: Vec<&DecisionLine> = decisions.collect();
        let holding = all
            .iter()
            .find(|one| one.standing == DecisionStanding::Holds);
        let Some(decision) = holding else {
            return Err(nothing_to_sign(group, order, &all));
        };
        let (event, approved) = found(&held.material.events, &decision.id)?;
        if !approved.watermarks.is_empty() && !order.as_sample {
            return Err(EngineError::refused(
                format!(
                    "the numbers behind this decision cannot be signed as real: {}",
                    approved.watermarks.join("; ")
                ),
                "to try it out add `--as-sample`: the signature then says that it is one",
            ));
        }
        let text = self.text(group, event, approved);
        let signature = ssh::sign(&order.key, &text)?;
        let key = ssh::fingerprint(&signature, &text)?;
        let body = Body::Signed(Signed {
            group: held.found.group.id,
            decision: decision.id,
            text,
            signature,
            key: key.clone(),
        });
        let engine = self.clone();
        self.store()
            .write(move |db| Pen::new(&engine).write(db, None, None, body))?;
        Ok(key)
    }

    /// Checks every signature of a group, or of one candidate, against `allowed_signers`; beside the workspace by default.
    pub fn verify(
        &self,
        group: &str,
        candidate: Option<&str>,
        allowed: Option<&Path>,
    ) -> Result<Verification> {
        let found_group = self.group_found(group)?;
        let allowed = allowed.map_or_else(
            || self.gate_folder().join("allowed_signers"),
            Path::to_path_buf,
        );
        if let Err(error) = std::fs::File::open(&allowed) {
            return Err(EngineError::Refused {
                what: EngineError::file("read", &allowed, &error).to_string(),
                hint: Some(
                    "name the file of allowed signers: `--allowed-signers <SIGNERS>`, where a line is a name and a public key"
                        .to_owned(),
                ),
            });
        }
        let id = found_group.group.id;
        let events = self
            .store()
            .read(|db| crate::store::gates::of_group(db, &id))?;
        let mut signed = Vec::new();
        let mut watermarks: Vec<String> = Vec::new();
        let mut helds: Vec<(String, Held)> = Vec::new();
        for event in events.iter().rev() {
            let Body::Signed(one) = &event.body else {
                continue;
            };
            let (decided, approved) = found(&events, &one.decision)?;
            let name = &approved.candidate;
            if candidate.is_some_and(|wanted| wanted != name) {
                continue;
            }
            if helds.iter().all(|(known, _)| known != name) {
                let held = self.held_gate(self.group_found(group)?, &GateOptions::of(name))?;
                helds.push((name.clone(), held));
            }
            for mark in &approved.watermarks {
                if !watermarks.contains(mark) {
                    watermarks.push(mark.clone());
                }
            }
            let held = helds
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, held)| held);
            signed.extend(
                held.and_then(|held| self.verified(group, held, decided, approved, one, &allowed)),
            );
        }
        Ok(summed(group, watermarks, signed))
    }

    fn verified(
        &self,
        group: &str,
        held: &Held,
        decided: &Event,
        approved: &Approved,
        one: &Signed,
        allowed: &Path,
    ) -> Option<Verified> {
        let lines = held
            .report
            .candidates
            .iter()
            .flat_map(|one| &one.owner.decisions);
        let decision = lines.clone().find(|line| line.id == decided.id)?.clone();
        let checked = if one.text == self.text(group, decided, approved) {
            ssh::check(&one.signature, &one.text, allowed)
        } else {
            Err("the signed text is not what the ledger says".to_owned())
        };
        let (signer, why) = match checked {
            Ok(names) => {
                let rule = &held.declared.rule;
                let named = names.iter().find(|name| may_sign(&rule.approvers, name));
                match named {
                    Some(name) => (Some(name.clone()), String::new()),
                    None => (
                        None,
                        format!(
                            "signed by {}, who is not among the approvers",
                            names.join(", ")
                        ),
                    ),
                }
            }
            Err(why) => (None, why),
        };
        Some(Verified {
            decision,
            signer,
            key: one.key.clone(),
            why,
        })
    }

    /// The text that is signed. Whatever people wrote is quoted, so that no line of it can stand for another.
    fn text(&self, group: &str, event: &Event, approved: &Approved) -> String {
        let mut text = format!(
            "docket sign-off 1\nworkspace: {}\ngroup: {}\ncandidate: {}\ndecision: {}\naccount (not authenticated): {}\n\
             reason: {}\nat: {} ms\nevent: {}\ngate: {}\nverdict: {}\nevidence: {}\n",
            self.identity().id,
            quote(group),
            quote(&approved.candidate),
            approved.decision.name(),
            quote(&approved.account),
            quote(&approved.reason),
            event.hlc.millis(),
            event.id,
            approved.gate,
            approved.verdict.name(),
            approved.bundle.id(),
        );
        // Writing to a string cannot fail.
        for (part, hash) in approved.bundle.parts() {
            let _ = writeln!(text, "part {}: {hash}", part.name());
        }
        for words in &approved.preferences {
            let _ = writeln!(text, "preferred (in no number): {words}");
        }
        for mark in &approved.watermarks {
            let _ = writeln!(text, "SAMPLE, NOT REAL: {}", quote(mark));
        }
        text
    }
}

/// Whether a name of `allowed_signers` is one of the approvers, also as the name of an address.
fn may_sign(approvers: &[String], name: &str) -> bool {
    let local = name.split('@').next().unwrap_or(name);
    approvers.is_empty() || approvers.iter().any(|one| one == name || one == local)
}

fn found<'e>(events: &'e [Event], id: &EventId) -> Result<(&'e Event, &'e Approved)> {
    let mut all = events.iter().filter_map(|event| match &event.body {
        Body::Approved(one) if event.id == *id => Some((event, &**one)),
        _ => None,
    });
    all.next().ok_or_else(|| {
        EngineError::refused(
            "a signature stands for a decision that is not in the ledger",
            "merge the copy of the workspace it was made in",
        )
    })
}

fn nothing_to_sign(group: &str, order: &SignOrder, all: &[&DecisionLine]) -> EngineError {
    let name = &order.candidate;
    let why = match all.first() {
        None => "nobody has decided".to_owned(),
        Some(last) => format!("the decision of {} is {}", last.by, last.standing.words()),
    };
    EngineError::refused(
        format!("there is nothing to sign about `{name}` in `{group}`: {why}"),
        format!(
            "decide first: `docket approve {group} --candidate {name} --decision approve --reason '<REASON>'` (<REASON> is why, in your words)"
        ),
    )
}

fn summed(group: &str, watermarks: Vec<String>, signed: Vec<Verified>) -> Verification {
    let good = |one: &Verified| one.signer.is_some();
    let holds = |one: &Verified| one.decision.standing == DecisionStanding::Holds;
    let all = !signed.is_empty() && signed.iter().all(|one| good(one) && holds(one));
    let sentence = if signed.is_empty() {
        format!("Nothing about `{group}` is signed.")
    } else if let Some(bad) = signed.iter().find(|one| !good(one)) {
        format!("A signature is not good: {}.", bad.why)
    } else if let Some(void) = signed.iter().find(|one| !holds(one)) {
        format!(
            "The sign-off of `{}` is void: {}.",
            void.decision.candidate,
            void.decision.standing.words()
        )
    } else if watermarks.is_empty() {
        format!(
            "{} good, and nothing they rest on has changed.",
            counted(signed.len(), "signature")
        )
    } else {
        "The signature is good, and it signs a sample: this is no release.".to_owned()
    };
    Verification {
        group: group.to_owned(),
        good: all && watermarks.is_empty(),
        watermarks,
        signed,
        sentence,
    }
}
