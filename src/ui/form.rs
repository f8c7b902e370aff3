//! The questions: levels as a row, the anchor of the level under the cursor below it.
//!
//! The lines and the places of the levels come from the state, which reads clicks by the same ones.

use ratatui::layout::Rect;

use crate::app::ticket::form::{Form, Ghosts, score, words};
use crate::app::ticket::form_view::{FormLine, LevelCell, first_line};
use crate::domain::rubric::{Answer, Answers, Kind};
use crate::domain::view::TicketDoc;
use crate::text::width;

use super::glyph;
use super::pen::{Pen, Words, nth_row, shift_right};
use super::theme::Look;

/// Column at which questions and anchors start.
const INDENT: u16 = 5;

/// Cells an anchor's level takes.
const LEVEL: u16 = 3;

/// What the form shows beside its lines.
#[derive(Debug, Clone, Copy)]
pub struct FormView<'a> {
    /// The ticket.
    pub doc: &'a TicketDoc,
    /// What is answered.
    pub answers: &'a Answers,
    /// The cursor.
    pub form: &'a Form,
    /// Whether keys go here.
    pub focused: bool,
    /// The judge's answers, to stand beside one's own once these are committed.
    pub judge: Option<&'a Answers>,
}

impl FormView<'_> {
    fn compares(&self) -> bool {
        self.doc.rubric.kind == Kind::Pairwise
    }

    fn even_weights(&self) -> bool {
        let mut weights = self.doc.rubric.questions().map(|question| question.weight);
        let first = weights.next().unwrap_or(1.0);
        weights.all(|weight| (weight - first).abs() < 1e-9)
    }
}

/// Draws the lines from the one on that keeps the question under the cursor in sight.
pub fn draw(pen: &mut Pen<'_>, area: Rect, lines: &[FormLine], view: &FormView<'_>) {
    let height = usize::from(area.height);
    let first = first_line(lines, view.form.cursor, height);
    let mut here = lines
        .iter()
        .take(first)
        .rev()
        .find_map(place)
        .unwrap_or(view.form.cursor);
    let mut of_question = false;
    for (index, line) in lines.iter().skip(first).take(height).enumerate() {
        here = place(line).unwrap_or(here);
        of_question = match line {
            FormLine::Question { .. } => true,
            FormLine::More { .. } => of_question,
            _ => false,
        };
        if let FormLine::More { text } = line {
            // Under the start of what it goes on with: an anchor stands behind its level.
            let (indent, look) = match (of_question, view.focused) {
                (true, true) => (INDENT, Look::Strong),
                (true, false) => (INDENT, Look::Text),
                (false, _) => (INDENT + LEVEL, Look::Text),
            };
            pen.line(shift_right(nth_row(area, index as u16), indent), text, look);
            continue;
        }
        one(
            pen,
            nth_row(area, index as u16),
            line,
            here == view.form.cursor,
            view,
        );
    }
}

fn place(line: &FormLine) -> Option<usize> {
    match line {
        FormLine::Question { at, .. }
        | FormLine::Levels { at, .. }
        | FormLine::Number { at, .. }
        | FormLine::CannotJudge { at, .. } => Some(*at),
        FormLine::Anchor { .. } | FormLine::More { .. } | FormLine::Overall => None,
    }
}

fn one(pen: &mut Pen<'_>, row: Rect, line: &FormLine, under: bool, view: &FormView<'_>) {
    let inner = shift_right(row, INDENT);
    match line {
        FormLine::Question { at, text, weight } => {
            question(pen, row, (*at, text.as_str(), *weight), under, view);
        }
        FormLine::Levels { at, cells } => levels(pen, row, *at, cells, under, view),
        FormLine::Number { text, range, .. } => number(pen, row, text, *range, under),
        FormLine::Anchor { level: None, .. } => {
            let idle = if view.compares() {
                format!(
                    "press the number of the better one {} = is a tie",
                    glyph::DOT
                )
            } else {
                format!(
                    "{}  press a digit {} ←→ read the levels",
                    glyph::NONE,
                    glyph::DOT
                )
            };
            pen.line(inner, &idle, Look::Dim);
        }
        FormLine::Anchor {
            level: Some(level),
            text,
        } => {
            let look = if under && !passed_over(view, *level) {
                Look::Text
            } else {
                Look::Dim
            };
            let words = Words::new()
                .add(Look::Dim, format!("{level}  "))
                .add(look, text.as_str());
            pen.words(inner, &words);
        }
        FormLine::CannotJudge { reason, .. } => {
            let words = Words::new()
                .add(Look::Chosen, "[cannot judge]")
                .add(Look::Dim, format!("  {reason}"));
            pen.words(shift_right(row, INDENT - 1), &words);
        }
        FormLine::More { .. } => {}
        FormLine::Overall => overall(pen, inner, view),
    }
}

/// Whether the question under the cursor is answered with another level than this.
fn passed_over(view: &FormView<'_>, level: i32) -> bool {
    let question = view.doc.rubric.questions().nth(view.form.cursor);
    let answer = question.and_then(|question| view.answers.get(question.id));
    let chosen = answer.and_then(Answer::level);
    view.form.peek.is_none() && chosen.is_some_and(|chosen| chosen != level)
}

