//! From a logged request to the question a candidate is asked: the item's messages, tools and parameters, with what
//! the candidate puts in their place. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::value::RawValue;

use crate::domain::failure::Class;
use crate::domain::ids::ItemId;
use crate::domain::json::{Json, decode_string};
use crate::domain::message::Role;
use crate::domain::run::Asked;
use crate::provider::{Ask, Failure, Prompt};

/// Members of a logged request that are no parameters of the model.
const NOT_SENT: [&str; 11] = [
    "model",
    "messages",
    "prompt",
    "system",
    "tools",
    "stream",
    "stream_options",
    "n",
    "metadata",
    "user",
    "store",
];

/// The names a reply's token room goes by, the newest first.
const ROOM: [&str; 3] = ["max_completion_tokens", "max_output_tokens", "max_tokens"];

/// A request taken apart; every value as it was logged.
#[derive(Debug, Default)]
struct Logged {
    messages: Vec<String>,
    tools: Option<String>,
    parameters: BTreeMap<String, String>,
}

/// The question. Fails with `bad_request` where an item holds no request that could be sent.
pub(super) fn ask(
    request: Option<&Json>,
    candidate: &Asked,
    model: &Arc<str>,
) -> Result<Ask, Failure> {
    let unfit = |why: &str| {
        Failure::new(
            Class::BadRequest,
            format!("the item {why}, so nothing can be asked"),
        )
    };
    let request = request.ok_or_else(|| unfit("has no request"))?;
    let mut logged =
        take_apart(request.as_str()).ok_or_else(|| unfit("holds a request without messages"))?;
    if let Some(prompt) = &candidate.prompt {
        logged.messages.retain(|message| !is_standing(message));
        logged
            .messages
            .insert(0, message("system", &Json::string(prompt)));
    }
    if logged.messages.is_empty() {
        return Err(unfit("holds a request without messages"));
    }
    if ROOM
        .iter()
        .any(|name| candidate.parameters.contains_key(*name))
    {
        logged
            .parameters
            .retain(|name, _| !ROOM.contains(&name.as_str()));
    }
    logged.parameters.extend(candidate.parameters.clone());
    let mut take = |name: &str| logged.parameters.remove(name);
    let rooms = ROOM.map(&mut take);
    let room = rooms.into_iter().flatten().next();
    let temperature = take("temperature");
    let seed = take("seed");
    let further = members(&logged.parameters);
    Ok(Ask {
        model: Arc::clone(model),
        prompt: Prompt::Logged {
            messages: Json::trusted(format!("[{}]", logged.messages.join(","))),
            tools: logged.tools.map(Json::trusted),
        },
        shape: None,
        max_output_tokens: room.and_then(|text| text.parse().ok()),
        temperature: temperature.and_then(|text| text.parse().ok()),
        seed: seed.and_then(|text| text.parse().ok()),
        parameters: (!logged.parameters.is_empty()).then(|| Json::trusted(further)),
    })
}

fn take_apart(json: &str) -> Option<Logged> {
    let user = |content: &str| message("user", &Json::trusted(content));
    if decode_string(json).is_some() {
        return Some(Logged {
            messages: vec![user(json)],
            ..Logged::default()
        });
    }
    if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(json) {
        return Some(Logged {
            messages: messages(&list)?,
            ..Logged::default()
        });
    }
    let object = serde_json::from_str::<BTreeMap<String, &RawValue>>(json).ok()?;
    let given = |name: &str| {
        object
            .get(name)
            .map(|raw| raw.get())
            .filter(|raw| *raw != "null")
    };
    let mut read = match (given("messages"), given("prompt")) {
        (Some(list), _) => messages(&serde_json::from_str::<Vec<&RawValue>>(list).ok()?)?,
        (None, Some(prompt)) if decode_string(prompt).is_some() => vec![user(prompt)],
        (None, Some(prompt)) => messages(&serde_json::from_str::<Vec<&RawValue>>(prompt).ok()?)?,
        (None, None) => return None,
    };
    if let Some(system) = given("system") {
        read.insert(0, message("system", &Json::trusted(system)));
    }
    let sent = |(name, raw): (&String, &&RawValue)| {
        (!NOT_SENT.contains(&name.as_str()) && raw.get() != "null")
            .then(|| (name.clone(), raw.get().to_owned()))
    };
    Some(Logged {
        messages: read,
        tools: given("tools")
            .filter(|tools| *tools != "[]")
            .map(str::to_owned),
        parameters: object.iter().filter_map(sent).collect(),
    })
}

/// Messages as they stand; texts among them are the user's. `None` if one is neither.
fn messages(list: &[&RawValue]) -> Option<Vec<String>> {
    list.iter()
        .map(|raw| match raw.get() {
            text if text.starts_with('"') => Some(message("user", &Json::trusted(text))),
            object if object.starts_with('{') => Some(object.to_owned()),
            _ => None,
        })
        .collect()
}

fn message(role: &str, content: &Json) -> String {
    format!("{{\"role\":\"{role}\",\"content\":{}}}", content.as_str())
}

