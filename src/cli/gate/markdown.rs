//! A gate as Markdown, for a pull request or a page.

use std::fmt::Write as _;

use crate::domain::count::counted;
use crate::domain::gate::words::rounded;
use crate::domain::view::gate::{CandidateGate, GateReport, Rehearsal};
use crate::text::sanitise;

/// Text in a table cell or a line, with nothing in it that Markdown or a terminal would obey.
fn plain(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in sanitise::line(text).chars() {
        match c {
            '|' | '<' | '>' | '\\' | '*' | '_' | '#' | '[' | ']' => {
                safe.push('\\');
                safe.push(c);
            }
            _ => safe.push(c),
        }
    }
    safe
}

/// The whole report.
pub(super) fn report(report: &GateReport) -> String {
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, report);
    text
}

fn write_all(text: &mut String, report: &GateReport) -> std::fmt::Result {
    writeln!(
        text,
        "# Gate: {} {}\n",
        plain(&report.group),
        report.verdict.name()
    )?;
    for mark in &report.watermarks {
        writeln!(text, "> **{}**\n", plain(mark))?;
    }
    writeln!(text, "{}\n", plain(&report.sentence))?;
    writeln!(
        text,
        "- rule {} ({}), {}",
        report.declared.id.short(),
        plain(report.declared.file.as_deref().unwrap_or("flags")),
        plain(&report.declared.relative)
    )?;
    writeln!(
        text,
        "- basis: {}; judge: {}; agreement: {}",
        report.basis.name(),
        plain(report.judge.as_deref().unwrap_or("none yet")),
        plain(&report.agreement.words)
    )?;
    writeln!(
        text,
        "- {} in {}; error {} one-sided; {} in the family",
        counted(report.items, "item"),
        counted(report.clusters, "cluster"),
        rounded(report.alpha),
        report.family
    )?;
    for note in &report.notes {
        writeln!(text, "- note: {}", plain(note))?;
    }
    for candidate in &report.candidates {
        about(text, candidate)?;
    }
    if let Some(rehearsal) = &report.rehearsal {
        rehearsed(text, rehearsal)?;
    }
    writeln!(text, "\nNext: {}", plain(&report.next))
}

fn rehearsed(text: &mut String, rehearsal: &Rehearsal) -> std::fmt::Result {
    writeln!(
        text,
        "\n| planted | verdict | caught by |\n| --- | --- | --- |"
    )?;
    for one in &rehearsal.planted {
        let by = plain(&one.by.join(", "));
        writeln!(
            text,
            "| {} | {} | {by} |",
            plain(&one.fault),
            one.verdict.name()
        )?;
    }
    for one in &rehearsal.controls {
        writeln!(
            text,
            "| control: {} | {} | {} |",
            plain(&one.condition),
            one.verdict.name(),
            plain(&one.words)
        )?;
    }
    Ok(())
}

fn about(text: &mut String, one: &CandidateGate) -> std::fmt::Result {
    writeln!(text, "\n## {}: {}\n", plain(&one.name), one.verdict.name())?;
    writeln!(
        text,
        "| | condition | asked | found |\n| --- | --- | --- | --- |"
    )?;
    for condition in &one.conditions {
        let why = if condition.why.is_empty() {
            String::new()
        } else {
            format!(" ({})", plain(&condition.why))
        };
        writeln!(
            text,
            "| {} | {} | {} | {}{why} |",
            condition.verdict.name(),
            plain(&condition.title),
            plain(&condition.required),
            plain(&condition.found)
        )?;
    }
    for words in one.preference_words() {
        writeln!(
            text,
            "\nPeople's preferences side by side, in no number here: {}",
            plain(&words)
        )?;
    }
    writeln!(text, "\nApproval: {}", plain(&one.owner.words))?;
    if !one.settles.is_empty() {
        writeln!(text, "\nWhat would settle it:\n")?;
        for settle in &one.settles {
            let command = settle
                .command
                .as_ref()
                .map_or_else(String::new, |command| format!(": `{command}`"));
            writeln!(text, "- {}{command}", plain(&settle.what))?;
        }
    }
    writeln!(text, "\nEvidence: `{}`", one.evidence)
}
