//! Rows of tickets: the queue's table and the list beside an open ticket.

use ratatui::layout::Rect;

use crate::domain::failure::Class;
use crate::domain::ids::TicketId;
use crate::domain::ticket::State;
use crate::domain::view::{Count, QueueRow, Shown, Why};
use crate::text::width::Align;

use super::glyph;
use super::pen::{Pen, cut_left, nth_row, shift_right};
use super::theme::Look;
use super::widgets::bar;

/// The columns of a table, by the room there is.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    marks: Rect,
    judge: Option<Rect>,
    mine: Rect,
    preview: Rect,
    feature: Option<Rect>,
    model: Option<Rect>,
    why: Option<Rect>,
}

const MARKS: u16 = 6;
const JUDGE: u16 = 12;
const MINE: u16 = 5;
const FEATURE: u16 = 12;
const MODEL: u16 = 16;
const WHY: u16 = 22;
const GAP: u16 = 2;

/// Shares `area` out. The preview always keeps at least 20 cells; what does not fit beside it goes.
pub fn columns(area: Rect, with_judge: bool, with_models: bool) -> Columns {
    let (marks, rest) = cut_left(area, MARKS, 0);
    let (judge, rest) = if with_judge {
        let (judge, rest) = cut_left(rest, JUDGE, GAP);
        (Some(judge), rest)
    } else {
        (None, rest)
    };
    let (mine, mut rest) = cut_left(rest, MINE, GAP);
    let mut take_right = |cells: u16| {
        let fits = rest.width >= cells + GAP + 20;
        fits.then(|| {
            let left = rest.width - cells;
            let column = shift_right(rest, left);
            rest.width = left - GAP;
            column
        })
    };
    let why = take_right(WHY);
    let model = if with_models { take_right(MODEL) } else { None };
    let feature = take_right(FEATURE);
    Columns {
        marks,
        judge,
        mine,
        preview: rest,
        feature,
        model,
        why,
    }
}

impl Columns {
    /// The same columns in another row.
    #[must_use]
    pub fn at(&self, row: Rect) -> Self {
        let moved = |column: Rect| Rect {
            y: row.y,
            height: row.height.min(1),
            ..column
        };
        Self {
            marks: moved(self.marks),
            judge: self.judge.map(moved),
            mine: moved(self.mine),
            preview: moved(self.preview),
            feature: self.feature.map(moved),
            model: self.model.map(moved),
            why: self.why.map(moved),
        }
    }
}

/// The headings.
pub fn head(pen: &mut Pen<'_>, columns: &Columns) {
    if let Some(judge) = columns.judge {
        pen.line_aligned(judge, "judge", Look::Dim, Align::Right);
    }
    pen.line_aligned(columns.mine, "you", Look::Dim, Align::Right);
    pen.line(columns.preview, "output", Look::Dim);
    for (column, name) in [
        (columns.feature, "feature"),
        (columns.model, "model"),
        (columns.why, "why here"),
    ] {
        if let Some(column) = column {
            pen.line(column, name, Look::Dim);
        }
    }
}

/// Stands where the score will, in as many cells: something is entered and not committed.
const DRAFT: &str = "draft";

/// One row of the table, `index` rows below the top of the columns.
pub fn row(
    pen: &mut Pen<'_>,
    columns: &Columns,
    at: Rect,
    row: &QueueRow,
    state: RowState,
    threshold: f64,
) {
    let columns = columns.at(at);
    let (text, dim) = if state.cursor {
        pen.tint(nth_row(at, 0), Look::Cursor);
        (Look::Cursor, Look::CursorDim)
    } else if settled(row.state) {
        (Look::Dim, Look::Dim)
    } else {
        (Look::Text, Look::Dim)
    };
    marks(pen, columns.marks, row, state);
    if let Some(judge) = columns.judge {
        judge_cell(pen, judge, row, threshold, state.cursor);
    }
    let (mine, look) = match row.mine {
        _ if row.draft && state.cursor => (DRAFT.to_owned(), Look::Cursor),
        _ if row.draft => (DRAFT.to_owned(), Look::Accent),
        Some(mine) => (format!("{mine:.2}"), dim),
        None => (glyph::NONE.to_owned(), dim),
    };
    pen.line_aligned(columns.mine, &mine, look, Align::Right);
    pen.line(columns.preview, &row.preview, text);
    if let Some(feature) = columns.feature {
        pen.line(feature, row.feature.as_deref().unwrap_or(""), dim);
    }
    if let Some(model) = columns.model {
        let name = row.model.visible().map_or("", String::as_str);
        pen.line(model, name, dim);
    }
    if let Some(why) = columns.why {
        pen.line(why, &why_words(row), dim);
    }
}

/// How a row stands on the screen.
#[derive(Debug, Clone, Copy, Default)]
pub struct RowState {
    /// Under the cursor.
    pub cursor: bool,
    /// Marked for a bulk action.
    pub marked: bool,
}

fn settled(state: State) -> bool {
    matches!(state, State::Done)
}

fn marks(pen: &mut Pen<'_>, area: Rect, row: &QueueRow, state: RowState) {
    let base = if state.cursor {
        Look::Cursor
    } else {
        Look::Text
    };
    if state.cursor {
        pen.put(area.x, area.y, 1, glyph::POINTER, Look::Accent);
    }
    let (sign, look) = if state.marked {
        (glyph::MARKED, Look::Accent)
    } else {
        (state_sign(row.state), base)
    };
    pen.put(area.x + 2, area.y, 1, sign, look);
    if row.flagged {
        pen.put(area.x + 3, area.y, 1, glyph::FLAG, Look::Warn);
    }
    if row.corrected {
        pen.put(area.x + 4, area.y, 1, glyph::EDITED, base);
    }
}

