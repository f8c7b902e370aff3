//! Routing rules from the command line to the queue.

use std::fmt::Write as _;
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
        writeln!(rows, "{{\"request\":\"A {kind} question, number {i}\",\"response\":\"A {kind} answer, number {i}.\",\"tags\":{tags}}}").unwrap();
    }
    for (kind, level) in [("routine", 5), ("special", 2)] {
        let line = serde_json::json!({"match": format!("A {kind} answer"), "reply": {
            "verdict_id": "$verdict_id", "criterion": "quality", "evidence": [], "reasoning": "So.", "level": level,
            "reference_conflict": false, "cannot_judge": false, "cannot_judge_reason": ""}});
        writeln!(script, "{line}").unwrap();
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

/// The screen of a ticket of `e`, past what is shown before the first one.
fn ticket_screen(folder: &Path, filter: &str) -> String {
    use std::sync::Arc;

    use docket::app::AppState;
    use docket::app::layout::Size;
    use docket::app::settings::Settings;
    use docket::engine::{Clock, Engine};
    use docket::tui::engine_desk::EngineDesk;
    use docket::tui::headless::Harness;

    let engine = Engine::open(&folder.join("docket.db"), "ana", Clock::system()).unwrap();
    let size = Size {
        width: 120,
        height: 36,
    };
    let mut state = AppState::new(size, Settings::default());
    let first = state.start();
    let desk = EngineDesk::new(engine, folder.to_owned());
    let mut app = Harness::start(Arc::new(desk), state, first, (120, 36));
    app.press("l \\").type_text(filter).press("enter enter");
    for _ in 0..6 {
        if app.state.modals.is_empty() && app.state.practice.is_none() {
            break;
        }
        app.press("esc").wait(500);
    }
    assert!(app.shows("QUESTIONS"), "{}", app.screen());
    app.screen()
}

#[test]
fn a_ticket_says_which_rule_sent_it_to_whom_where_that_tells_a_blind_reviewer_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let judge = prepared(folder.path());
    let mut args = vec!["eval", "set", "e", "--mode", "assist", "--audit", "0"];
    let rules = ["human when tag:legal", "@ana when judge>0.9"];
    for rule in rules {
        args.extend(["--route", rule]);
    }
    run(folder.path(), &args, 0);
    run(
        folder.path(),
        &["judge", "e", "--judge", &judge, "--yes"],
        0,
    );
    let special = ticket_screen(folder.path(), "tag:legal");
    assert!(
        special.contains("why here  a rule keeps it for people:  human when tag:legal"),
        "{special}"
    );
    let routine = ticket_screen(folder.path(), "tag:faq");
    assert!(
        routine.contains("why here  a rule gave it to ana:  @ana when judge>0.9"),
        "{routine}"
    );
    // Reviewed blind from now on: what rests on the judge is kept back, what rests on the ticket is not.
    run(folder.path(), &["eval", "set", "e", "--route", "none"], 0);
    run(folder.path(), &["eval", "set", "e", "--mode", "blind"], 0);
    let special = ticket_screen(folder.path(), "tag:legal");
    assert!(special.contains("human when tag:legal"), "{special}");
    let routine = ticket_screen(folder.path(), "tag:faq");
    assert!(!routine.contains("judge>0.9"), "{routine}");
    assert!(routine.contains("why here  given to ana"), "{routine}");
}
