//! `README.md`: the dataset card, which dataset libraries read for files, splits and column types.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::manifest::{About, FileEntry, RefusedCount};
use crate::domain::count::{counted, either};
use crate::domain::json::quote;
use crate::domain::training::{Needs, TrainingFormat, Warning};
use crate::formats::training::{Column, Columns, columns};

/// What the card tells.
pub(super) struct Card<'a> {
    pub format: TrainingFormat,
    pub about: &'a About,
    pub shape: Columns,
    pub train: u64,
    pub validation: u64,
    pub by_judge: u64,
    pub judges: &'a BTreeMap<String, u64>,
    pub taken: u64,
    pub refused: u64,
    pub refused_by_reason: &'a [RefusedCount],
    pub warnings: &'a [Warning],
    pub files: &'a [FileEntry],
}

impl Card<'_> {
    pub(super) fn text(&self) -> String {
        let mut out = String::from("---\n");
        self.front_matter(&mut out);
        out.push_str("---\n\n");
        self.body(&mut out);
        out
    }

    // Text from outside is written as JSON strings: every JSON string is a YAML string too.
    fn front_matter(&self, out: &mut String) {
        let license = self.about.license.as_deref().unwrap_or("unknown");
        let _ = writeln!(out, "pretty_name: {}", quote(self.name()));
        let _ = writeln!(out, "license: {}", quote(license));
        if !self.about.languages.is_empty() {
            out.push_str("language:\n");
            for language in &self.about.languages {
                let _ = writeln!(out, "- {}", quote(language));
            }
        }
        out.push_str("task_categories:\n- text-generation\n");
        let _ = writeln!(
            out,
            "size_categories:\n- {}",
            size(self.train + self.validation)
        );
        let _ = writeln!(out, "tags:\n- docket\n- {}", self.kind());
        out.push_str("configs:\n- config_name: default\n  data_files:\n");
        out.push_str("  - split: train\n    path: train.jsonl\n");
        if self.validation > 0 {
            out.push_str("  - split: validation\n    path: validation.jsonl\n");
        }
        out.push_str("dataset_info:\n  config_name: default\n  features:\n");
        fields(out, &columns(self.format, self.shape), 2);
    }

    fn body(&self, out: &mut String) {
        let rows = self.train + self.validation;
        let _ = writeln!(out, "# {}\n", plain(self.name()));
        let _ = writeln!(
            out,
            "{rows} {} rows in the format `{}` ({}): {} to train on, {} for validation, divided by request so \
             that near-duplicates never sit in both.\n",
            if self.by_judge == rows {
                "suggested"
            } else {
                "reviewed"
            },
            self.format,
            self.format.about(),
            self.train,
            self.validation
        );
        self.made(out);
        self.held_out(out);
        self.exceptions(out);
        out.push_str("\n## Files\n\n| file | rows | SHA-256 |\n| --- | --- | --- |\n");
        for file in self.files {
            let rows = file.rows.map_or(String::new(), |rows| rows.to_string());
            let _ = writeln!(out, "| `{}` | {rows} | `{}` |", file.path, file.sha256);
        }
        out.push_str(
            "\n`provenance.jsonl` names for every row its file and line, ticket, reviewers, decision and raw record. \
             `manifest.json` holds the counts, the split rule and the hash of every file.\n",
        );
        if matches!(
            self.format,
            TrainingFormat::OpenAiSft | TrainingFormat::TrlSft
        ) {
            out.push_str(
                "\nTrainers of whole conversations learn every answer in a row, not only the reviewed last one.\n",
            );
        }
    }

    /// Where the rows come from and how they were chosen.
    fn made(&self, out: &mut String) {
        let about = self.about;
        out.push_str("## How it was made\n\n");
        let rows_of = &about.selection.rows;
        let _ = writeln!(
            out,
            "- Written by docket {} on {}",
            env!("CARGO_PKG_VERSION"),
            plain(&about.created)
        );
        if let Some(eval) = &about.eval {
            let _ = writeln!(out, "- Reviewed in the eval {}", code(eval));
        }
        if !rows_of.is_empty() {
            let _ = writeln!(out, "- Rows: {}", code(rows_of));
        }
        if self.by_judge > 0 {
            let _ = writeln!(
                out,
                "- **{} of origin `judge`**: an AI judge's correction, kept because it passes the rubric's checks and a second \
                 judgement, which found something better and nothing worse. Nobody has reviewed them: no person has decided or entered anything there",
                counted(self.by_judge, "row")
            );
            for (judge, rows) in self.judges {
                let _ = writeln!(out, "  - {} by {}", counted(*rows, "row"), code(judge));
            }
        }
        if self.taken > 0 {
            let _ = writeln!(
                out,
                "- {} learned from a correction that a person took from an AI judge's suggestion, whole, in parts or \
                 edited; `provenance.jsonl` says which",
                counted(self.taken, "row")
            );
        }
        if let Some(filter) = &about.selection.filter {
            let _ = writeln!(out, "- Filter: {}", code(filter));
        }
        if let Some(least) = about.selection.min_score {
            let _ = writeln!(out, "- Score of {least} or more");
        }
        for source in &about.sources {
            let _ = writeln!(
                out,
                "- Source: {} (SHA-256 `{}`)",
                code(&source.path),
                plain(&source.sha256)
            );
        }
    }

    fn held_out(&self, out: &mut String) {
        let rule = &self.about.held_out;
        for dataset in &rule.checked_against {
            let _ = writeln!(
                out,
                "- Kept apart from the held-out dataset {} (version {}, {})",
                code(&dataset.dataset),
                code(&dataset.version),
                counted(dataset.clusters, "cluster")
            );
        }
        if let Some(reason) = &rule.override_reason {
            let _ = writeln!(
                out,
                "- **{} {} held-out requests**, by decision: {}",
                counted(rule.overridden_rows, "row"),
                either(rule.overridden_rows, "repeats", "repeat"),
                code(reason)
            );
        }
    }

    fn exceptions(&self, out: &mut String) {
        if self.refused > 0 {
            let _ = writeln!(
                out,
                "\n## Left out\n\n{} {} refused, each named in `refused.jsonl`:\n",
                counted(self.refused, "row"),
                either(self.refused, "was", "were")
            );
            for count in self.refused_by_reason {
                let _ = writeln!(out, "- `{}`: {}", count.code, count.rows);
            }
        }
        if !self.warnings.is_empty() {
            out.push_str("\n## Before training\n\n");
            for warning in self.warnings {
                let _ = writeln!(out, "- {}", warning.message);
            }
        }
    }

    fn name(&self) -> &str {
        if self.about.name.is_empty() {
            "docket export"
        } else {
            &self.about.name
        }
    }

    fn kind(&self) -> &'static str {
        match self.format.needs() {
            Needs::Single => "sft",
            Needs::Preference => "dpo",
            Needs::Labelled => "kto",
        }
    }
}

