//! From a shown text back to its source, and from the source to what shows it.
//!
//! A map is a list of segments that cover the shown text without a gap, in the order of the source.
//! Source bytes that are not shown (Markdown markers, a folded object) lie between two segments; text
//! of our own (bullets, indents) is a segment without source bytes. Both directions are a binary search.

use std::ops::Range;

/// How one stretch of shown text came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// The source bytes themselves.
    Verbatim,
    /// Stands for source bytes it does not equal: an expanded tab, a decoded entity.
    Changed,
    /// Stands for a character that must not reach a terminal.
    Revealed,
    /// Not in the source: a bullet, an indent, a rule.
    Own,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    text: usize,
    source: usize,
    source_end: usize,
    origin: Origin,
}

/// The correspondence of a shown text and its source, in byte offsets.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OffsetMap {
    segments: Vec<Segment>,
    text_len: usize,
    revealed: usize,
}

impl OffsetMap {
    /// The map of a text that is shown as it is.
    pub fn identity(len: usize) -> Self {
        let mut map = Self::default();
        map.push_verbatim(len, 0);
        map
    }

    /// Whether shown and source offsets are the same throughout.
    pub fn is_identity(&self) -> bool {
        match self.segments.as_slice() {
            [] => true,
            [only] => only.origin == Origin::Verbatim && only.source == 0,
            _ => false,
        }
    }

    /// Length of the shown text in bytes.
    pub fn text_len(&self) -> usize {
        self.text_len
    }

    /// The source bytes that the shown bytes of `text` stand for.
    ///
    /// Text of our own has no source: a range of nothing else gives the empty range at its place.
    pub fn source_range(&self, text: Range<usize>) -> Range<usize> {
        let Some(first) = self.segment_at(text.start) else {
            return 0..0;
        };
        let start = self.source_of(first, text.start);
        if text.end <= text.start {
            return start..start;
        }
        let last = self.segment_at(text.end - 1).unwrap_or(first);
        let segment = self.segments[last];
        let end = match segment.origin {
            Origin::Verbatim => {
                (segment.source + (text.end - segment.text)).min(segment.source_end)
            }
            _ => segment.source_end,
        };
        start..end.max(start)
    }

    /// The source offset shown at `text`; the nearest one before it for text of our own.
    pub fn source_at(&self, text: usize) -> usize {
        self.segment_at(text)
            .map_or(0, |index| self.source_of(index, text))
    }

    /// The shown bytes that stand for `source`, or `None` if nothing of it is shown.
    ///
    /// The range is one piece: bullets and markers that lie inside are part of it.
    pub fn text_range(&self, source: Range<usize>) -> Option<Range<usize>> {
        if source.start >= source.end {
            return None;
        }
        let from = self
            .segments
            .partition_point(|s| s.source_end <= source.start);
        let to = self.segments.partition_point(|s| s.source < source.end);
        let mut shown = (from..to).filter(|&i| self.segments[i].origin != Origin::Own);
        let first = shown.next()?;
        let last = shown.next_back().unwrap_or(first);
        let head = self.segments[first];
        let start = match head.origin {
            Origin::Verbatim => head.text + source.start.saturating_sub(head.source),
            _ => head.text,
        };
        let tail = self.segments[last];
        let tail_end = self.text_end(last);
        let end = match tail.origin {
            Origin::Verbatim => (tail.text + (source.end - tail.source)).min(tail_end),
            _ => tail_end,
        };
        (start < end).then_some(start..end)
    }

    /// Shown ranges of revealed characters inside `text`, in order.
    pub fn revealed(&self, text: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
        let from = self.segments.partition_point(|s| s.text < text.start);
        (from..self.segments.len())
            .take_while(move |&i| self.segments[i].text < text.end)
            .filter(|&i| self.segments[i].origin == Origin::Revealed)
            .map(|i| self.segments[i].text..self.text_end(i))
    }

