//! What a gate asks for and what a decision rests on: floors the rubric calls for, imported candidates that change,
//! requests that left as training data.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use super::cli_reports::{done, run};

const RUBRIC: &str = "schema = 1\nid = \"right\"\nversion = \"1\"\nkind = \"direct\"\n\n[[criterion]]\nid = \"right\"\nquestion = \"Is it right?\"\nscale = \"level5\"\nmust_reach = 3\n\n[[criterion]]\nid = \"polite\"\nquestion = \"Is it polite?\"\nscale = \"level5\"\n";

/// What stands beside an approval that still means what it meant.
const HOLDS: &str = "(not authenticated)";

fn told(at: &Path, line: &str, code: i32, words: &[&str]) -> String {
    let ran = run(at, line);
    let text = format!("{}{}", ran.out, ran.err);
    assert_eq!(ran.code, code, "`{line}`: {text}");
    for word in words {
        assert!(text.contains(word), "`{word}` is missing in: {text}");
    }
    text
}

fn rows(prompt: &str, model: &str, answer: &str, level: u8) -> String {
    let mut text = String::new();
    for i in 1..=14 {
        let _ = writeln!(
            text,
            r#"{{"id":"t{i}","request":{{"messages":[{{"role":"system","content":"{prompt}"}},{{"role":"user","content":"How long does number {i} take to arrive?"}}]}},"response":"{answer} {i} days.","model":"{model}","scores":[{{"name":"right","value":{level},"kind":"judge","author":"judge-x"}},{{"name":"polite","value":{},"kind":"judge","author":"judge-x"}}]}}"#,
            3 + i % 3
        );
    }
    text
}

fn eval(at: &Path, rubric: &str) {
    let logged = rows("Be kind.", "logger-1", "It takes", 2);
    eval_of(at, rubric, &logged, "");
}

fn eval_of(at: &Path, rubric: &str, logged: &str, more: &str) {
    std::fs::write(at.join("right.toml"), rubric).unwrap();
    std::fs::write(at.join("log.jsonl"), logged).unwrap();
    std::fs::write(at.join("b.jsonl"), rows("Be kind.", "other-2", "Just", 5)).unwrap();
    done(
        at,
        &format!("import log.jsonl --eval support --rubric right.toml {more}"),
    );
}

fn group(at: &Path, name: &str, file: &str) {
    done(at, &format!("run support --group {name} --yes"));
    done(
        at,
        &format!("import {file} --run {name} --candidate b --yes"),
    );
}

#[test]
fn a_rule_without_a_floor_for_what_every_answer_must_reach_is_refused_with_the_count() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    eval(at, RUBRIC);
    group(at, "june", "b.jsonl");
    std::fs::write(at.join("gate.toml"), "[quality]\nmin_mean = 0.5\n").unwrap();
    let events = || crate::support::number(&at.join("docket.db"), "SELECT count(*) FROM event");
    let before = events();
    let count = "no floor for 1 of 1 criterion with `must_reach` in the rubric `right`: `right` (at least 3)";
    for line in [
        "gate june --min-mean 0.5 --yes",
        "gate june --min-mean 0.5 --declare",
        "gate june --min-mean 0.5 --rehearse",
    ] {
        told(at, line, 2, &[count, "--floor criterion:right=0.9"]);
        assert_eq!(events(), before, "{line}");
    }
    told(
        at,
        "gate june --file gate.toml --yes",
        2,
        &["`gate.toml` has", count, "[[floor]]"],
    );
    assert_eq!(events(), before);
    let floor =
        "[quality]\nmin_mean = 0.5\n[[floor]]\ncriterion = \"right\"\nmin_pass_rate = 0.7\n";
    std::fs::write(at.join("gate.toml"), floor).unwrap();
    told(
        at,
        "gate june --file gate.toml --candidate b --yes",
        0,
        &["pass rate on right"],
    );
    // Its bound is Wilson's: fourteen of fourteen show at most so much.
    told(
        at,
        "gate june --min-mean 0.5 --floor criterion:right=0.9 --candidate b --yes",
        3,
        &["pass rate on right", "lies between the bounds"],
    );
    told(
        at,
        "gate june --min-mean 0.2 --floor criterion:right=0.5 --candidate logged --yes",
        1,
        &["pass rate on right"],
    );
}

#[test]
fn a_rule_from_before_there_was_a_group_passes_nothing_without_that_floor() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    eval(at, RUBRIC);
    done(at, "gate june --min-mean 0.5 --declare");
    group(at, "june", "b.jsonl");
    told(
        at,
        "gate june --candidate b --yes",
        3,
        &[
            "floors for what every answer must reach",
            "none for 1 of 1: `right` (at least 3)",
            "--floor criterion:right=0.9",
        ],
    );
    told(
        at,
        "approve june --candidate b --reason good",
        2,
        &["the gate says inconclusive"],
    );
}

