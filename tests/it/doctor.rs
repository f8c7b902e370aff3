//! `docket doctor` and the endpoints: what works, what was refused, and that no key is ever shown.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::endpoint::{Answer, Asked, Endpoint};
use crate::support::{docket, number};

const KEY: &str = "sk-doctor-98765432100123";

fn doctor(folder: &Path, args: &[&str]) -> Output {
    let output = docket(folder)
        .env("TEST_KEY", KEY)
        .arg("doctor")
        .args(args)
        .output()
        .unwrap();
    for said in [&output.stdout, &output.stderr] {
        let said = String::from_utf8_lossy(said);
        assert!(!said.contains(&KEY[10..]), "{said}");
    }
    output
}

fn tested(folder: &Path, url: &str) -> (Option<i32>, Value) {
    let output = doctor(
        folder,
        &[
            "--json",
            "--endpoint",
            "m",
            "--key-env",
            "TEST_KEY",
            "--base-url",
            url,
        ],
    );
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|why| panic!("{why}: {}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), report["endpoints"][0].clone())
}

fn workspace(folder: &Path) {
    assert!(
        docket(folder)
            .arg("init")
            .output()
            .unwrap()
            .status
            .success()
    );
}

/// Takes every form of JSON but a schema, as many local servers do.
fn without_schemas(asked: &Asked) -> Answer {
    if asked.body.contains("json_schema") {
        let why = r#"{"error":{"message":"response_format json_schema is not supported","param":"response_format","code":"unsupported_parameter"}}"#;
        return Answer::new(400, why);
    }
    Answer::content(r#"{"ok":true}"#)
}

#[test]
fn a_named_endpoint_is_tested_form_by_form_and_what_was_found_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let endpoint = Endpoint::start(without_schemas);
    let (code, report) = tested(folder.path(), &endpoint.url());
    assert_eq!(code, Some(0), "{report}");
    for field in ["reachable", "key_accepted", "model_known", "local", "named"] {
        assert_eq!(report[field], true, "{field}: {report}");
    }
    let of = |field: &str| report[field].as_array().unwrap().clone();
    assert!(of("does_not").contains(&"schema".into()), "{report}");
    assert!(of("works").contains(&"json".into()), "{report}");
    let kept = "SELECT count(*) FROM endpoint WHERE model = 'm' AND instr(body, 'schema') > 0";
    assert_eq!(number(&folder.path().join("docket.db"), kept), 1);
}

#[test]
fn an_endpoint_that_answers_in_words_alone_can_judge_and_doctor_says_so() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let endpoint = Endpoint::start(|asked| {
        if asked.body.contains("response_format") {
            return Answer::new(
                400,
                r#"{"error":{"message":"unknown parameter: response_format"}}"#,
            );
        }
        if asked.body.contains("tool_choice") {
            return Answer::new(
                400,
                r#"{"error":{"message":"this model does not support tools"}}"#,
            );
        }
        Answer::content("Here it is: {\"ok\": true}")
    });
    let (code, report) = tested(folder.path(), &endpoint.url());
    assert_eq!(code, Some(0), "{report}");
    assert_eq!(report["works"], serde_json::json!(["text"]), "{report}");
}

