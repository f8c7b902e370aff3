//! What becomes a row, what is held out, what stays in the workspace.

use std::sync::atomic::AtomicBool;

use serde_json::Value;

use super::super::ExportError;
use super::support::{Desk, Logged, text};
use crate::domain::eval::{DatasetRole, Mode, Policy};
use crate::domain::event::{Body, ExportMade};
use crate::domain::rubric::{Answer, Choice, Kind};
use crate::domain::view::{Decision, ExportRows};
use crate::store::ledger;

const Q: [(&str, [Option<&str>; 1]); 4] = [
    ("\"Where is my parcel?\"", [Some("\"No idea.\"")]),
    (
        "\"Can I get a refund?\"",
        [Some("\"Yes, within 30 days.\"")],
    ),
    ("\"Do you ship to Oslo?\"", [Some("\"Maybe.\"")]),
    ("\"Is it open on Sunday?\"", [Some("\"Yes.\"")]),
];

fn desk() -> Desk {
    let desk = Desk::new(Kind::Direct, 1, &text(&Q));
    desk.level(0, 1, Some("It arrives tomorrow."));
    desk.level(1, 5, None);
    desk.level(2, 1, None);
    desk
}

fn answers(lines: &[String]) -> Vec<String> {
    let read = |line: &String| {
        let row: Value = serde_json::from_str(line).unwrap();
        let last = row["messages"].as_array().unwrap().last().unwrap().clone();
        last["content"].as_str().unwrap().to_owned()
    };
    lines.iter().map(read).collect()
}

fn made(desk: &Desk) -> Vec<ExportMade> {
    let events = desk.ana.store().read(ledger::global).unwrap();
    let made = |body: Body| match body {
        Body::ExportMade(made) => Some(made),
        _ => None,
    };
    events.into_iter().filter_map(|e| made(e.body)).collect()
}

#[test]
fn rows_are_what_was_asked_for() {
    let table = [
        (ExportRows::Corrected, vec!["It arrives tomorrow."]),
        (ExportRows::Accepted, vec!["Yes, within 30 days."]),
        (
            ExportRows::All,
            vec!["It arrives tomorrow.", "Yes, within 30 days."],
        ),
    ];
    for (rows, expected) in table {
        let desk = desk();
        let lines = desk.lines(&desk.request("trl-sft", rows));
        assert_eq!(answers(&lines), expected, "{rows:?}");
        assert!(!lines.join("").contains("secret-model"));
    }
}

#[test]
fn an_opinion_changed_after_the_judge_was_seen_decides_what_is_trained_on() {
    let desk = desk();
    let rows = |rows| answers(&desk.lines(&desk.request("trl-sft", rows)));
    desk.reveal("ana", 2);
    assert_eq!(rows(ExportRows::Accepted), ["Yes, within 30 days."]);
    desk.level(2, 5, None);
    let folder = desk.target("out");
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(
        rows(ExportRows::Accepted),
        ["Yes, within 30 days.", "Maybe."]
    );
}

#[test]
fn a_correction_is_preferred_to_what_it_replaced_and_labels_follow_pass_and_fail() {
    let desk = desk();
    let lines = desk.lines(&desk.request("trl-dpo", ExportRows::Pairs));
    let row: Value = serde_json::from_str(&lines[0]).unwrap();
    assert_eq!(row["chosen"][0]["content"], "It arrives tomorrow.");
    assert_eq!(row["rejected"][0]["content"], "No idea.");
    assert_eq!(lines.len(), 1);

    let mut request = desk.request("trl-kto", ExportRows::All);
    request.plan.folder = desk.target("kto").display().to_string();
    let labels: Vec<(String, bool)> = desk
        .lines(&request)
        .iter()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            let said = row["completion"][0]["content"].as_str().unwrap().to_owned();
            (said, row["label"].as_bool().unwrap())
        })
        .collect();
    let expected = [
        ("It arrives tomorrow.", true),
        ("No idea.", false),
        ("Yes, within 30 days.", true),
        ("Maybe.", false),
    ];
    assert_eq!(
        labels,
        expected.map(|(said, label)| (said.to_owned(), label))
    );
}

