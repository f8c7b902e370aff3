//! What is wanted: which judge over which tickets of which eval, within which limits.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::super::{EngineError, Result};
use super::learn::Learned;
use crate::domain::eval::Eval;
use crate::domain::ids::{JudgeVersionId, TicketId};
use crate::domain::json::Json;
use crate::domain::judge_version::{JudgeKind, JudgeVersion};
use crate::domain::rubric::Rubric;
use crate::judge::identity::{JudgeSpec, checks_version};
use crate::judge::retrieve::guidelines_digest;
use crate::provider::{
    Endpoint, Http, Job, KeySource, Mode, Model, Priced, Prices, Scripted, settle_local,
};

/// How an endpoint is reached, where it is not as its name alone says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// Another address of the endpoint.
    pub base_url: Option<String>,
    /// Another variable that holds the key.
    pub key_env: Option<String>,
    /// A command that prints the key.
    pub key_command: Option<String>,
    /// A PEM file of further certificate authorities.
    pub ca_file: Option<PathBuf>,
    /// Seconds until a call without a reply is given up.
    pub timeout: Option<u64>,
    /// Ask although it asked to wait until a later time.
    pub sooner: bool,
}

impl Reach {
    fn apply(&self, endpoint: &mut Endpoint) {
        if let Some(name) = &self.key_env {
            endpoint.key = KeySource::Env {
                name: name.clone(),
                needed: true,
            };
        }
        if let Some(command) = &self.key_command {
            endpoint.key = KeySource::Command(command.clone());
        }
        endpoint.ca_file.clone_from(&self.ca_file);
        if let Some(seconds) = self.timeout {
            endpoint.timeouts.total = Duration::from_secs(seconds.max(1));
        }
    }
}

/// A judge's work, as ordered.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeOrder {
    /// Name of the eval.
    pub eval: String,
    /// `checks`, `scripted:FILE`, or an endpoint and its model (`openai/gpt-4.1`).
    pub judge: String,
    /// How its endpoint is reached.
    pub reach: Reach,
    /// Calls under way at once, at least 1.
    pub concurrency: usize,
    /// Limit of money, in millionths of the currency unit.
    pub max_micros: Option<i64>,
    /// Limit of tokens.
    pub max_tokens: Option<i64>,
    /// Readings per question; `None` takes the rubric's.
    pub samples: Option<u32>,
    /// Which tickets, in the filter language.
    pub filter: String,
    /// Of those only these, if some are named.
    pub only: Option<Vec<TicketId>>,
    /// Only so many tickets, the first of the plan, whether it has read them or not.
    pub limit: Option<u64>,
    /// Only what this judge scored under another version of the rubric.
    pub rescore: bool,
    /// Ask again where there is a verdict without an answer.
    pub again: bool,
    /// Show the judge examples from corrections, of the share that may teach.
    pub learn: bool,
    /// Show it this approved version of the eval's guidelines, by the first characters of its hash.
    pub guidelines: Option<String>,
}

impl JudgeOrder {
    /// The usual order: every ticket of an eval, eight calls at once.
    pub fn new(eval: impl Into<String>, judge: impl Into<String>) -> Self {
        Self {
            eval: eval.into(),
            judge: judge.into(),
            reach: Reach::default(),
            concurrency: 8,
            max_micros: None,
            max_tokens: None,
            samples: None,
            filter: String::new(),
            only: None,
            limit: None,
            rescore: false,
            again: false,
            learn: false,
            guidelines: None,
        }
    }
}

/// What stands behind a judge.
#[derive(Debug, Clone, PartialEq)]
pub enum By {
    /// The rubric's checks.
    Checks,
    /// Replies from a file.
    Script(PathBuf),
    /// A model.
    Model {
        /// Where.
        endpoint: Box<Endpoint>,
        /// Which.
        model: String,
    },
}

/// A judge ready to be put to work under one rubric version.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::engine) struct Judge {
    pub by: By,
    pub id: JudgeVersionId,
    pub version: JudgeVersion,
    /// What its answers are named after; `None` for checks.
    pub spec: Option<JudgeSpec>,
    /// What keys of remembered answers name it by.
    pub digest: Option<String>,
    pub samples: u32,
    /// 0 for one reading; several readings take the endpoint's own, or they would all be the same.
    pub temperature: Option<f64>,
}

impl By {
    /// Reads what is named after `--judge`.
    pub fn read(judge: &str, reach: &Reach) -> Result<Self> {
        if judge == "checks" {
            return Ok(Self::Checks);
        }
        if let Some(path) = judge.strip_prefix("scripted:") {
            return Ok(Self::Script(PathBuf::from(path)));
        }
        let var = |name: &str| std::env::var(name).ok();
        let (mut endpoint, model) = Endpoint::parse(judge, reach.base_url.as_deref(), var)
            .map_err(|error| {
                EngineError::refused(
                    error.to_string(),
                    "`docket judge EVAL` without `--judge` lists what is usable here",
                )
            })?;
        reach.apply(&mut endpoint);
        Ok(Self::Model {
            endpoint: Box::new(settled(endpoint)?),
            model,
        })
    }

    /// Whether nothing leaves this machine.
    pub fn is_local(&self) -> bool {
        match self {
            Self::Checks | Self::Script(_) => true,
            Self::Model { endpoint, .. } => endpoint.is_local(),
        }
    }

    /// Whether a server on this machine may pass the texts on to another place.
    pub fn may_pass_on(&self) -> bool {
        match self {
            Self::Checks | Self::Script(_) => false,
            Self::Model { endpoint, .. } => endpoint.may_pass_on(),
        }
    }

