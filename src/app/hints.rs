//! The hint bar: the next useful keys, in the order of their use, each with the action a click runs.

use crate::domain::preference::MOST_OUTPUTS;
use crate::domain::view::SideBySide;
use crate::text::width;

use super::action::{Action, TABLE};
use super::layer::{Layer, layer};
use super::practice::{Practice, Step};
use super::state::{AppState, Screen};
use super::update::refusal;

/// Reviews after which all hints are shown.
const FIRST_TICKETS: u64 = 3;
/// Cells between two hints.
const GAP: u16 = 3;

/// One key and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The key as shown.
    pub key: String,
    /// What it does.
    pub words: String,
    /// What a click runs; none for a group of keys.
    pub action: Option<Action>,
}

/// A hint with its place in the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacedHint {
    /// First column, from the bar's left edge.
    pub x: u16,
    /// Columns.
    pub width: u16,
    /// The hint.
    pub hint: Hint,
}

/// The hints of the layer that owns the keyboard, most useful first.
pub fn hints(state: &AppState) -> Vec<Hint> {
    let layer = layer(state);
    let mut hints = levels(state, layer);
    let mut practice = if layer == Layer::Practice {
        practising(state)
    } else {
        Vec::new()
    };
    let novice = state.screen == Screen::Ticket
        && layer == Layer::Ticket
        && state.settings.reviewed < FIRST_TICKETS;
    let mut rows: Vec<_> = TABLE.iter().filter(|info| info.hint > 0).collect();
    rows.sort_by_key(|info| info.hint);
    for info in rows {
        // Four keys are enough to begin with: digits, Enter, e, u.
        let first = matches!(info.action, Action::Commit | Action::Edit | Action::Undo);
        if novice && !first {
            continue;
        }
        if !info
            .scopes
            .iter()
            .any(|scope| layer.scopes().contains(scope))
        {
            continue;
        }
        // What could be taken back is on another screen, and an export cannot be.
        if info.action == Action::Undo && state.screen == Screen::Export {
            continue;
        }
        let Some(chord) = state.keymap.shown(layer, info.action) else {
            continue;
        };
        if info.action == Action::Help {
            hints.append(&mut practice);
        }
        if refusal(state, info.action).is_none() {
            hints.push(Hint {
                key: chord.to_string(),
                words: words(state, layer, info.action, info.short).to_owned(),
                action: Some(info.action),
            });
        }
    }
    hints
}

/// What a key does here, where that is more than the table says.
fn words(state: &AppState, layer: Layer, action: Action, usual: &'static str) -> &'static str {
    let practice = state
        .practice
        .as_deref()
        .filter(|_| layer == Layer::Practice);
    match (practice, action) {
        (Some(practice), Action::Commit) => match practice.step {
            Step::Answering => "show the right answers",
            Step::Revealed if practice.has_next() => "next example",
            Step::Revealed => "to the first ticket",
        },
        _ => usual,
    }
}

/// The keys of a practice ticket that stand before those of the table.
fn practising(state: &AppState) -> Vec<Hint> {
    let Some(practice) = state.practice.as_deref() else {
        return Vec::new();
    };
    let shown = |action| state.keymap.shown(Layer::Practice, action);
    let mut hints = Vec::new();
    let mut hint = |action, words: &str| {
        hints.extend(shown(action).map(|chord| Hint {
            key: chord.to_string(),
            words: words.to_owned(),
            action: Some(action),
        }));
    };
    match practice.step {
        Step::Answering if !Practice::policy(&practice.doc).is_empty() => {
            let words = if practice.reads_policy {
                "back to the request"
            } else {
                "read the policy"
            };
            hint(Action::Unfold, words);
        }
        Step::Answering => {}
        Step::Revealed => hint(Action::TextDown, "read on"),
    }
    hint(Action::Back, "leave practice");
    hints
}

fn levels(state: &AppState, layer: Layer) -> Vec<Hint> {
    if layer == Layer::Runs {
        return sides(state);
    }
    let revealed = |practice: &Practice| practice.step == Step::Revealed;
    if layer == Layer::Practice && state.practice.as_deref().is_some_and(revealed) {
        return Vec::new();
    }
    let words = match layer {
        Layer::Ticket | Layer::Practice => "level",
        Layer::Differs => "change my level",
        _ => return Vec::new(),
    };
    let Some(keys) = state
        .ticket
        .as_ref()
        .and_then(|ticket| Some((ticket.doc.as_ref()?, &ticket.form)))
        .and_then(|(doc, form)| {
            let question = super::ticket::form::current(&doc.rubric, form)?;
            Some(match question.scale() {
                Some(scale) if scale.typed() => "digits ⏎".to_owned(),
                Some(scale) if (scale.min(), scale.max()) == (1, 10) => "1-9 0".to_owned(),
                Some(scale) => format!("{}-{}", scale.min(), scale.max()),
                None => format!("1-{} =", doc.display_order.len()),
            })
        })
    else {
        return Vec::new();
    };
    vec![Hint {
        key: keys,
        words: words.to_owned(),
        action: None,
    }]
}

/// The digits that say which output of an item is best.
fn sides(state: &AppState) -> Vec<Hint> {
    let open = state.runs.open.as_ref();
    let doc = open.and_then(|open| open.beside.as_ref()?.doc.as_ref());
    let fits = |doc: &&std::sync::Arc<SideBySide>| (2..=MOST_OUTPUTS).contains(&doc.compared);
    let hint = |doc: &std::sync::Arc<SideBySide>| Hint {
        key: format!("1-{} =", doc.compared),
        words: "best, or a tie".to_owned(),
        action: None,
    };
    doc.filter(fits).map(hint).into_iter().collect()
}

/// As many hints as fit into the bar, with their places. The last two, help and palette, are kept as long
/// as possible.
pub fn place(hints: Vec<Hint>, columns: u16) -> Vec<PlacedHint> {
    let wide = |hint: &Hint| (width::of(&hint.key) + 1 + width::of(&hint.words)) as u16;
    let always = |hint: &Hint| matches!(hint.action, Some(Action::Help));
    let reserved: u16 = hints
        .iter()
        .filter(|hint| always(hint))
        .map(|hint| wide(hint) + GAP)
        .sum();
    let mut placed = Vec::new();
    let mut x: u16 = 0;
    let mut kept = reserved;
    for hint in hints {
        let width = wide(&hint);
        if always(&hint) {
            kept = kept.saturating_sub(width + GAP);
        }
        if x.saturating_add(width).saturating_add(kept) > columns {
            continue;
        }
        placed.push(PlacedHint { x, width, hint });
        x = x.saturating_add(width + GAP);
    }
    placed
}
