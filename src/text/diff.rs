//! What an edit changed, word by word, and which of the changes are taken.
//!
//! The two texts are cut into words, blanks and signs; the shortest script between them is found
//! within a time budget and then cleaned up, so that a hunk is something a person would call one
//! change. Beyond the budget the texts are compared line by line: coarser, never wrong. Taking every
//! hunk gives the new text, taking none the old one, whatever the script.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};
use unicode_normalization::char::is_combining_mark;

use super::search_terms::is_cjk;

/// Time a word diff may take before it falls back to lines.
pub const BUDGET: Duration = Duration::from_millis(30);

/// Changed lines longer than this, in bytes, are not looked into where time was short before.
const LOOK_INTO: usize = 16 << 10;

/// One change: the old bytes it replaces, the new bytes that stand for them. Either may be empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hunk {
    /// Number of the hunk in its diff, from 0.
    pub id: usize,
    /// Bytes of the old text.
    pub old: Range<usize>,
    /// Bytes of the new text.
    pub new: Range<usize>,
}

/// A stretch both texts share, or a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// The same in both.
    Equal {
        /// Bytes of the old text.
        old: Range<usize>,
        /// Bytes of the new text; as long as `old`.
        new: Range<usize>,
    },
    /// Different.
    Change(Hunk),
}

/// A stretch of a text and what stands for it.
pub type Edit = (Range<usize>, String);

/// Two texts and what differs between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordDiff {
    old: Arc<str>,
    new: Arc<str>,
    segments: Vec<Segment>,
    coarse: bool,
}

impl WordDiff {
    /// Compares two texts within [`BUDGET`].
    pub fn new(old: impl Into<Arc<str>>, new: impl Into<Arc<str>>) -> Self {
        Self::within(old, new, Some(BUDGET))
    }

    /// Compares two texts; without a budget for as long as it takes.
    pub fn within(
        old: impl Into<Arc<str>>,
        new: impl Into<Arc<str>>,
        budget: Option<Duration>,
    ) -> Self {
        let (old, new) = (old.into(), new.into());
        let deadline = budget.map(|time| Instant::now() + time);
        let mut changes = changes(&old, &new, &words(&old), &words(&new), deadline);
        let coarse = deadline.is_some_and(|end| Instant::now() > end);
        if coarse {
            let deadline = budget.map(|time| Instant::now() + time);
            changes = self::changes(&old, &new, &lines(&old), &lines(&new), deadline);
            changes = refined(&old, &new, changes, deadline);
        }
        let changes = clean_up(&old, changes);
        let segments = segments(changes, old.len(), new.len());
        Self {
            old,
            new,
            segments,
            coarse,
        }
    }

    /// An edit that is known: stretches of the old text, in order, and what stands for each. Changes are looked for
    /// within a stretch and never reach from one into the next. `None` where the edits overlap or lie outside.
    pub fn of_edits(old: impl Into<Arc<str>>, edits: &[Edit]) -> Option<Self> {
        let old = old.into();
        let deadline = Some(Instant::now() + BUDGET);
        let mut new = String::with_capacity(old.len());
        let (mut all, mut done) = (Vec::new(), 0);
        for (range, words) in edits {
            if range.start < done {
                return None;
            }
            let before = old.get(range.clone())?;
            new.push_str(old.get(done..range.start)?);
            let at = new.len();
            let inner = changes(
                before,
                words,
                &self::words(before),
                &self::words(words),
                deadline,
            );
            all.extend(clean_up(before, inner).into_iter().map(|(from, to)| {
                let shift = |part: Range<usize>, by: usize| part.start + by..part.end + by;
                (shift(from, range.start), shift(to, at))
            }));
            new.push_str(words);
            done = range.end;
        }
        new.push_str(old.get(done..)?);
        let segments = segments(all, old.len(), new.len());
        Some(Self {
            old,
            new: new.into(),
            segments,
            coarse: false,
        })
    }

    /// The text before the edit.
    pub fn old(&self) -> &Arc<str> {
        &self.old
    }

    /// The text after the edit.
    pub fn new_text(&self) -> &Arc<str> {
        &self.new
    }

