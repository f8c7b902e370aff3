//! From tokens to the tree.
//!
//! `or` binds least, then terms side by side (or `and`), then `not` and `-`.

use thiserror::Error;

use super::field::{Measure, TABLE, Thing, WordField};
use super::lex::{Lexer, Token, TokenKind, Value};
use super::{Expr, Filter, MAX_BYTES, MAX_DEPTH, MAX_TERMS, Op, Test, Word, value};
use crate::domain::nearest::nearest;

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

fn parse(text: &str, questions: Option<&[&str]>) -> Result<Filter, FilterError> {
    if text.len() > MAX_BYTES {
        return Err(FilterError::new(
            "",
            0,
            format!("the filter has more than {MAX_BYTES} bytes"),
            "use fewer terms, or a tag that stands for them",
        ));
    }
    let tokens = Lexer::new(text).tokens()?;
    let mut parser = Parser {
        text,
        questions,
        tokens,
        at: 0,
        depth: 0,
        terms: 0,
    };
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
}

/// The words with a meaning of their own, in any case, unless quoted.
fn keyword(token: &Token, word: &str) -> bool {
    matches!(&token.kind, TokenKind::Word(value) if !value.quoted && value.text.eq_ignore_ascii_case(word))
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

    fn term(
        &mut self,
        start: usize,
        field: &str,
        op: &str,
        values: &[Value],
    ) -> Result<Expr, FilterError> {
        if let Some(empty) = values
            .iter()
            .find(|value| value.text.is_empty() && !value.quoted && !value.star)
        {
            return Err(self.error(
                empty.end,
                format!("`{field}{op}` needs a value"),
                self.example(field),
            ));
        }
        let lower = field.to_lowercase();
        let (op, negate) = if op == "!=" { (":", true) } else { (op, false) };
        let expr = self.any_of(start, field, &lower, op, values)?;
        Ok(if negate { expr.negate() } else { expr })
    }

    fn any_of(
        &mut self,
        start: usize,
        field: &str,
        lower: &str,
        op: &str,
        values: &[Value],
    ) -> Result<Expr, FilterError> {
        if let Some(word) = WordField::ALL.into_iter().find(|word| word.name() == lower) {
            self.equality(start, lower, op)?;
            return self.words(start, word, values);
        }
        let mut parts = Vec::new();
        for value in values {
            let part = match lower {
                "text" | "has" | "no" | "mine" => {
                    self.equality(start, lower, op)?;
                    match lower {
                        "text" => self.text(value)?,
                        "mine" => self.mine(value)?,
                        _ => self.has(value)?,
                    }
                }
                "time" => self.time(op, value)?,
                _ => {
                    let measure = self.measure(start, field, lower)?;
                    self.compare(&measure, op, value)?
                }
            };
            parts.push(part);
        }
        let several = parts.len() > 1;
        if several && !matches!(op, ":" | "=") {
            return Err(self.error(
                start,
                format!("`{lower}{op}` takes one value"),
                "commas mean any of, which needs `:`",
            ));
        }
        let Some(any) = Expr::any(parts) else {
            return Err(self.error(start, "a value is missing", self.example(field)));
        };
        Ok(if lower == "no" { any.negate() } else { any })
    }

    fn equality(&self, start: usize, field: &str, op: &str) -> Result<(), FilterError> {
        if matches!(op, ":" | "=") {
            return Ok(());
        }
        Err(self.error(
            start,
            format!("`{field}` holds words and has no order for `{op}`"),
            self.example(field),
        ))
    }

    fn words(
        &mut self,
        start: usize,
        field: WordField,
        values: &[Value],
    ) -> Result<Expr, FilterError> {
        let mut any = Vec::with_capacity(values.len());
        for value in values {
            let closed = field.closed_words();
            let lower = value.text.to_lowercase();
            if !closed.is_empty() && !value.star && !closed.contains(&lower.as_str()) {
                let hint = match nearest(&lower, closed.iter().copied()) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("there are: {}", closed.join(", ")),
                };
                return Err(self.error(
                    value.start,
                    format!("`{}` is no {}", value.text, field.name()),
                    hint,
                ));
            }
            let text = if closed.is_empty() {
                value.text.clone()
            } else {
                lower
            };
            any.push(Word {
                text,
                prefix: value.star,
            });
        }
        self.terms += values.len() - 1;
        self.test(start, Test::Is { field, any })
    }

    fn has(&mut self, value: &Value) -> Result<Expr, FilterError> {
        let Some(thing) = Thing::named(&value.text) else {
            let known = Thing::ALL.map(Thing::name);
            let hint = match nearest(&value.text, known) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are: {}", known.join(", ")),
            };
            return Err(self.error(
                value.start,
                format!("a ticket cannot have `{}`", value.text),
                hint,
            ));
        };
        self.test(value.start, Test::Has(thing))
    }

    fn mine(&mut self, value: &Value) -> Result<Expr, FilterError> {
        let mine = match value.text.to_lowercase().as_str() {
            "yes" | "true" => true,
            "no" | "false" => false,
            _ => {
                return Err(self.error(
                    value.start,
                    "`mine` is yes or no",
                    "write `mine:yes` or `mine:no`",
                ));
            }
        };
        let test = self.test(value.start, Test::Mine)?;
        Ok(if mine { test } else { test.negate() })
    }

    fn measure(&self, start: usize, field: &str, lower: &str) -> Result<Measure, FilterError> {
        if let Some(measure) = Measure::ALL
            .into_iter()
            .find(|measure| measure.name() == lower)
        {
            return Ok(measure);
        }
        let named = if lower.starts_with("level.") {
            field.get("level.".len()..)
        } else {
            None
        };
        let asked = named.unwrap_or(field);
        match self.questions {
            Some(questions) => {
                if let Some(question) = questions
                    .iter()
                    .find(|question| question.eq_ignore_ascii_case(asked))
                {
                    return Ok(Measure::Level((*question).to_owned()));
                }
            }
            None if named.is_some_and(crate::domain::rubric::valid_id) => {
                return Ok(Measure::Level(asked.to_owned()));
            }
            None => {}
        }
        let questions = self.questions.unwrap_or_default();
        let known: Vec<&str> = TABLE
            .iter()
            .map(|info| info.name)
            .filter(|name| *name != "level")
            .collect();
        let near = nearest(
            asked,
            questions.iter().copied().chain(known.iter().copied()),
        );
        let hint = match near {
            Some(near) if named.is_some() && questions.contains(&near) => {
                format!("did you mean `level.{near}`?")
            }
            Some(near) => format!("did you mean `{near}`?"),
            None if named.is_some() || lower == "level" => {
                "write `level.` and the id of a question, such as `level.tone<=2`".to_owned()
            }
            None => format!(
                "there are: {}; put the text in quotes to search for it",
                known.join(", ")
            ),
        };
        let what = if named.is_some() { "question" } else { "field" };
        Err(self.error(start, format!("unknown {what} `{asked}`"), hint))
    }

    fn compare(&mut self, measure: &Measure, op: &str, value: &Value) -> Result<Expr, FilterError> {
        if value.star {
            return Err(self.error(
                value.start,
                format!("`{}` holds numbers, which have no endings", measure.name()),
                self.example(&measure.name()),
            ));
        }
        let read = |text: &str| value::number(measure, text);
        let refuse = |hint| {
            self.error(
                value.start,
                format!("`{}` is no number for `{}`", value.text, measure.name()),
                hint,
            )
        };
        if let (":" | "=", Some((low, high))) = (op, value.text.split_once("..")) {
            let (low, high) = (read(low).map_err(refuse)?, read(high).map_err(refuse)?);
            let low = self.test(
                value.start,
                Test::Compare {
                    measure: measure.clone(),
                    op: Op::Ge,
                    value: low,
                },
            )?;
            let high = self.test(
                value.start,
                Test::Compare {
                    measure: measure.clone(),
                    op: Op::Le,
                    value: high,
                },
            )?;
            return Ok(Expr::And(vec![low, high]));
        }
        let number = read(&value.text).map_err(refuse)?;
        self.test(
            value.start,
            Test::Compare {
                measure: measure.clone(),
                op: operator(op),
                value: number,
            },
        )
    }

    /// A day means all of it: `time>2026-10-01` begins with the next day.
    fn time(&mut self, op: &str, value: &Value) -> Result<Expr, FilterError> {
        let refuse = |hint| self.error(value.start, format!("`{}` is no time", value.text), hint);
        let ends = value
            .text
            .split_once("..")
            .filter(|_| matches!(op, ":" | "="));
        let (from, to) = match ends {
            Some((from, to)) => (
                value::moment(from).map_err(refuse)?,
                value::moment(to).map_err(refuse)?,
            ),
            None => {
                let span = value::moment(&value.text).map_err(refuse)?;
                (span, span)
            }
        };
        let mut test = |op, millis| self.test(value.start, Test::Time { op, millis });
        match operator(op) {
            Op::Eq => Ok(Expr::And(vec![test(Op::Ge, from.0)?, test(Op::Lt, to.1)?])),
            Op::Lt => test(Op::Lt, from.0),
            Op::Le => test(Op::Lt, to.1),
            Op::Gt => test(Op::Ge, to.1),
            Op::Ge => test(Op::Ge, from.0),
        }
    }

    fn example(&self, field: &str) -> String {
        let name = if field.to_lowercase().starts_with("level.") {
            "level"
        } else {
            field
        };
        match TABLE
            .iter()
            .find(|info| info.name.eq_ignore_ascii_case(name))
        {
            Some(info) => format!("write for example `{}`", info.example),
            None => "write for example `tag:billing`".to_owned(),
        }
    }
}

fn operator(op: &str) -> Op {
    match op {
        "<" => Op::Lt,
        "<=" => Op::Le,
        ">" => Op::Gt,
        ">=" => Op::Ge,
        _ => Op::Eq,
    }
}
