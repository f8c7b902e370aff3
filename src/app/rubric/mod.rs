//! The Rubric screen: the rubrics there are, one of them as a form or as its text, and its versions.
//!
//! What is being changed is a draft: it is kept on disk while it is written, steps back with undo, and becomes a
//! version only when it is saved.

pub mod blocks;
mod changed;
pub mod checks;
pub mod field;
pub mod form;
pub mod holding;
pub mod make;
pub mod mouse;
pub(crate) mod noting;
pub mod place;
pub mod report;
pub(crate) mod saving;
pub mod text;
pub mod trying;
pub mod update;
mod writing;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::ids::EvalId;
use crate::domain::rubric::Rubric;
use crate::domain::view::{RubricCard, RubricDraft, RubricFinding, RubricLine, RubricPage};

use super::action::Action;
use super::editor::EditorState;
use super::empty::Empty;
use super::layout::Size;
use super::state::Screen;
use super::ticket::Keeper;

pub use field::Field;
pub use make::{Choose, ChooseFor};
pub use report::TriedView;

/// What a reply is waited for here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RubricAsked {
    /// The list.
    List,
    /// The rubric under the cursor.
    Page,
    /// The draft's text and what is wrong in it.
    Check,
    /// A draft from somewhere else.
    Make,
    /// A question made from a note.
    Note {
        /// Whether a model words it.
        by_model: bool,
    },
    /// A kept version.
    Save,
    /// A ticket to try it on.
    Example,
    /// What a judge says.
    Try,
    /// The text from `$EDITOR`.
    Outside,
    /// What is not saved is kept, up to this change.
    Hold(u64),
    /// What was left unsaved.
    Left,
}

/// Which part hears the arrow keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Focus {
    /// The rubrics.
    #[default]
    List,
    /// The form.
    Form,
    /// The versions.
    Versions,
}

impl Focus {
    /// In the order Tab goes.
    pub const ALL: [Self; 3] = [Self::List, Self::Form, Self::Versions];

    /// Its place in that order.
    pub fn place(self) -> usize {
        Self::ALL.iter().position(|one| *one == self).unwrap_or(0)
    }
}

/// A field being written.
#[derive(Debug, Clone, PartialEq)]
pub struct FieldEdit {
    /// Which one.
    pub field: Field,
    /// Its text.
    pub editor: EditorState,
    /// Why it was not taken.
    pub problem: Option<String>,
}

/// The text being written.
#[derive(Debug, Clone, PartialEq)]
pub struct TomlEdit {
    /// The text.
    pub editor: EditorState,
    /// The revision `checked` is about.
    pub revision: u64,
    /// What is wrong in it.
    pub checked: RubricDraft,
    /// What is done as soon as the text is checked; another key takes it back.
    pub then: Then,
}

/// What waits for a text to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Then {
    /// Nothing.
    #[default]
    Stay,
    /// The form.
    Leave,
    /// Saving it.
    Save,
}

impl TomlEdit {
    /// Whether what is said about the text is about the text as it stands.
    pub fn is_current(&self) -> bool {
        self.editor.revision() == self.revision
    }

    /// The finding to show: the one at the cursor's line, else the first.
    pub fn finding(&self) -> Option<&RubricFinding> {
        let line = self.editor.area().cursor().line + 1;
        let all = &self.checked.findings;
        all.iter()
            .find(|finding| finding.line == line)
            .or_else(|| self.checked.error())
            .or_else(|| all.first())
    }
}

/// A draft and its text; no draft is the rubric as kept.
pub type Step = (Option<Arc<Rubric>>, Option<Arc<str>>);

/// The screen.
#[derive(Debug, Clone, PartialEq)]
pub struct RubricState {
    /// Where Esc goes back to.
    pub from: Screen,
    /// The rubrics, once they came.
    pub cards: Option<Vec<RubricCard>>,
    /// Why something did not come.
    pub problem: Option<String>,
    /// The rubric under the cursor.
    pub cursor: usize,
    /// Which part hears the arrow keys.
    pub focus: Focus,
    /// The rubric as it is kept; `None` for a new one, and while it loads.
    pub page: Option<Box<RubricPage>>,
    /// The rubric as it is being changed.
    pub draft: Option<Arc<Rubric>>,
    /// The draft before each change, the last change last.
    pub past: Vec<Step>,
    /// The text the draft is a change of.
    pub over: Option<Arc<str>>,
    /// Why each question is proposed, by its id, where a model proposed it.
    pub why: BTreeMap<String, String>,
    /// The draft's text and what is wrong in it; `None` while it is looked at.
    pub checked: Option<RubricDraft>,
    /// The field under the cursor.
    pub field: usize,
    /// The version under the cursor.
    pub version: usize,
    /// The field being written.
    pub editing: Option<FieldEdit>,
    /// The text being written.
    pub toml: Option<Box<TomlEdit>>,
    /// The judge it was tried with last.
    pub judge: Option<String>,
    /// The eval to be judged again under a new version, and by whom.
    pub rescore: Option<(EvalId, String)>,
    /// What was left unsaved, until its rubric has come.
    pub left: Option<Box<holding::Pending>>,
    /// Rises with every change of the draft.
    pub changes: u64,
    /// What the keeper knows of.
    pub marked: (u64, Option<u64>, Option<u64>),
    /// When what is written is kept.
    pub keeper: Keeper,
    /// Lines a page key moves.
    pub height: usize,
}

