//! The files of an import: opened, told apart, and read again.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::super::{EngineError, Result};
use super::tap::Tap;

/// A file that can be read more than once.
#[derive(Debug)]
pub(super) struct Source {
    /// As given.
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
    /// before they are taken.
    pub fn find(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let failed = |error: &io::Error| EngineError::file("read", path, error);
        if name == "-" {
            return Self::spool("standard input".into(), io::stdin().lock(), path);
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
            return Self::spool(name, file, path);
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

    fn spool(name: String, mut from: impl Read, path: &Path) -> Result<Self> {
        let failed = |error: &io::Error| EngineError::file("read", path, error);
        let mut to = NamedTempFile::new().map_err(|error| failed(&error))?;
        let bytes = io::copy(&mut from, to.as_file_mut()).map_err(|error| failed(&error))?;
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
