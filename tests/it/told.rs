//! What commands say of what they passed over, refused or found nothing to do for.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::cli_reports::{Ran, done, run, sample};

const ROWS: &str = r#"{"request":"Where is my parcel?","response":"On its way.","score":3,"human_label":"ok"}
{"request":"","response":"Hm.","score":3}
{"request":"Can I get a refund?","response":"","score":1}
"#;

fn rows(at: &Path) {
    fs::write(at.join("l.jsonl"), ROWS).unwrap();
}

/// One line with the fault, one with the way on.
fn refused(ran: &Ran, what: &str, hint: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines.len(), 2, "{}", ran.err);
    assert!(
        lines[0].starts_with("error: ") && lines[0].contains(what),
        "{}",
        ran.err
    );
    assert!(
        lines[1].starts_with("  hint: ") && lines[1].contains(hint),
        "{}",
        ran.err
    );
}

#[test]
fn an_import_names_the_columns_it_does_not_read_and_the_rows_that_ask_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    rows(at);
    let ran = done(at, "import l.jsonl --eval e --json");
    for said in [
        "not read: `score`, `human_label`",
        "--map human.QUESTION=COLUMN",
        "1  the request is empty (in line 2)",
        "1  `response` is empty (in line 3)",
    ] {
        assert!(ran.err.contains(said), "lacks `{said}`: {}", ran.err);
    }
    let report: Value = serde_json::from_str(&ran.out).unwrap();
    let file = &report["files"][0];
    assert_eq!(
        file["unmapped_columns"],
        serde_json::json!(["score", "human_label"])
    );
    assert_eq!(file["remarks"]["the request is empty"], 1);
    assert_eq!(file["remarks_first_line"]["the request is empty"], 2);
}

#[test]
fn a_column_that_is_read_is_not_called_unread() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    rows(at);
    let ran = done(
        at,
        "import l.jsonl --eval e --map judge.send=score --map human.send=human_label",
    );
    assert!(!ran.err.contains("not read"), "{}", ran.err);
}

#[test]
fn a_field_mapped_twice_is_refused_with_both_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(
        at.join("l.jsonl"),
        "{\"q\":\"x\",\"a\":\"1\",\"b\":\"2\"}\n",
    )
    .unwrap();
    let ran = run(
        at,
        "import l.jsonl --map request=q --map output=a --map output=b",
    );
    refused(
        &ran,
        "`--map output=a` and `--map output=b`",
        "`--map output=a,b`",
    );
}

#[test]
fn an_import_that_takes_nothing_leaves_no_workspace_behind() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(
        at.join("bad.jsonl"),
        "{\"request\":\"a\",\"response\":\"b\"}\nnonsense\n",
    )
    .unwrap();
    let left = || {
        let names = fs::read_dir(at).unwrap().map(|e| e.unwrap().file_name());
        let mut names: Vec<String> = names.map(|n| n.to_string_lossy().into_owned()).collect();
        names.sort();
        names.retain(|name| name.contains(".db"));
        names
    };
    assert_eq!(run(at, "import bad.jsonl --strict").code, 1);
    assert_eq!(left(), [""; 0], "after --strict");
    assert_eq!(
        run(at, "import bad.jsonl --rejects no/such/folder/r").code,
        2
    );
    assert_eq!(left(), [""; 0], "after a bad --rejects");
    assert_eq!(run(at, "import bad.jsonl --where feature:none").code, 2);
    assert_eq!(left(), [""; 0], "after a filter that nothing passes");
    // One that was there stays, whatever it holds.
    done(at, "init");
    assert_eq!(run(at, "import bad.jsonl --strict").code, 1);
    assert_eq!(left(), ["docket.db"]);
    done(at, "import bad.jsonl");
    assert_eq!(run(at, "import bad.jsonl --strict").code, 1);
    assert_eq!(done(at, "items --json").out.lines().count(), 1);
}

