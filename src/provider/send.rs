//! [`Http`]: a model behind an endpoint, with everything the transport may try again.
//!
//! A question holds a place only while its request is under way. Before each send, retries included, the purse is
//! asked. What is wrong with the content of a reply is somebody else's business.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::{Client, Request};
use tokio::sync::OnceCell;

use crate::domain::failure::Class;

use super::body::Encoded;
use super::client::{self, Lost};
use super::fault::{self, Asked};
use super::gate::Gate;
use super::job::{Chance, Counts};
use super::purse::{Reservation, Spent};
use super::{
    Ask, Boxed, Capabilities, Dialect, Endpoint, Failure, Job, Key, KeySource, Mode, Model, Prompt,
    Reply, Slot, Traffic, anthropic, openai, price,
};

/// Sends of one question that may be asked to wait.
const LIMIT_TRIES: u32 = 40;
/// Refused parameters and forms one question may run into.
const FALLBACKS: u32 = 16;
/// Spreads questions that were asked to wait for the same moment.
const SPREAD: Duration = Duration::from_millis(40);

/// A model behind an HTTP endpoint. Its capabilities are those of one model: take one object for each.
pub struct Http {
    endpoint: Endpoint,
    place: String,
    job: Job,
    gate: Arc<Gate>,
    link: OnceCell<Result<Link, Failure>>,
    found: Mutex<Arc<Capabilities>>,
    counts: Counts,
    chance: Chance,
}

/// What is made at the first use, or why it cannot be made: that is not tried twice.
pub(super) struct Link {
    pub(super) client: Client,
    pub(super) key: Option<Key>,
    /// Where the key came from, in words.
    key_words: Option<String>,
}

/// One request ready to go.
struct Attempt {
    request: Request,
    names: Vec<String>,
    mode: Mode,
    found: Arc<Capabilities>,
}

/// A failed try, and what to count for it.
struct Failed {
    failure: Failure,
    spent: Spent,
}

/// What has been tried for one question.
#[derive(Default)]
struct Tries {
    sent: u32,
    transport: u32,
    limits: u32,
    fallbacks: u32,
}

impl Http {
    /// Nothing is connected and no key is read before the first question.
    pub fn new(endpoint: Endpoint, job: Job) -> Self {
        Self {
            place: endpoint.place(),
            gate: Gate::new(job.concurrency),
            link: OnceCell::new(),
            found: Mutex::new(Arc::new(job.capabilities.clone())),
            counts: Counts::default(),
            chance: Chance::new(),
            endpoint,
            job,
        }
    }

    /// Where it sends to.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// One tiny question, so that a bad key, address or model is one message and not one for each ticket.
    pub async fn ready(&self, model: &str) -> Result<(), Failure> {
        self.run(&tiny(model, None), None, 2).await.map(|_| ())
    }

    pub(super) async fn link(&self) -> Result<&Link, Failure> {
        let made = self.link.get_or_init(|| self.make_link()).await;
        made.as_ref().map_err(Clone::clone)
    }

    async fn make_link(&self) -> Result<Link, Failure> {
        let endpoint = self.endpoint.clone();
        // A key command may wait for a finger on a key, and the certificate store is on disk.
        let work = tokio::task::spawn_blocking(move || {
            let key = Key::fetch(&endpoint.key, |name| std::env::var(name).ok())?;
            let client = client::build(&endpoint, key.as_ref())?;
            let key_words = key.as_ref().map(|_| source_words(&endpoint.key));
            Ok(Link {
                client,
                key,
                key_words,
            })
        });
        let made: Result<Link, Failure> = tokio::select! {
            made = work => made.unwrap_or_else(|why| {
                Err(Failure::new(Class::Transport, format!("cannot set up connections: {why}")))
            }),
            () = self.job.cancel.cancelled() => Err(Failure::cancelled()),
        };
        made.map_err(|failure| Failure {
            message: if failure.message.starts_with(&self.place)
                || failure.class == Class::Cancelled
            {
                failure.message
            } else {
                format!("{}: {}", self.place, failure.message)
            },
            ..failure
        })
    }

