//! One row of tabs.

use ratatui::layout::Rect;

use super::super::pen::{Pen, shift_right};
use super::super::theme::Look;
use crate::text::width;

/// Draws `names` with the chosen one lit and a hint at the right; returns where each stands.
pub fn tabs(pen: &mut Pen<'_>, area: Rect, names: &[&str], chosen: usize, hint: &str) -> Vec<Rect> {
    let mut places = Vec::with_capacity(names.len());
    let mut used = 0;
    for (index, name) in names.iter().enumerate() {
        let label = format!(" {name} ");
        let look = if index == chosen {
            Look::Chosen
        } else {
            Look::Dim
        };
        let rest = shift_right(area, used);
        let cells = pen.line(rest, &label, look);
        places.push(Rect {
            width: cells,
            height: area.height.min(1),
            ..rest
        });
        used += cells + 1;
    }
    let rest = shift_right(area, used);
    if width::of(hint) + 2 <= usize::from(rest.width) {
        pen.line(area_right(rest, hint), hint, Look::Dim);
    }
    places
}

fn area_right(area: Rect, text: &str) -> Rect {
    let cells = (width::of(text) as u16).min(area.width);
    shift_right(area, area.width - cells)
}
