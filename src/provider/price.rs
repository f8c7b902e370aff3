//! What calls cost: a dated table, whole micro-units of money, and estimates before anything is sent.
//!
//! A model that is not in the table is unpriced, which is not the same as free. Only a model on this machine is free,
//! and not one that a server on this machine may ask for elsewhere.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{Ask, Endpoint, Estimate, Prompt, Usage};

const TABLE: &str = include_str!("../../data/prices.toml");
/// Room assumed for a reply whose room is not limited.
const OPEN_ROOM: u64 = 4_096;

/// Prices in micro-units of money per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Tokens of the question.
    pub input: u32,
    /// Tokens read from the endpoint's cache.
    pub cached_input: u32,
    /// Tokens written into it.
    pub cache_write: u32,
    /// Tokens of the reply, hidden reasoning included.
    pub output: u32,
}

/// What is known of a model's price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priced {
    /// It runs on this machine.
    Free,
    /// It stands in the table.
    Known(Price),
    /// Nobody knows; never shown as 0.
    Unpriced,
}

/// The price table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The day the table was written, `YYYY-MM-DD`.
    pub date: String,
    /// Its currency.
    pub currency: String,
    /// Where the numbers are from.
    pub source: String,
    /// Endpoint name, then model.
    #[serde(rename = "prices")]
    endpoints: BTreeMap<String, BTreeMap<String, Price>>,
}

impl Prices {
    /// The table that comes with the program; empty if it cannot be read, which a test rules out.
    pub fn built_in() -> Self {
        Self::read(TABLE).unwrap_or_else(|_| Self {
            date: String::new(),
            currency: String::new(),
            source: String::new(),
            endpoints: BTreeMap::new(),
        })
    }

    /// Reads a table.
    pub fn read(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// The models of an endpoint that have a price, in the order of the table.
    pub fn models(&self, endpoint: &str) -> Vec<&str> {
        let found = self.endpoints.get(endpoint);
        found
            .into_iter()
            .flat_map(|models| models.keys().map(String::as_str))
            .collect()
    }

    /// The model of an endpoint to offer where none is named: of those with a price, one a quarter up from the
    /// cheapest price there is, the last by name among equals, which is the newest where versions are numbered.
    pub fn usual(&self, endpoint: &str) -> Option<&str> {
        let models = self.endpoints.get(endpoint)?;
        let prices: BTreeSet<u32> = models.values().map(|price| price.output).collect();
        let wanted = prices.iter().nth(prices.len() / 4)?;
        let mut fitting = models.iter().filter(|(_, price)| price.output == *wanted);
        fitting.next_back().map(|(model, _)| model.as_str())
    }

    /// What is known of the price of `model` at this endpoint. A dated model (`gpt-4.1-2025-04-14`) costs what
    /// its undated name costs, unless it has a line of its own.
    pub fn of(&self, endpoint: &Endpoint, model: &str) -> Priced {
        if endpoint.is_local() {
            return if endpoint.may_pass_on() {
                Priced::Unpriced
            } else {
                Priced::Free
            };
        }
        // A table of the vendor's own prices says nothing about another host that goes by its name.
        let own = super::known::find(&endpoint.name)
            .is_some_and(|known| known.url.contains(&format!("//{}", endpoint.host())));
        let found = self
            .endpoints
            .get(&endpoint.name)
            .filter(|_| own)
            .and_then(|models| models.get(model).or_else(|| models.get(undated(model))));
        found.map_or(Priced::Unpriced, |price| Priced::Known(*price))
    }
}

/// The name without `-20250929`, `-2025-04-14` or `-latest` at its end.
fn undated(model: &str) -> &str {
    let bare = model.strip_suffix("-latest").unwrap_or(model);
    let digits = |text: &str| {
        text.bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'-')
    };
    [8, 10]
        .iter()
        .filter_map(|length| bare.len().checked_sub(length + 1))
        .find(|&at| {
            bare.is_char_boundary(at) && bare[at..].starts_with("-20") && digits(&bare[at..])
        })
        .map_or(bare, |at| &bare[..at])
}

