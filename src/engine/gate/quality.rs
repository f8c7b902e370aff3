//! The quality conditions of one candidate: scores, pass rates, differences to the baseline, floors.

use std::collections::BTreeSet;

use super::case::{Case, Found, condition};
use super::measure::{Numbers, needed};
use super::people;
use crate::domain::count::{counted, noun};
use crate::domain::gate::{Asked, Basis, FloorOf, GateVerdict, Metric};
use crate::domain::nearest::nearest;
use crate::domain::view::gate::{Bound, GatePart, Settle};
use crate::stats::Clusters;
use crate::stats::gate::Rule;

/// What is measured of an output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Measure {
    /// Its score.
    Score,
    /// Whether it passes.
    Pass,
    /// Whether one criterion holds.
    Criterion(String),
}

impl From<Metric> for Measure {
    fn from(metric: Metric) -> Self {
        match metric {
            Metric::Mean => Self::Score,
            Metric::PassRate => Self::Pass,
        }
    }
}

/// One thing that is asked.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Asking {
    pub id: String,
    pub title: String,
    pub required: String,
    pub rule: Rule,
    pub measure: Measure,
    /// Only items with this tag or feature.
    pub tag: Option<String>,
}

/// Everything a rule asks of the answers.
pub(super) fn asked(case: &Case<'_>) -> Vec<Asking> {
    let whole = case.rule.quality.iter().map(|one| Asking {
        id: one.id(),
        title: one.title(),
        required: one.required(),
        rule: match one.asked {
            Asked::AtLeast(value) => Rule::Absolute(value),
            Asked::WithinMargin(margin) => Rule::NonInferiority(margin),
            Asked::Better => Rule::Superiority,
        },
        measure: one.metric.into(),
        tag: None,
    });
    let parts = case.rule.floors.iter().map(|floor| {
        let (measure, tag) = match &floor.of {
            FloorOf::Tag(tag) => (floor.metric.into(), Some(tag.clone())),
            FloorOf::Criterion(id) => (Measure::Criterion(id.clone()), None),
        };
        Asking {
            id: floor.id(),
            title: floor.title(),
            required: format!("at least {}", floor.at_least),
            rule: Rule::Absolute(floor.at_least),
            measure,
            tag,
        }
    });
    whole.chain(parts).collect()
}

/// All quality conditions.
pub(super) fn conditions(case: &Case<'_>) -> Vec<Found> {
    asked(case).iter().map(|asking| one(case, asking)).collect()
}

fn one(case: &Case<'_>, asking: &Asking) -> Found {
    let judged = by_judge(case, asking);
    let mut settles = Vec::new();
    let (numbers, why) = match case.rule.basis {
        Basis::Judge => match judged {
            Some(numbers) => (Some(numbers), String::new()),
            None => (None, nothing(case, asking, &mut settles)),
        },
        Basis::Human => {
            let said = people::numbers(case, asking);
            let mut numbers = said.numbers;
            if let (Some(numbers), Some(judged)) = (&mut numbers, &judged) {
                let bound = &judged.bound;
                numbers.bound.judge_only = Some((bound.estimate, bound.lower, bound.upper));
            }
            if numbers.is_none() {
                settles.push(labels(case, asking, said.missing));
            }
            (numbers, said.why)
        }
    };
    let Some(numbers) = numbers else {
        let condition = condition(
            GatePart::Quality,
            &asking.id,
            (&asking.title, &asking.required, "n/a"),
            GateVerdict::Inconclusive,
            why,
        );
        return Found { condition, settles };
    };
    let (why, more) = said(case, asking, &numbers);
    settles.extend(more);
    let mut condition = condition(
        GatePart::Quality,
        &asking.id,
        (
            &asking.title,
            &asking.required,
            &told(&numbers.bound, case.alpha),
        ),
        numbers.verdict,
        why,
    );
    condition.bound = Some(numbers.bound);
    Found { condition, settles }
}

/// What the judge's scores say, over all items both sides have.
pub(super) fn by_judge(case: &Case<'_>, asking: &Asking) -> Option<Numbers> {
    let mut items = Vec::new();
    let mut values = Vec::new();
    for item in case.items(asking.tag.as_deref()) {
        let Some(value) = case.value(case.at, item, &asking.measure) else {
            continue;
        };
        let value = match asking.rule {
            Rule::Absolute(_) => value,
            Rule::NonInferiority(_) | Rule::Superiority => {
                let Some(base) = case
                    .baseline
                    .and_then(|at| case.value(at, item, &asking.measure))
                else {
                    continue;
                };
                value - base
            }
        };
        items.push(item);
        values.push(value);
    }
    let clusters = Clusters::from_labels(items.iter().map(|item| case.cluster(*item)));
    let binary = asking.measure != Measure::Score;
    let mut numbers = Numbers::from_values(&values, &clusters, binary, asking.rule, case.alpha)?;
    if !matches!(asking.rule, Rule::Absolute(_)) {
        numbers.bound.method = if clusters.all_single() {
            "paired t"
        } else {
            "clustered paired t"
        };
    }
    Some(numbers)
}

