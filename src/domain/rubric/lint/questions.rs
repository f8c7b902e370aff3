//! Rules for criteria and requirements.

use super::{Kind, LEVEL_LIMIT, Lint, Rubric, check_id, check_unique};
use crate::domain::rubric::{Criterion, Scale};

pub(super) fn lint(rubric: &Rubric, lint: &mut Lint) {
    kinds_match(rubric, lint);
    let criteria = rubric.criteria.iter().enumerate();
    let requirements = rubric.requirements.iter().enumerate();
    let ids = criteria
        .clone()
        .map(|(n, criterion)| (format!("criterion[{n}].id"), criterion.id.as_str()))
        .chain(
            requirements
                .clone()
                .map(|(n, requirement)| (format!("requirement[{n}].id"), requirement.id.as_str())),
        );
    check_unique(lint, "questions", ids);
    for (n, criterion) in criteria {
        check_criterion(rubric, criterion, &format!("criterion[{n}]"), lint);
    }
    for (n, requirement) in requirements {
        let place = format!("requirement[{n}]");
        check_id(lint, &format!("{place}.id"), "requirement", &requirement.id);
        if requirement.text.trim().is_empty() {
            lint.error(
                "empty_text",
                format!("{place}.text"),
                format!("requirement `{}` says nothing", requirement.id),
                "write what must hold, such as \"Names the dose and how often\"",
            );
        }
    }
}

fn kinds_match(rubric: &Rubric, lint: &mut Lint) {
    if rubric.kind == Kind::Adherence {
        if !rubric.criteria.is_empty() {
            lint.error(
                "kind_mismatch",
                "criterion[0]",
                "an adherence rubric has requirements, no criteria".to_owned(),
                "its score is the share of `[[requirement]]` met; use `kind = \"direct\"` for graded questions",
            );
        } else if rubric.requirements.is_empty() {
            lint.error(
                "no_questions",
                "",
                "the rubric requires nothing".to_owned(),
                "add a `[[requirement]]` with `id` and `text`",
            );
        }
        return;
    }
    if !rubric.requirements.is_empty() {
        lint.error(
            "kind_mismatch",
            "requirement[0]",
            format!("a {} rubric has criteria, no requirements", rubric.kind.name()),
            "write `kind = \"adherence\"`, or ask it as a `[[criterion]]` with `scale = \"binary\"`",
        );
    } else if rubric.criteria.is_empty() {
        lint.error(
            "no_questions",
            "",
            "the rubric asks nothing".to_owned(),
            "add a `[[criterion]]` with `id`, `question` and `scale`",
        );
    }
}

fn check_criterion(rubric: &Rubric, criterion: &Criterion, place: &str, lint: &mut Lint) {
    check_id(lint, &format!("{place}.id"), "criterion", &criterion.id);
    if criterion.question.trim().is_empty() {
        lint.error(
            "empty_text",
            format!("{place}.question"),
            format!("criterion `{}` asks nothing", criterion.id),
            "write the question as you would ask a colleague",
        );
    }
    if !(criterion.weight.is_finite() && criterion.weight > 0.0) {
        lint.error(
            "bad_weight",
            format!("{place}.weight"),
            format!(
                "criterion `{}` has weight {}",
                criterion.id, criterion.weight
            ),
            "a weight is a number above 0; remove the criterion if it shall not count",
        );
    }
    if rubric.kind == Kind::Pairwise {
        pairwise_criterion(criterion, place, lint);
    } else {
        graded_criterion(rubric, criterion, place, lint);
    }
}

fn pairwise_criterion(criterion: &Criterion, place: &str, lint: &mut Lint) {
    let extra = if criterion.anchors.is_empty() {
        criterion.must_reach.map(|_| "must_reach")
    } else {
        Some("anchors")
    };
    if let Some(key) = extra {
        lint.error(
            "kind_mismatch",
            format!("{place}.{key}"),
            format!(
                "criterion `{}` compares candidates and has no levels for `{key}`",
                criterion.id
            ),
            "remove it, or write `kind = \"direct\"`",
        );
    }
}

fn graded_criterion(rubric: &Rubric, criterion: &Criterion, place: &str, lint: &mut Lint) {
    let (scale, id) = (criterion.scale, &criterion.id);
    if scale.min() >= scale.max() || scale.min() < -LEVEL_LIMIT || scale.max() > LEVEL_LIMIT {
        lint.error(
            "bad_scale",
            format!("{place}.scale"),
            format!(
                "criterion `{id}` has a scale from {} to {}",
                scale.min(),
                scale.max()
            ),
            "`min` must lie below `max`, both between -1000000 and 1000000",
        );
        return;
    }
    if scale.unreliable() {
        lint.warn(
            "wide_scale",
            format!("{place}.scale"),
            format!(
                "criterion `{id}` has {} levels; judges are unreliable above 11",
                scale.count()
            ),
            "use `level5` with an anchor for each level, or split the question",
        );
    }
    floor(criterion, place, lint);
    for level in criterion
        .anchors
        .keys()
        .filter(|level| !scale.allows(**level))
    {
        lint.error(
            "anchor_outside",
            format!("{place}.anchors.{level}"),
            format!(
                "criterion `{id}` has an anchor for {level}, its levels are {} to {}",
                scale.min(),
                scale.max()
            ),
            "move the anchor to one of these levels or remove it",
        );
    }
    // A level that a check sets is never chosen by reading anchors.
    if rubric.checks_of(id).next().is_none() {
        anchors(criterion, place, lint);
    }
}

fn floor(criterion: &Criterion, place: &str, lint: &mut Lint) {
    let Some(floor) = criterion.must_reach else {
        return;
    };
    let (scale, id) = (criterion.scale, &criterion.id);
    if !scale.allows(floor) {
        lint.error(
            "must_reach_outside",
            format!("{place}.must_reach"),
            format!(
                "criterion `{id}` must reach {floor}, its levels are {} to {}",
                scale.min(),
                scale.max()
            ),
            "name one of these levels",
        );
    } else if floor == scale.min() {
        lint.warn(
            "must_reach_idle",
            format!("{place}.must_reach"),
            format!("criterion `{id}` must reach {floor}, which every answer does"),
            "name a higher level or remove `must_reach`",
        );
    }
}

fn anchors(criterion: &Criterion, place: &str, lint: &mut Lint) {
    let scale = criterion.scale;
    let wanted: Vec<i32> = match scale {
        Scale::Binary | Scale::Level5 => scale.levels().collect(),
        // Between the ends of a free range people and judges can interpolate; the ends they need.
        Scale::Range { min, max } => vec![min, max],
    };
    let anchored = |level: &i32| {
        criterion
            .anchors
            .get(level)
            .is_some_and(|text| !text.trim().is_empty())
    };
    let missing: Vec<String> = wanted
        .iter()
        .filter(|level| !anchored(level))
        .map(ToString::to_string)
        .collect();
    if missing.is_empty() {
        return;
    }
    lint.warn(
        "missing_anchors",
        place,
        format!("criterion `{}` does not say what {} means", criterion.id, missing.join(", ")),
        "write a line per level under `[criterion.anchors]`; reviewers and judges agree more when they read the same words",
    );
    let words = criterion.question.split_whitespace().count();
    let spaced = criterion.question.is_ascii();
    if criterion.anchors.is_empty() && spaced && (1..3).contains(&words) {
        lint.warn(
            "vague_question",
            format!("{place}.question"),
            format!(
                "criterion `{}` asks only \"{}\" and has no anchors",
                criterion.id,
                criterion.question.trim()
            ),
            "ask for one thing a reader can point at in the output",
        );
    }
}