fn is_standing(message: &str) -> bool {
    #[derive(serde::Deserialize)]
    struct Who {
        #[serde(default)]
        role: String,
    }
    let who: Option<Who> = serde_json::from_str(message).ok();
    who.is_some_and(|who| matches!(Role::read(&who.role), Role::System | Role::Developer))
}

fn members(all: &BTreeMap<String, String>) -> String {
    let each = all
        .iter()
        .map(|(name, value)| format!("{}:{value}", Json::string(name).as_str()));
    format!("{{{}}}", each.collect::<Vec<_>>().join(","))
}

/// What a question's answer is remembered by: the item, everything sent, where to, and which rerun it is.
pub(super) fn key(item: &ItemId, place: &str, ask: &Ask, number: u32) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    let mut part = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    part("run 1");
    part(&item.to_string());
    part(place);
    part(&ask.model);
    if let Prompt::Logged { messages, tools } = &ask.prompt {
        part(messages.as_str());
        part(tools.as_ref().map_or("", Json::as_str));
    }
    part(&format!(
        "{:?} {:?} {:?}",
        ask.max_output_tokens, ask.temperature, ask.seed
    ));
    part(ask.parameters.as_ref().map_or("", Json::as_str));
    part(&number.to_string());
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(prompt: Option<&str>, parameters: &[(&str, &str)]) -> Asked {
        Asked {
            model: "local/m".into(),
            place: "here".into(),
            local: true,
            prompt: prompt.map(str::to_owned),
            parameters: parameters
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
        }
    }

    fn sent(request: &str, candidate: &Asked) -> Ask {
        ask(Some(&Json::parse(request).unwrap()), candidate, &"m".into()).unwrap()
    }

    fn messages_of(ask: &Ask) -> &str {
        match &ask.prompt {
            Prompt::Logged { messages, .. } => messages.as_str(),
            Prompt::Written { .. } => unreachable!(),
        }
    }

    #[test]
    fn a_logged_request_is_sent_as_it_was_with_its_parameters() {
        let request = r#"{"model":"old","stream":true,"messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi \u00e9"}],
            "temperature":0.2,"max_tokens":99,"seed":5,"top_p":0.9,"tools":[{"type":"function"}],"metadata":{"x":1}}"#;
        let ask = sent(request, &asked(None, &[]));
        assert_eq!(
            messages_of(&ask),
            r#"[{"role":"system","content":"Be kind."},{"role":"user","content":"Hi \u00e9"}]"#
        );
        assert_eq!(
            (ask.temperature, ask.max_output_tokens, ask.seed),
            (Some(0.2), Some(99), Some(5))
        );
        assert_eq!(ask.parameters.unwrap().as_str(), r#"{"top_p":0.9}"#);
        assert_eq!(&*ask.model, "m");
        assert!(matches!(ask.prompt, Prompt::Logged { tools: Some(_), .. }));
    }

    #[test]
    fn a_new_prompt_takes_the_place_of_standing_instructions_and_of_nothing_else() {
        let request = r#"[{"role":"system","content":"old"},{"role":"developer","content":"older"},{"role":"user","content":"q"}]"#;
        let ask = sent(request, &asked(Some("new \"one\""), &[]));
        assert_eq!(
            messages_of(&ask),
            r#"[{"role":"system","content":"new \"one\""},{"role":"user","content":"q"}]"#
        );
        let bare = sent("\"q\"", &asked(Some("new"), &[]));
        assert_eq!(
            messages_of(&bare),
            r#"[{"role":"system","content":"new"},{"role":"user","content":"q"}]"#
        );
    }

    #[test]
    fn a_candidates_parameters_take_the_place_of_the_items() {
        let ask = sent(
            r#"{"messages":[{"role":"user","content":"q"}],"temperature":1,"top_p":0.5,"max_completion_tokens":900}"#,
            &asked(
                None,
                &[("temperature", "0"), ("top_p", "0.1"), ("max_tokens", "7")],
            ),
        );
        assert_eq!(
            (ask.temperature, ask.max_output_tokens),
            (Some(0.0), Some(7))
        );
        assert_eq!(ask.parameters.unwrap().as_str(), r#"{"top_p":0.1}"#);
    }

    #[test]
    fn what_is_no_request_fails_by_class_and_sends_nothing() {
        for request in [
            None,
            Some("{\"weird\":1}"),
            Some("[1]"),
            Some("[]"),
            Some("7"),
        ] {
            let json = request.map(|text| Json::parse(text).unwrap());
            let failure = ask(json.as_ref(), &asked(None, &[]), &"m".into()).unwrap_err();
            assert_eq!(failure.class, Class::BadRequest, "{request:?}");
        }
    }

    #[test]
    fn another_rerun_place_or_parameter_is_another_question() {
        let base = sent("\"q\"", &asked(None, &[]));
        let warm = sent("\"q\"", &asked(None, &[("temperature", "1")]));
        let (one, two) = (ItemId([1; 16]), ItemId([2; 16]));
        let keys = [
            key(&one, "a", &base, 1),
            key(&one, "a", &base, 2),
            key(&one, "b", &base, 1),
            key(&one, "a", &warm, 1),
            key(&two, "a", &base, 1),
        ];
        let different: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(different.len(), 5);
        assert_eq!(key(&one, "a", &base, 1), keys[0]);
    }
}
