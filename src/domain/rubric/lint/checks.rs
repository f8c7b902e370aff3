//! Rules for checks: that they act on something that exists, with an effect that can happen.

use super::{Kind, Lint, Rubric, check_id, check_unique};
use crate::domain::rubric::{Check, CheckTest, Language, OnFail, Scale};

pub(super) fn lint(rubric: &Rubric, lint: &mut Lint) {
    let checks = rubric.checks.iter().enumerate();
    check_unique(
        lint,
        "checks",
        checks
            .clone()
            .map(|(n, check)| (format!("check[{n}].id"), check.id.as_str())),
    );
    for (n, check) in checks {
        let place = format!("check[{n}]");
        check_id(lint, &format!("{place}.id"), "check", &check.id);
        parameters(check, &place, lint);
        if rubric.kind == Kind::Pairwise {
            pairwise(check, &place, lint);
        } else {
            effect(rubric, check, &place, lint);
        }
    }
    lengths_can_be_met(rubric, lint);
}

fn pairwise(check: &Check, place: &str, lint: &mut Lint) {
    if check.criterion.is_some() || check.on_fail != OnFail::Note {
        let key = if check.criterion.is_some() {
            "criterion"
        } else {
            "on_fail"
        };
        lint.error(
            "kind_mismatch",
            format!("{place}.{key}"),
            format!(
                "check `{}` would set a level, and a pairwise rubric has none",
                check.id
            ),
            "remove `criterion` and write `on_fail = \"note\"`",
        );
    }
}

fn effect(rubric: &Rubric, check: &Check, place: &str, lint: &mut Lint) {
    let covered: Vec<(String, Scale)> = match &check.criterion {
        Some(id) => match rubric.question(id).and_then(|question| question.scale()) {
            Some(scale) => vec![(id.clone(), scale)],
            None => return unknown_criterion(rubric, check, id, place, lint),
        },
        None => rubric
            .questions()
            .filter_map(|q| Some((q.id.to_owned(), q.scale()?)))
            .collect(),
    };
    let OnFail::Cap(level) = check.on_fail else {
        return;
    };
    for (id, scale) in covered.iter().filter(|(_, scale)| !scale.allows(level)) {
        lint.error(
            "cap_outside",
            format!("{place}.on_fail"),
            format!(
                "check `{}` caps `{id}` at {level}, its levels are {} to {}",
                check.id,
                scale.min(),
                scale.max()
            ),
            "name one of these levels, or give the check a `criterion`",
        );
    }
}

fn unknown_criterion(rubric: &Rubric, check: &Check, id: &str, place: &str, lint: &mut Lint) {
    let known: Vec<&str> = rubric.questions().map(|question| question.id).collect();
    let hint = super::super::known_or_nearest(id, &known);
    lint.error(
        "unknown_criterion",
        format!("{place}.criterion"),
        format!(
            "check `{}` sets `{id}`, which this rubric does not ask",
            check.id
        ),
        hint,
    );
}

fn parameters(check: &Check, place: &str, lint: &mut Lint) {
    let id = &check.id;
    match &check.test {
        CheckTest::Regex { pattern } | CheckTest::NotRegex { pattern } if pattern.is_empty() => {
            lint.error(
                "empty_text",
                format!("{place}.pattern"),
                format!("check `{id}` has an empty pattern, which every output contains"),
                "write the pattern to look for",
            );
        }
        CheckTest::Contains { text, .. }
            if text.is_empty() || text.iter().any(String::is_empty) =>
        {
            lint.error(
                "empty_text",
                format!("{place}.text"),
                format!("check `{id}` looks for an empty text, which every output contains"),
                "write the text to look for",
            );
        }
        CheckTest::MinChars { chars: 0 } => lint.error(
            "bad_length",
            format!("{place}.chars"),
            format!("check `{id}` asks for at least 0 characters, which every output has"),
            "write a number above 0",
        ),
        CheckTest::NoEcho { chars: Some(0..20) } => lint.error(
            "bad_length",
            format!("{place}.chars"),
            format!("check `{id}` would fail outputs that share a few characters with the request"),
            "write 20 or more, or leave `chars` out to refuse only a full repetition",
        ),
        CheckTest::Language {
            language: Language::OneOf(codes),
        } => {
            let wrong = |code: &&String| {
                !((2..=3).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_lowercase()))
            };
            let bad = codes
                .iter()
                .find(wrong)
                .map(|code| format!("`{code}` is no language code"));
            let none = codes
                .is_empty()
                .then(|| format!("check `{id}` names no language"));
            if let Some(message) = bad.or(none) {
                lint.error(
                    "bad_language",
                    format!("{place}.language"),
                    message,
                    "write `de`, `en` and the like, or `input` for the request's own",
                );
            }
        }
        _ => {}
    }
}

/// A shortest length above the longest one fails every output.
fn lengths_can_be_met(rubric: &Rubric, lint: &mut Lint) {
    let longest = rubric.checks.iter().filter_map(|check| match check.test {
        CheckTest::MaxChars { chars } => Some(chars),
        _ => None,
    });
    let Some(longest) = longest.min() else { return };
    for (n, check) in rubric.checks.iter().enumerate() {
        if let CheckTest::MinChars { chars } = check.test
            && chars > longest
        {
            lint.error(
                "bad_length",
                format!("check[{n}].chars"),
                format!(
                    "check `{}` asks for {chars} characters, another allows {longest} at most",
                    check.id
                ),
                "no output can satisfy both; change one",
            );
        }
    }
}
