//! The endpoints that are known by name.

use super::{Dialect, KeySource};

/// Azure's interface version where none is named: the last dated one that is generally available.
pub(super) const AZURE_VERSION: &str = "2024-10-21";

/// An endpoint known by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The name before the slash in `openai/gpt-4.1`.
    pub name: &'static str,
    /// How it is spoken to.
    pub dialect: Dialect,
    /// Its usual address; empty if everybody has another.
    pub url: &'static str,
    /// The variable that names another address.
    pub url_variable: Option<&'static str>,
    /// The variable of its key.
    pub key_variable: Option<&'static str>,
    /// Whether it runs on this machine unless told otherwise.
    pub local: bool,
    /// Whether it answers by itself wherever it runs; otherwise it passes questions on, or stands for a host elsewhere.
    pub answers_itself: bool,
}

const fn hosted(name: &'static str, url: &'static str, key: &'static str) -> Known {
    Known {
        name,
        dialect: Dialect::OpenAi,
        url,
        url_variable: None,
        key_variable: Some(key),
        local: false,
        answers_itself: false,
    }
}

const fn local(name: &'static str, url: &'static str, key: Option<&'static str>) -> Known {
    Known {
        name,
        dialect: Dialect::OpenAi,
        url,
        url_variable: None,
        key_variable: key,
        local: true,
        answers_itself: true,
    }
}

/// All of them, in the order they are offered. `local` is whichever local server answers.
pub const KNOWN: [Known; 15] = [
    Known {
        url_variable: Some("OPENAI_BASE_URL"),
        ..hosted("openai", "https://api.openai.com/v1", "OPENAI_API_KEY")
    },
    Known {
        dialect: Dialect::Anthropic,
        url_variable: Some("ANTHROPIC_BASE_URL"),
        ..hosted(
            "anthropic",
            "https://api.anthropic.com",
            "ANTHROPIC_API_KEY",
        )
    },
    Known {
        url_variable: Some("AZURE_OPENAI_ENDPOINT"),
        ..hosted("azure", "", "AZURE_OPENAI_API_KEY")
    },
    hosted(
        "openrouter",
        "https://openrouter.ai/api/v1",
        "OPENROUTER_API_KEY",
    ),
    hosted(
        "gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "GEMINI_API_KEY",
    ),
    hosted("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
    hosted(
        "deepseek",
        "https://api.deepseek.com/v1",
        "DEEPSEEK_API_KEY",
    ),
    hosted("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
    hosted(
        "together",
        "https://api.together.xyz/v1",
        "TOGETHER_API_KEY",
    ),
    local("ollama", "http://localhost:11434/v1", None),
    local("vllm", "http://localhost:8000/v1", Some("VLLM_API_KEY")),
    local("llamacpp", "http://localhost:8080/v1", None),
    local("lmstudio", "http://localhost:1234/v1", None),
    // It serves no model of its own: it passes questions on to whoever it is set up for.
    Known {
        answers_itself: false,
        ..local(
            "litellm",
            "http://localhost:4000/v1",
            Some("LITELLM_API_KEY"),
        )
    },
    local("local", "http://localhost:11434/v1", None),
];

impl Known {
    /// Where its key comes from. Local servers work without one unless they were started with one.
    pub(super) fn key(&self) -> KeySource {
        match self.key_variable {
            Some(name) => KeySource::Env {
                name: name.to_owned(),
                needed: !self.local,
            },
            None => KeySource::None,
        }
    }
}

/// The endpoint of this name.
pub(super) fn find(name: &str) -> Option<&'static Known> {
    KNOWN
        .iter()
        .find(|known| known.name.eq_ignore_ascii_case(name))
}

/// All names, for a message.
pub(super) fn names() -> String {
    let names: Vec<String> = KNOWN
        .iter()
        .map(|known| format!("`{}`", known.name))
        .collect();
    names.join(", ")
}
