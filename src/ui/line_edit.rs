//! One line being typed in.

use ratatui::layout::Rect;

use crate::app::modal::LineEdit;
use crate::text::{sanitise, width};

use super::pen::Pen;
use super::theme::Look;

/// Draws the line with the cursor in it; `empty` stands dim in it while nothing is typed.
pub fn draw(pen: &mut Pen<'_>, area: Rect, line: &LineEdit, empty: &str) {
    if area.is_empty() {
        return;
    }
    if line.text().is_empty() {
        pen.line(area, empty, Look::Dim);
        pen.set_cursor(area.x, area.y);
        return;
    }
    let (before, after) = line
        .text()
        .split_at_checked(line.cursor())
        .unwrap_or((line.text(), ""));
    let before = sanitise::line(before);
    // The end of what stands before the cursor is what one looks at.
    let room = usize::from(area.width.saturating_sub(1));
    let (start, cells) = width::suffix_within(&before, room);
    let used = pen.put(area.x, area.y, area.width, &before[start..], Look::Text);
    pen.put(area.x + used, area.y, area.width - used, after, Look::Text);
    pen.set_cursor(area.x + cells as u16, area.y);
}
