//! Settings between the files of a person and the state of the workbench.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use crate::app::keymap::Preset;
use crate::app::settings::{Known, Settings};
use crate::config::{Config, KeyPreset, Person, State};
use crate::domain::view::Failure;

use super::perform::Keep;

/// The settings the workbench starts with for a reviewer: the person's file over what was remembered.
pub fn settings(config: &Config, state: &State, reviewer: &str) -> Settings {
    let mut keys = state.bind.clone();
    keys.extend(config.bind.clone());
    let mut settings = Settings {
        preset: preset(config.preset.or(state.preset).unwrap_or_default()),
        keys,
        no_wrap: state.no_wrap,
        rail: state.rail,
        others: state.people.iter().map(known).collect(),
        ..Settings::default()
    };
    settings.review_as(reviewer);
    settings
}

fn known((name, person): (&String, &Person)) -> (String, Known) {
    let known = Known {
        practised: person.practised.clone(),
        instructed: person.instructed.clone(),
        reviewed: person.reviewed,
    };
    (name.clone(), known)
}

fn person((name, known): (String, Known)) -> (String, Person) {
    let person = Person {
        reviewed: known.reviewed,
        practised: known.practised,
        instructed: known.instructed,
    };
    (name, person)
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
        // Who said `--as` meant this once; who answered the question is asked with that name the next time.
        if settings.reviewer != self.began.reviewer {
            state.reviewer = Some(settings.reviewer.clone());
        }
        state.no_wrap = settings.no_wrap;
        state.rail = settings.rail;
        state.people = settings.everybody().into_iter().map(person).collect();
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
        let began = settings(&config, &State::load(&file), "ana");
        let keep = FileKeep::new(file.clone(), State::default(), began.clone());
        let mut changed = began;
        changed.rail = true;
        changed.preset = Preset::Plain;
        changed.reviewed = 4;
        changed.practised.insert("support-reply 3".into());
        keep.keep(&changed).unwrap();
        assert_eq!(settings(&config, &State::load(&file), "ana"), changed);
    }

    #[test]
    fn what_one_reviewer_practised_is_new_to_the_next_one_on_the_account() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.toml");
        let config = Config::default();
        let mut ana = settings(&config, &State::default(), "ana");
        let keep = FileKeep::new(file.clone(), State::default(), ana.clone());
        ana.practised.insert("support-reply 3".into());
        ana.instructed.insert("support".into());
        keep.keep(&ana).unwrap();
        let ben = settings(&config, &State::load(&file), "ben");
        assert!(ben.practised.is_empty() && ben.instructed.is_empty());
        let again = settings(&config, &State::load(&file), "ana");
        assert_eq!(again.practised, ana.practised);
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
        let settings = settings(&config, &state, "ana");
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
