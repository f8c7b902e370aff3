//! What an import says while it works, and what it found.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::output;
use crate::domain::count::{counted, either};
use crate::engine::import::{Counts, End, FileReport, ImportReport, Progress};

/// Kinds of remarks and reasons shown one by one.
const SHOWN: usize = 12;

/// The talk of an import: a bar on a terminal, plain lines elsewhere.
pub struct Told {
    bar: Option<ProgressBar>,
    terminal: bool,
}

impl Told {
    pub fn new() -> Self {
        Self {
            bar: None,
            terminal: io::stderr().is_terminal(),
        }
    }

    /// Follows the import.
    pub fn hear(&mut self, progress: Progress<'_>) {
        match progress {
            Progress::Looked(files) => {
                files.iter().for_each(looked);
                for line in unread(files) {
                    output::say(&line);
                }
            }
            Progress::Checking { rows, bytes, total } => {
                self.bar("checking", &counted(rows, "row"), bytes, total);
            }
            Progress::Loading { rows, bytes, total } => {
                self.bar("loading", &counted(rows, "row"), bytes, total);
            }
            Progress::Finishing => self.bar("loading", "finishing", 1, 1),
            Progress::Ready(report) => {
                self.end();
                output::say(&format!(
                    "ready: {} in {:.1} s ({:.0} rows/s)",
                    counted(report.rows(), "row"),
                    report.seconds,
                    report.rate()
                ));
            }
            Progress::Indexing { done, total } => {
                self.bar(
                    "search index",
                    &format!("{done} of {total}, Ctrl-C leaves the rest for later"),
                    done,
                    total,
                );
            }
        }
    }

    fn bar(&mut self, what: &str, detail: &str, at: u64, total: u64) {
        if !self.terminal {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            if let Ok(style) = ProgressStyle::with_template(
                "{prefix:12} [{bar:30}] {percent:>3}% {msg}  {eta} left",
            ) {
                bar.set_style(style.progress_chars("=> "));
            }
            bar
        });
        bar.set_prefix(what.to_owned());
        bar.set_length(total.max(1));
        bar.set_position(at.min(total));
        bar.set_message(detail.to_owned());
    }

    /// Takes the bar away.
    pub fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// What the first rows look like, before anything is taken.
fn looked(file: &FileReport) {
    if file.format.is_empty() {
        output::say(&format!("{}: joined", file.name));
        return;
    }
    output::say(&format!("{}: {}, {}", file.name, file.layout, file.format));
    for line in file.mapping.iter().flat_map(|mapping| mapping.lines()) {
        output::say(&format!("  {line}"));
    }
    let others: Vec<String> = file
        .others
        .iter()
        .take(5)
        .map(|(line, format)| format!("line {line} is {format}"))
        .collect();
    if !others.is_empty() {
        output::say(&format!("  but {}", others.join(", ")));
    }
}

/// What envelopes and traces carry beside what was said. No part of a record is read from these, and none could be, so
/// that they are passed over is nothing to tell.
const ENVELOPE: [&str; 20] = [
    "created_by",
    "conversation_id",
    "environment",
    "host",
    "ip",
    "log_level",
    "object",
    "organization",
    "parent_id",
    "request_id",
    "sdk_version",
    "service_tier",
    "session_id",
    "span_id",
    "system_fingerprint",
    "thread_id",
    "trace_id",
    "user_agent",
    "user_id",
    "version",
];

/// The columns nothing is read from, each list once however many files have it, and what to do if one is wanted.
fn unread(files: &[FileReport]) -> Vec<String> {
    let wanted = |file: &FileReport| -> Vec<String> {
        let columns = file.unmapped_columns.iter();
        let told = columns.filter(|column| !ENVELOPE.contains(&column.as_str()));
        told.cloned().collect()
    };
    let mut lists: Vec<(Vec<String>, Vec<&str>)> = Vec::new();
    for file in files {
        let columns = wanted(file);
        match lists.iter_mut().find(|(known, _)| *known == columns) {
            _ if columns.is_empty() => {}
            Some((_, names)) => names.push(&file.name),
            None => lists.push((columns, vec![&file.name])),
        }
    }
    let line = |(columns, names): &(Vec<String>, Vec<&str>)| {
        let named = columns[..columns.len().min(SHOWN)].join("`, `");
        let more = match columns.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {}", counted(more, "other column")),
        };
        let of = match names.as_slice() {
            _ if files.len() == 1 => String::new(),
            [one] => format!(" in {one}"),
            [first, others @ ..] => {
                format!(" in {first} and {}", counted(others.len(), "other file"))
            }
            [] => String::new(),
        };
        format!("  not read{of}: `{named}`{more}")
    };
    let mut lines: Vec<String> = lists.iter().map(line).collect();
    if !lines.is_empty() {
        lines.push(format!("    {UNREAD}"));
    }
    lines
}

