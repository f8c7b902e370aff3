//! The report as one page. It loads nothing, runs nothing, and reads well on paper.

use std::fmt::Write as _;

use super::{plots, says_something};
use crate::domain::count::counted;
use crate::domain::view::compare::Sheet;
use crate::domain::view::report::{Failing, Report};
use crate::text::html::{escape, escape_line, inline};

/// The one style of the page. Colours follow the reader's own preference; nothing is told by colour alone.
const STYLE: &str = "\
:root{color-scheme:light dark;--text:#1c1e21;--dim:#5d6570;--line:#d6dae0;--back:#fff;--soft:#f4f5f7;--mark:#2457c5}\
@media(prefers-color-scheme:dark){:root{--text:#e6e8eb;--dim:#9aa3ae;--line:#3a4048;--back:#16181b;--soft:#1f2226;--mark:#7da7ff}}\
body{margin:0 auto;max-width:64rem;padding:2rem 1.25rem 4rem;font:16px/1.5 system-ui,sans-serif;color:var(--text);background:var(--back)}\
h1{font-size:1.7rem;margin:0 0 .25rem}h2{font-size:1.2rem;margin:2.5rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}\
h3{font-size:1rem;margin:1.5rem 0 .5rem}p{margin:.4rem 0}.dim{color:var(--dim)}\
.badge{border:2px solid currentColor;padding:.5rem .75rem;font-weight:600;margin:1rem 0}\
.verdict{background:var(--soft);border-left:6px solid var(--mark);padding:1rem 1.25rem;margin:1.5rem 0}\
.verdict strong{font-size:1.35rem}ul{padding-left:1.25rem}\
.scroll{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.9rem;margin:.5rem 0}\
th,td{padding:.25rem .75rem .25rem 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}\
th{color:var(--dim);font-weight:500;white-space:nowrap}.n{text-align:right;white-space:nowrap}.bars{white-space:pre}\
pre{white-space:pre-wrap;overflow-wrap:anywhere;background:var(--soft);padding:.75rem;margin:.25rem 0;font:.9rem/1.45 ui-monospace,monospace}\
code{font:.9rem ui-monospace,monospace;background:var(--soft);padding:.1rem .3rem;overflow-wrap:anywhere}\
section.fail{border-top:1px solid var(--line);padding:.75rem 0;break-inside:avoid}\
svg{display:block;width:100%;max-width:40rem;height:auto;margin:.75rem 0}\
svg text{font:12px system-ui,sans-serif;fill:var(--text)}.mid{text-anchor:middle}.end{text-anchor:end}.start{text-anchor:start}\
.grid{stroke:var(--line)}.axis,.bar{stroke:var(--text)}.bar{stroke-width:3}.mark{stroke:var(--mark);stroke-dasharray:5 4}\
.dot,.fill{fill:var(--mark)}.point{fill:var(--mark);fill-opacity:.45}.frame{fill:none;stroke:var(--line)}\
@media(max-width:44rem){svg text{font-size:19px}table,tbody,tr,td{display:block}tr:first-child{display:none}\
tr{border-bottom:1px solid var(--line);padding:.4rem 0}td{border:0;padding:.05rem 0}td.n{text-align:left}\
td:first-child{font-weight:600}td:empty{display:none}\
td:not(:first-child)::before{content:attr(data-of);color:var(--dim);display:inline-block;min-width:8.5rem;padding-right:.5rem}}\
@media print{body{max-width:none;font-size:11pt}.verdict,tr,svg{break-inside:avoid}h2,h3{break-after:avoid}}";

/// The whole page.
pub fn page(report: &Report) -> String {
    let mut out = String::with_capacity(32 * 1024);
    let title = format!("{}: release report", report.group);
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n",
        escape_line(&title)
    );
    head(&mut out, report);
    verdict(&mut out, report);
    numbers(&mut out, report);
    evidence(&mut out, report);
    failures(&mut out, report);
    method(&mut out, report);
    out.push_str("</body>\n</html>\n");
    out
}

fn heading(out: &mut String, text: &str) {
    let _ = writeln!(out, "<h2>{}</h2>", escape_line(text));
}

fn paragraph(out: &mut String, text: &str) {
    let _ = writeln!(out, "<p>{}</p>", inline(text));
}

fn head(out: &mut String, report: &Report) {
    let comparison = &report.comparison;
    let _ = write!(
        out,
        "<h1>{}</h1>\n<p class=\"dim\">{}</p>\n",
        escape_line(&report.group),
        escape_line(&format!(
            "{} on {} of {} in {}; judge {}; made {} by {}",
            counted(comparison.candidates.len(), "candidate"),
            counted(comparison.items, "item"),
            comparison.eval,
            counted(comparison.clusters, "cluster"),
            comparison.judge.as_deref().unwrap_or("none yet"),
            report.made,
            report.by
        ))
    );
    for badge in &report.badges {
        let _ = writeln!(out, "<p class=\"badge\">{}</p>", escape_line(badge));
    }
}

