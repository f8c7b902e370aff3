//! The Export screen: what is chosen, what it would write, what it wrote.

pub mod update;

use crate::domain::count::counted;
use crate::domain::ids::EvalId;
use crate::domain::view::{
    ExportOptions, ExportPlan, ExportPreview, ExportRows, Exported, Failure, FormatChoice,
};

use super::empty::Empty;

/// A line of the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The file format.
    Format,
    /// Which tickets become rows.
    Rows,
    /// A filter.
    Filter,
    /// The lowest score.
    MinScore,
    /// The share that goes into the validation file.
    Validation,
    /// The seed of the split.
    Seed,
    /// Where the files go.
    Folder,
    /// What happens to an export that is there.
    Replace,
    /// Writes them.
    Write,
}

impl Field {
    /// In the order of the form.
    pub const ALL: [Self; 9] = [
        Self::Format,
        Self::Rows,
        Self::Filter,
        Self::MinScore,
        Self::Validation,
        Self::Seed,
        Self::Folder,
        Self::Replace,
        Self::Write,
    ];

    /// As a label.
    pub fn label(self) -> &'static str {
        match self {
            Self::Format => "Format",
            Self::Rows => "Rows",
            Self::Filter => "Filter",
            Self::MinScore => "Lowest score",
            Self::Validation => "Validation share",
            Self::Seed => "Seed",
            Self::Folder => "Folder",
            Self::Replace => "Export in it",
            Self::Write => "Write the files",
        }
    }
}

/// Where an export stands.
#[derive(Debug, Clone, PartialEq)]
pub enum Stage {
    /// Being put together.
    Planning,
    /// Being written.
    Running,
    /// Written.
    Done(Box<Exported>),
    /// Not written, and why.
    Failed(Failure),
}

/// The export form.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportState {
    /// From which eval.
    pub eval: EvalId,
    /// Its name.
    pub name: String,
    /// What can be chosen.
    pub options: ExportOptions,
    /// What is chosen.
    pub plan: ExportPlan,
    /// The line under the cursor.
    pub cursor: usize,
    /// What it would write; `None` while that is worked out.
    pub preview: Option<Box<ExportPreview>>,
    /// What is wrong with the plan.
    pub problem: Option<String>,
    /// Where it stands.
    pub stage: Stage,
}

impl ExportState {
    /// The form for an eval with the usual choices.
    pub fn new(eval: EvalId, name: &str) -> Self {
        Self {
            eval,
            name: name.to_owned(),
            options: ExportOptions::default(),
            plan: ExportPlan {
                eval,
                format: String::new(),
                rows: ExportRows::default(),
                filter: String::new(),
                min_score: None,
                validation: 0.1,
                seed: 7,
                folder: "train".to_owned(),
                replace: false,
                override_reason: None,
            },
            cursor: 0,
            preview: None,
            problem: None,
            stage: Stage::Planning,
        }
    }

    /// The field under the cursor.
    pub fn field(&self) -> Field {
        Field::ALL[self.cursor.min(Field::ALL.len() - 1)]
    }

    /// The chosen format.
    pub fn format(&self) -> Option<&FormatChoice> {
        self.options
            .formats
            .iter()
            .find(|format| format.name == self.plan.format)
    }

    /// A field's value as shown.
    pub fn value(&self, field: Field) -> String {
        let plan = &self.plan;
        match field {
            Field::Format => plan.format.clone(),
            Field::Rows => plan.rows.name().to_owned(),
            Field::Filter if plan.filter.is_empty() => "all".to_owned(),
            Field::Filter => plan.filter.clone(),
            Field::MinScore => plan
                .min_score
                .map_or_else(|| "any".to_owned(), |least| format!("{least:.2}")),
            Field::Validation => format!("{:.0} %", plan.validation * 100.0),
            Field::Seed => plan.seed.to_string(),
            Field::Folder => plan.folder.clone(),
            Field::Replace if plan.replace => "replace it".to_owned(),
            Field::Replace => "keep it".to_owned(),
            Field::Write => self
                .preview
                .as_ref()
                .map_or_else(String::new, |preview| counted(preview.rows(), "row")),
        }
    }

    /// The ways on where rows are held back, in words and, for the first, as a command to copy.
    pub fn ways_on(&self) -> Vec<String> {
        let Some(preview) = self.preview.as_ref().filter(|p| !p.held.is_empty()) else {
            return Vec::new();
        };
        let moves: Vec<String> = preview
            .held
            .iter()
            .map(|held| format!("docket dataset move {} {}", held.dataset, held.way_out))
            .collect();
        vec![
            format!("Move them for good: {}", moves.join("; ")),
            "Or export them all the same, with a reason that the manifest prints (O)".to_owned(),
        ]
    }

    /// What the preview says when nothing would be written.
    pub fn empty(&self) -> Option<Empty> {
        use super::action::Action;
        let preview = self.preview.as_ref()?;
        if preview.rows() > 0 {
            return None;
        }
        Some(if preview.held_rows() > 0 {
            Empty::offering(
                &format!(
                    "Every row is held out ({}): measured on, and so not trained on.",
                    preview.held_rows()
                ),
                "Moving them to another dataset, or a reason, lets them out.",
                "Export them all the same, with a reason",
                Action::ExportOverride,
            )
        } else {
            Empty::offering(
                "No reviewed ticket fits these choices.",
                "Corrections and reviews fill it.",
                "Take the next ticket",
                Action::GoQueue,
            )
        })
    }
}

#[cfg(test)]
mod tests;
