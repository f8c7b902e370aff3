//! Which column holds what: a value that is inferred, shown, saved as a profile and read back.

mod apply;
mod infer;
mod overrides;
mod profile;

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

pub(super) use apply::{overlay, record};
pub(super) use infer::infer;
pub(super) use overrides::{named_columns, refuse_twice};
pub use profile::{Profile, ProfileError};

use crate::domain::record::{LabelKind, LabelValue};

/// Where each part of a record stands. Columns are named exactly, or by a path into an object (`a.b`).
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(try_from = "profile::Unchecked")]
pub struct Mapping {
    /// The row's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The request: one column as it is, several joined by a blank line with empty ones left out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub request: Vec<String>,
    /// Standing instructions in front of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<String>,
    /// The expected answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The part of the product.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// Columns with tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// When it was logged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// An edited version of the first output.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
    /// Whether the outputs stand to be compared with each other.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub pairwise: bool,
    /// The outputs, in order.
    #[serde(rename = "output", skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<OutputColumns>,
    /// Scores, labels and preferences.
    #[serde(rename = "label", skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<LabelColumns>,
}

/// The columns of one output.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputColumns {
    /// The answer: text, a message or an API's response object.
    pub text: String,
    /// The model's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<Source>,
    /// Milliseconds until the answer was complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<String>,
    /// The same in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_s: Option<String>,
    /// Milliseconds until its first token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_token_ms: Option<String>,
    /// In currency units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<String>,
    /// Why the model stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish: Option<String>,
    /// The failure, if the call failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A name that is in a column, in a part of one, or the same for every row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a column name, `{ column, split, part }` or `{ constant }`"
)]
pub enum Source {
    /// The whole text of a column.
    Column(String),
    /// One part of a column's text.
    Part(Part),
    /// The same for every row.
    Constant(Constant),
}

/// One part of a column's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The column.
    pub column: String,
    /// What separates the parts.
    pub split: String,
    /// Which part, counted from 0.
    pub part: usize,
}

/// The same text for every row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constant {
    /// The text.
    pub constant: String,
}

/// The columns of one label.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelColumns {
    /// The value.
    pub column: String,
    /// The criterion it answers.
    pub criterion: String,
    /// `human`, `judge` or `code`.
    #[serde(with = "kind_name")]
    pub kind: LabelKind,
    /// Who gave it, the same for every row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    /// The column that names who gave it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_column: Option<String>,
    /// The column with the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Which output it is about, counted from 1; the first where there is one, all of them when pairwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<usize>,
    /// What the values mean. One that is not listed is kept as text, unscored; without a list numbers,
    /// `true` and `false` mean themselves.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Meaning>,
}

/// What a value means: `"tie"`, `"first"`, `"second"`, ..., a number, or `true` and `false`.
#[derive(Debug, Clone, PartialEq)]
pub struct Meaning(pub LabelValue);

const ORDINALS: [&str; 8] = [
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth",
];

/// The 1-based position an ordinal word names.
pub(super) fn ordinal(word: &str) -> Option<u8> {
    let at = ORDINALS.iter().position(|name| *name == word)?;
    Some(at as u8 + 1)
}

impl<'de> Deserialize<'de> for Meaning {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(
            untagged,
            expecting = "expected \"tie\", \"first\", \"second\", ..., a number, true or false"
        )]
        enum Wire {
            Flag(bool),
            Number(f64),
            Word(String),
        }
        Ok(Self(match Wire::deserialize(from)? {
            Wire::Flag(flag) => LabelValue::Flag(flag),
            Wire::Number(number) => LabelValue::Number(number),
            Wire::Word(word) if word == "tie" => LabelValue::Tie,
            Wire::Word(word) => match ordinal(&word) {
                Some(position) => LabelValue::Prefers(position),
                None => {
                    return Err(serde::de::Error::custom(format!(
                        "unknown meaning `{word}`: expected `tie`, `first`, `second`, ..., a number, true or false"
                    )));
                }
            },
        }))
    }
}

impl Serialize for Meaning {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match &self.0 {
            LabelValue::Number(number) => to.serialize_f64(*number),
            LabelValue::Flag(flag) => to.serialize_bool(*flag),
            LabelValue::Tie => to.serialize_str("tie"),
            LabelValue::Prefers(position) => {
                let word = ORDINALS.get(usize::from(*position).wrapping_sub(1));
                to.serialize_str(word.copied().unwrap_or("first"))
            }
            LabelValue::Text(text) => to.serialize_str(text),
        }
    }
}

mod kind_name {
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::record::LabelKind;

    // The reference is serde's signature for `with`.
    #[allow(clippy::trivially_copy_pass_by_ref)]
    pub fn serialize<S: Serializer>(kind: &LabelKind, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(super::kind_word(*kind))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<LabelKind, D::Error> {
        let word = String::deserialize(from)?;
        super::kind_of(&word).ok_or_else(|| {
            let expected = "expected `human`, `judge` or `code`";
            serde::de::Error::custom(format!("unknown kind `{word}`: {expected}"))
        })
    }
}

fn kind_word(kind: LabelKind) -> &'static str {
    match kind {
        LabelKind::Human => "human",
        LabelKind::Judge => "judge",
        LabelKind::Code => "code",
    }
}

fn kind_of(word: &str) -> Option<LabelKind> {
    let kinds = [LabelKind::Human, LabelKind::Judge, LabelKind::Code];
    kinds.into_iter().find(|kind| kind_word(*kind) == word)
}

impl Mapping {
    /// Whether it says where request or answer stand; if not, it adds to what the format's reader finds.
    pub fn is_whole(&self) -> bool {
        !self.request.is_empty() || !self.outputs.is_empty()
    }
}

impl Source {
    /// What it reads from, for people.
    fn words(&self) -> String {
        match self {
            Self::Column(column) => column.clone(),
            Self::Part(part) => {
                format!("part {} of {} at `{}`", part.part, part.column, part.split)
            }
            Self::Constant(constant) => format!("\"{}\"", constant.constant),
        }
    }
}

/// One line for each part of a record: `request   <- instruction, input`.
impl fmt::Display for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<(String, String)> = Vec::new();
        let mut line = |name: &str, column: Option<String>| {
            lines.extend(column.map(|column| (name.to_owned(), column)));
        };
        let list = |columns: &[String]| (!columns.is_empty()).then(|| columns.join(", "));
        line("id", self.id.clone());
        line("system", self.system.clone());
        line("request", list(&self.request));
        for (at, output) in self.outputs.iter().enumerate() {
            let name = match self.outputs.len() {
                1 => "output".to_owned(),
                _ => format!("output {}", at + 1),
            };
            line(&name, Some(output.text.clone()));
            line("  model", output.model.as_ref().map(Source::words));
            line("  latency_ms", output.latency_ms.clone());
            line("  latency_s", output.latency_s.clone());
            line("  first_token_ms", output.first_token_ms.clone());
            line("  cost", output.cost.clone());
            line("  finish", output.finish.clone());
            line("  error", output.error.clone());
        }
        line("reference", self.reference.clone());
        line("correction", self.correction.clone());
        line("feature", self.feature.clone());
        line("tags", list(&self.tags));
        line("time", self.time.clone());
        for label in &self.labels {
            let name = format!("{} {}", kind_word(label.kind), label.criterion);
            line(&name, Some(label.column.clone()));
        }
        let width = lines.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (at, (name, column)) in lines.iter().enumerate() {
            let end = if at + 1 < lines.len() { "\n" } else { "" };
            write!(f, "{name:width$} <- {column}{end}")?;
        }
        Ok(())
    }
}
