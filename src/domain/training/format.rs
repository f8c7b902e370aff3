//! The training formats by name.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

use crate::domain::nearest::nearest;

/// A file format some trainer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrainingFormat {
    /// OpenAI supervised fine-tuning: `messages`, `tools`.
    OpenAiSft,
    /// OpenAI preference fine-tuning: `input`, `preferred_output`, `non_preferred_output`. Together reads the
    /// same shape.
    OpenAiDpo,
    /// TRL supervised fine-tuning: `messages`, `tools`.
    TrlSft,
    /// TRL supervised fine-tuning with the loss on the answer alone: `prompt`, `completion`.
    TrlPromptCompletion,
    /// TRL preference: `prompt`, `chosen`, `rejected`.
    TrlDpo,
    /// TRL single labelled answers: `prompt`, `completion`, `label`.
    TrlKto,
    /// `conversations` of `from` and `value`, as LLaMA-Factory reads them.
    ShareGpt,
    /// `instruction`, `input`, `output`.
    Alpaca,
    /// Together supervised fine-tuning: `messages` and nothing else.
    Together,
    /// docket's own request/response form, which imports again.
    Pairs,
}

/// What a row must have for a format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Needs {
    /// One good answer.
    Single,
    /// A good answer and a worse one.
    Preference,
    /// One answer and whether it is wanted.
    Labelled,
}

/// A name that is no training format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not a training format{}; docket writes {}", did_you_mean(*.near), names())]
pub struct FormatError {
    /// What was given, shortened.
    pub given: String,
    /// The format probably meant.
    pub near: Option<&'static str>,
}

fn did_you_mean(near: Option<&str>) -> String {
    near.map(|name| format!(" (did you mean `{name}`?)"))
        .unwrap_or_default()
}

fn names() -> String {
    let quoted: Vec<_> = TrainingFormat::ALL
        .iter()
        .map(|f| format!("`{}`", f.name()))
        .collect();
    quoted.join(", ")
}

impl TrainingFormat {
    /// All of them, in the order they are listed to people.
    pub const ALL: [Self; 10] = [
        Self::OpenAiSft,
        Self::OpenAiDpo,
        Self::TrlSft,
        Self::TrlPromptCompletion,
        Self::TrlDpo,
        Self::TrlKto,
        Self::ShareGpt,
        Self::Alpaca,
        Self::Together,
        Self::Pairs,
    ];

    /// The name in commands and manifests.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenAiSft => "openai-sft",
            Self::OpenAiDpo => "openai-dpo",
            Self::TrlSft => "trl-sft",
            Self::TrlPromptCompletion => "trl-prompt-completion",
            Self::TrlDpo => "trl-dpo",
            Self::TrlKto => "trl-kto",
            Self::ShareGpt => "sharegpt",
            Self::Alpaca => "alpaca",
            Self::Together => "together",
            Self::Pairs => "pairs",
        }
    }

    /// One line for people who choose.
    pub fn about(self) -> &'static str {
        match self {
            Self::OpenAiSft => "OpenAI supervised fine-tuning",
            Self::OpenAiDpo => "OpenAI and Together preference tuning, text only",
            Self::TrlSft => "TRL SFTTrainer, whole conversations",
            Self::TrlPromptCompletion => "TRL SFTTrainer, learning the last answer only",
            Self::TrlDpo => "TRL DPOTrainer and RewardTrainer",
            Self::TrlKto => "TRL KTOTrainer, single answers marked good or bad",
            Self::ShareGpt => "LLaMA-Factory and others, conversations with from and value",
            Self::Alpaca => "instruction, input and output",
            Self::Together => "Together supervised fine-tuning",
            Self::Pairs => "request and response as logged; docket imports it again",
        }
    }

    /// What its rows must have.
    pub fn needs(self) -> Needs {
        match self {
            Self::OpenAiDpo | Self::TrlDpo => Needs::Preference,
            Self::TrlKto => Needs::Labelled,
            _ => Needs::Single,
        }
    }

    /// The fewest rows its trainer takes, where it names one.
    pub fn min_rows(self) -> u64 {
        match self {
            Self::OpenAiSft | Self::OpenAiDpo => 10,
            _ => 1,
        }
    }
}

impl fmt::Display for TrainingFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Serialize for TrainingFormat {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.name())
    }
}

impl FromStr for TrainingFormat {
    type Err = FormatError;

    fn from_str(text: &str) -> Result<Self, FormatError> {
        let known = Self::ALL.into_iter().find(|f| f.name() == text);
        known.ok_or_else(|| FormatError {
            given: text.chars().take(64).collect(),
            near: nearest(text, Self::ALL.map(Self::name)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_reads_back_from_its_name() {
        for format in TrainingFormat::ALL {
            assert_eq!(format.name().parse(), Ok(format));
        }
    }

    #[test]
    fn a_mistyped_format_gets_a_suggestion_and_the_list() {
        let error = "trl-dop".parse::<TrainingFormat>().unwrap_err();
        assert_eq!(error.near, Some("trl-dpo"));
        let text = error.to_string();
        assert!(text.starts_with(
            "`trl-dop` is not a training format (did you mean `trl-dpo`?); docket writes `openai-sft`"
        ));
        let far = "parquet-of-everything".parse::<TrainingFormat>();
        assert_eq!(far.unwrap_err().near, None);
    }
}
