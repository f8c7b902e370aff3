//! The optional columns of a file, so that its rows, and the rows of its two splits, have one shape.
//!
//! A loader that infers column types from the first megabytes fails on a column that first appears later. A
//! writer is therefore told beforehand which optional columns the file has; rows without a value then write
//! an empty one. What only hosted services read has strict keys instead: there an optional key is left out.

use std::ops::BitOr;

use crate::domain::message::{Part, Role};
use crate::domain::training::{TrainingFormat, TrainingRow};

use super::tools;

/// Which optional columns a file has.
///
/// Named beforehand, they appear in every row. A row that needs a column not named writes it all the same:
/// nothing is lost, only the shape is then uneven, and the dataset card declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(clippy::struct_excessive_bools)] // Independent yes-or-no columns; a set type would only hide that.
pub struct Columns {
    /// Tools are offered.
    pub tools: bool,
    /// A system prompt stands in its own column (ShareGPT, Alpaca).
    pub system: bool,
    /// Earlier turns stand in their own column (Alpaca).
    pub history: bool,
    /// Messages call tools or answer calls.
    pub tool_turns: bool,
    /// Messages carry a speaker's name.
    pub names: bool,
    /// Content is a list of parts because some message has an image.
    pub parts: bool,
    /// Answers carry weights.
    pub weights: bool,
}

impl Columns {
    /// What one row needs.
    pub fn of(row: &TrainingRow) -> Self {
        let messages = || row.request.messages.iter().chain([&row.chosen]);
        let answers = |role: &Role| *role == Role::Assistant;
        Self {
            tools: tools::offered(row).is_some(),
            system: messages().any(|m| matches!(m.role, Role::System | Role::Developer)),
            history: row.request.messages.iter().any(|m| answers(&m.role)),
            tool_turns: messages()
                .chain(&row.rejected)
                .any(|m| m.role == Role::Tool || !m.tool_calls.is_empty()),
            names: messages().any(|m| m.name.is_some()),
            parts: messages()
                .flat_map(|m| &m.parts)
                .any(|part| matches!(part, Part::Other { .. })),
            weights: row.extras.iter().any(|extra| extra.key == "weight"),
        }
    }
}

impl BitOr for Columns {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self {
            tools: self.tools || other.tools,
            system: self.system || other.system,
            history: self.history || other.history,
            tool_turns: self.tool_turns || other.tool_turns,
            names: self.names || other.names,
            parts: self.parts || other.parts,
            weights: self.weights || other.weights,
        }
    }
}

/// The type of one column, as a dataset card declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// Text.
    Text,
    /// True or false.
    Flag,
    /// A whole number.
    Number,
    /// Any JSON, whose fields differ from row to row: tool schemas, logged requests.
    Json,
    /// A list of values of one type.
    List(Box<Column>),
    /// Named fields.
    Fields(Vec<(&'static str, Column)>),
}

impl Column {
    fn list(of: Column) -> Self {
        Self::List(Box::new(of))
    }
}

/// The columns of a file and their types. Declared, they let a loader take a file whose optional columns first
/// appear late, or in one of two splits only.
pub fn columns(format: TrainingFormat, shape: Columns) -> Vec<(&'static str, Column)> {
    let turns = || Column::list(Column::Fields(message_fields(format, shape)));
    let mut found = match format {
        TrainingFormat::OpenAiSft => return with_tools(vec![("messages", turns())], shape),
        TrainingFormat::OpenAiDpo => {
            let input = with_tools(vec![("messages", turns())], shape);
            return vec![
                ("input", Column::Fields(input)),
                ("preferred_output", turns()),
                ("non_preferred_output", turns()),
            ];
        }
        TrainingFormat::Together => return vec![("messages", turns())],
        TrainingFormat::Pairs => {
            return vec![
                ("id", Column::Text),
                ("request", Column::Json),
                ("response", Column::Json),
                ("reference", Column::Json),
            ];
        }
        TrainingFormat::TrlSft => vec![("messages", turns())],
        TrainingFormat::TrlPromptCompletion => vec![("prompt", turns()), ("completion", turns())],
        TrainingFormat::TrlDpo => {
            vec![
                ("prompt", turns()),
                ("chosen", turns()),
                ("rejected", turns()),
            ]
        }
        TrainingFormat::TrlKto => vec![
            ("prompt", turns()),
            ("completion", turns()),
            ("label", Column::Flag),
        ],
        TrainingFormat::ShareGpt => {
            let turn = Column::Fields(vec![("from", Column::Text), ("value", Column::Text)]);
            vec![("conversations", Column::list(turn))]
        }
        TrainingFormat::Alpaca => vec![
            ("instruction", Column::Text),
            ("input", Column::Text),
            ("output", Column::Text),
        ],
    };
    if shape.system && matches!(format, TrainingFormat::ShareGpt | TrainingFormat::Alpaca) {
        found.push(("system", Column::Text));
    }
    if shape.history && format == TrainingFormat::Alpaca {
        found.push(("history", Column::list(Column::list(Column::Text))));
    }
    if shape.tools && format != TrainingFormat::Alpaca {
        found.push(("tools", Column::Text));
    }
    found
}

/// The tools as services with strict keys take them.
fn with_tools(
    mut columns: Vec<(&'static str, Column)>,
    shape: Columns,
) -> Vec<(&'static str, Column)> {
    if shape.tools {
        columns.push(("tools", Column::list(Column::Json)));
        columns.push(("parallel_tool_calls", Column::Flag));
    }
    columns
}

fn message_fields(format: TrainingFormat, shape: Columns) -> Vec<(&'static str, Column)> {
    let content = if shape.parts {
        Column::Json
    } else {
        Column::Text
    };
    let mut fields = vec![("role", Column::Text), ("content", content)];
    if matches!(format, TrainingFormat::Together | TrainingFormat::OpenAiSft) && shape.weights {
        fields.push(("weight", Column::Number));
    }
    if format == TrainingFormat::Together {
        return fields;
    }
    if shape.names {
        fields.push(("name", Column::Text));
    }
    if shape.tool_turns {
        let function = Column::Fields(vec![("name", Column::Text), ("arguments", Column::Text)]);
        let call = Column::Fields(vec![
            ("id", Column::Text),
            ("type", Column::Text),
            ("function", function),
        ]);
        fields.push(("tool_calls", Column::list(call)));
        fields.push(("tool_call_id", Column::Text));
    }
    fields
}
