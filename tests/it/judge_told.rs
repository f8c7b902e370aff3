//! What `docket judge` says of waits, prices, endings and jobs, and does because of it.

use std::path::Path;
use std::process::Output;

use docket::engine::{Clock, Engine};
use serde_json::{Value, json};

use crate::endpoint::{Answer, Endpoint};
use crate::support::docket;

/// An eval of so many tickets.
fn prepared(folder: &Path, tickets: usize) {
    let row = |i| json!({"request": format!("Question {i}?"), "response": format!("It takes {i} days, as agreed.")});
    let rows: Vec<String> = (0..tickets).map(|i| row(i).to_string()).collect();
    std::fs::write(folder.join("log.jsonl"), rows.join("\n") + "\n").unwrap();
    said(
        folder,
        &[
            "import",
            "log.jsonl",
            "--eval",
            "e",
            "--rubric",
            "It is right.",
        ],
        0,
    );
}

/// Runs a command that must end with this code.
fn said(folder: &Path, args: &[&str], code: i32) -> (Value, String) {
    let output: Output = docket(folder).args(args).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{args:?}: {error}");
    (
        serde_json::from_slice(&output.stdout).unwrap_or_default(),
        error,
    )
}

fn judge(folder: &Path, endpoint: &Endpoint, more: &[&str], code: i32) -> (Value, String) {
    let url = endpoint.url();
    let args = ["judge", "e", "--judge", "m", "--base-url", &url, "--json"];
    said(folder, &[&args[..], more].concat(), code)
}

#[test]
fn an_endpoint_that_wants_to_be_left_alone_is_asked_once_and_not_before_its_time() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 40);
    let endpoint = Endpoint::start(|_| Answer::new(429, "").header("retry-after: 3600"));
    let (report, error) = judge(folder.path(), &endpoint, &[], 2);
    assert_eq!(endpoint.requests().len(), 1, "one reply said it for all");
    assert_eq!(report["class"], "rate_limit", "{report}");
    for told in [report["message"].as_str().unwrap(), &error] {
        assert!(
            told.contains("3600 s, until 2") && told.contains(" UTC"),
            "{told}"
        );
    }
    let (report, error) = judge(folder.path(), &endpoint, &[], 2);
    assert_eq!((&report["sent"], &report["calls"]), (&0.into(), &0.into()));
    assert!(
        error.contains("asked to wait until 2") && error.contains("--sooner"),
        "{error}"
    );
    assert_eq!(endpoint.requests().len(), 1, "nothing was sent");
    judge(folder.path(), &endpoint, &["--sooner"], 2);
    assert_eq!(endpoint.requests().len(), 2, "told otherwise, it is asked");
    let engine = Engine::open(&folder.path().join("docket.db"), "zoe", Clock::system()).unwrap();
    let message = engine.activity().unwrap()[0].job.message.clone().unwrap();
    assert!(message.contains(" UTC"), "{message}");
}

#[test]
fn who_tries_a_rubric_or_drafts_one_keeps_to_that_time_too_and_passes_it_on() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 1);
    let (tickets, _) = said(folder.path(), &["tickets", "e", "--json"], 0);
    let ticket = tickets["id"].as_str().unwrap().to_owned();
    let endpoint = Endpoint::start(|_| Answer::new(429, "").header("retry-after: 3600"));
    let url = endpoint.url();
    let tried = ["rubric", "test", "It is right.", "--ticket", &ticket];
    let draft = ["rubric", "generate", "--from", "e", "--yes"];
    let reach = ["--judge", "m", "--base-url", &url];
    let asked = |args: &[&str], more: &[&str], code| {
        let (_, error) = said(folder.path(), &[args, &reach[..], more].concat(), code);
        (error, endpoint.requests().len())
    };
    let (error, sent) = asked(&tried, &[], 2);
    assert!(sent == 1 && error.contains("3600 s, until 2"), "{error}");
    for args in [&tried[..], &draft] {
        let (error, sent) = asked(args, &[], 2);
        assert!(error.contains("asked to wait until 2"), "{error}");
        assert_eq!(sent, 1, "nothing was sent: {error}");
    }
    judge(folder.path(), &endpoint, &[], 2);
    assert_eq!(endpoint.requests().len(), 1, "nor by a judge");
    let (error, sent) = asked(&draft, &["--sooner"], 2);
    assert_eq!(sent, 2, "told otherwise, it is asked: {error}");
}

