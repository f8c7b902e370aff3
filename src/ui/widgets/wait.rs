//! Waiting: the throbber, and a pane with nothing to show yet.

use ratatui::layout::Rect;

use crate::text::wrap;

use super::super::glyph;
use super::super::pen::{Pen, Words, nth_row, shift_down};
use super::super::theme::Look;

/// Milliseconds one frame of the throbber stands.
pub const FRAME_MS: u64 = 80;

/// The throbber's frame at a time.
pub fn throbber(now_ms: u64) -> &'static str {
    let frame = (now_ms / FRAME_MS) as usize % glyph::THROBBER.len();
    glyph::THROBBER[frame]
}

/// Why a pane shows nothing, what fills it, and the one thing to do.
#[derive(Debug, Clone, Default)]
pub struct Empty<'a> {
    /// Why there is nothing.
    pub why: &'a str,
    /// What fills it and how far that is; may be empty.
    pub how: &'a str,
    /// The key and what it does, if there is something to do.
    pub action: Option<(&'a str, &'a str)>,
}

/// Draws an empty pane's words at its top left, where its content would begin.
pub fn empty(pen: &mut Pen<'_>, area: Rect, words: &Empty<'_>) -> u16 {
    let mut used = paragraph(pen, area, words.why, Look::Text);
    if !words.how.is_empty() {
        used += paragraph(pen, shift_down(area, used), words.how, Look::Dim);
    }
    if let Some((key, does)) = words.action {
        let action = Words::new()
            .add(Look::Accent, key)
            .add(Look::Text, "  ")
            .add(Look::Text, does);
        pen.words(nth_row(area, used + 1), &action);
        used += 2;
    }
    used
}

/// Writes a short text over as many rows as it needs and returns their number.
pub fn paragraph(pen: &mut Pen<'_>, area: Rect, text: &str, look: Look) -> u16 {
    if area.is_empty() {
        return 0;
    }
    let text = crate::text::sanitise::multi_line(text).text;
    let rows = wrap::wrap(&text, usize::from(area.width));
    for (index, row) in rows.iter().take(usize::from(area.height)).enumerate() {
        pen.line(nth_row(area, index as u16), &text[row.start..row.end], look);
    }
    rows.len().min(usize::from(area.height)) as u16
}
