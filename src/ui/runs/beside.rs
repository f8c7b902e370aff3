//! One item across the candidates: the request over the outputs, numbered until one asks who wrote them.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::layout::{self, BESIDE_GAP};
use crate::app::runs::OpenGroup;
use crate::app::runs::beside::Beside;
use crate::domain::count::counted;
use crate::domain::currency::CURRENCY;
use crate::domain::preference::Preference;
use crate::domain::review::Sight;
use crate::domain::view::{Known, Side};
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
    let right = Words::new().add(Look::Dim, own(beside));
    screen::frame(pen, state, &place.frame, &left, &right);
    if beside.doc.is_none() {
        let area = shift_down(rect(place.frame.content), 1);
        wait::paragraph(
            pen,
            shift_right(area, 2),
            "Reading the outputs.",
            Look::Text,
        );
        return;
    }
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
    let shown = beside.sides().iter().enumerate().skip(beside.first());
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
    let doc = beside.doc.as_ref();
    // What another run gave stands there to be read, not to be chosen.
    let name = if doc.is_some_and(|doc| at < doc.compared) {
        format!("{}", at + 1)
    } else {
        "also".to_owned()
    };
    let known = side.known.as_ref().filter(|_| beside.named);
    let mut about = known.map_or_else(Words::new, named);
    let mine = doc.and_then(|doc| doc.mine);
    if mine.is_some_and(|(said, _)| said == Preference::Best(at as u8)) {
        about.push(Look::Accent, format!(" {} your choice", glyph::CHECK));
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
    match known {
        Some(known) => {
            let opinions = doc.map_or(0, |doc| doc.opinions);
            pen.words(scores, &scored(known, opinions));
        }
        None if doc.is_some_and(|doc| doc.sight == Sight::Assisted) => {
            pen.line(
                scores,
                "you have seen who wrote these: a choice is not blind",
                Look::Dim,
            );
        }
        None => {
            pen.line(scores, "who wrote it is hidden; b shows it", Look::Dim);
        }
    }
    if let Some(failed) = side.failed.as_ref().filter(|_| side.text.is_empty()) {
        pen.line(body, failed, Look::Warn);
        return;
    }
    let lines = beside.texts.get(at).map_or(&[][..], Vec::as_slice);
    let shown = lines.iter().skip(beside.scroll);
    for (line, text) in shown.take(usize::from(body.height)).enumerate() {
        pen.line(nth_row(body, line as u16), text, Look::Text);
    }
}

/// `3 outputs · you: a tie`.
fn own(beside: &Beside) -> String {
    let outputs = counted(beside.sides().len(), "output");
    let Some((said, sight)) = beside.doc.as_ref().and_then(|doc| doc.mine) else {
        return outputs;
    };
    let said = match said {
        Preference::Best(place) => format!("output {} is best", u32::from(place) + 1),
        Preference::Tie => "a tie".to_owned(),
        Preference::CannotTell => "cannot tell".to_owned(),
    };
    let apart = match sight {
        Sight::Blind => "",
        Sight::Assisted => ", not blind",
    };
    format!("{outputs} {} you: {said}{apart}", glyph::DOT)
}

/// `local/b run 2 qwen3`.
fn named(known: &Known) -> Words<'_> {
    let mut words = Words::new().add(Look::Strong, known.candidate.as_str());
    if known.run > 1 {
        words.push(Look::Dim, format!(" run {}", known.run));
    }
    let model = known.model.as_ref();
    if let Some(model) = model.filter(|model| **model != known.candidate) {
        words.push(Look::Dim, format!(" {model}"));
    }
    words
}

/// `best for 2 of 3 · judge 0.80 ✓ · people 0.60 ✗ · 1.2 s · 0.0012`.
fn scored<'a>(side: &Known, opinions: u64) -> Words<'a> {
    let mut words = Words::new();
    if opinions > 0 {
        let best = format!("best for {} of {opinions}  ", side.best_for);
        words.push(Look::Text, best);
    }
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
    if let Some(unscored) = &side.unscored {
        words.push(Look::Warn, format!("{unscored}  "));
    }
    if let Some(ms) = side.latency_ms {
        words.push(Look::Dim, format!("{:.1} s  ", f64::from(ms) / 1000.0));
    }
    if let Some(micros) = side.cost_micros {
        words.push(Look::Dim, format!("{} {CURRENCY}", numbers::money(micros)));
    }
    words
}
