//! A text as it scrolls: only the visible rows are touched.

use ratatui::layout::Rect;

use crate::text::StyledText;
use crate::text::view::{Marks, WrapCache};

use super::super::glyph;
use super::super::pen::{Pen, nth_row};
use super::super::theme::Look;
use crate::text::width::Align;

/// Draws the rows of `text` from `top` on. The last row of `area` says how far one is if the text is
/// longer than the area; returns how many rows of text were shown.
pub fn draw(
    pen: &mut Pen<'_>,
    area: Rect,
    text: &StyledText,
    rows: &WrapCache,
    top: usize,
    marks: &Marks,
) -> usize {
    if area.is_empty() {
        return 0;
    }
    let total = rows.rows().len();
    let height = usize::from(area.height);
    let long = total > height || top > 0 || !rows.is_complete();
    let shown = if long && height > 1 {
        height - 1
    } else {
        height
    };
    for (index, row) in rows.visible(text, top, shown, marks).enumerate() {
        pen.row(nth_row(area, index as u16), &row);
    }
    if long && height > 1 {
        let place = place(top, shown, total, rows.is_complete());
        let last = nth_row(area, area.height - 1);
        pen.line_aligned(last, &place, Look::Dim, Align::Right);
    }
    shown.min(total.saturating_sub(top))
}

/// `62 % ▾`: how much of the text lies above the last visible row.
pub fn place(top: usize, shown: usize, total: usize, complete: bool) -> String {
    let seen = (top + shown).min(total);
    let percent = (seen * 100).checked_div(total).unwrap_or(100);
    match (seen >= total && complete, top > 0) {
        (true, true) => format!("100 % {}", glyph::LESS),
        (true, false) => "100 %".to_owned(),
        (false, _) if !complete => format!("reading on {}", glyph::MORE),
        (false, _) => format!("{percent} % {}", glyph::MORE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_row_says_how_far_one_is() {
        assert_eq!(place(0, 10, 40, true), "25 % ▾");
        assert_eq!(place(30, 10, 40, true), "100 % ▴");
        assert_eq!(place(0, 10, 4, true), "100 %");
        assert_eq!(place(0, 10, 0, true), "100 %");
        assert_eq!(place(0, 10, 400, false), "reading on ▾");
    }
}
