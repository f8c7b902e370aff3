//! One item across the candidates: the request over the outputs, numbered until one asks who wrote them.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::layout::{self, BESIDE_GAP};
use crate::app::runs::OpenGroup;
use crate::app::runs::beside::Beside;
use crate::domain::count::counted;
use crate::domain::view::Side;
use crate::text::numbers;

use super::super::glyph;
use super::super::pen::{Pen, Words, cut_top, nth_row, shift_down, shift_right};
use super::super::rect;
use super::super::screen;
use super::super::theme::Look;
use super::super::widgets::rule::{self, Title};
use super::super::widgets::wait;

/// Draws the item.
pub(super) fn draw(pen: &mut Pen<'_>, state: &AppState, open: &OpenGroup) {
    let Some(beside) = &open.beside else { return };
    let place = layout::beside(state.size, beside.columns());
    let left = Words::new()
        .add(Look::Strong, open.name.as_str())
        .add(Look::Dim, format!(" {} item ", glyph::DOT))
        .add(Look::Strong, beside.name.as_str());
    let right = Words::new().add(Look::Dim, counted(beside.sides().len(), "output"));
    screen::frame(pen, state, &place.frame, &left, &right);
    let Some(doc) = &beside.doc else {
        let area = shift_down(rect(place.frame.content), 1);
        wait::paragraph(
            pen,
            shift_right(area, 2),
            "Reading the outputs.",
            Look::Text,
        );
        return;
    };
    let title = Title {
        name: "REQUEST",
        ..Title::default()
    };
    rule::title(pen, rect(place.rule), &title);
    let request = rect(place.request);
    for (at, line) in beside
        .request
        .iter()
        .take(usize::from(request.height))
        .enumerate()
    {
        pen.line(nth_row(request, at as u16), line, Look::Text);
    }
    let shown = doc.sides.iter().enumerate().skip(beside.first());
    let mut rest = rect(place.outputs);
    for (at, side) in shown.take(beside.columns()) {
        let area = Rect {
            width: place.column,
            ..rest
        };
        output(pen, area, beside, at, side);
        rest = shift_right(rest, place.column + BESIDE_GAP);
    }
}

fn output(pen: &mut Pen<'_>, area: Rect, beside: &Beside, at: usize, side: &Side) {
    let name = format!("{}", at + 1);
    let mut about = Words::new();
    if beside.named {
        about.push(Look::Strong, side.candidate.as_str());
        if side.run > 1 {
            about.push(Look::Dim, format!(" run {}", side.run));
        }
        if let Some(model) = side
            .model
            .as_ref()
            .filter(|model| **model != side.candidate)
        {
            about.push(Look::Dim, format!(" {model}"));
        }
    }
    let title = Title {
        name: &name,
        about,
        focused: at == beside.at,
        ..Title::default()
    };
    let (head, body) = cut_top(area, 1);
    rule::title(pen, head, &title);
    let (scores, body) = cut_top(body, 1);
    if beside.named {
        pen.words(scores, &scored(side));
    } else {
        pen.line(scores, "who wrote it is hidden; b shows it", Look::Dim);
    }
    if let Some(missing) = side.missing.as_ref().filter(|_| side.text.is_empty()) {
        pen.line(body, missing, Look::Warn);
        return;
    }
    let lines = beside.texts.get(at).map_or(&[][..], Vec::as_slice);
    let shown = lines.iter().skip(beside.scroll);
    for (line, text) in shown.take(usize::from(body.height)).enumerate() {
        pen.line(nth_row(body, line as u16), text, Look::Text);
    }
}

/// `judge 0.80 ✓ · people 0.60 ✗ · 1.2 s · 0.0012`.
fn scored<'a>(side: &Side) -> Words<'a> {
    let mut words = Words::new();
    let mut said = |who: &str, (score, pass): (f64, bool)| {
        let (sign, look) = if pass {
            (glyph::CHECK, Look::Good)
        } else {
            (glyph::CROSS, Look::Bad)
        };
        words.push(Look::Dim, format!("{who} "));
        words.push(Look::Text, format!("{score:.2} "));
        words.push(look, sign);
        words.push(Look::Text, "  ");
    };
    if let Some(judged) = side.judged {
        said("judge", judged);
    }
    if let Some(human) = side.human {
        said("people", human);
    }
    if let Some(missing) = side.missing.as_ref().filter(|_| side.judged.is_none()) {
        words.push(Look::Warn, format!("{missing}  "));
    }
    if let Some(ms) = side.latency_ms {
        words.push(Look::Dim, format!("{:.1} s  ", f64::from(ms) / 1000.0));
    }
    if let Some(micros) = side.cost_micros {
        words.push(Look::Dim, numbers::money(micros));
    }
    words
}
