//! Folders that appear whole, and targets that are left alone.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use serde_json::Value;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::*;
use crate::domain::ids::{ClusterId, ItemId, RawId, TicketId, hex};
use crate::domain::message::{Message, Request, Role};
use crate::domain::training::{Decision, Origin};
use crate::formats::training::{Tally, check, write};

fn row(n: u32) -> TrainingRow {
    let mut id = [0; 16];
    id[..4].copy_from_slice(&n.to_be_bytes());
    TrainingRow {
        ticket: TicketId(id),
        item: ItemId(id),
        // Four rows to a cluster, so that one that straddled would show.
        cluster: ClusterId([(n / 4) as u8; 16]),
        raw: Some(RawId(id)),
        external_id: Some(format!("row-{n}")),
        request: Request {
            messages: vec![Message::text(Role::User, format!("question {n}"))],
            ..Request::default()
        },
        request_json: None,
        extras: Vec::new(),
        chosen: Message::text(Role::Assistant, format!("answer {n}")),
        rejected: None,
        label: None,
        reviewers: vec!["ana".into()],
        decision: Decision::Corrected,
        origin: Origin::Human,
        judge: None,
        taken: None,
        reference: None,
        score: Some(0.75),
    }
}

fn plan(replace: bool) -> FolderPlan {
    FolderPlan {
        format: TrainingFormat::TrlSft,
        split: ExportSplit::new(7, 0.25).unwrap(),
        replace,
    }
}

fn summary() -> Summary {
    Summary {
        about: About {
            name: "Support".into(),
            created: "2026-01-02T03:04:05Z".into(),
            sources: vec![SourceFile {
                path: "logs`1`.jsonl".into(),
                sha256: "00".repeat(32),
            }],
            ..About::default()
        },
        ..Summary::default()
    }
}

fn fill(writer: &mut FolderWriter, rows: u32) -> Tally {
    let mut tally = Tally::new(TrainingFormat::TrlSft);
    let mut line = Vec::new();
    for n in 0..rows {
        let row = row(n);
        check(TrainingFormat::TrlSft, &row).unwrap();
        line.clear();
        write(TrainingFormat::TrlSft, Columns::default(), &row, &mut line);
        writer.push(&line, &row).unwrap();
        tally.add(&row, &line);
    }
    tally
}

