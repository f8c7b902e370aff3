//! [`Endpoint`]: where questions go, in which dialect, and where its key comes from.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use super::address;
use super::known::{self, Known};

/// How an endpoint wants to be spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `OpenAI` chat completions, which most servers speak.
    OpenAi,
    /// Anthropic Messages.
    Anthropic,
}

/// Where a key comes from. Never the key itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeySource {
    /// No key is sent.
    None,
    /// An environment variable.
    Env {
        /// Its name.
        name: String,
        /// Whether calls cannot work without it.
        needed: bool,
    },
    /// The first line a shell command prints.
    Command(String),
}

/// Limits of time for one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Until the connection stands.
    pub connect: Duration,
    /// Until the last byte of the reply. Reasoning models think for minutes.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            total: Duration::from_secs(300),
        }
    }
}

/// An endpoint.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// A known name, or the host.
    pub name: String,
    /// How it is spoken to.
    pub dialect: Dialect,
    /// Where its key comes from.
    pub key: KeySource,
    /// Further headers of every request; the values may be secret.
    pub headers: Vec<(String, String)>,
    /// A PEM file of further certificate authorities.
    pub ca_file: Option<PathBuf>,
    /// Azure's version of its interface; with it the model stands in the path.
    pub api_version: Option<String>,
    /// Limits of time.
    pub timeouts: Timeouts,
    /// Ends with `/`.
    root: Url,
}

/// Why an endpoint cannot be used. Never repeats more of an address than its host.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// The address cannot be read.
    #[error("cannot read the address of the endpoint: {why}; it looks like `https://host/v1`")]
    Address {
        /// What is wrong with it.
        why: String,
    },
    /// The address carries a user name, a password or a query.
    #[error(
        "the address of `{host}` carries a user name, a password or a query; name only host and path, and give the key with `--key-env VARIABLE`"
    )]
    KeyInAddress {
        /// Its host.
        host: String,
    },
    /// A model without an endpoint.
    #[error(
        "`{given}` names no endpoint; write `endpoint/model`, as in `openai/gpt-4.1` or `ollama/qwen3`, or add its address, `MODEL@URL` or `--base-url URL`; known are {known}"
    )]
    Unknown {
        /// As given.
        given: String,
        /// All known names.
        known: String,
    },
    /// An endpoint without a model.
    #[error("`{given}` names no model; write `{given}/MODEL`")]
    NoModel {
        /// As given.
        given: String,
    },
    /// An endpoint that is different for everybody.
    #[error("`{name}` has no address of its own; set `{variable}` or add `--base-url URL`")]
    NoAddress {
        /// Its name.
        name: String,
        /// Where its address is looked for.
        variable: String,
    },
}

impl Endpoint {
    /// A known endpoint at its own address, or at the one its variable names. `var` reads the environment.
    pub fn known(name: &str, var: impl Fn(&str) -> Option<String>) -> Result<Self, EndpointError> {
        let known = known::find(name).ok_or_else(|| EndpointError::Unknown {
            given: name.to_owned(),
            known: known::names(),
        })?;
        let named = known.url_variable.and_then(var);
        let address = match named.as_deref().map(str::trim) {
            Some(address) if !address.is_empty() => address,
            _ if known.url.is_empty() => {
                return Err(EndpointError::NoAddress {
                    name: known.name.to_owned(),
                    variable: known.url_variable.unwrap_or("--base-url").to_owned(),
                });
            }
            _ => known.url,
        };
        Self::of(known, address)
    }

    /// Any endpoint that speaks chat completions, named by its host. No key unless one is set afterwards.
    pub fn at(address: &str) -> Result<Self, EndpointError> {
        let (root, api_version) = address::root(address, Dialect::OpenAi)?;
        Ok(Self {
            name: address::host(&root),
            dialect: Dialect::OpenAi,
            key: KeySource::None,
            headers: Vec::new(),
            ca_file: None,
            api_version,
            timeouts: Timeouts::default(),
            root,
        })
    }

