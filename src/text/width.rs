//! How many cells a text takes, and cutting and padding to cells.
//!
//! The unit is the grapheme cluster: it is never split, and its width is what the terminal library
//! draws it with. A text's width is the sum over its clusters, not the width of the string, because
//! cells are filled cluster by cluster. Input is sanitised text; a line feed counts as one cell.

use std::borrow::Cow;

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// What stands where something was cut off. One cell.
pub const ELLIPSIS: &str = "…";

/// On which side of its cells a text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Align {
    /// At the left: words.
    #[default]
    Left,
    /// At the right: numbers.
    Right,
    /// In the middle.
    Center,
}

/// One grapheme cluster of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cluster<'a> {
    /// Byte offset in the text.
    pub start: usize,
    /// The cluster itself.
    pub text: &'a str,
    /// Cells it takes: 0, 1, 2, or more for a few conjuncts of Indic scripts.
    pub width: usize,
}

impl Cluster<'_> {
    /// Byte offset behind the cluster.
    pub fn end(&self) -> usize {
        self.start + self.text.len()
    }
}

/// The clusters of `text`, which starts at a cluster boundary.
pub fn clusters(text: &str) -> Clusters<'_> {
    Clusters { text, at: 0 }
}

/// Iterator of [`clusters`].
#[derive(Debug, Clone)]
pub struct Clusters<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Clusters<'a> {
    type Item = Cluster<'a>;

    fn next(&mut self) -> Option<Cluster<'a>> {
        let rest = &self.text[self.at..];
        let (len, width) = if let Some(simple) = first_simple(rest) {
            simple
        } else {
            let cluster = rest.graphemes(true).next()?;
            (cluster.len(), drawn(cluster))
        };
        let start = self.at;
        self.at += len;
        Some(Cluster {
            start,
            text: &rest[..len],
            width,
        })
    }
}

/// Length and width of the first cluster where that needs no look into the segmentation tables:
/// a simple character followed by another or by the end.
fn first_simple(rest: &str) -> Option<(usize, usize)> {
    let bytes = rest.as_bytes();
    let first = *bytes.first()?;
    if first.is_ascii() && first != b'\r' && bytes.get(1).is_none_or(u8::is_ascii) {
        return Some((1, 1));
    }
    let mut chars = rest.chars();
    let c = chars.next()?;
    let width = simple_width(c)?;
    match chars.next() {
        Some(next) if next != '\n' && simple_width(next).is_none() => None,
        _ => Some((c.len_utf8(), width)),
    }
}

/// Cells the terminal library gives a cluster: its width, and one more for each halfwidth sound mark, which
/// terminals draw into a cell of its own.
fn drawn(cluster: &str) -> usize {
    let marks = cluster
        .chars()
        .filter(|c| matches!(c, '\u{ff9e}' | '\u{ff9f}'));
    cluster.width() + marks.count()
}

/// The width of a character that is visible by itself and never joins with another such character;
/// `None` says nothing about the others.
pub(super) fn simple_width(c: char) -> Option<usize> {
    match c {
        ' '..='~'
        | '\u{b7}'
        | '\u{c0}'..='\u{24f}'
        | '\u{391}'..='\u{3ff}'
        | '\u{400}'..='\u{481}'
        | '\u{2010}'..='\u{2015}'
        | '\u{2018}'..='\u{2027}'
        | '\u{2190}'..='\u{2193}'
        // Lines, blocks and circles: what screens are drawn with.
        | '\u{2500}'..='\u{259f}'
        | '\u{25b7}'..='\u{25bf}'
        | '\u{25cb}'..='\u{25fa}' => Some(1),
        '\u{3001}'..='\u{3029}'
        | '\u{3041}'..='\u{3096}'
        | '\u{30a0}'..='\u{30ff}'
        | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}'
        | '\u{ff01}'..='\u{ff5e}' => Some(2),
        _ => None,
    }
}

/// Cells `text` takes.
pub fn of(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    clusters(text).map(|c| c.width).sum()
}

/// The longest start of `text` that fits into `cells`: its length in bytes and its width.
pub fn prefix_within(text: &str, cells: usize) -> (usize, usize) {
    // One byte more than fits: a mark behind the last one would belong to it.
    let head = &text.as_bytes()[..text.len().min(cells.saturating_add(1))];
    if head.is_ascii() && !head.contains(&b'\r') {
        let fits = head.len().min(cells);
        return (fits, fits);
    }
    let (mut end, mut used) = (0, 0);
    for cluster in clusters(text) {
        if used + cluster.width > cells {
            break;
        }
        used += cluster.width;
        end = cluster.end();
    }
    (end, used)
}

/// The longest end of `text` that fits into `cells`: where it starts in bytes and its width.
pub fn suffix_within(text: &str, cells: usize) -> (usize, usize) {
    if text.is_ascii() {
        let kept = text.len().min(cells);
        return (text.len() - kept, kept);
    }
    let (mut start, mut used) = (text.len(), 0);
    for (at, cluster) in text.grapheme_indices(true).rev() {
        let width = drawn(cluster);
        if used + width > cells {
            break;
        }
        used += width;
        start = at;
    }
    (start, used)
}

