//! What to import, where to, and how.

use std::path::{Path, PathBuf};

use crate::domain::eval::{DatasetRole, Policy};
use crate::domain::filter::Filter;
use crate::domain::rubric::Rubric;
use crate::formats::intake::{Options, Profile};

/// What to import, where to, and how.
#[derive(Debug, Clone, Default)]
pub struct ImportPlan {
    /// The files, in the order given; `-` is standard input.
    pub files: Vec<PathBuf>,
    /// Read the files as one, row by row, on this key. A profile may name one; files of one batch need none.
    pub join: Option<String>,
    /// Which column holds what.
    pub profile: Option<Profile>,
    /// `field=column` entries over the profile.
    pub map: Vec<String>,
    /// Only rows that pass.
    pub filter: Filter,
    /// Only so many of them.
    pub sample: Option<Sample>,
    /// Name of the dataset; the eval's own, or its name, if absent.
    pub dataset: Option<String>,
    /// Role of the dataset, if it is made.
    pub role: DatasetRole,
    /// The eval that gets a ticket for each output. With neither eval nor dataset both are named after the
    /// first file.
    pub eval: Option<NewTarget>,
    /// Take nothing if one row is bad.
    pub strict: bool,
    /// Bad rows go here as they stand, one a line.
    pub rejects: Option<PathBuf>,
    /// Longer rows are passed over without being kept; 0 for the default of 32 MiB.
    pub max_row: usize,
    /// Tags every row gets beside its own.
    pub tags: Vec<String>,
    /// Whether the search index is filled before the import returns.
    pub index: bool,
}

/// The eval to fill. Everything but the name counts only if the eval is made; one that is there stays as it is.
#[derive(Debug, Clone, Default)]
pub struct NewTarget {
    /// Its name.
    pub name: String,
    /// One sentence.
    pub purpose: String,
    /// What reviewers are told.
    pub instructions: String,
    /// The questions; the profile's, `pairwise-preference` or `send-as-is` if absent.
    pub rubric: Option<Rubric>,
    /// How it is reviewed.
    ///
    /// The default asks for one review a ticket, also where rows bring the labels of several people: a
    /// finished annotation is not work to be done again. Differences between such people are for the
    /// agreement figures and the majority, and must not turn up as tickets to adjudicate.
    pub policy: Policy,
    /// Seed of its plans; `None` derives it from the workspace.
    pub seed: Option<u64>,
}

impl NewTarget {
    /// An eval of this name with default settings.
    pub fn named(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            ..Self::default()
        }
    }
}

/// A uniform sample of the rows that pass the filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    /// How many rows at most.
    pub size: usize,
    /// Another seed, another sample; the order of files and rows plays no part.
    pub seed: u64,
}

/// Largest row that can be kept: places in a raw record are stored as 32-bit numbers.
const LONGEST_ROW: usize = 1 << 30;

impl ImportPlan {
    pub(super) fn options(&self) -> Options {
        let mut options = Options {
            profile: self.profile.clone(),
            map: self.map.clone(),
            ..Options::default()
        };
        if self.max_row > 0 {
            options.max_row = self.max_row.min(LONGEST_ROW);
        }
        options
    }
}

/// A file's own name without its endings, as a name that can be typed.
pub fn eval_name(file: &Path) -> String {
    let base = file
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let stem = base
        .split('.')
        .find(|part| !part.is_empty())
        .unwrap_or("logs");
    let typed: String = stem
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '-' || c == '_' {
                c
            } else {
                '-'
            }
        })
        .collect();
    typed.trim_matches('-').chars().take(64).collect()
}
