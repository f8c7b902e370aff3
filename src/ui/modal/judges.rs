//! Who shall read which tickets, within which limit, and for how much; who shall read one example, or word a draft.

use ratatui::layout::Rect;

use crate::app::AppState;
use crate::app::action::Action;
use crate::app::judging::{JudgeFor, JudgePick, limit_words, work_words};
use crate::app::layer::Layer;
use crate::app::layout;
use crate::app::modal::first_shown;
use crate::app::rubric::trying::Plan;
use crate::domain::view::JudgeChoice;
use crate::text::sanitise;

use super::super::glyph;
use super::super::pen::{Pen, Words, cut_bottom, cut_top, nth_row, shift_down, shift_right};
use super::super::rect;
use super::super::theme::Look;
use super::super::widgets::dialog;

/// Rows above the list, the last of them blank.
fn head_rows(pick: &JudgePick) -> u16 {
    match pick.purpose {
        JudgeFor::These => 3,
        JudgeFor::Try(_) => 4,
        JudgeFor::Draft | JudgeFor::Word { .. } => 2,
    }
}

/// Draws the dialog.
pub fn judges(pen: &mut Pen<'_>, state: &AppState, pick: &JudgePick) {
    let lines = pick.choices.as_ref().map_or(1, |choices| {
        choices.len() * 2 + if only_checks(choices) { 3 } else { 0 }
    });
    let rows = head_rows(pick);
    let place = layout::dialog(state.size, 84, lines.min(24) as u16 + rows + 2);
    let (title, does) = match pick.purpose {
        JudgeFor::These => ("Who shall read these?", " lets it read   "),
        JudgeFor::Try(_) => ("Who shall read one example?", " lets it read   "),
        JudgeFor::Draft => ("Who shall draft it?", " lets it draft   "),
        JudgeFor::Word { .. } => ("Who shall word it?", " lets it write   "),
    };
    let inner = dialog::frame(pen, rect(place.outer), rect(place.inner), title);
    let (head, rest) = cut_top(inner, rows);
    let (list, keys) = cut_bottom(rest, 1);
    let key = |action| {
        let chord = state.keymap.shown(Layer::Judging, action);
        chord.map_or_else(String::new, |chord| chord.to_string())
    };
    match &pick.purpose {
        JudgeFor::These => settings(pen, head, pick, &key),
        JudgeFor::Try(plan) => trial(pen, head, plan, &key),
        JudgeFor::Draft => sent(pen, head, "outputs of this eval and the notes you may read"),
        JudgeFor::Word { .. } => sent(pen, head, "this request, its output and your note"),
    }
    match &pick.choices {
        None => {
            pen.line(list, "looking for keys and local servers…", Look::Dim);
        }
        Some(choices) => {
            let height = usize::from(list.height / 2).max(1);
            let first = first_shown(pick.cursor, choices.len(), height);
            for (index, choice) in choices.iter().enumerate().skip(first).take(height) {
                let place = ((index - first) * 2) as u16;
                let rows = (nth_row(list, place), nth_row(list, place + 1));
                one(
                    pen,
                    rows,
                    choice,
                    &does_words(pick, choice),
                    index == pick.cursor,
                );
            }
            if only_checks(choices) {
                how_to_get_one(pen, shift_down(list, choices.len() as u16 * 2 + 1));
            }
        }
    }
    let words = Words::new()
        .add(Look::Accent, "Enter")
        .add(Look::Dim, does)
        .add(Look::Accent, key(Action::JudgeName))
        .add(Look::Dim, " another judge   ")
        .add(Look::Accent, "Esc")
        .add(Look::Dim, " closes");
    pen.words(keys, &words);
}

fn only_checks(choices: &[JudgeChoice]) -> bool {
    choices.iter().all(|choice| choice.name == "checks")
}

/// What a person without any model can do about it.
fn how_to_get_one(pen: &mut Pen<'_>, area: Rect) {
    let lines = [
        "For a model: set a key such as OPENAI_API_KEY or ANTHROPIC_API_KEY",
        "before the start, or start a server such as ollama on this machine.",
    ];
    for (at, line) in lines.into_iter().enumerate() {
        pen.line(nth_row(area, at as u16), line, Look::Dim);
    }
}

