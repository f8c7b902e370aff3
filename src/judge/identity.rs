//! Which judge a verdict comes from, and when a stored verdict answers a question again.
//!
//! A judge version is everything that shapes its answers on any ticket; a cache key adds the ticket, the
//! criterion, the sample and the order. Both hash a canonical JSON, so a field can be seen and explained.
//! What the endpoint reports back (model, fingerprint, time) is stored with the verdict and is in neither.

use ring::digest::{SHA256, digest};
use serde::Serialize;

use super::nonce::Order;
use super::prompt::PROTOCOL;
use crate::domain::canonical::canonical;
use crate::domain::ids::{Identity, JudgeVersionId, hex};
use crate::domain::json::Json;
use crate::domain::rubric::{Rubric, RubricHash};
use crate::provider::Mode;

/// What a judge is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JudgeSpec {
    /// The rubric version.
    pub rubric: RubricHash,
    /// The set of learned examples ([`super::retrieve::Library::digest`]).
    pub few_shot: [u8; 16],
    /// The guidelines ([`super::retrieve::guidelines_digest`]).
    pub guidelines: [u8; 16],
    /// The kind of endpoint and its place, such as `openai https://host/v1`; never a key.
    pub provider: String,
    /// The model asked for.
    pub model: String,
    /// Every parameter sent: temperature, seed, token room, what the user added. A JSON object.
    pub parameters: Json,
    /// How JSON is asked for.
    pub mode: Mode,
    /// The user's template ([`template_digest`]).
    pub template: [u8; 16],
    /// Prompts and reading, [`PROTOCOL`].
    pub protocol: u32,
}

#[derive(Serialize)]
struct SpecText<'a> {
    few_shot: String,
    guidelines: String,
    mode: Mode,
    model: &'a str,
    parameters: &'a Json,
    protocol: u32,
    provider: &'a str,
    rubric: String,
    template: String,
}

impl JudgeSpec {
    /// A judge without learned examples or guidelines, for a rubric.
    pub fn new(rubric: RubricHash, provider: &str, model: &str, mode: Mode) -> Self {
        Self {
            rubric,
            few_shot: super::retrieve::examples_digest(&[]),
            guidelines: super::retrieve::guidelines_digest(&[]),
            provider: provider.to_owned(),
            model: model.to_owned(),
            parameters: Json::trusted("{}"),
            mode,
            template: template_digest(None),
            protocol: PROTOCOL,
        }
    }

    /// Canonical JSON of all fields: what is hashed, and what a workspace may keep beside the id.
    pub fn canonical(&self) -> String {
        let text = SpecText {
            few_shot: hex(&self.few_shot),
            guidelines: hex(&self.guidelines),
            mode: self.mode,
            model: &self.model,
            parameters: &self.parameters,
            protocol: self.protocol,
            provider: &self.provider,
            rubric: self.rubric.hex(),
            template: hex(&self.template),
        };
        canonical(Json::of(&text).as_str())
    }

    /// SHA-256 of [`Self::canonical`], in hex: what a key names the judge by.
    pub fn digest(&self) -> String {
        hex(&sha256(&self.canonical()))
    }

    /// The judge version.
    pub fn version(&self) -> JudgeVersionId {
        JudgeVersionId(
            Identity::of("judge version")
                .part(self.canonical().as_bytes())
                .finish(),
        )
    }
}

/// The version of the judge that only runs a rubric's checks.
pub fn checks_version(rubric: &RubricHash) -> JudgeVersionId {
    let identity = Identity::of("checks judge").part(rubric.hex().as_bytes());
    JudgeVersionId(identity.number(i64::from(super::checks::VERSION)).finish())
}

/// Identity of a template; of the built-in prompt without one.
pub fn template_digest(template: Option<&str>) -> [u8; 16] {
    Identity::of("judge template")
        .maybe(template.map(str::as_bytes))
        .finish()
}

/// The template's identity of a rubric.
pub fn rubric_template(rubric: &Rubric) -> [u8; 16] {
    template_digest(rubric.judge.template.as_deref())
}

fn sha256(text: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    hash
}

/// One question to one judge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CacheKey<'a> {
    /// The judge ([`JudgeSpec::digest`]).
    pub judge: &'a str,
    /// The criterion, or [`super::nonce::ALL_CRITERIA`].
    pub criterion: &'a str,
    /// The learned examples in this very prompt ([`super::retrieve::examples_digest`]).
    pub shots: [u8; 16],
    /// The request ([`super::subject::Subject::request_digest`]).
    pub input: [u8; 16],
    /// Further context, as text.
    pub context: Option<&'a str>,
    /// The reference with its standing, as text.
    pub reference: Option<(&'a str, super::subject::Standing)>,
    /// The outputs ([`super::subject::Subject::outputs_digest`]).
    pub outputs: [u8; 16],
    /// Which stood first, for a comparison.
    pub order: Option<Order>,
    /// The sample, from 0.
    pub sample: u32,
}

