//! Settings between the files of a person and the state of the workbench.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::app::keymap::Preset;
use crate::app::settings::Settings;
use crate::config::{Config, KeyPreset, State};
use crate::domain::view::Failure;

use super::perform::Keep;

/// The settings the workbench starts with: the person's file over what was remembered.
pub fn settings(config: &Config, state: &State) -> Settings {
    let mut keys = state.bind.clone();
    keys.extend(config.bind.clone());
    Settings {
        preset: preset(config.preset.or(state.preset).unwrap_or_default()),
        keys,
        no_wrap: state.no_wrap,
        rail: state.rail,
        practised: state.practised.clone(),
        instructed: state.instructed.clone(),
        reviewed: state.reviewed,
    }
}

fn preset(preset: KeyPreset) -> Preset {
    match preset {
        KeyPreset::Vim => Preset::Vim,
        KeyPreset::Plain => Preset::Plain,
        KeyPreset::Azerty => Preset::Azerty,
    }
}

fn key_preset(preset: Preset) -> KeyPreset {
    match preset {
        Preset::Vim => KeyPreset::Vim,
        Preset::Plain => KeyPreset::Plain,
        Preset::Azerty => KeyPreset::Azerty,
    }
}

/// Remembers in the state file what was chosen in the workbench.
///
/// Keys and preset are remembered only where they differ from what the workbench started with: the
/// person's own file must go on deciding what it says.
#[derive(Debug)]
pub struct FileKeep {
    file: PathBuf,
    began: Settings,
    state: Mutex<State>,
}

impl FileKeep {
    /// Remembers in `file`, which holds `state` now.
    pub fn new(file: PathBuf, state: State, began: Settings) -> Self {
        Self {
            file,
            began,
            state: Mutex::new(state),
        }
    }
}

impl Keep for FileKeep {
    fn keep(&self, settings: &Settings) -> Result<(), Failure> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if settings.preset != self.began.preset {
            state.preset = Some(key_preset(settings.preset));
        }
        for (action, chords) in &settings.keys {
            if self.began.keys.get(action) != Some(chords) {
                state.bind.insert(action.clone(), chords.clone());
            }
        }
        state.no_wrap = settings.no_wrap;
        state.rail = settings.rail;
        state.practised.clone_from(&settings.practised);
        state.instructed.clone_from(&settings.instructed);
        state.reviewed = settings.reviewed;
        state.save(&self.file).map_err(|error| Failure {
            what: error.to_string(),
            hint: Some("what you set holds until docket ends".to_owned()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_there_again_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.toml");
        let config = Config::default();
        let began = settings(&config, &State::load(&file));
        let keep = FileKeep::new(file.clone(), State::default(), began.clone());
        let mut changed = began;
        changed.rail = true;
        changed.preset = Preset::Plain;
        changed.reviewed = 4;
        keep.keep(&changed).unwrap();
        assert_eq!(settings(&config, &State::load(&file)), changed);
    }

    #[test]
    fn the_file_of_the_person_is_over_what_was_remembered() {
        let mut config = Config {
            preset: Some(KeyPreset::Azerty),
            ..Config::default()
        };
        config.bind.insert("skip".into(), vec!["f8".into()]);
        let mut state = State {
            preset: Some(KeyPreset::Plain),
            ..State::default()
        };
        state.bind.insert("skip".into(), vec!["z".into()]);
        state.bind.insert("flag".into(), vec!["f7".into()]);
        let settings = settings(&config, &state);
        assert_eq!(settings.preset, Preset::Azerty);
        assert_eq!(settings.keys["skip"], ["f8"]);
        assert_eq!(settings.keys["flag"], ["f7"]);
    }

    #[test]
    fn a_place_that_cannot_be_written_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let blocked = folder.path().join("file");
        std::fs::write(&blocked, "").unwrap();
        let keep = FileKeep::new(
            blocked.join("state.toml"),
            State::default(),
            Settings::default(),
        );
        let failure = keep.keep(&Settings::default()).unwrap_err();
        assert!(failure.what.starts_with("cannot write `"), "{failure}");
    }
}
