//! The sentences of a report: how sure, what is missing, how it was made, what to type.

use super::verdict::Way;
use crate::domain::count::counted;
use crate::domain::decimal::fixed;
use crate::domain::placeholder;
use crate::domain::shell;
use crate::domain::view::compare::{CandidateSummary, Comparison, Ranged, Standing, Told};
use crate::domain::view::report::{Gap, ReportVerdict};
use crate::stats::ppi::{FEWEST_FOR_PPI, FEWEST_LABELS};

fn ranged(range: &Ranged, percent: bool, of: &str) -> String {
    let (unit, times, places) = if percent {
        (" %", 100.0, 0)
    } else {
        ("", 1.0, 3)
    };
    let value = |value: f64| fixed(value * times, places);
    match range.interval {
        Some((low, high)) => format!(
            "{}{unit} (95 % interval {} to {}{unit}; {} in {})",
            value(range.estimate),
            value(low),
            value(high),
            counted(range.n, of),
            counted(range.clusters, "cluster")
        ),
        None => format!("{}{unit} (interval n/a)", value(range.estimate)),
    }
}

/// `p 0.012 after adjustment for 2 differences`.
fn significance(p: Option<f64>, family: usize) -> String {
    let among = match family {
        0 | 1 => String::new(),
        family => format!(" after adjustment for {family} differences"),
    };
    match p {
        None => "p n/a".to_owned(),
        Some(p) if p < 0.001 => format!("p below 0.001{among}"),
        Some(p) => format!("p {p:.3}{among}"),
    }
}

/// How sure the numbers of the chosen candidate are.
pub(super) fn sure(comparison: &Comparison, at: Option<usize>, checked: bool) -> Vec<String> {
    let Some(one) = at.map(|at| &comparison.candidates[at]) else {
        return vec!["Nothing has a score, so there is nothing to be sure of.".to_owned()];
    };
    let mut said = Vec::new();
    if let Some(mean) = &one.mean {
        said.push(format!(
            "The judge gives it a mean of {}.",
            ranged(mean, false, "item")
        ));
    }
    if let Some(rate) = &one.pass_rate {
        said.push(format!(
            "It passes {} at a threshold of {}.",
            ranged(rate, true, "item"),
            comparison.threshold_words
        ));
    }
    if let (Some(difference), Some(baseline)) = (&one.difference, &comparison.baseline) {
        let p = significance(difference.p, comparison.family);
        said.push(format!(
            "Against `{baseline}` it is {}; {p}.",
            ranged(&difference.range, false, "item")
        ));
        said.extend(
            difference
                .power(comparison.family)
                .map(|power| format!("W{}.", &power[1..])),
        );
    }
    match one.human.as_ref().map(|human| &human.mean) {
        Some(Told::Value(human)) => said.push(format!(
            "{} give it {}{}.",
            if human.lambda.is_some() {
                "People and judge together"
            } else {
                "People alone"
            },
            ranged(&human.range, false, "review"),
            human
                .n_effective
                .map_or_else(String::new, |n| format!("; the labels are worth {n:.0}"))
        )),
        Some(Told::Missing(why)) => said.push(format!("There is no number by people: {why}.")),
        None => {}
    }
    said.push(if checked {
        "How far the judge agrees with people stands below.".to_owned()
    } else {
        "The judge was never checked against people on this group.".to_owned()
    });
    said.extend(
        one.full
            .iter()
            .flat_map(|full| &full.slices)
            .map(|slice| format!("It is {slice}.")),
    );
    said
}

/// What is missing, the gravest first.
pub(super) fn missing(
    comparison: &Comparison,
    at: Option<usize>,
    (verdict, checked): (&ReportVerdict, bool),
    (rule, judge): (&str, &str),
) -> Vec<Gap> {
    let group = &comparison.group;
    let mut gaps = Vec::new();
    // What is to be put into a command is said before it.
    let mut gap = |what: String, command: Option<String>| {
        let means = command.as_deref().and_then(placeholder::explained);
        let what = means.map_or_else(|| what.clone(), |means| format!("{what} ({means}.)"));
        gaps.push(Gap { what, command });
    };
    let read = || {
        format!(
            "docket judge --group {} --judge {judge}",
            shell::word(group)
        )
    };
    for badge in &comparison.badges {
        gap(
            format!(
                "Real scores: these carry the badge \"{badge}\" and can never be signed as real."
            ),
            Some(read()),
        );
    }
    if comparison.judge.is_none() {
        gap(
            "A judge: none has scored the group.".to_owned(),
            Some(read()),
        );
    }
    if verdict.conditions.is_none() {
        gap(
            "A release rule, declared before the numbers were seen.".to_owned(),
            Some(format!("docket gate {group} {rule}")),
        );
    }
    for one in &comparison.candidates {
        rows_missing(comparison, one, &read(), &mut gap);
    }
    if !checked {
        gap(
            "The judge held against people: blind reviews of the plan.".to_owned(),
            Some(format!("docket review {group}")),
        );
    }
    if let Some(one) = at.map(|at| &comparison.candidates[at]) {
        for_candidate(comparison, one, &mut gap);
    }
    gaps
}

