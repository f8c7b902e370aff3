//! The gate: the groups with their rules; of one the candidates, the verdict, the checklist and what it rests on.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::gate::rows::{Row, RowKind, Sense, Sheet};
use crate::app::gate::{GateState, OpenGate, POINTER, aside, checklist};
use crate::app::layout;
use crate::domain::count::counted;
use crate::domain::view::gate::GateCard;
use crate::text::width;

use super::clock;
use super::glyph;
use super::pen::{Pen, Words, cut_left, nth_row, shift_down, shift_right};
use super::rect;
use super::screen;
use super::theme::Look;
use super::widgets::rule::{self, Title};
use super::widgets::table::{Cell, Column, Table};

/// Cells of the part's name, and of the sign behind it.
const PART: u16 = 9;
const SIGN: u16 = 1;
const GAP: u16 = 1;
/// Cells of what is asked, where there is room, and those what there is has at least.
const ASKED: u16 = 46;
const FOUND: u16 = 25;

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    match &state.gate.open {
        None => list(pen, state),
        Some(open) => gate(pen, state, open),
    }
}

fn list(pen: &mut Pen<'_>, state: &AppState) {
    let place = layout::gates(state.size);
    let left = Words::new()
        .add(Look::Strong, "docket")
        .add(Look::Dim, format!(" {} gates", glyph::DOT));
    let right = state.gate.cards.as_ref().map_or_else(Words::new, |cards| {
        Words::new().add(Look::Dim, counted(cards.len(), "group"))
    });
    screen::frame(pen, state, &place.frame, &left, &right);
    if let Some(empty) = state.gate.empty() {
        let area = shift_down(rect(place.frame.content), 1);
        screen::empty(pen, shift_right(area, POINTER), &empty);
        return;
    }
    let table = Table::new(
        place.list.width,
        vec![
            Column::left("group", 10, 24, 0),
            Column::left("rule", 12, 12, 0),
            Column::left("at the last look", 22, 50, 0),
            Column::left("last decision", 24, 40, 0),
            Column::left("when it was declared", 24, 60, 1),
        ],
    );
    table.head(pen, rect(place.head));
    let area = rect(place.list);
    for (at, card) in visible(&state.gate) {
        let row = nth_row(area, (at - state.gate.top) as u16);
        table.row(pen, row, &cells(card), at == state.gate.cursor);
    }
}

fn visible(gate: &GateState) -> impl Iterator<Item = (usize, &GateCard)> {
    let cards = gate.cards.iter().flatten().enumerate();
    cards.skip(gate.top).take(gate.height)
}

fn cells(card: &GateCard) -> Vec<Cell> {
    let Some(rule) = &card.rule else {
        return vec![
            Cell::text(card.group.as_str()),
            Cell::new("none yet", Look::Warn),
            Cell::dim("waits for a rule"),
            Cell::dim(glyph::NONE),
            Cell::dim(glyph::NONE),
        ];
    };
    let last = match &rule.last {
        None => "hidden until you open it".to_owned(),
        Some(last) if last.is_empty() => "nobody has looked".to_owned(),
        Some(last) => {
            let each = last
                .iter()
                .map(|(name, verdict)| format!("{} {name}", sign(checklist::sense(*verdict)).0));
            each.collect::<Vec<_>>().join("  ")
        }
    };
    let decided = match &rule.decided {
        None if rule.last.is_none() => Cell::dim(glyph::NONE),
        None => Cell::dim("nobody has decided"),
        Some((name, decision, by)) => Cell::text(format!("{name} {} by {by}", decision.past())),
    };
    vec![
        Cell::text(card.group.as_str()),
        Cell::dim(rule.gate.as_str()),
        Cell::text(last),
        decided,
        Cell::dim(rule.relative.as_str()),
    ]
}

fn gate(pen: &mut Pen<'_>, state: &AppState, open: &OpenGate) {
    let frame = layout::frame(state.size);
    let left = Words::new()
        .add(Look::Strong, open.name.as_str())
        .add(Look::Dim, format!(" {} gate", glyph::DOT));
    let right = open.view().map_or_else(Words::new, |view| {
        let report = &view.report;
        let words = format!(
            "{}, {}",
            counted(report.items, "item"),
            counted(report.clusters, "cluster")
        );
        Words::new().add(Look::Dim, words)
    });
    screen::frame(pen, state, &frame, &left, &right);
    if let Some(empty) = open.empty() {
        let area = shift_down(rect(frame.content), 1);
        screen::empty(pen, shift_right(area, POINTER), &empty);
        return;
    }
    if open.view().is_none() {
        let area = shift_right(rect(layout::gate_notice(state.size)), POINTER);
        rows(pen, area, &open.list, open.top, Some(open.cursor));
        return;
    }
    let place = open.place();
    tabs(pen, rect(place.tabs), open);
    rows(pen, rect(place.head), &open.head, 0, None);
    let mut title = Title {
        name: "CHECKLIST",
        // Where something stands beside it, it is the one that hears the arrow keys.
        focused: place.side.is_some(),
        ..Title::default()
    };
    title.place = scrolled(&open.list, open.top, place.list.body.height);
    rule::title(pen, rect(place.list.title), &title);
    rows(
        pen,
        rect(place.list.body),
        &open.list,
        open.top,
        Some(open.cursor),
    );
    if let Some(side) = place.side {
        let mut title = Title {
            name: aside::DECISIONS,
            ..Title::default()
        };
        title.place = scrolled(&open.side, open.side_top, side.body.height);
        rule::title(pen, rect(side.title), &title);
        rows(pen, rect(side.body), &open.side, open.side_top, None);
    }
}

