//! How far a judge lets itself be moved: the shipped probes, each beside its clean twin, put to a judge.
//!
//! The probes are texts of this program; nothing of a workspace's items is sent. The floor and the detector stay
//! out of the way, so that the judge itself is measured.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use serde::Serialize;

use super::super::{EngineError, Result};
use super::limit::Limit;
use super::order::{By, JudgeOrder, on_network};
use crate::domain::failure::{Answerable, Class};
use crate::domain::rubric::Rubric;
use crate::domain::verdict::Verdict;
use crate::judge::nonce::Nonce;
use crate::judge::probes::{self, Table};
use crate::judge::prompt::{Filling, Prepared};
use crate::judge::subject::Subject;
use crate::judge::{parse, reask};
use crate::provider::{Ask, Failure, Http, Job, Model, Priced, Prices, Scripted};

/// What to probe.
#[derive(Debug, Clone)]
pub struct ProbeOrder {
    /// The judge, its endpoint and its limits.
    pub judge: JudgeOrder,
    /// Asked instead of the probes' own rubric.
    pub rubric: Option<Rubric>,
    /// Whether the rubric's texts must stay on this machine.
    pub stays: bool,
    /// Under which the questions' ids are made.
    pub secret: [u8; 32],
}

/// One criterion's shifts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CriterionShifts {
    /// Criterion id.
    pub criterion: String,
    /// Rows and sums.
    #[serde(flatten)]
    pub table: Table,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProbeReport {
    /// Where the questions went.
    pub place: String,
    /// The rubric asked.
    pub rubric: String,
    /// Whether it is the probes' own, under which every twin is plainly wrong.
    pub own: bool,
    /// One table a criterion.
    pub criteria: Vec<CriterionShifts>,
    /// Probes whose answer was taken from a reply without the question's own id. Must be empty.
    pub accepted_planted: Vec<String>,
    /// Calls made, re-asks included.
    pub calls: u64,
    /// Tokens, as far as the endpoint counted them.
    pub tokens: u64,
    /// Millionths of the currency unit; `None` is unpriced, not free.
    pub cost_micros: Option<i64>,
    /// Why some questions have no answer, by class.
    pub failed: BTreeMap<String, u64>,
}

impl ProbeReport {
    /// Whether no attempt raised a level and no planted verdict was taken.
    pub fn unmoved(&self) -> bool {
        let raised = self.criteria.iter().any(|one| one.table.raised > 0);
        self.accepted_planted.is_empty() && !raised
    }

    /// Whether there is anything to say: a pair with both levels and room to rise.
    pub fn compared(&self) -> usize {
        self.criteria.iter().map(|one| one.table.compared).sum()
    }

    /// Plainly wrong answers to which the judge gave the top level, of those it gave a level. Nothing is plainly wrong
    /// under a rubric of somebody else.
    pub fn praised(&self) -> Option<(usize, usize)> {
        let sum = |of: fn(&Table) -> usize| self.criteria.iter().map(|one| of(&one.table)).sum();
        let praised: usize = sum(|table| table.at_top);
        (self.own && praised > 0).then(|| (praised, sum(|table| table.levelled)))
    }

    /// Whether the judge may be used as far as probes can tell: something was measured, nothing moved it, and it knows a
    /// wrong answer.
    pub fn sound(&self) -> bool {
        self.unmoved() && self.compared() > 0 && self.praised().is_none()
    }
}

/// Puts every probe and its twin to a judge.
pub fn probe_judge(order: &ProbeOrder) -> Result<ProbeReport> {
    let by = By::read(&order.judge.judge, &order.judge.reach)?;
    let own = probes::rubric();
    let rubric = order.rubric.as_ref().unwrap_or(&own);
    if order.stays && !by.is_local() {
        return Err(EngineError::refused(
            format!(
                "the rubric `{}` stays on this machine, and {} is not on it",
                rubric.id,
                by.place()
            ),
            "leave `--eval` and `--rubric` away to ask the probes' own rubric",
        ));
    }
    let calls = Prepared::all(rubric, &[]).map_err(|error| {
        EngineError::refused(
            format!("the rubric's own template cannot be used: {error}"),
            "`docket rubric check` names the line",
        )
    })?;
    if rubric.judge.needs_comparison() {
        return Err(EngineError::refused(
            format!(
                "the rubric `{}` compares with a reference, and the planted texts have none",
                rubric.id
            ),
            "leave `--eval` and `--rubric` away to ask the probes' own rubric",
        ));
    }
    if calls.is_empty() || calls.iter().any(Prepared::is_comparison) {
        return Err(EngineError::refused(
            format!(
                "the rubric `{}` asks for no level of a single output",
                rubric.id
            ),
            "leave `--eval` and `--rubric` away to ask the probes' own rubric",
        ));
    }
    let prober = Prober::new(order, &by, rubric, calls)?;
    on_network(prober.run())?
}

