//! What the Gate screen shows and does: the groups with their rules, one group, decisions and checks from there.
//!
//! Nothing is shown of a group that is blind to a person and that they have not opened, and no look is taken that a
//! rule does not declare unless somebody was told and wants it.

use std::sync::Arc;

use super::super::account::account;
use super::super::{Engine, EngineError, Result};
use super::weigh::{Held, Weighed};
use super::{GateOptions, Watch, Wish, declare, floors, owner};
use crate::domain::event::{Body, Event};
use crate::domain::gate::GateRule;
use crate::domain::ids::GateId;
use crate::domain::rubric::Rubric;
use crate::domain::run::{RunGroup, by_candidate};
use crate::domain::view::gate::{
    Declared, GateCard, GateLook, GatePage, GateView, GateWish, Moved, NoRule, RuleNote,
};
use crate::store::{gates, rubrics, runs};

impl Engine {
    /// Every group and every rule, the groups in their order, then rules of groups that are not there yet.
    pub fn gate_cards(&self) -> Result<Vec<GateCard>> {
        let mut cards = Vec::new();
        for group in self.store().read(runs::groups)? {
            let blind = self.agreement_is_closed(group.tickets)?.is_some();
            let (events, candidates) = self.store().read(|db| {
                let runs = runs::runs(db, &group.id)?;
                let names = by_candidate(&runs)
                    .into_iter()
                    .map(|(one, _)| one.name.clone())
                    .collect();
                Ok((gates::of_group(db, &group.id)?, names))
            })?;
            cards.push(GateCard {
                group: group.name,
                tickets_in: Some(group.tickets),
                candidates,
                rule: declare::declared(&events).map(|rule| note(&rule, &events, blind)),
            });
        }
        for (id, name) in self.store().read(gates::declared)? {
            if cards.iter().any(|card| card.group == name) {
                continue;
            }
            let events = self.store().read(|db| gates::of_group(db, &id))?;
            cards.push(GateCard {
                group: name,
                tickets_in: None,
                candidates: Vec::new(),
                rule: declare::declared(&events).map(|rule| note(&rule, &events, false)),
            });
        }
        Ok(cards)
    }

    /// A group for this reviewer.
    ///
    /// Refused for a group that is not there and has no rule, and for a rule that asks for what the group does not have.
    pub fn gate_page(&self, group: &str, look: GateLook) -> Result<GatePage> {
        let id = self.group_id(group);
        let (there, events) = self
            .store()
            .read(|db| Ok((runs::group_named(db, group)?, gates::of_group(db, &id)?)))?;
        let (there, declared) = match (there, declare::declared(&events)) {
            (Some(there), Some(declared)) => (there, declared),
            (Some(there), None) => {
                let rubric = self.store().read(|db| rubrics::get(db, &there.rubric))?;
                return Ok(GatePage::Undeclared(no_rule(&there, &rubric)));
            }
            (None, Some(declared)) => return Ok(GatePage::Early(Box::new(declared))),
            (None, None) => (self.group_named(group)?, self.declared(group)?),
        };
        if self.agreement_is_closed(there.tickets)?.is_some() {
            let waiting = self.waiting(there.tickets)?;
            return Ok(GatePage::Closed { waiting });
        }
        let looks = declared.rule.looks;
        let found = self.group_found(group)?;
        let weighed = self.weigh_gate(found, declared, &GateOptions::shown(), &Watch::nobody())?;
        let asked = weighed.look();
        let may_look = match look {
            GateLook::Known => false,
            GateLook::Declared => asked.number <= looks as usize,
            GateLook::Agreed => true,
        };
        if asked.is_new && !may_look {
            return Ok(GatePage::Moved(Box::new(moved(&weighed))));
        }
        self.gate_view(self.look_at(weighed)?)
    }

    /// Logs that this reviewer opened the gate of a group, which marks their later reviews, and shows it.
    pub fn open_gate(&self, group: &str) -> Result<GatePage> {
        let tickets = self.group_named(group)?.tickets;
        self.open_page(tickets, "gate")?;
        self.gate_page(group, GateLook::Declared)
    }

