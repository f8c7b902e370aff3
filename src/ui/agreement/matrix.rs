//! The table of counts: what the judge says by what people say.

use ratatui::layout::Rect;

use crate::domain::view::agreement::Matrix;
use crate::text::width::{Align, of as cells_of};

use super::super::glyph;
use super::super::pen::{Pen, nth_row, shift_right};
use super::super::theme::Look;

/// Cells of the column of labels, and of one count.
fn cells(matrix: &Matrix) -> (u16, u16) {
    let labels = matrix.labels.iter().map(|label| cells_of(label)).max();
    let counts = matrix
        .cells
        .iter()
        .flatten()
        .map(|n| n.to_string().len())
        .max();
    let cell = labels.max(counts).unwrap_or(1) as u16 + 1;
    (labels.unwrap_or(1).max(8) as u16, cell.max(4))
}

/// Cells the table takes.
pub(super) fn width(matrix: &Matrix) -> u16 {
    let (label, cell) = cells(matrix);
    label.saturating_add(cell.saturating_mul(matrix.labels.len() as u16))
}

/// Rows the judge's answers, columns the people's.
pub(super) fn draw(pen: &mut Pen<'_>, area: Rect, matrix: &Matrix) {
    let (label, cell) = cells(matrix);
    let column = |row: Rect, at: usize| {
        let from = label.saturating_add(cell.saturating_mul(at as u16));
        Rect {
            width: cell.min(row.width.saturating_sub(from)),
            ..shift_right(row, from)
        }
    };
    let head = nth_row(area, 0);
    pen.line(head, "judge \\ ", Look::Dim);
    for (at, name) in matrix.labels.iter().enumerate() {
        pen.line_aligned(column(head, at), name, Look::Dim, Align::Right);
    }
    for (index, (name, counts)) in matrix.labels.iter().zip(&matrix.cells).enumerate() {
        let row = nth_row(area, index as u16 + 1);
        pen.line(row, name, Look::Dim);
        for (at, count) in counts.iter().enumerate() {
            let (words, look) = match (*count, at == index) {
                (0, _) => (glyph::DOT.to_owned(), Look::Faint),
                (n, true) => (n.to_string(), Look::Strong),
                (n, false) => (n.to_string(), Look::Text),
            };
            pen.line_aligned(column(row, at), &words, look, Align::Right);
        }
    }
    let below = nth_row(area, matrix.labels.len() as u16 + 1);
    pen.line(below, "columns: people", Look::Dim);
}
