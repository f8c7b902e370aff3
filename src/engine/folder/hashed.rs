//! A file that is hashed while it is written.

use std::fs::File;
use std::io::{self, Write};

use super::super::file_hash::FileHash;

/// Rows are collected up to this many bytes, then hashed and written at once.
const BUFFER: usize = 256 * 1024;

/// What a finished file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sealed {
    pub bytes: u64,
    pub sha256: String,
    pub lines: u64,
}

/// Buffers, hashes in one pass and counts.
#[derive(Debug)]
pub(super) struct Hashed<W> {
    to: W,
    buffer: Vec<u8>,
    hasher: FileHash,
    bytes: u64,
    lines: u64,
}

impl<W: Write> Hashed<W> {
    pub(super) fn new(to: W) -> Self {
        Self {
            to,
            buffer: Vec::with_capacity(BUFFER),
            hasher: FileHash::default(),
            bytes: 0,
            lines: 0,
        }
    }

    /// Lines finished so far.
    pub(super) fn lines(&self) -> u64 {
        self.lines
    }

    /// Appends one line; the newline is added where it is missing.
    pub(super) fn line(&mut self, line: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(line);
        if line.last() != Some(&b'\n') {
            self.buffer.push(b'\n');
        }
        self.lines += 1;
        if self.buffer.len() >= BUFFER {
            self.drain()?;
        }
        Ok(())
    }

    fn drain(&mut self) -> io::Result<()> {
        self.hasher.update(&self.buffer);
        self.to.write_all(&self.buffer)?;
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    fn seal(mut self) -> io::Result<(W, Sealed)> {
        self.drain()?;
        self.to.flush()?;
        let sealed = Sealed {
            bytes: self.bytes,
            sha256: self.hasher.finish(),
            lines: self.lines,
        };
        Ok((self.to, sealed))
    }
}

impl Hashed<File> {
    /// Writes the rest and waits until the disk has it.
    pub(super) fn finish(self) -> io::Result<Sealed> {
        let (file, sealed) = self.seal()?;
        file.sync_all()?;
        Ok(sealed)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::domain::ids::hex;

    #[test]
    fn the_hash_is_that_of_the_bytes_written() {
        let mut file = Hashed::new(Vec::new());
        let line = "x".repeat(100_000);
        for _ in 0..7 {
            file.line(line.as_bytes()).unwrap();
        }
        file.line(b"last\n").unwrap();
        let (bytes, sealed) = file.seal().unwrap();
        assert_eq!(bytes.len(), 7 * 100_001 + 5);
        assert_eq!(sealed.bytes, bytes.len() as u64);
        assert_eq!(sealed.lines, 8);
        assert_eq!(sealed.sha256, hex(&Sha256::digest(&bytes)));
    }

    #[test]
    fn a_full_disk_is_reported_and_not_swallowed() {
        #[derive(Debug)]
        struct Full;
        impl Write for Full {
            fn write(&mut self, _: &[u8]) -> io::Result<usize> {
                Err(io::ErrorKind::StorageFull.into())
            }
            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let mut file = Hashed::new(Full);
        file.line(b"short").unwrap();
        assert_eq!(file.seal().unwrap_err().kind(), io::ErrorKind::StorageFull);
        let mut file = Hashed::new(Full);
        assert!(file.line(&vec![b'x'; BUFFER]).is_err());
    }
}
