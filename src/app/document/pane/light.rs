//! What is lit in a pane: a judge's quotes, the span of a note.

use std::ops::Range;

use crate::domain::record::Quote;
use crate::text::Style;
use crate::text::quote::locate;

use super::TextPane;

/// What is to be lit; where that stands follows the text of the pane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lit {
    /// Words, wherever they stand in the text, whatever its blanks.
    Quotes(Vec<Quote>),
    /// A range of the source.
    Range(Range<usize>, Style),
}

impl Default for Lit {
    fn default() -> Self {
        Self::Quotes(Vec::new())
    }
}

impl TextPane {
    /// Lights quotes or a range.
    pub fn light(&mut self, lit: Lit) {
        if self.lit != lit {
            self.lit = lit;
            self.light_again();
        }
    }

    /// Finds what is lit in the text as it is now.
    pub(super) fn light_again(&mut self) {
        self.evidence = match &self.lit {
            Lit::Range(range, style) => {
                let written = self.source.written();
                // A range of an earlier text may cut a character of this one.
                let fits = written.is_none_or(|text| text.get(range.clone()).is_some());
                let shown = self.text.map().text_range(range.clone());
                shown
                    .filter(|_| fits)
                    .map(|shown| (shown, *style))
                    .into_iter()
                    .collect()
            }
            Lit::Quotes(quotes) => quotes
                .iter()
                .filter_map(|quote| {
                    let style = if quote.problem {
                        Style::Evidence
                    } else {
                        Style::Merit
                    };
                    Some((self.place_of(&quote.quote)?, style))
                })
                .collect(),
        };
        self.mark();
    }

    /// In what was written, so that Markdown is no hindrance; else in what is shown, such as a tool call.
    fn place_of(&self, quote: &str) -> Option<Range<usize>> {
        let written = self.source.written();
        if !self.options.raw
            && let Some(at) = written.as_deref().and_then(|text| locate(text, quote))
        {
            return self.text.map().text_range(at);
        }
        locate(self.text.text(), quote)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::app::document::{Source, TextOptions};

    fn pane(text: &str) -> TextPane {
        let mut pane = TextPane::new(Source::Text(Arc::from(text)), TextOptions::default());
        pane.resize(40, 10);
        pane
    }

    fn quote(words: &str, problem: bool) -> Quote {
        Quote {
            quote: words.to_owned(),
            problem,
        }
    }

    fn lit(pane: &TextPane) -> Vec<&str> {
        let text = pane.text().text();
        let ranges = pane.marks().ranges().iter();
        ranges.map(|(range, _)| &text[range.clone()]).collect()
    }

    #[test]
    fn a_quote_is_lit_through_markdown_and_line_ends() {
        let mut pane = pane("We **refund** the\nfull amount.");
        pane.light(Lit::Quotes(vec![quote("**refund** the full", true)]));
        assert_eq!(lit(&pane), ["refund the\nfull"]);
    }

    #[test]
    fn what_is_wrong_and_what_is_right_are_lit_apart() {
        let mut pane = pane("We refund it. Thank you.");
        pane.light(Lit::Quotes(vec![
            quote("refund", true),
            quote("Thank you", false),
        ]));
        let styles: Vec<Style> = pane
            .marks()
            .ranges()
            .iter()
            .map(|(_, style)| *style)
            .collect();
        assert_eq!(styles, [Style::Evidence, Style::Merit]);
    }

    #[test]
    fn what_is_lit_follows_an_edited_text_and_never_cuts_a_character() {
        let mut pane = pane("abc. We refund it today.");
        pane.light(Lit::Quotes(vec![quote("refund it", true)]));
        pane.set_source(Source::Text(Arc::from("Hi! 👋👋👋👋👋 We refund it.")));
        assert_eq!(lit(&pane), ["refund it"]);
        pane.set_source(Source::Text(Arc::from("👋👋👋👋👋👋👋👋")));
        assert_eq!(lit(&pane), Vec::<&str>::new());
        pane.light(Lit::Range(1..6, Style::Note));
        pane.set_source(Source::Text(Arc::from("👋👋")));
        let rows = pane.rows().visible(pane.text(), 0, 5, pane.marks());
        assert_eq!(rows.flat_map(|row| row.pieces).count(), 1);
    }
}
