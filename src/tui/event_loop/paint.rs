//! Frames: drawn when due, sent only if they differ.

use std::io;
use std::time::Instant;

use ratatui::layout::Size;

use crate::app::input::Input;
use crate::ui;

use super::Shell;

impl Shell<'_> {
    pub(super) fn redraw(&mut self) -> io::Result<()> {
        self.surface.forget();
        self.pace.mark();
        // The size may have changed while the terminal was somebody else's.
        self.fit().map(drop)
    }

    pub(super) fn draw_if_due(&mut self) -> io::Result<()> {
        let now = Instant::now();
        if self.outside.is_some() || !self.pace.is_due(now) {
            return Ok(());
        }
        let size = self.fit()?;
        self.surface
            .draw(size, |frame| ui::draw(&self.state, &self.theme, frame))?;
        self.pace.drew(Instant::now());
        Ok(())
    }

    /// Tells the state how large the screen is, if it has not heard.
    ///
    /// The notice of the terminal may come late, and of two at once only one may come.
    pub(super) fn fit(&mut self) -> io::Result<Size> {
        let (width, height) = crossterm::terminal::size()?;
        if (self.state.size.width, self.state.size.height) != (width, height) {
            self.input(Input::Resize { width, height })?;
        }
        Ok(Size { width, height })
    }
}
