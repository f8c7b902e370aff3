//! The editor: motions by grapheme cluster and screen row, edits grouped for undo.

use unicode_segmentation::UnicodeSegmentation;

use super::super::keymap::{Chord, Key};
use super::area::{Area, Position, TextArea};
use super::viewport::{self, EditorView, Place, Wrapped};

/// A text being written, with the window on it.
#[derive(Debug, Clone, PartialEq)]
pub struct EditorState {
    area: Area,
    columns: usize,
    height: usize,
    top: Place,
    /// The column that up and down keep to.
    goal: Option<usize>,
    /// Changes of the area per undo step.
    groups: Vec<usize>,
    regroups: Vec<usize>,
    /// Whether typing goes on in the last step.
    typing: bool,
}

impl EditorState {
    /// An editor on a text, the cursor at its start.
    pub fn new(text: &str) -> Self {
        Self {
            area: Area::of(text),
            columns: 60,
            height: 10,
            top: Place::default(),
            goal: None,
            groups: Vec::new(),
            regroups: Vec::new(),
            typing: false,
        }
    }

    /// An editor with the cursor at the text's end.
    pub fn at_end(text: &str) -> Self {
        let mut editor = Self::new(text);
        let end = editor.area().end();
        editor.go(end, false);
        editor
    }

    /// Who holds the text.
    pub fn area(&self) -> &dyn TextArea {
        self.area.get()
    }

    /// The whole text.
    pub fn text(&self) -> String {
        self.area().text()
    }

    /// Rises with every change.
    pub fn revision(&self) -> u64 {
        self.area().revision()
    }

    /// Gives the window its size.
    pub fn resize(&mut self, columns: u16, height: u16) {
        // One column stays free for a cursor behind the last character.
        self.columns = usize::from(columns).saturating_sub(1).max(1);
        self.height = usize::from(height).max(1);
        self.follow();
    }

    /// What is drawn.
    pub fn view(&self) -> EditorView {
        viewport::view(self.area(), self.top, self.columns, self.height)
    }

    fn follow(&mut self) {
        self.top = viewport::follow(self.area.get(), self.top, self.columns, self.height);
    }

    fn go(&mut self, to: Position, select: bool) {
        self.area.get_mut().go(to, select);
        self.typing = false;
        self.follow();
    }

    /// Inserts text at the cursor, in place of the selection. A paste is one undo step.
    pub fn insert(&mut self, text: &str) {
        let clean = text.replace("\r\n", "\n").replace('\r', "\n");
        if clean.is_empty() {
            return;
        }
        let mut chars = clean.chars();
        let word = chars.next().is_some_and(char::is_alphanumeric) && chars.next().is_none();
        if self.area.make_room(clean.len()) {
            self.groups.clear();
            self.regroups.clear();
        }
        let replaced = self.remove_selection();
        self.area.get_mut().insert(&clean);
        if word && self.typing && !replaced {
            if let Some(group) = self.groups.last_mut() {
                *group += 1;
            }
        } else {
            self.step(1 + usize::from(replaced));
        }
        self.typing = word;
        self.after_edit();
    }

    fn step(&mut self, changes: usize) {
        self.groups.push(changes);
    }

    fn after_edit(&mut self) {
        self.regroups.clear();
        self.goal = None;
        self.follow();
    }

    fn remove_selection(&mut self) -> bool {
        let Some((from, to)) = self.area().selection() else {
            return false;
        };
        self.area.get_mut().delete(from, to);
        true
    }

    fn delete_to(&mut self, other: Position) {
        if self.remove_selection() {
            self.step(1);
        } else {
            let here = self.area().cursor();
            if other == here {
                return;
            }
            let (from, to) = (here.min(other), here.max(other));
            self.area.get_mut().delete(from, to);
            self.step(1);
        }
        self.typing = false;
        self.after_edit();
    }

