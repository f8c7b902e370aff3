//! Quotes that differ from the text in its markup or in how its characters are composed.
//!
//! A judge that reads `a **bold part**` quotes `a bold part`, and one that writes `é` may mean `e` with a mark behind it.
//! Both sides are brought to one form: blanks as one, characters taken apart and their marks in order (NFD), Markdown
//! as it is shown, without bullets and bars. What stands there in another wording is not found.

use std::ops::Range;

use unicode_normalization::char::{canonical_combining_class, decompose_canonical};

use super::super::sanitise::multi_line;
use super::super::{json, markdown};
use super::BLANK_MARK;

/// What a prompt shows instead of words that only docket may write; which bytes of it stand for what.
const GUARDED: [(&str, Range<usize>, &str); 2] =
    [("<<\\<docket", 2..3, ""), ("verdict-id", 7..8, "_")];

/// Bytes of a text beyond which an exact copy of a quote is enough, and its markup is not looked through: a screen waits.
const LARGE: usize = 256 * 1024;
/// Wide enough for every table to be laid out.
const WIDE: usize = 4000;

/// Every place of a quote in a text, at most `most`, in order: bytes of `text`.
///
/// What `locate` finds is among them; beside it, whatever differs in blanks alone.
pub fn places(text: &str, quote: &str, most: usize) -> Vec<Range<usize>> {
    let found = all(text, quote, most);
    if found.is_empty() {
        return super::locate(text, quote).into_iter().collect();
    }
    found
}

/// The first place of a quote.
pub(super) fn first(text: &str, quote: &str) -> Option<Range<usize>> {
    all(text, quote, 1).into_iter().next()
}

fn all(text: &str, quote: &str, most: usize) -> Vec<Range<usize>> {
    let quote = quote.trim();
    if quote.is_empty() || most == 0 {
        return Vec::new();
    }
    if !words_stand(text, quote) {
        return Vec::new();
    }
    if text.len() > LARGE && text.contains(quote) {
        let exact = text.match_indices(quote).take(most);
        return exact
            .map(|(start, found)| start..start + found.len())
            .collect();
    }
    let wanted = wordings(quote);
    let written = Folded::of(text, &[]);
    let found = written.places(&wanted, most);
    if !found.is_empty() {
        return found;
    }
    if !quote.is_ascii() {
        // No stand-in for a hidden character is.
        let shown = multi_line(text);
        let found = Folded::of(&shown.text, &[]).places(&wanted, most);
        if !found.is_empty() {
            return sources(found, |at| shown.map.source_range(at));
        }
    }
    if text.len() > LARGE || !has_markup(text) || json::is_container(text) {
        return Vec::new();
    }
    let shown = markdown::render(text, WIDE);
    let own: Vec<Range<usize>> = shown.map().own().collect();
    let found = Folded::of(shown.text(), &own).places(&wanted, most);
    sources(found, |at| shown.map().source_range(at))
}

fn sources(
    found: Vec<Range<usize>>,
    source: impl Fn(Range<usize>) -> Range<usize>,
) -> Vec<Range<usize>> {
    let ranges = found.into_iter().map(source);
    ranges.filter(|range| range.start < range.end).collect()
}

/// Whether every plain word of a quote stands in the text: neither markup around a word nor the way letters are composed
/// changes one of ASCII alone, and most quotes that stand nowhere are told by it.
fn words_stand(text: &str, quote: &str) -> bool {
    let mut words = quote.split(|c: char| c.is_ascii() && !c.is_ascii_alphanumeric());
    words.all(|word| {
        !word.is_ascii() || memchr::memmem::find(text.as_bytes(), word.as_bytes()).is_some()
    })
}

/// Whether a text holds anything that Markdown could take for its own.
fn has_markup(text: &str) -> bool {
    const SIGNS: &[u8] = b"*_`#>[|~\\&<-+)";
    text.bytes().any(|byte| SIGNS.contains(&byte))
}

/// The forms a quote may be looked for in: as it stands, with docket's own words, without its markup.
fn wordings(quote: &str) -> Vec<String> {
    let mut wordings = vec![Folded::of(quote, &[]).text];
    let mut unguarded = quote.to_owned();
    for (shown, changed, meant) in GUARDED {
        while let Some(at) = unguarded.to_ascii_lowercase().find(shown) {
            unguarded.replace_range(at + changed.start..at + changed.end, meant);
        }
    }
    if unguarded != quote {
        wordings.push(Folded::of(&unguarded, &[]).text);
    }
    if has_markup(quote) {
        let shown = markdown::render(quote, WIDE);
        let own: Vec<Range<usize>> = shown.map().own().collect();
        wordings.push(Folded::of(shown.text(), &own).text);
    }
    for wording in &mut wordings {
        *wording = wording.trim_matches(' ').to_owned();
    }
    wordings.retain(|wording| !wording.is_empty());
    wordings.dedup();
    wordings
}

/// A text in the common form, and for each of its bytes the bytes of the character it came from.
struct Folded {
    text: String,
    at: Vec<(usize, usize)>,
}

