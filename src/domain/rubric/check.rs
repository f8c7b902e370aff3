//! Deterministic checks: free, run before any judge, and able to fail a ticket on their own.
//!
//! A check is data here. `formats::rubric` refuses one whose pattern or schema does not compile;
//! running it belongs to the judge, which compiles each rubric's checks once per job and keeps
//! them beside the rubric, so that no ticket pays for a pattern twice.

use serde::{Deserialize, Serialize};

/// A compiled pattern may not take more memory than this (bytes), so a rubric from elsewhere cannot exhaust it.
pub const PATTERN_SIZE_LIMIT: usize = 1 << 20;

/// One deterministic check of a rubric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    /// Unique among the rubric's checks.
    pub id: String,
    /// What it looks at.
    pub test: CheckTest,
    /// The criterion or requirement whose level this check sets, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criterion: Option<String>,
    /// What a failure does.
    pub on_fail: OnFail,
}

/// What a check looks at. Characters are Unicode scalar values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum CheckTest {
    /// The pattern occurs somewhere in the output.
    Regex {
        /// In the syntax of the Rust `regex` crate.
        pattern: String,
    },
    /// The pattern occurs nowhere in the output.
    NotRegex {
        /// In the syntax of the Rust `regex` crate.
        pattern: String,
    },
    /// The output contains the texts.
    Contains {
        /// What to look for; never empty.
        text: Vec<String>,
        /// All of them, or one of them.
        mode: Mode,
        /// Whether upper and lower case count as the same.
        ignore_case: bool,
    },
    /// The output has at most this many characters.
    MaxChars {
        /// The most allowed.
        chars: u32,
    },
    /// The output has at least this many characters.
    MinChars {
        /// The fewest allowed.
        chars: u32,
    },
    /// The whole output is one JSON value.
    Json,
    /// The whole output is JSON that satisfies a schema.
    JsonSchema {
        /// The schema as JSON text.
        schema: String,
    },
    /// The output is written in one of the languages.
    Language {
        /// What is accepted.
        language: Language,
    },
    /// The output equals a text, spaces at both ends aside.
    Equals {
        /// The text; `None` means the item's reference response.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        /// Whether upper and lower case count as the same.
        ignore_case: bool,
    },
    /// The output does not merely repeat the request.
    NoEcho {
        /// A run of this many characters of the request may not occur in the output;
        /// `None` refuses only an output that equals the request.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        chars: Option<u32>,
    },
}

/// How many of several texts must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Every one.
    All,
    /// At least one.
    Any,
}

/// The languages a check accepts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// The language of the request's last user message.
    Input,
    /// Any of these ISO 639 codes (two or three lower-case letters); never empty.
    OneOf(Vec<String>),
}

/// What a failed check does to the ticket.
///
/// A check with a criterion covers that criterion; one without covers all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFail {
    /// What the check covers counts as its worst level, and the ticket does not pass whatever its score.
    Zero,
    /// With a criterion, this is its level; without one, no criterion counts above this level.
    Cap(i32),
    /// With a criterion, its worst level; without one, the failure is shown and nothing else.
    Note,
}

impl CheckTest {
    /// The word for it in a rubric file.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Regex { .. } => "regex",
            Self::NotRegex { .. } => "not_regex",
            Self::Contains { .. } => "contains",
            Self::MaxChars { .. } => "max_chars",
            Self::MinChars { .. } => "min_chars",
            Self::Json => "json",
            Self::JsonSchema { .. } => "json_schema",
            Self::Language { .. } => "language",
            Self::Equals { .. } => "equals",
            Self::NoEcho { .. } => "no_echo",
        }
    }

    /// All words a rubric file may use, in the order the documentation lists them.
    pub const NAMES: [&'static str; 10] = [
        "regex",
        "not_regex",
        "contains",
        "max_chars",
        "min_chars",
        "json",
        "json_schema",
        "language",
        "equals",
        "no_echo",
    ];
}

/// How one check came out on one output.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckOutcome {
    /// The check's id.
    pub check: String,
    /// Whether the output satisfied it.
    pub pass: bool,
}
