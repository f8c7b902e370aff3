//! Verdicts: what a judge found on (ticket, criterion, judge version, sample). Facts, not decisions.
//!
//! Their JSON is stored, so a field added later stays out of the text at its default and is not needed
//! to read an older one.

use serde::{Deserialize, Serialize};

use super::failure::Class;
use super::ids::{Identity, JudgeVersionId, TicketId, VerdictId};
use super::json::Json;
use super::record::Quote;
use super::rubric::Answer;

/// What came of asking a judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An answer.
    Scored(Answer),
    /// No answer, and of which class. Never 0, never a pass.
    Unscored(String),
}

impl Outcome {
    /// The outcome of an answer: abstaining is a class of its own, never a score.
    pub fn of(answer: Answer) -> Self {
        if answer.is_cannot_judge() {
            Self::Unscored(Class::CannotJudge.name().to_owned())
        } else {
            Self::Scored(answer)
        }
    }

    /// The answer, if there is one.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Scored(answer) => Some(answer),
            Self::Unscored(_) => None,
        }
    }
}

/// What a verdict, or the text it is about, gives reason to look at. A closed list of stored words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// The judged text speaks to whoever grades it.
    GraderDirectedText,
    /// A quote of the judge stands nowhere in the output.
    EvidenceNotFound,
    /// The judge finds the reference wrong or doubtful.
    ReferenceConflict,
    /// The preference changed, or turned into a tie, when the two outputs swapped places.
    OrderSensitive,
    /// A deterministic check failed on what the judge gave its best level, or the other way round.
    CheckContradiction,
    /// The output is empty, an opener, a refusal or an echo; no judge was asked.
    Trivial,
    /// The output holds characters nobody sees.
    HiddenCharacters,
    /// Parts of the texts (images, files) could not be shown to the judge.
    PartsNotShown,
}

impl Flag {
    /// All flags, in the order reports list them.
    pub const ALL: [Self; 8] = [
        Self::GraderDirectedText,
        Self::EvidenceNotFound,
        Self::ReferenceConflict,
        Self::OrderSensitive,
        Self::CheckContradiction,
        Self::Trivial,
        Self::HiddenCharacters,
        Self::PartsNotShown,
    ];

    /// Whether it is about the judged texts, and so holds for every judge of them.
    pub fn is_of_text(self) -> bool {
        matches!(
            self,
            Self::GraderDirectedText | Self::Trivial | Self::HiddenCharacters | Self::PartsNotShown
        )
    }

    /// The word stored, filtered by and printed by `--json`.
    pub fn name(self) -> &'static str {
        match self {
            Self::GraderDirectedText => "grader_directed_text",
            Self::EvidenceNotFound => "evidence_not_found",
            Self::ReferenceConflict => "reference_conflict",
            Self::OrderSensitive => "order_sensitive",
            Self::CheckContradiction => "check_contradiction",
            Self::Trivial => "trivial",
            Self::HiddenCharacters => "hidden_characters",
            Self::PartsNotShown => "parts_not_shown",
        }
    }

    /// The flag of this name.
    pub fn read(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|flag| flag.name() == name)
    }

    /// What people are told.
    pub fn words(self) -> &'static str {
        match self {
            Self::GraderDirectedText => "the output speaks to whoever grades it",
            Self::EvidenceNotFound => "a quote of the judge stands nowhere in the output",
            Self::ReferenceConflict => "the judge doubts the reference",
            Self::OrderSensitive => "the preference depends on which output stands first",
            Self::CheckContradiction => "the judge and a check contradict each other",
            Self::Trivial => "nothing in it to judge; no judge was asked",
            Self::HiddenCharacters => "the output holds invisible characters",
            Self::PartsNotShown => "images or files could not be shown to the judge",
        }
    }
}

impl std::fmt::Display for Flag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// How an answer was found in a reply, most reliable first (the ladder of the judging protocol, 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Output whose schema the endpoint enforced.
    Strict,
    /// The endpoint's JSON mode.
    JsonMode,
    /// The whole reply was JSON, though nothing enforced it, or after a repair.
    Whole,
    /// JSON in the last fenced block.
    Fenced,
    /// A JSON object in the midst of prose.
    Object,
    /// The line `VERDICT id criterion level`.
    Line,
}

impl Step {
    /// All steps, most reliable first.
    pub const ALL: [Self; 6] = [
        Self::Strict,
        Self::JsonMode,
        Self::Whole,
        Self::Fenced,
        Self::Object,
        Self::Line,
    ];

    /// The stored word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::JsonMode => "json_mode",
            Self::Whole => "whole",
            Self::Fenced => "fenced",
            Self::Object => "object",
            Self::Line => "line",
        }
    }
}

