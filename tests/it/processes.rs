//! Several processes on one workspace.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use docket::domain::review::{ReviewSource, Sight};
use docket::domain::rubric::Answer;
use docket::domain::view::{Draft, NoTicket, Submission, TicketDoc};
use docket::engine::import::{ImportPlan, NewTarget};
use docket::engine::{Clock, Engine};

const TICKETS: usize = 500;
const THREADS: usize = 8;
const CHILD: &str = "DOCKET_TEST_REVIEWS";

/// A review that gives every question the level 1.
pub fn submission(doc: &TicketDoc) -> Submission {
    let answers = doc
        .rubric
        .questions()
        .map(|question| (question.id.to_owned(), Answer::Level(1)))
        .collect();
    Submission {
        ticket: doc.ticket,
        lease: doc.lease.unwrap(),
        draft: Draft {
            answers,
            ..Draft::default()
        },
        sight: Sight::Assisted,
        verdicts_seen: Vec::new(),
        second_after: None,
        practice: false,
        from_plan: true,
        source: ReviewSource::Linear,
    }
}

/// Reviews until nothing is left.
fn drain(engine: &Engine) {
    let eval = engine.eval_named("queue").unwrap().id;
    loop {
        match engine.next_ticket(eval, None).unwrap() {
            Ok(doc) => {
                engine.submit(&submission(&doc)).unwrap();
                engine.release(doc.ticket).unwrap();
            }
            Err(NoTicket::HeldByOthers { .. }) => std::thread::yield_now(),
            Err(_) => return,
        }
    }
}

/// Runs as a process of its own, started by the test below; alone it does nothing.
#[test]
fn a_process_of_eight_reviewers() {
    let Ok(workspace) = std::env::var(CHILD) else {
        return;
    };
    let threads: Vec<_> = (0..THREADS)
        .map(|n| {
            let name = format!("r{n}-{}", std::process::id());
            let engine = Engine::open(Path::new(&workspace), &name, Clock::system()).unwrap();
            std::thread::spawn(move || drain(&engine))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn two_processes_of_eight_threads_review_each_ticket_exactly_once() {
    let folder = tempfile::tempdir().unwrap();
    let (rows, workspace) = (folder.path().join("rows.jsonl"), folder.path().join("w.db"));
    let lines: Vec<String> = (0..TICKETS)
        .map(|n| format!("{{\"prompt\":\"question {n}\",\"output\":\"answer {n}\"}}"))
        .collect();
    std::fs::write(&rows, lines.join("\n")).unwrap();
    let engine = Engine::create(&workspace, "lead", Clock::system(), false).unwrap();
    let plan = ImportPlan {
        files: vec![rows],
        eval: Some(NewTarget::named("queue")),
        ..ImportPlan::default()
    };
    engine
        .import(&plan, &AtomicBool::new(false), &mut |_| {})
        .unwrap();
    // Of a blind audit share half would be read twice.
    let mut policy = engine.eval_named("queue").unwrap().policy;
    policy.audit_share = 0.0;
    engine.set_policy("queue", policy, None, None).unwrap();
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "processes::a_process_of_eight_reviewers"])
            .env(CHILD, &workspace)
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    for mut child in [start(), start()] {
        assert!(child.wait().unwrap().success());
    }
    let reviews = super::support::number(
        &workspace,
        "SELECT count(*) FROM event WHERE kind = 'review_submitted'",
    );
    let tickets = super::support::number(
        &workspace,
        "SELECT count(DISTINCT ticket) FROM event WHERE kind = 'review_submitted'",
    );
    assert_eq!((reviews, tickets), (TICKETS as i64, TICKETS as i64));
}
