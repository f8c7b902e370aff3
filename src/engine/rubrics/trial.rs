//! One rubric on the example: its questions, the readings, what they add up to.

use std::sync::Arc;
use std::time::Instant;

use futures_util::stream::{self, StreamExt};

use super::super::judge::JudgeOrder;
use super::super::judge::first_send::announcing;
use super::super::judge::keep::flag;
use super::super::judge::order::{By, Judge, on_network};
use super::super::judge::purse::{Holds, JobPurse};
use super::super::judge::unit::{Asking, Done, Unit, filled};
use super::super::judge::work::{Work, check_verdicts, subject};
use super::super::{Engine, EngineError, Result};
use super::test::Example;
use super::{finding, history, sending};
use crate::domain::eval::Eval;
use crate::domain::event::FirstSend;
use crate::domain::ids::{RubricId, TicketId};
use crate::domain::rubric::Rubric;
use crate::domain::standing::JudgeStanding;
use crate::domain::verdict::Verdict;
use crate::domain::view::{QuickCriterion, QuickFinding, QuickPrompt, QuickSide};
use crate::judge::checks::Checks;
use crate::judge::nonce::Order;
use crate::judge::prompt::{Prepared, parts_not_shown};
use crate::judge::subject::Subject;
use crate::judge::{detector, floor, vague};
use crate::provider::{Failure, Job, Priced, Prompt};

impl Engine {
    /// Reads what one rubric needs to be tried on the example.
    pub(super) fn trial(
        &self,
        example: &Example,
        rubric: &Rubric,
        order: Option<&JudgeOrder>,
    ) -> Result<Trial> {
        let hash = rubric.content_hash().map_err(|error| {
            EngineError::refused(
                format!("the rubric `{}` cannot be hashed: {error}", rubric.id),
                "run `docket rubric check` on it",
            )
        })?;
        let judge = match order {
            Some(order) => Some(sending::judge_for(self, order, &example.eval, rubric)?),
            None => None,
        };
        let only_checks = judge
            .as_ref()
            .is_some_and(|judge| matches!(judge.by, By::Checks));
        if only_checks && rubric.checks.is_empty() {
            return Err(EngineError::refused(
                format!("the rubric `{}` has no checks to run", rubric.id),
                "add a `[[check]]` to it, or name a model: `--judge openai/MODEL`",
            ));
        }
        let calls = Prepared::all(rubric, &[]).map_err(|error| {
            EngineError::refused(
                format!("the rubric's own template cannot be used: {error}"),
                "mend `template` under `[judge]`; `docket rubric check` names the line",
            )
        })?;
        let checks = Checks::compile(rubric).map_err(|error| {
            EngineError::refused(error.to_string(), "`docket rubric check` names the line")
        })?;
        let subject = self
            .store()
            .read(|db| subject(db, &example.ticket, rubric))?;
        Ok(Trial {
            eval: example.eval.clone(),
            ticket: (example.ticket.id, example.ticket.row),
            id: RubricId(hash.0),
            rubric: rubric.clone(),
            judge: judge.map(Arc::new),
            sooner: order.is_some_and(|order| order.reach.sooner),
            concurrency: order.map_or(1, |order| order.concurrency.max(1)),
            calls: if only_checks { Vec::new() } else { calls }.into(),
            checks,
            subject,
        })
    }
}

/// One rubric ready to be tried.
pub(super) struct Trial {
    eval: Eval,
    ticket: (TicketId, i64),
    id: RubricId,
    rubric: Rubric,
    pub(super) judge: Option<Arc<Judge>>,
    /// Asked although it wants to be left alone until later.
    sooner: bool,
    concurrency: usize,
    calls: Arc<[Prepared]>,
    checks: Checks,
    pub(super) subject: Subject,
}

