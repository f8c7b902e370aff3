//! Which endpoints work here, and what each of them understands.
//!
//! Named endpoints are asked a handful of tiny questions; the usable ones (a key is set, a local server answers) are
//! asked for the list of their models only, which costs nothing. Keys are never printed.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;

use super::super::upkeep::Finding;
use super::super::{Engine, Result};
use super::order::{By, JudgeOrder, on_network};
use crate::domain::failure::Class;
use crate::domain::nearest::nearest;
use crate::provider::{
    Capabilities, Check, Endpoint, Failure, Found, Http, Job, Mode, Model as _, Usable, check,
    lacking, models, usable,
};
use crate::store::judging;

/// How long an endpoint nobody named may take to list its models.
const PATIENCE: Duration = Duration::from_secs(4);
/// How long the tiny questions to a named one may take each.
const NAMED: Duration = Duration::from_secs(60);

/// What looking at one endpoint showed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndpointReport {
    /// What to write after `--judge`, its model included where one was named.
    pub name: String,
    /// Name and host.
    pub place: String,
    /// Whether what is sent stays on this machine.
    pub local: bool,
    /// Whether it was named; otherwise it was found.
    pub named: bool,
    /// Why it was looked at: the variable its key is in, or that it answers here.
    pub because: String,
    /// Whether anything answered; `None` where nothing was sent.
    pub reachable: Option<bool>,
    /// Whether the key was accepted.
    pub key_accepted: Option<bool>,
    /// Whether the model is there.
    pub model_known: Option<bool>,
    /// Forms of JSON that work: `schema`, `tool`, `json`, `text`.
    pub works: Vec<&'static str>,
    /// Forms of JSON that do not.
    pub does_not: Vec<&'static str>,
    /// Parameters it refuses.
    pub refused: Vec<String>,
    /// Models it lists.
    pub models: Vec<String>,
    /// The class of what went wrong.
    pub class: Option<&'static str>,
    /// The same in sentences.
    pub findings: Vec<Finding>,
    /// What is worth keeping for the next judge, by model.
    #[serde(skip)]
    found: Option<(String, Capabilities)>,
}

impl EndpointReport {
    fn new(endpoint: &Endpoint, named: bool, because: &str) -> Self {
        Self {
            name: endpoint.name.clone(),
            place: endpoint.place(),
            local: endpoint.is_local(),
            named,
            because: because.to_owned(),
            reachable: None,
            key_accepted: None,
            model_known: None,
            works: Vec::new(),
            does_not: Vec::new(),
            refused: Vec::new(),
            models: Vec::new(),
            class: None,
            findings: Vec::new(),
            found: None,
        }
    }

    /// Whether it can judge, as far as was tried.
    pub fn works(&self) -> bool {
        self.class.is_none()
    }

    fn note(&mut self, sound: bool, text: impl Into<String>) {
        self.findings.push(Finding {
            sound,
            text: text.into(),
        });
    }

    /// Tells apart where a failure happened: on the way, at the key, at the model.
    fn failed(&mut self, failure: &Failure) {
        self.class = Some(failure.class.name());
        match failure.class {
            // Without a status the key never left: it is missing.
            Class::Auth => {
                self.reachable = failure.status.map(|_| true);
                self.key_accepted = Some(false);
            }
            Class::Transport | Class::Cancelled => {
                self.reachable = Some(failure.status.is_some());
            }
            Class::ModelMissing => {
                (self.reachable, self.key_accepted) = (Some(true), Some(true));
                self.model_known = Some(false);
            }
            _ => self.reachable = Some(true),
        }
    }
}

/// Looks at the endpoint an order names, else at every one that is usable here.
pub fn look_at_endpoints(named: Option<&JudgeOrder>) -> Result<Vec<EndpointReport>> {
    let Some(order) = named else {
        return on_network(async {
            let var = |name: &str| std::env::var(name).ok();
            let found = usable(var).await;
            let mut reports = futures_util::future::join_all(found.into_iter().map(listed)).await;
            reports.extend(lacking(var).into_iter().map(without_address));
            reports
        });
    };
    match By::read(&order.judge, &order.reach)? {
        By::Model { endpoint, model } => Ok(vec![on_network(tried(*endpoint, &model))?]),
        by @ (By::Checks | By::Script(_)) => Err(super::super::EngineError::refused(
            format!("{} is no endpoint", by.place()),
            "name an endpoint and its model, such as `--endpoint openai/gpt-4.1`",
        )),
    }
}