impl Price {
    /// The cost in micro-units, rounded up.
    pub fn cost(&self, usage: Usage) -> i64 {
        let cached = usage.cached_input.min(usage.input);
        let written = usage.cache_write.min(usage.input - cached);
        let plain = usage.input - cached - written;
        let sum = [
            (plain, self.input),
            (cached, self.cached_input),
            (written, self.cache_write),
            (usage.output, self.output),
        ]
        .iter()
        .map(|&(tokens, price)| u128::from(tokens) * u128::from(price))
        .sum::<u128>();
        i64::try_from(sum.div_ceil(1_000_000)).unwrap_or(i64::MAX)
    }

    /// The most an estimate can cost, in micro-units.
    pub fn most(&self, estimate: Estimate) -> i64 {
        let dearest = self.input.max(self.cache_write);
        let whole = Self {
            input: dearest,
            ..*self
        };
        whole.cost(Usage {
            input: estimate.input,
            output: estimate.output,
            ..Usage::default()
        })
    }
}

impl Priced {
    /// The cost in micro-units; `None` for an unknown price.
    pub fn cost(&self, usage: Usage) -> Option<i64> {
        match self {
            Self::Free => Some(0),
            Self::Known(price) => Some(price.cost(usage)),
            Self::Unpriced => None,
        }
    }
}

/// What a question needs, from its characters: a token per four ASCII signs and per other character, a tenth and
/// 16 tokens on top for what dialects add.
pub fn estimate(ask: &Ask) -> Estimate {
    let text = match &ask.prompt {
        Prompt::Written {
            system,
            prefix,
            rest,
        } => tokens(system) + tokens(prefix) + tokens(rest),
        Prompt::Logged { messages, tools } => {
            tokens(messages.as_str()) + tools.as_ref().map_or(0, |tools| tokens(tools.as_str()))
        }
    };
    let shape = ask
        .shape
        .as_ref()
        .map_or(0, |shape| tokens(shape.schema.as_str()));
    let plain = text + shape;
    Estimate {
        input: plain + plain / 10 + 16,
        output: ask.max_output_tokens.map_or(OPEN_ROOM, u64::from),
    }
}

