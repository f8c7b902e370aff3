//! Dialogs of the gate: a decision with its reason, commands before they are run.

use crate::app::AppState;
use crate::app::gate::{ChecksView, DecideForm};
use crate::app::layout;

use super::super::gate::rows;
use super::super::line_edit;
use super::super::pen::{Pen, Words, cut_bottom, cut_top, nth_row, shift_down};
use super::super::rect;
use super::super::texts;
use super::super::theme::Look;
use super::super::widgets::{dialog, rule};

/// Cells inside the dialog of a decision.
const WIDTH: u16 = 74;
/// Rows for why a decision was not taken.
const ERROR: usize = 3;

/// What is decided about, and the line for the reason.
pub fn decide(pen: &mut Pen<'_>, state: &AppState, form: &DecideForm) {
    let width = WIDTH.min(state.size.width.saturating_sub(8));
    let told = form.told(width);
    let error = form
        .error
        .as_ref()
        .map_or_else(Vec::new, |error| texts::rows(error, width));
    let below = error.len().clamp(1, ERROR);
    // The question, the line, a rule below it, and why it was not taken or what Enter does.
    let asks = 3 + below;
    let height = (told.rows.len() + 1 + asks).min(usize::from(u16::MAX)) as u16;
    let place = layout::dialog(state.size, width, height);
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), &form.title());
    let (facts, asked) = cut_bottom(inner, asks as u16);
    rows(pen, facts, &told, 0, None);
    pen.line(asked, form.asks(), Look::Strong);
    let (line, rest) = cut_top(shift_down(asked, 1), 1);
    line_edit::draw(pen, line, &form.line, "");
    rule::plain(pen, rest);
    let last = shift_down(rest, 1);
    if form.sent {
        pen.line(last, "it is being kept…", Look::Dim);
    } else if error.is_empty() {
        pen.line(last, "Enter decides, Esc leaves", Look::Dim);
    } else {
        for (at, row) in error.iter().take(ERROR).enumerate() {
            pen.line(nth_row(last, at as u16), row, Look::Bad);
        }
    }
}

/// The commands of a rule.
pub fn checks(pen: &mut Pen<'_>, state: &AppState, view: &ChecksView) {
    let place = view.place(state.size);
    let title = format!("Run the checks of {}?", view.group);
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), &title);
    let (list, below) = cut_bottom(inner, 1);
    let (list, _) = cut_bottom(list, 1);
    let told = view.told(inner.width);
    rows(pen, list, &told, view.top, None);
    let keys = if view.read {
        Words::new()
            .add(Look::Accent, "y")
            .add(Look::Text, " runs them     ")
            .add(Look::Accent, "n")
            .add(Look::Text, " leaves")
    } else {
        Words::new()
            .add(Look::Accent, "↓")
            .add(Look::Text, " reads on to the end, then y runs them     ")
            .add(Look::Accent, "n")
            .add(Look::Text, " leaves")
    };
    pen.words(below, &keys);
}
