//! JSON text to tokens, strictly after RFC 8259, without recursion and without decoding anything.

use std::ops::Range;

use super::Invalid;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    Colon,
    Comma,
    Key,
    String,
    Number,
    Literal,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// Of an opening bracket: the index of the closing one.
    pub(super) close: usize,
    /// Of an opening bracket: keys or items directly inside.
    pub(super) entries: usize,
}

/// What the grammar allows next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    /// A value or `]`, right after `[`.
    FirstItem,
    Key,
    /// A key or `}`, right after `{`.
    FirstKey,
    Colon,
    /// A comma or the end of the container.
    More,
    End,
}

impl Expect {
    fn name(self) -> &'static str {
        match self {
            Self::Value => "a value",
            Self::FirstItem => "a value or `]`",
            Self::Key => "a key",
            Self::FirstKey => "a key or `}`",
            Self::Colon => "`:`",
            Self::More => "`,` or a closing bracket",
            Self::End => "the end",
        }
    }
}

/// All tokens of a text that is one JSON value.
pub(super) fn lex(source: &str) -> Result<Vec<Token>, Invalid> {
    match lex_prefix(source) {
        (tokens, None) => Ok(tokens),
        (_, Some(invalid)) => Err(invalid),
    }
}

/// The tokens up to the first fault, and the fault.
pub(super) fn lex_prefix(source: &str) -> (Vec<Token>, Option<Invalid>) {
    let mut lexer = Lexer {
        bytes: source.as_bytes(),
        at: 0,
        tokens: Vec::with_capacity(source.len() / 8),
        open: Vec::new(),
        expect: Expect::Value,
    };
    let fault = lexer.run().err();
    (lexer.tokens, fault)
}

struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    tokens: Vec<Token>,
    /// Indexes of the opening brackets around the current place.
    open: Vec<usize>,
    expect: Expect,
}

