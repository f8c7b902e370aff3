//! The judge's pane: what it said, where it differs, or why it is not shown.

use ratatui::layout::Rect;

use crate::app::document::TextPane;
use crate::domain::rubric::Answers;
use crate::domain::view::{JudgeView, TicketDoc};
use crate::text::width::Align;

use super::form::{pass_sign, short_answer};
use super::glyph;
use super::pen::{Pen, Words, nth_row, shift_down, shift_right};
use super::texts;
use super::theme::Look;
use super::widgets::wait::{Empty, empty};

/// What stands in the judge's pane.
#[derive(Debug, Clone, Copy)]
pub struct JudgePane<'a> {
    /// The ticket.
    pub doc: &'a TicketDoc,
    /// The judge, as far as it may be seen.
    pub judge: &'a JudgeView,
    /// Its words as a text, once there are some.
    pub text: Option<&'a TextPane>,
    /// One's own answers, to stand beside the judge's once committed.
    pub mine: Option<&'a Answers>,
    /// The key that shows the judge early.
    pub reveal_key: &'a str,
}

/// What stands beside the title: which judge, its overall score.
pub fn about<'a>(judge: &JudgeView, threshold: f64) -> Words<'a> {
    let JudgeView::Verdicts { verdicts, score } = judge else {
        return Words::new();
    };
    let mut words = Words::new();
    if let Some(first) = verdicts.first() {
        words.push(Look::Dim, first.judge.clone());
    }
    if let Some(score) = score {
        let (sign, look) = pass_sign(*score >= threshold - 1e-9);
        words.push(Look::Dim, format!("  {score:.2} "));
        words.push(look, sign);
    }
    words
}

/// Draws the pane's content.
pub fn draw(pen: &mut Pen<'_>, area: Rect, pane: &JudgePane<'_>) {
    match pane.judge {
        JudgeView::Hidden => {
            let words = Empty {
                why: "Hidden until you commit.",
                how: "",
                action: Some((pane.reveal_key, "shows it now (counts as assisted)")),
            };
            empty(pen, area, &words);
        }
        JudgeView::Nothing => {
            let words = Empty {
                why: "No judge has read this.",
                how: "The built-in checks are free and need no network: docket judge EVAL --judge checks",
                action: None,
            };
            empty(pen, area, &words);
        }
        JudgeView::Verdicts { .. } => {
            let used = if pane.mine.is_some() {
                comparison(pen, area, pane) + 1
            } else {
                0
            };
            if let Some(text) = pane.text {
                texts::pane(pen, shift_down(area, used), text);
            }
        }
    }
}

/// After the commit: question, one's own answer, the judge's, and the sign where they differ.
fn comparison(pen: &mut Pen<'_>, area: Rect, pane: &JudgePane<'_>) -> u16 {
    let JudgeView::Verdicts { verdicts, score } = pane.judge else {
        return 0;
    };
    let head = Columns::of(nth_row(area, 0));
    pen.line_aligned(head.you, "you", Look::Dim, Align::Right);
    pen.line_aligned(head.judge, "judge", Look::Dim, Align::Right);
    let mut used = 1;
    for (index, question) in pane.doc.rubric.questions().enumerate() {
        let columns = Columns::of(nth_row(area, used));
        let mine = pane.mine.and_then(|mine| mine.get(question.id));
        let theirs = verdicts
            .iter()
            .rev()
            .find(|verdict| verdict.criterion == question.id)
            .and_then(|verdict| verdict.result.as_ref().ok());
        let differs = theirs.is_some() && mine.is_some() && theirs != mine;
        let look = if differs { Look::Strong } else { Look::Dim };
        let name = format!("{} {}", index + 1, question.id);
        pen.line(columns.name, &name, look);
        pen.line_aligned(
            columns.you,
            &short_answer(pane.doc, mine),
            look,
            Align::Right,
        );
        pen.line_aligned(
            columns.judge,
            &short_answer(pane.doc, theirs),
            look,
            Align::Right,
        );
        if differs {
            pen.line(
                columns.sign,
                &format!("{} differs", glyph::DIFFERS),
                Look::Warn,
            );
        }
        used += 1;
    }
    let columns = Columns::of(nth_row(area, used));
    pen.line(columns.name, "overall", Look::Dim);
    let own = pane
        .mine
        .and_then(|mine| crate::app::ticket::form::score(pane.doc, mine));
    overall(pen, columns.you, own.map(|score| score.overall));
    overall(pen, columns.judge, *score);
    used + 1
}

fn overall(pen: &mut Pen<'_>, area: Rect, score: Option<f64>) {
    let text = score.map_or(glyph::NONE.to_owned(), |score| format!("{score:.2}"));
    pen.line_aligned(area, &text, Look::Text, Align::Right);
}

/// Columns of the comparison. Numbers stand at the right of their column.
struct Columns {
    name: Rect,
    you: Rect,
    judge: Rect,
    sign: Rect,
}

impl Columns {
    fn of(row: Rect) -> Self {
        let name = row.width.saturating_sub(26).min(24);
        let column = |from: u16, cells: u16| {
            let rest = shift_right(row, from);
            Rect {
                width: cells.min(rest.width),
                ..rest
            }
        };
        Self {
            name: column(0, name),
            you: column(name + 1, 6),
            judge: column(name + 8, 7),
            sign: column(name + 17, 10),
        }
    }
}
