//! Reruns, latency and cost: what was observed against what is asked.

use super::case::{Case, Found, condition};
use super::measure::Numbers;
use super::needed::{Needed, needed};
use super::ways;
use crate::domain::count::{counted, noun};
use crate::domain::gate::GateVerdict;
use crate::domain::gate::words::{percent, seconds, units};
use crate::domain::run::Origin;
use crate::domain::shell::word;
use crate::domain::view::gate::{GatePart, Settle};
use crate::stats::Clusters;
use crate::stats::describe::quantile;
use crate::stats::gate::Rule;
use crate::stats::proportion::pass_rate;
use crate::stats::reruns::Passes;

/// All conditions of these parts.
pub(super) fn conditions(case: &Case<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    if case.rule.min_runs > 1 {
        found.push(runs(case));
    }
    if let Some(most) = case.rule.max_flicker {
        found.push(flicker(case, most));
    }
    if let Some(most) = case.rule.max_p95_ms {
        found.push(latency(case, most));
    }
    if let Some(most) = case.rule.max_cost_per_1000_micros {
        found.push(cost(case, most));
    }
    found
}

/// Makes the candidate have so many runs; `None` where its outputs cannot be asked for again.
fn repeat(case: &Case<'_>, runs: u32) -> Option<String> {
    let command = ways::go_on(case, "")?;
    Some(match case.candidate().origin {
        Origin::Imported => format!("{command} --rerun {runs}"),
        Origin::Model(_) | Origin::Logged => format!("{command} --repeat {runs}"),
    })
}

/// What was logged happened once.
const LOGGED_ONCE: &str = "what was logged cannot be asked again: nothing on these items settles it, ask the model here as a candidate";

fn runs(case: &Case<'_>) -> Found {
    let (n, least) = (case.candidate().runs.len() as u32, case.rule.min_runs);
    let enough = n >= least;
    let condition = condition(
        GatePart::Reruns,
        "reruns.runs",
        ("runs", &format!("at least {least}"), &n.to_string()),
        if enough {
            GateVerdict::Pass
        } else {
            GateVerdict::Inconclusive
        },
        if enough { "" } else { "too few runs" },
    );
    let more = least.saturating_sub(n);
    let name = &case.candidate().name;
    let what = format!("run `{name}` {}, and let the judge read it", times(more));
    let settle = repeat(case, least).map(|command| {
        let command = format!("{command} && {}", ways::read(case, false));
        ways::settle(&condition.id, what, Some(u64::from(more)), Some(command))
    });
    ways::found(condition, settle.into_iter().collect(), LOGGED_ONCE)
}

fn times(n: u32) -> String {
    if n == 1 {
        "once more".to_owned()
    } else {
        format!("{n} more times")
    }
}

/// Items that were scored in several runs, and whether their runs differ.
fn rerun(case: &Case<'_>) -> (Vec<usize>, Vec<bool>) {
    let mut items = Vec::new();
    let mut differing = Vec::new();
    for item in case.items(None) {
        let verdicts: Vec<bool> = case
            .candidate()
            .runs
            .iter()
            .filter_map(|run| run.rows[item].outcome.pass())
            .collect();
        let passes = Passes::of(&verdicts);
        if passes.k > 1 {
            items.push(item);
            differing.push(passes.flickers());
        }
    }
    (items, differing)
}

/// Items whose runs do not all pass or all fail.
fn flicker(case: &Case<'_>, most: f64) -> Found {
    let (items, differing) = rerun(case);
    let clusters = Clusters::from_labels(items.iter().map(|item| case.cluster(*item)));
    let interval = pass_rate(&differing, &clusters, 2.0f64.mul_add(-case.alpha, 1.0));
    let (verdict, told, why) = match &interval {
        None => (
            GateVerdict::Inconclusive,
            "n/a".to_owned(),
            "no item was scored in two runs",
        ),
        Some(ends) if ends.clusters < 2 => (
            GateVerdict::Inconclusive,
            format!(
                "{} of {}, bounds n/a",
                percent(ends.estimate),
                counted(ends.n, "item")
            ),
            "one request says nothing of how others would do",
        ),
        Some(ends) => {
            let told = format!(
                "{} of {}, at most {} at {}",
                percent(ends.estimate),
                counted(ends.n, "item"),
                percent(ends.high),
                percent(1.0 - case.alpha)
            );
            if ends.high <= most {
                (GateVerdict::Pass, told, "")
            } else if ends.low > most {
                (GateVerdict::Fail, told, "too many items flicker")
            } else {
                (
                    GateVerdict::Inconclusive,
                    told,
                    "what is asked lies between the bounds",
                )
            }
        }
    };
    let condition = condition(
        GatePart::Reruns,
        "reruns.flicker",
        (
            "items that flicker",
            &format!("at most {}", percent(most)),
            &told,
        ),
        verdict,
        why,
    );
    let settle = match &interval {
        None => rescored(case, &condition.id),
        Some(_) => steadier(case, &condition.id, (&differing, &clusters), most),
    };
    ways::found(condition, settle.into_iter().collect(), LOGGED_ONCE)
}

/// Scores in two runs: another run, or the judge's word on those that are there.
fn rescored(case: &Case<'_>, id: &str) -> Option<Settle> {
    let runs = case.candidate().runs.len() as u32;
    if runs > 1 {
        let unscored = ways::scores(case, id, &[case.at]);
        return unscored.into_iter().next();
    }
    let command = format!("{} && {}", repeat(case, 2)?, ways::read(case, false));
    let what = "run it once more, and let the judge read it";
    Some(ways::settle(id, what, Some(1), Some(command)))
}