/// An approved candidate of the group `june`, whose adapter is part of the rule.
fn approved(at: &Path) {
    eval(at, &RUBRIC.replace("must_reach = 3\n", ""));
    group(at, "june", "b.jsonl");
    std::fs::write(at.join("adapter.bin"), "weights").unwrap();
    std::fs::write(
        at.join("gate.toml"),
        "[quality]\nmin_mean = 0.5\n[[file]]\ncandidate = \"b\"\npath = \"adapter.bin\"\n",
    )
    .unwrap();
    done(at, "gate june --file gate.toml --candidate b --yes");
    done(at, "approve june --candidate b --reason good");
    told(
        at,
        "gate june --candidate b --yes",
        0,
        &["approved by", HOLDS],
    );
}

#[test]
fn another_model_behind_the_name_of_an_approved_imported_candidate_is_refused_with_both() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    approved(at);
    // The same rows in a later group change nothing.
    group(at, "july", "b.jsonl");
    told(at, "gate june --candidate b --yes", 0, &[HOLDS]);
    std::fs::write(at.join("c.jsonl"), rows("Be kind.", "other-3", "Just", 5)).unwrap();
    done(at, "run support --group august --yes");
    told(
        at,
        "import c.jsonl --run august --candidate b --yes",
        2,
        &[
            "in the group `june` as imported rows of `other-2`",
            "as imported rows of `other-3`",
            "the model would be another",
            "--candidate NAME",
        ],
    );
    told(at, "gate june --candidate b --yes", 0, &[HOLDS]);
    done(at, "import c.jsonl --run august --candidate b-3 --yes");
}

#[test]
fn another_prompt_behind_the_name_of_an_approved_imported_candidate_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    approved(at);
    std::fs::write(at.join("c.jsonl"), rows("Be brief.", "other-2", "Just", 5)).unwrap();
    done(at, "run support --group july --yes");
    let other = "import c.jsonl --run july --candidate b --yes";
    told(at, other, 2, &["the prompt would be another"]);
    told(at, "gate june --candidate b --yes", 0, &[HOLDS]);
}

#[test]
fn a_rerun_by_another_model_is_refused_and_another_adapter_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    approved(at);
    std::fs::write(at.join("adapter.bin"), "other weights").unwrap();
    told(
        at,
        "gate june --candidate b --yes",
        0,
        &["which is stale", "files"],
    );
    std::fs::write(at.join("adapter.bin"), "weights").unwrap();
    told(at, "gate june --candidate b --yes", 0, &[HOLDS]);
    std::fs::write(at.join("c.jsonl"), rows("Be brief.", "other-3", "Maybe", 5)).unwrap();
    let rerun = "import c.jsonl --run june --candidate b --rerun 2 --yes";
    told(at, rerun, 2, &["the model and the prompt would be another"]);
    // A rerun of the same is one, and its outputs were not there when it was approved.
    std::fs::write(at.join("c.jsonl"), rows("Be kind.", "other-2", "Maybe", 5)).unwrap();
    done(at, rerun);
    told(
        at,
        "gate june --candidate b --yes",
        0,
        &["which is stale", "outputs"],
    );
}

#[test]
fn held_out_requests_that_were_exported_leave_comparison_and_gate_inconclusive_in_the_same_words() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let rubric = RUBRIC.replace("must_reach = 3\n", "");
    let (judged, labels) = (
        r#""scores":["#,
        r#""scores":[{"name":"right","value":5,"kind":"human","author":"ana"},{"name":"polite","value":5,"kind":"human","author":"ana"},"#,
    );
    let logged = rows("Be kind.", "logger-1", "It takes", 2).replace(judged, labels);
    eval_of(at, &rubric, &logged, "--role heldout");
    group(at, "june", "b.jsonl");
    told(
        at,
        "compare june --yes",
        0,
        &["`b` is better than `logged`"],
    );
    told(at, "gate june --min-mean 0.5 --candidate b --yes", 0, &[]);
    let export = Command::new(env!("CARGO_BIN_EXE_docket"))
        .current_dir(at)
        .env_clear()
        .env("HOME", at)
        .args([
            "export",
            "support",
            "--format",
            "trl-sft",
            "--rows",
            "all",
            "--out",
            "train/",
            "--limit",
            "2",
            "--override",
            "a test",
        ])
        .output()
        .unwrap();
    assert!(
        export.status.success(),
        "{}",
        String::from_utf8_lossy(&export.stderr)
    );
    let words = "of the held-out `support`, 2 clusters of 14 (2 items) were exported for training: a candidate trained on them knows the answers";
    let way = "hold others out and start another group on them";
    told(
        at,
        "compare june --yes",
        0,
        &[&format!("Inconclusive: {words}."), way],
    );
    told(
        at,
        "gate june --min-mean 0.5 --candidate b --yes",
        3,
        &[words, way],
    );
}
