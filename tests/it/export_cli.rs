//! `docket export` as a person runs it: exit codes, what is said where, what is on disk.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::AtomicBool;

use docket::domain::eval::DatasetRole;
use docket::engine::import::{ImportPlan, NewTarget};
use docket::engine::{Clock, Engine};
use serde_json::Value;
use tempfile::TempDir;

/// A workspace whose log brought corrections along.
struct Desk {
    folder: TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Self { folder };
        // Two of the three answers stand corrected in the log: as a person would have saved them.
        desk.import("logs.jsonl", "support", "support", DatasetRole::Review, 3);
        desk.correct();
        desk
    }

    fn engine(&self) -> Engine {
        let path = self.folder.path().join("docket.db");
        Engine::create(&path, "ana", Clock::system(), false).unwrap()
    }

    fn import(&self, file: &str, eval: &str, dataset: &str, role: DatasetRole, rows: u32) {
        let line = |n| {
            format!(
                "{{\"id\":\"row-{n}\",\"prompt\":\"question {n}\",\"output\":\"answer {n}\",\"model\":\"secret-model\"}}\n"
            )
        };
        let path = self.folder.path().join(file);
        fs::write(&path, (0..rows).map(line).collect::<String>()).unwrap();
        let plan = ImportPlan {
            files: vec![path],
            dataset: Some(dataset.into()),
            role,
            eval: (!eval.is_empty()).then(|| NewTarget::named(eval)),
            ..ImportPlan::default()
        };
        self.engine()
            .import(&plan, &AtomicBool::new(false), &mut |_| {})
            .unwrap();
    }

    /// Reviews the first two tickets of the plan, correcting what they say.
    fn correct(&self) {
        let engine = self.engine();
        let eval = engine.eval_named("support").unwrap();
        for text in ["first, corrected", "second, corrected"] {
            let doc = engine.next_ticket(eval.id, None).unwrap().unwrap();
            let worst = |question: docket::domain::rubric::Question<'_>| {
                let level = question.scale().unwrap().min();
                let answer = docket::domain::rubric::Answer::Level(level);
                (question.id.to_owned(), answer)
            };
            let submission = docket::domain::view::Submission {
                ticket: doc.ticket,
                lease: doc.lease.unwrap(),
                draft: docket::domain::view::Draft {
                    answers: doc.rubric.questions().map(worst).collect(),
                    correction: Some(text.into()),
                    ..Default::default()
                },
                sight: docket::domain::review::Sight::Blind,
                verdicts_seen: vec![],
                second_after: None,
                practice: false,
                from_plan: true,
                source: docket::domain::review::ReviewSource::Tui,
            };
            engine.submit(&submission).unwrap();
        }
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_docket"))
            .current_dir(self.folder.path())
            .env_remove("DOCKET_WORKSPACE")
            .env("HOME", self.folder.path())
            .args(args)
            .output()
            .unwrap()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

const SFT: [&str; 6] = [
    "export",
    "support",
    "--format",
    "openai-sft",
    "--split",
    "1",
];

#[test]
fn corrections_become_a_folder_and_its_report_goes_to_stdout() {
    let desk = Desk::new();
    let done = desk.run(&[&SFT[..], &["--out", "train", "--json"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let report: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(report["train"], 2);
    assert_eq!(report["written"]["dataset"], "support-train");
    let rows = lines(&desk.path("train/train.jsonl"));
    assert_eq!(rows.len(), 2);
    let strict = fs::read_to_string(desk.path("train/train.jsonl")).unwrap();
    assert!(!strict.contains("secret-model") && !strict.contains("ticket"));
    assert!(text(&done.stderr).contains("note: 2 rows; the trainer of `openai-sft` takes 10"));

    // A second one does not touch the folder; with `--replace` it does.
    let again = desk.run(&[&SFT[..], &["--out", "train"]].concat());
    assert_eq!(again.status.code(), Some(2));
    assert!(text(&again.stderr).contains("it is not empty"));
    let replaced = desk.run(&[&SFT[..], &["--out", "train", "--replace"]].concat());
    assert_eq!(
        replaced.status.code(),
        Some(0),
        "{}",
        text(&replaced.stderr)
    );
    assert!(text(&replaced.stdout).starts_with("2 rows for openai-sft from `support`"));
}

#[test]
fn a_dry_run_shows_the_first_row_and_writes_nothing() {
    let desk = Desk::new();
    let shown = desk.run(&[&SFT[..], &["--dry-run"]].concat());
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    assert!(text(&shown.stdout).contains("first row: {\"messages\":"));
    assert!(!desk.path("train").exists());
}

#[test]
fn held_out_rows_exit_with_one_name_the_dataset_and_two_ways_on_which_work() {
    let desk = Desk::new();
    desk.import("gold.jsonl", "", "gold", DatasetRole::Heldout, 3);
    let refused = desk.run(&[&SFT[..], &["--out", "train"]].concat());
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(text(&refused.stdout), "2 rows held out in `gold`\n");
    let talk = text(&refused.stderr);
    assert!(
        talk.contains("every row is held out (2 in `gold`)"),
        "{talk}"
    );
    assert!(
        talk.contains("`docket dataset move gold support`"),
        "{talk}"
    );
    assert!(talk.contains("`--override \"REASON\"`"), "{talk}");
    assert!(!desk.path("train").exists());

    let reason = ["--out", "decided", "--override", "last set before launch"];
    let decided = desk.run(&[&SFT[..], &reason].concat());
    assert_eq!(decided.status.code(), Some(0), "{}", text(&decided.stderr));
    let manifest = fs::read_to_string(desk.path("decided/manifest.json")).unwrap();
    assert!(manifest.contains("last set before launch"));

    let moved = desk.run(&["dataset", "move", "gold", "support", "--yes"]);
    assert_eq!(moved.status.code(), Some(0), "{}", text(&moved.stderr));
    let free = desk.run(&[&SFT[..], &["--out", "train"]].concat());
    assert_eq!(free.status.code(), Some(0), "{}", text(&free.stderr));
}

#[test]
fn what_cannot_be_is_an_error_with_a_way_on() {
    let desk = Desk::new();
    let table: [(&[&str], i32, &str); 6] = [
        (
            &["export", "suport", "--format", "trl-sft", "--out", "x"],
            2,
            "there is: support",
        ),
        (
            &["export", "support", "--format", "trl-sfd", "--out", "x"],
            2,
            "trl-sft",
        ),
        (&["export", "support", "--format", "trl-sft"], 2, "--out"),
        (
            &[
                "export", "support", "--format", "trl-sft", "--out", "x", "--rows", "pairs",
            ],
            2,
            "one answer a row",
        ),
        (
            &[
                "export", "support", "--format", "trl-sft", "--out", "x", "--split", "train=2",
            ],
            2,
            "train=0.9",
        ),
        (
            &[
                "export", "support", "--format", "trl-sft", "--out", "x", "--rows", "accepted",
            ],
            1,
            "nothing to export from `support`",
        ),
    ];
    for (args, code, says) in table {
        let output = desk.run(args);
        assert_eq!(output.status.code(), Some(code), "{args:?}");
        let talk = text(&output.stderr);
        assert!(talk.contains(says), "{args:?}: {talk}");
        assert!(!desk.path("x").exists(), "{args:?}");
    }
}
