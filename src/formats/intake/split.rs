//! Cuts the input into rows: exact bytes, the line each starts on, bounded memory.
//!
//! A row over the limit is passed over without being kept, a fault ends one row and not the reading.

use std::io;

use memchr::{memchr, memrchr};

use super::layout::{Layout, Start, count_lines};
use super::scan::{Found, Scanner};
use super::window::Window;

/// Where a row lies in the window until the next one is asked for.
#[derive(Debug)]
pub(super) struct Piece {
    /// 1-based.
    pub line: u64,
    pub start: usize,
    pub end: usize,
    pub fault: Option<Fault>,
}

/// What is wrong with the cut itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fault {
    TooLong { bytes: u64 },
    BrokenString,
    NotClosed,
    ArrayNotClosed,
    MissingComma,
    ExtraComma,
    AfterTheEnd,
    OpenQuote,
}

/// Cuts one kind of layout.
#[derive(Debug)]
pub(super) enum Splitter {
    Lines(Lines),
    Values(Values),
    Table(super::csv::Records),
}

impl Splitter {
    pub fn new(start: &Start, max_row: usize, window: &mut Window<'_>) -> Self {
        let cursor = Cursor {
            line: start.line,
            ..Cursor::default()
        };
        let mut values = Values {
            cursor,
            max_row,
            inside: Inside::Top,
            resync: None,
        };
        match &start.layout {
            Layout::Lines => {
                return Self::Lines(Lines { cursor, max_row });
            }
            Layout::Table(delimiter) => {
                return Self::Table(super::csv::Records::new(*delimiter, max_row, cursor));
            }
            Layout::Values => {}
            Layout::Array => {
                let at = super::scan::skip_space(window.data(), 0);
                values.cursor.advance(window, at + 1);
                values.inside = Inside::Array { comma: true };
            }
            Layout::Wrapped(_) => {
                values.cursor.advance(window, start.skip);
                values.inside = Inside::Wrapper { comma: true };
            }
        }
        Self::Values(values)
    }

    /// Consumes the row before, which the next call does otherwise. Invalidates it.
    pub fn settle(&mut self, window: &mut Window<'_>) {
        match self {
            Self::Lines(lines) => lines.line_done(window),
            Self::Values(values) => values.cursor.settle(window),
            Self::Table(records) => records.settle(window),
        }
    }

    /// The next row; `None` at the end. Invalidates the piece before.
    pub fn next(&mut self, window: &mut Window<'_>) -> io::Result<Option<Piece>> {
        match self {
            Self::Lines(lines) => lines.next(window),
            Self::Values(values) => values.next(window),
            Self::Table(records) => records.next(window),
        }
    }
}

/// Where the start of the window lies in the file.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cursor {
    pub line: u64,
    /// Bytes since the last line break.
    pub column: usize,
    /// To be consumed before going on.
    pub pending: usize,
}

impl Cursor {
    pub fn advance(&mut self, window: &mut Window<'_>, n: usize) {
        let gone = &window.data()[..n];
        self.column = match memrchr(b'\n', gone) {
            Some(at) => {
                self.line += count_lines(gone);
                n - at - 1
            }
            None => self.column + n,
        };
        window.consume(n);
    }

    pub fn settle(&mut self, window: &mut Window<'_>) {
        let n = std::mem::take(&mut self.pending);
        self.advance(window, n);
    }

    /// A piece of `bytes[..len]` that is consumed, with `behind` bytes more, at the next step.
    pub fn piece(&mut self, len: usize, behind: usize, fault: Option<Fault>) -> Piece {
        self.pending = len + behind;
        Piece {
            line: self.line,
            start: 0,
            end: len,
            fault,
        }
    }
}

/// One row a line.
#[derive(Debug)]
pub(super) struct Lines {
    cursor: Cursor,
    max_row: usize,
}

