//! Reruns, latency and cost: what was observed against what is asked.

use super::case::{Case, Found, condition};
use crate::domain::count::counted;
use crate::domain::gate::GateVerdict;
use crate::domain::gate::words::{percent, seconds, units};
use crate::domain::view::gate::GatePart;
use crate::stats::Clusters;
use crate::stats::describe::quantile;
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

fn again(case: &Case<'_>) -> String {
    let wanted = case.rule.min_runs.max(2);
    format!("docket run {} --repeat {wanted}", case.scores().group)
}

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
    Found::or(
        condition,
        format!("run `{}` {more} more times", case.candidate().name),
        Some(u64::from(more)),
        Some(again(case)),
    )
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
    Found::or(
        condition,
        "run and judge it again".to_owned(),
        None,
        Some(again(case)),
    )
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
    Found::or(
        condition,
        "import the outputs with their `latency_ms`, or ask the model here".to_owned(),
        Some((outputs - times.len().min(outputs)) as u64).filter(|n| *n > 0),
        None,
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
    Found::or(
        condition,
        "give the model a price in the price table".to_owned(),
        Some(unpriced as u64).filter(|n| *n > 0),
        None,
    )
}