    /// Runs the commands of the rule that was read, for every candidate, and shows the gate after it.
    ///
    /// Refused where another rule was declared since: its commands are others than those that were read.
    pub fn gate_checks(&self, group: &str, gate: GateId, watch: &Watch<'_>) -> Result<GatePage> {
        let declared = self.declared(group)?;
        if declared.id != gate {
            return Err(EngineError::refused(
                format!("another rule was declared for `{group}` since its commands were shown"),
                "look again, and read the commands of the new one",
            ));
        }
        self.gate_is_open(group)?;
        let options = GateOptions {
            run_checks: true,
            ..GateOptions::shown()
        };
        let weighed = self.weigh_gate(self.group_found(group)?, declared, &options, watch)?;
        self.gate_view(self.look_at(weighed)?)
    }

    /// Keeps a decision that was made on the screen, among all candidates, about the numbers it showed.
    pub fn gate_decision(&self, wish: &GateWish) -> Result<GatePage> {
        self.gate_is_open(&wish.group)?;
        self.keep_decision(
            &wish.group,
            &Wish {
                candidate: wish.candidate.clone(),
                decision: wish.decision,
                reason: wish.reason.clone(),
                despite: wish.despite,
                account: account(),
                // What one takes back was decided about other numbers anyway.
                seen: wish.decision.map(|_| wish.evidence.clone()),
            },
        )?;
        self.gate_page(&wish.group, GateLook::Declared)
    }

    fn gate_is_open(&self, group: &str) -> Result<()> {
        let tickets = self.group_named(group)?.tickets;
        match self.agreement_is_closed(tickets)? {
            None => Ok(()),
            Some(_) => Err(EngineError::refused(
                format!("`{group}` has not been opened"),
                "open its gate first",
            )),
        }
    }

    fn gate_view(&self, mut held: Held) -> Result<GatePage> {
        // Texts are looked at for a comparison; whoever reads the page again and again need not wait for that.
        let overlap = self.known_overlap(&held.found.group.name, true)?;
        held.report.notes.extend(overlap);
        let (account, folder) = (account(), self.gate_folder());
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        Ok(GatePage::Open(Arc::new(GateView {
            barred: owner::barred(&held.declared.rule, &held.found.group.name, &account),
            folder: folder.display().to_string(),
            report: held.report,
            account,
            reviewer: self.reviewer().to_owned(),
        })))
    }
}

fn note(declared: &Declared, events: &[Event], blind: bool) -> RuleNote {
    let last = events.iter().rev().find_map(|event| match &event.body {
        Body::GateEvaluated(look) if look.gate == declared.id => Some(look),
        _ => None,
    });
    let said = last.iter().flat_map(|look| &look.outcomes);
    let standing = owner::notes(events)
        .into_iter()
        .find(|one| one.void.is_none());
    let decided = standing.map(|one| (one.candidate, one.decision, one.by));
    RuleNote {
        gate: declared.id.short(),
        relative: declared.relative.clone(),
        last: (!blind).then(|| {
            said.map(|one| (one.candidate.clone(), one.verdict))
                .collect()
        }),
        decided: decided.filter(|_| !blind),
    }
}

fn no_rule(group: &RunGroup, rubric: &Rubric) -> NoRule {
    let (has_baseline, approver) = (group.baseline.is_some(), account());
    let must_reach = floors::of(rubric);
    NoRule {
        asks: GateRule::usual(has_baseline, &must_reach, &approver).lines(),
        command: GateRule::usual_command(&group.name, has_baseline, &must_reach, &approver),
        by_file: format!("docket gate {} --declare --file gate.toml", group.name),
    }
}

fn moved(weighed: &Weighed) -> Moved {
    let candidates = weighed.candidates.iter().map(|one| {
        let said = weighed.last_said(&one.name).map(|said| said.verdict);
        (one.name.clone(), said, one.owner.words.clone())
    });
    Moved {
        number: weighed.look().number,
        declared: weighed.declared.rule.looks,
        candidates: candidates.collect(),
    }
}
