//! Writing what candidates answered: the reply as an output and a ticket of the group, what it cost, the job's counts.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::Engine;
use super::super::judge::purse::{JobPurse, Settled};
use super::super::judge::retried::Retried;
use super::super::judge::unsaved::Unsaved;
use super::asking::{Done, Question, finish, message};
use crate::domain::canonical::output_id;
use crate::domain::failure::Class;
use crate::domain::ids::{ClusterId, Identity, ItemId, OutputId, RawId, RunId};
use crate::domain::job::Wish;
use crate::domain::json::Json;
use crate::domain::message::{Message, Role};
use crate::domain::plan::ticket_id;
use crate::domain::run::Run;
use crate::provider::{Reply, Traffic};
use crate::store::ingest::{
    Batch, ItemFact, Loader, OutputFact, Piece, RowFacts, Target, put_source,
};
use crate::store::jobs::{self, Progress as Advance};
use crate::store::runs::{self, RunRow};
use crate::store::{Db, leases};

/// Counts of what was written for one candidate.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Kept {
    /// Replies kept, reused ones included.
    pub answered: u64,
    /// Of these, taken from an earlier run.
    pub reused: u64,
    /// Items without a reply, by class.
    pub failed: BTreeMap<String, u64>,
    /// Calls made.
    pub calls: u64,
    /// Millionths of the currency unit.
    pub micros: i64,
    /// Tokens.
    pub tokens: i64,
    /// Calls without a known price.
    pub unpriced: u64,
}

/// A reply an earlier run has.
#[derive(Debug, Clone)]
pub(super) struct Reused {
    pub item: i64,
    /// Place among the candidate's runs.
    pub run: usize,
    pub row: RunRow,
}

/// What everything of one candidate is written with.
pub(super) struct Desk {
    pub engine: Engine,
    pub job: i64,
    pub target: Target,
    pub eval_row: i64,
    pub group: String,
    pub candidate: String,
    pub model: String,
    pub runs: Vec<Run>,
}

/// Gathers and writes.
pub(super) struct Keeper {
    desk: Arc<Desk>,
    purse: Arc<JobPurse>,
    done: Vec<Done>,
    reused: Vec<Reused>,
    /// Answers that are not on disk yet, here or on their way here.
    unsaved: Arc<Unsaved>,
    retried: Retried,
    pub kept: Kept,
}

impl Keeper {
    pub fn new(desk: Arc<Desk>, purse: Arc<JobPurse>, unsaved: Arc<Unsaved>) -> Self {
        Self {
            desk,
            purse,
            done: Vec::new(),
            reused: Vec::new(),
            unsaved,
            retried: Retried::default(),
            kept: Kept::default(),
        }
    }

    /// A call came to an end.
    pub fn took(&mut self, done: Done) {
        self.kept.calls += done.calls.len() as u64;
        let unpriced = done
            .calls
            .iter()
            .filter(|call| call.micros.is_none() && call.tokens.is_some());
        self.kept.unpriced += unpriced.count() as u64;
        match &done.outcome {
            Ok(_) => self.kept.answered += 1,
            Err(failure) if is_no_answer(failure.class) => {}
            Err(failure) => {
                let class = failure.class.name().to_owned();
                *self.kept.failed.entry(class).or_default() += 1;
            }
        }
        self.done.push(done);
    }

    /// An earlier run has the reply.
    pub fn known(&mut self, reused: Reused) {
        self.kept.answered += 1;
        self.kept.reused += 1;
        self.reused.push(reused);
    }

    /// How much waits to be written.
    pub fn waiting(&self) -> usize {
        self.done.len() + self.reused.len()
    }

    /// Writes everything gathered in one transaction, and says that this worker lives.
    pub fn write(&mut self, traffic: &Traffic, renew: bool) -> crate::store::Result<Wish> {
        let (again, in_flight) = (self.retried.more(traffic), traffic.in_flight);
        let settled = self.purse.take_settled();
        if let Some(most) = settled.map(Settled::most) {
            self.kept.micros += most.micros;
            self.kept.tokens += most.tokens;
        }
        let (done, reused) = (
            std::mem::take(&mut self.done),
            std::mem::take(&mut self.reused),
        );
        let (desk, answers) = (Arc::clone(&self.desk), done.len());
        let wish = self.desk.engine.store().write_light(move |db| {
            desk.write(db, &done, &reused)?;
            desk.count(db, &done, reused.len() as u64, settled)?;
            let now = desk.engine.clock().now_ms();
            jobs::put_again(db, desk.job, &again, now)?;
            if renew {
                for run in &desk.runs {
                    leases::renew_judge(db, &seat(&run.id), &desk.engine.owner, now)?;
                }
            }
            jobs::beat(db, desk.job, &desk.engine.owner, in_flight, now)
        })?;
        self.unsaved.written(answers);
        Ok(wish)
    }
}

