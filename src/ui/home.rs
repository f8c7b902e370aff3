//! Home: what there is, how far it is, what waits for me.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::action::Action;
use crate::app::home::HomeLine;
use crate::app::layer::Layer;
use crate::app::layout;
use crate::domain::count::noun;
use crate::domain::eval::{DatasetRole, Mode};
use crate::domain::job::Stage;
use crate::domain::view::{EvalCard, FoundFile, GroupNote, JobCard};
use crate::text::numbers;
use crate::text::width::Align;

use super::glyph;
use super::pen::{Pen, Words, cut_left, nth_row, shift_right};
use super::rect;
use super::screen;
use super::theme::Look;
use super::widgets::{bar, wait};

/// The columns of the list of evals.
#[derive(Debug, Clone, Copy)]
pub struct Columns {
    name: Rect,
    mode: Option<Rect>,
    progress: Rect,
    pass: Option<Rect>,
    waits: Rect,
    /// Cells of the numbers behind the bars.
    count: u16,
}

const POINTER: u16 = 2;
/// Cells of the words for what reviews are for, and of the short ones.
const MODE: u16 = 26;
const MODE_SHORT: u16 = 17;
/// Cells of the progress beside the short words.
const PROGRESS_SHORT: u16 = 16;
const PROGRESS: u16 = 22;
const PASS: u16 = 22;
const WAITS: u16 = 22;
const GAP: u16 = 2;

/// Shares `area` out: what waits and the progress always, the mode and the pass rate where they fit; the mode in short
/// words where the long ones do not.
pub fn columns(area: Rect) -> Columns {
    let rest = shift_right(area, POINTER);
    let fits = |name: u16, cells: u16| rest.width >= name + WAITS + cells;
    let (mode, progress) = if fits(16, PROGRESS + MODE + 3 * GAP) {
        (MODE, PROGRESS)
    } else if fits(14, PROGRESS_SHORT + MODE_SHORT + 3 * GAP) {
        (MODE_SHORT, PROGRESS_SHORT)
    } else {
        (0, PROGRESS)
    };
    let with_mode = mode > 0;
    let with_pass = mode == MODE && fits(16, PROGRESS + MODE + PASS + 4 * GAP);
    let fixed = progress
        + WAITS
        + 2 * GAP
        + if with_mode { mode + GAP } else { 0 }
        + if with_pass { PASS + GAP } else { 0 };
    let name = rest.width.saturating_sub(fixed).clamp(8, 30);
    let (name, rest) = cut_left(rest, name, GAP);
    let (mode, rest) = optional(rest, mode, with_mode);
    let (progress, rest) = cut_left(rest, progress, GAP);
    let (pass, rest) = optional(rest, PASS, with_pass);
    let (waits, _) = cut_left(rest, WAITS, 0);
    Columns {
        name,
        mode,
        progress,
        pass,
        waits,
        count: 0,
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
            name: moved(self.name),
            mode: self.mode.map(moved),
            progress: moved(self.progress),
            pass: self.pass.map(moved),
            waits: moved(self.waits),
            count: self.count,
        }
    }
}

/// The headings.
pub fn head(pen: &mut Pen<'_>, columns: &Columns) {
    let mut put = |column: Option<Rect>, name: &str| {
        if let Some(column) = column {
            pen.line(column, name, Look::Dim);
        }
    };
    put(Some(columns.name), "eval");
    put(columns.mode, "how");
    put(Some(columns.progress), "progress");
    put(columns.pass, "pass rate");
    put(Some(columns.waits), "waits for you");
}

/// One eval.
pub fn eval(pen: &mut Pen<'_>, columns: &Columns, at: Rect, card: &EvalCard, cursor: bool) {
    let columns = columns.at(at);
    let (name, text, dim) = if cursor {
        pointer(pen, at);
        (Look::Strong, Look::Cursor, Look::CursorDim)
    } else {
        (Look::Text, Look::Text, Look::Dim)
    };
    pen.line(columns.name, &card.name, name);
    if let Some(mode) = columns.mode {
        pen.line(mode, &mode_words(card, mode.width), dim);
    }
    let done = (card.done, card.total);
    bar::count(pen, columns.progress, done, columns.count);
    if let Some(pass) = columns.pass {
        pen.line(pass, &pass_words(card), dim);
    }
    let (count, minutes) = waits_words(card);
    let waits = columns.waits;
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

/// What the reviews are for, in as many words as fit.
pub fn mode_words(card: &EvalCard, cells: u16) -> String {
    let (long, short) = match card.mode {
        Mode::Blind => ("measure the model", "measure"),
        Mode::Assist => ("fix for training", "fix"),
    };
    if card.role != DatasetRole::Heldout {
        return long.to_owned();
    }
    let whole = format!("{long}, held out");
    if crate::text::width::of(&whole) <= usize::from(cells) {
        whole
    } else {
        format!("{short}, held out")
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
                "  {}{more} {}, {}, not imported",
                bar::thousands(file.rows),
                noun(file.rows, "row"),
                file.format
            ),
        );
    let right = Words::new()
        .add(Look::Accent, key.to_owned())
        .add(dim, " import ");
    pen.both(shift_right(nth_row(at, 0), POINTER), &left, &right);
}

