//! A logged chat-completions request, said in the Messages dialect.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::domain::failure::Class;
use crate::domain::json::Json;
use crate::domain::message::{Message, Part, Role, ToolCall};

use crate::provider::Failure;
use crate::provider::body::Body;

/// Writes `system` and `messages`. Neighbours that land on the same side become one message, as the dialect wants.
pub(super) fn messages(body: &mut Body, logged: &Json) -> Result<(), Failure> {
    let raw: Vec<&RawValue> = logged
        .read()
        .map_err(|why| unsayable(&format!("its messages are no list ({why})")))?;
    let read = raw
        .iter()
        .map(|raw| {
            Message::read(raw.get(), Role::User)
                .ok_or_else(|| unsayable("one of its messages cannot be read"))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let (standing, turns): (Vec<_>, Vec<_>) = read
        .into_iter()
        .partition(|message| matches!(message.role, Role::System | Role::Developer));
    let standing: Vec<String> = standing
        .iter()
        .map(Message::plain_text)
        .filter(|text| !text.trim().is_empty())
        .collect();
    if !standing.is_empty() {
        body.text("system", &standing.join("\n\n"));
    }
    let mut sides: Vec<(&str, Vec<String>)> = Vec::new();
    for turn in &turns {
        let side = if turn.role == Role::Assistant {
            "assistant"
        } else {
            "user"
        };
        let blocks = blocks(turn)?;
        match sides.last_mut() {
            Some((last, all)) if *last == side => all.extend(blocks),
            _ => sides.push((side, blocks)),
        }
    }
    sides.retain(|(_, blocks)| !blocks.is_empty());
    if sides.is_empty() {
        return Err(unsayable("it holds no message with content"));
    }
    body.value("messages", |body| {
        for (at, (side, blocks)) in sides.iter().enumerate() {
            body.push(if at == 0 { "[" } else { "," });
            body.push(r#"{"role":"#)
                .string(&[side])
                .push(r#","content":["#);
            body.push(&blocks.join(",")).push("]}");
        }
        body.push("]");
    });
    Ok(())
}

fn blocks(message: &Message) -> Result<Vec<String>, Failure> {
    let text = |text: &str| {
        format!(
            r#"{{"type":"text","text":{}}}"#,
            Json::string(text).as_str()
        )
    };
    if message.role == Role::Tool {
        let id = Json::string(message.tool_call_id.as_deref().unwrap_or_default());
        let content = Json::string(&message.plain_text());
        return Ok(vec![format!(
            r#"{{"type":"tool_result","tool_use_id":{},"content":{}}}"#,
            id.as_str(),
            content.as_str()
        )]);
    }
    let mut blocks = Vec::new();
    for part in &message.parts {
        match part {
            Part::Text(words) if words.trim().is_empty() => {}
            Part::Text(words) => blocks.push(text(words)),
            Part::Other { kind, json } => blocks.push(image(kind, json)?),
        }
    }
    if let Some(refusal) = message.refusal.as_deref().filter(|words| !words.is_empty()) {
        blocks.push(text(refusal));
    }
    for call in &message.tool_calls {
        blocks.push(tool_use(call)?);
    }
    Ok(blocks)
}

fn tool_use(call: &ToolCall) -> Result<String, Failure> {
    let arguments = if call.arguments.trim().is_empty() {
        "{}"
    } else {
        &call.arguments
    };
    let input = Json::parse(arguments)
        .ok()
        .filter(|json| json.as_str().trim_start().starts_with('{'))
        .ok_or_else(|| {
            unsayable(&format!(
                "the arguments of its call of `{}` are no JSON object",
                call.name
            ))
        })?;
    Ok(format!(
        r#"{{"type":"tool_use","id":{},"name":{},"input":{}}}"#,
        Json::string(&call.id).as_str(),
        Json::string(&call.name).as_str(),
        input.as_str()
    ))
}

/// An image by address or inline; any other part has no counterpart.
fn image(kind: &str, json: &Json) -> Result<String, Failure> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        image_url: Address<'a>,
    }
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Address<'a> {
        Plain(#[serde(borrow)] Cow<'a, str>),
        Object {
            #[serde(borrow)]
            url: Cow<'a, str>,
        },
    }
    let refuse = || unsayable(&format!("a part of type `{kind}` has no counterpart there"));
    let wire: Wire<'_> = json.read().map_err(|_| refuse())?;
    let (Address::Plain(url) | Address::Object { url }) = wire.image_url;
    if let Some(inline) = url.strip_prefix("data:") {
        let (media, data) = inline.split_once(";base64,").ok_or_else(refuse)?;
        return Ok(format!(
            r#"{{"type":"image","source":{{"type":"base64","media_type":{},"data":{}}}}}"#,
            Json::string(media).as_str(),
            Json::string(data).as_str()
        ));
    }
    Ok(format!(
        r#"{{"type":"image","source":{{"type":"url","url":{}}}}}"#,
        Json::string(&url).as_str()
    ))
}

#[derive(Deserialize)]
struct Tool<'a> {
    #[serde(borrow, default)]
    function: Option<Function<'a>>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow, default)]
    description: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    parameters: Option<&'a RawValue>,
}

/// Writes `tools`. A tool that is already in this dialect stays as it is.
pub(super) fn tools(body: &mut Body, logged: &Json) -> Result<(), Failure> {
    let raw: Vec<&RawValue> = logged
        .read()
        .map_err(|why| unsayable(&format!("its tools are no list ({why})")))?;
    if raw.is_empty() {
        return Ok(());
    }
    let mut said = Vec::with_capacity(raw.len());
    for raw in raw {
        let tool: Tool<'_> = serde_json::from_str(raw.get())
            .map_err(|why| unsayable(&format!("one of its tools cannot be read ({why})")))?;
        let Some(function) = tool.function else {
            said.push(raw.get().to_owned());
            continue;
        };
        let purpose = Json::string(function.description.as_deref().unwrap_or_default());
        let schema = function
            .parameters
            .map_or(r#"{"type":"object"}"#, RawValue::get);
        said.push(format!(
            r#"{{"name":{},"description":{},"input_schema":{schema}}}"#,
            Json::string(&function.name).as_str(),
            purpose.as_str()
        ));
    }
    body.raw("tools", &format!("[{}]", said.join(",")));
    Ok(())
}

/// A logged choice of tools; `None` for one that is the default here or has no counterpart.
pub(super) fn tool_choice(value: &str) -> Option<String> {
    let word = crate::domain::json::decode_string(value);
    match word.as_deref() {
        Some("required") => Some(r#"{"type":"any"}"#.to_owned()),
        Some("none") => Some(r#"{"type":"none"}"#.to_owned()),
        Some(_) => None,
        None => {
            let tool: Tool<'_> = serde_json::from_str(value).ok()?;
            let name = Json::string(&tool.function?.name);
            Some(format!(r#"{{"type":"tool","name":{}}}"#, name.as_str()))
        }
    }
}

fn unsayable(why: &str) -> Failure {
    Failure::new(
        Class::BadRequest,
        format!(
            "the logged request cannot be sent in the Messages dialect: {why}; leave it out or use another endpoint"
        ),
    )
}
