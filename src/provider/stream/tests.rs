//! What pieces of a reply mean, in both dialects.

use std::time::Duration;

use super::*;
use crate::provider::{Finish, Mode};

fn asked(names: &[String]) -> Asked<'_> {
    Asked {
        place: "`here`",
        model: "m",
        key: None,
        answers: false,
        mode: Mode::Text,
        tool: "",
        names,
    }
}

fn answer(kind: &str, body: &str) -> Answer {
    Answer {
        status: 200,
        content_type: kind.to_owned(),
        raw: body.to_owned(),
        took: Duration::from_secs(2),
        first_token: Some(Duration::from_secs(1)),
        ..Answer::default()
    }
}

/// What a body of these events comes to.
fn read(dialect: Dialect, events: &[&str]) -> Result<Reply, Failure> {
    let each = events.iter().map(|event| format!("data: {event}\n\n"));
    let body = each.collect::<Vec<_>>().concat();
    let mut stream = Stream::new(dialect);
    stream.hear(body.as_bytes());
    let answer = answer("text/event-stream", &body);
    assert!(stream.ends(&answer));
    stream.decode(&asked(&[]), answer, None)
}

fn chat(events: &[&str]) -> Result<Reply, Failure> {
    read(Dialect::OpenAi, events)
}

fn delta(delta: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{delta},"finish_reason":null}}]}}"#)
}

const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"{"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3}}"#;

