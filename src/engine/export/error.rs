//! Why an export was not written.

use super::super::EngineError;
use super::super::folder::FolderError;
use super::report::ExportReport;
use crate::domain::view::Failure;
use crate::store::StoreError;

/// Why an export was not written. Nothing is at the target unless the error says so.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No row is left to write, or none to train on.
    #[error("{}", .0.why_nothing().0)]
    Nothing(Box<ExportReport>),
    /// It was stopped.
    #[error("the export was stopped; nothing was written")]
    Stopped,
    /// The folder could not be written.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The folder is in place and the workspace could not keep that.
    #[error("the dataset is in `{folder}`, but the workspace could not record it: {why}")]
    Unrecorded {
        /// Where the dataset is.
        folder: String,
        /// What the workspace said.
        why: String,
    },
    /// The plan or the workspace.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

impl From<StoreError> for ExportError {
    fn from(error: StoreError) -> Self {
        Self::Engine(error.into())
    }
}

impl ExportError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Nothing(report) => Some(report.why_nothing().1),
            Self::Unrecorded { .. } => Some(
                "the next export or `docket doctor` records it; keep the folder as it is".into(),
            ),
            Self::Engine(error) => error.hint(),
            Self::Stopped | Self::Folder(_) => None,
        }
    }
}

impl From<ExportError> for EngineError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Engine(error) => error,
            other => Self::Refused {
                what: other.to_string(),
                hint: other.hint(),
            },
        }
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        EngineError::from(error).into()
    }
}
