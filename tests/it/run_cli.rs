//! `docket run`, `docket runs` and imported runs, with scripted candidates.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::{docket, number};

/// Items of the eval.
const ITEMS: usize = 12;

fn prepared(folder: &Path) -> PathBuf {
    let mut rows = String::new();
    for i in 1..=ITEMS {
        let tag = if i <= 4 { "billing" } else { "search" };
        let _ = writeln!(
            rows,
            r#"{{"id":"t{i}","request":{{"messages":[{{"role":"system","content":"Be kind."}},{{"role":"user","content":"Question {i}: how long?"}}],"temperature":0.3}},"response":"It takes {i} days.","tags":["{tag}"]}}"#
        );
    }
    write(folder, "log.jsonl", &rows);
    done(docket(folder).args([
        "import",
        "log.jsonl",
        "--eval",
        "support",
        "--rubric",
        "The answer is right.",
    ]));
    write(folder, "a.jsonl", &script("Two days, I promise."));
    write(folder, "b.jsonl", &script("I do not know."));
    folder.join("docket.db")
}

fn script(text: &str) -> String {
    format!("{{\"match\":\"Question\",\"text\":\"{text}\"}}\n")
}

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn run(folder: &Path, args: &[&str]) -> Output {
    docket(folder).arg("run").args(args).output().unwrap()
}

fn done(command: &mut std::process::Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn refused(output: &Output, words: &[&str]) {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "`{word}` is missing in: {stderr}");
    }
}

fn json(output: &Output) -> Value {
    let stderr = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|why| panic!("{why}: {stderr}"))
}

fn listed(folder: &Path, group: &str) -> Value {
    json(
        &docket(folder)
            .args(["runs", group, "--json"])
            .output()
            .unwrap(),
    )
}

/// Every judge's answer is this level of the only question.
fn judge_script(folder: &Path) {
    let reply = |matches: &str, level: u8| {
        format!(
            r#"{{"match":"{matches}","reply":{{"verdict_id":"$verdict_id","criterion":"right","evidence":[],"reasoning":"x","level":{level},"reference_conflict":false,"cannot_judge":false,"cannot_judge_reason":""}}}}"#
        )
    };
    write(
        folder,
        "j.jsonl",
        &format!("{}\n{}\n", reply("I promise", 5), reply("", 1)),
    );
}

fn with_rubric(folder: &Path) {
    write(
        folder,
        "right.toml",
        "schema = 1\nid = \"right\"\nversion = \"1\"\nkind = \"direct\"\n\n[[criterion]]\nid = \"right\"\nquestion = \"Is it right?\"\nscale = \"level5\"\n",
    );
    prepared_with(folder, "right.toml");
}

fn prepared_with(folder: &Path, rubric: &str) {
    prepared(folder);
    done(docket(folder).args([
        "import",
        "log.jsonl",
        "--eval",
        "judged",
        "--rubric",
        rubric,
    ]));
}

#[test]
fn every_item_goes_to_every_candidate_and_what_was_logged_costs_no_call() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    let args = [
        "support",
        "--group",
        "june",
        "--model",
        "scripted:a.jsonl",
        "--model",
        "b=scripted:b.jsonl",
        "--json",
    ];
    let report = json(&run(folder.path(), &args));
    assert_eq!(report["outcome"], "done");
    assert_eq!(report["logged"]["outputs"], ITEMS);
    for (at, name) in ["a", "b"].iter().enumerate() {
        let one = &report["candidates"][at];
        assert_eq!(
            (&one["name"], &one["answered"], &one["calls"]),
            (&(*name).into(), &ITEMS.into(), &ITEMS.into())
        );
    }
    let group = listed(folder.path(), "june");
    assert_eq!(
        (&group["baseline"], &group["items"]),
        (&"logged".into(), &ITEMS.into())
    );
    assert_eq!(group["candidates"].as_array().unwrap().len(), 3);
    // The outputs are tickets of the group's own eval; those of the first eval are what they were.
    let of = |name: &str| {
        number(
            &file,
            &format!(
                "SELECT count(*) FROM ticket t JOIN eval e ON e.row = t.eval WHERE e.name = '{name}'"
            ),
        )
    };
    assert_eq!(
        (of("support"), of("june")),
        (ITEMS as i64, 3 * ITEMS as i64)
    );
    assert_eq!(
        number(
            &file,
            "SELECT count(*) FROM plan p JOIN eval e ON e.id = p.eval WHERE e.name = 'june'"
        ),
        1
    );
    done(docket(folder.path()).arg("doctor"));
}

