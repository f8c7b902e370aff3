//! What stands on the terminal: of a new frame only the cells that differ are sent, in one write.
//!
//! Two frames are kept and drawn into by turns, so that a key allocates nothing here and an equal frame sends
//! nothing at all.

mod changes;

use std::io::{self, Stdout, Write};

use crossterm::cursor::{Hide, MoveTo, Show};
use crossterm::queue;
use crossterm::style::{Attribute, SetAttribute};
use crossterm::terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect, Size};

/// Room for one frame.
const FRAME_BYTES: usize = 64 * 1024;

/// The cells of a terminal, and the way to it.
#[derive(Debug)]
pub struct Surface<W: Write> {
    out: W,
    /// What the terminal shows; `None` if that is not known.
    shown: Option<Shown>,
    next: Buffer,
    /// The bytes between the two.
    changes: Vec<u8>,
}

#[derive(Debug)]
struct Shown {
    cells: Buffer,
    cursor: Option<Position>,
}

impl Surface<io::BufWriter<Stdout>> {
    /// The terminal of this process.
    pub fn of_stdout() -> Self {
        Self::new(io::BufWriter::with_capacity(FRAME_BYTES, io::stdout()))
    }
}

impl<W: Write> Surface<W> {
    /// A surface nothing is known of: its first frame is sent whole.
    pub fn new(out: W) -> Self {
        Self {
            out,
            shown: None,
            next: Buffer::empty(Rect::ZERO),
            changes: Vec::with_capacity(FRAME_BYTES),
        }
    }

    /// What other words to the terminal are written to.
    pub fn writer(&mut self) -> &mut W {
        &mut self.out
    }

    /// Forgets what is shown: somebody else wrote there. The next frame clears the screen first.
    pub fn forget(&mut self) {
        self.shown = None;
    }

    /// Draws a frame of this size; `paint` says where the cursor goes, `None` hides it.
    ///
    /// # Errors
    ///
    /// If the terminal takes nothing. What it shows then is not known.
    pub fn draw(
        &mut self,
        size: Size,
        paint: impl FnOnce(&mut Buffer) -> Option<Position>,
    ) -> io::Result<()> {
        let area = Rect::new(0, 0, size.width, size.height);
        self.next.resize(area);
        self.next.reset();
        let cursor = paint(&mut self.next);
        let shown = self.shown.take().filter(|shown| shown.cells.area == area);
        let known = shown.is_some();
        let shown = shown.unwrap_or_else(|| Shown {
            cells: Buffer::empty(area),
            cursor: None,
        });
        self.changes.clear();
        changes::send(&mut self.changes, &shown.cells, &self.next)?;
        if !known || !self.changes.is_empty() || shown.cursor != cursor {
            queue!(self.out, BeginSynchronizedUpdate)?;
            if !known {
                queue!(
                    self.out,
                    SetAttribute(Attribute::Reset),
                    Clear(ClearType::All)
                )?;
            }
            if !self.changes.is_empty() {
                self.out.write_all(&self.changes)?;
                queue!(self.out, SetAttribute(Attribute::Reset))?;
            }
            match cursor {
                Some(at) => queue!(self.out, MoveTo(at.x, at.y), Show)?,
                None => queue!(self.out, Hide)?,
            }
            queue!(self.out, EndSynchronizedUpdate)?;
            self.out.flush()?;
        }
        let cells = std::mem::replace(&mut self.next, shown.cells);
        self.shown = Some(Shown { cells, cursor });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use ratatui::style::Style;

    use super::*;

    const SIZE: Size = Size {
        width: 12,
        height: 2,
    };

    fn sent(surface: &mut Surface<Vec<u8>>, text: &str, cursor: Option<Position>) -> String {
        draw(surface, SIZE, text, cursor);
        String::from_utf8(std::mem::take(surface.writer())).unwrap()
    }

    fn draw(surface: &mut Surface<Vec<u8>>, size: Size, text: &str, cursor: Option<Position>) {
        surface
            .draw(size, |cells| {
                cells.set_string(0, 0, text, Style::new());
                cursor
            })
            .unwrap();
    }

    fn nonzero(cells: u16) -> NonZeroU16 {
        NonZeroU16::new(cells).unwrap()
    }

    fn screen(bytes: &str) -> String {
        let mut parser = vt100::Parser::new(nonzero(SIZE.height), nonzero(SIZE.width), 0);
        parser.process(bytes.as_bytes());
        parser.screen().contents()
    }

    #[test]
    fn an_equal_frame_sends_nothing() {
        let mut surface = Surface::new(Vec::new());
        assert!(!sent(&mut surface, "hello", None).is_empty());
        assert_eq!(sent(&mut surface, "hello", None), "");
    }

    #[test]
    fn only_what_changed_is_sent() {
        let mut surface = Surface::new(Vec::new());
        let first = sent(&mut surface, "hello there", None);
        let second = sent(&mut surface, "hello thxre", None);
        assert!(
            second.contains('x') && !second.contains("hello"),
            "{second:?}"
        );
        assert_eq!(screen(&[first, second].concat()), "hello thxre");
    }

    #[test]
    fn a_cursor_that_moves_alone_is_sent() {
        let mut surface = Surface::new(Vec::new());
        sent(&mut surface, "hello", Some(Position::new(1, 0)));
        let moved = sent(&mut surface, "hello", Some(Position::new(4, 1)));
        assert!(
            moved.contains("\u{1b}[2;5H") && !moved.contains("hello"),
            "{moved:?}"
        );
        let hidden = sent(&mut surface, "hello", None);
        assert!(hidden.contains("\u{1b}[?25l"), "{hidden:?}");
    }

    #[test]
    fn wide_signs_give_way_to_narrow_ones_and_back() {
        let mut surface = Surface::new(Vec::new());
        let mut all = String::new();
        for text in ["ab漢字cd", "abxyzwcd", "a漢b字cd", "", "漢"] {
            all += &sent(&mut surface, text, None);
            assert_eq!(screen(&all).trim_end(), text);
        }
    }

    #[test]
    fn another_size_or_a_forgotten_screen_is_cleared_and_sent_whole() {
        let mut surface = Surface::new(Vec::new());
        sent(&mut surface, "hello", None);
        let wider = Size {
            width: 20,
            height: 3,
        };
        draw(&mut surface, wider, "hello", None);
        let bytes = String::from_utf8(std::mem::take(surface.writer())).unwrap();
        assert!(
            bytes.contains("\u{1b}[2J") && bytes.contains("hello"),
            "{bytes:?}"
        );
        surface.forget();
        draw(&mut surface, wider, "hello", None);
        let bytes = String::from_utf8(std::mem::take(surface.writer())).unwrap();
        assert!(
            bytes.contains("\u{1b}[2J") && bytes.contains("hello"),
            "{bytes:?}"
        );
    }
}
