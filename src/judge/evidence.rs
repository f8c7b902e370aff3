//! Where a judge's quote stands in the output.

use std::ops::Range;

use super::data::{DATAMARK, output_text};
use super::parse::Read;
use super::subject::Subject;
use crate::domain::verdict::{Flag, Verdict};
use crate::text::sanitise::multi_line;

/// The bytes of `text` a quote stands for; blanks and line ends count as one, marks of a marked prompt as
/// blanks, and a character that the prompt showed by a stand-in is found by that stand-in.
pub fn locate(text: &str, quote: &str) -> Option<Range<usize>> {
    find(text, quote).or_else(|| {
        let shown = multi_line(text);
        let at = find(&shown.text, quote)?;
        Some(shown.map.source_range(at))
    })
}

/// Finds by characters, every run of blanks taken as one.
fn find(text: &str, quote: &str) -> Option<Range<usize>> {
    let wanted = folded(quote.trim());
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
        let c = if c.is_whitespace() || c == DATAMARK {
            ' '
        } else {
            c
        };
        if c == ' ' && blank {
            continue;
        }
        blank = c == ' ';
        folded.text.push(c);
        folded.at.extend(std::iter::repeat_n(at, c.len_utf8()));
    }
    folded
}

/// Flags a reading whose quotes stand in none of the outputs. Quotes of the request or the reference are
/// no evidence: the judge was asked for words of the output.
pub fn verify(read: &mut Read, subject: &Subject) {
    if !found(&read.evidence, subject) && !read.flags.contains(&Flag::EvidenceNotFound) {
        read.flags.push(Flag::EvidenceNotFound);
        read.flags.sort_unstable();
    }
}

/// [`verify`] for a verdict read before.
pub fn verify_verdict(verdict: &mut Verdict, subject: &Subject) {
    if !found(&verdict.evidence, subject) {
        verdict.flag(Flag::EvidenceNotFound);
    }
}

fn found(evidence: &[crate::domain::record::Quote], subject: &Subject) -> bool {
    let outputs: Vec<String> = subject.outputs.iter().map(output_text).collect();
    evidence.iter().all(|quote| {
        outputs
            .iter()
            .any(|text| locate(text, &quote.quote).is_some())
    })
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