impl Lexer<'_> {
    fn run(&mut self) -> Result<(), Invalid> {
        loop {
            self.skip_blanks();
            let Some(&byte) = self.bytes.get(self.at) else {
                return if self.expect == Expect::End {
                    Ok(())
                } else {
                    Err(self.fault(self.expect.name()))
                };
            };
            self.step(byte)?;
        }
    }

    fn step(&mut self, byte: u8) -> Result<(), Invalid> {
        use Expect::{Colon, End, FirstItem, FirstKey, Key, More, Value};
        match (byte, self.expect) {
            (b'{' | b'[', Value | FirstItem) => self.opening(byte),
            (b'}', FirstKey) | (b']', FirstItem) => self.closing(),
            (b'}' | b']', More) if self.closes(byte) => self.closing(),
            (b':', Colon) => {
                self.push(Kind::Colon, 1);
                self.expect = Value;
            }
            (b',', More) => {
                self.push(Kind::Comma, 1);
                self.expect = if self.in_object() { Key } else { Value };
            }
            (b'"', Key | FirstKey) => {
                let len = self.string()?;
                self.count_entry();
                self.push(Kind::Key, len);
                self.expect = Colon;
            }
            (b'"', Value | FirstItem) => {
                let len = self.string()?;
                self.value(Kind::String, len);
            }
            (b'-' | b'0'..=b'9', Value | FirstItem) => {
                let len = self.number()?;
                self.value(Kind::Number, len);
            }
            (b't' | b'f' | b'n', Value | FirstItem) => {
                let len = self.literal()?;
                self.value(Kind::Literal, len);
            }
            (_, expect @ (Value | FirstItem | Key | FirstKey | Colon | More | End)) => {
                return Err(self.fault(expect.name()));
            }
        }
        Ok(())
    }

    fn skip_blanks(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest
            .iter()
            .take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r'))
            .count();
    }

    fn push(&mut self, kind: Kind, len: usize) {
        self.tokens.push(Token {
            kind,
            range: self.at..self.at + len,
            close: 0,
            entries: 0,
        });
        self.at += len;
    }

    fn value(&mut self, kind: Kind, len: usize) {
        self.count_item();
        self.push(kind, len);
        self.after_value();
    }

    fn after_value(&mut self) {
        self.expect = if self.open.is_empty() {
            Expect::End
        } else {
            Expect::More
        };
    }

    fn opening(&mut self, byte: u8) {
        self.count_item();
        self.open.push(self.tokens.len());
        self.push(Kind::Open, 1);
        self.expect = if byte == b'{' {
            Expect::FirstKey
        } else {
            Expect::FirstItem
        };
    }

    fn closing(&mut self) {
        if let Some(open) = self.open.pop() {
            self.tokens[open].close = self.tokens.len();
        }
        self.push(Kind::Close, 1);
        self.after_value();
    }

    /// Values count as entries of arrays; in objects the keys do.
    fn count_item(&mut self) {
        if !self.in_object() {
            self.count_entry();
        }
    }

    fn count_entry(&mut self) {
        if let Some(&open) = self.open.last() {
            self.tokens[open].entries += 1;
        }
    }

    fn bracket(&self) -> Option<u8> {
        let open = *self.open.last()?;
        Some(self.bytes[self.tokens[open].range.start])
    }

    fn in_object(&self) -> bool {
        self.bracket() == Some(b'{')
    }

    fn closes(&self, byte: u8) -> bool {
        (byte == b'}') == self.in_object()
    }

    fn string(&self) -> Result<usize, Invalid> {
        let rest = &self.bytes[self.at..];
        let mut len = 1;
        loop {
            match rest.get(len) {
                Some(b'"') => return Ok(len + 1),
                Some(b'\\') => len += self.escape(len)?,
                Some(0..=0x1f) => {
                    return Err(fault(
                        self.at + len,
                        "an escape instead of a control character",
                    ));
                }
                Some(_) => len += 1,
                None => return Err(fault(self.at + len, "a closing `\"`")),
            }
        }
    }

    fn escape(&self, len: usize) -> Result<usize, Invalid> {
        let rest = &self.bytes[self.at + len..];
        match rest.get(1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(2),
            Some(b'u') if rest.len() >= 6 && rest[2..6].iter().all(u8::is_ascii_hexdigit) => Ok(6),
            _ => Err(fault(self.at + len, "an escape that JSON knows")),
        }
    }

    fn number(&self) -> Result<usize, Invalid> {
        let rest = &self.bytes[self.at..];
        let digits = |from: usize| {
            rest[from..]
                .iter()
                .take_while(|b| b.is_ascii_digit())
                .count()
        };
        let sign = usize::from(rest[0] == b'-');
        let whole = digits(sign);
        if whole == 0 || (whole > 1 && rest[sign] == b'0') {
            return Err(fault(self.at + sign, "a number without leading zero"));
        }
        let mut len = sign + whole;
        if rest.get(len) == Some(&b'.') {
            let fraction = digits(len + 1);
            if fraction == 0 {
                return Err(fault(self.at + len + 1, "a digit"));
            }
            len += 1 + fraction;
        }
        if matches!(rest.get(len), Some(b'e' | b'E')) {
            let signed = usize::from(matches!(rest.get(len + 1), Some(b'+' | b'-')));
            let exponent = digits(len + 1 + signed);
            if exponent == 0 {
                return Err(fault(self.at + len + 1 + signed, "a digit"));
            }
            len += 1 + signed + exponent;
        }
        Ok(len)
    }

    fn literal(&self) -> Result<usize, Invalid> {
        let rest = &self.bytes[self.at..];
        ["true", "false", "null"]
            .into_iter()
            .find(|word| rest.starts_with(word.as_bytes()))
            .map(str::len)
            .ok_or_else(|| self.fault("`true`, `false` or `null`"))
    }

    fn fault(&self, expected: &'static str) -> Invalid {
        fault(self.at, expected)
    }
}

fn fault(offset: usize, expected: &'static str) -> Invalid {
    Invalid { offset, expected }
}
