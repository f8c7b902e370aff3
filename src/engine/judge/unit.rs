//! One call of one sample about one ticket, with its re-asks: from a question to verdicts.

use std::future::Future;
use std::sync::Arc;

use super::drive::{Asks, meets_all};
use super::learn::Shots;
use super::order::Judge;
use super::purse::{JobPurse, TURN, starved};
use super::readings::{add, together, verdicts, with_call};
use super::work::Work;
use crate::domain::failure::{Answerable, Class};
use crate::domain::rubric::Example;
use crate::domain::verdict::{Call, Verdict};
use crate::judge::aggregate::pairwise_verdict;
use crate::judge::nonce::{Nonce, Order};
use crate::judge::parse::Rejected;
use crate::judge::prompt::{Filled, Filling, Pair, Prepared};
use crate::judge::subject::Subject;
use crate::judge::{parse, reask};
use crate::provider::{Ask, Failure, Model, Priced, Slot, Usage};
use crate::store::jobs::CallFact;

/// What is to be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::engine) struct Unit {
    /// Place among the rubric's calls.
    pub call: usize,
    /// From 0.
    pub sample: u32,
    /// How often an answer was sought before, over all runs.
    pub attempt: u32,
    /// Under which keys its verdicts are remembered, by the call's criteria.
    pub keys: Vec<[u8; 32]>,
    /// What the judge is shown of what experts said.
    pub shots: Arc<Shots>,
}

/// What came of it.
#[derive(Debug)]
pub(in crate::engine) struct Done {
    pub work: Arc<Work>,
    pub unit: Unit,
    /// One a criterion; empty if the transport failed.
    pub verdicts: Vec<Verdict>,
    pub calls: Vec<CallFact>,
    /// Why there is no verdict at all.
    pub failure: Option<Failure>,
}

impl Done {
    /// Nothing came of it yet.
    pub fn of(work: Arc<Work>, unit: Unit) -> Self {
        Self {
            work,
            unit,
            verdicts: Vec::new(),
            calls: Vec::new(),
            failure: None,
        }
    }
}

/// What every unit of a job shares.
pub(in crate::engine) struct Asking {
    pub judge: Arc<Judge>,
    pub calls: Arc<[Prepared]>,
    pub model: Arc<dyn Model>,
    /// The model by the endpoint's own name.
    pub name: Arc<str>,
    pub secret: [u8; 32],
    pub price: Priced,
    pub purse: Arc<JobPurse>,
    pub max_output_tokens: u32,
}

/// One question's answers, and what they cost.
pub(super) struct Answered {
    pub verdicts: Vec<Verdict>,
    call: Call,
}

impl Answered {
    /// No answer, for every criterion of the call.
    fn without(prepared: &Prepared, why: &Rejected, raw: Option<&str>, call: Call) -> Self {
        let unscored = |asked: &crate::judge::prompt::Asked| Verdict {
            raw: raw.map(crate::domain::json::Json::string),
            ..Verdict::unscored(&asked.id, why.class, &why.message)
        };
        Self {
            verdicts: prepared.asked().iter().map(unscored).collect(),
            call,
        }
    }

    /// What a failed call means: an outcome of this question, or trouble that is not about it.
    fn failed(prepared: &Prepared, failure: Failure, call: Call) -> Result<Self, Failure> {
        match failure.class.answerable() {
            Answerable::Again(_) | Answerable::Unscored => {
                let why = Rejected {
                    class: failure.class,
                    message: failure.message,
                };
                Ok(Self::without(prepared, &why, failure.raw.as_deref(), call))
            }
            _ => Err(failure),
        }
    }
}

/// One call to be made.
pub(super) type Next = (Arc<Work>, Unit);

impl Asks for Asking {
    type Next = Next;
    type Done = Done;

    fn model(&self) -> &dyn Model {
        &*self.model
    }