    /// Shown ranges that have no source, in order.
    pub(super) fn own(&self) -> impl Iterator<Item = Range<usize>> + '_ {
        (0..self.segments.len())
            .filter(|&i| self.segments[i].origin == Origin::Own)
            .map(|i| self.segments[i].text..self.text_end(i))
    }

    /// How many stand-ins there are so far.
    pub(super) fn revealed_count(&self) -> usize {
        self.revealed
    }

    /// Appends `len` shown bytes that equal the source bytes from `source` on.
    pub(super) fn push_verbatim(&mut self, len: usize, source: usize) {
        self.push(len, source..source + len, Origin::Verbatim);
    }

    /// Appends `len` shown bytes that stand for `source`.
    pub(super) fn push_changed(&mut self, len: usize, source: Range<usize>, origin: Origin) {
        self.push(len, source, origin);
    }

    /// Appends `len` shown bytes that have no source.
    pub(super) fn push_own(&mut self, len: usize) {
        let place = self.source_end();
        self.push(len, place..place, Origin::Own);
    }

    /// Appends another map behind this one.
    pub(super) fn append(&mut self, other: &Self) {
        for (index, segment) in other.segments.iter().enumerate() {
            let len = other.text_end(index) - segment.text;
            if segment.origin == Origin::Own {
                self.push_own(len);
            } else {
                self.push(len, segment.source..segment.source_end, segment.origin);
            }
        }
    }

    fn push(&mut self, len: usize, source: Range<usize>, origin: Origin) {
        if len == 0 {
            return;
        }
        // Both searches rest on the order of the source. A stretch that goes back in it is kept
        // as text without source rather than breaking the order.
        let out_of_order = self
            .segments
            .last()
            .is_some_and(|s| source.start < s.source);
        let place = self.source_end();
        let (source, origin) = if out_of_order {
            (place..place, Origin::Own)
        } else {
            (source, origin)
        };
        let text = self.text_len;
        self.text_len += len;
        if let Some(last) = self.segments.last_mut()
            && last.origin == origin
            && matches!(origin, Origin::Verbatim | Origin::Own)
            && last.source_end == source.start
        {
            last.source_end = source.end;
            return;
        }
        self.revealed += usize::from(origin == Origin::Revealed);
        self.segments.push(Segment {
            text,
            source: source.start,
            source_end: source.end,
            origin,
        });
    }

    fn source_end(&self) -> usize {
        self.segments.last().map_or(0, |s| s.source_end)
    }

    fn segment_at(&self, text: usize) -> Option<usize> {
        self.segments
            .partition_point(|s| s.text <= text)
            .checked_sub(1)
    }

    fn source_of(&self, index: usize, text: usize) -> usize {
        let segment = self.segments[index];
        match segment.origin {
            Origin::Verbatim => (segment.source + (text - segment.text)).min(segment.source_end),
            _ if text >= self.text_end(index) => segment.source_end,
            _ => segment.source,
        }
    }

    fn text_end(&self, index: usize) -> usize {
        self.segments
            .get(index + 1)
            .map_or(self.text_len, |next| next.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `• **bold** \t end` shown as `• bold     end`.
    fn sample() -> OffsetMap {
        let mut map = OffsetMap::default();
        map.push_own(4);
        map.push_verbatim(4, 2);
        map.push_changed(4, 8..9, Origin::Changed);
        map.push_changed(3, 9..10, Origin::Revealed);
        map.push_verbatim(3, 10);
        map
    }

    #[test]
    fn identity_maps_every_offset_to_itself() {
        let map = OffsetMap::identity(10);
        assert!(map.is_identity());
        assert_eq!(map.source_range(2..7), 2..7);
        assert_eq!(map.text_range(2..7), Some(2..7));
        assert_eq!(map.source_at(10), 10);
    }

    #[test]
    fn own_text_has_no_source() {
        assert_eq!(sample().source_range(0..4), 0..0);
        assert_eq!(sample().source_range(0..6), 0..4);
    }

    #[test]
    fn a_replacement_maps_to_all_it_stands_for() {
        assert_eq!(sample().source_range(9..10), 8..9);
        assert_eq!(sample().text_range(8..9), Some(8..12));
        assert_eq!(sample().text_range(9..10), Some(12..15));
    }

    #[test]
    fn source_that_is_not_shown_has_no_range_and_shrinks_others() {
        assert_eq!(sample().text_range(0..2), None);
        assert_eq!(sample().text_range(6..8), None);
        assert_eq!(sample().text_range(0..8), Some(4..8));
        assert_eq!(sample().text_range(4..12), Some(6..17));
    }

    #[test]
    fn revealed_ranges_are_listed() {
        assert_eq!(sample().revealed(0..18).next(), Some(12..15));
        assert_eq!(sample().revealed(0..18).count(), 1);
        assert_eq!(sample().revealed(0..12).count(), 0);
    }

    #[test]
    fn source_out_of_order_is_kept_as_own_text() {
        let mut map = OffsetMap::identity(4);
        map.push_changed(2, 8..9, Origin::Changed);
        map.push_verbatim(3, 1);
        assert_eq!(map.source_range(6..9), 9..9);
        assert_eq!(map.text_range(1..3), Some(1..3));
    }

    #[test]
    fn appended_maps_keep_their_sources() {
        let mut map = OffsetMap::identity(2);
        let mut cell = OffsetMap::default();
        cell.push_verbatim(3, 5);
        map.push_own(1);
        map.append(&cell);
        assert_eq!(map.text_range(5..8), Some(3..6));
    }
}
