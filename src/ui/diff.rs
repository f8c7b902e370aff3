//! What a correction changes, change by change.

use crate::app::AppState;
use crate::app::diff::DiffState;
use crate::app::layout;

use super::pen::{Pen, Words, nth_row};
use super::rect;
use super::texts;
use super::theme::Look;
use super::widgets::rule::{self, Title};

/// Draws the comparison over the content of the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState, diff: &DiffState) {
    let place = layout::diff(state.size);
    pen.clear(rect(place.title));
    pen.clear(rect(place.body));
    let title = Title {
        name: "WHAT CHANGED",
        about: about(diff),
        place: texts::place(&diff.pane),
        focused: true,
    };
    rule::title(pen, rect(place.title), &title);
    let body = rect(place.body);
    if diff.diff.is_none() {
        pen.line(body, "comparing…", Look::Dim);
        return;
    }
    if diff.count() == 0 {
        pen.line(
            body,
            "Nothing is changed: both texts are the same.",
            Look::Dim,
        );
        return;
    }
    texts::pane(pen, body, &diff.pane);
    // The change under the cursor is marked at the edge, because its own colours say what it is.
    if let Some(range) = diff.places.get(diff.cursor) {
        let rows = diff.pane.rows();
        let first = rows.row_at(range.start);
        let last = rows.row_at(range.end.saturating_sub(1).max(range.start));
        for row in first..=last {
            if let Some(at) = row.checked_sub(diff.pane.top())
                && at < usize::from(body.height)
            {
                let line = nth_row(body, at as u16);
                pen.put(line.x.saturating_sub(1), line.y, 1, "▎", Look::Accent);
            }
        }
    }
}

fn about<'a>(diff: &DiffState) -> Words<'a> {
    let count = diff.count();
    if count == 0 {
        return Words::new();
    }
    let place = format!("change {} of {count}  ", diff.cursor + 1);
    if diff.ticket.is_none() {
        return Words::new().add(Look::Text, place);
    }
    let taken = diff.taken.contains(&diff.cursor);
    let sign = if taken { "✓ taken" } else { "✗ left out" };
    let look = if taken { Look::Good } else { Look::Bad };
    Words::new()
        .add(Look::Text, place)
        .add(look, sign)
        .add(Look::Dim, format!("  {} taken in all", diff.taken.len()))
}