#[test]
fn the_plan_of_existing_reviews_stays_as_it_was_drawn() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    let plan = "SELECT sum(plan_key % 1000003) FROM ticket t JOIN eval e ON e.row = t.eval WHERE e.name = 'support'";
    let before = number(&file, plan);
    run(
        folder.path(),
        &["support", "--group", "june", "--model", "scripted:a.jsonl"],
    );
    assert_eq!(number(&file, plan), before);
    assert_eq!(
        number(
            &file,
            "SELECT count(*) FROM plan p JOIN eval e ON e.id = p.eval WHERE e.name = 'support'"
        ),
        1
    );
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story, step by step")]
fn killed_at_any_point_a_run_goes_on_with_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    write(
        folder.path(),
        "slow.jsonl",
        "{\"match\":\"Question\",\"text\":\"At last.\",\"delay_ms\":60}\n",
    );
    let args = [
        "run",
        "support",
        "--group",
        "june",
        "--model",
        "scripted:slow.jsonl",
        "--concurrency",
        "1",
    ];
    let mut kills = 0;
    for round in 0..8_u64 {
        let mut child = docket(folder.path())
            .args(args)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(Duration::from_millis(60 + round * 53 % 300));
        if child.try_wait().unwrap().is_none() {
            kills += 1;
        }
        let _ = child.kill();
        let _ = child.wait();
    }
    assert!(kills > 0);
    let report = json(
        &docket(folder.path())
            .args(args)
            .arg("--json")
            .output()
            .unwrap(),
    );
    assert_eq!(report["outcome"], "done");
    assert_eq!(
        number(
            &file,
            "SELECT count(*) FROM run_row r JOIN run ON run.id = r.run WHERE run.body LIKE '%slow%'"
        ),
        ITEMS as i64
    );
    // One call may be under way at each kill, and one reply not yet written.
    let calls = number(&file, "SELECT count(*) FROM call");
    assert!(
        calls >= ITEMS as i64 && calls <= ITEMS as i64 + kills,
        "{calls} calls"
    );
    let again = json(
        &docket(folder.path())
            .args(args)
            .arg("--json")
            .output()
            .unwrap(),
    );
    assert_eq!(again["candidates"][0]["calls"], 0);
    assert_eq!(
        number(
            &file,
            "SELECT count(*) FROM plan p JOIN eval e ON e.id = p.eval WHERE e.name = 'june'"
        ),
        1
    );
}

#[test]
fn a_candidate_that_fails_on_every_item_fails_alone_and_by_class() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    write(
        folder.path(),
        "bad.jsonl",
        "{\"match\":\"\",\"error\":\"refusal\"}\n",
    );
    write(
        folder.path(),
        "key.jsonl",
        "{\"match\":\"\",\"error\":\"auth\"}\n",
    );
    let models = [
        "--model",
        "scripted:bad.jsonl",
        "--model",
        "scripted:key.jsonl",
        "--model",
        "scripted:a.jsonl",
    ];
    let output = run(
        folder.path(),
        &[&["support", "--group", "june", "--json"], &models[..]].concat(),
    );
    let report = json(&output);
    refused(&output, &["`bad`", "12 items have no reply"]);
    assert_eq!(report["candidates"][0]["failed"]["refusal"], ITEMS);
    // A refused key is asked for once.
    assert_eq!(report["candidates"][1]["calls"], 1);
    assert_eq!(report["candidates"][2]["answered"], ITEMS);
    let group = listed(folder.path(), "june");
    assert_eq!(
        group["candidates"][1]["runs"][0]["failed"][0],
        serde_json::json!(["refusal", ITEMS])
    );
    assert_eq!(group["candidates"][2]["runs"][0]["missing"], ITEMS - 1);
    // A refusal stays one; a key may come.
    let again = json(&run(folder.path(), &["june", "--json"]));
    assert_eq!(
        (
            &again["candidates"][0]["calls"],
            &again["candidates"][1]["calls"]
        ),
        (&0.into(), &1.into())
    );
    let asked = json(&run(folder.path(), &["june", "--again", "--json"]));
    assert_eq!(asked["candidates"][0]["calls"], ITEMS);
}

#[test]
fn reruns_are_runs_of_their_own_with_the_reason_they_were_made_for() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let base = [
        "support",
        "--group",
        "june",
        "--model",
        "scripted:a.jsonl",
        "--json",
    ];
    run(folder.path(), &base);
    let report = json(&run(
        folder.path(),
        &[&base[..], &["--repeat", "3", "--because", "flaky?"]].concat(),
    ));
    assert_eq!(report["candidates"][0]["calls"], 2 * ITEMS);
    let runs = &listed(folder.path(), "june")["candidates"][1]["runs"];
    let told: Vec<_> = runs
        .as_array()
        .unwrap()
        .iter()
        .map(|run| (&run["number"], &run["because"]))
        .collect();
    assert_eq!(
        told,
        [
            (&1.into(), &Value::Null),
            (&2.into(), &"flaky?".into()),
            (&3.into(), &"flaky?".into())
        ]
    );
}

