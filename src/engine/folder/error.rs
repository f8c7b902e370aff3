//! Why a dataset folder was not written.

use std::io;
use std::path::{Path, PathBuf};

/// Nothing was written at the target unless the error says so.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The target is something else than a folder.
    #[error("cannot write the dataset to `{}`: it is a file; name a folder that does not exist yet", .0.display())]
    TargetIsFile(PathBuf),
    /// The target cannot be renamed into place.
    #[error("cannot write the dataset to `{}`: it is {why}; name a new folder inside it", path.display())]
    TargetNotUsable {
        /// The target.
        path: PathBuf,
        /// What it is.
        why: &'static str,
    },
    /// The target holds something and `replace` was not given.
    #[error("cannot write the dataset to `{}`: it is not empty; name a new folder, or replace a dataset docket wrote before with `--replace`", .0.display())]
    TargetNotEmpty(PathBuf),
    /// The target holds something docket did not write.
    #[error("cannot replace `{}`: docket did not write `{foreign}` in it; move that away or name a new folder", path.display())]
    NotOurs {
        /// The target.
        path: PathBuf,
        /// The entry that is not docket's, or the missing manifest.
        foreign: String,
    },
    /// Another process is at it.
    #[error("cannot write the dataset to `{}`: another export is writing it; wait for that one or name another folder", .0.display())]
    Busy(PathBuf),
    /// No row passed.
    #[error("no rows to write to `{}`; nothing was written", .0.display())]
    NoRows(PathBuf),
    /// The split left nothing to train on.
    #[error(
        "every row ({rows}) fell into validation and none is left to train on; use a smaller share or another seed; nothing was written"
    )]
    NoTrainRows {
        /// How many rows there were.
        rows: u64,
    },
    /// The file system refused.
    #[error("cannot {what} `{}`: {source}{}", path.display(), advice(source))]
    Io {
        /// What was tried: `write`, `create`, ...
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl FolderError {
    pub(super) fn io(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.to_path_buf();
        move |source| Self::Io { what, path, source }
    }
}

/// What to do about it, where that is known.
fn advice(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "; free some space or name a folder on another disk; nothing was written"
        }
        io::ErrorKind::PermissionDenied => "; name a folder you may write to",
        io::ErrorKind::ReadOnlyFilesystem => {
            "; the disk is mounted read-only, name a folder elsewhere"
        }
        io::ErrorKind::NotADirectory => "; a part of the path is a file, name another folder",
        io::ErrorKind::InvalidFilename => "; name a shorter folder",
        _ => "",
    }
}
