//! The words of a model out of the body of a reply, for people who read what came.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::message::{Message, Part, Role};

/// The parts of a body that hold the message, in both dialects that are spoken.
#[derive(Deserialize)]
struct Body<'a> {
    #[serde(borrow, default)]
    choices: Vec<Choice<'a>>,
    #[serde(borrow, default)]
    content: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Choice<'a> {
    #[serde(borrow)]
    message: &'a RawValue,
}

#[derive(Deserialize)]
struct ToolUse<'a> {
    #[serde(borrow)]
    input: &'a RawValue,
}

/// What the model wrote: its text, else what it gave to a tool, else its refusal. `None` if the body is none of a chat
/// completion or of a message, or holds nothing.
pub fn written(body: &str) -> Option<String> {
    let read: Body<'_> = serde_json::from_str(body).ok()?;
    let message = match (read.choices.first(), read.content) {
        (Some(choice), _) => choice.message.get(),
        // The whole body is the message.
        (None, Some(_)) => body,
        (None, None) => return None,
    };
    let message = Message::read(message, Role::Assistant)?;
    let text = message.plain_text();
    if !text.trim().is_empty() {
        return Some(text);
    }
    let given = message.parts.iter().find_map(|part| match part {
        Part::Other { kind, json } if kind == "tool_use" => json
            .read::<ToolUse<'_>>()
            .ok()
            .map(|call| call.input.get().to_owned()),
        _ => None,
    });
    let call = message.tool_calls.into_iter().next();
    given
        .or_else(|| call.map(|call| call.arguments))
        .or(message.refusal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_is_found_in_the_body_of_either_dialect() {
        for (body, words) in [
            (
                r#"{"choices":[{"message":{"content":"Level 4."}}]}"#,
                Some("Level 4."),
            ),
            (
                r#"{"choices":[{"message":{"content":null,"tool_calls":[{"function":{"name":"v","arguments":"{\"level\":4}"}}]}}]}"#,
                Some("{\"level\":4}"),
            ),
            (
                r#"{"choices":[{"message":{"content":"","refusal":"I cannot."}}]}"#,
                Some("I cannot."),
            ),
            (
                r#"{"role":"assistant","content":[{"type":"text","text":"Level 4."}]}"#,
                Some("Level 4."),
            ),
            (
                r#"{"role":"assistant","content":[{"type":"tool_use","name":"v","input":{"level":4}}]}"#,
                Some("{\"level\":4}"),
            ),
            (r#"{"choices":[]}"#, None),
            (r#"{"verdict_id":"0123456789ab","level":4}"#, None),
            ("VERDICT 0123456789ab quality 4", None),
        ] {
            assert_eq!(written(body).as_deref(), words, "{body}");
        }
    }
}