/// Why there is no number, and what would give one.
fn nothing(case: &Case<'_>, asking: &Asking, settles: &mut Vec<Settle>) -> String {
    let group = &case.scores().group;
    if let Some(tag) = &asking.tag
        && case.items(Some(tag)).next().is_none()
    {
        let items = case.scores().items.iter();
        let known = items.flat_map(|item| item.tags.iter().chain(&item.feature));
        let known: BTreeSet<&str> = known.map(String::as_str).collect();
        let near = nearest(tag, known);
        let near = near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
        settles.push(Settle {
            condition: asking.id.clone(),
            what: format!(
                "no item of the group has the tag or feature `{tag}`{near}: add some, or leave the floor out"
            ),
            count: None,
            command: None,
        });
        return format!("no item has the tag or feature `{tag}`{near}");
    }
    settles.push(Settle {
        condition: asking.id.clone(),
        what: "let the judge read the group".to_owned(),
        count: Some(case.unread(case.at) as u64).filter(|n| *n > 0),
        command: Some(format!("docket judge --group {group} --judge JUDGE")),
    });
    "nothing has a score".to_owned()
}

fn labels(case: &Case<'_>, asking: &Asking, missing: u64) -> Settle {
    let group = &case.scores().group;
    Settle {
        condition: asking.id.clone(),
        what: format!(
            "review {missing} more {} of `{}` in the plan's order",
            noun(missing, "ticket"),
            case.candidate().name
        ),
        count: Some(missing),
        command: Some(format!("docket review {group}")),
    }
}

/// Why a number does not pass, and what would settle it.
fn said(case: &Case<'_>, asking: &Asking, numbers: &Numbers) -> (String, Option<Settle>) {
    let bound = &numbers.bound;
    match numbers.verdict {
        GateVerdict::Pass => (String::new(), None),
        GateVerdict::Fail => (
            "even the upper bound does not reach what is asked".to_owned(),
            None,
        ),
        GateVerdict::Inconclusive => {
            let why = if bound.lower.is_none() {
                "too few independent items for an interval".to_owned()
            } else if bound.clusters < crate::stats::gate::FEWEST_CLUSTERS {
                format!(
                    "{} are too few to decide",
                    counted(bound.clusters, "cluster")
                )
            } else {
                "what is asked lies between the bounds".to_owned()
            };
            (why, Some(more(case, asking, bound)))
        }
    }
}

fn more(case: &Case<'_>, asking: &Asking, bound: &Bound) -> Settle {
    let scores = case.scores();
    let group = &scores.group;
    let (one, command) = match case.rule.basis {
        Basis::Judge => (
            "item",
            format!(
                "docket import FILE --eval {} && docket run {} --group NAME",
                scores.eval, scores.eval
            ),
        ),
        Basis::Human => ("label", format!("docket review {group}")),
    };
    let least = crate::stats::gate::FEWEST_CLUSTERS as u64;
    let wanted = if bound.lower.is_none() || bound.clusters < least as usize {
        Some(least.max(bound.n as u64 + 1))
    } else {
        needed(bound, asking.rule, case.alpha)
    };
    let (what, count) = match wanted.map(|n| n.saturating_sub(bound.n as u64).max(1)) {
        Some(more) => (
            format!(
                "about {more} more {} ({} in all), if the number stays as it is",
                noun(more, one),
                bound.n as u64 + more
            ),
            Some(more),
        ),
        None => (
            format!(
                "the number is on the wrong side of what is asked: more {one}s would sooner block than pass"
            ),
            None,
        ),
    };
    Settle {
        condition: asking.id.clone(),
        what,
        count,
        command: count.is_some().then_some(command),
    }
}

/// `0.886, at least 0.847 at 95 % (n 28, 28 clusters, t)`.
fn told(bound: &Bound, alpha: f64) -> String {
    let confidence = crate::domain::gate::words::percent(1.0 - alpha);
    let ends = match (bound.lower, bound.upper) {
        (Some(lower), Some(upper)) => {
            format!("at least {lower:.3} and at most {upper:.3}, each at {confidence}")
        }
        _ => "bounds n/a".to_owned(),
    };
    let worth = bound
        .n_effective
        .map_or_else(String::new, |n| format!(" worth {n:.0}"));
    let judge = match &bound.judge_only {
        Some((value, Some(lower), Some(upper))) => {
            format!("; the judge alone says {value:.3} ({lower:.3} to {upper:.3}), advisory")
        }
        Some((value, ..)) => format!("; the judge alone says {value:.3}, advisory"),
        None => String::new(),
    };
    format!(
        "{:.3}, {ends} (n {}{worth}, {}, {}){judge}",
        bound.estimate,
        bound.n,
        counted(bound.clusters, "cluster"),
        bound.method
    )
}
