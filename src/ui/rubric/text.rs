//! The text of a rubric while it is written.

use crate::app::rubric::TomlEdit;
use crate::app::rubric::field::NUMBER;
use crate::app::rubric::mouse::TEXT_FOOT;
use crate::app::rubric::place::RubricLayout;
use crate::domain::rubric::Severity;

use super::super::editor;
use super::super::glyph;
use super::super::pen::{Pen, Words, cut_bottom, nth_row, shift_right};
use super::super::rect;
use super::super::theme::Look;
use super::super::widgets::rule::{self, Title};

/// The text with line numbers, what is wrong marked at its line, the finding at the cursor below.
pub fn draw(pen: &mut Pen<'_>, place: &RubricLayout, toml: &TomlEdit) {
    let title = Title {
        name: "AS TEXT",
        focused: true,
        about: Words::new().add(Look::Dim, "Esc goes back to the form, Ctrl-s saves"),
        place: Words::new().add(
            Look::Dim,
            format!("line {}", toml.editor.area().cursor().line + 1),
        ),
    };
    rule::title(pen, rect(place.text.title), &title);
    let body = rect(place.text.body);
    let (body, below) = cut_bottom(body, TEXT_FOOT);
    let view = toml.editor.view();
    let mut line = view.above;
    for (index, row) in view.rows.iter().enumerate().take(usize::from(body.height)) {
        if !row.starts_line {
            continue;
        }
        line += 1;
        let at = nth_row(body, index as u16);
        let worst = toml.checked.findings.iter().filter(|one| one.line == line);
        let (sign, look) = match worst.map(|one| one.severity).min() {
            Some(Severity::Error) => (glyph::CROSS, Look::Bad),
            Some(Severity::Warning) => (glyph::DIFFERS, Look::Warn),
            None => (" ", Look::Faint),
        };
        pen.put(at.x, at.y, NUMBER, &format!("{line:>3}{sign}"), look);
    }
    editor::draw(pen, shift_right(body, NUMBER), &view);
    if !toml.is_current() {
        pen.line(below, "reading…", Look::Dim);
        return;
    }
    match toml.finding() {
        Some(finding) => {
            let mut words = Words::new().add(
                Look::Dim,
                format!("line {}, column {}  ", finding.line, finding.column),
            );
            let (sign, look) = match finding.severity {
                Severity::Error => (glyph::CROSS, Look::Bad),
                Severity::Warning => (glyph::DIFFERS, Look::Warn),
            };
            words.push(look, format!("{sign} "));
            words.push(Look::Text, finding.message.as_str());
            pen.words(nth_row(below, 0), &words);
            pen.line(nth_row(below, 1), &finding.hint, Look::Dim);
        }
        None => {
            pen.line(below, "nothing is wrong in it", Look::Good);
        }
    }
}