fn export(target: &Path, replace: bool, rows: u32) -> Result<Written, FolderError> {
    let mut writer = FolderWriter::create(target, plan(replace))?;
    let tally = fill(&mut writer, rows);
    let summary = Summary {
        shape: tally.shape(),
        ..summary()
    };
    writer.finish(&summary)
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Leaves the writer's files behind as a killed process would, without its lock.
fn kill(writer: FolderWriter) {
    let FolderWriter { mut target, .. } = writer;
    target.abandon();
}

#[test]
fn every_row_can_be_traced_and_every_hash_recomputed() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("made/for/it");
    let written = export(&target, false, 200).unwrap();
    assert_eq!(written.train + written.validation, 200);
    assert!(written.validation > 10, "{written:?}");
    assert_eq!(
        names(&target),
        [
            "README.md",
            "manifest.json",
            "provenance.jsonl",
            "train.jsonl",
            "validation.jsonl"
        ]
    );
    assert_eq!(names(target.parent().unwrap()), ["it"]);

    let manifest: Value =
        serde_json::from_slice(&fs::read(target.join("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["tool"]["name"], "docket");
    assert_eq!(manifest["format"], "trl-sft");
    assert_eq!(manifest["counts"]["written"], 200);
    assert_eq!(manifest["split"]["seed"], 7);
    for file in manifest["files"].as_array().unwrap() {
        let bytes = fs::read(target.join(file["path"].as_str().unwrap())).unwrap();
        assert_eq!(file["sha256"], hex(&Sha256::digest(&bytes)));
        assert_eq!(file["bytes"], bytes.len());
    }

    let provenance = lines(&target.join("provenance.jsonl"));
    assert_eq!(provenance.len(), 200);
    let mut sides = BTreeMap::new();
    for entry in &provenance {
        let file = entry["file"].as_str().unwrap();
        let line = entry["line"].as_u64().unwrap() as usize;
        let row = &lines(&target.join(file))[line - 1];
        let n = entry["external_id"]
            .as_str()
            .unwrap()
            .strip_prefix("row-")
            .unwrap();
        assert_eq!(row["messages"][0]["content"], format!("question {n}"));
        assert_eq!(entry["decision"], "corrected");
        assert_eq!(entry["reviewers"][0], "ana");
        // One side per cluster.
        let cluster = entry["cluster"].as_str().unwrap().to_owned();
        assert_eq!(*sides.entry(cluster).or_insert(file), file);
    }
}

#[test]
fn the_card_names_only_splits_that_have_rows() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("out");
    export(&target, false, 1).unwrap();
    assert!(!target.join("validation.jsonl").exists());
    let card = fs::read_to_string(target.join("README.md")).unwrap();
    assert!(card.starts_with("---\npretty_name: \"Support\"\nlicense: \"unknown\"\n"));
    assert!(card.contains("size_categories:\n- n<1K\n"));
    assert!(card.contains("  - split: train\n    path: train.jsonl\n"));
    assert!(!card.contains("validation.jsonl"));
    assert!(
        card.contains("  - name: messages\n    list:\n    - name: role\n      dtype: string\n")
    );
    assert!(card.contains("`` logs`1`.jsonl ``"));
}

#[test]
fn the_card_declares_columns_that_only_some_rows_have() {
    let card = |format: TrainingFormat| {
        let dir = TempDir::new().unwrap();
        let target = dir.path().join("out");
        let plan = FolderPlan {
            format,
            ..plan(false)
        };
        let mut writer = FolderWriter::create(&target, plan).unwrap();
        fill(&mut writer, 1);
        let summary = Summary {
            shape: Columns {
                tools: true,
                history: true,
                ..Columns::default()
            },
            ..summary()
        };
        writer.finish(&summary).unwrap();
        fs::read_to_string(target.join("README.md")).unwrap()
    };
    assert!(card(TrainingFormat::TrlSft).contains("\n  - name: tools\n    dtype: string\n"));
    assert!(card(TrainingFormat::OpenAiSft).contains("\n  - name: tools\n    list: json\n"));
    assert!(
        card(TrainingFormat::OpenAiDpo)
            .contains("\n  - name: input\n    struct:\n    - name: messages\n      list:\n")
    );
    let history = "\n  - name: history\n    list:\n      list: string\n";
    assert!(card(TrainingFormat::Alpaca).contains(history));
}

#[test]
fn refused_rows_are_named_with_their_reasons_and_counted_once_each() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("out");
    let mut writer = FolderWriter::create(&target, plan(false)).unwrap();
    fill(&mut writer, 1);
    let reasons = [
        Refusal::new("empty_answer", "message 2 is an empty answer"),
        Refusal::new("empty_answer", "message 4 is an empty answer"),
        Refusal::new("unknown_role", "message 1 has the role `x`"),
    ];
    writer.refuse(&row(9), &reasons).unwrap();
    let written = writer.finish(&summary()).unwrap();
    assert_eq!(written.refused, 1);
    let by_reason: Vec<_> = written
        .refused_by_reason
        .iter()
        .map(|r| (r.code, r.rows))
        .collect();
    assert_eq!(by_reason, [("empty_answer", 1), ("unknown_role", 1)]);
    let refused = lines(&target.join("refused.jsonl"));
    assert_eq!(refused[0]["external_id"], "row-9");
    assert_eq!(
        refused[0]["reasons"][1]["reason"],
        "message 4 is an empty answer"
    );
}

#[test]
fn an_export_given_up_halfway_leaves_nothing_at_all() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("new/out");
    let mut writer = FolderWriter::create(&target, plan(false)).unwrap();
    fill(&mut writer, 50);
    assert!(!target.exists());
    drop(writer);
    assert_eq!(names(dir.path()), Vec::<String>::new());
}

#[test]
fn a_failure_halfway_leaves_the_older_dataset_untouched() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("out");
    export(&target, false, 5).unwrap();
    let before = fs::read(target.join("manifest.json")).unwrap();
    let mut writer = FolderWriter::create(&target, plan(true)).unwrap();
    fill(&mut writer, 50);
    fs::remove_dir_all(writer.target.temp()).unwrap();
    let error = writer.finish(&summary()).unwrap_err();
    assert!(matches!(error, FolderError::Io { .. }), "{error}");
    assert_eq!(fs::read(target.join("manifest.json")).unwrap(), before);
    assert_eq!(names(dir.path()), ["out"]);
}

#[test]
fn a_killed_export_leaves_the_target_and_the_next_one_clears_up() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("out");
    let mut writer = FolderWriter::create(&target, plan(false)).unwrap();
    fill(&mut writer, 50);
    kill(writer);
    assert!(!target.exists());
    assert_eq!(names(dir.path()), [".out.docket-lock", ".out.docket-tmp"]);
    export(&target, false, 3).unwrap();
    assert_eq!(names(dir.path()), ["out"]);
}