#[test]
fn replies_with_nothing_in_them_are_asked_about_again_as_their_class_says() {
    let filtered = r#"{"error":{"code":"content_filter","message":"stopped by the content management policy"}}"#;
    for (status, body, class, asked) in [
        (200, r#"{"choices":[]}"#, "unparsable", 3),
        (400, filtered, "refusal", 2),
    ] {
        let folder = tempfile::tempdir().unwrap();
        prepared(folder.path(), 1);
        let endpoint = Endpoint::start(move |_| Answer::new(status, body));
        let (report, _) = judge(folder.path(), &endpoint, &[], 1);
        assert_eq!(report["unscored"], json!({ class: 1 }), "{report}");
        assert_eq!(endpoint.requests().len(), asked, "{class}");
        assert_eq!(report["calls"], asked, "{class}");
    }
}

#[test]
fn where_nothing_was_scored_only_what_helps_is_offered() {
    let too_long = |_: &_| {
        let why =
            r#"{"error":{"code":"context_length_exceeded","message":"maximum context length"}}"#;
        Answer::new(400, why)
    };
    let cannot = |asked: &_| {
        let level = Answer::level(asked, 4);
        let body = level
            .body
            .replace(r#"\"cannot_judge\":false"#, r#"\"cannot_judge\":true"#);
        Answer::new(200, body)
    };
    for (endpoint, outcome, words) in [
        (
            Endpoint::start(too_long),
            "failed",
            "a judge with more room",
        ),
        (Endpoint::start(cannot), "done", "for a person"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        prepared(folder.path(), 2);
        let (report, error) = judge(folder.path(), &endpoint, &[], 1);
        assert_eq!(report["outcome"], outcome, "{report}");
        assert!(
            error.contains("0 of 2 tickets scored") && error.contains(words),
            "{error}"
        );
        assert!(!error.contains("--again"), "{error}");
    }
}

#[test]
fn a_job_that_has_ended_is_neither_held_nor_stopped() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 1);
    let (_, error) = said(folder.path(), &["judge", "e", "--pause"], 1);
    assert!(error.contains("no such job was ever started"), "{error}");
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3));
    judge(folder.path(), &endpoint, &[], 0);
    for wish in ["--pause", "--resume", "--cancel"] {
        for (_, error) in [
            judge(folder.path(), &endpoint, &[wish], 1),
            said(folder.path(), &["judge", "e", wish], 1),
        ] {
            assert!(
                error.contains("nothing runs on `e`") && error.contains("has ended (done)"),
                "{error}"
            );
        }
    }
}

#[test]
fn the_one_job_that_runs_on_an_eval_is_stopped_without_naming_its_judge() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 30);
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3).after(200));
    let url = endpoint.url();
    let mut running = docket(folder.path())
        .args([
            "judge",
            "e",
            "--judge",
            "m",
            "--concurrency",
            "1",
            "--base-url",
            &url,
        ])
        .stderr(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    while endpoint.requests().len() < 2 {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let (_, error) = said(folder.path(), &["judge", "e", "--cancel"], 0);
    assert!(error.contains("on `e` stops once"), "{error}");
    assert_eq!(running.wait().unwrap().code(), Some(2));
    assert!(endpoint.requests().len() < 30);
}

#[test]
fn what_a_gateway_on_this_machine_costs_is_not_known_and_where_texts_go_neither() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 2);
    said(folder.path(), &["eval", "set", "e", "--local-only"], 0);
    let dry = |judge: &str| {
        let (offer, _) = said(
            folder.path(),
            &["judge", "e", "--judge", judge, "--dry-run", "--json"],
            0,
        );
        (
            offer["priced"].clone(),
            offer["price_micros"].clone(),
            offer["may_pass_on"].clone(),
        )
    };
    for relayed in ["litellm/gpt-4.1", "openai/gpt-4.1@http://127.0.0.1:9/v1"] {
        assert_eq!(
            dry(relayed),
            (false.into(), Value::Null, true.into()),
            "{relayed}"
        );
        let limited = ["judge", "e", "--judge", relayed, "--max-cost", "1"];
        let (_, error) = said(folder.path(), &limited, 2);
        assert!(
            error.contains("may pass the texts on to another host"),
            "{error}"
        );
        assert!(
            error.contains("cannot be kept") && error.contains("a paid one"),
            "{error}"
        );
    }
    for own in ["ollama/qwen3", "llamacpp/m", "m@http://127.0.0.1:9/v1"] {
        assert_eq!(dry(own), (true.into(), 0.into(), false.into()), "{own}");
    }
}

#[test]
fn a_suggestion_is_offered_by_the_judge_that_read_the_ticket_wherever_it_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 1);
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 2));
    judge(folder.path(), &endpoint, &[], 0);
    let engine = Engine::open(&folder.path().join("docket.db"), "zoe", Clock::system()).unwrap();
    let (tickets, _) = said(folder.path(), &["tickets", "e", "--json"], 0);
    let ticket = engine.find_ticket(tickets["id"].as_str().unwrap()).unwrap();
    let choice = engine.suggestion_offer(ticket).unwrap();
    assert_eq!(choice.name, format!("m@{}", endpoint.url()));
    assert!(choice.work.is_ok(), "{:?}", choice.work);
}

#[test]
fn a_rubric_test_shows_what_the_judge_wrote_and_the_body_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 1);
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 2));
    let (tickets, _) = said(folder.path(), &["tickets", "e", "--json"], 0);
    let id = tickets["id"].as_str().unwrap();
    let url = endpoint.url();
    let args = [
        "rubric",
        "test",
        "It is right.",
        "--ticket",
        id,
        "--judge",
        "m",
        "--base-url",
        &url,
    ];
    let shown = |more: &[&str]| {
        let output = docket(folder.path())
            .args(args)
            .args(more)
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let plain = shown(&[]);
    assert!(
        plain.contains("reply: {") && plain.contains("because of the test"),
        "{plain}"
    );
    assert!(!plain.contains("chat.completion"), "{plain}");
    assert!(shown(&["--full"]).contains("chat.completion"));
}