impl RubricState {
    /// The screen before anything came.
    pub fn new(from: Screen) -> Self {
        Self {
            from,
            cards: None,
            problem: None,
            cursor: 0,
            focus: Focus::List,
            page: None,
            draft: None,
            past: Vec::new(),
            over: None,
            why: BTreeMap::new(),
            checked: None,
            field: 0,
            version: 0,
            editing: None,
            toml: None,
            judge: None,
            rescore: None,
            left: None,
            changes: 0,
            marked: (0, None, None),
            keeper: Keeper::default(),
            height: 1,
        }
    }

    /// The rubrics.
    pub fn cards(&self) -> &[RubricCard] {
        self.cards.as_deref().unwrap_or_default()
    }

    /// The rubric under the cursor.
    pub fn card(&self) -> Option<&RubricCard> {
        self.cards().get(self.cursor)
    }

    /// What the form shows: the draft, else the rubric as it is kept.
    pub fn shown(&self) -> Option<&Arc<Rubric>> {
        self.draft
            .as_ref()
            .or_else(|| self.page.as_ref().map(|page| &page.rubric))
    }

    /// What is wrong in what the form shows.
    pub fn findings(&self) -> &[RubricFinding] {
        let checked = match (&self.draft, &self.page) {
            (Some(_), _) => self.checked.as_ref(),
            (None, Some(page)) => Some(&page.draft),
            (None, None) => None,
        };
        checked.map_or(&[], |draft| &draft.findings)
    }

    /// The text of what the form shows, once it is known.
    pub fn text(&self) -> Option<&Arc<str>> {
        match (&self.draft, &self.page) {
            (Some(_), _) => self
                .checked
                .as_ref()
                .map(|draft| &draft.toml)
                .or(self.over.as_ref()),
            (None, page) => page.as_ref().map(|page| &page.draft.toml),
        }
    }

    /// Whether the draft is a rubric that was never kept.
    pub fn is_new(&self) -> bool {
        self.draft.is_some() && self.page.is_none()
    }

    /// The versions, newest first.
    pub fn versions(&self) -> &[RubricLine] {
        self.page.as_ref().map_or(&[], |page| &page.versions)
    }

    /// The version under the cursor.
    pub fn line(&self) -> Option<&RubricLine> {
        self.versions().get(self.version)
    }

    /// The fields of what the form shows.
    pub fn fields(&self) -> Vec<Field> {
        self.shown()
            .map(|rubric| field::all(rubric))
            .unwrap_or_default()
    }

    /// The field under the cursor.
    pub fn current(&self) -> Option<Field> {
        self.fields().get(self.field).cloned()
    }

    /// Takes a changed rubric as the draft; the one before can be stepped back to.
    pub fn change(&mut self, rubric: Rubric) {
        let text = self.text().cloned();
        self.past.push((self.draft.clone(), text.clone()));
        self.put(Some(Arc::new(rubric)), text);
    }

    /// Steps back one change; false if there is none.
    pub fn step_back(&mut self) -> bool {
        let Some((before, text)) = self.past.pop() else {
            return false;
        };
        self.put(before, text);
        true
    }

    fn put(&mut self, draft: Option<Arc<Rubric>>, over: Option<Arc<str>>) {
        self.draft = draft;
        self.over = over;
        self.checked = None;
        self.changes += 1;
        self.field = self.field.min(self.fields().len().saturating_sub(1));
    }

    /// Forgets what was changed.
    pub fn drop_changes(&mut self) {
        self.past.clear();
        (self.editing, self.toml) = (None, None);
        self.why.clear();
        self.put(None, None);
    }

    /// Why a model proposes the question in this place.
    pub fn why_of(&self, rubric: &Rubric, at: usize) -> Option<&str> {
        let question = rubric.questions().nth(at)?;
        self.why.get(question.id).map(String::as_str)
    }

    /// Moves the cursor of the part that has the focus; whether another rubric is under it now.
    pub fn step(&mut self, by: isize) -> bool {
        let (at, count) = match self.focus {
            Focus::List => (&mut self.cursor, self.cards.as_ref().map_or(0, Vec::len)),
            Focus::Form => {
                let count = self.fields().len();
                (&mut self.field, count)
            }
            Focus::Versions => {
                let count = self.versions().len();
                (&mut self.version, count)
            }
        };
        let before = *at;
        *at = at.saturating_add_signed(by).min(count.saturating_sub(1));
        self.focus == Focus::List && self.cursor != before
    }

    /// Takes note of the size.
    pub fn fit(&mut self, size: Size) {
        let place = place::place(size, self.focus.place());
        self.height = usize::from(place.form.body.height).max(1);
        if let Some(edit) = &mut self.editing {
            let width = place.form.body.width.saturating_sub(field::LABEL);
            edit.editor.resize(width, edit.field.rows());
        }
        if let Some(toml) = &mut self.toml {
            let (width, height) = (place.text.body.width, place.text.body.height);
            toml.editor
                .resize(width.saturating_sub(field::NUMBER), height);
        }
    }

    /// What the screen says in place of a form.
    pub fn empty(&self) -> Option<Empty> {
        if self.shown().is_some() {
            return None;
        }
        Some(match (&self.problem, &self.cards) {
            (Some(problem), _) => Empty::waiting(problem, "Esc goes back."),
            (None, None) => Empty::waiting("Reading the rubrics.", "A moment."),
            (None, Some(cards)) if cards.is_empty() => Empty::offering(
                "There is no rubric yet.",
                "A sentence is enough to make one.",
                "Write a rubric",
                Action::RubricNew,
            ),
            (None, Some(_)) => Empty::waiting("Reading this rubric.", "A moment."),
        })
    }
}

#[cfg(test)]
mod tests;
