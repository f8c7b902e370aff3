//! What an editor needs of whoever holds the text.

use std::cmp::{max, min};

use super::{LineArea, SMALL, SmallArea};

/// A place in a text: a line and a byte in it, on a character boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// Line, from 0.
    pub line: usize,
    /// Byte in the line.
    pub byte: usize,
}

impl Position {
    /// A place.
    pub const fn new(line: usize, byte: usize) -> Self {
        Self { line, byte }
    }
}

/// A text that can be edited. Lines end with a line feed; carriage returns are characters like others.
pub trait TextArea {
    /// Lines; at least one.
    fn line_count(&self) -> usize;
    /// One line without its end; empty beyond the last.
    fn line(&self, index: usize) -> &str;
    /// Where the cursor is.
    fn cursor(&self) -> Position;
    /// The other end of the selection, if there is one.
    fn anchor(&self) -> Option<Position>;
    /// Moves the cursor to a place, which is put inside the text; `select` keeps or starts a selection.
    fn go(&mut self, to: Position, select: bool);
    /// Inserts at the cursor.
    fn insert(&mut self, text: &str);
    /// Deletes from one place to a later one.
    fn delete(&mut self, from: Position, to: Position);
    /// Takes the last insert or delete back; whether there was one.
    fn undo(&mut self) -> bool;
    /// Brings the last one taken back; whether there was one.
    fn redo(&mut self) -> bool;
    /// Rises with every change of the text.
    fn revision(&self) -> u64;

    /// The whole text.
    fn text(&self) -> String {
        let mut text = String::new();
        for at in 0..self.line_count() {
            if at > 0 {
                text.push('\n');
            }
            text.push_str(self.line(at));
        }
        text
    }

    /// The selection, its earlier end first; `None` if it is empty.
    fn selection(&self) -> Option<(Position, Position)> {
        let (anchor, cursor) = (self.anchor()?, self.cursor());
        (anchor != cursor).then(|| (min(anchor, cursor), max(anchor, cursor)))
    }

    /// The text between two places.
    fn between(&self, from: Position, to: Position) -> String {
        if from.line == to.line {
            let line = self.line(from.line);
            return line.get(from.byte..to.byte).unwrap_or_default().to_owned();
        }
        let mut text = self
            .line(from.line)
            .get(from.byte..)
            .unwrap_or_default()
            .to_owned();
        for at in from.line + 1..to.line {
            text.push('\n');
            text.push_str(self.line(at));
        }
        text.push('\n');
        text.push_str(self.line(to.line).get(..to.byte).unwrap_or_default());
        text
    }

    /// The end of the text.
    fn end(&self) -> Position {
        let last = self.line_count().saturating_sub(1);
        Position::new(last, self.line(last).len())
    }

    /// The nearest place inside the text.
    fn inside(&self, at: Position) -> Position {
        let line = at.line.min(self.line_count().saturating_sub(1));
        let text = self.line(line);
        let mut byte = at.byte.min(text.len());
        while !text.is_char_boundary(byte) {
            byte -= 1;
        }
        Position { line, byte }
    }
}

/// Whoever holds the text.
#[derive(Debug, Clone)]
pub enum Area {
    /// `tui_textarea`.
    Small(Box<SmallArea>),
    /// Lines, for longer texts.
    Large(Box<LineArea>),
}

impl Area {
    /// An area that fits the text.
    pub fn of(text: &str) -> Self {
        if SmallArea::fits(text) {
            Self::Small(Box::new(SmallArea::of(text)))
        } else {
            Self::Large(Box::new(LineArea::of(text)))
        }
    }

    /// The area, changeable.
    pub fn get_mut(&mut self) -> &mut dyn TextArea {
        match self {
            Self::Small(area) => area.as_mut(),
            Self::Large(area) => area.as_mut(),
        }
    }

    /// The area.
    pub fn get(&self) -> &dyn TextArea {
        match self {
            Self::Small(area) => area.as_ref(),
            Self::Large(area) => area.as_ref(),
        }
    }

    /// Makes room for `more` bytes: a text that outgrows `tui_textarea` moves to [`LineArea`]. Undo starts
    /// anew there. Whether it moved.
    pub fn make_room(&mut self, more: usize) -> bool {
        let Self::Small(small) = self else {
            return false;
        };
        let bytes: usize = (0..small.line_count())
            .map(|at| small.line(at).len() + 1)
            .sum();
        let longest = small.line(small.cursor().line).len() + more;
        // Every pasted byte might be a line end; a typed key is one at most.
        let lines = small.line_count() + more;
        if bytes + more <= SMALL && longest.max(lines) < SmallArea::PLACES {
            return false;
        }
        let mut large = LineArea::of(&small.text());
        large.continue_at(small.cursor(), small.revision());
        *self = Self::Large(Box::new(large));
        true
    }
}

/// Two areas are the same if a person could not tell them apart; how the text is held does not count.
impl PartialEq for Area {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.get(), other.get());
        a.revision() == b.revision()
            && a.cursor() == b.cursor()
            && a.selection() == b.selection()
            && a.line_count() == b.line_count()
            && (0..a.line_count()).all(|at| a.line(at) == b.line(at))
    }
}