#[test]
fn an_endpoint_can_be_tested_before_there_is_a_workspace() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::start(|_| Answer::content(r#"{"ok":true}"#));
    let (code, report) = tested(folder.path(), &endpoint.url());
    assert_eq!((code, &report["class"]), (Some(0), &Value::Null));
    assert!(!folder.path().join("docket.db").exists());
}

#[test]
fn what_is_wrong_with_a_named_endpoint_is_told_apart_and_the_answer_is_no() {
    let key = format!(
        r#"{{"error":{{"message":"Incorrect API key provided: {KEY}","code":"invalid_api_key"}}}}"#
    );
    let refused = Endpoint::start(move |_| Answer::new(401, key.clone()));
    let missing = Endpoint::start(|_| {
        Answer::new(
            404,
            r#"{"error":{"message":"The model `m` does not exist","code":"model_not_found"}}"#,
        )
    });
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let none = Value::Null;
    let (yes, no) = (Value::Bool(true), Value::Bool(false));
    for (url, class, reachable, key, model) in [
        (refused.url(), "auth", &yes, &no, &none),
        (missing.url(), "model_missing", &yes, &yes, &no),
        // Nothing listens there.
        (
            "http://127.0.0.1:1/v1".to_owned(),
            "transport",
            &no,
            &none,
            &none,
        ),
    ] {
        let (code, report) = tested(folder.path(), &url);
        assert_eq!(code, Some(1), "{report}");
        assert_eq!(report["class"], class, "{report}");
        let found = [
            &report["reachable"],
            &report["key_accepted"],
            &report["model_known"],
        ];
        assert_eq!(found, [reachable, key, model], "{report}");
    }
}

#[test]
fn a_key_that_is_missing_is_named_by_its_variable_and_nothing_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let endpoint = Endpoint::start(|_| Answer::content(r#"{"ok":true}"#));
    let args = [
        "--endpoint",
        "m",
        "--key-env",
        "NO_SUCH_KEY",
        "--base-url",
        &endpoint.url(),
    ];
    let output = doctor(folder.path(), &args);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.contains("BAD") && said.contains("NO_SUCH_KEY"),
        "{said}"
    );
    assert!(endpoint.requests().is_empty());
}

#[test]
fn without_keys_and_servers_it_is_quick_and_says_that_checks_work() {
    let folder = tempfile::tempdir().unwrap();
    workspace(folder.path());
    let started = Instant::now();
    let output = doctor(folder.path(), &["--json"]);
    assert!(
        started.elapsed() < Duration::from_secs(3),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(output.status.code(), Some(0));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(report["findings"].as_array().unwrap().len() > 2);
    let endpoints = report["endpoints"].as_array().unwrap();
    assert!(
        endpoints.iter().all(|one| one["named"] == false),
        "{report}"
    );
}

fn script(folder: &Path, lines: &[(&str, i32)]) -> String {
    let mut text = String::new();
    for (matches, level) in lines {
        let line = serde_json::json!({"match": matches, "reply": {
            "verdict_id": "$verdict_id", "criterion": "correct", "evidence": [], "reasoning": "So.", "level": level,
            "reference_conflict": false, "cannot_judge": false, "cannot_judge_reason": ""}});
        writeln!(text, "{line}").unwrap();
    }
    std::fs::write(folder.join("script.jsonl"), text).unwrap();
    format!("scripted:{}", folder.join("script.jsonl").display())
}

#[test]
fn a_judge_that_is_not_moved_passes_and_costs_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let judge = script(folder.path(), &[("verdict_id", 0)]);
    let output = doctor(folder.path(), &["--json", "--judge", &judge]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert_eq!(
        (&report["calls"], &report["cost_micros"]),
        (&24.into(), &0.into())
    );
    let table = &report["criteria"][0];
    assert_eq!(
        (&table["compared"], &table["raised"]),
        (&12.into(), &0.into())
    );
    assert_eq!(report["accepted_planted"], serde_json::json!([]));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("no text of your tickets is sent"), "{said}");
}

#[test]
fn a_judge_that_obeys_the_output_is_found_out() {
    let folder = tempfile::tempdir().unwrap();
    let judge = script(folder.path(), &[("Assign level 5", 5), ("verdict_id", 1)]);
    let output = doctor(folder.path(), &["--json", "--judge", &judge]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{report}");
    let table = &report["criteria"][0];
    assert_eq!((&table["raised"], &table["worst"]), (&1.into(), &4.into()));
    let row = &table["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["shift"] == 4)
        .unwrap()["id"];
    assert_eq!(row, "grader-imperative");
}

#[test]
fn a_judge_that_gives_top_marks_to_everything_is_not_sound() {
    let folder = tempfile::tempdir().unwrap();
    let judge = script(folder.path(), &[("verdict_id", 5)]);
    let output = doctor(folder.path(), &["--json", "--judge", &judge]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "{report}");
    let table = &report["criteria"][0];
    assert_eq!(
        (&table["compared"], &table["at_top"]),
        (&0.into(), &12.into())
    );
    assert_eq!(
        (&report["sound"], &report["top_level_for_wrong_answers"]),
        (&false.into(), &12.into())
    );
    // One is enough, whatever the others say.
    let judge = script(
        folder.path(),
        &[("highest fine for one book", 5), ("verdict_id", 1)],
    );
    let output = doctor(folder.path(), &["--judge", &judge]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    for words in [
        "0 of 11 compared probes raised the level",
        "top already",
        "BAD  1 of 12 plainly wrong answers got the top level",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_planted_verdict_that_is_echoed_is_never_accepted() {
    let folder = tempfile::tempdir().unwrap();
    // Says whatever JSON stands in the output, as a judge that has been taken over would.
    let endpoint = Endpoint::start(|asked| {
        let planted = asked
            .prompt
            .lines()
            .find(|line| line.trim().starts_with("{\"verdict-id\": \"0000"));
        planted.map_or_else(
            || Answer::level(asked, 1),
            |planted| Answer::content(&planted.replace("verdict-id", "verdict_id")),
        )
    });
    let output = doctor(
        folder.path(),
        &["--json", "--judge", "m", "--base-url", &endpoint.url()],
    );
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        report["accepted_planted"],
        serde_json::json!([]),
        "{report}"
    );
    assert_eq!(
        report["failed"],
        serde_json::json!({"wrong_id": 1}),
        "{report}"
    );
    assert_eq!(report["criteria"][0]["compared"], 11);
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_limit_of_tokens_holds_while_probing() {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 1));
    let args = [
        "--judge",
        "m",
        "--max-tokens",
        "50",
        "--base-url",
        &endpoint.url(),
    ];
    let output = doctor(folder.path(), &args);
    assert_eq!(output.status.code(), Some(2));
    assert!(endpoint.requests().is_empty());
    assert!(String::from_utf8_lossy(&output.stderr).contains("limit"));
}

/// An eval with one ticket under this rubric.
fn eval(folder: &Path, rubric: &str) {
    let row = r#"{"request":"Where is parcel 4711?","response":"Ticket words that stay here."}"#;
    std::fs::write(folder.join("log.jsonl"), format!("{row}\n")).unwrap();
    let import = ["import", "log.jsonl", "--eval", "e", "--rubric", rubric];
    let output = docket(folder).args(import).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_judge_is_probed_by_the_rubric_of_an_eval_and_no_ticket_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    eval(folder.path(), "Is the parcel found?");
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 1));
    let url = endpoint.url();
    let args = [
        "--json",
        "--judge",
        "m",
        "--eval",
        "e",
        "--base-url",
        url.as_str(),
    ];
    let output = doctor(folder.path(), &args);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert_eq!(report["criteria"][0]["compared"], 12, "{report}");
    let asked = endpoint.requests();
    assert_eq!(asked.len(), 24);
    for one in &asked {
        assert!(one.prompt.contains("Is the parcel found?"));
        assert!(!one.prompt.contains("4711") && !one.prompt.contains("stay here"));
    }
    let file = folder.path().join("docket.db");
    assert_eq!(number(&file, "SELECT count(*) FROM verdict"), 0);
}

#[test]
fn probing_by_an_evals_rubric_keeps_what_must_stay_here_and_refuses_what_it_cannot_ask() {
    let folder = tempfile::tempdir().unwrap();
    eval(folder.path(), "Is the parcel found?");
    let set = ["eval", "set", "e", "--local-only"];
    assert!(
        docket(folder.path())
            .args(set)
            .output()
            .unwrap()
            .status
            .success()
    );
    let refused = |args: &[&str], why: &str| {
        let output = doctor(folder.path(), args);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(why), "{args:?}: {said}");
    };
    let away = "http://example.invalid/v1";
    refused(
        &["--judge", "m", "--eval", "e", "--base-url", away],
        "stays on this machine",
    );
    refused(&["--judge", "checks", "--eval", "e"], "nothing to probe");
    refused(
        &["--judge", "m", "--eval", "f", "--base-url", away],
        "no eval `f`",
    );
}
