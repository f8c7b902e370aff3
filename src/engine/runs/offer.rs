//! What an order would do: how many calls, where to, for how much. Said before anything is sent.

use std::sync::Arc;
use std::time::Duration;

use super::super::gate::redefined::Definition;
use super::super::judge::offer::{Cost, allowed, much, never_sent};
use super::super::judge::order::By;
use super::super::{Engine, EngineError, Result};
use super::group::Found;
use super::order::RunOrder;
use crate::domain::failure::{Answerable, Class};
use crate::domain::run::{Asked, Candidate, Origin, Run, by_candidate};
use crate::provider::Usage;
use crate::store::{Db, judging, runs};

/// Items an estimate of sizes looks at.
const SAMPLE: usize = 200;
/// Seconds a call is taken to last where nothing is known.
const GUESSED_SECONDS: f64 = 4.0;
/// Tokens a reply is taken to have where nothing was logged.
const REPLY_TOKENS: u64 = 400;

/// What would be done.
#[derive(Debug, Clone, PartialEq)]
pub struct RunOffer {
    /// Name of the group.
    pub group: String,
    /// Whether it is there.
    pub there: bool,
    /// Name of the eval.
    pub eval: String,
    /// Items of its dataset version.
    pub items: u64,
    /// The candidate the others are compared with.
    pub baseline: Option<String>,
    /// Whether what was logged is a candidate.
    pub logged: bool,
    /// Candidates that are to be asked.
    pub candidates: Vec<CandidateOffer>,
    /// Items the group's rubric has nothing to compare with: no judge will score what is answered to them.
    pub nothing_to_compare: u64,
    /// Whether that rubric compares with what was logged, so that what was logged itself gets no score.
    pub against_logged: bool,
    /// Calls over all, before what earlier runs save.
    pub calls: u64,
    /// Estimated price over all.
    pub price: Cost,
    /// Estimated time.
    pub time: Option<Duration>,
}

/// One candidate's part of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CandidateOffer {
    /// Its name.
    pub name: String,
    /// Where requests would go.
    pub place: String,
    /// Whether nothing leaves this machine.
    pub local: bool,
    /// Whether what is on this machine may pass the requests on to another place.
    pub may_pass_on: bool,
    /// Runs it will have.
    pub runs: u32,
    /// Calls, before what earlier runs save.
    pub calls: u64,
    /// Estimated tokens of questions and replies.
    pub tokens: (u64, u64),
    /// Estimated price.
    pub price: Cost,
    /// Fields that would be sent there for the first time.
    pub first_send: Vec<String>,
}

impl RunOffer {
    /// Why it should not start without a limit or a yes.
    pub fn needs_yes(&self) -> Option<String> {
        much(self.calls, self.price)
    }
}

/// A candidate to be asked.
#[derive(Debug, Clone)]
pub(super) struct Planned {
    pub candidate: Candidate,
    pub asked: Asked,
    pub by: By,
    /// The model by the endpoint's own name.
    pub model: Arc<str>,
    /// All its runs, by number; those that are not there yet are to be made.
    pub runs: Vec<Run>,
    /// Local rows of items that lack a reply, with the place of the run.
    pub missing: Vec<(i64, usize)>,
}

/// Everything looked up for an order.
pub(super) struct Plan {
    pub found: Found,
    pub planned: Vec<Planned>,
    /// The run of what was logged.
    pub logged: Option<Run>,
    pub offer: RunOffer,
}

impl Plan {
    /// Runs that are to be made.
    pub fn new_runs(&self) -> Vec<Run> {
        let planned = self.planned.iter().flat_map(|one| &one.runs);
        let all = self.logged.iter().chain(planned);
        let known = |run: &&Run| self.found.runs.iter().all(|old| old.id != run.id);
        all.filter(known).cloned().collect()
    }
}

impl Engine {
    /// What an order would do.
    pub fn run_offer(&self, order: &RunOrder) -> Result<RunOffer> {
        Ok(self.prepare_runs(order)?.offer)
    }

