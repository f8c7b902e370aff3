//! `kill -9` at any point of an import: the same import later completes it, as if nothing had happened.

use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::support::{docket, dump, fresh, number};

/// Rows with few and many labels, equal requests, and some that are bad.
fn log(rows: u32) -> String {
    let row = |n: u32| {
        let scores = match n % 5 {
            0 => format!(
                ",\"scores\":[{{\"name\":\"send\",\"value\":{},\"kind\":\"human\",\"author\":\"p{}\"}}]",
                n % 2,
                n % 3
            ),
            1 => {
                ",\"scores\":[{\"name\":\"send\",\"value\":1,\"kind\":\"judge\",\"author\":\"j\"}]"
                    .to_owned()
            }
            _ => String::new(),
        };
        if n.is_multiple_of(97) {
            return "{broken\n".to_owned();
        }
        format!(
            "{{\"request\":\"question {} of {n}\",\"response\":\"{} {n}\",\"model\":\"m{}\",\"tags\":[\"t{}\"]{scores}}}\n",
            n % 300,
            "word ".repeat(40),
            n % 3,
            n % 11
        )
    };
    (0..rows).map(row).collect()
}

fn import(folder: &Path, workspace: &str) -> std::process::Command {
    let mut command = docket(folder);
    command.args([
        "import",
        "logs.jsonl",
        "--eval",
        "logs",
        "--workspace",
        workspace,
    ]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn an_import_killed_at_any_point_is_completed_by_the_next_one() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("logs.jsonl"), log(900)).unwrap();
    fresh(&at("whole.db"));
    let started = Instant::now();
    assert_eq!(
        import(folder.path(), "whole.db").status().unwrap().code(),
        Some(0)
    );
    let whole = started.elapsed();
    let expected = dump(&at("whole.db"));
    let mut cut_short = 0;
    for round in 0..6_u32 {
        let name = format!("{round}.db");
        fresh(&at(&name));
        // Twice: the second kill hits a workspace that is neither empty nor complete.
        for part in [round, 6 - round] {
            let mut child = import(folder.path(), &name).spawn().unwrap();
            std::thread::sleep(whole * part / 7 + Duration::from_millis(u64::from(round)));
            child.kill().unwrap();
            cut_short += u32::from(!child.wait().unwrap().success());
        }
        assert_eq!(
            import(folder.path(), &name).status().unwrap().code(),
            Some(0),
            "round {round}"
        );
        assert_eq!(dump(&at(&name)), expected, "round {round}");
        let left = number(
            &at(&name),
            "SELECT (SELECT count(*) FROM ticket) - (SELECT sum(tickets) FROM plan)",
        );
        assert_eq!(left, 0, "round {round}: tickets without a plan");
        let hits = "SELECT (SELECT count(*) FROM output) - (SELECT count(*) FROM search WHERE search MATCH 'word')";
        assert_eq!(
            number(&at(&name), hits),
            0,
            "round {round}: outputs nobody can find"
        );
    }
    assert!(
        cut_short >= 5,
        "only {cut_short} of 12 imports were cut short"
    );
}

/// Sends Ctrl-C; its exit code and what it said on standard error.
fn interrupt(child: Child) -> (Option<i32>, String) {
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let out = child.wait_with_output().unwrap();
    (out.status.code(), String::from_utf8(out.stderr).unwrap())
}

#[test]
fn an_interrupt_while_standard_input_is_read_says_that_nothing_was_taken() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = docket(folder.path())
        .args(["import", "-", "--eval", "e"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Kept open: whoever writes is not done.
    let mut rows = child.stdin.take().unwrap();
    rows.write_all(log(20).as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(700));
    let (code, told) = interrupt(child);
    drop(rows);
    assert_eq!(code, Some(2), "{told}");
    assert!(
        told.contains("stopped while standard input was read; nothing was taken")
            && told.contains("run the same command again"),
        "{told}"
    );
    assert!(!folder.path().join("docket.db").exists());
}

#[test]
fn an_interrupted_import_says_what_it_took_and_the_next_one_takes_the_rest() {
    let folder = tempfile::tempdir().unwrap();
    let row = |n: u32| {
        format!(
            "{{\"request\":\"q {n}\",\"response\":\"{}\"}}\n",
            "word ".repeat(60)
        )
    };
    let rows: String = (0..15_000).map(row).collect();
    std::fs::write(folder.path().join("logs.jsonl"), rows).unwrap();
    let mut command = import(folder.path(), "w.db");
    let command = command.arg("--no-index").stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Interrupted once rows are in, wherever that is.
    let started = Instant::now();
    let there =
        || std::fs::metadata(folder.path().join("w.db-wal")).is_ok_and(|m| m.len() > 1 << 20);
    while !there() && child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(20));
        std::thread::sleep(Duration::from_millis(5));
    }
    let (code, told) = interrupt(child);
    assert_eq!(code, Some(2), "{told}");
    for said in [
        "dataset `logs` (0 items so far: what came in joins it when the import is through)",
        "error: stopped after ",
        "it takes the rest, and nothing twice",
    ] {
        assert!(told.contains(said), "lacks `{said}`: {told}");
    }
    let taken = number(&folder.path().join("w.db"), "SELECT count(*) FROM item");
    assert!((1..15_000).contains(&taken), "{taken}");
    let word = format!("{taken} new items and {taken} new tickets are kept");
    assert!(told.contains(&word), "lacks `{word}`: {told}");
    let mut again = import(folder.path(), "w.db");
    assert!(again.arg("--no-index").status().unwrap().success());
    let all = "SELECT min((SELECT count(*) FROM item), (SELECT items FROM dataset))";
    assert_eq!(number(&folder.path().join("w.db"), all), 15_000);
}
