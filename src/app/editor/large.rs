//! A long text, held as lines. An edit touches the lines it changes and no other.

use super::area::{Position, TextArea};

/// Changes that can be taken back.
const HISTORY: usize = 10_000;

/// A change: what stood at a place, and what stands there now.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Edit {
    at: Position,
    removed: String,
    inserted: String,
}

/// A text held as lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineArea {
    lines: Vec<String>,
    cursor: Position,
    anchor: Option<Position>,
    revision: u64,
    done: Vec<Edit>,
    undone: Vec<Edit>,
}

/// Where the text ends if it starts at `at`.
fn end_of(at: Position, text: &str) -> Position {
    match text.rsplit_once('\n') {
        None => Position::new(at.line, at.byte + text.len()),
        Some((before, last)) => {
            Position::new(at.line + before.matches('\n').count() + 1, last.len())
        }
    }
}

impl LineArea {
    /// Holds a text, the cursor at its start.
    pub fn of(text: &str) -> Self {
        Self {
            lines: text.split('\n').map(str::to_owned).collect(),
            cursor: Position::default(),
            anchor: None,
            revision: 0,
            done: Vec::new(),
            undone: Vec::new(),
        }
    }

    /// Goes on where another area stopped.
    pub(super) fn continue_at(&mut self, cursor: Position, revision: u64) {
        self.cursor = self.inside(cursor);
        self.revision = revision;
    }

    fn put(&mut self, at: Position, text: &str) {
        let mut pieces = text.split('\n');
        let first = pieces.next().unwrap_or_default();
        let Some(line) = self.lines.get_mut(at.line) else {
            return;
        };
        let tail = line.split_off(at.byte);
        line.push_str(first);
        let mut new: Vec<String> = pieces.map(str::to_owned).collect();
        match new.last_mut() {
            Some(last) => last.push_str(&tail),
            None => line.push_str(&tail),
        }
        self.lines.splice((at.line + 1)..=at.line, new);
    }

    fn cut(&mut self, from: Position, to: Position) {
        let tail = self
            .line(to.line)
            .get(to.byte..)
            .unwrap_or_default()
            .to_owned();
        if let Some(line) = self.lines.get_mut(from.line) {
            line.truncate(from.byte);
            line.push_str(&tail);
        }
        self.lines.drain(from.line + 1..=to.line);
    }

    fn did(&mut self, edit: Edit) {
        self.revision += 1;
        self.anchor = None;
        self.undone.clear();
        if self.done.len() == HISTORY {
            self.done.remove(0);
        }
        self.done.push(edit);
    }

    fn swap(&mut self, edit: &Edit, back: bool) {
        let (old, new) = if back {
            (&edit.inserted, &edit.removed)
        } else {
            (&edit.removed, &edit.inserted)
        };
        self.cut(edit.at, end_of(edit.at, old));
        self.put(edit.at, new);
        self.cursor = end_of(edit.at, new);
        self.anchor = None;
        self.revision += 1;
    }
}

impl TextArea for LineArea {
    fn line_count(&self) -> usize {
        self.lines.len()
    }

    fn line(&self, index: usize) -> &str {
        self.lines.get(index).map_or("", String::as_str)
    }

    fn cursor(&self) -> Position {
        self.cursor
    }

    fn anchor(&self) -> Option<Position> {
        self.anchor
    }

    fn go(&mut self, to: Position, select: bool) {
        self.anchor = if select {
            self.anchor.or(Some(self.cursor))
        } else {
            None
        };
        self.cursor = self.inside(to);
    }

    fn insert(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let at = self.cursor;
        self.put(at, text);
        self.cursor = end_of(at, text);
        self.did(Edit {
            at,
            removed: String::new(),
            inserted: text.to_owned(),
        });
    }

    fn delete(&mut self, from: Position, to: Position) {
        let (from, to) = (self.inside(from), self.inside(to));
        if from >= to {
            return;
        }
        let removed = self.between(from, to);
        self.cut(from, to);
        self.cursor = from;
        self.did(Edit {
            at: from,
            removed,
            inserted: String::new(),
        });
    }

    fn undo(&mut self) -> bool {
        let Some(edit) = self.done.pop() else {
            return false;
        };
        self.swap(&edit, true);
        self.undone.push(edit);
        true
    }

    fn redo(&mut self) -> bool {
        let Some(edit) = self.undone.pop() else {
            return false;
        };
        self.swap(&edit, false);
        self.done.push(edit);
        true
    }

    fn revision(&self) -> u64 {
        self.revision
    }
}