#[test]
fn what_left_is_a_train_dataset_and_a_decision_with_the_manifests_hash() {
    let desk = desk();
    let report = desk.run(&desk.request("trl-sft", ExportRows::All)).unwrap();
    let landed = report.written.unwrap();
    let dataset = desk.ana.dataset_named("support-train").unwrap();
    assert_eq!((dataset.role, dataset.items), (DatasetRole::Train, 2));
    let [event] = made(&desk).try_into().unwrap();
    assert_eq!((event.rows, event.dataset), (2, dataset.id));
    assert_eq!(event.manifest_sha256, landed.manifest_sha256);
    let manifest = std::fs::read(desk.target("out/manifest.json")).unwrap();
    assert_eq!(
        super::super::record::sha256(&manifest),
        event.manifest_sha256
    );

    // A later export adds to it: what has left cannot be called back.
    desk.level(3, 5, None);
    let mut later = desk.request("trl-sft", ExportRows::Accepted);
    later.plan.folder = desk.target("later").display().to_string();
    desk.run(&later).unwrap();
    assert_eq!(desk.ana.dataset_named("support-train").unwrap().items, 3);
}

#[test]
fn what_is_held_out_is_refused_until_it_is_moved_or_a_reason_is_given() {
    let desk = desk();
    desk.put("gold", DatasetRole::Heldout, &[0]);
    let request = desk.request("trl-sft", ExportRows::Corrected);
    let error = desk.run(&request).unwrap_err();
    let (what, how) = (error.to_string(), error.hint().unwrap());
    assert!(matches!(&error, ExportError::Nothing(report) if report.held_out == 1));
    assert!(
        what.contains("every row is held out (1 in `gold`)"),
        "{what}"
    );
    assert!(how.contains("docket dataset move gold support"), "{how}");
    assert!(how.contains("--override \"REASON\""), "{how}");
    assert!(!desk.target("out").exists());
    assert!(made(&desk).is_empty());

    // The others of the eval still go out, and the file names what stayed.
    let all = desk.request("trl-sft", ExportRows::All);
    let report = desk.run(&all).unwrap();
    assert_eq!((report.row_count(), report.held_out), (1, 1));
    let refused = std::fs::read_to_string(desk.target("out/refused.jsonl")).unwrap();
    assert!(
        refused.contains("held_out") && refused.contains("`gold`"),
        "{refused}"
    );

    desk.ana
        .move_items("gold", "review", vec![], "no longer measured on", false)
        .unwrap();
    let mut again = request.clone();
    again.plan.folder = desk.target("moved").display().to_string();
    assert_eq!(answers(&desk.lines(&again)), ["It arrives tomorrow."]);
}

#[test]
fn an_override_needs_a_reason_which_manifest_card_and_ledger_keep() {
    let desk = desk();
    desk.put("gold", DatasetRole::Heldout, &[0]);
    let mut request = desk.request("trl-sft", ExportRows::Corrected);
    request.plan.override_reason = Some("  ".into());
    assert!(matches!(desk.run(&request), Err(ExportError::Engine(_))));
    request.plan.override_reason = Some("last set before launch".into());
    let report = desk.run(&request).unwrap();
    assert_eq!(report.overridden, 1);
    for file in ["manifest.json", "README.md"] {
        let text = std::fs::read_to_string(desk.target("out").join(file)).unwrap();
        assert!(text.contains("last set before launch"), "{file}: {text}");
    }
    let event = made(&desk).pop().unwrap();
    assert_eq!(
        event.override_reason.as_deref(),
        Some("last set before launch")
    );
}

