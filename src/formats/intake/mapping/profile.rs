//! Named profiles: a mapping in a TOML file, read strictly.

use serde::{Deserialize, Serialize};

use super::{LabelColumns, Mapping, OutputColumns};

/// A mapping with a name, and what goes with it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What it is called in lists and messages.
    pub name: String,
    /// A sentence on what it reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The rubric the rows are made for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rubric: Option<String>,
    /// The column several files are joined on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub join: Option<String>,
    /// Which column holds what.
    pub columns: Mapping,
}

/// Why a profile or a `--map` entry is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{reason}", place(*line, *column))]
pub struct ProfileError {
    /// 1-based; 0 where it is not about a place in a file.
    pub line: usize,
    /// 1-based, in characters.
    pub column: usize,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

fn place(line: usize, column: usize) -> String {
    if line == 0 {
        return String::new();
    }
    format!("line {line}, column {column}: ")
}

impl Profile {
    /// Reads a profile. Unknown keys, wrong types and contradictions are errors with their place.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start).min(text.len());
            let before = text.get(..at).unwrap_or_default();
            let start = before.rfind('\n').map_or(0, |end| end + 1);
            ProfileError {
                line: before.matches('\n').count() + 1,
                column: before[start..].chars().count() + 1,
                reason: error.message().trim().replace('\n', ": "),
                hint: None,
            }
        })
    }

    /// Writes it as TOML that [`Profile::parse`] reads back.
    pub fn to_toml(&self) -> Result<String, ProfileError> {
        toml::to_string(self).map_err(|error| ProfileError {
            line: 0,
            column: 0,
            reason: format!("the profile cannot be written: {error}"),
            hint: None,
        })
    }
}

/// A mapping as written, before its parts are checked against each other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Unchecked {
    id: Option<String>,
    #[serde(default)]
    request: OneOrMany,
    system: Option<String>,
    reference: Option<String>,
    feature: Option<String>,
    #[serde(default)]
    tags: OneOrMany,
    time: Option<String>,
    correction: Option<String>,
    #[serde(default)]
    pairwise: bool,
    #[serde(default)]
    output: Vec<OutputColumns>,
    #[serde(default)]
    label: Vec<LabelColumns>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a column name or a list of them")]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl From<OneOrMany> for Vec<String> {
    fn from(columns: OneOrMany) -> Self {
        match columns {
            OneOrMany::One(column) => vec![column],
            OneOrMany::Many(columns) => columns,
        }
    }
}

impl TryFrom<Unchecked> for Mapping {
    type Error = String;

    fn try_from(raw: Unchecked) -> Result<Self, String> {
        if raw.pairwise && raw.output.len() < 2 {
            return Err(format!(
                "`pairwise` needs at least two [[columns.output]], there are {}",
                raw.output.len()
            ));
        }
        for label in &raw.label {
            let outputs = raw.output.len().max(1);
            let named = label.output.unwrap_or(1);
            if named == 0 || named > outputs {
                return Err(format!(
                    "the label `{}` is about output {named}: there are {outputs}, counted from 1",
                    label.column
                ));
            }
            let beyond = label.values.values().find_map(|meaning| match meaning.0 {
                super::LabelValue::Prefers(n) if usize::from(n) > outputs => Some(n),
                _ => None,
            });
            if let Some(n) = beyond {
                return Err(format!(
                    "a value of the label `{}` prefers output {n}: there are {outputs}",
                    label.column
                ));
            }
        }
        Ok(Self {
            id: raw.id,
            request: raw.request.into(),
            system: raw.system,
            reference: raw.reference,
            feature: raw.feature,
            tags: raw.tags.into(),
            time: raw.time,
            correction: raw.correction,
            pairwise: raw.pairwise,
            outputs: raw.output,
            labels: raw.label,
        })
    }
}
