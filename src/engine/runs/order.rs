//! What is wanted: which candidates over which eval or group, how often, within which limits.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::super::judge::order::{By, Reach};
use super::super::{EngineError, Result};
use crate::domain::run::{Asked, Candidate, LOGGED, Origin};

/// Runs, as ordered.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOrder {
    /// Name of an eval, or of a group that goes on.
    pub of: String,
    /// Name of the group; the eval's name and `-runs` if absent.
    pub group: Option<String>,
    /// Models: `openai/gpt-4.1`, `scripted:FILE`, or `NAME=MODEL` to name the candidate.
    pub models: Vec<String>,
    /// Files with standing instructions; `item` keeps the item's own.
    pub prompts: Vec<PathBuf>,
    /// Parameters in place of the item's own, each as JSON.
    pub parameters: BTreeMap<String, String>,
    /// Name of the candidate the others are compared with; `none` leaves out what was logged.
    pub baseline: Option<String>,
    /// Runs of each candidate; `None` keeps what there is, at least one.
    pub repeat: Option<u32>,
    /// Why, kept with the runs this makes.
    pub because: Option<String>,
    /// How its models' endpoint is reached.
    pub reach: Reach,
    /// Calls under way at once, at least 1.
    pub concurrency: usize,
    /// Limit of money over all starts, in millionths of the currency unit.
    pub max_micros: Option<i64>,
    /// Limit of tokens over all starts.
    pub max_tokens: Option<i64>,
    /// Ask again also where the reply was refused or broke off without a text.
    pub again: bool,
    /// Ask also what an earlier run asked in the very same words.
    pub fresh: bool,
}

impl RunOrder {
    /// What was logged and nothing else, over an eval.
    pub fn new(of: impl Into<String>) -> Self {
        Self {
            of: of.into(),
            group: None,
            models: Vec::new(),
            prompts: Vec::new(),
            parameters: BTreeMap::new(),
            baseline: None,
            repeat: None,
            because: None,
            reach: Reach::default(),
            concurrency: 8,
            max_micros: None,
            max_tokens: None,
            again: false,
            fresh: false,
        }
    }

    /// What stands behind a model's name.
    pub(super) fn by(&self, model: &str) -> Result<By> {
        match By::read(model, &self.reach)? {
            By::Checks => Err(EngineError::refused(
                "`checks` answers no request",
                "name a model: `--model openai/MODEL`",
            )),
            by => Ok(by),
        }
    }

    /// The candidates named: every model with every prompt.
    pub(super) fn candidates(&self) -> Result<Vec<(Candidate, By)>> {
        let prompts = self.read_prompts()?;
        if self.models.is_empty() && !self.prompts.is_empty() {
            return Err(EngineError::refused(
                "a prompt alone answers nothing",
                "name the model it goes to: `--model openai/MODEL`",
            ));
        }
        let mut found: Vec<(Candidate, By)> = Vec::new();
        for typed in &self.models {
            let (name, model) = named(typed)?;
            let by = self.by(model)?;
            for (stem, prompt) in &prompts {
                let candidate = Candidate {
                    name: match stem {
                        Some(stem) => format!("{name}+{stem}"),
                        None => name.clone(),
                    },
                    origin: Origin::Model(Asked {
                        model: model.to_owned(),
                        place: by.place(),
                        local: by.is_local(),
                        prompt: prompt.clone(),
                        parameters: self.parameters.clone(),
                    }),
                };
                if found.iter().any(|(known, _)| known.name == candidate.name) {
                    return Err(EngineError::refused(
                        format!("two candidates are named `{}`", candidate.name),
                        "name them apart: `--model NAME=MODEL`",
                    ));
                }
                found.push((candidate, by.clone()));
            }
        }
        Ok(found)
    }

    /// Prompts with the names they add to a candidate's.
    fn read_prompts(&self) -> Result<Vec<(Option<String>, Option<String>)>> {
        if self.prompts.is_empty() {
            return Ok(vec![(None, None)]);
        }
        self.prompts.iter().map(|path| read_prompt(path)).collect()
    }
}

