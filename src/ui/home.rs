//! Home: what there is, how far it is, what waits for me.

use ratatui::layout::Rect;

use crate::domain::eval::{DatasetRole, Mode};
use crate::domain::view::{EvalCard, FoundFile};
use crate::text::width::Align;

use super::glyph;
use super::pen::{Pen, Words, cut_left, nth_row, shift_right};
use super::theme::Look;
use super::widgets::bar;

/// The columns of the list of evals.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    name: Rect,
    mode: Option<Rect>,
    progress: Rect,
    pass: Option<Rect>,
    waits: Rect,
}

const POINTER: u16 = 2;
const MODE: u16 = 26;
const PROGRESS: u16 = 22;
const PASS: u16 = 22;
const WAITS: u16 = 22;
const GAP: u16 = 2;

/// Shares `area` out: what waits and the progress always, the mode and the pass rate where they fit.
pub fn columns(area: Rect) -> Columns {
    let rest = shift_right(area, POINTER);
    let with_mode = rest.width >= 16 + PROGRESS + WAITS + MODE + 3 * GAP;
    let with_pass = rest.width >= 16 + PROGRESS + WAITS + MODE + PASS + 4 * GAP;
    let fixed = PROGRESS
        + WAITS
        + 2 * GAP
        + if with_mode { MODE + GAP } else { 0 }
        + if with_pass { PASS + GAP } else { 0 };
    let name = rest.width.saturating_sub(fixed).clamp(8, 40);
    let (name, rest) = cut_left(rest, name, GAP);
    let (mode, rest) = optional(rest, MODE, with_mode);
    let (progress, rest) = cut_left(rest, PROGRESS, GAP);
    let (pass, rest) = optional(rest, PASS, with_pass);
    let (waits, _) = cut_left(rest, WAITS, 0);
    Columns {
        name,
        mode,
        progress,
        pass,
        waits,
    }
}

fn optional(rest: Rect, cells: u16, wanted: bool) -> (Option<Rect>, Rect) {
    if wanted {
        let (column, rest) = cut_left(rest, cells, GAP);
        (Some(column), rest)
    } else {
        (None, rest)
    }
}

/// The headings.
pub fn head(pen: &mut Pen<'_>, columns: &Columns) {
    let mut put = |column: Option<Rect>, name: &str| {
        if let Some(column) = column {
            pen.line(column, name, Look::Dim);
        }
    };
    put(Some(columns.name), "EVAL");
    put(columns.mode, "how");
    put(Some(columns.progress), "progress");
    put(columns.pass, "pass rate");
    put(Some(columns.waits), "waits for you");
}

/// One eval.
pub fn eval(pen: &mut Pen<'_>, columns: &Columns, at: Rect, card: &EvalCard, cursor: bool) {
    let place = |column: Rect| Rect {
        y: at.y,
        height: at.height.min(1),
        ..column
    };
    let (name, text, dim) = if cursor {
        pointer(pen, at);
        (Look::Strong, Look::Cursor, Look::CursorDim)
    } else {
        (Look::Text, Look::Text, Look::Dim)
    };
    pen.line(place(columns.name), &card.name, name);
    if let Some(mode) = columns.mode {
        pen.line(place(mode), &mode_words(card), dim);
    }
    bar::count(pen, place(columns.progress), card.done, card.total);
    if let Some(pass) = columns.pass {
        pen.line(place(pass), &pass_words(card), dim);
    }
    let (count, minutes) = waits_words(card);
    let waits = place(columns.waits);
    pen.line_aligned(
        Rect {
            width: waits.width.min(7),
            ..waits
        },
        &count,
        text,
        Align::Right,
    );
    pen.line(shift_right(waits, 8), &minutes, dim);
}

fn pointer(pen: &mut Pen<'_>, at: Rect) {
    let row = nth_row(at, 0);
    pen.tint(row, Look::Cursor);
    pen.put(row.x, row.y, 1, glyph::POINTER, Look::Accent);
}

/// What the reviews are for, in a few words.
pub fn mode_words(card: &EvalCard) -> String {
    let how = match card.mode {
        Mode::Blind => "measure the model",
        Mode::Assist => "fix for training",
    };
    match card.role {
        DatasetRole::Heldout => format!("{how}, held out"),
        DatasetRole::Review | DatasetRole::Train => how.to_owned(),
    }
}

/// A pass rate needs enough reviews behind it; before that the words say how many there are.
fn pass_words(card: &EvalCard) -> String {
    match card.human_pass {
        Some((share, reviews)) => format!("{:.0} % of {}", share * 100.0, bar::thousands(reviews)),
        None => format!("n/a ({} of 10 reviewed)", card.done.min(9)),
    }
}

fn waits_words(card: &EvalCard) -> (String, String) {
    match card.waiting {
        0 if card.total == 0 => (glyph::NONE.to_owned(), "no tickets yet".to_owned()),
        0 => (glyph::CHECK.to_owned(), "nothing left".to_owned()),
        waiting => {
            let minutes = card.minutes_left();
            let spell = if minutes > 90 {
                format!("about {} h", minutes.div_ceil(60))
            } else {
                format!("about {minutes} min")
            };
            (bar::thousands(waiting), spell)
        }
    }
}

/// A file that could be imported.
pub fn found(pen: &mut Pen<'_>, at: Rect, file: &FoundFile, key: &str, cursor: bool) {
    if cursor {
        pointer(pen, at);
    }
    let more = if file.more { "+" } else { "" };
    let look = if cursor { Look::Cursor } else { Look::Text };
    let dim = if cursor { Look::CursorDim } else { Look::Dim };
    let left = Words::new()
        .add(dim, "found here  ")
        .add(look, file.path.as_str())
        .add(
            dim,
            format!(
                "  {}{more} rows, {}, not imported",
                bar::thousands(file.rows),
                file.format
            ),
        );
    let right = Words::new()
        .add(Look::Accent, key.to_owned())
        .add(dim, " import ");
    pen.both(shift_right(nth_row(at, 0), POINTER), &left, &right);
}
