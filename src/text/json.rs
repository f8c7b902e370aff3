//! JSON laid out and coloured, byte for byte as it was written.
//!
//! Works on the raw text with a lexer of its own: numbers, escapes and key order stay as the model
//! wrote them, because that is what is under review. Only blanks between tokens are replaced. Text that
//! is not strictly valid JSON is shown as it is, with the place where it stops being JSON.

use std::collections::BTreeSet;
use std::ops::Range;

use super::style::{Builder, Style, StyledText};
use lexer::{Kind, Token};

mod lexer;
#[cfg(test)]
mod tests;

/// Cells of indent per level.
const INDENT: usize = 2;

/// Levels that are indented further; deeper ones stay where they are, so that a text of brackets
/// alone does not grow with the square of its length.
const MAX_INDENTED: usize = 40;

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not JSON: {expected} expected at byte {offset}")]
pub struct Invalid {
    /// Byte offset where it stops being JSON.
    pub offset: usize,
    /// What would have to stand there.
    pub expected: &'static str,
}

/// Which objects and arrays are folded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folding {
    /// Containers nested deeper than this are folded; the outermost has depth 0.
    pub max_depth: usize,
    /// Containers with more entries than this are folded.
    pub max_entries: usize,
    /// Containers, by the source offset of their bracket, that are the other way round.
    pub toggled: BTreeSet<usize>,
}

impl Default for Folding {
    fn default() -> Self {
        Self {
            max_depth: 6,
            max_entries: 100,
            toggled: BTreeSet::new(),
        }
    }
}

impl Folding {
    /// Folds nothing.
    pub fn none() -> Self {
        Self {
            max_depth: usize::MAX,
            max_entries: usize::MAX,
            toggled: BTreeSet::new(),
        }
    }

    fn folds(&self, token: &Token, depth: usize) -> bool {
        let by_size = depth > self.max_depth || token.entries > self.max_entries;
        // The outermost one folds by hand only: a screen with nothing but a marker helps nobody.
        let folded = by_size && depth > 0;
        token.entries > 0 && folded != self.toggled.contains(&token.range.start)
    }
}

/// A container that can be folded or is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fold {
    /// Its bytes in the source; the start identifies it in [`Folding::toggled`].
    pub source: Range<usize>,
    /// Where it is shown: the marker if folded.
    pub text: Range<usize>,
    /// Keys of the object or items of the array.
    pub entries: usize,
    /// Whether it is folded.
    pub folded: bool,
}

/// JSON laid out for the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pretty {
    /// The text to show.
    pub text: StyledText,
    /// Its objects and arrays with entries that are reached without unfolding, in order.
    pub folds: Vec<Fold>,
}

impl Pretty {
    /// The innermost fold that shows the byte `offset` of the text.
    pub fn fold_at(&self, offset: usize) -> Option<&Fold> {
        let behind = self.folds.partition_point(|f| f.text.start <= offset);
        self.folds[..behind]
            .iter()
            .rev()
            .find(|f| f.text.end > offset)
    }
}

/// Whether `source` is one JSON value. The cheap first question of whoever shows an output.
pub fn is_json(source: &str) -> bool {
    lexer::lex(source).is_ok()
}

/// Whether `source` is a JSON object or array, the only ones worth laying out.
pub fn is_container(source: &str) -> bool {
    source.trim_start().starts_with(['{', '[']) && is_json(source)
}

/// Lays `source` out over lines and colours it.
pub fn pretty(source: &str, folding: &Folding) -> Result<Pretty, Invalid> {
    let tokens = lexer::lex(source)?;
    let mut printer = Printer {
        source,
        tokens: &tokens,
        folding,
        out: Builder::with_capacity(source.len() * 2),
        folds: Vec::new(),
        open: Vec::new(),
    };
    printer.print();
    Ok(Pretty {
        text: printer.out.finish(),
        folds: printer.folds,
    })
}

/// [`pretty`] where it is JSON, else the text as it is.
pub fn pretty_or_plain(source: &str, folding: &Folding) -> Pretty {
    pretty(source, folding).unwrap_or_else(|_| Pretty {
        text: StyledText::plain(source),
        folds: Vec::new(),
    })
}

