//! Bad input and faults of a comparison, on the command line: each says what is wrong, and nothing is lost.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use super::cli_reports::{done, run};

/// A row of a file of outputs: its number, what was asked, the level a judge gave the output.
type Row<'a> = (usize, String, Option<u8>, &'a str);

const RUBRIC: &str = "schema = 1\nid = \"right\"\nversion = \"1\"\nkind = \"direct\"\n\n[[criterion]]\nid = \"right\"\nquestion = \"Is it right?\"\nscale = \"level5\"\n";

fn question(at: usize) -> String {
    format!("Question {at}: how long does it take to move house number {at}?")
}

/// Rows with scores of a judge of this name.
fn rows(judge: &str, rows: &[Row<'_>]) -> String {
    let mut text = String::new();
    for (at, asked, level, model) in rows {
        let answer = match level {
            Some(level) => format!(
                r#""response":"It takes {at} days, says {model}.","scores":[{{"name":"right","value":{level},"kind":"judge","author":"{judge}"}}]"#
            ),
            None => r#""response":null,"error":{"type":"timeout","message":"no reply"}"#.to_owned(),
        };
        let _ = writeln!(
            text,
            r#"{{"id":"t{at}","request":"{asked}","model":"{model}",{answer}}}"#
        );
    }
    text
}

/// `n` rows of a model, each with its own question and the level a pattern gives it.
fn each(n: usize, model: &str, level: impl Fn(usize) -> Option<u8>) -> Vec<Row<'_>> {
    (1..=n)
        .map(|at| (at, question(at), level(at), model))
        .collect()
}

/// The eval `support`, its group `june`, and a candidate `b` in it.
fn compared(judge: &str, logged: &[Row<'_>], b: &[Row<'_>]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(at.join("right.toml"), RUBRIC).unwrap();
    std::fs::write(at.join("log.jsonl"), rows(judge, logged)).unwrap();
    std::fs::write(at.join("b.jsonl"), rows(judge, b)).unwrap();
    done(at, "import log.jsonl --eval support --rubric right.toml");
    done(at, "run support --group june --yes");
    done(at, "import b.jsonl --run june --candidate b --yes");
    folder
}

fn told(at: &Path, line: &str, code: i32, words: &[&str]) -> String {
    let ran = run(at, line);
    let text = format!("{}{}", ran.out, ran.err);
    assert_eq!(ran.code, code, "`{line}`: {text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is missing in: {text}");
    }
    text
}

fn candidate(at: &Path, name: &str) -> Value {
    let out = done(at, "compare june --yes --json").out;
    assert!(!out.contains("NaN"), "{out}");
    let report: Value = serde_json::from_str(&out).unwrap();
    let all = report["candidates"].as_array().unwrap();
    all.iter().find(|one| one["name"] == name).unwrap().clone()
}

/// The workspace is sound, and what is shown is what its ledger gives.
fn sound(at: &Path) {
    done(at, "doctor");
    done(at, "doctor --rebuild");
}

/// Levels that are not all the same; in the form of a candidate that may have none.
#[allow(clippy::unnecessary_wraps)]
fn mixed(at: usize) -> Option<u8> {
    Some([5, 3, 4, 5, 2][at % 5])
}

#[test]
fn a_candidate_that_failed_on_every_item_has_no_number_and_is_blocked() {
    let folder = compared(
        "judge-x",
        &each(12, "logger-1", mixed),
        &each(12, "other-2", |_| None),
    );
    let at = folder.path();
    let b = candidate(at, "b");
    assert_eq!(
        (
            &b["mean"],
            &b["pass_rate"],
            &b["latency_p50_ms"],
            &b["first_token_p50_ms"]
        ),
        (&Value::Null, &Value::Null, &Value::Null, &Value::Null)
    );
    assert_eq!(b["failed"], serde_json::json!([["imported_error", 12]]));
    told(
        at,
        "compare june --yes",
        0,
        &["failed: imported_error 12", "0/12", "n/a"],
    );
    told(
        at,
        "gate june --min-mean 0.5 --candidate b --yes",
        1,
        &["12 of 12 (100 %)", "the candidate failed too often"],
    );
    told(at, "report june --yes", 0, &[]);
    sound(at);
}

#[test]
fn an_item_that_is_missing_in_one_run_is_counted_and_leaves_the_gate_undecided() {
    let folder = compared(
        "judge-x",
        &each(12, "logger-1", mixed),
        &each(11, "other-2", |_| Some(5)),
    );
    let at = folder.path();
    let b = candidate(at, "b");
    assert_eq!(
        (&b["missing"], &b["scored"], &b["rows"]),
        (&1.into(), &11.into(), &12.into())
    );
    assert_eq!(b["difference"]["range"]["n"], 11);
    told(at, "compare june --yes", 0, &["missing 1", "11/12"]);
    told(
        at,
        "gate june --min-mean 0.5 --candidate b --yes",
        3,
        &[
            "rows that were not asked",
            "the outputs it lacks: 1 row to ask",
        ],
    );
    sound(at);
}

#[test]
fn a_judge_of_the_candidates_family_is_a_banner_and_leaves_the_gate_undecided() {
    let folder = compared(
        "gpt-4.1",
        &each(12, "claude-sonnet-4-5", mixed),
        &each(12, "gpt-4o", |_| Some(5)),
    );
    let at = folder.path();
    told(
        at,
        "compare june --yes",
        0,
        &["note: the judge `gpt-4.1` and `b` are both of the family"],
    );
    told(
        at,
        "gate june --min-mean 0.5 --candidate b --yes",
        3,
        &[
            "judge of another family",
            "judges favour their own",
            "docket judge --group june --judge <OTHER>",
        ],
    );
    sound(at);
}