#[test]
fn a_near_duplicate_of_a_held_out_request_is_held_out_too() {
    let rows = [
        ("\"Where is my parcel?\"", [Some("\"No idea.\"")]),
        ("\"where is  my PARCEL?\"", [Some("\"No clue.\"")]),
    ];
    let desk = Desk::new(Kind::Direct, 1, &text(&rows));
    desk.level(1, 1, Some("Tomorrow."));
    desk.put("gold", DatasetRole::Heldout, &[0]);
    let error = desk.run(&desk.request("trl-sft", ExportRows::Corrected));
    assert!(matches!(error, Err(ExportError::Nothing(report)) if report.held_out == 1));
}

#[test]
fn only_finished_evidence_counts() {
    let desk = Desk::new(Kind::Direct, 2, &text(&Q));
    // One of two reviews; a disagreement; agreement; put aside.
    desk.level(0, 5, Some("half"));
    desk.level(1, 5, Some("mine"));
    desk.review("ben", 1, Answer::Level(0), None);
    desk.level(2, 5, None);
    desk.review("ben", 2, Answer::Level(5), None);
    desk.correct(std::iter::once((3, "aside".to_owned())));
    let aside = Decision::Defer("ask legal".into());
    desk.ana.decide(&[desk.tickets[3]], &aside).unwrap();
    let report = desk.run(&desk.request("trl-sft", ExportRows::All)).unwrap();
    assert_eq!((report.row_count(), report.unsettled), (1, 3));

    // Decided, the disagreement is evidence: the latest correction counts.
    desk.correct(std::iter::once((1, "theirs".to_owned())));
    desk.adjudicate(1, Answer::Level(2));
    let mut request = desk.request("trl-sft", ExportRows::Corrected);
    request.plan.folder = desk.target("decided").display().to_string();
    assert_eq!(answers(&desk.lines(&request)), ["theirs"]);
}

#[test]
fn an_undone_correction_is_no_row() {
    let desk = desk();
    desk.level(3, 2, Some("No."));
    desk.ana.undo().unwrap();
    let lines = desk.lines(&desk.request("trl-sft", ExportRows::Corrected));
    assert_eq!(answers(&lines), ["It arrives tomorrow."]);
}

#[test]
fn filter_lowest_score_and_limit_choose_among_the_tickets() {
    let desk = desk();
    desk.level(3, 4, None);
    let mut request = desk.request("trl-sft", ExportRows::All);
    let mut rows = |filter: &str, least: Option<f64>, limit: Option<u64>| {
        request.plan.filter = filter.into();
        request.plan.min_score = least;
        request.limit = limit;
        let dry = desk
            .ana
            .export_dry(&request, &mut |_| {}, &AtomicBool::new(false));
        dry.map(|report| report.row_count()).unwrap()
    };
    assert_eq!(rows("", None, None), 3);
    assert_eq!(rows("feature:billing", None, None), 1);
    assert_eq!(rows("has:correction", None, None), 1);
    assert_eq!(rows("", Some(0.8), None), 2);
    assert_eq!(rows("", Some(0.81), None), 1);
    assert_eq!(rows("", None, Some(2)), 2);
    assert_eq!(rows("feature:nothing", None, None), 0);
}

