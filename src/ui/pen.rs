//! Putting words into cells: clipped, sanitised, cut by display width.
//!
//! Every screen draws through a [`Pen`]. It cannot write outside the screen whatever rectangle it is
//! given, and every text it is handed goes through the sanitiser, so no screen can forget to.

use std::borrow::Cow;

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;

use crate::text::sanitise;
use crate::text::view::RowView;
use crate::text::width::{self, Align};

use super::theme::{Look, Theme};

/// Draws on one frame.
pub struct Pen<'a> {
    buffer: &'a mut Buffer,
    /// How meanings look here.
    pub theme: &'a Theme,
    cursor: Option<Position>,
}

impl<'a> Pen<'a> {
    /// A pen for `buffer`.
    pub fn new(buffer: &'a mut Buffer, theme: &'a Theme) -> Self {
        Self {
            buffer,
            theme,
            cursor: None,
        }
    }

    /// The whole screen.
    pub fn screen(&self) -> Rect {
        self.buffer.area
    }

    /// Where the terminal cursor goes, if anything is typed here.
    pub fn cursor(&self) -> Option<Position> {
        self.cursor
    }

    /// Puts the terminal cursor into a cell; outside the screen it stays hidden.
    pub fn set_cursor(&mut self, x: u16, y: u16) {
        let at = Position::new(x, y);
        self.cursor = self.buffer.area.contains(at).then_some(at);
    }

    /// Writes the start of `text` that fits into `cells` and returns the cells it took.
    pub fn put(&mut self, x: u16, y: u16, cells: u16, text: &str, look: Look) -> u16 {
        let style = self.theme.style(look);
        self.put_styled(x, y, cells, text, style)
    }

    /// [`Pen::put`] with a terminal style.
    pub fn put_styled(&mut self, x: u16, y: u16, cells: u16, text: &str, style: Style) -> u16 {
        self.put_shown(x, y, cells, &sanitise::line(text), style)
    }

    /// Writes text that went through the sanitiser before.
    fn put_shown(&mut self, x: u16, y: u16, cells: u16, text: &str, style: Style) -> u16 {
        let area = self.buffer.area;
        if y < area.top() || y >= area.bottom() || x < area.left() || x >= area.right() {
            return 0;
        }
        let first = self.buffer.index_of(x, y);
        let free = usize::from(cells.min(area.right() - x));
        let free = &mut self.buffer.content[first..first + free];
        let mut at = 0;
        for cluster in width::clusters(text).filter(|cluster| cluster.width > 0) {
            let next = at + cluster.width;
            let Some([sign, covered @ ..]) = free.get_mut(at..next) else {
                break;
            };
            sign.set_symbol(cluster.text).set_style(style);
            // What a wide sign covers is empty: the terminal shows nothing else there.
            covered.iter_mut().for_each(Cell::reset);
            at = next;
        }
        at as u16
    }

    /// Writes `text` into the first row of `area`, cut with `…` where it does not fit.
    pub fn line(&mut self, area: Rect, text: &str, look: Look) -> u16 {
        self.line_aligned(area, text, look, Align::Left)
    }

    /// [`Pen::line`] at either side of the area.
    pub fn line_aligned(&mut self, area: Rect, text: &str, look: Look, align: Align) -> u16 {
        if area.is_empty() {
            return 0;
        }
        let text = sanitise::line(text);
        let cells = usize::from(area.width);
        let cut = width::truncate(&text, cells);
        let free = || cells.saturating_sub(width::of(&cut));
        let shift = match align {
            Align::Left => 0,
            Align::Right => free(),
            Align::Center => free() / 2,
        };
        let x = area.x + shift as u16;
        let style = self.theme.style(look);
        self.put_shown(x, area.y, area.width - shift as u16, &cut, style)
    }

    /// Writes several words one behind the other; the one that does not fit any more is cut with `…`.
    pub fn words(&mut self, area: Rect, words: &Words<'_>) -> u16 {
        let mut used = 0;
        for (text, look) in &words.parts {
            let rest = shift_right(area, used);
            if rest.is_empty() {
                break;
            }
            let wanted = width::of(text);
            used += self.line(rest, text, *look);
            if wanted > usize::from(rest.width) {
                break;
            }
        }
        used
    }

