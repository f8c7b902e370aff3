//! The control of a rehearsal: a copy of the baseline, which is neither better nor worse than it.

use super::super::case::{Case, Found};
use super::super::quality;
use super::super::verdict::Stand;
use super::answered;
use crate::domain::gate::{Asked, Quality};
use crate::domain::view::gate::{Control, GateVerdict};

/// Puts a copy of the baseline in the candidate's place, and asks the gate what it finds of each comparison: a copy is not
/// better than what it is a copy of, and it is not worse.
pub(in crate::engine::gate) fn control(real: &Stand<'_>, at: usize) -> Vec<Control> {
    let Some(base) = real.baseline.filter(|base| *base != at) else {
        return Vec::new();
    };
    let mut same = real.material.clone();
    answered(&mut same, base);
    let runs = same.scores.candidates[base].runs.clone();
    same.scores.candidates[at].runs = runs;
    let stand = Stand {
        material: &same,
        ..*real
    };
    let case = stand.case(at);
    let compares = |found: &Found| {
        let asked = real.rule.quality.iter();
        let is = |one: &Quality| {
            one.id() == found.condition.id && !matches!(one.asked, Asked::AtLeast(_))
        };
        asked.clone().any(is)
    };
    let found = quality::conditions(&case).into_iter().filter(compares);
    found
        .map(|found| {
            let better =
                real.rule.quality.iter().any(|one| {
                    one.id() == found.condition.id && matches!(one.asked, Asked::Better)
                });
            if better {
                not_better(&found)
            } else {
                not_worse(&case, &found)
            }
        })
        .collect()
}

fn not_better(found: &Found) -> Control {
    let condition = &found.condition;
    let told = condition.verdict == GateVerdict::Pass;
    Control {
        condition: condition.id.clone(),
        verdict: if told {
            GateVerdict::Fail
        } else {
            GateVerdict::Pass
        },
        words: if told {
            format!(
                "a copy of the baseline is told better than it ({})",
                condition.found
            )
        } else {
            "a copy of the baseline is not told better than it, as it should be".to_owned()
        },
        way: "do not use this rule: it finds a difference where there is none".to_owned(),
    }
}

fn not_worse(case: &Case<'_>, found: &Found) -> Control {
    let condition = &found.condition;
    let words = match condition.verdict {
        GateVerdict::Pass => "a copy of the baseline passes as no worse than it, as it should",
        GateVerdict::Inconclusive => {
            "a copy of the baseline is not told to be no worse than it: so few items show nothing within this margin"
        }
        GateVerdict::Fail => "a copy of the baseline is told worse than it",
    };
    let more = found
        .asked
        .as_deref()
        .map(|(asking, numbers)| quality::more(case, asking, numbers, case.alpha))
        .map(|settle| match settle.command {
            Some(command) => format!("{}: `{command}`", settle.what),
            None => settle.what,
        });
    Control {
        condition: condition.id.clone(),
        verdict: condition.verdict,
        words: format!("{words} ({}: {})", condition.required, condition.found),
        way: match (condition.verdict, more) {
            (GateVerdict::Inconclusive, Some(more)) => {
                format!("ask for a wider margin, or measure on more items: {more}")
            }
            (GateVerdict::Inconclusive, None) => {
                format!("ask for what can be told: {}", condition.why)
            }
            _ => "do not use this rule: it finds a difference where there is none".to_owned(),
        },
    }
}
