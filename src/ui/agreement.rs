//! How far judges and people agree: questions, the numbers of one, the tickets on which they differ.

mod matrix;

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::agreement::{AgreementState, Focus};
use crate::app::layout::{self, AgreementLayout};
use crate::domain::count::counted;
use crate::domain::view::agreement::{
    AgreementReport, Disagreement, ENOUGH, JudgeOn, Kin, Measured, NumberLine, PeopleOn,
};
use crate::text::width::{self, Align};

use super::glyph;
use super::pen::{Pen, Words, cut_left, nth_row, shift_down, shift_right};
use super::rect;
use super::screen;
use super::theme::Look;
use super::widgets::rule::{self, Title};
use super::widgets::wait::paragraph;

/// Cells of the pointer.
const POINTER: u16 = 2;
const GAP: u16 = 2;
/// `128/128`
const SCORED: u16 = 9;
/// `0.71`
const NUMBER: u16 = 6;
/// `0.71  0.60 to 0.80`
const RANGE: u16 = 19;
/// Names of the numbers.
const NAME: u16 = 15;
/// `0.60 to 0.80`, signed.
const ENDS: u16 = 15;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let Some(open) = &state.agreement else { return };
    let place = layout::agreement(state.size, open.rows().len());
    let left = Words::new()
        .add(Look::Strong, open.name.as_str())
        .add(Look::Dim, format!(" {} agreement", glyph::DOT));
    let right = open.report().map_or_else(Words::new, |report| {
        let words = format!("pass from {} ({})", report.threshold, report.threshold_from);
        Words::new().add(Look::Dim, words)
    });
    screen::frame(pen, state, &place.frame, &left, &right);
    if let Some(empty) = open.empty() {
        let area = shift_down(rect(place.frame.content), 1);
        screen::empty(pen, shift_right(area, POINTER), &empty);
        return;
    }
    let Some(report) = open.report() else { return };
    about(pen, &place, open, report);
    list(pen, &place, open);
    numbers(pen, &place, open);
    tickets(pen, &place, open);
}

/// The judge, and what everything rests on.
fn about(
    pen: &mut Pen<'_>,
    place: &AgreementLayout,
    open: &AgreementState,
    report: &AgreementReport,
) {
    let area = rect(place.about);
    let mut judge = Words::new();
    match open.judge() {
        Some(one) => {
            judge.push(Look::Dim, "judge ");
            judge.push(Look::Strong, one.name.as_str());
            judge.push(Look::Dim, format!(" {}", one.id));
            if let Some(badge) = &one.badge {
                judge.push(Look::Warn, format!("  {badge}"));
            }
        }
        None => judge.push(Look::Dim, "no judge that counts has read this eval"),
    }
    let several = if open.judges() > 1 {
        Words::new().add(
            Look::Dim,
            format!("{} of {}", open.judge + 1, open.judges()),
        )
    } else {
        Words::new()
    };
    pen.both(nth_row(area, 0), &judge, &several);
    pen.words(nth_row(area, 1), &basis(report));
}

/// `44 tickets · prefix 44 of 60, 2 reviews wait · left out: 5 assisted`.
fn basis<'a>(report: &AgreementReport) -> Words<'a> {
    let basis = &report.basis;
    let dot = format!(" {} ", glyph::DOT);
    let mut words = Words::new().add(Look::Text, counted(basis.tickets, "ticket"));
    if basis.census > 0 {
        words.push(Look::Dim, format!(", census {}", basis.census));
    }
    if basis.census < basis.tickets || basis.waiting > 0 {
        words.push(
            Look::Dim,
            format!("{dot}prefix {} of {}", basis.prefix, basis.planned),
        );
        if basis.waiting > 0 {
            words.push(
                Look::Warn,
                format!(", {} waiting", counted(basis.waiting, "review")),
            );
        }
    }
    let people: Vec<String> = basis
        .reviewers
        .iter()
        .map(|one| format!("{} {}", one.name, one.reviews))
        .collect();
    words.push(Look::Dim, format!("{dot}{}", people.join(", ")));
    let left: u64 = basis.left_out.iter().map(|left| left.reviews).sum();
    if left > 0 {
        words.push(Look::Dim, format!("{dot}left out: {left}"));
    }
    words
}

/// Where the columns of the list stand.
struct Columns {
    name: Rect,
    scored: Rect,
    right: Rect,
    guess: Rect,
    kappa: Rect,
    people: Rect,
}