    /// Words at the left and at the right of one row. The right ones stay whole or go; the left ones are cut.
    pub fn both(&mut self, area: Rect, left: &Words<'_>, right: &Words<'_>) {
        let wanted = right.width() as u16;
        let gap = 2;
        if wanted == 0 || u32::from(wanted) + gap + 8 > u32::from(area.width) {
            self.words(area, left);
            return;
        }
        let at = area.width - wanted;
        self.words(
            Rect {
                width: at - gap as u16,
                ..area
            },
            left,
        );
        self.words(shift_right(area, at), right);
    }

    /// Draws one row of a styled text without its first `skip` cells.
    pub fn row(&mut self, area: Rect, row: &RowView<'_>, skip: usize) {
        let theme = self.theme;
        if skip == 0 {
            let lead_style = theme.text(row.lead_style);
            self.put_shown(area.x, area.y, area.width, row.lead, lead_style);
        }
        let mut column = row.row.indent;
        for piece in &row.pieces {
            let mut style = theme.text(piece.style);
            if let Some(mark) = piece.mark {
                style = style.patch(theme.text(mark));
            }
            // Only what may be visible is measured: a line that does not wrap can be very long.
            let hidden = skip.saturating_sub(column);
            let (bytes, cells) = width::prefix_within(piece.text, hidden);
            column += cells;
            if bytes == piece.text.len() && hidden > 0 {
                continue;
            }
            let x = column.saturating_sub(skip).min(usize::from(area.width)) as u16;
            let rest = shift_right(area, x);
            if rest.is_empty() {
                break;
            }
            let put = self.put_shown(rest.x, rest.y, rest.width, &piece.text[bytes..], style);
            column += usize::from(put);
        }
    }

    /// Repeats one sign over the first row of `area`.
    pub fn fill(&mut self, area: Rect, sign: &str, look: Look) {
        let style = self.theme.style(look);
        for x in area.left()..area.right() {
            self.put_shown(x, area.y, 1, sign, style);
        }
    }

    /// Lays a style over `area` without touching its text.
    pub fn tint(&mut self, area: Rect, look: Look) {
        let style = self.theme.style(look);
        self.buffer
            .set_style(area.intersection(self.buffer.area), style);
    }

    /// Empties `area`.
    pub fn clear(&mut self, area: Rect) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            for x in area.left()..area.right() {
                self.buffer[(x, y)].reset();
            }
        }
    }
}

/// Words with their meanings, for one row.
#[derive(Debug, Clone, Default)]
pub struct Words<'a> {
    parts: Vec<(Cow<'a, str>, Look)>,
}

impl<'a> Words<'a> {
    /// No words yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds words.
    #[must_use]
    pub fn add(mut self, look: Look, text: impl Into<Cow<'a, str>>) -> Self {
        self.push(look, text);
        self
    }

    /// Adds words if there are any.
    #[must_use]
    pub fn maybe<T: Into<Cow<'a, str>>>(self, look: Look, text: Option<T>) -> Self {
        match text {
            Some(text) => self.add(look, text),
            None => self,
        }
    }

    /// Adds words in place.
    pub fn push(&mut self, look: Look, text: impl Into<Cow<'a, str>>) {
        let text = text.into();
        // Cleaned here as well, so that widths are those of what is shown.
        let text = match sanitise::line(&text) {
            Cow::Borrowed(_) => text,
            Cow::Owned(clean) => Cow::Owned(clean),
        };
        self.parts.push((text, look));
    }

    /// Adds blanks.
    #[must_use]
    pub fn gap(self, cells: usize) -> Self {
        self.add(Look::Text, " ".repeat(cells))
    }

    /// Cells they take.
    pub fn width(&self) -> usize {
        self.parts.iter().map(|(text, _)| width::of(text)).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }
}

impl std::fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.parts
            .iter()
            .try_for_each(|(text, _)| f.write_str(text))
    }
}

