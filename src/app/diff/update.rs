//! What actions do in the comparison.

use std::sync::Arc;

use crate::text::three_way::{Change, Side, ThreeWay};

use super::super::action::Action;
use super::super::document::{Source, TextOptions, TextPane};
use super::super::effect::{Command, Effect, Order};
use super::super::modal::Modal;
use super::super::state::{AppState, Asked, Tone};
use super::super::ticket;
use super::super::update::{DisabledReason, refusal};
use super::{DiffState, said};

/// Opens the comparison of the output with its correction and the suggestion, as far as there are.
pub(crate) fn open(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(ticket) = &state.ticket else {
        return;
    };
    let Some(doc) = &ticket.doc else {
        return;
    };
    let original: Arc<str> = doc
        .outputs
        .get(ticket.draft.corrects)
        .map(crate::domain::view::ticket::OutputDoc::text)
        .unwrap_or_default()
        .into();
    let mine: Option<Arc<str>> = ticket.draft.correction.as_deref().map(Arc::from);
    // A suggestion for a text that does not stand here any more cannot be laid over it.
    let suggestion = ticket
        .suggested()
        .filter(|one| {
            let output = doc.outputs.get(ticket.draft.corrects);
            output.map(|output| output.id) == Some(one.suggestion.base)
        })
        .cloned();
    if mine.is_none() && suggestion.is_none() {
        return;
    }
    let suggested = suggestion.as_ref().map(|one| {
        let text: Arc<str> = Arc::from(one.suggestion.text.as_str());
        (text, one.suggestion.edits(&original))
    });
    let shown = mine.as_ref().unwrap_or(&original);
    let pane = TextPane::new(Source::Plain(Arc::clone(shown)), TextOptions::default());
    let from_it = suggestion.as_ref().map(|one| one.id) == ticket.draft.suggestion;
    let diff = DiffState {
        ticket: Some(doc.ticket),
        original: Arc::clone(&original),
        mine: mine.clone(),
        from_it: from_it && suggestion.is_some(),
        said: suggestion
            .as_ref()
            .map(|one| said::lines(one, &doc.rubric))
            .unwrap_or_default(),
        suggestion,
        diff: None,
        choices: Vec::new(),
        cursor: 0,
        pane,
        places: Vec::new(),
    };
    state.modals.push(Modal::Diff(Box::new(diff)));
    let order = Order::Diff {
        original,
        mine,
        suggested,
    };
    effects.push(state.requests.ask(Asked::Diff, order));
}

/// Opens the comparison of two texts, of which nothing can be taken.
pub(crate) fn compare(
    state: &mut AppState,
    original: Arc<str>,
    other: Arc<str>,
    effects: &mut Vec<Effect>,
) {
    let source = Source::Plain(Arc::clone(&other));
    state.modals.push(Modal::Diff(Box::new(DiffState {
        ticket: None,
        original: Arc::clone(&original),
        mine: Some(Arc::clone(&other)),
        suggestion: None,
        from_it: false,
        said: Vec::new(),
        diff: None,
        choices: Vec::new(),
        cursor: 0,
        pane: TextPane::new(source, TextOptions::default()),
        places: Vec::new(),
    })));
    let order = Order::Diff {
        original,
        mine: Some(other),
        suggested: None,
    };
    effects.push(state.requests.ask(Asked::Diff, order));
}

/// The comparison has come. Every change of the reviewer's own is in, none of the suggestion's.
pub(crate) fn made(state: &mut AppState, diff: Arc<ThreeWay>) {
    let Some(Modal::Diff(open)) = state.modals.last_mut() else {
        return;
    };
    let standing = diff.changes().iter().map(Change::standing);
    open.choices = standing.collect();
    // The cursor starts where there is something to decide.
    let suggested = diff
        .changes()
        .iter()
        .position(|change| change.suggested.is_some() && !change.agrees());
    open.cursor = suggested.unwrap_or(0);
    open.diff = Some(diff);
    open.lay_out();
    open.show();
}

/// Why nothing can be taken here.
fn refused(state: &AppState, action: Action) -> Option<String> {
    let takes = matches!(action, Action::TakeHunk | Action::TakeAll);
    let changes = takes || matches!(action, Action::Edit | Action::EditOutside);
    let bare = matches!(state.modals.last(), Some(Modal::Diff(open)) if open.ticket.is_none());
    if bare {
        return changes.then(|| "these two are only compared".to_owned());
    }
    let who = state.ticket.as_ref()?.held_by.clone()?;
    takes.then(|| DisabledReason::HeldBy(who).to_string())
}