/// What can be set, with its key at the right.
fn settings(pen: &mut Pen<'_>, head: Rect, pick: &JudgePick, key: &dyn Fn(Action) -> String) {
    let mut which = Words::new()
        .add(Look::Dim, "tickets  ")
        .add(Look::Text, pick.scope_words());
    if pick.again {
        which.push(Look::Warn, ", those without an answer once more");
    }
    let mut keys = Words::new();
    if pick.scopes.len() > 1 {
        keys.push(Look::Accent, key(Action::JudgeScope));
        keys.push(Look::Dim, " others   ");
    }
    let keys = keys
        .add(Look::Accent, key(Action::JudgeAgain))
        .add(Look::Dim, " ask again");
    pen.both(nth_row(head, 0), &which, &keys);
    let limit = Words::new()
        .add(Look::Dim, "spends   ")
        .add(Look::Text, limit_words(pick.limit));
    let keys = Words::new()
        .add(Look::Accent, key(Action::JudgeLimit))
        .add(Look::Dim, " sets a limit");
    pen.both(nth_row(head, 1), &limit, &keys);
}

/// What a trial does, with its keys at the right: the example, readings and probes, what it is held against.
fn trial(pen: &mut Pen<'_>, head: Rect, plan: &Plan, key: &dyn Fn(Action) -> String) {
    let example = match &plan.example {
        None => "looking for one…".to_owned(),
        Some(None) => "this eval has no ticket".to_owned(),
        Some(Some(example)) => {
            let words: Vec<&str> = example.begins.split_whitespace().collect();
            sanitise::line(&words.join(" ")).into_owned()
        }
    };
    let mut keys = Words::new();
    if plan.free {
        keys.push(Look::Accent, key(Action::JudgeScope));
        keys.push(Look::Dim, " another");
    }
    let which = Words::new()
        .add(Look::Dim, "example  ")
        .add(Look::Text, example);
    pen.both(nth_row(head, 0), &which, &keys);
    let readings = match plan.samples {
        1 => "once".to_owned(),
        times => format!("{times} times"),
    };
    let mut reads = Words::new()
        .add(Look::Dim, "reads it ")
        .add(Look::Text, readings);
    if plan.probes {
        reads.push(Look::Text, ", 24 planted texts, said twice");
    }
    let keys = Words::new()
        .add(Look::Accent, key(Action::TrySamples))
        .add(Look::Dim, " readings   ")
        .add(Look::Accent, key(Action::TryProbes))
        .add(Look::Dim, " probes");
    pen.both(nth_row(head, 1), &reads, &keys);
    let against = match (plan.other(), plan.others.is_empty()) {
        (Some((name, _)), _) => name.clone(),
        (None, true) => "no other version".to_owned(),
        (None, false) => "nothing".to_owned(),
    };
    let mut keys = Words::new();
    if !plan.others.is_empty() {
        keys.push(Look::Accent, key(Action::TryAgainst));
        keys.push(Look::Dim, " another version");
    }
    let words = Words::new()
        .add(Look::Dim, "against  ")
        .add(Look::Text, against);
    pen.both(nth_row(head, 2), &words, &keys);
}

/// What one call sends.
fn sent(pen: &mut Pen<'_>, head: Rect, what: &str) {
    let words = Words::new()
        .add(Look::Dim, "reads    ")
        .add(Look::Text, what)
        .add(Look::Dim, "; the draft is yours to edit");
    pen.words(nth_row(head, 0), &words);
}

/// What a judge would do, or why it cannot.
fn does_words(pick: &JudgePick, choice: &JudgeChoice) -> String {
    match (&choice.work, &pick.purpose) {
        (Ok(work), JudgeFor::These) => work_words(work),
        (Ok(work), JudgeFor::Try(plan)) => match plan.cost(work) {
            Some(cost) => format!("{}; {cost}; no verdict is kept", work.place),
            None => format!("{}; no verdict is kept", work.place),
        },
        (Ok(work), _) => format!("{}; one call", work.place),
        (Err(why), _) => why.clone(),
    }
}

fn one(
    pen: &mut Pen<'_>,
    (row, below): (Rect, Rect),
    choice: &JudgeChoice,
    does: &str,
    cursor: bool,
) {
    if cursor {
        pen.tint(row, Look::Cursor);
        pen.put(row.x, row.y, 1, glyph::POINTER, Look::Accent);
    }
    let look = match (cursor, choice.work.is_ok()) {
        (true, _) => Look::Cursor,
        (false, true) => Look::Text,
        (false, false) => Look::Dim,
    };
    let dim = if cursor { Look::CursorDim } else { Look::Dim };
    let left = Words::new().add(look, choice.name.as_str());
    let right = Words::new().add(dim, choice.because.as_str());
    pen.both(shift_right(row, 2), &left, &right);
    pen.line(shift_right(below, 4), does, Look::Dim);
}