fn columns(row: Rect) -> Columns {
    let rest = shift_right(row, POINTER);
    let fixed = SCORED + 2 * NUMBER + 2 * RANGE + 5 * GAP;
    // Where the people's interval has no room, their number stays.
    let people = if rest.width >= fixed + 14 {
        RANGE + 2
    } else {
        NUMBER
    };
    let fixed = fixed - RANGE + people;
    let (name, rest) = cut_left(rest, rest.width.saturating_sub(fixed).clamp(8, 40), GAP);
    let (scored, rest) = cut_left(rest, SCORED, GAP);
    let (right, rest) = cut_left(rest, NUMBER, GAP);
    let (guess, rest) = cut_left(rest, NUMBER, GAP);
    let (kappa, rest) = cut_left(rest, RANGE, GAP);
    let (people, _) = cut_left(rest, people, 0);
    Columns {
        name,
        scored,
        right,
        guess,
        kappa,
        people,
    }
}

fn list(pen: &mut Pen<'_>, place: &AgreementLayout, open: &AgreementState) {
    let head = columns(rect(place.head));
    for (area, words, align) in [
        (head.name, "question", Align::Left),
        (head.scored, "judged", Align::Right),
        (head.right, "right", Align::Right),
        (head.guess, "guess", Align::Right),
        (head.kappa, "kappa", Align::Left),
        (head.people, "people", Align::Left),
    ] {
        pen.line_aligned(area, words, Look::Dim, align);
    }
    let area = rect(place.list);
    let first = (open.row + 1).saturating_sub(usize::from(area.height));
    let rows = open.rows().iter().enumerate().skip(first);
    for (index, people) in rows.take(usize::from(area.height)) {
        let at = nth_row(area, (index - first) as u16);
        let cursor = index == open.row;
        line(pen, at, people, open.judge_on(&people.criterion), cursor);
    }
}

fn line(pen: &mut Pen<'_>, at: Rect, people: &PeopleOn, judge: Option<&JudgeOn>, cursor: bool) {
    let (text, dim) = if cursor {
        pen.tint(at, Look::Cursor);
        pen.put(at.x, at.y, 1, glyph::POINTER, Look::Accent);
        (Look::Cursor, Look::CursorDim)
    } else {
        (Look::Text, Look::Dim)
    };
    let columns = columns(at);
    pen.line(columns.name, &people.criterion, text);
    let scored = judge.map_or_else(
        || glyph::NONE.to_owned(),
        |on| format!("{}/{}", on.scored, on.total),
    );
    pen.line_aligned(columns.scored, &scored, dim, Align::Right);
    let right = value(judge.and_then(|on| on.accuracy.as_ref()));
    pen.line_aligned(columns.right, &right, text, Align::Right);
    let guess = judge
        .and_then(|on| on.baseline.as_ref())
        .map(|one| one.accuracy);
    pen.line_aligned(columns.guess, &plain(guess), dim, Align::Right);
    pen.line(
        columns.kappa,
        &ranged(judge.and_then(|on| on.kappa.as_ref())),
        text,
    );
    let alpha = people.alpha.as_ref();
    let low = alpha.is_some_and(|alpha| alpha.value < ENOUGH);
    let sign = if low { glyph::DIFFERS } else { "" };
    let words = if columns.people.width >= RANGE {
        format!("{} {sign}", ranged(alpha))
    } else {
        format!("{}{sign}", value(alpha))
    };
    let look = if low && !cursor { Look::Warn } else { text };
    pen.line(columns.people, &words, look);
}

/// The numbers of the question under the cursor, with the table of counts at their right.
fn numbers(pen: &mut Pen<'_>, place: &AgreementLayout, open: &AgreementState) {
    let Some(people) = open.people() else { return };
    let title = Title {
        name: "NUMBERS",
        about: Words::new().add(Look::Dim, people.question.as_str()),
        ..Title::default()
    };
    rule::title(pen, rect(place.numbers.title), &title);
    let mut area = rect(place.numbers.body);
    if let Some(on) = open.on() {
        let used = pen.line(area, &on.asked(), Look::Dim);
        area = shift_down(area, u16::from(used > 0));
        if let Some(rule) = on.brought_together() {
            area = shift_down(area, paragraph(pen, area, &rule, Look::Dim));
        }
    }
    for warning in warnings(open, people) {
        let words = format!("{} {warning}", glyph::DIFFERS);
        area = shift_down(area, paragraph(pen, area, &words, Look::Warn));
    }
    let matrix = open.on().and_then(|on| on.matrix.as_ref());
    let wide = matrix.map_or(0, matrix::width);
    let fits = wide > 0 && area.width >= wide + GAP + NAME + NUMBER + ENDS + 2 * GAP;
    let left = Rect {
        width: if fits {
            area.width - wide - GAP
        } else {
            area.width
        },
        ..area
    };
    let all = open.numbers();
    let shown = all.iter().skip(open.number).take(usize::from(left.height));
    for (index, number) in shown.enumerate() {
        one_number(pen, nth_row(left, index as u16), number);
    }
    if let (true, Some(matrix)) = (fits, matrix) {
        matrix::draw(pen, shift_right(area, left.width + GAP), matrix);
    }
}

