//! What judges do, on the screens: jobs, failures and their tickets, judges at work beside a reviewer.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use docket::app::AppState;
use docket::app::layout::Size;
use docket::app::settings::Settings;
use docket::domain::view::{JudgeAsk, JudgeScope};
use docket::engine::{Clock, Engine};
use docket::tui::desk::Desk;
use docket::tui::engine_desk::EngineDesk;
use docket::tui::headless::Harness;
use serde_json::json;

use super::cli_reports::{done, run};
use super::endpoint::{Answer, Endpoint};
use super::pty::Screen;
use super::support::{docket, number};

/// An eval of so many tickets with one question; `blind` or `assist`.
fn prepared(folder: &Path, tickets: usize, mode: &str) {
    let mut rows = String::new();
    for i in 0..tickets {
        let row = json!({"request": format!("Question {i}: how long?"), "response": format!("It takes {i} days.")});
        writeln!(rows, "{row}").unwrap();
    }
    std::fs::write(folder.join("log.jsonl"), rows).unwrap();
    let import = docket(folder)
        .args(["import", "log.jsonl", "--eval", "e"])
        .args(["--rubric", "The answer is right."])
        .output()
        .unwrap();
    assert!(
        import.status.success(),
        "{}",
        String::from_utf8_lossy(&import.stderr)
    );
    // Every ticket of an assisted eval is to be seen, none kept back as an audit.
    done(folder, &format!("eval set e --mode {mode} --audit 0"));
}

/// A script that refuses tickets 3 and 4, is told to wait on 5, and gives the others a 4.
fn script(folder: &Path) -> String {
    let level = json!({"verdict_id": "$verdict_id", "criterion": "quality", "evidence": [], "reasoning": "So.",
        "level": 4, "reference_conflict": false, "cannot_judge": false, "cannot_judge_reason": ""});
    let lines = [
        json!({"match": "It takes 3 days.", "refusal": "I cannot help with that."}),
        json!({"match": "It takes 4 days.", "refusal": "I cannot help with that."}),
        json!({"match": "It takes 5 days.", "error": "rate_limit"}),
        json!({"match": "It takes", "reply": level}),
    ];
    let text = lines.map(|line| line.to_string()).join("\n");
    std::fs::write(folder.join("script.jsonl"), text).unwrap();
    "scripted:script.jsonl".to_owned()
}

fn engine(folder: &Path) -> Engine {
    Engine::open(&folder.join("docket.db"), "ana", Clock::system()).unwrap()
}

/// The workbench on Home, wide enough for every column.
fn workbench(folder: &Path) -> Harness {
    let size = Size {
        width: 160,
        height: 48,
    };
    let mut state = AppState::new(size, Settings::default());
    let first = state.start();
    let desk = EngineDesk::new(engine(folder), folder.to_owned());
    Harness::start(Arc::new(desk), state, first, (160, 48))
}

#[test]
fn failures_are_told_by_class_and_their_tickets_are_found_and_never_score_0() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 8, "assist");
    let judge = script(folder.path());
    let line = format!("judge e --judge {judge} --json");
    assert_eq!(run(folder.path(), &line).code, 2);
    let mut app = workbench(folder.path());
    app.press("J");
    for words in [
        "failed",
        "2 the judge refused to answer",
        "1 the endpoint asked to wait",
        "7/8",
        "r says what they take",
    ] {
        assert!(app.shows(words), "`{words}`:\n{}", app.screen());
    }
    app.press("tab j enter");
    let asked = app.state.queue.as_ref().map(|queue| queue.filter.clone());
    assert_eq!(asked.as_deref(), Some("unscored:refusal"));
    assert!(app.shows("2 of 8 shown"), "{}", app.screen());
    assert_eq!(
        app.screen().matches("  refused ").count(),
        2,
        "{}",
        app.screen()
    );
    assert!(!app.shows("0.00"), "{}", app.screen());
    let listed = |filter: &str| {
        let line = format!("tickets e --filter {filter} --json");
        done(folder.path(), &line).out.lines().count()
    };
    assert_eq!(listed("unscored:rate_limit"), 1);
    assert_eq!(listed("unscored:refusal,rate_limit"), 3);
    assert_eq!(listed("unscored:truncated"), 0);
    let wrong = run(folder.path(), "tickets e --filter unscored:refusl");
    assert!(wrong.err.contains("`refusl`"), "{}", wrong.err);
}