    fn run(self: Arc<Self>, (work, unit): Next, slot: Slot) -> impl Future<Output = Done> {
        // Taken here and not when it is first looked at: units are begun in the order of their tickets.
        let turn = self.purse.begins();
        let purse = Arc::clone(&self.purse);
        let answer = TURN.scope(turn, self.answer(work, unit, Some(slot)));
        async move {
            let done = answer.await;
            let failure = done.failure.as_ref().map(|failure| failure.class);
            purse.ends(
                turn,
                matches!(failure, Some(Class::Budget | Class::Cancelled)),
            );
            done
        }
    }

    fn hopeless(&self, done: &Done, first: bool) -> Option<Failure> {
        let failure = done.failure.clone();
        failure.filter(|failure| failure.lasting || meets_all(failure.class, first))
    }
}

impl Asking {
    /// Asks until there are verdicts, or the transport or the work around it gives up.
    pub async fn answer(self: Arc<Self>, work: Arc<Work>, unit: Unit, slot: Option<Slot>) -> Done {
        let mut done = Done::of(work, unit);
        let prepared = &self.calls[done.unit.call];
        let outcome = if prepared.is_comparison() {
            self.compare(prepared, &mut done, slot).await
        } else {
            let asked = self.ask(prepared, &mut done, None, slot).await;
            asked.map(|answered| with_call(answered.verdicts, &answered.call))
        };
        match outcome {
            Ok(mut verdicts) => {
                for verdict in &mut verdicts {
                    verdict.learned_from.clone_from(&done.unit.shots.tickets);
                }
                done.verdicts = verdicts;
            }
            Err(failure) => done.failure = Some(failure),
        }
        done
    }

    /// Every pair of candidates in both orders.
    async fn compare(
        &self,
        prepared: &Prepared,
        done: &mut Done,
        mut slot: Option<Slot>,
    ) -> Result<Vec<Verdict>, Failure> {
        let mut total = Call::default();
        let mut columns: Vec<Vec<(u16, u16, Verdict)>> = vec![Vec::new(); prepared.asked().len()];
        for (first, second) in Pair::all(done.work.subject.outputs.len()) {
            let given = Some((first, second, Order::AsGiven));
            let one = self.ask(prepared, done, given, slot.take()).await?;
            let swapped = Some((first, second, Order::Swapped));
            let two = self.ask(prepared, done, swapped, None).await?;
            add(&mut total, &one.call);
            add(&mut total, &two.call);
            let both = one.verdicts.into_iter().zip(two.verdicts);
            for (column, (one, two)) in columns.iter_mut().zip(both) {
                column.push((first, second, pairwise_verdict(&one, &two, first, second)));
            }
        }
        let verdicts = columns.into_iter().filter_map(together).collect();
        Ok(with_call(verdicts, &total))
    }

    /// One question with its re-asks.
    pub(super) async fn ask(
        &self,
        prepared: &Prepared,
        done: &mut Done,
        pair: Option<(u16, u16, Order)>,
        slot: Option<Slot>,
    ) -> Result<Answered, Failure> {
        let sample = crate::store::judging::attempt(done.unit.sample, done.unit.attempt);
        let shots = &done.unit.shots.examples;
        let subject = &done.work.subject;
        match filled(&self.secret, prepared, subject, (sample, pair), shots) {
            Ok(filled) => self.converse(prepared, done, filled, slot).await,
            Err(rejected) => Ok(Answered::without(
                prepared,
                &rejected,
                None,
                Call::default(),
            )),
        }
    }