    pub(super) fn prepare_runs(&self, order: &RunOrder) -> Result<Plan> {
        let found = self.find_group(order)?;
        if found.made && order.baseline.is_some() && order.baseline != found.group.baseline {
            let own = found.group.baseline.as_deref().unwrap_or("none");
            return Err(EngineError::refused(
                format!(
                    "the group `{}` has the baseline `{own}`, which stays",
                    found.group.name
                ),
                "leave `--baseline` out; `docket compare GROUP --baseline NAME` compares with another",
            ));
        }
        let mut planned = Vec::new();
        for (candidate, by) in wanted(order, &found)? {
            let Origin::Model(asked) = candidate.origin.clone() else {
                continue;
            };
            allowed(&found.eval, &found.rubric, &by)?;
            if found.candidate(&candidate.name).is_none() {
                let definition = Definition::asked(&candidate);
                let flag = "`--model NAME=MODEL`";
                self.still_means(&found, &candidate.name, &definition, flag)?;
            }
            let runs = planned_runs(order, &found, &candidate)?;
            planned.push(Planned {
                model: by.model_name().unwrap_or_default().into(),
                candidate,
                asked,
                by,
                runs,
                missing: Vec::new(),
            });
        }
        let anything = self
            .store()
            .read(|db| runs::has_logged(db, &found.eval.id))?;
        let logged = found.logged(order, anything);
        self.store()
            .read(|db| {
                for one in &mut planned {
                    one.missing = missing(db, &found, one, order.again)?;
                }
                let offer = offer(db, order, &found, &planned, logged.is_some())?;
                Ok(Plan {
                    found: found.clone(),
                    planned: planned.clone(),
                    logged: logged.clone(),
                    offer,
                })
            })
            .map_err(EngineError::from)
    }
}

/// The candidates an order names; without any, those of the group that were asked here.
fn wanted(order: &RunOrder, found: &Found) -> Result<Vec<(Candidate, By)>> {
    if !order.models.is_empty() || !order.prompts.is_empty() {
        return order.candidates();
    }
    if !order.parameters.is_empty() {
        return Err(EngineError::refused(
            "parameters alone answer nothing",
            "name the model they go to: `--model NAME=MODEL`",
        ));
    }
    let mut all = Vec::new();
    for (candidate, _) in by_candidate(&found.runs) {
        let Origin::Model(asked) = &candidate.origin else {
            continue;
        };
        let by = order.by(&asked.model)?;
        if by.place() != asked.place {
            return Err(EngineError::refused(
                format!(
                    "`{}` was asked at {}, and would be asked at {} now",
                    candidate.name,
                    asked.place,
                    by.place()
                ),
                "give the same address as before (`--base-url`), or name another candidate: `--model NAME=MODEL`",
            ));
        }
        all.push((candidate.clone(), by));
    }
    Ok(all)
}

/// The runs a candidate is to have. One that is in the group already must be what it was.
fn planned_runs(order: &RunOrder, found: &Found, candidate: &Candidate) -> Result<Vec<Run>> {
    let mut runs: Vec<Run> = Vec::new();
    if let Some((known, of)) = found.candidate(&candidate.name) {
        if known.origin != candidate.origin {
            return Err(EngineError::refused(
                format!(
                    "`{}` is in the group `{}` with another model, address, prompt or parameters",
                    candidate.name, found.group.name
                ),
                "give it a name of its own: `--model NAME=MODEL`",
            ));
        }
        runs.extend(of.into_iter().cloned());
    }
    let wanted = order.repeat.unwrap_or(1);
    for number in 1..=wanted {
        if runs.iter().all(|run| run.number != number) {
            runs.push(found.run(candidate.clone(), number, order.because.clone()));
        }
    }
    runs.sort_by_key(|run| run.number);
    Ok(runs)
}