fn read_prompt(path: &Path) -> Result<(Option<String>, Option<String>)> {
    if path == Path::new("item") {
        return Ok((None, None));
    }
    let cannot = |why: &dyn std::fmt::Display| {
        EngineError::refused(
            format!("cannot read the prompt `{}`: {why}", path.display()),
            "name a text file, or `item` for each item's own instructions",
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| cannot(&error))?;
    if text.trim().is_empty() {
        return Err(cannot(&"it is empty"));
    }
    let stem = path
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned());
    Ok((stem, Some(text.trim_end().to_owned())))
}

/// The name and the model in `NAME=MODEL`; a script is named after its file, any other model after itself.
fn named(typed: &str) -> Result<(String, &str)> {
    let (name, model) = match typed.split_once('=') {
        Some((name, model)) if !name.contains(['/', ':']) => (name.to_owned(), model),
        _ => match typed.strip_prefix("scripted:") {
            Some(path) => {
                let stem = Path::new(path).file_stem();
                let stem = stem.map(|stem| stem.to_string_lossy().into_owned());
                (stem.unwrap_or_else(|| typed.to_owned()), typed)
            }
            None => (typed.to_owned(), typed),
        },
    };
    check_candidate(&name)?;
    Ok((name, model))
}

/// A candidate's name is typed in commands and stands in tables.
pub(in crate::engine) fn check_candidate(name: &str) -> Result<()> {
    let typed = |c: char| c.is_alphanumeric() || "-_./:+@".contains(c);
    let reserved = name == LOGGED || name == "none";
    if !name.is_empty() && name.chars().count() <= 128 && name.chars().all(typed) && !reserved {
        return Ok(());
    }
    let shown: String = name.chars().take(128).collect();
    Err(EngineError::refused(
        format!(
            "`{}` cannot be the name of a candidate",
            crate::text::sanitise::line(&shown)
        ),
        "use letters, digits and `-_./:+@`; `logged` and `none` are taken; `--model NAME=MODEL` gives another",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(order: &RunOrder) -> Vec<String> {
        order
            .candidates()
            .unwrap()
            .into_iter()
            .map(|(candidate, _)| candidate.name)
            .collect()
    }

    #[test]
    fn candidates_are_named_after_their_model_script_and_prompt() {
        let folder = tempfile::tempdir().unwrap();
        let prompt = folder.path().join("short.txt");
        std::fs::write(&prompt, "Be short.\n").unwrap();
        let order = RunOrder {
            models: vec![
                "ollama/qwen3:8b".into(),
                "b=scripted:x/y.jsonl".into(),
                "scripted:x/z.jsonl".into(),
            ],
            ..RunOrder::new("e")
        };
        assert_eq!(names(&order), ["ollama/qwen3:8b", "b", "z"]);
        let order = RunOrder {
            prompts: vec!["item".into(), prompt],
            models: vec!["b=scripted:x".into()],
            ..order
        };
        assert_eq!(names(&order), ["b", "b+short"]);
        let Origin::Model(asked) = &order.candidates().unwrap()[1].0.origin else {
            unreachable!()
        };
        assert_eq!(asked.prompt.as_deref(), Some("Be short."));
    }

    #[test]
    fn what_names_nothing_or_one_thing_twice_is_refused() {
        let refused = |models: &[&str], prompts: &[&str]| {
            let order = RunOrder {
                models: models.iter().map(|model| (*model).to_owned()).collect(),
                prompts: prompts.iter().map(PathBuf::from).collect(),
                ..RunOrder::new("e")
            };
            order.candidates().unwrap_err().to_string()
        };
        assert!(refused(&["scripted:a/x", "scripted:b/x"], &[]).contains("two candidates"));
        assert!(refused(&["checks"], &[]).contains("answers no request"));
        assert!(refused(&["logged=scripted:x"], &[]).contains("cannot be the name"));
        assert!(refused(&[], &["item"]).contains("a prompt alone"));
        assert!(refused(&["scripted:x"], &["/nowhere/p.txt"]).contains("cannot read the prompt"));
    }
}
