//! Whether the judge and the items may be believed: a judge of another family, agreement with people, items that nobody
//! was trained on.

use super::case::{Case, Found, condition};
use super::evidence::found;
use crate::domain::count::counted;
use crate::domain::gate::{Basis, GateVerdict};
use crate::domain::view::gate::{GatePart, JudgeBacking};
use crate::engine::compare::{trained_words, way_on_from_trained};
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
            Kinship::Same(family) => Some(family),
            Kinship::Different | Kinship::Unknown => None,
        })
    };
    let family = kin(name);
    let second = scores
        .other_judges
        .iter()
        .find(|other| kin(other).is_none());
    let (verdict, told, why) = match (family, second) {
        (None, _) => (
            GateVerdict::Pass,
            format!("`{}`", judge.name),
            String::new(),
        ),
        (Some(family), Some(second)) => (
            GateVerdict::Pass,
            format!("`{}`, and `{second}` as the second", judge.name),
            format!(
                "`{}` is of the family {family} of what it judges",
                judge.name
            ),
        ),
        (Some(family), None) => (
            GateVerdict::Inconclusive,
            format!("`{}`", judge.name),
            format!("judge and candidate are both of the family {family}: judges favour their own"),
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
            "docket judge --group {} --judge OTHER",
            scores.group
        )),
    ))
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
    Some(Found::or(
        condition,
        "review tickets of the group in the plan's order, blind".to_owned(),
        None,
        Some(format!("docket review {}", scores.group)),
    ))
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
    let (what, command) = match heldout {
        Some(name) => (way_on_from_trained(name), None),
        None => (
            "measure on a held-out dataset, whose clusters are never exported".to_owned(),
            Some("docket dataset role DATASET heldout".to_owned()),
        ),
    };
    Found::or(condition, what, Some(n as u64), command)
}
