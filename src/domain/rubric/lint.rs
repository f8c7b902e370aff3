//! What is wrong with a rubric, wherever it was made.
//!
//! Problems name their place as a path (`criterion[1].must_reach`); the TOML loader turns it into a
//! line and column, the form puts the cursor there. Errors keep a rubric from being used, warnings
//! do not. Patterns and JSON schemas of checks are compiled by `formats::rubric`, not here.

mod checks;
mod examples;
mod questions;

use serde::Serialize;

use super::{Kind, LEVEL_LIMIT, Rubric, SCHEMA, slug};

/// Whether a problem keeps the rubric from being used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The rubric cannot be used.
    Error,
    /// It can, at a cost the message names.
    Warning,
}

/// One thing wrong with a rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether it keeps the rubric from being used.
    pub severity: Severity,
    /// Stable name of the rule, such as `duplicate_id`.
    pub code: &'static str,
    /// Where, as a path of keys and 0-based places; empty for the whole rubric.
    pub place: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

/// Collects problems; the rules live in the submodules.
#[derive(Default)]
struct Lint {
    problems: Vec<Problem>,
}

impl Lint {
    fn add(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: impl Into<String>,
        message: String,
        hint: impl Into<String>,
    ) {
        self.problems.push(Problem {
            severity,
            code,
            place: place.into(),
            message,
            hint: hint.into(),
        });
    }

    fn error(
        &mut self,
        code: &'static str,
        place: impl Into<String>,
        message: String,
        hint: impl Into<String>,
    ) {
        self.add(Severity::Error, code, place, message, hint);
    }

    fn warn(
        &mut self,
        code: &'static str,
        place: impl Into<String>,
        message: String,
        hint: impl Into<String>,
    ) {
        self.add(Severity::Warning, code, place, message, hint);
    }
}

/// Every problem of a rubric, in the order of its parts.
pub fn lint(rubric: &Rubric) -> Vec<Problem> {
    let mut lint = Lint::default();
    head(rubric, &mut lint);
    judge(rubric, &mut lint);
    questions::lint(rubric, &mut lint);
    checks::lint(rubric, &mut lint);
    examples::lint(rubric, &mut lint);
    lint.problems
}

fn head(rubric: &Rubric, lint: &mut Lint) {
    if rubric.schema != SCHEMA {
        lint.error(
            "schema",
            "schema",
            format!("schema {} is not known", rubric.schema),
            format!("write `schema = {SCHEMA}`, or use a newer docket"),
        );
    }
    check_id(lint, "id", "rubric", &rubric.id);
    if let Some(threshold) = rubric.pass_threshold {
        if !(0.0..=1.0).contains(&threshold) {
            lint.error(
                "bad_threshold",
                "pass_threshold",
                format!("`pass_threshold` is {threshold}, outside 0 to 1"),
                "the score is a share of the best possible one; 0.8 is the default",
            );
        } else if rubric.kind == Kind::Pairwise {
            lint.warn(
                "unused_threshold",
                "pass_threshold",
                "`pass_threshold` has no effect: a pairwise rubric names a preference, no score"
                    .to_owned(),
                "remove it",
            );
        }
    }
}

fn judge(rubric: &Rubric, lint: &mut Lint) {
    let judge = &rubric.judge;
    if !(1..=25).contains(&judge.samples) {
        lint.error(
            "bad_samples",
            "judge.samples",
            format!("`samples` is {}, outside 1 to 25", judge.samples),
            "1 suits triage, 3 a gate",
        );
    }
    if !(64..=1_000_000).contains(&judge.max_output_tokens) {
        lint.error(
            "bad_tokens",
            "judge.max_output_tokens",
            format!(
                "`max_output_tokens` is {}, outside 64 to 1000000",
                judge.max_output_tokens
            ),
            "4096 leaves room for hidden reasoning",
        );
    }
    if let Some(template) = &judge.template
        && !template.contains("eval_model_response")
    {
        lint.error(
            "template_variable",
            "judge.template",
            "the template never shows the output: `eval_model_response` is missing".to_owned(),
            "put `{{ eval_model_response }}` where the judge shall read the output",
        );
    }
}

/// Whether a text can be an id: a letter or digit first, then letters, digits, `-` and `_`, at most 64, all ASCII.
pub fn valid_id(id: &str) -> bool {
    id.len() <= 64
        && id.starts_with(|c: char| c.is_ascii_alphanumeric())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}

fn check_id(lint: &mut Lint, place: &str, what: &str, id: &str) {
    if valid_id(id) {
        return;
    }
    let hint = match slug(id) {
        slug if slug.is_empty() => "use letters, digits, `-` and `_`, such as `tone-2`".to_owned(),
        slug => format!("write `{slug}`"),
    };
    let message = if id.is_empty() {
        format!("the {what} has an empty id")
    } else {
        format!("`{id}` cannot be the id of a {what}")
    };
    lint.error("bad_id", place, message, hint);
}

/// Reports ids used twice. Case is ignored, because people type these ids into filters.
fn check_unique<'a>(lint: &mut Lint, what: &str, ids: impl Iterator<Item = (String, &'a str)>) {
    let mut seen = std::collections::BTreeSet::new();
    for (place, id) in ids {
        if !id.is_empty() && !seen.insert(id.to_ascii_lowercase()) {
            lint.error(
                "duplicate_id",
                place,
                format!("two {what} have the id `{id}`"),
                "give each its own; answers are stored under it",
            );
        }
    }
}

#[cfg(test)]
mod tests;
