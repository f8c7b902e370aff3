//! The quality conditions of one candidate: scores, pass rates, differences to the baseline, floors.

use std::collections::BTreeSet;

use super::case::{Case, Found, condition};
use super::measure::Numbers;
use super::needed::{Needed, needed};
use super::{people, ways};
use crate::domain::count::{counted, either, noun};
use crate::domain::decimal::fixed;
use crate::domain::gate::{Asked, Basis, FloorOf, GateVerdict, Metric};
use crate::domain::nearest::nearest;
use crate::domain::shell::word;
use crate::domain::view::gate::{Bound, GatePart, Settle};
use crate::stats::Clusters;
use crate::stats::gate::{FEWEST_CLUSTERS, Rule};

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
                let left = people::unlabelled(case, asking);
                settles.push(more_labels(case, &asking.id, said.missing, left));
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
        return Found::with(condition, settles);
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
    condition.bound = Some(numbers.bound.clone());
    Found {
        asked: Some(Box::new((asking.clone(), numbers))),
        ..Found::with(condition, settles)
    }
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
    if let Some(tag) = &asking.tag
        && case.items(Some(tag)).next().is_none()
    {
        let items = case.scores().items.iter();
        let known = items.flat_map(|item| item.tags.iter().chain(&item.feature));
        let known: BTreeSet<&str> = known.map(String::as_str).collect();
        let near = nearest(tag, known);
        let near = near.map_or_else(String::new, |near| format!(" (did you mean `{near}`?)"));
        let what = format!(
            "no item of the group has the tag or feature `{tag}`{near}, so nothing on them settles it: add items that have it and \
             run the candidate on all in another group, or declare a rule without this floor"
        );
        let command = Some(ways::more_items(case));
        settles.push(ways::settle(&asking.id, what, None, command));
        return format!("no item has the tag or feature `{tag}`{near}");
    }
    let sides = sides(case, asking);
    let ways = ways::scores(case, &asking.id, &sides);
    if ways.is_empty() {
        let what =
            "no output can be scored: nothing here settles it, run the candidate in another group";
        let command = Some(ways::elsewhere(case, &word(&case.scores().eval)));
        settles.push(ways::settle(&asking.id, what, None, command));
    }
    settles.extend(ways);
    "nothing has a score".to_owned()
}

/// Whose scores a condition rests on.
fn sides(case: &Case<'_>, asking: &Asking) -> Vec<usize> {
    let compares = !matches!(asking.rule, Rule::Absolute(_));
    case.both().take(if compares { 2 } else { 1 }).collect()
}

/// Labels that are missing, where `left` outputs (or pairs of them) have none.
pub(super) fn more_labels(case: &Case<'_>, id: &str, more: u64, left: u64) -> Settle {
    if more > left {
        return ways::settle(
            id,
            format!(
                "{more} more {} and only {left} without one: nothing in this group settles it; add items and run the candidate \
                 on all in another group",
                either(more, "label is wanted", "labels are wanted")
            ),
            Some(more - left),
            Some(ways::more_items(case)),
        );
    }
    let tickets = ways::tickets_for(case, more);
    let about = if tickets > more {
        format!(" (about {tickets} with those of the other candidates, which stand beside them)")
    } else {
        String::new()
    };
    ways::settle(
        id,
        format!(
            "review {more} more {} of `{}` in the plan's order{about}, {}",
            noun(more, "ticket"),
            case.candidate().name,
            ways::BY_OTHERS
        ),
        Some(more),
        Some(ways::review(case)),
    )
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
            } else if bound.clusters < FEWEST_CLUSTERS {
                format!(
                    "{} {} too few to decide",
                    counted(bound.clusters, "cluster"),
                    either(bound.clusters, "is", "are")
                )
            } else {
                "what is asked lies between the bounds".to_owned()
            };
            (why, Some(more(case, asking, numbers, case.alpha)))
        }
    }
}

