//! What commands say at the edges: hints that can be pasted, counts in the singular, help in sections.

use std::fs;
use std::path::Path;

use super::cli_reports::{done, run, sample};

/// What stands between backquotes after `docket`.
fn commands(talk: &str) -> Vec<String> {
    let quoted = talk.split('`').skip(1).step_by(2);
    let ours = quoted.filter_map(|part| part.strip_prefix("docket "));
    ours.map(str::to_owned).collect()
}

#[test]
fn dry_run_shows_the_start_of_the_first_row_and_no_more() {
    let folder = sample();
    let ran = done(
        folder.path(),
        "export support --format trl-sft --rows accepted --dry-run",
    );
    let row = ran
        .out
        .lines()
        .find(|line| line.starts_with("first row: "))
        .unwrap();
    assert!(row.contains("{\"messages\":"), "{row}");
    assert!(row.chars().count() <= 320, "{}", row.chars().count());
}

#[test]
fn ways_on_for_a_held_out_eval_can_be_pasted_and_work() {
    let folder = sample();
    let export = "export discharge --format trl-kto --out out";
    let refused = run(folder.path(), export);
    assert_eq!(refused.code, 1, "{}", refused.err);
    let ways = commands(&refused.err);
    assert_eq!(ways, ["dataset move discharge discharge-released"]);
    done(folder.path(), &format!("{} --yes", ways[0]));
    done(folder.path(), export);
}

#[test]
fn nothing_to_export_names_what_would_make_rows_of_that_kind() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("one.jsonl"),
        "{\"prompt\":\"Where is it?\",\"response\":\"On its way.\"}\n",
    )
    .unwrap();
    done(folder.path(), "import one.jsonl");
    for (rows, hints) in [
        ("corrected", ["`e` in", "`--rows accepted`"]),
        ("accepted", ["review some tickets", "`--min-score`"]),
    ] {
        let ran = run(
            folder.path(),
            &format!("export one --format trl-sft --rows {rows} --out out"),
        );
        assert_eq!(ran.code, 1);
        for hint in hints {
            assert!(ran.err.contains(hint), "{rows}: {}", ran.err);
        }
    }
}

#[test]
fn one_of_a_thing_is_counted_in_the_singular() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("one.jsonl"),
        "{\"prompt\":\"Where is it?\",\"response\":\"On its way.\"}\n{\"prompt\":\"Alone?\"}\n{}\n",
    )
    .unwrap();
    let ran = done(folder.path(), "import one.jsonl");
    let talk = ran.err;
    for words in [
        "1 of 3 rows is bad",
        "2 items, 1 output, 1 ticket, 0 reviews",
        "1 row has no output and makes no ticket",
    ] {
        assert!(talk.contains(words), "lacks `{words}`: {talk}");
    }
    fs::write(folder.path().join("r.toml"), "schema = 1\n").unwrap();
    let check = run(folder.path(), "rubric check r.toml");
    assert!(!check.err.contains(" 1 errors"), "{}", check.err);
}

#[test]
fn an_unknown_name_is_answered_with_the_names_there_are() {
    let folder = sample();
    let many = run(folder.path(), "eval show nosuchthing");
    assert!(many.err.contains("there are: "), "{}", many.err);
    let one = tempfile::tempdir().unwrap();
    done(one.path(), "eval new only");
    let ran = run(one.path(), "eval show nosuchthing");
    assert!(ran.err.contains("there is: only"), "{}", ran.err);
}

#[test]
fn a_missing_workspace_points_to_the_sample_that_lies_there() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), "demo");
    let ran = run(folder.path(), "tickets support");
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("add `--workspace docket-demo.db`"),
        "{}",
        ran.err
    );
    done(
        folder.path(),
        "tickets support --workspace docket-demo.db --limit 1",
    );
    // One that was named is not swapped for another.
    let named = run(folder.path(), "-w mine.db tickets support");
    assert!(!named.err.contains("docket-demo.db"), "{}", named.err);
}

