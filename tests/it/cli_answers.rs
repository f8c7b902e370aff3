//! What the reporting and changing commands answer: exit code, data, talk, JSON.

use std::path::Path;

use serde_json::Value;

use super::cli_reports::{Ran, done, run, sample};

/// Data that is one JSON value per line.
pub fn json_lines(folder: &Path, line: &str) -> Vec<Value> {
    let ran = done(folder, line);
    assert_eq!(ran.err, "", "`{line}`");
    ran.out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Data that is one JSON value.
pub fn json(folder: &Path, line: &str, code: i32) -> Value {
    let ran = run(folder, line);
    assert_eq!((ran.code, ran.err.as_str()), (code, ""), "`{line}`");
    serde_json::from_str(&ran.out).unwrap()
}

/// Nothing but talk: exit code 0, no data.
pub fn said(folder: &Path, line: &str, expected: &str) {
    let ran = done(folder, line);
    assert_eq!(
        (ran.out.as_str(), ran.err.as_str()),
        ("", expected),
        "`{line}`"
    );
}

/// An error of one line and at most one hint.
pub fn refused(ran: &Ran, error: &str, hint: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    let mut lines = ran.err.lines();
    assert_eq!(lines.next().unwrap(), format!("error: {error}"));
    let rest: Vec<&str> = lines.collect();
    if hint.is_empty() {
        assert!(rest.is_empty(), "{}", ran.err);
    } else {
        assert_eq!(rest.len(), 1, "{}", ran.err);
        assert!(
            rest[0].starts_with("  hint: ") && rest[0].contains(hint),
            "{}",
            ran.err
        );
    }
}

fn role_of(folder: &Path, name: &str) -> String {
    let sets = json_lines(folder, "dataset --json");
    let set = sets.iter().find(|set| set["name"] == name).unwrap();
    set["role"].as_str().unwrap().to_owned()
}

#[test]
fn datasets_are_listed_with_role_and_size_and_a_role_can_be_changed() {
    let folder = sample();
    let at = folder.path();
    let sets = json_lines(at, "dataset list --json");
    let sizes: Vec<_> = sets
        .iter()
        .map(|set| {
            (
                set["name"].as_str().unwrap(),
                set["role"].as_str().unwrap(),
                set["items"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        sizes,
        [
            ("contracts", "review", 15),
            ("discharge", "heldout", 15),
            ("support", "review", 40)
        ]
    );
    let table = done(at, "dataset").out;
    assert_eq!(table.lines().count(), 4, "{table}");
    for role in ["heldout", "train", "review"] {
        said(
            at,
            &format!("dataset role support {role}"),
            &format!("dataset `support` is {role} now\n"),
        );
        assert_eq!(role_of(at, "support"), role);
    }
    refused(
        &run(at, "dataset role nosuch heldout"),
        "no dataset `nosuch` in `docket.db`",
        "there are: contracts, discharge, support",
    );
    let wrong = run(at, "dataset role support wrong");
    assert_eq!((wrong.code, wrong.out.as_str()), (2, ""));
    assert!(
        wrong.err.contains("review, heldout, train"),
        "{}",
        wrong.err
    );
    assert_eq!(role_of(at, "support"), "review");
}

#[test]
fn a_move_of_clusters_tells_what_it_costs_and_asks_first() {
    let folder = sample();
    let at = folder.path();
    let cost = "39 clusters, 40 items: `support` to `kept`\n\
        eval `support` loses 40 tickets from its dataset, 12 of them reviewed\n\
        eval `october` loses 130 tickets from its dataset, 0 of them reviewed\n";
    let before = json_lines(at, "dataset --json");
    said(at, "dataset move support kept --dry-run", cost);
    let unasked = run(at, "dataset move support kept");
    assert_eq!((unasked.code, unasked.out.as_str()), (1, ""));
    assert_eq!(
        unasked.err,
        format!("{cost}nothing was moved; --yes moves without asking\n")
    );
    assert_eq!(json_lines(at, "dataset --json"), before);
    let cluster = json_lines(at, "items --json --limit 1")[0]["cluster"]
        .as_str()
        .unwrap()
        .to_owned();
    let one = done(
        at,
        &format!("dataset move support kept --cluster {cluster} --yes --reason tidy"),
    );
    assert!(
        one.err.starts_with("1 cluster, 1 item") && one.err.ends_with("moved\n"),
        "{}",
        one.err
    );
    done(at, "dataset move support kept --yes");
    let sets = json_lines(at, "dataset --json");
    let items = |name: &str| sets.iter().find(|set| set["name"] == name).unwrap()["items"].as_u64();
    assert_eq!((items("support"), items("kept")), (Some(0), Some(40)));
    refused(
        &run(at, "dataset move nosuch kept --yes"),
        "no dataset `nosuch` in `docket.db`",
        "there are: contracts, discharge, kept, support",
    );
}

#[test]
fn an_eval_is_shown_and_changed_and_a_senseless_change_is_refused() {
    let folder = sample();
    let at = folder.path();
    let listed = json_lines(at, "eval list --json");
    assert_eq!(listed.len(), 3);
    for eval in &listed {
        let name = eval["name"].as_str().unwrap();
        for line in [
            format!("eval show {name}"),
            format!("eval show {name} --json"),
        ] {
            assert_eq!(&json(at, &line, 0), eval, "`{line}`");
        }
    }
    let changed = "changed eval `contracts`\n";
    said(
        at,
        "eval set contracts --threshold 0.5 --overlap 2 --mode assist",
        changed,
    );
    let policy = &json(at, "eval show contracts", 0)["policy"];
    assert_eq!(
        (
            policy["pass_threshold"].as_f64(),
            policy["overlap"].as_u64(),
            policy["mode"].as_str()
        ),
        (Some(0.5), Some(2), Some("assist"))
    );
    said(at, "eval set contracts --threshold 0.5", "");
    refused(
        &run(at, "eval set contracts --threshold 3"),
        "--threshold takes a number from 0 to 1",
        "",
    );
    refused(
        &run(at, "eval set nosuch --overlap 2"),
        "no eval `nosuch` in `docket.db`",
        "there are: support, contracts, discharge",
    );
    done(at, "rubric new --text Good? -o good.toml");
    let moved = done(at, "eval set support --rubric good.toml").err;
    assert!(
        moved.starts_with("rubric ") && moved.ends_with("; reviews stay as they were given\n"),
        "{moved}"
    );
    assert_ne!(
        json(at, "eval show support", 0)["rubric"],
        listed[0]["rubric"]
    );
    assert_eq!(json(at, "eval show support", 0)["done"], listed[0]["done"]);
}

#[test]
fn the_history_names_who_decided_what_latest_first() {
    let folder = sample();
    let at = folder.path();
    // By chance a ticket could be one that is read blind for an audit: its history is told to few.
    done(at, "--as zoe eval set support --audit 0 --yes");
    done(at, "--as zoe dataset role support heldout");
    let latest = json_lines(at, "history --limit 2 --json");
    assert_eq!(latest.len(), 2);
    assert_eq!(latest[0]["who"], "zoe");
    assert!(
        latest[0]["what"].as_str().unwrap().contains("heldout"),
        "{latest:?}"
    );
    assert_eq!(latest[0]["taken_back"], false);
    let time = |n: usize| {
        latest[n]["time"]
            .as_str()
            .unwrap()
            .parse::<jiff::Timestamp>()
            .unwrap()
    };
    assert!(time(0) >= time(1));
    let table = done(at, "history --limit 2").out;
    assert_eq!(table.lines().count(), 3, "{table}");
    let ticket = json_lines(at, "tickets support --json --limit 1 --filter status:done");
    let prefix = &ticket[0]["id"].as_str().unwrap()[..12];
    let of_one = json_lines(at, &format!("history --ticket {prefix} --json"));
    assert!(!of_one.is_empty());
    assert!(of_one.len() < json_lines(at, "history --json --limit 1000").len());
    refused(
        &run(at, "history --ticket zzzz"),
        "no ticket `zzzz` in this workspace",
        "",
    );
}

#[test]
fn a_backup_says_what_it_copied_and_a_place_that_cannot_be() {
    let folder = sample();
    let at = folder.path();
    said(at, "backup copy.db", "copied `docket.db` to `copy.db`\n");
    assert_eq!(
        super::support::dump(&at.join("copy.db")),
        super::support::dump(&at.join("docket.db"))
    );
    refused(
        &run(at, "backup copy.db"),
        "`copy.db` is there already",
        "does not exist",
    );
    let nowhere = run(at, "backup nowhere/copy.db");
    assert_eq!((nowhere.code, nowhere.out.as_str()), (2, ""));
    assert!(
        nowhere
            .err
            .starts_with("error: cannot open `nowhere/copy.db`: "),
        "{}",
        nowhere.err
    );
    let sound = json(at, "doctor --json", 0);
    assert!(
        sound["findings"]
            .as_array()
            .unwrap()
            .iter()
            .all(|finding| finding["sound"] == true)
    );
}

#[test]
fn a_blind_ticket_does_not_say_in_its_request_which_model_was_asked() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    std::fs::write(
        at.join("log.jsonl"),
        r#"{"request":{"model":"secret-model","temperature":0.5,"messages":[{"role":"user","content":"How long?"}]},"response":{"model":"secret-model","choices":[{"message":{"role":"assistant","content":"Two days."},"finish_reason":"stop"}]}}"#,
    )
    .unwrap();
    done(at, "import log.jsonl --eval e --dataset d");
    done(at, "eval set e --mode blind");
    let told = done(at, "tickets e --json --full").out;
    assert!(!told.contains("secret-model"), "{told}");
    assert!(told.contains("temperature"), "{told}");
    done(at, "eval set e --mode assist --audit 0");
    let told = done(at, "tickets e --json --full").out;
    assert!(told.contains(r#""model":"secret-model""#), "{told}");
}