/// What more of the same would do at this error.
pub(super) fn more(case: &Case<'_>, asking: &Asking, numbers: &Numbers, alpha: f64) -> Settle {
    let clusters = numbers.bound.clusters as u64;
    let (one, tagged) = (unit(case), tagged(asking));
    let (what, count) = match needed(numbers, asking.rule, alpha) {
        Needed::InAll(n) => return so_many(case, asking, n, n - numbers.bound.n as u64),
        Needed::WrongSide => {
            let what = format!(
                "the number is on the wrong side of what is asked: more {one}s would sooner block than pass, so nothing to add \
                 makes it pass; another candidate may"
            );
            return ways::settle(&asking.id, what, None, None);
        }
        Needed::Never => (
            "no number of labels on these items does it, as the judge's scores of the others leave too much open".to_owned(),
            None,
        ),
        Needed::Unknown => {
            let least = FEWEST_CLUSTERS as u64;
            let more = least.saturating_sub(clusters);
            (
                format!(
                    "{}{tagged} {} no spread, so how many are needed is not known yet: {} at least ({least} in all)",
                    counted(clusters, "independent request"),
                    either(clusters, "shows", "show"),
                    counted(more, "other request")
                ),
                Some(more),
            )
        }
    };
    let what = format!("{what}; {ELSEWHERE}");
    ways::settle(&asking.id, what, count, Some(ways::more_items(case)))
}

/// What is counted: items the judge scores, or labels of people.
fn unit(case: &Case<'_>) -> &'static str {
    match case.rule.basis {
        Basis::Judge => "item",
        Basis::Human => "label",
    }
}

/// Where more items go.
const ELSEWHERE: &str = "add items and run the candidate on all in another group";

/// So many more, in this group as far as it has them.
fn so_many(case: &Case<'_>, asking: &Asking, n: u64, more: u64) -> Settle {
    let tagged = tagged(asking);
    let about = format!(
        "about {more} more {}{tagged} ({n} in all), if the number stays as it is",
        noun(more, unit(case))
    );
    let keeps = match case.rule.basis {
        Basis::Judge => {
            let sides = sides(case, asking);
            let (readable, again) = ways::readable(case, &sides, asking.tag.as_deref());
            let own = case
                .scores()
                .judge
                .as_ref()
                .is_some_and(|one| !one.imported);
            if more <= readable && own {
                let what = format!("{about}: {readable} of the group wait for the judge's word");
                let command = Some(ways::read(case, again));
                return ways::settle(&asking.id, what, Some(more), command);
            }
            "and the group keeps those it has".to_owned()
        }
        Basis::Human => {
            let left = people::unlabelled(case, asking);
            if more <= left {
                let tickets = counted(ways::tickets_for(case, more), "ticket");
                let by = ways::BY_OTHERS;
                let what = format!("{about}: about {tickets} in the plan's order, {by}");
                return ways::settle(&asking.id, what, Some(more), Some(ways::review(case)));
            }
            format!("and only {left} are left here")
        }
    };
    let command = Some(ways::more_items(case));
    let what = format!("{about}, {keeps}: {ELSEWHERE}");
    ways::settle(&asking.id, what, Some(more), command)
}

/// Which items a floor under a part of them counts.
fn tagged(asking: &Asking) -> String {
    let name = |tag: &String| format!(" tagged `{tag}`");
    asking.tag.as_ref().map_or_else(String::new, name)
}

/// `0.886, at least 0.847 at 95 % (n 28, 28 clusters, t)`.
fn told(bound: &Bound, alpha: f64) -> String {
    let confidence = crate::domain::gate::words::percent(1.0 - alpha);
    let shown = |value: f64| fixed(value, 3);
    let ends = match (bound.lower, bound.upper) {
        (Some(lower), Some(upper)) => format!(
            "at least {} and at most {}, each at {confidence}",
            shown(lower),
            shown(upper)
        ),
        _ => "bounds n/a".to_owned(),
    };
    let worth = bound
        .n_effective
        .map_or_else(String::new, |n| format!(" worth {n:.0}"));
    let judge = match &bound.judge_only {
        Some((value, Some(lower), Some(upper))) => format!(
            "; the judge alone says {} ({} to {}), advisory",
            shown(*value),
            shown(*lower),
            shown(*upper)
        ),
        Some((value, ..)) => format!("; the judge alone says {}, advisory", shown(*value)),
        None => String::new(),
    };
    format!(
        "{}, {ends} (n {}{worth}, {}, {}){judge}",
        shown(bound.estimate),
        bound.n,
        counted(bound.clusters, "cluster"),
        bound.method
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_rounds_to_nothing_has_no_side() {
        let bound = Bound {
            estimate: -0.000_04,
            lower: Some(-0.02),
            upper: Some(0.02),
            judge_only: Some((-0.000_04, Some(-0.000_1), Some(0.01))),
            n: 40,
            clusters: 40,
            method: "t",
            p: None,
            n_effective: None,
        };
        let said = told(&bound, 0.05);
        assert!(said.starts_with("0.000, at least -0.020"), "{said}");
        assert!(!said.contains("-0.000"), "{said}");
    }
}
