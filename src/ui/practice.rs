//! Practice tickets: they look like tickets, say that nothing counts, and end with the right answers.

use crate::app::AppState;
use crate::app::practice::{Practice, Step};
use crate::app::ticket::form_view;

use super::form::{self, FormView};
use super::glyph;
use super::pen::{Pen, Words};
use super::rect;
use super::screen;
use super::texts;
use super::theme::Look;
use super::widgets::rule::{self, Title};

/// Draws the screen.
pub fn draw(pen: &mut Pen<'_>, state: &AppState) {
    let Some(practice) = &state.practice else { return };
    let place = practice.layout(state.size);
    let left = Words::new()
        .add(Look::Strong, "practice")
        .add(
            Look::Dim,
            format!(
                "  {} of {} {} nothing here counts {} Esc leaves",
                practice.at + 1,
                practice.count(),
                glyph::DOT,
                glyph::DOT
            ),
        );
    screen::frame(pen, state, &place.frame, &left, &Words::new());
    todo_parts(pen, practice);
}
