use serde_json::{Value, json};

use super::*;
use crate::domain::failure::Class;
use crate::domain::json::Json;
use crate::provider::fault::{Answer, Asked};
use crate::provider::testing::{ask, shaped};
use crate::provider::{Failure, Finish, Reply};

fn sent(ask: &Ask, mode: Mode) -> Value {
    let encoded = encode(ask, mode, &Capabilities::default()).unwrap();
    let value: Value = serde_json::from_slice(&encoded.bytes).unwrap();
    let names: Vec<&String> = value.as_object().unwrap().keys().collect();
    assert_eq!(names, encoded.names.iter().collect::<Vec<_>>());
    value
}

fn logged(messages: &Value) -> Ask {
    let mut ask = ask("");
    ask.prompt = Prompt::Logged {
        messages: Json::parse(messages.to_string()).unwrap(),
        tools: None,
    };
    ask
}

fn read(mode: Mode, body: &Value) -> Result<Reply, Failure> {
    let asked = Asked {
        place: "`e`",
        model: "m",
        key: None,
        answers: false,
        mode,
        tool: "verdict",
        names: &[],
    };
    let answer = Answer {
        status: 200,
        raw: body.to_string(),
        ..Answer::default()
    };
    decode(&asked, answer)
}

#[test]
fn the_prefix_that_is_alike_for_all_calls_is_marked_to_be_cached() {
    let body = sent(&ask("q"), Mode::Text);
    assert_eq!(
        body,
        json!({
            "model": "m",
            "max_tokens": 64,
            "system": [{"type": "text", "text": "standing"}],
            "messages": [{"role": "user", "content": [
                {"type": "text", "text": "prefix ", "cache_control": {"type": "ephemeral"}},
                {"type": "text", "text": "q"},
            ]}],
            "temperature": 0,
        })
    );
    let mut bare = ask("q");
    bare.prompt = Prompt::Written {
        system: "standing".into(),
        prefix: "".into(),
        rest: "q".into(),
    };
    bare.max_output_tokens = None;
    let body = sent(&bare, Mode::Text);
    assert_eq!(body["system"][0]["cache_control"]["type"], "ephemeral");
    assert_eq!(
        body["messages"][0]["content"],
        json!([{"type": "text", "text": "q"}])
    );
    assert_eq!(body["max_tokens"], 4_096);
}

#[test]
fn json_is_asked_for_by_schema_or_by_a_forced_tool() {
    let schema = sent(&shaped("q"), Mode::Schema);
    assert_eq!(
        schema["output_config"],
        json!({"format": {"type": "json_schema", "schema": {"type": "object"}}})
    );
    let tool = sent(&shaped("q"), Mode::Tool);
    assert_eq!(tool["tools"][0]["input_schema"], json!({"type": "object"}));
    assert_eq!(
        tool["tool_choice"],
        json!({"type": "tool", "name": "verdict"})
    );
}

#[test]
fn a_logged_conversation_is_said_in_this_dialect() {
    let mut ask = logged(&json!([
        {"role": "system", "content": "be kind"},
        {"role": "user", "content": [{"type": "text", "text": "look"},
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}}]},
        {"role": "assistant", "content": null, "tool_calls": [{"id": "c1", "type": "function",
            "function": {"name": "f", "arguments": "{\"a\":1}"}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "42"},
        {"role": "user", "content": "so?"},
    ]));
    ask.parameters = Some(
        Json::parse(r#"{"stop":"END","top_p":0.9,"n":2,"tool_choice":"required","stream":true}"#)
            .unwrap(),
    );
    if let Prompt::Logged { tools, .. } = &mut ask.prompt {
        let text = r#"[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}]"#;
        *tools = Some(Json::parse(text).unwrap());
    }
    let body = sent(&ask, Mode::Text);
    assert_eq!(body["system"], "be kind");
    assert_eq!(
        body["messages"],
        json!([
            {"role": "user", "content": [{"type": "text", "text": "look"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "QUJD"}}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "f", "input": {"a": 1}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "42"},
                {"type": "text", "text": "so?"}]},
        ])
    );
    assert_eq!(
        body["tools"],
        json!([{"name": "f", "description": "d", "input_schema": {"type": "object"}}])
    );
    assert_eq!(body["tool_choice"], json!({"type": "any"}));
    assert_eq!(body["stop_sequences"], json!(["END"]));
    assert!(body.get("n").is_none() && body.get("stream").is_none());
}

#[test]
fn what_cannot_be_said_in_this_dialect_is_refused_with_the_reason() {
    for messages in [
        json!([]),
        json!({}),
        json!([{"role": "system", "content": "alone"}]),
        json!([{"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]}]),
        json!([{"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{broken"}}]}]),
    ] {
        let failure = encode(&logged(&messages), Mode::Text, &Capabilities::default()).unwrap_err();
        assert_eq!(failure.class, Class::BadRequest, "{messages}");
    }
}

#[test]
fn texts_thoughts_and_the_forced_tool_are_told_apart() {
    let content = json!([
        {"type": "thinking", "thinking": "hm", "signature": "s"},
        {"type": "text", "text": "So: "},
        {"type": "tool_use", "id": "t", "name": "verdict", "input": {"level": 4}},
    ]);
    let body = json!({"type": "message", "model": "c-1", "content": content, "stop_reason": "tool_use",
        "usage": {"input_tokens": 10, "cache_read_input_tokens": 100, "cache_creation_input_tokens": 5, "output_tokens": 7}});
    let forced = read(Mode::Tool, &body).unwrap();
    assert_eq!(
        (forced.text.as_str(), forced.finish),
        (r#"{"level":4}"#, Finish::Stop)
    );
    assert_eq!(forced.reasoning.as_deref(), Some("hm"));
    let usage = forced.usage.unwrap();
    assert_eq!(
        (
            usage.input,
            usage.cached_input,
            usage.cache_write,
            usage.output
        ),
        (115, 100, 5, 7)
    );
    let offered = read(Mode::Text, &body).unwrap();
    assert_eq!(
        (offered.text.as_str(), offered.finish),
        ("So: ", Finish::ToolCalls)
    );
    assert_eq!(offered.tool_calls[0].arguments, r#"{"level":4}"#);
}

#[test]
fn every_reason_to_stop_is_known() {
    for (reason, finish) in [
        ("end_turn", Finish::Stop),
        ("stop_sequence", Finish::Stop),
        ("max_tokens", Finish::Length),
        ("model_context_window_exceeded", Finish::Length),
        ("refusal", Finish::ContentFilter),
        ("pause_turn", Finish::Other("pause_turn".into())),
    ] {
        let body = json!({"content": [], "stop_reason": reason});
        let reply = read(Mode::Schema, &body).unwrap();
        assert_eq!(reply.finish, finish);
        assert_eq!(reply.refusal.is_some(), reason == "refusal");
    }
}

#[test]
fn an_error_or_another_dialect_under_a_good_status_is_no_reply() {
    let error =
        json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    assert_eq!(
        read(Mode::Text, &error).unwrap_err().class,
        Class::RateLimit
    );
    let other = json!({"choices": []});
    assert_eq!(
        read(Mode::Text, &other).unwrap_err().class,
        Class::Unparsable
    );
}
