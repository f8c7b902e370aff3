//! What judges are doing: the jobs, and what there is to say about one of them.

mod about;

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::activity::{ActivityState, Focus};
use crate::app::layout::{self, ActivityLayout};
use crate::domain::job::{Job, Outcome, Stage};
use crate::domain::view::JobCard;
use crate::text::numbers;
use crate::text::width::Align;

use super::glyph;
use super::pen::{Pen, Words, cut_left, nth_row, shift_down, shift_right};
use super::rect;
use super::screen;
use super::theme::Look;
use super::widgets::{bar, wait};

const POINTER: u16 = 2;
const GAP: u16 = 2;
const STAGE: u16 = 14;
const BAR: u16 = 20;
const RATE: u16 = 7;
const SPENT: u16 = 15;
const LEFT: u16 = 11;
const FAILED: u16 = 6;
/// Cells that say who reads what, before any other column is shown.
const WHAT: u16 = 30;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let place = layout::activity(state.size);
    let left = Words::new()
        .add(Look::Strong, "docket")
        .add(Look::Dim, format!(" {} activity", glyph::DOT));
    let right = match state.activity.counts() {
        (0, 0) => Words::new(),
        (live, ended) => Words::new().add(Look::Dim, format!("{live} under way, {ended} ended")),
    };
    screen::frame(pen, state, &place.frame, &left, &right);
    if let Some(empty) = state.activity.empty() {
        let area = shift_down(rect(place.frame.content), 1);
        screen::empty(pen, shift_right(area, POINTER), &empty);
        return;
    }
    list(pen, &place, &state.activity, state.now_ms);
    if let Some(card) = state.activity.current() {
        about::draw(pen, &place, &state.activity, card);
    }
}

/// Where the columns stand; what does not fit goes, what is left and how far it is stay.
struct Columns {
    stage: Rect,
    what: Rect,
    bar: Rect,
    rate: Option<Rect>,
    spent: Option<Rect>,
    failed: Option<Rect>,
    left: Rect,
}

fn columns(row: Rect) -> Columns {
    let (stage, rest) = cut_left(shift_right(row, POINTER), STAGE, GAP);
    let mut room = rest.width.saturating_sub(BAR + LEFT + 2 * GAP + WHAT);
    let mut fits = |cells: u16| {
        let fits = room >= cells + GAP;
        if fits {
            room -= cells + GAP;
        }
        fits
    };
    let with_failed = fits(FAILED);
    let with_spent = fits(SPENT);
    let with_rate = fits(RATE);
    let mut fixed = BAR + LEFT + 2 * GAP;
    for (with, cells) in [
        (with_failed, FAILED),
        (with_spent, SPENT),
        (with_rate, RATE),
    ] {
        if with {
            fixed += cells + GAP;
        }
    }
    let (what, rest) = cut_left(rest, rest.width.saturating_sub(fixed), GAP);
    let (bar, rest) = cut_left(rest, BAR, GAP);
    let (rate, rest) = optional(rest, RATE, with_rate);
    let (spent, rest) = optional(rest, SPENT, with_spent);
    let (failed, left) = optional(rest, FAILED, with_failed);
    Columns {
        stage,
        what,
        bar,
        rate,
        spent,
        failed,
        left,
    }
}

fn optional(rest: Rect, cells: u16, with: bool) -> (Option<Rect>, Rect) {
    if with {
        let (column, rest) = cut_left(rest, cells, GAP);
        (Some(column), rest)
    } else {
        (None, rest)
    }
}

fn list(pen: &mut Pen<'_>, place: &ActivityLayout, activity: &ActivityState, now_ms: u64) {
    let head = columns(rect(place.head));
    pen.line(head.stage, "state", Look::Dim);
    pen.line(head.what, "judge and eval", Look::Dim);
    pen.line(head.bar, "tickets", Look::Dim);
    for (column, name) in [
        (head.rate, "calls/s"),
        (head.spent, "spent"),
        (head.failed, "failed"),
        (Some(head.left), "left"),
    ] {
        if let Some(column) = column {
            pen.line_aligned(column, name, Look::Dim, Align::Right);
        }
    }
    let area = rect(place.list);
    let counts = activity.jobs.iter().flatten();
    let counts = counts.map(|card| bar::count_cells(card.job.done, card.job.total));
    let count = counts.max().unwrap_or(0);
    let jobs = activity.jobs.iter().flatten().enumerate();
    for (index, card) in jobs.skip(activity.top).take(usize::from(area.height)) {
        let at = nth_row(area, (index - activity.top) as u16);
        let cursor = index == activity.cursor;
        if cursor {
            pen.tint(at, Look::Cursor);
            let look = if activity.focus == Focus::Jobs {
                Look::Accent
            } else {
                Look::CursorDim
            };
            pen.put(at.x, at.y, 1, glyph::POINTER, look);
        }
        row(pen, &columns(at), card, (cursor, count), now_ms);
    }
}

