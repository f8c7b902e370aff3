//! What a reviewer, person or judge, says to one question of a rubric.
//!
//! Answers are stored inside review events, so their JSON form is fixed: `{"level":3}`,
//! `{"choice":2}`, `{"choice":"tie"}`, `{"cannot_judge":"no access to the contract"}`.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Answers by the id of the criterion or requirement they belong to.
pub type Answers = BTreeMap<String, Answer>;

/// One reviewer's answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "AnswerRepr", from = "AnswerRepr")]
pub enum Answer {
    /// A level of the question's scale, as given (not normalised).
    Level(i32),
    /// The preferred candidate of a pairwise question.
    Choice(Choice),
    /// The reviewer looked and cannot decide; an outcome of its own, never a zero.
    CannotJudge {
        /// In the reviewer's words; may be empty.
        reason: String,
    },
}

impl Answer {
    /// The level, if the answer is one.
    pub fn level(&self) -> Option<i32> {
        match self {
            Self::Level(level) => Some(*level),
            Self::Choice(_) | Self::CannotJudge { .. } => None,
        }
    }

    /// The choice, if the answer is one.
    pub fn choice(&self) -> Option<Choice> {
        match self {
            Self::Choice(choice) => Some(*choice),
            Self::Level(_) | Self::CannotJudge { .. } => None,
        }
    }

    /// Whether the reviewer could not decide.
    pub fn is_cannot_judge(&self) -> bool {
        matches!(self, Self::CannotJudge { .. })
    }
}

/// Shown in strips and tables: `3`, `candidate 2`, `tie`, `cannot judge`.
impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Level(level) => write!(f, "{level}"),
            Self::Choice(choice) => write!(f, "{choice}"),
            Self::CannotJudge { .. } => f.write_str("cannot judge"),
        }
    }
}

/// The outcome of comparing the candidates of one ticket on one question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "ChoiceRepr", try_from = "ChoiceRepr")]
pub enum Choice {
    /// The candidate in this place of the ticket's order, counted from 1.
    Candidate(u16),
    /// None is better than the others.
    Tie,
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Candidate(place) => write!(f, "candidate {place}"),
            Self::Tie => f.write_str("tie"),
        }
    }
}

/// Why an answer does not fit its question.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AnswerError {
    /// The rubric has no such question.
    #[error("this rubric has no question `{id}`")]
    UnknownQuestion {
        /// The id as given.
        id: String,
    },
    /// The level is none of the scale's.
    #[error("`{id}` takes levels from {min} to {max}, not {level}")]
    OutsideScale {
        /// The question.
        id: String,
        /// The level as given.
        level: i32,
        /// Worst level of the question.
        min: i32,
        /// Best level of the question.
        max: i32,
    },
    /// No candidate stands in that place.
    #[error("`{id}` compares {candidates} candidates, there is no candidate {place}")]
    NoSuchCandidate {
        /// The question.
        id: String,
        /// The place as given, from 1.
        place: u16,
        /// How many candidates the ticket has.
        candidates: usize,
    },
    /// A level for a comparison, or a choice for a graded question.
    #[error("`{id}` is answered with {expected}, not with {given}")]
    WrongKind {
        /// The question.
        id: String,
        /// What the question takes.
        expected: &'static str,
        /// What was given.
        given: &'static str,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum AnswerRepr {
    Level(i32),
    Choice(Choice),
    CannotJudge(String),
}

impl From<Answer> for AnswerRepr {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Level(level) => Self::Level(level),
            Answer::Choice(choice) => Self::Choice(choice),
            Answer::CannotJudge { reason } => Self::CannotJudge(reason),
        }
    }
}

impl From<AnswerRepr> for Answer {
    fn from(repr: AnswerRepr) -> Self {
        match repr {
            AnswerRepr::Level(level) => Self::Level(level),
            AnswerRepr::Choice(choice) => Self::Choice(choice),
            AnswerRepr::CannotJudge(reason) => Self::CannotJudge { reason },
        }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum ChoiceRepr {
    Place(u16),
    Word(String),
}

impl From<Choice> for ChoiceRepr {
    fn from(choice: Choice) -> Self {
        match choice {
            Choice::Candidate(place) => Self::Place(place),
            Choice::Tie => Self::Word("tie".to_owned()),
        }
    }
}

impl TryFrom<ChoiceRepr> for Choice {
    type Error = String;

    fn try_from(repr: ChoiceRepr) -> Result<Self, String> {
        match repr {
            ChoiceRepr::Place(0) => Err("candidates are counted from 1".to_owned()),
            ChoiceRepr::Place(place) => Ok(Self::Candidate(place)),
            ChoiceRepr::Word(word) if word == "tie" => Ok(Self::Tie),
            ChoiceRepr::Word(word) => Err(format!(
                "a choice is a number from 1 or `tie`, not `{word}`"
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_form_is_short_and_stable() {
        for (answer, json) in [
            (Answer::Level(3), r#"{"level":3}"#),
            (Answer::Level(-2), r#"{"level":-2}"#),
            (Answer::Choice(Choice::Tie), r#"{"choice":"tie"}"#),
            (Answer::Choice(Choice::Candidate(2)), r#"{"choice":2}"#),
            (
                Answer::CannotJudge {
                    reason: "no \"contract\"".to_owned(),
                },
                r#"{"cannot_judge":"no \"contract\""}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&answer).unwrap(), json);
            assert_eq!(serde_json::from_str::<Answer>(json).unwrap(), answer);
        }
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for json in [
            "3",
            "{}",
            r#"{"level":3.5}"#,
            r#"{"level":"3"}"#,
            r#"{"level":99999999999}"#,
            r#"{"choice":0}"#,
            r#"{"choice":"A"}"#,
            r#"{"choice":-1}"#,
            r#"{"level":1,"choice":1}"#,
            r#"{"pass":true}"#,
        ] {
            assert!(serde_json::from_str::<Answer>(json).is_err(), "{json}");
        }
    }
}
