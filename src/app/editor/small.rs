//! A text held by `tui_textarea`.

use tui_textarea::{CursorMove, TextArea as Tui};

use super::SMALL;
use super::area::{Position, TextArea};

/// Changes that can be taken back.
const HISTORY: usize = 10_000;

/// A text held by `tui_textarea`, which counts characters where docket counts bytes.
#[derive(Debug, Clone)]
pub struct SmallArea {
    area: Tui<'static>,
    anchor: Option<Position>,
    revision: u64,
}

impl SmallArea {
    /// Lines, and bytes of a line, that its 16-bit places can name.
    pub const PLACES: usize = 60_000;

    /// Whether it can hold the text.
    pub fn fits(text: &str) -> bool {
        text.len() <= SMALL
            && text.split('\n').all(|line| line.len() < Self::PLACES)
            && text.split('\n').count() < Self::PLACES
    }

    /// Holds a text, the cursor at its start.
    pub fn of(text: &str) -> Self {
        let mut area = Tui::new(text.split('\n').map(str::to_owned).collect());
        area.set_max_histories(HISTORY);
        Self {
            area,
            anchor: None,
            revision: 0,
        }
    }

    fn jump(&mut self, to: Position) {
        let line = self.line(to.line);
        let column = line.get(..to.byte).unwrap_or(line).chars().count();
        self.area.cancel_selection();
        self.area
            .move_cursor(CursorMove::Jump(to.line as u16, column as u16));
    }

    fn changed(&mut self, did: bool) -> bool {
        if did {
            self.revision += 1;
            self.anchor = None;
            self.area.cancel_selection();
        }
        did
    }
}

impl TextArea for SmallArea {
    fn line_count(&self) -> usize {
        self.area.lines().len().max(1)
    }

    fn line(&self, index: usize) -> &str {
        self.area.lines().get(index).map_or("", String::as_str)
    }

    fn cursor(&self) -> Position {
        let at = self.area.cursor();
        let line = self.line(at.0);
        let byte = line
            .char_indices()
            .nth(at.1)
            .map_or(line.len(), |(byte, _)| byte);
        Position::new(at.0, byte)
    }

    fn anchor(&self) -> Option<Position> {
        self.anchor
    }

    fn go(&mut self, to: Position, select: bool) {
        self.anchor = if select {
            self.anchor.or(Some(self.cursor()))
        } else {
            None
        };
        let to = self.inside(to);
        self.jump(to);
    }

    fn insert(&mut self, text: &str) {
        self.area.cancel_selection();
        let did = self.area.insert_str(text);
        self.changed(did);
    }

    fn delete(&mut self, from: Position, to: Position) {
        let (from, to) = (self.inside(from), self.inside(to));
        if from < to {
            let count = self.between(from, to).chars().count();
            self.jump(from);
            let did = self.area.delete_str(count);
            self.changed(did);
        }
    }

    fn undo(&mut self) -> bool {
        let did = self.area.undo();
        self.changed(did)
    }

    fn redo(&mut self) -> bool {
        let did = self.area.redo();
        self.changed(did)
    }

    fn revision(&self) -> u64 {
        self.revision
    }
}