/// How a column is read all the same.
const UNREAD: &str = "to read one: `--map human.QUESTION=COLUMN` as levels people gave, `judge.QUESTION` as a judge's, \
                      `correction`, `reference`, `tags`, ... as what they say";

/// What was wrong with rows, file by file.
pub fn files(files: &[FileReport]) {
    for file in files {
        bad_rows(file);
        let place = |remark: &str| {
            let line = file.remarks_first_line.get(remark)?;
            let first = if file.remarks.of(remark) > 1 {
                "first in"
            } else {
                "in"
            };
            Some(format!(" ({first} line {line})"))
        };
        list("remarks", &file.name, &file.remarks, place);
    }
}

/// What was found and done.
pub fn summary(report: &ImportReport) {
    files(&report.files);
    if let Some(join) = &report.join {
        output::say(&format!(
            "joined on `{}`: {}, {} alone, {} left over, {} repeated",
            join.key,
            counted(join.joined, "row"),
            join.alone,
            join.left_over,
            join.repeated
        ));
    }
    list(
        "scores and labels that are no answer",
        "the rows",
        &report.unmapped,
        |_| None,
    );
    for note in &report.notes {
        output::say(&format!("note: {note}"));
    }
    if report.end == End::Refused {
        output::say("nothing was taken: with `--strict` one bad row is enough");
        return;
    }
    if report.end == End::Nothing {
        return;
    }
    taken(report);
    let (indexed, total) = report.indexed;
    if indexed < total && total > 0 {
        output::say(&format!(
            "the search index holds {indexed} of {total} outputs; an open docket fills it when idle"
        ));
    }
    let items = counted(report.dataset_items, "item");
    let items = match report.end {
        End::Stopped => format!(
            "dataset `{}` ({items} so far: what came in joins it when the import is through)",
            report.dataset
        ),
        _ => format!("dataset `{}` ({items})", report.dataset),
    };
    match (&report.eval, &report.rubric) {
        (Some(eval), Some(rubric)) => {
            output::say(&format!("eval `{eval}`, rubric `{rubric}`, {items}"));
        }
        _ => output::say(&items),
    }
}

/// What came in.
fn taken(report: &ImportReport) {
    let new = report.new;
    output::say(&format!(
        "{} of {}; new: {}, {}, {}, {}, {}",
        report.taken,
        counted(report.rows(), "row"),
        counted(new.items, "item"),
        counted(new.outputs, "output"),
        counted(new.tickets, "ticket"),
        counted(new.reviews, "review"),
        counted(new.verdicts, "verdict")
    ));
    let without = report.without_output;
    if without > 0 {
        output::say(&format!(
            "{} {} no output and {} no ticket",
            counted(without, "row"),
            either(without, "has", "have"),
            either(without, "makes", "make")
        ));
    }
}

fn bad_rows(file: &FileReport) {
    if file.bad == 0 {
        return;
    }
    output::say(&format!(
        "{}: {} of {} {} bad",
        file.name,
        file.bad,
        counted(file.rows, "row"),
        either(file.bad, "is", "are")
    ));
    for bad in &file.first_bad {
        let column = bad
            .column
            .map(|column| format!(":{column}"))
            .unwrap_or_default();
        output::say(&format!(
            "  {}:{}{column}: {}",
            file.name, bad.line, bad.reason
        ));
    }
    if file.bad > file.first_bad.len() as u64 {
        list(
            "all of them by reason",
            &file.name,
            &file.bad_by_reason,
            |_| None,
        );
    }
    let mut hints: Vec<&str> = file
        .first_bad
        .iter()
        .filter_map(|bad| bad.hint.as_deref())
        .collect();
    hints.sort_unstable();
    hints.dedup();
    for hint in hints {
        output::say(&format!("  hint: {hint}"));
    }
}

/// Counted texts, each with what `behind` says of it.
fn list(what: &str, of: &str, counts: &Counts, behind: impl Fn(&str) -> Option<String>) {
    if counts.is_empty() {
        return;
    }
    output::say(&format!("{what} in {of}: {}", counts.total()));
    let sorted = counts.sorted();
    for (text, n) in sorted.iter().take(SHOWN) {
        let behind = behind(text).unwrap_or_default();
        output::say(&format!("  {n:>6}  {text}{behind}"));
    }
    if sorted.len() > SHOWN {
        output::say(&format!(
            "  and {}",
            counted(sorted.len() - SHOWN, "more kind")
        ));
    }
}
