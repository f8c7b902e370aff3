use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::domain::failure::Class;
use crate::domain::json::Json;
use crate::provider::fault::{Answer, Asked};
use crate::provider::testing::{ask, shaped};
use crate::provider::{Failure, Finish, Reply};

fn sent(ask: &Ask, mode: Mode, found: &Capabilities) -> Value {
    let encoded = encode(ask, mode, found, RoomName::MaxTokens);
    let value: Value = serde_json::from_slice(&encoded.bytes).unwrap();
    let names: Vec<&String> = value.as_object().unwrap().keys().collect();
    assert_eq!(names, encoded.names.iter().collect::<Vec<_>>());
    value
}

fn read(mode: Mode, body: &str) -> Result<Reply, Failure> {
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
        took: Duration::from_millis(5),
        raw: body.to_owned(),
        ..Answer::default()
    };
    decode(&asked, answer)
}

fn message(message: &Value, finish: &str) -> String {
    json!({"choices": [{"message": message, "finish_reason": finish}]}).to_string()
}

#[test]
fn each_form_of_json_is_asked_for_in_its_own_way() {
    let found = Capabilities::default();
    let plain = sent(&ask("q \"quoted\"\n"), Mode::Schema, &found);
    assert_eq!(
        plain,
        json!({
            "model": "m",
            "messages": [
                {"role": "system", "content": "standing"},
                {"role": "user", "content": "prefix q \"quoted\"\n"},
            ],
            "max_tokens": 64, "temperature": 0, "seed": 7,
        })
    );
    let schema = sent(&shaped("q"), Mode::Schema, &found);
    assert_eq!(
        schema["response_format"],
        json!({"type": "json_schema", "json_schema": {"name": "verdict", "strict": true, "schema": {"type": "object"}}})
    );
    let tool = sent(&shaped("q"), Mode::Tool, &found);
    assert_eq!(
        tool["tools"][0]["function"]["parameters"],
        json!({"type": "object"})
    );
    assert_eq!(
        tool["tool_choice"],
        json!({"type": "function", "function": {"name": "verdict"}})
    );
    let json_mode = sent(&shaped("q"), Mode::Json, &found);
    assert_eq!(json_mode["response_format"], json!({"type": "json_object"}));
    assert!(
        sent(&shaped("q"), Mode::Text, &found)
            .get("response_format")
            .is_none()
    );
}

