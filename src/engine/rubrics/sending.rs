//! What every question outside a job needs: leave to send, a word in the ledger, and somebody to ask.

use std::sync::Arc;

use super::super::judge::JudgeOrder;
use super::super::judge::learn::Learned;
use super::super::judge::offer::{allowed, unsent};
use super::super::judge::order::{By, Judge};
use super::super::{Engine, Result};
use crate::domain::eval::Eval;
use crate::domain::event::FirstSend;
use crate::domain::rubric::Rubric;
use crate::provider::{Capabilities, Job, Model, Priced};
use crate::store::judging;

/// Somebody to ask.
pub(super) struct Line {
    pub model: Arc<dyn Model>,
    /// The model by the endpoint's own name.
    pub name: Arc<str>,
    pub price: Priced,
    place: String,
    found: Capabilities,
}

/// Opens the judge's model with what was found out about it before, the time until which it wants to be left alone
/// included unless it is asked `sooner`; `None` for checks.
pub(super) fn open(engine: &Engine, judge: &Judge, sooner: bool, job: Job) -> Result<Option<Line>> {
    let (by, place) = (&judge.by, judge.by.place());
    let Some(name) = by.model_name() else {
        return Ok(None);
    };
    let found = engine.capabilities((&place, &name), sooner)?;
    let job = Job {
        capabilities: found.clone(),
        ..job
    };
    Ok(by.open(job)?.map(|model| Line {
        model,
        name: name.into(),
        price: by.price(),
        place,
        found,
    }))
}

impl Line {
    /// Keeps what was found out, so that the next one to ask need not find it out again.
    pub fn keep(&self, engine: &Engine) -> Result<()> {
        let found = self.model.capabilities();
        if found == self.found {
            return Ok(());
        }
        let Ok(body) = serde_json::to_string(&found) else {
            return Ok(());
        };
        let (place, name) = (self.place.clone(), Arc::clone(&self.name));
        let store = engine.store();
        Ok(store.write_light(move |db| judging::put_endpoint(db, &place, &name, &body))?)
    }
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
