//! Chat messages and requests, read from the JSON a log keeps.
//!
//! Reading is lenient, because logs are: an unknown role or part is kept and shown, invalid tool arguments
//! stay text. What cannot be read as a message at all is shown as the JSON it is.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::json::{Json, decode_string};

/// Who speaks.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Role {
    /// Standing instructions.
    System,
    /// Standing instructions of the newer dialect.
    Developer,
    /// The person.
    User,
    /// The model.
    Assistant,
    /// The result of a tool call.
    Tool,
    /// A role this program does not know, as it was written.
    Other(String),
}

impl Role {
    /// Reads a role name of any dialect (`human`, `gpt`, `model`, `function`, ...).
    pub fn read(name: &str) -> Self {
        match name {
            "system" => Self::System,
            "developer" => Self::Developer,
            "user" | "human" => Self::User,
            "assistant" | "gpt" | "chatgpt" | "bing" | "bard" | "model" | "ai" => Self::Assistant,
            "tool" | "function" | "observation" | "ipython" => Self::Tool,
            other => Self::Other(other.to_owned()),
        }
    }

    /// The name in the chat-completions dialect.
    pub fn name(&self) -> &str {
        match self {
            Self::System => "system",
            Self::Developer => "developer",
            Self::User => "user",
            Self::Assistant => "assistant",
            Self::Tool => "tool",
            Self::Other(name) => name,
        }
    }
}

/// One piece of a message's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text.
    Text(String),
    /// Anything else (image, audio, file): its type and its JSON.
    Other {
        /// The part's `type`.
        kind: String,
        /// The part as logged.
        json: Json,
    },
}

/// A call of a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    /// The call's id, empty if the log has none.
    pub id: String,
    /// The function's name.
    pub name: String,
    /// The arguments as text; usually JSON, not always valid.
    pub arguments: String,
}

impl ToolCall {
    /// The call in a line, as a judge reads and quotes it.
    pub fn line(&self) -> String {
        format!("[tool call] {}({})", self.name, self.arguments)
    }
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Who speaks.
    pub role: Role,
    /// The content in order; empty for `null`.
    pub parts: Vec<Part>,
    /// Calls the model asked for.
    pub tool_calls: Vec<ToolCall>,
    /// The call this message answers.
    pub tool_call_id: Option<String>,
    /// The speaker's name.
    pub name: Option<String>,
    /// A refusal given in its own field.
    pub refusal: Option<String>,
    /// Reasoning given in its own field.
    pub reasoning: Option<String>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default)]
    role: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tool_calls: Option<&'a RawValue>,
    #[serde(borrow, default)]
    function_call: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tool_call_id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    refusal: Option<Cow<'a, str>>,
    #[serde(borrow, default, alias = "reasoning")]
    reasoning_content: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct WirePart<'a> {
    #[serde(borrow, default, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    text: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    refusal: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct WireCall<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    function: Option<WireFunction<'a>>,
}

#[derive(Deserialize)]
struct WireFunction<'a> {
    #[serde(borrow, default)]
    name: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

impl Message {
    /// A message of text only.
    pub fn text(role: Role, text: impl Into<String>) -> Self {
        Self {
            role,
            parts: vec![Part::Text(text.into())],
            tool_calls: Vec::new(),
            tool_call_id: None,
            name: None,
            refusal: None,
            reasoning: None,
        }
    }

    /// Reads a message; a JSON string is a text of `default_role`; `None` if it is no message.
    pub fn read(json: &str, default_role: Role) -> Option<Self> {
        if let Some(text) = decode_string(json) {
            return Some(Self::text(default_role, text));
        }
        let wire: Wire<'_> = serde_json::from_str(json).ok()?;
        let mut tool_calls = wire.tool_calls.map(read_calls).unwrap_or_default();
        if let Some(call) = wire
            .function_call
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
        {
            tool_calls.push(read_function("", call));
        }
        let mut refusal = wire.refusal.map(Cow::into_owned);
        let parts = wire
            .content
            .map(|raw| read_parts(raw.get(), &mut refusal))
            .unwrap_or_default();
        Some(Self {
            role: wire.role.map_or(default_role, |name| Role::read(&name)),
            parts,
            tool_calls,
            tool_call_id: wire.tool_call_id.map(Cow::into_owned),
            name: wire.name.map(Cow::into_owned),
            refusal,
            reasoning: wire.reasoning_content.map(Cow::into_owned),
        })
    }

