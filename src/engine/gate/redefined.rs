//! A name that was approved stays what was approved: a later group of the same eval may not give it to another model,
//! prompt or endpoint.
//!
//! It would make the approval stale at once, which nobody who names a candidate means. Copies of a workspace that are
//! merged can still bring two meanings together; then the approval is stale, and says why.

use std::collections::BTreeSet;

use super::super::runs::group::Found;
use super::super::{Engine, EngineError, Result};
use super::{hashes, owner};
use crate::domain::gate::{Decision, Part};

use crate::domain::ids::{Identity, hex};
use crate::domain::run::{Asked, Candidate, Origin, Run, RunGroup, by_candidate};
use crate::domain::shell::word;
use crate::domain::view::gate::DecisionNote;
use crate::store::{Db, gates, runs};

/// What a candidate's name stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Definition {
    /// How its outputs come about.
    pub origin: Origin,
    /// The models its rows name, where it was imported.
    pub model: Option<String>,
    /// The standing instructions its rows name, hashed.
    pub prompts: BTreeSet<String>,
}

impl Definition {
    /// Of a candidate that is asked here.
    pub fn asked(candidate: &Candidate) -> Self {
        Self {
            origin: candidate.origin.clone(),
            model: None,
            prompts: BTreeSet::new(),
        }
    }

    /// Of a candidate that has runs.
    pub(super) fn read(db: &Db, candidate: &Candidate, of: &[&Run]) -> crate::store::Result<Self> {
        let mut models = BTreeSet::new();
        if candidate.origin == Origin::Imported {
            for run in of {
                models.extend(runs::models(db, &run.id)?);
            }
        }
        Ok(Self {
            model: joined(&models),
            prompts: of.iter().filter_map(|run| run.prompt.clone()).collect(),
            ..Self::asked(candidate)
        })
    }

    /// In words: `openai/gpt-4.1 at api.openai.com, own instructions 1a2b3c4d, temperature=0`.
    fn words(&self) -> String {
        let short = |hash: &str| hash.chars().take(8).collect::<String>();
        match &self.origin {
            Origin::Model(Asked {
                model,
                place,
                prompt,
                parameters,
                local: _,
            }) => {
                let mut parts = vec![format!("`{model}` at {place}")];
                parts.push(match prompt {
                    Some(text) => {
                        let hash = Identity::of("prompt").part(text.as_bytes()).finish();
                        let length = text.chars().count();
                        format!(
                            "with instructions {} of {length} characters",
                            short(&hex(&hash))
                        )
                    }
                    None => "with the items' own instructions".to_owned(),
                });
                let set = parameters
                    .iter()
                    .map(|(name, value)| format!("{name}={value}"));
                parts.extend(set);
                parts.join(", ")
            }
            Origin::Imported | Origin::Logged => {
                let model = self.model.as_deref().map_or_else(
                    || "rows that name no model".to_owned(),
                    |model| format!("rows of `{model}`"),
                );
                let prompts: Vec<String> = self.prompts.iter().map(|one| short(one)).collect();
                if prompts.is_empty() {
                    format!("imported {model}")
                } else {
                    format!("imported {model} with instructions {}", prompts.join(", "))
                }
            }
        }
    }

