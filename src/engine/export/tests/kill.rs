//! Exports killed in the middle, in a process of their own, and between the folder and the ledger.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use super::super::record::UnderWay;
use super::super::{ExportRequest, record};
use super::support::{Desk, Logged};
use crate::domain::event::Body;
use crate::domain::rubric::Kind;
use crate::domain::view::{ExportPlan, ExportRows};
use crate::engine::{Clock, Engine};
use crate::store::{export as store, ledger};

const HERE: &str = "DOCKET_TEST_EXPORT_KILLED_IN";
const ROWS: usize = 3_000;

fn desk() -> Desk {
    let requests: Vec<String> = (0..ROWS).map(|n| format!("\"question {n}\"")).collect();
    let rows: Vec<Logged<'_>> = requests
        .iter()
        .map(|request| Logged {
            request,
            outputs: &[Some("\"a\"")],
        })
        .collect();
    let desk = Desk::new(Kind::Direct, 1, &rows);
    desk.correct((0..ROWS).map(|at| (at, format!("b{at}"))));
    desk
}

fn made(engine: &Engine) -> usize {
    let events = engine.store().read(ledger::global).unwrap();
    let is_export = |body: &Body| matches!(body, Body::ExportMade(_));
    events.iter().filter(|event| is_export(&event.body)).count()
}

/// Not a test of its own: the process that is killed.
#[test]
fn killed_process() {
    let Some(folder) = std::env::var_os(HERE) else {
        return;
    };
    let folder = Path::new(&folder);
    let ana = Engine::open(&folder.join("w.db"), "ana", Clock::system()).unwrap();
    let request = ExportRequest::from(ExportPlan {
        eval: ana.eval_named("support").unwrap().id,
        format: "trl-sft".into(),
        rows: ExportRows::Corrected,
        filter: String::new(),
        min_score: None,
        validation: 0.1,
        seed: 7,
        folder: folder.join("out").display().to_string(),
        replace: false,
        override_reason: None,
    });
    let mut looks = 0;
    let mut die = |_| {
        looks += 1;
        if looks == 4 {
            std::process::abort();
        }
    };
    let _ = ana.export_with(&request, &mut die, &AtomicBool::new(false));
}

#[test]
fn an_export_killed_in_the_middle_leaves_no_half_folder_and_the_next_one_is_whole() {
    let desk = desk();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "engine::export::tests::kill::killed_process"])
        .env(HERE, desk.folder.path())
        .output()
        .unwrap()
        .status;
    assert!(!status.success(), "{status}");
    let left: Vec<String> = fs::read_dir(desk.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert!(
        left.iter().any(|name| name == ".out.docket-tmp"),
        "{left:?}"
    );
    assert!(!desk.target("out").exists());
    assert_eq!(made(&desk.ana), 0);

    let lines = desk.lines(&desk.request("trl-sft", ExportRows::Corrected));
    assert_eq!(lines.len(), ROWS);
    assert_eq!(made(&desk.ana), 1);
    assert!(!desk.target(".out.docket-tmp").exists());
}

/// The note of an export into `out`, as it stands before the folder takes its place.
fn note(desk: &Desk, created: &str) -> UnderWay {
    UnderWay {
        eval: desk.eval.id,
        dataset: "support-train".into(),
        format: "trl-sft".into(),
        folder: desk.target("out"),
        created: created.into(),
        rows: 2,
        override_reason: Some("because".into()),
        items: vec![(1, 2)],
    }
}

fn small() -> Desk {
    let rows = [
        Logged {
            request: "\"q\"",
            outputs: &[Some("\"a\"")],
        },
        Logged {
            request: "\"r\"",
            outputs: &[Some("\"b\"")],
        },
    ];
    Desk::new(Kind::Direct, 1, &rows)
}

#[test]
fn an_export_killed_before_it_was_recorded_is_recorded_by_the_next_one() {
    let desk = small();
    let manifest = br#"{"tool":{"name":"docket"},"created":"2026-01-02T03:04:05Z","files":[]}"#;
    fs::create_dir(desk.target("out")).unwrap();
    fs::write(desk.target("out/manifest.json"), manifest).unwrap();
    desk.ana
        .announce_export(&note(&desk, "2026-01-02T03:04:05Z"))
        .unwrap();
    // Any export settles it, also one that finds nothing to write.
    let mut other = desk.request("trl-sft", ExportRows::Corrected);
    other.plan.folder = desk.target("other").display().to_string();
    assert!(desk.run(&other).is_err());
    let events = desk.ana.store().read(ledger::global).unwrap();
    let Some(Body::ExportMade(event)) = events.last().map(|event| event.body.clone()) else {
        panic!("{events:?}");
    };
    assert_eq!(event.manifest_sha256, record::sha256(manifest));
    assert_eq!(event.override_reason.as_deref(), Some("because"));
    assert_eq!(desk.ana.dataset_named("support-train").unwrap().items, 2);
    assert!(desk.ana.settle_exports().unwrap().is_empty());
    assert_eq!(made(&desk.ana), 1);
}

#[test]
fn an_export_killed_before_its_folder_stood_is_forgotten() {
    let desk = small();
    fs::create_dir(desk.target("out")).unwrap();
    fs::write(
        desk.target("out/manifest.json"),
        br#"{"created":"an earlier one"}"#,
    )
    .unwrap();
    desk.ana
        .announce_export(&note(&desk, "2026-01-02T03:04:05Z"))
        .unwrap();
    assert!(desk.ana.settle_exports().unwrap().is_empty());
    assert!(desk.ana.store().read(store::under_way).unwrap().is_empty());
    assert_eq!(made(&desk.ana), 0);
}

#[test]
fn recording_an_export_twice_is_recording_it_once() {
    let desk = small();
    for _ in 0..2 {
        let note = note(&desk, "2026-01-02T03:04:05Z");
        desk.ana.record_export(note, "ab".repeat(32)).unwrap();
    }
    assert_eq!(made(&desk.ana), 1);
}
