//! Calls that failed: an `error` beside no answer, or beside an empty one.
//!
//! Programs that log a call write an empty answer where it timed out. That is no answer, and a score of 0 for it would be
//! invented. Beside an answer that says something the error is remarked on, and the answer counts. An empty answer without
//! an error stays an empty answer: models do give them.

use std::borrow::Cow;

use super::fields::{Fields, elements, scalar};
use crate::domain::message::{Message, Role};
use crate::domain::record::{Record, RecordOutput};

/// Said of an error beside an answer that says something.
const BESIDE: &str = "`error` stands beside an answer, which counts";

/// Gives a row's own error to its outputs, and takes empty answers beside an error for failures.
pub(super) fn settle<'a>(row: &Fields<'a>, has_error: bool, record: &mut Record<'a>) {
    let own = row
        .get("error")
        .filter(|_| has_error)
        .filter(|json| tells(json));
    match (own, record.outputs.as_mut_slice()) {
        (None, _) => {}
        (Some(error), []) => record.outputs.push(RecordOutput {
            error: Some(Cow::Borrowed(error)),
            ..RecordOutput::default()
        }),
        (Some(error), outputs) => own_error(error, outputs),
    }
    for at in 0..record.outputs.len() {
        let output = &mut record.outputs[at];
        let Some(error) = output.error.take().filter(|error| tells(error)) else {
            continue;
        };
        if output.message.as_deref().is_none_or(is_empty) {
            output.message = None;
            output.error = Some(error);
            continue;
        }
        record.remarks.push(BESIDE.into());
    }
}

/// A row's error is that of the answers that are not there; where all are, it is about the first.
fn own_error<'a>(error: &'a str, outputs: &mut [RecordOutput<'a>]) {
    let lacks = |output: &RecordOutput<'_>| output.message.as_deref().is_none_or(is_empty);
    let any = outputs.iter().any(lacks);
    for (at, output) in outputs.iter_mut().enumerate() {
        let is_its = if any { lacks(output) } else { at == 0 };
        if is_its && output.error.as_deref().is_none_or(|known| !tells(known)) {
            output.error = Some(Cow::Borrowed(error));
        }
    }
}

/// Whether an error says that something failed: programs write it empty where nothing did.
fn tells(json: &str) -> bool {
    let text = scalar(json).unwrap_or(Cow::Borrowed(json));
    let text = text.trim();
    let none = ["", "null", "none", "nan", "false", "0", "{}", "[]"];
    !none.iter().any(|none| text.eq_ignore_ascii_case(none))
}

/// Whether an answer holds nothing: no text but white space, no call, no refusal.
fn is_empty(json: &str) -> bool {
    if json == "null" {
        return true;
    }
    if json.starts_with('"') {
        return scalar(json).is_some_and(|text| text.trim().is_empty());
    }
    let Some(message) = Fields::of(json) else {
        return false;
    };
    let filled = |key: &str| match message.get(key) {
        None => false,
        Some(value) if value.starts_with('[') => elements(value).is_some_and(|all| !all.is_empty()),
        Some(value) => !is_empty(value),
    };
    let other = [
        "tool_calls",
        "function_call",
        "refusal",
        "reasoning_content",
        "audio",
    ];
    let said = Message::read(json, Role::Assistant);
    let silent = said.is_some_and(|said| said.plain_text().trim().is_empty());
    silent && !other.iter().any(|key| filled(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(row: &'a str, answers: &[&'a str]) -> Record<'a> {
        let fields = Fields::parse(row).unwrap();
        let answer = |json: &&'a str| RecordOutput {
            message: Some(Cow::Borrowed(*json)),
            ..RecordOutput::default()
        };
        let mut record = Record {
            outputs: answers.iter().map(answer).collect(),
            ..Record::default()
        };
        settle(&fields, true, &mut record);
        record
    }

    #[test]
    fn an_error_beside_an_empty_answer_is_a_failure_however_both_are_written() {
        for error in [
            r#""timeout""#,
            r#"{"type":"timeout","code":504}"#,
            "true",
            "504",
        ] {
            for answer in [
                r#""""#,
                r#"" \n ""#,
                "null",
                r#"{"role":"assistant","content":""}"#,
                r#"{"role":"assistant","content":null,"tool_calls":[]}"#,
            ] {
                let row = format!(r#"{{"error":{error}}}"#);
                let record = read(&row, &[answer]);
                let output = &record.outputs[0];
                assert_eq!(
                    (output.message.as_deref(), output.error.as_deref()),
                    (None, Some(error)),
                    "{answer}"
                );
                assert!(record.remarks.is_empty());
            }
        }
    }

    #[test]
    fn an_error_beside_an_answer_is_remarked_on_and_the_answer_counts() {
        for answer in [
            r#""Paris""#,
            r#"{"role":"assistant","content":null,"tool_calls":[{"id":"1"}]}"#,
            r#"{"role":"assistant","content":null,"refusal":"No."}"#,
        ] {
            let record = read(r#"{"error":"retried twice"}"#, &[answer]);
            let output = &record.outputs[0];
            assert_eq!(output.message.as_deref(), Some(answer));
            assert_eq!(output.error, None);
            assert_eq!(record.remarks, [BESIDE]);
        }
    }

    #[test]
    fn an_empty_answer_without_an_error_stays_an_answer() {
        for error in ["null", r#""""#, "false", "{}", r#""None""#] {
            let row = format!(r#"{{"error":{error}}}"#);
            let record = read(&row, &[r#""""#]);
            assert_eq!(
                record.outputs[0].message.as_deref(),
                Some(r#""""#),
                "{error}"
            );
            assert_eq!(
                (record.outputs[0].error.is_none(), record.remarks.len()),
                (true, 0)
            );
        }
    }

    #[test]
    fn of_several_answers_those_that_are_not_there_failed() {
        let record = read(r#"{"error":"timeout"}"#, &[r#""a""#, r#""""#]);
        assert_eq!(record.outputs[0].message.as_deref(), Some(r#""a""#));
        assert_eq!(record.outputs[0].error, None);
        assert_eq!(record.outputs[1].message, None);
        assert!(record.outputs[1].error.is_some());
    }
}