#[test]
fn one_cluster_has_a_mean_and_no_interval_and_decides_nothing() {
    let same = |model: &'static str, level: fn(usize) -> Option<u8>| -> Vec<Row<'static>> {
        (1..=12)
            .map(|at| (at, "Where is my parcel?".to_owned(), level(at), model))
            .collect()
    };
    let folder = compared(
        "judge-x",
        &same("logger-1", mixed),
        &same("other-2", |_| Some(5)),
    );
    let at = folder.path();
    let b = candidate(at, "b");
    assert_eq!(
        (&b["mean"]["n"], &b["mean"]["clusters"]),
        (&12.into(), &1.into())
    );
    assert_eq!(
        (&b["mean"]["interval"], &b["difference"]["p"]),
        (&Value::Null, &Value::Null)
    );
    told(
        at,
        "compare june --yes",
        0,
        &["few clusters", "12 items of `support` in 1 cluster;", "n/a"],
    );
    told(
        at,
        "gate june --min-mean 0.5 --candidate b --yes",
        3,
        &["independent requests", "too few"],
    );
    sound(at);
}

#[test]
fn one_item_has_a_number_and_no_interval_and_decides_nothing() {
    let folder = compared(
        "judge-x",
        &each(1, "logger-1", |_| Some(2)),
        &each(1, "other-2", |_| Some(5)),
    );
    let at = folder.path();
    let b = candidate(at, "b");
    assert_eq!(
        (&b["mean"]["estimate"], &b["mean"]["interval"]),
        (&1.0.into(), &Value::Null)
    );
    told(
        at,
        "compare june --yes",
        0,
        &["cannot be told", "interval n/a"],
    );
    told(at, "compare june --full --yes", 0, &["n/a"]);
    told(
        at,
        "gate june --min-mean 0.5 --candidate b --yes",
        3,
        &["bounds n/a"],
    );
    told(at, "report june --yes", 0, &[]);
    sound(at);
}

#[test]
fn scores_that_are_all_equal_are_no_difference_and_no_certainty() {
    let folder = compared(
        "judge-x",
        &each(12, "logger-1", |_| Some(5)),
        &each(12, "other-2", |_| Some(5)),
    );
    let at = folder.path();
    let b = candidate(at, "b");
    assert_eq!(
        (
            &b["difference"]["range"]["estimate"],
            &b["difference"]["standing"]
        ),
        (&0.0.into(), &"unclear".into())
    );
    told(
        at,
        "compare june --full --yes",
        0,
        &["0.000", "cannot be told"],
    );
    // Twelve of twelve prove nothing near certainty.
    told(
        at,
        "gate june --min-mean 0.95 --candidate b --yes",
        3,
        &["lies between the bounds"],
    );
    told(at, "gate june --better mean --candidate b --yes", 3, &[]);
    sound(at);
}

#[test]
fn without_a_label_of_people_there_is_no_human_number_and_it_says_what_fills_it() {
    let folder = compared(
        "judge-x",
        &each(12, "logger-1", mixed),
        &each(12, "other-2", |_| Some(5)),
    );
    let at = folder.path();
    assert_eq!(candidate(at, "b")["human"]["judge_only"], Value::Null);
    told(at, "compare june --yes", 0, &["docket review june"]);
    told(
        at,
        "gate june --min-mean 0.5 --basis human --candidate b --yes",
        3,
        &[
            "below 10 there is no human-level number",
            "review 10 more tickets",
        ],
    );
    sound(at);
}

#[test]
fn a_clock_that_goes_backwards_changes_no_order_and_loses_no_decision() {
    let folder = compared(
        "judge-x",
        &each(12, "logger-1", mixed),
        &each(12, "other-2", |_| Some(5)),
    );
    let at = folder.path();
    // As if everything so far had been written by a clock two hours ahead.
    let db = rusqlite::Connection::open(at.join("docket.db")).unwrap();
    let ahead = "UPDATE meta SET value = CAST(CAST(value AS INTEGER) + 2 * 3600000 * 65536 AS TEXT) WHERE key = 'hlc'";
    assert_eq!(db.execute(ahead, []).unwrap(), 1);
    drop(db);
    done(at, "gate june --min-mean 0.5 --candidate b --yes");
    done(at, "approve june --candidate b --reason good");
    let rejected = told(
        at,
        "approve june --candidate b --decision reject --reason late",
        0,
        &["superseded"],
    );
    assert!(rejected.contains("rejected by"), "{rejected}");
    // The very same rule again is no other declaration, and another one is the last.
    told(
        at,
        "gate june --min-mean 0.6 --candidate b --yes",
        0,
        &["1 rule declared"],
    );
    told(
        at,
        "compare june --yes",
        0,
        &["`b` is better than `logged`"],
    );
    sound(at);
}

#[test]
fn rubric_versions_are_never_mixed_in_a_group_and_what_is_there_stays() {
    let folder = compared(
        "judge-x",
        &each(12, "logger-1", mixed),
        &each(12, "other-2", |_| Some(5)),
    );
    let at = folder.path();
    let before = done(at, "compare june --yes --json").out;
    done(at, "eval set support --rubric accuracy");
    told(
        at,
        "run support --group june --yes",
        2,
        &["rubric version", "cannot mix", "--group NAME"],
    );
    told(
        at,
        "eval set june --rubric accuracy",
        2,
        &["one rubric version"],
    );
    assert_eq!(done(at, "compare june --yes --json").out, before);
    sound(at);
}
