//! What is not saved is kept on disk while it is written, and found again after a kill.

use std::sync::Arc;

use crate::domain::view::{RubricLeft, RubricOrder, RubricSource, RubricUnsaved};

use super::super::editor::EditorState;
use super::super::effect::{Effect, Order};
use super::super::state::{AppState, Asked, Tone};
use super::{Field, Focus, RubricAsked, RubricState, Then, TomlEdit, field, update};

impl RubricState {
    /// Tells one state of what is written from another.
    fn mark(&self) -> (u64, Option<u64>, Option<u64>) {
        (
            self.changes,
            self.toml.as_ref().map(|toml| toml.editor.revision()),
            self.editing.as_ref().map(|edit| edit.editor.revision()),
        )
    }

    /// What would be lost.
    fn unsaved(&self) -> Option<RubricUnsaved> {
        let base = self.page.as_ref().map(|page| page.rubric.id.clone());
        if let Some(toml) = &self.toml {
            let text: Arc<str> = Arc::from(toml.editor.text());
            let same = self.text() == Some(&text);
            return (self.draft.is_some() || !same).then_some(RubricUnsaved {
                base,
                source: RubricSource::Toml(text),
            });
        }
        let mut rubric = self.draft.clone();
        if let (Some(edit), Some(shown)) = (&self.editing, self.shown()) {
            let mut written = (**shown).clone();
            if field::set(&mut written, &edit.field, &edit.editor.text()).is_ok()
                && written != **shown
            {
                rubric = Some(Arc::new(written));
            }
        }
        let kept = self.page.as_ref().map(|page| &page.rubric);
        let rubric = rubric.filter(|rubric| Some(rubric) != kept || self.is_changed())?;
        let over = self.text().cloned();
        Some(RubricUnsaved {
            base,
            source: RubricSource::Form { rubric, over },
        })
    }
}

/// Takes note of what was written since.
pub(super) fn note(state: &mut AppState) {
    let now = state.now_ms;
    if let Some(open) = &mut state.rubric {
        let mark = open.mark();
        if mark != open.marked {
            open.marked = mark;
            open.keeper.changed(now);
        }
    }
}

/// When it is to be kept next.
pub(crate) fn due_ms(state: &AppState) -> Option<u64> {
    state.rubric.as_ref().and_then(|open| open.keeper.due_ms())
}

/// Has what is written kept, if it changed since.
pub(crate) fn hold(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    if open.keeper.due_ms().is_none() {
        return;
    }
    open.keeper.ordered();
    let revision = open.keeper.revision;
    let order = Order::Rubric(RubricOrder::Hold(open.unsaved().map(Box::new)));
    let asked = Asked::Rubric(RubricAsked::Hold(revision));
    effects.push(state.requests.ask(asked, order));
}

/// Asks for what was left unsaved, once.
pub(super) fn look(state: &mut AppState, effects: &mut Vec<Effect>) {
    let order = Order::Rubric(RubricOrder::Left);
    effects.push(state.requests.ask(Asked::Rubric(RubricAsked::Left), order));
}

/// A change that waits for its rubric to be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    /// The change.
    pub left: RubricLeft,
    /// What is said once it is here.
    pub say: String,
    /// Whether the cursor goes to the last question.
    pub at_last: bool,
}

/// What was left has come. It is a change of its rubric, which may have to be read first.
pub(super) fn found(
    state: &mut AppState,
    left: Option<Box<RubricLeft>>,
    effects: &mut Vec<Effect>,
) {
    if let (Some(open), Some(left)) = (&mut state.rubric, left)
        && !open.is_open()
    {
        open.left = Some(Box::new(Pending {
            left: *left,
            say: "what you had not saved is here again: s saves it, X drops it".to_owned(),
            at_last: false,
        }));
        take_up(state, effects);
    }
}

/// Takes up what was left as soon as its rubric is there.
pub(super) fn take_up(state: &mut AppState, effects: &mut Vec<Effect>) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let Some(pending) = open.left.take() else {
        return;
    };
    let there = open.page.as_ref().map(|page| page.rubric.id.clone());
    match &pending.left.base {
        Some(base) if there.as_ref() != Some(base) => {
            let base = base.clone();
            open.left = Some(pending);
            update::load_page(state, &base, effects);
        }
        _ => restore(state, *pending),
    }
}

/// Its rubric cannot be read any more: what was left stands alone.
pub(super) fn orphaned(state: &mut AppState) {
    if let Some(open) = &mut state.rubric
        && let Some(mut pending) = open.left.take()
    {
        pending.left.base = None;
        restore(state, *pending);
    }
}

fn restore(state: &mut AppState, pending: Pending) {
    let Some(open) = &mut state.rubric else {
        return;
    };
    let left = pending.left;
    if left.base.is_none() {
        open.page = None;
    }
    let kept = open.page.as_ref();
    let same = kept.is_some_and(|page| {
        left.draft.rubric.as_ref() == Some(&page.rubric) && left.draft.toml == page.draft.toml
    });
    if same {
        return;
    }
    if left.as_text {
        let editor = EditorState::new(&left.draft.toml);
        open.toml = Some(Box::new(TomlEdit {
            revision: editor.revision(),
            editor,
            checked: left.draft,
            then: Then::Stay,
        }));
    } else {
        open.past.push((None, open.text().cloned()));
        open.put(
            left.draft.rubric.clone(),
            Some(Arc::clone(&left.draft.toml)),
        );
        open.why.clone_from(&left.draft.why);
        open.checked = Some(left.draft);
        open.focus = Focus::Form;
        let fields = open.fields();
        let last = fields
            .iter()
            .rposition(|one| matches!(one, Field::Question(_)));
        open.field = last.filter(|_| pending.at_last).unwrap_or(open.field);
    }
    state.say(Tone::Notice, pending.say);
}
