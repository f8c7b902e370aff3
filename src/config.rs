//! Settings: what a person wrote into the settings file, said in the environment or on the command line.
//!
//! Later wins: built-in defaults, the file, the environment, flags. The file
//! (`$XDG_CONFIG_HOME/docket/config.toml`, or the one `DOCKET_CONFIG` names) belongs to the person: docket
//! reads it strictly, refuses what it does not know with line and column, and never writes it. What
//! docket remembers by itself is in [`state`]. Keys of model providers are in neither.

pub mod state;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy as _;
use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use state::{Person, State};

/// The largest settings file that is read, in bytes.
const LARGEST: u64 = 1 << 20;

/// Which colours to draw with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Background {
    /// Ask the terminal.
    #[default]
    Auto,
    /// Light text on a dark background.
    Dark,
    /// Dark text on a light background.
    Light,
}

/// How strongly things stand out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Contrast {
    /// What is not read now is dim.
    #[default]
    Normal,
    /// Nothing is dim.
    High,
}

/// A set of keys to start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum KeyPreset {
    /// Letters, as in pagers and mail readers.
    #[default]
    Vim,
    /// Arrows and function keys.
    Plain,
    /// The unshifted digit row of a French keyboard sets levels.
    Azerty,
}

/// The settings in force.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// Who reviews, if somebody said so.
    pub reviewer: Option<String>,
    /// Light or dark.
    pub background: Background,
    /// Normal or high contrast.
    pub contrast: Contrast,
    /// The keys to start from; `None` leaves it to what was chosen in the workbench.
    pub preset: Option<KeyPreset>,
    /// Name of an action to the keys that run it, over the preset. Names are checked where actions are known.
    pub bind: BTreeMap<String, Vec<String>>,
    /// Whether the mouse is taken; without it the terminal selects text itself.
    pub mouse: bool,
    /// The command that opens texts, over `VISUAL` and `EDITOR`.
    pub editor: Option<String>,
    /// Where the file is, whether or not there is one.
    pub file: Option<PathBuf>,
}

/// What the command line says. `None` leaves a setting as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flags {
    /// `--as`.
    pub reviewer: Option<String>,
    /// `--theme dark|light|auto`.
    pub background: Option<Background>,
}

/// Why settings cannot be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file is there and cannot be read.
    #[error("cannot read settings `{}`: {why}", .file.display())]
    Read {
        /// Which file.
        file: PathBuf,
        /// The system's words.
        why: std::io::Error,
    },
    /// The file is larger than any settings file.
    #[error("settings `{}` are larger than 1 MiB; is this the right file?", .file.display())]
    TooLarge {
        /// Which file.
        file: PathBuf,
    },
    /// The file is no settings file.
    #[error("settings `{}`, line {line}, column {column}: {why}", .file.display())]
    Parse {
        /// Which file.
        file: PathBuf,
        /// From 1.
        line: usize,
        /// From 1, in characters.
        column: usize,
        /// What is wrong there.
        why: String,
    },
    /// A variable holds what it cannot mean.
    #[error("environment variable `{name}` is `{value}`; it takes {takes}")]
    Variable {
        /// Which one.
        name: &'static str,
        /// What it holds.
        value: String,
        /// What it may hold.
        takes: &'static str,
    },
    /// There is no folder for settings.
    #[error("cannot find the home folder; set `HOME`, or name a file with `DOCKET_CONFIG`")]
    NoHome,
    /// What docket remembers cannot be written.
    #[error("cannot write `{}`: {why}", .file.display())]
    Write {
        /// Which file.
        file: PathBuf,
        /// The system's words.
        why: std::io::Error,
    },
}

/// The file as written. Every field may be missing, none may be unknown.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct FileForm {
    reviewer: Option<String>,
    theme: Option<Background>,
    contrast: Option<Contrast>,
    mouse: Option<bool>,
    editor: Option<String>,
    keys: KeysForm,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct KeysForm {
    preset: Option<KeyPreset>,
    bind: BTreeMap<String, Chords>,
}

/// One key or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged, expecting = "a key such as \"ctrl-s\", or a list of keys")]
enum Chords {
    One(String),
    Many(Vec<String>),
}

impl Config {
    /// The settings in force for this process.
    pub fn load(flags: &Flags) -> Result<Self, ConfigError> {
        let var = |name: &str| std::env::var_os(name);
        let file = settings_file(var);
        let text = match &file {
            Some(file) => read(file)?,
            None => None,
        };
        let parsed = match (&file, &text) {
            (Some(file), Some(text)) => parse(file, text)?,
            _ => FileForm::default(),
        };
        let mut config = layered(parsed, var, flags)?;
        config.file = file;
        Ok(config)
    }
}

