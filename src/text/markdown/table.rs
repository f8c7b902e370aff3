//! Tables: cells gathered, measured and aligned.

use pulldown_cmark::Alignment;

use super::layout::Layout;
use crate::text::style::{Builder, Style};
use crate::text::width;

const SEPARATOR: &str = " │ ";

/// The cells of one table.
pub(super) struct TableBuffer {
    columns: Vec<Alignment>,
    rows: Vec<Vec<Builder>>,
}

impl TableBuffer {
    pub(super) fn new(columns: &[Alignment]) -> Self {
        Self {
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    pub(super) fn row(&mut self) {
        self.rows.push(Vec::new());
    }

    pub(super) fn cell(&mut self) {
        if let Some(row) = self.rows.last_mut() {
            row.push(Builder::default());
        }
    }

    /// The cell that inline text goes to.
    pub(super) fn current(&mut self) -> Option<&mut Builder> {
        self.rows.last_mut()?.last_mut()
    }

    /// Writes the table aligned; false, with nothing written, if it is wider than the pane.
    pub(super) fn write(&self, layout: &mut Layout) -> bool {
        let widths = self.widths();
        let gaps = 3 * widths.len().saturating_sub(1);
        if widths.iter().sum::<usize>() + gaps > layout.room() {
            return false;
        }
        for (index, row) in self.rows.iter().enumerate() {
            layout.open_line();
            self.write_row(row, &widths, layout);
            layout.close_line();
            if index == 0 {
                layout.open_line();
                let rule: Vec<_> = widths.iter().map(|cells| "─".repeat(*cells)).collect();
                layout.out.own(&rule.join("─┼─"), Style::TableRule);
                layout.close_line();
            }
        }
        true
    }

    fn write_row(&self, row: &[Builder], widths: &[usize], layout: &mut Layout) {
        for (column, cells) in widths.iter().enumerate() {
            if column > 0 {
                layout.out.own(SEPARATOR, Style::TableRule);
            }
            let cell = row.get(column);
            let used = cell.map_or(0, |cell| width::of(cell.text()));
            let missing = cells.saturating_sub(used);
            let left = match self.columns.get(column) {
                Some(Alignment::Right) => missing,
                Some(Alignment::Center) => missing / 2,
                _ => 0,
            };
            layout.out.own(&" ".repeat(left), Style::Plain);
            if let Some(cell) = cell {
                layout.out.append(cell);
            }
            // Blanks at the end of a row would only be selected and copied.
            if column + 1 < widths.len() {
                layout.out.own(&" ".repeat(missing - left), Style::Plain);
            }
        }
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = vec![0; self.columns.len()];
        for row in &self.rows {
            for (widest, cell) in widths.iter_mut().zip(row) {
                *widest = (*widest).max(width::of(cell.text()));
            }
        }
        widths
    }
}
