//! A diff as one text to read: shared text as it is, what went and what came marked as such.

use std::ops::Range;

use super::diff::{Segment, WordDiff};
use super::style::{Builder, Style, StyledText};

/// A diff laid out as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiffView {
    /// Old and new interleaved. Its map leads to the old text; new text has no place there.
    pub text: StyledText,
    /// Where each hunk is shown; the position is the hunk's id.
    pub hunks: Vec<Range<usize>>,
}

/// Lays a diff out inline: removed text, then what replaces it.
///
/// `brackets` sets `[-…-]` and `{+…+}` around changes, for terminals and eyes that get nothing from
/// colour. A changed line end is shown as `⏎`, since nothing else would be visible of it.
pub fn inline(diff: &WordDiff, brackets: bool) -> DiffView {
    let mut builder = Builder::with_capacity(diff.old().len() + diff.new_text().len());
    let mut hunks = Vec::new();
    for segment in diff.segments() {
        match segment {
            Segment::Equal { old, .. } => {
                builder.source(&diff.old()[old.clone()], old.start, Style::Plain);
            }
            Segment::Change(hunk) => {
                let start = builder.len();
                removed(diff.old_of(hunk), hunk.old.start, brackets, &mut builder);
                added(diff.new_of(hunk), brackets, &mut builder);
                hunks.push(start..builder.len());
            }
        }
    }
    DiffView {
        text: builder.finish(),
        hunks,
    }
}

/// The old side alone, with what the edit removes marked.
pub fn old_side(diff: &WordDiff) -> StyledText {
    side(diff, true)
}

/// The new side alone, with what the edit adds marked.
pub fn new_side(diff: &WordDiff) -> StyledText {
    side(diff, false)
}

fn side(diff: &WordDiff, is_old: bool) -> StyledText {
    let text = if is_old { diff.old() } else { diff.new_text() };
    let mut builder = Builder::with_capacity(text.len());
    for segment in diff.segments() {
        let (range, style) = match (segment, is_old) {
            (Segment::Equal { old, .. }, true) => (old, Style::Plain),
            (Segment::Equal { new, .. }, false) => (new, Style::Plain),
            (Segment::Change(hunk), true) => (&hunk.old, Style::Deleted),
            (Segment::Change(hunk), false) => (&hunk.new, Style::Inserted),
        };
        builder.source(&text[range.clone()], range.start, style);
    }
    builder.finish()
}

fn removed(text: &str, offset: usize, brackets: bool, builder: &mut Builder) {
    if text.is_empty() {
        return;
    }
    if brackets {
        builder.own("[-", Style::Deleted);
    }
    // As one line: what is gone must not tear the text apart a second time.
    builder.source_line(text, offset, Style::Deleted);
    if brackets {
        builder.own("-]", Style::Deleted);
    }
}

fn added(text: &str, brackets: bool, builder: &mut Builder) {
    if text.is_empty() {
        return;
    }
    if brackets {
        builder.own("{+", Style::Inserted);
    }
    for (index, line) in text.split('\n').enumerate() {
        if index > 0 {
            builder.own("⏎\n", Style::Inserted);
        }
        builder.own(line.strip_suffix('\r').unwrap_or(line), Style::Inserted);
    }
    if brackets {
        builder.own("+}", Style::Inserted);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(old: &str, new: &str, brackets: bool) -> DiffView {
        inline(&WordDiff::within(old, new, None), brackets)
    }

    #[test]
    fn old_and_new_stand_side_by_side_in_the_text() {
        let shown = view("in Italy.", "in France.", false);
        assert_eq!(shown.text.text(), "in ItalyFrance.");
        assert_eq!(
            shown.text.runs(),
            [(3..8, Style::Deleted), (8..14, Style::Inserted)]
        );
        assert_eq!(shown.hunks.len(), 1);
        assert_eq!(shown.hunks[0], 3..14);
        assert_eq!(shown.text.map().source_range(3..8), 3..8);
    }

    #[test]
    fn without_colour_brackets_tell_what_went_and_came() {
        assert_eq!(view("a old", "a new", true).text.text(), "a [-old-]{+new+}");
    }

    #[test]
    fn changed_line_ends_are_visible() {
        assert_eq!(view("a b", "a\nb", true).text.text(), "a[- -]{+⏎\n+}b");
        assert_eq!(view("a\nb", "a b", true).text.text(), "a[-⏎-]{+ +}b");
    }

    #[test]
    fn each_side_shows_its_own_text() {
        let diff = WordDiff::within("in Italy.", "in France.", None);
        assert_eq!(old_side(&diff).text(), "in Italy.");
        assert_eq!(new_side(&diff).runs(), [(3..9, Style::Inserted)]);
    }

    #[test]
    fn hostile_changes_are_shown_not_sent() {
        let shown = view("a", "a\x1b[2J", false);
        assert_eq!(shown.text.text(), "a␛[2J");
    }
}
