//! Everything about one job: since when, how far, for how much, how it ended, and what failed.

use ratatui::layout::Rect;

use crate::app::activity::{ActivityState, Focus};
use crate::app::layout::{ABOUT_LINES, ActivityLayout};
use crate::domain::count::{counted, noun};
use crate::domain::failure::{Answerable, Class};
use crate::domain::job::{Job, Outcome, Stage};
use crate::domain::view::JobCard;
use crate::text::numbers;

use super::super::clock;
use super::super::glyph;
use super::super::pen::{Pen, Words, nth_row, shift_down, shift_right};
use super::super::rect;
use super::super::theme::Look;
use super::super::widgets::bar;
use super::super::widgets::rule::{self, Title};
use super::super::widgets::wait::paragraph;
use super::POINTER;

/// Draws it.
pub(super) fn draw(
    pen: &mut Pen<'_>,
    place: &ActivityLayout,
    activity: &ActivityState,
    card: &JobCard,
) {
    let title = Title {
        name: "JOB",
        about: Words::new().add(
            Look::Dim,
            format!("{} {} {}", card.judge, card.does(), card.job.eval),
        ),
        focused: activity.focus == Focus::Failures,
        ..Title::default()
    };
    rule::title(pen, rect(place.about.title), &title);
    let body = shift_right(rect(place.about.body), POINTER);
    let facts = [since(&card.job), work(&card.job), money(&card.job)];
    let below = facts.len() as u16;
    for (at, words) in facts.into_iter().enumerate() {
        pen.words(nth_row(body, at as u16), &words);
    }
    let [why, rest] = ending(card);
    pen.words(nth_row(body, below), &why);
    pen.words(nth_row(body, below + 1), &rest);
    failures(pen, rect(place.about.body), activity, card);
    // Why it ended may be longer than a line: then all of it stands below everything else.
    let failed = card.job.failures.len().min(usize::from(u16::MAX)) as u16;
    if let Some(message) = &card.job.message
        && why.width() > usize::from(body.width)
    {
        let free = shift_down(body, ABOUT_LINES + failed + u16::from(failed > 0));
        paragraph(pen, free, message, Look::Text);
    }
}

/// `since 12 Oct 14:03, 2 processes at work, 8 calls at once at most`.
fn since<'a>(job: &Job) -> Words<'a> {
    let mut words = Words::new()
        .add(Look::Dim, "first started ")
        .add(Look::Text, clock::date_and_time(job.started_ms));
    match (job.stage().is_live(), job.ended_ms) {
        (true, _) => words.push(
            Look::Dim,
            format!(
                ", {} at work, at most {} at once",
                counted(u64::from(job.workers), "process"),
                counted(u64::from(job.concurrency), "call")
            ),
        ),
        (false, Some(ended)) => {
            words.push(Look::Dim, ", ended ");
            words.push(Look::Text, clock::date_and_time(ended));
        }
        (false, None) => {}
    }
    words
}

/// `900 of 2,000 tickets, 2,700 calls, 40 answers known from before`.
fn work<'a>(job: &Job) -> Words<'a> {
    let mut words = Words::new()
        .add(Look::Text, bar::thousands(job.done))
        .add(
            Look::Dim,
            format!(
                " of {} {}",
                bar::thousands(job.total),
                noun(job.total, "ticket")
            ),
        )
        .add(
            Look::Dim,
            format!(
                ", {} {}",
                bar::thousands(job.calls),
                noun(job.calls, "call")
            ),
        );
    if job.cached > 0 {
        words.push(
            Look::Dim,
            format!(
                ", {} {} known from before",
                bar::thousands(job.cached),
                noun(job.cached, "answer")
            ),
        );
    }
    words
}

/// What it has spent, what may have been paid for nothing, and what nobody knows the price of.
fn money<'a>(job: &Job) -> Words<'a> {
    let mut words = Words::new()
        .add(Look::Dim, "spent ")
        .add(Look::Text, numbers::money(job.spent_micros));
    if let Some(most) = job.max_micros {
        words.push(Look::Dim, format!(" of {}", numbers::money(most)));
    }
    words.push(
        Look::Dim,
        format!(
            ", {} tokens",
            bar::thousands(job.spent_tokens.unsigned_abs())
        ),
    );
    if let Some(most) = job.max_tokens {
        let most = bar::thousands(most.unsigned_abs());
        words.push(Look::Dim, format!(" of {most}"));
    }
    if job.unpriced > 0 {
        let calls = counted(job.unpriced, "call");
        words.push(Look::Warn, format!(", {calls} unpriced"));
    }
    if job.lost_micros > 0 || job.lost_tokens > 0 {
        words.push(
            Look::Warn,
            format!(
                ", perhaps {} tokens and {} more: replies that were lost",
                bar::thousands(job.lost_tokens.unsigned_abs()),
                numbers::money(job.lost_micros)
            ),
        );
    }
    words
}

