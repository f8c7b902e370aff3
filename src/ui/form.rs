//! The questions: levels as a row, the anchor of the level under the cursor beside it.
//!
//! Two shapes. [`draw`] lists every question where there is a column for it; [`draw_strip`] shows the one
//! under the cursor and the answers so far where there is not. Both scroll with the cursor and fit any height.

use std::borrow::Cow;

use ratatui::layout::Rect;

use crate::domain::rubric::{Answer, Answers, Choice, Question, Rubric, Scale, Takes, Threshold};
use crate::text::{sanitise, width, wrap};

use super::glyph;
use super::pen::{Pen, Words, cut_bottom, nth_row, shift_down, shift_right};
use super::theme::Look;

/// Column at which question texts and levels start.
const INDENT: u16 = 5;
/// Rows the text of the question under the cursor may take.
const TEXT_ROWS: usize = 3;
/// Rows an anchor may take.
const ANCHOR_ROWS: usize = 3;
/// Levels shown as keys; a longer scale is typed.
const KEYED: usize = 11;

/// What the form shows.
#[derive(Debug, Clone, Copy)]
pub struct FormView<'a> {
    /// The questions.
    pub rubric: &'a Rubric,
    /// What is answered.
    pub answers: &'a Answers,
    /// What the judge proposes, where it may be seen.
    pub ghosts: &'a Answers,
    /// The question under the cursor.
    pub cursor: usize,
    /// The level whose anchor is read.
    pub reading: Option<i32>,
    /// The digits typed so far of a level that is typed.
    pub typed: &'a str,
    /// Candidates a comparison is about, 1 otherwise.
    pub candidates: usize,
    /// The threshold in force.
    pub threshold: Threshold,
    /// Whether keys go here.
    pub focused: bool,
}

impl<'a> FormView<'a> {
    fn at(&self, index: usize) -> Option<Question<'a>> {
        self.rubric.questions().nth(index)
    }

    fn answer(&self, id: &str) -> Option<&'a Answer> {
        self.answers.get(id)
    }

    /// The level whose anchor stands below the levels.
    fn anchored(&self, question: &Question<'_>) -> Option<i32> {
        self.reading
            .or_else(|| self.answer(question.id).and_then(Answer::level))
            .or_else(|| self.ghosts.get(question.id).and_then(Answer::level))
    }
}

/// Draws every question, the one under the cursor always visible, and the overall line below.
pub fn draw(pen: &mut Pen<'_>, area: Rect, view: &FormView<'_>) {
    let (list, overall) = cut_bottom(area, u16::from(area.height >= 5));
    let blocks: Vec<Block<'_>> = view
        .rubric
        .questions()
        .enumerate()
        .map(|(index, question)| Block::new(view, index, question, area.width))
        .collect();
    let heights: Vec<u16> = blocks.iter().map(Block::height).collect();
    let mut top = scrolled(&heights, view.cursor, list.height);
    let mut rest = list;
    for block in &blocks {
        let height = block.height();
        if top >= height {
            top -= height;
            continue;
        }
        if rest.is_empty() {
            break;
        }
        block.draw(pen, rest, view);
        rest = shift_down(rest, height);
        top = 0;
    }
    overall_line(pen, overall, view);
}

/// Rows the whole form takes at this width, the overall line included.
pub fn wanted_rows(view: &FormView<'_>, cells: u16) -> u16 {
    let questions = view.rubric.questions().enumerate();
    let rows: u16 = questions
        .map(|(index, question)| Block::new(view, index, question, cells).height())
        .sum();
    rows.saturating_add(1)
}

/// Rows to leave out at the top, whole questions only, so that the one under the cursor is visible.
fn scrolled(heights: &[u16], cursor: usize, room: u16) -> u16 {
    let mut first = 0;
    let upto = |from: usize| -> u16 { heights.iter().take(cursor + 1).skip(from).sum() };
    while first < cursor && upto(first) > room {
        first += 1;
    }
    heights.iter().take(first).sum()
}

/// One question with the rows it needs.
struct Block<'a> {
    index: usize,
    question: Question<'a>,
    text: Vec<String>,
    anchor: Vec<String>,
}