    fn kind(&self) -> JudgeKind {
        match self {
            Self::Checks => JudgeKind::Checks,
            Self::Script(_) => JudgeKind::Scripted,
            Self::Model { .. } => JudgeKind::Model,
        }
    }

    /// What people call it.
    fn name(&self) -> String {
        match self {
            Self::Checks => "checks".to_owned(),
            Self::Script(path) => format!("script {}", path.display()),
            Self::Model { endpoint, model } => format!("{}/{model}", endpoint.name),
        }
    }

    /// Where it is asked and by which name; `None` for checks.
    fn provider_and_model(&self) -> Option<(String, String)> {
        match self {
            Self::Checks => None,
            Self::Script(path) => Some(("scripted".to_owned(), path.display().to_string())),
            Self::Model { endpoint, model } => Some((
                format!("{} {}", endpoint.name, endpoint.host()),
                model.clone(),
            )),
        }
    }

    /// The model by its endpoint's own name; a script's path; `None` for checks.
    pub fn model_name(&self) -> Option<String> {
        self.provider_and_model().map(|(_, model)| model)
    }

    /// What a call costs.
    pub fn price(&self) -> Priced {
        match self {
            Self::Checks | Self::Script(_) => Priced::Free,
            Self::Model { endpoint, model } => Prices::built_in().of(endpoint, model),
        }
    }

    /// Whoever answers; `None` for checks.
    pub fn open(&self, set_up: Job) -> Result<Option<Arc<dyn Model>>> {
        Ok(match self {
            Self::Checks => None,
            Self::Script(path) => {
                Some(Arc::new(Scripted::open(path, set_up).map_err(|error| {
                    EngineError::refused(
                        error.to_string(),
                        "docs/judging.md shows the form of a script",
                    )
                })?))
            }
            Self::Model { endpoint, .. } => Some(Arc::new(Http::new((**endpoint).clone(), set_up))),
        })
    }

    /// Refuses what cannot be opened, before a job is begun with it.
    pub fn can_open(&self) -> Result<()> {
        match self {
            Self::Script(_) => self.open(Job::default()).map(drop),
            Self::Checks | Self::Model { .. } => Ok(()),
        }
    }

    /// Where the texts go, in people's words.
    pub fn place(&self) -> String {
        match self {
            Self::Checks => "the rubric's checks".to_owned(),
            Self::Script(path) => format!("replies from `{}`", path.display()),
            Self::Model { endpoint, .. } => endpoint.place(),
        }
    }
}

/// `local` without an address is whichever server answers on this machine.
fn settled(endpoint: Endpoint) -> Result<Endpoint> {
    if endpoint.name != "local" {
        return Ok(endpoint);
    }
    let settled = on_network(settle_local(endpoint))?;
    settled.map_err(|failure| {
        EngineError::refused(
            failure.message,
            "`docket doctor` lists the endpoints that answer here",
        )
    })
}

/// Runs a little network work on the caller's thread.
pub(in crate::engine) fn on_network<T>(work: impl Future<Output = T>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    match runtime {
        Ok(runtime) => Ok(runtime.block_on(work)),
        Err(error) => Err(EngineError::refused(
            format!("cannot start the network: {error}"),
            "close other programs and try again",
        )),
    }
}

impl Judge {
    /// The judge an order means, under the rubric an eval asks now.
    pub fn of(order: &JudgeOrder, eval: &Eval, rubric: &Rubric, learned: &Learned) -> Result<Self> {
        let by = By::read(&order.judge, &order.reach)?;
        let hash = rubric.content_hash().map_err(|error| {
            EngineError::refused(
                format!("the rubric of `{}` cannot be hashed: {error}", eval.name),
                "run `docket rubric check` on it",
            )
        })?;
        let version = JudgeVersion {
            kind: by.kind(),
            rubric: Some(eval.rubric),
            place: Some(by.place()),
            local: by.is_local(),
            ..JudgeVersion::imported(&format!("{}{}", by.name(), learned.suffix()))
        };
        let Some((provider, model)) = by.provider_and_model() else {
            return Ok(Self {
                id: checks_version(&hash),
                version,
                spec: None,
                digest: None,
                by,
                samples: 1,
                temperature: None,
            });
        };
        let samples = order.samples.unwrap_or(rubric.judge.samples).clamp(1, 25);
        let temperature = (samples == 1).then_some(0.0);
        let parameters = parameters(rubric, temperature);
        // A remembered answer depends on the examples that stood in its own prompt, and those are in its key.
        let asked = JudgeSpec {
            parameters: Json::of(&parameters),
            template: crate::judge::identity::rubric_template(rubric),
            guidelines: guidelines_digest(&learned.guidelines),
            ..JudgeSpec::new(hash, &provider, &model, Mode::Schema)
        };
        let spec = learned.shown_to(asked.clone());
        let version = JudgeVersion {
            model: Some(model),
            parameters: parameters
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_string()))
                .collect(),
            examples: learned.examples_hash(),
            guidelines: learned.guidelines_hash(),
            ..version
        };
        Ok(Self {
            id: spec.version(),
            version,
            digest: Some(asked.digest()),
            spec: Some(spec),
            by,
            samples,
            temperature,
        })
    }

    /// The seat this judge takes on a ticket.
    pub fn seat(&self) -> String {
        format!("judge:{}", crate::domain::ids::hex(&self.id.0))
    }
}

fn parameters(
    rubric: &Rubric,
    temperature: Option<f64>,
) -> std::collections::BTreeMap<&'static str, serde_json::Value> {
    let mut sent = std::collections::BTreeMap::from([(
        "max_output_tokens",
        serde_json::json!(rubric.judge.max_output_tokens),
    )]);
    if let Some(temperature) = temperature {
        sent.insert("temperature", serde_json::json!(temperature));
    }
    sent
}
