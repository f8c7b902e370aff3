//! Who might be released: one candidate that was chosen before anybody saw numbers, or any of all of them.
//!
//! Whoever picks after looking picks what chance favours, so that such a candidate is held to what all of them together
//! are held to. This is decided here alone, for commands, the screen, the report and decisions: by what the rule named
//! before the first output, else by what the ledger says was looked at.

use super::case;
use super::material::Material;
use super::{GateOptions, no_baseline, place};
use crate::domain::event::Body;
use crate::domain::gate::{GateEvaluated, GateRule};
use crate::domain::ids::Hlc;
use crate::domain::view::gate::Declared;
use crate::engine::{EngineError, Result};

/// The candidates that are shown, and those any of which might be released.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Chosen {
    /// Places of those that are decided about.
    pub shown: Vec<usize>,
    /// Places of those they are judged among; one alone is not corrected for others.
    pub among: Vec<usize>,
    /// Why one that is shown alone is judged among others; empty where nothing needs to be said.
    pub why: String,
}

impl Chosen {
    /// One that nobody else stands beside.
    pub fn alone(at: usize) -> Self {
        Self {
            shown: vec![at],
            among: vec![at],
            why: String::new(),
        }
    }
}

/// Who is decided about, and among whom.
pub(super) fn of(
    material: &Material,
    declared: &Declared,
    baseline: Option<usize>,
    options: &GateOptions,
) -> Result<Chosen> {
    let scores = &material.scores;
    let rule = &declared.rule;
    if case::compares(rule) && baseline.is_none() {
        return Err(no_baseline(&scores.group));
    }
    let asked = options.candidate.as_ref().or(rule.candidate.as_ref());
    let Some(name) = asked else {
        let all = everybody(material, baseline)?;
        return Ok(Chosen {
            shown: all.clone(),
            among: all,
            why: String::new(),
        });
    };
    let at = place(scores, name)?;
    if baseline == Some(at) {
        not_compared(name, rule)?;
        return Ok(Chosen::alone(at));
    }
    let all = everybody(material, baseline)?;
    let why = match all.len() {
        1 => None,
        n => picked(material, declared, name, options.after_looking)
            .map(|why| format!("`{name}` is judged as one of {n} candidates (Holm): {why}")),
    };
    Ok(Chosen {
        shown: vec![at],
        among: if why.is_some() { all } else { vec![at] },
        why: why.unwrap_or_default(),
    })
}

/// Everybody but the baseline, which is released already.
fn everybody(material: &Material, baseline: Option<usize>) -> Result<Vec<usize>> {
    let scores = &material.scores;
    let all: Vec<usize> = (0..scores.candidates.len())
        .filter(|at| baseline != Some(*at))
        .collect();
    if all.is_empty() {
        let group = crate::domain::shell::word(&scores.group);
        return Err(EngineError::refused(
            format!(
                "the group `{}` has no candidate beside its baseline",
                scores.group
            ),
            format!(
                "ask one (`docket run {group} --model <MODEL>`, where <MODEL> is one such as openai/gpt-4.1-mini), or decide \
                 about the baseline: `--candidate NAME`"
            ),
        ));
    }
    Ok(all)
}

fn not_compared(name: &str, rule: &GateRule) -> Result<()> {
    if !case::compares(rule) {
        return Ok(());
    }
    Err(EngineError::refused(
        format!("`{name}` is the baseline, and the gate asks for a difference to it"),
        "name another candidate",
    ))
}

/// Why a candidate may have been picked by its numbers; `None` where it was chosen before.
fn picked(
    material: &Material,
    declared: &Declared,
    name: &str,
    after_looking: bool,
) -> Option<String> {
    match &declared.rule.candidate {
        Some(named) if named != name => {
            return Some(format!("the rule was declared for `{named}`"));
        }
        Some(_) if declared.outputs_before == 0 => return None,
        Some(_) => {
            return Some(format!("the rule names it, and was {}", declared.relative));
        }
        None => {}
    }
    let looks: Vec<(Hlc, &GateEvaluated)> = looks(material).collect();
    let of_others = |look: &GateEvaluated| {
        look.among > 1 || look.outcomes.iter().any(|one| one.candidate != name)
    };
    if looks.iter().any(|(_, look)| of_others(look)) {
        return Some("the gate was asked about others too".to_owned());
    }
    // Once it was named, opening the numbers of the others changes no choice any more.
    let first = looks.first().map(|(at, _)| *at);
    let opened = material
        .opened
        .filter(|at| first.is_none_or(|first| *at < first));
    if opened.is_some() {
        return Some("their numbers had been opened before it was named".to_owned());
    }
    (first.is_none() && after_looking)
        .then(|| "it was named with the numbers of all in view".to_owned())
}

/// Looks at numbers of the group, under whichever rule.
fn looks(material: &Material) -> impl Iterator<Item = (Hlc, &GateEvaluated)> {
    material
        .events
        .iter()
        .filter_map(|event| match &event.body {
            Body::GateEvaluated(look) if look.outcomes.iter().any(|one| one.numbers) => {
                Some((event.hlc, look))
            }
            _ => None,
        })
}

/// What is said of a candidate that was picked, with the way to have one judged alone.
pub(super) fn note(chosen: &Chosen) -> Option<String> {
    (!chosen.why.is_empty()).then(|| {
        format!(
            "{}; one that a rule names (`candidate = \"NAME\"`, or `--declare --candidate NAME`) before the first output is there \
             is judged alone",
            chosen.why
        )
    })
}
