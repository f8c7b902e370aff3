//! What the bytes are wrapped in, told from the bytes alone: gzip, zstd, byte order marks, UTF-16.
//!
//! Containers that hold no stream of rows (zip, Parquet, `SQLite`, ...) are refused with the way on.

use std::io::{self, Read};

use super::error::IntakeError;
use super::window::Window;

/// How the bytes were packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Packing {
    /// As they are.
    #[default]
    Plain,
    /// gzip, one member or several.
    Gzip,
    /// zstd, one frame or several.
    Zstd,
}

impl Packing {
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Plain => "file",
            Self::Gzip => "gzip data",
            Self::Zstd => "zstd data",
        }
    }
}

/// Containers that are recognised and refused: first bytes, name, way on.
const REFUSED: [(&[u8], &str, &str); 7] = [
    (
        b"PK\x03\x04",
        "a zip archive",
        "unpack it and import the files in it",
    ),
    (
        b"PAR1",
        "a Parquet file",
        "write it as JSON Lines first, for example with `datasets` or DuckDB",
    ),
    (
        b"SQLite format 3\0",
        "an SQLite database",
        "a workspace is opened with `--workspace FILE`; another database has to be exported first",
    ),
    (b"BZh", "bzip2 data", "unpack it with `bunzip2` first"),
    (b"\xfd7zXZ\0", "xz data", "unpack it with `unxz` first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"),
    (
        b"%PDF-",
        "a PDF file",
        "docket reads JSON, JSON Lines and CSV",
    ),
];

/// Unpacks and decodes a reader into a window of UTF-8 (checked later, row by row).
pub(super) fn open<'r>(reader: impl Read + 'r) -> Result<(Window<'r>, Packing), IntakeError> {
    let mut outer = Window::new(Box::new(reader));
    let file = |source| IntakeError::Read {
        what: "file",
        source,
    };
    outer.fill(16).map_err(file)?;
    let (mut window, packing) = match outer.data() {
        [0x1f, 0x8b, ..] => {
            let inner = flate2::read::MultiGzDecoder::new(Rest(outer));
            (Window::new(Box::new(inner)), Packing::Gzip)
        }
        [0x28, 0xb5, 0x2f, 0xfd, ..] => {
            let inner = zstd::stream::read::Decoder::new(Rest(outer)).map_err(file)?;
            (Window::new(Box::new(inner)), Packing::Zstd)
        }
        _ => (outer, Packing::Plain),
    };
    let failed = |source| IntakeError::Read {
        what: packing.what(),
        source,
    };
    window.fill(16).map_err(failed)?;
    for (magic, what, hint) in REFUSED {
        if window.data().starts_with(magic) {
            return Err(IntakeError::Container { what, hint });
        }
    }
    match window.data() {
        [0xef, 0xbb, 0xbf, ..] => window.consume(3),
        // UTF-32 little endian starts like UTF-16 little endian.
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            return Err(IntakeError::Container {
                what: "UTF-32 text",
                hint: "save it as UTF-8",
            });
        }
        [0xff, 0xfe, ..] => window = utf16(window, u16::from_le_bytes),
        [0xfe, 0xff, ..] => window = utf16(window, u16::from_be_bytes),
        _ => {}
    }
    Ok((window, packing))
}

fn utf16(mut window: Window<'_>, pair: fn([u8; 2]) -> u16) -> Window<'_> {
    window.consume(2);
    Window::new(Box::new(Utf16 {
        inner: window,
        pair,
        high: None,
        ready: Vec::new(),
        given: 0,
    }))
}

/// The rest of a window as a reader.
struct Rest<'r>(Window<'r>);

impl Read for Rest<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.0.data().is_empty() {
            self.0.more()?;
        }
        let n = self.0.data().len().min(out.len());
        out[..n].copy_from_slice(&self.0.data()[..n]);
        self.0.consume(n);
        Ok(n)
    }
}

/// UTF-16 to UTF-8. A lone surrogate becomes U+FFFD; half a unit at the end is an error.
struct Utf16<'r> {
    inner: Window<'r>,
    pair: fn([u8; 2]) -> u16,
    /// A high surrogate whose second half has not come yet.
    high: Option<u16>,
    ready: Vec<u8>,
    given: usize,
}

impl Utf16<'_> {
    fn decode(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        while self.ready.is_empty() {
            let more = self.inner.data().len() >= 2 || self.inner.more()?;
            let units: Vec<u16> = self
                .inner
                .data()
                .chunks_exact(2)
                .map(|two| (self.pair)([two[0], two[1]]))
                .collect();
            self.inner.consume(units.len() * 2);
            let last = !more && units.is_empty();
            if last && !self.inner.data().is_empty() {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "the UTF-16 text ends in the middle of a character",
                ));
            }
            self.push(&units, last);
            if last {
                break;
            }
        }
        Ok(())
    }

    fn push(&mut self, units: &[u16], last: bool) {
        let mut all: Vec<u16> = self.high.take().into_iter().collect();
        all.extend_from_slice(units);
        if !last
            && all
                .last()
                .is_some_and(|unit| (0xd800..0xdc00).contains(unit))
        {
            self.high = all.pop();
        }
        let text: String = char::decode_utf16(all)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect();
        self.ready.extend_from_slice(text.as_bytes());
    }
}

impl Read for Utf16<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() {
            self.decode()?;
        }
        let rest = &self.ready[self.given..];
        let n = rest.len().min(out.len());
        out[..n].copy_from_slice(&rest[..n]);
        self.given += n;
        Ok(n)
    }
}
