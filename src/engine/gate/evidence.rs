//! What the numbers rest on: enough items and labels, rows with a score, a judge that may be believed, no overlap with
//! training data. What fails here makes no candidate bad; it leaves the quality conditions undecided.

use super::case::{Case, Found, condition};
use super::quality::{self, Measure};
use super::{believed, floors, people};
use crate::domain::count::{counted, noun};
use crate::domain::gate::words::percent;
use crate::domain::gate::{Basis, GateVerdict};
use crate::domain::group_scores::RowOutcome;
use crate::domain::view::gate::{GatePart, JudgeBacking};
use crate::stats::gate::MOST_UNSCORED;

/// Room for the rounding of shares.
const EPSILON: f64 = 1e-9;

/// All conditions of this part. The rows without an output are the first; they alone can fail.
pub(super) fn conditions(case: &Case<'_>, backing: &JudgeBacking) -> Vec<Found> {
    let mut found = vec![
        failed(case),
        missing(case),
        unscored(case),
        items(case),
        clusters(case),
    ];
    if case.rule.basis == Basis::Human {
        found.push(labels(case));
    }
    found.extend(floors::floored(case));
    found.extend(believed::conditions(case, backing));
    found
}

fn share(part: usize, of: usize) -> f64 {
    if of == 0 {
        0.0
    } else {
        part as f64 / of as f64
    }
}

pub(super) fn found(verdict: bool, otherwise: GateVerdict) -> GateVerdict {
    if verdict {
        GateVerdict::Pass
    } else {
        otherwise
    }
}

/// Rows without an output, of those that were asked.
fn failed(case: &Case<'_>) -> Found {
    let rows = || case.candidate().rows();
    let failed = rows()
        .filter(|row| matches!(row.outcome, RowOutcome::Failed(_)))
        .count();
    let asked = rows()
        .filter(|row| !matches!(row.outcome, RowOutcome::Missing))
        .count();
    let most = case.rule.max_failed;
    let within = share(failed, asked) <= most + EPSILON;
    let condition = condition(
        GatePart::Evidence,
        "evidence.failed",
        (
            "rows without an output",
            &format!("at most {}", percent(most)),
            &format!("{failed} of {asked} ({})", percent(share(failed, asked))),
        ),
        found(within, GateVerdict::Fail),
        if within {
            ""
        } else {
            "the candidate failed too often"
        },
    );
    let command = format!("docket run {}", case.scores().group);
    Found::or(
        condition,
        "ask again what may pass".to_owned(),
        Some(failed as u64),
        Some(command),
    )
}

/// Rows that were never asked.
fn missing(case: &Case<'_>) -> Found {
    let missing = case
        .candidate()
        .rows()
        .filter(|row| matches!(row.outcome, RowOutcome::Missing))
        .count();
    let condition = condition(
        GatePart::Evidence,
        "evidence.complete",
        ("rows that were not asked", "none", &missing.to_string()),
        found(missing == 0, GateVerdict::Inconclusive),
        if missing == 0 {
            ""
        } else {
            "the run is not complete"
        },
    );
    Found::or(
        condition,
        format!("finish the run: {} to ask", counted(missing, "row")),
        Some(missing as u64),
        Some(format!("docket run {}", case.scores().group)),
    )
}

/// Outputs without a score, and outputs in all.
fn without_score(case: &Case<'_>, candidate: usize) -> (usize, usize) {
    let mut counts = (0, 0);
    for row in case.scores().candidates[candidate].rows() {
        match row.outcome {
            RowOutcome::Scored { .. } => counts.1 += 1,
            RowOutcome::Unscored(_) | RowOutcome::Unjudged => {
                counts.0 += 1;
                counts.1 += 1;
            }
            RowOutcome::Failed(_) | RowOutcome::Missing => {}
        }
    }
    counts
}

