//! The hint bar: the next useful keys with what they do.

use ratatui::layout::Rect;

use crate::text::width;

use super::super::pen::{Pen, shift_right};
use super::super::theme::Look;

/// Cells between two hints.
pub const GAP: u16 = 3;

/// Draws hints until one does not fit; returns where each stands, so that it can be clicked.
pub fn draw(pen: &mut Pen<'_>, area: Rect, hints: &[(String, &str)]) -> Vec<Rect> {
    let mut places = Vec::with_capacity(hints.len());
    let mut used = 0;
    for (key, words) in hints {
        let rest = shift_right(area, used);
        let cells = (width::of(key) + 1 + width::of(words)) as u16;
        if cells > rest.width || rest.is_empty() {
            break;
        }
        let at = pen.line(rest, key, Look::Accent) + 1;
        pen.line(shift_right(rest, at), words, Look::Dim);
        places.push(Rect {
            width: cells,
            height: 1,
            ..rest
        });
        used += cells + GAP;
    }
    places
}
