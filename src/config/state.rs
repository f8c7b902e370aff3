//! What docket remembers by itself between two starts.
//!
//! `$XDG_STATE_HOME/docket/state.toml`: recent workspaces, choices made in the workbench, what was
//! practised. Nothing in it is needed: a missing, damaged or unwritable file costs comfort, never work.
//! Unknown keys are kept out of the way silently, so that an older docket can read a newer file.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};

use super::{ConfigError, KeyPreset};

/// Workspaces remembered.
const RECENT: usize = 12;

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct State {
    /// The name last reviewed under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reviewer: Option<String>,
    /// The key preset chosen in the workbench.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<KeyPreset>,
    /// Whether long lines run out of the pane.
    pub no_wrap: bool,
    /// Whether the queue stands beside the ticket.
    pub rail: bool,
    /// Workspaces, the latest first.
    pub recent: Vec<PathBuf>,
    /// What each reviewer of this account was shown, by name.
    pub people: BTreeMap<String, Person>,
    /// Keys changed in the workbench, over the preset and under the settings file.
    pub bind: BTreeMap<String, Vec<String>>,
}

/// What one reviewer was shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// Reviews made, for the hints of the first ones.
    pub reviewed: u64,
    /// Rubrics whose practice tickets were seen.
    pub practised: BTreeSet<String>,
    /// Evals whose instructions were read.
    pub instructed: BTreeSet<String>,
}

impl State {
    /// Where the file is.
    pub fn path() -> Result<PathBuf, ConfigError> {
        let base = etcetera::choose_base_strategy().map_err(|_| ConfigError::NoHome)?;
        let folder = base.state_dir().unwrap_or_else(|| base.data_dir());
        Ok(folder.join("docket").join("state.toml"))
    }

    /// Reads the file; what cannot be read counts as nothing remembered.
    pub fn load(file: &Path) -> Self {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        toml::from_str(&text).unwrap_or_default()
    }

    /// Writes the file in one step, readable by this person alone.
    pub fn save(&self, file: &Path) -> Result<(), ConfigError> {
        let failed = |why| ConfigError::Write {
            file: file.to_owned(),
            why,
        };
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder).map_err(failed)?;
        let text = toml::to_string_pretty(self)
            .map_err(|why| failed(std::io::Error::other(why.to_string())))?;
        let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        temporary.write_all(text.as_bytes()).map_err(failed)?;
        temporary
            .persist(file)
            .map(|_| ())
            .map_err(|error| failed(error.error))
    }

    /// Puts a workspace in front of the recent ones. `workspace` must be absolute to be found again.
    pub fn opened(&mut self, workspace: &Path) {
        self.recent.retain(|known| known != workspace);
        self.recent.insert(0, workspace.to_owned());
        self.recent.truncate(RECENT);
    }
}