/// One sign per state; the word stands in the last column or in help.
pub fn state_sign(state: State) -> &'static str {
    match state {
        State::Open => "○",
        State::Partial => "◐",
        State::Adjudicate => glyph::DIFFERS,
        State::Deferred => "…",
        State::Escalated => "↑",
        State::Done => glyph::CHECK,
    }
}

/// Most questions whose levels stand as columns beside the score.
const MOST_LEVELS: usize = 5;

/// The judge's levels and score; else why there is no score, how its checks came out, or nothing. Never a 0.
fn judge_cell(pen: &mut Pen<'_>, area: Rect, row: &QueueRow, threshold: f64, cursor: bool) {
    let dim = if cursor { Look::CursorDim } else { Look::Dim };
    let said = row.said.visible();
    if let Some(score) = row.judge.visible() {
        let pass = said.and_then(|said| said.pass);
        let levels = said.map_or(&[][..], |said| &said.levels);
        let words = if levels.is_empty() || levels.len() > MOST_LEVELS {
            bar::scored(&[Some(*score)], *score, pass, threshold)
        } else {
            bar::scored(levels, *score, pass, threshold)
        };
        let shift = area.width.saturating_sub(words.width() as u16);
        pen.words(shift_right(area, shift), &words);
        return;
    }
    let words = match said {
        Some(said) => match (&said.unscored, said.checks) {
            (Some(class), _) => unscored_words(class),
            (None, (_, 0)) => glyph::NONE.to_owned(),
            (None, (passed, run)) => format!("checks {passed}/{run}"),
        },
        None => glyph::NONE.to_owned(),
    };
    let failed = said.is_some_and(|said| said.unscored.is_some());
    let look = if failed && !cursor { Look::Warn } else { dim };
    pen.line_aligned(area, &words, look, Align::Right);
}

/// Why a judge gave no score, in a column's room.
fn unscored_words(class: &str) -> String {
    Class::read(class).map_or_else(|| class.to_owned(), |class| class.short().to_owned())
}

/// Why the row stands where it stands, in the reviewer's words.
pub fn why_words(row: &QueueRow) -> String {
    if let Some(holder) = &row.held_by {
        return format!("with {holder} now");
    }
    let because = |word: &str, reason: &str| {
        if reason.is_empty() {
            word.to_owned()
        } else {
            format!("{word}: {reason}")
        }
    };
    match &row.why {
        Why::InPlan | Why::AdHoc if unjudged(row) => "not judged yet".to_owned(),
        Why::InPlan | Why::AdHoc if unsure(row).is_some() => {
            let (low, high) = unsure(row).unwrap_or_default();
            format!("judge unsure ({low}-{high})")
        }
        Why::InPlan => "in the plan".to_owned(),
        Why::AdHoc => "outside the plan".to_owned(),
        Why::Deferred(reason) => because("later", reason),
        Why::Escalated(reason) => because("handed up", reason),
        Why::SecondReviewer => "second reviewer".to_owned(),
        Why::Differs => "reviewers differ".to_owned(),
        Why::Skipped => "skipped by you".to_owned(),
        Why::DoneBy(who) => format!("done by {who}"),
        Why::Routed(rule) => because("rule", rule),
        Why::ClosedBy(rule) => because("closed by rule", rule),
    }
}

/// Whether no judge has read it, as far as that may be known; what checks say is no reading.
fn unjudged(row: &QueueRow) -> bool {
    row.judge == Shown::None
        && match &row.said {
            Shown::Some(said) => said.unscored.is_none() && said.levels.is_empty(),
            Shown::None => true,
            Shown::Hidden => false,
        }
}

/// Where the judge's own readings lie apart.
fn unsure(row: &QueueRow) -> Option<(i32, i32)> {
    row.said.visible().and_then(|said| said.unsure)
}

/// `4 of 14 shown`, `500+ of 1,000,000 shown`.
pub fn shown_words(shown: Count, total: u64) -> String {
    let total_words = bar::thousands(total);
    match shown {
        Count::Exactly(count) if count == total => format!("{total_words} shown"),
        Count::Exactly(count) => format!("{} of {total_words} shown", bar::thousands(count)),
        Count::AtLeast(count) => format!("{}+ of {total_words} shown", bar::thousands(count)),
    }
}

/// The list beside an open ticket: sign and first words.
pub fn rail(pen: &mut Pen<'_>, area: Rect, rows: &[QueueRow], here: Option<TicketId>) {
    let height = usize::from(area.height);
    let at = rows
        .iter()
        .position(|row| Some(row.ticket) == here)
        .unwrap_or(0);
    let first = at
        .saturating_sub(height / 2)
        .min(rows.len().saturating_sub(height));
    for (index, row) in rows.iter().skip(first).take(height).enumerate() {
        let line = nth_row(area, index as u16);
        let current = Some(row.ticket) == here;
        let look = match (current, settled(row.state)) {
            (true, _) => Look::Cursor,
            (false, true) => Look::Dim,
            (false, false) => Look::Text,
        };
        if current {
            pen.tint(line, Look::Cursor);
            pen.put(line.x, line.y, 1, glyph::POINTER, Look::Accent);
        }
        pen.put(line.x + 2, line.y, 1, state_sign(row.state), look);
        pen.line(shift_right(line, 4), &row.preview, look);
    }
}
