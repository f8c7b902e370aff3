//! A text being written: the rows the state has wrapped, the selection, the cursor.
//!
//! The text area of the library keeps text, cursor, selection and undo; it does not draw. Its own drawing
//! counts characters, not what they look like, and would pass control characters on.

use ratatui::layout::Rect;

use crate::app::editor::{EditorRow, EditorState, EditorView};

use super::pen::{Pen, nth_row, shift_right};
use super::theme::Look;

/// Draws the editor and puts the terminal cursor into it.
pub fn state(pen: &mut Pen<'_>, area: Rect, editor: &EditorState) {
    draw(pen, area, &editor.view());
}

/// Draws the rows that fit and puts the terminal cursor where the next character goes.
pub fn draw(pen: &mut Pen<'_>, area: Rect, view: &EditorView) {
    for (index, row) in view.rows.iter().take(usize::from(area.height)).enumerate() {
        one(pen, nth_row(area, index as u16), row);
    }
    let (column, row) = view.cursor;
    if row < area.height && column <= area.width {
        let last = area.width.saturating_sub(1);
        pen.set_cursor(area.x + column.min(last), area.y + row);
    }
}

fn one(pen: &mut Pen<'_>, at: Rect, row: &EditorRow) {
    pen.put(at.x, at.y, at.width, &row.text, Look::Text);
    if let Some((from, to)) = row.selected {
        let mut selected = shift_right(at, from);
        selected.width = selected.width.min(to.saturating_sub(from));
        pen.tint(selected, Look::Selected);
    }
}

#[cfg(test)]
mod tests {
    use super::super::theme::Theme;
    use super::*;
    use proptest::prelude::*;
    use ratatui::buffer::{Buffer, Cell};

    fn drawn(text: &str, width: u16, height: u16) -> (Vec<String>, Option<(u16, u16)>) {
        let mut editor = EditorState::at_end(text);
        editor.resize(width, height);
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let theme = Theme::default();
        let mut pen = Pen::new(&mut buffer, &theme);
        state(&mut pen, area, &editor);
        let at = pen.cursor().map(|at| (at.x, at.y));
        let rows = buffer
            .content
            .chunks(usize::from(width))
            .map(|row| row.iter().map(Cell::symbol).collect::<String>())
            .collect();
        (rows, at)
    }

    #[test]
    fn the_cursor_stands_behind_what_was_typed() {
        let (rows, at) = drawn("hello\n漢字x", 20, 3);
        assert!(rows[0].starts_with("hello"));
        assert_eq!(at, Some((5, 1)));
    }

    #[test]
    fn control_characters_are_seen_while_editing() {
        let (rows, _) = drawn("a\u{1b}[2Jb\u{202e}", 30, 1);
        assert!(!rows[0].contains('\u{1b}') && !rows[0].contains('\u{202e}'));
        assert!(rows[0].contains("[2J"));
    }

    proptest! {
        #[test]
        fn any_text_at_any_size_is_drawn_without_a_control_character(
            text in "(\\PC|[\u{0}-\u{20}\u{200b}-\u{202e}漢é]|👩‍🚀){0,60}", width in 1u16..40, height in 1u16..8,
        ) {
            let (rows, at) = drawn(&text, width, height);
            prop_assert!(rows.iter().all(|row| !row.contains(char::is_control)));
            prop_assert!(at.is_none_or(|(x, y)| x < width && y < height));
        }
    }
}
