//! What an export did, would do, or why it did nothing.

use serde::Serialize;

use super::super::folder::{FileEntry, RefusedCount, RefusedRow};
use super::ExportRequest;
use super::check::Checked;
use super::gather::Passed;
use crate::domain::count::{counted, either};
use crate::domain::training::{TrainingFormat, Warning};
use crate::domain::view::{ExportPreview, Exported, HeldBack, Refused};

/// Rows that one dataset holds back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HeldRows {
    /// The dataset.
    pub dataset: String,
    /// How many rows; a row may be held out in several datasets.
    pub rows: u64,
}

/// What was written where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Landed {
    /// The folder.
    pub folder: String,
    /// Its files, the manifest last.
    pub files: Vec<FileEntry>,
    /// SHA-256 of `manifest.json`, as the ledger records it.
    pub manifest_sha256: String,
    /// The dataset that now holds what left.
    pub dataset: String,
}

/// What an export did or would do.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExportReport {
    /// The eval.
    pub eval: String,
    /// The format.
    pub format: TrainingFormat,
    /// Which tickets: `accepted`, `corrected`, `all`, `pairs`.
    pub rows: &'static str,
    /// Rows of the training file.
    pub train: u64,
    /// Rows of the validation file.
    pub validation: u64,
    /// Rows that repeat another one exactly; they are kept.
    pub duplicates: u64,
    /// Rows that break a rule of the format, or have nothing to learn.
    pub refused: u64,
    /// How many for which reason, most frequent first; a row may have several.
    pub refused_by_reason: Vec<RefusedCount>,
    /// The first of them by name.
    pub refused_first: Vec<RefusedRow>,
    /// Rows held out.
    pub held_out: u64,
    /// Where they are held out.
    pub held_out_in: Vec<HeldRows>,
    /// The eval's own dataset, if they could be moved to it.
    #[serde(skip)]
    pub move_to: Option<String>,
    /// Why rows held out were written all the same.
    pub override_reason: Option<String>,
    /// How many such rows there are.
    pub overridden: u64,
    /// Corrected or compared tickets that wait for a review or a decision, and so are no rows yet.
    pub unsettled: u64,
    /// What a person should know before training.
    pub warnings: Vec<Warning>,
    /// The first row as it is written.
    pub sample: Option<String>,
    /// Where it is; `None` if nothing was written.
    pub written: Option<Landed>,
}

impl ExportReport {
    /// What came of a pass; nothing is written yet.
    pub(super) fn of(request: &ExportRequest, checked: &Checked, passed: Passed) -> Self {
        let Passed { counts, held, .. } = passed;
        let in_datasets = counts
            .held
            .iter()
            .enumerate()
            .filter(|(_, rows)| **rows > 0);
        Self {
            eval: checked.eval.name.clone(),
            format: checked.format,
            rows: request.plan.rows.name(),
            train: counts.train,
            validation: counts.validation,
            duplicates: passed.duplicates,
            refused: counts.refused_rows,
            refused_by_reason: counts.refused(),
            held_out: counts.held_rows,
            held_out_in: in_datasets
                .map(|(at, rows)| HeldRows {
                    dataset: held.name(at).to_owned(),
                    rows: *rows,
                })
                .collect(),
            move_to: checked.move_to.clone(),
            override_reason: checked.override_reason.clone(),
            overridden: counts.overridden,
            unsettled: passed.unsettled,
            warnings: passed.warnings,
            refused_first: counts.listed,
            sample: counts.sample,
            written: None,
        }
    }

    /// All rows.
    pub fn row_count(&self) -> u64 {
        self.train + self.validation
    }

    /// For the screen.
    pub fn preview(&self) -> ExportPreview {
        ExportPreview {
            train: self.train,
            validation: self.validation,
            duplicates: self.duplicates,
            refused: self
                .refused_by_reason
                .iter()
                .map(|count| Refused {
                    reason: words(count.code),
                    rows: count.rows,
                })
                .collect(),
            held: self
                .held_out_in
                .iter()
                .map(|held| HeldBack {
                    dataset: held.dataset.clone(),
                    rows: held.rows,
                    way_out: self.way_out(held),
                })
                .collect(),
            warnings: self.notices(),
            sample: self.sample.clone(),
        }
    }