impl Engine {
    /// Keeps what was found out about endpoints, so that the next judge does not try what was refused.
    pub fn keep_endpoints(&self, reports: &[EndpointReport]) -> Result<()> {
        let mut kept = Vec::new();
        for report in reports {
            if let Some((model, found)) = &report.found
                && let Ok(body) = serde_json::to_string(found)
            {
                kept.push((report.place.clone(), model.clone(), body));
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        Ok(self.store().write_light(move |db| {
            kept.iter()
                .try_for_each(|(place, model, body)| judging::put_endpoint(db, place, model, body))
        })?)
    }
}

/// An endpoint whose key is set and whose address is not.
fn without_address((name, key, address): (&str, &str, &str)) -> EndpointReport {
    EndpointReport {
        name: name.to_owned(),
        place: name.to_owned(),
        local: false,
        named: false,
        because: format!("key in {key}"),
        reachable: None,
        key_accepted: None,
        model_known: None,
        works: Vec::new(),
        does_not: Vec::new(),
        refused: Vec::new(),
        models: Vec::new(),
        class: Some(Class::BadRequest.name()),
        findings: vec![Finding {
            sound: false,
            text: format!("{name}: key in {key}, and no address; set {address}"),
        }],
        found: None,
    }
}

/// An endpoint nobody named: its list of models, nothing that costs.
async fn listed(found: Usable) -> EndpointReport {
    let mut endpoint = found.endpoint;
    endpoint.timeouts.connect = PATIENCE;
    endpoint.timeouts.total = PATIENCE;
    let (because, known) = match found.found {
        Found::Key(variable) => (format!("key in {variable}"), None),
        Found::Server(models) => ("answers on this machine".to_owned(), Some(models)),
    };
    let mut report = EndpointReport::new(&endpoint, false, &because);
    let answer = match known {
        Some(models) => Ok(models),
        None => models(&Http::new(endpoint, Job::default())).await,
    };
    match answer {
        Ok(models) => {
            (report.reachable, report.key_accepted) = (Some(true), Some(true));
            let example = models.first().map_or("MODEL", String::as_str);
            let text = format!(
                "{}: {because}, answers, lists {} models; `docket doctor --endpoint {}/{example}` tests one",
                report.place,
                models.len(),
                report.name
            );
            report.note(true, text);
            report.models = models;
        }
        Err(failure) => {
            report.failed(&failure);
            report.note(false, failure.message);
        }
    }
    report
}

/// A named endpoint: the key, the model, each form of JSON.
async fn tried(mut endpoint: Endpoint, model: &str) -> EndpointReport {
    endpoint.timeouts.total = endpoint.timeouts.total.min(NAMED);
    let mut report = EndpointReport::new(&endpoint, true, "named");
    report.name = format!("{}/{model}", endpoint.name);
    let http = Http::new(endpoint, Job::default());
    let checked = check(&http, model).await;
    for (sound, text) in checked.lines() {
        report.note(sound, text);
    }
    match &checked.answers {
        Ok(()) => {
            (report.reachable, report.key_accepted) = (Some(true), checked.keyed.then_some(true));
            report.model_known = Some(true);
            report.found = Some((model.to_owned(), learnt(&http, &checked)));
        }
        Err(failure) => report.failed(failure),
    }
    report.models = checked.models.clone().unwrap_or_default();
    if report.model_known == Some(false)
        && let Some(near) = nearest(model, report.models.iter().map(String::as_str))
    {
        let text = format!("did you mean `{near}`?");
        report.note(false, text);
    }
    for (mode, works) in &checked.modes {
        let list = if works.is_ok() {
            &mut report.works
        } else {
            &mut report.does_not
        };
        list.push(word(*mode));
    }
    if !checked.modes.is_empty() && report.works.is_empty() {
        report.class = Some(Class::BadRequest.name());
    }
    report.refused = checked.refused;
    report
}

/// What the next judge need not find out again. A form that failed on the way proves nothing.
fn learnt(http: &Http, checked: &Check) -> Capabilities {
    let mut found = http.capabilities();
    let mut refused = BTreeSet::new();
    for (mode, works) in &checked.modes {
        match works {
            Err(failure)
                if matches!(
                    failure.class,
                    Class::BadRequest | Class::UnsupportedParam | Class::Unparsable
                ) =>
            {
                refused.insert(*mode);
            }
            _ => {}
        }
    }
    // Free text is what is left when nothing else is.
    refused.remove(&Mode::Text);
    found.refused_modes.extend(refused);
    let working = checked.modes.iter().find(|(_, works)| works.is_ok());
    found.proven = working.map(|(mode, _)| *mode).or(found.proven);
    found
}

fn word(mode: Mode) -> &'static str {
    match mode {
        Mode::Schema => "schema",
        Mode::Tool => "tool",
        Mode::Json => "json",
        Mode::Text => "text",
    }
}