    /// All text parts, joined.
    pub fn plain_text(&self) -> String {
        let texts = self.parts.iter().filter_map(|part| match part {
            Part::Text(text) => Some(text.as_str()),
            Part::Other { .. } => None,
        });
        texts.collect::<Vec<_>>().join("\n")
    }

    /// The same without a copy where the message is one text.
    pub fn into_text(mut self) -> String {
        match self.parts.as_mut_slice() {
            [Part::Text(text)] => std::mem::take(text),
            _ => self.plain_text(),
        }
    }
}

fn read_calls(raw: &RawValue) -> Vec<ToolCall> {
    let calls: Vec<WireCall<'_>> = serde_json::from_str(raw.get()).unwrap_or_default();
    let read = |call: WireCall<'_>| {
        let id = call.id.unwrap_or_default();
        let function = call.function.unwrap_or(WireFunction {
            name: None,
            arguments: None,
        });
        read_function(&id, function)
    };
    calls.into_iter().map(read).collect()
}

fn read_function(id: &str, function: WireFunction<'_>) -> ToolCall {
    let arguments = function
        .arguments
        .map(|raw| decode_string(raw.get()).map_or_else(|| raw.get().to_owned(), Cow::into_owned));
    ToolCall {
        id: id.to_owned(),
        name: function.name.unwrap_or_default().into_owned(),
        arguments: arguments.unwrap_or_default(),
    }
}

fn read_parts(json: &str, refusal: &mut Option<String>) -> Vec<Part> {
    if json == "null" {
        return Vec::new();
    }
    if let Some(text) = decode_string(json) {
        return vec![Part::Text(text.into_owned())];
    }
    let Ok(parts) = serde_json::from_str::<Vec<&RawValue>>(json) else {
        return vec![other("content", json)];
    };
    let mut read = Vec::with_capacity(parts.len());
    for raw in parts {
        let Ok(part) = serde_json::from_str::<WirePart<'_>>(raw.get()) else {
            read.push(
                decode_string(raw.get())
                    .map_or_else(|| other("part", raw.get()), |t| Part::Text(t.into_owned())),
            );
            continue;
        };
        if let Some(text) = part.text {
            read.push(Part::Text(text.into_owned()));
        } else if let Some(text) = part.refusal {
            *refusal = Some(text.into_owned());
        } else {
            read.push(other(part.kind.as_deref().unwrap_or("part"), raw.get()));
        }
    }
    read
}

fn other(kind: &str, json: &str) -> Part {
    Part::Other {
        kind: kind.to_owned(),
        json: Json::trusted(json),
    }
}

/// What was asked of the model.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// The conversation so far, standing instructions included.
    pub messages: Vec<Message>,
    /// The tools offered, JSON as logged.
    pub tools: Option<Json>,
    /// Whether tools may be called in parallel, if the log says.
    pub parallel_tool_calls: Option<bool>,
    /// The request as logged when it could not be read as messages.
    pub unread: Option<Json>,
}

#[derive(Deserialize)]
struct WireRequest<'a> {
    #[serde(borrow, default)]
    messages: Option<Vec<&'a RawValue>>,
    #[serde(borrow, default)]
    prompt: Option<&'a RawValue>,
    #[serde(borrow, default)]
    system: Option<&'a RawValue>,
    #[serde(borrow, default)]
    tools: Option<&'a RawValue>,
    #[serde(default)]
    parallel_tool_calls: Option<bool>,
}

impl Request {
    /// Reads a request: a string, an array of messages, or an object with `messages` (or `prompt`).
    pub fn read(json: &Json) -> Self {
        Self::read_text(json.as_str())
    }