struct Prober {
    model: Box<dyn Model>,
    name: Arc<str>,
    purse: Arc<Limit>,
    calls: Vec<Prepared>,
    rubric: String,
    own: bool,
    /// Each with its highest level.
    criteria: Vec<(String, i32)>,
    secret: [u8; 32],
    room: u32,
}

/// One reading of one text by one call.
#[derive(Default)]
struct Reading {
    verdicts: Vec<Verdict>,
    /// Whether an answer was taken from a reply without the question's id.
    unbound: bool,
    calls: u64,
    failed: Option<Class>,
}

/// A probe and its twin, read by one call.
struct Pair<'a> {
    probe: &'a str,
    clean: Reading,
    planted: Reading,
}

impl Prober {
    fn new(order: &ProbeOrder, by: &By, rubric: &Rubric, calls: Vec<Prepared>) -> Result<Self> {
        let (name, priced) = match by {
            By::Model { endpoint, model } => {
                (model.clone(), Prices::built_in().of(endpoint, model))
            }
            By::Script(path) => (path.display().to_string(), Priced::Free),
            By::Checks => {
                return Err(EngineError::refused(
                    "checks follow no words: there is nothing to probe",
                    "name a model: `--judge openai/MODEL`",
                ));
            }
        };
        if order.judge.max_micros.is_some() && priced == Priced::Unpriced {
            return Err(EngineError::refused(
                format!("`--max-cost` cannot be kept: the price of `{name}` is not known"),
                "limit tokens instead: `--max-tokens N`",
            ));
        }
        let purse = Arc::new(Limit::new(&order.judge, priced));
        let job = Job {
            concurrency: order.judge.concurrency.max(1),
            purse: purse.clone(),
            ..Job::default()
        };
        let model: Box<dyn Model> = match by {
            By::Model { endpoint, .. } => Box::new(Http::new((**endpoint).clone(), job)),
            By::Script(path) => Box::new(Scripted::open(path, job).map_err(|error| {
                EngineError::refused(
                    error.to_string(),
                    "docs/judging.md shows the form of a script",
                )
            })?),
            By::Checks => return Err(EngineError::refused("no model", "name one")),
        };
        Ok(Self {
            model,
            name: name.into(),
            purse,
            criteria: calls
                .iter()
                .flat_map(Prepared::asked)
                .map(|one| (one.id.clone(), one.scale.max()))
                .collect(),
            calls,
            rubric: rubric.id.clone(),
            own: order.rubric.is_none(),
            secret: order.secret,
            room: rubric.judge.max_output_tokens,
        })
    }

    async fn run(&self) -> Result<ProbeReport> {
        let probes = probes::all();
        let subjects: Vec<(&str, Subject, Subject)> = probes
            .iter()
            .map(|probe| {
                (
                    probe.id.as_str(),
                    probe.clean_subject(),
                    probe.planted_subject(),
                )
            })
            .collect();
        let mut pairs = subjects
            .iter()
            .flat_map(|subject| self.calls.iter().map(move |call| (call, subject)))
            .map(|(call, (id, clean, planted))| self.pair(call, id, clean, planted));
        // The first pair goes alone: a missing key or server is one message, not two dozen.
        let mut read = Vec::new();
        if let Some(first) = pairs.next() {
            read.push(first.await?);
        }
        for pair in join_all(pairs).await {
            read.push(pair?);
        }
        Ok(self.report(&read))
    }

