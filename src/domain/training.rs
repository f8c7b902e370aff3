//! A training row: one reviewed example on its way into a fine-tuning file, and what may keep it out.
//!
//! Rows are values of this program; what a trainer wants is decided per format in `formats::training`.

mod extras;
mod format;

use serde::{Deserialize, Serialize};

pub use extras::{Extra, answer_extras, request_extras};
pub use format::{FormatError, Needs, TrainingFormat};

use super::ids::{ClusterId, ItemId, RawId, TicketId};
use super::json::Json;
use super::message::{Message, Request};
use super::review::How;

/// How a row came to be training data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The output was accepted as it stands.
    Accepted,
    /// A reviewer's corrected output.
    Corrected,
    /// One of several outputs was preferred.
    Preferred,
    /// The output was found wanting, or another one was preferred to it.
    Rejected,
    /// A judge's suggestion.
    Suggested,
}

/// Who decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// A person.
    Human,
    /// A judge.
    Judge,
}

/// One reviewed example.
#[derive(Debug, Clone, PartialEq)]
pub struct TrainingRow {
    /// The ticket it was reviewed in.
    pub ticket: TicketId,
    /// The example.
    pub item: ItemId,
    /// The unit of the split and of the held-out rule.
    pub cluster: ClusterId,
    /// The record it was imported from.
    pub raw: Option<RawId>,
    /// The row's own id in its source.
    pub external_id: Option<String>,
    /// What was asked.
    pub request: Request,
    /// What was asked as logged, parameters included. Only `pairs` writes it; it then round-trips exactly.
    pub request_json: Option<Json>,
    /// What the log's messages say beyond `request` and `chosen`: weights and keys this program does not read.
    /// Filled from [`request_extras`] and [`answer_extras`].
    pub extras: Vec<Extra>,
    /// The answer to learn; with `label` false, the answer to unlearn.
    pub chosen: Message,
    /// The answer it was preferred to.
    pub rejected: Option<Message>,
    /// Whether the answer is wanted, for formats that learn from single labelled answers.
    pub label: Option<bool>,
    /// Who reviewed it, in the order of their reviews.
    pub reviewers: Vec<String>,
    /// How it was decided.
    pub decision: Decision,
    /// Who decided.
    pub origin: Origin,
    /// The judge whose text it is, as people call it: the endpoint and its model. Only where a judge decided.
    pub judge: Option<String>,
    /// How much of a correction a judge had suggested before a person took it.
    pub taken: Option<How>,
    /// The reference answer, JSON.
    pub reference: Option<Json>,
    /// The score it was selected by, from 0 to 1.
    pub score: Option<f64>,
}

/// One reason why a row is not written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Refusal {
    /// Stable, for counting and scripts: `empty_answer`.
    pub code: &'static str,
    /// For people: what is wrong with this row and where.
    pub reason: String,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self {
            code,
            reason: reason.into(),
        }
    }
}

/// Something a person should know about a file that is written all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// Stable, for scripts: `too_few_rows`.
    pub code: &'static str,
    /// For people.
    pub message: String,
}
