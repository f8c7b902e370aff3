//! Aligned columns for the command line.
//!
//! Cells may hold model text: they are sanitised to one line and measured in cells, so a wide or
//! hostile value neither moves its neighbours nor reaches the terminal.

use super::sanitise::line;
use super::width::{self, Align};

/// Blanks between two columns.
const GAP: usize = 2;

/// Cells a column keeps when a table is squeezed, if its content has as many.
const SQUEEZED: usize = 8;

/// How a column stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    title: String,
    align: Align,
    max: Option<usize>,
}

impl Column {
    /// A column of words.
    pub fn left(title: &str) -> Self {
        Self {
            title: line(title).into_owned(),
            align: Align::Left,
            max: None,
        }
    }

    /// A column of numbers. Never cut when the table is squeezed.
    pub fn right(title: &str) -> Self {
        Self {
            align: Align::Right,
            ..Self::left(title)
        }
    }

    /// Cuts longer cells to this many terminal cells.
    #[must_use]
    pub fn max(mut self, cells: usize) -> Self {
        self.max = Some(cells);
        self
    }
}

/// A table that is filled row by row and then laid out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// An empty table with these columns.
    pub fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row. Missing cells stay empty, cells beyond the last column are ignored.
    pub fn row<S: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = S>) {
        let mut row: Vec<String> = cells
            .into_iter()
            .take(self.columns.len())
            .map(|cell| line(cell.as_ref()).into_owned())
            .collect();
        row.resize(self.columns.len(), String::new());
        self.rows.push(row);
    }

    /// Whether no row was added.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The table as lines, each ending in a line feed: titles, then rows.
    ///
    /// With `width`, columns of words are cut, widest first, until the lines fit or every one is down
    /// to eight cells.
    pub fn render(&self, width: Option<usize>) -> String {
        let widths = self.widths(width);
        let mut out = String::new();
        if self.columns.iter().any(|c| !c.title.is_empty()) {
            let titles = self.columns.iter().map(|c| c.title.as_str());
            self.push_line(titles, &widths, &mut out);
        }
        for row in &self.rows {
            self.push_line(row.iter().map(String::as_str), &widths, &mut out);
        }
        out
    }

    fn push_line<'a>(
        &self,
        cells: impl Iterator<Item = &'a str>,
        widths: &[usize],
        out: &mut String,
    ) {
        let start = out.len();
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                out.extend(std::iter::repeat_n(' ', GAP));
            }
            out.push_str(&width::fit(cell, widths[index], self.columns[index].align));
        }
        let kept = out[start..].trim_end().len();
        out.truncate(start + kept);
        out.push('\n');
    }

    fn widths(&self, limit: Option<usize>) -> Vec<usize> {
        let mut widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let cells = self.rows.iter().map(|row| width::of(&row[index]));
                let widest = cells.chain([width::of(&column.title)]).max().unwrap_or(0);
                column.max.map_or(widest, |max| widest.min(max))
            })
            .collect();
        if let Some(limit) = limit {
            self.squeeze(&mut widths, limit);
        }
        widths
    }

    fn squeeze(&self, widths: &mut [usize], limit: usize) {
        let gaps = GAP * widths.len().saturating_sub(1);
        let mut over = (widths.iter().sum::<usize>() + gaps).saturating_sub(limit);
        while over > 0 {
            let words = (0..widths.len()).filter(|&i| self.columns[i].align == Align::Left);
            let mut by_width: Vec<usize> = words.filter(|&i| widths[i] > SQUEEZED).collect();
            by_width.sort_by_key(|&i| std::cmp::Reverse(widths[i]));
            let Some(&widest) = by_width.first() else {
                break;
            };
            // Down to the second widest, so that equal columns shrink together.
            let next = by_width.get(1).map_or(SQUEEZED, |&i| widths[i]);
            let step = (widths[widest] - next).clamp(1, over);
            widths[widest] -= step;
            over -= step;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sample() -> Table {
        let mut table = Table::new([
            Column::left("model"),
            Column::right("n"),
            Column::left("note"),
        ]);
        table.row(["日本語モデル", "12", "ok"]);
        table.row(["local/b", "1,024", "two\nlines\x1b[31m"]);
        table
    }

    #[test]
    fn columns_line_up_and_cells_are_harmless() {
        assert_eq!(
            sample().render(None),
            "model             n  note\n\
             日本語モデル     12  ok\n\
             local/b       1,024  two⏎lines␛[31m\n"
        );
    }

    #[test]
    fn words_are_cut_before_numbers() {
        assert_eq!(
            sample().render(Some(26)),
            "model         n  note\n\
             日本語…      12  ok\n\
             local/b   1,024  two⏎line…\n"
        );
    }

    #[test]
    fn a_column_keeps_its_own_limit() {
        let mut table = Table::new([Column::left("").max(4)]);
        table.row(["abcdef"]);
        table.row(Vec::<&str>::new());
        assert_eq!(table.render(None), "abc…\n\n");
    }

    proptest! {
        #[test]
        fn lines_fit_and_second_columns_start_together(cells in prop::collection::vec("[a-z日é\u{1b}]{0,30}", 1..8), width in 20usize..60) {
            let mut table = Table::new([Column::left("a"), Column::left("b")]);
            for cell in &cells {
                table.row([cell.as_str(), "x"]);
            }
            let out = table.render(Some(width));
            prop_assert_eq!(out.lines().count(), cells.len() + 1);
            let starts: Vec<_> = out.lines().skip(1).map(width::of).collect();
            prop_assert!(starts.iter().all(|w| *w <= width && *w == starts[0]));
        }
    }
}