    async fn pair<'a>(
        &self,
        call: &Prepared,
        probe: &'a str,
        clean: &Subject,
        planted: &Subject,
    ) -> Result<Pair<'a>> {
        let clean = self.read(call, clean).await?;
        let planted = self.read(call, planted).await?;
        Ok(Pair {
            probe,
            clean,
            planted,
        })
    }

    fn report(&self, pairs: &[Pair<'_>]) -> ProbeReport {
        let mut levels: BTreeMap<&str, BTreeMap<String, (Verdict, Verdict)>> = BTreeMap::new();
        let mut failed: BTreeMap<String, u64> = BTreeMap::new();
        let mut accepted_planted = Vec::new();
        for pair in pairs {
            let both = [&pair.clean, &pair.planted];
            for class in both.iter().filter_map(|reading| reading.failed) {
                *failed.entry(class.name().to_owned()).or_default() += 1;
            }
            if both.iter().any(|reading| reading.unbound) {
                accepted_planted.push(pair.probe.to_owned());
            }
            for (criterion, _) in &self.criteria {
                if let (Some(clean), Some(planted)) =
                    (pair.clean.on(criterion), pair.planted.on(criterion))
                {
                    let rows = levels.entry(criterion).or_default();
                    rows.insert(pair.probe.to_owned(), (clean.clone(), planted.clone()));
                }
            }
        }
        let none = BTreeMap::new();
        let shifts = |(criterion, top): &(String, i32)| CriterionShifts {
            criterion: criterion.clone(),
            table: probes::table(levels.get(criterion.as_str()).unwrap_or(&none), *top),
        };
        ProbeReport {
            place: self.model.place(),
            rubric: self.rubric.clone(),
            own: self.own,
            criteria: self.criteria.iter().map(shifts).collect(),
            accepted_planted,
            calls: pairs
                .iter()
                .map(|pair| pair.clean.calls + pair.planted.calls)
                .sum(),
            tokens: self.purse.tokens(),
            cost_micros: self.purse.micros(),
            failed,
        }
    }

    async fn read(&self, call: &Prepared, subject: &Subject) -> Result<Reading> {
        let mut reading = Reading::default();
        let nonce = Nonce::of(
            &self.secret,
            &subject.outputs_digest(),
            call.criterion(),
            0,
            None,
        );
        let filled = call.fill(&Filling {
            subject,
            nonce: &nonce,
            pair: None,
            shots: &[],
            room: None,
        });
        let filled = match filled {
            Ok(filled) => filled,
            Err(rejected) => return Ok(reading.unscored(call, rejected.class, &rejected.message)),
        };
        let mut ask = Ask {
            model: Arc::clone(&self.name),
            prompt: filled.prompt,
            shape: Some(Arc::clone(call.shape())),
            max_output_tokens: Some(self.room),
            temperature: Some(0.0),
            seed: Some(0),
            parameters: None,
        };
        loop {
            reading.calls += 1;
            let reply = match self.model.ask(&ask, None).await {
                Ok(reply) => reply,
                Err(failure) => match failure.class.answerable() {
                    Answerable::Again(_) | Answerable::Unscored => {
                        return Ok(reading.unscored(call, failure.class, &failure.message));
                    }
                    _ => return Err(stopped(failure)),
                },
            };
            match parse::read(&reply, &filled.expected) {
                Ok(read) => {
                    let (answers, step) = (read.answers, read.step);
                    reading.verdicts = answers.into_iter().map(|one| one.verdict(step)).collect();
                    reading.unbound = !reply.text.contains(nonce.as_str());
                    return Ok(reading);
                }
                Err(rejected) => {
                    let asked = u8::try_from(reading.calls - 1).unwrap_or(u8::MAX);
                    match reask::again(&ask, &filled.expected, &rejected, asked) {
                        Some(again) => ask = again,
                        None => {
                            return Ok(reading.unscored(call, rejected.class, &rejected.message));
                        }
                    }
                }
            }
        }
    }
}

fn stopped(failure: Failure) -> EngineError {
    EngineError::refused(
        failure.message,
        "`docket doctor --endpoint ENDPOINT/MODEL` tells what works there",
    )
}

impl Reading {
    fn on(&self, criterion: &str) -> Option<&Verdict> {
        self.verdicts
            .iter()
            .find(|verdict| verdict.criterion == criterion)
    }

    fn unscored(mut self, call: &Prepared, class: Class, why: &str) -> Self {
        let asked = call.asked().iter();
        self.verdicts = asked
            .map(|one| Verdict::unscored(&one.id, class, why))
            .collect();
        self.failed = Some(class);
        self
    }
}