#[test]
fn a_filter_with_an_unknown_field_is_answered_with_the_nearest_or_the_list() {
    let folder = sample();
    let at = folder.path();
    refused(
        &run(at, "tickets support --filter state:open"),
        "unknown field `state`",
        "did you mean `status`?; docs/filters.md",
    );
    let lists = "there are: status, tag, feature";
    refused(
        &run(at, "tickets support --filter zzzzzz:x"),
        "unknown field `zzzzzz`",
        lists,
    );
    refused(
        &run(
            at,
            "export support --format trl-sft --out o --filter zzzzzz:x",
        ),
        "unknown field `zzzzzz`",
        lists,
    );
    fs::write(at.join("l.jsonl"), ROWS).unwrap();
    refused(
        &run(at, "import l.jsonl --where zzzzzz:x"),
        "`--where`: ",
        lists,
    );
}

#[test]
fn a_lowest_score_that_is_no_share_is_refused_with_the_range() {
    let folder = sample();
    for score in ["7", "-1", "NaN"] {
        let line =
            format!("export support --format trl-sft --rows accepted --out o --min-score={score}");
        refused(
            &run(folder.path(), &line),
            "is not between 0 and 1",
            "share of the best levels",
        );
    }
    assert!(!folder.path().join("o").exists());
}

#[test]
fn a_command_line_that_cannot_be_read_is_one_fault_and_one_way_on() {
    let folder = tempfile::tempdir().unwrap();
    for (line, what, hint) in [
        (
            "items --zzz",
            "`docket items` has no option `--zzz`",
            "`docket items --help` lists its options",
        ),
        (
            "tickets e --filter",
            "`--filter` needs a value",
            "`docket tickets --help`",
        ),
        (
            "history --limit many",
            "`--limit many`: a whole number is needed",
            "`docket history --help`",
        ),
        (
            "export e --format nope --out o",
            "`nope` is no value of `--format`",
            "there are: openai-sft",
        ),
        (
            "export e",
            "`docket export` needs `--format <FORMAT>` and `--out <FOLDER>`",
            "write `docket export",
        ),
    ] {
        refused(&run(folder.path(), line), what, hint);
    }
}

#[test]
fn the_history_is_told_latest_first_by_the_time_things_were_decided() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let row = |n: u32, time: &str| {
        format!(
            r#"{{"id":"{n}","time":"{time}","request":"question {n}","response":"answer","scores":[{{"name":"send","kind":"human","author":"ana","value":1}}]}}"#
        )
    };
    // The later file holds the older decision.
    fs::write(at.join("a.jsonl"), row(1, "2026-05-01T00:00:00Z") + "\n").unwrap();
    fs::write(at.join("b.jsonl"), row(2, "2025-05-01T00:00:00Z") + "\n").unwrap();
    done(at, "import a.jsonl --eval e");
    done(at, "import b.jsonl --eval e");
    let told = done(at, "history --json --limit 0").out;
    let times: Vec<String> = told
        .lines()
        .map(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["time"].as_str().unwrap().to_owned()
        })
        .collect();
    let mut sorted = times.clone();
    sorted.sort();
    sorted.reverse();
    assert_eq!(times, sorted);
    assert!(
        times.iter().any(|time| time.starts_with("2025-05")),
        "{told}"
    );
    // The latest of all, not of those that arrived last.
    let one = done(at, "history --json --limit 1").out;
    assert_eq!(one.lines().next(), told.lines().next());
}

#[test]
fn the_history_of_a_ticket_is_told_latest_first_too() {
    let folder = sample();
    let at = folder.path();
    let listed = done(at, "tickets support --json --filter status:done --limit 1").out;
    let ticket: Value = serde_json::from_str(listed.trim()).unwrap();
    let id = ticket["id"].as_str().unwrap();
    let all = done(at, &format!("history --json --ticket {id}")).out;
    let times = |told: &str| -> Vec<String> {
        told.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["time"].to_string())
            .collect()
    };
    let mut sorted = times(&all);
    sorted.sort();
    sorted.reverse();
    assert_eq!(times(&all), sorted);
    let one = done(at, &format!("history --json --ticket {id} --limit 1")).out;
    assert_eq!(one.lines().next(), all.lines().next());
}

