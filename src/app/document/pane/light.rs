//! What is lit in a pane: a judge's quotes, the span of a note.

use std::ops::Range;

use crate::domain::record::Quote;
use crate::text::Style;
use crate::text::quote::places;

use super::TextPane;

/// Places of one quote that are lit; a word that stands everywhere says nothing by it.
const PLACES: usize = 40;

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
            Lit::Quotes(quotes) => {
                // Where they overlap the later one is seen: what is wrong comes last.
                let merits = quotes.iter().filter(|quote| !quote.problem);
                let ordered = merits.chain(quotes.iter().filter(|quote| quote.problem));
                let places = ordered.flat_map(|quote| {
                    let style = if quote.problem {
                        Style::Evidence
                    } else {
                        Style::Merit
                    };
                    let places = self.places_of(&quote.quote);
                    places.into_iter().map(move |place| (place, style))
                });
                places.collect()
            }
        };
        self.mark();
    }

    /// Scrolls to the first place of the first of these quotes that stands here; whether one does.
    pub fn show_quote(&mut self, quotes: &[Quote]) -> bool {
        let mut places = quotes.iter().filter_map(|quote| {
            let places = self.places_of(&quote.quote);
            places.into_iter().map(|place| place.start).min()
        });
        let Some(at) = places.next() else {
            return false;
        };
        self.rows.extend(&self.text, at + super::FIRST_SLICE);
        let row = self.rows.row_at(at);
        let above = self.height / 4;
        self.selection = None;
        self.show_from(row.saturating_sub(above));
        true
    }

    /// In what was written, so that Markdown is no hindrance; else in what is shown, such as a tool call.
    fn places_of(&self, quote: &str) -> Vec<Range<usize>> {
        let written = self.source.written();
        if !self.options.raw
            && let Some(text) = written.as_deref()
        {
            let places = places(text, quote, PLACES).into_iter();
            let shown: Vec<_> = places
                .filter_map(|at| self.text.map().text_range(at))
                .collect();
            if !shown.is_empty() {
                return shown;
            }
        }
        places(self.text.text(), quote, PLACES)
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
    fn what_is_wrong_is_seen_through_what_is_right_about_it() {
        let mut pane = pane("We refund it all. Thank you.");
        pane.light(Lit::Quotes(vec![
            quote("refund it", true),
            quote("We refund it all", false),
        ]));
        assert_eq!(lit(&pane), ["We ", "refund it", " all"]);
        assert_eq!(pane.marks().ranges()[1].1, Style::Evidence);
    }

    #[test]
    fn a_quote_that_stands_twice_is_lit_twice() {
        let mut pane = pane("No refund. I said **no** refund, no\nrefund.");
        pane.light(Lit::Quotes(vec![quote("no refund", true)]));
        assert_eq!(lit(&pane), ["no\nrefund"]);
        pane.light(Lit::Quotes(vec![quote("refund", true)]));
        assert_eq!(lit(&pane), ["refund", "refund", "refund"]);
    }

    #[test]
    fn a_quote_is_lit_whatever_its_markup_and_how_its_letters_are_composed() {
        let mut pane = pane("It goes\n\non with a **bold part** in the cafe\u{301}.");
        pane.light(Lit::Quotes(vec![
            quote("goes on with a bold part", true),
            quote("café", false),
        ]));
        assert_eq!(lit(&pane), ["goes\n\non with a bold part", "cafe\u{301}"]);
    }

    #[test]
    fn a_quote_far_down_is_brought_into_sight() {
        let text = format!(
            "{}The date is wrong.\n{}",
            "line\n\n".repeat(200),
            "end\n\n".repeat(50)
        );
        let mut pane = pane(&text);
        assert!(!pane.show_quote(&[quote("nowhere", true)]));
        assert!(pane.show_quote(&[quote("nowhere", true), quote("date is wrong", true)]));
        let rows = pane
            .rows()
            .visible(pane.text(), pane.top(), pane.height(), pane.marks());
        let shown: Vec<&str> = rows
            .flat_map(|row| row.pieces)
            .map(|piece| piece.text)
            .collect();
        assert!(shown.concat().contains("date is wrong"), "{shown:?}");
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