    /// Equal stretches and changes in order; together they cover both texts.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The changes in order; the position of a hunk is its id.
    pub fn hunks(&self) -> impl Iterator<Item = &Hunk> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Change(hunk) => Some(hunk),
            Segment::Equal { .. } => None,
        })
    }

    /// Whether the two texts are the same.
    pub fn is_empty(&self) -> bool {
        self.hunks().next().is_none()
    }

    /// Whether the budget was exceeded and lines were compared instead of words.
    pub fn is_coarse(&self) -> bool {
        self.coarse
    }

    /// The old text of a hunk of this diff.
    pub fn old_of(&self, hunk: &Hunk) -> &str {
        self.old.get(hunk.old.clone()).unwrap_or("")
    }

    /// The new text of a hunk of this diff.
    pub fn new_of(&self, hunk: &Hunk) -> &str {
        self.new.get(hunk.new.clone()).unwrap_or("")
    }

    /// The old text with the hunks that `take` says yes to.
    pub fn apply(&self, take: impl Fn(usize) -> bool) -> String {
        let mut out = String::with_capacity(self.old.len().max(self.new.len()));
        for segment in &self.segments {
            match segment {
                Segment::Equal { old, .. } => out.push_str(&self.old[old.clone()]),
                Segment::Change(hunk) if take(hunk.id) => out.push_str(self.new_of(hunk)),
                Segment::Change(hunk) => out.push_str(self.old_of(hunk)),
            }
        }
        out
    }

    /// The old text with one hunk taken.
    pub fn take(&self, id: usize) -> String {
        self.apply(|hunk| hunk == id)
    }

    /// The hunk at or behind byte `old` of the old text.
    pub fn hunk_at(&self, old: usize) -> Option<&Hunk> {
        self.hunks().find(|hunk| hunk.old.end >= old)
    }

    /// Share of the longer text that is in hunks, from 0 (the same) to 1 (nothing in common).
    pub fn changed_share(&self) -> f64 {
        let longer = self.old.len().max(self.new.len());
        if longer == 0 {
            return 0.0;
        }
        let changed: usize = self.hunks().map(|h| h.old.len().max(h.new.len())).sum();
        (changed as f64 / longer as f64).min(1.0)
    }
}

type Change = (Range<usize>, Range<usize>);

/// The changes between two texts cut at the same kind of boundary.
fn changes(
    old: &str,
    new: &str,
    old_ends: &[usize],
    new_ends: &[usize],
    deadline: Option<Instant>,
) -> Vec<Change> {
    let mut numbers = HashMap::new();
    let old_ids = number(old, old_ends, &mut numbers);
    let new_ids = number(new, new_ends, &mut numbers);
    let ops = capture_diff_slices_deadline(Algorithm::Myers, &old_ids, &new_ids, deadline);
    ops.iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| {
            (
                bytes(&op.old_range(), old_ends),
                bytes(&op.new_range(), new_ends),
            )
        })
        .collect()
}

/// Looks into changed lines for the words that changed, as far as the time goes; the rest stays as coarse as it was.
fn refined(old: &str, new: &str, coarse: Vec<Change>, deadline: Option<Instant>) -> Vec<Change> {
    let mut fine = Vec::with_capacity(coarse.len());
    for change in coarse {
        let (before, after) = (&old[change.0.clone()], &new[change.1.clone()]);
        let late = deadline.is_some_and(|end| Instant::now() > end);
        if late || before.is_empty() || after.is_empty() || size(&change) > LOOK_INTO {
            fine.push(change);
            continue;
        }
        let inner = changes(before, after, &words(before), &words(after), deadline);
        fine.extend(inner.into_iter().map(|(from, to)| {
            let shift = |range: Range<usize>, by: usize| range.start + by..range.end + by;
            (shift(from, change.0.start), shift(to, change.1.start))
        }));
    }
    fine
}

/// Gives equal words equal numbers: comparing numbers is what makes long texts affordable.
fn number<'a>(text: &'a str, ends: &[usize], numbers: &mut HashMap<&'a str, u32>) -> Vec<u32> {
    let mut start = 0;
    ends.iter()
        .map(|&end| {
            let fresh = numbers.len() as u32;
            let id = *numbers.entry(&text[start..end]).or_insert(fresh);
            start = end;
            id
        })
        .collect()
}

fn bytes(tokens: &Range<usize>, ends: &[usize]) -> Range<usize> {
    let at = |token: usize| token.checked_sub(1).map_or(0, |before| ends[before]);
    at(tokens.start)..at(tokens.end)
}

