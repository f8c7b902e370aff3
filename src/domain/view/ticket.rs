//! One ticket, open.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::eval::Eval;
use super::super::fold::{Folded, Standing};
use super::super::ids::{OutputId, PlanId, SuggestionId, TicketId, VerdictId};
use super::super::json::Json;
use super::super::message::{Message, Request};
use super::super::record::Quote;
use super::super::review::Subject;
use super::super::rubric::Answer;
use super::super::rubric::{Rubric, Threshold};
use super::super::suggestion::Suggestion;
use super::super::verdict::Flag;

/// A value that may be kept from the reviewer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Shown<T> {
    /// There is none.
    #[default]
    None,
    /// Kept back until the own commit.
    Hidden,
    /// Visible.
    Some(T),
}

impl<T> Shown<T> {
    /// The value if visible.
    pub fn visible(&self) -> Option<&T> {
        match self {
            Self::Some(value) => Some(value),
            Self::None | Self::Hidden => None,
        }
    }
}

/// A lease on a human seat of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lease {
    /// The seat, from 1.
    pub seat: u8,
    /// Rises with every lease on the seat; a submit with an old one is refused.
    pub token: i64,
}

/// One output with its text.
#[derive(Debug, Clone, PartialEq)]
pub struct OutputDoc {
    /// Identity.
    pub id: OutputId,
    /// The model's name.
    pub model: Shown<String>,
    /// The message; `None` for a failed call.
    pub message: Option<Arc<Message>>,
    /// The message as logged.
    pub raw: Option<Json>,
    /// Why the model stopped.
    pub finish: Option<String>,
    /// The failure, for a failed call.
    pub error: Option<String>,
    /// Milliseconds until complete.
    pub latency_ms: Option<u32>,
    /// Tokens of the answer.
    pub completion_tokens: Option<u32>,
}

impl OutputDoc {
    /// The text a reviewer reads and corrects: text parts, else the refusal.
    pub fn text(&self) -> String {
        match &self.message {
            Some(message) => match (message.plain_text(), &message.refusal) {
                (text, Some(refusal)) if text.is_empty() => refusal.clone(),
                (text, _) => text,
            },
            None => String::new(),
        }
    }

    /// Everything of it that a judge reads as text and may quote: the text, then calls of tools, a line each.
    pub fn quotable(&self) -> String {
        let mut text = self.text();
        for call in self.message.iter().flat_map(|message| &message.tool_calls) {
            if !text.is_empty() {
                text.push('\n');
            }
            text.push_str(&call.line());
        }
        text
    }
}

/// A judge's result on one criterion, over all its samples.
#[derive(Debug, Clone, PartialEq)]
pub struct VerdictView {
    /// Identity of the verdict whose words are shown: of several readings the one nearest their mean.
    pub id: VerdictId,
    /// The judge in people's words.
    pub judge: String,
    /// Criterion id.
    pub criterion: String,
    /// The answer (of several samples the rounded mean, or what most prefer), or why it is unscored.
    pub result: Result<Answer, String>,
    /// Mean, lowest and highest level, if there are several samples.
    pub spread: Option<Spread>,
    /// Which reading says what follows, from 1.
    pub reading: u32,
    /// All readings in their order, if there are several; those without an answer are among them.
    pub readings: Vec<Reading>,
    /// The judge's words.
    pub reasoning: String,
    /// Spans it points at.
    pub evidence: Vec<Quote>,
    /// A sentence shown wherever the verdict is.
    pub badge: Option<String>,
    /// What gives reason to look closer.
    pub flags: Vec<Flag>,
    /// Why there is no answer, in a sentence.
    pub problem: Option<String>,
    /// What it cost, in millionths; `None` is unpriced or unknown.
    pub cost_micros: Option<i64>,
    /// What people say it should have been, one's own first.
    pub disputes: Vec<Dispute>,
}

/// What a person says the judge should have said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispute {
    /// Who; `None` is the reviewer who looks.
    pub who: Option<String>,
    /// Their answer.
    pub answer: Answer,
    /// Why; may be empty.
    pub reason: String,
    /// Whether it was said of an earlier verdict.
    pub earlier: bool,
}

/// A correction that a judge proposes, as a person sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestionDoc {
    /// Identity.
    pub id: SuggestionId,
    /// The judge in people's words.
    pub judge: String,
    /// Whether it was verified under the rubric version in use.
    pub current: bool,
    /// What it says and what verification found.
    pub suggestion: Suggestion,
}

/// One of several readings of one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// The answer, or the class of why there is none.
    pub result: Result<Answer, String>,
    /// The judge's words.
    pub reasoning: String,
}

/// How far the samples of one verdict lie apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Samples with a level.
    pub samples: u32,
    /// Mean level.
    pub mean: f64,
    /// Lowest level.
    pub low: i32,
    /// Highest level.
    pub high: i32,
}

impl VerdictView {
    /// A verdict with nothing but its result.
    pub fn new(
        id: VerdictId,
        judge: impl Into<String>,
        criterion: impl Into<String>,
        result: Result<Answer, String>,
    ) -> Self {
        Self {
            id,
            judge: judge.into(),
            criterion: criterion.into(),
            result,
            spread: None,
            reading: 1,
            readings: Vec::new(),
            reasoning: String::new(),
            evidence: Vec::new(),
            badge: None,
            flags: Vec::new(),
            problem: None,
            cost_micros: None,
            disputes: Vec::new(),
        }
    }
}

