//! Practice tickets: they look like tickets, say that nothing counts, and end with the right answers.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::document::TextPane;
use crate::app::layout;
use crate::app::practice::layout::PracticeLayout;
use crate::app::practice::{Practice, Step};
use crate::app::ticket::{Ghosts, form, form_view};

use super::form::{FormView, draw as draw_form, short_answer};
use super::glyph;
use super::pen::{Pen, Words, nth_row, shift_down};
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
    text(pen, rect(place.request), "REQUEST", &practice.request);
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
    let differing = practice.differing();
    for (used, (id, (mine, right))) in differing.iter().enumerate() {
        let words = Words::new()
            .add(Look::Strong, *id)
            .add(
                Look::Text,
                format!("  {}", form::words(&practice.doc, right)),
            )
            .add(
                Look::Warn,
                format!(
                    "   {} you said {}",
                    glyph::DIFFERS,
                    short_answer(&practice.doc, *mine)
                ),
            );
        pen.words(nth_row(area, used as u16), &words);
    }
    if differing.is_empty() {
        pen.line(area, "✓ as the rubric's author answers", Look::Good);
    }
    texts::pane(
        pen,
        shift_down(area, practice.answer_rows()),
        &practice.lesson,
    );
}
