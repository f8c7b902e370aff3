//! From tokens to the tree.
//!
//! `or` binds least, then terms side by side (or `and`), then `not` and `-`.

mod term;

use thiserror::Error;

use super::field::Thing;
use super::lex::{Lexer, Token, TokenKind, Value};
use super::{Expr, Filter, MAX_BYTES, MAX_DEPTH, MAX_TERMS, Test};

/// Why a text is no filter.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("cannot read the filter at column {column}: {message}")]
pub struct FilterError {
    /// Byte offset of the fault.
    pub offset: usize,
    /// The same in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl FilterError {
    /// What to do, with the place that lists everything a filter may say.
    pub fn way_on(&self) -> String {
        format!("{}; docs/filters.md lists what a filter may say", self.hint)
    }

    pub(super) fn new(
        text: &str,
        offset: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Self {
        let column = text
            .char_indices()
            .take_while(|(at, _)| *at < offset)
            .count()
            + 1;
        Self {
            offset,
            column,
            message: message.into(),
            hint: hint.into(),
        }
    }
}

impl Filter {
    /// Reads a filter where no rubric is known: levels are asked for as `level.<question>`, whatever the question.
    pub fn parse(text: &str) -> Result<Self, FilterError> {
        parse(text, None)
    }

    /// Reads a filter over tickets of one rubric: its questions may be named bare (`tone<=2`), others are refused.
    pub fn parse_for(text: &str, questions: &[&str]) -> Result<Self, FilterError> {
        parse(text, Some(questions))
    }
}

/// The unquoted words a filter searches the text for, each with its byte offset. None of a text that is no filter.
pub(in crate::domain) fn bare_words(text: &str) -> Vec<(usize, String)> {
    let read = |text| -> Result<Vec<(usize, String)>, FilterError> {
        let mut parser = Parser::new(text, None)?;
        parser.either()?;
        Ok(parser.bare)
    };
    read(text).unwrap_or_default()
}

fn parse(text: &str, questions: Option<&[&str]>) -> Result<Filter, FilterError> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::new(
            "",
            0,
            format!("the filter has more than {MAX_BYTES} bytes"),
            "use fewer terms, or a tag that stands for them",
        ));
    }
    let mut parser = Parser::new(text, questions)?;
    if parser.tokens.is_empty() {
        return Ok(Filter::all());
    }
    let root = parser.either()?;
    match parser.peek() {
        None => Ok(Filter { root: Some(root) }),
        Some(token) => {
            let start = token.start;
            Err(parser.error(
                start,
                "this bracket closes nothing",
                "remove it, or add an opening one",
            ))
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    questions: Option<&'a [&'a str]>,
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    terms: usize,
    /// Unquoted words that search the text, with their offsets.
    bare: Vec<(usize, String)>,
}

/// The words with a meaning of their own, in any case, unless quoted.
fn keyword(token: &Token, word: &str) -> bool {
    matches!(&token.kind, TokenKind::Word(value) if !value.quoted && value.text.eq_ignore_ascii_case(word))
}

