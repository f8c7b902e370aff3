//! Practice tickets: they look like tickets, say that nothing counts, and end with the right answers.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::document::TextPane;
use crate::app::layout;
use crate::app::practice::layout::PracticeLayout;
use crate::app::practice::{Practice, Step};
use crate::app::ticket::{Ghosts, form_view};
use crate::domain::count::either;

use super::form::{FormView, draw as draw_form};
use super::glyph;
use super::pen::{Pen, Words, shift_down};
use super::rect;
use super::screen;
use super::texts;
use super::theme::Look;
use super::widgets::rule::{self, Title};

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let Some(practice) = &state.practice else {
        return;
    };
    let frame = layout::frame(state.size);
    let left = Words::new()
        .add(Look::Accent, "practice")
        .add(
            Look::Text,
            format!("  {} of {}", practice.at + 1, practice.count()),
        )
        .add(
            Look::Dim,
            format!("  nothing here counts {} Esc leaves", glyph::DOT),
        );
    screen::frame(pen, state, &frame, &left, &Words::new());
    let place = practice.layout(state.size);
    let form = rect(place.form);
    match practice.step {
        Step::Answering => both_texts(pen, &place, practice),
        Step::Revealed => {
            let title = Title {
                name: "THE RIGHT ANSWERS",
                place: texts::place(&practice.lesson),
                ..Title::default()
            };
            rule::title(pen, rect(place.lesson), &title);
            lesson(pen, rect(PracticeLayout::body(place.lesson)), practice);
        }
    }
    let title = Title {
        name: "QUESTIONS",
        focused: practice.step == Step::Answering,
        ..Title::default()
    };
    rule::title(pen, form, &title);
    questions(pen, shift_down(form, 1), practice);
}

/// The request as high as it needs to be, the output below it.
fn both_texts(pen: &mut Pen<'_>, place: &PracticeLayout, practice: &Practice) {
    let name = if practice.reads_policy {
        "POLICY"
    } else {
        "REQUEST"
    };
    text(pen, rect(place.request), name, &practice.request);
    for (at, (output, area)) in practice.outputs.iter().zip(&place.outputs).enumerate() {
        let name = if practice.outputs.len() > 1 {
            format!("OUTPUT {}", at + 1)
        } else {
            "OUTPUT".to_owned()
        };
        text(pen, rect(*area), &name, output);
    }
}

fn text(pen: &mut Pen<'_>, area: Rect, name: &str, text: &TextPane) {
    let title = Title {
        name,
        place: texts::place(text),
        ..Title::default()
    };
    rule::title(pen, area, &title);
    texts::pane(pen, shift_down(area, 1), text);
}

fn lines(practice: &Practice, columns: u16) -> Vec<form_view::FormLine> {
    form_view::lines(
        &practice.doc,
        &practice.draft,
        &Ghosts::default(),
        &practice.form,
        columns,
    )
}

fn questions(pen: &mut Pen<'_>, area: Rect, practice: &Practice) {
    let view = FormView {
        doc: &practice.doc,
        answers: &practice.draft.answers,
        form: &practice.form,
        focused: practice.step == Step::Answering,
        judge: None,
    };
    draw_form(pen, area, &lines(practice, area.width), &view);
}

fn lesson(pen: &mut Pen<'_>, area: Rect, practice: &Practice) {
    match practice.differing() {
        (_, 0) => {
            pen.line(area, "✓ as the rubric's author answers", Look::Good);
        }
        (all, differ) => {
            let words = format!(
                "{} {differ} of {all} {} from the answers of the rubric's author",
                glyph::DIFFERS,
                either(differ, "differs", "differ"),
            );
            pen.line(area, &words, Look::Warn);
        }
    }
    let below = shift_down(area, Practice::ANSWER_ROWS);
    texts::pane(pen, below, &practice.lesson);
}
