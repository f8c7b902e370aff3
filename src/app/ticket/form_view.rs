//! The lines of the form, with the places of its levels: what is drawn is what can be clicked.

use crate::domain::rubric::{Answer, Takes};
use crate::domain::view::{Draft, TicketDoc};
use crate::text::width;

use super::form::{self, Form, Ghosts};

/// One line of the form.
#[derive(Debug, Clone, PartialEq)]
pub enum FormLine {
    /// The question, its number from 1, and its share.
    Question {
        /// Its place.
        at: usize,
        /// The words.
        text: String,
        /// Its weight.
        weight: f64,
    },
    /// The levels of a question.
    Levels {
        /// Its place.
        at: usize,
        /// The levels in this line.
        cells: Vec<LevelCell>,
    },
    /// The number being typed, or the one that was.
    Number {
        /// Its place.
        at: usize,
        /// As typed or set.
        text: String,
        /// The ends of the scale.
        range: (i32, i32),
    },
    /// What the level under the cursor means.
    Anchor {
        /// The level, or nothing while none is read.
        level: Option<i32>,
        /// In the rubric's words.
        text: String,
    },
    /// Why a question cannot be judged.
    CannotJudge {
        /// Its place.
        at: usize,
        /// In the reviewer's words.
        reason: String,
    },
    /// The score so far.
    Overall,
}

/// One level to press or click.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelCell {
    /// What choosing it answers.
    pub answer: Answer,
    /// As shown: `3`, `tie`.
    pub label: String,
    /// First column, from the form's left edge.
    pub x: u16,
    /// Columns, brackets included.
    pub width: u16,
    /// Chosen by the reviewer.
    pub chosen: bool,
    /// Proposed by the judge.
    pub ghost: bool,
    /// Its anchor is being read.
    pub peek: bool,
}

/// Columns before the levels.
const INDENT: u16 = 4;

/// The lines of the form at this width. `all` shows every question with its levels, else only the one under
/// the cursor has them.
pub fn lines(
    doc: &TicketDoc,
    draft: &Draft,
    ghosts: &Ghosts,
    form: &Form,
    columns: u16,
) -> Vec<FormLine> {
    let mut lines = Vec::new();
    for (at, question) in doc.rubric.questions().enumerate() {
        lines.push(FormLine::Question {
            at,
            text: question.text.to_owned(),
            weight: question.weight,
        });
        let given = draft.answers.get(question.id);
        let here = at == form.cursor;
        match (question.takes, given) {
            (_, Some(Answer::CannotJudge { reason })) => lines.push(FormLine::CannotJudge {
                at,
                reason: reason.clone(),
            }),
            (Takes::Level(scale), _) if scale.typed() => lines.push(FormLine::Number {
                at,
                text: match (here && !form.typed.is_empty(), given) {
                    (true, _) => form.typed.clone(),
                    (false, Some(answer)) => answer.to_string(),
                    (false, None) => String::new(),
                },
                range: (scale.min(), scale.max()),
            }),
            _ => {
                let marks = Marked {
                    answer: given,
                    ghost: ghosts.0.get(question.id),
                    peek: form.peek.filter(|_| here),
                };
                for cells in cells(doc, question.takes, &marks, columns) {
                    lines.push(FormLine::Levels { at, cells });
                }
            }
        }
        let level = if here {
            form.peek.or_else(|| given.and_then(Answer::level))
        } else {
            given.and_then(Answer::level)
        };
        if here || level.is_some_and(|level| question.anchor(level).is_some()) {
            let text = level.and_then(|level| question.anchor(level));
            lines.push(FormLine::Anchor {
                level,
                text: text.unwrap_or_default().to_owned(),
            });
        }
    }
    lines.push(FormLine::Overall);
    lines
}

struct Marked<'a> {
    answer: Option<&'a Answer>,
    ghost: Option<&'a Answer>,
    peek: Option<i32>,
}

fn cells(doc: &TicketDoc, takes: Takes, marks: &Marked<'_>, columns: u16) -> Vec<Vec<LevelCell>> {
    let mut answers: Vec<(Answer, String)> = match takes {
        Takes::Level(scale) => scale
            .levels()
            .map(|level| (Answer::Level(level), level.to_string()))
            .collect(),
        Takes::Choice => (1..=doc.display_order.len())
            .filter_map(|shown| {
                Some((
                    Answer::Choice(form::candidate(doc, shown)?),
                    shown.to_string(),
                ))
            })
            .collect(),
    };
    if takes == Takes::Choice {
        let tie = Answer::Choice(crate::domain::rubric::Choice::Tie);
        answers.push((tie, "= tie".to_owned()));
    }
    let mut rows = vec![Vec::new()];
    let mut x = INDENT;
    for (answer, label) in answers {
        let wide = width::of(&label) as u16 + 2;
        if x + wide > columns && x > INDENT {
            rows.push(Vec::new());
            x = INDENT;
        }
        let cell = LevelCell {
            chosen: marks.answer == Some(&answer),
            ghost: marks.answer.is_none() && marks.ghost == Some(&answer),
            peek: marks.peek.is_some() && marks.peek == answer.level(),
            answer,
            label,
            x,
            width: wide,
        };
        x += wide + 1;
        if let Some(row) = rows.last_mut() {
            row.push(cell);
        }
    }
    rows
}

/// First line of the form to show so that the question under the cursor is in sight.
pub fn first_line(lines: &[FormLine], cursor: usize, height: usize) -> usize {
    let start = lines
        .iter()
        .position(|line| matches!(line, FormLine::Question { at, .. } if *at == cursor))
        .unwrap_or(0);
    let end = lines
        .iter()
        .skip(start + 1)
        .position(|line| matches!(line, FormLine::Question { .. } | FormLine::Overall))
        .map_or(lines.len(), |more| start + 1 + more);
    // As little scrolling as shows the whole question; its first line wins where it does not fit.
    end.saturating_sub(height.max(1)).min(start)
}