#[test]
fn a_rebuild_says_that_it_was_one_and_what_it_mended() {
    let folder = sample();
    let at = folder.path();
    let sound = done(at, "doctor --rebuild").out;
    assert!(
        sound.contains("rebuilt what is shown from the ledger")
            && sound.contains("nothing had to change"),
        "{sound}"
    );
    assert!(done(at, "doctor").out.contains("equals a rebuild"));
    // What is shown is falsified behind docket's back.
    let db = rusqlite::Connection::open(at.join("docket.db")).unwrap();
    db.execute(
        "UPDATE ticket SET flagged = 1 - flagged WHERE row = (SELECT min(row) FROM ticket)",
        [],
    )
    .unwrap();
    drop(db);
    let found = run(at, "doctor");
    assert_eq!(found.code, 1);
    assert!(
        found.out.contains("differs from the ledger: 1 ticket ("),
        "{}",
        found.out
    );
    let mended = done(at, "doctor --rebuild").out;
    assert!(mended.contains("1 ticket ("), "{mended}");
    assert!(mended.contains("were mended"), "{mended}");
    assert!(done(at, "doctor").out.contains("equals a rebuild"));
}

#[test]
fn columns_nothing_is_read_from_are_named_once_for_all_files_and_envelopes_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for n in 1..=3 {
        let row = format!(
            "{{\"request\":\"q{n}\",\"response\":\"a\",\"stars\":4,\"trace_id\":\"t{n}\",\"object\":\"x\"}}\n"
        );
        fs::write(at.join(format!("{n}.jsonl")), row).unwrap();
    }
    let ran = done(at, "import 1.jsonl 2.jsonl 3.jsonl --eval e");
    let said: Vec<&str> = ran.err.lines().map(str::trim).collect();
    let unread: Vec<&&str> = said.iter().filter(|l| l.starts_with("not read")).collect();
    assert_eq!(unread, [&"not read in 1.jsonl and 2 other files: `stars`"]);
    let ways = said.iter().filter(|line| line.contains("--map "));
    assert_eq!(ways.count(), 1, "{}", ran.err);
    assert!(!ran.err.contains("trace_id"), "{}", ran.err);
    // Where the envelope is all there is, nothing is told.
    let row = "{\"request\":\"q\",\"response\":\"a\",\"trace_id\":\"t\"}\n";
    fs::write(at.join("plain.jsonl"), row).unwrap();
    let ran = done(at, "import plain.jsonl --eval p");
    assert!(!ran.err.contains("not read"), "{}", ran.err);
}

#[test]
fn a_list_that_stops_says_of_how_many_and_how_to_see_more() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let label = r#"{"name":"send","kind":"human","author":"ana","value":1}"#;
    let row = |n| {
        format!(
            "{{\"request\":\"q{n}\",\"response\":\"a\",\"tags\":[\"t\"],\"scores\":[{label}]}}\n"
        )
    };
    let rows: String = (0..60).map(row).collect();
    fs::write(at.join("l.jsonl"), rows).unwrap();
    done(at, "import l.jsonl --eval e");
    for (line, rows, said) in [
        ("items --json", 50, "50 of 60; `--limit N` shows more"),
        ("items --json --filter tag:t", 50, "50 of 60; "),
        ("items --json --limit 7", 7, ""),
        ("items --json --limit 0", 60, ""),
        ("tickets e --json", 60, ""),
        ("history --json", 50, "50 of 6"),
        ("history --json --limit 2", 2, ""),
    ] {
        let ran = done(at, line);
        assert_eq!(ran.out.lines().count(), rows, "{line}");
        assert_eq!(ran.err.is_empty(), said.is_empty(), "{line}: {}", ran.err);
        assert!(ran.err.contains(said), "{line}: {}", ran.err);
    }
}

#[test]
fn a_filter_goes_by_both_of_its_names_in_every_command() {
    let folder = sample();
    let at = folder.path();
    fs::write(at.join("l.jsonl"), ROWS).unwrap();
    for line in [
        "items --NAME zzzzzz:x",
        "tickets support --NAME zzzzzz:x",
        "export support --format trl-sft --out o --NAME zzzzzz:x",
        "judge support --judge checks --NAME zzzzzz:x",
        "import l.jsonl --NAME zzzzzz:x",
    ] {
        for name in ["filter", "where"] {
            let ran = run(at, &line.replace("NAME", name));
            assert_eq!(ran.code, 2, "{line}: {}", ran.err);
            assert!(ran.err.contains("unknown field `zzzzzz`"), "{}", ran.err);
        }
    }
}
