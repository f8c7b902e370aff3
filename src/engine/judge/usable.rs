//! Which judges could be put to work here: the checks, keys that are set, local servers that answer.

use super::super::{Engine, EngineError, Result};
use super::{JudgeOrder, Offer};
use crate::provider::{Found, Prices, usable};

/// A judge that could be named.
#[derive(Debug, Clone, PartialEq)]
pub struct UsableJudge {
    /// What to write after `--judge`.
    pub name: String,
    /// Why it is usable: `key in OPENAI_API_KEY`, `answers on this machine`.
    pub because: String,
    /// What it would do; `None` where a model has to be named first, or where it cannot judge this eval.
    pub offer: Option<Offer>,
    /// Why there is no offer.
    pub why_not: Option<String>,
}

/// Models of one local server that are offered by name.
const MODELS: usize = 5;

impl Engine {
    /// Lists what is usable for an eval. Nothing is sent anywhere but to servers on this machine.
    pub fn usable_judges(&self, eval: &str) -> Result<Vec<UsableJudge>> {
        let mut judges = vec![self.considered(eval, "checks", "the rubric's own checks, free")];
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| {
                EngineError::refused(format!("cannot look for endpoints: {error}"), "try again")
            })?;
        let found = runtime.block_on(usable(|name| std::env::var(name).ok()));
        for one in found {
            let place = &one.endpoint.name;
            match one.found {
                Found::Key(variable) => {
                    let because = format!("key in {variable}");
                    match Prices::built_in().models(place).into_iter().next() {
                        Some(model) => {
                            judges.push(self.considered(
                                eval,
                                &format!("{place}/{model}"),
                                &because,
                            ));
                        }
                        None => judges.push(named(place, because)),
                    }
                }
                Found::Server(models) => {
                    let because = "answers on this machine".to_owned();
                    if models.is_empty() {
                        judges.push(named(place, because.clone()));
                    }
                    for model in models.iter().take(MODELS) {
                        judges.push(self.considered(eval, &format!("{place}/{model}"), &because));
                    }
                }
            }
        }
        Ok(judges)
    }

    fn considered(&self, eval: &str, judge: &str, because: &str) -> UsableJudge {
        let offer = self.judge_offer(&JudgeOrder::new(eval, judge));
        UsableJudge {
            name: judge.to_owned(),
            because: because.to_owned(),
            why_not: offer.as_ref().err().map(ToString::to_string),
            offer: offer.ok(),
        }
    }
}

/// An endpoint whose models are not known here.
fn named(place: &str, because: String) -> UsableJudge {
    UsableJudge {
        name: format!("{place}/MODEL"),
        because,
        offer: None,
        why_not: Some("name a model".to_owned()),
    }
}
