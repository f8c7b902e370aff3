//! From a key to an action: presets, a person's own keys, conflicts refused with both names.

mod chord;
mod presets;

use std::collections::BTreeMap;

pub use chord::{Chord, ChordError, Key};
pub use presets::Preset;

use super::action::{Action, Scope, TABLE};
use super::layer::Layer;

/// Which key means what in which scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyMap {
    bindings: BTreeMap<(Scope, Chord), Action>,
    /// Chords of an action in the order to show them.
    shown: BTreeMap<(Scope, Action), Vec<Chord>>,
}

/// Why a set of keys is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeymapError {
    /// No action of this name.
    #[error("there is no action `{name}`; `docket review --keys` lists them")]
    UnknownAction {
        /// As given.
        name: String,
    },
    /// A text that is no key.
    #[error("`{action}`: {source}")]
    BadChord {
        /// The action it was meant for.
        action: String,
        /// What is wrong with it.
        source: ChordError,
    },
    /// One key for two actions that are heard at the same time.
    #[error(
        "`{chord}` would mean both `{first}` and `{second}` in {layer}; give one of them another key"
    )]
    Conflict {
        /// The key.
        chord: Chord,
        /// One action.
        first: &'static str,
        /// The other.
        second: &'static str,
        /// Where both are heard.
        layer: String,
    },
    /// A character key in a place where characters are text.
    #[error("`{chord}` for `{action}` is a character, and {scope} takes characters as text")]
    TypesText {
        /// The key.
        chord: Chord,
        /// The action.
        action: &'static str,
        /// Where.
        scope: String,
    },
}

impl Default for KeyMap {
    fn default() -> Self {
        Self::unchecked(Preset::default(), &BTreeMap::new())
    }
}

impl KeyMap {
    /// The keys of a preset, changed by `own`: action names to the chords that replace its keys.
    pub fn build(preset: Preset, own: &BTreeMap<String, Vec<String>>) -> Result<Self, KeymapError> {
        let mut chosen = BTreeMap::new();
        for (name, chords) in own {
            let action = Action::named(name)
                .ok_or_else(|| KeymapError::UnknownAction { name: name.clone() })?;
            let read = chords.iter().map(|text| {
                text.parse::<Chord>()
                    .map_err(|source| KeymapError::BadChord {
                        action: name.clone(),
                        source,
                    })
            });
            chosen.insert(action, read.collect::<Result<Vec<_>, _>>()?);
        }
        check(preset, &chosen)?;
        Ok(Self::unchecked(preset, &chosen))
    }

    fn unchecked(preset: Preset, own: &BTreeMap<Action, Vec<Chord>>) -> Self {
        let mut map = Self {
            bindings: BTreeMap::new(),
            shown: BTreeMap::new(),
        };
        for info in TABLE {
            for &scope in info.scopes {
                let chords = chords_of(preset, own, info.action, scope);
                for &chord in &chords {
                    map.bindings.entry((scope, chord)).or_insert(info.action);
                }
                map.shown.insert((scope, info.action), chords);
            }
        }
        map
    }

    /// What a key means in a layer.
    pub fn action(&self, layer: Layer, chord: Chord) -> Option<Action> {
        layer
            .scopes()
            .iter()
            .find_map(|&scope| self.bindings.get(&(scope, chord)).copied())
    }

    /// The keys of an action in a scope, the one to show first.
    pub fn chords(&self, scope: Scope, action: Action) -> Vec<Chord> {
        self.shown
            .get(&(scope, action))
            .cloned()
            .unwrap_or_default()
    }

    /// The key to show for an action in a layer.
    pub fn shown(&self, layer: Layer, action: Action) -> Option<Chord> {
        layer
            .scopes()
            .iter()
            .find_map(|&scope| self.shown.get(&(scope, action))?.first().copied())
    }
}

/// Refuses one chord for two actions that are heard at the same time, and characters where they are text.
fn check(preset: Preset, own: &BTreeMap<Action, Vec<Chord>>) -> Result<(), KeymapError> {
    for layer in Layer::ALL {
        let mut seen: BTreeMap<Chord, Action> = BTreeMap::new();
        for &scope in layer.scopes() {
            for info in TABLE.iter().filter(|info| info.scopes.contains(&scope)) {
                for chord in chords_of(preset, own, info.action, scope) {
                    hear(&mut seen, layer, scope, chord, info.action)?;
                }
            }
        }
    }
    Ok(())
}

fn hear(
    seen: &mut BTreeMap<Chord, Action>,
    layer: Layer,
    scope: Scope,
    chord: Chord,
    action: Action,
) -> Result<(), KeymapError> {
    if layer.takes_text() && chord.types_text() {
        return Err(KeymapError::TypesText {
            chord,
            action: action.info().id,
            scope: scope.title().to_lowercase(),
        });
    }
    match seen.insert(chord, action) {
        Some(other) if other != action => Err(KeymapError::Conflict {
            chord,
            first: other.info().id,
            second: action.info().id,
            layer: layer.scopes()[0].title().to_lowercase(),
        }),
        _ => Ok(()),
    }
}

/// The chords of an action in a scope: the person's own, else the preset's. Where characters are text,
/// keys that type one are left out of the defaults.
fn chords_of(
    preset: Preset,
    own: &BTreeMap<Action, Vec<Chord>>,
    action: Action,
    scope: Scope,
) -> Vec<Chord> {
    let text = matches!(
        scope,
        Scope::Editor | Scope::Note | Scope::List | Scope::Line
    );
    if let Some(chords) = own.get(&action) {
        chords
            .iter()
            .copied()
            .filter(|chord| !(text && chord.types_text() && action.info().scopes.len() > 1))
            .collect()
    } else {
        let mut chords = presets::chords(preset, action);
        chords.retain(|chord| !(text && chord.types_text()));
        chords
    }
}

#[cfg(test)]
mod tests;
