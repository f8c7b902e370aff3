//! A record as the facts the store keeps.
//!
//! Bodies that stand in the row unchanged become spans of it, so that a text is stored once. Everything that
//! names a fact comes from the row alone: the same row gives the same facts in any file and any order.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::labels;
use super::report::Counts;
use crate::domain::canonical::{
    Occurrence, cluster_id, cluster_id_in_pieces, item_id, output_id, request_key,
};
use crate::domain::ids::{ClusterId, EvalId, Identity, ItemId, OutputId, RawId, RubricId};
use crate::domain::json::Json;
use crate::domain::message::{Message, Request, Role};
use crate::domain::record::{Record, RecordOutput};
use crate::domain::rubric::Rubric;
use crate::store::ingest::{Batch, ItemFact, OutputFact, Piece, RowFacts};
use crate::text::normalise::normalise_into;

/// Requests longer than this, in bytes, are clustered without a second copy of their words.
const LONG: usize = 1 << 20;

/// The eval whose questions the rows' labels answer.
#[derive(Debug, Clone)]
pub(super) struct Aim {
    /// Identity.
    pub eval: EvalId,
    /// Identity of its rubric.
    pub rubric_id: RubricId,
    /// The questions.
    pub rubric: Rubric,
}

/// Makes facts of records, in the order of one source.
#[derive(Debug)]
pub(super) struct Facts {
    aim: Option<Aim>,
    tags: Vec<String>,
    seen: Occurrences,
    text: String,
    /// Scores and labels that answer no question.
    pub unmapped: Counts,
}

/// How often a request came up in its source, by 64 bits of its key. A chance collision (about 1 in 10^8 for a
/// million rows) would only make two different requests count on from each other.
#[derive(Debug, Default)]
struct Occurrences {
    once: HashSet<u64>,
    again: HashMap<u64, u32>,
}

impl Occurrences {
    /// How many equal requests stood before this one.
    fn next(&mut self, key: [u8; 16]) -> u32 {
        let key = u64::from_le_bytes([
            key[0], key[1], key[2], key[3], key[4], key[5], key[6], key[7],
        ]);
        if self.once.insert(key) {
            return 0;
        }
        let n = self.again.entry(key).or_default();
        *n += 1;
        *n
    }
}

impl Facts {
    pub fn new(aim: Option<Aim>, tags: Vec<String>) -> Self {
        Self {
            aim,
            tags,
            seen: Occurrences::default(),
            text: String::new(),
            unmapped: Counts::default(),
        }
    }

    /// To be called where the next source begins: occurrences are counted inside one.
    pub fn next_source(&mut self) {
        self.seen = Occurrences::default();
    }

    /// The item a record is about. Counts the occurrence, so it is called once for every readable row, taken or not.
    pub fn identify(&mut self, record: &Record<'_>) -> ItemId {
        let request = record.request.as_deref();
        let occurrence = match external_id(record) {
            Some(id) => Occurrence::External(id),
            None => Occurrence::Number(self.seen.next(request_key(request))),
        };
        item_id(request, record.reference.as_deref(), occurrence)
    }

    /// Adds a row to a batch. `json` is what the record was read from.
    pub fn push(
        &mut self,
        batch: &mut Batch,
        line: u64,
        json: &str,
        item: ItemId,
        record: &Record<'_>,
    ) {
        let start = batch.arena.len();
        batch.arena.extend_from_slice(json.as_bytes());
        let raw_id = raw_id(json);
        let tags = self.tags(record);
        let facts = |(at, output)| output_fact(json, &item, record, tags.as_deref(), at, output);
        let outputs: Vec<OutputFact> = record.outputs.iter().enumerate().map(facts).collect();
        let decided = match &self.aim {
            Some(aim) if !record.labels.is_empty() || !record.corrections.is_empty() => {
                let ids: Vec<OutputId> = outputs.iter().map(|output| output.id).collect();
                labels::decide(aim, &raw_id, record, &ids, &mut self.unmapped)
            }
            Some(_) => labels::Decided::default(),
            None => {
                for label in &record.labels {
                    self.unmapped
                        .add(&format!("{}: no eval was named", label.name));
                }
                labels::Decided::default()
            }
        };
        let piece = |text: &Option<Cow<'_, str>>| text.as_deref().map(|text| piece(json, text));
        batch.rows.push(RowFacts {
            raw: start..batch.arena.len(),
            raw_id,
            line,
            item: ItemFact {
                id: item,
                cluster: self.cluster(record.request.as_deref(), &item),
                request: piece(&record.request),
                reference: piece(&record.reference),
                external_id: external_id(record).map(Into::into),
            },
            outputs,
            pairwise: record.pairwise,
            events: decided.events,
            verdicts: decided.verdicts,
        });
    }