    /// Asks until the reply can be read or there is no point in asking again.
    async fn converse(
        &self,
        prepared: &Prepared,
        done: &mut Done,
        filled: Filled,
        mut slot: Option<Slot>,
    ) -> Result<Answered, Failure> {
        let mut ask = self.question(prepared, filled.prompt, done.unit.sample);
        let mut call = Call::default();
        let mut again = 0;
        loop {
            let reply = match self.model.ask(&ask, slot.take()).await {
                Ok(reply) => reply,
                Err(failure) => {
                    if let Some(wait) = starved(&failure) {
                        // Other calls hold money that may come back.
                        self.purse.wait(wait).await;
                        continue;
                    }
                    // What never went out is no call.
                    if failure.sent > 0 {
                        self.count(done, prepared, failure.class.name(), failure.usage, 0);
                    }
                    // A reply without anything in it is asked about again like one with the wrong thing.
                    let rejected = Rejected::new(failure.class, failure.class.words());
                    let Some(next) = reask::again(&ask, &filled.expected, &rejected, again) else {
                        return Answered::failed(prepared, failure, call);
                    };
                    (ask, again) = (next, again + 1);
                    continue;
                }
            };
            let read = parse::read(&reply, &filled.expected);
            let class = read
                .as_ref()
                .map_or_else(|no| no.class.name(), |_| "scored");
            self.count(done, prepared, class, reply.usage, reply.took.as_millis());
            add(&mut call, &self.cost(&reply));
            let rejected = match read {
                Ok(reading) => {
                    let verdicts = verdicts(reading, &reply.raw, &done.work);
                    return Ok(Answered { verdicts, call });
                }
                Err(rejected) => rejected,
            };
            match reask::again(&ask, &filled.expected, &rejected, again) {
                Some(next) => ask = next,
                None => {
                    return Ok(Answered::without(
                        prepared,
                        &rejected,
                        Some(&reply.raw),
                        call,
                    ));
                }
            }
            again += 1;
        }
    }

    fn question(&self, prepared: &Prepared, prompt: crate::provider::Prompt, sample: u32) -> Ask {
        Ask {
            model: Arc::clone(&self.name),
            prompt,
            shape: Some(Arc::clone(prepared.shape())),
            max_output_tokens: Some(self.max_output_tokens),
            temperature: self.judge.temperature,
            seed: Some(i64::from(sample)),
            parameters: None,
        }
    }

    fn count(
        &self,
        done: &mut Done,
        prepared: &Prepared,
        class: &'static str,
        usage: Option<Usage>,
        took_ms: u128,
    ) {
        let criterion = prepared.criterion();
        let fact = self.call(done.work.row, criterion, class, usage, took_ms);
        done.calls.push(fact);
    }

    /// A call to be remembered, with its price.
    pub fn call(
        &self,
        ticket: i64,
        criterion: &str,
        class: &'static str,
        usage: Option<Usage>,
        took_ms: u128,
    ) -> CallFact {
        CallFact {
            ticket: Some(ticket),
            criterion: criterion.to_owned(),
            class,
            tokens: usage.map(|usage| {
                [
                    usage.input,
                    usage.cached_input,
                    usage.output,
                    usage.reasoning,
                ]
            }),
            micros: usage.and_then(|usage| self.price.cost(usage)),
            took_ms: took_ms as u64,
        }
    }

    fn cost(&self, reply: &crate::provider::Reply) -> Call {
        let usage = reply.usage;
        Call {
            input_tokens: usage.map(|usage| usage.input),
            cached_input_tokens: usage.map(|usage| usage.cached_input),
            output_tokens: usage.map(|usage| usage.output),
            reasoning_tokens: usage.map(|usage| usage.reasoning),
            cost_micros: usage.and_then(|usage| self.price.cost(usage)),
            latency_ms: Some(reply.took.as_millis() as u64),
            model: reply.model.clone(),
            fingerprint: reply.fingerprint.clone(),
            attempts: Some(1),
        }
    }
}

/// The question as it is sent: one reading of one subject, of one pair in one order where candidates are compared.
pub(in crate::engine) fn filled(
    secret: &[u8; 32],
    prepared: &Prepared,
    subject: &Subject,
    (sample, pair): (u32, Option<(u16, u16, Order)>),
    shots: &[Example],
) -> Result<Filled, Rejected> {
    let order = pair.map(|(_, _, order)| order);
    let digest = subject.outputs_digest();
    let nonce = Nonce::of(secret, &digest, prepared.criterion(), sample, order);
    prepared.fill(&Filling {
        subject,
        nonce: &nonce,
        pair: pair.map(|(first, second, order)| Pair::of(first, second, order)),
        shots,
        room: None,
    })
}
