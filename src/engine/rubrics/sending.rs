//! What every question outside a job needs: leave to send, a word in the ledger, and somebody to ask.

use std::path::Path;
use std::sync::Arc;

use super::super::judge::JudgeOrder;
use super::super::judge::learn::Learned;
use super::super::judge::offer::{allowed, unsent};
use super::super::judge::order::{By, Judge};
use super::super::{Engine, EngineError, Result};
use crate::domain::eval::Eval;
use crate::domain::event::FirstSend;
use crate::domain::rubric::Rubric;
use crate::provider::{Http, Job, Model, Priced, Prices, Scripted};

/// Somebody to ask.
pub(super) struct Line {
    pub model: Arc<dyn Model>,
    /// The model by the endpoint's own name.
    pub name: Arc<str>,
    pub price: Priced,
}

/// What a judge's tokens cost.
pub(super) fn price(judge: &Judge) -> Priced {
    match &judge.by {
        By::Checks | By::Script(_) => Priced::Free,
        By::Model { endpoint, model } => Prices::built_in().of(endpoint, model),
    }
}

/// Opens the judge's model; `None` for checks.
pub(super) fn open(judge: &Judge, job: Job) -> Result<Option<Line>> {
    let (model, name): (Arc<dyn Model>, String) = match &judge.by {
        By::Checks => return Ok(None),
        By::Script(path) => (script(path, job)?, path.display().to_string()),
        By::Model { endpoint, model } => (
            Arc::new(Http::new((**endpoint).clone(), job)),
            model.clone(),
        ),
    };
    Ok(Some(Line {
        model,
        name: name.into(),
        price: price(judge),
    }))
}

fn script(path: &Path, job: Job) -> Result<Arc<dyn Model>> {
    let opened = Scripted::open(path, job).map_err(|error| {
        EngineError::refused(
            error.to_string(),
            "docs/judging.md shows the form of a script",
        )
    })?;
    Ok(Arc::new(opened))
}

/// The judge that may read texts of this eval under this rubric; the eval's own rubric has its say too.
pub(super) fn judge_for(
    engine: &Engine,
    order: &JudgeOrder,
    eval: &Eval,
    rubric: &Rubric,
) -> Result<Judge> {
    let judge = Judge::of(order, eval, rubric, &Learned::default())?;
    allowed(eval, rubric, &judge.by)?;
    allowed(eval, &engine.rubric_of(eval)?, &judge.by)?;
    Ok(judge)
}

/// Which fields would leave for this place for the first time; empty if they have before, or stay in this process.
pub(super) fn first_send(engine: &Engine, eval: &Eval, judge: &Judge) -> Result<Vec<String>> {
    if !matches!(judge.by, By::Model { .. }) {
        return Ok(Vec::new());
    }
    let nothing = Learned::default();
    Ok(engine
        .store()
        .read(|db| unsent(db, eval, judge, &nothing))?)
}

/// What is about to leave for the first time, to be said before it does; `None` if it is not the first time.
pub(super) fn unsaid(
    engine: &Engine,
    eval: &Eval,
    judge: &Judge,
    tickets: u64,
    more: &[&str],
) -> Result<Option<FirstSend>> {
    let mut fields = first_send(engine, eval, judge)?;
    if fields.is_empty() {
        return Ok(None);
    }
    fields.extend(more.iter().map(|field| (*field).to_owned()));
    Ok(Some(FirstSend {
        eval: eval.id,
        place: judge.by.place(),
        local: judge.by.is_local(),
        tickets,
        fields,
    }))
}
