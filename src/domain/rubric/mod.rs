//! Rubrics: what "good" means, as data.
//!
//! A rubric holds questions: criteria with a scale (`direct`), requirements that are met or not
//! (`adherence`), or comparisons between candidates (`pairwise`). [`Rubric::questions`] shows all
//! three in one form to the review screen and the judge. [`Rubric::score`] turns answers into a
//! number between 0 and 1, and refuses to while one is missing. [`Rubric::content_hash`] is a
//! version's identity. [`lint()`] says what is wrong with a rubric wherever it was made; reading and
//! writing its TOML form, with lines and columns, is `formats::rubric`.

mod anchors;
mod answer;
mod canonical;
mod check;
mod hash;
mod lint;
mod question;
mod scale;
mod score;
mod sentence;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use answer::{Answer, AnswerError, Answers, Choice};
pub use canonical::CanonicalError;
pub use check::{Check, CheckOutcome, CheckTest, Language, Mode, OnFail, PATTERN_SIZE_LIMIT};
pub use hash::{HashError, RubricHash};
pub use lint::{Problem, Severity, lint, valid_id};
pub use question::{Question, Takes};
pub use scale::{LEVEL_LIMIT, Scale, ScaleError};
pub use score::{Score, Unscored};
pub use sentence::slug;

/// The one schema of rubric files this version reads.
pub const SCHEMA: u32 = 1;

/// The score (0-1) from which a ticket passes when neither rubric nor eval says otherwise.
pub const DEFAULT_THRESHOLD: f64 = 0.8;

/// What good means for one kind of output.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rubric {
    /// Format of the file; always [`SCHEMA`].
    pub schema: u32,
    /// Name that stays the same over versions, such as `support-reply`.
    pub id: String,
    /// Label for people, such as `1.3.0`. Not part of the identity; empty if none was given.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub version: String,
    /// How its questions are answered.
    pub kind: Kind,
    /// Whether a judge sees one question at a time.
    pub scoring: Scoring,
    /// Score (0-1) from which a ticket passes; see [`Rubric::threshold`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pass_threshold: Option<f64>,
    /// What the judge is told about the task; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub instructions: String,
    /// What people are told. Never sent to a judge; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reviewer_notes: String,
    /// Graded or compared questions, in the order they are asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub criteria: Vec<Criterion>,
    /// Requirements of an adherence rubric, each met or not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Requirement>,
    /// Deterministic checks.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Worked examples: shown to judges, and practice for people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<Example>,
    /// How a judge is run.
    #[serde(default)]
    pub judge: JudgeSettings,
    /// Where texts scored under this rubric may be sent.
    #[serde(default)]
    pub send: SendPolicy,
}

/// How the questions of a rubric are answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Each criterion gets a level of its scale.
    Direct,
    /// Each requirement is met or not; the score is the share met.
    Adherence,
    /// Each criterion names the best of several candidates, or a tie.
    Pairwise,
}

impl Kind {
    /// The word for it in a rubric file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Adherence => "adherence",
            Self::Pairwise => "pairwise",
        }
    }
}

/// How many questions one judge call answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scoring {
    /// One call per question: less halo, more cost.
    PerCriterion,
    /// One call for all questions.
    Joint,
}

impl Scoring {
    /// The word for it in a rubric file.
    pub fn name(self) -> &'static str {
        match self {
            Self::PerCriterion => "per_criterion",
            Self::Joint => "joint",
        }
    }
}

/// One graded or compared question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Criterion {
    /// Unique in the rubric; stored with every answer.
    pub id: String,
    /// The question in the reviewer's words.
    pub question: String,
    /// Its levels. Pairwise criteria keep the default and never use it.
    pub scale: Scale,
    /// Share in the overall score relative to the others; above 0.
    pub weight: f64,
    /// Level below which the ticket fails whatever its score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub must_reach: Option<i32>,
    /// What each level means.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub anchors: BTreeMap<i32, String>,
}

impl Criterion {
    /// A criterion of weight 1 without floor and anchors.
    pub fn new(id: impl Into<String>, question: impl Into<String>, scale: Scale) -> Self {
        Self {
            id: id.into(),
            question: question.into(),
            scale,
            weight: 1.0,
            must_reach: None,
            anchors: BTreeMap::new(),
        }
    }
}

/// One requirement of an adherence rubric: met (1) or not met (0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requirement {
    /// Unique in the rubric; stored with every answer.
    pub id: String,
    /// What must hold, as a statement.
    pub text: String,
}

/// A worked example, written by hand. Learned examples live outside the rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Example {
    /// The request.
    pub input: String,
    /// The output, or for pairwise rubrics the candidates in order; never empty.
    pub outputs: Vec<String>,
    /// A reference or original response, if the rubric compares with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The right answers.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub answers: Answers,
    /// Why they are right.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// The output as it should have been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<String>,
}

