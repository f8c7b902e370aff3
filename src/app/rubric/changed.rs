//! Whether what stands on the screen is something else than what is kept.

use super::{FieldEdit, RubricState, TomlEdit, field};

impl RubricState {
    /// Whether something would be lost by going to another rubric.
    pub fn is_changed(&self) -> bool {
        let kept = self.page.as_ref().map(|page| &page.rubric);
        self.text_changed()
            || self.field_changed()
            || self.draft.as_ref().is_some_and(|draft| Some(draft) != kept)
            || self.notes_changed()
    }

    /// Whether something is open on it, changed or not, that no page may take the place of.
    pub fn is_open(&self) -> bool {
        self.toml.is_some() || self.editing.is_some() || self.is_changed()
    }

    /// Whether the text being written is another one than the form's.
    fn text_changed(&self) -> bool {
        let other = |toml: &TomlEdit| {
            let written = toml.editor.text();
            self.text().is_none_or(|text| **text != *written)
        };
        self.toml.as_deref().is_some_and(other)
    }

    /// Whether the field being written holds something else than before.
    fn field_changed(&self) -> bool {
        let other = |edit: &FieldEdit| {
            let written = edit.editor.text();
            self.shown()
                .is_none_or(|rubric| field::text(rubric, &edit.field) != written)
        };
        self.editing.as_ref().is_some_and(other)
    }

    /// Whether the rubric is as it is kept and its text is not: a person's notes in it.
    fn notes_changed(&self) -> bool {
        match (&self.draft, &self.checked, &self.page) {
            (Some(_), Some(checked), Some(page)) => checked.toml != page.draft.toml,
            _ => false,
        }
    }
}
