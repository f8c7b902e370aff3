//! The rows of a styled text at one width, and the few of them that are on the screen.
//!
//! A [`WrapCache`] belongs to one text and one width. It can be filled a slice at a time, so that a
//! text of any length scrolls at once; drawing touches the visible rows alone.

use std::collections::BTreeSet;
use std::ops::Range;

use super::style::{Style, StyledText};
use super::wrap::{Row, wrap_lines};

/// The rows of one text at one width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrapCache {
    width: usize,
    rows: Vec<Row>,
    next_line: usize,
    complete: bool,
}

impl WrapCache {
    /// Wraps the whole text.
    pub fn new(text: &StyledText, width: usize) -> Self {
        let mut cache = Self::start(width);
        cache.extend(text, usize::MAX);
        cache
    }

    /// A cache without rows yet; fill it with [`WrapCache::extend`].
    pub fn start(width: usize) -> Self {
        Self {
            width,
            rows: Vec::new(),
            next_line: 0,
            complete: false,
        }
    }

    /// Wraps lines until about `bytes` more of the text are done; true once all of it is.
    pub fn extend(&mut self, text: &StyledText, bytes: usize) -> bool {
        let lines = text.lines();
        let from = self.next_line.min(lines.len());
        let start = lines.get(from).map_or(0, |line| line.start);
        let limit = start.saturating_add(bytes);
        let more = lines[from..].partition_point(|line| line.start < limit);
        let to = (from + more.max(1)).min(lines.len());
        wrap_lines(
            text.text(),
            &lines[from..to],
            from,
            self.width,
            &mut self.rows,
        );
        self.next_line = to;
        self.complete = to == lines.len();
        self.complete
    }

    /// Cells per row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether every line is wrapped.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// The rows wrapped so far.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row that shows the byte `offset`; a blank lost at a break belongs to the row before it.
    pub fn row_at(&self, offset: usize) -> usize {
        self.rows
            .partition_point(|row| row.start <= offset)
            .saturating_sub(1)
    }

    /// The first row of a line, if it is wrapped already.
    pub fn first_row_of(&self, line: usize) -> Option<usize> {
        let row = self.rows.partition_point(|row| row.line < line);
        self.rows.get(row).filter(|r| r.line == line).map(|_| row)
    }

    /// The rows `top..top + height`, ready to draw, with `marks` laid over the text's own styles.
    pub fn visible<'a>(
        &'a self,
        text: &'a StyledText,
        top: usize,
        height: usize,
        marks: &'a Marks,
    ) -> impl Iterator<Item = RowView<'a>> + 'a {
        let top = top.min(self.rows.len());
        let end = top.saturating_add(height).min(self.rows.len());
        self.rows[top..end]
            .iter()
            .map(|row| RowView::new(text, *row, marks))
    }
}

/// One row to draw: indent, then lead, then pieces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowView<'a> {
    /// Which part of the text it is.
    pub row: Row,
    /// Repeated start of the line (quote bars), drawn at the left edge inside the indent.
    pub lead: &'a str,
    /// Style of the lead.
    pub lead_style: Style,
    /// The text, cut where style or mark changes.
    pub pieces: Vec<Piece<'a>>,
}

/// A stretch of one row with one style and at most one mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<'a> {
    /// The text to draw.
    pub text: &'a str,
    /// Its place in the styled text.
    pub range: Range<usize>,
    /// What it is.
    pub style: Style,
    /// What lies over it (evidence, a search hit).
    pub mark: Option<Style>,
}

impl<'a> RowView<'a> {
    fn new(text: &'a StyledText, row: Row, marks: &'a Marks) -> Self {
        let line = text.lines().get(row.line).copied().unwrap_or_default();
        let lead = if row.indent > 0 {
            &text.text()[line.start..line.start + line.lead]
        } else {
            ""
        };
        Self {
            row,
            lead,
            lead_style: text.style_at(line.start),
            pieces: pieces(text, row.start..row.end, marks),
        }
    }
}

fn pieces<'a>(text: &'a StyledText, range: Range<usize>, marks: &Marks) -> Vec<Piece<'a>> {
    let runs = text.runs_in(&range);
    let marked = marks.touching(&range);
    let mut cuts: Vec<usize> = runs
        .iter()
        .chain(marked)
        .flat_map(|(r, _)| [r.start, r.end])
        .filter(|cut| range.contains(cut) && text.text().is_char_boundary(*cut))
        .chain([range.start, range.end])
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts.windows(2)
        .map(|cut| Piece {
            text: &text.text()[cut[0]..cut[1]],
            range: cut[0]..cut[1],
            style: style_in(runs, cut[0]).unwrap_or_default(),
            mark: style_in(marked, cut[0]),
        })
        .collect()
}

fn style_in(runs: &[(Range<usize>, Style)], at: usize) -> Option<Style> {
    let next = runs.partition_point(|(run, _)| run.end <= at);
    runs.get(next)
        .filter(|(run, _)| run.start <= at)
        .map(|(_, style)| *style)
}

/// Ranges laid over a text: evidence, notes, search hits.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    ranges: Vec<(Range<usize>, Style)>,
}

