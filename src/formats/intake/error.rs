//! What can be wrong with a file, and what with one row of it.

use std::fmt;
use std::io;

use super::detect::Format;
use super::mapping::ProfileError;

/// Why one row could not be read. Reading goes on behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowError {
    /// Where the row (or the fault inside it) stands, 1-based.
    pub line: u64,
    /// Byte position in that line, 1-based, where it is known.
    pub column: Option<u64>,
    /// What is wrong.
    pub reason: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.column {
            Some(column) => write!(f, "line {}, column {column}: {}", self.line, self.reason),
            None => write!(f, "line {}: {}", self.line, self.reason),
        }
    }
}

impl std::error::Error for RowError {}

/// A fault inside a row, before its line in the file is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// Lines after the first of the row.
    pub down: u64,
    /// 1-based byte column.
    pub column: Option<u64>,
    pub reason: String,
    pub hint: Option<String>,
}

impl Refusal {
    pub fn new(reason: impl Into<String>) -> Self {
        Self {
            down: 0,
            column: None,
            reason: reason.into(),
            hint: None,
        }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub fn column(mut self, column: u64) -> Self {
        self.column = Some(column);
        self
    }

    pub fn json(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let reason = text.rsplit_once(" at line ").map_or(text.as_str(), |r| r.0);
        Self {
            down: (error.line() as u64).saturating_sub(1),
            column: Some(error.column() as u64),
            reason: format!("not valid JSON: {reason}"),
            hint: None,
        }
    }

    pub fn at(self, line: u64) -> RowError {
        RowError {
            line: line + self.down,
            column: self.column,
            reason: self.reason,
            hint: self.hint,
        }
    }
}

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum IntakeError {
    /// The reader failed, or the compressed data is damaged.
    #[error("cannot read the {what}: {source}")]
    Read {
        /// `file`, `gzip data`, `zstd data`, ...
        what: &'static str,
        /// The cause.
        source: io::Error,
    },
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Only white space in it.
    #[error("the file holds only blank lines ({lines})")]
    Blank {
        /// How many.
        lines: u64,
    },
    /// A container docket does not open.
    #[error("this is {what}, which cannot be read directly")]
    Container {
        /// What it is, with its article.
        what: &'static str,
        /// The way on.
        hint: &'static str,
    },
    /// A format that is recognised but has no reader.
    #[error(
        "this looks like {format} ({matched} of the first {sampled} rows), which has no reader"
    )]
    Unsupported {
        /// Which.
        format: Format,
        /// How many of the sampled rows look so.
        matched: usize,
        /// How many rows were looked at.
        sampled: usize,
    },
    /// No column could be taken for a request or an answer.
    #[error(
        "no column looks like a request or an answer; the columns are {}",
        list(columns)
    )]
    NoMapping {
        /// The columns found.
        columns: Vec<String>,
    },
    /// No row has a column that was named for these files.
    #[error(
        "`--map {entry}`: no row has a column `{column}`; the columns are {}",
        list(columns)
    )]
    NoColumn {
        /// What was typed.
        entry: String,
        /// The column in it.
        column: String,
        /// The one that was probably meant.
        meant: Option<String>,
        /// The columns there are.
        columns: Vec<String>,
    },
    /// Text that is neither JSON nor a table.
    #[error("the file is neither JSON nor a table: line {line} starts with `{start}`")]
    NotRows {
        /// First line with something on it.
        line: u64,
        /// Its first characters.
        start: String,
    },
    /// A profile or a `--map` entry is wrong.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The rows to be joined do not fit the limit.
    #[error("the rows to join on `{key}` take more than {} MiB of memory", limit >> 20)]
    JoinTooLarge {
        /// The join key.
        key: String,
        /// In bytes.
        limit: usize,
    },
    /// Several files, and nothing to join them on.
    #[error("{files} files are to be joined, but no key is given")]
    NoJoinKey {
        /// How many.
        files: usize,
    },
    /// No row of a file has the key.
    #[error("no row of file {file} has `{key}` to join on")]
    JoinKeyMissing {
        /// Position in the list of files, 1-based.
        file: usize,
        /// The join key.
        key: String,
    },
}

impl IntakeError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } | Self::Empty | Self::Blank { .. } => None,
            Self::Container { hint, .. } => Some((*hint).to_owned()),
            Self::Unsupported { format, .. } => Some(format.way_on().to_owned()),
            Self::NoMapping { .. } => Some(
                "name them: `--map request=COLUMN --map output=COLUMN`, or use `--profile FILE`"
                    .into(),
            ),
            Self::NoColumn { meant, .. } => Some(match meant {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => "name one of these; `a.b` names a key inside an object".into(),
            }),
            Self::NotRows { .. } => {
                Some("docket reads JSON Lines, JSON and CSV or TSV with a header line".into())
            }
            Self::Profile(error) => error.hint.clone(),
            Self::JoinTooLarge { .. } => {
                Some("give the largest file first: only the others are held in memory".into())
            }
            Self::NoJoinKey { .. } => Some("name the column they share: `--join KEY`".into()),
            Self::JoinKeyMissing { .. } => {
                Some("check the spelling; `a.b` names a key inside an object".into())
            }
        }
    }
}

fn list(columns: &[String]) -> String {
    let mut named: Vec<String> = columns.iter().take(12).map(|c| format!("`{c}`")).collect();
    if columns.len() > named.len() {
        named.push(format!("{} more", columns.len() - named.len()));
    }
    named.join(", ")
}