impl Trial {
    /// Asks everything and adds it up.
    pub(super) fn run(self, engine: &Engine, unsaid: Option<FirstSend>) -> Result<QuickSide> {
        let secret = engine.identity().secret;
        let threshold = self.rubric.threshold_for(self.eval.policy.pass_threshold);
        let mut side = QuickSide {
            rubric: self.rubric.id.clone(),
            version: self.id.short(),
            threshold: threshold.value,
            prompts: prompts(&secret, &self.calls, &self.subject)?,
            findings: self.findings(engine)?,
            cost_micros: Some(0),
            ..QuickSide::default()
        };
        let mut read: Vec<(u32, Verdict)> = Vec::new();
        if let Some(judge) = self.judge.clone() {
            let work = Arc::new(self.work());
            side.checks.clone_from(&work.checks);
            read.clone_from(&work.known);
            let started = Instant::now();
            let done = self.ask(engine, judge, &work, unsaid)?;
            side.took_ms = started.elapsed().as_millis() as u64;
            for one in done {
                take(one, &self.rubric, &mut side, &mut read);
            }
            if let (Some(why), true) = (&side.stopped, read.is_empty()) {
                return Err(EngineError::refused(
                    why.clone(),
                    "`docket doctor` tests the endpoint",
                ));
            }
            if self.is_free() {
                side.cost_micros = Some(0);
            }
        }
        let all = read.iter().map(|(sample, verdict)| (*sample, verdict));
        let checks = side.checks.iter().map(|verdict| (0, verdict));
        let standing = JudgeStanding::of(&self.rubric, threshold, all.chain(checks));
        side.score = standing.score;
        side.pass = standing.pass;
        side.criteria = self
            .rubric
            .questions()
            .map(|question| {
                let on = standing.on(question.id);
                QuickCriterion {
                    id: question.id.to_owned(),
                    level: on.and_then(|one| one.level),
                    range: on.and_then(|one| one.range),
                    readings: read
                        .iter()
                        .filter(|(_, verdict)| verdict.criterion == question.id)
                        .map(|(_, verdict)| verdict.clone())
                        .collect(),
                }
            })
            .collect();
        Ok(side)
    }

    fn findings(&self, engine: &Engine) -> Result<Vec<QuickFinding>> {
        let vague = vague::lint(&self.rubric).into_iter();
        let mut findings: Vec<QuickFinding> = vague.map(finding::of_wording).collect();
        findings.extend(history::findings(engine, &self.id, &self.rubric)?);
        Ok(findings)
    }

    fn is_free(&self) -> bool {
        let judge = self.judge.as_ref();
        judge.is_none_or(|judge| judge.by.price() == Priced::Free)
    }

    fn work(&self) -> Work {
        let checked = self.checks.run(&self.subject);
        let mut flags = detector::flags(&self.subject);
        if parts_not_shown(&self.subject) {
            flags.push(crate::domain::verdict::Flag::PartsNotShown);
        }
        let known = floor::verdicts(&self.rubric, &self.subject).unwrap_or_default();
        Work {
            ticket: self.ticket.0,
            row: self.ticket.1,
            subject: self.subject.clone(),
            units: Vec::new(),
            known: known.into_iter().map(|verdict| (0, verdict)).collect(),
            checks: check_verdicts(&checked),
            checked,
            flags,
        }
    }

