//! What a person has changed in a rubric and not saved: kept while it is written, found again after a kill.

use serde::{Deserialize, Serialize};

use super::super::{Engine, Result};
use super::screen::checked;
use crate::domain::view::{RubricLeft, RubricSource, RubricUnsaved};
use crate::formats::rubric as file;
use crate::store::rubric_texts;

#[derive(Serialize, Deserialize)]
struct Held {
    base: Option<String>,
    as_text: bool,
    text: String,
}

impl Engine {
    /// Keeps what is not saved in the place of what was kept before; `None` forgets it.
    pub fn hold_rubric(&self, unsaved: Option<&RubricUnsaved>) -> Result<()> {
        let held = unsaved.and_then(|unsaved| {
            let (as_text, text) = match &unsaved.source {
                RubricSource::Toml(text) => (true, text.to_string()),
                RubricSource::Form { rubric, over } => (
                    false,
                    match over {
                        Some(over) => file::rewrite(over, rubric),
                        None => file::to_toml(rubric),
                    },
                ),
                _ => return None,
            };
            let base = unsaved.base.clone();
            serde_json::to_string(&Held {
                base,
                as_text,
                text,
            })
            .ok()
        });
        let reviewer = self.reviewer().to_owned();
        Ok(self
            .store()
            .write_light(move |db| rubric_texts::hold(db, &reviewer, held.as_deref()))?)
    }

    /// What this person left unsaved; `None` also when it cannot be read.
    pub fn rubric_left(&self) -> Result<Option<RubricLeft>> {
        let held = self
            .store()
            .read(|db| rubric_texts::held(db, self.reviewer()))?;
        let held: Option<Held> = held.and_then(|held| serde_json::from_str(&held).ok());
        Ok(held.map(|held| {
            let draft = checked(held.base.as_deref().unwrap_or("rubric"), &held.text);
            RubricLeft {
                // A form that gives no rubric can only be mended as a text.
                as_text: held.as_text || draft.rubric.is_none(),
                base: held.base,
                draft,
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::eval::Mode;
    use crate::domain::rubric::{Rubric, Scale};
    use crate::engine::testing::Bench;

    #[test]
    fn what_is_not_saved_is_found_again_with_its_errors_and_by_its_writer_alone() {
        let bench = Bench::new(1, Mode::Assist, 1, false);
        let rubric = Arc::new(Rubric::from_sentence("Polite", Scale::Binary));
        let form = RubricSource::Form {
            rubric: Arc::clone(&rubric),
            over: None,
        };
        let hold = |source| {
            let unsaved = RubricUnsaved {
                base: Some("tone".into()),
                source,
            };
            bench.ana.hold_rubric(Some(&unsaved)).unwrap();
            bench.ana.rubric_left().unwrap().unwrap()
        };
        let left = hold(form);
        assert_eq!(left.draft.rubric.as_deref(), Some(&*rubric));
        assert!(!left.as_text && left.base.as_deref() == Some("tone"));
        let left = hold(RubricSource::Toml("id = ".into()));
        assert!(left.as_text && left.draft.error().is_some());
        assert_eq!(&*left.draft.toml, "id = ");
        assert_eq!(bench.by("ben").rubric_left().unwrap(), None);
        bench.ana.hold_rubric(None).unwrap();
        assert_eq!(bench.ana.rubric_left().unwrap(), None);
    }
}
