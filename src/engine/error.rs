//! Why a use case failed, in the words of the person who asked for it.

use crate::domain::view::Failure;
use crate::store::StoreError;
use crate::text::sanitise;

/// Why a use case failed.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store refused or failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A rule refuses; `hint` says what to do.
    #[error("{what}")]
    Refused {
        /// What was refused, on what, why.
        what: String,
        /// What to do.
        hint: Option<String>,
    },
    /// A file or folder.
    #[error("cannot {doing} `{path}`: {why}")]
    File {
        /// What was tried ("read", "write").
        doing: &'static str,
        /// On which path.
        path: String,
        /// Why it failed.
        why: String,
    },
}

/// What a use case answers.
pub type Result<T> = std::result::Result<T, EngineError>;

impl EngineError {
    /// A refusal with a hint.
    pub fn refused(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused {
            what: what.into(),
            hint: Some(hint.into()),
        }
    }

    /// A file that could not be used.
    pub fn file(doing: &'static str, path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::File {
            doing,
            path: sanitise::path(path),
            why: error.to_string(),
        }
    }

    /// Whether the seat at a ticket has passed to somebody else.
    pub fn is_stale_lease(&self) -> bool {
        matches!(self, Self::Store(StoreError::StaleLease))
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Store(error) => error.hint().map(str::to_owned),
            Self::Refused { hint, .. } => hint.clone(),
            Self::File { .. } => None,
        }
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self {
            what: error.to_string(),
            hint: error.hint(),
        }
    }
}