/// More runs of the same items find more that differ; what narrows the share is more items.
fn steadier(
    case: &Case<'_>,
    id: &str,
    (differing, clusters): (&[bool], &Clusters),
    most: f64,
) -> Option<Settle> {
    // At most so many differ where at least the rest does not: the very bound that decides is asked.
    let steady: Vec<bool> = differing.iter().map(|one| !one).collect();
    let least = 1.0 - most;
    let numbers = Numbers::rate(&steady, clusters, least, case.alpha)?;
    let now = steady.len() as u64;
    match needed(&numbers, Rule::Absolute(least), case.alpha) {
        Needed::InAll(n) => {
            let what = format!(
                "about {} more {} that are run as often ({n} in all), if the share stays as it is, and the group keeps those it \
                 has: add items and run the candidate on all in another group",
                n - now,
                noun(n - now, "item")
            );
            let command = Some(ways::more_items(case));
            Some(ways::settle(id, what, Some(n - now), command))
        }
        Needed::WrongSide => {
            let what = "the share is on the wrong side of what is asked: more items would sooner block than pass";
            Some(ways::settle(id, what, None, None))
        }
        Needed::Unknown => {
            let what = "add items with other requests and run the candidate on all as often in another group: how many are needed is \
                        not known yet";
            Some(ways::settle(id, what, None, Some(ways::more_items(case))))
        }
        Needed::Never => None,
    }
}

fn latency(case: &Case<'_>, most: u64) -> Found {
    let replies = || case.candidate().rows().filter(|row| row.output.is_some());
    let times: Vec<f64> = replies()
        .filter_map(|row| row.latency_ms)
        .map(f64::from)
        .collect();
    let outputs = replies().count();
    let (verdict, told, why) = match quantile(&times, 0.95) {
        None => (
            GateVerdict::Inconclusive,
            "n/a".to_owned(),
            "no reply says how long it took",
        ),
        Some(p95) => {
            let told = format!("{} over {}", seconds(p95), counted(times.len(), "reply"));
            if times.len() < outputs {
                (
                    GateVerdict::Inconclusive,
                    told,
                    "some replies do not say how long they took",
                )
            } else if p95 <= most as f64 {
                (GateVerdict::Pass, told, "")
            } else {
                (GateVerdict::Fail, told, "too slow")
            }
        }
    };
    let condition = condition(
        GatePart::Limits,
        "limits.p95",
        (
            "latency p95",
            &format!("at most {}", seconds(most as f64)),
            &told,
        ),
        verdict,
        why,
    );
    let without = (outputs - times.len().min(outputs)) as u64;
    let what = "outputs that are there keep what they came with: import them with a column `latency_ms` as a candidate of another \
                name, or ask the model here, which measures it";
    let command = as_another(case);
    Found::or(
        condition,
        what.to_owned(),
        Some(without).filter(|n| *n > 0),
        Some(command),
    )
}

/// The same outputs under another name, with what they lack.
fn as_another(case: &Case<'_>) -> String {
    let scores = case.scores();
    format!(
        "docket import <OUTPUTS> --run {} --candidate {}",
        word(&scores.group),
        word(&format!("{}-2", case.candidate().name))
    )
}

fn cost(case: &Case<'_>, most: i64) -> Found {
    let rows = || case.candidate().rows().filter(|row| row.output.is_some());
    let priced: Vec<i64> = rows().filter_map(|row| row.cost_micros).collect();
    let outputs = rows().count();
    let mean = (!priced.is_empty())
        .then(|| priced.iter().map(|micros| *micros as f64).sum::<f64>() / priced.len() as f64);
    let unpriced = outputs - priced.len();
    let (verdict, told, why) = match mean.map(|micros| micros * 1000.0) {
        None => (
            GateVerdict::Inconclusive,
            "unpriced".to_owned(),
            "no reply has a price".to_owned(),
        ),
        Some(micros) => {
            let told = format!("{} over {}", units(micros), counted(priced.len(), "reply"));
            if unpriced > 0 {
                let why = format!("{} without a price", counted(unpriced, "reply"));
                (GateVerdict::Inconclusive, told, why)
            } else if micros <= most as f64 {
                (GateVerdict::Pass, told, String::new())
            } else {
                (GateVerdict::Fail, told, "too expensive".to_owned())
            }
        }
    };
    let condition = condition(
        GatePart::Limits,
        "limits.cost",
        (
            "cost of 1,000 replies",
            &format!("at most {}", units(most as f64)),
            &told,
        ),
        verdict,
        why,
    );
    let (what, command) = match &case.candidate().origin {
        Origin::Model(asked) => (
            "what was asked without a known price stays unpriced: give the endpoint a price, then ask as a candidate of another name \
             with `--fresh`",
            format!(
                "docket run {} --model {}={} --fresh",
                word(&case.scores().group),
                word(&format!("{}-2", case.candidate().name)),
                word(&asked.model)
            ),
        ),
        Origin::Imported | Origin::Logged => (
            "outputs that are there keep what they came with: import them with a column `cost` as a candidate of another name",
            as_another(case),
        ),
    };
    Found::or(
        condition,
        what.to_owned(),
        Some(unpriced as u64).filter(|n| *n > 0),
        Some(command),
    )
}
