//! Soft wrap: where the lines of a sanitised text break at a given width.
//!
//! The result is byte ranges, so that marks, search hits and copying survive wrapping. Words stay
//! whole where they fit into a row; longer ones break between grapheme clusters; wide scripts may
//! break between any two characters except before closing and after opening punctuation. Blanks at a
//! break belong to no row. Lines are independent, so a long text can be wrapped a slice at a time.

use super::width::{Cluster, clusters};

/// One row on the screen: a range of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Index of the line it belongs to.
    pub line: usize,
    /// First byte shown.
    pub start: usize,
    /// Byte behind the last one shown.
    pub end: usize,
    /// Cells to leave free before it: 0 in the first row of a line, its hang in the others.
    pub indent: usize,
}

/// One line of a text, as wrapping needs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// First byte.
    pub start: usize,
    /// Byte behind the last one, the line end not included.
    pub end: usize,
    /// Cells by which continuation rows are indented.
    pub hang: usize,
    /// Bytes at the start (quote bars) that are repeated inside the hang of continuation rows.
    pub lead: usize,
}

/// Where the lines of `text` start and end, without indents.
pub fn lines_of(text: &str) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', text.as_bytes()).chain([text.len()]) {
        lines.push(Line {
            start,
            end,
            ..Line::default()
        });
        start = end + 1;
    }
    lines
}

/// Appends the rows of `lines`, the first of which has index `first`, at `width` cells.
///
/// A width of 0 is taken as 1. A cluster wider than the row stands alone in its row. Linear in the
/// length of the lines.
pub fn wrap_lines(text: &str, lines: &[Line], first: usize, width: usize, rows: &mut Vec<Row>) {
    let width = width.max(1);
    for (offset, line) in lines.iter().enumerate() {
        let mut row = Cutter::new(first + offset, line, width);
        let content = &text[line.start..line.end];
        if content.is_ascii() {
            row.ascii(content.as_bytes(), rows);
        } else {
            row.unicode(content, rows);
        }
    }
}

/// Wraps a whole text without indents.
pub fn wrap(text: &str, width: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    wrap_lines(text, &lines_of(text), 0, width, &mut rows);
    rows
}

/// State while one line is cut; offsets are relative to the line.
struct Cutter {
    line: usize,
    base: usize,
    width: usize,
    hang: usize,
    rows_cut: usize,
}

impl Cutter {
    fn new(line: usize, of: &Line, width: usize) -> Self {
        Self {
            line,
            base: of.start,
            width,
            // An indent that leaves less than half of the width would starve the text.
            hang: if of.hang * 2 > width { 0 } else { of.hang },
            rows_cut: 0,
        }
    }

    fn indent(&self) -> usize {
        if self.rows_cut == 0 { 0 } else { self.hang }
    }

    fn room(&self) -> usize {
        self.width - self.indent()
    }

    fn cut(&mut self, start: usize, end: usize, rows: &mut Vec<Row>) {
        rows.push(Row {
            line: self.line,
            start: self.base + start,
            end: self.base + end,
            indent: self.indent(),
        });
        self.rows_cut += 1;
    }

    fn ascii(&mut self, bytes: &[u8], rows: &mut Vec<Row>) {
        let mut start = 0;
        while bytes.len() - start > self.room() {
            let limit = start + self.room();
            let end = ascii_break(bytes, start, limit).unwrap_or(limit);
            let kept = bytes[start..end].trim_ascii_end().len();
            let rest = &bytes[end..];
            let next = end + (rest.len() - rest.trim_ascii_start().len());
            // Leading blanks that fill a whole row are kept: they are an indent.
            let kept = if kept == 0 { end - start } else { kept };
            self.cut(start, start + kept, rows);
            start = next;
            if start == bytes.len() {
                return;
            }
        }
        self.cut(start, bytes.len(), rows);
    }

    fn unicode(&mut self, text: &str, rows: &mut Vec<Row>) {
        let mut start = 0;
        while start < text.len() {
            let Some(found) = fill_row(&text[start..], self.room()) else {
                break;
            };
            self.cut(start, start + found.end, rows);
            start += found.next;
            if start == text.len() {
                return;
            }
        }
        self.cut(start, text.len(), rows);
    }
}

