//! A sliding buffer over a reader: rows are looked at where they lie.

use std::io::{self, Read};

/// Bytes asked of the reader at once. Larger than a pipe's buffer, small beside the memory budget.
const CHUNK: usize = 256 << 10;
/// Above this the buffer grows in steps instead of doubling.
const STEP: usize = 4 << 20;

/// What was read and not yet consumed.
pub(super) struct Window<'r> {
    reader: Box<dyn Read + 'r>,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    ended: bool,
}

impl<'r> Window<'r> {
    pub fn new(reader: Box<dyn Read + 'r>) -> Self {
        Self {
            reader,
            buffer: Vec::new(),
            start: 0,
            end: 0,
            ended: false,
        }
    }

    /// Everything read and not consumed.
    pub fn data(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Drops the first `n` bytes.
    pub fn consume(&mut self, n: usize) {
        self.start = (self.start + n).min(self.end);
    }

    /// Reads more behind what is there; `false` at the end of the input.
    pub fn more(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        self.make_room();
        loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Ok(0) => {
                    self.ended = true;
                    return Ok(false);
                }
                Ok(n) => {
                    self.end += n;
                    return Ok(true);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Reads until `n` bytes are there or the input ends.
    pub fn fill(&mut self, n: usize) -> io::Result<()> {
        while self.data().len() < n && self.more()? {}
        Ok(())
    }

    /// Gives the room back that a long row took, if it is gone.
    pub fn slim(&mut self) {
        if self.buffer.len() > STEP && self.data().len() < CHUNK {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            self.buffer.truncate(2 * CHUNK);
            self.buffer.shrink_to_fit();
        }
    }

    fn make_room(&mut self) {
        if self.buffer.len() - self.end >= CHUNK / 2 {
            return;
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        if self.buffer.len() - self.end < CHUNK / 2 {
            let grown = self.buffer.len().clamp(CHUNK, STEP);
            self.buffer.reserve_exact(grown);
            self.buffer.resize(self.buffer.len() + grown, 0);
        } else if self.buffer.len() > STEP && self.end < CHUNK {
            // One long row must not keep its memory for the rest of the file.
            self.buffer.truncate(2 * CHUNK);
            self.buffer.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_row_does_not_keep_its_memory() {
        let mut window = Window::new(Box::new(io::repeat(b'x').take(40 << 20)));
        window.fill(20 << 20).unwrap();
        assert!(window.data().len() >= 20 << 20);
        window.consume(20 << 20);
        let mut rest = window.data().len();
        window.consume(rest);
        while window.more().unwrap() {
            let n = window.data().len();
            rest += n;
            window.consume(n);
        }
        assert_eq!(rest, 20 << 20);
        assert!(
            window.buffer.capacity() <= STEP,
            "{}",
            window.buffer.capacity()
        );
    }
}