/// Signs for rows above and below, where some are hidden.
fn scrolled<'a>(sheet: &Sheet, top: usize, height: u16) -> Words<'a> {
    let mut words = Words::new();
    if top > 0 {
        words.push(Look::Dim, glyph::LESS);
    }
    if top + usize::from(height) < sheet.rows.len() {
        words.push(Look::Dim, glyph::MORE);
    }
    words
}

/// The names of the candidates with their verdicts; the one that is shown carries the accent and the pointer.
fn tabs(pen: &mut Pen<'_>, area: Rect, open: &OpenGate) {
    for tab in open.tabs() {
        let at = Rect {
            width: tab.width,
            ..shift_right(area, tab.x)
        };
        let chosen = tab.at == open.candidate;
        if chosen {
            pen.put(at.x, at.y, 1, glyph::POINTER, Look::Accent);
        }
        let (sign, look) = sign(checklist::sense(tab.verdict));
        let name = if chosen { Look::Accent } else { Look::Dim };
        let words = Words::new()
            .add(look, sign)
            .add(Look::Text, " ")
            .add(name, tab.name.as_str())
            .add(Look::Dim, format!(" {}", checklist::word(tab.verdict)));
        pen.words(shift_right(at, POINTER), &words);
    }
}

/// The sign of a sense, and how it looks.
fn sign(sense: Sense) -> (&'static str, Look) {
    match sense {
        Sense::Good => (glyph::CHECK, Look::Good),
        Sense::Bad => (glyph::CROSS, Look::Bad),
        Sense::Warn => ("?", Look::Warn),
        Sense::Plain | Sense::Strong | Sense::Dim | Sense::Command => (glyph::NONE, Look::Dim),
    }
}

fn look(sense: Sense) -> Look {
    match sense {
        Sense::Plain => Look::Text,
        Sense::Strong => Look::Strong,
        Sense::Dim => Look::Dim,
        Sense::Good => Look::Good,
        Sense::Bad => Look::Bad,
        Sense::Warn => Look::Warn,
        Sense::Command => Look::Accent,
    }
}

/// Rows from `top` on. The first row of the stop under the cursor carries the pointer.
pub(super) fn rows(
    pen: &mut Pen<'_>,
    area: Rect,
    sheet: &Sheet,
    top: usize,
    cursor: Option<usize>,
) {
    let first = cursor
        .and_then(|cursor| sheet.span(cursor))
        .map(|(first, _)| first);
    let shown = sheet.rows.iter().enumerate().skip(top);
    for (index, row) in shown.take(usize::from(area.height)) {
        let at = nth_row(area, (index - top) as u16);
        one(pen, at, row, first == Some(index));
    }
}

fn one(pen: &mut Pen<'_>, at: Rect, row: &Row, cursor: bool) {
    if cursor {
        pen.tint(at, Look::Cursor);
        pen.put(at.x, at.y, 1, glyph::POINTER, Look::Accent);
    }
    match &row.kind {
        RowKind::Blank => {}
        RowKind::Heading(name) => {
            let title = Title {
                name,
                ..Title::default()
            };
            rule::title(pen, at, &title);
        }
        RowKind::Check {
            part,
            sign: holds,
            what,
            found,
        } => check(pen, at, (part, *holds), what, found, cursor),
        RowKind::Words {
            indent,
            parts,
            at_ms,
        } => {
            let mut words = Words::new();
            for (sense, text) in parts {
                let look = match look(*sense) {
                    Look::Text if cursor => Look::Cursor,
                    Look::Dim if cursor => Look::CursorDim,
                    look => look,
                };
                words.push(look, text.as_str());
            }
            let time = at_ms.map_or_else(Words::new, |at| {
                Words::new().add(Look::Dim, clock::date_and_time(at))
            });
            pen.both(shift_right(at, *indent), &words, &time);
        }
    }
}

fn check(
    pen: &mut Pen<'_>,
    at: Rect,
    (part, holds): (&str, Sense),
    what: &str,
    found: &str,
    cursor: bool,
) {
    let (text, dim) = if cursor {
        (Look::Cursor, Look::CursorDim)
    } else {
        (Look::Text, Look::Dim)
    };
    let (name, rest) = cut_left(shift_right(at, POINTER), PART, 0);
    pen.line(name, part, Look::Title);
    let (sign_at, rest) = cut_left(rest, SIGN, GAP);
    let (sign, sign_look) = sign(holds);
    pen.line(sign_at, sign, sign_look);
    if found.is_empty() {
        let look = if holds == Sense::Dim { dim } else { text };
        pen.line(rest, what, look);
        return;
    }
    // The columns stand still as long as what is asked fits; a long one takes what is left by what there is.
    let room = |found: u16| rest.width.saturating_sub(found.min(rest.width / 2) + 2);
    let usual = room(FOUND).min(ASKED);
    let wanted = width::of(what) as u16;
    let column = if wanted <= usual {
        usual
    } else {
        wanted.min(room(FOUND.min(width::of(found) as u16)))
    };
    let (asked, rest) = cut_left(rest, column, 2);
    pen.line(asked, what, if holds == Sense::Good { dim } else { text });
    pen.line(rest, found, text);
}