#[test]
fn a_swap_killed_between_its_steps_is_undone() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("out");
    export(&target, false, 5).unwrap();
    fs::rename(&target, dir.path().join(".out.docket-old")).unwrap();
    // Even an export that is then refused gives the dataset back.
    let error = export(&target, false, 3).unwrap_err();
    assert!(matches!(error, FolderError::TargetNotEmpty(_)), "{error}");
    assert_eq!(names(dir.path()), ["out"]);
    assert_eq!(lines(&target.join("provenance.jsonl")).len(), 5);
}

#[test]
fn two_exports_to_one_folder_do_not_mix() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("out");
    let mut first = FolderWriter::create(&target, plan(false)).unwrap();
    let error = FolderWriter::create(&target, plan(false)).unwrap_err();
    assert!(matches!(error, FolderError::Busy(_)), "{error}");
    fill(&mut first, 3);
    first.finish(&summary()).unwrap();
    assert_eq!(names(dir.path()), ["out"]);
}

#[test]
fn replacing_takes_the_place_of_a_dataset_docket_wrote() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("out");
    export(&target, false, 5).unwrap();
    let error = export(&target, false, 9).unwrap_err();
    assert!(error.to_string().contains("is not empty"), "{error}");
    assert_eq!(
        export(&target, true, 9).unwrap().folder,
        target.canonicalize().unwrap()
    );
    assert_eq!(lines(&target.join("provenance.jsonl")).len(), 9);
    assert_eq!(names(dir.path()), ["out"]);
}

#[test]
fn replacing_never_removes_what_docket_did_not_write() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("out");
    export(&target, false, 5).unwrap();
    fs::write(target.join("notes.txt"), "mine").unwrap();
    let error = export(&target, true, 9).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("docket did not write `notes.txt`"),
        "{error}"
    );
    assert!(target.join("notes.txt").exists());

    let other = dir.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("manifest.json"), "{}").unwrap();
    assert!(matches!(
        export(&other, true, 1),
        Err(FolderError::NotOurs { .. })
    ));
}

#[test]
fn an_empty_folder_is_a_fine_target_and_a_file_is_not() {
    let dir = TempDir::new().unwrap();
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).unwrap();
    export(&empty, false, 2).unwrap();
    assert!(empty.join("train.jsonl").exists());

    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(
        export(&file, true, 2),
        Err(FolderError::TargetIsFile(_))
    ));
    let inside = export(&file.join("out"), false, 2).unwrap_err();
    assert!(
        inside.to_string().contains("a part of the path is a file"),
        "{inside}"
    );
    assert_eq!(fs::read(&file).unwrap(), b"x");
    assert!(matches!(
        export(Path::new("/"), true, 2),
        Err(FolderError::TargetNotUsable { .. })
    ));
    assert!(matches!(
        export(Path::new("."), true, 2),
        Err(FolderError::TargetNotUsable { .. })
    ));
}

#[test]
fn a_folder_one_may_not_write_to_is_named_with_a_way_out() {
    let dir = TempDir::new().unwrap();
    let closed = dir.path().join("closed");
    fs::create_dir(&closed).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o500)).unwrap();
    match export(&closed.join("out"), false, 2) {
        // The superuser may write anywhere.
        Ok(_) => assert!(rustix::process::geteuid().is_root()),
        Err(error) => assert!(
            error
                .to_string()
                .ends_with("name a folder you may write to"),
            "{error}"
        ),
    }
}

#[test]
fn a_full_disk_says_what_to_do() {
    let error = FolderError::io("write", Path::new("out/train.jsonl"))(
        std::io::ErrorKind::StorageFull.into(),
    );
    let text = error.to_string();
    assert!(
        text.starts_with("cannot write `out/train.jsonl`: "),
        "{text}"
    );
    assert!(
        text.contains("free some space or name a folder on another disk; nothing was written"),
        "{text}"
    );
}

#[test]
fn without_rows_nothing_is_written() {
    let dir = TempDir::new().unwrap();
    let target = dir.path().join("out");
    assert!(matches!(
        export(&target, false, 0),
        Err(FolderError::NoRows(_))
    ));
    let all_validation = FolderPlan {
        split: ExportSplit::new(1, 0.999_999_999).unwrap(),
        ..plan(false)
    };
    let mut writer = FolderWriter::create(&target, all_validation).unwrap();
    fill(&mut writer, 3);
    let error = writer.finish(&summary()).unwrap_err();
    assert!(
        matches!(error, FolderError::NoTrainRows { rows: 3 }),
        "{error}"
    );
    assert_eq!(names(dir.path()), Vec::<String>::new());
}
