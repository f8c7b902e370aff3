//! The judge's pane: what it said, where it differs, or why it is not shown.

use ratatui::layout::Rect;

use crate::domain::rubric::{Answer, Answers, Rubric};
use crate::domain::view::{JudgeView, VerdictView};

use super::form::{pass_sign, short_answer};
use super::glyph;
use super::pen::{Pen, Words, nth_row, shift_down, shift_right};
use super::theme::Look;
use super::widgets::wait::{Empty, empty, paragraph};

/// What stands in the judge's pane.
#[derive(Debug, Clone, Copy)]
pub struct JudgePane<'a> {
    /// The judge.
    pub judge: &'a JudgeView,
    /// The questions, for their order and names.
    pub rubric: &'a Rubric,
    /// One's own answers, to stand beside the judge's once committed.
    pub mine: Option<&'a Answers>,
    /// The pass threshold, 0 to 1.
    pub threshold: f64,
    /// Rows scrolled away.
    pub top: usize,
    /// The key that shows the judge early, as the keymap has it.
    pub reveal_key: &'a str,
}

/// `gpt-4.1` or nothing: what stands beside the title.
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
            let does = "shows it now (counts as assisted)";
            let words = Empty {
                why: "Hidden until you commit.",
                how: "",
                action: Some((pane.reveal_key, does)),
            };
            empty(pen, area, &words);
        }
        JudgeView::Nothing => {
            let words = Empty {
                why: "No judge has read this.",
                how: "docket judge fills this pane; the built-in checks are free and need no network.",
                action: None,
            };
            empty(pen, area, &words);
        }
        JudgeView::Verdicts { verdicts, .. } => listed(pen, area, pane, verdicts),
    }
}

fn listed(pen: &mut Pen<'_>, area: Rect, pane: &JudgePane<'_>, verdicts: &[VerdictView]) {
    // Laid out below the visible part and moved up by what is scrolled away would need a second
    // buffer; verdicts are short, so whole ones are left out instead.
    let mut rest = area;
    let mut left_out = 0;
    for verdict in verdicts {
        if rest.is_empty() {
            break;
        }
        if left_out < pane.top && left_out + 1 < verdicts.len() {
            left_out += 1;
            continue;
        }
        let used = one(pen, rest, pane, verdict);
        rest = shift_down(rest, used);
    }
}

fn one(pen: &mut Pen<'_>, area: Rect, pane: &JudgePane<'_>, verdict: &VerdictView) -> u16 {
    let question = pane.rubric.question(&verdict.criterion);
    let place = pane
        .rubric
        .questions()
        .position(|question| question.id == verdict.criterion)
        .map_or(String::new(), |place| format!("{} ", place + 1));
    let mine = pane.mine.and_then(|mine| mine.get(&verdict.criterion));
    let differs = matches!((&verdict.result, mine), (Ok(theirs), Some(mine)) if theirs != mine);
    let level = match &verdict.result {
        Ok(Answer::Level(level)) => match question.and_then(|question| question.scale()) {
            Some(scale) => format!("{level} of {}", scale.max()),
            None => level.to_string(),
        },
        Ok(answer) => short_answer(Some(answer)),
        Err(_) => "no level".to_owned(),
    };
    let mut head = Words::new()
        .add(Look::Dim, place)
        .add(Look::Strong, verdict.criterion.as_str())
        .add(Look::Text, "  ")
        .add(
            if verdict.result.is_ok() {
                Look::Text
            } else {
                Look::Warn
            },
            level,
        );
    if differs {
        let said = short_answer(mine);
        head = head.add(Look::Warn, format!("   {} you said {said}", glyph::DIFFERS));
    }
    pen.words(nth_row(area, 0), &head);
    let mut used = 1;
    let indented = |used: u16| shift_right(shift_down(area, used), 2);
    if let Err(why) = &verdict.result {
        used += paragraph(pen, indented(used), why, Look::Warn);
    }
    if !verdict.reasoning.is_empty() {
        used += paragraph(pen, indented(used), &verdict.reasoning, Look::Text);
    }
    for quote in verdict.evidence.iter().take(3) {
        let text = format!("“{}”", quote.quote);
        used += paragraph(pen, indented(used), &text, Look::Dim);
    }
    if let Some(badge) = &verdict.badge {
        used += paragraph(pen, indented(used), badge, Look::Dim);
    }
    used + 1
}

/// The table after the commit: question, one's own answer, the judge's, the overall score of both.
pub fn comparison(pen: &mut Pen<'_>, area: Rect, pane: &JudgePane<'_>) -> u16 {
    use crate::text::width::Align;
    let JudgeView::Verdicts { verdicts, score } = pane.judge else {
        return 0;
    };
    let columns = |row: Rect| {
        let right = |from: u16, cells: u16| Rect {
            width: cells.min(row.width),
            ..shift_right(row, row.width.saturating_sub(from))
        };
        let names = Rect {
            width: row.width.saturating_sub(17),
            ..row
        };
        (names, right(16, 6), right(8, 6))
    };
    let (_, you, judge) = columns(nth_row(area, 0));
    pen.line_aligned(you, "you", Look::Dim, Align::Right);
    pen.line_aligned(judge, "judge", Look::Dim, Align::Right);
    let mut used = 1;
    for (index, question) in pane.rubric.questions().enumerate() {
        let row = nth_row(area, used);
        if row.is_empty() {
            return used;
        }
        let (names, you, judge) = columns(row);
        let mine = pane.mine.and_then(|mine| mine.get(question.id));
        let theirs = verdicts
            .iter()
            .find(|verdict| verdict.criterion == question.id)
            .and_then(|verdict| verdict.result.as_ref().ok());
        let differs = theirs.is_some() && mine.is_some() && theirs != mine;
        let look = if differs { Look::Strong } else { Look::Dim };
        pen.line(names, &format!("{:>2} {}", index + 1, question.id), look);
        pen.line_aligned(you, &short_answer(mine), look, Align::Right);
        pen.line_aligned(judge, &short_answer(theirs), look, Align::Right);
        if differs {
            pen.line_aligned(nth_row(row, 0), glyph::DIFFERS, Look::Warn, Align::Right);
        }
        used += 1;
    }
    let (names, _, judge) = columns(nth_row(area, used));
    pen.line(names, "   overall", Look::Dim);
    let overall = score.map_or(glyph::NONE.to_owned(), |score| format!("{score:.2}"));
    pen.line_aligned(judge, &overall, Look::Text, Align::Right);
    used + 1
}