    /// For the screen, once it is written.
    pub fn exported(&self) -> Option<Exported> {
        let landed = self.written.as_ref()?;
        let rows = |file: &FileEntry| Some((file.path.clone(), file.rows?));
        Some(Exported {
            folder: landed.folder.clone(),
            files: landed.files.iter().filter_map(rows).collect(),
            dataset: landed.dataset.clone(),
        })
    }

    /// Everything a person should know, in sentences.
    pub fn notices(&self) -> Vec<String> {
        let mut all: Vec<String> = self.warnings.iter().map(|w| w.message.clone()).collect();
        if self.overridden > 0 {
            all.push(format!(
                "{} {} held-out requests, by decision",
                counted(self.overridden, "row"),
                either(self.overridden, "repeats", "repeat")
            ));
        } else if self.override_reason.is_some() {
            all.push("nothing was held out, so the override was not needed and is not kept".into());
        }
        if self.unsettled > 0 {
            all.push(format!(
                "{} {} for another review or a decision and {} left out",
                counted(self.unsettled, "ticket"),
                either(self.unsettled, "waits", "wait"),
                either(self.unsettled, "is", "are")
            ));
        }
        all
    }

    /// Why nothing is written, and what to do.
    pub fn why_nothing(&self) -> (String, String) {
        if self.held_out > 0 {
            return self.all_held_out();
        }
        let eval = &self.eval;
        if self.refused > 0 {
            let reasons: Vec<String> = self
                .refused_by_reason
                .iter()
                .map(|count| format!("{} {}", count.rows, words(count.code)))
                .collect();
            return (
                format!(
                    "nothing to export: every row of `{eval}` was refused ({})",
                    reasons.join(", ")
                ),
                "another format may take them, or the tickets need a correction".into(),
            );
        }
        let what = match self.rows {
            "accepted" => "no settled ticket fits, passes and stands uncorrected",
            "corrected" => "no ticket fits that has a correction",
            "pairs" => "no ticket fits that has a correction or a preference",
            "suggested" => {
                "no ticket fits that nobody has touched and that has a suggestion that helped"
            }
            _ => "no settled ticket fits that passes or has a correction",
        };
        let waiting = match self.unsettled {
            0 => String::new(),
            n => format!(
                "; {n} {} for another review or a decision",
                either(n, "waits", "wait")
            ),
        };
        (
            format!("nothing to export from `{eval}`: {what}{waiting}"),
            self.what_makes_rows(),
        )
    }

    /// What to do to get rows of the kind that was asked for.
    fn what_makes_rows(&self) -> String {
        let review = format!("`docket review {}`", self.eval);
        let (makes, instead) = match self.rows {
            "accepted" => (
                format!("review some tickets first ({review})"),
                "a lower `--min-score` or `--rows corrected`",
            ),
            "corrected" => (
                format!("correct some outputs first (`e` in {review})"),
                "`--rows accepted` for outputs that pass as they stand",
            ),
            "pairs" => (
                format!("correct or compare some outputs first ({review})"),
                "another format for outputs that pass as they stand",
            ),
            "suggested" => (
                format!(
                    "let a judge correct what fails first (`docket judge {} --suggest`)",
                    self.eval
                ),
                "`--rows corrected` for what people corrected",
            ),
            _ => (
                format!("review or correct some tickets first ({review})"),
                "a lower `--min-score`",
            ),
        };
        format!("{makes}, or ask for {instead}, or for another `--filter`")
    }

    /// The dataset that held-out rows could go to: the eval's own, or a new one.
    fn way_out(&self, held: &HeldRows) -> String {
        self.move_to
            .clone()
            .unwrap_or_else(|| format!("{}-released", held.dataset))
    }

    fn all_held_out(&self) -> (String, String) {
        let parts: Vec<String> = self
            .held_out_in
            .iter()
            .map(|held| format!("{} in `{}`", held.rows, held.dataset))
            .collect();
        let moves: Vec<String> = self
            .held_out_in
            .iter()
            .map(|held| {
                format!(
                    "`docket dataset move {} {}`",
                    held.dataset,
                    self.way_out(held)
                )
            })
            .collect();
        let what = format!(
            "nothing to export from `{}`: every row is held out ({}), measured on and so not trained on",
            self.eval,
            parts.join(", ")
        );
        let how = format!(
            "to measure on them no longer, move them to a dataset that may be trained on: {}; or write them all the same with `--override \"REASON\"`, which the manifest prints",
            moves.join(" and ")
        );
        (what, how)
    }
}

/// A reason's code in words.
fn words(code: &str) -> String {
    code.replace('_', " ")
}
