//! Files and folders that may not be written, and files of a newer docket: refused in one line, untouched.

use std::path::Path;
use std::process::Command;

use super::cli_reports::{Ran, done, run, sample};
use super::mounts::Disk;
use super::pty::Screen;
use super::support::dump;

/// Code 2, no data, one error that names the file, and what to do.
fn refused(ran: &Ran, file: &str) {
    assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{}", ran.err);
    let mut lines = ran.err.lines();
    let error = lines.next().unwrap_or_default();
    assert!(error.starts_with("error: "), "{}", ran.err);
    assert!(error.contains(file), "{}", ran.err);
    assert!(!error.contains("database:"), "{}", ran.err);
    let hints: Vec<&str> = lines.collect();
    assert!(
        hints.len() <= 1 && hints.iter().all(|line| line.starts_with("  hint: ")),
        "{}",
        ran.err
    );
}

/// Commands that read and write a workspace.
const COMMANDS: [&str; 8] = [
    "eval",
    "tickets support",
    "history",
    "doctor",
    "dataset role support heldout",
    "import logs.jsonl --eval more",
    "backup copy.db",
    "export support --format trl-sft --out train",
];

fn logs(folder: &Path) {
    let row = "{\"prompt\":\"q\",\"output\":\"a\"}\n";
    std::fs::write(folder.join("logs.jsonl"), row).unwrap();
}

#[test]
fn a_workspace_in_a_read_only_folder_is_refused_by_name_and_stays_as_it_is() {
    let Some(disk) = Disk::new(32 * 1024) else {
        return;
    };
    let folder = sample();
    let at = folder.path();
    logs(at);
    std::fs::copy(at.join("docket.db"), disk.at("w.db")).unwrap();
    disk.forbid_writing();
    let workspace = disk.at("w.db");
    let bytes = std::fs::read(&workspace).unwrap();
    for command in COMMANDS {
        let line = format!("{command} -w {}", workspace.display());
        refused(&run(at, &line), "w.db");
    }
    refused(
        &run(at, &format!("init -w {}", disk.at("new.db").display())),
        "new.db",
    );
    let path = workspace.display().to_string();
    let mut screen = Screen::start(at, &["-w", &path, "--as", "ana"], (24, 80));
    assert_ne!(screen.ends(), 0);
    screen.shows("error: ").shows("w.db").shows("hint: ");
    assert!(screen.is_restored());
    assert_eq!(std::fs::read(&workspace).unwrap(), bytes);
    assert!(!at.join("copy.db").exists() && !at.join("train").exists());
}

#[test]
fn a_workspace_file_that_may_not_be_changed_can_be_read_and_refuses_decisions() {
    let folder = sample();
    let at = folder.path();
    let path = at.join("docket.db");
    let before = dump(&path);
    let locked = |flag: &str| Command::new("chattr").arg(flag).arg(&path).output();
    if !locked("+i").is_ok_and(|ran| ran.status.success()) {
        eprintln!("skipped: no file may be made immutable here");
        return;
    }
    let read = run(at, "eval");
    let written = run(at, "dataset role support heldout");
    let mut screen = Screen::start(at, &["--as", "ana"], (24, 80));
    screen.shows("support");
    screen.types("a");
    screen.shows("read-only");
    screen.types("q");
    drop(screen);
    locked("-i").unwrap();
    assert_eq!(read.code, 0, "{}", read.err);
    refused(&written, "docket.db");
    assert!(written.err.contains("read-only"), "{}", written.err);
    assert_eq!(dump(&path), before);
    done(at, "dataset role support heldout");
}

#[test]
fn an_export_into_a_folder_that_may_not_be_written_says_so_and_counts_as_nothing() {
    let Some(disk) = Disk::new(1024) else {
        return;
    };
    disk.forbid_writing();
    let folder = sample();
    let at = folder.path();
    let before = dump(&at.join("docket.db"));
    let out = disk.at("train").display().to_string();
    refused(
        &run(at, &format!("export support --format trl-sft --out {out}")),
        "train",
    );
    refused(&run(at, &format!("backup {out}.db")), "train.db");
    refused(
        &run(at, &format!("rubric new --text Good? -o {out}.toml")),
        "train.toml",
    );
    assert_eq!(dump(&at.join("docket.db")), before);
}

#[test]
fn a_workspace_of_a_newer_docket_is_refused_everywhere_and_not_a_byte_changes() {
    let folder = sample();
    let at = folder.path();
    logs(at);
    let path = at.join("docket.db");
    // The user version of an SQLite file, big-endian at byte 60.
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[60..64].copy_from_slice(&999_u32.to_be_bytes());
    std::fs::write(&path, &bytes).unwrap();
    for command in COMMANDS.into_iter().chain(["init", "demo -w docket.db"]) {
        let ran = run(at, command);
        refused(&ran, "docket.db");
        assert!(ran.err.contains("newer docket"), "{}", ran.err);
        assert!(ran.err.contains("update docket"), "{}", ran.err);
    }
    for args in [&["--as", "ana"][..], &["review"], &["logs.jsonl"]] {
        let mut screen = Screen::start(at, args, (24, 80));
        assert_ne!(screen.ends(), 0);
        screen.shows("newer docket").shows("update docket");
        assert!(screen.is_restored());
    }
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}
