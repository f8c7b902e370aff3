//! The output, its correction and a suggestion, change by change, with what is known of the suggestion above it.

use crate::app::AppState;
use crate::app::diff::DiffState;
use crate::app::layout;
use crate::text::three_way::{Change, Side};

use super::pen::{Pen, Words, nth_row};
use super::rect;
use super::texts;
use super::theme::Look;
use super::widgets::rule::{self, Title};

/// Draws the comparison over the content of the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState, diff: &DiffState) {
    let head = diff.head(state.size);
    let place = layout::diff(state.size, head.len() as u16);
    for area in [place.title, place.head, place.body] {
        pen.clear(rect(area));
    }
    // The row between what is said of the suggestion and the text.
    pen.clear(rect(layout::frame(state.size).content));
    let title = Title {
        name: if diff.suggestion.is_some() {
            "SUGGESTION"
        } else {
            "WHAT CHANGED"
        },
        about: about(diff),
        place: texts::place(&diff.pane),
        focused: true,
    };
    rule::title(pen, rect(place.title), &title);
    for (at, line) in head.iter().enumerate() {
        let look = if at == 0 { Look::Text } else { Look::Dim };
        pen.line(nth_row(rect(place.head), at as u16), line, look);
    }
    let body = rect(place.body);
    if diff.diff.is_none() {
        pen.line(body, "comparing…", Look::Dim);
        return;
    }
    if diff.count() == 0 {
        pen.line(
            body,
            "Nothing is changed: the texts are the same.",
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

/// Which change is under the cursor, counted among its own kind: the judge's changes are not mixed with one's own.
fn place(diff: &DiffState) -> String {
    let changes = diff.diff.iter().flat_map(|made| made.changes());
    let of_judge = |change: &Change| change.suggested.is_some();
    let (name, kind) = match (&diff.suggestion, changes.clone().nth(diff.cursor)) {
        (Some(_), Some(here)) if of_judge(here) => ("suggested change", true),
        (Some(_), Some(_)) => ("your own change", false),
        _ => return format!("change {} of {}  ", diff.cursor + 1, diff.count()),
    };
    let same = |change: &&Change| of_judge(change) == kind;
    let before = changes.clone().take(diff.cursor + 1).filter(same).count();
    format!("{name} {before} of {}  ", changes.filter(same).count())
}

fn about<'a>(diff: &DiffState) -> Words<'a> {
    let Some(change) = diff
        .diff
        .as_ref()
        .and_then(|made| made.changes().get(diff.cursor))
    else {
        return Words::new();
    };
    let place = place(diff);
    if diff.ticket.is_none() {
        return Words::new().add(Look::Text, place);
    }
    let (sign, look) = match (diff.chosen(), &change.mine) {
        (Side::Suggested, _) => ("✓ the judge's words", Look::Good),
        (Side::Mine, _) if diff.suggestion.is_none() => ("✓ taken", Look::Good),
        (Side::Mine, _) if change.agrees() => ("✓ your words and the judge's", Look::Good),
        (Side::Mine, _) => ("✓ your words", Look::Good),
        (Side::Original, Some(_)) => ("✗ left out", Look::Bad),
        (Side::Original, None) => ("· not taken", Look::Dim),
    };
    let mut words = Words::new().add(Look::Text, place).add(look, sign);
    if diff.suggestion.is_some() {
        words.push(Look::Dim, format!("  {} from the judge", diff.taken()));
    }
    words
}
