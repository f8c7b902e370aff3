//! Baseline against candidate: one point an item, on a grid of cells.

use crate::domain::view::ItemLine;

/// Points by cell, row 0 being the highest score of the candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Grid {
    /// Columns.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// Places among the items, by cell.
    cells: Vec<Vec<u32>>,
    /// The cell under the cursor: column, row.
    pub cursor: (u16, u16),
    /// Items with a score from both.
    pub points: usize,
}

impl Grid {
    /// The points of `between` (baseline, candidate) on a grid of this size, with a cursor that was there before.
    pub fn of(
        rows: &[ItemLine],
        between: (usize, usize),
        width: u16,
        height: u16,
        cursor: Option<(u16, u16)>,
    ) -> Self {
        let mut grid = Self {
            width,
            height,
            cells: vec![Vec::new(); usize::from(width) * usize::from(height)],
            cursor: (0, 0),
            points: 0,
        };
        if width == 0 || height == 0 {
            return grid;
        }
        for (at, row) in rows.iter().enumerate() {
            let score = |of: usize| row.scores.get(of).copied().flatten();
            if let (Some(x), Some(y)) = (score(between.0), score(between.1)) {
                let (column, line) = (place(x, width), height - 1 - place(y, height));
                grid.cells[usize::from(line) * usize::from(width) + usize::from(column)]
                    .push(at as u32);
                grid.points += 1;
            }
        }
        grid.cursor = cursor
            .filter(|(x, y)| *x < width && *y < height && !grid.at(*x, *y).is_empty())
            .or_else(|| grid.first())
            .unwrap_or((0, 0));
        grid
    }

    /// The items in a cell.
    pub fn at(&self, x: u16, y: u16) -> &[u32] {
        let at = usize::from(y) * usize::from(self.width) + usize::from(x);
        if x < self.width {
            self.cells.get(at).map_or(&[], Vec::as_slice)
        } else {
            &[]
        }
    }

    /// The items under the cursor.
    pub fn chosen(&self) -> &[u32] {
        self.at(self.cursor.0, self.cursor.1)
    }

    /// The most items in one cell.
    pub fn most(&self) -> usize {
        self.cells.iter().map(Vec::len).max().unwrap_or(0)
    }

    fn filled(&self) -> impl Iterator<Item = (u16, u16)> + '_ {
        (0..self.height)
            .flat_map(|y| (0..self.width).map(move |x| (x, y)))
            .filter(|(x, y)| !self.at(*x, *y).is_empty())
    }

    /// The cell farthest below the diagonal: what the candidate lost most on.
    fn first(&self) -> Option<(u16, u16)> {
        self.filled().max_by_key(|(x, y)| {
            let (right, down) = (
                u32::from(*x) * u32::from(self.height),
                u32::from(*y) * u32::from(self.width),
            );
            right + down
        })
    }

    /// Moves the cursor to the nearest point below (or above, for a negative number).
    pub fn down(&mut self, by: isize) {
        self.toward(by, |cell| (i32::from(cell.1), i32::from(cell.0)));
    }

    /// Moves the cursor to the nearest point at the right (or left).
    pub fn right(&mut self, by: isize) {
        self.toward(by, |cell| (i32::from(cell.0), i32::from(cell.1)));
    }

    fn toward(&mut self, by: isize, axes: impl Fn((u16, u16)) -> (i32, i32)) {
        let forward = by > 0;
        for _ in 0..by.unsigned_abs().min(usize::from(u16::MAX)) {
            let (along, across) = axes(self.cursor);
            let ahead = |cell: &(u16, u16)| {
                let gap = axes(*cell).0 - along;
                if forward { gap > 0 } else { gap < 0 }
            };
            // A step aside costs twice a step ahead, so that the cursor keeps its line where it can.
            let cost = |cell: &(u16, u16)| {
                let (a, b) = axes(*cell);
                (a - along).abs() + 2 * (b - across).abs()
            };
            let next = self.filled().filter(ahead).min_by_key(cost);
            match next {
                Some(next) => self.cursor = next,
                None => break,
            }
        }
    }
}

/// The cell of a score from 0 to 1 on an axis of so many cells.
fn place(score: f64, cells: u16) -> u16 {
    let last = f64::from(cells.saturating_sub(1));
    (score.clamp(0.0, 1.0) * last).round() as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(pairs: &[(Option<f64>, Option<f64>)]) -> Vec<ItemLine> {
        let line = |(at, (a, b)): (usize, &(Option<f64>, Option<f64>))| ItemLine {
            item: at as i64,
            name: format!("t{at}"),
            tags: String::new(),
            scores: vec![*a, *b],
            passes: Vec::new(),
            difference: None,
            lowest: None,
            disagreement: None,
        };
        pairs.iter().enumerate().map(line).collect()
    }

    #[test]
    fn every_item_with_both_scores_is_one_point_and_the_worst_loss_has_the_cursor() {
        let all = rows(&[
            (Some(0.0), Some(1.0)),
            (Some(1.0), Some(0.0)),
            (Some(1.0), Some(0.0)),
            (Some(0.5), None),
        ]);
        let grid = Grid::of(&all, (0, 1), 11, 5, None);
        assert_eq!((grid.points, grid.most()), (3, 2));
        assert_eq!(grid.at(0, 0), [0]);
        assert_eq!((grid.cursor, grid.chosen()), ((10, 4), &[1, 2][..]));
    }

    #[test]
    fn the_cursor_goes_from_point_to_point_and_stops_at_the_last() {
        let all = rows(&[
            (Some(0.0), Some(0.0)),
            (Some(0.5), Some(0.5)),
            (Some(1.0), Some(1.0)),
        ]);
        let mut grid = Grid::of(&all, (0, 1), 11, 11, None);
        grid.right(-9);
        assert_eq!(grid.cursor, (0, 10));
        grid.right(1);
        assert_eq!(grid.cursor, (5, 5));
        grid.down(-5);
        assert_eq!(grid.cursor, (10, 0));
        grid.down(-1);
        assert_eq!(grid.cursor, (10, 0));
    }

    #[test]
    fn no_room_and_no_point_do_not_panic() {
        let mut none = Grid::of(&rows(&[(None, None)]), (0, 1), 0, 0, Some((3, 3)));
        none.down(1);
        assert_eq!((none.points, none.chosen().len()), (0, 0));
        let mut empty = Grid::of(&[], (0, 1), 5, 5, Some((9, 9)));
        empty.right(1);
        assert!(empty.chosen().is_empty());
    }
}
