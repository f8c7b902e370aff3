//! `docket judge` against an endpoint that misbehaves.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::endpoint::{Answer, Asked, Endpoint};
use crate::support::{docket, number};

/// Tickets of the eval these tests judge.
const TICKETS: usize = 40;
/// Tokens a call on such a ticket may take at most: the room of a reply, and its question counted with care.
const DEAREST: i64 = 4_096 + 1_400;

fn prepared(folder: &Path) -> PathBuf {
    let mut rows = String::new();
    for i in 0..TICKETS {
        let _ = writeln!(
            rows,
            "{{\"request\":\"Question {i}: how long does it take?\",\"response\":\"It takes {i} days, as the contract says.\"}}"
        );
    }
    std::fs::write(folder.join("log.jsonl"), rows).unwrap();
    let made = docket(folder)
        .args([
            "import",
            "log.jsonl",
            "--eval",
            "e",
            "--rubric",
            "The answer is right.",
        ])
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    folder.join("docket.db")
}

fn judge(folder: &Path, endpoint: &Endpoint, more: &[&str]) -> std::process::Command {
    let mut command = docket(folder);
    command
        .env("TEST_KEY", "sk-test-0123456789abcdef")
        .args([
            "judge",
            "e",
            "--judge",
            "m",
            "--key-env",
            "TEST_KEY",
            "--json",
            "--base-url",
        ])
        .arg(endpoint.url())
        .args(more);
    command
}

fn report(output: &Output) -> Value {
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {stderr}"))
}

#[test]
fn every_ticket_gets_one_verdict_and_nothing_is_asked_twice() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 4).after(10));
    let output = judge(folder.path(), &endpoint, &["--concurrency", "16"])
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report = report(&output);
    assert_eq!(
        (&report["judged"], &report["scored"], &report["left"]),
        (&TICKETS.into(), &TICKETS.into(), &0.into())
    );
    assert_eq!(endpoint.requests().len(), TICKETS);
    assert_eq!(
        number(&file, "SELECT count(*) FROM ticket WHERE judge = 0.8"),
        TICKETS as i64
    );
    let again = judge(folder.path(), &endpoint, &[]).output().unwrap();
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(
        endpoint.requests().len(),
        TICKETS,
        "a second run asks nothing"
    );
}

/// Starts it and kills it twenty times; how often it was at work, and how many calls were lost in all.
fn killed(folder: &Path, endpoint: &Endpoint, concurrency: usize) -> (usize, usize) {
    let (mut kills, mut lost) = (0, 0);
    for round in 0..20_u64 {
        let mut child = judge(folder, endpoint, &["--concurrency", "4"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(40 + round * 37 % 260));
        if child.try_wait().unwrap().is_none() {
            kills += 1;
        }
        let _ = child.kill();
        child.wait().unwrap();
        let sent = endpoint.requests().len();
        let kept = number(&folder.join("docket.db"), "SELECT count(*) FROM verdict") as usize;
        assert!(
            sent - kept - lost <= concurrency,
            "{} calls lost by one kill",
            sent - kept - lost
        );
        lost = sent - kept;
    }
    (kills, lost)
}

#[test]
fn killed_twenty_times_it_pays_twice_for_no_more_than_what_was_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    let endpoint =
        Endpoint::start(|asked| Answer::level(asked, (asked.number % 6) as i32).after(60));
    let concurrency = 4;
    let (kills, lost) = killed(folder.path(), &endpoint, concurrency);
    let output = judge(folder.path(), &endpoint, &["--concurrency", "8"])
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(
        number(&file, "SELECT count(*) FROM verdict"),
        TICKETS as i64
    );
    assert_eq!(
        number(&file, "SELECT count(*) FROM ticket WHERE judge IS NOT NULL"),
        TICKETS as i64
    );
    assert_eq!(
        endpoint.times().len(),
        TICKETS,
        "a question keeps its id over restarts"
    );
    // Without a limit too, what a kill may have cost is known.
    let most = number(&file, "SELECT lost_tokens FROM job");
    assert!(most >= 110 * lost as i64, "{most} tokens for {lost} calls");
    let twice = endpoint.requests().len() - TICKETS;
    assert!(
        twice <= kills * concurrency,
        "{twice} asked twice in {kills} kills"
    );
    // What verdicts cost is what they would have cost without a kill.
    let tokens = "SELECT sum(json_extract(body, '$.call.input_tokens') + json_extract(body, '$.call.output_tokens')) FROM verdict";
    assert_eq!(number(&file, tokens), 110 * TICKETS as i64);
    assert_eq!(number(&file, "SELECT done FROM job"), TICKETS as i64);
    assert_eq!(
        number(&file, "SELECT count(*) FROM lease WHERE until_ms > 0"),
        0
    );
}

