//! Declaring a rule, and finding the declared one.

use serde::Serialize;

use super::super::{Engine, EngineError, Pen, Result};
use super::owner;
use crate::domain::event::{Body, Event};
use crate::domain::gate::{GateDeclared, GateRule, impossible};
use crate::domain::group_scores::GroupScores;
use crate::domain::ids::GroupId;
use crate::domain::rubric::Problem;
use crate::domain::run::{Origin, group_id};
use crate::domain::view::gate::{DecisionNote, Declared, GateVerdict};
use crate::store::{Db, gates, runs};

/// A declared gate in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateLine {
    /// Name of the group.
    pub group: String,
    /// Hash of the rule, shortened.
    pub gate: String,
    /// The file it came from.
    pub file: Option<String>,
    /// Who declared it.
    pub by: String,
    /// When, in milliseconds since 1970.
    pub at_ms: i64,
    /// `before the first output`, or after how many.
    pub relative: String,
    /// What the last look said, by candidate.
    pub verdicts: Vec<(String, GateVerdict)>,
    /// Decisions, the latest first, without those their author replaced.
    pub decisions: Vec<DecisionNote>,
}

impl Engine {
    /// Keeps a rule for a group, which need not be there yet. The very same rule again changes nothing.
    ///
    /// Refused for a rule that cannot be met or cannot fail, and where the group is there, for one that asks for what it
    /// does not have or lacks a floor its rubric calls for.
    pub fn declare_gate(
        &self,
        group: &str,
        rule: GateRule,
        file: Option<String>,
    ) -> Result<Declared> {
        possible(&rule)?;
        super::super::evals::check_name("run group", group)?;
        if let Ok(known) = self.declared(group)
            && known.id == rule.id()
        {
            return Ok(known);
        }
        let there = self.store().read(|db| runs::group_named(db, group))?;
        if there.is_some() {
            let found = self.group_found(group)?;
            super::fits(&found, &rule)?;
            self.refuse_floors(&found, &rule, file.as_deref())?;
        }
        let engine = self.clone();
        let (id, name) = (self.group_id(group), group.to_owned());
        self.store().write(move |db| {
            let body = GateDeclared {
                group: id,
                name,
                gate: rule.id(),
                rule,
                file,
                outputs: outputs(db, &id)?,
            };
            Pen::new(&engine).write(db, None, None, Body::GateDeclared(Box::new(body)))
        })?;
        self.declared(group)
    }

    /// The identity of the group of a name, whether or not it is there.
    pub(super) fn group_id(&self, name: &str) -> GroupId {
        group_id(&self.identity().id, name)
    }

    /// The rule that was declared last for a group.
    pub fn declared(&self, group: &str) -> Result<Declared> {
        let id = self.group_id(group);
        let events = self.store().read(|db| gates::of_group(db, &id))?;
        declared(&events).ok_or_else(|| {
            EngineError::refused(
                format!("no gate was declared for `{group}`"),
                format!(
                    "declare one: `docket gate {group} --file gate.toml`, or by flags such as `--min-pass-rate 0.8`"
                ),
            )
        })
    }

    /// Every gate of the workspace, in the order of the first declarations.
    pub fn gates(&self) -> Result<Vec<GateLine>> {
        Ok(self.store().read(|db| {
            let mut lines = Vec::new();
            for (group, name) in gates::declared(db)? {
                let events = gates::of_group(db, &group)?;
                lines.extend(declared(&events).map(|one| line(name, &one, &events)));
            }
            Ok(lines)
        })?)
    }
}

/// Refuses a rule that cannot be met, cannot fail or contradicts itself.
pub(super) fn possible(rule: &GateRule) -> Result<()> {
    let problems = impossible(rule);
    let Some(first) = problems.first() else {
        return Ok(());
    };
    let told = |one: &Problem| match one.place.as_str() {
        "" => one.message.clone(),
        place => format!("{place}: {}", one.message),
    };
    let all: Vec<String> = problems.iter().map(told).collect();
    Err(EngineError::refused(
        format!("the gate cannot be used: {}", all.join("; ")),
        first.hint.clone(),
    ))
}

fn line(group: String, declared: &Declared, events: &[Event]) -> GateLine {
    let last = events.iter().rev().find_map(|event| match &event.body {
        Body::GateEvaluated(look) if look.gate == declared.id => Some(look),
        _ => None,
    });
    GateLine {
        group,
        gate: declared.id.short(),
        file: declared.file.clone(),
        by: declared.by.clone(),
        at_ms: declared.at_ms,
        relative: declared.relative.clone(),
        verdicts: last
            .iter()
            .flat_map(|look| &look.outcomes)
            .map(|one| (one.candidate.clone(), one.verdict))
            .collect(),
        decisions: owner::notes(events),
    }
}

/// Whether the rule in force rests on what people say of the group's tickets.
pub(in crate::engine) fn asks_people(events: &[Event]) -> bool {
    declared(events).is_some_and(|one| one.rule.rests_on_people())
}

/// The last declaration among the events of a group.
pub(super) fn declared(events: &[Event]) -> Option<Declared> {
    let mut all = events.iter().filter_map(|event| match &event.body {
        Body::GateDeclared(one) => Some((event, one)),
        _ => None,
    });
    let earlier = all.clone().count().checked_sub(1)?;
    let (event, one) = all.next_back()?;
    Some(Declared {
        id: one.gate,
        lines: one.rule.lines(),
        rule: one.rule.clone(),
        file: one.file.clone(),
        by: event.reviewer.clone(),
        at_ms: event.hlc.millis(),
        earlier,
        outputs_before: one.outputs,
        relative: relative(one.outputs),
    })
}

fn relative(outputs: u64) -> String {
    match outputs {
        0 => "declared before the first output of a candidate".to_owned(),
        n => format!(
            "declared after {} of candidates were there",
            crate::domain::count::counted(n, "output")
        ),
    }
}

/// Outputs of candidates that a group has, without what was logged.
fn outputs(db: &Db, group: &GroupId) -> crate::store::Result<u64> {
    let mut sum = 0;
    for run in runs::runs(db, group)? {
        if run.candidate.origin != Origin::Logged {
            sum += runs::tally(db, &run.id)?.0;
        }
    }
    Ok(sum)
}

/// A rule that is tried without being declared.
pub(super) fn undeclared(
    engine: &Engine,
    rule: GateRule,
    file: Option<String>,
    scores: &GroupScores,
) -> Declared {
    let made = scores
        .candidates
        .iter()
        .filter(|one| one.origin != Origin::Logged);
    let outputs = made
        .flat_map(|one| one.rows().filter(|row| row.output.is_some()))
        .count() as u64;
    Declared {
        id: rule.id(),
        lines: rule.lines(),
        rule,
        file,
        by: engine.reviewer().to_owned(),
        at_ms: engine.clock().now_ms(),
        earlier: 0,
        outputs_before: outputs,
        relative: "not declared".to_owned(),
    }
}
