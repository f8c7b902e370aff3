//! Baseline against candidate: a point an item. Above the diagonal the candidate is better.

use crate::app::layout::{AXIS, GroupLayout};
use crate::app::runs::OpenGroup;
use crate::app::runs::scatter::Grid;
use crate::domain::count::counted;
use crate::domain::view::GroupView;
use crate::text::width::Align;

use super::super::glyph;
use super::super::pen::{Pen, Words, shift_right};
use super::super::rect;
use super::super::screen;
use super::super::theme::Look;
use super::POINTER;
use crate::app::empty::Empty;
use ratatui::layout::Rect;

/// Signs for one, a few, many items in a cell.
const SIGNS: [&str; 3] = ["∙", "o", "●"];

/// Draws the tab.
pub(super) fn draw(pen: &mut Pen<'_>, place: &GroupLayout, open: &OpenGroup, view: &GroupView) {
    let comparison = &view.comparison;
    let (Some(grid), Some(one), Some(baseline)) =
        (&open.grid, open.chosen(), comparison.baseline.as_ref())
    else {
        let empty = Empty::waiting(
            "There is no baseline to hold a candidate against.",
            "`docket compare GROUP --baseline CANDIDATE` names one.",
        );
        screen::empty(pen, shift_right(rect(place.list), POINTER), &empty);
        return;
    };
    let about = Words::new()
        .add(Look::Strong, one.name.as_str())
        .add(Look::Dim, " upwards, ")
        .add(Look::Strong, baseline.as_str())
        .add(Look::Dim, " to the right; above the diagonal ")
        .add(Look::Dim, one.name.as_str())
        .add(Look::Dim, " is better");
    pen.words(rect(place.about), &about);
    if grid.points == 0 {
        let empty = Empty::waiting(
            "No item has a score from both.",
            "c shows another candidate.",
        );
        screen::empty(pen, shift_right(rect(place.list), POINTER), &empty);
        return;
    }
    let area = rect(place.points);
    axes(pen, area);
    points(pen, area, grid);
    chosen(pen, place, area, open, grid);
}

fn axes(pen: &mut Pen<'_>, area: Rect) {
    for y in area.top()..area.bottom() {
        pen.put(area.x - 1, y, 1, "│", Look::Faint);
    }
    let below = Rect {
        y: area.bottom(),
        height: 1,
        ..area
    };
    pen.put(area.x - 1, below.y, 1, "└", Look::Faint);
    pen.fill(below, "─", Look::Faint);
    let left = Rect {
        x: area.x - AXIS,
        width: AXIS - 2,
        height: 1,
        ..area
    };
    pen.line_aligned(left, "1", Look::Dim, Align::Right);
    let zero = Rect {
        y: area.bottom().saturating_sub(1),
        ..left
    };
    pen.line_aligned(zero, "0", Look::Dim, Align::Right);
    let scale = Rect {
        y: below.y + 1,
        ..below
    };
    pen.line(scale, "0", Look::Dim);
    pen.line_aligned(scale, "1", Look::Dim, Align::Right);
}

fn points(pen: &mut Pen<'_>, area: Rect, grid: &Grid) {
    let most = grid.most().max(1);
    for y in 0..grid.height {
        for x in 0..grid.width {
            let items = grid.at(x, y).len();
            let (sign, look) = match items {
                // The diagonal stands where nothing else does.
                0 if on_diagonal(x, y, grid) => (glyph::DOT, Look::Faint),
                0 => continue,
                1 => (SIGNS[0], Look::Text),
                n if n * 2 <= most => (SIGNS[1], Look::Text),
                _ => (SIGNS[2], Look::Text),
            };
            let look = if (x, y) == grid.cursor {
                Look::Chosen
            } else {
                look
            };
            pen.put(area.x + x, area.y + y, 1, sign, look);
        }
    }
}

fn on_diagonal(x: u16, y: u16, grid: &Grid) -> bool {
    let wide = u32::from(grid.width.saturating_sub(1)).max(1);
    let high = u32::from(grid.height.saturating_sub(1));
    let at = (u32::from(x) * high + wide / 2) / wide;
    u32::from(y) == high.saturating_sub(at)
}

/// What is under the cursor.
fn chosen(pen: &mut Pen<'_>, place: &GroupLayout, area: Rect, open: &OpenGroup, grid: &Grid) {
    let items = grid.chosen();
    let Some(view) = open.view() else { return };
    let names: Vec<&str> = items
        .iter()
        .take(6)
        .filter_map(|at| Some(view.rows.get(*at as usize)?.name.as_str()))
        .collect();
    let more = if items.len() > names.len() {
        ", …"
    } else {
        ""
    };
    let row = Rect {
        x: place.list.x,
        y: area.bottom() + 2,
        width: place.list.width,
        height: 1,
    };
    let words = Words::new()
        .add(Look::Accent, glyph::POINTER)
        .add(Look::Text, format!(" {}: ", counted(items.len(), "item")))
        .add(Look::Strong, format!("{}{more}", names.join(", ")));
    pen.words(row, &words);
}