impl Marks {
    /// Marks from ranges of the styled text in any order; where they overlap, the later one wins.
    pub fn new(given: &[(Range<usize>, Style)]) -> Self {
        let mut edges: Vec<(usize, bool, usize)> = given
            .iter()
            .enumerate()
            .filter(|(_, (range, _))| range.start < range.end)
            .flat_map(|(i, (range, _))| [(range.start, true, i), (range.end, false, i)])
            .collect();
        edges.sort_unstable();
        let mut open = BTreeSet::new();
        let mut ranges: Vec<(Range<usize>, Style)> = Vec::new();
        let mut from = 0;
        for (at, opens, index) in edges {
            if let Some(&top) = open.last()
                && at > from
            {
                push_mark(&mut ranges, from..at, given, top);
            }
            from = at;
            if opens {
                open.insert(index);
            } else {
                open.remove(&index);
            }
        }
        Self { ranges }
    }

    /// Marks from ranges of the source; what is not shown of them is left out.
    pub fn of_source(text: &StyledText, given: &[(Range<usize>, Style)]) -> Self {
        let shown: Vec<_> = given
            .iter()
            .filter_map(|(range, style)| Some((text.map().text_range(range.clone())?, *style)))
            .collect();
        Self::new(&shown)
    }

    /// The marks in order, none overlapping.
    pub fn ranges(&self) -> &[(Range<usize>, Style)] {
        &self.ranges
    }

    fn touching(&self, range: &Range<usize>) -> &[(Range<usize>, Style)] {
        let from = self
            .ranges
            .partition_point(|(mark, _)| mark.end <= range.start);
        let rest = &self.ranges[from..];
        &rest[..rest.partition_point(|(mark, _)| mark.start < range.end)]
    }
}

fn push_mark(
    ranges: &mut Vec<(Range<usize>, Style)>,
    range: Range<usize>,
    given: &[(Range<usize>, Style)],
    index: usize,
) {
    let style = given[index].1;
    match ranges.last_mut() {
        Some((last, same)) if *same == style && last.end == range.start => last.end = range.end,
        _ => ranges.push((range, style)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::style::Builder;

    fn quote() -> StyledText {
        let mut builder = Builder::default();
        builder.own("│ ", Style::Quote);
        builder.hang(2, "│ ".len());
        builder.source("one two three", 2, Style::Quote);
        builder.finish()
    }

    #[test]
    fn continuation_rows_repeat_the_quote_bar() {
        let text = quote();
        let cache = WrapCache::new(&text, 9);
        let marks = Marks::default();
        let rows: Vec<_> = cache.visible(&text, 0, 9, &marks).collect();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].lead, rows[0].pieces[0].text), ("", "│ one two"));
        assert_eq!((rows[1].lead, rows[1].pieces[0].text), ("│ ", "three"));
        assert_eq!(rows[1].row.indent, 2);
    }

    #[test]
    fn marks_cut_pieces_and_keep_the_style_below() {
        let text = quote();
        let evidence = text.map().text_range(6..9).unwrap();
        let marks = Marks::new(&[(evidence, Style::Evidence)]);
        let cache = WrapCache::new(&text, 40);
        let row = cache.visible(&text, 0, 1, &marks).next().unwrap();
        let shape: Vec<_> = row
            .pieces
            .iter()
            .map(|p| (p.text, p.style, p.mark))
            .collect();
        assert_eq!(
            shape,
            [
                ("│ one ", Style::Quote, None),
                ("two", Style::Quote, Some(Style::Evidence)),
                (" three", Style::Quote, None),
            ]
        );
    }

    #[test]
    fn the_later_of_two_overlapping_marks_wins() {
        let marks = Marks::new(&[
            (0..10, Style::Evidence),
            (4..6, Style::SearchHit),
            (10..12, Style::Evidence),
            (3..3, Style::Note),
        ]);
        assert_eq!(
            marks.ranges(),
            [
                (0..4, Style::Evidence),
                (4..6, Style::SearchHit),
                (6..12, Style::Evidence)
            ]
        );
    }

    #[test]
    fn a_text_wrapped_in_slices_has_the_same_rows() {
        let source = "some words of a line that wraps\n".repeat(400);
        let text = StyledText::plain(&source);
        let whole = WrapCache::new(&text, 13);
        let mut sliced = WrapCache::start(13);
        let mut steps = 1;
        while !sliced.extend(&text, 500) {
            steps += 1;
        }
        assert!(steps > 10);
        assert_eq!(sliced, whole);
    }

    #[test]
    fn offsets_find_their_row() {
        let text = StyledText::plain("one two three\nfour");
        let cache = WrapCache::new(&text, 8);
        assert_eq!(cache.row_at(0), 0);
        assert_eq!(cache.row_at(7), 0);
        assert_eq!(cache.row_at(8), 1);
        assert_eq!(cache.first_row_of(1), Some(2));
        assert_eq!(cache.first_row_of(2), None);
        assert_eq!(cache.visible(&text, 9, 5, &Marks::default()).count(), 0);
    }
}
