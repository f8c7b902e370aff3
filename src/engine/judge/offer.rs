//! What a judge's work would be: how many calls, where to, for how much. Said before anything is sent.

use std::sync::Arc;
use std::time::Duration;

use super::super::{Engine, EngineError, Result};
use super::learn::Learned;
use super::order::{By, Judge, JudgeOrder};
use super::route::routes;
use crate::domain::eval::{Eval, Send};
use crate::domain::event::Body;
use crate::domain::filter::Filter;
use crate::domain::judge_version::JudgeVersion;
use crate::domain::rubric::{Rubric, SendPolicy};
use crate::domain::view::Order;
use crate::judge::prompt::Prepared;
use crate::provider::{Priced, Usage};
use crate::store::judging::{Lane, Want};
use crate::store::{Db, catalog, judging, rubrics, tickets, verdicts};

/// Above this many calls a limit or a yes is wanted.
pub const MANY_CALLS: u64 = 1_000;
/// Above this many millionths of money a limit or a yes is wanted.
pub const MUCH_MONEY: i64 = 5_000_000;
/// Tickets an estimate of sizes looks at.
const SAMPLE: usize = 200;
/// Seconds a call is taken to last where nothing is known.
const GUESSED_SECONDS: f64 = 3.0;
/// Tokens an answer is taken to have: evidence, three sentences and a level.
pub(super) const ANSWER_TOKENS: u64 = 250;

/// What would be done.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    /// The judge in people's words.
    pub judge: String,
    /// Where texts would go.
    pub place: String,
    /// Whether nothing leaves this machine.
    pub local: bool,
    /// Whether what is on this machine may pass the texts on to another place.
    pub may_pass_on: bool,
    /// Whether it is the rubric's checks alone.
    pub checks_only: bool,
    /// Criteria that checks answer, and all of them.
    pub checked: (usize, usize),
    /// Tickets that lack a verdict of this judge.
    pub tickets: u64,
    /// Tickets the filter shows, no more than the limit.
    pub matching: u64,
    /// Of those to be read, tickets the rubric has nothing to compare with: they stay unscored, and nothing is asked.
    pub nothing_to_compare: u64,
    /// Calls for those, before what earlier answers save.
    pub calls: u64,
    /// Estimated tokens of questions and replies.
    pub tokens: (u64, u64),
    /// Estimated price.
    pub price: Cost,
    /// Estimated time.
    pub time: Option<Duration>,
    /// Fields that would be sent for the first time, and none if this eval has been sent there before.
    pub first_send: Vec<String>,
    /// Readings per question.
    pub samples: u32,
    /// Corrections that may be shown as examples.
    pub examples: usize,
    /// Hash and number of the guidelines shown.
    pub guidelines: Option<(String, usize)>,
}

/// What something costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cost {
    /// Nothing.
    Free,
    /// Millionths of the currency unit.
    Micros(i64),
    /// Nobody knows. Not the same as nothing.
    Unpriced,
}

impl Cost {
    /// What this many tokens come to.
    pub fn of(priced: Priced, usage: Usage) -> Self {
        match priced {
            Priced::Free => Self::Free,
            Priced::Unpriced => Self::Unpriced,
            Priced::Known(price) => Self::Micros(price.cost(usage)),
        }
    }
}

/// Why so much work should not start without a limit or a yes.
pub(in crate::engine) fn much(calls: u64, price: Cost) -> Option<String> {
    if calls > MANY_CALLS {
        return Some(format!("{calls} calls are more than {MANY_CALLS}"));
    }
    match price {
        Cost::Micros(micros) if micros > MUCH_MONEY => Some(format!(
            "about {:.2} are more than {}",
            micros as f64 / 1e6,
            MUCH_MONEY / 1_000_000
        )),
        _ => None,
    }
}

impl Offer {
    /// Why it should not start without a limit or a yes.
    pub fn needs_yes(&self) -> Option<String> {
        if self.checks_only {
            return None;
        }
        much(self.calls, self.price)
    }
}

/// Everything looked up for an order.
pub(super) struct Plan {
    pub eval_row: i64,
    pub eval: Eval,
    pub rubric: Arc<Rubric>,
    pub judge: Arc<Judge>,
    pub calls: Arc<[Prepared]>,
    pub learned: Arc<Learned>,
    pub rows: Vec<i64>,
    pub offer: Offer,
}

impl Engine {
    /// What an order would do.
    pub fn judge_offer(&self, order: &JudgeOrder) -> Result<Offer> {
        Ok(self.prepare_judging(order)?.offer)
    }

