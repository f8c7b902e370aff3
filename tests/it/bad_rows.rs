//! Bad input, each kind told in one clear line.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::cli_reports::{done, run};
use super::support::docket;

const GOOD: &str = "{\"prompt\":\"q\",\"output\":\"a\"}\n";

/// What an import said about rows: exit code and the lines that begin with the file's name and a line number.
fn rows_told(folder: &Path, name: &str) -> (i32, Vec<String>) {
    let ran = run(folder, &format!("import {name} -w {name}.db"));
    assert_eq!(ran.out, "");
    let about = format!("{name}:");
    let told = ran.err.lines().map(str::trim);
    let told = told.filter(|line| {
        line.strip_prefix(&about)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    (ran.code, told.map(str::to_owned).collect())
}

#[test]
fn each_kind_of_bad_row_is_one_line_with_its_place_and_the_good_rows_come_in() {
    let folder = tempfile::tempdir().unwrap();
    let arrays = format!(
        "{{\"prompt\":\"q\",\"output\":{}{}}}\n",
        "[".repeat(1000),
        "]".repeat(1000)
    );
    let objects = format!("{}1{}\n", "{\"a\":".repeat(1000), "}".repeat(1000));
    let table: [(&str, &[u8], &str); 9] = [
        (
            "bytes",
            b"{\"prompt\":\"q\xff\",\"output\":\"a\"}\n",
            "not valid UTF-8",
        ),
        (
            "nul",
            b"{\"prompt\":\"q\0\",\"output\":\"a\"}\n",
            "a NUL byte",
        ),
        ("arrays", arrays.as_bytes(), "nested more than 128 deep"),
        ("objects", objects.as_bytes(), "nested more than 128 deep"),
        ("array", b"[1,2]\n", "the row is an array, not an object"),
        ("number", b"7\n", "the row is a number, not an object"),
        (
            "string",
            b"\"words\"\n",
            "the row is a string, not an object",
        ),
        ("null", b"null\n", "not an object"),
        ("cut", b"{\"prompt\":\"q\",\"outp\n", ""),
    ];
    for (kind, row, says) in table {
        let name = format!("{kind}.jsonl");
        let bytes = [GOOD.as_bytes(), row, GOOD.replace('q', "r").as_bytes()].concat();
        fs::write(folder.path().join(&name), bytes).unwrap();
        let (code, told) = rows_told(folder.path(), &name);
        assert_eq!((code, told.len()), (0, 1), "{kind}: {told:?}");
        assert!(told[0].starts_with(&format!("{name}:2")), "{told:?}");
        assert!(told[0].contains(says), "{told:?}");
        let items = done(folder.path(), &format!("items --json -w {name}.db")).out;
        assert_eq!(items.lines().count(), 2, "{kind}");
    }
}

#[test]
fn a_file_with_nothing_to_read_ends_with_one_error_that_names_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("empty.jsonl"), "").unwrap();
    fs::create_dir(at.join("folder.jsonl")).unwrap();
    std::os::unix::fs::symlink("loop.jsonl", at.join("loop.jsonl")).unwrap();
    for (name, says) in [
        ("empty.jsonl", "the file is empty"),
        ("folder.jsonl", "it is a directory"),
        ("missing.jsonl", "No such file"),
        ("loop.jsonl", "symbolic links"),
    ] {
        let ran = run(at, &format!("import {name}"));
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
        let first = ran.err.lines().next().unwrap();
        assert!(first.starts_with("error: cannot "), "{}", ran.err);
        assert!(first.contains(name) && first.contains(says), "{}", ran.err);
        assert!(ran.err.lines().count() <= 2, "{}", ran.err);
    }
}

/// Feeds an import a row of 50 MB between two good ones; what it said, and the most memory it held, in MiB.
fn a_huge_row_with(max_row: &str) -> (Output, u64) {
    let folder = tempfile::tempdir().unwrap();
    let args = ["import", "/dev/stdin", "-w", "w.db", "--max-row", max_row];
    let mut child = docket(folder.path())
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut rows = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let mut write = |text: &str| rows.write_all(text.as_bytes()).unwrap();
        write(GOOD);
        write("{\"prompt\":\"big\",\"output\":\"");
        let piece = "x".repeat(1_000_000);
        (0..50).for_each(|_| write(&piece));
        write("\"}\n");
        write(&GOOD.replace('q', "r"));
    });
    // The kernel keeps the peak, so the last look before the end holds it.
    let mut kib = 0;
    while child.try_wait().unwrap().is_none() {
        kib = peak_kib(child.id()).unwrap_or(kib);
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    writer.join().unwrap();
    (child.wait_with_output().unwrap(), kib / 1024)
}

