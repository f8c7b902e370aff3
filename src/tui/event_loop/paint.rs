//! Frames: drawn when due, sent only if they differ.

use std::io::{self, Write as _};
use std::time::Instant;

use crossterm::queue;
use crossterm::terminal::{BeginSynchronizedUpdate, EndSynchronizedUpdate};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::app::input::Input;
use crate::ui;

use super::Shell;

impl Shell<'_> {
    pub(super) fn redraw(&mut self) -> io::Result<()> {
        self.last = None;
        // Not `clear`: it asks the terminal where the cursor is, and the answer would go to the event
        // stream. A resize empties screen and buffers too. The size may have changed meanwhile anyway.
        let size = self.screen.size()?;
        self.screen
            .resize(Rect::new(0, 0, size.width, size.height))?;
        self.pace.mark();
        self.fit()
    }

    pub(super) fn draw_if_due(&mut self) -> io::Result<()> {
        let now = Instant::now();
        if self.outside.is_some() || !self.pace.is_due(now) {
            return Ok(());
        }
        self.fit()?;
        self.screen.autoresize()?;
        let area = self.screen.get_frame().area();
        let mut frame = Buffer::empty(area);
        let cursor = ui::draw(&self.state, &self.theme, &mut frame);
        self.pace.drew(Instant::now());
        if self
            .last
            .as_ref()
            .is_some_and(|(last, at)| *last == frame && *at == cursor)
        {
            return Ok(());
        }
        queue!(self.screen.backend_mut(), BeginSynchronizedUpdate)?;
        let mut fits = true;
        self.screen.draw(|target| {
            // The size may have changed since it was asked for: such a frame is drawn anew.
            fits = target.area() == frame.area;
            if !fits {
                return;
            }
            target.buffer_mut().clone_from(&frame);
            if let Some(cursor) = cursor {
                target.set_cursor_position(cursor);
            }
        })?;
        queue!(self.screen.backend_mut(), EndSynchronizedUpdate)?;
        self.screen.backend_mut().flush()?;
        self.last = fits.then_some((frame, cursor));
        if !fits {
            self.pace.mark();
        }
        Ok(())
    }

    /// Tells the state how large the screen is, if it has not heard.
    ///
    /// The notice of the terminal may come late, and of two at once only one may come.
    pub(super) fn fit(&mut self) -> io::Result<()> {
        let size = self.screen.size()?;
        if (self.state.size.width, self.state.size.height) == (size.width, size.height) {
            return Ok(());
        }
        self.input(Input::Resize {
            width: size.width,
            height: size.height,
        })
    }
}