/// How a judge is run under a rubric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JudgeSettings {
    /// Independent readings per question, 1-25; the mean of their levels counts.
    pub samples: u32,
    /// Token room for one reply, hidden reasoning included.
    pub max_output_tokens: u32,
    /// Whether the judged text is marked word by word against instructions hidden in it. May shift scores.
    pub datamark: bool,
    /// Whether the output is compared with the response that was logged: that is shown as the original, whatever
    /// reference the item has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub against_logged: bool,
    /// Whether nothing can be said without a reference: an output of an item without one is not asked about.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needs_reference: bool,
    /// The user's own prompt, a `MiniJinja` template, instead of the built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The judge to offer first, such as `openai/gpt-4.1`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The judge's model family where the model name does not tell it; a judge of a candidate's own family is warned about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
}

impl JudgeSettings {
    /// Whether an output with nothing to compare it with has no level: the rubric compares with what was logged, or
    /// with a reference.
    pub fn needs_comparison(&self) -> bool {
        self.against_logged || self.needs_reference
    }

    /// Whether the prompt has a place for what was logged: the rubric compares with it, or its own template shows
    /// the reference or original response.
    pub fn shows_logged(&self, reference: bool) -> bool {
        let template = self.template.as_deref();
        self.against_logged
            || (!reference && template.is_some_and(|text| text.contains("conversation_response")))
    }
}

impl Default for JudgeSettings {
    fn default() -> Self {
        Self {
            samples: 1,
            max_output_tokens: 4096,
            datamark: false,
            against_logged: false,
            needs_reference: false,
            template: None,
            model: None,
            family: None,
        }
    }
}

/// Where texts scored under a rubric may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SendPolicy {
    /// Any endpoint the user names.
    #[default]
    Any,
    /// Only endpoints on this machine.
    Local,
}

impl SendPolicy {
    /// The word for it in a rubric file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Local => "local",
        }
    }
}

/// A pass threshold together with who set it, because every number prints both.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Threshold {
    /// Score (0-1) from which a ticket passes.
    pub value: f64,
    /// Who set it.
    pub source: ThresholdSource,
}

/// Who set a pass threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ThresholdSource {
    /// Nobody: [`DEFAULT_THRESHOLD`].
    Default,
    /// The rubric.
    Rubric,
    /// The eval, over what the rubric says.
    Eval,
}

/// Printed as `0.8 (rubric)`.
impl std::fmt::Display for Threshold {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let source = match self.source {
            ThresholdSource::Default => "default",
            ThresholdSource::Rubric => "rubric",
            ThresholdSource::Eval => "eval",
        };
        write!(f, "{} ({source})", self.value)
    }
}

/// A hint for an id that is none of `known`: the one probably meant, or all there are.
pub(crate) fn known_or_nearest(id: &str, known: &[&str]) -> String {
    match super::nearest::nearest(id, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => "there is none to name yet".to_owned(),
        None => format!("there are: {}", known.join(", ")),
    }
}

impl Rubric {
    /// A direct rubric without questions yet.
    pub fn empty(id: impl Into<String>) -> Self {
        Self {
            schema: SCHEMA,
            id: id.into(),
            version: String::new(),
            kind: Kind::Direct,
            scoring: Scoring::PerCriterion,
            pass_threshold: None,
            instructions: String::new(),
            reviewer_notes: String::new(),
            criteria: Vec::new(),
            requirements: Vec::new(),
            checks: Vec::new(),
            examples: Vec::new(),
            judge: JudgeSettings::default(),
            send: SendPolicy::default(),
        }
    }

    /// The threshold that holds where the eval sets none.
    pub fn threshold(&self) -> Threshold {
        self.threshold_for(None)
    }

    /// The threshold that holds in an eval with this override.
    pub fn threshold_for(&self, eval: Option<f64>) -> Threshold {
        let (value, source) = match (eval, self.pass_threshold) {
            (Some(value), _) => (value, ThresholdSource::Eval),
            (None, Some(value)) => (value, ThresholdSource::Rubric),
            (None, None) => (DEFAULT_THRESHOLD, ThresholdSource::Default),
        };
        Threshold { value, source }
    }

    /// The checks that set the level of this criterion or requirement.
    pub fn checks_of<'a>(&'a self, criterion: &'a str) -> impl Iterator<Item = &'a Check> {
        self.checks
            .iter()
            .filter(move |check| check.criterion.as_deref() == Some(criterion))
    }

    /// The scoring that fits this rubric where its author names none: one question per call with a
    /// floor or up to four questions, else all at once.
    pub fn fitting_scoring(&self) -> Scoring {
        let floors = self
            .criteria
            .iter()
            .any(|criterion| criterion.must_reach.is_some());
        let questions = self.criteria.len() + self.requirements.len();
        if floors || questions <= 4 {
            Scoring::PerCriterion
        } else {
            Scoring::Joint
        }
    }
}
