//! Code blocks: gathered whole, so that JSON in them can be coloured, then written line by line.

use std::ops::Range;

use super::layout::Layout;
use crate::text::json;
use crate::text::style::Style;

/// Indent of code, which tells it from text without colour.
const INSET: &str = "  ";

/// The text of one code block as the parser hands it out.
pub(super) struct CodeBuffer {
    info: String,
    text: String,
    /// Start in `text` and source range of each piece.
    pieces: Vec<(usize, Range<usize>)>,
}

impl CodeBuffer {
    pub(super) fn new(info: String) -> Self {
        Self {
            info,
            text: String::new(),
            pieces: Vec::new(),
        }
    }

    pub(super) fn push(&mut self, text: &str, range: Range<usize>) {
        self.pieces.push((self.text.len(), range));
        self.text.push_str(text);
    }

    /// Writes the block: its info string, then its lines.
    pub(super) fn write(&self, source: &str, block: &Range<usize>, layout: &mut Layout) {
        layout.inset = INSET;
        if !self.info.is_empty() {
            layout.open_line();
            let first = source[block.clone()].lines().next().unwrap_or("");
            match first.find(&self.info) {
                Some(at) => {
                    let start = block.start + at;
                    layout.out.source_line(&self.info, start, Style::Dim);
                }
                None => layout.out.own_line(&self.info, Style::Dim),
            }
            layout.close_line();
        }
        let tokens = if self.is_json() {
            json::highlight(&self.text)
        } else {
            Vec::new()
        };
        let mut token = 0;
        for (index, (start, range)) in self.pieces.iter().enumerate() {
            let end = self.pieces.get(index + 1).map_or(self.text.len(), |p| p.0);
            let verbatim = source.get(range.clone()) == Some(&self.text[*start..end]);
            let mut at = *start;
            for line in self.text[*start..end].split_inclusive('\n') {
                let kept = line.trim_end_matches(['\n', '\r']).len();
                layout.open_line();
                let origin = if verbatim {
                    Origin::At(range.start + (at - start))
                } else {
                    Origin::Span(range.clone())
                };
                self.line(at..at + kept, &origin, &tokens, &mut token, layout);
                if line.ends_with('\n') {
                    layout.close_line();
                }
                at += line.len();
            }
        }
        layout.close_line();
        layout.inset = "";
    }

    /// Writes one line, cut where the colour of its tokens changes.
    fn line(
        &self,
        line: Range<usize>,
        origin: &Origin,
        tokens: &[(Range<usize>, Style)],
        token: &mut usize,
        layout: &mut Layout,
    ) {
        let mut at = line.start;
        while at < line.end {
            while tokens.get(*token).is_some_and(|(range, _)| range.end <= at) {
                *token += 1;
            }
            let (end, style) = match tokens.get(*token) {
                Some((range, style)) if range.start <= at => (range.end, *style),
                Some((range, _)) => (range.start, Style::CodeBlock),
                None => (line.end, Style::CodeBlock),
            };
            let end = end.min(line.end);
            let text = &self.text[at..end];
            match origin {
                Origin::At(start) => layout.out.source(text, start + (at - line.start), style),
                Origin::Span(span) => layout.out.decoded(text, span.clone(), style),
            }
            at = end;
        }
    }

    fn is_json(&self) -> bool {
        let language = self.info.split_whitespace().next().unwrap_or("");
        language.eq_ignore_ascii_case("json")
    }
}

/// Where a line of code stands in the source.
enum Origin {
    At(usize),
    Span(Range<usize>),
}
