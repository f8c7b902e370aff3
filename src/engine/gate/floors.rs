//! Floors for what every answer must reach: where the rubric names a level no answer may stay below, a rule must say what
//! share of the answers has to reach it.
//!
//! A rule without such a floor is refused when it is given. One that stands in the ledger from before, or was declared
//! before there was a group, passes nothing.

use std::collections::BTreeSet;

use super::super::runs::group::Found as Group;
use super::super::{Engine, EngineError, Result};
use super::case::{Case, Found, condition};
use crate::domain::count::either;
use crate::domain::gate::{FLOOR, Floor, FloorOf, GateRule, GateVerdict};
use crate::domain::rubric::{Question, Rubric, known_or_nearest};
use crate::domain::view::gate::GatePart;
use crate::store::runs::scores::labels;

/// The criteria with a level every answer must reach, each with that level, that a rule has no floor for.
fn missing(rubric: &Rubric, rule: &GateRule) -> Vec<(String, String)> {
    let floored = |id: &str| {
        let is = |of: &FloorOf| matches!(of, FloorOf::Criterion(name) if name == id);
        rule.floors.iter().any(|floor| is(&floor.of))
    };
    rubric
        .questions()
        .filter(|question| !floored(question.id))
        .filter_map(|question| {
            let level = question.must_reach?;
            Some((question.id.to_owned(), level.to_string()))
        })
        .collect()
}

/// How many criteria of a rubric have such a level.
fn all(rubric: &Rubric) -> usize {
    let reach = |question: &Question<'_>| question.must_reach.is_some();
    rubric.questions().filter(reach).count()
}

fn criteria(n: usize) -> String {
    format!("{n} {}", either(n, "criterion", "criteria"))
}

fn listed(missing: &[(String, String)]) -> String {
    let each = missing
        .iter()
        .map(|(id, level)| format!("`{id}` (at least {level})"));
    each.collect::<Vec<_>>().join(", ")
}

/// The criteria of a rubric that have such a level.
pub(super) fn of(rubric: &Rubric) -> Vec<String> {
    let all = missing(rubric, &GateRule::default());
    all.into_iter().map(|(id, _)| id).collect()
}

/// The flags that name a floor for each such criterion; empty without one.
pub(in crate::engine) fn flags(rubric: &Rubric) -> String {
    as_flags(&missing(rubric, &GateRule::default()))
}

fn as_flags(missing: &[(String, String)]) -> String {
    let each = missing
        .iter()
        .map(|(id, _)| format!(" --floor criterion:{id}={FLOOR}"));
    each.collect::<Vec<_>>().concat()
}

impl Engine {
    /// Refuses a rule that lacks a floor, and one with a floor under a tag that no item of the group has. `file` is where it
    /// was read from.
    pub(super) fn refuse_floors(
        &self,
        found: &Group,
        rule: &GateRule,
        file: Option<&str>,
    ) -> Result<()> {
        refuse(found, rule, file)?;
        let tag = |floor: &Floor| match &floor.of {
            FloorOf::Tag(tag) => Some(tag.clone()),
            FloorOf::Criterion(_) => None,
        };
        let asked: Vec<String> = rule.floors.iter().filter_map(tag).collect();
        if asked.is_empty() {
            return Ok(());
        }
        let labels = self.store().read(|db| labels(db, found.eval_row, None))?;
        let here = labels
            .into_iter()
            .filter(|(item, _)| found.items.contains(*item));
        let known: BTreeSet<String> = here
            .flat_map(|(_, (feature, tags))| feature.into_iter().chain(tags))
            .collect();
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        // Where nothing has a tag yet, people may still give some.
        let wrong = asked.iter().find(|tag| !known.contains(&tag.as_str()));
        match wrong.filter(|_| !known.is_empty()) {
            None => Ok(()),
            Some(tag) => Err(EngineError::refused(
                format!(
                    "the gate has a floor for `{tag}`, and no item of `{}` has that tag or feature",
                    found.group.name
                ),
                known_or_nearest(tag, &known),
            )),
        }
    }
}

/// Refuses a rule that names no floor for one of them. `file` is where it was read from.
fn refuse(found: &Group, rule: &GateRule, file: Option<&str>) -> Result<()> {
    let missing = missing(&found.rubric, rule);
    let Some((first, _)) = missing.first() else {
        return Ok(());
    };
    let whose = file.map_or_else(|| "the gate".to_owned(), |file| format!("`{file}`"));
    let hint = if file.is_some() {
        format!(
            "add `[[floor]]` with `criterion = \"{first}\"` and `min_pass_rate = {FLOOR}`: the share of answers that must reach it"
        )
    } else {
        format!("add `--floor criterion:{first}={FLOOR}`: the share of answers that must reach it")
    };
    Err(EngineError::refused(
        format!(
            "{whose} has no floor for {} of {} with `must_reach` in the rubric `{}`: {}",
            missing.len(),
            criteria(all(&found.rubric)),
            found.rubric.id,
            listed(&missing)
        ),
        hint,
    ))
}

/// The condition a rule without such a floor cannot meet; `None` where it lacks none.
pub(super) fn floored(case: &Case<'_>) -> Option<Found> {
    let rubric = &case.material.rubric;
    let missing = missing(rubric, case.rule);
    if missing.is_empty() {
        return None;
    }
    let condition = condition(
        GatePart::Evidence,
        "evidence.floors",
        (
            "floors for what every answer must reach",
            "one for each",
            &format!(
                "none for {} of {}: {}",
                missing.len(),
                all(rubric),
                listed(&missing)
            ),
        ),
        GateVerdict::Inconclusive,
        "the rubric names a level no answer may stay below, and the gate does not ask for it",
    );
    let flags = as_flags(&missing);
    let what = format!(
        "declare the rule once more with a floor for each: in a gate file `[[floor]]`, by flags{flags}"
    );
    let group = crate::domain::shell::word(&case.scores().group);
    Some(Found::or(
        condition,
        what,
        Some(missing.len() as u64),
        Some(format!("docket gate {group} --file gate.toml --declare")),
    ))
}
