//! One JSON object to the answers it gives.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::object::{Field, Object};
use super::{Read, Rejected, brief, choice, level};
use crate::domain::failure::Class;
use crate::domain::record::Quote;
use crate::domain::rubric::Answer;
use crate::domain::verdict::Flag;
use crate::judge::prompt::{Asked, Expected, Form};

/// Quotes kept of one answer; a judge that sends thousands is not pointing at anything.
const MOST_QUOTES: usize = 64;

/// Answers found in one object.
pub(super) struct Found {
    pub(super) answers: Vec<Read>,
}

impl Found {
    /// Whether both answer the same; their words may differ.
    pub(super) fn agrees(&self, other: &Self) -> bool {
        let plain = |found: &Self| -> Vec<(String, String)> {
            let pair = |read: &Read| (read.criterion.clone(), read.answer.to_string());
            found.answers.iter().map(pair).collect()
        };
        plain(self) == plain(other)
    }
}

/// Whose answer an object is.
pub(super) enum Bound {
    /// It carries this question's id.
    Ours,
    /// It looks like an answer and carries another id, or none.
    Other,
    /// It is no answer at all.
    None,
}

/// Keys by which an object without the right id is still seen to be meant as an answer.
const ANSWER_KEYS: [&str; 5] = ["verdict_id", "level", "choice", "verdicts", "criterion"];

pub(super) fn bound(object: &Object, expected: &Expected) -> Bound {
    let id = expected.nonce.as_str();
    let ours = object
        .values("verdict_id")
        .any(|raw| serde_json::from_str::<String>(raw).is_ok_and(|text| text == id));
    if ours {
        Bound::Ours
    } else if object.has_any(&ANSWER_KEYS) {
        Bound::Other
    } else {
        Bound::None
    }
}

/// The answers of an object that carries the right id.
pub(super) fn read(object: &Object, expected: &Expected) -> Result<Found, Rejected> {
    one::<String>(object, "verdict_id")?;
    let answers = if expected.joint {
        joint(object, expected)?
    } else {
        let asked = expected
            .asked
            .first()
            .ok_or_else(|| missing("the criterion"))?;
        check_criterion(object, asked)?;
        vec![single(object, asked, expected)?]
    };
    Ok(Found { answers })
}

fn joint(object: &Object, expected: &Expected) -> Result<Vec<Read>, Rejected> {
    let list: Vec<Box<RawValue>> = one(object, "verdicts")?.ok_or_else(|| missing("`verdicts`"))?;
    let entries: Vec<Object> = list
        .iter()
        .filter_map(|raw| Object::parse(raw.get()).map(|(object, _)| object))
        .collect();
    let of = |asked: &Asked| -> Result<Read, Rejected> {
        let mut read = Vec::new();
        for entry in &entries {
            if check_criterion(entry, asked).is_ok() {
                read.push(single(entry, asked, expected)?);
            }
        }
        let first = read.first().cloned();
        let differ = read
            .iter()
            .any(|other| Some(&other.answer) != first.as_ref().map(|one| &one.answer));
        if differ {
            return Err(Rejected::new(
                Class::Ambiguous,
                format!("the reply answers `{}` twice and differently", asked.id),
            ));
        }
        first.ok_or_else(|| missing(&format!("criterion `{}`", asked.id)))
    };
    expected.asked.iter().map(of).collect()
}

fn check_criterion(object: &Object, asked: &Asked) -> Result<(), Rejected> {
    match one::<String>(object, "criterion")? {
        Some(criterion) if criterion == asked.id => Ok(()),
        Some(other) => Err(Rejected::new(
            Class::MissingCriterion,
            format!(
                "the answer is about `{}`, asked was `{}`",
                brief(&other),
                asked.id
            ),
        )),
        None => Err(missing("`criterion`")),
    }
}

fn single(object: &Object, asked: &Asked, expected: &Expected) -> Result<Read, Rejected> {
    let reasoning = one::<String>(object, "reasoning")?.unwrap_or_default();
    let evidence = one::<Vec<WireQuote>>(object, "evidence")?.unwrap_or_default();
    let conflict = one::<bool>(object, "reference_conflict")?.unwrap_or(false);
    let answer = if one::<bool>(object, "cannot_judge")?.unwrap_or(false) {
        let reason = one::<String>(object, "cannot_judge_reason")?;
        Answer::CannotJudge {
            reason: reason.unwrap_or_default(),
        }
    } else {
        given(object, asked, expected)?
    };
    let quotes = evidence
        .into_iter()
        .filter(|quote| !quote.quote.trim().is_empty())
        .take(MOST_QUOTES);
    Ok(Read {
        criterion: asked.id.clone(),
        answer,
        reasoning,
        evidence: quotes
            .map(|wire| Quote {
                quote: wire.quote,
                problem: wire.problem,
            })
            .collect(),
        flags: conflict
            .then_some(Flag::ReferenceConflict)
            .into_iter()
            .collect(),
    })
}

fn given(object: &Object, asked: &Asked, expected: &Expected) -> Result<Answer, Rejected> {
    let key = match asked.form {
        Form::Level => "level",
        Form::Choice => "choice",
    };
    let raw = match object.get(key) {
        Field::One(raw) => raw,
        Field::Missing => return Err(unparsable(key, "is missing")),
        Field::Differ => return Err(twice(key)),
    };
    match asked.form {
        Form::Level => level::of_raw(raw, asked.scale).map(Answer::Level),
        Form::Choice => match serde_json::from_str::<String>(raw) {
            Ok(word) => choice(&word, expected),
            Err(_) => Err(unparsable(key, "is no text")),
        },
    }
}

#[derive(Deserialize)]
struct WireQuote {
    quote: String,
    #[serde(default)]
    problem: bool,
}

/// The value under a key. Missing is `None`; another type, or two values, is no answer.
fn one<T: for<'de> Deserialize<'de>>(object: &Object, key: &str) -> Result<Option<T>, Rejected> {
    match object.get(key) {
        Field::Missing => Ok(None),
        Field::Differ => Err(twice(key)),
        Field::One(raw) => serde_json::from_str(raw)
            .map(Some)
            .map_err(|_| unparsable(key, "is not of the kind asked for")),
    }
}

fn missing(what: &str) -> Rejected {
    Rejected::new(
        Class::MissingCriterion,
        format!("the answer leaves {what} out"),
    )
}

fn unparsable(key: &str, what: &str) -> Rejected {
    Rejected::new(Class::Unparsable, format!("`{key}` {what}"))
}

fn twice(key: &str) -> Rejected {
    Rejected::new(
        Class::Ambiguous,
        format!("the answer says two different things under `{key}`"),
    )
}
