//! Which judges could be put to work here: the checks, keys that are set, local servers that answer.

use super::super::{Engine, EngineError, Result};
use super::{Cost, JudgeOrder, Offer, again};
use crate::domain::count::counted;
use crate::domain::judge_version::JudgeKind;
use crate::domain::view::{JudgeChoice, JudgeWork, Price};
use crate::judge::probes;
use crate::provider::{Found, Prices, lacking, usable};
use crate::store::verdicts;

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

/// Models of one local server, or at addresses of their own, that are offered by name.
const MODELS: usize = 5;

impl Engine {
    /// Lists what is usable for an eval. Nothing is sent anywhere but to servers on this machine.
    pub fn usable_judges(&self, eval: &str) -> Result<Vec<UsableJudge>> {
        self.usable_judges_for(&JudgeOrder::new(eval, "checks"))
    }

    /// The same for an order, whoever is to carry it out.
    pub fn usable_judges_for(&self, order: &JudgeOrder) -> Result<Vec<UsableJudge>> {
        let mut judges = vec![self.considered(order, "checks", "the rubric's own checks, free")];
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| {
                EngineError::refused(format!("cannot look for endpoints: {error}"), "try again")
            })?;
        let var = |name: &str| std::env::var(name).ok();
        let found = runtime.block_on(usable(var));
        let wanted = self.wanted_model(order)?;
        for one in found {
            let place = &one.endpoint.name;
            match one.found {
                Found::Key(variable) => {
                    let because = format!("key in {variable}");
                    let own = wanted.as_deref().and_then(|name| name.split_once('/'));
                    let own = own.filter(|(of, _)| of == place).map(|(_, model)| model);
                    let prices = Prices::built_in();
                    match own.or_else(|| prices.usual(place)) {
                        Some(model) => {
                            judges.push(self.considered(
                                order,
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
                        judges.push(self.considered(order, &format!("{place}/{model}"), &because));
                    }
                }
            }
        }
        for (name, answered) in self.asked_at_addresses()? {
            if judges.iter().all(|one| one.name != name) {
                let before = if answered {
                    "read here before"
                } else {
                    "asked here before, and never answered"
                };
                let because = format!("{before}; of its address the host was kept, check the rest");
                judges.push(self.considered(order, &name, &because));
            }
        }
        for (place, key, address) in lacking(var) {
            judges.push(UsableJudge {
                why_not: Some(format!("its address is missing: set {address}")),
                ..named(place, format!("key in {key}"))
            });
        }
        Ok(judges)
    }

    /// Models that were asked before at an address of their own, with that address, and whether any of them under
    /// that name answered; the latest first, those that answered before those that never did.
    fn asked_at_addresses(&self) -> Result<Vec<(String, bool)>> {
        Ok(self.store().read(|db| {
            let mut names: Vec<(String, bool)> = Vec::new();
            for (row, _, version) in verdicts::judges(db)?.iter().rev() {
                if version.kind != JudgeKind::Model || again::named(version).1.is_none() {
                    continue;
                }
                let Some(name) = again::in_one(version) else {
                    continue;
                };
                let full = names.len() >= MODELS;
                match names.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, answered)) => {
                        *answered = *answered || verdicts::has_answered(db, *row)?;
                    }
                    None if full => {}
                    None => names.push((name, verdicts::has_answered(db, *row)?)),
                }
            }
            names.sort_by_key(|(_, answered)| !answered);
            Ok(names)
        })?)
    }

    /// The judge the rubric of an eval asks to be offered.
    fn wanted_model(&self, order: &JudgeOrder) -> Result<Option<String>> {
        let eval = self.eval_named(&order.eval)?;
        Ok(self.rubric_of(&eval)?.judge.model)
    }

    /// A judge by its name, and what it would do.
    pub fn considered(&self, order: &JudgeOrder, judge: &str, because: &str) -> UsableJudge {
        let offer = self.judge_offer(&JudgeOrder {
            judge: judge.to_owned(),
            ..order.clone()
        });
        UsableJudge {
            name: judge.to_owned(),
            because: match &offer {
                Ok(offer) if offer.checks_only => {
                    let (some, all) = offer.checked;
                    format!(
                        "{because}; they answer {some} of {}",
                        counted(all as u64, "question")
                    )
                }
                Ok(offer) if offer.may_pass_on => format!("{because}; may pass texts on"),
                _ => because.to_owned(),
            },
            why_not: offer.as_ref().err().map(ToString::to_string),
            offer: offer.ok(),
        }
    }
}

impl From<UsableJudge> for JudgeChoice {
    fn from(judge: UsableJudge) -> Self {
        let why_not = judge.why_not.unwrap_or_default();
        Self {
            name: judge.name,
            because: judge.because,
            work: judge.offer.map(JudgeWork::from).ok_or(why_not),
        }
    }
}

impl From<Offer> for JudgeWork {
    fn from(offer: Offer) -> Self {
        Self {
            needs_yes: offer.needs_yes(),
            tickets: offer.tickets,
            nothing_to_compare: offer.nothing_to_compare,
            calls: offer.calls,
            planted: probes::texts() as u64,
            tokens: offer.tokens.0 + offer.tokens.1,
            price: match offer.price {
                Cost::Free => Price::Free,
                Cost::Micros(micros) => Price::Micros(micros),
                Cost::Unpriced => Price::Unpriced,
            },
            time: offer.time,
            first_send: offer.first_send,
            place: offer.place,
        }
    }
}

/// What is said of a gateway on this machine, or of a name that stands for a host elsewhere.
pub const PASSES_ON: &str = "a server on this machine may pass the texts on to another host, which cannot be seen from here";

/// An endpoint whose models are not known here.
fn named(place: &str, because: String) -> UsableJudge {
    UsableJudge {
        name: format!("{place}/{UNNAMED}"),
        because,
        offer: None,
        why_not: Some("name a model".to_owned()),
    }
}

/// What stands for a model that has to be named.
const UNNAMED: &str = "MODEL";

impl UsableJudge {
    /// The endpoint whose model has to be named before it can be asked; `None` where nothing is missing.
    pub fn unnamed(&self) -> Option<&str> {
        let (place, model) = self.name.split_once('/')?;
        (model == UNNAMED).then_some(place)
    }
}