    pub(super) fn prepare_judging(&self, order: &JudgeOrder) -> Result<Plan> {
        let eval = self.eval_named(&order.eval)?;
        let filter = Filter::parse(&order.filter).map_err(|error| {
            EngineError::refused(
                format!("the filter `{}` cannot be read: {error}", order.filter),
                error.way_on(),
            )
        })?;
        let routes = routes(&eval)?;
        let lane = Lane {
            open: routes.claimable(),
            begun: routes.resumable(),
        };
        let rubric = self.store().read(|db| rubrics::get(db, &eval.rubric))?;
        let row = self.store().read(|db| catalog::eval(db, &eval.id))?;
        let eval_row = row.map_or(0, |(row, _)| row);
        let learned = self.learned(order, (eval_row, &eval), &rubric)?;
        let judge = Judge::of(order, &eval, &rubric, &learned)?;
        allowed(&eval, &rubric, &judge.by)?;
        let calls = questions(order, &rubric, &judge, &learned)?;
        let learned = Arc::new(learned);
        let expected: usize = calls.iter().map(|call| call.asked().len()).sum();
        let want_verdicts = expected as u32 * judge.samples + rubric.checks.len() as u32;
        self.store()
            .read(|db| {
                let ask = self.ask(eval_row, &filter, Order::Plan);
                let judge_row = verdicts::judge_row(db, &judge.id)?.unwrap_or(0);
                let want = Want {
                    judge: judge_row,
                    verdicts: want_verdicts,
                    again: order.again,
                    limit: order.limit.unwrap_or(u64::MAX),
                    only: named_rows(db, order, (eval_row, &judge.version))?,
                    lane: lane.clone(),
                };
                let rows = judging::unfinished(db, &ask, &want)?;
                let matching = judging::matching(db, &ask, &want)?.min(want.limit);
                let offer = offer(
                    db,
                    order,
                    (&eval, &rubric, &judge),
                    (&calls, &learned),
                    (eval_row, &rows),
                    matching,
                )?;
                Ok(Plan {
                    eval_row,
                    eval: eval.clone(),
                    rubric: Arc::new(rubric.clone()),
                    judge: Arc::new(judge.clone()),
                    calls: calls.clone().into(),
                    learned: Arc::clone(&learned),
                    rows,
                    offer,
                })
            })
            .map_err(EngineError::from)
    }
}

/// The calls one reading of a ticket takes.
fn questions(
    order: &JudgeOrder,
    rubric: &Rubric,
    judge: &Judge,
    learned: &Learned,
) -> Result<Vec<Prepared>> {
    if !matches!(judge.by, By::Checks) {
        return Prepared::all(rubric, &learned.guidelines).map_err(|error| {
            EngineError::refused(
                format!("the rubric's own template cannot be used: {error}"),
                "mend `template` under `[judge]`; `docket rubric check` names the line",
            )
        });
    }
    if order.learn || order.guidelines.is_some() {
        return Err(EngineError::refused(
            "checks follow no words: there is nothing for them to learn",
            "name a model: `--judge openai/MODEL`",
        ));
    }
    if rubric.checks.is_empty() {
        return Err(EngineError::refused(
            format!("the rubric `{}` has no checks to run", rubric.id),
            "add a `[[check]]` to it, or name a model: `--judge openai/MODEL`",
        ));
    }
    Ok(Vec::new())
}

