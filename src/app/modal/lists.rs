//! Palette and help: a search field over a list of actions.

use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};

use super::super::action::{Action, Audience, TABLE};
use super::super::keymap::KeyMap;
use super::super::layer::Layer;
use super::LineEdit;

/// One line of palette or help.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What Enter runs.
    pub action: Action,
    /// In plain words.
    pub title: String,
    /// Its keys, as shown.
    pub keys: String,
    /// Why it cannot be done now.
    pub refused: Option<String>,
}

/// Every action, found by words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Palette {
    /// What is typed.
    pub line: LineEdit,
    /// What matches, best first.
    pub shown: Vec<Entry>,
    /// The line under the cursor.
    pub cursor: usize,
    all: Vec<Entry>,
}

/// The keys of one screen, filtered by typing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Help {
    /// The screen's name.
    pub title: &'static str,
    /// The list.
    pub list: Palette,
}

impl Palette {
    /// Every action of a layer's scopes; `refused` says why one cannot be done now.
    pub fn new(
        layer: Layer,
        keys: &KeyMap,
        with_levels: bool,
        refused: impl Fn(Action) -> Option<String>,
    ) -> Self {
        let mut all = Vec::new();
        for audience in [Audience::Reviewer, Audience::Engineer] {
            for scope in layer.scopes() {
                for info in TABLE.iter().filter(|info| {
                    info.audience == audience
                        && info.scopes.contains(scope)
                        && (with_levels || info.action.digit().is_none())
                }) {
                    let chords = keys.chords(*scope, info.action);
                    let shown: Vec<String> = chords.iter().map(ToString::to_string).collect();
                    all.push(Entry {
                        action: info.action,
                        title: info.title.to_owned(),
                        keys: shown.join(" "),
                        refused: refused(info.action),
                    });
                }
            }
        }
        let mut palette = Self {
            line: LineEdit::default(),
            shown: Vec::new(),
            cursor: 0,
            all,
        };
        palette.search();
        palette
    }

    /// Matches anew after the line changed.
    pub fn search(&mut self) {
        self.cursor = 0;
        let needle = self.line.text().trim();
        if needle.is_empty() {
            self.shown.clone_from(&self.all);
            return;
        }
        let mut matcher = Matcher::new(Config::DEFAULT);
        let pattern = Pattern::parse(needle, CaseMatching::Ignore, Normalization::Smart);
        let mut buffer = Vec::new();
        let mut scored: Vec<(u32, usize)> = Vec::new();
        for (at, entry) in self.all.iter().enumerate() {
            let hay = format!("{} {}", entry.title, entry.keys);
            let score = pattern.score(Utf32Str::new(&hay, &mut buffer), &mut matcher);
            scored.extend(score.map(|score| (score, at)));
        }
        // Equal scores keep the order of the table.
        scored.sort_by_key(|(score, at)| (std::cmp::Reverse(*score), *at));
        self.shown = scored
            .into_iter()
            .filter_map(|(_, at)| self.all.get(at).cloned())
            .collect();
    }

    /// Moves the cursor and stops at the ends.
    pub fn step(&mut self, by: isize) {
        let last = self.shown.len().saturating_sub(1);
        self.cursor = self.cursor.saturating_add_signed(by).min(last);
    }

    /// The first entry to show in a list of this height.
    pub fn first(&self, height: usize) -> usize {
        first_shown(self.cursor, self.shown.len(), height)
    }

    /// The entry under the cursor.
    pub fn current(&self) -> Option<&Entry> {
        self.shown.get(self.cursor)
    }
}

/// The first entry shown so that the cursor stays in sight with a few behind it.
pub fn first_shown(cursor: usize, count: usize, height: usize) -> usize {
    let ahead = (height / 3).min(4);
    (cursor + ahead + 1)
        .saturating_sub(height)
        .min(count.saturating_sub(height))
        .min(cursor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_under_the_cursor_is_always_in_sight() {
        for height in 1..12 {
            for cursor in 0..30 {
                let first = first_shown(cursor, 30, height);
                assert!(
                    first <= cursor && cursor < first + height,
                    "{cursor} {height}"
                );
            }
        }
        assert_eq!(first_shown(0, 3, 10), 0);
    }
}
