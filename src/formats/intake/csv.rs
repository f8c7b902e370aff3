//! Tables with a header line: RFC 4180 quoting, `,`, `;` or tab, told from the first lines.
//!
//! A record becomes a JSON object of its columns; a cell that holds a whole JSON object or array stays one.

use std::io;

use memchr::{memchr, memchr2};

use super::error::Refusal;
use super::split::{Cursor, Fault, Piece};
use super::window::Window;
use crate::domain::count::noun;
use crate::domain::json::quote;

/// The delimiter the first records agree on, else the one a header line of names has; `None` if the text is no table.
pub(super) fn sniff(data: &[u8]) -> Option<u8> {
    let mut best: Option<(usize, u8)> = None;
    for delimiter in [b',', b'\t', b';'] {
        let mut counts = Vec::new();
        let mut at = 0;
        while at < data.len() && counts.len() < 10 {
            let (end, state) = record_end(&data[at..], delimiter, State::Start);
            if state != State::Ended && counts.len() > 1 {
                break;
            }
            let cells = split(&data[at..at + end], delimiter).len();
            if !data[at..at + end].trim_ascii().is_empty() {
                counts.push(cells);
            }
            at += end + 1;
        }
        let columns = counts.first().copied().unwrap_or(0);
        let agree = counts.iter().filter(|n| **n == columns).count();
        if columns > 1 && agree * 2 > counts.len() && best.is_none_or(|(n, _)| columns > n) {
            best = Some((columns, delimiter));
        }
    }
    best.map(|(_, delimiter)| delimiter)
        .or_else(|| named_columns(data))
        .or_else(|| single_column(data))
}

/// The delimiter that makes the first line a header. Few records may all be ragged, and are then bad rows of a table;
/// but only a line of names, each once, is a header: prose has commas too, with a space behind them.
fn named_columns(data: &[u8]) -> Option<u8> {
    let of = |delimiter: u8| {
        let (end, _) = record_end(data, delimiter, State::Start);
        let cells = split(&data[..end], delimiter);
        let texts: Vec<&str> = cells
            .iter()
            .map(|cell| std::str::from_utf8(cell.text).ok())
            .collect::<Option<_>>()?;
        let mut names: Vec<&str> = texts.iter().map(|text| text.trim()).collect();
        let columns = names.len();
        names.sort_unstable();
        names.dedup();
        let header = columns > 1 && names.len() == columns && texts.into_iter().all(is_name);
        let records = !data[end..].trim_ascii().is_empty();
        (header && records).then_some((columns, delimiter))
    };
    let found = [b',', b'\t', b';'].into_iter().filter_map(of);
    // Of equally many columns the first delimiter is the usual one.
    let most = found.reduce(|best, next| if next.0 > best.0 { next } else { best });
    most.map(|(_, delimiter)| delimiter)
}

/// `prompt`, `Model-Output`, `human label`: up to three words of letters and digits; behind a space, one word.
fn is_name(cell: &str) -> bool {
    let most = if cell.starts_with(' ') { 1 } else { 3 };
    let word = |word: &str| {
        word.chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '#' | '(' | ')'))
    };
    let words = cell.split_whitespace();
    (1..=most).contains(&words.clone().count()) && cell.len() <= 64 && words.into_iter().all(word)
}

/// A table of one column is believed only if its header is a single word.
fn single_column(data: &[u8]) -> Option<u8> {
    let header = data.split(|b| *b == b'\n').next()?.trim_ascii();
    let header = header.strip_prefix(b"\"").unwrap_or(header);
    let header = header.strip_suffix(b"\"").unwrap_or(header);
    let word = !header.is_empty()
        && header.len() <= 64
        && header
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    (word && data.len() > header.len() + 1).then_some(b',')
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the start of a cell.
    Start,
    Bare,
    Quoted,
    /// Behind a quote inside a quoted cell: an end or half of a doubled quote.
    Quote,
    /// The record ended at a line break.
    Ended,
}

/// Goes on through a record; the offset of its line break, or all of it and the state to go on with.
fn record_end(data: &[u8], delimiter: u8, from: State) -> (usize, State) {
    let (mut at, mut state) = (0, from);
    while at < data.len() {
        if state == State::Quoted {
            let Some(hit) = memchr(b'"', &data[at..]) else {
                return (data.len(), state);
            };
            state = State::Quote;
            at += hit + 1;
            continue;
        }
        if state == State::Bare {
            let Some(hit) = memchr2(delimiter, b'\n', &data[at..]) else {
                return (data.len(), state);
            };
            at += hit;
        }
        state = match (data[at], state) {
            (b'\n', _) => return (at, State::Ended),
            (b'"', State::Start | State::Quote) => State::Quoted,
            (byte, _) if byte == delimiter => State::Start,
            _ => State::Bare,
        };
        at += 1;
    }
    (at, state)
}