fn verdict(out: &mut String, report: &Report) {
    let verdict = &report.verdict;
    let candidate = report.candidate.as_deref().unwrap_or("no candidate");
    let _ = write!(
        out,
        "<div class=\"verdict\">\n<p><strong>{}: {}</strong></p>\n<p>{}</p>\n<p class=\"dim\">{}</p>\n</div>\n",
        escape_line(candidate),
        escape_line(&verdict.word),
        inline(&verdict.sentence),
        escape_line(&format!("Why this candidate: {}.", report.chosen))
    );
    paragraph(out, &report.comparison.sentence);
    if let Some(conditions) = &verdict.conditions {
        heading(out, "The gate");
        table(out, conditions);
    }
    if let Some(owner) = &verdict.owner {
        paragraph(out, owner);
    }
    heading(out, "How sure");
    list(out, report.sure.iter().map(|said| inline(said)));
    heading(out, "What is missing");
    if report.missing.is_empty() {
        paragraph(out, "Nothing that is known of.");
    }
    list(
        out,
        report.missing.iter().map(|gap| match &gap.command {
            Some(command) => format!(
                "{} <code>{}</code>",
                inline(&gap.what),
                escape_line(command)
            ),
            None => inline(&gap.what),
        }),
    );
    heading(out, "For the owner");
    list(
        out,
        report.commands.iter().map(|(command, does)| {
            format!("<code>{}</code> {}", escape_line(command), inline(does))
        }),
    );
}

/// Items that are escaped already.
fn list(out: &mut String, items: impl Iterator<Item = String>) {
    out.push_str("<ul>\n");
    for item in items {
        let _ = writeln!(out, "<li>{item}</li>");
    }
    out.push_str("</ul>\n");
}

fn numbers(out: &mut String, report: &Report) {
    heading(out, "The candidates");
    out.push_str(&plots::means(&report.comparison));
    for sheet in &report.headline {
        table(out, sheet);
    }
    for one in &report.comparison.candidates {
        out.push_str(&plots::histogram(one));
    }
    if !report.points.is_empty() {
        let comparison = &report.comparison;
        let baseline = comparison.baseline.as_deref().unwrap_or("baseline");
        let other = report
            .candidate
            .as_deref()
            .filter(|name| *name != baseline)
            .or_else(|| {
                let mut names = comparison.candidates.iter().map(|one| one.name.as_str());
                names.find(|name| *name != baseline)
            });
        out.push_str("<h3>Item by item</h3>\n");
        out.push_str(&plots::points(
            &report.points,
            baseline,
            other.unwrap_or("candidate"),
        ));
    }
}

fn evidence(out: &mut String, report: &Report) {
    heading(out, "People beside the judge");
    for sheet in report.people.iter().filter(|sheet| says_something(sheet)) {
        table(out, sheet);
    }
    heading(out, "Behind the numbers");
    for sheet in report.details.iter().filter(|sheet| says_something(sheet)) {
        table(out, sheet);
    }
}

/// Title, table and notes.
fn table(out: &mut String, sheet: &Sheet) {
    if !sheet.title.is_empty() {
        let _ = writeln!(out, "<h3>{}</h3>", escape_line(&sheet.title));
    }
    if !sheet.rows.is_empty() {
        out.push_str("<div class=\"scroll\"><table>\n<tr>");
        let class = |number: bool| if number { " class=\"n\"" } else { "" };
        for (name, number) in &sheet.columns {
            let _ = write!(
                out,
                "<th scope=\"col\"{}>{}</th>",
                class(*number),
                escape_line(name)
            );
        }
        out.push_str("</tr>\n");
        for row in &sheet.rows {
            out.push_str("<tr>");
            for (cell, (name, number)) in row.iter().zip(&sheet.columns) {
                // Where rows stand as lists, each cell says itself what it is.
                let _ = write!(
                    out,
                    "<td{} data-of=\"{}\">{}</td>",
                    if is_bars(cell) {
                        " class=\"bars\""
                    } else {
                        class(*number)
                    },
                    escape_line(name),
                    inline(cell)
                );
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</table></div>\n");
    }
    for note in &sheet.notes {
        paragraph(out, note);
    }
}

/// Whether a cell is a histogram of block characters, in which a blank is a column too.
fn is_bars(cell: &str) -> bool {
    let bar = |c: char| c == ' ' || ('▁'..='█').contains(&c);
    cell.chars().all(bar) && cell.contains(|c| c != ' ')
}

fn failures(out: &mut String, report: &Report) {
    let Some(candidate) = &report.candidate else {
        return;
    };
    heading(out, &format!("What {candidate} does not pass"));
    paragraph(out, &report.failures_said());
    for failing in &report.failures {
        failure(out, failing);
    }
}

fn failure(out: &mut String, failing: &Failing) {
    let _ = write!(
        out,
        "<section class=\"fail\">\n<h3>{}</h3>\n<p class=\"dim\">{}</p>\n",
        escape_line(&failing.item),
        escape_line(&format!("{}   {}", failing.scored(), failing.tags))
    );
    let mut part = |name: &str, text: &str| {
        let _ = write!(
            out,
            "<p class=\"dim\">{name}</p>\n<pre>{}</pre>\n",
            escape(text)
        );
    };
    part("asked", &failing.request);
    part("answered", &failing.output);
    if let Some(reference) = &failing.reference {
        part("reference", reference);
    }
    for said in &failing.said {
        part("judge", said);
    }
    out.push_str("</section>\n");
}

fn method(out: &mut String, report: &Report) {
    heading(out, "How the numbers were made");
    list(out, report.method.iter().map(|note| inline(note)));
}