/// Local rows of items that lack a reply, with the place of the run.
pub(super) fn missing(
    db: &Db,
    found: &Found,
    planned: &Planned,
    again: bool,
) -> crate::store::Result<Vec<(i64, usize)>> {
    let mut missing = Vec::new();
    for (at, run) in planned.runs.iter().enumerate() {
        let states = runs::states(db, &run.id)?;
        let mut states = states.iter().peekable();
        for (lo, hi) in found.items.iter() {
            for item in lo..=hi {
                while states.next_if(|(known, _)| *known < item).is_some() {}
                let state = states.next_if(|(known, _)| *known == item);
                if state.is_none_or(|(_, class)| {
                    class.as_deref().is_some_and(|class| again || passes(class))
                }) {
                    missing.push((item, at));
                }
            }
        }
    }
    Ok(missing)
}

/// Whether a failure of this class may pass, so that the next start asks once more.
fn passes(class: &str) -> bool {
    Class::read(class).is_none_or(|class| {
        matches!(
            class.answerable(),
            Answerable::Later | Answerable::Stop | Answerable::Without
        )
    })
}

fn offer(
    db: &Db,
    order: &RunOrder,
    found: &Found,
    planned: &[Planned],
    logged: bool,
) -> crate::store::Result<RunOffer> {
    let candidates = planned
        .iter()
        .map(|one| candidate_offer(db, found, one))
        .collect::<crate::store::Result<Vec<_>>>()?;
    let calls = candidates.iter().map(|one| one.calls).sum();
    let seconds = calls as f64 * GUESSED_SECONDS / order.concurrency.max(1) as f64;
    let group = &found.group;
    Ok(RunOffer {
        group: group.name.clone(),
        there: found.made,
        eval: found.eval.name.clone(),
        items: group.items,
        baseline: group.baseline.clone(),
        logged,
        nothing_to_compare: nothing_to_compare(db, found)?,
        against_logged: found.rubric.judge.against_logged,
        calls,
        price: candidates
            .iter()
            .fold(Cost::Free, |sum, one| plus(sum, one.price)),
        time: (calls > 0).then(|| Duration::from_secs_f64(seconds)),
        candidates,
    })
}

fn nothing_to_compare(db: &Db, found: &Found) -> crate::store::Result<u64> {
    let judge = &found.rubric.judge;
    if !judge.needs_comparison() {
        return Ok(0);
    }
    let logged = judge.shows_logged(false);
    found.items.iter().try_fold(0, |sum, (lo, hi)| {
        Ok(sum + judging::items_without_comparison(db, (lo, hi), logged)?)
    })
}

fn plus(one: Cost, two: Cost) -> Cost {
    match (one, two) {
        (Cost::Unpriced, _) | (_, Cost::Unpriced) => Cost::Unpriced,
        (Cost::Free, other) | (other, Cost::Free) => other,
        (Cost::Micros(one), Cost::Micros(two)) => Cost::Micros(one + two),
    }
}

fn candidate_offer(
    db: &Db,
    found: &Found,
    planned: &Planned,
) -> crate::store::Result<CandidateOffer> {
    let calls = planned.missing.len() as u64;
    let step = (planned.missing.len() / SAMPLE).max(1);
    let looked: Vec<i64> = planned
        .missing
        .iter()
        .step_by(step)
        .map(|(item, _)| *item)
        .collect();
    let (request, output) = runs::sizes(db, found.eval_row, &looked)?;
    let n = (looked.len() as u64).max(1);
    let prompt = planned
        .asked
        .prompt
        .as_ref()
        .map_or(0, |prompt| prompt.len() as u64);
    let reply = if output > 0 {
        output / n / 4 + 1
    } else {
        REPLY_TOKENS
    };
    let tokens = (calls * ((request / n + prompt) / 4 + 16), calls * reply);
    let usage = Usage {
        input: tokens.0,
        output: tokens.1,
        ..Usage::default()
    };
    let place = planned.by.place();
    let sends = matches!(planned.by, By::Model { .. }) && calls > 0;
    Ok(CandidateOffer {
        name: planned.candidate.name.clone(),
        local: planned.by.is_local(),
        may_pass_on: planned.by.may_pass_on(),
        runs: planned.runs.len() as u32,
        calls,
        tokens,
        price: Cost::of(planned.by.price(), usage),
        first_send: if sends {
            never_sent(db, &found.eval, &place, vec!["request".to_owned()])?
        } else {
            Vec::new()
        },
        place,
    })
}