#[test]
fn a_refused_key_is_one_message_and_not_one_call_per_ticket() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let refused = r#"{"error":{"message":"Incorrect API key provided: sk-test-0123456789abcdef","type":"invalid_request_error","code":"invalid_api_key"}}"#;
    let endpoint = Endpoint::start(move |_| Answer::new(401, refused));
    let output = judge(folder.path(), &endpoint, &["--concurrency", "32"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(endpoint.requests().len(), 1);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(stderr.matches("error:").count(), 1, "{stderr}");
    assert!(
        stderr.contains("TEST_KEY") && !stderr.contains("0123456789"),
        "{stderr}"
    );
    assert_eq!(report(&output)["failed"]["auth"], 1);
}

#[test]
fn who_is_asked_to_wait_waits_and_none_ends_failed() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    let refused: &Mutex<Vec<(String, Instant)>> = Box::leak(Box::default());
    let endpoint = Endpoint::start(move |asked: &Asked| {
        let mut seen = refused.lock().unwrap();
        let before = seen.iter().any(|(nonce, _)| *nonce == asked.nonce);
        if asked.number.is_multiple_of(5) && !before {
            seen.push((asked.nonce.clone(), Instant::now()));
            return Answer::new(429, r#"{"error":{"message":"slow down"}}"#)
                .header("retry-after: 1");
        }
        if asked.number.is_multiple_of(7) && !before {
            seen.push((
                asked.nonce.clone(),
                Instant::now().checked_sub(Duration::from_secs(1)).unwrap(),
            ));
            return Answer::new(500, "oops");
        }
        Answer::level(asked, 3).after(5)
    });
    let output = judge(folder.path(), &endpoint, &["--concurrency", "8"])
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let report = report(&output);
    assert_eq!(
        (&report["judged"], &report["failed"]),
        (&TICKETS.into(), &serde_json::json!({}))
    );
    let again = &report["asked_again"];
    assert_eq!(again["rate_limit"], report["rate_limited"], "{report}");
    let (waits, lost) = (again["rate_limit"].as_i64(), again["transport"].as_i64());
    let refusals = refused.lock().unwrap().len() as i64;
    assert_eq!(waits.unwrap() + lost.unwrap(), refusals);
    let told = "SELECT count(*) FROM call WHERE criterion = 'asked again' AND class = 'rate_limit'";
    assert_eq!(number(&file, told), waits.unwrap());
    for (nonce, at) in refused.lock().unwrap().iter() {
        let next = endpoint
            .requests()
            .into_iter()
            .find(|asked| asked.nonce == *nonce && asked.at > *at + Duration::from_millis(1));
        let waited = next.expect("asked again").at - *at;
        assert!(
            waited >= Duration::from_millis(990),
            "asked again after {waited:?}"
        );
    }
}

#[test]
fn a_budget_of_tokens_is_never_exceeded_and_a_larger_one_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3).after(20));
    let output = judge(
        folder.path(),
        &endpoint,
        &["--concurrency", "8", "--max-tokens", "6000"],
    )
    .output()
    .unwrap();
    assert_eq!(
        output.status.code(),
        Some(2),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let first = report(&output);
    assert_eq!(first["outcome"], "budget");
    let spent = number(&file, "SELECT spent_tokens FROM job");
    assert!(spent <= 6000, "{spent}");
    // It ends where one more call at its dearest has no room, not before.
    assert!(spent > 6000 - DEAREST, "{spent}");
    assert_eq!(first["calls"], endpoint.requests().len());
    assert_eq!(first["calls"], first["sent"]);
    assert_eq!(spent, 110 * number(&file, "SELECT count(*) FROM verdict"));
    let output = judge(folder.path(), &endpoint, &["--max-tokens", "1000000"])
        .output()
        .unwrap();
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert_eq!(endpoint.requests().len(), TICKETS);
}