/// Cuts the end off so that the text takes at most `cells`, and says so with `…`.
pub fn truncate(text: &str, cells: usize) -> Cow<'_, str> {
    if fits(text, cells) {
        return Cow::Borrowed(text);
    }
    let Some(room) = cells.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let (end, _) = prefix_within(text, room);
    Cow::Owned([&text[..end], ELLIPSIS].concat())
}

/// Cuts the start off, for texts whose end tells them apart (paths).
pub fn truncate_left(text: &str, cells: usize) -> Cow<'_, str> {
    if fits(text, cells) {
        return Cow::Borrowed(text);
    }
    let Some(room) = cells.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let (start, _) = suffix_within(text, room);
    Cow::Owned([ELLIPSIS, &text[start..]].concat())
}

/// Cuts the middle out, for texts whose two ends matter (model names, ids).
pub fn truncate_middle(text: &str, cells: usize) -> Cow<'_, str> {
    if fits(text, cells) {
        return Cow::Borrowed(text);
    }
    let Some(room) = cells.checked_sub(1) else {
        return Cow::Borrowed("");
    };
    let (head, used) = prefix_within(text, room.div_ceil(2));
    let (tail, _) = suffix_within(text, room - used);
    Cow::Owned([&text[..head], ELLIPSIS, &text[tail..]].concat())
}

/// Fills up with blanks to `cells`; a text that is wider stays as it is.
pub fn pad(text: &str, cells: usize, align: Align) -> Cow<'_, str> {
    let missing = cells.saturating_sub(of(text));
    if missing == 0 {
        return Cow::Borrowed(text);
    }
    let left = match align {
        Align::Left => 0,
        Align::Right => missing,
        Align::Center => missing / 2,
    };
    let mut out = String::with_capacity(text.len() + missing);
    out.extend(std::iter::repeat_n(' ', left));
    out.push_str(text);
    out.extend(std::iter::repeat_n(' ', missing - left));
    Cow::Owned(out)
}

/// Cuts or pads so that the text takes exactly `cells`.
pub fn fit(text: &str, cells: usize, align: Align) -> Cow<'_, str> {
    match truncate(text, cells) {
        Cow::Borrowed(kept) => pad(kept, cells, align),
        Cow::Owned(cut) => Cow::Owned(pad(&cut, cells, align).into_owned()),
    }
}

/// The last character boundary of `text` at or before byte `at`.
pub fn floor_boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn fits(text: &str, cells: usize) -> bool {
    if text.is_ascii() {
        return text.len() <= cells;
    }
    prefix_within(text, cells).0 == text.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthChar;

    use super::*;

    #[test]
    fn clusters_take_the_cells_a_terminal_gives_them() {
        for (text, cells) in [
            ("", 0),
            ("plain", 5),
            ("日本", 4),
            ("e\u{301}", 1),
            ("👩\u{200d}👩\u{200d}👧", 2),
            ("🇨🇭🇫🇷", 4),
            ("❤\u{fe0f}", 2),
            ("👍🏽!", 3),
            ("한국", 4),
            // The drawing library keeps a cell more for the mark than terminals use; so do we, or cells would shift.
            ("ｱﾞ", 3),
        ] {
            assert_eq!(of(text), cells, "{text}");
        }
    }

    #[test]
    fn simple_characters_have_the_width_of_the_tables() {
        for c in (0..0x11_0000).filter_map(char::from_u32) {
            if let Some(width) = simple_width(c) {
                assert_eq!(c.width(), Some(width), "U+{:04X}", u32::from(c));
            }
        }
    }

    #[test]
    fn cutting_keeps_the_end_that_was_asked_for() {
        assert_eq!(truncate("hello world", 8), "hello w…");
        assert_eq!(truncate_left("/a/long/path", 6), "…/path");
        assert_eq!(truncate_middle("gpt-4.1-2025-04-14", 9), "gpt-…4-14");
        assert_eq!(truncate("fits", 4), "fits");
        assert_eq!(truncate("日本語", 4), "日…");
        assert_eq!(truncate("x", 0), "");
    }

    #[test]
    fn padding_counts_cells_not_characters() {
        assert_eq!(pad("日", 4, Align::Right), "  日");
        assert_eq!(pad("ab", 5, Align::Center), " ab  ");
        assert_eq!(fit("日本語", 4, Align::Left), "日… ");
    }

    fn mixed() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop::sample::select(vec![
                "a",
                " ",
                "é",
                "e\u{301}",
                "日",
                "한",
                "👩\u{200d}👧",
                "🇨🇭",
                "❤\u{fe0f}",
                "\u{1f3fd}",
                "ก็",
                "\n",
            ]),
            0..30,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn fast_path_cuts_where_the_tables_do(text in mixed()) {
            let fast: Vec<_> = clusters(&text).map(|c| c.text).collect();
            let slow: Vec<_> = text.graphemes(true).collect();
            prop_assert_eq!(fast, slow);
        }

        #[test]
        fn cut_text_fits_and_keeps_whole_clusters(text in mixed(), cells in 0usize..20) {
            for cut in [truncate(&text, cells), truncate_left(&text, cells), truncate_middle(&text, cells)] {
                prop_assert!(of(&cut) <= cells);
                if of(&text) <= cells {
                    prop_assert_eq!(cut.as_ref(), text.as_str());
                }
            }
            prop_assert_eq!(of(&fit(&text, cells, Align::Left)), cells);
        }
    }
}