    /// Every reading of every call. The first goes alone: a missing key is one message.
    fn ask(
        &self,
        engine: &Engine,
        judge: Arc<Judge>,
        work: &Arc<Work>,
        unsaid: Option<FirstSend>,
    ) -> Result<Vec<Done>> {
        if !work.known.is_empty() {
            return Ok(Vec::new());
        }
        let price = match judge.by.price() {
            Priced::Known(price) => Some(price),
            Priced::Free | Priced::Unpriced => None,
        };
        let owner = engine.owner.clone();
        let purse = JobPurse::new(engine.store().clone(), 0, owner, price, Holds::Nothing);
        let purse = Arc::new(purse);
        let job = Job {
            concurrency: self.concurrency,
            purse: announcing(engine, purse.clone(), unsaid),
            ..Job::default()
        };
        let Some(line) = sending::open(engine, &judge, self.sooner, job)? else {
            return Ok(Vec::new());
        };
        let samples = judge.samples;
        let asking = Arc::new(Asking {
            judge,
            calls: Arc::clone(&self.calls),
            model: Arc::clone(&line.model),
            name: Arc::clone(&line.name),
            secret: engine.identity().secret,
            price: line.price,
            purse,
            max_output_tokens: self.rubric.judge.max_output_tokens,
        });
        let units = (0..samples).flat_map(|sample| {
            (0..self.calls.len()).map(move |call| Unit {
                call,
                sample,
                attempt: 0,
                keys: Vec::new(),
                shots: Arc::default(),
            })
        });
        let asked = units.map(|unit| Arc::clone(&asking).answer(Arc::clone(work), unit, None));
        let width = self.concurrency;
        let done = on_network(async move {
            let mut asked = asked;
            let mut done = Vec::new();
            if let Some(first) = asked.next() {
                done.push(first.await);
            }
            if done.iter().all(|one| one.failure.is_none()) {
                done.extend(
                    stream::iter(asked)
                        .buffered(width)
                        .collect::<Vec<_>>()
                        .await,
                );
            }
            done
        })?;
        line.keep(engine)?;
        Ok(done)
    }
}

/// Adds what one call brought. A failure that is not about the question is said once; what came before it stands.
fn take(mut done: Done, rubric: &Rubric, side: &mut QuickSide, read: &mut Vec<(u32, Verdict)>) {
    side.calls += done.calls.len() as u64;
    for call in &done.calls {
        if let Some([input, _, output, _]) = call.tokens {
            side.tokens.0 += input;
            side.tokens.1 += output;
        }
        side.cost_micros = side.cost_micros.zip(call.micros).map(|(a, b)| a + b);
    }
    if let Some(failure) = &done.failure {
        side.stopped.get_or_insert_with(|| stopped(failure, &done));
    }
    for mut verdict in std::mem::take(&mut done.verdicts) {
        flag(&mut verdict, rubric, &done.work);
        read.push((done.unit.sample, verdict));
    }
}

/// Why a call brought nothing, and what was wrong with the replies before it.
fn stopped(failure: &Failure, done: &Done) -> String {
    // The failed one is the last of them, if it went out at all.
    let before = done
        .calls
        .len()
        .saturating_sub(usize::from(failure.sent > 0));
    let classes: Vec<&str> = done.calls[..before].iter().map(|call| call.class).collect();
    let after = if classes.is_empty() {
        String::new()
    } else {
        format!(", after replies that do not count ({})", classes.join(", "))
    };
    format!(
        "no answer ({}){after}: {}",
        failure.class.name(),
        failure.message
    )
}

/// The questions of the first reading, as they are sent.
fn prompts(secret: &[u8; 32], calls: &[Prepared], subject: &Subject) -> Result<Vec<QuickPrompt>> {
    let mut prompts = Vec::with_capacity(calls.len());
    for prepared in calls {
        let pair = prepared.is_comparison().then_some((1, 2, Order::AsGiven));
        let sample = crate::store::judging::attempt(0, 0);
        let filled = filled(secret, prepared, subject, (sample, pair), &[])
            .map_err(|why| EngineError::refused(why.message, "try another ticket"))?;
        let (system, user) = match filled.prompt {
            Prompt::Written {
                system,
                prefix,
                rest,
            } => (system.to_string(), format!("{prefix}{rest}")),
            Prompt::Logged { messages, .. } => (String::new(), messages.as_str().to_owned()),
        };
        prompts.push(QuickPrompt {
            criterion: prepared.criterion().to_owned(),
            system,
            user,
        });
    }
    Ok(prompts)
}
