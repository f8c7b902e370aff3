//! Items across the candidates, and failures by tag.

use crate::app::layout::GroupLayout;
use crate::app::runs::OpenGroup;
use crate::domain::count::counted;
use crate::domain::decimal::{fixed, signed};
use crate::domain::group_scores::ItemVerdict;
use crate::domain::view::{GroupView, ItemLine};

use super::super::glyph;
use super::super::pen::{Pen, Words, nth_row, shift_down, shift_right};
use super::super::rect;
use super::super::screen;
use super::super::theme::Look;
use super::super::widgets::bar;
use super::super::widgets::table::{Cell, Column, Table};
use super::POINTER;
use crate::app::empty::Empty;

/// Draws the rows, sorted.
pub(super) fn draw(pen: &mut Pen<'_>, place: &GroupLayout, open: &OpenGroup, view: &GroupView) {
    let left = match &open.only {
        Some(only) => format!("{} of one point", counted(only.len(), "item")),
        None => format!("sorted by {}", open.order.words()),
    };
    let right = format!(
        "{} of {}",
        open.row + 1,
        bar::thousands(open.listed() as u64)
    );
    pen.both(
        rect(place.about),
        &Words::new().add(Look::Dim, left),
        &Words::new().add(Look::Dim, right),
    );
    if open.listed() == 0 {
        let empty = Empty::waiting("There is no item here.", "Esc goes back.");
        screen::empty(pen, shift_right(rect(place.list), POINTER), &empty);
        return;
    }
    let mut columns = vec![Column::left("item", 12, 24, 0)];
    // The names are those of the comparison; here a column is as wide as a score.
    for one in &view.comparison.candidates {
        columns.push(Column::right(one.name.clone(), 9, 1));
    }
    columns.push(Column::right("difference", 10, 0));
    columns.push(Column::right("apart", 6, 2));
    columns.push(Column::left("feature and tags", 14, 40, 3));
    let table = Table::new(place.list.width, columns);
    table.head(pen, rect(place.head));
    let area = rect(place.list);
    for line in 0..usize::from(area.height) {
        let at = open.top + line;
        let Some(row) = open.line(at) else { break };
        let cells = cells(row);
        table.row(pen, nth_row(area, line as u16), &cells, at == open.row);
    }
}

fn cells(row: &ItemLine) -> Vec<Cell> {
    let mut cells = vec![Cell::text(row.name.as_str())];
    for (at, score) in row.scores.iter().enumerate() {
        let passes = row.passes.get(at).copied().unwrap_or_default();
        cells.push(match (score, passes.verdict()) {
            // Where runs differ neither sign would be true of all of them.
            (Some(score), Some(_)) if passes.flickers() => Cell::new(
                format!("{} {}/{}", fixed(*score, 2), passes.passed, passes.runs),
                Look::Warn,
            ),
            (Some(score), Some(ItemVerdict::Passes)) => {
                Cell::text(format!("{} {}", fixed(*score, 2), glyph::CHECK))
            }
            (Some(score), _) => Cell::text(format!("{} {}", fixed(*score, 2), glyph::CROSS)),
            (None, _) => Cell::dim("n/a"),
        });
    }
    let or_none = |value: Option<String>| match value {
        Some(value) => Cell::text(value),
        None => Cell::dim(glyph::NONE),
    };
    cells.push(or_none(row.difference.map(|gap| signed(gap, 2))));
    cells.push(or_none(row.disagreement.map(|apart| format!("{apart:.2}"))));
    cells.push(Cell::dim(row.tags.as_str()));
    cells
}

/// Draws the failures of the chosen candidate by tag.
pub(super) fn tags(pen: &mut Pen<'_>, place: &GroupLayout, open: &OpenGroup, _view: &GroupView) {
    let Some(one) = open.chosen() else { return };
    let about = Words::new()
        .add(Look::Dim, "what ")
        .add(Look::Strong, one.name.as_str())
        .add(
            Look::Dim,
            " does not pass, by tag; Enter opens these tickets",
        );
    let right = match one.weak_tags.len() {
        0 => String::new(),
        tags => format!("{} of {}", open.tag + 1, bar::thousands(tags as u64)),
    };
    let right = Words::new().add(Look::Dim, right);
    pen.both(rect(place.about), &about, &right);
    if one.weak_tags.is_empty() {
        let empty = if one.scored == 0 {
            Empty::waiting(
                "Nothing of this candidate has a score.",
                "A judge that reads the group fills it.",
            )
        } else {
            Empty::waiting(
                "It fails nothing that has a tag.",
                "Tags and features come with the logs.",
            )
        };
        let area = shift_down(rect(place.list), 0);
        screen::empty(pen, shift_right(area, POINTER), &empty);
        return;
    }
    let table = Table::new(
        place.list.width,
        vec![
            Column::left("tag", 16, 40, 0),
            Column::right("fails", 8, 0),
            Column::right("of", 8, 0),
            Column::right("half of runs", 12, 2),
            Column::left("", 12, 24, 1),
        ],
    );
    table.head(pen, rect(place.head));
    let area = rect(place.list);
    let shown = one.weak_tags.iter().enumerate().skip(open.tag_top);
    for (line, (at, weak)) in shown.take(usize::from(area.height)).enumerate() {
        let share = weak.failed as f64 / weak.of.max(1) as f64;
        let cells = [
            Cell::text(weak.tag.as_str()),
            Cell::text(bar::thousands(weak.failed as u64)),
            Cell::dim(bar::thousands(weak.of as u64)),
            match weak.split {
                0 => Cell::dim(glyph::NONE),
                split => Cell::new(bar::thousands(split as u64), Look::Warn),
            },
            Cell::new(bar::filled(share, 12), Look::Accent),
        ];
        table.row(pen, nth_row(area, line as u16), &cells, at == open.tag);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::group_scores::ItemPasses;

    #[test]
    fn an_item_whose_runs_differ_has_neither_sign() {
        let passes = |passed, runs| ItemPasses { passed, runs };
        let row = ItemLine {
            item: 1,
            name: "t1".into(),
            tags: String::new(),
            scores: vec![Some(0.85), Some(0.9), Some(0.3), Some(0.8), None],
            passes: vec![
                passes(1, 2),
                passes(2, 2),
                passes(0, 3),
                // A floor that is missed fails what the score alone would pass.
                passes(0, 1),
                passes(0, 0),
            ],
            difference: Some(-0.001),
            lowest: None,
            disagreement: None,
        };
        let shown = format!("{:?}", cells(&row));
        for said in ["0.85 1/2", "0.90 ✓", "0.30 ✗", "0.80 ✗", "n/a", "\"0.00\""] {
            assert!(shown.contains(said), "{said}: {shown}");
        }
    }
}
