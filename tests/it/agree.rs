//! How far judges and people agree: the command, the screen, and a public test set with known answers.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use docket::app::layout::Size;
use docket::app::settings::Settings;
use docket::app::{AppState, Screen};
use docket::domain::eval::{Mode, Policy};
use docket::domain::review::{ReviewSource, Sight};
use docket::domain::rubric::Answer;
use docket::domain::view::{Draft, Submission, TicketDoc};
use docket::engine::{Clock, Engine};
use docket::tui::engine_desk::EngineDesk;
use docket::tui::headless::Harness;

use super::cli_reports::{done, run, sample};
use super::support::{docket, fresh, shared};

/// A number of the report by its path.
fn at(report: &serde_json::Value, path: &str) -> f64 {
    report
        .pointer(path)
        .and_then(serde_json::Value::as_f64)
        .unwrap_or_else(|| panic!("no number at {path}: {report:#}"))
}

#[test]
fn annotators_and_judge_of_a_public_test_set_agree_as_published() {
    let Some(data) = shared("data/pandalm") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    fresh(&folder.path().join("docket.db"));
    let mut import = docket(folder.path());
    import.arg("import");
    for file in ["testset-v1.json", "gpt-3.5-turbo-testset-v1.json"] {
        import.arg(data.join(file));
    }
    let profile = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/profiles/pandalm.toml");
    import
        .args(["--join", "idx", "--eval", "pandalm", "--profile"])
        .arg(profile);
    let imported = import.output().unwrap();
    assert!(
        imported.status.success(),
        "{}",
        String::from_utf8_lossy(&imported.stderr)
    );
    let ran = done(folder.path(), "agree pandalm --json");
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    for (path, expected) in [
        ("/people/0/pairs/0/kappa/value", 0.8520),
        ("/people/0/pairs/1/kappa/value", 0.8789),
        ("/people/0/pairs/2/kappa/value", 0.8617),
        ("/judges/0/criteria/0/accuracy/value", 0.6977),
    ] {
        let found = at(&report, path);
        assert!(
            (found - expected).abs() < 5e-5,
            "{path}: {found}, not {expected}"
        );
    }
    for (path, expected) in [
        ("/basis/census", 999.0),
        ("/judges/0/criteria/0/total", 999.0),
        ("/judges/0/criteria/0/scored", 974.0),
        ("/judges/0/criteria/0/unscored/0/tickets", 25.0),
        // Instructions are shared: intervals rest on 170 clusters, not on 999 tickets.
        ("/judges/0/criteria/0/accuracy/clusters", 170.0),
    ] {
        assert!(
            (at(&report, path) - expected).abs() < 1e-9,
            "{path}: {report:#}"
        );
    }
    let text = done(folder.path(), "agree pandalm");
    for number in [
        "0.8520", "0.8789", "0.8617", "0.6977", "974/999", "(census)",
    ] {
        assert!(text.out.contains(number), "{number}:\n{}", text.out);
    }
}

/// A blind eval of the sample with its first tickets reviewed in the plan's order by zoe.
struct Office {
    engine: Engine,
    folder: tempfile::TempDir,
}

impl Office {
    fn new(reviews: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("docket.db");
        let engine = Engine::create(&path, "zoe", Clock::system(), false).unwrap();
        engine
            .load_sample(&AtomicBool::new(false), &mut |_| {})
            .unwrap();
        let eval = engine.eval_named("support").unwrap();
        let policy = Policy {
            mode: Mode::Blind,
            overlap: 1,
            ..eval.policy.clone()
        };
        engine.set_policy("support", policy, None, None).unwrap();
        for _ in 0..reviews {
            let doc = engine.next_ticket(eval.id, None).unwrap().unwrap();
            engine.submit(&submission(&doc)).unwrap();
        }
        Self { engine, folder }
    }

    fn workbench(&self, (width, height): (u16, u16)) -> Harness {
        let settings = Settings {
            reviewed: 20,
            ..Settings::default()
        };
        let mut state = AppState::new(Size { width, height }, settings);
        let first = state.start();
        let desk = EngineDesk::new(self.engine.clone(), self.folder.path().to_owned());
        Harness::start(Arc::new(desk), state, first, (width, height))
    }
}

/// The worst level everywhere: that differs from any judge who likes something.
fn submission(doc: &TicketDoc) -> Submission {
    let answers = doc.rubric.questions().map(|question| {
        let level = question
            .scale()
            .map_or(0, docket::domain::rubric::Scale::min);
        (question.id.to_owned(), Answer::Level(level))
    });
    Submission {
        ticket: doc.ticket,
        lease: doc.lease.unwrap(),
        draft: Draft {
            answers: answers.collect(),
            ..Draft::default()
        },
        sight: Sight::Blind,
        verdicts_seen: Vec::new(),
        second_after: None,
        practice: false,
        from_plan: true,
        source: ReviewSource::Tui,
    }
}

