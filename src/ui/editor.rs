//! A text being written: wrapped by our own rules, hostile characters visible, the cursor where it is.
//!
//! The text area of the library keeps text, cursor, selection and undo; it does not draw. Its own drawing
//! counts characters, not what they look like, and passes control characters on.

use std::ops::Range;

use ratatui::layout::Rect;

use crate::text::sanitise;
use crate::text::width;
use crate::text::wrap;

use super::pen::{Pen, nth_row, shift_right};
use super::theme::Look;

/// A place in a text: line, and byte in that line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// From 0.
    pub line: usize,
    /// Bytes from the start of the line, on a character boundary.
    pub byte: usize,
}

/// What is drawn of a text being written.
#[derive(Debug, Clone, Copy)]
pub struct Written<'a, L> {
    /// The lines.
    pub lines: &'a [L],
    /// Where the next character goes.
    pub cursor: Place,
    /// What is selected, from and to.
    pub selected: Option<(Place, Place)>,
    /// Whether long lines wrap.
    pub wraps: bool,
}

/// One row on the screen: a line and the bytes of it that are shown.
struct Row {
    line: usize,
    bytes: Range<usize>,
}

/// Draws the rows around the cursor and puts the terminal cursor there. `area` needs at least one cell.
///
/// Only lines near the cursor are wrapped, so the length of the text does not matter.
pub fn draw<L: AsRef<str>>(pen: &mut Pen<'_>, area: Rect, text: &Written<'_, L>) {
    if area.is_empty() {
        return;
    }
    let cells = usize::from(area.width.saturating_sub(1)).max(1);
    let rows = around(text, cells, usize::from(area.height));
    let shift = if text.wraps { 0 } else { sideways(text, cells) };
    for (index, row) in rows.iter().enumerate() {
        let at = nth_row(area, index as u16);
        let line = text.lines.get(row.line).map_or("", AsRef::as_ref);
        one(pen, at, line, row, text, shift);
        let here = text.cursor.line == row.line && holds(row, text.cursor.byte, line.len());
        if here {
            let before = shown(line.get(row.bytes.start..text.cursor.byte).unwrap_or(""));
            let cells = width::of(&before).saturating_sub(shift);
            pen.set_cursor(at.x.saturating_add(cells as u16), at.y);
        }
    }
}

/// Whether the cursor stands in this row; the end of a wrapped row belongs to the next one.
fn holds(row: &Row, byte: usize, len: usize) -> bool {
    (row.bytes.contains(&byte)) || (byte == row.bytes.end && byte == len)
}

/// The rows to show: the cursor's own in the middle where the text is longer than the area.
fn around<L: AsRef<str>>(text: &Written<'_, L>, cells: usize, height: usize) -> Vec<Row> {
    let from = text.cursor.line.saturating_sub(height);
    let to = (text.cursor.line + height + 1).min(text.lines.len());
    let mut rows = Vec::new();
    for line in from..to {
        let content = text.lines[line].as_ref();
        if text.wraps {
            rows.extend(
                pieces(content, cells)
                    .into_iter()
                    .map(|bytes| Row { line, bytes }),
            );
        } else {
            rows.push(Row {
                line,
                bytes: 0..content.len(),
            });
        }
    }
    let here = rows
        .iter()
        .position(|row| {
            let len = text.lines[row.line].as_ref().len();
            row.line == text.cursor.line && holds(row, text.cursor.byte, len)
        })
        .unwrap_or(0);
    let starts_at_top = from == 0;
    let wanted = here.saturating_sub(height / 2);
    let most = rows.len().saturating_sub(height);
    let first = if starts_at_top && here < height {
        0
    } else {
        wanted.min(most)
    };
    rows.drain(..first.min(rows.len()));
    rows.truncate(height);
    rows
}

/// Where a line breaks. Blanks at a break stay at the end of their row, so that every byte has a place.
fn pieces(line: &str, cells: usize) -> Vec<Range<usize>> {
    let clean = sanitise::line(line);
    if clean.len() != line.len() || clean.as_ref() != line {
        return hostile_pieces(line, cells);
    }
    let starts: Vec<usize> = wrap::wrap(line, cells)
        .iter()
        .map(|row| row.start)
        .collect();
    let ends = starts.iter().skip(1).copied().chain([line.len()]);
    starts
        .iter()
        .copied()
        .zip(ends)
        .map(|(start, end)| start..end)
        .collect()
}

/// Breaks of a line whose signs are shown wider than they are: by cells alone.
fn hostile_pieces(line: &str, cells: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut used) = (0, 0);
    for cluster in width::clusters(line) {
        let cells_here = width::of(&shown(cluster.text));
        if used + cells_here > cells && cluster.start > start {
            pieces.push(start..cluster.start);
            (start, used) = (cluster.start, 0);
        }
        used += cells_here;
    }
    pieces.push(start..line.len());
    pieces
}

fn shown(text: &str) -> std::borrow::Cow<'_, str> {
    sanitise::line(text)
}