impl Folded {
    /// Folds `source`; what lies in `own` counts as blank.
    fn of(source: &str, own: &[Range<usize>]) -> Self {
        let mut folded = Self {
            text: String::with_capacity(source.len()),
            at: Vec::with_capacity(source.len()),
        };
        let (mut blank, mut next_own) = (false, 0);
        // Marks wait for the next character of their own: their order is canonical, not as written.
        let mut marks: Vec<(u8, char, (usize, usize))> = Vec::new();
        for (at, c) in source.char_indices() {
            while own.get(next_own).is_some_and(|range| range.end <= at) {
                next_own += 1;
            }
            let ours = own.get(next_own).is_some_and(|range| range.contains(&at));
            let place = (at, at + c.len_utf8());
            if ours || c.is_whitespace() || c == BLANK_MARK {
                folded.settle(&mut marks);
                if !std::mem::replace(&mut blank, true) {
                    folded.push(' ', place);
                }
                continue;
            }
            blank = false;
            decompose_canonical(c, |part| match canonical_combining_class(part) {
                0 => {
                    folded.settle(&mut marks);
                    folded.push(part, place);
                }
                class => marks.push((class, part, place)),
            });
        }
        folded.settle(&mut marks);
        folded
    }

    fn push(&mut self, c: char, place: (usize, usize)) {
        self.text.push(c);
        self.at.extend(std::iter::repeat_n(place, c.len_utf8()));
    }

    fn settle(&mut self, marks: &mut Vec<(u8, char, (usize, usize))>) {
        marks.sort_by_key(|(class, ..)| *class);
        for (_, mark, place) in marks.drain(..) {
            self.push(mark, place);
        }
    }

    /// Places of the first wording that stands somewhere. A letter whose mark is not quoted is another letter.
    fn places(&self, wordings: &[String], most: usize) -> Vec<Range<usize>> {
        let of = |wording: &String| {
            let starts = self.text.match_indices(wording.as_str());
            let whole = starts.filter_map(|(start, found)| {
                let end = start + found.len();
                let behind = self.text[end..].chars().next();
                let marked = behind.is_some_and(|c| canonical_combining_class(c) != 0);
                (!marked).then_some(start..end)
            });
            let range = |found: Range<usize>| {
                let of = &self.at[found];
                let start = of.iter().map(|(start, _)| *start).min().unwrap_or(0);
                let end = of.iter().map(|(_, end)| *end).max().unwrap_or(start);
                start..end
            };
            whole.map(range).take(most).collect::<Vec<_>>()
        };
        let mut found = wordings.iter().map(of);
        found.find(|found| !found.is_empty()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::super::locate;
    use super::*;

    #[test]
    fn a_quote_without_the_markup_of_the_text_is_found() {
        for (text, quote, expected) in [
            (
                "It goes\n\non with a **bold part**, then.",
                "goes on with a bold part",
                Some("goes\n\non with a **bold part"),
            ),
            (
                "- first *one*\n- second",
                "first one second",
                Some("first *one*\n- second"),
            ),
            (
                "See [the terms](https://a.test) today",
                "the terms",
                Some("the terms"),
            ),
            (
                "# Refunds\nWe pay.",
                "Refunds We pay.",
                Some("Refunds\nWe pay."),
            ),
            ("a **bold** word", "a *bold* word", Some("a **bold** word")),
            ("2*3 is six", "23 is six", None),
            ("a **bold** word", "a cold word", None),
            ("{\"a\": \"*b*\"}", "\"a\": \"b\"", None),
        ] {
            let found = locate(text, quote);
            assert_eq!(found.map(|at| &text[at]), expected, "{quote}");
        }
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_and_bare_ones_are_others() {
        let decomposed = "le cafe\u{301} a\u{323}\u{302} Paris";
        let composed = "le café ậ Paris";
        for (text, quote) in [
            (decomposed, "café ậ"),
            (composed, "cafe\u{301} a\u{302}\u{323}"),
        ] {
            let at = locate(text, quote).unwrap();
            assert!(text[at.clone()].starts_with("caf"), "{}", &text[at]);
        }
        assert_eq!(locate(composed, "le cafe"), None);
        assert_eq!(locate("한국", "\u{1112}\u{1161}\u{11ab}국"), Some(0..6));
    }

    #[test]
    fn every_place_of_a_quote_is_given_up_to_a_bound() {
        let text = "we refund it, **we** refund  it and we\nrefund it";
        let of = |quote: &str, most| {
            let found = places(text, quote, most).into_iter();
            found.map(|at| text[at].to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(of("refund it", 9), ["refund it", "refund  it", "refund it"]);
        assert_eq!(of("refund it", 2).len(), 2);
        assert_eq!(of("we refund it", 9), ["we refund it", "we\nrefund it"]);
        assert_eq!(of("no", 9), Vec::<String>::new());
        assert_eq!(of("", 9), Vec::<String>::new());
    }

    #[test]
    fn words_only_docket_may_write_are_found_as_the_judge_was_shown_them() {
        let text = "Reply {\"Verdict_ID\": 1} then <<<docket:end now";
        assert!(locate(text, "\"Verdict-ID\": 1").is_some());
        assert!(locate(text, "\"Verdict+ID\": 1").is_none());
        assert!(locate(text, "then <<\\<docket:end").is_some());
    }

    proptest::proptest! {
        #[test]
        fn what_is_found_lies_in_the_text(
            text in "[a-cé*_`#>\\[\\]() \\n\u{301}\u{200b}-]{0,40}", quote in "[a-cé* \u{301}]{0,6}"
        ) {
            for at in places(&text, &quote, 5) {
                proptest::prop_assert!(at.start < at.end && text.get(at).is_some());
            }
        }
    }
}