#[derive(Serialize)]
struct KeyText<'a> {
    context: Option<String>,
    criterion: &'a str,
    input: String,
    judge: &'a str,
    order: Option<&'static str>,
    outputs: String,
    reference: Option<String>,
    sample: u32,
    shots: String,
}

impl<'a> CacheKey<'a> {
    /// The key of a question about a subject.
    pub fn new(judge: &'a str, criterion: &'a str, subject: &'a super::subject::Subject) -> Self {
        Self {
            judge,
            criterion,
            shots: super::retrieve::examples_digest(&[]),
            input: subject.request_digest(),
            context: subject.context.as_deref(),
            reference: subject
                .reference
                .as_ref()
                .map(|reference| (reference.text.as_str(), reference.standing)),
            outputs: subject.outputs_digest(),
            order: None,
            sample: 0,
        }
    }

    /// SHA-256 over canonical JSON of all fields.
    pub fn digest(&self) -> [u8; 32] {
        let digest = |text: &str| hex(&sha256(text));
        let text = KeyText {
            context: self.context.map(digest),
            criterion: self.criterion,
            input: hex(&self.input),
            judge: self.judge,
            order: self.order.map(Order::name),
            outputs: hex(&self.outputs),
            reference: self
                .reference
                .map(|(text, standing)| digest(&format!("{standing:?}|{text}"))),
            sample: self.sample,
            shots: hex(&self.shots),
        };
        // The fields stand in the order of their names, so this is canonical as it is.
        sha256(Json::of(&text).as_str())
    }

    /// The digest in hex.
    pub fn hex(&self) -> String {
        hex(&self.digest())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::judge::subject::Standing;

    fn spec() -> JudgeSpec {
        JudgeSpec::new(RubricHash([1; 16]), "openai http://h/v1", "m", Mode::Schema)
    }

    fn specs() -> Vec<JudgeSpec> {
        let change = |edit: fn(&mut JudgeSpec)| {
            let mut spec = spec();
            edit(&mut spec);
            spec
        };
        vec![
            spec(),
            change(|s| s.rubric = RubricHash([2; 16])),
            change(|s| s.few_shot = [2; 16]),
            change(|s| s.guidelines = [2; 16]),
            change(|s| s.provider = "anthropic http://h/v1".into()),
            change(|s| s.model = "n".into()),
            change(|s| s.parameters = Json::trusted(r#"{"temperature":0}"#)),
            change(|s| s.mode = Mode::Json),
            change(|s| s.template = template_digest(Some("x"))),
            change(|s| s.protocol += 1),
        ]
    }

    #[test]
    fn every_field_alone_makes_another_judge_and_the_order_of_parameters_does_not() {
        let versions: BTreeSet<_> = specs().iter().map(JudgeSpec::version).collect();
        assert_eq!(versions.len(), specs().len());
        let ordered = |text: &str| JudgeSpec {
            parameters: Json::parse(text.to_owned()).unwrap(),
            ..spec()
        };
        assert_eq!(
            ordered(r#"{"seed":1,"temperature":0}"#).version(),
            ordered(r#"{"temperature":0, "seed":1}"#).version()
        );
    }

    #[test]
    // A table: cutting it would hide that it is whole.
    #[allow(clippy::too_many_lines)]
    fn every_field_of_the_key_alone_misses_the_cache() {
        let specs: Vec<String> = specs().iter().map(JudgeSpec::digest).collect();
        let key = |judge| CacheKey::<'_> {
            judge,
            criterion: "tone",
            shots: [0; 16],
            input: [0; 16],
            context: None,
            reference: None,
            outputs: [0; 16],
            order: None,
            sample: 0,
        };
        let mut keys: Vec<CacheKey<'_>> = specs.iter().map(|judge| key(judge.as_str())).collect();
        let base = key(specs[0].as_str());
        keys.extend([
            CacheKey {
                criterion: "fact",
                ..base.clone()
            },
            CacheKey {
                shots: [1; 16],
                ..base.clone()
            },
            CacheKey {
                input: [1; 16],
                ..base.clone()
            },
            CacheKey {
                context: Some(""),
                ..base.clone()
            },
            CacheKey {
                context: Some("c"),
                ..base.clone()
            },
            CacheKey {
                reference: Some(("r", Standing::Given)),
                ..base.clone()
            },
            CacheKey {
                reference: Some(("r", Standing::Approved)),
                ..base.clone()
            },
            CacheKey {
                reference: Some(("s", Standing::Given)),
                ..base.clone()
            },
            CacheKey {
                outputs: [1; 16],
                ..base.clone()
            },
            CacheKey {
                order: Some(Order::AsGiven),
                ..base.clone()
            },
            CacheKey {
                order: Some(Order::Swapped),
                ..base.clone()
            },
            CacheKey {
                sample: 1,
                ..base.clone()
            },
        ]);
        let digests: BTreeSet<_> = keys.iter().map(CacheKey::digest).collect();
        assert_eq!(digests.len(), keys.len());
        assert_eq!(base.digest(), key(&spec().digest()).digest());
    }
}
