//! What is refused, and where.

use TrainingFormat::*;

use super::toy::{codes, image, multi_turn, plain, row, tool_answer, tool_turns};
use crate::domain::message::{Message, Role};
use crate::domain::training::{TrainingFormat, TrainingRow};

const CHAT: [TrainingFormat; 9] = [
    OpenAiSft,
    OpenAiDpo,
    TrlSft,
    TrlPromptCompletion,
    TrlDpo,
    TrlKto,
    ShareGpt,
    Alpaca,
    Together,
];

/// A format refuses the row for this reason, whatever else it finds.
fn refuses(formats: &[TrainingFormat], row: &TrainingRow, code: &str) {
    for format in formats {
        let found = codes(*format, row);
        assert!(
            found.contains(&code),
            "{format} should refuse for {code}: {found:?}"
        );
    }
}

fn takes(formats: &[TrainingFormat], row: &TrainingRow) {
    for format in formats {
        assert_eq!(codes(*format, row), Vec::<&str>::new(), "{format}");
    }
}

fn asked(messages: &str) -> TrainingRow {
    row(messages, r#""yes""#)
}

#[test]
fn what_trainers_take_without_a_word_is_refused_by_every_format() {
    let mut user_last = plain();
    user_last.chosen.role = Role::User;
    refuses(&TrainingFormat::ALL, &user_last, "last_not_assistant");

    for silent in [
        r#""""#,
        r#""  \n""#,
        r#"{"role":"assistant","content":null}"#,
        r#"{"role":"assistant","content":[]}"#,
    ] {
        refuses(&TrainingFormat::ALL, &row(r#""q""#, silent), "empty_answer");
    }
    refuses(
        &CHAT,
        &asked(
            r#"[{"role":"user","content":"a"},{"role":"assistant","content":""},{"role":"user","content":"b"}]"#,
        ),
        "empty_answer",
    );
    refuses(
        &CHAT,
        &asked(r#"[{"role":"user","content":"q","flavour":"x"}]"#),
        "unknown_message_key",
    );
    refuses(
        &TrainingFormat::ALL,
        &row(
            r#""q""#,
            r#"{"role":"assistant","content":"a","audio":{"id":"x"}}"#,
        ),
        "unknown_message_key",
    );
    refuses(
        &CHAT,
        &asked(r#"[{"role":"user","content":{"text":"q"}}]"#),
        "content_not_text",
    );
    refuses(
        &CHAT,
        &row(r#""q""#, r#"{"role":"assistant","content":{"text":"a"}}"#),
        "content_not_text",
    );
    refuses(
        &CHAT,
        &asked(r#"[{"role":"narrator","content":"q"}]"#),
        "unknown_role",
    );
    refuses(
        &TrainingFormat::ALL,
        &asked(r#"{"weird":1}"#),
        "unread_request",
    );
    refuses(&TrainingFormat::ALL, &asked("[]"), "empty_prompt");
    refuses(&CHAT, &asked(r#""  ""#), "empty_prompt");
    refuses(
        &CHAT,
        &asked(r#"[{"role":"user","content":"q"},{"role":"assistant","content":"a"}]"#),
        "prompt_ends_with_assistant",
    );
}

#[test]
fn keys_that_only_describe_a_message_do_not_cost_the_row() {
    let logged = row(
        r#"[{"role":"user","content":"q","id":"m1","timestamp":1}]"#,
        r#"{"role":"assistant","content":"a","annotations":[{"x":1}],"audio":null,"provider_specific_fields":{"y":1}}"#,
    );
    takes(&TrainingFormat::ALL, &logged);
}

#[test]
fn weights_must_be_meant() {
    let with = |weight: &str| {
        asked(&format!(
            r#"[{{"role":"user","content":"a"}},{{"role":"assistant","content":"b","weight":{weight}}},{{"role":"user","content":"c"}}]"#
        ))
    };
    takes(
        &[OpenAiSft, Together, TrlDpo, TrlPromptCompletion, TrlKto],
        &with("0"),
    );
    refuses(&[TrlSft, ShareGpt, Alpaca], &with("0"), "weight_ignored");
    takes(&CHAT, &with("1"));
    for odd in ["0.5", "2", "true", "\"0\"", "1.0"] {
        refuses(&CHAT, &with(odd), "weight_not_0_or_1");
    }
    let on_user = asked(r#"[{"role":"user","content":"a","weight":1}]"#);
    refuses(&CHAT, &on_user, "weight_outside_assistant");
    let zero = row(r#""q""#, r#"{"role":"assistant","content":"a","weight":0}"#);
    refuses(&[OpenAiSft, Together], &zero, "weights_all_zero");
    let last = row(
        r#"[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"c"}]"#,
        r#"{"role":"assistant","content":"d","weight":0}"#,
    );
    refuses(&[OpenAiSft, Together], &last, "answer_weight_zero");
    let kept = super::toy::line(OpenAiSft, &with("0"));
    assert!(kept.contains(r#""content":"b","weight":0}"#));
}

#[test]
fn a_preference_needs_two_different_answers_of_the_assistant() {
    let dpo = [OpenAiDpo, TrlDpo];
    let mut alone = plain();
    alone.rejected = None;
    refuses(&dpo, &alone, "no_rejected_answer");
    takes(&[OpenAiSft, TrlKto, Pairs], &alone);
    let mut same = plain();
    same.rejected = Some(same.chosen.clone());
    refuses(&dpo, &same, "chosen_equals_rejected");
    let mut empty = plain();
    empty.rejected = Some(Message::text(Role::Assistant, " "));
    refuses(&dpo, &empty, "empty_answer");
    let mut user = plain();
    user.rejected = Some(Message::text(Role::User, "other"));
    refuses(&dpo, &user, "last_not_assistant");
    let mut twins = tool_answer();
    twins.rejected = Some(twins.chosen.clone());
    refuses(&[TrlDpo], &twins, "chosen_equals_rejected");
    twins.rejected.as_mut().unwrap().tool_calls[0].arguments = "{\"b\":".into();
    takes(&[TrlDpo], &twins);
    refuses(&[OpenAiDpo], &twins, "text_only");
}

#[test]
fn a_labelled_row_needs_its_label() {
    let mut row = plain();
    row.label = None;
    refuses(&[TrlKto], &row, "no_label");
    row.label = Some(false);
    takes(&[TrlKto], &row);
}

#[test]
fn images_stand_only_in_user_messages_of_formats_that_take_them() {
    takes(&[OpenAiSft, Pairs], &image());
    let text_only: Vec<_> = CHAT.into_iter().filter(|f| *f != OpenAiSft).collect();
    refuses(&text_only, &image(), "text_only");
    let picture = r#"{"type":"image_url","image_url":{"url":"u"}}"#;
    let system = asked(&format!(
        r#"[{{"role":"system","content":[{picture}]}},{{"role":"user","content":"q"}}]"#
    ));
    refuses(&[OpenAiSft], &system, "image_outside_user");
    let answer = row(
        r#""q""#,
        &format!(r#"{{"role":"assistant","content":[{picture}]}}"#),
    );
    refuses(&[OpenAiSft], &answer, "image_outside_user");
    let audio = asked(r#"[{"role":"user","content":[{"type":"input_audio","input_audio":{}}]}]"#);
    refuses(&[OpenAiSft], &audio, "text_only");
}

#[test]
fn tool_answers_must_follow_their_calls() {
    let call = |id: &str| {
        format!(
            r#"{{"role":"assistant","tool_calls":[{{"id":"{id}","type":"function","function":{{"name":"f","arguments":{{"a":1}}}}}}]}}"#
        )
    };
    let answer = |id: &str| format!(r#"{{"role":"tool","tool_call_id":"{id}","content":"r"}}"#);
    let user = r#"{"role":"user","content":"q"}"#;
    let ids = [OpenAiSft, OpenAiDpo];
    let both = [
        OpenAiSft,
        OpenAiDpo,
        TrlSft,
        TrlDpo,
        TrlKto,
        TrlPromptCompletion,
        ShareGpt,
    ];
    let of = |turns: &[&str]| asked(&format!("[{}]", turns.join(",")));

    takes(&both, &of(&[user, &call("a"), &answer("a")]));
    refuses(
        &both,
        &of(&[user, &answer("a")]),
        "tool_answer_without_call",
    );
    refuses(
        &both,
        &of(&[user, &call("a"), &answer("b")]),
        "tool_answer_without_call",
    );
    refuses(
        &both,
        &of(&[user, &call("a"), &answer("a"), &answer("a")]),
        "tool_answer_without_call",
    );
    refuses(
        &both,
        &of(&[user, &call("a"), user, &answer("a")]),
        "tool_call_without_answer",
    );
    refuses(
        &both,
        &of(&[user, &call("a"), user]),
        "tool_call_without_answer",
    );
    let nameless = r#"{"role":"tool","content":"r"}"#;
    refuses(
        &ids,
        &of(&[user, &call("a"), nameless]),
        "tool_answer_without_id",
    );
    refuses(
        &ids,
        &of(&[user, &call(""), nameless]),
        "tool_call_without_id",
    );
    takes(&[TrlSft, ShareGpt], &of(&[user, &call(""), nameless]));
    refuses(&[Alpaca, Together], &tool_turns(), "tools_not_supported");
    refuses(&[Alpaca, Together], &tool_answer(), "tools_not_supported");
    let by_user = of(&[&call("a").replace("assistant", "user"), &answer("a"), user]);
    refuses(&both, &by_user, "tool_call_outside_assistant");
}

#[test]
fn arguments_that_were_an_object_are_written_as_a_string() {
    let row = row(
        r#""q""#,
        r#"{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":{"z":1,"a":2}}}]}"#,
    );
    assert!(super::toy::line(OpenAiSft, &row).contains(r#""arguments":"{\"z\":1,\"a\":2}""#));
}

#[test]
fn an_answer_with_broken_arguments_is_not_learned() {
    let mut row = tool_answer();
    row.chosen.tool_calls[0].arguments = "{\"b\":".into();
    refuses(
        &[OpenAiSft, TrlSft, TrlKto, ShareGpt],
        &row,
        "arguments_not_json",
    );
    row.label = Some(false);
    takes(&[TrlKto], &row);
}

#[test]
fn tools_must_be_a_list() {
    let mut row = tool_answer();
    row.request.tools = Some(crate::domain::Json::parse(r#"{"f":1}"#).unwrap());
    refuses(&[OpenAiSft, TrlSft, ShareGpt], &row, "tools_not_a_list");
    row.request.tools = Some(crate::domain::Json::string(r#"[{"type":"function"}]"#));
    takes(&[OpenAiSft, TrlSft, ShareGpt], &row);
}

#[test]
fn the_system_prompt_comes_first_where_templates_need_it() {
    let late = asked(
        r#"[{"role":"user","content":"a"},{"role":"system","content":"s"},{"role":"user","content":"b"}]"#,
    );
    refuses(
        &[
            TrlSft,
            TrlDpo,
            TrlKto,
            TrlPromptCompletion,
            ShareGpt,
            Alpaca,
            Together,
        ],
        &late,
        "system_not_first",
    );
    takes(&[OpenAiSft, OpenAiDpo], &late);
}

#[test]
fn turns_alternate_where_the_reader_skips_rows_that_do_not() {
    let strict = [ShareGpt, Alpaca, Together];
    takes(&strict, &multi_turn());
    let twice = asked(r#"[{"role":"user","content":"a"},{"role":"user","content":"b"}]"#);
    refuses(&strict, &twice, "turns_do_not_alternate");
    takes(&[OpenAiSft, TrlSft], &twice);
    let greeting = asked(r#"[{"role":"assistant","content":"Hi!"},{"role":"user","content":"b"}]"#);
    refuses(&strict, &greeting, "turns_do_not_alternate");
    refuses(
        &strict,
        &asked(r#"[{"role":"system","content":"s"}]"#),
        "empty_prompt",
    );
}

#[test]
fn a_sharegpt_turn_is_either_text_or_a_call() {
    let mut row = tool_answer();
    row.chosen.parts = vec![crate::domain::message::Part::Text("Let me see.".into())];
    refuses(&[ShareGpt], &row, "text_beside_tool_call");
    takes(&[OpenAiSft, TrlSft, Pairs], &row);
}

#[test]
fn text_and_refusal_together_are_one_answer_too_many() {
    let both = row(
        r#""q""#,
        r#"{"role":"assistant","content":"a","refusal":"no"}"#,
    );
    refuses(&CHAT, &both, "refusal_beside_text");
    takes(&[Pairs], &both);
}
