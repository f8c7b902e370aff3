//! A disk without room: one error that names the file and the way on, and nothing that was done is lost.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use docket::domain::view::TicketDoc;
use docket::engine::import::{ImportPlan, NewTarget};
use docket::engine::{Clock, Engine};

use super::cli_reports::{Ran, done, run, sample};
use super::mounts::Disk;
use super::processes::submission;
use super::support::{dump, fresh, number};

/// Rows of about 1 KB.
fn rows(path: &Path, count: u32) {
    let text = "word ".repeat(200);
    let line = |n| format!("{{\"prompt\":\"question {n}\",\"output\":\"{text}{n}\"}}\n");
    std::fs::write(path, (0..count).map(line).collect::<String>()).unwrap();
}

/// One error line of code 2 that names the file and says what to do.
fn told(ran: &Ran, file: &str) {
    let errors: Vec<&str> = ran
        .err
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert_eq!((ran.code, errors.len()), (2, 1), "{}", ran.err);
    assert!(errors[0].contains(file), "{}", ran.err);
    assert!(ran.err.contains("free some space"), "{}", ran.err);
}

fn sound(folder: &Path, workspace: &Path) {
    let said = done(folder, &format!("doctor -w {}", workspace.display()));
    assert!(said.out.contains("equals a rebuild"), "{}", said.out);
}

#[test]
fn an_import_that_fills_the_disk_keeps_what_came_in_and_is_completed_later() {
    let Some(disk) = Disk::new(2 * 1024) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (whole, part) = (folder.path().join("whole.db"), disk.at("part.db"));
    rows(&folder.path().join("logs.jsonl"), 2_500);
    fresh(&whole);
    fresh(&part);
    done(folder.path(), "import logs.jsonl --no-index -w whole.db");
    let line = format!("import logs.jsonl --no-index -w {}", part.display());
    told(&run(folder.path(), &line), "part.db");
    disk.resize(64 * 1024);
    sound(folder.path(), &part);
    done(folder.path(), &line);
    sound(folder.path(), &part);
    assert_eq!(dump(&part), dump(&whole));
}

#[test]
fn a_review_is_either_kept_or_refused_when_the_disk_fills_up() {
    let Some(disk) = Disk::new(8 * 1024) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let (logs, workspace) = (folder.path().join("logs.jsonl"), disk.at("w.db"));
    rows(&logs, 300);
    let engine = Engine::create(&workspace, "ana", Clock::system(), false).unwrap();
    let plan = ImportPlan {
        files: vec![logs],
        eval: Some(NewTarget::named("queue")),
        ..ImportPlan::default()
    };
    engine
        .import(&plan, &AtomicBool::new(false), &mut |_| {})
        .unwrap();
    let eval = engine.eval_named("queue").unwrap().id;
    let take = || -> TicketDoc { engine.next_ticket(eval, None).unwrap().unwrap() };
    let mut doc = take();
    let filler = disk.fill();
    // What the log of the database has room for already still goes through.
    let mut kept = 0;
    let refused = loop {
        match engine.submit(&submission(&doc)) {
            Ok(_) => kept += 1,
            Err(error) => break error,
        }
        assert!(kept < 300, "the disk never was full");
        match engine.next_ticket(eval, None) {
            Ok(next) => doc = next.unwrap(),
            Err(error) => break error,
        }
    };
    let (said, hint) = (refused.to_string(), refused.hint().unwrap_or_default());
    assert!(said.contains("w.db") && said.contains("full"), "{said}");
    assert!(hint.contains("free some space"), "{hint}");
    std::fs::remove_file(filler).unwrap();
    let reviews = "SELECT count(*) FROM event WHERE kind = 'review_submitted'";
    assert_eq!(number(&workspace, reviews), kept);
    engine.submit(&submission(&take())).unwrap();
    assert_eq!(number(&workspace, reviews), kept + 1);
    sound(folder.path(), &workspace);
}

#[test]
fn an_export_or_a_copy_that_does_not_fit_leaves_nothing_behind() {
    let Some(disk) = Disk::new(16) else {
        return;
    };
    let folder = sample();
    let at = folder.path();
    let before = dump(&at.join("docket.db"));
    let export = format!(
        "export support --format trl-sft --out {}",
        disk.at("train").display()
    );
    told(&run(at, &export), "train");
    let copy = format!("backup {}", disk.at("copy.db").display());
    told(&run(at, &copy), "copy.db");
    let left: Vec<_> = std::fs::read_dir(disk.path()).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(dump(&at.join("docket.db")), before);
    disk.resize(16 * 1024);
    done(at, &export);
    done(at, &copy);
    assert!(disk.at("train/manifest.json").is_file());
}