impl<'a> Block<'a> {
    fn new(view: &FormView<'a>, index: usize, question: Question<'a>, cells: u16) -> Self {
        let under = index == view.cursor;
        let room = usize::from(cells.saturating_sub(INDENT + 1)).max(1);
        let text = if under {
            rows(question.text, room, TEXT_ROWS)
        } else {
            vec![width::truncate(&sanitise::line(question.text), room).into_owned()]
        };
        let anchor = if under {
            let words = anchor_words(view, &question);
            rows(&words, room, ANCHOR_ROWS)
        } else {
            Vec::new()
        };
        Self {
            index,
            question,
            text,
            anchor,
        }
    }

    fn height(&self) -> u16 {
        (self.text.len() + 1 + self.anchor.len()) as u16
    }

    fn draw(&self, pen: &mut Pen<'_>, area: Rect, view: &FormView<'_>) {
        let under = self.index == view.cursor;
        let look = match (under, view.focused) {
            (true, true) => Look::Strong,
            (true, false) => Look::Text,
            (false, _) => Look::Dim,
        };
        let first = nth_row(area, 0);
        if under {
            let sign_look = if view.focused {
                Look::Accent
            } else {
                Look::Dim
            };
            pen.put(first.x, first.y, first.width, glyph::POINTER, sign_look);
        }
        let number = format!("{:>2}", self.index + 1);
        pen.line(shift_right(first, 1), &number, look);
        let weight = weight_words(view.rubric, &self.question);
        for (row, text) in self.text.iter().enumerate() {
            let line = shift_right(nth_row(area, row as u16), INDENT);
            let right = if row == 0 {
                weight.clone()
            } else {
                Words::new()
            };
            pen.both(line, &Words::new().add(look, text.as_str()), &right);
        }
        let at = self.text.len() as u16;
        let levels = shift_right(nth_row(area, at), INDENT - 1);
        pen.words(levels, &levels_row(view, &self.question, under));
        for (row, text) in self.anchor.iter().enumerate() {
            let line = shift_right(nth_row(area, at + 1 + row as u16), INDENT);
            pen.line(line, text, if under { Look::Text } else { Look::Dim });
        }
    }
}

fn rows(text: &str, cells: usize, most: usize) -> Vec<String> {
    let text = sanitise::multi_line(text).text;
    let wrapped = wrap::wrap(&text, cells);
    let mut shown: Vec<String> = wrapped
        .iter()
        .take(most)
        .map(|row| text[row.start..row.end].to_owned())
        .collect();
    if wrapped.len() > most
        && let Some(last) = shown.last_mut()
    {
        *last = format!("{}{}", width::truncate(last, cells.saturating_sub(1)), "…");
    }
    shown
}

fn weight_words<'a>(rubric: &Rubric, question: &Question<'_>) -> Words<'a> {
    let even = rubric
        .questions()
        .all(|other| (other.weight - question.weight).abs() < 1e-9);
    let mut words = Words::new();
    if let Some(floor) = question.must_reach {
        words.push(Look::Dim, format!("must reach {floor}  "));
    }
    if !even {
        words.push(Look::Dim, format!("weight {}", question.weight));
    }
    words
}

/// What the level under the cursor means, or what to press.
fn anchor_words<'a>(view: &FormView<'a>, question: &Question<'a>) -> Cow<'a, str> {
    if let Some(Answer::CannotJudge { reason }) = view.answer(question.id) {
        return if reason.is_empty() {
            Cow::Borrowed("cannot judge")
        } else {
            Cow::Owned(format!("cannot judge: {reason}"))
        };
    }
    match question.takes {
        Takes::Choice => Cow::Borrowed("press the number of the better one, = for a tie"),
        Takes::Level(scale) => match view.anchored(question) {
            Some(level) => match question.anchor(level) {
                Some(anchor) => Cow::Owned(format!("{level}  {anchor}")),
                None => Cow::Owned(format!("{level}  of {} to {}", scale.min(), scale.max())),
            },
            None if scale.typed() => Cow::Owned(format!(
                "{}  type a number from {} to {}, Enter sets it",
                glyph::NONE,
                scale.min(),
                scale.max()
            )),
            None => Cow::Owned(format!(
                "{}  press a digit {} ←→ to read the levels",
                glyph::NONE,
                glyph::DOT
            )),
        },
    }
}

