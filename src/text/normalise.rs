//! The form in which two requests count as the same.
//!
//! NFKC, lower case, runs of letters and digits (with the marks that belong to them) joined by one
//! blank; everything else only separates. Clusters, near-duplicates and the train/eval overlap are all
//! computed on this form, so it must never change for a given text. Depends on nothing else here.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Bytes gathered before they are handed on.
const CHUNK: usize = 1024;

/// The normalised form of `text`.
pub fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    normalise_into(text, |piece| out.push_str(piece));
    out
}

/// Hands the normalised form of `text` to `sink` piece by piece, for hashing without a copy.
///
/// The pieces are cut anywhere between characters; only their concatenation means something.
pub fn normalise_into(text: &str, sink: impl FnMut(&str)) {
    let mut joiner = Joiner {
        sink,
        chunk: String::with_capacity(CHUNK + 8),
        state: State::Nothing,
    };
    let mut rest = text;
    while !rest.is_empty() {
        let ascii = rest.bytes().take_while(u8::is_ascii).count();
        // The last plain character may compose with a mark behind it.
        let plain = if ascii == rest.len() {
            ascii
        } else {
            ascii.saturating_sub(1)
        };
        joiner.ascii(&rest.as_bytes()[..plain]);
        rest = &rest[plain..];
        // A plain character never composes with what stands before it, so the next one ends the
        // stretch that has to be normalised as a whole.
        let end = rest
            .bytes()
            .skip(1)
            .position(|b| b.is_ascii())
            .map_or(rest.len(), |at| at + 1);
        let (stretch, behind) = rest.split_at(end);
        for c in stretch.nfkc().flat_map(char::to_lowercase) {
            joiner.char(c);
        }
        rest = behind;
    }
    joiner.flush();
}

#[derive(PartialEq, Eq)]
enum State {
    Nothing,
    InRun,
    AfterRun,
}

struct Joiner<F> {
    sink: F,
    chunk: String,
    state: State,
}

impl<F: FnMut(&str)> Joiner<F> {
    fn ascii(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if byte.is_ascii_alphanumeric() {
                self.push(char::from(byte.to_ascii_lowercase()));
            } else {
                self.separate();
            }
        }
    }

    fn char(&mut self, c: char) {
        if c.is_alphanumeric() || (is_combining_mark(c) && self.state == State::InRun) {
            self.push(c);
        } else {
            self.separate();
        }
    }

    fn separate(&mut self) {
        if self.state == State::InRun {
            self.state = State::AfterRun;
        }
    }

    fn push(&mut self, c: char) {
        if self.state == State::AfterRun {
            self.chunk.push(' ');
        }
        self.state = State::InRun;
        self.chunk.push(c);
        if self.chunk.len() >= CHUNK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        if !self.chunk.is_empty() {
            (self.sink)(&self.chunk);
            self.chunk.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_punctuation_and_width_make_no_difference() {
        for (text, expected) in [
            ("  Hello,\tWORLD!! ", "hello world"),
            ("it's 3.5-ish", "it s 3 5 ish"),
            ("Ｆｕｌｌ ｗｉｄｔｈ①", "full width1"),
            ("Cafe\u{301} CAFÉ", "café café"),
            ("ΟΔΟΣ", "οδοσ"),
            ("हिन्दी", "हिन्दी"),
            ("東京、大阪", "東京 大阪"),
            ("—…!", ""),
            ("", ""),
        ] {
            assert_eq!(normalise(text), expected, "{text}");
        }
    }

    #[test]
    fn long_texts_arrive_in_pieces_that_join_to_the_whole() {
        let text = "word é ".repeat(2000);
        let mut pieces = Vec::new();
        normalise_into(&text, |piece| pieces.push(piece.to_owned()));
        assert!(pieces.len() > 5);
        assert_eq!(pieces.concat(), normalise(&text));
    }

    fn slow(text: &str) -> String {
        let mut joiner = Joiner {
            sink: |_: &str| (),
            chunk: String::new(),
            state: State::Nothing,
        };
        for c in text.nfkc().flat_map(char::to_lowercase) {
            joiner.char(c);
            assert!(joiner.chunk.len() < CHUNK);
        }
        joiner.chunk
    }

    proptest! {
        #[test]
        fn stretches_give_what_the_whole_gives(
            text in prop::collection::vec(
                prop_oneof![any::<char>(), prop::char::range(' ', '~'), prop::char::range('\u{300}', '\u{330}')], 0..60)
        ) {
            let text: String = text.into_iter().collect();
            prop_assert_eq!(normalise(&text), slow(&text));
        }
    }
}