fn tokens(text: &str) -> u64 {
    let ascii = text.bytes().filter(u8::is_ascii).count();
    // Their first bytes: this counts many at once.
    let others = text.bytes().filter(|byte| *byte >= 0xc0).count();
    (ascii.div_ceil(4) + others) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_in_the_currency_of_the_table() {
        assert_eq!(
            Prices::built_in().currency,
            crate::domain::currency::CURRENCY
        );
    }

    const NO_VARIABLE: fn(&str) -> Option<String> = |_| None;

    fn openai() -> Endpoint {
        Endpoint::known("openai", NO_VARIABLE).unwrap()
    }

    #[test]
    fn the_table_of_the_program_can_be_read_and_says_its_day_and_source() {
        let table = Prices::read(TABLE).unwrap();
        assert!(!table.date.is_empty() && !table.source.is_empty());
        for (endpoint, models) in &table.endpoints {
            assert!(super::super::known::find(endpoint).is_some(), "{endpoint}");
            for (model, price) in models {
                assert!(price.cached_input <= price.input, "{model}");
                assert!(price.input <= price.cache_write, "{model}");
                assert!(price.input <= price.output, "{model}");
            }
        }
    }

    #[test]
    fn a_cost_counts_cached_and_written_tokens_apart_and_rounds_up() {
        let price = Price {
            input: 2_000_000,
            cached_input: 500_000,
            cache_write: 2_500_000,
            output: 8_000_000,
        };
        let usage = Usage {
            input: 1_000,
            cached_input: 400,
            cache_write: 100,
            output: 50,
            reasoning: 20,
        };
        // 500 plain, 400 cached, 100 written, 50 out.
        assert_eq!(price.cost(usage), 1_000 + 200 + 250 + 400);
        let one = Usage {
            cached_input: 1,
            input: 1,
            ..Usage::default()
        };
        assert_eq!(price.cost(one), 1);
        let absurd = Usage {
            input: 5,
            cached_input: 9,
            cache_write: 9,
            output: u64::MAX,
            ..Usage::default()
        };
        assert!(price.cost(absurd) > 0);
        let held = price.most(Estimate {
            input: 1_000,
            output: 50,
        });
        assert!(held >= price.cost(usage));
    }

    #[test]
    fn an_unknown_price_is_not_zero_and_this_machine_is_free() {
        let table = Prices::built_in();
        let unknown = table.of(&openai(), "no-such-model");
        assert_eq!(unknown, Priced::Unpriced);
        assert_eq!(unknown.cost(Usage::default()), None);
        let local = Endpoint::at("http://127.0.0.1:8000").unwrap();
        assert_eq!(table.of(&local, "any"), Priced::Free);
    }

    #[test]
    fn what_a_server_on_this_machine_may_pass_on_is_unpriced_and_not_free() {
        let table = Prices::built_in();
        let at = |given: &str, url: Option<&str>| {
            let (endpoint, model) = Endpoint::parse(given, url, NO_VARIABLE).unwrap();
            (table.of(&endpoint, &model), endpoint.may_pass_on())
        };
        for relayed in [
            "litellm/gpt-4.1",
            "openai/gpt-4.1@http://127.0.0.1:9000/v1",
            "groq/m@http://localhost:1/v1",
        ] {
            assert_eq!(at(relayed, None), (Priced::Unpriced, true), "{relayed}");
        }
        for own in ["ollama/qwen3", "vllm/m", "llamacpp/m", "lmstudio/m"] {
            assert_eq!(at(own, None), (Priced::Free, false), "{own}");
        }
        let unnamed = at("my-model", Some("http://localhost:9000/v1"));
        assert_eq!(unnamed, (Priced::Free, false));
        let remote = at("litellm/gpt-4.1", Some("https://gate.example.com"));
        assert_eq!(
            remote,
            (Priced::Unpriced, false),
            "what is elsewhere is told as such"
        );
    }

    #[test]
    fn a_dated_model_costs_what_its_name_costs() {
        let table = Prices::built_in();
        let plain = table.of(&openai(), "gpt-4.1");
        assert!(matches!(plain, Priced::Known(_)));
        assert_eq!(table.of(&openai(), "gpt-4.1-2025-04-14"), plain);
        assert_eq!(table.of(&openai(), "gpt-4.1-20250414"), plain);
        assert_eq!(table.of(&openai(), "gpt-4.1-preview"), Priced::Unpriced);
    }

    #[test]
    fn the_vendors_prices_do_not_hold_at_another_host() {
        let (elsewhere, model) = Endpoint::parse(
            "openai/gpt-4.1",
            Some("https://gate.example.com"),
            NO_VARIABLE,
        )
        .unwrap();
        assert_eq!(Prices::built_in().of(&elsewhere, &model), Priced::Unpriced);
    }

    #[test]
    fn letters_of_other_scripts_are_not_estimated_as_quarters() {
        assert_eq!(tokens("abcdefgh"), 2);
        assert_eq!(tokens("質問です"), 4);
        assert_eq!(tokens(""), 0);
    }

    #[test]
    fn where_no_model_is_named_neither_the_cheapest_nor_the_dearest_is_offered() {
        let table = Prices::built_in();
        for endpoint in ["openai", "anthropic"] {
            let usual = table.usual(endpoint).unwrap();
            let output = |model: &str| table.endpoints[endpoint][model].output;
            let all = || table.endpoints[endpoint].values().map(|price| price.output);
            assert!(output(usual) > all().min().unwrap(), "{usual}");
            assert!(output(usual) * 3 < all().max().unwrap(), "{usual}");
        }
        assert_eq!(table.usual("nowhere"), None);
    }
}