fn warnings(open: &AgreementState, people: &PeopleOn) -> Vec<String> {
    let mut all: Vec<String> = people.warning.iter().cloned().collect();
    all.extend(
        open.judge()
            .iter()
            .flat_map(|judge| &judge.kin)
            .map(Kin::banner),
    );
    for warning in open.on().iter().flat_map(|on| &on.warnings) {
        if !all.contains(warning) {
            all.push(warning.clone());
        }
    }
    all
}

fn one_number(pen: &mut Pen<'_>, row: Rect, number: &NumberLine) {
    let (name, rest) = cut_left(row, NAME, GAP);
    pen.line(name, number.name, Look::Dim);
    let (shown, rest) = cut_left(rest, NUMBER, GAP);
    let look = if number.value.is_some() {
        Look::Text
    } else {
        Look::Dim
    };
    pen.line_aligned(shown, &number.shown(2), look, Align::Right);
    let (ends, rest) = cut_left(rest, ENDS, GAP);
    pen.line(ends, &number.ends_shown(), Look::Dim);
    // Half a sentence says less than none.
    if rest.width as usize >= width::of(&number.about) {
        pen.line(rest, &number.about, Look::Dim);
    }
}

fn tickets(pen: &mut Pen<'_>, place: &AgreementLayout, open: &AgreementState) {
    let focused = open.focus == Focus::Tickets;
    let mut title = Title {
        name: "WHERE THEY DIFFER",
        focused,
        ..Title::default()
    };
    let all = open.tickets();
    if let Some(on) = open.on().filter(|on| on.disagreeing > 0) {
        title.about.push(
            Look::Dim,
            format!("{}, worst first", counted(on.disagreeing, "ticket")),
        );
        let place = format!("{}/{}", open.ticket + 1, all.len());
        title.place.push(Look::Dim, place);
    }
    rule::title(pen, rect(place.tickets.title), &title);
    let body = rect(place.tickets.body);
    if let Some(empty) = open.no_tickets() {
        screen::empty(pen, shift_right(body, POINTER), &empty);
        return;
    }
    let shown = all.iter().enumerate().skip(open.top);
    for (index, one) in shown.take(usize::from(body.height)) {
        let at = nth_row(body, (index - open.top) as u16);
        ticket(pen, at, one, focused && index == open.ticket);
    }
}

fn ticket(pen: &mut Pen<'_>, at: Rect, one: &Disagreement, cursor: bool) {
    let (text, dim) = if cursor {
        pen.tint(at, Look::Cursor);
        pen.put(at.x, at.y, 1, glyph::POINTER, Look::Accent);
        (Look::Cursor, Look::CursorDim)
    } else {
        (Look::Text, Look::Dim)
    };
    let (id, rest) = cut_left(shift_right(at, POINTER), 10, GAP);
    let short = one.ticket.short();
    pen.line(id, one.external_id.as_deref().unwrap_or(&short), dim);
    let each: Vec<&str> = one.each.iter().map(|said| said.answer.as_str()).collect();
    let each = if each.is_empty() {
        String::new()
    } else {
        format!(" ({})", each.join(" "))
    };
    let words = format!("judge {}  people {}{each}", one.judge, one.people);
    let (said, rest) = cut_left(rest, 34.min(rest.width / 2), GAP);
    pen.line(said, &words, text);
    let (sign, rest) = cut_left(rest, 6, GAP);
    if one.pass_differs {
        let look = if cursor { Look::Cursor } else { Look::Warn };
        pen.line(sign, &format!("{} pass", glyph::DIFFERS), look);
    }
    pen.line(rest, &one.preview, dim);
}

fn plain(found: Option<f64>) -> String {
    found.map_or_else(|| "n/a".to_owned(), |value| format!("{value:.2}"))
}

fn value(found: Option<&Measured>) -> String {
    plain(found.map(|found| found.value))
}

/// A number with its interval.
fn ranged(found: Option<&Measured>) -> String {
    match found.and_then(Measured::ends) {
        Some((low, high)) => format!("{}  {low:.2} to {high:.2}", value(found)),
        None => value(found),
    }
}
