//! A row that is not stored yet, as a filter sees it.
//!
//! A row passes as a whole: where it has several outputs, words are those of all of them and numbers those of
//! the first, as in the list its ticket will stand in.

use std::borrow::Cow;

use crate::domain::filter::{Measure, Snapshot, Thing, WordField};
use crate::domain::json::{Json, decode_string};
use crate::domain::message::{Message, Request, Role};
use crate::domain::record::{LabelKind, Record, RecordOutput};
use crate::text::language::language;

/// A row and what is known of its surroundings.
pub(super) struct RowView<'a> {
    /// The row.
    pub record: &'a Record<'a>,
    /// The row's text.
    pub json: &'a str,
    /// File it is in.
    pub source: &'a str,
    /// Dataset it goes to.
    pub dataset: &'a str,
    /// Role of the dataset.
    pub role: &'a str,
    /// Tags of the import.
    pub tags: &'a [String],
}

impl RowView<'_> {
    /// The request's own text.
    fn asked(&self) -> Option<String> {
        let json = self.record.request.as_deref()?;
        Some(match decode_string(json) {
            Some(text) => text.into_owned(),
            None => Request::read(&Json::trusted(json)).own_text(),
        })
    }

    fn outputs<'s>(
        &'s self,
        pick: impl Fn(&'s RecordOutput<'s>) -> Option<&'s str>,
    ) -> Vec<&'s str> {
        self.record.outputs.iter().filter_map(pick).collect()
    }

    fn labelled(&self, people: bool) -> bool {
        self.record
            .labels
            .iter()
            .any(|label| (label.kind == LabelKind::Human) == people)
    }
}

impl Snapshot for RowView<'_> {
    fn words(&self, field: WordField) -> Vec<&str> {
        match field {
            WordField::Status => vec!["open"],
            WordField::Tag => {
                let own = self.record.tags.iter().map(|tag| tag.trim());
                own.chain(self.tags.iter().map(String::as_str)).collect()
            }
            WordField::Feature => self.record.feature.as_deref().into_iter().collect(),
            WordField::Model => self.outputs(|output| output.model.as_deref()),
            WordField::Finish => self.outputs(|output| output.finish.as_deref()),
            WordField::Error => self.outputs(|output| output.error.as_deref()),
            WordField::Reviewer => {
                let people = self
                    .record
                    .labels
                    .iter()
                    .filter(|label| label.kind == LabelKind::Human);
                people.filter_map(|label| label.author.as_deref()).collect()
            }
            WordField::Dataset => vec![self.dataset],
            WordField::Role => vec![self.role],
            WordField::Source => vec![self.source],
            WordField::Id => self.record.external_id.as_deref().into_iter().collect(),
            WordField::Lang => {
                let asked = self.asked();
                asked.and_then(|text| language(&text)).into_iter().collect()
            }
            WordField::Flag | WordField::Plan | WordField::Unscored => Vec::new(),
        }
    }

    fn number(&self, measure: &Measure) -> Option<f64> {
        let first = self.record.outputs.first()?;
        match measure {
            Measure::Tokens => first.completion_tokens.map(f64::from),
            Measure::Chars => Some(
                first
                    .message
                    .as_deref()
                    .map_or(0, |json| text(json).chars().count()) as f64,
            ),
            Measure::Cost => first.cost_micros.map(|micros| micros as f64 / 1e6),
            Measure::Latency => first.latency_ms.map(f64::from),
            Measure::Rerun => Some(0.0),
            // These come from the rubric's questions, which a row knows nothing of.
            Measure::Score | Measure::Judge | Measure::Level(_) => None,
        }
    }

    fn time(&self) -> Option<i64> {
        self.record.time_ms
    }

    fn has(&self, thing: Thing) -> bool {
        let record = self.record;
        match thing {
            Thing::Correction => !record.corrections.is_empty(),
            Thing::Tag => !self.words(WordField::Tag).is_empty(),
            Thing::Feature => record.feature.is_some(),
            Thing::Reference => record.reference.is_some(),
            Thing::Tool => self.json.contains("tool_calls"),
            Thing::Error => record.outputs.iter().any(|output| output.error.is_some()),
            Thing::Score | Thing::Review => self.labelled(true),
            Thing::Judge => self.labelled(false),
            Thing::Note => record
                .labels
                .iter()
                .any(|l| l.kind == LabelKind::Human && l.reason.is_some()),
            Thing::Suggestion | Thing::Comment | Thing::Flag | Thing::Plan | Thing::Warning => {
                false
            }
        }
    }

    fn mine(&self) -> bool {
        false
    }

    fn contains(&self, wanted: &str) -> bool {
        let wanted = wanted.to_lowercase();
        let asked = self.asked();
        let answered = self
            .record
            .outputs
            .iter()
            .filter_map(|output| output.message.as_deref());
        let mut texts = asked.map(Cow::Owned).into_iter().chain(answered.map(text));
        texts.any(|text| text.to_lowercase().contains(&wanted))
    }
}

fn text(json: &str) -> Cow<'_, str> {
    decode_string(json).unwrap_or_else(|| {
        let message = Message::read(json, Role::Assistant);
        Cow::Owned(
            message
                .map(|message| message.plain_text())
                .unwrap_or_default(),
        )
    })
}
