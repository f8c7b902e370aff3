//! Whether the judge and the items may be believed: a judge of another family, agreement with people, items that nobody
//! was trained on.

use super::backing::FEWEST;
use super::case::{Case, Found, condition};
use super::evidence::found;
use super::ways;
use crate::domain::count::{counted, noun};
use crate::domain::gate::{Basis, GateVerdict};
use crate::domain::shell::word;
use crate::domain::view::gate::Settle;
use crate::domain::view::gate::{GatePart, JudgeBacking};
use crate::engine::compare::trained_words;
use crate::engine::library;
use crate::judge::family::{Kinship, kinship};

/// All conditions of this kind.
pub(super) fn conditions(case: &Case<'_>, backing: &JudgeBacking) -> Vec<Found> {
    let mut found: Vec<Found> = judge(case).into_iter().collect();
    found.extend(agreement(case, backing));
    found.push(overlap(case));
    found
}

/// A judge of a candidate's family needs a second one of another.
fn judge(case: &Case<'_>) -> Option<Found> {
    let scores = case.scores();
    let judge = scores.judge.as_ref()?;
    let name = judge.model.as_deref().unwrap_or(&judge.name);
    let model = |at: usize| {
        let candidate = &scores.candidates[at];
        candidate.model.as_deref().unwrap_or(&candidate.name)
    };
    let kin = |judge: &str| {
        case.both().find_map(|at| match kinship(judge, model(at)) {
            Kinship::Same(family) => Some((at, family)),
            Kinship::Different | Kinship::Unknown => None,
        })
    };
    let family = kin(name);
    let second = scores
        .other_judges
        .iter()
        .find(|other| kin(other).is_none());
    let own = format!("`{}`", judge.name);
    let (verdict, told, why) = match (family, second) {
        (None, _) => (GateVerdict::Pass, own, String::new()),
        (Some((at, family)), Some(second)) => (
            GateVerdict::Pass,
            format!("{own}, and `{second}` as the second"),
            format!(
                "{own} and {} are both of the family {family}",
                whose(case, at)
            ),
        ),
        (Some((at, family)), None) => (
            GateVerdict::Inconclusive,
            own,
            format!(
                "judge and {} are both of the family {family}: judges favour their own",
                whose(case, at)
            ),
        ),
    };
    let condition = condition(
        GatePart::Evidence,
        "evidence.judge",
        ("judge of another family", "or a second judge", &told),
        verdict,
        why,
    );
    Some(Found::or(
        condition,
        "let a judge of another family read the group too".to_owned(),
        None,
        Some(format!(
            "docket judge --group {} --judge <OTHER>",
            scores.group
        )),
    ))
}

/// Which side it is that the judge is of the family of.
fn whose(case: &Case<'_>, at: usize) -> String {
    if at == case.at {
        return "candidate".to_owned();
    }
    format!("the baseline `{}`", case.scores().candidates[at].name)
}

/// The agreement of judge and people, where the rule rests on it.
fn agreement(case: &Case<'_>, backing: &JudgeBacking) -> Option<Found> {
    let least = case.rule.min_agreement;
    let scores = case.scores();
    scores.judge.as_ref()?;
    if least.is_none() && case.rule.basis == Basis::Judge {
        return None;
    }
    let required = least.map_or_else(
        || "checked under this rubric".to_owned(),
        |least| format!("kappa on pass at least {least}"),
    );
    let (verdict, why) = match (backing.checked, backing.stale, least) {
        (false, ..) => (
            GateVerdict::Inconclusive,
            "nobody has checked this judge under this rubric".to_owned(),
        ),
        (true, true, _) => (
            GateVerdict::Inconclusive,
            "it was checked before its guidelines or the rubric changed".to_owned(),
        ),
        (true, false, None) => (GateVerdict::Pass, String::new()),
        (true, false, Some(least)) => held(backing, least),
    };
    let condition = condition(
        GatePart::Evidence,
        "evidence.agreement",
        ("agreement of judge and people", &required, &backing.words),
        verdict,
        why,
    );
    let settle = checked(case, backing, least, &condition.id);
    Some(Found::with(condition, vec![settle]))
}

