//! One key with its modifiers, as typed, shown and written in a file.

use std::fmt;
use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key without modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A character as it is typed: `A` is the shifted `a`.
    Char(char),
    /// Enter.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// A function key.
    F(u8),
}

const NAMED: [(Key, &str, &str); 15] = [
    (Key::Enter, "enter", "⏎"),
    (Key::Esc, "esc", "Esc"),
    (Key::Tab, "tab", "Tab"),
    (Key::BackTab, "backtab", "Shift-Tab"),
    (Key::Backspace, "backspace", "Backspace"),
    (Key::Delete, "delete", "Del"),
    (Key::Insert, "insert", "Ins"),
    (Key::Up, "up", "↑"),
    (Key::Down, "down", "↓"),
    (Key::Left, "left", "←"),
    (Key::Right, "right", "→"),
    (Key::Home, "home", "Home"),
    (Key::End, "end", "End"),
    (Key::PageUp, "pgup", "PgUp"),
    (Key::PageDown, "pgdn", "PgDn"),
];

/// A key with modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// The key.
    pub key: Key,
    /// With Ctrl.
    pub ctrl: bool,
    /// With Alt.
    pub alt: bool,
    /// With Shift; never set for characters, whose case says it, and for Shift-Tab.
    pub shift: bool,
}

impl Chord {
    /// A key alone.
    pub const fn plain(key: Key) -> Self {
        Self {
            key,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// What the terminal reported, in one form whatever protocol it speaks. `None` for keys docket has no
    /// name for, and for what is no press.
    pub fn of(event: KeyEvent) -> Option<Self> {
        if event.is_release() {
            return None;
        }
        let held = |modifier| event.modifiers.contains(modifier);
        let (ctrl, alt, mut shift) = (
            held(KeyModifiers::CONTROL),
            held(KeyModifiers::ALT),
            held(KeyModifiers::SHIFT),
        );
        let key = match event.code {
            KeyCode::Char(c) => {
                let c = if shift && c.is_ascii_lowercase() {
                    c.to_ascii_uppercase()
                } else {
                    c
                };
                shift = false;
                // Terminals disagree about the case of Ctrl with a letter.
                Key::Char(if ctrl { c.to_ascii_lowercase() } else { c })
            }
            KeyCode::Enter => Key::Enter,
            KeyCode::Esc => Key::Esc,
            KeyCode::Tab if shift => Key::BackTab,
            KeyCode::Tab => Key::Tab,
            KeyCode::BackTab => Key::BackTab,
            KeyCode::Backspace => Key::Backspace,
            KeyCode::Delete => Key::Delete,
            KeyCode::Insert => Key::Insert,
            KeyCode::Up => Key::Up,
            KeyCode::Down => Key::Down,
            KeyCode::Left => Key::Left,
            KeyCode::Right => Key::Right,
            KeyCode::Home => Key::Home,
            KeyCode::End => Key::End,
            KeyCode::PageUp => Key::PageUp,
            KeyCode::PageDown => Key::PageDown,
            KeyCode::F(number) => Key::F(number),
            _ => return None,
        };
        if key == Key::BackTab {
            shift = false;
        }
        Some(Self {
            key,
            ctrl,
            alt,
            shift,
        })
    }

    /// The character this types into a text field. Ctrl with Alt is `AltGr` on some terminals and types too.
    pub fn text(self) -> Option<char> {
        match self.key {
            Key::Char(c) if self.ctrl == self.alt => Some(c),
            _ => None,
        }
    }

    /// Whether it types a character.
    pub fn types_text(self) -> bool {
        self.text().is_some()
    }
}

/// Shown in hints and help: `⏎`, `Ctrl-s`, `F6`, `?`.
impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, name) in [
            (self.ctrl, "Ctrl-"),
            (self.alt, "Alt-"),
            (self.shift, "Shift-"),
        ] {
            if held {
                f.write_str(name)?;
            }
        }
        match self.key {
            Key::Char(' ') => f.write_str("Space"),
            Key::Char(c) => write!(f, "{c}"),
            Key::F(number) => write!(f, "F{number}"),
            key => {
                let shown = NAMED.iter().find(|(named, ..)| *named == key);
                f.write_str(shown.map_or("", |(_, _, shown)| shown))
            }
        }
    }
}

/// A text that is no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no key; write one such as `x`, `X`, `ctrl-s`, `alt-enter`, `f6`, `pgdn`, `space`"
)]
pub struct ChordError(pub String);

/// Reads what a file of keys holds. Names do not depend on case, single characters do.
impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Self, ChordError> {
        let bad = || ChordError(text.to_owned());
        let mut chord = Self::plain(Key::Enter);
        let mut rest = text;
        loop {
            let lower = rest.to_ascii_lowercase();
            let (flag, cut) = if lower.starts_with("ctrl-") {
                (&mut chord.ctrl, 5)
            } else if lower.starts_with("alt-") {
                (&mut chord.alt, 4)
            } else if lower.starts_with("shift-") {
                (&mut chord.shift, 6)
            } else {
                break;
            };
            *flag = true;
            rest = &rest[cut..];
        }
        let mut chars = rest.chars();
        chord.key = match (chars.next(), chars.next()) {
            (Some(c), None) => named(rest).unwrap_or(Key::Char(c)),
            (None, _) => return Err(bad()),
            _ => named(&rest.to_ascii_lowercase()).ok_or_else(bad)?,
        };
        Ok(chord.normal())
    }
}

impl Chord {
    fn normal(mut self) -> Self {
        match self.key {
            Key::Char(c) => {
                let upper = self.shift && c.is_ascii_lowercase();
                self.shift = false;
                self.key = Key::Char(match (self.ctrl, upper) {
                    (true, _) => c.to_ascii_lowercase(),
                    (false, true) => c.to_ascii_uppercase(),
                    (false, false) => c,
                });
            }
            Key::Tab if self.shift => {
                self.key = Key::BackTab;
                self.shift = false;
            }
            _ => {}
        }
        self
    }
}

fn named(name: &str) -> Option<Key> {
    if name == "space" {
        return Some(Key::Char(' '));
    }
    if let Some(number) = name.strip_prefix('f').and_then(|n| n.parse().ok()) {
        return (1..=24).contains(&number).then_some(Key::F(number));
    }
    NAMED
        .iter()
        .find(|(_, file, shown)| *file == name || shown.to_ascii_lowercase() == name)
        .map(|(key, ..)| *key)
}
