//! The Export screen and the `export` command: what is asked, what would happen, what happened.

use super::super::ids::EvalId;

/// Which reviewed tickets become rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ExportRows {
    /// Outputs that pass as they stand.
    Accepted,
    /// Corrected outputs only.
    #[default]
    Corrected,
    /// Both: outputs that pass as they stand, and corrected ones.
    All,
    /// A better and a worse answer.
    Pairs,
    /// A judge's verified suggestions, on tickets no person touched. Never part of the others.
    Suggested,
}

impl ExportRows {
    /// Every choice, in the order the screen offers them.
    pub const ALL: [Self; 5] = [
        Self::Corrected,
        Self::Accepted,
        Self::All,
        Self::Pairs,
        Self::Suggested,
    ];

    /// As written in commands.
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Corrected => "corrected",
            Self::All => "all",
            Self::Pairs => "pairs",
            Self::Suggested => "suggested",
        }
    }

    /// Reads a name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rows| rows.name() == name)
    }
}

/// A training format, as offered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormatChoice {
    /// The name in commands.
    pub name: String,
    /// One line for people who choose.
    pub about: String,
    /// Whether it needs a better and a worse answer.
    pub pairs: bool,
}

/// What can be chosen when an export is planned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportOptions {
    /// Formats, in the order they are listed.
    pub formats: Vec<FormatChoice>,
    /// The folder proposed.
    pub folder: String,
}

/// An export as asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportPlan {
    /// From which eval.
    pub eval: EvalId,
    /// The format's name.
    pub format: String,
    /// Which tickets become rows.
    pub rows: ExportRows,
    /// The filter as typed; empty takes all.
    pub filter: String,
    /// Lowest score, 0 to 1.
    pub min_score: Option<f64>,
    /// Share of clusters that go into the validation file, 0 to 1.
    pub validation: f64,
    /// Seed of the split.
    pub seed: u64,
    /// Where the files go.
    pub folder: String,
    /// Whether an export that docket wrote into the folder before goes.
    pub replace: bool,
    /// The reason for exporting held-out rows all the same.
    pub override_reason: Option<String>,
}

/// Rows left out for one reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// For people.
    pub reason: String,
    /// How many rows.
    pub rows: u64,
}

/// Rows that a held-out dataset keeps back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldBack {
    /// The dataset.
    pub dataset: String,
    /// How many rows.
    pub rows: u64,
    /// The dataset they could be moved to, to be trained on.
    pub way_out: String,
}

/// What an export would write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExportPreview {
    /// Rows of the training file.
    pub train: u64,
    /// Rows of the validation file.
    pub validation: u64,
    /// Rows that look alike.
    pub duplicates: u64,
    /// Rows left out, with reasons, most frequent first.
    pub refused: Vec<Refused>,
    /// Rows kept back because they are measured on.
    pub held: Vec<HeldBack>,
    /// What a person should know before it is written.
    pub warnings: Vec<String>,
    /// The first row as it would be written.
    pub sample: Option<String>,
}

impl ExportPreview {
    /// All rows that would be written.
    pub fn rows(&self) -> u64 {
        self.train + self.validation
    }

    /// All rows kept back.
    pub fn held_rows(&self) -> u64 {
        self.held.iter().map(|part| part.rows).sum()
    }
}

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Where.
    pub folder: String,
    /// Files with their numbers of rows.
    pub files: Vec<(String, u64)>,
    /// The dataset that now holds what was exported.
    pub dataset: String,
}
