//! The lines of the form, with the places of its levels: what is drawn is what can be clicked.

use crate::domain::rubric::{Answer, Question, Takes};
use crate::domain::view::{Draft, TicketDoc};
use crate::text::sanitise::single_line;
use crate::text::width;
use crate::text::wrap::wrap;

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
    /// The rest of the question or the anchor above, where it needs more than one line.
    More {
        /// The words.
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
/// Columns before questions and anchors.
const TEXT_INDENT: u16 = 5;
/// Columns an anchor's level takes.
const LEVEL: u16 = 3;
/// Lines a question or an anchor may take.
const TEXT_LINES: usize = 4;

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
        let given = draft.answers.get(question.id);
        let here = at == form.cursor;
        let (text, more) = broken(question.text, columns.saturating_sub(TEXT_INDENT), here);
        lines.push(FormLine::Question {
            at,
            text,
            weight: question.weight,
        });
        lines.extend(more);
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
                for cells in cells(doc, &question, &marks, columns) {
                    lines.push(FormLine::Levels { at, cells });
                }
            }
        }
        let level = if here {
            form.peek.or_else(|| given.and_then(Answer::level))
        } else {
            given.and_then(Answer::level)
        };
        let yes_or_no = if here {
            both_anchors(&question, columns)
        } else {
            Vec::new()
        };
        if !yes_or_no.is_empty() {
            lines.extend(yes_or_no);
        } else if here || level.is_some_and(|level| question.anchor(level).is_some()) {
            let text = level.and_then(|level| question.anchor(level));
            let room = columns.saturating_sub(TEXT_INDENT + LEVEL);
            let (text, more) = broken(text.unwrap_or_default(), room, here);
            lines.push(FormLine::Anchor { level, text });
            lines.extend(more);
        }
    }
    lines.push(FormLine::Overall);
    lines
}

/// What the two levels of a question with no more of them mean; nothing where the rubric has no words for them. Both
/// stay when one is chosen, so that no text moves under a digit.
fn both_anchors(question: &Question<'_>, columns: u16) -> Vec<FormLine> {
    let scale = question.scale().filter(|scale| scale.count() == 2);
    let room = columns.saturating_sub(TEXT_INDENT + LEVEL);
    let of = |level| {
        let (text, more) = broken(question.anchor(level)?, room, true);
        let first = FormLine::Anchor {
            level: Some(level),
            text,
        };
        Some(std::iter::once(first).chain(more))
    };
    scale
        .into_iter()
        .flat_map(crate::domain::rubric::Scale::levels)
        .filter_map(of)
        .flatten()
        .collect()
}

/// The word beside a level 0 or 1 that stands alone with its counterpart: the rubric's own yes or no, or that of a
/// scale nobody wrote words for. Other words stand below the levels, in full.
fn yes_or_no(question: &Question<'_>, level: i32) -> Option<&'static str> {
    let scale = question.scale()?;
    if (scale.min(), scale.max()) != (0, 1) {
        return None;
    }
    let words = match question.anchors {
        None => ["not met", "met"],
        Some(_) => ["no", "yes"],
    };
    let fits = |level: i32| {
        let (Some(_), Some(anchor)) = (question.anchors, question.anchor(level)) else {
            return true;
        };
        let first = anchor.split(|c: char| !c.is_alphanumeric()).next();
        first.is_some_and(|first| first.eq_ignore_ascii_case(words[level as usize]))
    };
    (fits(0) && fits(1)).then(|| words[usize::from(level == 1)])
}

/// A text broken into a first line and further ones, if all of it is to be read; else the whole of it, to
/// be cut at the edge.
fn broken(text: &str, room: u16, whole: bool) -> (String, Vec<FormLine>) {
    let clean = single_line(text).text;
    if !whole {
        return (clean.into_owned(), Vec::new());
    }
    let mut rows = wrap(&clean, usize::from(room.max(1)))
        .into_iter()
        .map(|row| clean[row.start..row.end].to_owned());
    let first = rows.next().unwrap_or_default();
    let more = rows
        .take(TEXT_LINES - 1)
        .map(|text| FormLine::More { text });
    (first, more.collect())
}

struct Marked<'a> {
    answer: Option<&'a Answer>,
    ghost: Option<&'a Answer>,
    peek: Option<i32>,
}

fn cells(
    doc: &TicketDoc,
    question: &Question<'_>,
    marks: &Marked<'_>,
    columns: u16,
) -> Vec<Vec<LevelCell>> {
    let label = |level: i32| match yes_or_no(question, level) {
        Some(word) => format!("{level} {word}"),
        None => level.to_string(),
    };
    let takes = question.takes;
    let mut answers: Vec<(Answer, String)> = match takes {
        Takes::Level(scale) => scale
            .levels()
            .map(|level| (Answer::Level(level), label(level)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::test_kit::{doc, rubric};
    use crate::domain::eval::Mode;
    use crate::domain::rubric::Scale;

    /// The first question under the cursor, on a scale of 0 and 1 with these words.
    fn shown(anchors: &[(i32, &str)], draft: &Draft) -> (Vec<String>, Vec<String>) {
        let mut rubric = rubric();
        rubric.criteria[0].scale = Scale::Binary;
        rubric.criteria[0].anchors = anchors
            .iter()
            .map(|(level, text)| (*level, (*text).to_owned()))
            .collect();
        let doc = doc(1, Mode::Assist, rubric);
        let lines = lines(&doc, draft, &Ghosts::default(), &Form::default(), 60);
        let labels = lines.iter().find_map(|line| match line {
            FormLine::Levels { at: 0, cells } => {
                Some(cells.iter().map(|cell| cell.label.clone()).collect())
            }
            _ => None,
        });
        let below = lines
            .iter()
            .skip(2)
            .take_while(|line| matches!(line, FormLine::Anchor { .. } | FormLine::More { .. }));
        let below = below.map(|line| match line {
            FormLine::Anchor { level, text } => format!("{level:?} {text}"),
            FormLine::More { text } => text.clone(),
            _ => String::new(),
        });
        (labels.unwrap(), below.collect())
    }

    #[test]
    fn a_question_of_two_levels_says_what_each_means_before_one_is_chosen() {
        let anchors = [
            (0, "No. Something must be changed."),
            (1, "Yes, word for word."),
        ];
        let (labels, below) = shown(&anchors, &Draft::default());
        assert_eq!(labels, ["0 no", "1 yes"]);
        assert_eq!(
            below,
            [
                "Some(0) No. Something must be changed.",
                "Some(1) Yes, word for word."
            ]
        );
        let mut draft = Draft::default();
        draft.answers.insert("correct".into(), Answer::Level(1));
        assert_eq!(shown(&anchors, &draft).1, below, "no line moves");
    }

    #[test]
    fn words_that_are_no_yes_and_no_stand_below_alone_and_none_at_all_is_yes_and_no() {
        let worse = [(0, "Worse than before."), (1, "As good or better.")];
        let (labels, below) = shown(&worse, &Draft::default());
        assert_eq!(labels, ["0", "1"]);
        assert_eq!(below.len(), 2);
        let (labels, below) = shown(&[], &Draft::default());
        assert_eq!(labels, ["0 no", "1 yes"]);
        assert_eq!(below, ["None "]);
    }
}
