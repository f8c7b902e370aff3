//! Rubrics at the command line: made, checked, shown, listed.

use std::fs;
use std::path::Path;

use super::cli_answers::{json, json_lines, refused, said};
use super::cli_reports::{done, run, sample};

#[test]
fn a_rubric_is_made_checked_and_shown() {
    let folder = sample();
    let at = folder.path();
    let made = done(at, "rubric new --text Good? --scale 1-10");
    assert_eq!(made.err, "");
    assert!(
        made.out.contains("scale = { min = 1, max = 10 }"),
        "{}",
        made.out
    );
    said(
        at,
        "rubric new --text Good? -o good.toml",
        "wrote `good.toml`; `docket rubric check good.toml` checks it after your edits\n",
    );
    refused(
        &run(at, "rubric new --text Good? -o good.toml"),
        "`good.toml` exists already and is left as it is",
        "name another file with `--out`",
    );
    refused(
        &run(at, "rubric new"),
        "nothing to make a rubric from",
        "--text",
    );
    refused(
        &run(at, "rubric new --text Good? --scale 5-1"),
        "`--scale 5-1`: a scale needs `min` below `max`, this one has 5 and 1",
        "",
    );
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
