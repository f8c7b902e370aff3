//! Datasets from the command line: building, versions, holding out, growing, and from failures to training.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Output;

use serde_json::Value;

use crate::support::{docket, number};

/// Twelve words that stand in no other row.
fn words(name: &str) -> String {
    let words: Vec<String> = (0..12).map(|at| format!("{name}w{at}")).collect();
    words.join(" ")
}

struct Desk(tempfile::TempDir);

impl Desk {
    /// A workspace with one eval `support` of `n` judged rows and no audit share; every third is billing, every fourth scores low.
    fn new(n: usize) -> Self {
        let desk = Self::empty();
        desk.file("log.jsonl", &rows(0..n));
        desk.take_log();
        // What the seed hides for the blind audit is no matter of these tests.
        desk.done(&["eval", "set", "support", "--audit", "0"]);
        desk
    }

    /// Imports `log.jsonl` into the eval `support`.
    fn take_log(&self) {
        let line = "import log.jsonl --eval support --rubric right.toml";
        self.done(&line.split(' ').collect::<Vec<_>>());
    }

    fn empty() -> Self {
        let desk = Self(tempfile::tempdir().unwrap());
        desk.file(
            "right.toml",
            "schema = 1\nid = \"right\"\nversion = \"1\"\nkind = \"direct\"\n\n[[criterion]]\nid = \"right\"\nquestion = \"Is it right?\"\nscale = \"level5\"\n",
        );
        desk
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, text: &str) {
        std::fs::write(self.path().join(name), text).unwrap();
    }

    fn run(&self, args: &[&str]) -> Output {
        docket(self.path()).args(args).output().unwrap()
    }

