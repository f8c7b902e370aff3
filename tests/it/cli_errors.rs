//! What goes wrong at the command line: exit code 2, one error with a hint, nothing on standard output.

use std::fs;

use super::cli_reports::{Ran, run, sample};

/// An error as people see it: code 2, `error:` first, every later line a hint, no data.
fn refused(ran: &Ran, says: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.starts_with("error: "), "{}", ran.err);
    assert!(ran.err.contains(says), "lacks `{says}`: {}", ran.err);
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    assert!(ran.err.lines().count() <= 3, "{}", ran.err);
}

#[test]
fn a_workspace_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    refused(&run(at, "eval"), "docket.db");
    assert!(!at.join("docket.db").exists(), "asking made a workspace");
    fs::write(
        at.join("notes.txt"),
        "not a workspace, only words\n".repeat(50),
    )
    .unwrap();
    refused(&run(at, "-w notes.txt eval"), "notes.txt");
    fs::create_dir(at.join("folder")).unwrap();
    refused(&run(at, "-w folder eval"), "folder");
}

#[test]
fn a_misspelt_command_is_answered_with_the_nearest() {
    let folder = tempfile::tempdir().unwrap();
    refused(
        &run(folder.path(), "tickts"),
        "did you mean `docket tickets`?",
    );
}

#[test]
fn an_unknown_eval_and_a_bad_filter_are_explained() {
    let folder = sample();
    let unknown = run(folder.path(), "eval show suport");
    refused(&unknown, "suport");
    assert!(unknown.err.contains("support"), "{}", unknown.err);
    refused(
        &run(folder.path(), "tickets support --filter nosuch:x"),
        "nosuch",
    );
}

#[test]
fn the_workbench_without_a_terminal_says_so_and_makes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    refused(&run(folder.path(), ""), "needs a terminal");
    refused(&run(folder.path(), "review"), "needs a terminal");
    assert!(!folder.path().join("docket.db").exists());
}

#[test]
fn files_that_hold_no_rows_end_an_import_without_a_panic() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    refused(&run(at, "import missing.jsonl"), "missing.jsonl");
    let deep = format!("{}{}\n", "[".repeat(1000), "]".repeat(1000));
    fs::write(at.join("deep.jsonl"), deep).unwrap();
    fs::write(at.join("empty.jsonl"), "").unwrap();
    fs::write(at.join("bytes.jsonl"), [b'{', 0xff, 0xfe, b'}', b'\n']).unwrap();
    for name in ["empty.jsonl", "deep.jsonl", "bytes.jsonl"] {
        let ran = run(at, &format!("import {name}"));
        assert!(!ran.err.contains("panicked"), "{name}: {}", ran.err);
        assert!(ran.err.contains(name), "{name}: {}", ran.err);
        assert_ne!(ran.code, 0, "{name}: {}", ran.err);
    }
}