/// Local rows of the tickets an order names; those that are gone are left out.
fn named_rows(
    db: &Db,
    order: &JudgeOrder,
    (eval_row, judge): (i64, &JudgeVersion),
) -> crate::store::Result<Option<Vec<i64>>> {
    let scored = if order.rescore {
        Some(judging::scored_elsewhere(db, eval_row, judge)?)
    } else {
        None
    };
    let Some(only) = &order.only else {
        return Ok(scored.map(|rows| rows.into_iter().collect()));
    };
    let mut rows = Vec::with_capacity(only.len());
    for id in only {
        match tickets::get(db, id) {
            Ok(ticket) => {
                if scored
                    .as_ref()
                    .is_none_or(|rows| rows.contains(&ticket.row))
                {
                    rows.push(ticket.row);
                }
            }
            Err(crate::store::StoreError::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(rows))
}

/// Texts of an eval that must stay here stay here.
pub(in crate::engine) fn allowed(eval: &Eval, rubric: &Rubric, by: &By) -> Result<()> {
    let stays = eval.policy.send == Send::Local || rubric.send == SendPolicy::Local;
    if !stays || by.is_local() {
        return Ok(());
    }
    let who = if eval.policy.send == Send::Local {
        format!("the eval `{}`", eval.name)
    } else {
        format!("the rubric `{}`", rubric.id)
    };
    Err(EngineError::refused(
        format!(
            "{who} says `send = \"local\"`, and {} is not on this machine",
            by.place()
        ),
        "name a local endpoint (`ollama/MODEL`, or `--base-url http://localhost:8000/v1`), or allow it: `docket eval set EVAL --local-only=false`",
    ))
}

pub(super) fn offer(
    db: &Db,
    order: &JudgeOrder,
    (eval, rubric, judge): (&Eval, &Rubric, &Judge),
    (calls, learned): (&[Prepared], &Learned),
    (eval_row, rows): (i64, &[i64]),
    matching: u64,
) -> crate::store::Result<Offer> {
    let tickets = rows.len() as u64;
    let missing = nothing_to_compare(db, rubric, (eval_row, rows))?;
    let asked = tickets - missing;
    let orders: u64 = if calls.iter().any(Prepared::is_comparison) {
        2
    } else {
        1
    };
    let per_ticket = calls.len() as u64 * u64::from(judge.samples) * orders;
    let step = (rows.len() / SAMPLE).max(1);
    let looked: Vec<i64> = rows.iter().step_by(step).copied().collect();
    let (output, request) = judging::sizes(db, &looked)?;
    let mean = (output + request) / (looked.len() as u64).max(1);
    let standing: u64 = calls.iter().map(Prepared::standing_tokens).sum();
    let input = asked
        * u64::from(judge.samples)
        * orders
        * (standing + (mean / 4 + learned.library.tokens_per_prompt()) * calls.len() as u64);
    let replies = asked * per_ticket * ANSWER_TOKENS;
    let price = Cost::of(
        judge.by.price(),
        Usage {
            input,
            output: replies,
            ..Usage::default()
        },
    );
    let all = asked * per_ticket;
    let time = all as f64 * GUESSED_SECONDS / order.concurrency.max(1) as f64;
    let questions = rubric.questions().count();
    let from_checks = rubric
        .questions()
        .filter(|question| question.from_check)
        .count();
    Ok(Offer {
        judge: judge.version.name.clone(),
        place: judge.by.place(),
        local: judge.by.is_local(),
        may_pass_on: judge.by.may_pass_on(),
        checks_only: matches!(judge.by, By::Checks),
        checked: (from_checks, questions),
        tickets,
        matching,
        nothing_to_compare: if calls.is_empty() { 0 } else { missing },
        calls: all,
        tokens: (input, replies),
        price,
        time: (all > 0).then(|| Duration::from_secs_f64(time)),
        first_send: if matches!(judge.by, By::Model { .. }) {
            unsent(db, eval, judge, learned)?
        } else {
            Vec::new()
        },
        samples: judge.samples,
        examples: learned.library.len(),
        guidelines: learned
            .guidelines_hash()
            .map(|set| (set, learned.guidelines.len())),
    })
}

/// How many of these tickets the rubric has nothing to compare with.
fn nothing_to_compare(
    db: &Db,
    rubric: &Rubric,
    (eval_row, rows): (i64, &[i64]),
) -> crate::store::Result<u64> {
    if !rubric.judge.needs_comparison() {
        return Ok(0);
    }
    let logged = rubric.judge.shows_logged(false);
    let missing = judging::nothing_to_compare(db, eval_row, logged)?;
    Ok(rows.iter().filter(|row| missing.contains(row)).count() as u64)
}

/// Which fields an endpoint would get that it has never got from this eval.
pub(in crate::engine) fn unsent(
    db: &Db,
    eval: &Eval,
    judge: &Judge,
    learned: &Learned,
) -> crate::store::Result<Vec<String>> {
    never_sent(db, eval, &judge.by.place(), fields(db, eval, learned)?)
}

/// Those of these fields that a place has never got from an eval.
pub(in crate::engine) fn never_sent(
    db: &Db,
    eval: &Eval,
    place: &str,
    mut fields: Vec<String>,
) -> crate::store::Result<Vec<String>> {
    for event in &crate::store::ledger::global(db)? {
        if let Body::FirstSend(sent) = &event.body
            && sent.eval == eval.id
            && sent.place == place
        {
            fields.retain(|field| !sent.fields.contains(field));
        }
    }
    Ok(fields)
}

/// Which fields of the tickets hold something, and what else people said that is sent along.
fn fields(db: &Db, eval: &Eval, learned: &Learned) -> crate::store::Result<Vec<String>> {
    let mut fields = vec!["request".to_owned(), "output".to_owned()];
    if judging::has_reference(db, eval)? {
        fields.push("reference".to_owned());
    }
    fields.extend(learned.fields().map(str::to_owned));
    Ok(fields)
}
