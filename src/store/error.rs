//! Why the store refused or failed.

use std::path::{Path, PathBuf};

/// Why the store refused or failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The workspace file is not there.
    #[error("no workspace at `{0}`")]
    Missing(PathBuf),
    /// The file is not a docket workspace.
    #[error("`{0}` is not a docket workspace")]
    Foreign(PathBuf),
    /// The file was written by a newer program.
    #[error(
        "`{path}` has schema {found}; this docket knows up to {known}: it was written by a newer docket"
    )]
    Newer {
        /// Which file.
        path: PathBuf,
        /// Its schema number.
        found: i64,
        /// The newest this program knows.
        known: i64,
    },
    /// A file system on which locks cannot be trusted.
    #[error("`{0}` is on a network file system, where file locks cannot be trusted")]
    NetworkFileSystem(PathBuf),
    /// The folder or file cannot be opened.
    #[error("cannot open `{path}`: {why}")]
    Open {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// No space left on the disk of this file.
    #[error("cannot write `{0}`: its disk is full")]
    Full(PathBuf),
    /// The file is not what the database wrote.
    #[error("`{path}` is damaged: {why}")]
    Corrupt {
        /// Which file.
        path: PathBuf,
        /// What the database says.
        why: String,
    },
    /// The disk of the file, or what is beside it, failed.
    #[error("`{path}` or what is written beside it: {why}")]
    Disk {
        /// Which file.
        path: PathBuf,
        /// What the database says.
        why: String,
    },
    /// The file or its folder may not be written.
    #[error("cannot write `{0}`: the file or its folder is read-only")]
    ReadOnly(PathBuf),
    /// Another process held the write lock too long.
    #[error("another process is writing to the workspace and did not finish in time")]
    Busy,
    /// A lease that is no longer ours.
    #[error("the claim on this ticket has passed to somebody else")]
    StaleLease,
    /// A row that should be there is not.
    #[error("no {what} `{name}` in this workspace")]
    NotFound {
        /// Kind of thing.
        what: &'static str,
        /// What was asked for.
        name: String,
    },
    /// A stored value does not have the shape this program writes.
    #[error("the workspace holds a damaged {0}")]
    Damaged(String),
    /// A rule of the domain refuses.
    #[error("{0}")]
    Refused(String),
    /// Anything else the database says.
    #[error("database: {0}")]
    Sql(rusqlite::Error),
    /// The thread that writes is gone.
    #[error("the writer stopped")]
    WriterGone,
}

impl StoreError {
    /// What to do about it, if there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Missing(_) => {
                Some("`docket demo` makes a sample, `docket FILE` makes one from your logs")
            }
            Self::Newer { .. } => Some("update docket, or open a copy made with the older one"),
            Self::NetworkFileSystem(_) => Some("move the workspace to a local disk"),
            Self::Open { .. } => {
                Some("its folder must exist, and both must be readable and writable")
            }
            Self::Full(_) => {
                Some("free some space and try again; everything committed before is safe")
            }
            Self::Corrupt { .. } => Some(
                "go back to a copy (`docket backup` makes them); `sqlite3 FILE .recover` saves what can still be read",
            ),
            Self::Disk { .. } => Some("look whether its disk is full or failing, and try again"),
            Self::ReadOnly(_) => Some("check the permissions of the file and its folder"),
            Self::Busy => Some("try again; a long import or export may be running elsewhere"),
            Self::StaleLease => Some("your answers were kept as a draft"),
            Self::Damaged(_) => Some("`docket doctor` tells what is wrong"),
            _ => None,
        }
    }

    /// The same, naming the file it happened on where the person can do something about that file.
    pub(super) fn on(self, path: &Path) -> Self {
        use rusqlite::ErrorCode;
        let Self::Sql(error) = &self else { return self };
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full(path.to_owned()),
            Some(ErrorCode::ReadOnly) => Self::ReadOnly(path.to_owned()),
            Some(ErrorCode::CannotOpen) => Self::Open {
                path: path.to_owned(),
                why: error.to_string(),
            },
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt {
                path: path.to_owned(),
                why: error.to_string(),
            },
            Some(ErrorCode::SystemIoFailure) => Self::Disk {
                path: path.to_owned(),
                why: error.to_string(),
            },
            _ => self,
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Sql(error),
        }
    }
}

/// What the store answers.
pub type Result<T> = std::result::Result<T, StoreError>;
