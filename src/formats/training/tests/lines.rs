//! What the lines look like, format by format.

use TrainingFormat::*;

use super::toy::{declined, image, line, multi_turn, plain, shaped, tool_answer, tool_turns};
use crate::domain::training::TrainingFormat;
use crate::formats::training::{Columns, Tally};

#[test]
fn one_question_and_its_answer_in_every_format() {
    let expected = [
        (
            OpenAiSft,
            r#"{"messages":[{"role":"user","content":"Capital of Switzerland?"},{"role":"assistant","content":"Bern, not Zürich."}]}"#,
        ),
        (
            OpenAiDpo,
            r#"{"input":{"messages":[{"role":"user","content":"Capital of Switzerland?"}]},"preferred_output":[{"role":"assistant","content":"Bern, not Zürich."}],"non_preferred_output":[{"role":"assistant","content":"Berlin?"}]}"#,
        ),
        (
            TrlSft,
            r#"{"messages":[{"role":"user","content":"Capital of Switzerland?"},{"role":"assistant","content":"Bern, not Zürich."}]}"#,
        ),
        (
            TrlPromptCompletion,
            r#"{"prompt":[{"role":"user","content":"Capital of Switzerland?"}],"completion":[{"role":"assistant","content":"Bern, not Zürich."}]}"#,
        ),
        (
            TrlDpo,
            r#"{"prompt":[{"role":"user","content":"Capital of Switzerland?"}],"chosen":[{"role":"assistant","content":"Bern, not Zürich."}],"rejected":[{"role":"assistant","content":"Berlin?"}]}"#,
        ),
        (
            TrlKto,
            r#"{"prompt":[{"role":"user","content":"Capital of Switzerland?"}],"completion":[{"role":"assistant","content":"Bern, not Zürich."}],"label":true}"#,
        ),
        (
            ShareGpt,
            r#"{"conversations":[{"from":"human","value":"Capital of Switzerland?"},{"from":"gpt","value":"Bern, not Zürich."}]}"#,
        ),
        (
            Alpaca,
            r#"{"instruction":"Capital of Switzerland?","input":"","output":"Bern, not Zürich."}"#,
        ),
        (
            Together,
            r#"{"messages":[{"role":"user","content":"Capital of Switzerland?"},{"role":"assistant","content":"Bern, not Zürich."}]}"#,
        ),
        (
            Pairs,
            r#"{"id":"row-7","request":{"messages":[{"role":"user","content":"Capital of Switzerland?"}]},"response":{"choices":[{"index":0,"message":{"role":"assistant","content":"Bern, not Zürich."},"finish_reason":"stop"}]}}"#,
        ),
    ];
    for (format, text) in expected {
        assert_eq!(line(format, &plain()), text, "{format}");
    }
    assert_eq!(expected.len(), TrainingFormat::ALL.len());
}

