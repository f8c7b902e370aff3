//! The report as Markdown. Texts of models stand in fenced blocks that nothing in them can close.

use std::fmt::Write as _;

use super::{line, says_something};
use crate::domain::count::counted;
use crate::domain::view::compare::Sheet;
use crate::domain::view::report::{Failing, Report};
use crate::text::sanitise;

/// The whole text.
pub fn markdown(report: &Report) -> String {
    let mut out = String::with_capacity(16 * 1024);
    head(&mut out, report);
    out.push_str("\n## How sure\n\n");
    list(&mut out, report.sure.iter().map(|said| plain(said)));
    out.push_str("\n## What is missing\n\n");
    list(
        &mut out,
        report.missing.iter().map(|gap| match &gap.command {
            Some(command) => format!("{} {}", plain(&gap.what), code(command)),
            None => plain(&gap.what),
        }),
    );
    out.push_str("\n## For the owner\n\n");
    let commands = report.commands.iter();
    list(
        &mut out,
        commands.map(|(command, does)| format!("{} {}", code(command), plain(does))),
    );
    for (title, sheets) in [
        ("The candidates", &report.headline),
        ("People beside the judge", &report.people),
        ("Behind the numbers", &report.details),
    ] {
        let _ = writeln!(out, "\n## {title}");
        for one in sheets.iter().filter(|one| says_something(one)) {
            sheet(&mut out, one);
        }
    }
    failures(&mut out, report);
    out.push_str("\n## How the numbers were made\n\n");
    list(&mut out, report.method.iter().map(|note| plain(note)));
    out
}

/// What was compared, the badges, the verdict.
fn head(out: &mut String, report: &Report) {
    let comparison = &report.comparison;
    let _ = write!(
        out,
        "# {}\n\n{} on {} of {} in {}; judge {}; made {} by {}\n",
        plain(&report.group),
        counted(comparison.candidates.len(), "candidate"),
        counted(comparison.items, "item"),
        plain(&comparison.eval),
        counted(comparison.clusters, "cluster"),
        plain(comparison.judge.as_deref().unwrap_or("none yet")),
        report.made,
        plain(&report.by)
    );
    for badge in &report.badges {
        let _ = write!(out, "\n> **{}**\n", plain(badge));
    }
    let _ = write!(
        out,
        "\n**{}: {}**\n\n{}\n\nWhy this candidate: {}.\n\n{}\n",
        plain(report.candidate.as_deref().unwrap_or("no candidate")),
        plain(&report.verdict.word),
        plain(&report.verdict.sentence),
        plain(&report.chosen),
        plain(&comparison.sentence)
    );
    if let Some(conditions) = &report.verdict.conditions {
        out.push_str("\n## The gate\n");
        sheet(out, conditions);
    }
    if let Some(owner) = &report.verdict.owner {
        let _ = write!(out, "\n{}\n", plain(owner));
    }
}

fn list(out: &mut String, items: impl Iterator<Item = String>) {
    for item in items {
        let _ = writeln!(out, "- {item}");
    }
}

/// A text on one line in which no sign means anything to Markdown or HTML.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in line(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '*' | '_' | '[' | ']' | '#' | '|' | '!' | '~' | '$' => {
                out.push('\\');
                out.push(c);
            }
            // Backticks mark names in our own sentences; one too many would open a block of code, which shows text too.
            c => out.push(c),
        }
    }
    // A span of code shows its signs as they are, so what was escaped within one is put back.
    unescape_code(&out)
}

/// Within backticks Markdown shows every sign as it is: what was escaped there is put back.
fn unescape_code(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // A backtick without its partner: none of them is taken for code.
        return text.replace('`', "\\`");
    }
    let mut out = String::with_capacity(text.len());
    for (at, part) in parts.iter().enumerate() {
        if at > 0 {
            out.push('`');
        }
        if at.is_multiple_of(2) {
            out.push_str(part);
        } else {
            let mut signs = part
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
            for sign in ['*', '_', '[', ']', '#', '|', '!', '~', '$'] {
                signs = signs.replace(&format!("\\{sign}"), &sign.to_string());
            }
            out.push_str(&signs.replace("\\\\", "\\"));
        }
    }
    out
}

/// A command as code.
fn code(text: &str) -> String {
    let text = line(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    if longest > 0 {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

fn sheet(out: &mut String, sheet: &Sheet) {
    if !sheet.title.is_empty() {
        let _ = write!(out, "\n### {}\n", plain(&sheet.title));
    }
    if !sheet.rows.is_empty() {
        out.push('\n');
        let row = |out: &mut String, cells: &mut dyn Iterator<Item = String>| {
            out.push('|');
            for cell in cells {
                let _ = write!(out, " {cell} |");
            }
            out.push('\n');
        };
        row(out, &mut sheet.columns.iter().map(|(name, _)| plain(name)));
        let rules = sheet
            .columns
            .iter()
            .map(|(_, number)| if *number { "---:" } else { "---" }.to_owned());
        row(out, &mut { rules });
        for cells in &sheet.rows {
            row(out, &mut cells.iter().map(|cell| plain(cell)));
        }
    }
    if !sheet.notes.is_empty() {
        out.push('\n');
        list(out, sheet.notes.iter().map(|note| plain(note)));
    }
}

fn failures(out: &mut String, report: &Report) {
    let Some(candidate) = &report.candidate else {
        return;
    };
    let _ = write!(
        out,
        "\n## What {} does not pass\n\n{}\n",
        plain(candidate),
        report.failures_said()
    );
    for failing in &report.failures {
        failure(out, failing);
    }
}

fn failure(out: &mut String, failing: &Failing) {
    let _ = write!(
        out,
        "\n### {}\n\n{} {}\n",
        plain(&failing.item),
        failing.scored(),
        plain(&failing.tags)
    );
    let mut part = |name: &str, text: &str| {
        let text = sanitise::multi_line(text).text;
        let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest.max(2) + 1);
        let _ = write!(out, "\n{name}\n\n{fence}text\n{text}\n{fence}\n");
    };
    part("asked", &failing.request);
    part("answered", &failing.output);
    if let Some(reference) = &failing.reference {
        part("reference", reference);
    }
    for said in &failing.said {
        part("judge", said);
    }
}