/// One cell; quoted ones without their outer quotes, doubled quotes still doubled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Cell<'a> {
    text: &'a [u8],
    doubled: bool,
    /// Text behind the closing quote, kept as it stands.
    tail: &'a [u8],
}

/// Cuts one record into cells.
fn split(record: &[u8], delimiter: u8) -> Vec<Cell<'_>> {
    let mut record = record.strip_suffix(b"\r").unwrap_or(record);
    let mut cells = Vec::new();
    loop {
        let (cell, rest) = if let Some(inner) = record.strip_prefix(b"\"") {
            quoted(inner, delimiter)
        } else {
            let end = memchr(delimiter, record);
            let text = &record[..end.unwrap_or(record.len())];
            let cell = Cell {
                text,
                doubled: false,
                tail: b"",
            };
            (cell, end.map(|at| &record[at + 1..]))
        };
        cells.push(cell);
        match rest {
            Some(rest) => record = rest,
            None => return cells,
        }
    }
}

fn quoted(inner: &[u8], delimiter: u8) -> (Cell<'_>, Option<&[u8]>) {
    let (mut at, mut doubled) = (0, false);
    let end = loop {
        match memchr(b'"', &inner[at..]) {
            Some(hit) if inner.get(at + hit + 1) == Some(&b'"') => {
                doubled = true;
                at += hit + 2;
            }
            Some(hit) => break at + hit,
            None => break inner.len(),
        }
    };
    let behind = inner.get(end + 1..).unwrap_or_default();
    let next = memchr(delimiter, behind);
    let cell = Cell {
        text: &inner[..end],
        doubled,
        tail: &behind[..next.unwrap_or(behind.len())],
    };
    (cell, next.map(|at| &behind[at + 1..]))
}

fn cell_text(cell: Cell<'_>) -> Result<String, Refusal> {
    let mut text = utf8(cell.text)?.to_owned();
    if cell.doubled {
        text = text.replace("\"\"", "\"");
    }
    text.push_str(utf8(cell.tail)?);
    Ok(text)
}

fn utf8(bytes: &[u8]) -> Result<&str, Refusal> {
    std::str::from_utf8(bytes).map_err(|_| Refusal::new("a cell is not valid UTF-8"))
}

/// Cuts a table into records. The first is the header.
#[derive(Debug)]
pub(super) struct Records {
    delimiter: u8,
    max_row: usize,
    cursor: Cursor,
    /// Column names as JSON keys.
    header: Option<Vec<String>>,
}

impl Records {
    pub fn new(delimiter: u8, max_row: usize, cursor: Cursor) -> Self {
        Self {
            delimiter,
            max_row,
            cursor,
            header: None,
        }
    }

    /// Consumes the record before.
    pub fn settle(&mut self, window: &mut Window<'_>) {
        self.cursor.settle(window);
    }

    pub fn next(&mut self, window: &mut Window<'_>) -> io::Result<Option<Piece>> {
        loop {
            self.cursor.settle(window);
            let Some(piece) = self.record(window)? else {
                return Ok(None);
            };
            let record = &window.data()[piece.start..piece.end];
            if piece.fault.is_none() && record.trim_ascii().is_empty() {
                continue;
            }
            if self.header.is_some() || piece.fault.is_some() {
                return Ok(Some(piece));
            }
            self.header = Some(header(record, self.delimiter));
        }
    }

    fn record(&mut self, window: &mut Window<'_>) -> io::Result<Option<Piece>> {
        let line = self.cursor.line;
        let (mut at, mut state, mut passed) = (0, State::Start, 0_u64);
        loop {
            let (n, next) = record_end(&window.data()[at..], self.delimiter, state);
            at += n;
            state = next;
            let ended = state == State::Ended || (at == window.data().len() && !window.more()?);
            if ended && (passed > 0 || at > self.max_row) {
                let bytes = passed + at as u64;
                self.cursor.pending = (at + 1).min(window.data().len());
                let fault = Some(Fault::TooLong { bytes });
                return Ok(Some(Piece {
                    line,
                    start: 0,
                    end: 0,
                    fault,
                }));
            }
            if ended && state == State::Quoted {
                // Only the first line is given up: the quote was most likely meant as text.
                let first = memchr(b'\n', window.data()).unwrap_or(at);
                let behind = usize::from(first < at);
                return Ok(Some(self.cursor.piece(
                    first,
                    behind,
                    Some(Fault::OpenQuote),
                )));
            }
            if ended {
                let behind = usize::from(state == State::Ended);
                let nothing = at == 0 && behind == 0;
                return Ok((!nothing).then(|| self.cursor.piece(at, behind, None)));
            }
            if at > self.max_row {
                self.cursor.advance(window, at);
                passed += at as u64;
                at = 0;
            }
        }
    }

