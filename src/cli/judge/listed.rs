//! Which judges could be put to work, and how to get another one.

use serde_json::{Value, json};

use super::told::{offer_json, price};
use crate::cli::{CliError, output};
use crate::engine::judge::UsableJudge;
use crate::text::numbers::{counted, span};

/// Prints what could be put to work.
pub fn usable(usable: &[UsableJudge], json: bool) -> Result<(), CliError> {
    if json {
        let all: Vec<Value> = usable.iter().map(usable_json).collect();
        return output::json(&all);
    }
    for (at, one) in usable.iter().enumerate() {
        let work = match &one.offer {
            Some(offer) if offer.checks_only => "free, at once".to_owned(),
            Some(offer) => {
                let time = offer.time.map_or_else(
                    || "at once".to_owned(),
                    |time| format!("about {}", span(time)),
                );
                format!(
                    "{}, about {} tokens, {}, {time}",
                    counted(offer.calls, "call", "calls"),
                    offer.tokens.0 + offer.tokens.1,
                    price(offer.price)
                )
            }
            None => one.why_not.clone().unwrap_or_default(),
        };
        let (name, because) = (&one.name, &one.because);
        for line in [
            format!("{:>2}  {name}", at + 1),
            format!("    {work}"),
            format!("    {because}"),
        ] {
            output::line(&crate::text::sanitise::line(&line))?;
        }
    }
    Ok(())
}

/// How to get a judge that is not in the list.
pub fn others(usable: &[UsableJudge], eval: &str) -> String {
    let eval = output::word(eval);
    if usable.iter().all(|one| one.name == "checks") {
        return format!(
            "no model is usable here: set a key such as OPENAI_API_KEY or ANTHROPIC_API_KEY, start a server such as ollama, or name an address: `docket judge {eval} --judge MODEL --base-url URL`"
        );
    }
    format!("another model: `docket judge {eval} --judge ENDPOINT/MODEL`")
}

fn usable_json(one: &UsableJudge) -> Value {
    json!({
        "judge": one.name,
        "because": one.because,
        "why_not": one.why_not,
        "offer": one.offer.as_ref().map(offer_json),
    })
}