/// The most memory a process has held, or nothing when it is gone.
fn peak_kib(pid: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let peak = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    peak.trim_end_matches("kB").trim().parse().ok()
}

#[test]
fn a_line_of_50_mb_is_passed_over_without_being_kept_in_memory() {
    let (_, keeping) = a_huge_row_with("64");
    let (ran, passing) = a_huge_row_with("8");
    assert!(
        keeping > passing + 100,
        "a row that is kept takes {keeping} MiB, one that is passed over {passing} MiB"
    );
    assert!(
        passing < 80,
        "a row that is passed over takes {passing} MiB"
    );
    let said = String::from_utf8(ran.stderr).unwrap();
    assert_eq!(ran.status.code(), Some(0), "{said}");
    let told: Vec<&str> = said
        .lines()
        .filter(|line| line.contains("stdin:2"))
        .collect();
    assert_eq!(told.len(), 1, "{said}");
    assert!(
        told[0].contains("47 MiB") && told[0].contains("8 MiB"),
        "{said}"
    );
    assert!(said.contains("`--max-row`"), "{said}");
    assert!(said.contains("2 of 3 rows"), "{said}");
}

#[test]
fn a_pipe_is_read_like_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let made = Command::new("mkfifo").arg(at.join("pipe.jsonl")).status();
    assert!(made.unwrap().success());
    let writer = {
        let path = at.join("pipe.jsonl");
        std::thread::spawn(move || fs::write(path, GOOD))
    };
    let ran = run(at, "import pipe.jsonl --eval piped");
    writer.join().unwrap().unwrap();
    assert_eq!(ran.code, 0, "{}", ran.err);
    let items = docket(at).args(["items", "--json"]).output().unwrap();
    assert_eq!(String::from_utf8(items.stdout).unwrap().lines().count(), 1);
}

#[test]
fn a_file_that_may_not_be_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    // Whoever runs this: the memory of another process is there and cannot be read from its beginning.
    std::os::unix::fs::symlink("/proc/self/mem", folder.path().join("shut.jsonl")).unwrap();
    let ran = run(folder.path(), "import shut.jsonl");
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    assert!(ran.err.starts_with("error: cannot "), "{}", ran.err);
    assert!(ran.err.contains("shut.jsonl"), "{}", ran.err);
}

#[test]
fn a_table_whose_records_are_all_ragged_is_a_table_with_bad_rows() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let rows = "prompt,response,model\nHello\none,row,too,many\n";
    fs::write(at.join("few.csv"), rows).unwrap();
    let (code, told) = rows_told(at, "few.csv");
    assert_eq!(code, 2);
    assert_eq!(
        told,
        [
            "few.csv:2: the record has 1 cell, the header 3",
            "few.csv:3: the record has 4 cells, the header 3",
        ]
    );
    fs::write(at.join("one.csv"), format!("{rows}good,row,m\n")).unwrap();
    let (code, told) = rows_told(at, "one.csv");
    assert_eq!((code, told.len()), (0, 2));
    let items = done(at, "items --json -w one.csv.db").out;
    assert_eq!(items.lines().count(), 1);
}

#[test]
fn a_line_break_in_the_name_of_a_file_is_seen_and_breaks_no_line() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let name = "a\nb\u{1b}[31m.jsonl";
    fs::write(at.join(name), format!("{GOOD}{{\"prompt\":\n")).unwrap();
    let said = |args: &[&str]| {
        let out = docket(at).args(args).output().unwrap();
        String::from_utf8(out.stderr).unwrap()
    };
    let told = said(&["import", name, "--eval", "e"]);
    assert!(told.starts_with("a⏎b␛[31m.jsonl: "), "{told}");
    assert!(told.contains("\n  a⏎b␛[31m.jsonl:2"), "{told}");
    for args in [
        &["import", "c\nd.jsonl"][..],
        &["c\nd.jsonl"],
        &["import", name, "--rejects", name],
        &["import", name, "--profile", "no\nprofile"],
    ] {
        let told = said(args);
        let first = told.lines().next().unwrap();
        assert!(
            first.starts_with("error: ") && first.contains('⏎'),
            "{told}"
        );
        assert!(told.lines().count() <= 2, "{told}");
    }
}
