//! Bad rows, kept as they stand in their file.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::super::{EngineError, Result};
use crate::text::sanitise;

/// The file of bad rows, one a line.
#[derive(Debug)]
pub(super) struct Rejects {
    path: PathBuf,
    to: BufWriter<File>,
    rows: u64,
}

impl Rejects {
    /// Makes the file, before anything is read: a path that cannot be written should say so at once.
    pub fn create(path: &Path, imported: &[PathBuf]) -> Result<Self> {
        let same = |other: &PathBuf| match (path.canonicalize(), other.canonicalize()) {
            (Ok(a), Ok(b)) => a == b,
            _ => false,
        };
        if imported.iter().any(same) {
            return Err(EngineError::refused(
                format!("`{}` is one of the files to import", sanitise::path(path)),
                "name another file for `--rejects`",
            ));
        }
        let file = File::create(path).map_err(|error| EngineError::file("write", path, &error))?;
        Ok(Self {
            path: path.to_owned(),
            to: BufWriter::new(file),
            rows: 0,
        })
    }

    /// Keeps one row. Rows that were passed over for their length have no bytes to keep.
    pub fn keep(to: &mut Option<Self>, raw: &[u8]) -> Result<()> {
        let Some(rejects) = to.as_mut().filter(|_| !raw.is_empty()) else {
            return Ok(());
        };
        rejects.rows += 1;
        let written = rejects.to.write_all(raw).and_then(|()| match raw.last() {
            Some(b'\n') => Ok(()),
            _ => rejects.to.write_all(b"\n"),
        });
        written.map_err(|error| EngineError::file("write", &rejects.path, &error))
    }

    /// Writes what is buffered. No file stays where no row was bad.
    pub fn close(self) -> Result<()> {
        let Self { path, mut to, rows } = self;
        let failed = |error: &std::io::Error| EngineError::file("write", &path, error);
        if rows == 0 {
            drop(to);
            return std::fs::remove_file(&path).map_err(|error| failed(&error));
        }
        to.flush().map_err(|error| failed(&error))
    }
}
