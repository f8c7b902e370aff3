//! Dialogs: the only things with borders.

use ratatui::layout::{Margin, Rect};

use super::super::pen::{Pen, nth_row};
use super::super::theme::Look;

/// Clears `outer`, draws its border and title, and returns `inner`.
pub fn frame(pen: &mut Pen<'_>, outer: Rect, inner: Rect, title: &str) -> Rect {
    pen.clear(outer);
    border(pen, outer);
    let title_row = nth_row(outer, 0).inner(Margin::new(2, 0));
    if title_row.width > 2 && !title.is_empty() {
        pen.line(title_row, &format!(" {title} "), Look::Accent);
    }
    inner
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
