//! One line of text with a cursor.

use unicode_segmentation::UnicodeSegmentation;

use super::super::keymap::{Chord, Key};

/// Bytes one line may have.
const LIMIT: usize = 4096;

/// A line being edited. The cursor stands between grapheme clusters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LineEdit {
    text: String,
    cursor: usize,
    /// Whether the text is an offer that the first typed character replaces.
    offered: bool,
}

impl LineEdit {
    /// A line with the cursor at its end.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Self {
            cursor: text.len(),
            text,
            offered: false,
        }
    }

    /// A line with an offer: typing replaces it, any other key keeps it to be edited.
    pub fn offering(text: impl Into<String>) -> Self {
        Self {
            offered: true,
            ..Self::new(text)
        }
    }

    /// What stands in it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte of the cursor.
    pub fn cursor(&self) -> usize {
        self.cursor
    }

    /// Types or pastes; line ends and tabs become blanks, other controls are left out.
    pub fn insert(&mut self, text: &str) {
        let clean: String = text
            .trim_end_matches(['\r', '\n'])
            .chars()
            .map(|c| {
                if matches!(c, '\n' | '\r' | '\t') {
                    ' '
                } else {
                    c
                }
            })
            .filter(|c| !c.is_control())
            .collect();
        if std::mem::take(&mut self.offered) && !clean.is_empty() {
            self.text.clear();
            self.cursor = 0;
        }
        if self.text.len() + clean.len() <= LIMIT {
            self.text.insert_str(self.cursor, &clean);
            self.cursor += clean.len();
            self.settle();
        }
    }

    /// Puts the cursor on a cluster boundary: a combining mark joins what stands before it.
    fn settle(&mut self) {
        let boundary = self
            .text
            .grapheme_indices(true)
            .map(|(at, _)| at)
            .chain([self.text.len()])
            .find(|at| *at >= self.cursor);
        self.cursor = boundary.unwrap_or(self.text.len());
    }

    fn before(&self) -> usize {
        self.text[..self.cursor]
            .grapheme_indices(true)
            .next_back()
            .map_or(0, |(at, _)| at)
    }

    fn after(&self) -> usize {
        self.text[self.cursor..]
            .graphemes(true)
            .next()
            .map_or(self.cursor, |cluster| self.cursor + cluster.len())
    }

    fn word_before(&self) -> usize {
        let head = self.text[..self.cursor].trim_end();
        head.rfind(char::is_whitespace)
            .and_then(|at| head[at..].chars().next().map(|c| at + c.len_utf8()))
            .unwrap_or(0)
    }

    /// Takes a key that edits a line; whether it was one.
    pub fn key(&mut self, chord: Chord) -> bool {
        if let Some(c) = chord.text() {
            self.insert(c.encode_utf8(&mut [0; 4]));
            return true;
        }
        self.offered = false;
        match (chord.key, chord.ctrl) {
            (Key::Backspace, false) | (Key::Char('h'), true) => {
                let from = self.before();
                self.text.replace_range(from..self.cursor, "");
                self.cursor = from;
            }
            (Key::Backspace | Key::Char('w'), true) => {
                let from = self.word_before();
                self.text.replace_range(from..self.cursor, "");
                self.cursor = from;
            }
            (Key::Char('u'), true) => {
                self.text.replace_range(..self.cursor, "");
                self.cursor = 0;
            }
            (Key::Delete, false) => {
                let to = self.after();
                self.text.replace_range(self.cursor..to, "");
            }
            (Key::Left, false) => self.cursor = self.before(),
            (Key::Right, false) => self.cursor = self.after(),
            (Key::Left, true) => self.cursor = self.word_before(),
            (Key::Home, _) | (Key::Char('a'), true) => self.cursor = 0,
            (Key::End, _) | (Key::Char('e'), true) => self.cursor = self.text.len(),
            _ => return false,
        }
        self.settle();
        true
    }
}
