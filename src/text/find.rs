//! Literal search in an open text, without an index.
//!
//! Letter case is ignored by simple lower-casing, character by character; nothing else is folded, so
//! the ranges returned are exactly the bytes that match. Hits do not overlap.

use std::ops::Range;

/// The places of `needle` in `text`, at most `limit`, from left to right. An empty needle has none.
pub fn find_all(text: &str, needle: &str, limit: usize) -> Vec<Range<usize>> {
    if needle.is_empty() {
        return Vec::new();
    }
    if needle.is_ascii() {
        find_ascii(text, needle.as_bytes(), limit)
    } else {
        find_folded(text, needle, limit)
    }
}

/// The hit to go to from byte `from`: the first at or behind it, else the first of the text.
pub fn next_hit(hits: &[Range<usize>], from: usize) -> Option<usize> {
    if hits.is_empty() {
        return None;
    }
    Some(hits.partition_point(|hit| hit.start < from) % hits.len())
}

/// The hit before byte `from`, else the last of the text.
pub fn previous_hit(hits: &[Range<usize>], from: usize) -> Option<usize> {
    let last = hits.len().checked_sub(1)?;
    Some(
        hits.partition_point(|hit| hit.start < from)
            .checked_sub(1)
            .unwrap_or(last),
    )
}

fn find_ascii(text: &str, needle: &[u8], limit: usize) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let first = needle[0];
    let (lower, upper) = (first.to_ascii_lowercase(), first.to_ascii_uppercase());
    let mut hits = Vec::new();
    let mut from = 0;
    while hits.len() < limit {
        let Some(step) = memchr::memchr2(lower, upper, &bytes[from..]) else {
            break;
        };
        let at = from + step;
        let Some(window) = bytes.get(at..at + needle.len()) else {
            break;
        };
        if window.eq_ignore_ascii_case(needle) {
            hits.push(at..at + needle.len());
            from = at + needle.len();
        } else {
            from = at + 1;
        }
    }
    hits
}

fn find_folded(text: &str, needle: &str, limit: usize) -> Vec<Range<usize>> {
    let folded: Vec<char> = needle.chars().flat_map(char::to_lowercase).collect();
    let mut hits = Vec::new();
    let mut from = 0;
    while from < text.len() && hits.len() < limit {
        if let Some(len) = match_here(&text[from..], &folded) {
            hits.push(from..from + len);
            from += len;
        } else {
            from += text[from..].chars().next().map_or(1, char::len_utf8);
        }
    }
    hits
}

/// The bytes at the start of `text` that fold to `folded`.
fn match_here(text: &str, folded: &[char]) -> Option<usize> {
    let mut wanted = folded.iter();
    let mut len = 0;
    for c in text.chars() {
        if wanted.as_slice().is_empty() {
            return Some(len);
        }
        for lower in c.to_lowercase() {
            if wanted.next() != Some(&lower) {
                return None;
            }
        }
        len += c.len_utf8();
    }
    wanted.as_slice().is_empty().then_some(len)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_does_not_matter_and_ranges_are_the_bytes_that_match() {
        for (text, needle, hits) in [
            (
                "Refund, refund, REFUND",
                "refund",
                &[(0, 6), (8, 14), (16, 22)][..],
            ),
            ("Größe GRÖSSE größe", "größe", &[(0, 7), (16, 23)]),
            ("ΣΊΣΥΦΟΣ", "σί", &[(0, 4)]),
            ("東京都", "京", &[(3, 6)]),
            ("aaaa", "aa", &[(0, 2), (2, 4)]),
            ("ab", "abc", &[]),
            ("anything", "", &[]),
            ("x\u{130}y", "i\u{307}y", &[(1, 4)]),
        ] {
            let found = find_all(text, needle, 99);
            let found: Vec<_> = found.iter().map(|hit| (hit.start, hit.end)).collect();
            assert_eq!(found, hits, "{needle} in {text}");
        }
    }

    #[test]
    fn the_limit_ends_the_search() {
        assert_eq!(find_all("a a a a", "a", 2).len(), 2);
        assert_eq!(find_all("é é é é", "é", 3).len(), 3);
    }

    #[test]
    fn moving_between_hits_goes_round() {
        let hits = find_all("x-x-x", "x", 9);
        assert_eq!(next_hit(&hits, 1), Some(1));
        assert_eq!(next_hit(&hits, 5), Some(0));
        assert_eq!(previous_hit(&hits, 2), Some(0));
        assert_eq!(previous_hit(&hits, 0), Some(2));
        assert_eq!(next_hit(&[], 0), None);
        assert_eq!(previous_hit(&[], 0), None);
    }

    proptest! {
        #[test]
        fn both_paths_find_the_same(text in "[aAbBé ]{0,40}", needle in "[ab]{1,3}") {
            let slow = find_folded(&text, &needle, 99);
            prop_assert_eq!(find_all(&text, &needle, 99), slow);
        }

        #[test]
        fn any_input_gives_ranges_on_character_boundaries(text in any::<String>(), needle in any::<String>()) {
            for hit in find_all(&text, &needle, 99) {
                prop_assert!(text.is_char_boundary(hit.start) && text.is_char_boundary(hit.end));
            }
        }
    }
}
