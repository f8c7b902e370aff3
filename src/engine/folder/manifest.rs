//! `manifest.json`: what a dataset folder holds and how it came to be.
//!
//! What concerns single rows is not in it but in `provenance.jsonl` and `refused.jsonl`, one line a row, so
//! that a million rows need no memory; the manifest lists both with their hashes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::ids::{ClusterId, ItemId, RawId, TicketId};
use crate::domain::review::How;
use crate::domain::split::ExportSplit;
use crate::domain::training::{Decision, Origin, TrainingRow, Warning};

/// A file rows were imported from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SourceFile {
    /// As it was named at import.
    pub path: String,
    /// Of its bytes as they were read.
    pub sha256: String,
}

/// Which rows were asked for.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct Selection {
    /// `accepted`, `corrected`, `pairs`, ...
    pub rows: String,
    /// The filter, in the words it was given.
    pub filter: Option<String>,
    /// The least score, from 0 to 1.
    pub min_score: Option<f64>,
    /// How many rows were taken at most, in the order the tickets arrived.
    pub limit: Option<u64>,
}

/// A dataset whose clusters were kept out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldOutDataset {
    /// Its name.
    pub dataset: String,
    /// The version checked against.
    pub version: String,
    /// How many clusters it holds.
    pub clusters: u64,
}

/// The held-out rule as it was applied.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct HeldOut {
    /// Every held-out dataset, empty if there is none.
    pub checked_against: Vec<HeldOutDataset>,
    /// Why rows of held-out clusters were written all the same.
    pub override_reason: Option<String>,
    /// How many such rows there are.
    pub overridden_rows: u64,
}

/// What the caller knows about the export. Everything else is counted while rows pass.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct About {
    /// The dataset's name, as people read it.
    pub name: String,
    /// The eval the rows were reviewed in.
    pub eval: Option<String>,
    /// When, as an RFC 3339 time; the caller has the clock.
    pub created: String,
    /// Where the rows came from.
    pub sources: Vec<SourceFile>,
    /// Which rows.
    pub selection: Selection,
    /// The held-out rule.
    pub held_out: HeldOut,
    /// The licence as an identifier of the dataset hubs; `unknown` if not given.
    pub license: Option<String>,
    /// Languages as ISO 639-1 codes, if known.
    pub languages: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct Manifest<'a> {
    pub tool: Tool,
    pub created: &'a str,
    pub name: &'a str,
    pub eval: Option<&'a str>,
    pub format: &'static str,
    pub sources: &'a [SourceFile],
    pub selection: &'a Selection,
    pub split: SplitRule,
    pub held_out: &'a HeldOut,
    pub counts: Counts<'a>,
    pub warnings: &'a [Warning],
    /// Per output row: file, line, ticket, reviewers, decision, origin, raw record.
    pub provenance: &'static str,
    pub files: &'a [FileEntry],
}

#[derive(Serialize)]
pub(super) struct Tool {
    pub name: &'static str,
    pub version: &'static str,
}

#[derive(Serialize)]
pub(super) struct SplitRule {
    pub by: &'static str,
    pub seed: u64,
    pub validation_share: f64,
    /// So that others can recompute it.
    pub method: &'static str,
}

impl SplitRule {
    pub(super) fn of(split: ExportSplit) -> Self {
        Self {
            by: "cluster",
            seed: split.seed(),
            validation_share: split.share(),
            method: "k = first 8 bytes, big-endian, of SHA-256(\"docket export v1\" | 0x00 | seed u64 little-endian | cluster id 16 bytes); validation if ((k >> 12) + 0.5) / 2^52 < validation_share",
        }
    }
}

#[derive(Serialize)]
pub(super) struct Counts<'a> {
    /// Rows that were looked at.
    pub considered: u64,
    pub written: u64,
    pub train: u64,
    pub validation: u64,
    /// Written rows no person decided: a judge's suggestions.
    #[serde(rename = "origin_judge", skip_serializing_if = "is_zero")]
    pub by_judge: u64,
    /// The judges whose text these rows are, with their rows.
    #[serde(rename = "origin_judge_by", skip_serializing_if = "BTreeMap::is_empty")]
    pub judges: &'a BTreeMap<String, u64>,
    /// Written rows whose correction a person took from a judge's suggestion, whole, in parts or edited.
    #[serde(rename = "taken_from_suggestions", skip_serializing_if = "is_zero")]
    pub taken: u64,
    /// Rows refused; one row may be refused for several reasons.
    pub refused: u64,
    pub refused_by_reason: &'a [RefusedCount],
    /// The first of them by name; all are in `refused.jsonl`.
    pub refused_first: &'a [RefusedRow],
    pub duplicates: u64,
}

#[allow(clippy::trivially_copy_pass_by_ref)] // What serde asks for.
fn is_zero(n: &u64) -> bool {
    *n == 0
}

/// A row that is not written, by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedRow {
    /// The ticket.
    pub ticket: TicketId,
    /// The row's own id in its source.
    pub external_id: Option<String>,
    /// The first reason's code.
    pub code: &'static str,
    /// All reasons, for people.
    pub reason: String,
}

/// How many rows were refused for one reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RefusedCount {
    /// The refusal's code.
    pub code: &'static str,
    /// Rows.
    pub rows: u64,
}

/// One file of the folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FileEntry {
    /// Its name in the folder.
    pub path: String,
    /// Rows, for files of rows.
    pub rows: Option<u64>,
    /// Bytes.
    pub bytes: u64,
    /// Of its bytes.
    pub sha256: String,
}

/// One line of `provenance.jsonl`.
#[derive(Serialize)]
pub(super) struct Provenance<'a> {
    pub file: &'static str,
    /// 1-based.
    pub line: u64,
    pub ticket: TicketId,
    pub item: ItemId,
    pub cluster: ClusterId,
    pub external_id: Option<&'a str>,
    pub raw_record: Option<RawId>,
    pub reviewers: &'a [String],
    pub decision: Decision,
    pub origin: Origin,
    /// The judge whose text it is; absent where a person decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge: Option<&'a str>,
    /// How much of the correction a judge had suggested; absent where none had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<How>,
    pub score: Option<f64>,
}

impl<'a> Provenance<'a> {
    pub(super) fn of(row: &'a TrainingRow, file: &'static str, line: u64) -> Self {
        Self {
            file,
            line,
            ticket: row.ticket,
            item: row.item,
            cluster: row.cluster,
            external_id: row.external_id.as_deref(),
            raw_record: row.raw,
            reviewers: &row.reviewers,
            decision: row.decision,
            origin: row.origin,
            judge: row.judge.as_deref(),
            suggestion: row.taken,
            score: row.score,
        }
    }
}

/// One line of `refused.jsonl`.
#[derive(Serialize)]
pub(super) struct Refused<'a> {
    pub ticket: TicketId,
    pub external_id: Option<&'a str>,
    pub raw_record: Option<RawId>,
    pub reasons: Vec<Reason<'a>>,
}

#[derive(Serialize)]
pub(super) struct Reason<'a> {
    pub code: &'a str,
    pub reason: &'a str,
}

/// What is read of an existing manifest to know whether docket wrote the folder.
#[derive(Deserialize)]
pub(super) struct Known {
    pub tool: KnownTool,
    pub files: Vec<KnownFile>,
}

#[derive(Deserialize)]
pub(super) struct KnownTool {
    pub name: String,
}

#[derive(Deserialize)]
pub(super) struct KnownFile {
    pub path: String,
}