#[test]
#[allow(clippy::too_many_lines)] // A table.
fn every_class_of_a_bad_reply_is_told_apart_and_none_is_a_score() {
    type Case = (&'static str, fn(&Asked) -> Answer);
    let cases: [Case; 8] = [
        ("unparsable", |_| {
            Answer::content("I would say it is quite good.")
        }),
        ("wrong_id", |asked| {
            let other = Asked {
                nonce: "000000000000".into(),
                ..asked.clone()
            };
            Answer::level(&other, 5)
        }),
        ("out_of_range", |asked| {
            let body = Answer::level(asked, 4)
                .body
                .replace(r#"\"level\":4"#, r#"\"level\":3.5"#);
            Answer::new(200, body)
        }),
        ("ambiguous", |asked| {
            let (one, two) = (Answer::level(asked, 1).body, Answer::level(asked, 5).body);
            let text = |body: &str| {
                serde_json::from_str::<Value>(body).unwrap()["choices"][0]["message"]["content"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            };
            Answer::content(&format!("{}\n{}", text(&one), text(&two)))
        }),
        ("refusal", |asked| {
            let body = Answer::level(asked, 4).body.replace(
                r#""finish_reason":"stop""#,
                r#""finish_reason":"content_filter""#,
            );
            Answer::new(200, body)
        }),
        ("truncated", |asked| {
            let body = Answer::level(asked, 4)
                .body
                .replace(r#""finish_reason":"stop""#, r#""finish_reason":"length""#);
            Answer::new(200, body)
        }),
        ("cannot_judge", |asked| {
            let body = Answer::level(asked, 4)
                .body
                .replace(r#"\"cannot_judge\":false"#, r#"\"cannot_judge\":true"#);
            Answer::new(200, body)
        }),
        ("unparsable", |_| {
            Answer::new(
                200,
                r#"{"choices":[{"message":{"role":"assistant","content":"","reasoning_content":"hm"},"finish_reason":"stop"}]}"#,
            )
        }),
    ];
    for (class, answer) in cases {
        let folder = tempfile::tempdir().unwrap();
        let file = prepared(folder.path());
        let endpoint = Endpoint::start(answer);
        let output = judge(folder.path(), &endpoint, &["--limit", "3"])
            .output()
            .unwrap();
        // Nothing at all was answered: that is a no.
        assert_eq!(
            output.status.code(),
            Some(1),
            "{class}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let report = report(&output);
        assert_eq!(
            report["unscored"],
            serde_json::json!({ class: 3 }),
            "{report}"
        );
        assert_eq!(report["scored"], 0);
        assert_eq!(
            number(&file, "SELECT count(*) FROM ticket WHERE judge IS NOT NULL"),
            0,
            "{class}"
        );
    }
}

#[test]
fn a_stopped_job_keeps_what_is_there_and_goes_on_with_the_rest() {
    // What ends a program from a shell, and what a service manager ends it with.
    for (signal, code) in [
        (rustix::process::Signal::INT, 2),
        (rustix::process::Signal::TERM, 143),
    ] {
        stopped_by(signal, code);
    }
}

fn stopped_by(signal: rustix::process::Signal, code: i32) {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 2).after(120));
    let child = judge(folder.path(), &endpoint, &["--concurrency", "4"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while endpoint.requests().len() < 6 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, signal).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(code));
    let stopped = report(&output);
    assert_eq!(stopped["outcome"], "cancelled");
    let kept = number(&file, "SELECT count(*) FROM verdict");
    assert_eq!(
        kept as usize,
        endpoint.requests().len(),
        "what was under way was waited for"
    );
    assert!(kept > 0 && (kept as usize) < TICKETS, "{kept}");
    let output = judge(folder.path(), &endpoint, &[]).output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(endpoint.requests().len(), TICKETS);
}

#[test]
fn a_start_beside_a_held_job_says_who_holds_it_and_does_not_let_it_go_on() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 2).after(120));
    let child = judge(folder.path(), &endpoint, &["--concurrency", "2"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while endpoint.requests().len() < 2 && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    let tell = |wish: &str| {
        let said = docket(folder.path()).args(["judge", "e", wish]).output();
        assert!(said.unwrap().status.success(), "{wish}");
    };
    tell("--pause");
    std::thread::sleep(Duration::from_millis(1_500));
    let asked = endpoint.requests().len();
    let beside = judge(folder.path(), &endpoint, &[]).output().unwrap();
    let error = String::from_utf8_lossy(&beside.stderr).into_owned();
    assert_eq!(beside.status.code(), Some(2), "{error}");
    assert!(
        error.contains(&format!("is held by process {}", child.id()))
            && error.contains("`docket judge e --resume`"),
        "{error}"
    );
    assert_eq!(endpoint.requests().len(), asked, "nothing was let go on");
    tell("--resume");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(endpoint.requests().len(), TICKETS);
}

#[test]
fn calls_under_way_reach_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3).after(250));
    let output = judge(folder.path(), &endpoint, &["--concurrency", "32"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let most = endpoint
        .most_at_once
        .load(std::sync::atomic::Ordering::Relaxed);
    assert!((31..=32).contains(&most), "{most}");
}

#[test]
fn one_schema_a_criterion_one_prefix_for_all_tickets_and_the_key_in_its_header_only() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3));
    let output = judge(folder.path(), &endpoint, &["--limit", "5"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0));
    let requests = endpoint.requests();
    assert_eq!(requests.len(), 5);
    let schema = |asked: &Asked| {
        serde_json::from_str::<Value>(&asked.body).unwrap()["response_format"].clone()
    };
    let (first, rest) = requests.split_first().unwrap();
    for other in rest {
        assert_eq!(schema(first), schema(other));
        let same = first
            .prompt
            .bytes()
            .zip(other.prompt.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        assert!(
            first.prompt[..same].contains("# Material"),
            "the prefix ends at {same}"
        );
    }
    for asked in &requests {
        assert!(asked.headers.contains("sk-test-0123456789abcdef"));
        assert!(!asked.body.contains("sk-test"));
        assert!(
            !asked.prompt.contains("docket.db")
                && asked.prompt.contains("days, as the contract says")
        );
    }
}