#[test]
fn from_home_to_a_disagreement_to_its_ticket_and_back() {
    let office = Office::new(6);
    let mut app = office.workbench((120, 36));
    to_eval(&mut app, "support");
    app.press("A").wait(100);
    assert!(
        app.shows("assisted; that you opened it is logged"),
        "{}",
        app.screen()
    );
    assert!(!app.shows("WHERE THEY DIFFER"), "{}", app.screen());
    app.press("enter").wait(100);
    assert!(app.shows("WHERE THEY DIFFER"), "{}", app.screen());
    assert!(app.shows("6 tickets"), "{}", app.screen());
    let eval = office.engine.eval_named("support").unwrap();
    assert!(eval.opened_by("zoe").is_some());
    app.press("enter j").wait(100);
    let chosen = app.state.agreement.as_ref().unwrap();
    let id = chosen.tickets()[chosen.ticket].ticket;
    app.press("enter").wait(400);
    for _ in 0..4 {
        if app.state.screen == Screen::Ticket && app.state.modals.is_empty() {
            break;
        }
        app.press("esc").wait(200);
    }
    assert_eq!(app.state.screen, Screen::Ticket, "{}", app.screen());
    let open = app
        .state
        .ticket
        .as_ref()
        .and_then(|ticket| ticket.doc.as_ref());
    assert_eq!(open.map(|doc| doc.ticket), Some(id));
    app.press("esc").wait(200);
    assert!(app.shows("WHERE THEY DIFFER"), "{}", app.screen());
    app.press("esc esc").wait(100);
    assert_eq!(app.state.screen, Screen::Home, "{}", app.screen());
}

/// Moves the cursor of Home to an eval.
fn to_eval(app: &mut Harness, name: &str) {
    for _ in 0..20 {
        if app.state.home.eval().is_some_and(|card| card.name == name) {
            return;
        }
        app.press("j");
    }
    panic!("no eval `{name}`:\n{}", app.screen());
}

#[test]
fn an_eval_nobody_reviewed_says_what_fills_the_page_and_enter_takes_the_next_ticket() {
    let office = Office::new(0);
    let row = "{\"prompt\":\"Where is it?\",\"response\":\"On its way.\"}\n";
    std::fs::write(office.folder.path().join("logs.jsonl"), row).unwrap();
    done(office.folder.path(), "import logs.jsonl --eval fresh");
    let assist = Policy::default();
    office
        .engine
        .set_policy("fresh", assist, None, None)
        .unwrap();
    let mut app = office.workbench((80, 24));
    to_eval(&mut app, "fresh");
    app.press("A").wait(100);
    assert!(
        app.shows("Nobody has reviewed a ticket") && app.shows("(0 of 1 ticket so far)"),
        "{}",
        app.screen()
    );
    app.press("enter").wait(400);
    // Before the first ticket under a rubric comes practice.
    app.press("esc").wait(400);
    assert_eq!(app.state.screen, Screen::Ticket, "{}", app.screen());
}

#[test]
fn the_report_is_a_table_of_eighty_columns_and_names_what_does_not_count() {
    let office = Office::new(5);
    let folder = office.folder.path();
    for line in ["agree support", "agree support --json"] {
        let refused = run(folder, &format!("--as guest {line}"));
        assert_eq!((refused.code, refused.out.as_str()), (2, ""), "{line}");
        for told in ["`support` is blind", "sample-judge", "--yes", "by guest"] {
            assert!(refused.err.contains(told), "{told}: {}", refused.err);
        }
    }
    let untouched = done(folder, "--as guest history");
    assert!(!untouched.out.contains("agreement"), "{}", untouched.out);
    let before = done(folder, "--as guest agree support --json --yes");
    assert!(before.err.contains("It is logged"), "{}", before.err);
    let again = done(folder, "--as guest agree support");
    assert!(
        !again.err.contains("It is logged"),
        "said and logged once: {}",
        again.err
    );
    for words in [
        "PEOPLE AMONG THEMSELVES",
        "AGAINST PEOPLE",
        "constant guess",
        "5 tickets count",
    ] {
        assert!(again.out.contains(words), "{words}:\n{}", again.out);
    }
    for line in again.out.lines() {
        assert!(
            line.chars().count() <= 80,
            "{} cells: {line}",
            line.chars().count()
        );
    }
    let report: serde_json::Value = serde_json::from_str(&before.out).unwrap();
    assert!((at(&report, "/basis/tickets") - 5.0).abs() < 1e-9);
    let list = done(folder, "--as guest agree support --disagreements");
    assert!(list.out.contains("differ"), "{}", list.out);
    let history = done(folder, "--as guest history");
    assert!(history.out.contains("agreement"), "{}", history.out);
}

#[test]
fn names_that_are_not_there_are_refused_with_those_that_are_and_mark_nobody() {
    let folder = sample();
    for (line, said) in [
        ("agree nothing", "no eval `nothing`"),
        ("agree support --judge nobody", "no judge `nobody`"),
        ("agree support --criterion tine", "no criterion `tine`"),
    ] {
        let ran = run(folder.path(), line);
        assert_eq!(ran.code, 2, "{line}: {}", ran.out);
        assert!(
            ran.err.contains(said) && ran.err.contains("hint:"),
            "{line}: {}",
            ran.err
        );
    }
    let history = done(folder.path(), "history");
    assert!(!history.out.contains("opened the page"), "{}", history.out);
}
