//! `kill -9` at any point of an import: the same import later completes it, as if nothing had happened.

use std::path::Path;
use std::process::Stdio;
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
