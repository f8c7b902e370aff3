//! Changes of a rubric that touch more than one field: another kind, a new question, one less.

use crate::domain::rubric::{Criterion, Example, Kind, Requirement, Rubric, Scale, slug};

use super::checks;
use super::field::Field;

/// Ids of questions nobody has worded yet.
const UNNAMED: &str = "question-";

/// How a rubric is answered, in people's words.
pub fn kind_words(kind: Kind) -> &'static str {
    match kind {
        Kind::Direct => "levels",
        Kind::Adherence => "met or not",
        Kind::Pairwise => "which is better",
    }
}

/// Answers it another way; what was asked stays as far as it can.
pub fn set_kind(rubric: &mut Rubric, text: &str) -> Result<(), String> {
    let kinds = [Kind::Direct, Kind::Adherence, Kind::Pairwise];
    let Some(kind) = kinds
        .into_iter()
        .find(|kind| kind_words(*kind) == text || kind.name() == text)
    else {
        return Err("`levels`, `met or not` or `which is better`".into());
    };
    if kind == rubric.kind {
        return Ok(());
    }
    if kind == Kind::Adherence {
        rubric.requirements = std::mem::take(&mut rubric.criteria)
            .into_iter()
            .map(|one| Requirement {
                id: one.id,
                text: one.question,
            })
            .collect();
    } else if rubric.kind == Kind::Adherence {
        rubric.criteria = std::mem::take(&mut rubric.requirements)
            .into_iter()
            .map(|one| Criterion::new(one.id, one.text, Scale::Binary))
            .collect();
    }
    if kind == Kind::Pairwise {
        for criterion in &mut rubric.criteria {
            criterion.anchors.clear();
            criterion.must_reach = None;
        }
    }
    // Answers of one kind are none of the other.
    for example in &mut rubric.examples {
        example.answers.clear();
    }
    rubric.kind = kind;
    Ok(())
}

/// Words a question; one that had no words before gets its id from them.
pub fn set_question(rubric: &mut Rubric, at: usize, text: &str) {
    let named = free_id(rubric, &slug(text));
    let used = |rubric: &Rubric, id: &str| {
        let answered = rubric
            .examples
            .iter()
            .any(|one| one.answers.contains_key(id));
        answered || rubric.checks_of(id).next().is_some()
    };
    let id = if rubric.kind == Kind::Adherence {
        rubric.requirements.get(at).map(|one| one.id.clone())
    } else {
        rubric.criteria.get(at).map(|one| one.id.clone())
    };
    let fresh = id
        .as_deref()
        .is_some_and(|id| id.starts_with(UNNAMED) && !used(rubric, id));
    let name = named.filter(|_| fresh);
    if let Some(one) = rubric.requirements.get_mut(at) {
        text.clone_into(&mut one.text);
        one.id = name.unwrap_or_else(|| one.id.clone());
    } else if let Some(one) = rubric.criteria.get_mut(at) {
        text.clone_into(&mut one.question);
        one.id = name.unwrap_or_else(|| one.id.clone());
    }
}

fn free_id(rubric: &Rubric, stem: &str) -> Option<String> {
    if stem.is_empty() {
        return None;
    }
    let free = |id: &String| rubric.question(id).is_none();
    std::iter::once(stem.to_owned())
        .chain((2..100).map(|n| format!("{stem}-{n}")))
        .find(free)
}