/// The levels of a question, the one that is set in brackets and lit.
fn levels_row<'a>(view: &FormView<'a>, question: &Question<'a>, under: bool) -> Words<'a> {
    let answer = view.answer(question.id);
    let ghost = view.ghosts.get(question.id).filter(|_| answer.is_none());
    match question.takes {
        Takes::Choice => choices_row(view, answer, ghost),
        Takes::Level(scale) if scale.typed() || scale.count() > KEYED => {
            typed_row(view, scale, answer, ghost, under)
        }
        Takes::Level(scale) => {
            let mut words = Words::new();
            for level in scale.levels() {
                let chosen = answer.and_then(Answer::level) == Some(level);
                let ghosted = ghost.and_then(Answer::level) == Some(level);
                let reading = under && view.reading == Some(level) && !chosen;
                let name = level_name(scale, level);
                push_level(&mut words, &name, chosen, ghosted, reading);
            }
            cannot(words, answer)
        }
    }
}

fn level_name(scale: Scale, level: i32) -> String {
    match (scale, level) {
        (Scale::Binary, 0) => "0 fail".to_owned(),
        (Scale::Binary, _) => "1 pass".to_owned(),
        _ => level.to_string(),
    }
}

fn push_level(words: &mut Words<'_>, name: &str, chosen: bool, ghosted: bool, reading: bool) {
    let (text, look) = match (chosen, ghosted, reading) {
        (true, _, _) => (format!("[{name}]"), Look::Chosen),
        (_, true, _) => (format!("({name})"), Look::Ghost),
        (_, _, true) => (format!("‹{name}›"), Look::Accent),
        _ => (format!(" {name} "), Look::Dim),
    };
    words.push(look, text);
    words.push(Look::Text, " ");
}

fn choices_row<'a>(
    view: &FormView<'a>,
    answer: Option<&Answer>,
    ghost: Option<&Answer>,
) -> Words<'a> {
    let mut words = Words::new();
    let is = |given: Option<&Answer>, choice| given.and_then(Answer::choice) == Some(choice);
    for place in 1..=view.candidates.min(9) {
        let choice = Choice::Candidate(place as u16);
        let name = place.to_string();
        push_level(
            &mut words,
            &name,
            is(answer, choice),
            is(ghost, choice),
            false,
        );
    }
    let tie = (is(answer, Choice::Tie), is(ghost, Choice::Tie));
    push_level(&mut words, "= tie", tie.0, tie.1, false);
    cannot(words, answer)
}

fn typed_row<'a>(
    view: &FormView<'a>,
    scale: Scale,
    answer: Option<&Answer>,
    ghost: Option<&Answer>,
    under: bool,
) -> Words<'a> {
    let range = format!(" of {} to {}", scale.min(), scale.max());
    let words = match (answer, ghost) {
        _ if under && !view.typed.is_empty() => Words::new()
            .add(Look::Accent, format!(" {}", view.typed))
            .add(Look::Caret, " "),
        (Some(Answer::Level(level)), _) => Words::new().add(Look::Chosen, format!("[{level}]")),
        (None, Some(Answer::Level(level))) => Words::new().add(Look::Ghost, format!("({level})")),
        _ => Words::new().add(Look::Dim, format!(" {}", glyph::NONE)),
    };
    cannot(words.add(Look::Dim, range), answer)
}

fn cannot<'a>(words: Words<'a>, answer: Option<&Answer>) -> Words<'a> {
    match answer {
        Some(Answer::CannotJudge { .. }) => words.add(Look::Chosen, "[cannot judge]"),
        _ => words,
    }
}

/// `overall 0.73 ✗   passes at 0.80`, or what is missing.
fn overall_line(pen: &mut Pen<'_>, area: Rect, view: &FormView<'_>) {
    let right = Words::new().add(Look::Dim, format!("passes at {:.2}", view.threshold.value));
    let left = overall_words(view);
    let area = shift_right(area, INDENT);
    if view.candidates > 1 {
        pen.words(area, &left);
    } else {
        pen.both(area, &left, &right);
    }
}

