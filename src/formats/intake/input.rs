//! One opened file: unpacked, its layout known, cut into rows.

use std::io::Read;
use std::ops::Range;

use super::container::{self, Packing};
use super::error::{IntakeError, Refusal};
use super::layout::{self, Layout};
use super::row::{self, Text};
use super::split::{Piece, Splitter};
use super::window::Window;

/// Rows looked at before the format is decided.
pub(super) const SAMPLE: usize = 50;
/// The sample ends early when its rows take this many bytes.
const SAMPLE_BYTES: usize = 4 << 20;

/// A file being read.
pub(super) struct Input<'r> {
    /// Position in the list of files.
    pub file: usize,
    pub packing: Packing,
    pub layout: Layout,
    /// Keys of the object that wraps the rows.
    pub keys: Vec<String>,
    window: Window<'r>,
    splitter: Splitter,
    max_row: usize,
    /// Rows read ahead to tell the format.
    pub head: Vec<Ahead>,
}

/// A row read ahead.
pub(super) struct Ahead {
    pub line: u64,
    pub raw: Vec<u8>,
    pub text: Result<AheadText, Refusal>,
}

/// The text of a row read ahead.
pub(super) enum AheadText {
    /// It stands in the row's own bytes.
    Raw(Range<usize>),
    /// It was made from them, and whether something had to be repaired.
    Made(String, bool),
}

impl Ahead {
    /// The row as JSON, if it is any, and whether something had to be repaired.
    pub fn json(&self) -> Option<(&str, bool)> {
        match self.text.as_ref().ok()? {
            AheadText::Made(json, repaired) => Some((json, *repaired)),
            AheadText::Raw(place) => {
                let bytes = self.raw.get(place.clone())?;
                Some((std::str::from_utf8(bytes).ok()?, false))
            }
        }
    }
}

impl<'r> Input<'r> {
    /// Opens a reader and reads its first rows.
    pub fn open(reader: impl Read + 'r, file: usize, max_row: usize) -> Result<Self, IntakeError> {
        let (mut window, packing) = container::open(reader)?;
        let failed = |source| IntakeError::Read {
            what: packing.what(),
            source,
        };
        let start = layout::detect(&mut window, failed)?;
        let splitter = Splitter::new(&start, max_row, &mut window);
        let mut input = Self {
            file,
            packing,
            layout: start.layout,
            keys: start.keys,
            window,
            splitter,
            max_row,
            head: Vec::new(),
        };
        let mut bytes = 0;
        while input.head.len() < SAMPLE && bytes < SAMPLE_BYTES {
            let Some(piece) = input.next()? else { break };
            let mut scratch = String::new();
            let raw = input.raw(&piece);
            let text = input
                .text(&piece, &mut scratch)
                .map(|text| ahead(raw, &text));
            let raw = raw.to_vec();
            bytes += raw.len();
            input.head.push(Ahead {
                line: piece.line,
                raw,
                text,
            });
        }
        // What was read ahead is kept on its own now; a long row need not stand in the window as well.
        input.splitter.settle(&mut input.window);
        input.window.slim();
        Ok(input)
    }

    /// The next row behind those read ahead.
    pub fn next(&mut self) -> Result<Option<Piece>, IntakeError> {
        let what = self.packing.what();
        let next = self.splitter.next(&mut self.window);
        next.map_err(|source| IntakeError::Read { what, source })
    }

    /// The bytes of a row as they stand.
    pub fn raw(&self, piece: &Piece) -> &[u8] {
        &self.window.data()[piece.start..piece.end]
    }

    /// The row as JSON text.
    pub fn text<'a>(&'a self, piece: &Piece, scratch: &'a mut String) -> Result<Text<'a>, Refusal> {
        if let Some(fault) = &piece.fault {
            return Err(row::refuse(fault, self.max_row));
        }
        let raw = self.raw(piece);
        let Splitter::Table(records) = &self.splitter else {
            return row::check(raw, scratch);
        };
        if memchr::memchr(0, raw).is_some() {
            return Err(
                Refusal::new("a NUL byte").hint("the file may be damaged or hold binary data")
            );
        }
        records.to_json(raw, scratch)?;
        Ok(Text {
            json: scratch,
            repaired: false,
        })
    }
}

/// Where a text stands in the bytes of its row, or the text itself where it is another one.
fn ahead(raw: &[u8], text: &Text<'_>) -> AheadText {
    let (row, part) = (raw.as_ptr() as usize, text.json.as_ptr() as usize);
    let inside = part >= row && part + text.json.len() <= row + raw.len();
    if inside && !text.repaired {
        let at = part - row;
        AheadText::Raw(at..at + text.json.len())
    } else {
        AheadText::Made(text.json.to_owned(), text.repaired)
    }
}