    fn found(&self) -> Arc<Capabilities> {
        Arc::clone(&self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn learn(&self, change: impl FnOnce(&mut Capabilities)) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut found));
    }

    fn encode(&self, ask: &Ask, mode: Mode, found: &Capabilities) -> Result<Encoded, Failure> {
        match self.endpoint.dialect {
            Dialect::OpenAi => {
                let usual = openai::usual_room(&self.endpoint);
                Ok(openai::encode(ask, mode, found, usual))
            }
            Dialect::Anthropic => anthropic::encode(ask, mode, found),
        }
    }

    fn prepare(&self, link: &Link, ask: &Ask, forced: Option<Mode>) -> Result<Attempt, Failure> {
        let found = self.found();
        let mode = match (&ask.shape, forced) {
            (None, _) => Mode::Text,
            (Some(_), Some(mode)) => mode,
            (Some(_), None) => found.mode(self.endpoint.dialect),
        };
        let Encoded { bytes, names } = self.encode(ask, mode, &found)?;
        let request = link
            .client
            .post(self.endpoint.call_url(&ask.model))
            .body(bytes)
            .build()
            .map_err(|why| {
                let why = format!(
                    "{}: cannot form the request: {}",
                    self.place,
                    why.without_url()
                );
                Failure::new(Class::BadRequest, why)
            })?;
        Ok(Attempt {
            request,
            names,
            mode,
            found,
        })
    }

    /// Sends once and reads what comes.
    async fn once(&self, link: &Link, ask: &Ask, attempt: &Attempt) -> Result<Reply, Failed> {
        let Some(request) = attempt.request.try_clone() else {
            // Only a streamed body cannot be cloned, and none is streamed.
            let failure = Failure::new(Class::Transport, "the request cannot be repeated");
            return Err(Failed {
                failure,
                spent: Spent::Nothing,
            });
        };
        let total = self.endpoint.timeouts.total;
        let mut answer = match client::exchange(&link.client, request, total).await {
            Ok(answer) => answer,
            Err(lost) => return Err(self.lost(link, ask, lost)),
        };
        let good = (200..300).contains(&answer.status);
        if let Some(key) = &link.key {
            answer.raw = if good {
                key.scrub_reply(answer.raw)
            } else {
                key.scrub(answer.raw)
            };
        }
        let asked = Asked {
            place: &self.place,
            model: &ask.model,
            key: link.key_words.as_deref(),
            mode: attempt.mode,
            tool: ask.shape.as_ref().map_or("", |shape| &shape.name),
            names: &attempt.names,
        };
        let read = match (good, self.endpoint.dialect) {
            (false, _) => Err(fault::refused(&asked, &answer)),
            (true, Dialect::OpenAi) => openai::decode(&asked, answer),
            (true, Dialect::Anthropic) => anthropic::decode(&asked, answer),
        };
        match read {
            Ok(reply) => Ok(scrubbed(link, reply)),
            Err(mut failure) => {
                if let Some(key) = &link.key {
                    failure.message = key.scrub(failure.message);
                }
                let spent = match failure.usage {
                    Some(usage) => Spent::Tokens(usage),
                    None if good => Spent::Unknown,
                    None => Spent::Nothing,
                };
                Err(Failed { failure, spent })
            }
        }
    }

    fn lost(&self, link: &Link, ask: &Ask, lost: Lost) -> Failed {
        let message = format!("{}, model `{}`: {}", self.place, ask.model, lost.why);
        let message = match &link.key {
            Some(key) => key.scrub(message),
            None => message,
        };
        Failed {
            failure: Failure::new(Class::Transport, message),
            spent: if lost.sent {
                Spent::Unknown
            } else {
                Spent::Nothing
            },
        }
    }

    /// One try with a place held, its cost reserved and settled.
    async fn attempt(
        &self,
        link: &Link,
        ask: &Ask,
        attempt: &Attempt,
        again: bool,
    ) -> Result<Reply, Failure> {
        let held = Reservation::take(&*self.job.purse, price::estimate(ask))?;
        let _under_way = self.counts.send(again);
        let outcome = tokio::select! {
            biased;
            outcome = self.once(link, ask, attempt) => outcome,
            () = self.job.cancel.cancelled() => return Err(Failure::cancelled()),
        };
        match outcome {
            Ok(reply) => {
                self.gate.replied(false);
                held.settle(reply.usage.map_or(Spent::Unknown, Spent::Tokens));
                Ok(reply)
            }
            Err(Failed { failure, spent }) => {
                held.settle(spent);
                let limited = failure.class == Class::RateLimit;
                if limited {
                    self.counts.rate_limited.fetch_add(1, Ordering::Relaxed);
                }
                if failure.status.is_some() {
                    self.gate.replied(limited);
                }
                Err(failure)
            }
        }
    }

    /// With every retry; `transport` sends may fail in transport.
    async fn run(&self, ask: &Ask, slot: Option<Slot>, transport: u32) -> Result<Reply, Failure> {
        let link = self.link().await?;
        let (mut slot, mut tries) = (slot, Tries::default());
        let mut ready: Option<Attempt> = None;
        loop {
            let place = self.place_for(slot.take(), tries.sent > 0).await?;
            let attempt = match ready.take() {
                Some(attempt) if Arc::ptr_eq(&attempt.found, &self.found()) => attempt,
                _ => self.prepare(link, ask, None)?,
            };
            let outcome = self.attempt(link, ask, &attempt, tries.sent > 0).await;
            drop(place);
            tries.sent += 1;
            let failure = match outcome {
                Ok(reply) => return Ok(self.finished(ask, reply, &attempt, &tries)),
                Err(failure) => failure,
            };
            match self.next(&mut tries, &attempt, failure, transport) {
                Ok(wait) if wait.is_zero() => {}
                Ok(wait) => self.sleep(wait).await?,
                Err(failure) => return Err(failure),
            }
            ready = Some(attempt);
        }
    }

    async fn place_for(&self, slot: Option<Slot>, again: bool) -> Result<Slot, Failure> {
        if self.job.cancel.is_cancelled() {
            return Err(Failure::cancelled());
        }
        if let Some(slot) = slot {
            return Ok(slot);
        }
        tokio::select! {
            slot = async { if again { self.gate.again().await } else { self.gate.enter().await } } => Ok(slot),
            () = self.job.cancel.cancelled() => Err(Failure::cancelled()),
        }
    }

    async fn sleep(&self, wait: Duration) -> Result<(), Failure> {
        let _delayed = self.gate.delay();
        tokio::select! {
            () = tokio::time::sleep(wait) => Ok(()),
            () = self.job.cancel.cancelled() => Err(Failure::cancelled()),
        }
    }

    fn finished(&self, ask: &Ask, mut reply: Reply, attempt: &Attempt, tries: &Tries) -> Reply {
        reply.tries = tries.sent;
        reply.without = attempt.found.refused.iter().cloned().collect();
        if ask.shape.is_some() && attempt.found.proven != Some(attempt.mode) {
            self.learn(|found| found.proven = Some(attempt.mode));
        }
        reply
    }

    /// How long to wait before the next try, or the failure that ends it.
    fn next(
        &self,
        tries: &mut Tries,
        attempt: &Attempt,
        failure: Failure,
        transport: u32,
    ) -> Result<Duration, Failure> {
        match failure.class {
            Class::UnsupportedParam => {
                tries.fallbacks += 1;
                if tries.fallbacks <= FALLBACKS && self.without(attempt, &failure) {
                    Ok(Duration::ZERO)
                } else {
                    Err(failure)
                }
            }
            Class::Transport => {
                tries.transport += 1;
                let back = self.job.backoff.wait(tries.transport, self.chance.next());
                let wait = failure.retry_after.map_or(back, |asked| asked.max(back));
                let most = transport.min(self.job.backoff.tries);
                self.worth(failure, wait, tries.transport < most, tries.sent)
            }
            Class::RateLimit => {
                tries.limits += 1;
                // Never earlier than asked; a little later, so that not all come at the same moment.
                let wait = match failure.retry_after {
                    Some(asked) => asked + SPREAD.mul_f64(self.chance.next()),
                    None => self.job.backoff.wait(tries.limits, self.chance.next()),
                };
                self.worth(failure, wait, tries.limits < LIMIT_TRIES, tries.sent)
            }
            _ => Err(failure),
        }
    }

    fn worth(
        &self,
        failure: Failure,
        wait: Duration,
        tries_left: bool,
        sent: u32,
    ) -> Result<Duration, Failure> {
        if tries_left && wait <= self.job.patience {
            // Zero is for what needs no wait at all.
            return Ok(wait.max(Duration::from_millis(1)));
        }
        let reason = if tries_left {
            format!(
                "; it asks to wait {} s, which is too long to wait here",
                wait.as_secs()
            )
        } else {
            format!("; gave up after {sent} tries")
        };
        let message = failure.message.clone() + &reason;
        Err(Failure { message, ..failure })
    }

    /// Notes what this try showed to be refused; false if leaving it out cannot help.
    fn without(&self, attempt: &Attempt, failure: &Failure) -> bool {
        let Some(name) = failure.parameter.as_deref() else {
            return false;
        };
        if name == "response_format" && attempt.mode != Mode::Text {
            self.learn(|found| {
                found.refuse_mode(attempt.mode);
            });
            return true;
        }
        let sent = attempt.names.iter().any(|have| have == name);
        if sent {
            let usual = attempt
                .found
                .room
                .unwrap_or(openai::usual_room(&self.endpoint));
            self.learn(|found| {
                found.refuse(name, usual);
            });
        }
        sent
    }

    /// Asks once in a given form, whatever was found out. For trying out an endpoint.
    pub(super) async fn try_mode(&self, ask: &Ask, mode: Mode) -> Result<Reply, Failure> {
        let link = self.link().await?;
        let _place = self.place_for(None, false).await?;
        let mut tries = Tries::default();
        loop {
            let attempt = self.prepare(link, ask, Some(mode))?;
            let outcome = self.attempt(link, ask, &attempt, tries.sent > 0).await;
            tries.sent += 1;
            match outcome {
                Err(failure)
                    if failure.class == Class::UnsupportedParam
                        && failure.parameter.as_deref() != Some("response_format")
                        && tries.sent < FALLBACKS
                        && self.without(&attempt, &failure) => {}
                other => return other,
            }
        }
    }
}

