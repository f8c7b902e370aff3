//! Routing rules from the command line to the queue.

use std::path::Path;

use serde_json::Value;

use crate::support::docket;

fn run(folder: &Path, args: &[&str], code: i32) -> (String, String) {
    let output = docket(folder).args(args).output().unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (said(&output.stdout), said(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{args:?}: {out}{err}");
    (out, err)
}

fn json(folder: &Path, args: &[&str]) -> Value {
    let mut all = args.to_vec();
    all.push("--json");
    serde_json::from_str(&run(folder, &all, 0).0).unwrap()
}

/// Twenty answers; `routine` ones are scored 5, the others 2.
fn prepared(folder: &Path) -> String {
    let (mut rows, mut script) = (String::new(), String::new());
    for i in 0..20 {
        let (kind, tags) = if i % 2 == 0 {
            ("routine", "[\"faq\"]")
        } else {
            ("special", "[\"legal\"]")
        };
        rows.push_str(&format!(
            "{{\"request\":\"A {kind} question, number {i}\",\"response\":\"A {kind} answer, number {i}.\",\"tags\":{tags}}}\n"
        ));
    }
    for (kind, level) in [("routine", 5), ("special", 2)] {
        let line = serde_json::json!({"match": format!("A {kind} answer"), "reply": {
            "verdict_id": "$verdict_id", "criterion": "quality", "evidence": [], "reasoning": "So.", "level": level,
            "reference_conflict": false, "cannot_judge": false, "cannot_judge_reason": ""}});
        script.push_str(&format!("{line}\n"));
    }
    std::fs::write(folder.join("log.jsonl"), rows).unwrap();
    run(
        folder,
        &[
            "import",
            "log.jsonl",
            "--eval",
            "e",
            "--rubric",
            "The answer is right.",
        ],
        0,
    );
    std::fs::write(folder.join("script.jsonl"), script).unwrap();
    "scripted:script.jsonl".to_owned()
}

#[test]
fn rules_are_set_shown_and_taken_away() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    let rules = [
        "human when tag:legal or tokens>4000",
        "@ana when lang:de",
        "close when score>=0.9 and no flag",
    ];
    let mut args = vec!["eval", "set", "e"];
    for rule in rules {
        args.extend(["--route", rule]);
    }
    run(folder.path(), &args, 0);
    let routes = json(folder.path(), &["eval", "show", "e"])["policy"]["routes"].clone();
    assert_eq!(routes, serde_json::json!(rules));
    run(folder.path(), &["eval", "set", "e", "--route", "none"], 0);
    assert!(json(folder.path(), &["eval", "show", "e"])["policy"]["routes"].is_null());
}

#[test]
fn a_mistake_in_a_rule_is_named_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path());
    for (rule, place, hint) in [
        ("humans when tag:legal", "column 1", "did you mean `human`"),
        ("human when tga:legal", "column 12", "did you mean `tag`"),
        ("human if tag:legal", "column 7", "when"),
    ] {
        let (_, err) = run(folder.path(), &["eval", "set", "e", "--route", rule], 2);
        assert!(err.contains(place) && err.contains(hint), "{err}");
    }
    let close = "close when score>=0.9";
    let (_, err) = run(
        folder.path(),
        &["eval", "set", "e", "--mode", "blind", "--route", close],
        2,
    );
    assert!(err.contains("blind"), "{err}");
}

#[test]
fn a_dry_run_says_which_way_tickets_go_and_the_run_sends_them() {
    let folder = tempfile::tempdir().unwrap();
    let judge = prepared(folder.path());
    let at = folder.path();
    let (human, close) = ("human when tag:legal", "close when score>=0.9 and no flag");
    run(
        at,
        &[
            "eval", "set", "e", "--audit", "0.000001", "--route", human, "--route", close,
        ],
        0,
    );
    let dry = json(at, &["judge", "e", "--judge", &judge, "--dry-run"]);
    assert_eq!(dry["tickets"], 10, "{dry}");
    assert_eq!(
        (&dry["routes"][0]["to"], &dry["routes"][0]["tickets"]),
        (&"human".into(), &10.into()),
        "{dry}"
    );
    let (out, _) = run(at, &["judge", "e", "--judge", &judge, "--dry-run"], 0);
    assert!(
        out.contains("rule `human when tag:legal`: 10 tickets to human"),
        "{out}"
    );
    let report = json(at, &["judge", "e", "--judge", &judge]);
    assert_eq!(report["judged"], 10, "{report}");
    let ways: Vec<(&Value, &Value)> = report["routes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|way| (&way["to"], &way["tickets"]))
        .collect();
    assert_eq!(
        ways,
        [(&"human".into(), &10.into()), (&"close".into(), &10.into())],
        "{report}"
    );
    let (open, _) = run(
        at,
        &["tickets", "e", "--filter", "status:done", "--json"],
        0,
    );
    assert_eq!(open.lines().count(), 10, "{open}");
    let (history, _) = run(at, &["history"], 0);
    assert!(
        history.contains("closed on the judge's word by the rule `close when"),
        "{history}"
    );
    assert!(
        history.contains("left to people by the rule `human when tag:legal`"),
        "{history}"
    );
    // Nothing is left to judge, nothing is routed twice.
    let again = json(at, &["judge", "e", "--judge", &judge]);
    assert_eq!(again["routes"], serde_json::json!([]), "{again}");
    run(at, &["doctor"], 0);
}