/// The last place in `start..=limit` where an ASCII row may end, not counting leading blanks.
fn ascii_break(bytes: &[u8], start: usize, limit: usize) -> Option<usize> {
    let indent = bytes[start..limit]
        .iter()
        .take_while(|&&b| b == b' ')
        .count();
    let first = start + indent + 1;
    (first..=limit)
        .rev()
        .find(|&at| bytes[at] == b' ' || bytes[at - 1] == b' ' || breaks_after_dash(bytes, at))
}

/// A dash inside a word (`well-known`) may end a row; one before it (`--flag`, `-5`) may not.
fn breaks_after_dash(bytes: &[u8], at: usize) -> bool {
    at >= 2
        && bytes[at - 1] == b'-'
        && bytes[at - 2].is_ascii_alphanumeric()
        && bytes[at].is_ascii_alphabetic()
}

/// A row found at the start of a text that does not fit: where it ends, where the next begins.
struct Found {
    end: usize,
    next: usize,
}

/// `None` if the whole of `text` fits.
fn fill_row(text: &str, room: usize) -> Option<Found> {
    let mut used = 0;
    let mut last_break: Option<Found> = None;
    let mut content_end = 0;
    let mut prev: Option<Cluster<'_>> = None;
    for cluster in clusters(text) {
        let blank = cluster.text == " ";
        if !blank
            && let Some(before) = prev
            && content_end > 0
            && may_break(before, cluster)
        {
            last_break = Some(Found {
                end: content_end,
                next: cluster.start,
            });
        }
        if used + cluster.width > room && (!blank || content_end == 0) {
            // Leading blanks that fill a whole row are an indent; those beyond it are dropped.
            let beyond = &text[cluster.start..];
            let blanks = if content_end == 0 {
                beyond.len() - beyond.trim_start_matches(' ').len()
            } else {
                0
            };
            let hard = Found {
                end: cluster.start,
                next: cluster.start + blanks,
            };
            return match last_break {
                Some(found) => Some(found),
                // Not even one cluster fits: it stands alone rather than never being shown.
                None if cluster.start == 0 && cluster.end() == text.len() => None,
                None if cluster.start == 0 => Some(Found {
                    end: cluster.end(),
                    next: cluster.end(),
                }),
                None => Some(hard),
            };
        }
        used += cluster.width;
        if !blank {
            content_end = cluster.end();
        }
        prev = Some(cluster);
    }
    // Only blanks hang over the edge: they end the line without a row of their own.
    (used > room).then_some(Found {
        end: content_end,
        next: text.len(),
    })
}

fn may_break(before: Cluster<'_>, after: Cluster<'_>) -> bool {
    if before.text == " " {
        return true;
    }
    let wide = before.width == 2 || after.width == 2;
    wide && !after.text.starts_with(is_closing) && !before.text.starts_with(is_opening)
}

/// Punctuation that must not start a row (after JIS X 4051, the common core).
fn is_closing(c: char) -> bool {
    matches!(
        c,
        '、' | '。'
            | '，'
            | '．'
            | '！'
            | '？'
            | '：'
            | '；'
            | '）'
            | '」'
            | '』'
            | '】'
            | '》'
            | '〉'
            | '〕'
            | '］'
            | '｝'
            | 'ー'
            | '々'
            | '…'
            | '’'
            | '”'
            | 'ぁ'
            | 'ぃ'
            | 'ぅ'
            | 'ぇ'
            | 'ぉ'
            | 'っ'
            | 'ゃ'
            | 'ゅ'
            | 'ょ'
            | 'ァ'
            | 'ィ'
            | 'ゥ'
            | 'ェ'
            | 'ォ'
            | 'ッ'
            | 'ャ'
            | 'ュ'
            | 'ョ'
            | '.'
            | ','
            | '!'
            | '?'
            | ':'
            | ';'
            | ')'
            | ']'
            | '}'
            | '%'
    )
}