#[test]
fn what_one_group_asked_another_does_not_pay_for_again() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    run(
        folder.path(),
        &["support", "--group", "june", "--model", "scripted:a.jsonl"],
    );
    let july = [
        "support",
        "--group",
        "july",
        "--model",
        "scripted:a.jsonl",
        "--json",
    ];
    let report = json(&run(folder.path(), &july));
    assert_eq!(
        (
            &report["candidates"][0]["calls"],
            &report["candidates"][0]["reused"]
        ),
        (&0.into(), &ITEMS.into())
    );
    let fresh = [
        "support",
        "--group",
        "august",
        "--model",
        "scripted:a.jsonl",
        "--fresh",
        "--json",
    ];
    assert_eq!(
        json(&run(folder.path(), &fresh))["candidates"][0]["calls"],
        ITEMS
    );
    let warm = [
        "support",
        "--group",
        "warm",
        "--model",
        "scripted:a.jsonl",
        "--set",
        "temperature=1",
        "--json",
    ];
    assert_eq!(
        json(&run(folder.path(), &warm))["candidates"][0]["calls"],
        ITEMS
    );
}

#[test]
fn one_group_never_mixes_rubric_versions_or_items() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let base = ["support", "--group", "june", "--model", "scripted:a.jsonl"];
    run(folder.path(), &base);
    refused(
        &docket(folder.path())
            .args(["eval", "set", "june", "--rubric", "accuracy"])
            .output()
            .unwrap(),
        &["one rubric version"],
    );
    done(docket(folder.path()).args(["eval", "set", "support", "--rubric", "accuracy"]));
    let more = [&base[..], &["--model", "scripted:b.jsonl"]].concat();
    refused(
        &run(folder.path(), &more),
        &["rubric version", "cannot mix", "--group NAME"],
    );
    // Under its own version the group can grow.
    assert!(
        run(folder.path(), &["june", "--model", "scripted:b.jsonl"])
            .status
            .success()
    );
    write(
        folder.path(),
        "more.jsonl",
        "{\"id\":\"t99\",\"request\":\"Question 99\",\"response\":\"x\"}\n",
    );
    let second = tempfile::tempdir().unwrap();
    prepared(second.path());
    run(second.path(), &base);
    write(
        second.path(),
        "more.jsonl",
        "{\"id\":\"t99\",\"request\":\"Question 99\",\"response\":\"x\"}\n",
    );
    done(docket(second.path()).args(["import", "more.jsonl", "--eval", "support"]));
    refused(
        &run(second.path(), &base),
        &["with 12 items", "13 items now"],
    );
}

#[test]
fn a_run_that_cannot_be_made_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    write(folder.path(), "broken.jsonl", "nonsense\n");
    for (args, words) in [
        (
            &[
                "support",
                "--group",
                "june",
                "--model",
                "scripted:broken.jsonl",
            ][..],
            &["script, line 1"][..],
        ),
        (
            &["nobody", "--model", "scripted:a.jsonl"],
            &["no eval `nobody`"],
        ),
        (
            &[
                "support",
                "--group",
                "support",
                "--model",
                "scripted:a.jsonl",
            ],
            &["an eval named `support`"],
        ),
        (&["support", "--model", "checks"], &["answers no request"]),
        (&["support", "--prompt", "a.jsonl"], &["a prompt alone"]),
        (
            &[
                "support",
                "--model",
                "scripted:a.jsonl",
                "--max-tokens",
                "1",
            ],
            &["budget"],
        ),
    ] {
        refused(&run(folder.path(), args), words);
        if !args.contains(&"--max-tokens") {
            assert_eq!(
                number(&file, "SELECT count(*) FROM run_group"),
                0,
                "{args:?}"
            );
        }
    }
}

#[test]
fn much_work_wants_a_yes_or_a_limit() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let base = ["support", "--model", "scripted:a.jsonl", "--repeat", "90"];
    refused(
        &run(folder.path(), &base),
        &["1080 calls are more than 1000", "--yes"],
    );
    let offer = json(&run(
        folder.path(),
        &[&base[..], &["--dry-run", "--json"]].concat(),
    ));
    assert_eq!(offer["calls"], 90 * ITEMS);
    assert!(offer["needs_yes"].is_string());
}