    /// The row's tags and the import's, as a JSON array; `None` for none.
    fn tags(&self, record: &Record<'_>) -> Option<Box<str>> {
        if record.tags.is_empty() && self.tags.is_empty() {
            return None;
        }
        let mut all: Vec<&str> = Vec::with_capacity(record.tags.len() + self.tags.len());
        let given = record.tags.iter().map(|tag| tag.trim());
        for tag in given.chain(self.tags.iter().map(String::as_str)) {
            if !tag.is_empty() && !all.contains(&tag) {
                all.push(tag);
            }
        }
        (!all.is_empty()).then(|| Json::of(&all).as_str().into())
    }

    /// Requests with the same normalised own text. One without any text (only images, or no request at all)
    /// stands for itself, else all of them would be one cluster.
    fn cluster(&mut self, request: Option<&str>, item: &ItemId) -> ClusterId {
        let Some(json) = request else {
            return ClusterId(Identity::of("cluster of an item").part(&item.0).finish());
        };
        let own = Request::own_text_of(json);
        if own.len() > LONG {
            return long_cluster(&own).unwrap_or_else(|| ClusterId(request_key(request)));
        }
        let text = &mut self.text;
        text.clear();
        normalise_into(&own, |piece| text.push_str(piece));
        if text.is_empty() {
            return ClusterId(request_key(request));
        }
        cluster_id(text)
    }
}

/// The cluster of a long text, normalised twice rather than held a second time; `None` if nothing of it counts.
fn long_cluster(own: &str) -> Option<ClusterId> {
    let mut len = 0;
    normalise_into(own, |piece| len += piece.len() as u64);
    (len > 0).then(|| cluster_id_in_pieces(len, |feed| normalise_into(own, |piece| feed(piece))))
}

/// The identity of a raw record.
pub(super) fn raw_id(json: &str) -> RawId {
    RawId(Identity::of("raw").part(json.as_bytes()).finish())
}

fn external_id<'r>(record: &'r Record<'_>) -> Option<&'r str> {
    record.external_id.as_deref().filter(|id| !id.is_empty())
}

fn output_fact(
    json: &str,
    item: &ItemId,
    record: &Record<'_>,
    tags: Option<&str>,
    at: usize,
    output: &RecordOutput<'_>,
) -> OutputFact {
    let (model, message) = (output.model.as_deref(), output.message.as_deref());
    let position = at as u32;
    OutputFact {
        id: output_id(item, model, message, position),
        position,
        model: model.map(Into::into),
        message: message.map(|text| piece(json, text)),
        finish: output.finish.as_deref().map(Into::into),
        prompt_tokens: output.prompt_tokens,
        completion_tokens: output.completion_tokens,
        cost_micros: output.cost_micros,
        latency_ms: output.latency_ms,
        error: output.error.as_deref().map(Into::into),
        feature: record.feature.as_deref().map(Into::into),
        tags: tags.map(Into::into),
        time_ms: record.time_ms,
        chars: message.map_or(0, chars),
    }
}

/// A span if the text lies inside the row, told by where it lies in memory; else the text itself.
fn piece(json: &str, text: &str) -> Piece {
    let (row, part) = (json.as_ptr() as usize, text.as_ptr() as usize);
    let inside = part >= row && part + text.len() <= row + json.len();
    match (
        u32::try_from(part.wrapping_sub(row)),
        u32::try_from(text.len()),
    ) {
        (Ok(at), Ok(len)) if inside => Piece::Span { at, len },
        _ => Piece::Own(text.into()),
    }
}

/// Characters of an output's text.
fn chars(json: &str) -> u32 {
    let n = if json.starts_with('"') {
        chars_of_literal(json)
    } else {
        let message = Message::read(json, Role::Assistant);
        message.map_or(0, |message| message.into_text().chars().count())
    };
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Characters a string literal stands for, counted where it lies: an escape is one, a pair of surrogates too.
fn chars_of_literal(json: &str) -> usize {
    let inner = json
        .get(1..json.len().saturating_sub(1))
        .unwrap_or_default();
    let mut n = 0;
    let mut rest = inner;
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        n += rest[..at].chars().count() + 1;
        let escape = &rest[at..];
        let high = matches!(unit(escape), Some(0xd800..=0xdbff));
        let low = escape.get(6..).and_then(unit);
        let len = match (escape.as_bytes().get(1), high, low) {
            (Some(b'u'), true, Some(0xdc00..=0xdfff)) => 12,
            (Some(b'u'), ..) => 6,
            _ => 2,
        };
        rest = escape.get(len..).unwrap_or_default();
    }
    n + rest.chars().count()
}

