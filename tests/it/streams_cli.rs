//! Candidates behind an endpoint that streams, and the time to their first token.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::cli_reports::{done, run};
use super::endpoint::{Answer, Endpoint};

const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
const USAGE: &str = r#"{"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":2}}"#;

fn prepared(at: &Path, items: usize) {
    let mut rows = String::new();
    for i in 1..=items {
        let _ = writeln!(
            rows,
            r#"{{"id":"t{i}","request":"Question {i}: how long?","response":"{i} days.","latency_ms":{}}}"#,
            1_000 + i
        );
    }
    std::fs::write(at.join("log.jsonl"), rows).unwrap();
    done(at, "import log.jsonl --eval support --rubric send-as-is");
}

fn piece(text: &str) -> String {
    format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}"#)
}

/// A stream whose first words come after a while.
fn streamed(text: &str, first_ms: u64) -> Answer {
    let role = r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"#;
    Answer::stream(&[
        (0, role),
        (first_ms, &piece(text)),
        (40, &piece(" I promise.")),
        (0, STOP),
        (0, USAGE),
        (0, "[DONE]"),
    ])
}

fn ask(at: &Path, endpoint: &Endpoint, group: &str, more: &str) -> super::cli_reports::Ran {
    let url = endpoint.url();
    run(
        at,
        &format!("run support --group {group} --model b=m-1 --base-url {url} --yes --json {more}"),
    )
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn the_run(at: &Path, group: &str, candidate: usize) -> Value {
    json(&done(at, &format!("runs {group} --json")).out)["candidates"][candidate]["runs"][0].clone()
}

#[test]
fn the_time_to_the_first_token_is_measured_and_shown_wherever_the_latency_is() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at, 4);
    let endpoint = Endpoint::start(|_| streamed("Two days,", 80));
    let ran = ask(at, &endpoint, "june", "");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(json(&ran.out)["candidates"][0]["answered"], 4);
    let asked = &endpoint.requests()[0].body;
    assert!(asked.contains(r#""stream":true"#), "{asked}");
    assert!(
        asked.contains(r#""stream_options":{"include_usage":true}"#),
        "{asked}"
    );
    let run = the_run(at, "june", 1);
    let ms = |key: &str| run[key].as_u64().unwrap();
    assert!(ms("first_token_p50_ms") >= 80, "{run}");
    assert!(
        ms("latency_p50_ms") >= ms("first_token_p50_ms") + 40,
        "{run}"
    );
    // What was logged has a latency, and no first token that anybody knew of.
    let logged = the_run(at, "june", 0);
    assert_eq!(
        (&logged["latency_p50_ms"], &logged["first_token_p50_ms"]),
        (&1_003.into(), &Value::Null)
    );
    let listed = done(at, "runs june").out;
    assert!(
        listed.contains("first p50") && listed.contains("n/a"),
        "{listed}"
    );
    let compared = json(&done(at, "compare june --yes --json").out);
    assert!(
        compared["candidates"][1]["first_token_p95_ms"]
            .as_f64()
            .unwrap()
            >= 80.0
    );
    assert_eq!(compared["candidates"][0]["first_token_p95_ms"], Value::Null);
    let shown = done(at, "compare june --yes").out;
    assert!(shown.contains("first p95"), "{shown}");
    done(at, "report june --yes");
    let page = std::fs::read_to_string(at.join("june-report/report.html")).unwrap();
    assert!(page.contains("first p95"));
    // An answer that is used again keeps its times.
    assert_eq!(ask(at, &endpoint, "july", "").code, 0);
    assert_eq!(endpoint.requests().len(), 4);
    assert_eq!(
        the_run(at, "july", 1)["first_token_p50_ms"],
        run["first_token_p50_ms"]
    );
    done(at, "doctor");
}

#[test]
fn an_endpoint_that_does_not_stream_works_without_the_figure_and_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at, 4);
    let endpoint = Endpoint::start(|asked| {
        if asked.body.contains("\"stream\":true") {
            Answer::new(
                400,
                r#"{"error":{"message":"Unsupported value: 'stream' must be false","param":"stream"}}"#,
            )
        } else {
            Answer::content("Two days.").after(20)
        }
    });
    assert_eq!(ask(at, &endpoint, "june", "--concurrency 1").code, 0);
    let refused = |endpoint: &Endpoint| {
        let all = endpoint.requests();
        all.iter()
            .filter(|asked| asked.body.contains("\"stream\""))
            .count()
    };
    assert_eq!((refused(&endpoint), endpoint.requests().len()), (1, 5));
    let run = the_run(at, "june", 1);
    assert_eq!(run["first_token_p50_ms"], Value::Null);
    assert!(run["latency_p50_ms"].as_u64().unwrap() >= 20);
    let compared = done(at, "compare june --yes").out;
    assert!(
        compared.contains("n/a") && !compared.contains("0.00 s"),
        "{compared}"
    );
    assert_eq!(ask(at, &endpoint, "july", "--fresh").code, 0);
    assert_eq!((refused(&endpoint), endpoint.requests().len()), (1, 9));
}

#[test]
fn a_cut_stream_is_a_failure_of_its_item_and_never_a_short_output() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at, 3);
    let endpoint = Endpoint::start(|asked| {
        if asked.prompt.contains("Question 2") {
            Answer::stream(&[(0, &piece("Two da"))])
        } else {
            streamed("Two days,", 0)
        }
    });
    let ran = ask(at, &endpoint, "june", "");
    assert_eq!(ran.code, 2, "{}", ran.err);
    let run = the_run(at, "june", 1);
    assert_eq!(
        (&run["answered"], &run["failed"]),
        (&2.into(), &serde_json::json!([["transport", 1]]))
    );
    let kept = "SELECT count(*) FROM raw WHERE CAST(body AS TEXT) LIKE '%\"Two da\"%'";
    assert_eq!(crate::support::number(&at.join("docket.db"), kept), 0);
    let compared = json(&done(at, "compare june --yes --json").out);
    assert_eq!(
        compared["candidates"][1]["failed"],
        serde_json::json!([["transport", 1]])
    );
}

#[test]
fn judging_asks_for_one_whole_reply() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at, 2);
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 1));
    let url = endpoint.url();
    done(
        at,
        &format!("judge support --judge m-2 --base-url {url} --yes"),
    );
    assert!(!endpoint.requests().is_empty());
    for asked in endpoint.requests() {
        assert!(!asked.body.contains("\"stream\""), "{}", asked.body);
    }
}