#[test]
#[allow(clippy::too_many_lines, reason = "one story, step by step")]
fn outputs_made_elsewhere_join_by_id_or_request_and_a_second_import_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = prepared(folder.path());
    run(folder.path(), &["support", "--group", "june"]);
    let mut rows = String::new();
    for i in 1..=ITEMS - 2 {
        let _ = writeln!(
            rows,
            r#"{{"id":"t{i}","response":"Elsewhere {i}.","model":"theirs"}}"#
        );
    }
    rows.push_str("{\"id\":\"nobody\",\"response\":\"lost\"}\n");
    rows.push_str("{\"request\":{\"messages\":[{\"role\":\"system\",\"content\":\"Be kind.\"},{\"role\":\"user\",\"content\":\"Question 11: how long?\"}],\"temperature\":0.3},\"response\":\"By request.\"}\n");
    write(folder.path(), "theirs.jsonl", &rows);
    let args = [
        "import",
        "theirs.jsonl",
        "--run",
        "june",
        "--candidate",
        "theirs",
        "--json",
    ];
    let report = json(&docket(folder.path()).args(args).output().unwrap());
    assert_eq!(
        (
            &report["by_id"],
            &report["by_request"],
            &report["unmatched"]
        ),
        (&10.into(), &1.into(), &1.into())
    );
    assert_eq!(report["runs"]["1"], serde_json::json!([11, 0, 1]));
    let again = json(&docket(folder.path()).args(args).output().unwrap());
    assert_eq!(
        (&again["new"]["outputs"], &again["new"]["tickets"]),
        (&0.into(), &0.into())
    );
    // The item that is missing is said to be missing.
    let group = listed(folder.path(), "june");
    assert_eq!(group["candidates"][1]["runs"][0]["missing"], 1);
    // Another file for the same run contradicts it; as a rerun it is welcome.
    write(
        folder.path(),
        "second.jsonl",
        "{\"id\":\"t1\",\"response\":\"Otherwise.\",\"model\":\"theirs\"}\n",
    );
    let second = [
        "import",
        "second.jsonl",
        "--run",
        "june",
        "--candidate",
        "theirs",
    ];
    refused(
        &docket(folder.path()).args(second).output().unwrap(),
        &["line 1", "another output", "--rerun 2"],
    );
    done(
        docket(folder.path())
            .args(second)
            .args(["--rerun", "2", "--because", "new seed"]),
    );
    let group = listed(folder.path(), "june");
    assert_eq!(group["candidates"][1]["runs"][1]["because"], "new seed");
    assert_eq!(number(&file, "SELECT count(*) FROM item"), ITEMS as i64);
    done(docket(folder.path()).arg("doctor"));
}

#[test]
fn verdicts_that_came_with_rows_keep_their_badge_and_score_the_group() {
    let folder = tempfile::tempdir().unwrap();
    with_rubric(folder.path());
    run(folder.path(), &["judged", "--group", "june"]);
    let mut rows = String::new();
    for i in 1..=ITEMS {
        let _ = writeln!(
            rows,
            r#"{{"id":"t{i}","response":"Elsewhere {i}.","model":"theirs","scores":[{{"name":"right","value":{},"kind":"judge","author":"sample-judge","badge":"written by hand"}}]}}"#,
            i % 6
        );
    }
    write(folder.path(), "theirs.jsonl", &rows);
    done(docket(folder.path()).args([
        "import",
        "theirs.jsonl",
        "--run",
        "june",
        "--candidate",
        "theirs",
    ]));
    let group = listed(folder.path(), "june");
    assert_eq!(
        (
            &group["judge"],
            &group["candidates"][1]["runs"][0]["scored"]
        ),
        (&"sample-judge".into(), &ITEMS.into())
    );
}

#[test]
fn one_judge_scores_all_candidates_and_is_the_groups_from_then_on() {
    let folder = tempfile::tempdir().unwrap();
    with_rubric(folder.path());
    judge_script(folder.path());
    let args = [
        "judged",
        "--group",
        "june",
        "--model",
        "scripted:a.jsonl",
        "--judge",
        "scripted:j.jsonl",
    ];
    let output = run(folder.path(), &args);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let group = listed(folder.path(), "june");
    assert_eq!(group["judge"], "script j.jsonl");
    for at in [0, 1] {
        assert_eq!(group["candidates"][at]["runs"][0]["scored"], ITEMS);
    }
    run(folder.path(), &["june", "--model", "scripted:b.jsonl"]);
    let again = docket(folder.path())
        .args([
            "judge",
            "--group",
            "june",
            "--judge",
            "scripted:j.jsonl",
            "--json",
        ])
        .output()
        .unwrap();
    assert_eq!(json(&again)["judged"], ITEMS);
    refused(
        &docket(folder.path())
            .args(["judge", "--group", "judged", "--judge", "checks"])
            .output()
            .unwrap(),
        &["no run group `judged`"],
    );
    done(docket(folder.path()).arg("doctor"));
}
