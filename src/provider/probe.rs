//! Looking around: which endpoints are usable here, and what one of them understands.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use reqwest::{Client, Method, Request};
use serde::Deserialize;

use crate::domain::failure::Class;
use crate::domain::json::Json;

use super::capability::modes;
use super::client::{self, Lost};
use super::fault::{self, Answer, Asked};
use super::known::KNOWN;
use super::send::tiny;
use super::{Ask, Endpoint, Failure, Http, Job, KeySource, Mode, Model as _, Shape, Timeouts};

/// How long a local server may take to say that it is there.
const KNOCK: Duration = Duration::from_millis(300);
/// How long a list of models may take.
const LIST: Duration = Duration::from_secs(10);

/// How an endpoint was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Its key is in this environment variable.
    Key(String),
    /// It answers on this machine, with these models.
    Server(Vec<String>),
}

/// An endpoint that could be used as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usable {
    /// Where it is.
    pub endpoint: Endpoint,
    /// How it was found.
    pub found: Found,
}

/// Keys that are set, then local servers that answer; servers are asked all at once and given 300 ms. `var` reads the
/// environment. Nothing is sent anywhere but to loopback addresses.
pub async fn usable(var: impl Fn(&str) -> Option<String>) -> Vec<Usable> {
    let mut all = Vec::new();
    let mut servers = Vec::new();
    for known in KNOWN.iter().filter(|known| known.name != "local") {
        // Its address is not set: nothing to offer.
        let Ok(endpoint) = Endpoint::known(known.name, &var) else {
            continue;
        };
        if known.local {
            servers.push(endpoint);
        } else if let Some(name) = known.key_variable
            && var(name).is_some_and(|key| !key.trim().is_empty())
        {
            all.push(Usable {
                endpoint,
                found: Found::Key(name.to_owned()),
            });
        }
    }
    all.extend(knock(servers).await);
    all
}

/// Endpoints whose key is set and whose address is not: the name, the variable of the key, and the one that is missing.
pub fn lacking(
    var: impl Fn(&str) -> Option<String>,
) -> Vec<(&'static str, &'static str, &'static str)> {
    let set = |name: &str| var(name).is_some_and(|value| !value.trim().is_empty());
    let lacks = |known: &&super::known::Known| {
        known.url.is_empty() && known.url_variable.is_some_and(|name| !set(name))
    };
    KNOWN
        .iter()
        .filter(lacks)
        .filter_map(|known| Some((known.name, known.key_variable?, known.url_variable?)))
        .filter(|(_, key, _)| set(key))
        .collect()
}

/// Those of these servers that answer.
pub(super) async fn knock(servers: Vec<Endpoint>) -> Vec<Usable> {
    let asked = servers.into_iter().map(|mut endpoint| async move {
        endpoint.timeouts = Timeouts {
            connect: KNOCK,
            total: KNOCK,
        };
        let http = Http::new(endpoint.clone(), Job::default());
        let listed = tokio::time::timeout(KNOCK, models(&http)).await.ok()?;
        endpoint.timeouts = Timeouts::default();
        let found = match listed {
            Ok(models) => Found::Server(models),
            // It is there and wants a key.
            Err(failure) if failure.class == Class::Auth && failure.status.is_some() => {
                Found::Server(Vec::new())
            }
            Err(_) => return None,
        };
        Some(Usable { endpoint, found })
    });
    join_all(asked).await.into_iter().flatten().collect()
}

#[derive(Deserialize)]
struct List<'a> {
    #[serde(borrow, default, alias = "models")]
    data: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow, alias = "name")]
    id: Cow<'a, str>,
}

/// The models an endpoint lists.
pub async fn models(http: &Http) -> Result<Vec<String>, Failure> {
    let link = http.link().await?;
    let endpoint = http.endpoint();
    let place = endpoint.place();
    let request = link
        .client
        .get(endpoint.models_url())
        .build()
        .map_err(|why| {
            Failure::new(Class::BadRequest, format!("{place}: {}", why.without_url()))
        })?;
    let total = endpoint.timeouts.total.min(LIST);
    let mut answer = listed(&link.client, request, total, &place).await?;
    if let Some(url) = answer.same_server.take() {
        answer = listed(&link.client, Request::new(Method::GET, url), total, &place).await?;
    }
    if let Some(key) = &link.key {
        answer.raw = key.scrub(answer.raw);
    }
    let asked = Asked {
        place: &place,
        model: "",
        key: link.key.as_ref().map(|_| "its source"),
        answers: false,
        mode: Mode::Text,
        tool: "",
        names: &[],
    };
    if !(200..300).contains(&answer.status) {
        return Err(fault::refused(&asked, &answer));
    }
    match serde_json::from_str::<List<'_>>(&answer.raw) {
        Ok(list) => Ok(list
            .data
            .into_iter()
            .map(|entry| entry.id.into_owned())
            .collect()),
        Err(why) => Err(fault::broken(&asked, &answer, &why)),
    }
}

async fn listed(
    client: &Client,
    request: Request,
    total: Duration,
    place: &str,
) -> Result<Answer, Failure> {
    let answer = client::exchange(client, request, total, None).await;
    answer.map_err(|Lost { why, .. }| Failure::new(Class::Transport, format!("{place}: {why}")))
}

