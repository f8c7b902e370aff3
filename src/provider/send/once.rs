//! One request: formed, paid for, sent, and its answer read.

use std::sync::atomic::Ordering;
use std::sync::{Arc, OnceLock};

use reqwest::header::{CONTENT_LENGTH, HeaderValue};
use reqwest::{Body, Request};

use crate::domain::failure::Class;

use super::{Http, Link};
use crate::provider::body::Encoded;
use crate::provider::client::{self, Lost};
use crate::provider::fault::{self, Answer, Asked};
use crate::provider::purse::{Reservation, Spent};
use crate::provider::stream::{OPTIONS, STREAM, Stream};
use crate::provider::{Ask, Capabilities, Dialect, Failure, Mode, Reply, anthropic, openai, price};

/// Redirects on the same server one question follows.
const REDIRECTS: usize = 3;

/// One request ready to go.
pub(super) struct Attempt {
    request: Request,
    pub(super) names: Vec<String>,
    pub(super) mode: Mode,
    pub(super) found: Arc<Capabilities>,
}

/// A failed try, and what to count for it.
struct Failed {
    failure: Failure,
    spent: Spent,
}

impl Http {
    fn encode(&self, ask: &Ask, mode: Mode, found: &Capabilities) -> Result<Encoded, Failure> {
        let dialect = self.endpoint.dialect;
        let mut encoded = match dialect {
            Dialect::OpenAi => {
                let usual = openai::usual_room(&self.endpoint);
                openai::encode(ask, mode, found, usual)
            }
            Dialect::Anthropic => anthropic::encode(ask, mode, found)?,
        };
        if self.job.stream && found.takes(STREAM) {
            encoded.add(STREAM, "true");
            // The other dialect counts tokens unasked.
            if dialect == Dialect::OpenAi && found.takes(OPTIONS) {
                encoded.add(OPTIONS, r#"{"include_usage":true}"#);
            }
        }
        Ok(encoded)
    }

    pub(super) fn prepare(
        &self,
        link: &Link,
        ask: &Ask,
        forced: Option<Mode>,
    ) -> Result<Attempt, Failure> {
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
        let streams = attempt.names.iter().any(|name| name == STREAM);
        let mut stream = streams.then(|| Stream::new(self.endpoint.dialect));
        let mut answer = self.sent(link, ask, attempt, stream.as_mut()).await?;
        let good = (200..300).contains(&answer.status);
        let stream = stream.and_then(|mut stream| (good && stream.ends(&answer)).then_some(stream));
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
            answers: attempt.found.proven.is_some(),
            mode: attempt.mode,
            tool: ask.shape.as_ref().map_or("", |shape| &shape.name),
            names: &attempt.names,
        };
        let read = match (good, stream, self.endpoint.dialect) {
            (false, ..) => Err(fault::refused(&asked, &answer)),
            (true, Some(stream), _) => stream.decode(&asked, answer, link.key.as_ref()),
            (true, None, Dialect::OpenAi) => openai::decode(&asked, answer),
            (true, None, Dialect::Anthropic) => anthropic::decode(&asked, answer),
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

    /// Sends once and waits for the whole answer; the purse is told right before the question leaves, if it asks for that.
    async fn sent(
        &self,
        link: &Link,
        ask: &Ask,
        attempt: &Attempt,
        mut stream: Option<&mut Stream>,
    ) -> Result<Answer, Failed> {
        let total = self.endpoint.timeouts.total;
        let watched = self.job.purse.watches();
        let Some(request) = attempt.request.try_clone() else {
            return Err(unrepeatable());
        };
        let (request, kept_here) = if watched {
            self.watched(request)
        } else {
            (request, Arc::default())
        };
        let exchange = client::exchange(&link.client, request, total, stream.as_deref_mut());
        let mut answer = match (exchange.await, kept_here.get()) {
            (Ok(answer), _) => answer,
            (Err(_), Some(failure)) => {
                return Err(Failed {
                    failure: failure.clone(),
                    spent: Spent::Nothing,
                });
            }
            (Err(lost), None) => return Err(self.lost(link, ask, &lost)),
        };
        for _ in 0..REDIRECTS {
            let Some(url) = answer.same_server.take() else {
                break;
            };
            // By now there is nothing to watch: the question has left once.
            let Some(mut again) = attempt.request.try_clone() else {
                return Err(unrepeatable());
            };
            *again.url_mut() = url;
            self.counts.resend();
            let exchange = client::exchange(&link.client, again, total, stream.as_deref_mut());
            answer = exchange.await.map_err(|lost| self.lost(link, ask, &lost))?;
        }
        Ok(answer)
    }

    /// The request with a body that tells the purse before its first byte leaves, and why it was kept here if it was.
    fn watched(&self, mut request: Request) -> (Request, Arc<OnceLock<Failure>>) {
        let kept_here = Arc::new(OnceLock::new());
        let Some(bytes) = request.body().and_then(Body::as_bytes).map(<[u8]>::to_vec) else {
            return (request, kept_here);
        };
        let (purse, kept) = (Arc::clone(&self.job.purse), Arc::clone(&kept_here));
        let length = HeaderValue::from(bytes.len());
        request.headers_mut().insert(CONTENT_LENGTH, length);
        let body = futures_util::stream::once(async move {
            purse.leaving().map(|()| bytes).map_err(|failure| {
                let why = failure.message.clone();
                // Set once: a body is asked for once.
                let _ = kept.set(failure);
                std::io::Error::other(why)
            })
        });
        *request.body_mut() = Some(Body::wrap_stream(body));
        (request, kept_here)
    }

    fn lost(&self, link: &Link, ask: &Ask, lost: &Lost) -> Failed {
        let message = format!("{}, model `{}`: {}", self.place, ask.model, lost.why);
        let message = match &link.key {
            Some(key) => key.scrub(message),
            None => message,
        };
        Failed {
            failure: Failure {
                lasting: lost.lasting,
                ..Failure::new(Class::Transport, message)
            },
            spent: if lost.sent {
                Spent::Unknown
            } else {
                Spent::Nothing
            },
        }
    }

    /// Sets aside what one try may cost.
    pub(super) fn reserve(&self, ask: &Ask) -> Result<Reservation<'_>, Failure> {
        Reservation::take(&*self.job.purse, price::estimate(ask))
    }

    /// One try with a place held, its cost reserved and settled.
    pub(super) async fn attempt(
        &self,
        link: &Link,
        ask: &Ask,
        attempt: &Attempt,
        held: Reservation<'_>,
        again: bool,
    ) -> Result<Reply, Failure> {
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
}

/// Only a streamed body cannot be sent again, and none is kept.
fn unrepeatable() -> Failed {
    Failed {
        failure: Failure::new(Class::Transport, "the request cannot be repeated"),
        spent: Spent::Nothing,
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