/// Runs an action in the comparison; false if it is none of its own.
pub(crate) fn run(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) -> bool {
    if let Some(why) = refused(state, action) {
        state.say(Tone::Refused, why);
        return true;
    }
    let Some(Modal::Diff(open)) = state.modals.last_mut() else {
        return false;
    };
    let last = open.count().saturating_sub(1);
    match action {
        Action::NextHunk => open.cursor = (open.cursor + 1).min(last),
        Action::PreviousHunk => open.cursor = open.cursor.saturating_sub(1),
        Action::Top => open.cursor = 0,
        Action::Bottom => open.cursor = last,
        Action::TakeHunk => {
            if let Err(why) = take(open) {
                state.say(Tone::Refused, why);
                return true;
            }
        }
        Action::TakeAll => take_all(open),
        Action::TextDown => return scrolled(open, |pane| pane.scroll(1)),
        Action::TextUp => return scrolled(open, |pane| pane.scroll(-1)),
        Action::HalfDown => return scrolled(open, |pane| pane.half_page(1)),
        Action::HalfUp => return scrolled(open, |pane| pane.half_page(-1)),
        Action::PageDown => return scrolled(open, |pane| pane.page(1)),
        Action::PageUp => return scrolled(open, |pane| pane.page(-1)),
        Action::Wrap => {
            let options = TextOptions {
                no_wrap: !open.pane.options().no_wrap,
                ..open.pane.options()
            };
            open.pane.set_options(options);
        }
        Action::Copy => {
            let text = open.result().unwrap_or_else(|| open.original.to_string());
            effects.push(Effect::Tell(Command::Copy { text }));
        }
        Action::Edit | Action::EditOutside => {
            write_on(state, action, effects);
            return true;
        }
        Action::Close | Action::CloseRead => {
            close(state);
            return true;
        }
        _ => return false,
    }
    if let Some(Modal::Diff(open)) = state.modals.last_mut() {
        open.show();
    }
    true
}

fn scrolled(open: &mut DiffState, scroll: impl FnOnce(&mut TextPane)) -> bool {
    scroll(&mut open.pane);
    true
}

/// Goes through whose words stand at the change under the cursor.
fn take(open: &mut DiffState) -> Result<(), &'static str> {
    let change = open
        .diff
        .as_ref()
        .and_then(|diff| diff.changes().get(open.cursor));
    let (Some(change), Some(chosen)) = (change, open.choices.get(open.cursor)) else {
        return Ok(());
    };
    if open.is_rewrite() && change.suggested.is_some() && !change.agrees() {
        return Err("this suggestion is a rewrite: A takes it whole, e takes it and edits it");
    }
    let choices = change.choices();
    let at = choices.iter().position(|side| side == chosen).unwrap_or(0);
    let next = choices.get((at + 1) % choices.len()).copied();
    open.choices[open.cursor] = next.unwrap_or_default();
    open.lay_out();
    Ok(())
}

/// Takes all that is suggested, and leaves the reviewer's own changes elsewhere; a rewrite takes the place of them
/// too. Once all is taken, puts it back. Without a suggestion: all of one's own changes, or none.
fn take_all(open: &mut DiffState) {
    let Some(diff) = open.diff.clone() else {
        return;
    };
    let rewrite = open.is_rewrite();
    let alone = open.suggestion.is_none();
    let all: Vec<Side> = diff
        .changes()
        .iter()
        .map(|change| match (&change.mine, &change.suggested) {
            (_, Some(_)) if !change.agrees() => Side::Suggested,
            (Some(_), None) if rewrite => Side::Original,
            (Some(_), _) => Side::Mine,
            (None, _) => Side::Original,
        })
        .collect();
    open.choices = if open.choices != all {
        all
    } else if alone {
        vec![Side::Original; all.len()]
    } else {
        diff.changes().iter().map(Change::standing).collect()
    };
    open.lay_out();
}

/// Closes it and opens the editor with what is chosen; with the whole suggestion, if nothing was chosen yet.
fn write_on(state: &mut AppState, action: Action, effects: &mut Vec<Effect>) {
    if let Some(why) = refusal(state, action) {
        state.say(Tone::Refused, why.to_string());
        return;
    }
    if let Some(Modal::Diff(open)) = state.modals.last_mut()
        && open.mine.is_none()
        && open.taken() == 0
    {
        take_all(open);
    }
    close(state);
    ticket::update::run(state, action, effects);
}

/// Closes it; what is chosen becomes the correction, and keeps where it came from.
fn close(state: &mut AppState) {
    let Some(Modal::Diff(open)) = state.modals.pop() else {
        return;
    };
    let now = state.now_ms;
    let (Some(result), Some(ticket)) = (open.result(), state.ticket.as_deref_mut()) else {
        return;
    };
    if open.ticket.is_none() || ticket.id() != open.ticket {
        return;
    }
    let taken = open.taken();
    let correction = (result != *open.original).then_some(result);
    if correction.as_deref() == open.mine.as_deref() {
        return;
    }
    let whole = open
        .suggestion
        .as_ref()
        .is_some_and(|one| Some(one.suggestion.text.as_str()) == correction.as_deref());
    ticket.draft.suggestion = open
        .suggestion
        .as_ref()
        .filter(|_| taken > 0 && correction.is_some())
        .map(|one| one.id);
    ticket.draft.correction = correction;
    ticket.keeper.changed(now);
    ticket.show_correction();
    if taken > 0 {
        let what = if whole {
            "the suggestion"
        } else {
            "parts of the suggestion"
        };
        state.say(
            Tone::Notice,
            format!("{what} taken as your correction; it counts once you commit"),
        );
    }
}