/// A rubric with a check, and an output with nothing in it to ask about.
fn with_checks(folder: &Path) -> PathBuf {
    std::fs::write(
        folder.join("r.toml"),
        "schema = 1\nid = \"r\"\nkind = \"direct\"\ninstructions = \"Judge the reply to the request, and nothing else.\"\n\n[[criterion]]\nid = \"right\"\nquestion = \"Is it right?\"\nscale = \"level5\"\n\n[[check]]\nid = \"short\"\ntype = \"max_chars\"\nchars = 40\non_fail = \"note\"\n",
    )
    .unwrap();
    let rows = "{\"request\":\"How long?\",\"response\":\"It takes two days.\"}\n{\"request\":\"How much?\",\"response\":\"\"}\n{\"request\":\"When?\",\"response\":\"It is sent on Monday, and arrives on the Wednesday after.\"}\n";
    std::fs::write(folder.join("log.jsonl"), rows).unwrap();
    let import = ["import", "log.jsonl", "--eval", "e", "--rubric", "r.toml"];
    let made = docket(folder).args(import).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    folder.join("docket.db")
}

const FIRST_SENDS: &str = "SELECT count(*) FROM event WHERE kind = 'first_send'";

#[test]
fn a_judge_without_a_key_has_read_nothing_and_sent_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = with_checks(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3));
    let mut keyless = judge(folder.path(), &endpoint, &[]);
    let output = keyless.env_remove("TEST_KEY").output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let told = report(&output);
    for count in ["judged", "scored", "calls", "sent"] {
        assert_eq!(told[count], 0, "{count}: {told}");
    }
    assert_eq!(number(&file, "SELECT count(*) FROM verdict"), 0);
    assert_eq!(number(&file, FIRST_SENDS), 0);
    let output = judge(folder.path(), &endpoint, &[]).output().unwrap();
    let told = report(&output);
    assert_eq!((&told["judged"], &told["scored"]), (&3.into(), &3.into()));
    assert_eq!(told["checks"]["ran"], 3);
    assert_eq!(number(&file, FIRST_SENDS), 1);
    let history = docket(folder.path())
        .args(["history", "--json"])
        .output()
        .unwrap();
    let sent = String::from_utf8_lossy(&history.stdout);
    let line = sent.lines().find(|line| line.contains("first_send"));
    let line: Value = serde_json::from_str(line.unwrap()).unwrap();
    assert_eq!(line["first_send"]["tickets"], 3);
    assert_eq!(line["first_send"]["fields"][0], "request");
    let what = line["what"].as_str().unwrap();
    assert!(what.ends_with("request, output of 3 tickets"), "{what}");
}