#[test]
fn compared_outputs_give_the_majoritys_preference_and_name_ties_and_empty_sides() {
    let both = [Some("\"left\""), Some("\"right\"")];
    let empty = [Some("\"left\""), Some("\"\"")];
    let rows: Vec<Logged<'_>> = (0..5)
        .map(|at| Logged {
            request: ["\"q0\"", "\"q1\"", "\"q2\"", "\"q3\"", "\"q4\""][at],
            outputs: if at == 3 { &empty } else { &both },
        })
        .collect();
    let desk = Desk::new(Kind::Pairwise, 3, &rows);
    let (first, second, tie) = (Choice::Candidate(1), Choice::Candidate(2), Choice::Tie);
    for (at, choices) in [
        [second, second, first],
        [tie, tie, first],
        [first, second, tie],
        [first, first, first],
        [first, first, first],
    ]
    .into_iter()
    .enumerate()
    {
        for (who, choice) in ["ana", "ben", "eva"].into_iter().zip(choices) {
            desk.choose(who, at, choice);
        }
    }
    let request = desk.request("trl-dpo", ExportRows::Pairs);
    let report = desk.run(&request).unwrap();
    assert_eq!((report.row_count(), report.refused), (2, 3));
    let counts: Vec<_> = report
        .refused_by_reason
        .iter()
        .map(|count| (count.code, count.rows))
        .collect();
    assert_eq!(
        counts,
        [("empty_answer", 1), ("no_majority", 1), ("tie", 1)]
    );
    assert_eq!(report.refused_first.len(), 3);
    assert_eq!(report.refused_first[0].ticket, desk.tickets[1]);
    let train = std::fs::read_to_string(desk.target("out/train.jsonl")).unwrap();
    let row: Value = serde_json::from_str(train.lines().next().unwrap()).unwrap();
    assert_eq!(row["chosen"][0]["content"], "right");
    assert_eq!(row["rejected"][0]["content"], "left");
    let manifest = std::fs::read_to_string(desk.target("out/manifest.json")).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let named = &manifest["counts"]["refused_first"];
    assert_eq!(named.as_array().unwrap().len(), 3);
    assert_eq!(named[0]["code"], "tie");

    // A decision ends the disagreement.
    desk.adjudicate(2, Answer::Choice(second));
    let preview = desk.ana.export_preview(&request.plan).unwrap();
    assert_eq!(preview.rows(), 3);
}

#[test]
fn duplicates_are_counted_and_kept_and_no_cluster_is_in_both_files() {
    let rows: Vec<(String, [Option<&str>; 1])> = (0..120)
        .map(|n| (format!("\"question {}\"", n / 4), [Some("\"a\"")]))
        .collect();
    let rows: Vec<Logged<'_>> = rows
        .iter()
        .map(|(request, outputs)| Logged { request, outputs })
        .collect();
    let desk = Desk::new(Kind::Direct, 1, &rows);
    desk.correct((0..120).map(|at| (at, format!("b{}", at % 2))));
    let mut request = desk.request("trl-sft", ExportRows::Corrected);
    request.plan.validation = 0.3;
    let report = desk.run(&request).unwrap();
    assert_eq!((report.row_count(), report.duplicates), (120, 60));
    assert!(report.validation > 0 && report.train > 0);
    let questions = |file: &str| -> std::collections::BTreeSet<String> {
        let text = std::fs::read_to_string(desk.target("out").join(file)).unwrap();
        let question = |line: &str| {
            let row: Value = serde_json::from_str(line).unwrap();
            row["messages"][0]["content"].as_str().unwrap().to_owned()
        };
        text.lines().map(question).collect()
    };
    let (train, validation) = (questions("train.jsonl"), questions("validation.jsonl"));
    assert!(train.is_disjoint(&validation));
    assert_eq!(train.len() + validation.len(), 30);
    let preview = desk.ana.export_preview(&request.plan).unwrap();
    assert_eq!(
        (preview.train, preview.validation, preview.duplicates),
        (report.train, report.validation, 60)
    );
}

#[test]
fn a_column_that_first_appears_late_is_in_every_row() {
    let plain = "[{\"role\":\"user\",\"content\":\"hi\"}]";
    let system =
        "[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"hi\"}]";
    let rows: Vec<Logged<'_>> = (0..1_100)
        .map(|at| Logged {
            request: if at == 1_099 { system } else { plain },
            outputs: &[Some("\"a\"")],
        })
        .collect();
    let desk = Desk::new(Kind::Direct, 1, &rows);
    desk.correct((0..1_100).map(|at| (at, format!("b{at}"))));
    let lines = desk.lines(&desk.request("sharegpt", ExportRows::Corrected));
    assert_eq!(lines.len(), 1_100);
    assert!(
        lines.iter().all(|line| line.contains("\"system\":")),
        "{}",
        lines[0]
    );
}

