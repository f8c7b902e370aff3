//! Which judges are reported on: those that score under the rubric in use, or those asked for by name.

use super::Facts;
use super::subject::OVERALL;
use crate::domain::eval::Eval;
use crate::domain::rubric::known_or_nearest;
use crate::domain::view::agreement::{AgreementOptions, JudgeLeftOut};
use crate::engine::{EngineError, Result};
use crate::store::agreement::Reader;

/// Characters of an id that may stand for a judge.
const SHORT: usize = 4;

/// What was asked for, found.
pub(super) struct Chosen<'f> {
    /// Reported on.
    pub readers: Vec<&'f Reader>,
    /// Not reported on, and why.
    pub left_out: Vec<JudgeLeftOut>,
}

/// The judges to report on, or why what was asked for is not there.
pub(super) fn chosen<'f>(facts: &'f Facts, options: &AgreementOptions) -> Result<Chosen<'f>> {
    if let Some(criterion) = &options.criterion {
        check_criterion(facts, criterion)?;
    }
    let eval = &facts.eval;
    let (readers, others): (Vec<&Reader>, Vec<&Reader>) = match &options.judge {
        None => facts
            .readers
            .iter()
            .partition(|reader| reader.version.scores_under(&eval.rubric)),
        // Asked for by name, a judge is shown if anything of it can be: checks on the criteria they set.
        Some(name) => named(facts, name)?
            .into_iter()
            .partition(|reader| reader.version.rubric.is_none_or(|own| own == eval.rubric)),
    };
    let left_out = others.into_iter().map(|reader| left_out(reader, eval));
    Ok(Chosen {
        left_out: left_out.collect(),
        readers,
    })
}

fn check_criterion(facts: &Facts, criterion: &str) -> Result<()> {
    let questions = facts.rubric.questions();
    let mut known: Vec<&str> = questions.map(|question| question.id).collect();
    if known.len() > 1 {
        known.push(OVERALL);
    }
    if known.contains(&criterion) {
        return Ok(());
    }
    Err(EngineError::refused(
        format!(
            "the rubric of `{}` has no criterion `{criterion}`",
            facts.eval.name
        ),
        known_or_nearest(criterion, &known),
    ))
}

fn named<'f>(facts: &'f Facts, name: &str) -> Result<Vec<&'f Reader>> {
    let fits = |reader: &&Reader| {
        let by_id = name.len() >= SHORT && reader.id.to_string().starts_with(name);
        reader.version.name == name || by_id
    };
    // As `docket judge --judge` takes it: the model without its endpoint.
    let by_model = |reader: &&Reader| reader.version.model.as_deref() == Some(name);
    let mut found: Vec<&Reader> = facts.readers.iter().filter(fits).collect();
    if found.is_empty() {
        found = facts.readers.iter().filter(by_model).collect();
    }
    if !found.is_empty() {
        return Ok(found);
    }
    let eval = &facts.eval.name;
    let readers = facts.readers.iter();
    let alone = |name: &str| {
        let same = facts.readers.iter().filter(|one| one.version.name == name);
        same.count() == 1
    };
    // Judges of one name are told apart by their ids alone.
    let known: Vec<String> = readers
        .map(|one| match one.version.name.as_str() {
            name if alone(name) => name.to_owned(),
            name => format!("{} ({name})", one.id.short()),
        })
        .collect();
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let hint = if known.is_empty() {
        format!("no judge has read this eval; `docket judge {eval}` puts one to work")
    } else {
        known_or_nearest(name, &known)
    };
    let what = format!("no judge `{name}` has read `{eval}`");
    Err(EngineError::refused(what, hint))
}

fn left_out(reader: &Reader, eval: &Eval) -> JudgeLeftOut {
    let other = reader.version.rubric.is_some_and(|own| own != eval.rubric);
    JudgeLeftOut {
        id: reader.id.short(),
        name: reader.version.name.clone(),
        why: if other {
            "it scored under another version of the rubric"
        } else {
            "checks are no rubric score; name it with --judge to see the criteria they set"
        },
    }
}
