//! Dialogs: the only things with borders.

use ratatui::layout::{Margin, Rect};

use super::super::pen::{Pen, nth_row};
use super::super::theme::Look;

/// Clears a rectangle of at most `width` by `height` in the middle of `area`, draws its border and
/// title, and returns the room inside.
pub fn open(pen: &mut Pen<'_>, area: Rect, width: u16, height: u16, title: &str) -> Rect {
    let frame = placed(area, width, height);
    pen.clear(frame);
    border(pen, frame);
    let title_row = nth_row(frame, 0).inner(Margin::new(2, 0));
    if title_row.width > 2 && !title.is_empty() {
        pen.line(title_row, &format!(" {title} "), Look::Accent);
    }
    frame.inner(Margin::new(2, 1))
}

/// Where a dialog stands: centred, a third from the top, so that what it is about stays visible.
pub fn placed(area: Rect, width: u16, height: u16) -> Rect {
    let width = width.min(area.width);
    let height = height.min(area.height);
    Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - height) / 3,
        width,
        height,
    }
}

fn border(pen: &mut Pen<'_>, frame: Rect) {
    if frame.width < 2 || frame.height < 2 {
        return;
    }
    let (right, bottom) = (frame.right() - 1, frame.bottom() - 1);
    pen.fill(nth_row(frame, 0), "─", Look::Faint);
    pen.fill(nth_row(frame, frame.height - 1), "─", Look::Faint);
    for y in frame.top()..frame.bottom() {
        pen.put(frame.x, y, 1, "│", Look::Faint);
        pen.put(right, y, 1, "│", Look::Faint);
    }
    for (x, y, sign) in [
        (frame.x, frame.y, "╭"),
        (right, frame.y, "╮"),
        (frame.x, bottom, "╰"),
        (right, bottom, "╯"),
    ] {
        pen.put(x, y, 1, sign, Look::Faint);
    }
}