/// The smallest question there is.
pub(super) fn tiny(model: &str, shape: Option<Arc<super::Shape>>) -> Ask {
    Ask {
        model: model.into(),
        prompt: Prompt::Written {
            system: "".into(),
            prefix: "".into(),
            rest: "Answer with the JSON object {\"ok\": true} and nothing else.".to_owned(),
        },
        shape,
        // Enough for a model that thinks before the word.
        max_output_tokens: Some(256),
        temperature: None,
        seed: None,
        parameters: None,
    }
}

fn source_words(source: &KeySource) -> String {
    match source {
        KeySource::None => String::new(),
        KeySource::Env { name, .. } => format!("`{name}`"),
        KeySource::Command(_) => "the key command".to_owned(),
    }
}

fn scrubbed(link: &Link, mut reply: Reply) -> Reply {
    if let Some(key) = &link.key {
        reply.text = key.scrub_reply(reply.text);
        reply.refusal = reply.refusal.map(|text| key.scrub_reply(text));
        reply.reasoning = reply.reasoning.map(|text| key.scrub_reply(text));
    }
    reply
}

impl Model for Http {
    fn slot(&self) -> Boxed<'_, Result<Slot, Failure>> {
        Box::pin(self.place_for(None, false))
    }

    fn ask<'a>(&'a self, ask: &'a Ask, slot: Option<Slot>) -> Boxed<'a, Result<Reply, Failure>> {
        Box::pin(self.run(ask, slot, u32::MAX))
    }

    fn place(&self) -> String {
        self.place.clone()
    }

    fn is_local(&self) -> bool {
        self.endpoint.is_local()
    }

    fn capabilities(&self) -> Capabilities {
        (*self.found()).clone()
    }

    fn traffic(&self) -> Traffic {
        Traffic {
            sent: self.counts.sent.load(Ordering::Relaxed),
            retries: self.counts.retries.load(Ordering::Relaxed),
            rate_limited: self.counts.rate_limited.load(Ordering::Relaxed),
            in_flight: self.counts.in_flight.load(Ordering::Relaxed),
            delayed: self.gate.delayed(),
            ceiling: self.gate.ceiling(),
        }
    }
}

#[cfg(test)]
mod tests;
