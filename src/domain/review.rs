//! A review: one reviewer's immutable record about one ticket.
//!
//! Every field is written from the first commit on, because an old event can never be given what it lacks.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ids::{EvalId, EventId, OutputId, PlanId, RubricId, SuggestionId, VerdictId};
use super::rubric::Answer;

/// What a ticket is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    /// One output.
    Output(OutputId),
    /// Outputs of one item, in the order their choices are numbered by.
    Set(Vec<OutputId>),
}

impl Subject {
    /// The outputs in order.
    pub fn outputs(&self) -> &[OutputId] {
        match self {
            Self::Output(id) => std::slice::from_ref(id),
            Self::Set(ids) => ids,
        }
    }
}

/// A remark, about the whole ticket or a span of an output.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Note {
    /// The words.
    pub text: String,
    /// Bytes of the output's text it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<(usize, usize)>,
}

impl Review {
    /// Which of the reviewed outputs the correction is of, in their order; the first without one.
    pub fn corrected_place(&self) -> usize {
        match (&self.subject, &self.correction) {
            (Subject::Set(outputs), Some(correction)) => outputs
                .iter()
                .position(|output| *output == correction.base)
                .unwrap_or_default(),
            _ => 0,
        }
    }
}

/// An edited output.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Correction {
    /// The output it corrects; its id is the hash of what stood there.
    pub base: OutputId,
    /// The whole text as it should be.
    pub text: String,
    /// Why, if the reviewer said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The judge's suggestion it was taken from, if it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken: Option<Taken>,
}

/// A suggestion that became a person's correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Taken {
    /// Which one.
    pub suggestion: SuggestionId,
    /// How much of it.
    pub how: How,
}

/// How much of a suggestion is in a correction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// All of it and nothing else.
    Whole,
    /// Some of its changes and nothing else.
    Parts,
    /// With words of the person's own.
    Edited,
}

impl How {
    /// The stored word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Parts => "parts",
            Self::Edited => "edited",
        }
    }

    /// For people, after "corrected with".
    pub fn words(self) -> &'static str {
        match self {
            Self::Whole => "the judge's suggestion",
            Self::Parts => "parts of the judge's suggestion",
            Self::Edited => "the judge's suggestion, edited",
        }
    }
}

/// Whether the judge, model names or other reviews were visible before the commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sight {
    /// Nothing was.
    Blind,
    /// Something was: counts for progress and export, never for agreement or estimates.
    Assisted,
}

/// First opinion, or a second one after seeing the judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Round {
    /// The first opinion.
    First,
    /// A revision made after this reveal; the first one stays.
    Second(EventId),
}

/// How a review came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReviewSource {
    /// The workbench.
    Tui,
    /// With imported data.
    Import,
    /// The line-by-line mode.
    Linear,
}

/// What a review was for, beside measuring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Purpose {
    /// A practice ticket: never counts.
    pub practice: bool,
    /// A ticket with a known answer.
    pub gold: bool,
    /// Part of the blind audit share.
    pub audit: bool,
}

/// One reviewer's record about one ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Review {
    /// The eval the ticket is in.
    pub eval: EvalId,
    /// The rubric version that asked the questions.
    pub rubric: RubricId,
    /// What was reviewed.
    pub subject: Subject,
    /// Criterion id to answer.
    pub answers: BTreeMap<String, Answer>,
    /// A remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Note>,
    /// Tags given with the review.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The edited output.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Correction>,
    /// Milliseconds the ticket was open and the reviewer active.
    pub active_ms: u64,
    /// Bytes of text there was to read.
    pub text_len: u64,
    /// The human seat, from 1.
    pub seat: u8,
    /// Blind or assisted.
    pub sight: Sight,
    /// Verdicts on the screen at the commit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub verdicts_seen: Vec<VerdictId>,
    /// First opinion or second.
    pub round: Round,
    /// Practice, gold, audit.
    #[serde(default)]
    pub purpose: Purpose,
    /// The plan the ticket was taken from; `None` is ad hoc.
    pub plan: Option<PlanId>,
    /// How it came in.
    pub source: ReviewSource,
}