fn lines(text: &str) -> Vec<usize> {
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1);
    let mut ends: Vec<usize> = ends.collect();
    if ends.last().copied().unwrap_or(0) < text.len() {
        ends.push(text.len());
    }
    ends
}

#[derive(PartialEq, Eq, Clone, Copy)]
enum Kind {
    Word,
    Blank,
    Single,
}

fn kind(c: char) -> Kind {
    if c == ' ' || c == '\t' {
        Kind::Blank
    } else if !is_cjk(c) && (c.is_alphanumeric() || c == '_') {
        Kind::Word
    } else {
        Kind::Single
    }
}

/// Whether `c` belongs to the character before it, so that no hunk splits a letter or an emoji.
fn is_attached(c: char) -> bool {
    matches!(
        c,
        '\u{200c}' | '\u{200d}' | '\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'
    ) || (!c.is_ascii() && is_combining_mark(c))
}

/// Ends of the words, runs of blanks, and single signs of a text.
fn words(text: &str) -> Vec<usize> {
    let mut ends = Vec::with_capacity(text.len() / 4);
    let mut before = None;
    let mut glue = false;
    for (at, c) in text.char_indices() {
        if is_attached(c) {
            glue = c == '\u{200d}';
            continue;
        }
        let now = kind(c);
        let same = before == Some(now) && now != Kind::Single;
        if at > 0 && !same && !glue {
            ends.push(at);
        }
        glue = c == '\r' && text[at + 1..].starts_with('\n');
        before = Some(now);
    }
    if !text.is_empty() {
        ends.push(text.len());
    }
    ends
}

/// Joins changes that only a blank, a sign or one short word lies between.
///
/// A shared stretch is given up only if it is no longer than what changes on either side of it, the
/// rule of semantic clean-up; and never across a line end, so that hunks stay small enough to choose.
fn clean_up(old: &str, changes: Vec<Change>) -> Vec<Change> {
    let mut joined: Vec<Change> = Vec::with_capacity(changes.len());
    for change in changes {
        if let Some(last) = joined.last_mut() {
            let shared = &old[last.0.end..change.0.start];
            let small = shared.len() <= size(last).min(size(&change));
            let one_word = shared.split_whitespace().nth(1).is_none();
            if shared.is_empty() || (small && one_word && !shared.contains('\n')) {
                last.0.end = change.0.end;
                last.1.end = change.1.end;
                continue;
            }
        }
        joined.push(change);
    }
    joined
}

fn size(change: &Change) -> usize {
    change.0.len().max(change.1.len())
}