impl<'a> Parser<'a> {
    fn new(text: &'a str, questions: Option<&'a [&'a str]>) -> Result<Self, FilterError> {
        Ok(Self {
            text,
            questions,
            tokens: Lexer::new(text).tokens()?,
            at: 0,
            depth: 0,
            terms: 0,
            bare: Vec::new(),
        })
    }
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next_is(&self, word: &str) -> bool {
        self.peek().is_some_and(|token| keyword(token, word))
    }

    fn error(
        &self,
        offset: usize,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> FilterError {
        FilterError::new(self.text, offset, message, hint)
    }

    fn either(&mut self) -> Result<Expr, FilterError> {
        let first = self.together()?;
        let mut parts = vec![first.clone()];
        while self.next_is("or") {
            self.at += 1;
            parts.push(self.together()?);
        }
        Ok(Expr::any(parts).unwrap_or(first))
    }

    fn together(&mut self) -> Result<Expr, FilterError> {
        let first = self.one()?;
        let mut parts = vec![first.clone()];
        loop {
            if self.next_is("and") {
                self.at += 1;
            } else if self.next_is("or")
                || self
                    .peek()
                    .is_none_or(|token| token.kind == TokenKind::Close)
            {
                return Ok(Expr::all(parts).unwrap_or(first));
            }
            parts.push(self.one()?);
        }
    }

    fn one(&mut self) -> Result<Expr, FilterError> {
        self.depth += 1;
        let expr = self.one_below();
        self.depth -= 1;
        expr
    }

    fn one_below(&mut self) -> Result<Expr, FilterError> {
        let Some(token) = self.peek().cloned() else {
            return Err(self.error(
                self.text.len(),
                "the filter ends where a term is expected",
                "add a term such as `tag:billing`, or remove the last word",
            ));
        };
        if self.depth > MAX_DEPTH {
            return Err(self.error(
                token.start,
                format!("more than {MAX_DEPTH} levels of brackets and negations"),
                "use fewer",
            ));
        }
        self.at += 1;
        if token.kind == TokenKind::Minus || keyword(&token, "not") {
            return self.one().map(Expr::negate);
        }
        for word in ["and", "or"] {
            if keyword(&token, word) {
                return Err(self.error(
                    token.start,
                    format!("`{word}` stands between two terms"),
                    format!("put \"{word}\" in quotes to search for the word"),
                ));
            }
        }
        match token.kind {
            TokenKind::Open => self.bracketed(token.start),
            TokenKind::Close => Err(self.error(
                token.start,
                "a term is expected before this bracket",
                "write a term such as `tag:billing`",
            )),
            TokenKind::Word(word) => self.word(&word),
            TokenKind::Term { field, op, values } => self.term(token.start, &field, &op, &values),
            // Handled above; a lone dash is a word to the lexer.
            TokenKind::Minus => self.one().map(Expr::negate),
        }
    }

    fn bracketed(&mut self, start: usize) -> Result<Expr, FilterError> {
        let inner = self.either()?;
        if self
            .peek()
            .is_some_and(|token| token.kind == TokenKind::Close)
        {
            self.at += 1;
            return Ok(inner);
        }
        Err(self.error(start, "this bracket is never closed", "add a closing one"))
    }

    fn test(&mut self, offset: usize, test: Test) -> Result<Expr, FilterError> {
        self.terms += 1;
        if self.terms > MAX_TERMS {
            return Err(self.error(
                offset,
                format!("more than {MAX_TERMS} terms"),
                "use fewer, or a tag that stands for them",
            ));
        }
        Ok(Expr::Test(test))
    }

    /// A bare word searches the text, save `has note` and `no flag`, which mean `has:note` and `no:flag`.
    fn word(&mut self, word: &Value) -> Result<Expr, FilterError> {
        let has = ["has", "no"]
            .into_iter()
            .find(|has| !word.quoted && word.text.eq_ignore_ascii_case(has));
        let thing = match self.peek().map(|token| &token.kind) {
            Some(TokenKind::Word(next)) if !next.quoted => Thing::named(&next.text),
            _ => None,
        };
        if let (Some(has), Some(thing)) = (has, thing) {
            self.at += 1;
            let test = self.test(word.start, Test::Has(thing))?;
            return Ok(if has == "no" { test.negate() } else { test });
        }
        if !word.quoted {
            self.bare.push((word.start, word.text.clone()));
        }
        self.text(word)
    }

    fn text(&mut self, word: &Value) -> Result<Expr, FilterError> {
        if word.text.is_empty() {
            return Err(self.error(
                word.start,
                "there is nothing to search for",
                "write a word between the quotes, or remove them",
            ));
        }
        self.test(word.start, Test::Text(word.text.clone()))
    }
}
