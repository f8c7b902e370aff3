//! How a judge that read before is put to work again: its name, and its address as far as that was kept.
//!
//! Of an address only the host is kept, so that no path or query that may hold a secret gets into a workspace. The
//! usual path is put behind it, and whoever offers the address says that it may be another one by now.

use crate::domain::judge_version::{JudgeKind, JudgeVersion};
use crate::provider::Endpoint;

/// What is written after `--judge`, and the address after `--base-url` if the name alone does not lead there.
pub(in crate::engine) fn named(version: &JudgeVersion) -> (String, Option<String>) {
    match version.kind {
        JudgeKind::Checks => ("checks".to_owned(), None),
        JudgeKind::Scripted => {
            let file = version.model.as_deref().unwrap_or_default();
            (format!("scripted:{file}"), None)
        }
        JudgeKind::Model | JudgeKind::Imported => {
            let elsewhere = elsewhere(version, bare(version));
            // At an address of its own a model goes by its own name, unless the endpoint is known by one.
            let known = Endpoint::parse(bare(version), None, |name| std::env::var(name).ok());
            let own = version.model.as_deref().filter(|_| known.is_err());
            let name = own.filter(|_| elsewhere.is_some());
            (name.unwrap_or(bare(version)).to_owned(), elsewhere)
        }
    }
}

/// The same as one name, `qwen3@http://gpu-box:8000/v1`, for places that take no address beside it; `None` for a judge
/// nobody here can ask.
pub(in crate::engine) fn in_one(version: &JudgeVersion) -> Option<String> {
    if version.kind == JudgeKind::Imported {
        return None;
    }
    Some(match named(version) {
        (name, None) => name,
        (name, Some(address)) => format!("{name}@{address}"),
    })
}

/// The name without what says that it learned.
fn bare(version: &JudgeVersion) -> &str {
    let name = version.name.as_str();
    match name.split_once(" + ") {
        Some((bare, _)) if version.learns() => bare,
        _ => name,
    }
}

/// The address a model was asked at, if its name alone does not lead there from here.
fn elsewhere(version: &JudgeVersion, name: &str) -> Option<String> {
    if name.starts_with("local/") {
        return None;
    }
    let var = |name: &str| std::env::var(name).ok();
    let there = Endpoint::parse(name, None, var).map(|(endpoint, _)| endpoint.place());
    match there {
        Ok(place) if Some(&place) == version.place.as_ref() => None,
        _ => version
            .place
            .as_deref()
            .map(|place| address(place, version.local)),
    }
}

/// The address of a place, of which name and host are kept: its usual path, in the clear on this machine alone.
fn address(place: &str, local: bool) -> String {
    let host = match place.split_once('(') {
        Some((_, host)) => host.trim_end_matches(')'),
        None => place.trim_matches('`'),
    };
    let scheme = if local { "http" } else { "https" };
    format!("{scheme}://{host}/v1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_judge_at_an_address_of_its_own_is_named_with_that_address() {
        for (place, local, said) in [
            ("`localhost:9000`", true, "http://localhost:9000/v1"),
            ("`openai` (gate.example)", false, "https://gate.example/v1"),
        ] {
            assert_eq!(address(place, local), said);
        }
    }

    #[test]
    fn the_one_name_of_a_judge_leads_to_where_it_was_asked() {
        for given in [
            "qwen3@http://localhost:9000/v1",
            "openai/m@https://gate.example/v1",
        ] {
            let (endpoint, model) = Endpoint::parse(given, None, |_| None).unwrap();
            let version = JudgeVersion {
                kind: JudgeKind::Model,
                place: Some(endpoint.place()),
                local: endpoint.is_local(),
                model: Some(model.clone()),
                ..JudgeVersion::imported(&format!("{}/{model}", endpoint.name))
            };
            assert_eq!(in_one(&version).as_deref(), Some(given));
        }
        assert_eq!(in_one(&JudgeVersion::imported("somebody")), None);
    }
}
