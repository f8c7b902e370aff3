//! From two frames to the bytes that turn one into the other.
//!
//! Rows that are alike are passed over whole, and a run of cells in one style is written without a word between
//! them: on a key that scrolls a list nearly every cell changes, and this is most of what a frame costs.

use std::io;

use crossterm::cursor::MoveTo;
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute, SetStyle};
use ratatui::backend::IntoCrossterm as _;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use crate::text::width;

/// Writes what turns `old` into `new`, which has the same area; nothing if they are alike.
///
/// Cursor and style are left where and as the last cell needed them.
pub(super) fn send(out: &mut Vec<u8>, old: &Buffer, new: &Buffer) -> io::Result<()> {
    let columns = usize::from(new.area.width).max(1);
    let rows = old.content.chunks(columns).zip(new.content.chunks(columns));
    let mut hand = Hand::default();
    for (y, (old, new)) in rows.enumerate() {
        if old != new {
            send_row(out, &mut hand, y, old, new)?;
        }
    }
    Ok(())
}

fn send_row(
    out: &mut Vec<u8>,
    hand: &mut Hand,
    y: usize,
    old: &[Cell],
    new: &[Cell],
) -> io::Result<()> {
    let mut x = 0;
    // Up to this column the terminal may show what is left of a wide sign.
    let mut stale = 0;
    while let Some(cell) = new.get(x) {
        let next = x + cells_of(cell).max(1);
        let changed = *cell != old[x];
        if changed || x < stale {
            hand.put(out, x, y, cell)?;
        }
        if changed {
            // A sign that loses either of its cells takes the other one with it.
            let lost = (x..next.min(old.len())).map(|at| at + cells_of(&old[at]));
            stale = lost.fold(stale, usize::max);
            if next > x + 1 && cell.symbol().contains(EMOJI_SELECTOR) {
                clear_behind(
                    out,
                    hand,
                    (x + 1, y),
                    &old[x + 1..],
                    &new[x + 1..next.min(new.len())],
                )?;
            }
        }
        x = next;
    }
    Ok(())
}

/// Asks for the look of an emoji; not every terminal clears the second cell of such a sign.
const EMOJI_SELECTOR: char = '\u{fe0f}';

fn clear_behind(
    out: &mut Vec<u8>,
    hand: &mut Hand,
    (x, y): (usize, usize),
    old: &[Cell],
    new: &[Cell],
) -> io::Result<()> {
    for (at, (old, new)) in old.iter().zip(new).enumerate() {
        if old.symbol() != new.symbol() {
            hand.put(out, x + at, y, new)?;
        }
    }
    Ok(())
}

fn cells_of(cell: &Cell) -> usize {
    match cell.symbol() {
        symbol if symbol.len() == 1 => 1,
        symbol => width::of(symbol),
    }
}

/// Where the terminal writes next, and how.
#[derive(Debug, Default)]
struct Hand {
    at: Option<(usize, usize)>,
    style: Option<(Color, Color, Color, Modifier)>,
}

impl Hand {
    fn put(&mut self, out: &mut Vec<u8>, x: usize, y: usize, cell: &Cell) -> io::Result<()> {
        if self.at != Some((x, y)) {
            queue!(out, MoveTo(x as u16, y as u16))?;
        }
        let style = (cell.fg, cell.bg, cell.underline_color, cell.modifier);
        if self.style != Some(style) {
            queue!(
                out,
                SetAttribute(Attribute::Reset),
                SetStyle(cell.style().into_crossterm())
            )?;
            self.style = Some(style);
        }
        out.extend_from_slice(cell.symbol().as_bytes());
        // Behind a wide sign the next cell is another one, and the place is said.
        self.at = Some((x + 1, y));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use proptest::prelude::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    use super::*;

    const AREA: Rect = Rect {
        x: 0,
        y: 0,
        width: 14,
        height: 3,
    };

    fn nonzero(cells: u16) -> NonZeroU16 {
        NonZeroU16::new(cells).unwrap()
    }

    fn terminal() -> vt100::Parser {
        vt100::Parser::new(nonzero(AREA.height), nonzero(AREA.width), 0)
    }

    /// What a screen shows: each sign with its colours and whether it is bold.
    fn shown(parser: &vt100::Parser) -> Vec<String> {
        let (rows, columns) = (0..AREA.height, 0..AREA.width);
        let cells = rows.flat_map(|y| columns.clone().map(move |x| (x, y)));
        cells
            .map(|(x, y)| parser.screen().cell(y, x).unwrap())
            .filter(|cell| !cell.is_wide_continuation())
            .map(|cell| {
                let colours = (cell.fgcolor(), cell.bgcolor());
                format!("{} {colours:?} {}", sign_of(cell), cell.bold())
            })
            .collect()
    }

    fn sign_of(cell: &vt100::Cell) -> &str {
        if cell.has_contents() {
            cell.contents()
        } else {
            " "
        }
    }

    /// The signs of a frame, row by row, without the cells a wide one covers.
    fn signs(buffer: &Buffer) -> Vec<String> {
        let rows = buffer.content.chunks(usize::from(AREA.width));
        rows.map(|row| {
            let (mut text, mut x) = (String::new(), 0);
            while let Some(cell) = row.get(x) {
                text.push_str(cell.symbol());
                x += cells_of(cell);
            }
            text
        })
        .collect()
    }

    fn signs_on(parser: &vt100::Parser) -> Vec<String> {
        let cell = |x, y| parser.screen().cell(y, x).unwrap();
        let row = |y| {
            (0..AREA.width)
                .map(|x| cell(x, y))
                .filter(|cell| !cell.is_wide_continuation())
                .map(sign_of)
                .collect()
        };
        (0..AREA.height).map(row).collect()
    }

    fn piece() -> impl Strategy<Value = (&'static str, Style)> {
        let signs = vec!["a", "b", " ", "漢", "─", "é", "字"];
        let styles = vec![
            Style::new(),
            Style::new().fg(Color::Red),
            Style::new().bg(Color::Blue),
            Style::new().add_modifier(Modifier::BOLD),
        ];
        (prop::sample::select(signs), prop::sample::select(styles))
    }

    fn frame() -> impl Strategy<Value = Buffer> {
        let row = prop::collection::vec(piece(), 0..12);
        prop::collection::vec(row, usize::from(AREA.height)).prop_map(|rows| {
            let mut buffer = Buffer::empty(AREA);
            for (y, row) in rows.iter().enumerate() {
                let mut x = 0;
                for (sign, style) in row {
                    x = buffer
                        .set_stringn(x, y as u16, sign, usize::from(AREA.width - x), *style)
                        .0;
                }
            }
            buffer
        })
    }

    proptest! {
        #[test]
        fn a_terminal_that_is_told_the_changes_only_shows_what_one_shows_that_is_told_all(
            frames in prop::collection::vec(frame(), 1..6)
        ) {
            let blank = Buffer::empty(AREA);
            let (mut bytes, mut old, mut changed) = (Vec::new(), blank.clone(), terminal());
            for frame in &frames {
                bytes.clear();
                send(&mut bytes, &old, frame).unwrap();
                changed.process(&bytes);
                let mut whole = terminal();
                bytes.clear();
                send(&mut bytes, &blank, frame).unwrap();
                whole.process(&bytes);
                prop_assert_eq!(shown(&changed), shown(&whole));
                prop_assert_eq!(signs_on(&changed), signs(frame));
                old = frame.clone();
            }
            bytes.clear();
            send(&mut bytes, &old, &old.clone()).unwrap();
            prop_assert!(bytes.is_empty());
        }
    }
}
