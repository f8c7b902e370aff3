//! [`Capabilities`]: what one model at one endpoint was found to understand.
//!
//! Nothing is asked for its own sake. The first question is sent in the best form; where the endpoint refuses a
//! parameter by name it is left out from then on, and a refused form of JSON falls back: schema, tool, JSON, text.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Dialect, Mode};

/// Where the token room goes in the chat-completions dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoomName {
    /// The older name, which local servers know.
    MaxTokens,
    /// The newer name, the only one reasoning models take.
    MaxCompletionTokens,
}

impl RoomName {
    /// The parameter's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::MaxTokens => "max_tokens",
            Self::MaxCompletionTokens => "max_completion_tokens",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::MaxTokens => Self::MaxCompletionTokens,
            Self::MaxCompletionTokens => Self::MaxTokens,
        }
    }
}

/// What was found out. The default is: nothing yet.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Capabilities {
    /// Forms of JSON it refused.
    pub refused_modes: BTreeSet<Mode>,
    /// Parameters it refused.
    pub refused: BTreeSet<String>,
    /// The name of the token room it takes, where the endpoint's own default was refused.
    pub room: Option<RoomName>,
    /// The best form of JSON a good reply came in.
    pub proven: Option<Mode>,
    /// Until when it asked to be left alone, in milliseconds since 1970, where that was longer than a question waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wait_until_ms: Option<i64>,
}

impl Capabilities {
    /// The form in which JSON is asked for next.
    pub fn mode(&self, dialect: Dialect) -> Mode {
        modes(dialect)
            .iter()
            .copied()
            .find(|mode| !self.refused_modes.contains(mode))
            .unwrap_or(Mode::Text)
    }

    /// Notes that a form is refused. False if there is nothing left to fall back on, or it was known.
    pub fn refuse_mode(&mut self, mode: Mode) -> bool {
        mode != Mode::Text && self.refused_modes.insert(mode)
    }

    /// Notes that a parameter is refused. False if that was known: leaving it out did not help.
    pub fn refuse(&mut self, parameter: &str, room: RoomName) -> bool {
        if parameter == room.name() && self.room.is_none() {
            self.room = Some(room.other());
            return true;
        }
        self.refused.insert(parameter.to_owned())
    }

    /// Whether this parameter may be sent.
    pub fn takes(&self, parameter: &str) -> bool {
        !self.refused.contains(parameter)
    }
}

/// The forms of a dialect, best first. The Messages dialect has no JSON mode; its newest models refuse a forced tool and
/// its older ones a schema.
pub(super) fn modes(dialect: Dialect) -> &'static [Mode] {
    match dialect {
        Dialect::OpenAi => &[Mode::Schema, Mode::Tool, Mode::Json],
        Dialect::Anthropic => &[Mode::Schema, Mode::Tool],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_form_falls_back_step_by_step_and_ends_at_text() {
        let mut found = Capabilities::default();
        let mut seen = Vec::new();
        loop {
            let mode = found.mode(Dialect::OpenAi);
            seen.push(mode);
            if !found.refuse_mode(mode) {
                break;
            }
        }
        assert_eq!(seen, [Mode::Schema, Mode::Tool, Mode::Json, Mode::Text]);
        let mut found = Capabilities::default();
        found.refuse_mode(Mode::Schema);
        assert_eq!(found.mode(Dialect::Anthropic), Mode::Tool);
        found.refuse_mode(Mode::Tool);
        assert_eq!(found.mode(Dialect::Anthropic), Mode::Text);
    }

    #[test]
    fn a_parameter_is_dropped_once_and_the_token_room_changes_its_name_first() {
        let mut found = Capabilities::default();
        assert!(found.refuse("temperature", RoomName::MaxTokens));
        assert!(!found.refuse("temperature", RoomName::MaxTokens));
        assert!(!found.takes("temperature"));
        assert!(found.refuse("max_tokens", RoomName::MaxTokens));
        assert_eq!(found.room, Some(RoomName::MaxCompletionTokens));
        assert!(found.takes("max_tokens"));
        assert!(found.refuse("max_completion_tokens", RoomName::MaxCompletionTokens));
        assert!(!found.takes("max_completion_tokens"));
    }

    #[test]
    fn what_was_found_is_read_back_and_an_older_record_too() {
        let mut found = Capabilities::default();
        found.refuse("seed", RoomName::MaxTokens);
        found.refuse_mode(Mode::Schema);
        let text = serde_json::to_string(&found).unwrap();
        assert_eq!(serde_json::from_str::<Capabilities>(&text).unwrap(), found);
        assert_eq!(
            serde_json::from_str::<Capabilities>("{}").unwrap(),
            Capabilities::default()
        );
    }
}