fn rows_missing(
    comparison: &Comparison,
    one: &CandidateSummary,
    read: &str,
    gap: &mut impl FnMut(String, Option<String>),
) {
    let group = &comparison.group;
    if one.unjudged > 0 && comparison.judge.is_some() {
        gap(
            format!(
                "{} outputs of `{}` no judge has read.",
                one.unjudged, one.name
            ),
            Some(read.to_owned()),
        );
    }
    let failed: usize = one.failed.iter().map(|(_, n)| n).sum();
    if failed + one.missing > 0 {
        gap(
            format!(
                "{} of {} rows of `{}` have no output.",
                failed + one.missing,
                one.rows,
                one.name
            ),
            (one.origin == "model").then(|| format!("docket run {group}")),
        );
    }
}

fn for_candidate(
    comparison: &Comparison,
    one: &CandidateSummary,
    gap: &mut impl FnMut(String, Option<String>),
) {
    let group = &comparison.group;
    let labels = one.human.as_ref().map_or(0, |human| human.labels);
    if labels < FEWEST_FOR_PPI {
        gap(
            format!(
                "{} more blind reviews of `{}`: a number by people needs {FEWEST_LABELS}, judge and people together \
                 {FEWEST_FOR_PPI}.",
                FEWEST_FOR_PPI - labels,
                one.name
            ),
            Some(format!("docket review {group}")),
        );
    }
    if one.runs < 2 {
        gap(
            format!(
                "Reruns of `{}`: how far it differs from itself is not known.",
                one.name
            ),
            (one.origin == "model").then(|| format!("docket run {group} --repeat 3")),
        );
    }
    // Where the difference is clear already, more items would only make its interval narrower.
    let unclear = one
        .difference
        .as_ref()
        .filter(|one| one.standing == Standing::Unclear);
    let short = unclear.and_then(|difference| {
        let needed = difference.needed?;
        let there = difference.range.n as u64;
        (needed > there).then(|| needed - there)
    });
    if let Some(more) = short {
        gap(
            format!("About {more} more items, to see a difference of 0.05 to the baseline."),
            None,
        );
    }
}

/// How the numbers were made.
pub(super) fn method(comparison: &Comparison) -> Vec<String> {
    let interval = comparison
        .candidates
        .iter()
        .find_map(|one| Some(one.mean.as_ref()?.method.as_ref()))
        .unwrap_or("t");
    let mut notes = vec![
        format!(
            "Rubric `{}`, version {}; an output passes from {}.",
            comparison.rubric,
            comparison.rubric_version.short(),
            comparison.threshold_words
        ),
        format!(
            "Items with the same request form a cluster and are never counted as independent; intervals by `{interval}`."
        ),
        format!(
            "The headline is one test a candidate, the clustered paired difference to the baseline, adjusted for {} \
             differences (Holm). Everything else is secondary: picking among it proves nothing.",
            comparison.family
        ),
        "What has no score is counted and never taken for 0; the worst case is the mean if every such row had 0, or 1."
            .to_owned(),
        "Of reruns each item's mean counts. Reruns of a candidate and of the judge are told apart.".to_owned(),
        "Numbers by people rest on blind first reviews in the order of the group's plan; with enough of them the judge's \
         scores are brought in (PPI++), which narrows the interval and cannot bias it."
            .to_owned(),
    ];
    notes.extend(comparison.warnings.iter().cloned());
    notes
}

/// What the owner types, and what each does. `way` is what is to be done after what the gate says and what was decided.
pub(super) fn commands(
    comparison: &Comparison,
    candidate: Option<&str>,
    way: Option<Way>,
    rule: &str,
) -> Vec<(String, String)> {
    let group = quoted(&comparison.group);
    let Some(name) = candidate else {
        return vec![(
            format!("docket runs {group}"),
            "shows what failed".to_owned(),
        )];
    };
    let name = quoted(name);
    let mut all = Vec::new();
    match way {
        None => all.extend([
            (
                format!("docket gate {group} --candidate {name} {rule}"),
                "declares a rule and holds it against the candidate".to_owned(),
            ),
            (
                format!("docket approve {group} --candidate {name} --reason '<REASON>'"),
                "then keeps your decision with the hash of everything it rests on (<REASON> is why, in your words)"
                    .to_owned(),
            ),
        ]),
        Some((does, command)) => {
            let means = placeholder::explained(&command);
            let means = means.map_or_else(String::new, |means| format!(" ({means})"));
            all.push((super::line(&command), format!("{does}{means}")));
        }
    }
    all.push((
        format!("docket compare {group} --full"),
        "prints these numbers again".to_owned(),
    ));
    all
}

/// A word as a shell takes it, on one line.
fn quoted(word: &str) -> String {
    shell::word(&super::line(word))
}