/// What would make the agreement hold, or tell.
fn checked(case: &Case<'_>, backing: &JudgeBacking, least: Option<f64>, id: &str) -> Settle {
    let labels = |what: String, more: u64| {
        let what = format!(
            "{what} about {} in the plan's order, {}",
            counted(ways::tickets_for(case, more), "ticket"),
            ways::BY_OTHERS
        );
        ways::settle(id, what, Some(more), Some(ways::review(case)))
    };
    if !backing.checked {
        let more = FEWEST.saturating_sub(backing.tickets).max(1);
        return labels("review, blind,".to_owned(), more);
    }
    if backing.stale {
        let what = "let the judge read the group with the guidelines it has now, in another group: this one keeps its judge";
        let command = ways::elsewhere(case, &word(&case.scores().eval));
        return ways::settle(id, what, None, Some(command));
    }
    let (Some(kappa), Some((low, high))) = (backing.kappa, backing.interval) else {
        return ways::settle(
            id,
            "every label is the same so far, and kappa needs passes and fails: review on until both are there; if the outputs \
             really are all alike, nothing on these items tells, and items the candidate finds harder are missing",
            None,
            Some(ways::review(case)),
        );
    };
    let least = least.unwrap_or_default();
    if kappa <= least {
        let what = "kappa is on the wrong side of what is asked: more labels would sooner block than pass; a judge that agrees \
                    better is missing";
        return ways::settle(id, what, None, None);
    }
    // A half-width shrinks with the root of the labels.
    let wider = (kappa - low).max((high - low) / 2.0);
    let n = (backing.tickets as f64 * (wider / (kappa - least)).powi(2)).ceil() as u64;
    let more = n.saturating_sub(backing.tickets).max(1);
    labels(
        format!(
            "about {more} more {} ({n} in all), if kappa stays as it is: review",
            noun(more, "label")
        ),
        more,
    )
}

fn held(backing: &JudgeBacking, least: f64) -> (GateVerdict, String) {
    match (backing.kappa, backing.interval) {
        (Some(_), Some((low, _))) if low >= least => (GateVerdict::Pass, String::new()),
        (Some(_), Some((_, high))) if high < least => (
            GateVerdict::Fail,
            "judge and people agree too little".to_owned(),
        ),
        (Some(_), _) => (
            GateVerdict::Inconclusive,
            "what is asked lies within the interval".to_owned(),
        ),
        (None, _) => (
            GateVerdict::Inconclusive,
            "kappa is undefined: all labels are alike".to_owned(),
        ),
    }
}

/// Items that were trained on measure nothing.
fn overlap(case: &Case<'_>) -> Found {
    let material = case.material;
    let n = material.exported.len();
    let told = if n == 0 {
        "none".to_owned()
    } else {
        format!(
            "{} in {}",
            counted(n, "cluster"),
            material.exported_in.join(", ")
        )
    };
    let heldout = material.heldout.as_deref();
    let why = if n == 0 {
        String::new()
    } else {
        let clusters = material.exported.iter().copied().collect();
        trained_words(case.scores(), &clusters, heldout)
    };
    let condition = condition(
        GatePart::Evidence,
        "evidence.overlap",
        ("requests that left as training data", "none", &told),
        found(n == 0, GateVerdict::Inconclusive),
        why,
    );
    let left = case.scores().clusters.saturating_sub(n);
    let (what, command) = if left == 0 {
        (
            "every request of the group left as training data, so nothing on them settles it: import others, and run the candidate \
             on those alone in another group"
                .to_owned(),
            fresh_items(case),
        )
    } else {
        (
            "what left cannot come back, so nothing on these items settles it: hold others out and start another group on them"
                .to_owned(),
            held_out(case),
        )
    };
    Found::or(condition, what, Some(n as u64), Some(command))
}

/// An eval over a dataset, with the group's rubric.
fn eval_over(case: &Case<'_>, dataset: &str) -> String {
    let rubric = &case.scores().rubric_name;
    let rubric = match library::built_in(rubric) {
        Some(_) => word(rubric),
        None => "<RUBRIC>".to_owned(),
    };
    format!(
        "docket eval new {dataset} --dataset {dataset} --rubric {rubric} && docket eval grow {dataset} && {}",
        ways::elsewhere(case, dataset)
    )
}

/// The clusters that did not leave, held out, and the candidate on them.
fn held_out(case: &Case<'_>) -> String {
    let name = &case.material.dataset;
    // What is held out already cannot be held out once more: its items came from somewhere.
    let (from, to) = match &case.material.heldout {
        Some(_) => ("<DATASET>".to_owned(), word(&format!("{name}-2"))),
        None => (word(name), word(&format!("{name}-heldout"))),
    };
    format!(
        "docket dataset hold-out {from} --to {to} && {}",
        eval_over(case, &to)
    )
}

/// Others, which never left.
fn fresh_items(case: &Case<'_>) -> String {
    let name = word(&format!("{}-2", case.material.dataset));
    format!(
        "docket import <FILE> --dataset {name} && {}",
        eval_over(case, &name)
    )
}
