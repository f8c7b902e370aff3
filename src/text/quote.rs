//! Where a quote stands in a text, whatever became of its blanks.

use std::ops::Range;

use super::sanitise::multi_line;

mod plain;

pub use plain::places;

/// The sign that stands for a blank in a marked prompt; a quote from one may hold it.
pub const BLANK_MARK: char = 'ˆ';

/// The bytes of `text` a quote stands for; blanks and line ends count as one, marks of a marked prompt as
/// blanks, and a character that the prompt showed by a stand-in is found by that stand-in. What is not found so is
/// looked for without the text's markup and without regard to how its characters are composed.
pub fn locate(text: &str, quote: &str) -> Option<Range<usize>> {
    let quote = quote.trim();
    if quote.is_empty() {
        return None;
    }
    // Nearly every quote is copied as it stands.
    if let Some(start) = text.find(quote) {
        return Some(start..start + quote.len());
    }
    let found = find(text, quote).or_else(|| {
        if quote.is_ascii() {
            // No stand-in is.
            return None;
        }
        let shown = multi_line(text);
        let at = find(&shown.text, quote)?;
        Some(shown.map.source_range(at))
    });
    found.or_else(|| plain::first(text, quote))
}

/// Finds by characters, every run of blanks taken as one.
fn find(text: &str, quote: &str) -> Option<Range<usize>> {
    // A run of other characters than blanks stands the same in both: most quotes that stand nowhere end here.
    let mut runs = quote.split(is_blank);
    if !runs.all(|run| memchr::memmem::find(text.as_bytes(), run.as_bytes()).is_some()) {
        return None;
    }
    let wanted = folded(quote);
    if wanted.text.is_empty() {
        return None;
    }
    let hay = folded(text);
    let start = hay.text.find(wanted.text.trim_matches(' '))?;
    let end = start + wanted.text.trim_matches(' ').len();
    let from = *hay.at.get(start)?;
    let last = *hay.at.get(end - 1)?;
    let width = text[last..].chars().next().map_or(1, char::len_utf8);
    Some(from..last + width)
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == BLANK_MARK
}

/// A text with single blanks, and for each of its bytes the place of its character in the source.
struct Folded {
    text: String,
    at: Vec<usize>,
}

fn folded(source: &str) -> Folded {
    let mut folded = Folded {
        text: String::with_capacity(source.len()),
        at: Vec::with_capacity(source.len()),
    };
    let mut blank = false;
    for (at, c) in source.char_indices() {
        let c = if is_blank(c) { ' ' } else { c };
        if c == ' ' && blank {
            continue;
        }
        blank = c == ' ';
        folded.text.push(c);
        folded.at.extend(std::iter::repeat_n(at, c.len_utf8()));
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_found_whatever_its_blanks() {
        let text = "We refund  the\nfull amount. Tschüß.";
        for (quote, expected) in [
            ("refund the full", Some("refund  the\nfull")),
            ("  Tschüß.", Some("Tschüß.")),
            ("ˆfullˆamount", Some("full amount")),
            ("half amount", None),
            ("   ", None),
        ] {
            assert_eq!(locate(text, quote).map(|at| &text[at]), expected, "{quote}");
        }
    }

    #[test]
    fn a_quote_of_a_shown_character_leads_to_the_hidden_one() {
        let text = "level\u{200b} five";
        let at = locate(text, "level⟨U+200B⟩ five").unwrap();
        assert_eq!(&text[at], text);
    }

    proptest::proptest! {
        #[test]
        fn what_is_found_lies_in_the_text_and_every_slice_of_words_is_found(
            text in "[a-zé \\n\u{200b}日]{0,40}", quote in "[a-zé ]{0,8}"
        ) {
            if let Some(at) = locate(&text, &quote) {
                proptest::prop_assert!(text.get(at).is_some());
            }
            if !text.trim().is_empty() {
                proptest::prop_assert!(locate(&text, text.trim()).is_some());
            }
        }
    }
}