/// Trouble that is not about the item: it stays to be asked.
fn is_no_answer(class: Class) -> bool {
    matches!(class, Class::Quota | Class::Budget | Class::Cancelled)
}

/// The seat a worker takes on an item of a run, so that two processes never ask the same.
pub(super) fn seat(run: &RunId) -> String {
    format!("run:{run}")
}

/// Items are leased beside tickets; their numbers must not meet.
pub(super) fn place(item: i64) -> i64 {
    -item
}

impl Desk {
    fn write(&self, db: &Db, done: &[Done], reused: &[Reused]) -> crate::store::Result<()> {
        self.load(db, done)?;
        for one in done {
            let question = &one.question;
            let run = &self.runs[question.run].id;
            match &one.outcome {
                Ok(reply) => {
                    let row = self.answered(db, one, reply)?;
                    if runs::put_row(db, run, &row)? {
                        runs::put_key(db, &question.key, run, question.item)?;
                    }
                }
                Err(failure) if is_no_answer(failure.class) => {}
                Err(failure) => {
                    let (class, words) = (failure.class, &failure.message);
                    let row = RunRow {
                        item: question.item,
                        failure: Some((class.name().to_owned(), words.clone())),
                        ..RunRow::default()
                    };
                    runs::put_row(db, run, &row)?;
                    let number = self.runs[question.run].number;
                    jobs::put_failure(
                        db,
                        self.job,
                        (place(question.item), &self.candidate, number),
                        class,
                        words,
                    )?;
                }
            }
            leases::release_judge(db, place(question.item), &seat(run), &self.engine.owner)?;
        }
        let outputs: Vec<i64> = reused.iter().filter_map(|one| one.row.output).collect();
        let tickets = crate::store::ingest::tickets_of(db, &self.target, &outputs)?;
        for (one, ticket) in reused.iter().zip(tickets) {
            let run = &self.runs[one.run].id;
            let row = RunRow {
                item: one.item,
                ticket: Some(ticket),
                reused: true,
                ..one.row.clone()
            };
            runs::put_row(db, run, &row)?;
            leases::release_judge(db, place(one.item), &seat(run), &self.engine.owner)?;
        }
        Ok(())
    }

    /// Loads replies as outputs and tickets; each run is a source of its own.
    fn load(&self, db: &Db, done: &[Done]) -> crate::store::Result<()> {
        for (at, run) in self.runs.iter().enumerate() {
            let mut batch = Batch::default();
            for one in done.iter().filter(|one| one.question.run == at) {
                if let Ok(reply) = &one.outcome {
                    let labels = runs::labels_of(db, self.eval_row, one.question.item)?;
                    self.row(&mut batch, run, &one.question, reply, labels);
                }
            }
            if !batch.rows.is_empty() {
                let name = format!("{}: {} {}", self.group, self.candidate, run.number);
                let source = put_source(db, &run.id.0, &name, "run", 0)?;
                Loader::new(false).load(db, source, Some(&self.target), &batch)?;
            }
        }
        Ok(())
    }

