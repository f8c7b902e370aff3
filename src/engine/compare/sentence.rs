//! What the numbers say, in one sentence, and the one thing to do next.

use crate::domain::count::counted;
use crate::domain::decimal::fixed;
use crate::domain::placeholder::with_command;
use crate::domain::view::compare::{CandidateSummary, Comparison, Difference, Standing};

/// Below this pass rate, as sure as the interval's upper end, a candidate is weak.
const WEAK: f64 = 0.5;

/// Share of its rows a candidate may fail on before a difference on the others says little.
const MOST_FAILED: f64 = 0.1;

/// The sentence and the action. `judge` is the word that puts the group's judge to work again.
pub(super) fn of(comparison: &Comparison, judge: &str) -> (String, String) {
    let group = &comparison.group;
    if comparison.judge.is_none() {
        return (
            format!("No judge has scored `{group}`."),
            with_command(
                "let one",
                &format!("docket judge --group {group} --judge {judge}"),
            ),
        );
    }
    let unjudged: usize = comparison.candidates.iter().map(|one| one.unjudged).sum();
    if comparison.candidates.iter().all(|one| one.scored == 0) {
        return (
            "Nothing has a score.".to_owned(),
            format!("`docket runs {group}` shows what failed"),
        );
    }
    let against: Vec<(&CandidateSummary, &Difference)> = comparison
        .candidates
        .iter()
        .filter_map(|one| Some((one, one.difference.as_ref()?)))
        .collect();
    let (sentence, mut action) = if comparison.candidates.iter().all(is_weak) {
        all_weak(comparison)
    } else if against.is_empty() {
        alone(comparison)
    } else {
        compared(comparison, &against)
    };
    if unjudged > 0 {
        action = with_command(
            &format!(
                "first let the judge read the {} it has not",
                counted(unjudged, "output")
            ),
            &format!("docket judge --group {group} --judge {judge}"),
        );
    }
    (sentence, action)
}

fn is_weak(one: &CandidateSummary) -> bool {
    let interval = one.pass_rate.as_ref().and_then(|rate| rate.interval);
    interval.is_some_and(|(_, high)| high < WEAK)
}

fn all_weak(comparison: &Comparison) -> (String, String) {
    let best = comparison
        .candidates
        .iter()
        .filter_map(|one| Some((one, one.pass_rate.as_ref()?)));
    let best = best.max_by(|one, two| one.1.estimate.total_cmp(&two.1.estimate));
    let rate = best.map_or_else(String::new, |(one, rate)| {
        format!(
            ": the best, `{}`, passes {:.0} %",
            one.name,
            rate.estimate * 100.0
        )
    });
    let tag = best.and_then(|(one, _)| one.weak_tags.first());
    let tag = tag.map_or_else(String::new, |tag| format!(" ({tag})"));
    (
        format!("Every candidate is weak{rate}{tag}."),
        format!(
            "read some failures first, the rubric may be too strict: `docket tickets {} --filter 'judge<{}'`",
            comparison.group, comparison.threshold
        ),
    )
}

fn alone(comparison: &Comparison) -> (String, String) {
    let name = |one: &CandidateSummary| {
        one.mean
            .as_ref()
            .map(|mean| format!("`{}` scores {:.3}", one.name, mean.estimate))
    };
    let each: Vec<String> = comparison.candidates.iter().filter_map(name).collect();
    (
        format!("{}; there is no baseline to compare with.", each.join(", ")),
        format!(
            "name one: `docket compare {} --baseline CANDIDATE`",
            comparison.group
        ),
    )
}

fn compared(
    comparison: &Comparison,
    against: &[(&CandidateSummary, &Difference)],
) -> (String, String) {
    let baseline = comparison.baseline.as_deref().unwrap_or_default();
    let by_difference = |one: &&(&CandidateSummary, &Difference),
                         two: &&(&CandidateSummary, &Difference)| {
        one.1.range.estimate.total_cmp(&two.1.range.estimate)
    };
    let better = against
        .iter()
        .filter(|(_, difference)| difference.standing == Standing::Better);
    if let Some((one, difference)) = better.max_by(by_difference) {
        return winner(comparison, one, difference, baseline);
    }
    let Some((one, difference)) = against.iter().max_by(by_difference) else {
        return (String::new(), String::new());
    };
    if against
        .iter()
        .all(|(_, difference)| difference.standing == Standing::Worse)
    {
        return (
            format!(
                "`{baseline}` is better than every candidate; the nearest, `{}`, is {} below it.",
                one.name,
                told(difference, -1.0)
            ),
            format!(
                "keep `{baseline}`, and read what the candidates lost: `docket tickets {}`",
                comparison.group
            ),
        );
    }
    let power = difference
        .power(comparison.family)
        .map_or_else(String::new, |power| format!(" W{}.", &power[1..]));
    (
        format!(
            "Whether `{}` differs from `{baseline}` cannot be told: {}.{power}",
            one.name,
            told(difference, 1.0)
        ),
        match difference.needed {
            Some(needed) if needed > difference.range.n as u64 => format!(
                "add items, about {} more for a difference of 0.05, or review tickets of `{}` by hand",
                needed - difference.range.n as u64,
                comparison.group
            ),
            Some(_) => format!(
                "review tickets of `{}` by hand: what is left is nearer than 0.05",
                comparison.group
            ),
            None => "add items from other requests: these show no spread to judge a difference by"
                .to_owned(),
        },
    )
}

fn winner(
    comparison: &Comparison,
    one: &CandidateSummary,
    difference: &Difference,
    baseline: &str,
) -> (String, String) {
    let weak = one
        .weak_tags
        .first()
        .filter(|weak| weak.failed * 2 > weak.of);
    let but = weak.map_or_else(String::new, |weak| format!(" It still fails {weak}."));
    let failed: u64 = one.failed.iter().map(|(_, rows)| *rows as u64).sum();
    let fails_often = failed as f64 > MOST_FAILED * one.rows as f64;
    let on = if fails_often {
        format!(
            " where it answered: it failed on {failed} of {} rows",
            one.rows
        )
    } else {
        String::new()
    };
    (
        format!(
            "`{}` is better than `{baseline}` by {}{on}.{but}",
            one.name,
            told(difference, 1.0)
        ),
        if fails_often {
            format!(
                "see first why it failed: `docket runs {}`; what it did not answer may be what is hard",
                comparison.group
            )
        } else {
            format!(
                "confirm it in another group, on items that had no part in choosing it, and check the judge: `docket agree {}`",
                comparison.group
            )
        },
    )
}

/// `0.120 (0.031 to 0.209)`.
fn told(difference: &Difference, sign: f64) -> String {
    let value = difference.range.estimate * sign;
    match difference.range.interval {
        Some((low, high)) => {
            let (one, two) = (low * sign, high * sign);
            let (low, high) = (fixed(one.min(two), 3), fixed(one.max(two), 3));
            format!("{} ({low} to {high})", fixed(value, 3))
        }
        None => format!("{} (interval n/a)", fixed(value, 3)),
    }
}
