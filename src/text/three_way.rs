//! Two edits of one text side by side: a person's own and a suggested one, change by change.
//!
//! Changes of the two that overlap or touch are one change with two readings, so that whatever is chosen where, the
//! pieces always fit. Choosing every change of one side gives that side's text, exactly.

mod view;

use std::ops::Range;
use std::sync::Arc;

use super::diff::{Edit, WordDiff};

pub use view::{ThreeWayView, inline};

/// Whose words stand at a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Side {
    /// The text before both edits.
    #[default]
    Original,
    /// The person's.
    Mine,
    /// The suggested ones.
    Suggested,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Bytes of the original.
    pub old: Range<usize>,
    /// What the person put there; `None` where they left it.
    pub mine: Option<String>,
    /// What is suggested there; `None` where nothing is.
    pub suggested: Option<String>,
    /// Which of the person's words differ from the original.
    pub mine_marks: Marks,
    /// Which of the suggested words do.
    pub suggested_marks: Marks,
}

/// The words of a change that one side alters; the rest of it stands in both.
///
/// A change may be wider than that side's edit: where the two overlap, both are shown over the same stretch.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// Bytes of that side's words that are new.
    pub new: Vec<Range<usize>>,
    /// Bytes of the original that are gone.
    pub gone: Vec<Range<usize>>,
}

impl Change {
    /// Whether the person wrote what is suggested.
    pub fn agrees(&self) -> bool {
        self.mine.is_some() && self.mine == self.suggested
    }

    /// What can be chosen, in the order a key goes through it: the person's own first, where there is one, else
    /// the original.
    pub fn choices(&self) -> Vec<Side> {
        match (&self.mine, &self.suggested) {
            (Some(_), Some(_)) if !self.agrees() => {
                vec![Side::Mine, Side::Suggested, Side::Original]
            }
            (Some(_), _) => vec![Side::Mine, Side::Original],
            (None, _) => vec![Side::Original, Side::Suggested],
        }
    }

    /// What stands there before anything is chosen: nothing suggested is ever taken by itself.
    pub fn standing(&self) -> Side {
        self.mine.as_ref().map_or(Side::Original, |_| Side::Mine)
    }
}

/// A text and two edits of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreeWay {
    original: Arc<str>,
    changes: Vec<Change>,
}

impl ThreeWay {
    /// Compares an original with what became of it. An edit that is not there changes nothing.
    pub fn new(original: &Arc<str>, mine: Option<&Arc<str>>, suggested: Option<&Arc<str>>) -> Self {
        Self::of_named(original, mine, suggested, &[])
    }

    /// The same where the suggested text's changes are known as they were named, in order: each of them is one change
    /// here, whatever lies between it and the next. They are passed over where they do not give that text.
    pub fn of_named(
        original: &Arc<str>,
        mine: Option<&Arc<str>>,
        suggested: Option<&Arc<str>>,
        edits: &[Edit],
    ) -> Self {
        let diff = |text: Option<&Arc<str>>| {
            let text = text.unwrap_or(original);
            WordDiff::new(Arc::clone(original), Arc::clone(text))
        };
        let named = suggested.and_then(|text| {
            let named = WordDiff::of_edits(Arc::clone(original), edits)?;
            (!edits.is_empty() && named.new_text() == text).then_some(named)
        });
        let edits = if named.is_some() { edits } else { &[] };
        let (mine, suggested) = (diff(mine), named.unwrap_or_else(|| diff(suggested)));
        let changes = regions(&mine, &suggested, edits)
            .into_iter()
            .map(|old| {
                let (mine, mine_marks) = within(&mine, &old);
                let (suggested, suggested_marks) = within(&suggested, &old);
                Change {
                    old,
                    mine,
                    suggested,
                    mine_marks,
                    suggested_marks,
                }
            })
            .collect();
        Self {
            original: Arc::clone(original),
            changes,
        }
    }

    /// The text before both edits.
    pub fn original(&self) -> &Arc<str> {
        &self.original
    }

    /// The changes in order.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// The original's words at a change.
    pub fn old_of(&self, change: &Change) -> &str {
        self.original.get(change.old.clone()).unwrap_or("")
    }

    /// The words at a change if this side is chosen.
    pub fn words<'a>(&'a self, change: &'a Change, side: Side) -> &'a str {
        let chosen = match side {
            Side::Original => None,
            Side::Mine => change.mine.as_deref(),
            Side::Suggested => change.suggested.as_deref(),
        };
        chosen.unwrap_or_else(|| self.old_of(change))
    }

    /// The text with these choices; a change without one stays as it was in the original.
    pub fn result(&self, choices: &[Side]) -> String {
        let mut out = String::with_capacity(self.original.len());
        let mut from = 0;
        for (at, change) in self.changes.iter().enumerate() {
            out.push_str(self.original.get(from..change.old.start).unwrap_or(""));
            let side = choices.get(at).copied().unwrap_or_default();
            out.push_str(self.words(change, side));
            from = change.old.end;
        }
        out.push_str(self.original.get(from..).unwrap_or(""));
        out
    }
}

/// The stretches of the original that either edit changes, in order; what overlaps or touches is one, and so is all that
/// one named edit changes.
fn regions(mine: &WordDiff, suggested: &WordDiff, edits: &[Edit]) -> Vec<Range<usize>> {
    let whole = edits.iter().filter_map(|(range, _)| {
        let mut hunks = suggested
            .hunks()
            .filter(|hunk| range.start <= hunk.old.start && hunk.old.end <= range.end);
        let first = hunks.next()?;
        let last = hunks.last().unwrap_or(first);
        Some(first.old.start..last.old.end)
    });
    let mut all: Vec<Range<usize>> = mine
        .hunks()
        .chain(suggested.hunks())
        .map(|hunk| hunk.old.clone())
        .chain(whole)
        .collect();
    all.sort_by_key(|old| (old.start, old.end));
    let mut merged: Vec<Range<usize>> = Vec::with_capacity(all.len());
    for old in all {
        match merged.last_mut() {
            Some(last) if old.start <= last.end => last.end = last.end.max(old.end),
            _ => merged.push(old),
        }
    }
    merged
}

/// What an edit makes of a stretch of the original that cuts none of its changes, and where; `None` if it leaves it
/// alone.
fn within(diff: &WordDiff, region: &Range<usize>) -> (Option<String>, Marks) {
    let mut marks = Marks::default();
    let mut hunks = diff
        .hunks()
        .filter(|hunk| hunk.old.start >= region.start && hunk.old.end <= region.end)
        .peekable();
    if hunks.peek().is_none() {
        return (None, marks);
    }
    let mut out = String::new();
    let mut from = region.start;
    for hunk in hunks {
        out.push_str(diff.old().get(from..hunk.old.start).unwrap_or(""));
        let start = out.len();
        out.push_str(diff.new_of(hunk));
        marks.new.push(start..out.len());
        marks.gone.push(hunk.old.clone());
        from = hunk.old.end;
    }
    out.push_str(diff.old().get(from..region.end).unwrap_or(""));
    (Some(out), marks)
}

#[cfg(test)]
mod tests;
