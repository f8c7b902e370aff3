//! What a judge is: everything that could change a verdict, kept beside the judge's id.

use serde::{Deserialize, Serialize};

use super::ids::RubricId;

/// What stands behind a judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JudgeKind {
    /// Its verdicts came with imported rows; only its name is known.
    #[default]
    Imported,
    /// The rubric's deterministic checks alone. Its number is `checks.pass_rate`, never a rubric score.
    Checks,
    /// A language model.
    Model,
    /// Replies from a file, for tests and rehearsals.
    Scripted,
}

/// A judge version. Two versions that differ in any field but `name` and `local` have different ids.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct JudgeVersion {
    /// What stands behind it.
    pub kind: JudgeKind,
    /// What people call it, such as `openai/gpt-4.1`.
    pub name: String,
    /// The rubric version it scores under; `None` for imported judges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rubric: Option<RubricId>,
    /// The endpoint's name and host, never a key, path or query.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Whether nothing leaves this machine.
    pub local: bool,
    /// The model by the endpoint's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Everything sent beside the prompt, in the order it was named: temperature, seed, token room, response mode.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<(String, String)>,
    /// Hash of the prompt's own text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Hash of the examples learned from corrections.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub examples: Option<String>,
    /// Hash of the approved guidelines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidelines: Option<String>,
}

impl JudgeVersion {
    /// A judge known only by name.
    pub fn imported(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    /// Whether examples from corrections or guidelines stand in its prompts.
    pub fn learns(&self) -> bool {
        self.examples.is_some() || self.guidelines.is_some()
    }

    /// Whether `base` is the same judge without what this one learned.
    pub fn learned_on(&self, base: &Self) -> bool {
        let bare = |version: &Self| Self {
            name: String::new(),
            local: false,
            examples: None,
            guidelines: None,
            ..version.clone()
        };
        self.learns() && !base.learns() && bare(self) == bare(base)
    }

    /// In what it differs from `base`, in words: what is sent beside the prompt, the prompt, what it learned.
    pub fn differs_in(&self, base: &Self) -> Vec<String> {
        let mut words = Vec::new();
        for (name, value) in &self.parameters {
            let theirs = base.parameters.iter().find(|(other, _)| other == name);
            if theirs.is_none_or(|(_, other)| other != value) {
                words.push(format!("{name} {value}"));
            }
        }
        for (name, _) in &base.parameters {
            if self.parameters.iter().all(|(own, _)| own != name) {
                words.push(format!("no {name}"));
            }
        }
        let told = [
            (self.model != base.model, "another model"),
            (self.place != base.place, "another endpoint"),
            (self.template != base.template, "another prompt"),
            (self.examples != base.examples, "other examples"),
            (self.guidelines != base.guidelines, "other guidelines"),
        ];
        let differing = told.iter().filter(|(differs, _)| *differs);
        words.extend(differing.map(|(_, words)| (*words).to_owned()));
        words
    }

    /// Whether its verdicts make a rubric score under this rubric version.
    pub fn scores_under(&self, rubric: &RubricId) -> bool {
        self.kind != JudgeKind::Checks && self.asked(rubric)
    }

    /// Whether it read under this rubric version; an imported judge may have read under any.
    pub fn asked(&self, rubric: &RubricId) -> bool {
        self.rubric.as_ref().is_none_or(|own| own == rubric)
    }
}
