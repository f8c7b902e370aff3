//! Columns that leave when there is no room for them, the least important first.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::text::width::Align;

use super::super::glyph;
use super::super::pen::{Pen, cut_left, shift_right};
use super::super::theme::Look;

/// Cells of the pointer before a row.
const POINTER: u16 = 2;
/// Cells between two columns.
const GAP: u16 = 2;

/// A column.
#[derive(Debug, Clone)]
pub struct Column {
    name: Cow<'static, str>,
    /// Fewest and most cells.
    cells: (u16, u16),
    align: Align,
    /// Columns of a higher rank leave first; those of rank 0 stay.
    rank: u8,
}

impl Column {
    /// A column of words.
    pub fn left(name: impl Into<Cow<'static, str>>, least: u16, most: u16, rank: u8) -> Self {
        Self {
            name: name.into(),
            cells: (least, most.max(least)),
            align: Align::Left,
            rank,
        }
    }

    /// A column of numbers.
    pub fn right(name: impl Into<Cow<'static, str>>, cells: u16, rank: u8) -> Self {
        Self {
            name: name.into(),
            cells: (cells, cells),
            align: Align::Right,
            rank,
        }
    }
}

/// A cell of a row.
#[derive(Debug, Clone)]
pub struct Cell {
    text: String,
    look: Look,
}

impl Cell {
    /// A cell with a meaning.
    pub fn new(text: impl Into<String>, look: Look) -> Self {
        Self {
            text: text.into(),
            look,
        }
    }

    /// What is read.
    pub fn text(text: impl Into<String>) -> Self {
        Self::new(text, Look::Text)
    }

    /// What is not read now.
    pub fn dim(text: impl Into<String>) -> Self {
        Self::new(text, Look::Dim)
    }
}

/// Columns laid out over a width.
#[derive(Debug)]
pub struct Table {
    columns: Vec<Column>,
    /// Cells of each column; 0 for one that left.
    widths: Vec<u16>,
}

impl Table {
    /// Lays the columns out: those of the highest ranks leave until the rest fit, then columns of words grow.
    pub fn new(width: u16, columns: Vec<Column>) -> Self {
        let room = width.saturating_sub(POINTER);
        let mut kept: Vec<bool> = vec![true; columns.len()];
        let needed = |kept: &[bool]| -> u16 {
            let shown = columns.iter().zip(kept).filter(|(_, kept)| **kept);
            shown.map(|(column, _)| column.cells.0 + GAP).sum::<u16>()
        };
        while needed(&kept) > room + GAP {
            let last = columns
                .iter()
                .enumerate()
                .filter(|(at, column)| kept[*at] && column.rank > 0)
                .max_by_key(|(at, column)| (column.rank, *at));
            match last {
                Some((at, _)) => kept[at] = false,
                None => break,
            }
        }
        let mut free = (room + GAP).saturating_sub(needed(&kept));
        let mut widths: Vec<u16> = columns
            .iter()
            .zip(&kept)
            .map(|(column, kept)| if *kept { column.cells.0 } else { 0 })
            .collect();
        for (at, column) in columns.iter().enumerate().filter(|(at, _)| kept[*at]) {
            let more = (column.cells.1 - column.cells.0).min(free);
            widths[at] += more;
            free -= more;
        }
        Self { columns, widths }
    }

    /// The headings.
    pub fn head(&self, pen: &mut Pen<'_>, area: Rect) {
        let mut rest = shift_right(area, POINTER);
        for (column, width) in self.columns.iter().zip(&self.widths) {
            if *width > 0 {
                let (at, more) = cut_left(rest, *width, GAP);
                pen.line_aligned(at, &column.name, Look::Dim, column.align);
                rest = more;
            }
        }
    }

    /// A row; the one under the cursor is tinted and carries the pointer.
    pub fn row(&self, pen: &mut Pen<'_>, area: Rect, cells: &[Cell], cursor: bool) {
        if cursor {
            pen.tint(area, Look::Cursor);
            pen.put(area.x, area.y, 1, glyph::POINTER, Look::Accent);
        }
        let mut rest = shift_right(area, POINTER);
        let shown = self.columns.iter().zip(&self.widths).zip(cells);
        for ((column, width), cell) in shown.filter(|((_, width), _)| **width > 0) {
            let (at, more) = cut_left(rest, *width, GAP);
            let look = match cell.look {
                Look::Text if cursor => Look::Cursor,
                Look::Dim if cursor => Look::CursorDim,
                look => look,
            };
            pen.line_aligned(at, &cell.text, look, column.align);
            rest = more;
        }
    }
}