#[test]
fn refused_parameters_stay_out_and_the_room_takes_its_newer_name() {
    let mut found = Capabilities::default();
    found.refuse("temperature", RoomName::MaxTokens);
    found.refuse("max_tokens", RoomName::MaxTokens);
    found.refuse("top_p", RoomName::MaxTokens);
    let mut ask = ask("q");
    ask.parameters = Some(Json::parse(r#"{"top_p":0.5,"stop":["a"]}"#).unwrap());
    let body = sent(&ask, Mode::Text, &found);
    assert_eq!(body["max_completion_tokens"], 64);
    assert_eq!(body["stop"], json!(["a"]));
    for gone in ["max_tokens", "temperature", "top_p"] {
        assert!(body.get(gone).is_none(), "{gone}");
    }
}

#[test]
fn a_logged_request_is_sent_on_as_it_was_but_whole_and_once() {
    let messages = r#"[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:x"}}]},{"role":"user","content":"\u00e9"}]"#;
    let mut ask = ask("");
    ask.prompt = Prompt::Logged {
        messages: Json::parse(messages).unwrap(),
        tools: Some(Json::parse(r#"[{"type":"function","function":{"name":"f"}}]"#).unwrap()),
    };
    ask.max_output_tokens = None;
    ask.parameters = Some(
        Json::parse(r#"{"stream":true,"n":4,"model":"old","temperature":0.7,"max_completion_tokens":9,"tool_choice":"auto"}"#).unwrap(),
    );
    let encoded = encode(
        &ask,
        Mode::Text,
        &Capabilities::default(),
        RoomName::MaxTokens,
    );
    let text = String::from_utf8(encoded.bytes.clone()).unwrap();
    assert!(text.contains(messages));
    let body: Value = serde_json::from_slice(&encoded.bytes).unwrap();
    assert_eq!(body["model"], "m");
    assert_eq!(body["temperature"], 0);
    assert_eq!(body["max_tokens"], 9);
    assert_eq!(body["tool_choice"], "auto");
    assert_eq!(body["tools"][0]["function"]["name"], "f");
    for gone in ["stream", "n"] {
        assert!(body.get(gone).is_none(), "{gone}");
    }
    ask.shape = Some(Arc::new(Shape {
        name: "verdict".into(),
        schema: Json::parse("{}").unwrap(),
    }));
    let forced = sent(&ask, Mode::Tool, &Capabilities::default());
    assert_eq!(forced["tools"].as_array().unwrap().len(), 1);
}

#[test]
fn content_comes_as_text_or_as_parts() {
    for content in [
        json!("a\u{e9}b"),
        json!([{"type": "text", "text": "a"}, {"type": "text", "text": "\u{e9}b"}]),
        json!(["a\u{e9}", {"type": "thinking", "thinking": "x"}, "b"]),
    ] {
        let body = message(&json!({"content": content}), "stop");
        let reply = read(Mode::Text, &body).unwrap();
        assert_eq!(reply.text, "a\u{e9}b");
        assert_eq!(reply.raw, body);
    }
}

#[test]
fn reasoning_without_content_is_an_empty_reply_with_reasoning() {
    for field in ["reasoning_content", "reasoning"] {
        let body = message(&json!({"content": null, field: "hm"}), "length");
        let reply = read(Mode::Schema, &body).unwrap();
        assert_eq!(
            (reply.text.as_str(), reply.reasoning.as_deref()),
            ("", Some("hm"))
        );
        assert_eq!(reply.finish, Finish::Length);
    }
}

#[test]
fn refusals_and_filters_are_kept_apart_from_text() {
    let own = read(
        Mode::Schema,
        &message(&json!({"content": null, "refusal": "No."}), "stop"),
    );
    assert_eq!(own.unwrap().refusal.as_deref(), Some("No."));
    let part = json!({"content": [{"type": "refusal", "refusal": "No."}]});
    let part = read(Mode::Schema, &message(&part, "stop")).unwrap();
    assert_eq!(
        (part.text.as_str(), part.refusal.as_deref()),
        ("", Some("No."))
    );
    let filtered = read(
        Mode::Text,
        &message(&json!({"content": ""}), "content_filter"),
    );
    assert_eq!(filtered.unwrap().finish, Finish::ContentFilter);
}

#[test]
fn a_forced_tools_arguments_are_the_text() {
    let call = |name: &str| json!({"id": "1", "type": "function", "function": {"name": name, "arguments": "{\"level\":4}"}});
    let body = message(
        &json!({"content": null, "tool_calls": [call("other"), call("verdict")]}),
        "tool_calls",
    );
    let reply = read(Mode::Tool, &body).unwrap();
    assert_eq!(
        (reply.text.as_str(), reply.finish),
        ("{\"level\":4}", Finish::Stop)
    );
    assert_eq!(reply.tool_calls.len(), 1);
    let object = json!({"function": {"name": "verdict", "arguments": {"level": 4}}});
    let body = message(&json!({"tool_calls": [object]}), "stop");
    assert_eq!(read(Mode::Tool, &body).unwrap().text, "{\"level\":4}");
    let words = read(Mode::Tool, &message(&json!({"content": "I think"}), "stop")).unwrap();
    assert_eq!((words.text.as_str(), words.mode), ("I think", Mode::Text));
    let logged = message(
        &json!({"content": null, "tool_calls": [call("f")]}),
        "tool_calls",
    );
    assert_eq!(read(Mode::Text, &logged).unwrap().finish, Finish::ToolCalls);
}

#[test]
fn tokens_are_counted_whichever_way_they_are_told() {
    let with = |usage: &Value| {
        let body = json!({"choices": [{"message": {"content": "a"}}], "usage": usage, "model": "m-2", "system_fingerprint": "fp"});
        read(Mode::Text, &body.to_string()).unwrap()
    };
    let full = with(
        &json!({"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120,
        "prompt_tokens_details": {"cached_tokens": 64, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 12}}),
    );
    let usage = full.usage.unwrap();
    assert_eq!(
        (
            usage.input,
            usage.cached_input,
            usage.output,
            usage.reasoning
        ),
        (100, 64, 20, 12)
    );
    assert_eq!(
        (full.model.as_deref(), full.fingerprint.as_deref()),
        (Some("m-2"), Some("fp"))
    );
    assert_eq!(full.finish, Finish::Unnamed);
    let other = with(
        &json!({"prompt_tokens": 9, "prompt_cache_hit_tokens": 4, "prompt_tokens_details": null}),
    );
    assert_eq!(other.usage.unwrap().cached_input, 4);
    assert_eq!(with(&Value::Null).usage, None);
    assert_eq!(with(&json!({"prompt_tokens": "many"})).usage, None);
}

#[test]
fn a_reply_without_a_choice_is_unparsable_and_its_tokens_are_counted() {
    for body in [
        r#"{"choices":[],"usage":{"prompt_tokens":3}}"#,
        r#"{"usage":{"prompt_tokens":3}}"#,
        r#"{"choices":[{"finish_reason":"stop"}],"usage":{"prompt_tokens":3}}"#,
    ] {
        let failure = read(Mode::Text, body).unwrap_err();
        assert_eq!(failure.class, Class::Unparsable, "{body}");
        assert_eq!(failure.usage.unwrap().input, 3);
        assert_eq!(failure.raw.as_deref(), Some(body));
    }
    assert_eq!(
        read(Mode::Text, "[1]").unwrap_err().class,
        Class::Unparsable
    );
}