/// The code of a `\uXXXX` that a text begins with.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record<'a>(request: &'a str, output: &'a str) -> Record<'a> {
        Record {
            request: Some(Cow::Borrowed(request)),
            outputs: vec![RecordOutput {
                message: Some(Cow::Borrowed(output)),
                ..RecordOutput::default()
            }],
            ..Record::default()
        }
    }

    fn facts(json: &str, record: &Record<'_>) -> RowFacts {
        let mut facts = Facts::new(None, vec!["june".into()]);
        let mut batch = Batch::default();
        let item = facts.identify(record);
        facts.push(&mut batch, 1, json, item, record);
        assert_eq!(batch.arena, json.as_bytes());
        batch.rows.remove(0)
    }

    #[test]
    fn a_body_that_stands_in_the_row_is_kept_as_a_span_of_it() {
        let json = r#"{"q":"hä?","a":"so"}"#;
        let row = facts(json, &record(&json[5..11], &json[16..20]));
        assert_eq!(row.item.request, Some(Piece::Span { at: 5, len: 6 }));
        assert_eq!(row.outputs[0].message, Some(Piece::Span { at: 16, len: 4 }));
        assert_eq!(row.outputs[0].chars, 2);
        assert_eq!(row.outputs[0].tags.as_deref(), Some(r#"["june"]"#));
        let other = facts(json, &record("\"hä?\"", "\"s\\u006f\""));
        assert_eq!(other.item.request, Some(Piece::Own("\"hä?\"".into())));
        assert_eq!(other.item.id, row.item.id);
        assert_eq!(other.outputs[0].id, row.outputs[0].id);
        assert_eq!(other.outputs[0].chars, 2);
    }

    #[test]
    fn characters_are_counted_where_a_text_lies() {
        for text in [
            "",
            "so",
            "hä?\n\"x\"",
            "\u{1f600} a\u{1f600}",
            "\\u0041",
            "a\tb\\",
        ] {
            let plain = serde_json::to_string(text).unwrap();
            let units: Vec<String> = text.encode_utf16().map(|u| format!("\\u{u:04x}")).collect();
            let escaped = units.concat();
            for json in [plain, format!("\"{escaped}\"")] {
                assert_eq!(chars(&json) as usize, text.chars().count(), "{json}");
            }
        }
    }

    #[test]
    fn a_long_request_is_of_the_cluster_it_would_be_of_if_it_were_short() {
        let words = "Wo bleibt mein Paket, und WARUM? ".repeat(40_000);
        assert!(words.len() > LONG);
        let json = serde_json::to_string(&words).unwrap();
        let mut facts = Facts::new(None, vec![]);
        let row = record(&json, "\"a\"");
        let item = facts.identify(&row);
        let normalised = crate::text::normalise::normalise(&words);
        assert_eq!(facts.cluster(Some(&json), &item), cluster_id(&normalised));
        let silent = format!("\"{}\"", "-".repeat(LONG + 1));
        let expected = ClusterId(request_key(Some(&silent)));
        assert_eq!(facts.cluster(Some(&silent), &item), expected);
    }

    #[test]
    fn equal_requests_of_one_source_are_told_apart_by_their_number() {
        let mut facts = Facts::new(None, vec![]);
        let row = record("\"q\"", "\"a\"");
        let first = facts.identify(&row);
        assert_ne!(first, facts.identify(&row));
        facts.next_source();
        assert_eq!(first, facts.identify(&row));
    }

    #[test]
    fn requests_without_text_are_no_near_duplicates_of_each_other() {
        let image = |url: &str| {
            format!(
                r#"[{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"{url}"}}}}]}}]"#
            )
        };
        let (a, b) = (image("a"), image("b"));
        let cluster = |request: &str| facts(request, &record(request, "\"x\"")).item.cluster;
        assert_ne!(cluster(&a), cluster(&b));
        assert_eq!(cluster(&a), cluster(&image("a")));
        assert_eq!(cluster("\"What now?\""), cluster("\"what now\""));
        let nothing = Record {
            request: None,
            ..record("", "\"x\"")
        };
        let other = Record {
            request: None,
            external_id: Some("2".into()),
            ..record("", "\"x\"")
        };
        assert_ne!(
            facts("{}", &nothing).item.cluster,
            facts("{}", &other).item.cluster
        );
    }
}