/// The hubs' size classes.
fn size(rows: u64) -> &'static str {
    match rows {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        _ => "n>10M",
    }
}

fn fields(out: &mut String, list: &[(&'static str, Column)], indent: usize) {
    for (name, column) in list {
        let _ = writeln!(out, "{:indent$}- name: {name}", "");
        column_type(out, column, indent + 2);
    }
}

fn column_type(out: &mut String, column: &Column, indent: usize) {
    if let Some(name) = scalar(column) {
        let _ = writeln!(out, "{:indent$}dtype: {name}", "");
        return;
    }
    match column {
        Column::Fields(list) => {
            let _ = writeln!(out, "{:indent$}struct:", "");
            fields(out, list, indent);
        }
        Column::List(of) => match (scalar(of), of.as_ref()) {
            (Some(name), _) => _ = writeln!(out, "{:indent$}list: {name}", ""),
            (None, Column::Fields(list)) => {
                let _ = writeln!(out, "{:indent$}list:", "");
                fields(out, list, indent);
            }
            (None, inner) => {
                let _ = writeln!(out, "{:indent$}list:", "");
                column_type(out, inner, indent + 2);
            }
        },
        // Written above.
        Column::Text | Column::Flag | Column::Number | Column::Json => {}
    }
}

fn scalar(column: &Column) -> Option<&'static str> {
    match column {
        Column::Text => Some("string"),
        Column::Flag => Some("bool"),
        Column::Number => Some("int64"),
        Column::Json => Some("json"),
        Column::List(_) | Column::Fields(_) => None,
    }
}

/// Text from outside on one line of Markdown, unable to open anything.
fn plain(text: &str) -> String {
    let visible = |c: char| if c.is_control() { ' ' } else { c };
    let escape = |c: char| match c {
        '<' | '>' | '[' | ']' | '`' | '*' | '_' | '#' | '|' | '\\' | '!' => vec!['\\', c],
        other => vec![other],
    };
    text.chars().map(visible).flat_map(escape).collect()
}

/// Text from outside as a code span, with a fence longer than any run of back-ticks in it.
fn code(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let longest = visible.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest == 0 {
        format!("{fence}{visible}{fence}")
    } else {
        format!("{fence} {visible} {fence}")
    }
}