impl Lines {
    fn next(&mut self, window: &mut Window<'_>) -> io::Result<Option<Piece>> {
        self.line_done(window);
        let mut seen = 0;
        loop {
            if let Some(at) = memchr(b'\n', &window.data()[seen..]) {
                let len = seen + at;
                if window.data()[..len].trim_ascii().is_empty() {
                    window.consume(len + 1);
                    self.cursor.line += 1;
                    seen = 0;
                    continue;
                }
                return Ok(Some(self.row(len, 1)));
            }
            seen = window.data().len();
            if seen > self.max_row {
                return self.pass_over(window).map(Some);
            }
            if !window.more()? {
                let blank = window.data().trim_ascii().is_empty();
                return Ok((!blank).then(|| self.row(seen, 0)));
            }
        }
    }

    /// Consumes the row before: one line, whatever its length.
    fn line_done(&mut self, window: &mut Window<'_>) {
        let n = std::mem::take(&mut self.cursor.pending);
        if n > 0 {
            window.consume(n);
            self.cursor.line += 1;
        }
    }

    fn row(&mut self, len: usize, behind: usize) -> Piece {
        let bytes = len as u64;
        let fault = (len > self.max_row).then_some(Fault::TooLong { bytes });
        self.cursor.piece(len, behind, fault)
    }

    fn pass_over(&mut self, window: &mut Window<'_>) -> io::Result<Piece> {
        let mut bytes = 0;
        let line = self.cursor.line;
        loop {
            let here = memchr(b'\n', window.data());
            let n = here.unwrap_or(window.data().len());
            bytes += n as u64;
            window.consume(n + usize::from(here.is_some()));
            if here.is_some() || !window.more()? {
                self.cursor.line += 1;
                return Ok(Piece {
                    line,
                    start: 0,
                    end: 0,
                    fault: Some(Fault::TooLong { bytes }),
                });
            }
        }
    }
}

/// What the values stand in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Nothing: one behind the other.
    Top,
    /// The file's own array; `comma`: a value may come.
    Array { comma: bool },
    /// An array inside an object whose rest is not looked at.
    Wrapper { comma: bool },
    /// Behind the end of the array: nothing may follow.
    Done,
    /// Behind the end of a wrapper's array: what follows is not looked at.
    Over,
}

/// Rows that are JSON values anywhere in a line.
#[derive(Debug)]
pub(super) struct Values {
    cursor: Cursor,
    max_row: usize,
    inside: Inside,
    /// The row before lost a quote: go on at the next line that starts like a row, indented no deeper.
    resync: Option<usize>,
}

impl Values {
    fn next(&mut self, window: &mut Window<'_>) -> io::Result<Option<Piece>> {
        if self.inside == Inside::Over {
            return Ok(None);
        }
        self.cursor.settle(window);
        if let Some(indent) = self.resync.take() {
            self.find_row_start(window, indent)?;
        }
        loop {
            let Some(first) = self.first_byte(window)? else {
                let open = matches!(self.inside, Inside::Array { .. } | Inside::Wrapper { .. });
                self.inside = Inside::Done;
                let fault = Some(Fault::ArrayNotClosed);
                return Ok(open.then(|| self.cursor.piece(0, 0, fault)));
            };
            let comma = match &mut self.inside {
                Inside::Done | Inside::Over => return self.rest(window),
                Inside::Top => return self.value(window, first),
                Inside::Array { comma } | Inside::Wrapper { comma } => comma,
            };
            match (first, *comma) {
                (b',', false) => {
                    *comma = true;
                    self.cursor.advance(window, 1);
                }
                (b',', true) => return Ok(Some(self.cursor.piece(0, 1, Some(Fault::ExtraComma)))),
                (b']', _) => {
                    let wrapped = matches!(self.inside, Inside::Wrapper { .. });
                    self.cursor.advance(window, 1);
                    self.inside = if wrapped { Inside::Over } else { Inside::Done };
                    if wrapped {
                        return Ok(None);
                    }
                }
                (_, false) => {
                    *comma = true;
                    return Ok(Some(self.cursor.piece(0, 0, Some(Fault::MissingComma))));
                }
                (_, true) => {
                    *comma = false;
                    return self.value(window, first);
                }
            }
        }
    }