fn overall_words<'a>(view: &FormView<'_>) -> Words<'a> {
    let total = view.rubric.questions().count();
    let given = view
        .rubric
        .questions()
        .filter(|question| view.answers.contains_key(question.id))
        .count();
    if view.candidates > 1 {
        return Words::new().add(Look::Dim, format!("{given} of {total} answered"));
    }
    let words = Words::new().add(Look::Dim, "overall  ");
    match view.rubric.score(view.answers, &[], view.threshold) {
        Ok(score) => {
            let (sign, look) = pass_sign(score.pass);
            let words = words
                .add(Look::Strong, format!("{:.2} ", score.overall))
                .add(look, sign);
            if score.floors_missed.is_empty() {
                words
            } else {
                let missed = score.floors_missed.join(", ");
                words.add(Look::Bad, format!(" {missed} below its floor"))
            }
        }
        Err(_) => words.add(
            Look::Dim,
            format!("{}  {given} of {total} answered", glyph::NONE),
        ),
    }
}

/// `✓` or `✗` with the look that goes with it.
pub fn pass_sign(pass: bool) -> (&'static str, Look) {
    if pass {
        (glyph::CHECK, Look::Good)
    } else {
        (glyph::CROSS, Look::Bad)
    }
}

/// The question under the cursor with its levels, and the answers so far below.
pub fn draw_strip(pen: &mut Pen<'_>, area: Rect, view: &FormView<'_>) {
    let Some(question) = view.at(view.cursor) else {
        return;
    };
    let levels = levels_row(view, &question, true);
    let first = nth_row(area, 0);
    let used = pen.words(first, &levels);
    let anchor = anchor_words(view, &question);
    let beside = shift_right(first, used + 2);
    let mut at = 1;
    if width::of(&anchor) <= usize::from(beside.width) {
        pen.line(beside, &anchor, Look::Text);
    } else {
        let most = usize::from(area.height.saturating_sub(2)).clamp(1, ANCHOR_ROWS);
        for row in rows(
            &anchor,
            usize::from(area.width.saturating_sub(1)).max(1),
            most,
        ) {
            pen.line(shift_right(nth_row(area, at), 1), &row, Look::Text);
            at += 1;
        }
    }
    let summary = nth_row(area, at);
    if summary.is_empty() {
        return;
    }
    pen.both(summary, &summary_words(view), &overall_short(view));
}

/// The title of the strip: `2 of 3  Does it answer everything asked?`.
pub fn strip_title(view: &FormView<'_>) -> String {
    let total = view.rubric.questions().count();
    match view.at(view.cursor) {
        Some(question) => format!("{} of {total}  {}", view.cursor + 1, question.text),
        None => "QUESTIONS".to_owned(),
    }
}

fn summary_words<'a>(view: &FormView<'a>) -> Words<'a> {
    let mut words = Words::new();
    for (index, question) in view.rubric.questions().enumerate() {
        let look = if index == view.cursor {
            Look::Strong
        } else {
            Look::Dim
        };
        words.push(Look::Text, " ");
        words.push(look, format!("{} {} ", index + 1, question.id));
        words.push(look, short_answer(view.answer(question.id)));
        words.push(Look::Text, " ");
    }
    words
}

/// `3`, `tie`, `can't`, or `–`.
pub fn short_answer(answer: Option<&Answer>) -> String {
    match answer {
        Some(Answer::Level(level)) => level.to_string(),
        Some(Answer::Choice(Choice::Candidate(place))) => place.to_string(),
        Some(Answer::Choice(Choice::Tie)) => "tie".to_owned(),
        Some(Answer::CannotJudge { .. }) => "can't".to_owned(),
        None => glyph::NONE.to_owned(),
    }
}

fn overall_short<'a>(view: &FormView<'_>) -> Words<'a> {
    if view.candidates > 1 {
        return Words::new();
    }
    let words = Words::new().add(Look::Dim, "overall ");
    let words = match view.rubric.score(view.answers, &[], view.threshold) {
        Ok(score) => {
            let (sign, look) = pass_sign(score.pass);
            words
                .add(Look::Strong, format!("{:.2} ", score.overall))
                .add(look, sign)
        }
        Err(_) => words.add(Look::Dim, glyph::NONE),
    };
    words.add(Look::Dim, format!(" ({:.2})", view.threshold.value))
}