/// What trying one endpoint showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Name and host.
    pub place: String,
    /// The model it was asked as.
    pub model: String,
    /// Whether a key was sent.
    pub keyed: bool,
    /// The key was found and accepted, and the model answered.
    pub answers: Result<(), Failure>,
    /// The models it lists, if it lists any.
    pub models: Option<Vec<String>>,
    /// Each form of JSON, and why it does not work.
    pub modes: Vec<(Mode, Result<(), Failure>)>,
    /// Parameters it refuses.
    pub refused: Vec<String>,
}

impl Check {
    /// One line for each thing that was tried: whether it works, and what was found.
    pub fn lines(&self) -> Vec<(bool, String)> {
        let mut lines = Vec::new();
        match &self.answers {
            Ok(()) => {
                let key = if self.keyed {
                    "takes the key"
                } else {
                    "wants no key"
                };
                lines.push((true, format!("{} answers, and {key}", self.place)));
            }
            Err(failure) => lines.push((false, failure.message.clone())),
        }
        if let Some(models) = &self.models {
            let some: Vec<&str> = models.iter().take(6).map(String::as_str).collect();
            let more = if models.len() > some.len() {
                ", …"
            } else {
                ""
            };
            lines.push((
                true,
                format!("lists {} models: {}{more}", models.len(), some.join(", ")),
            ));
            if self.answers.is_ok() && !models.contains(&self.model) {
                let model = &self.model;
                lines.push((
                    true,
                    format!("does not list `{model}`, and answers for it all the same; is the name right?"),
                ));
            }
        }
        for (mode, works) in &self.modes {
            let name = match mode {
                Mode::Schema => "JSON by schema",
                Mode::Tool => "JSON by forced tool",
                Mode::Json => "JSON mode",
                Mode::Text => "JSON written as plain text",
            };
            match works {
                Ok(()) => lines.push((true, format!("{name} works"))),
                Err(failure) => {
                    lines.push((false, format!("{name} does not work: {}", failure.message)));
                }
            }
        }
        if !self.refused.is_empty() {
            lines.push((
                true,
                format!("refuses {}; left out from now on", self.refused.join(", ")),
            ));
        }
        lines
    }
}

/// Tries an endpoint with a handful of tiny questions: the key, the model, each form of JSON. They cost what tiny
/// questions cost.
pub async fn check(http: &Http, model: &str) -> Check {
    let answers = http.ready(model).await;
    let key_works = !answers
        .as_ref()
        .is_err_and(|failure| failure.class == Class::Auth);
    let reached = key_works
        && !answers
            .as_ref()
            .is_err_and(|failure| failure.class == Class::Transport);
    let listed = if reached {
        models(http).await.ok()
    } else {
        None
    };
    let mut forms = Vec::new();
    if answers.is_ok() {
        let ask = tiny(model, Some(Arc::new(shape())));
        for &mode in modes(http.endpoint().dialect) {
            forms.push((mode, tried(http, &ask, mode).await));
        }
        // A judge falls back to words where no form of JSON is left.
        if forms.iter().all(|(_, works)| works.is_err()) {
            forms.push((Mode::Text, tried(http, &ask, Mode::Text).await));
        }
    }
    Check {
        place: http.place(),
        model: model.to_owned(),
        keyed: http.sends_key().await,
        answers,
        models: listed.filter(|models| !models.is_empty()),
        modes: forms,
        refused: http.capabilities().refused.into_iter().collect(),
    }
}

async fn tried(http: &Http, ask: &Ask, mode: Mode) -> Result<(), Failure> {
    let reply = http.try_mode(ask, mode).await?;
    // In words it may stand in a fence or behind a sentence: a judge's reply is looked through for it.
    let text = match (mode, reply.text.find('{'), reply.text.rfind('}')) {
        (Mode::Text, Some(from), Some(to)) if from < to => &reply.text[from..=to],
        _ => &reply.text,
    };
    if serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok() {
        return Ok(());
    }
    let why = format!(
        "{}: it takes the request and answers without JSON",
        http.place()
    );
    Err(Failure::new(Class::Unparsable, why))
}

fn shape() -> Shape {
    Shape {
        name: "answer".to_owned(),
        schema: Json::trusted(
            r#"{"type":"object","properties":{"ok":{"type":"boolean"}},"required":["ok"],"additionalProperties":false}"#,
        ),
    }
}

/// The first local server that answers, for an endpoint named `local`; any other stays as it is. Key and further
/// settings of the endpoint given are kept.
pub async fn settle_local(endpoint: Endpoint) -> Result<Endpoint, Failure> {
    if endpoint.name != "local" {
        return Ok(endpoint);
    }
    let servers = KNOWN
        .iter()
        .filter(|known| known.local && known.name != "local");
    let servers = servers
        .filter_map(|known| Endpoint::known(known.name, |_| None).ok())
        .collect();
    settle_among(endpoint, servers).await
}

/// The first of these servers that answers, with the key and the settings of `endpoint`.
async fn settle_among(endpoint: Endpoint, servers: Vec<Endpoint>) -> Result<Endpoint, Failure> {
    let Some(first) = knock(servers).await.into_iter().next() else {
        let why = "no local server answers on the usual ports (11434, 8000, 8080, 1234, 4000); start one, or name its \
             address with `--base-url`";
        return Err(Failure::new(Class::Transport, why));
    };
    let mut settled = first.endpoint;
    if endpoint.key != KeySource::None {
        settled.key = endpoint.key;
    }
    settled.headers = endpoint.headers;
    settled.ca_file = endpoint.ca_file;
    settled.timeouts = endpoint.timeouts;
    Ok(settled)
}

#[cfg(test)]
mod tests;
