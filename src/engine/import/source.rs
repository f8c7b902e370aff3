//! The files of an import: opened, told apart, and read again.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use tempfile::NamedTempFile;

use super::super::{EngineError, Result};
use super::tap::Tap;
use crate::text::sanitise;

/// Bytes taken from a pipe at a time.
const PIECE: usize = 256 << 10;

/// How long a pipe may be silent before it is asked again whether to go on.
const PATIENCE: Duration = Duration::from_millis(50);

/// A file that can be read more than once.
#[derive(Debug)]
pub(super) struct Source {
    /// As given, with what a terminal would obey made visible.
    pub name: String,
    /// As it is known later, in filters and lists: the file's own name.
    pub label: String,
    /// In bytes.
    pub bytes: u64,
    path: PathBuf,
    /// What a pipe gave.
    _spooled: Option<NamedTempFile>,
}

impl Source {
    /// Checks that the file can be read. A pipe is copied to a temporary file first, because rows are looked at
    /// before they are taken; setting `cancel` ends that, whether the pipe still gives something or waits.
    pub fn find(path: &Path, cancel: &AtomicBool) -> Result<Self> {
        let name = sanitise::path(path);
        let failed = |error: &io::Error| EngineError::file("read", path, error);
        if name == "-" {
            return Self::spool("standard input".into(), io::stdin(), path, cancel);
        }
        let file = File::open(path).map_err(|error| failed(&error))?;
        let meta = file.metadata().map_err(|error| failed(&error))?;
        if meta.is_dir() {
            return Err(EngineError::refused(
                format!("cannot import `{name}`: it is a directory"),
                format!("name the files in it: `docket import {name}/*.jsonl`"),
            ));
        }
        if !meta.is_file() {
            return Self::spool(name, file, path, cancel);
        }
        let label = path
            .file_name()
            .map_or_else(|| name.clone(), |base| base.to_string_lossy().into_owned());
        Ok(Self {
            name,
            label,
            bytes: meta.len(),
            path: path.to_owned(),
            _spooled: None,
        })
    }

    fn spool(
        name: String,
        from: impl Read + Send + 'static,
        path: &Path,
        cancel: &AtomicBool,
    ) -> Result<Self> {
        let failed = |error: io::Error| EngineError::file("read", path, &error);
        let mut to = NamedTempFile::new().map_err(failed)?;
        let copied = copy(from, to.as_file_mut(), cancel).map_err(failed)?;
        // An interrupt ends the whole pipeline: what came before it may be half of what was meant.
        let Some(bytes) = copied.filter(|_| !cancel.load(Ordering::Relaxed)) else {
            return Err(EngineError::refused(
                format!("stopped while {name} was read; nothing was taken"),
                "run the same command again",
            ));
        };
        Ok(Self {
            label: name.clone(),
            name,
            bytes,
            path: to.path().to_owned(),
            _spooled: Some(to),
        })
    }

    /// A reader from the beginning. `at` is the position of this file for the tap.
    pub fn open(&self, at: usize, tap: &Tap) -> Result<Box<dyn Read>> {
        let file = File::open(&self.path)
            .map_err(|error| EngineError::file("read", &self.path, &error))?;
        Ok(Box::new(tap.on(at, file)))
    }

    /// The SHA-256 of what was read, once that was all.
    pub fn sha256(&self, at: usize, tap: &Tap) -> Result<Option<String>> {
        tap.sha256(at, &self.path)
            .map_err(|error| EngineError::file("read", &self.path, &error))
    }
}

/// Copies all of a pipe; `None` if it was stopped. A read that waits cannot be broken off, so it waits on a thread of
/// its own, which ends with the program.
fn copy(
    mut from: impl Read + Send + 'static,
    to: &mut File,
    cancel: &AtomicBool,
) -> io::Result<Option<u64>> {
    let (pieces, copied) = sync_channel::<io::Result<Vec<u8>>>(2);
    std::thread::Builder::new()
        .name("docket-pipe".into())
        .spawn(move || {
            loop {
                let mut piece = vec![0; PIECE];
                let read = match from.read(&mut piece) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                    read => read,
                };
                let piece = read.map(|n| {
                    piece.truncate(n);
                    piece
                });
                let over = !matches!(&piece, Ok(piece) if !piece.is_empty());
                if pieces.send(piece).is_err() || over {
                    return;
                }
            }
        })?;
    let mut bytes = 0;
    while !cancel.load(Ordering::Relaxed) {
        match copied.recv_timeout(PATIENCE) {
            Ok(piece) => {
                let piece = piece?;
                if piece.is_empty() {
                    return Ok(Some(bytes));
                }
                to.write_all(&piece)?;
                bytes += piece.len() as u64;
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(io::Error::other("the thread that reads it ended"));
            }
        }
    }
    Ok(None)
}

/// A name for what comes from this file, in the letters names may have.
pub(super) fn stem(label: &str) -> String {
    let mut base = label;
    for ending in [
        ".gz", ".zst", ".jsonl", ".ndjson", ".json", ".csv", ".tsv", ".txt",
    ] {
        base = base.strip_suffix(ending).unwrap_or(base);
    }
    let fits = |c: char| {
        if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') {
            c
        } else {
            '-'
        }
    };
    let name: String = base.chars().map(fits).take(64).collect();
    let name = name.trim_matches(['-', '.']).to_owned();
    if name.is_empty() {
        "import".into()
    } else {
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_of_what_names_may_hold() {
        for (label, name) in [
            ("logs.jsonl", "logs"),
            ("logs.jsonl.gz", "logs"),
            ("my logs (june).csv", "my-logs--june"),
            ("--.json", "import"),
            ("größe.json", "größe"),
            ("v1.2.json", "v1.2"),
        ] {
            assert_eq!(stem(label), name);
        }
    }
}