#[test]
fn what_failed_is_forgotten_once_it_is_answered() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 8, "assist");
    let judge = script(folder.path());
    let line = format!("judge e --judge {judge} --json");
    run(folder.path(), &line);
    // The endpoint is back, and this time the judge answers.
    let text = std::fs::read_to_string(folder.path().join("script.jsonl")).unwrap();
    let mended = text.lines().last().unwrap();
    std::fs::write(folder.path().join("script.jsonl"), mended).unwrap();
    done(folder.path(), &line);
    let file = folder.path().join("docket.db");
    let failed = "SELECT count(*) FROM job_failure";
    assert_eq!(
        number(&file, failed),
        2,
        "a refusal is not asked again by itself"
    );
    done(folder.path(), &format!("{line} --again"));
    assert_eq!(number(&file, failed), 0);
    let mut app = workbench(folder.path());
    app.press("J");
    assert!(app.shows("every ticket is read"), "{}", app.screen());
}

#[test]
fn a_blind_eval_shows_what_no_endpoint_answered_and_not_what_a_judge_refused() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 8, "blind");
    let judge = script(folder.path());
    run(folder.path(), &format!("judge e --judge {judge} --json"));
    let mut app = workbench(folder.path());
    app.press("J tab j enter");
    assert!(app.shows("this eval is blind"), "{}", app.screen());
    app.press("esc esc J");
    if !app.shows("JOB") {
        app.press("esc J");
    }
    app.press("tab k enter");
    assert!(app.shows("1 of 8 shown"), "{}", app.screen());
    for hidden in ["refused", "told to wait", "0.80", "not judged yet"] {
        assert!(!app.shows(hidden), "`{hidden}`:\n{}", app.screen());
    }
}

#[test]
fn only_the_tickets_named_are_counted_and_read() {
    let folder = tempfile::tempdir().unwrap();
    prepared(folder.path(), 12, "assist");
    let judge = script(folder.path());
    let engine = engine(folder.path());
    let eval = engine.eval_named("e").unwrap().id;
    let some: Vec<_> = engine.matching(eval, "days", 100).unwrap()[8..11].to_vec();
    let script = folder.path().join("script.jsonl");
    let name = judge.replace("script.jsonl", &script.display().to_string());
    let desk = EngineDesk::new(engine.clone(), folder.path().to_owned());
    let ask = JudgeAsk {
        eval,
        scope: JudgeScope::Tickets(some.clone()),
        again: false,
        named: Some(name.clone()),
    };
    let choices = desk.judges(&ask).unwrap();
    let work = choices[0].work.as_ref().unwrap();
    assert_eq!(
        (choices[0].name.as_str(), work.tickets, work.calls),
        (name.as_str(), 3, 3)
    );
    let (stop, tell) = (std::sync::atomic::AtomicBool::new(false), |_| {});
    let job = docket::tui::desk::Job::new(&stop, &tell);
    let said = desk.judge(&ask, &name, None, &job).unwrap();
    assert!(said.contains("3 of 3 tickets read"), "{said}");
    let mut read = engine.matching(eval, "has:judge", 100).unwrap();
    let mut some = some;
    read.sort_unstable();
    some.sort_unstable();
    assert_eq!(read, some);
    let cards = engine.activity().unwrap();
    assert_eq!((cards[0].job.done, cards[0].job.total), (3, 3));
}

fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

/// Presses until the screen shows a text: on a busy machine a key may come too close to the one before it.
fn until(screen: &mut Screen, keys: &str, text: &str) {
    for _ in 0..5 {
        screen.types(keys);
        let start = Instant::now();
        while start.elapsed() < Duration::from_secs(4) {
            if screen.text().contains(text) {
                return;
            }
            pause(50);
        }
    }
    screen.shows(text);
}

/// On the next ticket, past instructions and practice.
fn on_a_ticket(screen: &mut Screen) {
    screen.types("a");
    for _ in 0..20 {
        let text = screen.text();
        if text.contains("0 of 1 answered") && !text.contains("practice") {
            return;
        }
        if text.contains("practice") || text.contains("Esc close") {
            screen.types("\u{1b}");
        }
        pause(300);
    }
    screen.shows("0 of 1 answered");
}

/// Waits for the ticket after a commit; where the judge differs, one's own level is kept first.
fn next_ticket(screen: &mut Screen) {
    let start = Instant::now();
    while !screen.text().contains("0 of 1 answered") && start.elapsed() < Duration::from_secs(20) {
        if screen.text().contains("keep mine") {
            screen.types("\r");
        }
        pause(100);
    }
    screen.shows("0 of 1 answered");
}

/// An endpoint that answers the first questions at once, the others when three tickets are reviewed: both are at
/// work at once on any machine.
fn paced(first: usize, reviews: &Arc<AtomicUsize>) -> Endpoint {
    let reviews = Arc::clone(reviews);
    Endpoint::start(move |asked| {
        let start = Instant::now();
        while asked.number >= first
            && reviews.load(Ordering::Relaxed) < 3
            && start.elapsed() < Duration::from_secs(100)
        {
            pause(20);
        }
        Answer::level(asked, 4).after(200)
    })
}

