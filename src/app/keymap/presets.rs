//! Sets of keys to start from.

use super::super::action::Action;
use super::{Chord, Key};

/// A set of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Preset {
    /// Letters as in vim, lazygit, aerc, beside arrows.
    #[default]
    Vim,
    /// Arrows, Tab, Page keys and F-keys; letters only where they stand for a word.
    Plain,
    /// As vim, with the unshifted digit row of a French keyboard setting levels.
    Azerty,
}

impl Preset {
    /// Every preset.
    pub const ALL: [Self; 3] = [Self::Vim, Self::Plain, Self::Azerty];

    /// As written in settings.
    pub fn name(self) -> &'static str {
        match self {
            Self::Vim => "vim",
            Self::Plain => "plain",
            Self::Azerty => "azerty",
        }
    }

    /// Reads a name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.name() == name)
    }
}

/// The unshifted digit row of a French keyboard, 0 to 9.
const AZERTY_ROW: [char; 10] = ['à', '&', 'é', '"', '\'', '(', '-', 'è', '_', 'ç'];

/// The keys of an action under a preset.
pub(super) fn chords(preset: Preset, action: Action) -> Vec<Chord> {
    let read = action.info().keys.iter().filter_map(|key| key.parse().ok());
    let mut chords: Vec<Chord> = read.collect();
    match preset {
        Preset::Vim => {}
        Preset::Plain => {
            if moves(action) {
                chords.retain(|chord| !chord.types_text() || chord.key == Key::Char(' '));
            }
            // The key without a shifted sign is the one to show.
            chords.sort_by_key(|chord| !matches!(chord.key, Key::F(_)));
        }
        Preset::Azerty => match action.digit() {
            Some(digit) => {
                chords.insert(0, Chord::plain(Key::Char(AZERTY_ROW[usize::from(digit)])));
            }
            None => chords.retain(
                |chord| !matches!(chord.key, Key::Char(c) if !chord.ctrl && AZERTY_ROW.contains(&c)),
            ),
        },
    }
    chords
}

/// Actions whose letters only move, and that arrows and page keys do as well.
fn moves(action: Action) -> bool {
    use Action::{
        Bottom, Down, NextHunk, PreviousHunk, ScrollDown, ScrollUp, TextDown, TextUp, Top, Up,
    };
    matches!(
        action,
        Down | Up
            | Top
            | Bottom
            | TextDown
            | TextUp
            | ScrollDown
            | ScrollUp
            | NextHunk
            | PreviousHunk
    )
}
