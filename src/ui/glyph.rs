//! The signs screens are drawn with, and what a terminal without UTF-8 gets in their place.

use ratatui::buffer::Buffer;

/// Title rules.
pub const RULE: &str = "─";
/// The row or question under the cursor.
pub const POINTER: &str = "▸";
/// Passing, taken.
pub const CHECK: &str = "✓";
/// Failing, refused.
pub const CROSS: &str = "✗";
/// The judge and the reviewer differ here.
pub const DIFFERS: &str = "▲";
/// More text below.
pub const MORE: &str = "▾";
/// More text above.
pub const LESS: &str = "▴";
/// No value.
pub const NONE: &str = "–";
/// Between two facts.
pub const DOT: &str = "·";
/// The Enter key.
pub const ENTER: &str = "⏎";
/// Marked for a bulk action.
pub const MARKED: &str = "●";
/// Flagged.
pub const FLAG: &str = "⚑";
/// Was corrected.
pub const EDITED: &str = "✎";
/// Frames of the throbber.
pub const THROBBER: [&str; 8] = ["⠋", "⠙", "⠹", "⠸", "⠴", "⠦", "⠧", "⠇"];
/// Eighths of a cell, from the bottom.
pub const LEVELS: [&str; 8] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// Eighths of a cell, from the left; the first is empty.
pub const EIGHTHS: [&str; 9] = [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

/// Replaces everything that is not ASCII in `buffer`, cell by cell, so that columns stay where they are.
pub fn fold_to_ascii(buffer: &mut Buffer) {
    // The cell behind a wide character is blank already, so one sign in its place moves nothing.
    for cell in &mut buffer.content {
        if !cell.symbol().is_ascii() {
            let sign = ascii_of(cell.symbol());
            cell.set_symbol(sign);
        }
    }
}

/// One ASCII character that says about the same.
fn ascii_of(symbol: &str) -> &'static str {
    match symbol {
        "─" | "━" | "–" | "—" | "‐" | "‑" | "▂" | "▃" | "⠹" | "⠧" => "-",
        "│" | "┃" | "▕" | "▏" | "║" | "▎" | "▍" | "⠋" | "⠴" => "|",
        "┌" | "┐" | "└" | "┘" | "├" | "┤" | "┬" | "┴" | "┼" | "╭" | "╮" | "╰" | "╯" => {
            "+"
        }
        "▸" | "▶" | "→" | "»" | "›" => ">",
        "←" | "«" | "‹" => "<",
        "▾" | "▼" | "↓" => "v",
        "▴" | "▲" | "↑" => "^",
        "✓" | "✔" => "y",
        "✗" | "✘" | "×" => "x",
        "·" | "…" | "▁" => ".",
        "•" | "●" | "◉" => "*",
        "○" | "◌" => "o",
        "◐" => "%",
        "⚑" => "!",
        "✎" => "e",
        "⏎" | "↵" => "~",
        "‘" | "’" => "'",
        "“" | "”" => "\"",
        "█" | "▉" | "▊" | "▋" | "▇" | "▆" => "#",
        "▌" | "▅" | "▄" => "=",
        "⠙" | "⠦" => "/",
        "⠸" | "⠇" => "\\",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    #[test]
    fn a_terminal_without_utf8_keeps_its_columns() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, 1));
        buffer.set_string(0, 0, "▸ 漢字 ✓ é…|", Style::new());
        fold_to_ascii(&mut buffer);
        let row: String = buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect();
        assert!(row.is_ascii());
        assert_eq!(row.len(), 12);
        assert!(row.starts_with('>'));
        assert!(row.ends_with('|') || row.trim_end().ends_with('|'));
    }
}