    fn row(
        &self,
        batch: &mut Batch,
        run: &Run,
        question: &Question,
        reply: &Reply,
        (feature, tags): (Option<String>, Option<String>),
    ) {
        let message = message(reply);
        let raw = self.raw(run, question, reply, &message);
        let start = batch.arena.len();
        batch.arena.extend_from_slice(raw.as_bytes());
        let text =
            Message::read(message.as_str(), Role::Assistant).map(|message| message.plain_text());
        let usage = reply.usage;
        let small = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        // The message is the last member of the record.
        let at = (raw.len() - 1 - message.as_str().len()) as u32;
        let output = OutputFact {
            model: Some(self.model.as_str().into()),
            message: Some(Piece::Span {
                at,
                len: message.as_str().len() as u32,
            }),
            finish: finish(&reply.finish).map(Into::into),
            prompt_tokens: usage.map(|usage| small(usage.input)),
            completion_tokens: usage.map(|usage| small(usage.output)),
            cost_micros: None,
            latency_ms: u32::try_from(reply.took.as_millis()).ok(),
            feature: feature.map(Into::into),
            tags: tags.map(Into::into),
            time_ms: Some(self.engine.clock().now_ms()),
            chars: text.map_or(0, |text| small(text.chars().count() as u64)),
            ..OutputFact::of(self.output_id(&question.id, &message))
        };
        batch.rows.push(RowFacts {
            raw: start..batch.arena.len(),
            raw_id: RawId(Identity::of("raw").part(raw.as_bytes()).finish()),
            line: batch.rows.len() as u64 + 1,
            item: known_item(question.id),
            outputs: vec![output],
            pairwise: false,
            events: Vec::new(),
            verdicts: Vec::new(),
        });
    }

    fn output_id(&self, item: &ItemId, message: &Json) -> OutputId {
        output_id(item, Some(&self.model), Some(message.as_str()), 0)
    }

    /// The record of a reply, as it is kept: who was asked what, and what came back.
    fn raw(&self, run: &Run, question: &Question, reply: &Reply, message: &Json) -> String {
        let usage = reply.usage.unwrap_or_default();
        let head = serde_json::json!({
            "group": self.group,
            "candidate": self.candidate,
            "run": run.number,
            "item": question.id,
            "model": reply.model,
            "fingerprint": reply.fingerprint,
            "finish_reason": finish(&reply.finish),
            "latency_ms": reply.took.as_millis() as u64,
            "first_token_ms": reply.first_token.map(|took| took.as_millis() as u64),
            "tries": reply.tries,
            "left_out": reply.without,
            "reasoning": reply.reasoning,
            "usage": reply.usage.map(|_| serde_json::json!({
                "prompt_tokens": usage.input,
                "completion_tokens": usage.output,
                "cached_tokens": usage.cached_input,
                "reasoning_tokens": usage.reasoning,
            })),
        });
        let head = head.to_string();
        format!(
            "{},\"message\":{}}}",
            &head[..head.len() - 1],
            message.as_str()
        )
    }

    fn answered(&self, db: &Db, done: &Done, reply: &Reply) -> crate::store::Result<RunRow> {
        let question = &done.question;
        let id = self.output_id(&question.id, &message(reply));
        let ticket = ticket_id(&self.target.id, &[id]);
        Ok(RunRow {
            item: question.item,
            output: runs::output_row(db, &id.0)?,
            ticket: runs::ticket_row(db, &ticket.0)?,
            failure: None,
            input: reply.usage.map(|usage| usage.input),
            cached_input: reply.usage.map(|usage| usage.cached_input),
            output_tokens: reply.usage.map(|usage| usage.output),
            reasoning: reply.usage.map(|usage| usage.reasoning),
            micros: done
                .calls
                .iter()
                .filter_map(|call| call.micros)
                .reduce(|sum, more| sum + more),
            latency_ms: Some(reply.took.as_millis() as u64),
            first_ms: reply.first_token.map(|took| took.as_millis() as u64),
            reused: false,
        })
    }

    fn count(
        &self,
        db: &Db,
        done: &[Done],
        reused: u64,
        settled: Option<Settled>,
    ) -> crate::store::Result<()> {
        let now = self.engine.clock().now_ms();
        let mut advance = Advance {
            done: reused,
            cached: reused,
            ..Advance::default()
        };
        for one in done {
            advance.done += u64::from(one.outcome.is_ok());
            for call in &one.calls {
                jobs::put_call(db, self.job, call, now)?;
                advance.calls += 1;
                advance.unpriced += u64::from(call.micros.is_none() && call.tokens.is_some());
            }
        }
        if let Some(settled) = settled {
            jobs::settle(db, self.job, &self.engine.owner, settled.into())?;
        }
        jobs::advance(db, self.job, advance, now)
    }
}

/// An item that is stored already: nothing but its identity is looked at.
fn known_item(id: ItemId) -> ItemFact {
    ItemFact {
        id,
        cluster: ClusterId(id.0),
        request: None,
        reference: None,
        external_id: None,
    }
}
