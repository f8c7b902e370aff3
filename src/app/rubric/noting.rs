//! A note on a ticket made a question of its rubric.

use crate::domain::ids::TicketId;
use crate::domain::view::{RubricDraft, RubricLeft, RubricOrder, RubricSource};

use super::super::effect::{Effect, Order};
use super::super::state::{AppState, Asked, Screen, Tone};
use super::holding::{self, Pending};
use super::make::{self, ChooseFor};
use super::{RubricAsked, update};

/// Asks who shall word the note of the open ticket as a question of its rubric.
pub(crate) fn note(state: &mut AppState, effects: &mut Vec<Effect>) {
    let open = state.ticket.as_ref();
    let Some((eval, ticket, note)) =
        open.and_then(|open| Some((open.eval, open.id()?, open.draft.note.clone())))
    else {
        return;
    };
    // What was left unsaved earlier is found before anything is paid for.
    update::begin(state, Screen::Queue, effects);
    if refused_over_changes(state) {
        return;
    }
    let written = Some(note).filter(|note| !note.trim().is_empty());
    let purpose = ChooseFor::Note {
        eval,
        ticket,
        written,
    };
    let rows = make::rows([
        (
            "My own words",
            "The note as it stands becomes the question, its fault the lowest level. Free, at once.",
        ),
        (
            "A model's words",
            "A model reads this output and the note and words question and levels. You edit them.",
        ),
    ]);
    make::choose(state, "In whose words shall the note ask?", rows, purpose);
}

fn refused_over_changes(state: &mut AppState) -> bool {
    let changed = state.rubric.as_ref().is_some_and(|open| open.is_changed());
    if changed {
        state.say(
            Tone::Refused,
            "a rubric has changes that are not saved: save or drop them on its screen first",
        );
    }
    changed
}

/// Drafts a question from a note. One's own words are there at once and the form opens on them; a model's wait on
/// the Rubric screen, so that nobody is taken away from a ticket.
pub(crate) fn from_note(
    state: &mut AppState,
    ticket: TicketId,
    written: Option<String>,
    judge: Option<String>,
    effects: &mut Vec<Effect>,
) {
    if refused_over_changes(state) {
        return;
    }
    if let (Some(judge), Some(open)) = (&judge, &mut state.rubric) {
        open.judge = Some(judge.clone());
        let words = format!("{judge} words the note; you can go on meanwhile");
        state.say(Tone::Notice, words);
    }
    let asked = Asked::Rubric(RubricAsked::Note {
        by_model: judge.is_some(),
    });
    let source = RubricSource::Note {
        ticket,
        written,
        judge,
    };
    let order = Order::Rubric(RubricOrder::Make(source));
    effects.push(state.requests.ask(asked, order));
}

/// A rubric with one question more has come. It is a change of the rubric it was added to, which is read first so
/// that what differs is known.
pub(super) fn noted(
    state: &mut AppState,
    draft: RubricDraft,
    by_model: bool,
    effects: &mut Vec<Effect>,
) {
    if refused_over_changes(state) {
        return;
    }
    if !by_model {
        update::open(state, effects);
    }
    if draft.base.is_none() {
        return make::made(state, draft);
    }
    let cost = draft.cost.as_ref().map(|cost| format!(" ({cost})"));
    let place = if state.screen == Screen::Rubric {
        "s saves it"
    } else {
        "the Rubric screen has it"
    };
    let Some(open) = &mut state.rubric else {
        return;
    };
    open.left = Some(Box::new(Pending {
        say: format!(
            "your note is the last question{}, this output its example; {place}",
            cost.unwrap_or_default()
        ),
        left: RubricLeft {
            base: draft.base.clone(),
            as_text: false,
            draft,
        },
        at_last: true,
    }));
    holding::take_up(state, effects);
}
