//! A gate as `JUnit` XML: a suite for each candidate, a case for each condition. What cannot be told is an error, so that
//! a CI that knows only red and green does not take it for green.

use std::fmt::Write as _;

use crate::domain::view::gate::{CandidateGate, Condition, GateReport, GateVerdict, Rehearsal};

/// Text for an attribute or an element: escaped, and without what XML 1.0 does not allow.
fn xml(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&apos;"),
            '\t' | '\n' => safe.push(c),
            c if crate::text::sanitise::is_hidden(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => {
                safe.push('\u{fffd}');
            }
            c => safe.push(c),
        }
    }
    safe
}

/// The whole report.
pub(super) fn report(report: &GateReport) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    // Writing to a string cannot fail.
    let _ = write_all(&mut text, report);
    text
}

fn write_all(text: &mut String, report: &GateReport) -> std::fmt::Result {
    writeln!(
        text,
        "<testsuites name=\"{}\">",
        xml(&format!("gate {}", report.group))
    )?;
    for candidate in &report.candidates {
        suite(text, report, candidate)?;
    }
    if let Some(rehearsal) = &report.rehearsal {
        rehearsed(text, rehearsal)?;
    }
    writeln!(text, "</testsuites>")
}

fn rehearsed(text: &mut String, rehearsal: &Rehearsal) -> std::fmt::Result {
    let failures = rehearsal
        .planted
        .iter()
        .filter(|one| one.by.is_empty())
        .count();
    let controls = |verdict| {
        let of = rehearsal.controls.iter();
        of.filter(|one| one.verdict == verdict).count()
    };
    writeln!(
        text,
        "  <testsuite name=\"rehearsal\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
        rehearsal.planted.len() + rehearsal.controls.len(),
        failures + controls(GateVerdict::Fail),
        controls(GateVerdict::Inconclusive)
    )?;
    for one in &rehearsal.planted {
        write!(
            text,
            "    <testcase classname=\"rehearsal\" name=\"{}\"",
            xml(&one.fault)
        )?;
        if one.by.is_empty() {
            writeln!(
                text,
                "><failure message=\"the gate let it through\"/></testcase>"
            )?;
        } else {
            writeln!(text, "/>")?;
        }
    }
    for one in &rehearsal.controls {
        write!(
            text,
            "    <testcase classname=\"rehearsal\" name=\"control: {}\"",
            xml(&one.condition)
        )?;
        let kind = match one.verdict {
            GateVerdict::Pass => {
                writeln!(text, "/>")?;
                continue;
            }
            GateVerdict::Fail => "failure",
            GateVerdict::Inconclusive => "error",
        };
        writeln!(
            text,
            "><{kind} message=\"{}\"/></testcase>",
            xml(&one.words)
        )?;
    }
    writeln!(text, "  </testsuite>")
}

fn suite(text: &mut String, report: &GateReport, one: &CandidateGate) -> std::fmt::Result {
    let count = |verdict| {
        one.conditions
            .iter()
            .filter(|of| of.verdict == verdict)
            .count()
    };
    writeln!(
        text,
        "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\">",
        xml(&one.name),
        one.conditions.len(),
        count(GateVerdict::Fail),
        count(GateVerdict::Inconclusive)
    )?;
    writeln!(text, "    <properties>")?;
    let property = |name: &str, value: &str| {
        format!(
            "      <property name=\"{name}\" value=\"{}\"/>\n",
            xml(value)
        )
    };
    text.push_str(&property("verdict", one.verdict.name()));
    text.push_str(&property("gate", &report.declared.id.to_string()));
    text.push_str(&property("declared", &report.declared.relative));
    text.push_str(&property("basis", report.basis.name()));
    text.push_str(&property("agreement", &report.agreement.words));
    text.push_str(&property("evidence", &one.evidence));
    for mark in &report.watermarks {
        text.push_str(&property("watermark", mark));
    }
    writeln!(text, "    </properties>")?;
    for condition in &one.conditions {
        case(text, one, condition)?;
    }
    writeln!(text, "  </testsuite>")
}

fn case(text: &mut String, one: &CandidateGate, condition: &Condition) -> std::fmt::Result {
    writeln!(
        text,
        "    <testcase classname=\"{}\" name=\"{}\">",
        xml(&one.name),
        xml(&condition.id)
    )?;
    let said = format!(
        "{}, {}: {}",
        condition.title, condition.required, condition.found
    );
    match condition.verdict {
        GateVerdict::Pass => writeln!(text, "      <system-out>{}</system-out>", xml(&said))?,
        GateVerdict::Fail => writeln!(
            text,
            "      <failure type=\"fail\" message=\"{}\">{}</failure>",
            xml(&said),
            xml(&condition.why)
        )?,
        GateVerdict::Inconclusive => writeln!(
            text,
            "      <error type=\"inconclusive\" message=\"{}\">{}</error>",
            xml(&said),
            xml(&condition.why)
        )?,
    }
    if let Some(tail) = &condition.tail {
        writeln!(text, "      <system-err>{}</system-err>", xml(tail))?;
    }
    writeln!(text, "    </testcase>")
}

#[cfg(test)]
mod tests {
    use super::xml;

    #[test]
    fn what_xml_would_obey_or_refuse_is_made_harmless() {
        assert_eq!(
            xml("a<b & \"c\" \u{1b}[31m \u{0}"),
            "a&lt;b &amp; &quot;c&quot; \u{fffd}[31m \u{fffd}"
        );
    }
}
