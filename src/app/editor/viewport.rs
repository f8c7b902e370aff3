//! The window on a text being written: soft wrap of the lines in sight, and where the cursor stands in it.

use crate::text::OffsetMap;
use crate::text::sanitise::single_line;
use crate::text::width;
use crate::text::wrap::{Row, wrap};

use super::area::{Position, TextArea};

/// One row on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditorRow {
    /// The text, safe to draw.
    pub text: String,
    /// Columns that are selected, from and to.
    pub selected: Option<(u16, u16)>,
    /// Whether a line of the text starts here.
    pub starts_line: bool,
}

/// What is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EditorView {
    /// Rows from the top.
    pub rows: Vec<EditorRow>,
    /// Column and row of the cursor.
    pub cursor: (u16, u16),
    /// Lines above the first row.
    pub above: usize,
    /// Lines in all.
    pub lines: usize,
}

/// A place in the wrapped text: a line and a row in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Row of that line.
    pub row: usize,
}

/// One line, safe to draw and wrapped.
pub(super) struct Wrapped {
    text: String,
    map: OffsetMap,
    rows: Vec<Row>,
}

impl Wrapped {
    pub(super) fn of(line: &str, columns: usize) -> Self {
        let shown = single_line(line);
        let text = shown.text.into_owned();
        let mut rows = wrap(&text, columns);
        if rows.is_empty() {
            rows.push(Row {
                line: 0,
                start: 0,
                end: 0,
                indent: 0,
            });
        }
        Self {
            text,
            map: shown.map,
            rows,
        }
    }

    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Row and column of a byte of the line.
    pub(super) fn place(&self, byte: usize) -> (usize, usize) {
        let at = self.shown(byte);
        let row = self
            .rows
            .partition_point(|row| row.start <= at)
            .saturating_sub(1);
        (row, self.column(row, at))
    }

    fn shown(&self, byte: usize) -> usize {
        match self.map.text_range(byte..byte + 1) {
            Some(range) => range.start,
            None => self.text.len(),
        }
    }

    fn column(&self, row: usize, at: usize) -> usize {
        let Some(row) = self.rows.get(row) else {
            return 0;
        };
        let end = at.max(row.start);
        self.text.get(row.start..end).map_or(0, width::of)
    }

    /// The byte of the line nearest to a column of a row.
    pub(super) fn byte(&self, row: usize, column: usize) -> usize {
        let row = row.min(self.rows.len().saturating_sub(1));
        let Some(found) = self.rows.get(row) else {
            return 0;
        };
        let text = self.text.get(found.start..found.end).unwrap_or_default();
        let (mut bytes, _) = width::prefix_within(text, column);
        // The end of a row that goes on is the start of the next one: stay before its last cluster.
        if row + 1 < self.rows.len() && bytes == text.len() {
            bytes = width::clusters(text).last().map_or(0, |last| last.start);
        }
        let at = found.start + bytes;
        if at >= self.text.len() {
            return self.map.source_range(0..self.text.len()).end;
        }
        self.map.source_at(at)
    }

    fn selected(&self, row: usize, from: usize, to: Option<usize>) -> Option<(u16, u16)> {
        let found = self.rows.get(row)?;
        let (from, to) = (
            self.shown(from).max(found.start),
            to.map_or(self.text.len(), |to| self.shown(to))
                .min(found.end),
        );
        (from < to).then(|| (self.column(row, from) as u16, self.column(row, to) as u16))
    }
}

/// The first row to show so that the cursor is in sight and as little as possible moves.
pub(super) fn follow(area: &dyn TextArea, top: Place, columns: usize, height: usize) -> Place {
    let cursor = area.cursor();
    let wrapped = Wrapped::of(area.line(cursor.line), columns);
    let here = Place {
        line: cursor.line,
        row: wrapped.place(cursor.byte).0,
    };
    if here <= top || height == 0 {
        return here;
    }
    // The row that is the last one up at which the cursor is still in sight.
    let mut highest = here;
    for _ in 1..height {
        if highest.row > 0 {
            highest.row -= 1;
        } else if highest.line > 0 {
            highest.line -= 1;
            highest.row = Wrapped::of(area.line(highest.line), columns).rows() - 1;
        } else {
            break;
        }
    }
    top.max(highest)
}

/// The rows from `top` on.
pub(super) fn view(area: &dyn TextArea, top: Place, columns: usize, height: usize) -> EditorView {
    let cursor = area.cursor();
    let selection = area.selection();
    let mut view = EditorView {
        above: top.line,
        lines: area.line_count(),
        ..EditorView::default()
    };
    for line in top.line..area.line_count() {
        let wrapped = Wrapped::of(area.line(line), columns);
        let skip = if line == top.line { top.row } else { 0 };
        for row in skip..wrapped.rows() {
            if view.rows.len() >= height {
                return view;
            }
            let found = &wrapped.rows[row];
            if line == cursor.line {
                let (at, column) = wrapped.place(cursor.byte);
                if at == row {
                    let last = columns.saturating_sub(1);
                    view.cursor = (column.min(last) as u16, view.rows.len() as u16);
                }
            }
            view.rows.push(EditorRow {
                text: wrapped.text[found.start..found.end].to_owned(),
                selected: selection.and_then(|(from, to)| {
                    if line < from.line || line > to.line {
                        return None;
                    }
                    let start = if line == from.line { from.byte } else { 0 };
                    let end = (line == to.line).then_some(to.byte);
                    wrapped.selected(row, start, end)
                }),
                starts_line: row == 0,
            });
        }
    }
    view
}

/// The place in the text at a column and row of the window.
pub(super) fn at(area: &dyn TextArea, top: Place, columns: usize, x: usize, y: usize) -> Position {
    let mut left = y;
    for line in top.line..area.line_count() {
        let wrapped = Wrapped::of(area.line(line), columns);
        let skip = if line == top.line { top.row } else { 0 };
        let rows = wrapped.rows().saturating_sub(skip);
        if left < rows {
            return Position::new(line, wrapped.byte(skip + left, x));
        }
        left -= rows;
    }
    area.end()
}
