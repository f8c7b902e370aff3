//! Writing to the terminal: data, talk, errors.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write as _};

use serde::Serialize;

use crate::config::ConfigError;
pub use crate::domain::shell::word;
use crate::text::sanitise;
use crate::text::table::Table;
use crate::tui::TuiError;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// What failed, on what, why; and what to do.
    #[error("{what}")]
    Failed {
        /// What failed, on what, why.
        what: String,
        /// What to do.
        hint: Option<String>,
    },
    /// The reader of our output is gone.
    #[error("the output was closed")]
    Pipe,
}

impl CliError {
    /// A refusal with a hint.
    pub fn new(what: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Failed {
            what: what.into(),
            hint: Some(hint.into()),
        }
    }

    /// A failure without one.
    pub fn plain(what: impl Into<String>) -> Self {
        Self::Failed {
            what: what.into(),
            hint: None,
        }
    }
}

impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            return Self::Pipe;
        }
        Self::plain(format!("cannot write the output: {error}"))
    }
}

impl From<ConfigError> for CliError {
    fn from(error: ConfigError) -> Self {
        Self::plain(error.to_string())
    }
}

impl From<TuiError> for CliError {
    fn from(error: TuiError) -> Self {
        Self::plain(error.to_string())
    }
}

/// Writes `error: ...` and its hint. Whatever came from data is made harmless.
pub fn print_error(error: &CliError) {
    let mut err = io::stderr().lock();
    let clean = |text: &str| {
        text.lines()
            .map(|line| sanitise::line(line).into_owned())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let _ = writeln!(err, "error: {}", clean(&error.to_string()));
    if let CliError::Failed {
        hint: Some(hint), ..
    } = error
    {
        let _ = writeln!(err, "  hint: {}", clean(hint));
    }
}

/// Says something that is no data.
pub fn say(text: &str) {
    let mut err = io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(err, "{}", sanitise::line(line));
    }
}

/// How much a list shows unless somebody asks for more or less.
const LISTED: u32 = 50;

/// The most rows of a list: as many as asked for, 0 for all, else the usual number.
pub fn limit(asked: Option<u32>) -> u32 {
    match asked.unwrap_or(LISTED) {
        0 => u32::MAX,
        limit => limit,
    }
}

/// Says that a list of `all` rows stopped where nobody asked it to.
pub fn say_cut(asked: Option<u32>, all: u64) {
    if asked.is_none() && all > u64::from(LISTED) {
        say(&format!(
            "{LISTED} of {all}; `--limit N` shows more, `--limit 0` all"
        ));
    }
}

/// Writes one line of data. Text from rows must have been made harmless.
pub fn line(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.write_all(b"\n")?)
}

/// Writes a value as pretty JSON.
pub fn json<T: Serialize>(value: &T) -> Result<(), CliError> {
    line(&json_text(value)?)
}

/// A value as pretty JSON, safe to print.
pub fn json_text<T: Serialize>(value: &T) -> Result<String, CliError> {
    let text = serde_json::to_string_pretty(value);
    let text = text.map_err(|error| CliError::plain(error.to_string()))?;
    Ok(escaped(&text).into_owned())
}

/// Writes a value as one line of JSON.
pub fn json_line<T: Serialize>(value: &T) -> Result<(), CliError> {
    let text = serde_json::to_string(value);
    line(&escaped(
        &text.map_err(|error| CliError::plain(error.to_string()))?,
    ))
}

/// The same JSON with everything a terminal could obey or hide as `\u` escapes: JSON itself asks for that only
/// below U+0020, and U+009B starts a sequence as ESC does.
fn escaped(json: &str) -> Cow<'_, str> {
    let obeyed = |c: char| c != '\n' && sanitise::is_hidden(c);
    if !json.contains(obeyed) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        if obeyed(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Writes a table; its cells are made harmless by the table itself.
pub fn table(table: &Table) -> Result<(), CliError> {
    let width = io::stdout()
        .is_terminal()
        .then(|| crossterm::terminal::size().map_or(100, |(w, _)| usize::from(w)));
    let mut out = io::stdout().lock();
    Ok(out.write_all(table.render(width).as_bytes())?)
}

/// Asks for one of several by number on a terminal; without one the answer is none.
pub fn choose(question: &str, among: &[String]) -> Option<String> {
    let number: usize = ask(question)?.parse().ok()?;
    among.get(number.checked_sub(1)?).cloned()
}

/// Whether there is a terminal to ask on.
pub fn can_ask() -> bool {
    io::stdin().is_terminal()
}

/// Asks for a word on a terminal; `None` without one, or for an empty line.
pub fn ask(question: &str) -> Option<String> {
    if !can_ask() {
        return None;
    }
    let mut err = io::stderr().lock();
    let _ = write!(err, "{question} ");
    let _ = err.flush();
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).ok()?;
    let answer = answer.trim();
    (!answer.is_empty()).then(|| answer.to_owned())
}

/// Asks for a yes on a terminal; without one the answer is no.
pub fn confirm(question: &str) -> bool {
    ask(&format!("{question} [y/N]")).is_some_and(|yes| matches!(yes.as_str(), "y" | "Y" | "yes"))
}