    /// Takes the last step back; whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(changes) = self.groups.pop() else {
            return false;
        };
        for _ in 0..changes {
            self.area.get_mut().undo();
        }
        self.regroups.push(changes);
        self.typing = false;
        self.follow();
        true
    }

    /// Brings the last step back; whether there was one.
    pub fn redo(&mut self) -> bool {
        let Some(changes) = self.regroups.pop() else {
            return false;
        };
        for _ in 0..changes {
            self.area.get_mut().redo();
        }
        self.groups.push(changes);
        self.typing = false;
        self.follow();
        true
    }

    /// Selects everything.
    pub fn select_all(&mut self) {
        self.go(Position::default(), false);
        let end = self.area().end();
        self.go(end, true);
    }

    /// The selected text.
    pub fn selected(&self) -> Option<String> {
        let (from, to) = self.area().selection()?;
        Some(self.area().between(from, to))
    }

    /// Cuts the selected text out.
    pub fn cut(&mut self) -> Option<String> {
        let text = self.selected()?;
        let here = self.area().cursor();
        self.delete_to(here);
        Some(text)
    }

    /// Puts the cursor under a click; `select` extends the selection to it.
    pub fn click(&mut self, x: u16, y: u16, select: bool) {
        let to = viewport::at(
            self.area(),
            self.top,
            self.columns,
            usize::from(x),
            usize::from(y),
        );
        self.goal = None;
        self.go(to, select);
    }

    /// Moves the cursor by rows; the window follows.
    pub fn scroll(&mut self, rows: isize) {
        let step = rows.signum();
        for _ in 0..rows.unsigned_abs() {
            let to = self.row(step > 0);
            self.go(to, false);
        }
    }

    /// Takes a key that edits or moves; whether it was one.
    pub fn key(&mut self, chord: Chord) -> bool {
        if let Some(c) = chord.text() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        let area = self.area();
        let word = chord.ctrl || chord.alt;
        match chord.key {
            // A terminal sends Ctrl-j for a line feed, as pasted text holds it.
            Key::Enter => self.insert("\n"),
            Key::Char('j') if chord.ctrl => self.insert("\n"),
            Key::Tab => self.insert("\t"),
            Key::Backspace if word => self.delete_to(word_before(area)),
            Key::Char('w') if chord.ctrl => self.delete_to(word_before(area)),
            Key::Backspace => self.delete_to(before(area)),
            Key::Char('h') if chord.ctrl => self.delete_to(before(area)),
            Key::Delete if word => self.delete_to(word_after(area)),
            Key::Delete => self.delete_to(after(area)),
            _ => return self.motion(chord, word),
        }
        true
    }

    fn motion(&mut self, chord: Chord, word: bool) -> bool {
        let area = self.area();
        let cursor = area.cursor();
        let to = match chord.key {
            Key::Left if word => word_before(area),
            Key::Right if word => word_after(area),
            Key::Left => before(area),
            Key::Right => after(area),
            Key::Home if word => Position::default(),
            Key::End if word => area.end(),
            Key::Home => Position::new(cursor.line, 0),
            Key::End => Position::new(cursor.line, area.line(cursor.line).len()),
            Key::Up | Key::Down => {
                let to = self.row(chord.key == Key::Down);
                self.go(to, chord.shift);
                return true;
            }
            Key::PageUp | Key::PageDown => {
                for _ in 1..self.height.max(2) {
                    let to = self.row(chord.key == Key::PageDown);
                    self.go(to, chord.shift);
                }
                return true;
            }
            _ => return false,
        };
        self.goal = None;
        self.go(to, chord.shift);
        true
    }

    /// The place a screen row further down or up, in the column one started from.
    fn row(&mut self, down: bool) -> Position {
        let area = self.area.get();
        let cursor = area.cursor();
        let here = Wrapped::of(area.line(cursor.line), self.columns);
        let (row, column) = here.place(cursor.byte);
        let goal = *self.goal.get_or_insert(column);
        if down && row + 1 < here.rows() {
            Position::new(cursor.line, here.byte(row + 1, goal))
        } else if !down && row > 0 {
            Position::new(cursor.line, here.byte(row - 1, goal))
        } else if down && cursor.line + 1 < area.line_count() {
            let next = Wrapped::of(area.line(cursor.line + 1), self.columns);
            Position::new(cursor.line + 1, next.byte(0, goal))
        } else if !down && cursor.line > 0 {
            let line = cursor.line - 1;
            let above = Wrapped::of(area.line(line), self.columns);
            Position::new(line, above.byte(above.rows() - 1, goal))
        } else if down {
            area.end()
        } else {
            Position::default()
        }
    }
}

fn before(area: &dyn TextArea) -> Position {
    let at = area.cursor();
    if at.byte == 0 {
        return match at.line.checked_sub(1) {
            Some(line) => Position::new(line, area.line(line).len()),
            None => at,
        };
    }
    let head = area.line(at.line).get(..at.byte).unwrap_or_default();
    let start = head.grapheme_indices(true).next_back();
    Position::new(at.line, start.map_or(0, |(byte, _)| byte))
}

fn after(area: &dyn TextArea) -> Position {
    let at = area.cursor();
    let tail = area.line(at.line).get(at.byte..).unwrap_or_default();
    match tail.graphemes(true).next() {
        Some(cluster) => Position::new(at.line, at.byte + cluster.len()),
        None if at.line + 1 < area.line_count() => Position::new(at.line + 1, 0),
        None => at,
    }
}

fn word_before(area: &dyn TextArea) -> Position {
    let at = area.cursor();
    let head = area.line(at.line).get(..at.byte).unwrap_or_default();
    if head.trim_end().is_empty() {
        return if at.byte == 0 {
            before(area)
        } else {
            Position::new(at.line, 0)
        };
    }
    let word = head
        .split_word_bound_indices()
        .rfind(|(_, word)| !word.trim().is_empty());
    Position::new(at.line, word.map_or(0, |(byte, _)| byte))
}

fn word_after(area: &dyn TextArea) -> Position {
    let at = area.cursor();
    let tail = area.line(at.line).get(at.byte..).unwrap_or_default();
    if tail.is_empty() {
        return after(area);
    }
    let word = tail
        .split_word_bound_indices()
        .find(|(_, word)| !word.trim().is_empty());
    let end = word.map_or(tail.len(), |(byte, word)| byte + word.len());
    Position::new(at.line, at.byte + end)
}
