//! The start of a text as one line, for lists.

use super::sanitise::line;
use super::width::{ELLIPSIS, clusters, floor_boundary};

/// Graphemes kept in the previews that lists store.
pub const PREVIEW_LEN: usize = 200;

/// Bytes of source looked at, at most: a text of blanks alone must not cost its whole length.
const SCAN_LIMIT: usize = 64 * 1024;

/// Source bytes gathered per grapheme wanted: enough for Latin, for CJK, and for joined emoji. Most texts need the
/// first look alone.
const BYTES_PER_GRAPHEME: [usize; 3] = [2, 5, 32];

/// Clusters of the longest stand-in of one hidden character.
const STAND_IN: usize = 10;

/// The first [`PREVIEW_LEN`] characters of `text` as one sanitised line.
pub fn preview(text: &str) -> String {
    preview_of(text, PREVIEW_LEN)
}

/// The first `limit` grapheme clusters of `text` as one sanitised line, blanks and line ends joined to
/// one blank; ends in `…`, which counts as one, if something was left out.
///
/// Looks at the start of the text only, whatever its length.
pub fn preview_of(text: &str, limit: usize) -> String {
    let window = &text[..floor_boundary(text, SCAN_LIMIT)];
    let mut shown = String::new();
    let mut cut = false;
    for bytes in BYTES_PER_GRAPHEME {
        let gathered = gather(window, limit * bytes);
        cut = gathered.cut;
        shown = line(&gathered.text).into_owned();
        // The last character can be shown differently once its neighbour is known.
        if !cut || clusters(&shown).nth(limit + STAND_IN).is_some() {
            break;
        }
    }
    shorten(&shown, limit, cut || window.len() < text.len())
}

/// The start of a text, blanks and line ends joined to one blank.
struct Gathered {
    text: String,
    /// Whether words were left out.
    cut: bool,
}

fn gather(window: &str, bytes: usize) -> Gathered {
    let mut text = String::with_capacity(bytes.min(window.len()));
    for word in window
        .split([' ', '\n', '\r', '\t'])
        .filter(|w| !w.is_empty())
    {
        if !text.is_empty() {
            text.push(' ');
        }
        let end = floor_boundary(word, bytes.saturating_sub(text.len()));
        text.push_str(&word[..end]);
        if end < word.len() {
            return Gathered { text, cut: true };
        }
    }
    Gathered { text, cut: false }
}

/// `shown` in `limit` clusters; `cut` says that more text follows it.
fn shorten(shown: &str, limit: usize, cut: bool) -> String {
    let mut ends = clusters(shown).map(|cluster| cluster.end());
    let Some(room) = limit.checked_sub(1) else {
        return String::new();
    };
    let all_but_last = if room == 0 {
        0
    } else {
        ends.nth(room - 1).unwrap_or(shown.len())
    };
    let last = ends.next();
    if !cut && ends.next().is_none() {
        return shown.to_owned();
    }
    let kept = if last.is_some() {
        all_but_last
    } else {
        shown.len()
    };
    [shown[..kept].trim_end(), ELLIPSIS].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_preview_is_one_harmless_line() {
        assert_eq!(
            preview("  Dear Ana,\r\n\n\tthank you "),
            "Dear Ana, thank you"
        );
        assert_eq!(preview("a\x1b[2J\u{202e}b"), "a␛[2J⟨U+202E⟩b");
        assert_eq!(preview(""), "");
    }

    #[test]
    fn what_is_left_out_is_said() {
        assert_eq!(preview_of("one two three", 8), "one two…");
        assert_eq!(preview_of("exact", 5), "exact");
        assert_eq!(preview_of("exactly", 5), "exac…");
        assert_eq!(preview_of("ab", 1), "…");
        assert_eq!(preview_of("a", 1), "a");
        assert_eq!(preview_of("ab", 0), "");
    }

    #[test]
    fn clusters_are_not_split() {
        assert_eq!(
            preview_of("👩\u{200d}👧👩\u{200d}👧👩\u{200d}👧", 2),
            "👩\u{200d}👧…"
        );
        assert_eq!(preview_of("e\u{301}e\u{301}e\u{301}", 2), "e\u{301}…");
    }

    #[test]
    fn blanks_without_end_do_not_cost_the_whole_text() {
        let blanks = " ".repeat(2_000_000) + "x";
        assert_eq!(preview(&blanks), "…");
        let marks = format!("a{}", "\u{301}".repeat(100_000));
        assert!(clusters(&preview(&marks)).count() <= PREVIEW_LEN);
    }

    proptest! {
        /// A shorter look gives what a look at everything gives.
        #[test]
        fn how_far_one_looks_changes_nothing(
            text in "[a-c é日\u{301}\u{200d}\u{202e}👩👧\u{e0041}]{0,90}",
            limit in 1usize..12,
        ) {
            let all = gather(&text, usize::MAX);
            let whole = shorten(&line(&all.text), limit, false);
            prop_assert_eq!(preview_of(&text, limit), whole);
        }

        #[test]
        fn length_is_kept_and_short_texts_are_whole(words in prop::collection::vec("[a-zé日]{1,5}", 0..20), limit in 1usize..60) {
            let text = words.join(" \n");
            let whole = words.join(" ");
            let shown = preview_of(&text, limit);
            prop_assert!(clusters(&shown).count() <= limit);
            if clusters(&whole).count() <= limit {
                prop_assert_eq!(shown, whole);
            } else {
                prop_assert!(shown.ends_with('…'));
            }
        }
    }
}