/// How far a judge is, how fast, for how much.
fn job_numbers(card: &JobCard) -> String {
    let job = &card.job;
    let mut told = vec![format!("{:.0} %", (card.share() * 100.0).floor())];
    if job.stage() == Stage::Running {
        told.extend(card.rate.map(|rate| format!("{rate:.1}/s")));
    } else {
        told.push(job.stage().words().to_owned());
    }
    if job.spent_micros > 0 {
        told.push(format!("{} spent", numbers::money(job.spent_micros)));
    }
    if let (Stage::Running, Some(left)) = (job.stage(), card.time_left) {
        told.push(format!("{} left", numbers::span(left)));
    }
    told.join("  ")
}

/// A judge at work: who on what, and its numbers behind a bar, with room for numbers of so many cells.
pub fn job(pen: &mut Pen<'_>, at: Rect, card: &JobCard, (wide, now_ms): (u16, u64), cursor: bool) {
    if cursor {
        pointer(pen, at);
    }
    let (text, dim) = if cursor {
        (Look::Cursor, Look::CursorDim)
    } else {
        (Look::Text, Look::Dim)
    };
    let job = &card.job;
    let row = shift_right(nth_row(at, 0), POINTER);
    let (what, rest) = cut_left(row, row.width * 2 / 5, GAP);
    let sign = match job.stage() {
        Stage::Running => wait::throbber(now_ms),
        _ => glyph::DOT,
    };
    let words = Words::new()
        .add(Look::Accent, format!("{sign} "))
        .add(dim, "judge ")
        .add(text, card.judge.as_str())
        .add(dim, format!(" on {}", job.eval));
    pen.words(what, &words);
    let numbers = job_numbers(card);
    let bar_width = rest.width.saturating_sub(wide + 1).min(PROGRESS);
    if bar_width >= 6 {
        let (bar_area, rest) = cut_left(rest, bar_width, 1);
        bar::progress(pen, bar_area, card.share());
        pen.line(rest, &numbers, dim);
    } else {
        pen.line(rest, &numbers, dim);
    }
}

/// The run groups: how many candidates on how many items.
pub fn runs(
    pen: &mut Pen<'_>,
    at: Rect,
    groups: &[GroupNote],
    (compare, decide): (&str, &str),
    cursor: bool,
) {
    if cursor {
        pointer(pen, at);
    }
    let (text, dim) = if cursor {
        (Look::Cursor, Look::CursorDim)
    } else {
        (Look::Text, Look::Dim)
    };
    let mut left = Words::new().add(dim, "runs  ");
    for (place, group) in groups.iter().enumerate() {
        if place > 0 {
            left.push(dim, format!(" {} ", glyph::DOT));
        }
        left.push(text, group.name.as_str());
        left.push(
            dim,
            format!(
                " {} {} on {}",
                group.candidates,
                noun(group.candidates as u64, "candidate"),
                bar::thousands(group.items)
            ),
        );
    }
    let right = Words::new()
        .add(Look::Accent, compare.to_owned())
        .add(dim, " compare  ")
        .add(Look::Accent, decide.to_owned())
        .add(dim, " decide ");
    pen.both(shift_right(nth_row(at, 0), POINTER), &left, &right);
}

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let place = layout::home(state.size);
    let mut left = Words::new().add(Look::Strong, "docket");
    let mut right = Words::new();
    if let Some(home) = &state.home.home {
        left.push(Look::Dim, format!("  {}", home.workspace));
        right.push(Look::Dim, "reviewing as ");
        right.push(Look::Text, home.reviewer.as_str());
    }
    screen::frame(pen, state, &place.frame, &left, &right);
    let list = rect(place.list);
    if let Some(empty) = state.home.empty() {
        screen::empty(pen, shift_right(list, POINTER), &empty);
        return;
    }
    let lines = state.home.lines();
    let mut columns = columns(list);
    let counts = lines.iter().filter_map(|line| match line {
        HomeLine::Eval(card) => Some(bar::count_cells(card.done, card.total)),
        _ => None,
    });
    columns.count = counts.max().unwrap_or(0);
    let numbers = lines.iter().filter_map(|line| match line {
        HomeLine::Job(card) => Some(crate::text::width::of(&job_numbers(card)) as u16),
        _ => None,
    });
    let numbers = numbers.max().unwrap_or(0);
    head(pen, &columns.at(rect(place.head)));
    let key = |action| {
        let chord = state.keymap.shown(Layer::Home, action);
        chord.map_or_else(String::new, |chord| chord.to_string())
    };
    let import = key(Action::Import);
    let (compare, decide) = (key(Action::OpenRuns), key(Action::OpenGate));
    let shown = lines.iter().enumerate().skip(state.home.top);
    for (index, line) in shown.take(usize::from(list.height)) {
        let at = nth_row(list, (index - state.home.top) as u16);
        let cursor = index == state.home.cursor;
        match line {
            HomeLine::Eval(card) => eval(pen, &columns, at, card, cursor),
            HomeLine::File(file) => found(pen, at, file, &import, cursor),
            HomeLine::Job(card) => job(pen, at, card, (numbers, state.now_ms), cursor),
            HomeLine::Runs(groups) => runs(pen, at, groups, (&compare, &decide), cursor),
        }
    }
    let used = lines.len().saturating_sub(state.home.top) as u16;
    let below = super::pen::shift_down(list, used.saturating_add(1));
    purpose(pen, state, below);
}

/// What the eval under the cursor is for, where there is room below the list.
fn purpose(pen: &mut Pen<'_>, state: &AppState, area: Rect) {
    let Some(card) = state.home.eval() else {
        return;
    };
    if area.height > 1 && !card.purpose.is_empty() {
        let inner = shift_right(area, POINTER);
        wait::paragraph(pen, inner, &card.purpose, Look::Dim);
    }
}