/// Applies file, environment and flags in this order.
fn layered(
    file: FileForm,
    var: impl Fn(&str) -> Option<OsString>,
    flags: &Flags,
) -> Result<Config, ConfigError> {
    let text = |name: &str| {
        let value = var(name)?.to_string_lossy().into_owned();
        (!value.trim().is_empty()).then_some(value)
    };
    let bind = file.keys.bind.into_iter().map(|(action, chords)| {
        let chords = match chords {
            Chords::One(chord) => vec![chord],
            Chords::Many(chords) => chords,
        };
        (action, chords)
    });
    let background = word(
        "DOCKET_THEME",
        text("DOCKET_THEME"),
        "`auto`, `dark` or `light`",
    )?;
    let contrast = word(
        "DOCKET_CONTRAST",
        text("DOCKET_CONTRAST"),
        "`normal` or `high`",
    )?;
    let preset = word(
        "DOCKET_KEYS",
        text("DOCKET_KEYS"),
        "`vim`, `plain` or `azerty`",
    )?;
    Ok(Config {
        reviewer: [
            flags.reviewer.clone(),
            text("DOCKET_REVIEWER"),
            file.reviewer,
        ]
        .into_iter()
        .flatten()
        .map(|name| name.trim().to_owned())
        .find(|name| !name.is_empty()),
        background: flags
            .background
            .or(background)
            .or(file.theme)
            .unwrap_or_default(),
        contrast: contrast.or(file.contrast).unwrap_or_default(),
        preset: preset.or(file.keys.preset),
        bind: bind.collect(),
        mouse: file.mouse.unwrap_or(true),
        editor: file.editor.filter(|command| !command.trim().is_empty()),
        file: None,
    })
}

/// Reads a word of an enumeration as the file would.
fn word<T: for<'a> Deserialize<'a>>(
    name: &'static str,
    value: Option<String>,
    takes: &'static str,
) -> Result<Option<T>, ConfigError> {
    let Some(value) = value else { return Ok(None) };
    let read = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(value.trim());
    match T::deserialize(read) {
        Ok(word) => Ok(Some(word)),
        Err(_) => Err(ConfigError::Variable { name, value, takes }),
    }
}

fn settings_file(var: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    if let Some(named) = var("DOCKET_CONFIG").filter(|named| !named.is_empty()) {
        return Some(PathBuf::from(named));
    }
    let base = etcetera::choose_base_strategy().ok()?;
    Some(base.config_dir().join("docket").join("config.toml"))
}

/// The text of a settings file, or nothing if there is none.
fn read(file: &Path) -> Result<Option<String>, ConfigError> {
    let failed = |why| ConfigError::Read {
        file: file.to_owned(),
        why,
    };
    match std::fs::metadata(file) {
        Ok(about) if about.len() > LARGEST => {
            return Err(ConfigError::TooLarge {
                file: file.to_owned(),
            });
        }
        Ok(_) => {}
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(failed(why)),
    }
    std::fs::read_to_string(file).map(Some).map_err(failed)
}

fn parse(file: &Path, text: &str) -> Result<FileForm, ConfigError> {
    toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start).min(text.len());
        let before = text.get(..at).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        ConfigError::Parse {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            why: error.message().trim_end_matches('.').to_owned(),
        }
    })
}

/// Who reviews, and how far that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The name.
    pub name: String,
    /// Whether it is a guess that must be asked about before somebody reviews: nobody said it, and the account tells
    /// nothing about the person.
    pub guessed: bool,
}

impl Who {
    /// What was said counts, then the person's own account, then the name given last on this one.
    pub fn of(said: Option<&str>, login: Option<String>, last: Option<String>) -> Self {
        let said = said.filter(|name| *name != "root").map(str::to_owned);
        let known = said.or(login);
        let guessed = known.is_none();
        let name = known.or(last).unwrap_or_else(|| "reviewer".to_owned());
        Self { name, guessed }
    }
}

/// Whose account this is, as a first guess for the reviewer's name.
///
/// `None` where the name says nothing about the person: root, service and shared accounts.
pub fn login_name(var: impl Fn(&str) -> Option<OsString>) -> Option<String> {
    const SHARED: [&str; 16] = [
        "root",
        "admin",
        "administrator",
        "user",
        "guest",
        "test",
        "nobody",
        "ubuntu",
        "debian",
        "ec2-user",
        "vagrant",
        "docker",
        "pi",
        "app",
        "runner",
        "shared",
    ];
    let name = ["USER", "LOGNAME"]
        .into_iter()
        .filter_map(var)
        .map(|name| name.to_string_lossy().trim().to_owned())
        .find(|name| !name.is_empty())?;
    (!SHARED.contains(&name.to_ascii_lowercase().as_str())).then_some(name)
}

#[cfg(test)]
mod tests;
