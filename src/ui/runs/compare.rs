//! The comparison: numbers, histograms, sentence and action; behind a key everything else.

use ratatui::layout::Rect;

use crate::app::layout::GroupLayout;
use crate::app::runs::OpenGroup;
use crate::domain::currency::CURRENCY;
use crate::domain::decimal::{fixed, signed};
use crate::domain::view::compare::{CandidateSummary, Difference, Ranged, Sheet, Standing, WEAK};
use crate::domain::view::{Age, GroupView};
use crate::text::width::Align;
use crate::text::{numbers, width, wrap};

use super::super::clock;
use super::super::glyph;
use super::super::pen::{Pen, nth_row};
use super::super::rect;
use super::super::theme::Look;
use super::super::widgets::bar;
use super::super::widgets::table::{Cell, Column, Table};
use super::POINTER;

/// Draws the tab.
pub(super) fn draw(pen: &mut Pen<'_>, place: &GroupLayout, open: &OpenGroup, view: &GroupView) {
    super::about(pen, rect(place.about), view);
    let area = Rect {
        height: place.head.height + place.list.height,
        ..rect(place.head)
    };
    let mut page = Page {
        area,
        skip: open.scroll,
        line: 0,
    };
    if let Some(age) = view.kept.filter(|age| age.older) {
        page.text(pen, &older(age), Look::Warn);
        page.gap();
    }
    numbers_of(pen, &mut page, view);
    page.gap();
    histograms(pen, &mut page, view);
    page.gap();
    said(pen, &mut page, view);
    if open.full {
        for sheet in std::iter::once(&view.people).chain(&view.sheets) {
            page.gap();
            tabled(pen, &mut page, sheet);
        }
    } else {
        for note in &view.people.notes {
            page.text(pen, note, Look::Dim);
        }
    }
}

/// Numbers that were kept, and are not those of the scores as they stand now.
fn older(age: Age) -> String {
    format!(
        "These are the numbers of {}: something has been written since, and they are being computed anew.",
        clock::date_and_time(age.made_ms)
    )
}

/// Lines from the top, of which the first ones may be scrolled away.
struct Page {
    area: Rect,
    skip: usize,
    line: usize,
}

impl Page {
    /// The row of the next line, if it is on the screen.
    fn next(&mut self) -> Option<Rect> {
        let at = self.line.checked_sub(self.skip);
        self.line += 1;
        let row = nth_row(self.area, u16::try_from(at?).ok()?);
        (!row.is_empty()).then_some(row)
    }

    fn gap(&mut self) {
        self.line += 1;
    }

    /// A paragraph.
    fn text(&mut self, pen: &mut Pen<'_>, text: &str, look: Look) {
        let text = crate::text::sanitise::line(text);
        let room = usize::from(self.area.width.saturating_sub(POINTER)).max(1);
        for row in wrap::wrap(&text, room) {
            if let Some(at) = self.next() {
                let at = super::shift_right(at, POINTER);
                pen.line(at, &text[row.start..row.end], look);
            }
        }
    }
}

/// `0.71 .65–.77`, or the number alone where it has no interval. Both ends, because an interval of a share near 0 or 1
/// reaches further to one side.
fn ranged(range: Option<&Ranged>) -> String {
    let short = |value: f64| match fixed(value, 2) {
        text if text == "1.00" => "1.0".to_owned(),
        text => text.strip_prefix('0').unwrap_or(&text).to_owned(),
    };
    match range {
        None => "n/a".to_owned(),
        Some(range) => match range.interval {
            Some((low, high)) => format!(
                "{} {}{}{}",
                fixed(range.estimate, 2),
                short(low),
                glyph::NONE,
                short(high)
            ),
            None => format!("{} n/a", fixed(range.estimate, 2)),
        },
    }
}

/// `+0.08 [+.02, +.14] ✓`, the sign only where it is sure.
fn against(difference: Option<&Difference>) -> Cell {
    let Some(difference) = difference else {
        return Cell::dim(glyph::NONE);
    };
    let short = |value: f64| {
        let text = signed(value, 2);
        text.replacen("0.", ".", 1)
    };
    let range = match difference.range.interval {
        Some((low, high)) => format!("[{}, {}]", short(low), short(high)),
        None => "n/a".to_owned(),
    };
    let (sign, look) = match difference.standing {
        Standing::Better => (glyph::CHECK, Look::Good),
        Standing::Worse => (glyph::CROSS, Look::Bad),
        Standing::Unclear => ("", Look::Text),
    };
    Cell::new(
        format!("{} {range} {sign}", signed(difference.range.estimate, 2)),
        look,
    )
}

fn numbers_of(pen: &mut Pen<'_>, page: &mut Page, view: &GroupView) {
    let comparison = &view.comparison;
    let pass = format!("pass at {:.2}", comparison.threshold);
    let table = Table::new(
        page.area.width,
        vec![
            Column::left("candidate", 14, 26, 0),
            Column::left("mean, 95 %", 12, 12, 0),
            Column::left(pass, 12, 12, 0),
            Column::left("against baseline", 20, 24, 0),
            Column::right("scored", 9, 1),
            Column::left("failed", 12, 20, 2),
            Column::right("p50", 8, 5),
            Column::right("p95", 8, 3),
            Column::right("first p50", 9, 6),
            Column::right("first p95", 9, 7),
            Column::right(format!("{CURRENCY}/1k"), 9, 4),
        ],
    );
    if let Some(at) = page.next() {
        table.head(pen, at);
    }
    for (at, one) in comparison.candidates.iter().enumerate() {
        let Some(row) = page.next() else { continue };
        let name = if Some(at) == view.baseline {
            format!("{} {} baseline", one.name, glyph::DOT)
        } else {
            one.name.clone()
        };
        let cells = [
            Cell::new(name, Look::Strong),
            Cell::text(ranged(one.mean.as_ref())),
            Cell::text(ranged(one.pass_rate.as_ref())),
            against(one.difference.as_ref()),
            Cell::text(format!("{}/{}", one.scored, one.rows)),
            failed(one),
            seconds(one.latency_p50_ms, 1),
            seconds(one.latency_p95_ms, 1),
            seconds(one.first_token_p50_ms, 2),
            seconds(one.first_token_p95_ms, 2),
            Cell::dim(per_thousand(one)),
        ];
        table.row(pen, row, &cells, false);
    }
}

