//! [`Http`]: a model behind an endpoint, with everything the transport may try again.
//!
//! A question holds a place only while its request is under way. Before each send, retries included, the purse is
//! asked. What is wrong with the content of a reply is somebody else's business.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::Client;
use tokio::sync::OnceCell;

use crate::domain::failure::Class;

use super::gate::Gate;
use super::job::{Chance, Counts};
use super::retry_after::clock;
use super::stream::{OPTIONS, STREAM};
use super::{
    Ask, Boxed, Capabilities, Endpoint, Failure, Job, Key, KeySource, Mode, Model, Prompt, Reply,
    Slot, Traffic, client,
};

mod once;
mod retry;

use once::Attempt;
use retry::{FALLBACKS, Tries};

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

    /// Whether a key goes along with a question.
    pub(super) async fn sends_key(&self) -> bool {
        self.link().await.is_ok_and(|link| link.key.is_some())
    }

    fn found(&self) -> Arc<Capabilities> {
        Arc::clone(&self.found.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn learn(&self, change: impl FnOnce(&mut Capabilities)) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        change(Arc::make_mut(&mut found));
    }

    /// With every retry; `transport` sends may fail in transport.
    async fn run(&self, ask: &Ask, slot: Option<Slot>, transport: u32) -> Result<Reply, Failure> {
        let mut tries = Tries::default();
        let outcome = self.tried(ask, slot, transport, &mut tries).await;
        let sent = tries.sent;
        outcome.map_err(|failure| Failure { sent, ..failure })
    }

    async fn tried(
        &self,
        ask: &Ask,
        mut slot: Option<Slot>,
        transport: u32,
        tries: &mut Tries,
    ) -> Result<Reply, Failure> {
        let link = self.link().await?;
        let mut ready: Option<Attempt> = None;
        loop {
            let place = self.place_for(slot.take(), tries.sent > 0).await?;
            self.may_ask_now()?;
            let attempt = match ready.take() {
                Some(attempt) if Arc::ptr_eq(&attempt.found, &self.found()) => attempt,
                _ => self.prepare(link, ask, None)?,
            };
            let held = self.reserve(ask)?;
            let again = tries.sent > 0;
            // Counted before, so that a question dropped under way counts as sent.
            tries.sent += 1;
            let outcome = self.attempt(link, ask, &attempt, held, again).await;
            drop(place);
            let failure = match outcome {
                Ok(reply) => return Ok(self.finished(ask, reply, &attempt, tries)),
                Err(failure) => failure,
            };
            match self.next(tries, &attempt, failure, transport) {
                Ok(wait) if wait.is_zero() => {}
                Ok(wait) => self.sleep(wait).await?,
                Err(failure) => return Err(failure),
            }
            ready = Some(attempt);
        }
    }

    /// Refuses while the endpoint wants to be left alone, whoever of this job or an earlier one it told that.
    fn may_ask_now(&self) -> Result<(), Failure> {
        let now = Timestamp::now().as_millisecond();
        let Some(until) = self.found().wait_until_ms.filter(|until| *until > now) else {
            return Ok(());
        };
        let message = format!(
            "{} asked to wait until {}; nothing is sent before that, unless `--sooner` says so",
            self.place,
            clock(until)
        );
        Err(Failure {
            retry_after: u64::try_from(until - now).ok().map(Duration::from_millis),
            lasting: true,
            ..Failure::new(Class::RateLimit, message)
        })
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
        // How a reply travels is no parameter of the question.
        let refused = attempt.found.refused.iter();
        let own = |name: &&String| ![STREAM, OPTIONS].contains(&name.as_str());
        reply.without = refused.filter(own).cloned().collect();
        if attempt.found.wait_until_ms.is_some() {
            self.learn(|found| found.wait_until_ms = None);
        }
        if ask.shape.is_some() && attempt.found.proven != Some(attempt.mode) {
            self.learn(|found| found.proven = Some(attempt.mode));
        }
        reply
    }

    /// Asks once in a given form, whatever was found out. For trying out an endpoint.
    pub(super) async fn try_mode(&self, ask: &Ask, mode: Mode) -> Result<Reply, Failure> {
        let link = self.link().await?;
        let _place = self.place_for(None, false).await?;
        let mut tries = Tries::default();
        loop {
            let attempt = self.prepare(link, ask, Some(mode))?;
            let held = self.reserve(ask)?;
            let outcome = self
                .attempt(link, ask, &attempt, held, tries.sent > 0)
                .await;
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
            told_to_wait: self.counts.told_to_wait.load(Ordering::Relaxed),
            lost_on_the_way: self.counts.lost_on_the_way.load(Ordering::Relaxed),
            in_flight: self.counts.in_flight.load(Ordering::Relaxed),
            delayed: self.gate.delayed(),
            ceiling: self.gate.ceiling(),
        }
    }
}

#[cfg(test)]
mod tests;
