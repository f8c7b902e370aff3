//! What the numbers rest on: enough items and labels, rows with a score, a judge that may be believed, no overlap with
//! training data. What fails here makes no candidate bad; it leaves the quality conditions undecided.

use super::case::{Case, Found, condition};
use super::quality::{self, Measure};
use super::{believed, floors, people, ways};
use crate::domain::count::counted;
use crate::domain::gate::words::percent;
use crate::domain::gate::{Basis, GateVerdict};
use crate::domain::group_scores::RowOutcome;
use crate::domain::run::Origin;
use crate::domain::view::gate::{GatePart, JudgeBacking};
use crate::stats::gate::MOST_UNSCORED;

/// The condition on rows without an output.
pub(super) const FAILED_ROWS: &str = "evidence.failed";
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
    found.extend(chosen(case));
    found.extend(floors::floored(case));
    found.extend(believed::conditions(case, backing));
    found
}

/// A share; none of nothing.
fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

/// `1 of 40 (2.5 %)`, or `n/a`.
fn told_share(part: usize, of: usize) -> String {
    share(part, of).map_or_else(
        || "n/a".to_owned(),
        |share| format!("{part} of {of} ({})", percent(share)),
    )
}

/// A rule that names its candidate passes no other: which one it is about was chosen once.
fn chosen(case: &Case<'_>) -> Option<Found> {
    let named = case.rule.candidate.as_ref()?;
    let name = &case.candidate().name;
    if named == name {
        return None;
    }
    let condition = condition(
        GatePart::Evidence,
        "evidence.candidate",
        (
            "the candidate the rule is about",
            &format!("`{named}`"),
            &format!("`{name}`"),
        ),
        GateVerdict::Inconclusive,
        "the rule was declared for another candidate alone",
    );
    let group = crate::domain::shell::word(&case.scores().group);
    Some(Found::or(
        condition,
        "declare a rule that names no candidate: it judges all of them together".to_owned(),
        None,
        Some(format!("docket gate {group} --file gate.toml --declare")),
    ))
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
    let share = share(failed, asked);
    let within = share.is_none_or(|share| share <= most + EPSILON);
    let verdict = match share {
        None => GateVerdict::Inconclusive,
        Some(_) => found(within, GateVerdict::Fail),
    };
    let condition = condition(
        GatePart::Evidence,
        FAILED_ROWS,
        (
            "rows without an output",
            &format!("at most {}", percent(most)),
            &told_share(failed, asked),
        ),
        verdict,
        match verdict {
            GateVerdict::Pass => "",
            GateVerdict::Inconclusive => "no row was asked yet",
            GateVerdict::Fail => "the candidate failed too often",
        },
    );
    let (soon, again) = ways::failures(case.candidate());
    let mut settles = Vec::new();
    let id = condition.id.clone();
    if soon > 0 {
        let command = ways::go_on(case, "");
        settles.extend(command.map(|command| {
            let what = "ask again what may pass now";
            ways::settle(&id, what, Some(soon as u64), Some(command))
        }));
    }
    if again > 0 {
        let command = ways::go_on(case, " --again");
        settles.extend(command.map(|command| {
            let what =
                "it refused them, broke off or they did not fit; only `--again` asks once more";
            ways::settle(&id, what, Some(again as u64), Some(command))
        }));
    }
    let nothing = if asked == 0 {
        "what was never asked has not failed: the rows are missing"
    } else {
        "what was logged has failed for good: nothing on these items settles it"
    };
    ways::found(condition, settles, nothing)
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
    let what = match case.candidate().origin {
        Origin::Imported => "import the outputs it lacks",
        Origin::Model(_) | Origin::Logged => "finish the run",
    };
    let settles = ways::go_on(case, "").map(|command| {
        let what = format!("{what}: {} to ask", counted(missing as u64, "row"));
        ways::settle(&condition.id, what, Some(missing as u64), Some(command))
    });
    ways::found(
        condition,
        settles.into_iter().collect(),
        "nothing was logged for these items, and nothing can be any more: compare candidates that answered all of them",
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
    let sides: Vec<usize> = sides.collect();
    let counts: Vec<(usize, usize)> = sides.iter().map(|at| without_score(case, *at)).collect();
    // Of a side without an output nothing can be said, so nothing is decided.
    let shares: Option<Vec<f64>> = counts.iter().map(|(part, of)| share(*part, *of)).collect();
    let none = shares.is_none();
    let shares = shares.unwrap_or_default();
    let highest = shares.iter().copied().fold(0.0, f64::max);
    let lowest = shares.iter().copied().fold(f64::INFINITY, f64::min);
    let within = highest <= most + EPSILON;
    let alike = none || highest - lowest <= MOST_UNSCORED + EPSILON;
    let (left, all) = counts[0];
    let mut told = told_share(left, all);
    if let Some((left, all)) = counts.get(1) {
        told = format!("{told}; of the baseline {}", told_share(*left, *all));
    }
    let why = match (within, alike) {
        _ if none => "there is no output to score yet".to_owned(),
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
        found(within && alike && !none, GateVerdict::Inconclusive),
        why,
    );
    let settles = ways::scores(case, &condition.id, &sides);
    let nothing = if none {
        "outputs come first: the rows are missing"
    } else {
        "every output has a score"
    };
    ways::found(condition, settles, nothing)
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
    let more = least.saturating_sub(n);
    let unscored = ways::Unscored::of(case.candidate());
    let id = condition.id.clone();
    // As far as scores of outputs that are there would do, they are asked for; what is missing beyond them is not here.
    let mut settles = Vec::new();
    if (unscored.unread + unscored.again) as u64 >= more {
        settles = ways::scores(case, &id, &[case.at]);
        settles.retain(|one| one.count.is_some());
    }
    if settles.is_empty() {
        settles.push(ways::settle(
            &id,
            format!(
                "the group keeps its {}, so nothing on them settles it: add {} and run the candidate on all in another group",
                counted(case.scores().items.len() as u64, "item"),
                counted(more, "item")
            ),
            Some(more),
            Some(ways::more_items(case)),
        ));
    }
    ways::found(condition, settles, "")
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
    let more = least.saturating_sub(n);
    Found::or(
        condition,
        format!(
            "the group keeps its items, so nothing on them settles it: add items with {} that are no repetition, and run the \
             candidate on all in another group",
            counted(more, "other request")
        ),
        Some(more),
        Some(ways::more_items(case)),
    )
}

fn labels(case: &Case<'_>) -> Found {
    let asked = quality::asked(case);
    // The condition with the fewest labels decides; floors look at parts and have their own word.
    let whole = asked.iter().filter(|one| one.tag.is_none());
    let n = whole
        .clone()
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
    let more = least.saturating_sub(n);
    let left = whole
        .map(|one| people::unlabelled(case, one))
        .min()
        .unwrap_or(0);
    let settle = quality::more_labels(case, &condition.id, more, left);
    Found::with(condition, vec![settle])
}