#[test]
fn a_new_rubric_never_replaces_a_file_and_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine.toml"), "kept").unwrap();
    let ran = run(
        folder.path(),
        "rubric new --template send-as-is --out mine.toml",
    );
    assert_eq!(
        (ran.code, ran.err.as_str()),
        (
            2,
            "error: `mine.toml` exists already and is left as it is\n  hint: name another file with `--out`, or move this one away\n"
        )
    );
    let kept = fs::read_to_string(folder.path().join("mine.toml")).unwrap();
    assert_eq!(kept, "kept");
}

#[test]
fn help_lists_what_is_the_same_everywhere_last_and_under_its_own_heading() {
    let folder = tempfile::tempdir().unwrap();
    for command in ["import", "export", "eval set", "tickets"] {
        let help = done(folder.path(), &format!("{command} -h")).out;
        let (own, global) = help.split_once("Global options:").unwrap();
        for option in ["--workspace", "--as", "--json", "--yes"] {
            assert!(
                global.contains(&format!("{option} ")) || global.contains(&format!("{option}\n")),
                "{command}: {help}"
            );
            let listed = own
                .lines()
                .any(|line| line.split([' ', ',']).any(|word| word == option));
            assert!(!listed, "{command}: {option}: {help}");
        }
    }
}

fn rubric_of(folder: &Path, eval: &str) -> serde_json::Value {
    let shown = done(folder, &format!("eval show {eval}")).out;
    serde_json::from_str::<serde_json::Value>(&shown).unwrap()["rubric"].clone()
}

#[test]
fn an_eval_takes_a_sentence_as_its_rubric_and_the_help_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let help = done(folder.path(), "eval set -h").out;
    assert!(help.contains("or a sentence"), "{help}");
    done(folder.path(), "eval new mine");
    let before = rubric_of(folder.path(), "mine");
    let moved = super::support::docket(folder.path())
        .args(["eval", "set", "mine", "--rubric", "Correct and polite"])
        .output()
        .unwrap();
    assert!(moved.status.success());
    assert_ne!(before, rubric_of(folder.path(), "mine"));
}

#[test]
fn a_blind_eval_can_be_filtered_by_ones_own_reviews_alone() {
    let folder = sample();
    done(folder.path(), "eval set support --mode blind");
    done(
        folder.path(),
        "--as ana tickets support --filter reviewer:ana",
    );
    let other = run(
        folder.path(),
        "--as ana tickets support --filter reviewer:ben",
    );
    assert_eq!(other.code, 2);
    assert!(other.err.contains("this eval is blind"), "{}", other.err);
}

#[test]
fn tickets_are_found_by_the_language_of_their_request() {
    let folder = tempfile::tempdir().unwrap();
    let rows = [
        (
            "de-1",
            "Mein Paket ist seit zwei Wochen unterwegs und niemand kann mir sagen, wo es gerade liegt.",
        ),
        (
            "en-1",
            "My parcel has been on its way for two weeks and nobody can tell me where it is right now.",
        ),
        ("none", "12345"),
    ];
    let lines = rows.map(|(id, prompt)| {
        format!("{{\"id\":\"{id}\",\"prompt\":\"{prompt}\",\"response\":\"ok, noted\"}}\n")
    });
    fs::write(folder.path().join("logs.jsonl"), lines.concat()).unwrap();
    done(folder.path(), "import logs.jsonl");
    for (filter, found) in [
        ("lang:de", vec!["de-1"]),
        ("lang:en", vec!["en-1"]),
        ("lang:fr", vec![]),
    ] {
        let listed = done(
            folder.path(),
            &format!("tickets logs --json --filter {filter}"),
        );
        let ids: Vec<String> = listed
            .out
            .lines()
            .map(|line| {
                let ticket: serde_json::Value = serde_json::from_str(line).unwrap();
                ticket["external_id"].as_str().unwrap().to_owned()
            })
            .collect();
        assert_eq!(ids, found, "{filter}");
    }
    // The same words choose rows on their way in.
    let taken = done(
        folder.path(),
        "import logs.jsonl --eval german --where lang:de",
    );
    assert!(taken.err.contains("1 of 3 rows"), "{}", taken.err);
}