#[test]
fn a_server_that_is_down_got_nothing_so_nothing_is_recorded_as_sent() {
    let folder = tempfile::tempdir().unwrap();
    let file = with_checks(folder.path());
    let gone = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let mut asked = docket(folder.path());
    asked.args(["judge", "e", "--judge", "m", "--json", "--base-url"]);
    let output = asked.arg(format!("http://{gone}/v1")).output().unwrap();
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("is the server running?"));
    assert_eq!(number(&file, FIRST_SENDS), 0);
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3));
    let output = judge(folder.path(), &endpoint, &[]).output().unwrap();
    assert_eq!(report(&output)["scored"], 3);
    assert_eq!(number(&file, FIRST_SENDS), 1);
}

#[test]
fn how_an_endpoint_is_reached_means_nothing_where_no_judge_is_named() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    for words in [
        &["judge", "e"][..],
        &["rubric", "test", "e", "--ticket", "a"],
    ] {
        for (option, value) in [("--base-url", "http://127.0.0.1:9/v1"), ("--timeout", "5")] {
            let said = docket(folder.path())
                .args(words)
                .args([option, value])
                .output()
                .unwrap();
            let told = String::from_utf8_lossy(&said.stderr);
            assert_eq!(said.status.code(), Some(2), "{told}");
            assert!(told.contains("--judge"), "{told}");
        }
    }
}

#[test]
fn a_judge_at_an_address_of_its_own_is_offered_again_with_what_was_kept_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = with_checks(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3));
    judge(folder.path(), &endpoint, &[]).output().unwrap();
    let name = format!("m@{}", endpoint.url());
    let listed = docket(folder.path())
        .args(["judge", "e", "--json"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.contains(&format!("\"{name}\"")), "{name}: {listed}");
    let engine = docket::engine::Engine::open(&file, "ana", docket::engine::Clock::system());
    let jobs = engine.unwrap().activity().unwrap();
    assert_eq!(jobs[0].named.as_deref(), Some(name.as_str()));
}

