//! What commands answer on the sample workspace: exit code, data on standard output, talk on standard error.

use std::path::Path;

use super::support::docket;

/// What a run gave back.
pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// Runs a line of arguments; nothing it writes may hold an escape sequence.
pub fn run(folder: &Path, line: &str) -> Ran {
    let output = docket(folder)
        .args(line.split_whitespace())
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    for bytes in [&output.stdout, &output.stderr] {
        assert!(!bytes.contains(&0x1b), "`{line}` wrote an escape sequence");
    }
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Runs what must succeed.
pub fn done(folder: &Path, line: &str) -> Ran {
    let ran = run(folder, line);
    assert_eq!(ran.code, 0, "`{line}`: {}{}", ran.out, ran.err);
    ran
}

/// The sample as `docket.db`.
pub fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), "-w docket.db --as ana demo");
    folder
}

#[test]
fn version_and_help_go_to_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let version = done(folder.path(), "--version");
    assert_eq!(
        version.out,
        format!("docket {}\n", env!("CARGO_PKG_VERSION"))
    );
    let help = done(folder.path(), "--help");
    for command in [
        "review",
        "demo",
        "import",
        "items",
        "tickets",
        "eval",
        "dataset",
        "rubric",
        "history",
        "backup",
        "doctor",
        "init",
        "completions",
    ] {
        let listed = help
            .out
            .lines()
            .any(|line| line.trim_start().starts_with(command));
        assert!(listed, "`{command}` is not in the help");
    }
    assert_eq!(help.err, "");
}

#[test]
fn demo_without_a_terminal_makes_the_sample_once() {
    let folder = tempfile::tempdir().unwrap();
    let first = done(folder.path(), "demo");
    assert_eq!(first.out, "");
    assert!(
        first.err.starts_with("made the sample: `docket-demo.db`"),
        "{}",
        first.err
    );
    let before = super::support::dump(&folder.path().join("docket-demo.db"));
    let second = done(folder.path(), "demo");
    assert!(second.err.starts_with("found the sample"), "{}", second.err);
    assert_eq!(
        super::support::dump(&folder.path().join("docket-demo.db")),
        before
    );
}

#[test]
fn reports_on_the_sample_name_its_evals_and_keep_talk_off_standard_output() {
    let folder = sample();
    let at = folder.path();
    for line in [
        "eval",
        "eval list",
        "dataset",
        "items --limit 0",
        "items --limit 0 --json",
        "history --limit 0",
        "rubric list",
        "doctor",
    ] {
        let ran = done(at, line);
        assert_eq!(ran.err, "", "`{line}`");
    }
    for name in ["support", "contracts", "discharge"] {
        assert!(done(at, "eval").out.contains(name));
        assert!(done(at, "dataset").out.contains(name));
        assert!(done(at, &format!("eval show {name}")).out.contains(name));
    }
}

#[test]
fn tickets_in_json_are_one_value_a_line() {
    let folder = sample();
    let ran = done(folder.path(), "tickets support --json --limit 2");
    let lines: Vec<serde_json::Value> = ran
        .out
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 2);
}

#[test]
fn a_blind_eval_lists_no_model() {
    let folder = sample();
    let logged = include_str!("../../data/contracts/logged.jsonl");
    let models: std::collections::BTreeSet<String> = logged
        .lines()
        .filter_map(|line| {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            Some(row["request"]["model"].as_str()?.to_owned())
        })
        .collect();
    assert!(!models.is_empty(), "the sample names no model to look for");
    for line in ["tickets contracts", "tickets contracts --json"] {
        let out = done(folder.path(), line).out;
        assert!(!out.is_empty());
        for model in &models {
            assert!(!out.contains(model.as_str()), "`{line}` tells `{model}`");
        }
    }
}

#[test]
fn a_backup_is_a_workspace_and_never_replaces_a_file() {
    let folder = sample();
    let at = folder.path();
    done(at, "backup copy.db");
    assert_eq!(done(at, "-w copy.db eval").out, done(at, "eval").out);
    let again = run(at, "backup copy.db");
    assert_eq!(again.code, 2);
    assert!(
        again.err.starts_with("error: ") && again.err.contains("copy.db"),
        "{}",
        again.err
    );
}

#[test]
fn a_rebuild_of_a_sound_workspace_changes_nothing() {
    let folder = sample();
    let path = folder.path().join("docket.db");
    let before = super::support::dump(&path);
    done(folder.path(), "doctor --rebuild");
    assert_eq!(super::support::dump(&path), before);
}

#[test]
fn init_makes_an_empty_workspace_and_leaves_one_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(done(folder.path(), "init").err, "made `docket.db`\n");
    let again = done(folder.path(), "init");
    assert_eq!(again.err, "there is already a workspace at `docket.db`\n");
    assert!(
        done(folder.path(), "completions bash")
            .out
            .contains("docket")
    );
}

#[test]
fn a_filter_may_start_with_a_minus() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| {
        super::support::docket(folder.path())
            .args(args)
            .output()
            .unwrap()
    };
    assert!(run(&["demo", "--yes", "-w", "w.db"]).status.success());
    let listed = run(&[
        "-w",
        "w.db",
        "tickets",
        "support",
        "--json",
        "--filter",
        "-status:open",
    ]);
    assert!(
        listed.status.success(),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );
    assert_eq!(
        String::from_utf8(listed.stdout).unwrap().lines().count(),
        12
    );
}