/// The styles of the tokens of `source` in place, for code that keeps its own layout; up to the
/// first byte that is not JSON.
pub fn highlight(source: &str) -> Vec<(Range<usize>, Style)> {
    lexer::lex_prefix(source)
        .0
        .iter()
        .map(|token| (token.range.clone(), style(token.kind)))
        .collect()
}

fn style(kind: Kind) -> Style {
    match kind {
        Kind::Key => Style::JsonKey,
        Kind::String => Style::JsonString,
        Kind::Number => Style::JsonNumber,
        Kind::Literal => Style::JsonLiteral,
        Kind::Open | Kind::Close | Kind::Colon | Kind::Comma => Style::JsonPunct,
    }
}

/// Walks the tokens with a stack of its own: depth costs memory, not the call stack.
struct Printer<'a> {
    source: &'a str,
    tokens: &'a [Token],
    folding: &'a Folding,
    out: Builder,
    folds: Vec<Fold>,
    /// Indexes into `folds` of the containers around the current token.
    open: Vec<usize>,
}

impl Printer<'_> {
    fn print(&mut self) {
        let mut at = 0;
        while let Some(token) = self.tokens.get(at) {
            at = match token.kind {
                Kind::Open => self.opening(at),
                Kind::Close => {
                    self.closing(token);
                    at + 1
                }
                Kind::Comma => {
                    self.token(token);
                    self.new_line(self.open.len());
                    at + 1
                }
                Kind::Colon => {
                    self.token(token);
                    self.out.own(" ", Style::Plain);
                    at + 1
                }
                Kind::Key | Kind::String | Kind::Number | Kind::Literal => {
                    self.token(token);
                    at + 1
                }
            };
        }
    }

    /// Prints an opening bracket, or all of a container that is empty or folded; gives the next token.
    fn opening(&mut self, at: usize) -> usize {
        let token = &self.tokens[at];
        if token.entries == 0 {
            self.token(token);
            self.token(&self.tokens[token.close]);
            return token.close + 1;
        }
        let close = self.tokens[token.close].range.clone();
        let start = self.out.len();
        let folded = self.folding.folds(token, self.open.len());
        let fold = self.folds.len();
        if folded {
            self.marker(token, &close);
        } else {
            self.token(token);
        }
        self.folds.push(Fold {
            source: token.range.start..close.end,
            text: start..self.out.len(),
            entries: token.entries,
            folded,
        });
        if folded {
            return token.close + 1;
        }
        self.open.push(fold);
        self.new_line(self.open.len());
        at + 1
    }

    fn closing(&mut self, token: &Token) {
        let fold = self.open.pop();
        self.new_line(self.open.len());
        self.token(token);
        let end = self.out.len();
        if let Some(fold) = fold.and_then(|index| self.folds.get_mut(index)) {
            fold.text.end = end;
        }
    }

    /// `{… 12 keys}`, standing for everything between the brackets.
    fn marker(&mut self, token: &Token, close: &Range<usize>) {
        self.token(token);
        let is_object = self.source[token.range.clone()].starts_with('{');
        let noun = match (is_object, token.entries) {
            (true, 1) => "key",
            (true, _) => "keys",
            (false, 1) => "item",
            (false, _) => "items",
        };
        let content = token.range.end..close.start;
        let label = format!("… {} {noun}", token.entries);
        self.out.decoded(&label, content, Style::Dim);
        self.out
            .source(&self.source[close.clone()], close.start, Style::JsonPunct);
    }

    fn token(&mut self, token: &Token) {
        let raw = &self.source[token.range.clone()];
        self.out.source(raw, token.range.start, style(token.kind));
    }

    fn new_line(&mut self, depth: usize) {
        let cells = depth.min(MAX_INDENTED) * INDENT;
        self.out.own(new_line_and_blanks(cells), Style::Plain);
        // Continuation rows of a long string stand a step deeper than its key.
        self.out.hang(cells + INDENT, 0);
    }
}

/// One piece instead of two: a megabyte of JSON has hundreds of thousands of lines.
fn new_line_and_blanks(cells: usize) -> &'static str {
    const LINE: &str =
        "\n                                                                                ";
    &LINE[..LINE.len().min(1 + cells)]
}