#[test]
fn a_streamed_reply_is_the_one_that_would_have_come_whole() {
    let pieces = [
        r#"{"id":"c","model":"m-1","system_fingerprint":"f","choices":[{"index":0,"delta":{"role":"assistant","content":""}}],"usage":null}"#,
        &delta(r#"{"reasoning_content":"hm"}"#),
        &delta(r#"{"content":"Two "}"#),
        &delta(r#"{"content":"d\u00e4ys."}"#),
        STOP,
        USAGE,
        "[DONE]",
    ];
    let reply = chat(&pieces).unwrap();
    assert_eq!(reply.text, "Two däys.");
    assert_eq!(reply.reasoning.as_deref(), Some("hm"));
    assert_eq!((reply.finish, reply.mode), (Finish::Stop, Mode::Text));
    assert_eq!(
        reply.usage.map(|usage| (usage.input, usage.output)),
        Some((7, 3))
    );
    assert_eq!(
        (reply.model.as_deref(), reply.fingerprint.as_deref()),
        (Some("m-1"), Some("f"))
    );
    assert_eq!(reply.first_token, Some(Duration::from_secs(1)));
    assert!(
        reply.raw.starts_with("data: {\"id\":\"c\""),
        "{}",
        reply.raw
    );
}

#[test]
fn a_sign_escaped_in_two_halves_is_one_sign() {
    let reply = chat(&[
        &delta(r#"{"content":"a\ud83d"}"#),
        &delta(r#"{"content":"\ude42b"}"#),
        STOP,
    ]);
    assert_eq!(reply.unwrap().text, "a🙂b");
}

#[test]
fn calls_of_tools_are_put_together_by_their_number_or_their_id() {
    let by_number = [
        &delta(
            r#"{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"look","arguments":""}}]}"#,
        )[..],
        &delta(r#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"at\":"}}]}"#),
        &delta(
            r#"{"tool_calls":[{"index":1,"id":"b","function":{"name":"wait","arguments":"{}"}}]}"#,
        ),
        &delta(r#"{"tool_calls":[{"index":0,"function":{"arguments":"1}"}}]}"#),
        r#"{"choices":[{"delta":{},"finish_reason":"tool_calls"}]}"#,
    ];
    let reply = chat(&by_number).unwrap();
    let calls: Vec<_> = reply
        .tool_calls
        .iter()
        .map(|call| (&*call.id, &*call.name, &*call.arguments))
        .collect();
    assert_eq!(calls, [("a", "look", "{\"at\":1}"), ("b", "wait", "{}")]);
    assert_eq!(reply.finish, Finish::ToolCalls);
    let by_id = [
        &delta(
            r#"{"tool_calls":[{"index":0,"id":"a","function":{"name":"look","arguments":"{}"}}]}"#,
        )[..],
        &delta(
            r#"{"tool_calls":[{"index":0,"id":"b","function":{"name":"look","arguments":"{}"}}]}"#,
        ),
        STOP,
    ];
    assert_eq!(chat(&by_id).unwrap().tool_calls.len(), 2);
}

#[test]
fn the_first_token_is_text_a_refusal_shown_reasoning_or_a_call_and_no_frame() {
    for (event, piece) in [
        (delta(r#"{"role":"assistant"}"#), Piece::Frame),
        (delta(r#"{"content":""}"#), Piece::Frame),
        (delta(r#"{"content":null}"#), Piece::Frame),
        (delta(r#"{"content":"a"}"#), Piece::Token),
        (delta(r#"{"refusal":"no"}"#), Piece::Token),
        (delta(r#"{"reasoning":"hm"}"#), Piece::Token),
        (
            delta(r#"{"tool_calls":[{"index":0,"function":{"name":"x"}}]}"#),
            Piece::Token,
        ),
        (USAGE.to_owned(), Piece::Frame),
        (STOP.to_owned(), Piece::Frame),
    ] {
        let mut stream = Stream::new(Dialect::OpenAi);
        let heard = stream.hear(format!("data: {event}\n\n").as_bytes());
        assert_eq!(heard, piece, "{event}");
    }
}

#[test]
fn a_stream_that_does_not_say_that_it_is_done_was_cut() {
    let text = delta(r#"{"content":"It takes"}"#);
    for events in [
        &[text.as_str()][..],
        &[],
        &[&text, r#"{"choices":[{"delta":{"conte"#],
        &[&text, r#"{"choices":[{"delta":{"conte"#, STOP, "[DONE]"],
    ] {
        let failure = chat(events).unwrap_err();
        assert_eq!(failure.class, Class::Transport, "{events:?}");
        assert!(failure.message.contains("breaks off"), "{failure}");
        assert_eq!(failure.usage, None);
    }
    let failure = chat(&[&text, "oops", STOP]).unwrap_err();
    assert_eq!(failure.class, Class::Transport);
    assert!(failure.message.contains("is not JSON"), "{failure}");
    let failure = chat(&[&text, r#"{"choices":"none"}"#, STOP]).unwrap_err();
    assert_eq!(failure.class, Class::Unparsable, "{failure}");
    // Behind a complete answer nothing of it can be lost.
    assert_eq!(chat(&[&text, STOP, "{\"usa"]).unwrap().text, "It takes");
    assert_eq!(chat(&[&text, "[DONE]"]).unwrap().finish, Finish::Unnamed);
}

#[test]
fn an_end_at_the_token_room_and_a_filter_are_what_they_are_in_a_whole_reply() {
    let text = delta(r#"{"content":"It takes"}"#);
    for (reason, finish) in [
        ("length", Finish::Length),
        ("content_filter", Finish::ContentFilter),
    ] {
        let end = format!(r#"{{"choices":[{{"delta":{{}},"finish_reason":"{reason}"}}]}}"#);
        assert_eq!(chat(&[&text, &end, "[DONE]"]).unwrap().finish, finish);
    }
    let refused = chat(&[
        &delta(r#"{"refusal":"I "}"#),
        &delta(r#"{"refusal":"cannot"}"#),
        STOP,
    ]);
    assert_eq!(refused.unwrap().refusal.as_deref(), Some("I cannot"));
}

#[test]
fn an_error_in_a_stream_is_of_the_class_it_has_in_a_plain_reply() {
    let text = delta(r#"{"content":"It takes"}"#);
    for (event, class) in [
        (
            r#"{"error":{"message":"slow down","type":"rate_limit_error","code":"rate_limit_exceeded"}}"#,
            Class::RateLimit,
        ),
        (
            r#"{"error":{"message":"The response was filtered","code":"content_filter"}}"#,
            Class::Refusal,
        ),
        (
            r#"{"error":{"message":"server error","code":500}}"#,
            Class::Transport,
        ),
        (
            r#"{"object":"error","message":"maximum context length is 10 tokens","code":400}"#,
            Class::TooLong,
        ),
        (
            r#"{"choices":[{"delta":{},"error":{"message":"upstream failed","code":502},"finish_reason":"error"}]}"#,
            Class::Transport,
        ),
    ] {
        let failure = chat(&[&text, event]).unwrap_err();
        assert_eq!(failure.class, class, "{event}: {failure}");
        assert!(failure.raw.unwrap().contains("It takes"));
    }
}

#[test]
fn one_whole_reply_in_place_of_a_stream_is_no_stream() {
    let body = r#"{"choices":[{"message":{"content":"whole"},"finish_reason":"stop"}]}"#;
    let mut stream = Stream::new(Dialect::OpenAi);
    assert_eq!(stream.hear(body.as_bytes()), Piece::Frame);
    assert!(!stream.ends(&answer("application/json", body)));
}

const START: &str = r#"{"type":"message_start","message":{"id":"x","type":"message","role":"assistant","model":"c-1","content":[],"usage":{"input_tokens":9,"cache_read_input_tokens":4,"output_tokens":1}}}"#;
const END: &str = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":5}}"#;
const OVER: &str = r#"{"type":"message_stop"}"#;

fn message(events: &[&str]) -> Result<Reply, Failure> {
    read(Dialect::Anthropic, events)
}

#[test]
fn a_streamed_message_is_the_one_that_would_have_come_whole() {
    let reply = message(&[
        START,
        r#"{"type":"ping"}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"s"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"Two "}}"#,
        r#"{"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":"days."}}"#,
        r#"{"type":"content_block_stop","index":1}"#,
        r#"{"type":"content_block_start","index":2,"content_block":{"type":"tool_use","id":"t","name":"look","input":{}}}"#,
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":"{\"at\": 1"}}"#,
        r#"{"type":"content_block_delta","index":2,"delta":{"type":"input_json_delta","partial_json":".0}"}}"#,
        r#"{"type":"content_block_stop","index":2}"#,
        END,
        OVER,
    ])
    .unwrap();
    assert_eq!(
        (reply.text.as_str(), reply.finish),
        ("Two days.", Finish::Stop)
    );
    assert_eq!(reply.reasoning.as_deref(), Some("hm"));
    assert_eq!(reply.tool_calls[0].arguments, "{\"at\": 1.0}");
    let usage = reply.usage.unwrap();
    assert_eq!((usage.input, usage.cached_input, usage.output), (13, 4, 5));
    assert_eq!(reply.model.as_deref(), Some("c-1"));
}

#[test]
fn a_message_that_is_cut_refused_or_broken_by_an_error_is_told_apart() {
    let text = [
        START,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Two "}}"#,
    ];
    let cut = message(&text).unwrap_err();
    assert_eq!(cut.class, Class::Transport);
    assert!(cut.message.contains("breaks off"), "{cut}");
    let overloaded =
        r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#;
    let failure = message(&[&text[..], &[overloaded]].concat()).unwrap_err();
    assert_eq!(failure.class, Class::RateLimit, "{failure}");
    let refused =
        r#"{"type":"message_delta","delta":{"stop_reason":"refusal"},"usage":{"output_tokens":2}}"#;
    let reply = message(&[&text[..], &[refused, OVER]].concat()).unwrap();
    assert_eq!(reply.finish, Finish::ContentFilter);
    assert!(reply.refusal.is_some());
    let short = r#"{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}"#;
    let reply = message(&[&text[..], &[short, OVER]].concat()).unwrap();
    assert_eq!(reply.finish, Finish::Length);
}
