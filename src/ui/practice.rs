//! Practice tickets: they look like tickets, say that nothing counts, and end with the right answers.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::layout::Size;
use crate::app::practice::{Practice, Step};
use crate::app::ticket::{Ghosts, Pane, TicketLayout, TicketOptions, form, form_view, layout};

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
    let place = places(practice, state.size);
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
    screen::frame(pen, state, &place.frame, &left, &Words::new());
    for (pane, area) in &place.texts {
        let (name, text) = match pane {
            Pane::Request => ("REQUEST", Some(&practice.request)),
            Pane::Output(at) => ("OUTPUT", practice.outputs.get(*at)),
            Pane::Form | Pane::Judge | Pane::Reference => continue,
        };
        let title = Title {
            name,
            place: text.map_or_else(Words::new, texts::place),
            ..Title::default()
        };
        rule::title(pen, rect(area.title), &title);
        if let Some(text) = text {
            texts::pane(pen, rect(area.body), text);
        }
    }
    if let Some(area) = &place.form {
        let title = Title {
            name: "QUESTIONS",
            focused: true,
            ..Title::default()
        };
        rule::title(pen, rect(area.title), &title);
        questions(pen, rect(area.body), practice);
    }
    if let Some(area) = &place.judge {
        let name = match practice.step {
            Step::Answering => "ANSWERS",
            Step::Revealed => "THE RIGHT ANSWERS",
        };
        let title = Title {
            name,
            ..Title::default()
        };
        rule::title(pen, rect(area.title), &title);
        lesson(pen, rect(area.body), practice);
    }
}

/// Where the parts stand: those of a ticket with one text at a time where it is narrow.
fn places(practice: &Practice, size: Size) -> TicketLayout {
    let revealed = practice.step == Step::Revealed;
    let options = TicketOptions {
        outputs: practice.outputs.len(),
        tab: Pane::Output(0),
        form_lines: lines(practice, 60).len().min(200) as u16,
        request_lines: practice.request.rows().rows().len().min(200) as u16,
        ..TicketOptions::default()
    };
    let mut place = layout(size, &options);
    if revealed && place.judge.is_none() {
        // Where only the questions fit below the text, the lesson takes the text's place.
        place.judge = place.texts.pop().map(|(_, area)| area);
    }
    place
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
    if practice.step == Step::Answering {
        pen.line(area, "They open here once you commit.", Look::Dim);
        return;
    }
    let differing = practice.differing();
    let mut used = 0;
    for (id, (mine, right)) in &differing {
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
        pen.words(nth_row(area, used), &words);
        used += 1;
    }
    if differing.is_empty() {
        pen.line(area, "✓ as the rubric's author answers", Look::Good);
        used = 1;
    }
    texts::pane(pen, shift_down(area, used + 1), &practice.lesson);
}
