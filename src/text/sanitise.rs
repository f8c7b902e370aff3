//! Hostile text to text that any terminal and any table may show.
//!
//! Promises: no control character, no bidirectional control and no invisible character leaves this
//! module; each is shown as a visible stand-in (`␛`, `␀`, `⟨U+202E⟩`). What leaves is harmless in every
//! fragment too, because each character is safe by itself and no escape sequence survives its first byte.
//! Nothing is dropped: every stand-in maps back to the bytes it stands for.
//!
//! Refuses to guess: a joiner is kept only between emoji or in a script that spells with it, a
//! variation selector only once after a visible character, and at most [`MAX_MARKS`] combining marks
//! in a row; the rest of each is shown.

use std::borrow::Cow;
use std::ops::Range;
use std::path::Path;

use super::offsets::{OffsetMap, Origin};
use super::width;
use classify::{Context, Fate};

mod classify;
#[cfg(test)]
mod tests;

pub use classify::{MAX_MARKS, is_hidden};

/// Distance of tab stops in cells.
pub const TAB_STOP: usize = 4;

/// What becomes of line ends and tabs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Line feeds stay, CR LF becomes LF, tabs become spaces up to the next stop.
    Lines,
    /// Line ends are shown as `⏎`, a tab is one space.
    Line,
}

/// A text that may be shown, with the way back to its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sanitised<'a> {
    /// The text to show; borrowed if the source needed no change.
    pub text: Cow<'a, str>,
    /// Which source bytes each shown byte stands for.
    pub map: OffsetMap,
}

/// Sanitises a text that keeps its lines.
pub fn multi_line(source: &str) -> Sanitised<'_> {
    sanitise(source, Form::Lines)
}

/// Sanitises a text to one line, for lists and table cells.
pub fn single_line(source: &str) -> Sanitised<'_> {
    sanitise(source, Form::Line)
}

/// [`single_line`] without the map.
pub fn line(source: &str) -> Cow<'_, str> {
    single_line(source).text
}

/// A path as messages name it: on one line, whatever the names in it hold.
pub fn path(path: &Path) -> String {
    line(&path.display().to_string()).into_owned()
}

/// Sanitises `source` in the given form. Linear in its length; clean text is borrowed.
pub fn sanitise(source: &str, form: Form) -> Sanitised<'_> {
    if is_clean(source, form) {
        return Sanitised {
            text: Cow::Borrowed(source),
            map: OffsetMap::identity(source.len()),
        };
    }
    let mut writer = Writer::with_capacity(source.len() + source.len() / 8);
    writer.write(source, &Source::At(0), form);
    Sanitised {
        text: Cow::Owned(writer.text),
        map: writer.map,
    }
}

fn is_printable_ascii(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

fn is_clean(source: &str, form: Form) -> bool {
    let plain = |b: u8| is_printable_ascii(b) || (form == Form::Lines && b == b'\n');
    let ascii = source.bytes().take_while(|&b| plain(b)).count();
    if ascii == source.len() {
        return true;
    }
    // A mark may follow the last plain character, so the walk starts there.
    let start = width::floor_boundary(source, ascii.saturating_sub(1));
    let mut context = Context::default();
    let mut chars = source[start..].chars().peekable();
    while let Some(c) = chars.next() {
        match context.fate(c, chars.peek().copied()) {
            Fate::Keep => {}
            Fate::Newline if form == Form::Lines => {}
            _ => return false,
        }
    }
    true
}

/// Where a piece of raw text stands in the source.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// It is the source text from this offset on.
    At(usize),
    /// It was decoded from these source bytes and differs from them.
    Span(Range<usize>),
    /// It is text of our own.
    Own,
}

/// Appends raw pieces to one sanitised text and its map.
#[derive(Debug, Default)]
pub(super) struct Writer {
    pub(super) text: String,
    pub(super) map: OffsetMap,
    context: Context,
    /// Column of the byte `measured` in the current line.
    column: usize,
    measured: usize,
}

impl Writer {
    pub(super) fn with_capacity(bytes: usize) -> Self {
        Self {
            text: String::with_capacity(bytes),
            ..Self::default()
        }
    }

