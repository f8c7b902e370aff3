//! From characters to tokens.

use super::parse::FilterError;

/// A token at its byte range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TokenKind {
    Open,
    Close,
    /// `-` right before what it negates.
    Minus,
    /// A word, or a text in quotes.
    Word(Value),
    /// `field op value,value`.
    Term {
        field: String,
        op: String,
        values: Vec<Value>,
    },
}

/// A word as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Value {
    pub(super) text: String,
    pub(super) quoted: bool,
    /// Whether it ends in an unquoted `*`, which is not part of the text.
    pub(super) star: bool,
    pub(super) start: usize,
    pub(super) end: usize,
}

const OPERATORS: [&str; 7] = [">=", "<=", "!=", ":", "=", "<", ">"];

pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn tokens(mut self) -> Result<Vec<Token>, FilterError> {
        let mut tokens = Vec::new();
        while let Some(c) = self.peek() {
            let start = self.at;
            if c.is_whitespace() {
                self.at += c.len_utf8();
                continue;
            }
            let kind = match c {
                '(' => self.single(TokenKind::Open),
                ')' => self.single(TokenKind::Close),
                '-' if self.rest()[1..].starts_with(|c: char| !c.is_whitespace() && c != ')') => {
                    self.single(TokenKind::Minus)
                }
                _ => self.term_or_word()?,
            };
            tokens.push(Token {
                kind,
                start,
                end: self.at,
            });
        }
        Ok(tokens)
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn single(&mut self, kind: TokenKind) -> TokenKind {
        self.at += 1;
        kind
    }

    fn term_or_word(&mut self) -> Result<TokenKind, FilterError> {
        let rest = self.rest();
        let name = rest
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '-')))
            .unwrap_or(rest.len());
        let op = OPERATORS
            .into_iter()
            .find(|op| rest[name..].starts_with(op));
        let (Some(op), true) = (op, rest.starts_with(char::is_alphabetic)) else {
            return Ok(TokenKind::Word(self.value(&[])?));
        };
        let field = rest[..name].to_owned();
        self.at += name + op.len();
        let mut values = vec![self.value(&[','])?];
        while self.peek() == Some(',') {
            self.at += 1;
            values.push(self.value(&[','])?);
        }
        Ok(TokenKind::Term {
            field,
            op: op.to_owned(),
            values,
        })
    }

    /// A value up to a space, parenthesis, quote or one of `stops`; possibly empty.
    fn value(&mut self, stops: &[char]) -> Result<Value, FilterError> {
        let start = self.at;
        match self.peek() {
            Some('"') => return self.quoted('"', stops),
            // Quotes as word processors write them.
            Some('“' | '”') => return self.quoted('”', stops),
            _ => {}
        }
        let ends = |c: char| {
            c.is_whitespace() || matches!(c, '(' | ')' | '"' | '“' | '”') || stops.contains(&c)
        };
        let rest = self.rest();
        let length = rest.find(ends).unwrap_or(rest.len());
        self.at += length;
        let (text, star) = match rest[..length].strip_suffix('*') {
            Some(text) if !stops.is_empty() => (text, true),
            _ => (&rest[..length], false),
        };
        Ok(Value {
            text: text.to_owned(),
            quoted: false,
            star,
            start,
            end: self.at,
        })
    }

    fn quoted(&mut self, close: char, stops: &[char]) -> Result<Value, FilterError> {
        let start = self.at;
        let mut text = String::new();
        let mut chars = self.rest().char_indices().skip(1);
        while let Some((at, c)) = chars.next() {
            match c {
                '\\' => text.extend(chars.next().map(|(_, escaped)| escaped)),
                c if c == close => {
                    self.at = start + at + c.len_utf8();
                    let star = !stops.is_empty() && self.peek() == Some('*');
                    self.at += usize::from(star);
                    return Ok(Value {
                        text,
                        quoted: true,
                        star,
                        start,
                        end: self.at,
                    });
                }
                c => text.push(c),
            }
        }
        Err(FilterError::new(
            self.text,
            start,
            "the quote is never closed",
            format!("add a closing {close}"),
        ))
    }
}