/// Milliseconds as seconds with this many places.
fn seconds(ms: Option<f64>, places: usize) -> Cell {
    Cell::dim(ms.map_or_else(
        || "n/a".to_owned(),
        |ms| format!("{:.places$} s", ms / 1000.0),
    ))
}

fn none() -> String {
    glyph::NONE.to_owned()
}

fn failed(one: &CandidateSummary) -> Cell {
    let mut parts: Vec<String> = one
        .failed
        .iter()
        .chain(&one.unscored)
        .map(|(class, n)| format!("{n} {class}"))
        .collect();
    if one.unjudged > 0 {
        parts.push(format!("{} not read", one.unjudged));
    }
    if one.missing > 0 {
        parts.push(format!("{} missing", one.missing));
    }
    if parts.is_empty() {
        Cell::dim("0")
    } else {
        Cell::new(parts.join(", "), Look::Warn)
    }
}

/// What a thousand outputs cost.
fn per_thousand(one: &CandidateSummary) -> String {
    let outputs = one.scored + one.unjudged + one.unscored.iter().map(|(_, n)| n).sum::<usize>();
    match (one.cost_micros, outputs) {
        (Some(micros), outputs) if outputs > 0 => {
            numbers::money((micros as f64 * 1000.0 / outputs as f64).round() as i64)
        }
        (None, _) if one.unpriced > 0 => "unpriced".to_owned(),
        _ => none(),
    }
}

/// The scores of every candidate in tenths, with the ends of the axis.
fn histograms(pen: &mut Pen<'_>, page: &mut Page, view: &GroupView) {
    let mut row = page.next();
    let mut used = POINTER;
    for one in &view.comparison.candidates {
        let counts: Vec<u64> = one.histogram.iter().map(|n| *n as u64).collect();
        let text = format!("0 {} 1", bar::histogram(&counts));
        let name = width::truncate(&one.name, 14).into_owned();
        let cells = (width::of(&name) + 1 + width::of(&text) + 3) as u16;
        if used + cells > page.area.width && used > POINTER {
            row = page.next();
            used = POINTER;
        }
        if let Some(at) = row {
            let at = super::shift_right(at, used);
            let wide = pen.line(at, &name, Look::Dim) + 1;
            pen.line(super::shift_right(at, wide), &text, Look::Text);
        }
        used += cells;
    }
}

/// What the numbers say, what they can show, what to do; then what to know of them.
fn said(pen: &mut Pen<'_>, page: &mut Page, view: &GroupView) {
    let comparison = &view.comparison;
    page.text(pen, &comparison.sentence, Look::Strong);
    if let Some(power) = &view.power {
        page.text(pen, power, Look::Text);
    }
    page.text(pen, &format!("next: {}", comparison.action), Look::Text);
    for badge in comparison.badges.iter().skip(1) {
        page.text(pen, &format!("*** {badge} ***"), Look::Warn);
    }
    for warning in &comparison.warnings {
        page.text(pen, &format!("note: {warning}"), Look::Warn);
    }
    for one in &comparison.candidates {
        if let Some(tags) = one.weak_words(WEAK) {
            page.text(
                pen,
                &format!("{} does not pass {tags}", one.name),
                Look::Dim,
            );
        }
        if let Some(reruns) = &one.reruns {
            page.text(pen, &reruns.words(one), Look::Dim);
        }
    }
    for note in &view.notes {
        page.text(pen, note, Look::Dim);
    }
}

/// A table in words. Columns take the cells their content needs; what does not fit is cut at the right.
fn tabled(pen: &mut Pen<'_>, page: &mut Page, sheet: &Sheet) {
    if !sheet.title.is_empty() {
        page.text(pen, &sheet.title, Look::Title);
    }
    if !sheet.rows.is_empty() {
        let widest = |at: usize| {
            let cells = sheet.rows.iter().filter_map(|row| row.get(at));
            let most = cells.map(|cell| width::of(cell)).max().unwrap_or(0);
            most.max(width::of(&sheet.columns[at].0)).min(28) as u16
        };
        let widths: Vec<u16> = (0..sheet.columns.len()).map(widest).collect();
        let names = sheet.columns.iter().map(|(name, _)| name.as_str());
        line(pen, page, sheet, &widths, names, Look::Dim);
        for row in &sheet.rows {
            let cells = row.iter().map(String::as_str);
            line(pen, page, sheet, &widths, cells, Look::Text);
        }
    }
    for note in &sheet.notes {
        page.text(pen, note, Look::Dim);
    }
}

fn line<'a>(
    pen: &mut Pen<'_>,
    page: &mut Page,
    sheet: &Sheet,
    widths: &[u16],
    cells: impl Iterator<Item = &'a str>,
    look: Look,
) {
    let Some(row) = page.next() else { return };
    let mut rest = super::shift_right(row, POINTER);
    for ((cell, wide), (_, number)) in cells.zip(widths).zip(&sheet.columns) {
        if rest.is_empty() {
            break;
        }
        let (at, more) = super::super::pen::cut_left(rest, *wide, 2);
        let align = if *number { Align::Right } else { Align::Left };
        pen.line_aligned(at, cell, look, align);
        rest = more;
    }
}
