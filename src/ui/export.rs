//! Training data: what is chosen at the left, what it would write at the right.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::export::{ExportState, Field, Stage};
use crate::app::layout;
use crate::domain::count::{either, noun};
use crate::domain::view::{ExportPreview, Exported};
use crate::text::width::Align;

use super::glyph;
use super::pen::{Pen, Words, cut_left, nth_row, shift_down, shift_right};
use super::rect;
use super::screen;
use super::theme::Look;
use super::widgets::rule::{self, Title};
use super::widgets::wait::paragraph;
use super::widgets::{bar, wait};

/// Cells of the labels.
const LABEL: u16 = 18;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let Some(export) = &state.export else { return };
    let place = layout::export(state.size);
    let left = Words::new().add(Look::Strong, export.name.as_str()).add(
        Look::Dim,
        format!(" {} training data from corrections and reviews", glyph::DOT),
    );
    screen::frame(pen, state, &place.frame, &left, &Words::new());
    form(pen, rect(place.form), export);
    let preview = rect(place.preview);
    match &export.stage {
        Stage::Done(done) => written(pen, preview, done),
        Stage::Failed(failure) => {
            let used = paragraph(pen, preview, &format!("✗ {}", failure.what), Look::Bad);
            if let Some(hint) = &failure.hint {
                paragraph(pen, shift_down(preview, used), hint, Look::Text);
            }
        }
        Stage::Planning | Stage::Running => planned(pen, state, preview, export),
    }
}

fn form(pen: &mut Pen<'_>, area: Rect, export: &ExportState) {
    for (index, field) in Field::ALL.into_iter().enumerate() {
        let row = nth_row(area, index as u16);
        let cursor = index == export.cursor;
        let (look, dim) = if cursor {
            pen.tint(row, Look::Cursor);
            pen.put(row.x, row.y, 1, glyph::POINTER, Look::Accent);
            (Look::Cursor, Look::CursorDim)
        } else {
            (Look::Text, Look::Dim)
        };
        let (label, value) = cut_left(shift_right(row, 2), LABEL, 1);
        pen.line(label, field.label(), dim);
        pen.line(value, &export.value(field), look);
    }
    let below = shift_right(shift_down(area, Field::ALL.len() as u16 + 1), 2);
    if let Some(problem) = &export.problem {
        paragraph(pen, below, &format!("✗ {problem}"), Look::Bad);
    } else if let Some(format) = export.format() {
        paragraph(pen, below, &format.about, Look::Dim);
    }
}

fn planned(pen: &mut Pen<'_>, state: &AppState, area: Rect, export: &ExportState) {
    let title = Title {
        name: "WHAT IT WRITES",
        ..Title::default()
    };
    rule::title(pen, area, &title);
    let area = shift_down(area, 1);
    let Some(preview) = &export.preview else {
        let words = Words::new()
            .add(Look::Accent, wait::throbber(state.now_ms))
            .add(Look::Dim, " working it out");
        pen.words(area, &words);
        return;
    };
    let mut used = 0;
    if let Some(empty) = export.empty() {
        screen::empty(pen, area, &empty);
        used += 5;
    } else {
        used += numbers(pen, area, preview);
    }
    used += held(pen, shift_down(area, used), export, preview);
    for warning in &preview.warnings {
        used += paragraph(
            pen,
            shift_down(area, used),
            &format!("{} {warning}", glyph::DIFFERS),
            Look::Warn,
        );
    }
    if let Some(sample) = &preview.sample {
        let rest = shift_down(area, used + 1);
        pen.line(rest, "first row", Look::Dim);
        paragraph(pen, shift_down(rest, 1), sample, Look::Text);
    }
}

fn numbers(pen: &mut Pen<'_>, area: Rect, preview: &ExportPreview) -> u16 {
    let mut rows = vec![
        ("train".to_owned(), preview.train, Look::Text),
        ("validation".to_owned(), preview.validation, Look::Text),
    ];
    if preview.duplicates > 0 {
        rows.push(("look alike".to_owned(), preview.duplicates, Look::Dim));
    }
    for refused in &preview.refused {
        rows.push((
            format!("left out: {}", refused.reason),
            refused.rows,
            Look::Dim,
        ));
    }
    for (index, (name, count, look)) in rows.iter().enumerate() {
        let row = nth_row(area, index as u16);
        let (number, name_area) = cut_left(row, 9, 2);
        pen.line_aligned(number, &bar::thousands(*count), *look, Align::Right);
        pen.line(name_area, name, *look);
    }
    rows.len() as u16
}

fn held(pen: &mut Pen<'_>, area: Rect, export: &ExportState, preview: &ExportPreview) -> u16 {
    if preview.held.is_empty() {
        return 0;
    }
    let mut used = 1;
    for part in &preview.held {
        let words = format!(
            "{} {} {} held out in {}: measured on, never trained on",
            bar::thousands(part.rows),
            noun(part.rows, "row"),
            either(part.rows, "is", "are"),
            part.dataset
        );
        used += paragraph(pen, shift_down(area, used), &words, Look::Warn);
    }
    for way in export.ways_on() {
        let area = shift_down(area, used);
        used += paragraph(pen, area, &format!("{} {way}", glyph::POINTER), Look::Text);
    }
    used
}

fn written(pen: &mut Pen<'_>, area: Rect, done: &Exported) {
    let head = Words::new()
        .add(Look::Good, "✓ written to ")
        .add(Look::Strong, done.folder.as_str());
    pen.words(area, &head);
    for (index, (file, rows)) in done.files.iter().enumerate() {
        let row = nth_row(area, index as u16 + 1);
        let (number, name) = cut_left(row, 9, 2);
        pen.line_aligned(number, &bar::thousands(*rows), Look::Text, Align::Right);
        pen.line(name, file, Look::Dim);
    }
    let below = shift_down(area, done.files.len() as u16 + 2);
    let kept = format!("These rows are now the dataset {}.", done.dataset);
    paragraph(pen, below, &kept, Look::Dim);
}