/// Columns scrolled away at the left so that the cursor stays visible in lines that do not wrap.
fn sideways<L: AsRef<str>>(text: &Written<'_, L>, cells: usize) -> usize {
    let line = text.lines.get(text.cursor.line).map_or("", AsRef::as_ref);
    let before = width::of(&shown(line.get(..text.cursor.byte).unwrap_or("")));
    before.saturating_sub(cells.saturating_sub(1))
}

fn one<L: AsRef<str>>(
    pen: &mut Pen<'_>,
    at: Rect,
    line: &str,
    row: &Row,
    text: &Written<'_, L>,
    shift: usize,
) {
    let selected = selected_in(text.selected, row, line.len());
    let cuts = [row.bytes.start, selected.start, selected.end, row.bytes.end];
    let mut column = 0usize;
    for pair in cuts.windows(2) {
        let piece = shown(line.get(pair[0]..pair[1]).unwrap_or(""));
        let look = if pair[0] == selected.start && !selected.is_empty() {
            Look::Selected
        } else {
            Look::Text
        };
        let cells = width::of(&piece);
        let hidden = shift.saturating_sub(column).min(cells);
        let (skip, skipped) = width::prefix_within(&piece, hidden);
        let x = (column + skipped).saturating_sub(shift) as u16;
        let rest = shift_right(at, x);
        pen.put(rest.x, rest.y, rest.width, &piece[skip..], look);
        column += cells;
    }
}

/// The selected bytes of a row; empty at its end if there are none.
fn selected_in(selected: Option<(Place, Place)>, row: &Row, len: usize) -> Range<usize> {
    let none = row.bytes.end..row.bytes.end;
    let Some((a, b)) = selected else { return none };
    let (from, to) = if a <= b { (a, b) } else { (b, a) };
    if from.line > row.line || to.line < row.line {
        return none;
    }
    let start = if from.line < row.line {
        0
    } else {
        from.byte.min(len)
    };
    let end = if to.line > row.line {
        len
    } else {
        to.byte.min(len)
    };
    let start = start.clamp(row.bytes.start, row.bytes.end);
    let end = end.clamp(start, row.bytes.end);
    start..end
}

#[cfg(test)]
mod tests {
    use super::super::theme::Theme;
    use super::*;
    use proptest::prelude::*;
    use ratatui::buffer::Buffer;

    fn drawn(
        lines: &[&str],
        cursor: Place,
        width: u16,
        height: u16,
    ) -> (Vec<String>, Option<(u16, u16)>) {
        let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
        let theme = Theme::default();
        let mut pen = Pen::new(&mut buffer, &theme);
        let text = Written {
            lines,
            cursor,
            selected: None,
            wraps: true,
        };
        draw(&mut pen, Rect::new(0, 0, width, height), &text);
        let at = pen.cursor().map(|at| (at.x, at.y));
        let rows = buffer
            .content
            .chunks(usize::from(width))
            .map(|row| {
                row.iter()
                    .map(ratatui::buffer::Cell::symbol)
                    .collect::<String>()
            })
            .collect();
        (rows, at)
    }

    #[test]
    fn the_cursor_stands_behind_what_was_typed() {
        let (rows, at) = drawn(&["hello", "漢字x"], Place { line: 1, byte: 6 }, 20, 3);
        assert!(rows[0].starts_with("hello"));
        assert_eq!(at, Some((4, 1)));
    }

    #[test]
    fn a_long_line_wraps_and_the_cursor_follows() {
        let (rows, at) = drawn(&["one two three"], Place { line: 0, byte: 13 }, 9, 4);
        assert_eq!(rows[0].trim_end(), "one two");
        assert_eq!(rows[1].trim_end(), "three");
        assert_eq!(at, Some((5, 1)));
    }

    #[test]
    fn control_characters_are_seen_while_editing() {
        let (rows, _) = drawn(&["a\u{1b}[2Jb\u{202e}"], Place::default(), 30, 1);
        assert!(!rows[0].contains('\u{1b}') && !rows[0].contains('\u{202e}'));
        assert!(rows[0].contains("[2J"));
    }

    proptest! {
        #[test]
        fn any_text_at_any_size_is_drawn(
            lines in proptest::collection::vec("\\PC{0,30}|[\u{0}-\u{20}\u{200b}-\u{202e}漢é👩‍🚀]{0,20}", 1..6),
            line in 0usize..8, byte in 0usize..60, width in 1u16..40, height in 1u16..8, wraps: bool,
        ) {
            let line = line.min(lines.len() - 1);
            let mut byte = byte.min(lines[line].len());
            while !lines[line].is_char_boundary(byte) { byte -= 1; }
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
            let theme = Theme::default();
            let mut pen = Pen::new(&mut buffer, &theme);
            let cursor = Place { line, byte };
            let text = Written { lines: &lines, cursor, selected: Some((Place::default(), cursor)), wraps };
            draw(&mut pen, Rect::new(0, 0, width, height), &text);
            prop_assert!(buffer.content.iter().all(|cell| !cell.symbol().contains(char::is_control)));
        }
    }
}