/// How it ended and why, and below that what it would take to go on.
fn ending<'a>(card: &JobCard) -> [Words<'a>; 2] {
    let job = &card.job;
    let whole = job.left() == 0 && job.failures.is_empty();
    let said = |look, words: &str| Words::new().add(look, words.to_owned());
    let rest = match (job.left(), job.failures.is_empty()) {
        (0, true) => Words::new(),
        (0, false) => said(
            Look::Dim,
            &again(card, "only tickets without an answer are left"),
        ),
        (left, _) => {
            let left = format!("{} without an answer", counted(left, "ticket"));
            said(Look::Dim, &again(card, &left))
        }
    };
    match job.stage() {
        Stage::Running if !card.again.is_empty() => {
            let goes_on = if job.failures.is_empty() {
                Words::new()
            } else {
                said(Look::Dim, "it goes on after what failed")
            };
            [said(Look::Warn, &again_lately(card)), goes_on]
        }
        Stage::Running if job.failures.is_empty() => {
            [said(Look::Dim, "nothing has failed"), Words::new()]
        }
        Stage::Running => [
            said(Look::Dim, "it goes on after what failed"),
            Words::new(),
        ],
        Stage::Held => [
            said(Look::Warn, "held: nothing is sent until it is let go on"),
            Words::new(),
        ],
        Stage::Stopping => [
            said(Look::Dim, "what is under way is finished first"),
            Words::new(),
        ],
        Stage::CutOff => [said(Look::Warn, "its process was killed"), rest],
        Stage::Ended(Outcome::Done) if whole => {
            let read = job.message.as_deref().unwrap_or("every ticket is read");
            [said(Look::Good, read), Words::new()]
        }
        Stage::Ended(outcome) => {
            let why = match (&job.message, outcome) {
                (Some(message), Outcome::Budget | Outcome::Failed) => message.as_str(),
                (None, Outcome::Budget | Outcome::Failed) => outcome.name(),
                (_, Outcome::Cancelled) => "somebody stopped it",
                (_, Outcome::Done) => "done",
            };
            [said(Look::Warn, why), rest]
        }
    }
}

/// `asked again in the last minute: the endpoint asked to wait 10 times`, each class with how often.
fn again_lately(card: &JobCard) -> String {
    let each = card.again.iter();
    let each = each.map(|(class, n)| format!("{} ({})", class.words(), counted(*n, "time")));
    format!(
        "asked again in the last minute: {}",
        each.collect::<Vec<_>>().join(", ")
    )
}

/// What it would take to go on: a key, or a line of the shell.
fn again(card: &JobCard, rest: &str) -> String {
    let job = &card.job;
    match (&card.named, job.kind.as_str()) {
        (Some(judge), "judge") => format!("{rest}: r says what they take ({judge})"),
        (Some(judge), "suggest") => format!(
            "{rest}: docket judge {} --judge {judge} --suggest",
            job.eval
        ),
        _ => rest.to_owned(),
    }
}

/// What a class of failures is called; a page of the web is no refusal.
fn failed_words<'a>(job: &Job, class: &'a str, known: Option<Class>) -> &'a str {
    let page = |message: &String| message.contains("a web page, not with a reply");
    match known {
        Some(Class::BadRequest) if job.message.as_ref().is_some_and(page) => {
            "a web page came instead of a reply"
        }
        Some(known) => known.words(),
        None => class,
    }
}

/// Failures by class, in words, each with its tickets and what becomes of them.
fn failures(pen: &mut Pen<'_>, body: Rect, activity: &ActivityState, card: &JobCard) {
    let area = shift_down(body, ABOUT_LINES);
    for (at, (class, tickets)) in card.job.failures.iter().enumerate() {
        let line = nth_row(area, at as u16);
        if line.is_empty() {
            break;
        }
        let cursor = activity.focus == Focus::Failures && activity.failure == at;
        let (text, dim) = if cursor {
            pen.tint(line, Look::Cursor);
            pen.put(line.x, line.y, 1, glyph::POINTER, Look::Accent);
            (Look::Cursor, Look::CursorDim)
        } else {
            (Look::Text, Look::Dim)
        };
        let known = Class::read(class);
        let left = Words::new()
            .add(text, format!("{:>6} ", bar::thousands(*tickets)))
            .add(text, failed_words(&card.job, class, known));
        let next = known.map_or("", |class| match class.answerable() {
            Answerable::Later | Answerable::Without => "tried again by the next start",
            Answerable::Stop => "stopped the job",
            Answerable::Again(_) | Answerable::Unscored => "asked again only if told to",
        });
        let right = if cursor {
            Words::new().add(dim, "Enter: these tickets ")
        } else {
            Words::new().add(dim, next)
        };
        pen.both(shift_right(line, POINTER), &left, &right);
    }
}