/// What a verdict cost and who answered. Calls shared by several criteria name the whole on each.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Call {
    /// Tokens of the questions, cached ones included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Of these, read from the endpoint's cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cached_input_tokens: Option<u64>,
    /// Tokens of the replies, hidden reasoning included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// Of these, hidden reasoning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_tokens: Option<u64>,
    /// In millionths of the currency unit; `None` is unpriced, not free.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_micros: Option<i64>,
    /// Milliseconds of all attempts together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<u64>,
    /// The model that answered, by the endpoint's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The endpoint's fingerprint of its set-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// How often the question was asked, re-asks included; 0 for a verdict taken from the cache.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
}

/// A judge's result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Criterion id, or the source's own name for it.
    pub criterion: String,
    /// The answer or the class of failure.
    pub outcome: Outcome,
    /// The judge's words.
    #[serde(default)]
    pub reasoning: String,
    /// Spans it points at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Quote>,
    /// A sentence shown wherever the verdict is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub badge: Option<String>,
    /// The reply or label as it came, JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raw: Option<Json>,
    /// What gives reason to look closer, each once, in the order of [`Flag::ALL`].
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<Flag>,
    /// How the answer was found in the reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<Step>,
    /// Why there is no answer, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// What it cost and who answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<Call>,
    /// Of a comparison asked in both orders, which slot was preferred the first and the second time: `A`, `B`, or `-`
    /// for a tie; one pair of signs for every two candidates.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub slots: String,
    /// The tickets whose corrections the judge was shown as examples.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub learned_from: Vec<TicketId>,
}

impl Verdict {
    /// A verdict with nothing but its outcome.
    pub fn new(criterion: impl Into<String>, outcome: Outcome) -> Self {
        Self {
            criterion: criterion.into(),
            outcome,
            reasoning: String::new(),
            evidence: Vec::new(),
            badge: None,
            raw: None,
            flags: Vec::new(),
            step: None,
            problem: None,
            call: None,
            slots: String::new(),
            learned_from: Vec::new(),
        }
    }

    /// A verdict without an answer.
    pub fn unscored(
        criterion: impl Into<String>,
        class: Class,
        problem: impl Into<String>,
    ) -> Self {
        Self {
            problem: Some(problem.into()),
            ..Self::new(criterion, Outcome::Unscored(class.name().to_owned()))
        }
    }

    /// Adds a flag once, in its place.
    pub fn flag(&mut self, flag: Flag) {
        if let Err(place) = self.flags.binary_search(&flag) {
            self.flags.insert(place, flag);
        }
    }
}

/// The id of an imported judge, known only by name.
pub fn imported_judge(name: &str) -> JudgeVersionId {
    JudgeVersionId(
        Identity::of("imported judge")
            .part(name.as_bytes())
            .finish(),
    )
}

/// The id of a verdict. Imported verdicts count their equals on one ticket with `sample`.
pub fn verdict_id(
    ticket: &TicketId,
    criterion: &str,
    judge: &JudgeVersionId,
    sample: u32,
) -> VerdictId {
    let identity = Identity::of("verdict")
        .part(&ticket.0)
        .part(criterion.as_bytes())
        .part(&judge.0);
    VerdictId(identity.number(i64::from(sample)).finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_stored_before_flags_existed_is_still_read_and_written_alike() {
        let stored = r#"{"criterion":"tone","outcome":{"scored":{"level":3}},"reasoning":"flat"}"#;
        let verdict: Verdict = serde_json::from_str(stored).unwrap();
        assert_eq!(verdict.outcome.answer(), Some(&Answer::Level(3)));
        assert!(verdict.flags.is_empty() && verdict.step.is_none() && verdict.call.is_none());
        assert_eq!(serde_json::to_string(&verdict).unwrap(), stored);
    }

    #[test]
    fn words_are_read_back_and_stored_as_they_are_named() {
        for flag in Flag::ALL {
            assert_eq!(Flag::read(flag.name()), Some(flag));
            assert_eq!(
                serde_json::to_string(&flag).unwrap(),
                format!("\"{}\"", flag.name())
            );
        }
        for step in Step::ALL {
            assert_eq!(
                serde_json::to_string(&step).unwrap(),
                format!("\"{}\"", step.name())
            );
        }
    }

    #[test]
    fn a_flag_is_kept_once_and_in_its_place() {
        let mut verdict = Verdict::unscored("tone", Class::Truncated, "broke off");
        for flag in [Flag::Trivial, Flag::GraderDirectedText, Flag::Trivial] {
            verdict.flag(flag);
        }
        assert_eq!(verdict.flags, [Flag::GraderDirectedText, Flag::Trivial]);
        let json = serde_json::to_string(&verdict).unwrap();
        assert_eq!(serde_json::from_str::<Verdict>(&json).unwrap(), verdict);
    }

    #[test]
    fn abstaining_is_never_a_score() {
        let outcome = Outcome::of(Answer::CannotJudge {
            reason: "no contract".to_owned(),
        });
        assert_eq!(outcome, Outcome::Unscored("cannot_judge".to_owned()));
    }
}
