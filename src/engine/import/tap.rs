//! What is told from the bytes of files while their rows are read: how many, and their SHA-256.
//!
//! The bytes are those of the file as it lies there, packed or not, so that anybody can check the hash with the
//! file alone.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::file_hash::FileHash;

/// Counts the bytes of all files, and hashes each if asked to.
#[derive(Default)]
pub(super) struct Tap {
    count: Arc<AtomicU64>,
    /// By position of the file.
    hashes: Vec<Rc<RefCell<Hash>>>,
}

#[derive(Default)]
struct Hash {
    hasher: FileHash,
    bytes: u64,
}

impl Tap {
    /// One that hashes so many files.
    pub fn hashing(files: usize) -> Self {
        Self {
            hashes: (0..files).map(|_| Rc::default()).collect(),
            ..Self::default()
        }
    }

    /// Bytes so far.
    pub fn bytes(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    /// A reader that this taps.
    pub fn on(&self, at: usize, file: File) -> impl Read + 'static {
        Tapped {
            file,
            count: Arc::clone(&self.count),
            hash: self.hashes.get(at).cloned(),
        }
    }

    /// The SHA-256 of a file in hex; `None` if it was not asked for. What no row needed, such as blank lines
    /// behind the last one, is read now.
    pub fn sha256(&self, at: usize, path: &Path) -> io::Result<Option<String>> {
        let Some(hash) = self.hashes.get(at) else {
            return Ok(None);
        };
        let mut file = File::open(path)?;
        file.seek(SeekFrom::Start(hash.borrow().bytes))?;
        io::copy(&mut self.on(at, file), &mut io::sink())?;
        let hasher = hash.borrow().hasher.clone();
        Ok(Some(hasher.finish()))
    }
}

struct Tapped {
    file: File,
    count: Arc<AtomicU64>,
    hash: Option<Rc<RefCell<Hash>>>,
}

impl Read for Tapped {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read(out)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        if let Some(hash) = &self.hash {
            let mut hash = hash.borrow_mut();
            hash.hasher.update(&out[..n]);
            hash.bytes += n as u64;
        }
        Ok(n)
    }
}