    /// The parts in which another one differs.
    pub(super) fn differing(&self, other: &Self) -> Vec<Part> {
        let names = [Part::Model, Part::Prompt, Part::Parameters];
        match (&self.origin, &other.origin) {
            (_, Origin::Model(_)) => {
                let here = hashes::released(&self.origin, self.model.as_deref());
                let there = hashes::released(&other.origin, None);
                let pairs = names.into_iter().zip(here.into_iter().zip(there));
                pairs
                    .filter_map(|(part, (here, there))| {
                        (here.finish() != there.finish()).then_some(part)
                    })
                    .collect()
            }
            // Of what was made elsewhere only the rows tell model and instructions; what they do not tell differs from
            // nothing.
            (Origin::Imported, Origin::Imported) => {
                let models = self.model.as_ref().zip(other.model.as_ref());
                let prompts = !self.prompts.is_empty() && !other.prompts.is_empty();
                let changed = [
                    models.is_some_and(|(here, there)| !same_names(here, there)),
                    prompts && self.prompts != other.prompts,
                ];
                let parts = names.into_iter().zip(changed);
                parts
                    .filter_map(|(part, changed)| changed.then_some(part))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}

/// Models as one list of names.
pub(in crate::engine) fn joined(models: &BTreeSet<String>) -> Option<String> {
    let names: Vec<&str> = models.iter().map(String::as_str).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Whether two lists of names, joined with commas, hold the same.
fn same_names(one: &str, two: &str) -> bool {
    let names = |list: &str| -> BTreeSet<String> { list.split(", ").map(str::to_owned).collect() };
    names(one) == names(two)
}

/// An approval that another meaning of its candidate's name would undo.
struct Approval {
    group: String,
    note: DecisionNote,
    definition: Definition,
}

impl Engine {
    /// Refuses a candidate of a group whose name was approved there or in an earlier group of the same eval as something
    /// else. `flag` is what gives it another name.
    pub(in crate::engine) fn still_means(
        &self,
        found: &Found,
        name: &str,
        definition: &Definition,
        flag: &str,
    ) -> Result<()> {
        let approvals = self.store().read(|db| approvals(db, found, name))?;
        let undone = approvals.into_iter().find_map(|one| {
            let parts = one.definition.differing(definition);
            (!parts.is_empty()).then_some((one, parts))
        });
        let Some((one, parts)) = undone else {
            return Ok(());
        };
        let parts: Vec<&str> = parts.into_iter().map(Part::name).collect();
        Err(EngineError::refused(
            format!(
                "`{name}` was approved by {} in the group `{}` as {}; as {} the {} would be another, and the approval stale at once",
                one.note.by,
                one.group,
                one.definition.words(),
                definition.words(),
                parts.join(" and the "),
            ),
            format!(
                "give it a name of its own: {flag}; or take the approval back first: `docket approve {} --candidate {} --decision \
                 void --reason '<REASON>'` (<REASON> is why, in your words)",
                word(&one.group),
                word(name)
            ),
        ))
    }
}

/// The approvals of a name that stand in this group and in those of the same eval before it.
fn approvals(db: &Db, found: &Found, name: &str) -> crate::store::Result<Vec<Approval>> {
    let mut all = Vec::new();
    let order = gates::group_order(db)?;
    let place = |group: &RunGroup| order.iter().position(|id| *id == group.id);
    // A group that is not there yet comes after all of them.
    let here = place(&found.group).unwrap_or(usize::MAX);
    for group in runs::groups(db)? {
        // In the group itself a rerun would be of something else.
        let before = place(&group).is_some_and(|at| at <= here);
        if group.eval != found.group.eval || !before {
            continue;
        }
        let notes = owner::notes(&gates::of_group(db, &group.id)?);
        let stands = |one: &DecisionNote| {
            one.candidate == name && one.decision == Decision::Approve && one.void.is_none()
        };
        let Some(note) = notes.into_iter().find(stands) else {
            continue;
        };
        let of_group = runs::runs(db, &group.id)?;
        let known = by_candidate(&of_group);
        if let Some((candidate, of)) = known.into_iter().find(|(one, _)| one.name == name) {
            all.push(Approval {
                definition: Definition::read(db, candidate, &of)?,
                group: group.name.clone(),
                note,
            });
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(model: &str, prompt: Option<&str>) -> Definition {
        let origin = Origin::Model(Asked {
            model: model.into(),
            place: "host".into(),
            local: false,
            prompt: prompt.map(str::to_owned),
            parameters: [("temperature".to_owned(), "0".to_owned())].into(),
        });
        Definition {
            origin,
            model: None,
            prompts: BTreeSet::new(),
        }
    }

    fn imported(model: Option<&str>, prompts: &[&str]) -> Definition {
        Definition {
            origin: Origin::Imported,
            model: model.map(str::to_owned),
            prompts: prompts.iter().map(|one| (*one).to_owned()).collect(),
        }
    }

    #[test]
    fn a_name_differs_in_what_is_told_and_in_nothing_else() {
        for (here, there, parts) in [
            (asked("a", None), asked("a", None), vec![]),
            (asked("a", None), asked("b", None), vec![Part::Model]),
            (
                asked("a", None),
                asked("a", Some("Be kind.")),
                vec![Part::Prompt],
            ),
            (
                imported(Some("a, b"), &[]),
                imported(Some("b, a"), &[]),
                vec![],
            ),
            (
                imported(Some("a"), &["x"]),
                imported(Some("b"), &["y"]),
                vec![Part::Model, Part::Prompt],
            ),
            (imported(None, &["x"]), imported(Some("b"), &[]), vec![]),
        ] {
            assert_eq!(here.differing(&there), parts, "{here:?} {there:?}");
        }
    }

    #[test]
    fn both_meanings_are_told_in_words() {
        assert_eq!(
            asked("openai/a", None).words(),
            "`openai/a` at host, with the items' own instructions, temperature=0"
        );
        assert!(
            asked("a", Some("Be kind."))
                .words()
                .contains("of 8 characters")
        );
        assert_eq!(imported(Some("a"), &[]).words(), "imported rows of `a`");
    }
}