    /// Reads `openai/gpt-4.1`: an endpoint and its model, which may itself contain slashes.
    ///
    /// With a base URL a known first word gives dialect and key; otherwise the whole text is the model. The address may
    /// also stand behind it, `qwen3@http://gpu-box:8000/v1`, for places that take one name alone.
    pub fn parse(
        given: &str,
        base_url: Option<&str>,
        var: impl Fn(&str) -> Option<String>,
    ) -> Result<(Self, String), EndpointError> {
        let (given, base_url) = match base_url {
            None => addressed(given.trim()),
            Some(_) => (given.trim(), base_url),
        };
        let (first, rest) = given.split_once('/').unwrap_or((given, ""));
        let found = known::find(first);
        let (endpoint, model) = match (found, base_url) {
            // `local` is whichever server answers; with an address it is that one.
            (Some(known), Some(address)) if known.name == "local" => (Self::at(address)?, rest),
            (Some(known), Some(address)) => (Self::of(known, address)?, rest),
            (Some(_), None) => (Self::known(first, var)?, rest),
            (None, Some(address)) => (Self::at(address)?, given),
            (None, None) => {
                return Err(EndpointError::Unknown {
                    given: given.to_owned(),
                    known: known::names(),
                });
            }
        };
        if model.trim().is_empty() {
            return Err(EndpointError::NoModel {
                given: given.trim_end_matches('/').to_owned(),
            });
        }
        Ok((endpoint, model.trim().to_owned()))
    }

    fn of(known: &Known, address: &str) -> Result<Self, EndpointError> {
        let (root, version) = address::root(address, known.dialect)?;
        let mut endpoint = Self {
            name: known.name.to_owned(),
            dialect: known.dialect,
            key: known.key(),
            headers: Vec::new(),
            ca_file: None,
            api_version: version,
            timeouts: Timeouts::default(),
            root,
        };
        if endpoint.is_azure() {
            endpoint.settle_azure();
        }
        Ok(endpoint)
    }

    /// Azure has two interfaces: `/openai/v1`, which is chat completions, and the dated one with the model in the path.
    fn settle_azure(&mut self) {
        let path = self.root.path().to_owned();
        if path.ends_with("/openai/v1/") && self.api_version.is_none() {
            return;
        }
        let resource = path.split("/openai").next().unwrap_or_default();
        let resource = resource.trim_end_matches('/').trim_end_matches("/v1");
        self.root.set_path(&format!("{resource}/openai/"));
        self.api_version
            .get_or_insert_with(|| known::AZURE_VERSION.to_owned());
    }

    /// Whether keys go into Azure's own header.
    pub(super) fn is_azure(&self) -> bool {
        self.name == "azure"
    }

    /// Host and port: all of an address that is ever shown or stored.
    pub fn host(&self) -> String {
        address::host(&self.root)
    }

    /// What people are told: `openai (api.openai.com)`.
    pub fn place(&self) -> String {
        let host = self.host();
        if host == self.name {
            format!("`{host}`")
        } else {
            format!("`{}` ({host})", self.name)
        }
    }

    /// Whether what is sent stays on this machine.
    pub fn is_local(&self) -> bool {
        address::url_is_local(&self.root)
    }

    /// Whether a server on this machine may pass questions on to another: it goes by the name of a gateway, or of a
    /// host that is elsewhere. What it is set up for cannot be seen from here.
    pub fn may_pass_on(&self) -> bool {
        self.is_local() && known::find(&self.name).is_some_and(|known| !known.answers_itself)
    }

    /// Whether connections are encrypted.
    pub(super) fn is_encrypted(&self) -> bool {
        self.root.scheme() == "https"
    }

    /// Where a question to `model` goes.
    pub(super) fn call_url(&self, model: &str) -> Url {
        let mut url = self.root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            match (self.dialect, &self.api_version) {
                (Dialect::OpenAi, Some(_)) if self.is_azure() => {
                    path.extend(["deployments", model, "chat", "completions"]);
                }
                (Dialect::OpenAi, _) => {
                    path.extend(["chat", "completions"]);
                }
                (Dialect::Anthropic, _) => {
                    path.push("messages");
                }
            }
        }
        self.versioned(url)
    }

    /// Where the list of models is.
    pub(super) fn models_url(&self) -> Url {
        let mut url = self.root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("models");
        }
        self.versioned(url)
    }

    fn versioned(&self, mut url: Url) -> Url {
        if let (Dialect::OpenAi, Some(version)) = (self.dialect, &self.api_version) {
            url.query_pairs_mut().append_pair("api-version", version);
        }
        url
    }
}

/// Shows neither path nor header values.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("name", &self.name)
            .field("host", &self.host())
            .field("dialect", &self.dialect)
            .field("key", &self.key)
            .finish_non_exhaustive()
    }
}

/// A model and the address behind it, if there is one.
fn addressed(given: &str) -> (&str, Option<&str>) {
    let at = ["@http://", "@https://"]
        .iter()
        .filter_map(|sign| given.find(sign))
        .min();
    at.map_or((given, None), |at| (&given[..at], Some(&given[at + 1..])))
}

#[cfg(test)]
mod tests;