/// A judge whose verdicts do not count for the score shown: another model, another rubric version, the checks.
#[derive(Debug, Clone, PartialEq)]
pub struct OtherJudge {
    /// In people's words.
    pub judge: String,
    /// Where another that is shown has the same name: in what this one differs from the judge that counts.
    pub apart: Option<String>,
    /// Whether it scored under the rubric version in use.
    pub current: bool,
    /// Overall score, 0 to 1.
    pub score: Option<f64>,
    /// Checks passed and run.
    pub checks: (u32, u32),
}

/// What the judge pane shows.
#[derive(Debug, Clone, PartialEq)]
pub enum JudgeView {
    /// No judge has read this.
    Nothing,
    /// Hidden until the commit; `waiting` tells whether there is something to see.
    Hidden,
    /// Visible.
    Verdicts {
        /// Of the judge that counts, in rubric order.
        verdicts: Vec<VerdictView>,
        /// Overall score, 0 to 1, if every criterion has a level.
        score: Option<f64>,
        /// Whether that passes: the threshold, every floor, and the checks that fail a ticket.
        pass: Option<bool>,
        /// The others that have read this.
        others: Vec<OtherJudge>,
    },
}

/// What the reviewer has entered and not committed. Survives everything.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// Criterion id to answer.
    pub answers: BTreeMap<String, Answer>,
    /// The note.
    pub note: String,
    /// Byte range of the output's text the note is about.
    pub note_range: Option<(usize, usize)>,
    /// The edited output, if it was edited.
    pub correction: Option<String>,
    /// Which of the ticket's outputs was edited, in the ticket's own order.
    pub corrects: usize,
    /// Why it was edited.
    pub correction_reason: String,
    /// The judge's suggestion the edit was taken from, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<SuggestionId>,
    /// Tags.
    pub tags: Vec<String>,
    /// Milliseconds of activity so far.
    pub active_ms: u64,
}

impl Draft {
    /// Whether there is nothing to lose.
    pub fn is_empty(&self) -> bool {
        let Self {
            active_ms: _,
            answers,
            note,
            note_range: _,
            correction,
            corrects: _,
            correction_reason,
            suggestion: _,
            tags,
        } = self;
        answers.is_empty()
            && note.is_empty()
            && correction.is_none()
            && correction_reason.is_empty()
            && tags.is_empty()
    }
}

/// Whether and how a ticket was drawn for the sample that estimates rest on.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Drawn {
    /// It is in no plan yet.
    #[default]
    Outside,
    /// It is part of the plan. Before the own commit nothing more is told: how likely it was to be drawn would say how
    /// risky it looked.
    InPlan,
    /// Committed, while a ticket before it in the plan is open: it does not count yet.
    Waiting,
    /// Committed and in the sample.
    Sampled {
        /// The chance it had of being in it, above 0 up to 1.
        chance: f64,
        /// Whether tickets that looked risky had a higher one.
        by_risk: bool,
    },
}

/// One ticket with all that its screen shows.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketDoc {
    /// Identity.
    pub ticket: TicketId,
    /// The eval it is in.
    pub eval: Arc<Eval>,
    /// The questions.
    pub rubric: Arc<Rubric>,
    /// The pass threshold in force, 0 to 1, and where it came from .
    pub threshold: Threshold,
    /// One output or a set.
    pub subject: Subject,
    /// What was asked.
    pub request: Arc<Request>,
    /// The request as logged.
    pub request_raw: Option<Json>,
    /// In the ticket's order. A set is shown in `display_order`.
    pub outputs: Vec<OutputDoc>,
    /// Positions (0-based) in the order this reviewer sees them, seeded by (ticket, reviewer).
    pub display_order: Vec<usize>,
    /// The expected answer.
    pub reference: Option<String>,
    /// The row's own id in the source.
    pub external_id: Option<String>,
    /// Part of the product.
    pub feature: Option<String>,
    /// Tags that came with the data and from people.
    pub tags: Vec<String>,
    /// Milliseconds since 1970.
    pub time_ms: Option<i64>,
    /// What the ledger says; other people's reviews are removed while blind.
    pub folded: Folded,
    /// This reviewer's own standing review.
    pub mine: Option<Standing>,
    /// What was entered before.
    pub draft: Option<Draft>,
    /// The seat, if the reviewer has it.
    pub lease: Option<Lease>,
    /// Who has it otherwise.
    pub held_by: Option<String>,
    /// How many reviews the eval asks for, where all are in and none is this reviewer's: there is no seat to take.
    pub full: Option<u8>,
    /// The judge.
    pub judge: JudgeView,
    /// The correction a judge proposes. Hidden while the judge is, whether there is one or not: that there is
    /// one tells what the judge thinks of the ticket.
    pub suggestion: Shown<Arc<SuggestionDoc>>,
    /// The plan it is in.
    pub plan: Option<PlanId>,
    /// How it was drawn for the sample, as far as this reviewer may know it.
    pub drawn: Drawn,
    /// Whether this ticket is in the blind audit share of an assisted eval.
    pub audit: bool,
}
