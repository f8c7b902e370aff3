//! Targets that cannot be used, plans that make no sense, exports that are stopped.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};

use super::super::{ExportError, ExportRequest};
use super::support::{Desk, text};
use crate::domain::rubric::Kind;
use crate::domain::view::{ExportRows, Failure};
use crate::engine::EngineError;
use crate::engine::folder::FolderError;

fn desk() -> Desk {
    let rows = [("\"q\"", [Some("\"a\"")]), ("\"r\"", [Some("\"b\"")])];
    let desk = Desk::new(Kind::Direct, 1, &text(&rows));
    desk.level(0, 1, Some("A."));
    desk
}

fn refused(desk: &Desk, change: impl FnOnce(&mut ExportRequest)) -> (String, Option<String>) {
    let mut request = desk.request("trl-sft", ExportRows::Corrected);
    change(&mut request);
    let before = names(desk);
    let error = desk.run(&request).unwrap_err();
    assert_eq!(names(desk), before, "{error}");
    (error.to_string(), error.hint())
}

fn names(desk: &Desk) -> Vec<String> {
    let entries = fs::read_dir(desk.folder.path()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| !name.starts_with("w.db"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_target_that_cannot_be_used_is_one_clear_line_and_stays_as_it_was() {
    let desk = desk();
    let file = desk.target("file");
    fs::write(&file, "mine").unwrap();
    let (what, _) = refused(&desk, |r| r.plan.folder = file.display().to_string());
    assert!(what.contains("it is a file"), "{what}");
    let (what, _) = refused(&desk, |r| {
        r.plan.folder = file.join("deeper").display().to_string();
    });
    assert!(what.contains("a part of the path is a file"), "{what}");
    let full = desk.target("full");
    fs::create_dir(&full).unwrap();
    fs::write(full.join("notes.txt"), "mine").unwrap();
    let (what, _) = refused(&desk, |r| r.plan.folder = full.display().to_string());
    assert!(what.contains("it is not empty"), "{what}");
    // The screen has no options, but a line for it.
    let mut plan = desk.request("trl-sft", ExportRows::Corrected).plan;
    plan.folder = full.display().to_string();
    let stop = AtomicBool::new(false);
    let error = desk.ana.export(&plan, &mut |_| {}, &stop).unwrap_err();
    let failure = Failure::from(error);
    let hint = failure.hint.unwrap();
    assert!(failure.what.contains("is not empty"), "{}", failure.what);
    assert!(
        hint.contains("replace it") && !hint.contains("--"),
        "{hint}"
    );
    let (what, _) = refused(&desk, |r| {
        r.plan.folder = full.display().to_string();
        r.plan.replace = true;
    });
    assert!(what.contains("docket did not write `notes.txt`"), "{what}");
    let (what, _) = refused(&desk, |r| r.plan.folder = "/proc/docket".into());
    assert!(what.starts_with("cannot "), "{what}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(fs::read_to_string(full.join("notes.txt")).unwrap(), "mine");
}

#[test]
fn a_full_disk_says_so_and_what_to_do() {
    let error = ExportError::from(FolderError::Io {
        what: "write",
        path: PathBuf::from("train/train.jsonl"),
        source: io::ErrorKind::StorageFull.into(),
    });
    let failure = Failure::from(EngineError::from(error));
    assert!(failure.what.contains("free some space"), "{failure}");
    assert!(failure.what.contains("nothing was written"), "{failure}");
}

#[test]
fn a_plan_that_makes_no_sense_is_refused_with_a_way_on() {
    let desk = desk();
    let (what, _) = refused(&desk, |r| r.plan.format = "trl-dop".into());
    assert!(what.contains("did you mean `trl-dpo`?"), "{what}");
    let (what, hint) = refused(&desk, |r| r.plan.rows = ExportRows::Pairs);
    assert!(what.contains("one answer a row"), "{what}");
    assert!(hint.unwrap().contains("--format trl-dpo"));
    let (what, hint) = refused(&desk, |r| {
        r.plan.format = "trl-dpo".into();
        r.plan.rows = ExportRows::Accepted;
    });
    assert!(what.contains("no worse one"), "{what}");
    assert!(hint.unwrap().contains("--rows pairs"));
    let (what, _) = refused(&desk, |r| r.plan.filter = "status:".into());
    assert!(what.contains("cannot read the filter"), "{what}");
    let (what, _) = refused(&desk, |r| r.plan.validation = 1.0);
    assert!(what.contains("not a share"), "{what}");
    let (what, hint) = refused(&desk, |r| r.dataset = Some("support".into()));
    assert!(what.contains("has the role `review`"), "{what}");
    assert!(hint.unwrap().contains("--as-dataset"));
    let (what, _) = refused(&desk, |r| r.dataset = Some("a b".into()));
    assert!(what.contains("cannot be the name of a dataset"), "{what}");
}

#[test]
fn nothing_to_write_says_why_and_leaves_no_trace() {
    let desk = desk();
    let (what, hint) = refused(&desk, |r| r.plan.rows = ExportRows::Accepted);
    assert!(what.contains("nothing to export from `support`"), "{what}");
    assert!(hint.unwrap().contains("docket review"));
    let (what, _) = refused(&desk, |r| r.plan.filter = "feature:none".into());
    assert!(
        what.contains("no ticket fits that has a correction"),
        "{what}"
    );
    desk.correct(std::iter::once((1, "  ".to_owned())));
    let (what, _) = refused(&desk, |r| r.plan.filter = "feature:search".into());
    assert!(
        what.contains("every row of `support` was refused (1 empty answer)"),
        "{what}"
    );
}

#[test]
fn rows_too_few_for_validation_are_all_trained_on() {
    let desk = desk();
    let mut request = desk.request("trl-sft", ExportRows::Corrected);
    request.plan.validation = 0.999_999;
    let report = desk.run(&request).unwrap();
    assert_eq!((report.train, report.validation), (1, 0));
    assert!(report.warnings.iter().any(|w| w.code == "no_validation"));
    let manifest = fs::read_to_string(desk.target("out/manifest.json")).unwrap();
    assert!(manifest.contains("\"validation_share\": 0.0"), "{manifest}");
}

#[test]
fn a_stopped_export_leaves_no_trace() {
    let desk = desk();
    let cancel = AtomicBool::new(false);
    let request = desk.request("trl-sft", ExportRows::Corrected);
    let mut stop = |_| cancel.store(true, Ordering::Relaxed);
    let error = desk.ana.export_with(&request, &mut stop, &cancel);
    assert!(matches!(error, Err(ExportError::Stopped)));
    assert!(names(&desk).is_empty());
    assert!(desk.ana.dataset_named("support-train").is_err());
}

#[test]
fn progress_ends_where_the_tickets_end() {
    let desk = desk();
    let mut last = None;
    let request = desk.request("trl-sft", ExportRows::Corrected);
    desk.ana
        .export_with(&request, &mut |at| last = Some(at), &AtomicBool::new(false))
        .unwrap();
    let last = last.unwrap();
    assert_eq!((last.done, last.total, last.unit), (2, Some(2), "tickets"));
}