    /// The record as a JSON object, written over `out`.
    pub fn to_json(&self, record: &[u8], out: &mut String) -> Result<(), Refusal> {
        let header = self.header.as_deref().unwrap_or_default();
        let cells = split(record, self.delimiter);
        let surplus = cells.get(header.len()..).unwrap_or_default();
        if cells.len() < header.len() || surplus.iter().any(|cell| !cell.text.is_empty()) {
            return Err(Refusal::new(format!(
                "the record has {} {}, the header {}",
                cells.len(),
                noun(cells.len() as u64, "cell"),
                header.len()
            ))
            .hint(if cells.len() < header.len() {
                "a record has a cell for every column, an empty one where there is nothing"
            } else {
                "a cell that holds the delimiter, a quote or a line break must be quoted"
            }));
        }
        out.clear();
        for (key, cell) in header.iter().zip(cells) {
            out.push(if out.is_empty() { '{' } else { ',' });
            out.push_str(key);
            out.push(':');
            let text = cell_text(cell)?;
            out.push_str(&as_json(&text));
        }
        out.push('}');
        Ok(())
    }
}

/// A whole JSON object or array stays what it is; everything else is text.
fn as_json(text: &str) -> String {
    let trimmed = text.trim();
    let nested = (trimmed.starts_with('{') && trimmed.ends_with('}'))
        || (trimmed.starts_with('[') && trimmed.ends_with(']'));
    if nested && serde_json::from_str::<&serde_json::value::RawValue>(trimmed).is_ok() {
        return trimmed.to_owned();
    }
    quote(text)
}

fn header(record: &[u8], delimiter: u8) -> Vec<String> {
    let cells = split(record, delimiter);
    let names = cells.into_iter().enumerate().map(|(at, cell)| {
        let text = String::from_utf8_lossy(cell.text).replace("\"\"", "\"");
        match text.trim() {
            "" => quote(&format!("column_{}", at + 1)),
            name => quote(name),
        }
    });
    names.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delimiter_is_the_one_the_records_agree_on() {
        assert_eq!(sniff(b"a,b;c\n1,2;3\n"), Some(b','));
        assert_eq!(sniff(b"a;b\n\"x;,,,,\";1\n"), Some(b';'));
        assert_eq!(sniff(b"a\tb\n1\t\"2\n3\"\n"), Some(b'\t'));
        assert_eq!(sniff(b"prompt\nhello there\n"), Some(b','));
        assert_eq!(sniff(b"Dear all\nthis is no table\n"), None);
    }

    #[test]
    fn a_header_line_makes_a_table_even_if_every_record_is_ragged() {
        for (text, delimiter) in [
            (
                &b"prompt,response,model\nHello\nbad,row,too,many\n"[..],
                b',',
            ),
            (b"prompt,response\nHello, you, there\na,b,c\n", b','),
            (b"User Input; Model-Output\nonly this\n", b';'),
            (b"\"prompt\"\tanswer\tid\na\tb\nc\td", b'\t'),
        ] {
            assert_eq!(
                sniff(text),
                Some(delimiter),
                "{}",
                String::from_utf8_lossy(text)
            );
        }
        for prose in [
            &b"Dear John, I hope that\nyou are well, happy, and so on\n"[..],
            b"Well, then, there, we, go: all the best,\nyour friend\n",
            b"a,a\n1\n2\n",
            b"one,,three\n1\n",
        ] {
            assert_eq!(sniff(prose), None, "{}", String::from_utf8_lossy(prose));
        }
    }

    #[test]
    fn quoted_line_breaks_and_doubled_quotes_are_text() {
        let cells: Vec<String> = split(b"\"a\nb\",\"say \"\"hi\"\"\",,\"x\"y\r", b',')
            .into_iter()
            .map(|c| cell_text(c).unwrap())
            .collect();
        assert_eq!(cells, ["a\nb", "say \"hi\"", "", "xy"]);
    }
}