    /// The same from text that is known to be JSON.
    pub fn read_text(text: &str) -> Self {
        if let Some(prompt) = decode_string(text) {
            return Self {
                messages: vec![Message::text(Role::User, prompt)],
                ..Self::default()
            };
        }
        if let Ok(list) = serde_json::from_str::<Vec<&RawValue>>(text) {
            return Self::of_messages(&list).unwrap_or_else(|| Self::unread(text));
        }
        let Ok(wire) = serde_json::from_str::<WireRequest<'_>>(text) else {
            return Self::unread(text);
        };
        let list = match (&wire.messages, wire.prompt) {
            (Some(list), _) => list.clone(),
            (None, Some(prompt)) => vec![prompt],
            (None, None) => return Self::unread(text),
        };
        let Some(mut request) = Self::of_messages(&list) else {
            return Self::unread(text);
        };
        if let Some(system) = wire.system.filter(|raw| raw.get() != "null") {
            let parts = read_parts(system.get(), &mut None);
            request.messages.insert(
                0,
                Message {
                    parts,
                    ..Message::text(Role::System, "")
                },
            );
        }
        request.tools = wire
            .tools
            .filter(|raw| raw.get() != "null")
            .map(|raw| Json::trusted(raw.get()));
        request.parallel_tool_calls = wire.parallel_tool_calls;
        request
    }

    fn of_messages(list: &[&RawValue]) -> Option<Self> {
        let messages: Option<Vec<_>> = list
            .iter()
            .map(|raw| Message::read(raw.get(), Role::User))
            .collect();
        messages.map(|messages| Self {
            messages,
            ..Self::default()
        })
    }

    fn unread(json: &str) -> Self {
        Self {
            unread: Some(Json::trusted(json)),
            ..Self::default()
        }
    }

    /// The request's own words: what people and tools said, without standing instructions and tool schemas.
    /// Near-duplicates and held-out rules compare this, so that a shared system prompt joins nothing.
    pub fn own_text(&self) -> String {
        let own = self
            .messages
            .iter()
            .filter(|m| !matches!(m.role, Role::System | Role::Developer));
        let mut text = own.map(Message::plain_text).collect::<Vec<_>>().join("\n");
        if let Some(json) = &self.unread {
            text.push_str(json.as_str());
        }
        text
    }

    /// The own words of a request in JSON, copied no more often than its form asks for.
    pub fn own_text_of(json: &str) -> Cow<'_, str> {
        if let Some(text) = decode_string(json) {
            return text;
        }
        let mut request = Self::read_text(json);
        if request.unread.is_some() {
            return Cow::Owned(request.own_text());
        }
        request
            .messages
            .retain(|m| !matches!(m.role, Role::System | Role::Developer));
        match request.messages.len() {
            1 => Cow::Owned(request.messages.remove(0).into_text()),
            _ => Cow::Owned(request.own_text()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(json: &str) -> Request {
        Request::read(&Json::parse(json).unwrap())
    }

    #[test]
    fn a_string_is_one_user_message() {
        assert_eq!(
            request(r#""2+2?""#).messages,
            vec![Message::text(Role::User, "2+2?")]
        );
    }

    #[test]
    fn own_text_leaves_the_system_prompt_and_the_tools_out() {
        let read = request(
            r#"{"model":"m","tools":[{"x":1}],"messages":[{"role":"system","content":"be kind"},
                {"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"u"}}]}]}"#,
        );
        assert_eq!(read.own_text(), "hi");
        for json in [
            r#""a\nb""#,
            r#"[{"role":"system","content":"s"},{"role":"user","content":"hi"}]"#,
            r#"{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]}"#,
            r#"[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]"#,
            r#"{"weird":1}"#,
        ] {
            assert_eq!(
                Request::own_text_of(json),
                request(json).own_text(),
                "{json}"
            );
        }
        assert!(read.tools.is_some());
        assert!(
            matches!(&read.messages[1].parts[1], Part::Other { kind, .. } if kind == "image_url")
        );
    }

    #[test]
    fn broken_tool_arguments_stay_text() {
        let message = Message::read(
            r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":"}}]}"#,
            Role::Assistant,
        )
        .unwrap();
        assert_eq!(message.tool_calls[0].arguments, "{\"a\":");
        assert!(message.parts.is_empty());
    }

    #[test]
    fn what_is_no_message_is_kept_as_json() {
        assert!(request("{\"weird\":1}").unread.is_some());
        assert!(request("[1,2]").unread.is_some());
    }
}