fn segments(changes: Vec<Change>, old_len: usize, new_len: usize) -> Vec<Segment> {
    let mut segments = Vec::with_capacity(changes.len() * 2 + 1);
    let (mut old_at, mut new_at) = (0, 0);
    for (id, (old, new)) in changes.into_iter().enumerate() {
        if old.start > old_at {
            segments.push(Segment::Equal {
                old: old_at..old.start,
                new: new_at..new.start,
            });
        }
        (old_at, new_at) = (old.end, new.end);
        segments.push(Segment::Change(Hunk { id, old, new }));
    }
    if old_at < old_len {
        segments.push(Segment::Equal {
            old: old_at..old_len,
            new: new_at..new_len,
        });
    }
    segments
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shape(old: &str, new: &str) -> Vec<(String, String)> {
        let diff = WordDiff::within(old, new, None);
        diff.hunks()
            .map(|h| (diff.old_of(h).to_owned(), diff.new_of(h).to_owned()))
            .collect()
    }

    fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
        expected
            .iter()
            .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()))
            .collect()
    }

    #[test]
    fn hunks_are_what_a_person_calls_one_change() {
        for (old, new, expected) in [
            (
                "Paris is in Italy.",
                "Paris is in France.",
                &[("Italy", "France")][..],
            ),
            ("the quick fox", "a slow fox", &[("the quick", "a slow")]),
            ("same", "same", &[]),
            ("", "all new", &[("", "all new")]),
            ("all old", "", &[("all old", "")]),
            ("keep this, drop that", "keep this", &[(", drop that", "")]),
            ("東京は大きい", "京都は大きい", &[("東京", "京都")]),
            ("e\u{301}te", "ete", &[("e\u{301}te", "ete")]),
            ("a\nb\nc", "x\nb\ny", &[("a", "x"), ("c", "y")]),
        ] {
            assert_eq!(shape(old, new), pairs(expected), "{old:?} to {new:?}");
        }
    }

    #[test]
    fn changes_far_apart_stay_apart() {
        let old = "We refund within 14 days of delivery, in every country we ship to.";
        let new = "We refund within 30 days of delivery, in each country we ship to.";
        assert_eq!(shape(old, new), pairs(&[("14", "30"), ("every", "each")]));
    }

    #[test]
    fn one_hunk_can_be_taken_without_the_other() {
        let diff = WordDiff::within("one big two small three", "one BIG two SMALL three", None);
        assert_eq!(diff.take(0), "one BIG two small three");
        assert_eq!(diff.take(1), "one big two SMALL three");
        assert_eq!(diff.hunk_at(9).map(|h| h.id), Some(1));
    }

    #[test]
    fn no_hunk_splits_a_letter_or_an_emoji() {
        let diff = WordDiff::within("👩\u{200d}👧 ok", "👩\u{200d}👦 ok", None);
        assert_eq!(diff.hunks().count(), 1);
        let hunk = diff.hunks().next().unwrap();
        assert_eq!(diff.old_of(hunk), "👩\u{200d}👧");
    }

    #[test]
    fn an_exceeded_budget_gives_a_coarser_diff_that_is_still_right() {
        let words = |step: u32| {
            let word = |i: u32| (i * step % 4001).to_string() + " ";
            (0..4000).map(word).collect::<String>()
        };
        let (old, new) = (words(7919), words(104_729));
        let diff = WordDiff::within(old.as_str(), new.as_str(), Some(Duration::ZERO));
        assert!(diff.is_coarse());
        assert_eq!(diff.apply(|_| true), new);
        assert_eq!(diff.apply(|_| false), old);
    }

    #[test]
    fn where_time_is_short_changed_lines_are_still_told_word_by_word() {
        let long = |name: &str, n: u32| -> String {
            let lines: Vec<String> = (0..n)
                .map(|i| format!("{name}{i} stays as it is\n"))
                .collect();
            lines.concat()
        };
        let (head, tail) = (long("a", 400), long("b", 400));
        let old = format!("{head}We refund within 14 days of delivery.\n{tail}");
        let new = old.replace("14 days", "30 days");
        let (old_lines, new_lines) = (lines(&old), lines(&new));
        let coarse = changes(&old, &new, &old_lines, &new_lines, None);
        assert_eq!(
            &old[coarse[0].0.clone()],
            "We refund within 14 days of delivery.\n"
        );
        let fine = refined(&old, &new, coarse, None);
        let words: Vec<_> = fine
            .iter()
            .map(|(from, to)| (&old[from.clone()], &new[to.clone()]))
            .collect();
        assert_eq!(words, [("14", "30")]);
    }

    #[test]
    fn the_changed_share_goes_from_nothing_to_all() {
        assert!(WordDiff::within("same", "same", None).changed_share() < f64::EPSILON);
        assert!(WordDiff::within("abc", "xyz", None).changed_share() > 0.99);
    }

    fn words_of() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop::sample::select(vec![
                "a",
                "b",
                "the",
                " ",
                "\n",
                "\r\n",
                ", ",
                "é",
                "日",
                "👩\u{200d}👧",
                "\u{301}",
            ]),
            0..40,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn all_hunks_give_the_new_text_and_none_the_old(old in words_of(), new in words_of()) {
            let diff = WordDiff::within(old.as_str(), new.as_str(), None);
            prop_assert_eq!(diff.apply(|_| true), new.as_str());
            prop_assert_eq!(diff.apply(|_| false), old.as_str());
            prop_assert_eq!(diff.is_empty(), old == new);
        }

        #[test]
        fn segments_cover_both_texts_in_order(old in words_of(), new in words_of()) {
            let diff = WordDiff::within(old.as_str(), new.as_str(), None);
            let (mut at_old, mut at_new) = (0, 0);
            for segment in diff.segments() {
                let (o, n) = match segment {
                    Segment::Equal { old: o, new: n } => {
                        prop_assert_eq!(&old[o.clone()], &new[n.clone()]);
                        (o, n)
                    }
                    Segment::Change(hunk) => (&hunk.old, &hunk.new),
                };
                prop_assert_eq!((o.start, n.start), (at_old, at_new));
                (at_old, at_new) = (o.end, n.end);
            }
            prop_assert_eq!((at_old, at_new), (old.len(), new.len()));
        }
    }
}
