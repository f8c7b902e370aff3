//! A rubric's deterministic checks, run on an output. Free, and the same everywhere.
//!
//! Patterns and schemas are compiled once per rubric ([`Checks::compile`]). Patterns are linear in the
//! text whatever they say; compiled size, JSON depth and text length are bounded. The `checks` judge answers
//! the criteria that have checks and says how many that are; its number is the share of checks passed,
//! never the rubric's score.

mod language;
mod literal;
#[cfg(test)]
mod tests;

use jsonschema::Validator;
use regex::{Regex, RegexBuilder};
use serde::Serialize;

use super::parse::brief;
use super::subject::Subject;
use crate::domain::record::Quote;
use crate::domain::rubric::{Answer, Check, CheckOutcome, CheckTest, PATTERN_SIZE_LIMIT, Rubric};
use crate::domain::verdict::{Flag, Outcome, Verdict};

/// Version of what the checks mean; part of the identity of the `checks` judge.
pub const VERSION: u32 = 1;

/// Why a check cannot be run.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("check `{check}` cannot be run: {why}; mend it in the rubric")]
pub struct CompileError {
    /// The check.
    pub check: String,
    /// What is wrong with it.
    pub why: String,
}

/// How a check came out, with the sentence people read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// What the score needs.
    pub outcome: CheckOutcome,
    /// What was looked for and what was found.
    pub says: String,
    /// Words of the output that decided it.
    pub quote: Option<String>,
}

enum Ready {
    Pattern { regex: Regex, wanted: bool },
    Schema(Box<Validator>),
    Plain,
}

/// The checks of one rubric, compiled.
pub struct Checks {
    ready: Vec<(Check, Ready)>,
}

impl Checks {
    /// Compiles every check of a rubric.
    pub fn compile(rubric: &Rubric) -> Result<Self, CompileError> {
        let ready = rubric.checks.iter().map(|check| {
            let failed = |why: String| CompileError {
                check: check.id.clone(),
                why,
            };
            let pattern = |pattern: &str, wanted| {
                let regex = RegexBuilder::new(pattern)
                    .size_limit(PATTERN_SIZE_LIMIT)
                    .build()
                    .map_err(|error| failed(error.to_string()))?;
                Ok(Ready::Pattern { regex, wanted })
            };
            let ready = match &check.test {
                CheckTest::Regex { pattern: text } => pattern(text, true)?,
                CheckTest::NotRegex { pattern: text } => pattern(text, false)?,
                CheckTest::JsonSchema { schema } => {
                    let value =
                        serde_json::from_str(schema).map_err(|error| failed(error.to_string()))?;
                    let validator = jsonschema::validator_for(&value)
                        .map_err(|error| failed(error.to_string()))?;
                    Ready::Schema(Box::new(validator))
                }
                _ => Ready::Plain,
            };
            Ok((check.clone(), ready))
        });
        Ok(Self {
            ready: ready.collect::<Result<_, _>>()?,
        })
    }

    /// Whether the rubric has none.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// Runs all checks on the first output of a subject. Calls of tools are no text and not looked at.
    pub fn run(&self, subject: &Subject) -> Vec<Checked> {
        let text = subject
            .outputs
            .first()
            .map_or("", |output| output.text.as_str());
        let run = |(check, ready): &(Check, Ready)| {
            let found = match ready {
                Ready::Pattern { regex, wanted } => by_pattern(regex, *wanted, text),
                Ready::Schema(validator) => by_schema(validator, text),
                Ready::Plain => plain(&check.test, text, subject),
            };
            Checked {
                outcome: CheckOutcome {
                    check: check.id.clone(),
                    pass: found.pass,
                },
                says: found.says,
                quote: found.quote,
            }
        };
        self.ready.iter().map(run).collect()
    }

    /// The `checks` judge: an answer for every criterion that has checks, and what it could not look at.
    pub fn judge(&self, rubric: &Rubric, subject: &Subject) -> Judged {
        let checked = self.run(subject);
        let outcomes: Vec<CheckOutcome> = checked.iter().map(|one| one.outcome.clone()).collect();
        let mut verdicts = Vec::new();
        let mut total = 0;
        for question in rubric.questions() {
            total += 1;
            let Some(level) = rubric.level_from_checks(&question, &outcomes) else {
                continue;
            };
            let ids: Vec<&str> = rubric
                .checks_of(question.id)
                .map(|check| check.id.as_str())
                .collect();
            let own = checked
                .iter()
                .filter(|one| ids.contains(&one.outcome.check.as_str()));
            let mut verdict = Verdict::new(question.id, Outcome::Scored(Answer::Level(level)));
            let mut says = Vec::new();
            for one in own {
                says.push(one.says.as_str());
                verdict.evidence.extend(one.quote.iter().map(|quote| Quote {
                    quote: quote.clone(),
                    problem: !one.outcome.pass,
                }));
            }
            verdict.reasoning = says.join("; ");
            verdicts.push(verdict);
        }
        Judged {
            criteria_checked: verdicts.len(),
            criteria: total,
            verdicts,
            checked,
        }
    }
}