/// Adds an example if one is under the cursor, else a question; returns the field to write first.
pub fn add(rubric: &mut Rubric, under: &Field) -> Field {
    let fitting = rubric.scoring == rubric.fitting_scoring();
    let added = match under {
        Field::Input(_)
        | Field::Output(..)
        | Field::Answer(..)
        | Field::Reference(_)
        | Field::Correction(_)
        | Field::Why(_)
        | Field::NoExamples
        | Field::Model
        | Field::Samples
        | Field::Template => {
            let outputs = if rubric.kind == Kind::Pairwise { 2 } else { 1 };
            rubric.examples.push(Example {
                input: String::new(),
                outputs: vec![String::new(); outputs],
                reference: None,
                answers: std::collections::BTreeMap::new(),
                why: String::new(),
                correction: None,
            });
            Field::Input(rubric.examples.len() - 1)
        }
        Field::Check(..) | Field::NoChecks => checks::add(rubric),
        _ => {
            let number = rubric.questions().count() + 1;
            let id = free_id(rubric, &format!("{UNNAMED}{number}")).unwrap_or_default();
            if rubric.kind == Kind::Adherence {
                rubric.requirements.push(Requirement {
                    id,
                    text: String::new(),
                });
            } else {
                let scale = rubric
                    .criteria
                    .last()
                    .map_or(Scale::Level5, |one| one.scale);
                rubric.criteria.push(Criterion::new(id, "", scale));
            }
            Field::Question(number - 1)
        }
    };
    if fitting {
        rubric.scoring = rubric.fitting_scoring();
    }
    added
}

/// Takes away the question, level or example under the cursor; what it was, if there was one.
pub fn remove(rubric: &mut Rubric, under: &Field) -> Option<&'static str> {
    let fitting = rubric.scoring == rubric.fitting_scoring();
    let what = match under {
        Field::Question(at) | Field::Scale(at) | Field::Weight(at) | Field::MustReach(at) => {
            let id = if *at < rubric.requirements.len() {
                rubric.requirements.remove(*at).id
            } else if *at < rubric.criteria.len() {
                rubric.criteria.remove(*at).id
            } else {
                return None;
            };
            for example in &mut rubric.examples {
                example.answers.remove(&id);
            }
            for check in &mut rubric.checks {
                check.criterion.take_if(|one| *one == id);
            }
            "question removed"
        }
        Field::Anchor(at, level) => {
            rubric.criteria.get_mut(*at)?.anchors.remove(level)?;
            "words of this level removed"
        }
        Field::Input(at)
        | Field::Output(at, _)
        | Field::Answer(at, _)
        | Field::Reference(at)
        | Field::Correction(at)
        | Field::Why(at) => {
            if *at >= rubric.examples.len() {
                return None;
            }
            rubric.examples.remove(*at);
            "example removed"
        }
        Field::Check(at, _) if *at < rubric.checks.len() => {
            rubric.checks.remove(*at);
            "check removed"
        }
        _ => return None,
    };
    if fitting {
        rubric.scoring = rubric.fitting_scoring();
    }
    Some(what)
}

/// The next value of a field that has a few; `None` for texts.
pub fn turned(rubric: &Rubric, field: &Field, by: isize) -> Option<String> {
    let pick = |all: &[&str], now: &str| {
        let at = all.iter().position(|one| *one == now);
        let next = at.map_or(0, |at| {
            (at as isize + by).rem_euclid(all.len() as isize) as usize
        });
        all.get(next).map(|one| (*one).to_owned())
    };
    let now = super::field::text(rubric, field);
    match field {
        Field::Check(at, part) => checks::turned(rubric, *at, *part, by),
        Field::Kind => pick(&["levels", "met or not", "which is better"], &now),
        Field::Scale(_) => pick(&["yes or no", "0-5", "1-3", "1-5", "1-10"], &now),
        Field::PassMark => {
            let mark = rubric.threshold().value + 0.05 * by as f64;
            Some(format!("{:.2}", mark.clamp(0.0, 1.0)))
        }
        Field::Weight(_) => {
            let weight: f64 = now.parse().unwrap_or(1.0);
            Some((weight + by as f64).max(1.0).to_string())
        }
        Field::Samples => {
            let samples = i64::from(rubric.judge.samples) + by as i64;
            Some(samples.clamp(1, 25).to_string())
        }
        Field::MustReach(at) => {
            let scale = rubric.criteria.get(*at)?.scale;
            let level = match now.parse::<i32>() {
                Ok(level) => level.saturating_add(by as i32),
                Err(_) if by > 0 => scale.min(),
                Err(_) => return None,
            };
            Some(if scale.allows(level) {
                level.to_string()
            } else {
                String::new()
            })
        }
        _ => None,
    }
}