#[test]
fn a_limit_is_the_first_of_the_plan_however_often_it_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3));
    let first = judge(folder.path(), &endpoint, &["--limit", "5"])
        .output()
        .unwrap();
    let told = report(&first);
    assert_eq!((&told["judged"], &told["left"]), (&5.into(), &0.into()));
    assert_eq!(number(&file, "SELECT total FROM job"), 5);
    assert_eq!(number(&file, "SELECT done FROM job"), 5);
    let again = judge(folder.path(), &endpoint, &["--limit", "5"])
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(report(&again)["tickets"], 0);
    assert_eq!(endpoint.requests().len(), 5);
    let more = judge(folder.path(), &endpoint, &["--limit", "7"])
        .output()
        .unwrap();
    assert_eq!(report(&more)["judged"], 2);
    let mut bad = docket(folder.path());
    std::fs::write(folder.path().join("s.jsonl"), "{\"text\": 1, \"no\": 2}\n").unwrap();
    let bad = bad
        .args(["judge", "e", "--judge", "scripted:s.jsonl"])
        .output()
        .unwrap();
    assert_eq!(bad.status.code(), Some(2), "{bad:?}");
    assert_eq!(
        number(&file, "SELECT count(*) FROM job"),
        1,
        "what cannot be opened begins no job"
    );
}

#[test]
fn a_judge_that_answers_nothing_is_no_success_and_answers_are_counted_apart_from_checks() {
    let folder = tempfile::tempdir().unwrap();
    let file = with_checks(folder.path());
    let endpoint = Endpoint::start(|_| Answer::content("I would rather not say."));
    let output = judge(folder.path(), &endpoint, &["--again"])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = report(&output);
    // The empty output has the lowest level without being asked about.
    assert_eq!(
        (&told["judged"], &told["outcome"]),
        (&3.into(), &"failed".into())
    );
    assert_eq!(told["cached"], 0);
    assert_eq!(number(&file, "SELECT cached FROM job"), 0);
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 3));
    let told = report(
        &judge(folder.path(), &endpoint, &["--again"])
            .output()
            .unwrap(),
    );
    assert_eq!(
        (&told["scored"], &told["scored_tickets"]),
        (&3.into(), &3.into())
    );
    // A server on this machine is free, and says so afterwards too.
    assert_eq!(
        (&told["cost_micros"], &told["unpriced_calls"]),
        (&0.into(), &0.into())
    );
    let checks = ["judge", "e", "--judge", "checks"];
    let said = docket(folder.path()).args(checks).output().unwrap();
    let said = String::from_utf8_lossy(&said.stdout).into_owned();
    for line in [
        "checks: 3 tickets, 2 of 3 checks passed",
        "checks that failed: short 1 of 3",
        "checks.pass_rate 0.667",
        "0 of 1 question checked; without a level: right",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
    assert_eq!(
        number(
            &file,
            "SELECT count(*) FROM job WHERE message = '0 of 1 question checked, 2 of 3 checks passed'"
        ),
        1
    );
}

#[test]
fn the_list_of_judges_fits_eighty_columns_and_says_what_is_missing_and_how_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let list = |keys: &[&str]| {
        let mut command = docket(folder.path());
        for key in keys {
            command.env(key, "sk-test-0123456789abcdef");
        }
        let output = command.args(["judge", "e"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr))
    };
    let (told, said) = list(&[
        "ANTHROPIC_API_KEY",
        "AZURE_OPENAI_API_KEY",
        "MISTRAL_API_KEY",
    ]);
    for words in [
        "anthropic/claude-sonnet",
        "mistral/MODEL",
        "name a model",
        "set AZURE_OPENAI_ENDPOINT",
    ] {
        assert!(told.contains(words), "{words}: {told}");
    }
    assert!(
        told.lines().all(|line| line.chars().count() <= 80),
        "{told}"
    );
    assert!(said.contains("no terminal to choose on"), "{said}");
    assert!(said.contains("--judge ENDPOINT/MODEL"), "{said}");
    let (_, said) = list(&[]);
    assert!(said.contains("set a key such as OPENAI_API_KEY"), "{said}");
}
