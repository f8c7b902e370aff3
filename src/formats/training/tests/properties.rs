//! Whatever a row holds: it is refused with reasons, or its line has the keys of its format and no others.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Value;

use super::toy::row;
use crate::domain::Json;
use crate::domain::canonical::{Occurrence, item_id};
use crate::domain::message::{Message, Role};
use crate::domain::training::{TrainingFormat, TrainingRow};
use crate::formats::training::{Columns, check, write};

fn content() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => any::<String>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<String>().prop_map(|t| serde_json::json!([{"type":"text","text":t}])),
        1 => Just(serde_json::json!([{"type":"image_url","image_url":{"url":"u"}}])),
        1 => Just(serde_json::json!({"text":"x"})),
    ]
}

fn message() -> impl Strategy<Value = Value> {
    let role = prop::sample::select(vec![
        "system",
        "user",
        "user",
        "assistant",
        "assistant",
        "tool",
        "x",
    ]);
    (role, content(), 0..12_u8).prop_map(|(role, content, odd)| {
        let mut message = serde_json::json!({"role": role, "content": content});
        match odd {
            0 => message["weight"] = 0.into(),
            1 => message["name"] = "ana".into(),
            2 => message["surprise"] = 1.into(),
            3 => {
                message["tool_calls"] = serde_json::json!([{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]);
            }
            4 => message["tool_call_id"] = "c".into(),
            _ => {}
        }
        message
    })
}

prop_compose! {
    fn rows()(
        messages in prop::collection::vec(message(), 0..5),
        answer in message(),
        rejected in prop::option::of("[a-z]{0,3}"),
        label in any::<Option<bool>>(),
        tools in any::<bool>(),
    ) -> TrainingRow {
        let mut request = serde_json::json!({"messages": messages, "temperature": 0.25});
        if tools {
            request["tools"] = serde_json::json!([{"type":"function","function":{"name":"f"}}]);
        }
        let mut row = row(&request.to_string(), &answer.to_string());
        row.rejected = rejected.map(|text| Message::text(Role::Assistant, text));
        row.label = label;
        row
    }
}

/// Keys a line of the format must have, and those it may have.
fn keys(format: TrainingFormat) -> (&'static [&'static str], &'static [&'static str]) {
    match format {
        TrainingFormat::OpenAiSft => (&["messages"], &["tools", "parallel_tool_calls"]),
        TrainingFormat::OpenAiDpo => (&["input", "preferred_output", "non_preferred_output"], &[]),
        TrainingFormat::TrlSft => (&["messages"], &["tools"]),
        TrainingFormat::TrlPromptCompletion => (&["prompt", "completion"], &["tools"]),
        TrainingFormat::TrlDpo => (&["prompt", "chosen", "rejected"], &["tools"]),
        TrainingFormat::TrlKto => (&["prompt", "completion", "label"], &["tools"]),
        TrainingFormat::ShareGpt => (&["conversations"], &["system", "tools"]),
        TrainingFormat::Alpaca => (&["instruction", "input", "output"], &["system", "history"]),
        TrainingFormat::Together => (&["messages"], &[]),
        TrainingFormat::Pairs => (&["id", "request", "response"], &["reference"]),
    }
}

fn message_keys(format: TrainingFormat, turn: &Value) -> bool {
    let allowed: &[&str] = match format {
        TrainingFormat::ShareGpt => &["from", "value"],
        TrainingFormat::Together => &["role", "content", "weight"],
        TrainingFormat::OpenAiSft => &[
            "role",
            "content",
            "name",
            "tool_calls",
            "tool_call_id",
            "weight",
        ],
        _ => &["role", "content", "name", "tool_calls", "tool_call_id"],
    };
    turn.as_object()
        .is_some_and(|turn| turn.keys().all(|key| allowed.contains(&key.as_str())))
}

fn turns(line: &Value) -> Vec<&Value> {
    let lists = [
        &line["messages"],
        &line["prompt"],
        &line["completion"],
        &line["chosen"],
        &line["rejected"],
        &line["conversations"],
        &line["input"]["messages"],
        &line["preferred_output"],
        &line["non_preferred_output"],
    ];
    lists
        .into_iter()
        .filter_map(Value::as_array)
        .flatten()
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_row_that_passes_is_one_line_with_the_keys_of_its_format(row in rows()) {
        for format in TrainingFormat::ALL {
            if let Err(reasons) = check(format, &row) {
                prop_assert!(!reasons.is_empty());
                continue;
            }
            let mut out = Vec::new();
            write(format, Columns::default(), &row, &mut out);
            let text = String::from_utf8(out).unwrap();
            prop_assert_eq!(text.matches('\n').count(), 1);
            prop_assert!(!text.contains(&row.ticket.to_string()));
            let line: Value = serde_json::from_str(&text).unwrap();
            let found: BTreeSet<_> = line.as_object().unwrap().keys().map(String::as_str).collect();
            let (must, may) = keys(format);
            prop_assert!(must.iter().all(|key| found.contains(key)), "{}: {:?}", format, found);
            prop_assert!(found.iter().all(|k| must.contains(k) || may.contains(k)), "{}: {:?}", format, found);
            if format != TrainingFormat::Pairs {
                for turn in turns(&line) {
                    prop_assert!(message_keys(format, turn), "{}: {}", format, turn);
                }
            }
        }
    }

    #[test]
    fn pairs_name_the_same_item_again(row in rows()) {
        if check(TrainingFormat::Pairs, &row).is_err() {
            return Ok(());
        }
        let mut out = Vec::new();
        write(TrainingFormat::Pairs, Columns::default(), &row, &mut out);
        let line: Value = serde_json::from_slice(&out).unwrap();
        let id = |json: &str| item_id(Some(json), None, Occurrence::External("row-7"));
        let logged = row.request_json.as_ref().map(Json::as_str).unwrap();
        prop_assert_eq!(id(&line["request"].to_string()), id(logged));
        let message = line["response"]["choices"][0]["message"].to_string();
        prop_assert_eq!(Message::read(&message, Role::Assistant).map(|m| said(&m)), Some(said(&row.chosen)));
    }
}

/// What of a message must survive the way out and in.
fn said(message: &Message) -> (String, usize, Option<String>) {
    let calls = message.tool_calls.len();
    (message.plain_text(), calls, message.name.clone())
}
