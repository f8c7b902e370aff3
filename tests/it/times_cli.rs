//! Time and cost that came with imported rows: read, compared and held against limits.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::cli_reports::{done, run, sample};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn near(value: &Value, expected: f64) {
    let value = value.as_f64().unwrap();
    assert!((value - expected).abs() < 1e-6, "{value} is not {expected}");
}

/// Twelve items, and a candidate whose rows say their times in this way.
fn imported(at: &Path, times: impl Fn(usize) -> String) {
    let (mut logged, mut b) = (String::new(), String::new());
    for i in 1..=12 {
        let _ = writeln!(
            logged,
            r#"{{"id":"t{i}","request":"Question {i}: how long?","response":"{i} days.","duration_seconds":{i},"metadata":{{"ttft_ms":{}}},"cost":0.001}}"#,
            20 * i
        );
        let _ = writeln!(
            b,
            r#"{{"id":"t{i}","response":"{i} weeks.","model":"other-2",{}}}"#,
            times(i)
        );
    }
    std::fs::write(at.join("log.jsonl"), logged).unwrap();
    std::fs::write(at.join("b.jsonl"), b).unwrap();
    done(at, "import log.jsonl --eval support --rubric send-as-is");
    done(at, "run support --group june --yes");
}

fn compared(at: &Path, candidate: usize) -> Value {
    json(&done(at, "compare june --yes --json").out)["candidates"][candidate].clone()
}

#[test]
fn times_and_costs_of_imported_rows_are_compared_and_held_against_limits() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    imported(at, |i| {
        format!(
            r#""latency_ms":{},"ttft_ms":{},"response_cost":0.002"#,
            100 * i,
            10 * i
        )
    });
    done(at, "import b.jsonl --run june --candidate b --yes");
    let (logged, b) = (compared(at, 0), compared(at, 1));
    near(&logged["latency_p50_ms"], 6_500.0);
    near(&b["latency_p50_ms"], 650.0);
    near(&b["first_token_p50_ms"], 65.0);
    assert_eq!(
        (&logged["cost_micros"], &b["cost_micros"]),
        (&12_000.into(), &24_000.into())
    );
    // Of what was logged it is read from the record.
    near(&logged["first_token_p50_ms"], 130.0);
    for (limits, words) in [
        ("--max-p95-ms 1200", "pass: latency p95, at most 1.20 s"),
        ("--max-p95-ms 1000", "fail: latency p95, at most 1.00 s"),
        (
            "--max-cost-per-1000 2",
            "pass: cost of 1,000 replies, at most 2.00 usd: 2.00 usd over 12 replies",
        ),
        (
            "--max-cost-per-1000 1.5",
            "fail: cost of 1,000 replies, at most 1.50 usd",
        ),
    ] {
        let line = format!("gate june --min-mean 0.5 --candidate b {limits} --yes");
        let said = run(at, &line);
        let text = said.out.replace("  ", " ").to_lowercase();
        let wanted: Vec<&str> = words.split(": ").collect();
        assert!(
            wanted.iter().all(|part| text.contains(part)),
            "{line}: {}{}",
            said.out,
            said.err
        );
    }
}

#[test]
fn a_time_without_a_unit_is_not_guessed_and_the_import_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    imported(at, |i| format!(r#""latency":{i}.5"#));
    let told = done(at, "import b.jsonl --run june --candidate b --yes");
    let text = format!("{}{}", told.out, told.err);
    assert!(
        text.contains("`latency` names no unit and was not read"),
        "{text}"
    );
    assert_eq!(compared(at, 1)["latency_p50_ms"], Value::Null);
    let gate = run(
        at,
        "gate june --min-mean 0.5 --candidate b --max-p95-ms 1000 --yes",
    );
    assert_eq!(gate.code, 3, "{}", gate.out);
    assert!(
        gate.out.contains("no reply says how long it took"),
        "{}",
        gate.out
    );
}

#[test]
fn a_column_of_seconds_is_named_as_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(
        at.join("table.csv"),
        "question,answer,latency\nHow long?,Two days.,1.5\nHow far?,Two miles.,0.5\n",
    )
    .unwrap();
    done(
        at,
        "import table.csv --eval support --rubric send-as-is --map request=question --map output=answer --map latency_s=latency",
    );
    done(at, "run support --group june --yes");
    near(&compared(at, 0)["latency_p50_ms"], 1_000.0);
}

#[test]
fn the_sample_shows_times_and_costs_and_a_limit_decides_on_them() {
    let folder = sample();
    let at = folder.path();
    let report = json(&done(at, "compare october --yes --json").out);
    for (place, cost) in [(0, 1.03), (1, 1.53), (2, 0.11)] {
        let one = &report["candidates"][place];
        let outputs = if place == 2 {
            38.0
        } else {
            40.0 * one["runs"].as_f64().unwrap()
        };
        let thousand = one["cost_micros"].as_f64().unwrap() / outputs / 1_000.0;
        assert!(
            (thousand - cost).abs() < 0.01,
            "{}: {thousand}",
            one["name"]
        );
        assert!(one["latency_p95_ms"].as_f64().unwrap() > 100.0);
        assert_eq!(one["first_token_p50_ms"].is_null(), place == 0);
    }
    let floor = "--floor criterion:correct=0.5 --min-mean 0.5 --max-failed 0.1 --max-unscored 0.4";
    let slow = run(
        at,
        &format!("gate october {floor} --max-p95-ms 2000 --candidate harbor-2 --yes"),
    );
    assert_eq!(slow.code, 1, "{}{}", slow.out, slow.err);
    assert!(slow.out.contains("too slow"), "{}", slow.out);
}