fn question(
    pen: &mut Pen<'_>,
    row: Rect,
    (at, text, weight): (usize, &str, f64),
    under: bool,
    view: &FormView<'_>,
) {
    let look = match (under, view.focused) {
        (true, true) => Look::Strong,
        (true, false) => Look::Text,
        (false, _) => Look::Dim,
    };
    if under {
        let look = if view.focused {
            Look::Accent
        } else {
            Look::Dim
        };
        pen.put(row.x, row.y, 1, glyph::POINTER, look);
    }
    pen.line(shift_right(row, 1), &format!("{:>2}", at + 1), look);
    let floor = view
        .doc
        .rubric
        .questions()
        .nth(at)
        .and_then(|question| question.must_reach);
    let mut right = Words::new();
    if let Some(floor) = floor {
        right.push(Look::Dim, format!("at least {floor}  "));
    }
    if !view.even_weights() {
        right.push(Look::Dim, format!("weight {weight}"));
    }
    let room = shift_right(row, INDENT);
    // The question matters more than its weight.
    if width::of(text) + 2 + right.width() > usize::from(room.width) {
        right = Words::new();
    }
    pen.both(room, &Words::new().add(look, text), &right);
}

/// The levels in a row; once committed, the judge's too, and the sign where it differs.
fn levels(
    pen: &mut Pen<'_>,
    row: Rect,
    at: usize,
    cells: &[LevelCell],
    under: bool,
    view: &FormView<'_>,
) {
    let id = view
        .doc
        .rubric
        .questions()
        .nth(at)
        .map_or("", |question| question.id);
    let judge = view.judge.and_then(|answers| answers.get(id));
    for cell in cells {
        let ghost = cell.ghost || judge == Some(&cell.answer);
        level(pen, row, cell, ghost, under);
    }
    let differs = judge.is_some() && view.answers.get(id).is_some_and(|mine| Some(mine) != judge);
    let last = cells.last().map_or(INDENT, |cell| cell.x + cell.width);
    if differs {
        let said = short_answer(view.doc, judge);
        let words = Words::new().add(Look::Warn, format!("{} judge {said}", glyph::DIFFERS));
        pen.words(shift_right(row, last + 3), &words);
    }
}

fn level(pen: &mut Pen<'_>, row: Rect, cell: &LevelCell, ghost: bool, under: bool) {
    let (open, close, look) = match (cell.chosen, ghost, cell.peek) {
        (true, _, _) => ("[", "]", Look::Chosen),
        (_, _, true) => ("‹", "›", Look::Accent),
        (_, true, _) => ("(", ")", Look::Ghost),
        _ if under => (" ", " ", Look::Text),
        _ => (" ", " ", Look::Dim),
    };
    let text = format!("{open}{}{close}", cell.label);
    let at = shift_right(row, cell.x);
    pen.put(at.x, at.y, at.width.min(cell.width), &text, look);
}

fn number(pen: &mut Pen<'_>, row: Rect, text: &str, range: (i32, i32), under: bool) {
    let shown = if text.is_empty() { glyph::NONE } else { text };
    let look = match (under, text.is_empty()) {
        (_, true) => Look::Dim,
        (true, false) => Look::Chosen,
        (false, false) => Look::Strong,
    };
    let words = Words::new().add(look, format!("[{shown}]")).add(
        Look::Dim,
        format!("  of {} to {}, Enter sets it", range.0, range.1),
    );
    pen.words(shift_right(row, INDENT - 1), &words);
}

/// `overall 0.73 ✗   passes at 0.80`, or how much is answered.
fn overall(pen: &mut Pen<'_>, area: Rect, view: &FormView<'_>) {
    let left = overall_words(view.doc, view.answers);
    let right = if view.compares() {
        Words::new()
    } else {
        let threshold = view.doc.threshold.value;
        Words::new().add(Look::Dim, format!("passes at {threshold:.2}"))
    };
    pen.both(area, &left, &right);
}

/// The overall score, or how much is answered.
pub fn overall_words<'a>(doc: &TicketDoc, answers: &Answers) -> Words<'a> {
    let total = doc.rubric.questions().count();
    let given = doc
        .rubric
        .questions()
        .filter(|question| answers.contains_key(question.id))
        .count();
    let Some(score) = score(doc, answers) else {
        return Words::new().add(Look::Dim, format!("{given} of {total} answered"));
    };
    let (sign, look) = pass_sign(score.pass);
    let mut words = Words::new()
        .add(Look::Dim, "overall  ")
        .add(Look::Strong, format!("{:.2} ", score.overall))
        .add(look, sign);
    if !score.floors_missed.is_empty() {
        let missed = score.floors_missed.join(", ");
        words.push(Look::Bad, format!("  {missed} below its least level"));
    }
    words
}

/// The answers so far in one row: `1:3 2:4 3:–`; what the judge proposes stands as `(4)`.
pub fn summary<'a>(
    doc: &TicketDoc,
    answers: &Answers,
    ghosts: &Ghosts,
    cursor: usize,
) -> Words<'a> {
    let mut row = Words::new();
    for (at, question) in doc.rubric.questions().enumerate() {
        let look = if at == cursor {
            Look::Strong
        } else {
            Look::Dim
        };
        row.push(Look::Dim, format!("{}:", at + 1));
        match (answers.get(question.id), ghosts.0.get(question.id)) {
            (None, Some(ghost)) => row.push(
                Look::Ghost,
                format!("({}) ", short_answer(doc, Some(ghost))),
            ),
            (answer, _) => row.push(look, format!("{} ", short_answer(doc, answer))),
        }
    }
    row
}

/// `✓` or `✗` with the look that goes with it.
pub fn pass_sign(pass: bool) -> (&'static str, Look) {
    if pass {
        (glyph::CHECK, Look::Good)
    } else {
        (glyph::CROSS, Look::Bad)
    }
}

/// `3`, `tie`, `?` for "cannot judge", or `–`.
pub fn short_answer(doc: &TicketDoc, answer: Option<&Answer>) -> String {
    match answer {
        None => glyph::NONE.to_owned(),
        Some(Answer::CannotJudge { .. }) => "?".to_owned(),
        Some(answer) => words(doc, answer),
    }
}