fn unscored(case: &Case<'_>) -> Found {
    let most = case.rule.max_unscored;
    // A rule that compares nothing does not rest on the baseline.
    let sides = case.both().take(if case.compares() { 2 } else { 1 });
    let counts: Vec<(usize, usize)> = sides.map(|at| without_score(case, at)).collect();
    let shares: Vec<f64> = counts.iter().map(|(part, of)| share(*part, *of)).collect();
    let highest = shares.iter().copied().fold(0.0, f64::max);
    let lowest = shares.iter().copied().fold(f64::INFINITY, f64::min);
    let within = highest <= most + EPSILON;
    let alike = highest - lowest <= MOST_UNSCORED + EPSILON;
    let (left, all) = counts[0];
    let mut told = format!("{left} of {all} ({})", percent(share(left, all)));
    if let Some((left, all)) = counts.get(1) {
        told = format!(
            "{told}; of the baseline {left} of {all} ({})",
            percent(share(*left, *all))
        );
    }
    let why = match (within, alike) {
        (true, true) => String::new(),
        (false, _) => format!("more than {} of the outputs have no score", percent(most)),
        (true, false) => "candidate and baseline differ by more than 2 points".to_owned(),
    };
    let condition = condition(
        GatePart::Evidence,
        "evidence.unscored",
        (
            "outputs without a score",
            &format!("at most {}", percent(most)),
            &told,
        ),
        found(within && alike, GateVerdict::Inconclusive),
        why,
    );
    let waiting: usize = counts.iter().map(|(left, _)| left).sum();
    let group = &case.scores().group;
    Found::or(
        condition,
        "let the judge read what has no score".to_owned(),
        Some(waiting as u64),
        Some(format!("docket judge --group {group} --judge JUDGE")),
    )
}

/// Places of the items the quality conditions rest on.
fn scored_items(case: &Case<'_>) -> Vec<usize> {
    case.items(None)
        .filter(|item| case.value(case.at, *item, &Measure::Score).is_some())
        .collect()
}

fn items(case: &Case<'_>) -> Found {
    let n = scored_items(case).len() as u64;
    let least = case.rule.min_items;
    let condition = condition(
        GatePart::Evidence,
        "evidence.items",
        (
            "items with a score",
            &format!("at least {least}"),
            &n.to_string(),
        ),
        found(n >= least, GateVerdict::Inconclusive),
        if n >= least { "" } else { "too few items" },
    );
    let scores = case.scores();
    let more = least.saturating_sub(n);
    let (what, command) = if scores.items.len() as u64 >= least {
        (
            "let the judge read more of the outputs".to_owned(),
            format!("docket judge --group {} --judge JUDGE", scores.group),
        )
    } else {
        (
            format!(
                "add {} and run the candidates on them",
                counted(more, "item")
            ),
            format!(
                "docket import FILE --eval {} && docket run {} --group NAME",
                scores.eval, scores.eval
            ),
        )
    };
    Found::or(condition, what, Some(more), Some(command))
}

fn clusters(case: &Case<'_>) -> Found {
    let mut seen: Vec<usize> = scored_items(case)
        .into_iter()
        .map(|item| case.cluster(item))
        .collect();
    seen.sort_unstable();
    seen.dedup();
    let (n, least) = (seen.len() as u64, case.rule.min_clusters);
    let condition = condition(
        GatePart::Evidence,
        "evidence.clusters",
        (
            "independent requests",
            &format!("at least {least}"),
            &n.to_string(),
        ),
        found(n >= least, GateVerdict::Inconclusive),
        if n >= least {
            ""
        } else {
            "too few independent requests"
        },
    );
    Found::or(
        condition,
        format!(
            "add items with {}",
            counted(least.saturating_sub(n), "other request")
        ),
        Some(least.saturating_sub(n)),
        Some(format!("docket import FILE --eval {}", case.scores().eval)),
    )
}

fn labels(case: &Case<'_>) -> Found {
    let asked = quality::asked(case);
    // The condition with the fewest labels decides; floors look at parts and have their own word.
    let whole = asked.iter().filter(|one| one.tag.is_none());
    let n = whole
        .map(|one| people::labels(case, one))
        .min()
        .unwrap_or(0);
    let least = case.rule.min_labels;
    let waiting = case.material.waiting;
    let behind = if waiting > 0 {
        format!(
            "{n}; {} behind the first open ticket of the plan",
            counted(waiting, "review")
        )
    } else {
        n.to_string()
    };
    let condition = condition(
        GatePart::Evidence,
        "evidence.labels",
        (
            "labels in the plan's order",
            &format!("at least {least}"),
            &behind,
        ),
        found(n >= least, GateVerdict::Inconclusive),
        if n >= least { "" } else { "too few labels" },
    );
    let group = &case.scores().group;
    let more = least.saturating_sub(n);
    Found::or(
        condition,
        format!(
            "review {more} more {} in the plan's order",
            noun(more, "ticket")
        ),
        Some(more),
        Some(format!("docket review {group}")),
    )
}