    /// Sanitises `raw` and appends it.
    pub(super) fn write(&mut self, raw: &str, source: &Source, form: Form) {
        let bytes = raw.as_bytes();
        let (mut kept, mut at) = (0, 0);
        while at < bytes.len() {
            if is_printable_ascii(bytes[at]) {
                at += bytes[at..]
                    .iter()
                    .take_while(|&&b| is_printable_ascii(b))
                    .count();
                self.context.after_simple();
                continue;
            }
            let mut rest = raw[at..].chars();
            let Some(c) = rest.next() else { break };
            let next = rest.next();
            let fate = if c == '\r' && next == Some('\n') {
                // A line ends as it does without the return: what stood before it joins nothing behind it.
                self.context.fate('\n', None);
                Fate::LineEnd
            } else {
                self.context.fate(c, next)
            };
            let end = at + c.len_utf8() + usize::from(fate == Fate::LineEnd);
            let kept_newline = fate == Fate::Newline && form == Form::Lines;
            if fate != Fate::Keep && !kept_newline {
                self.keep(raw, kept..at, source);
                self.replace(c, fate, at..end, source, form);
                kept = end;
            } else if kept_newline {
                self.keep(raw, kept..end, source);
                self.start_line();
                kept = end;
            }
            at = end;
        }
        self.keep(raw, kept..bytes.len(), source);
    }

    /// Appends the content of another writer as it stands.
    pub(super) fn append(&mut self, other: &Self) {
        self.text.push_str(&other.text);
        self.map.append(&other.map);
        self.context.after_simple();
    }

    fn keep(&mut self, raw: &str, range: Range<usize>, source: &Source) {
        let (start, len) = (range.start, range.len());
        if len == 0 {
            return;
        }
        self.text.push_str(&raw[range]);
        match source {
            Source::At(base) => self.map.push_verbatim(len, base + start),
            Source::Span(span) => self.map.push_changed(len, span.clone(), Origin::Changed),
            Source::Own => self.map.push_own(len),
        }
    }

    fn replace(&mut self, c: char, fate: Fate, range: Range<usize>, source: &Source, form: Form) {
        let before = self.text.len();
        let mut origin = Origin::Changed;
        match (fate, form) {
            (Fate::Newline | Fate::LineEnd, Form::Lines) => self.text.push('\n'),
            (Fate::Newline | Fate::LineEnd, Form::Line) => {
                self.text.push('⏎');
                origin = Origin::Revealed;
            }
            (Fate::Tab, Form::Line) => self.text.push(' '),
            (Fate::Tab, Form::Lines) => {
                let blanks = TAB_STOP - self.column_now() % TAB_STOP;
                self.text.extend(std::iter::repeat_n(' ', blanks));
            }
            (Fate::LoneMark, _) => {
                self.text.push('◌');
                self.text.push(c);
                origin = Origin::Revealed;
            }
            (Fate::Keep | Fate::Reveal, _) => {
                push_stand_in(&mut self.text, c);
                origin = Origin::Revealed;
            }
        }
        let len = self.text.len() - before;
        match source {
            Source::At(base) => {
                let span = base + range.start..base + range.end;
                self.map.push_changed(len, span, origin);
            }
            Source::Span(span) => self.map.push_changed(len, span.clone(), origin),
            Source::Own => self.map.push_own(len),
        }
        if matches!(fate, Fate::Newline | Fate::LineEnd) && form == Form::Lines {
            self.start_line();
        }
    }

    fn start_line(&mut self) {
        self.context = Context::default();
        self.column = 0;
        self.measured = self.text.len();
    }

    fn column_now(&mut self) -> usize {
        self.column += width::of(&self.text[self.measured..]);
        self.measured = self.text.len();
        self.column
    }
}

/// Appends what stands for a character that is not shown itself.
fn push_stand_in(out: &mut String, c: char) {
    match c {
        '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + u32::from(c))),
        '\x7f' => out.push('␡'),
        _ => {
            out.push_str("⟨U+");
            push_hex(out, u32::from(c));
            out.push('⟩');
        }
    }
}

fn push_hex(out: &mut String, code: u32) {
    let digits = (u32::BITS - code.leading_zeros()).div_ceil(4).max(4);
    for place in (0..digits).rev() {
        let digit = (code >> (place * 4)) & 0xf;
        out.extend(char::from_digit(digit, 16).map(|d| d.to_ascii_uppercase()));
    }
}
