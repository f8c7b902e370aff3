//! Small rows to write.

use crate::domain::ids::{ClusterId, ItemId, TicketId};
use crate::domain::json::Json;
use crate::domain::message::{Message, Request, Role};
use crate::domain::training::{
    Decision, Origin, TrainingFormat, TrainingRow, answer_extras, request_extras,
};
use crate::formats::training::{Columns, check, write};

/// A row from a logged request and the answer that was chosen for it, both JSON.
pub(super) fn row(request: &str, chosen: &str) -> TrainingRow {
    let request = Json::parse(request).unwrap();
    let answer = Json::parse(chosen).unwrap();
    let read = Request::read(&request);
    let mut extras = request_extras(&request);
    extras.extend(answer_extras(&answer, read.messages.len()));
    TrainingRow {
        ticket: TicketId([0xAB; 16]),
        item: ItemId([2; 16]),
        cluster: ClusterId([3; 16]),
        raw: None,
        external_id: Some("row-7".into()),
        request: read,
        request_json: Some(request),
        extras,
        chosen: Message::read(chosen, Role::Assistant).unwrap(),
        rejected: Some(Message::text(Role::Assistant, "Berlin?")),
        label: Some(true),
        reviewers: vec!["ana".into()],
        decision: Decision::Corrected,
        origin: Origin::Human,
        judge: None,
        taken: None,
        reference: None,
        score: None,
    }
}

/// One question, one answer.
pub(super) fn plain() -> TrainingRow {
    row(r#""Capital of Switzerland?""#, r#""Bern, not Zürich.""#)
}

/// Two turns under a system prompt.
pub(super) fn multi_turn() -> TrainingRow {
    row(
        r#"[{"role":"developer","content":"Be brief."},{"role":"user","content":"Hi"},
            {"role":"assistant","content":"Hello."},{"role":"user","content":"Bye"}]"#,
        r#""See you.""#,
    )
}

/// A question that a tool answered; tools offered.
pub(super) fn tool_turns() -> TrainingRow {
    row(
        r#"{"model":"m","temperature":0.5,"tools":[{"type":"function","function":{"name":"weather","parameters":{"z":1,"a":2}}}],
            "parallel_tool_calls":false,
            "messages":[{"role":"user","content":"Weather?"},
              {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"town\": \"Bern\", \"day\": 1}"}}]},
              {"role":"tool","tool_call_id":"c1","content":"sunny"}]}"#,
        r#""Sunny.""#,
    )
}

/// An answer that is a tool call.
pub(super) fn tool_answer() -> TrainingRow {
    row(
        r#"{"tools":[{"type":"function","function":{"name":"f"}}],"messages":[{"role":"user","content":"Do it"}]}"#,
        r#"{"role":"assistant","content":null,"tool_calls":[{"id":"c9","type":"function","function":{"name":"f","arguments":"{\"b\":1,\"a\":2}"}}]}"#,
    )
}

/// A model that declined in the field made for it.
pub(super) fn declined() -> TrainingRow {
    row(
        r#""How do I pick a lock?""#,
        r#"{"role":"assistant","content":null,"refusal":"I can't help with that."}"#,
    )
}

/// A question with an image.
pub(super) fn image() -> TrainingRow {
    row(
        r#"[{"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}]"#,
        r#""A dot.""#,
    )
}

/// The line of a row in its natural shape, without the newline.
pub(super) fn line(format: TrainingFormat, row: &TrainingRow) -> String {
    shaped(format, Columns::default(), row)
}

/// The line of a row in a file of the given shape.
pub(super) fn shaped(format: TrainingFormat, shape: Columns, row: &TrainingRow) -> String {
    assert_eq!(check(format, row), Ok(()), "{format}");
    let mut out = Vec::new();
    write(format, shape, row, &mut out);
    let line = String::from_utf8(out).unwrap();
    let line = line.strip_suffix('\n').unwrap();
    assert!(!line.contains('\n'));
    line.to_owned()
}

/// The codes a row is refused for.
pub(super) fn codes(format: TrainingFormat, row: &TrainingRow) -> Vec<&'static str> {
    let found = check(format, row).err().unwrap_or_default();
    found.into_iter().map(|refusal| refusal.code).collect()
}