    fn done(&self, args: &[&str]) -> String {
        let output = self.run(args);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{args:?}: {stderr}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn json(&self, args: &[&str]) -> Value {
        let mut args = args.to_vec();
        args.push("--json");
        serde_json::from_str(&self.done(&args)).unwrap()
    }

    fn lines(&self, args: &[&str]) -> Vec<Value> {
        let mut args = args.to_vec();
        args.push("--json");
        let text = self.done(&args);
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    fn refused(&self, args: &[&str], said: &[&str]) {
        let output = self.run(args);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {stderr}");
        for part in said {
            assert!(stderr.contains(part), "`{part}` is missing in: {stderr}");
        }
    }

    fn number(&self, sql: &str) -> i64 {
        number(&self.path().join("docket.db"), sql)
    }
}

fn rows(range: std::ops::Range<usize>) -> String {
    let mut rows = String::new();
    for i in range {
        let feature = if i.is_multiple_of(3) {
            "billing"
        } else {
            "search"
        };
        let level = if i.is_multiple_of(4) { 1 } else { 5 };
        let _ = writeln!(
            rows,
            r#"{{"id":"t{i}","request":{{"messages":[{{"role":"user","content":"{}"}}]}},"response":"Answer {i}.","model":"m{}","feature":"{feature}","tags":["{feature}"],"time":"2026-10-{:02}T08:00:00Z","scores":[{{"name":"right","value":{level},"kind":"judge","author":"sample-judge"}}]}}"#,
            words(&format!("q{i}")),
            i % 2,
            1 + i % 28,
        );
    }
    rows
}

#[test]
fn a_dataset_is_built_from_filters_over_everything_and_its_versions_tell_what_changed() {
    let desk = Desk::new(30);
    // Rows of a dataset alone, without an eval, count as well.
    desk.file("more.jsonl", &rows(30..40));
    desk.done(&["import", "more.jsonl", "--dataset", "plain"]);
    let built = desk.json(&["dataset", "build", "bills", "--from", "feature:billing"]);
    assert_eq!(
        (&built["items"], &built["added"], &built["number"]),
        (&14.into(), &14.into(), &1.into())
    );
    let built = desk.json(&[
        "dataset",
        "build",
        "bills",
        "--from",
        "tag:search model:m1 time<2026-10-10",
    ]);
    let added = built["added"].as_u64().unwrap();
    assert!(added > 0 && built["removed"] == 0, "{built}");
    let built = desk.json(&[
        "dataset",
        "build",
        "bills",
        "--from",
        "id:t3",
        "--replace",
        "--yes",
    ]);
    assert_eq!(
        (&built["items"], &built["removed"]),
        (&1.into(), &(13 + added).into())
    );
    let shown = desk.json(&["dataset", "show", "bills"]);
    let versions = shown["versions"].as_array().unwrap();
    assert_eq!(versions.len(), 3);
    assert_eq!(versions[1]["added"], added);
    assert_eq!(versions[0]["recipe"]["from"][0], "feature:billing");
    let text = desk.done(&["dataset", "show", "bills"]);
    assert!(
        text.contains("feature:billing") && text.contains("in place of what was there"),
        "{text}"
    );
    let gone = desk.lines(&["dataset", "show", "bills", "--diff"]);
    assert_eq!(gone.len() as u64, 13 + added);
    assert!(gone.iter().all(|item| item["added"] == false));
    let first = desk.lines(&["dataset", "show", "bills", "--diff", "0..1"]);
    assert_eq!(first.len(), 14);
    desk.refused(
        &["dataset", "show", "bills", "--diff", "9"],
        &["no version 9", "last version is 3"],
    );
}

#[test]
fn a_sample_is_the_same_for_the_same_seed_and_another_for_another() {
    let desk = Desk::new(40);
    let drawn = |name: &str, seed: &str| -> Vec<String> {
        desk.done(&[
            "dataset", "build", name, "--from", "", "--sample", "10", "--seed", seed,
        ]);
        let items = desk.lines(&["items", "--dataset", name]);
        items
            .iter()
            .map(|item| item["external_id"].to_string())
            .collect()
    };
    let (a, b, c) = (drawn("a", "7"), drawn("b", "7"), drawn("c", "8"));
    assert_eq!((a.len(), &a), (10, &b));
    assert_ne!(a, c);
}

#[test]
fn tickets_scores_texts_and_lists_make_datasets_too() {
    let desk = Desk::new(20);
    let low = desk.json(&["dataset", "build", "low", "--tickets", "judge<0.5"]);
    assert_eq!(low["items"], 5);
    let low = desk.json(&["dataset", "build", "low2", "--from", "judge<0.5"]);
    assert_eq!(low["items"], 5);
    let text = desk.json(&["dataset", "build", "text", "--from", "q7w3"]);
    assert_eq!(text["items"], 1);
    desk.file("ids.txt", "t1\nt2\n\nt3\n");
    assert_eq!(
        desk.json(&["dataset", "build", "list", "--file", "ids.txt"])["items"],
        3
    );
    let items = desk.done(&["items", "--filter", "feature:billing", "--json"]);
    desk.file("items.jsonl", &items);
    assert_eq!(
        desk.json(&["dataset", "build", "list2", "--file", "items.jsonl"])["items"],
        7
    );
    desk.file("bad.txt", "t1\nnobody\n");
    desk.refused(
        &["dataset", "build", "list", "--file", "bad.txt"],
        &["`nobody`", "bad.txt", "docket items"],
    );
    desk.file("rows.jsonl", &rows(50..53));
    desk.done(&["dataset", "build", "fresh", "--file", "rows.jsonl"]);
    assert_eq!(desk.lines(&["items", "--dataset", "fresh"]).len(), 3);
    desk.refused(&["dataset", "build", "x"], &["from nothing", "--from"]);
    desk.refused(
        &["dataset", "build", "x", "--from", "fature:a"],
        &["fature", "filters.md"],
    );
    let none = desk.run(&["dataset", "build", "x", "--from", "feature:nothing"]);
    assert_eq!(none.status.code(), Some(1));
    assert_eq!(
        desk.number("SELECT count(*) FROM dataset WHERE name = 'x'"),
        0
    );
}

#[test]
fn a_blind_eval_keeps_its_scores_from_whoever_builds() {
    let desk = Desk::new(12);
    desk.done(&["eval", "set", "support", "--mode", "blind"]);
    desk.refused(
        &["dataset", "build", "low", "--tickets", "judge<0.5"],
        &["blind", "docket agree support --yes", "review your tickets"],
    );
    let output = desk.run(&["dataset", "build", "low", "--from", "judge<0.5"]);
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(
        said.contains("12 items left out") && said.contains("blind"),
        "not even how many it would be is told: {said}"
    );
    // The same outputs are told of where an assisted eval shows them, but for its blind share.
    desk.done(&[
        "import",
        "log.jsonl",
        "--eval",
        "second",
        "--rubric",
        "right.toml",
    ]);
    desk.done(&["eval", "set", "second", "--audit", "0"]);
    let low = desk.json(&["dataset", "build", "low", "--from", "judge<0.5"]);
    assert_eq!(low["items"], 3, "{low}");
    desk.done(&["eval", "set", "second", "--audit", "1"]);
    for part in [
        &["--from", "judge<0.5"][..],
        &["--tickets", "judge<0.5", "--eval", "second"],
    ] {
        let output = desk.run(&[&["dataset", "build", "none"][..], part].concat());
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("12 items left out"), "{part:?}: {said}");
    }
    desk.refused(
        &[
            "dataset", "build", "low", "--hard", "3", "--eval", "support",
        ],
        &["blind"],
    );
    assert_eq!(
        desk.json(&["dataset", "build", "bills", "--from", "feature:billing"])["items"],
        4
    );
}

#[test]
fn replacing_by_nothing_changes_nothing_and_says_so() {
    let desk = Desk::new(12);
    let line = [
        "dataset",
        "build",
        "support",
        "--replace",
        "--yes",
        "--from",
    ];
    let none = desk.run(&[&line[..], &["feature:nothing"]].concat());
    assert_eq!(none.status.code(), Some(1));
    let said = String::from_utf8_lossy(&none.stderr).into_owned();
    assert!(
        said.contains("`support` stays as it is, with 12 items"),
        "{said}"
    );
    assert!(!said.contains("loses"), "{said}");
    let some = desk.run(&[&line[..], &["feature:billing"]].concat());
    let said = String::from_utf8_lossy(&some.stderr).into_owned();
    for told in [
        "4 items, 0 of them new to `support`",
        "8 items that are not named go out of `support`; nothing is deleted",
        "`support` has 4 items now",
    ] {
        assert!(said.contains(told), "{told}: {said}");
    }
}

#[test]
fn holding_out_takes_whole_clusters_says_what_evals_lose_and_never_takes_more_than_asked() {
    let desk = Desk::new(40);
    let plan = desk.json(&[
        "dataset",
        "hold-out",
        "support",
        "--share",
        "0.3",
        "--dry-run",
    ]);
    assert_eq!((&plan["items"], &plan["of"]), (&12.into(), &40.into()));
    assert_eq!(plan["losses"][0]["tickets"], 12);
    assert_eq!(
        desk.number("SELECT count(*) FROM dataset"),
        1,
        "a dry run makes nothing"
    );
    let asked = desk.run(&["dataset", "hold-out", "support", "--share", "0.3"]);
    assert_eq!(asked.status.code(), Some(1), "nobody is there to agree");
    desk.done(&["dataset", "hold-out", "support", "--share", "0.3", "--yes"]);
    let listed = desk.lines(&["dataset", "list"]);
    let sizes: Vec<_> = listed
        .iter()
        .map(|set| {
            (
                set["name"].as_str().unwrap(),
                set["role"].as_str().unwrap(),
                set["items"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        sizes,
        [
            ("support", "review", 28),
            ("support-heldout", "heldout", 12)
        ]
    );
    let again = desk.json(&["dataset", "hold-out", "support", "--share", "0.3", "--yes"]);
    assert_eq!(again["items"], 0, "the share is held out already");
    let more = desk.json(&["dataset", "hold-out", "support", "--share", "0.5", "--yes"]);
    assert_eq!((&more["items"], &more["held"]), (&8.into(), &20.into()));
    desk.refused(
        &["dataset", "hold-out", "support", "--share", "1.5"],
        &["no share", "0.3"],
    );
    desk.refused(
        &["dataset", "hold-out", "support-heldout"],
        &["role `heldout`"],
    );
}

#[test]
fn a_cluster_moves_by_its_id_its_start_or_an_item_and_an_unknown_one_is_told() {
    let desk = Desk::new(6);
    let items = desk.lines(&["items"]);
    let cluster = items[0]["cluster"].as_str().unwrap();
    let moved = ["dataset", "move", "support", "other", "--yes", "--cluster"];
    let with = |id: &str| {
        let mut args = moved.to_vec();
        args.push(id);
        desk.done(&args);
    };
    with(cluster);
    with(&items[1]["cluster"].as_str().unwrap()[..10]);
    with("t2");
    assert_eq!(desk.lines(&["items", "--dataset", "other"]).len(), 3);
    for unknown in ["zebra", "0123456789abcdef", cluster] {
        let mut args = moved.to_vec();
        args.push(unknown);
        desk.refused(
            &args,
            &[
                "is no cluster of `support`",
                "docket items --dataset support --json",
            ],
        );
    }
}

#[test]
fn an_eval_grows_in_a_plan_of_its_own_and_keeps_its_reviews() {
    let desk = Desk::new(10);
    desk.file("more.jsonl", &rows(10..16));
    desk.done(&["import", "more.jsonl", "--dataset", "later"]);
    let before = desk.number("SELECT group_concat(plan_key, ' ') IS NOT NULL FROM ticket");
    let grown = desk.json(&["eval", "grow", "support", "--to", "later", "--dry-run"]);
    assert_eq!(
        (
            &grown["tickets"],
            desk.number("SELECT count(*) FROM ticket")
        ),
        (&6.into(), 10)
    );
    let grown = desk.json(&["eval", "grow", "support", "--to", "later"]);
    assert_eq!(
        (
            &grown["tickets"],
            &grown["plan"],
            &grown["items"],
            &grown["version"]
        ),
        (&6.into(), &2.into(), &6.into(), &3.into())
    );
    assert_eq!(desk.number("SELECT count(*) FROM plan"), 2);
    assert_eq!(
        desk.number("SELECT count(*) FROM ticket WHERE plan = 1"),
        10
    );
    assert_eq!(before, 1);
    let again = desk.json(&["eval", "grow", "support", "--to", "later"]);
    assert_eq!(
        (&again["tickets"], desk.number("SELECT count(*) FROM plan")),
        (&0.into(), 2)
    );
    desk.done(&["doctor"]);
}

#[test]
fn hard_items_are_proposed_with_their_reasons_and_taken_only_on_a_yes() {
    let desk = Desk::new(24);
    desk.file("small.jsonl", &rows(100..102));
    desk.done(&[
        "import",
        "small.jsonl",
        "--eval",
        "measure",
        "--rubric",
        "right.toml",
    ]);
    let shown = desk.run(&["eval", "grow", "measure", "--hard", "4", "--of", "support"]);
    assert_eq!(shown.status.code(), Some(1));
    let table = String::from_utf8_lossy(&shown.stdout).into_owned();
    assert!(table.contains("low (0.20)"), "{table}");
    assert_eq!(
        desk.number(
            "SELECT count(*) FROM ticket t JOIN eval e ON e.row = t.eval WHERE e.name = 'measure'"
        ),
        2
    );
    let grown = desk.json(&[
        "eval", "grow", "measure", "--hard", "4", "--of", "support", "--yes",
    ]);
    assert_eq!((&grown["tickets"], &grown["plan"]), (&4.into(), &2.into()));
    let set = desk.json(&[
        "dataset", "build", "hard", "--hard", "3", "--eval", "support", "--yes",
    ]);
    assert_eq!(set["items"], 3);
}

#[test]
fn near_duplicates_of_what_is_held_out_never_leave_and_a_template_holds_nothing_back() {
    let desk = Desk::empty();
    let long = |i: usize| format!("{} {}", words(&format!("q{i}a")), words(&format!("q{i}b")));
    let policy: Vec<String> = (0..300).map(|at| format!("rule{at}")).collect();
    let mut rows = String::new();
    for i in 0..500 {
        // The last fifty repeat the first fifty with one more word.
        let own = if i >= 450 {
            format!("{} please", long(i - 450))
        } else {
            long(i)
        };
        let _ = writeln!(
            rows,
            r#"{{"id":"t{i}","request":{{"messages":[{{"role":"system","content":"{}"}},{{"role":"user","content":"{own}"}}]}},"response":"Answer {i}.","scores":[{{"name":"right","value":5,"kind":"human","author":"ana"}}]}}"#,
            policy.join(" ")
        );
    }
    desk.file("log.jsonl", &rows);
    desk.take_log();
    let clusters = desk.number("SELECT count(DISTINCT cluster) FROM item");
    assert_eq!(
        clusters, 450,
        "fifty rows are near-duplicates, the system prompt makes none"
    );
    desk.done(&[
        "dataset",
        "move",
        "support",
        "exam",
        "--cluster",
        "t7",
        "--yes",
    ]);
    desk.done(&["dataset", "role", "exam", "heldout"]);
    assert_eq!(
        desk.lines(&["items", "--dataset", "exam"]).len(),
        2,
        "its near-duplicate moved along"
    );
    // Comes in later, as a near-duplicate of what is held out.
    let own = format!("{} indeed", long(7));
    desk.file(
        "late.jsonl",
        &format!(
            "{{\"id\":\"late\",\"request\":{{\"messages\":[{{\"role\":\"user\",\"content\":\"{own}\"}}]}},\"response\":\"Late.\",\"scores\":[{{\"name\":\"right\",\"value\":5,\"kind\":\"human\",\"author\":\"ana\"}}]}}\n"
        ),
    );
    desk.done(&["import", "late.jsonl", "--eval", "support", "--no-index"]);
    let report = desk.json(&[
        "export", "support", "--format", "trl-sft", "--rows", "accepted", "--out", "train",
    ]);
    let text = report.to_string();
    let written = std::fs::read_to_string(desk.path().join("train/train.jsonl")).unwrap()
        + &std::fs::read_to_string(desk.path().join("train/validation.jsonl")).unwrap_or_default();
    assert_eq!(written.lines().count(), 498, "{text}");
    assert!(
        !written.contains("Late.")
            && !written.contains("Answer 7.")
            && !written.contains("Answer 457.")
    );
}

#[test]
#[expect(
    clippy::too_many_lines,
    reason = "one path from its beginning to its end"
)]
fn from_failures_to_training_every_step_shows_what_stands_there() {
    let desk = Desk::new(24);
    // Rows like the failing ones, reviewed nowhere yet.
    let mut alike = String::new();
    for i in [0, 4, 8] {
        let _ = writeln!(
            alike,
            r#"{{"id":"like{i}","request":{{"messages":[{{"role":"user","content":"{} and another thing altogether"}}]}},"response":"Like {i}."}}"#,
            words(&format!("q{i}"))
                .split(' ')
                .take(6)
                .collect::<Vec<_>>()
                .join(" ")
        );
    }
    desk.file("alike.jsonl", &alike);
    desk.done(&["import", "alike.jsonl", "--dataset", "pool"]);
    desk.done(&[
        "dataset",
        "move",
        "support",
        "exam",
        "--cluster",
        "t0",
        "--cluster",
        "t4",
        "--yes",
    ]);
    desk.done(&["dataset", "role", "exam", "heldout"]);
    let path = desk.json(&["failures", "support"]);
    assert_eq!(
        (
            &path["scored"],
            &path["failed"],
            &path["held_out"],
            &path["own"]
        ),
        (&24.into(), &6.into(), &2.into(), &4.into())
    );
    assert_eq!(path["similar"], 3, "{path}");
    assert!(path["fixes"].is_null() && path["next"].as_str().unwrap().contains("--take"));
    let path = desk.json(&["failures", "support", "--take"]);
    assert_eq!(
        (
            &path["fixes"]["tickets"],
            &path["fixes"]["open"],
            &path["fixes"]["corrected"]
        ),
        (&7.into(), &7.into(), &0.into())
    );
    assert_eq!((&path["own"], &path["similar"]), (&0.into(), &0.into()));
    assert!(
        path["next"]
            .as_str()
            .unwrap()
            .contains("docket review support-fixes")
    );
    let judged = desk.number("SELECT count(*) FROM ticket t JOIN eval e ON e.row = t.eval WHERE e.name = 'support-fixes' AND t.judge IS NOT NULL");
    assert_eq!(
        judged, 4,
        "the judge's word came along with the failing outputs"
    );
    let held = desk.number("SELECT count(*) FROM ticket t JOIN eval e ON e.row = t.eval JOIN item i ON i.row = t.item WHERE e.name = 'support-fixes' AND i.external_id IN ('t0', 't4')");
    assert_eq!(held, 0, "what is held out stays out");
    let again = desk.json(&["failures", "support", "--take"]);
    assert_eq!(again["fixes"]["tickets"], 7);
    let text = desk.done(&["failures", "support"]);
    for step in [
        "low-scoring rows",
        "tickets",
        "corrections",
        "train dataset",
        "rows exported",
        "next:",
    ] {
        assert!(text.contains(step), "{text}");
    }
    // A correction, and what stands there before and after it left.
    let corrected = rows(8..9).replace(
        "\"response\":",
        "\"corrections\":[{\"text\":\"A better answer.\",\"author\":\"ana\"}],\"response\":",
    );
    desk.file("corrected.jsonl", &corrected);
    desk.done(&["import", "corrected.jsonl", "--eval", "support-fixes"]);
    let path = desk.json(&["failures", "support"]);
    let fixes = |path: &serde_json::Value| {
        let of = &path["fixes"];
        (of["corrected"].clone(), of["to_export"].clone())
    };
    assert_eq!(fixes(&path), (1.into(), 1.into()), "{path}");
    assert!(
        path["next"]
            .as_str()
            .unwrap()
            .contains("docket export support-fixes")
    );
    desk.done(&[
        "export",
        "support-fixes",
        "--format",
        "trl-sft",
        "--rows",
        "corrected",
        "--out",
        "fixed",
        "--yes",
    ]);
    let path = desk.json(&["failures", "support"]);
    assert_eq!(fixes(&path), (1.into(), 0.into()), "{path}");
    assert_eq!(
        (&path["trained"], &path["own"], &path["training"]["items"]),
        (&0.into(), &0.into(), &1.into()),
        "what left from here is counted where it left: {path}"
    );
    assert!(
        !path["next"].as_str().unwrap().contains("docket export"),
        "{path}"
    );
    desk.refused(&["failures", "suport"], &["no eval `suport`"]);
    desk.refused(
        &["failures", "support", "--candidate", "a"],
        &["no run group"],
    );
}

#[test]
fn comparing_on_a_heldout_version_whose_clusters_were_exported_is_inconclusive() {
    let desk = Desk::new(12);
    let reviewed = rows(1..3).replace(
        "\"scores\":[",
        "\"scores\":[{\"name\":\"right\",\"value\":5,\"kind\":\"human\",\"author\":\"ana\"},",
    );
    desk.file("reviewed.jsonl", &reviewed);
    desk.done(&["import", "reviewed.jsonl", "--eval", "support"]);
    desk.file("b.jsonl", &(0..12).fold(String::new(), |mut all, i| {
        let _ = writeln!(all, r#"{{"id":"t{i}","response":"Better {i}.","scores":[{{"name":"right","value":5,"kind":"judge","author":"sample-judge"}}]}}"#);
        all
    }));
    desk.file("none.jsonl", "{\"match\":\"\",\"text\":\"x\"}\n");
    desk.done(&[
        "run",
        "support",
        "--group",
        "june",
        "--model",
        "a=scripted:none.jsonl",
        "--yes",
    ]);
    desk.done(&["import", "b.jsonl", "--run", "june", "--candidate", "b"]);
    desk.done(&["dataset", "role", "support", "heldout"]);
    let clean = desk.json(&["compare", "june"]);
    assert!(
        !clean["sentence"]
            .as_str()
            .unwrap()
            .starts_with("Inconclusive"),
        "{clean}"
    );
    // Somebody exports against the rule, with a reason.
    desk.done(&[
        "export",
        "support",
        "--format",
        "trl-sft",
        "--rows",
        "all",
        "--out",
        "train",
        "--override",
        "a test",
        "--filter",
        "id:t1,t2",
    ]);
    let touched = desk.json(&["compare", "june"]);
    let sentence = touched["sentence"].as_str().unwrap();
    assert!(
        sentence.starts_with("Inconclusive") && sentence.contains("2 clusters of 12"),
        "{touched}"
    );
    assert!(
        touched["candidates"]
            .as_array()
            .unwrap()
            .iter()
            .all(|one| one["difference"]["standing"] != "better")
    );
    let warnings = touched["warnings"].to_string();
    assert!(warnings.contains("without them"), "{warnings}");
}

#[test]
fn a_request_that_is_reviewed_and_held_out_is_told_of_on_both_sides_and_where_it_measures() {
    let desk = Desk::new(12);
    let build = ["dataset", "build", "exam", "--role", "heldout", "--from"];
    let built = desk.run(&[&build[..], &["feature:billing"]].concat());
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    let there = "4 items (4 clusters) are in `support` too, which is there to be reviewed";
    assert!(said.contains(there), "{said}");
    assert!(desk.done(&["dataset", "show", "exam"]).contains(there));
    let here = desk.done(&["dataset", "show", "support"]);
    assert!(
        here.contains("4 items (4 clusters) are held out in `exam` too: an export leaves them out"),
        "{here}"
    );
    let shown = desk.json(&["dataset", "show", "support"]);
    assert_eq!(
        (&shown["shared"][0]["dataset"], &shown["shared"][0]["items"]),
        (&"exam".into(), &4.into())
    );
    desk.done(&[
        "eval",
        "new",
        "measure",
        "--dataset",
        "exam",
        "--rubric",
        "right.toml",
        "--mode",
        "assist",
    ]);
    desk.done(&["eval", "grow", "measure"]);
    desk.done(&["run", "measure", "--group", "june", "--yes"]);
    desk.done(&["import", "log.jsonl", "--run", "june", "--candidate", "b"]);
    for line in [
        &["gate", "june", "--min-mean", "0.5"][..],
        &["compare", "june"],
    ] {
        let told = String::from_utf8_lossy(&desk.run(line).stdout).into_owned();
        assert!(told.contains(&format!("note: {there}")), "{line:?}: {told}");
        let told =
            String::from_utf8_lossy(&desk.run(&[line, &["--json"]].concat()).stdout).into_owned();
        assert!(told.contains(there), "{line:?}: {told}");
    }
    desk.done(&["report", "june", "--out", "page"]);
    let page = std::fs::read_to_string(desk.path().join("page/report.md")).unwrap();
    assert_eq!(page.matches("are in `support` too").count(), 2, "{page}");
    let plain = Desk::new(3);
    let shown = plain.json(&["dataset", "show", "support"]);
    assert_eq!(shown["shared"], serde_json::json!([]));
}

#[test]
fn runs_of_words_that_leave_although_they_are_measured_on_are_warned_of_and_nothing_is_dropped() {
    let desk = Desk::empty();
    let clause = format!("{} and so on", words("clause"));
    let row = |id: &str, own: &str| {
        format!(
            "{{\"id\":\"{id}\",\"request\":{{\"messages\":[{{\"role\":\"user\",\"content\":\"{own}\"}}]}},\"response\":\"Answer {id}.\",\"scores\":[{{\"name\":\"right\",\"value\":5,\"kind\":\"human\",\"author\":\"ana\"}}]}}\n"
        )
    };
    let mut log = String::new();
    for i in 0..10 {
        let more = if i == 3 { clause.as_str() } else { "" };
        log += &row(
            &format!("t{i}"),
            &format!(
                "{} {} {more}",
                words(&format!("q{i}a")),
                words(&format!("q{i}b"))
            ),
        );
    }
    desk.file("log.jsonl", &log);
    desk.take_log();
    let exam = row("x1", &format!("{} {clause}", words("exam"))) + &row("x2", &words("other"));
    desk.file("exam.jsonl", &exam);
    desk.done(&["import", "exam.jsonl", "--dataset", "exam"]);
    desk.done(&["dataset", "role", "exam", "heldout"]);
    let export = [
        "export", "support", "--format", "trl-sft", "--rows", "accepted", "--out", "train",
    ];
    let dry = desk.json(&[&export[..6], &["--dry-run"]].concat());
    let report = desk.json(&export);
    for report in [&dry, &report] {
        let rows = report["train"].as_u64().unwrap() + report["validation"].as_u64().unwrap();
        assert_eq!((rows, &report["held_out"]), (10, &0.into()), "{report}");
        let warnings = report["warnings"].to_string();
        for told in [
            "shared_runs",
            "1 item measured on shares runs of 13 words",
            "`x1` with `t3`",
        ] {
            assert!(warnings.contains(told), "{told}: {warnings}");
        }
    }
    let manifest = std::fs::read_to_string(desk.path().join("train/manifest.json")).unwrap();
    assert!(manifest.contains("shared_runs"), "{manifest}");
    for (set, one) in [("exam", 1), ("support-train", 1), ("support", 0)] {
        let shown = desk.json(&["dataset", "show", set]);
        assert_eq!(shown["runs"]["items"], one, "{set}: {shown}");
    }
    assert!(
        desk.done(&["dataset", "show", "exam"])
            .contains("clausew0 clausew1")
    );
    measured_on_is_told(&desk);
}

/// Where it is measured on, the comparison and the gate say it, for programs too.
fn measured_on_is_told(desk: &Desk) {
    let eval = ["eval", "new", "measure", "--dataset", "exam"];
    desk.done(&[&eval[..], &["--rubric", "send-as-is", "--mode", "assist"]].concat());
    desk.done(&["eval", "grow", "measure"]);
    desk.done(&["run", "measure", "--group", "june", "--yes"]);
    desk.done(&["gate", "june", "--min-mean", "0.5", "--declare"]);
    for line in [
        &["compare", "june", "--json"][..],
        &["gate", "june", "--candidate", "logged", "--json"],
        &["gate", "june", "--candidate", "logged", "--format", "md"],
    ] {
        let told = String::from_utf8_lossy(&desk.run(line).stdout).into_owned();
        assert!(told.contains("shares runs of 13 words"), "{line:?}: {told}");
    }
}