/// One job; the numbers behind the bar have room for `count` cells.
fn row(
    pen: &mut Pen<'_>,
    columns: &Columns,
    card: &JobCard,
    (cursor, count): (bool, u16),
    now_ms: u64,
) {
    let job = &card.job;
    let (text, dim) = if cursor {
        (Look::Cursor, Look::CursorDim)
    } else {
        (Look::Text, Look::Dim)
    };
    let (sign, look) = sign(job.stage(), now_ms);
    pen.put(columns.stage.x, columns.stage.y, 1, sign, look);
    let (stage, look) = match card.held_up() {
        Some(class) if cursor => (class.short(), dim),
        Some(class) => (class.short(), Look::Warn),
        None => (job.stage().words(), dim),
    };
    pen.line(shift_right(columns.stage, 2), stage, look);
    let what = Words::new()
        .add(text, card.judge.as_str())
        .add(dim, format!(" {} {}", on(card), job.eval));
    pen.words(columns.what, &what);
    bar::count(pen, columns.bar, (job.done, job.total), count);
    let mut put = |column: Option<Rect>, words: String, look: Look| {
        if let Some(column) = column {
            pen.line_aligned(column, &words, look, Align::Right);
        }
    };
    let rate = card.rate.filter(|_| job.stage() == Stage::Running);
    put(
        columns.rate,
        rate.map_or_else(none, |rate| format!("{rate:.1}")),
        dim,
    );
    put(columns.spent, spent(job), dim);
    let failed: u64 = job.failures.iter().map(|(_, tickets)| tickets).sum();
    let warn = if failed > 0 && !cursor {
        Look::Warn
    } else {
        dim
    };
    put(
        columns.failed,
        if failed == 0 {
            none()
        } else {
            bar::thousands(failed)
        },
        warn,
    );
    let left = match (job.stage(), card.time_left) {
        (Stage::Running, Some(left)) => numbers::span(left),
        (Stage::Ended(Outcome::Done), _) => none(),
        (Stage::Running, None) => "…".to_owned(),
        _ if job.left() == 0 => none(),
        _ => format!("{} open", bar::thousands(job.left())),
    };
    put(Some(columns.left), left, dim);
}

fn none() -> String {
    glyph::NONE.to_owned()
}

fn on(card: &JobCard) -> &'static str {
    if card.job.kind == "suggest" {
        "suggests for"
    } else {
        "on"
    }
}

/// A sign for where a job stands; the word stands beside it.
fn sign(stage: Stage, now_ms: u64) -> (&'static str, Look) {
    match stage {
        Stage::Running => (wait::throbber(now_ms), Look::Accent),
        Stage::Held => (glyph::NONE, Look::Warn),
        Stage::Stopping => ("…", Look::Dim),
        Stage::CutOff | Stage::Ended(Outcome::Budget | Outcome::Cancelled) => {
            (glyph::DIFFERS, Look::Warn)
        }
        Stage::Ended(Outcome::Done) => (glyph::CHECK, Look::Good),
        Stage::Ended(Outcome::Failed) => (glyph::CROSS, Look::Bad),
    }
}

/// `0.42 of 2.50`, `1.2M tokens of 2M`; `unpriced` where nobody knows.
pub fn spent(job: &Job) -> String {
    let money = job.spent_micros + job.lost_micros;
    match (job.max_micros, job.max_tokens) {
        (Some(most), _) => format!("{} of {}", numbers::money(money), numbers::money(most)),
        (None, Some(most)) => format!(
            "{} of {} tok",
            tokens(job.spent_tokens + job.lost_tokens),
            tokens(most)
        ),
        (None, None) if money > 0 => numbers::money(money),
        (None, None) if job.unpriced > 0 => "unpriced".to_owned(),
        (None, None) => none(),
    }
}

/// `820`, `12k`, `1.2M`.
fn tokens(tokens: i64) -> String {
    match tokens {
        ..1_000 => tokens.to_string(),
        1_000..1_000_000 => format!("{}k", tokens / 1_000),
        _ => format!("{:.1}M", tokens as f64 / 1e6),
    }
}