#[test]
fn a_developer_prompt_stays_for_openai_and_is_a_system_prompt_elsewhere() {
    let row = multi_turn();
    assert!(
        line(OpenAiSft, &row)
            .starts_with(r#"{"messages":[{"role":"developer","content":"Be brief."}"#)
    );
    for format in [TrlSft, Together] {
        assert!(
            line(format, &row)
                .starts_with(r#"{"messages":[{"role":"system","content":"Be brief."}"#)
        );
    }
    assert_eq!(
        line(Alpaca, &row),
        r#"{"instruction":"Bye","input":"","output":"See you.","system":"Be brief.","history":[["Hi","Hello."]]}"#
    );
    assert!(
        line(ShareGpt, &row)
            .ends_with(r#"{"from":"gpt","value":"See you."}],"system":"Be brief."}"#)
    );
}

#[test]
fn tool_calls_keep_their_arguments_word_for_word() {
    let row = tool_turns();
    let arguments = r#""arguments":"{\"town\": \"Bern\", \"day\": 1}""#;
    for format in [
        OpenAiSft,
        OpenAiDpo,
        TrlSft,
        TrlDpo,
        TrlKto,
        TrlPromptCompletion,
        Pairs,
    ] {
        assert!(line(format, &row).contains(arguments), "{format}");
    }
    let openai = line(OpenAiSft, &row);
    assert!(openai.contains(
        r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","#
    ));
    assert!(openai.contains(r#"{"role":"tool","content":"sunny","tool_call_id":"c1"}"#));
    assert!(openai.ends_with(
        r#","tools":[{"type":"function","function":{"name":"weather","parameters":{"z":1,"a":2}}}],"parallel_tool_calls":false}"#
    ));
    let trl = line(TrlSft, &row);
    assert!(trl.contains(r#"{"role":"assistant","content":"","tool_calls":"#));
    assert!(trl.contains(r#""tools":"[{\"type\":\"function\""#));
    assert_eq!(
        line(ShareGpt, &row),
        concat!(
            r#"{"conversations":[{"from":"human","value":"Weather?"},"#,
            r#"{"from":"function_call","value":"{\"name\":\"weather\",\"arguments\":{\"town\":\"Bern\",\"day\":1}}"},"#,
            r#"{"from":"observation","value":"sunny"},{"from":"gpt","value":"Sunny."}],"#,
            r#""tools":"[{\"type\":\"function\",\"function\":{\"name\":\"weather\",\"parameters\":{\"z\":1,\"a\":2}}}]"}"#
        )
    );
}

#[test]
fn an_answer_may_be_a_tool_call() {
    let row = tool_answer();
    assert!(line(OpenAiSft, &row).contains(r#""arguments":"{\"b\":1,\"a\":2}"}}]}],"tools":"#));
    assert!(line(ShareGpt, &row).contains(
        r#"{"from":"function_call","value":"{\"name\":\"f\",\"arguments\":{\"b\":1,\"a\":2}}"}]"#
    ));
    assert!(line(Pairs, &row).contains(r#""finish_reason":"tool_calls""#));
}

#[test]
fn a_refusal_is_learned_as_the_words_it_is() {
    let row = declined();
    for format in TrainingFormat::ALL {
        assert!(
            line(format, &row).contains("I can't help with that."),
            "{format}"
        );
    }
    assert!(
        line(OpenAiSft, &row)
            .ends_with(r#"{"role":"assistant","content":"I can't help with that."}]}"#)
    );
    assert!(line(Pairs, &row).contains(r#""content":null,"refusal":"I can't help with that."}"#));
}

#[test]
fn pairs_keep_the_request_as_logged_with_its_parameters() {
    let mut row = tool_turns();
    row.reference = Some(crate::domain::Json::string("Sonnig in Zürich"));
    let text = line(Pairs, &row);
    assert!(
        text.starts_with(r#"{"id":"row-7","request":{"model":"m","temperature":0.5,"tools":["#)
    );
    assert!(text.ends_with(r#","reference":"Sonnig in Zürich"}"#));
}

#[test]
fn an_optional_column_named_beforehand_stands_in_every_row() {
    let all = Columns {
        tools: true,
        system: true,
        history: true,
        ..Columns::default()
    };
    assert!(shaped(TrlSft, all, &plain()).ends_with(r#","tools":null}"#));
    assert!(shaped(ShareGpt, all, &plain()).ends_with(r#","system":"","tools":""}"#));
    assert!(shaped(Alpaca, all, &plain()).ends_with(r#","system":"","history":[]}"#));
    // Services with strict keys refuse a null.
    assert_eq!(shaped(OpenAiSft, all, &plain()), line(OpenAiSft, &plain()));
    assert_eq!(shaped(Together, all, &plain()), line(Together, &plain()));
}

#[test]
fn with_an_image_in_the_file_every_content_can_be_a_list() {
    let parts = Columns::of(&image());
    assert!(parts.parts);
    assert!(line(OpenAiSft, &image()).starts_with(
        r#"{"messages":[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}"#
    ));
    assert!(
        shaped(OpenAiSft, parts, &plain())
            .contains(r#""content":[{"type":"text","text":"Bern, not Zürich."}]"#)
    );
}

#[test]
fn too_few_rows_one_class_and_duplicates_are_warned_about() {
    let codes = |format: TrainingFormat, labels: &[bool]| {
        let mut tally = Tally::new(format);
        for label in labels {
            let mut row = plain();
            row.label = Some(*label);
            tally.add(&row, line(format, &row).as_bytes());
        }
        let warnings = tally.warnings();
        warnings.into_iter().map(|w| w.code).collect::<Vec<_>>()
    };
    assert_eq!(
        codes(OpenAiSft, &[true; 9]),
        ["too_few_rows", "duplicate_rows"]
    );
    assert_eq!(codes(OpenAiSft, &[true; 10]), ["duplicate_rows"]);
    assert_eq!(codes(TrlKto, &[false]), ["one_class_only"]);
    assert!(codes(TrlKto, &[true, true, true, true, true, false]).contains(&"unbalanced_classes"));
    assert_eq!(codes(TrlKto, &[true, false]), Vec::<&str>::new());
}

#[test]
fn what_is_left_out_is_said() {
    let mut row = plain();
    row.chosen.reasoning = Some("hm".into());
    row.chosen.name = Some("bot".into());
    let of = |format| {
        let mut tally = Tally::new(format);
        tally.add(&row, b"line");
        let warnings = tally.warnings();
        warnings.into_iter().map(|w| w.code).collect::<Vec<_>>()
    };
    assert_eq!(of(Together), ["reasoning_left_out", "names_left_out"]);
    assert_eq!(of(TrlSft), ["reasoning_left_out"]);
    assert_eq!(of(Pairs), Vec::<&str>::new());
}