#[test]
fn a_blind_eval_refuses_to_count_by_what_its_reviewers_may_not_see() {
    let desk = desk();
    let policy = Policy {
        mode: Mode::Blind,
        ..desk.eval.policy.clone()
    };
    desk.ana.set_policy("support", policy, None, None).unwrap();
    let mut plan = desk.plan("trl-sft", ExportRows::All);
    plan.filter = "model:secret-model".into();
    let refused = desk.ana.export_preview(&plan).unwrap_err().to_string();
    assert!(refused.contains("blind"), "{refused}");
    desk.level(3, 4, None);
    assert_eq!(desk.ana.export_preview(&plan).unwrap().rows(), 3);
}

#[test]
fn the_words_of_a_refusal_are_replaced_and_calls_beside_a_text_stay() {
    let refusal = r#"{"role":"assistant","content":null,"refusal":"I can't."}"#;
    let call = r#"{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}"#;
    let with_text =
        format!(r#"{{"role":"assistant","content":"Lookng.","tool_calls":[{call}],"weight":0}}"#);
    let only_call = format!(r#"{{"role":"assistant","content":null,"tool_calls":[{call}]}}"#);
    let request = r#"{"messages":[{"role":"user","content":"go"}],"tools":[{"type":"function","function":{"name":"f"}}]}"#;
    let rows = [
        (request, [Some(refusal)]),
        (request, [Some(with_text.as_str())]),
        (request, [Some(only_call.as_str())]),
        (request, [None]),
    ];
    let desk = Desk::new(Kind::Direct, 1, &text(&rows));
    desk.correct((0..4).map(|at| (at, "Looking.".to_owned())));
    let lines = desk.lines(&desk.request("openai-sft", ExportRows::Corrected));
    assert_eq!(answers(&lines), ["Looking."; 4]);
    let calls: Vec<bool> = lines.iter().map(|line| line.contains("\"c1\"")).collect();
    assert_eq!(calls, [false, true, false, false]);
    assert!(!lines.join("").contains("refusal") && !lines.join("").contains("weight"));
    // A failed call has nothing to be worse than.
    let mut pairs = desk.request("trl-dpo", ExportRows::Pairs);
    pairs.plan.folder = desk.target("pairs").display().to_string();
    let report = desk.run(&pairs).unwrap();
    assert_eq!(report.refused_by_reason[0].code, "no_answer");
}

#[test]
fn a_row_that_is_held_out_gives_the_others_no_empty_tools_column() {
    let with_tools = r#"{"messages":[{"role":"user","content":"Weather?"}],"tools":[{"type":"function","function":{"name":"weather"}}]}"#;
    let rows = [
        (
            with_tools,
            [Some(r#"{"role":"assistant","content":"Sun"}"#)],
        ),
        (
            r#"[{"role":"user","content":"Where is my parcel?"}]"#,
            [Some(r#"{"role":"assistant","content":"On its way"}"#)],
        ),
    ];
    let desk = Desk::new(Kind::Direct, 1, &text(&rows));
    desk.level(0, 5, None);
    desk.level(1, 5, None);
    let request = desk.request("trl-kto", ExportRows::All);
    let lines = desk.lines(&request);
    assert!(
        lines.iter().all(|line| line.contains("\"tools\":")),
        "{lines:?}"
    );

    desk.put("gold", DatasetRole::Heldout, &[0]);
    let mut later = desk.request("trl-kto", ExportRows::All);
    later.plan.folder = desk.target("later").display().to_string();
    let lines = desk.lines(&later);
    assert_eq!(lines.len(), 1);
    assert!(!lines[0].contains("tools"), "{lines:?}");
}