/// What the `checks` judge found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Judged {
    /// One verdict per criterion that has checks.
    pub verdicts: Vec<Verdict>,
    /// Every check, those without a criterion included.
    pub checked: Vec<Checked>,
    /// Criteria that have checks.
    pub criteria_checked: usize,
    /// All criteria.
    pub criteria: usize,
}

impl Judged {
    /// Share of checks passed, 0-1; `None` without checks. Never the rubric's score.
    pub fn pass_rate(&self) -> Option<f64> {
        let passed = self.checked.iter().filter(|one| one.outcome.pass).count();
        (!self.checked.is_empty()).then(|| passed as f64 / self.checked.len() as f64)
    }

    /// Such as `2 of 4 criteria checked`.
    pub fn words(&self) -> String {
        let noun = if self.criteria == 1 {
            "criterion"
        } else {
            "criteria"
        };
        format!(
            "{} of {} {noun} checked",
            self.criteria_checked, self.criteria
        )
    }
}

/// Flags a verdict whose level is the best although a check without a criterion failed, or the worst
/// although all passed.
pub fn contradicts(rubric: &Rubric, verdict: &mut Verdict, checked: &[Checked]) {
    let scale = rubric
        .question(&verdict.criterion)
        .and_then(|question| question.scale());
    let level = verdict.outcome.answer().and_then(Answer::level);
    let (Some(scale), Some(level)) = (scale, level) else {
        return;
    };
    let failed = checked.iter().any(|one| !one.outcome.pass);
    let of_this = |one: &&Checked| {
        rubric
            .checks_of(&verdict.criterion)
            .any(|check| check.id == one.outcome.check)
    };
    let own: Vec<&Checked> = checked.iter().filter(of_this).collect();
    let all_passed = !own.is_empty() && own.iter().all(|one| one.outcome.pass);
    let zeroed = failed
        && rubric.checks.iter().any(|check| {
            check.on_fail == crate::domain::rubric::OnFail::Zero
                && checked
                    .iter()
                    .any(|one| one.outcome.check == check.id && !one.outcome.pass)
        });
    if (level == scale.max() && (zeroed || own.iter().any(|one| !one.outcome.pass)))
        || (level == scale.min() && all_passed)
    {
        verdict.flag(Flag::CheckContradiction);
    }
}

struct Found {
    pass: bool,
    says: String,
    quote: Option<String>,
}

impl Found {
    fn new(pass: bool, says: impl Into<String>) -> Self {
        Self {
            pass,
            says: says.into(),
            quote: None,
        }
    }

    fn quoting(self, quote: &str) -> Self {
        let quote = (!quote.trim().is_empty()).then(|| quote.chars().take(300).collect());
        Self { quote, ..self }
    }
}

fn by_pattern(regex: &Regex, wanted: bool, text: &str) -> Found {
    let shown = brief(regex.as_str());
    match (regex.find(text), wanted) {
        (Some(hit), _) => Found::new(
            wanted,
            format!("`{shown}` matches `{}`", brief(hit.as_str())),
        )
        .quoting(hit.as_str()),
        (None, _) => Found::new(!wanted, format!("`{shown}` matches nowhere")),
    }
}

fn by_schema(validator: &Validator, text: &str) -> Found {
    let value = match serde_json::from_str::<serde_json::Value>(text.trim()) {
        Ok(value) => value,
        Err(error) => return Found::new(false, format!("the output is not JSON: {error}")),
    };
    match validator.iter_errors(&value).next() {
        None => Found::new(true, "the output fits the schema"),
        Some(error) => {
            let place = error.instance_path().to_string();
            let at = if place.is_empty() {
                "the top".to_owned()
            } else {
                format!("`{}`", brief(&place))
            };
            Found::new(false, format!("at {at}: {}", brief(&error.to_string())))
        }
    }
}

fn plain(test: &CheckTest, text: &str, subject: &Subject) -> Found {
    match test {
        CheckTest::Contains {
            text: wanted,
            mode,
            ignore_case,
        } => literal::contains(text, wanted, *mode, *ignore_case),
        CheckTest::MaxChars { chars } => {
            let count = text.chars().count();
            Found::new(
                count as u64 <= u64::from(*chars),
                format!("{count} characters, at most {chars}"),
            )
        }
        CheckTest::MinChars { chars } => {
            let count = text.chars().count();
            Found::new(
                count as u64 >= u64::from(*chars),
                format!("{count} characters, at least {chars}"),
            )
        }
        CheckTest::Json => {
            match serde_json::from_str::<&serde_json::value::RawValue>(text.trim()) {
                Ok(_) => Found::new(true, "the output is JSON"),
                Err(error) => Found::new(false, format!("the output is not JSON: {error}")),
            }
        }
        CheckTest::Language { language } => language::check(text, language, subject),
        CheckTest::Equals {
            text: wanted,
            ignore_case,
        } => literal::equals(text, wanted.as_deref(), *ignore_case, subject),
        CheckTest::NoEcho { chars } => literal::no_echo(text, *chars, subject),
        // Compiled above; a test that needed compiling never comes here.
        CheckTest::Regex { .. } | CheckTest::NotRegex { .. } | CheckTest::JsonSchema { .. } => {
            Found::new(false, "the check was not compiled")
        }
    }
}