/// `area` without its first `cells` columns.
pub fn shift_right(area: Rect, cells: u16) -> Rect {
    let cells = cells.min(area.width);
    Rect {
        x: area.x + cells,
        width: area.width - cells,
        ..area
    }
}

/// `area` without its first `rows` rows.
pub fn shift_down(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect {
        y: area.y + rows,
        height: area.height - rows,
        ..area
    }
}

/// The first `rows` rows of `area`, and the rest.
pub fn cut_top(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    (
        Rect {
            height: rows,
            ..area
        },
        shift_down(area, rows),
    )
}

/// All but the last `rows` rows of `area`, and these.
pub fn cut_bottom(area: Rect, rows: u16) -> (Rect, Rect) {
    let rows = rows.min(area.height);
    let top = Rect {
        height: area.height - rows,
        ..area
    };
    (top, shift_down(area, area.height - rows))
}

/// The first `cells` columns of `area`, and the rest behind a gap.
pub fn cut_left(area: Rect, cells: u16, gap: u16) -> (Rect, Rect) {
    let cells = cells.min(area.width);
    (
        Rect {
            width: cells,
            ..area
        },
        shift_right(area, cells.saturating_add(gap)),
    )
}

/// Row `index` of `area`; empty if it has no such row.
pub fn nth_row(area: Rect, index: u16) -> Rect {
    Rect {
        height: 1,
        ..shift_down(area, index)
    }
    .intersection(area)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(cells: u16, draw: impl FnOnce(&mut Pen<'_>)) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, cells, 1));
        let theme = Theme::default();
        draw(&mut Pen::new(&mut buffer, &theme));
        buffer
            .content
            .iter()
            .map(ratatui::buffer::Cell::symbol)
            .collect()
    }

    #[test]
    fn control_characters_are_shown_and_never_obeyed() {
        let row = drawn(20, |pen| {
            pen.line(pen.screen(), "a\x1b[31mb\u{202e}c", Look::Text);
        });
        assert!(!row.contains('\x1b') && !row.contains('\u{202e}'), "{row}");
        assert!(row.starts_with('a') && row.contains("[31m"), "{row}");
    }

    #[test]
    fn writing_outside_the_screen_changes_nothing() {
        let row = drawn(4, |pen| {
            for (x, y) in [(4, 0), (0, 1), (u16::MAX, u16::MAX), (3, 0)] {
                pen.put(x, y, 10, "xy", Look::Text);
            }
            pen.tint(Rect::new(2, 0, 900, 900), Look::Cursor);
            pen.clear(Rect::new(9, 9, 9, 9));
        });
        assert_eq!(row, "   x");
    }

    #[test]
    fn the_right_side_stays_whole_and_the_left_is_cut() {
        let row = drawn(24, |pen| {
            let left = Words::new().add(Look::Strong, "a title that is too long");
            let right = Words::new().add(Look::Dim, "46/60");
            pen.both(pen.screen(), &left, &right);
        });
        assert_eq!(row, "a title that is …  46/60");
    }

    #[test]
    fn wide_characters_are_never_split_at_the_edge() {
        let row = drawn(5, |pen| {
            pen.line(pen.screen(), "漢字漢字", Look::Text);
        });
        assert!(row.starts_with("漢 字 …"), "{row:?}");
    }

    proptest::proptest! {
        /// What is sent to the terminal is found by the library's widths, so cells must be filled by them.
        #[test]
        fn signs_fill_the_cells_the_library_gives_them(
            text in "[a-zé漢字ｶﾞ👍क्षि\u{301}\u{fe0f}\u{200d} ]{0,12}",
            cells in 0u16..20,
        ) {
            let text = sanitise::line(&text);
            let area = Rect::new(0, 0, 20, 1);
            let mut expected = Buffer::empty(area);
            expected.set_stringn(0, 0, &text, usize::from(cells), Style::new());
            let mut ours = Buffer::empty(area);
            Pen::new(&mut ours, &Theme::default()).put_styled(0, 0, cells, &text, Style::new());
            proptest::prop_assert_eq!(ours, expected);
        }
    }
}