/// From Home: names a judge, reads what leaves and what it takes, and says yes.
fn put_to_work(screen: &mut Screen) {
    until(screen, "B", "the rubric's own checks");
    until(screen, "n", "Which judge?");
    screen.types("openai/m-1");
    until(screen, "\r", "named by you");
    until(screen, "\r", "First send to");
    assert!(screen.text().contains("60 calls"), "{}", screen.text());
    until(screen, "y", "waits for you");
}

/// Every ticket has one verdict, was asked about once, and nothing is left behind.
fn read_once(folder: &Path, endpoint: &Endpoint, tickets: usize) {
    let file = folder.join("docket.db");
    let count = |sql: &str| number(&file, sql);
    assert_eq!(count("SELECT count(*) FROM verdict"), tickets as i64);
    assert_eq!(
        count("SELECT count(DISTINCT ticket) FROM verdict"),
        tickets as i64
    );
    assert!(endpoint.times().values().all(|times| *times == 1));
    let held = "SELECT count(*) FROM lease WHERE until_ms > 0 AND seat LIKE 'judge:%'";
    assert_eq!(count(held), 0);
    let said = done(folder, "doctor").out;
    assert!(said.contains("equals a rebuild"), "{said}");
}

#[test]
fn a_judge_reads_while_the_reviewer_scores_and_neither_waits_for_the_other() {
    const TICKETS: usize = 60;
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at, TICKETS, "blind");
    let reviews = Arc::new(AtomicUsize::new(0));
    let endpoint = paced(TICKETS / 2, &reviews);
    let url = endpoint.url();
    let env = [
        ("OPENAI_BASE_URL", url.as_str()),
        ("OPENAI_API_KEY", "sk-test-0123456789abcdef"),
    ];
    let mut screen = Screen::start_with(at, &["--as", "ana"], (48, 160), &env);
    screen.shows("waits for you");
    put_to_work(&mut screen);
    on_a_ticket(&mut screen);
    screen.shows("tickets/s");
    let settled = || {
        done(at, "tickets e --filter status:done --json")
            .out
            .lines()
            .count()
    };
    for reviewed in 1..=6 {
        let before = screen.text();
        assert!(!before.contains("because of the test"), "{before}");
        until(&mut screen, "4", "[4]");
        until(&mut screen, "\r", &format!("{} left", TICKETS - reviewed));
        assert_eq!(settled(), reviewed, "what the screen tells is kept");
        if reviewed == 2 {
            assert!(endpoint.requests().len() < TICKETS, "the judge is at work");
        }
        reviews.store(reviewed, Ordering::Relaxed);
        next_ticket(&mut screen);
    }
    screen.types("qq");
    screen.shows("waits for you");
    until(&mut screen, "J", "JOB");
    screen.shows("every ticket is read");
    screen.types("qq");
    assert_eq!(screen.ends(), 0);
    assert!(screen.is_restored());
    assert_eq!(settled(), 6);
    read_once(at, &endpoint, TICKETS);
}

#[test]
fn a_judge_of_another_process_is_held_let_go_on_and_stopped_from_the_screen() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    prepared(at, 200, "blind");
    let endpoint = Endpoint::start(|asked| Answer::level(asked, 4).after(300));
    let mut judge = docket(at)
        .env("TEST_KEY", "sk-test-0123456789abcdef")
        .args(["judge", "e", "--judge", "m", "--key-env", "TEST_KEY"])
        .args(["--concurrency", "4", "--base-url"])
        .arg(endpoint.url())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut screen = Screen::start(at, &["--as", "ana"], (36, 120));
    screen.shows("waits for you").shows("judge ");
    until(&mut screen, "J", "running");
    until(&mut screen, "p", "held");
    // What is under way when it is held comes back; then nothing is sent.
    pause(1_500);
    let sent = endpoint.requests().len();
    pause(1_500);
    assert_eq!(endpoint.requests().len(), sent, "a held job sends nothing");
    until(&mut screen, "r", "running");
    let start = Instant::now();
    while endpoint.requests().len() == sent {
        assert!(
            start.elapsed() < Duration::from_secs(20),
            "it never went on"
        );
        pause(50);
    }
    until(&mut screen, "c", "Stop ");
    until(&mut screen, "y", "stopped");
    let start = Instant::now();
    while judge.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_secs(20), "it never ended");
        pause(50);
    }
    screen.shows("somebody stopped it");
    assert!(endpoint.requests().len() < 200);
    screen.types("qq");
    assert_eq!(screen.ends(), 0);
}
