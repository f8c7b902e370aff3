//! What every screen has: title line, hint bar, and the line that says what just happened.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::hints::{hints, place};
use crate::app::layer::layer;
use crate::app::layout::Frame;
use crate::app::state::{Strip, Tone};

use super::pen::{Pen, Words, shift_right};
use super::rect;
use super::theme::Look;
use super::widgets::{bar, wait};

/// Draws title, strip and hint bar.
pub fn frame(
    pen: &mut Pen<'_>,
    state: &AppState,
    frame: &Frame,
    left: &Words<'_>,
    right: &Words<'_>,
) {
    pen.both(rect(frame.title), left, right);
    strip(pen, state, rect(frame.strip));
    hint_bar(pen, state, rect(frame.hints));
}

/// What just happened; else how far the running job is.
fn strip(pen: &mut Pen<'_>, state: &AppState, area: Rect) {
    if let Some(strip) = &state.strip {
        // Where letters are typed, `u` is one of them.
        let undo = strip.undo && !layer(state).takes_text();
        pen.words(area, &strip_words(strip, undo));
        return;
    }
    if let Some(job) = state.requests.progress.values().next() {
        let sign = wait::throbber(state.now_ms);
        pen.put(area.x, area.y, 1, sign, Look::Accent);
        bar::job(pen, shift_right(area, 2), job);
    }
}

fn strip_words(strip: &Strip, undo: bool) -> Words<'_> {
    let (sign, look) = match strip.tone {
        Tone::Done => ("✓ ", Look::Good),
        Tone::Refused => ("· ", Look::Dim),
        Tone::Failed => ("✗ ", Look::Bad),
        Tone::Notice => ("▸ ", Look::Accent),
    };
    let words = Words::new()
        .add(look, sign)
        .add(Look::Text, strip.text.as_str());
    if undo {
        words
            .add(Look::Dim, "   ")
            .add(Look::Accent, "u")
            .add(Look::Dim, " undo")
    } else {
        words
    }
}

/// The next useful keys, where the state expects the clicks.
fn hint_bar(pen: &mut Pen<'_>, state: &AppState, area: Rect) {
    for placed in place(hints(state), area.width) {
        let at = shift_right(area, placed.x);
        let used = pen.line(at, &placed.hint.key, Look::Accent) + 1;
        pen.line(shift_right(at, used), &placed.hint.words, Look::Dim);
    }
}

/// Says why there is nothing to show, what fills it, and the one thing to do.
pub fn empty(pen: &mut Pen<'_>, area: Rect, empty: &crate::app::empty::Empty) {
    let mut used = wait::paragraph(pen, area, &empty.why, Look::Text);
    used += wait::paragraph(
        pen,
        super::pen::shift_down(area, used),
        &empty.fills,
        Look::Dim,
    );
    if let Some((words, _)) = &empty.action {
        let row = super::pen::nth_row(area, used + 1);
        let action = if words.contains(':') {
            Words::new().add(Look::Accent, words.as_str())
        } else {
            Words::new()
                .add(Look::Accent, "Enter")
                .add(Look::Text, "  ")
                .add(Look::Text, words.as_str())
        };
        pen.words(row, &action);
    }
}