/// Punctuation that must not end a row.
fn is_opening(c: char) -> bool {
    matches!(
        c,
        '（' | '「'
            | '『'
            | '【'
            | '《'
            | '〈'
            | '〔'
            | '［'
            | '｛'
            | '‘'
            | '“'
            | '('
            | '['
            | '{'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::width;

    fn rows(text: &str, cells: usize) -> Vec<&str> {
        wrap(text, cells)
            .into_iter()
            .map(|row| &text[row.start..row.end])
            .collect()
    }

    #[test]
    fn words_stay_whole_and_blanks_at_breaks_vanish() {
        assert_eq!(rows("the quick brown fox", 10), ["the quick", "brown fox"]);
        assert_eq!(rows("one   two", 4), ["one", "two"]);
        assert_eq!(rows("fits here ", 9), ["fits here"]);
        assert_eq!(rows("a\n\nb", 5), ["a", "", "b"]);
        assert_eq!(rows("", 5), [""]);
        assert_eq!(rows("état où il était", 8), ["état où", "il était"]);
    }

    #[test]
    fn long_words_break_between_clusters() {
        assert_eq!(rows("abcdefghij kl", 4), ["abcd", "efgh", "ij", "kl"]);
        assert_eq!(
            rows("x👩\u{200d}👧👩\u{200d}👧", 3),
            ["x👩\u{200d}👧", "👩\u{200d}👧"]
        );
        assert_eq!(rows("日", 1), ["日"]);
        assert_eq!(rows("日本", 1), ["日", "本"]);
    }

    #[test]
    fn dashes_inside_words_may_end_a_row() {
        assert_eq!(rows("well-known fact", 6), ["well-", "known", "fact"]);
        assert_eq!(rows("see --flag", 6), ["see", "--flag"]);
    }

    #[test]
    fn wide_scripts_break_anywhere_but_at_punctuation() {
        assert_eq!(rows("東京都千代田区", 6), ["東京都", "千代田", "区"]);
        assert_eq!(rows("東京都。千代", 6), ["東京", "都。千", "代"]);
        assert_eq!(rows("東京「都」", 6), ["東京", "「都」"]);
        assert_eq!(rows("見るGPT モデル", 8), ["見るGPT", "モデル"]);
    }

    #[test]
    fn indents_longer_than_the_row_do_not_lose_the_text() {
        assert_eq!(rows("          word", 4), ["    ", "word"]);
        assert_eq!(rows("  ab cd", 5), ["  ab", "cd"]);
    }

    #[test]
    fn continuation_rows_hang_unless_that_starves_the_text() {
        let text = "- one two three";
        let line = Line {
            start: 0,
            end: text.len(),
            hang: 2,
            lead: 0,
        };
        let mut out = Vec::new();
        wrap_lines(text, &[line], 7, 9, &mut out);
        let shape: Vec<_> = out
            .iter()
            .map(|r| (r.line, r.indent, &text[r.start..r.end]))
            .collect();
        assert_eq!(shape, [(7, 0, "- one two"), (7, 2, "three")]);
        out.clear();
        wrap_lines(text, &[Line { hang: 6, ..line }], 0, 9, &mut out);
        assert!(out.iter().all(|r| r.indent == 0));
    }

    fn mixed() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop::sample::select(vec![
                "a",
                "bc",
                " ",
                "  ",
                "-",
                "é",
                "日",
                "。",
                "「",
                "👩\u{200d}👧",
                "e\u{301}",
                "\n",
                "long-word",
            ]),
            0..60,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn rows_fit_and_only_blanks_are_left_out(text in mixed(), cells in 1usize..24) {
            let mut at = 0;
            for row in wrap(&text, cells) {
                prop_assert!(row.start >= at);
                prop_assert!(text[at..row.start].chars().all(|c| c == ' ' || c == '\n'));
                let shown = &text[row.start..row.end];
                let alone = width::clusters(shown).count() == 1;
                prop_assert!(width::of(shown) <= cells || alone, "{shown:?} at {cells}");
                at = row.end;
            }
            prop_assert!(text[at..].chars().all(|c| c == ' '));
        }

        #[test]
        fn both_paths_agree_on_plain_text(words in "[a-z ]{0,60}", cells in 1usize..20) {
            let mut slow = Vec::new();
            let line = Line { end: words.len(), ..Line::default() };
            Cutter::new(0, &line, cells).unicode(&words, &mut slow);
            let fast: Vec<_> = wrap(&words, cells).iter().map(|r| words[r.start..r.end].trim_end().to_owned()).collect();
            let slow: Vec<_> = slow.iter().map(|r| words[r.start..r.end].trim_end().to_owned()).collect();
            prop_assert_eq!(fast, slow);
        }

        #[test]
        fn slices_of_lines_wrap_like_the_whole(text in mixed(), cells in 1usize..24, cut in 0usize..20) {
            let lines = lines_of(&text);
            let cut = cut.min(lines.len());
            let mut parts = Vec::new();
            wrap_lines(&text, &lines[..cut], 0, cells, &mut parts);
            wrap_lines(&text, &lines[cut..], cut, cells, &mut parts);
            prop_assert_eq!(parts, wrap(&text, cells));
        }
    }
}