    /// Passes white space; the byte behind it.
    fn first_byte(&mut self, window: &mut Window<'_>) -> io::Result<Option<u8>> {
        loop {
            let space = super::scan::skip_space(window.data(), 0);
            self.cursor.advance(window, space);
            if let Some(byte) = window.data().first() {
                return Ok(Some(*byte));
            }
            if !window.more()? {
                return Ok(None);
            }
        }
    }

    /// Text behind the end of the array: said once, then passed over.
    fn rest(&mut self, window: &mut Window<'_>) -> io::Result<Option<Piece>> {
        let line = self.cursor.line;
        loop {
            let n = window.data().len();
            window.consume(n);
            if !window.more()? {
                break;
            }
        }
        Ok(Some(Piece {
            line,
            start: 0,
            end: 0,
            fault: Some(Fault::AfterTheEnd),
        }))
    }

    fn value(&mut self, window: &mut Window<'_>, first: u8) -> io::Result<Option<Piece>> {
        if !matches!(first, b'{' | b'[' | b'"') {
            return self.scalar(window).map(Some);
        }
        let line = self.cursor.line;
        let (mut scanner, mut at, mut passed) = (Scanner::default(), 0, 0_u64);
        loop {
            match scanner.run(&window.data()[at..]) {
                Found::End(n) if passed == 0 && at + n <= self.max_row => {
                    return Ok(Some(self.cursor.piece(at + n, 0, None)));
                }
                Found::End(n) => {
                    self.cursor.advance(window, at + n);
                    let bytes = passed + (at + n) as u64;
                    return Ok(Some(Piece {
                        line,
                        start: 0,
                        end: 0,
                        fault: Some(Fault::TooLong { bytes }),
                    }));
                }
                Found::BrokenString(n) => {
                    self.resync = Some(self.cursor.column);
                    let mut piece = self.cursor.piece(at + n, 1, Some(Fault::BrokenString));
                    piece.line = line;
                    return Ok(Some(piece));
                }
                Found::More => at = window.data().len(),
            }
            if at > self.max_row {
                self.cursor.advance(window, at);
                passed += at as u64;
                at = 0;
            }
            if !window.more()? {
                self.inside = Inside::Done;
                let mut piece = self.cursor.piece(at, 0, Some(Fault::NotClosed));
                piece.line = line;
                return Ok(Some(piece));
            }
        }
    }

    /// A number, a word or garbage: up to a comma, a bracket or the end of the line.
    fn scalar(&mut self, window: &mut Window<'_>) -> io::Result<Piece> {
        let stop: &[u8] = match self.inside {
            Inside::Top => b"\n",
            _ => b",]\n",
        };
        loop {
            let end = window.data().iter().position(|b| stop.contains(b));
            let known = end.unwrap_or(window.data().len()).max(1);
            if end.is_some() || known > 4096 || !window.more()? {
                return Ok(self.cursor.piece(known, 0, None));
            }
        }
    }

    /// Passes lines until one starts like a row, no deeper indented than the broken one.
    fn find_row_start(&mut self, window: &mut Window<'_>, indent: usize) -> io::Result<()> {
        loop {
            let mut line = memchr(b'\n', window.data());
            while line.is_none() && window.data().len() < 4096 && window.more()? {
                line = memchr(b'\n', window.data());
            }
            let blank = super::scan::skip_space(window.data(), 0);
            let start = window.data().get(blank).copied();
            let deep = blank > indent && line.is_none_or(|end| blank < end);
            match start {
                None if line.is_none() => return Ok(()),
                Some(b'{' | b']') if !deep => {
                    if let Inside::Array { comma } | Inside::Wrapper { comma } = &mut self.inside {
                        *comma = true;
                    }
                    return Ok(());
                }
                Some(b',') if !deep => return Ok(()),
                _ => {}
            }
            let n = line.map_or(window.data().len(), |at| at + 1);
            self.cursor.advance(window, n);
        }
    }
}
