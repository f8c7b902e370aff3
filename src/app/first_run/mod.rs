//! The first screen of an empty workspace: what was found here, or the sample.

pub mod update;

use crate::domain::count::noun;
use crate::domain::ids::EvalId;
use crate::domain::view::{FoundFile, Home};

/// One thing to start with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Offer {
    /// Review a file found in the folder.
    File(FoundFile),
    /// Make the sample evals.
    Sample,
}

impl Offer {
    /// As a line: what it is, then what Enter does.
    pub fn words(&self) -> (String, &'static str) {
        match self {
            Self::File(file) => {
                let more = if file.more { " or more" } else { "" };
                (
                    format!(
                        "Found {}: {}{more} {}, {}.",
                        file.path,
                        file.rows,
                        noun(file.rows, "row"),
                        file.format
                    ),
                    "Enter: review them",
                )
            }
            Self::Sample => (
                "Try docket on its sample: three evals, with faults to find.".to_owned(),
                "Enter: make it",
            ),
        }
    }
}

/// The first screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FirstRun {
    /// What can be started with, the likeliest first.
    pub offers: Vec<Offer>,
    /// The line under the cursor.
    pub cursor: usize,
    /// Whether the name is a guess that must be asked about (root, a shared account).
    pub ask_name: bool,
    /// The eval to review in once the name is known: a ticket is taken in the name of a person.
    pub then: Option<EvalId>,
}

impl FirstRun {
    /// The offers for what Home found.
    pub fn of(home: &Home, ask_name: bool) -> Self {
        let files = home.found.iter().cloned().map(Offer::File);
        Self {
            offers: files.chain([Offer::Sample]).collect(),
            cursor: 0,
            ask_name,
            then: None,
        }
    }
}
