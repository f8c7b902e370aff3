//! Rubrics at the command line: made, checked, shown, listed.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use super::cli_answers::{json, json_lines, refused};
use super::cli_reports::{Ran, done, run, sample};
use super::support::docket;

#[test]
fn a_sentence_is_made_a_rubric_and_the_command_says_how_to_go_on() {
    let folder = sample();
    let at = folder.path();
    let made = done(at, "rubric new --text Good? --scale 1-10 --toml");
    assert_eq!(made.err, "");
    assert!(
        made.out.contains("scale = { min = 1, max = 10 }"),
        "{}",
        made.out
    );
    let made = done(at, "rubric new Good? -o good.toml");
    assert_eq!(made.out, "");
    let lines: Vec<&str> = made.err.lines().collect();
    assert_eq!(
        lines[..2],
        [
            "made the rubric `good` with 1 question, levels 0 to 5: `good.toml`",
            "4 remarks on its wording: `docket rubric check good.toml` names them",
        ]
    );
    assert!(
        lines[2].starts_with("next: `docket rubric test good.toml --ticket "),
        "{}",
        made.err
    );
    assert_eq!(lines[3], "next: `docket eval set EVAL --rubric good.toml`");
    let tried = lines[2]
        .trim_start_matches("next: `docket ")
        .trim_end_matches('`');
    assert!(done(at, tried).out.contains("Good?"));
    refused(
        &run(at, "rubric new --text Good? -o good.toml"),
        "`good.toml` exists already and is left as it is",
        "name another file with `--out`",
    );
    refused(
        &run(at, "rubric new"),
        "nothing to make a rubric from",
        "--template",
    );
    refused(
        &run(at, "rubric new tone"),
        "`tone` is the name of a rubric that comes with docket, not a question",
        "`docket rubric new --template tone`",
    );
    refused(
        &run(at, "rubric new --text Good? --scale 5-1"),
        "`--scale 5-1`: a scale needs `min` below `max`, this one has 5 and 1",
        "",
    );
}

#[test]
fn a_check_names_every_problem_at_its_place() {
    let folder = sample();
    let at = folder.path();
    done(at, "rubric new Good? -o good.toml");
    let checked = done(at, "rubric check good.toml");
    assert!(
        checked.out.starts_with("good.toml:1:1: warning: "),
        "{}",
        checked.out
    );
    assert_eq!(checked.err, "0 errors, 4 warnings: usable\n");
    assert_eq!(json(at, "rubric check good.toml --json", 0)["usable"], true);
    fs::write(at.join("bad.toml"), "id = 3\n").unwrap();
    let bad = run(at, "rubric check bad.toml");
    assert_eq!((bad.code, bad.err.as_str()), (1, "2 errors, 0 warnings\n"));
    assert!(
        bad.out.contains("bad.toml:1:6: error: `id` must be a text"),
        "{}",
        bad.out
    );
    let bad = json(at, "rubric check bad.toml --json", 1);
    assert_eq!(bad["usable"], false);
    assert_eq!(
        (
            bad["findings"][1]["line"].as_u64(),
            bad["findings"][1]["column"].as_u64()
        ),
        (Some(1), Some(6))
    );
    refused(
        &run(at, "rubric check nosuch.toml"),
        "cannot read `nosuch.toml`: No such file or directory (os error 2)",
        "",
    );
}

#[test]
fn every_rubric_that_is_listed_can_be_shown_and_what_is_shown_is_a_rubric() {
    let folder = sample();
    let at = folder.path();
    let schema = "contract-extraction.schema.json";
    let rubrics = Path::new(env!("CARGO_MANIFEST_DIR")).join("rubrics");
    fs::copy(rubrics.join(schema), at.join(schema)).unwrap();
    let listed = json_lines(at, "rubric list --json");
    assert!(listed.iter().any(|rubric| rubric["from"] == "workspace"));
    assert!(listed.len() > 15, "{listed:?}");
    for rubric in listed {
        let name = rubric["name"].as_str().unwrap();
        let shown = done(at, &format!("rubric show {name}"));
        assert_eq!(shown.err, "");
        fs::write(at.join("shown.toml"), &shown.out).unwrap();
        done(at, "rubric check shown.toml");
    }
    let unknown = run(at, "rubric show nosuch");
    refused(
        &unknown,
        "no rubric `nosuch`: neither a file nor one that comes with docket",
        "send-as-is",
    );
}

/// Runs `docket rubric new` with answers on standard input.
fn answered(folder: &Path, more: &[&str], answers: &str) -> Ran {
    let mut child = docket(folder)
        .args(["rubric", "new"])
        .args(more)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses at once does not read.
    let _ = child.stdin.take().unwrap().write_all(answers.as_bytes());
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn answers_to_questions_make_a_rubric_that_logs_can_be_taken_in_under() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let ran = answered(
        at,
        &[],
        "Is the reply polite?\n1\nIt insults.\nIt greets and thanks.\n\nReplies to customers.\n\n",
    );
    assert_eq!((ran.code, ran.out.as_str()), (0, ""), "{}", ran.err);
    assert!(
        !ran.err.contains("[[criterion]]"),
        "no TOML unless asked for: {}",
        ran.err
    );
    let end = "made the rubric `is-the-reply-polite` with 1 question, yes or no: `rubrics/is-the-reply-polite.toml`\n\
               next: `docket import LOGS --eval NAME --rubric rubrics/is-the-reply-polite.toml`\n";
    assert!(ran.err.ends_with(end), "{}", ran.err);
    let check = done(at, "rubric check rubrics/is-the-reply-polite.toml");
    assert_eq!(
        (check.out.as_str(), check.err.as_str()),
        ("", "0 errors, 0 warnings: usable\n")
    );
    fs::write(
        at.join("l.jsonl"),
        "{\"request\":\"Hi\",\"response\":\"Hello\"}\n",
    )
    .unwrap();
    done(
        at,
        "import l.jsonl --eval e --rubric rubrics/is-the-reply-polite.toml",
    );
}

#[test]
fn a_second_rubric_of_a_name_takes_a_number_and_a_named_one_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for file in ["my-tone", "my-tone-2"] {
        let made = json(at, "rubric new --template tone --json", 0);
        assert_eq!(made["rubric"], file);
        assert_eq!(made["file"], format!("rubrics/{file}.toml"));
        assert!(
            fs::read_to_string(at.join(format!("rubrics/{file}.toml")))
                .unwrap()
                .contains(&format!("id = \"{file}\""))
        );
    }
    let ran = answered(at, &["--name", "warm", "--scale", "1-10"], "Warm?\n");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(at.join("rubrics/warm.toml").exists());
    assert!(
        !ran.err.contains("Answered by"),
        "what is given is not asked for: {}",
        ran.err
    );
    let astray = answered(at, &[], "Warm?\nseven\n");
    assert_eq!((astray.code, astray.out.as_str()), (2, ""));
    assert!(
        astray
            .err
            .ends_with("error: `seven` is no scale; type 1, 2 or two ends such as 1-10\n"),
        "{}",
        astray.err
    );
    refused(
        &run(at, "rubric new Good? --name A/B"),
        "`A/B` is no name for a rubric",
        "letters",
    );
}
