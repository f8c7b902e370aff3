//! Reviewing in a real terminal: from the first key to a kill and back.

use std::path::Path;

use rustix::process::Signal;

use super::pty::Screen;
use super::support::docket;

const ARGS: [&str; 4] = ["-w", "w.db", "--as", "ana"];

/// A folder with the sample in `w.db`.
fn sample() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let made = docket(folder.path())
        .args(["demo", "--yes", "-w", "w.db"])
        .output()
        .unwrap();
    assert!(
        made.status.success(),
        "{}",
        String::from_utf8_lossy(&made.stderr)
    );
    folder
}

fn settled(folder: &Path) -> usize {
    let args = [
        "-w",
        "w.db",
        "--as",
        "ana",
        "tickets",
        "support",
        "--filter",
        "status:done",
        "--json",
    ];
    let listed = docket(folder).args(args).output().unwrap();
    String::from_utf8(listed.stdout).unwrap().lines().count()
}

/// Opens the next ticket of the first eval, past instructions and practice.
fn open_ticket(screen: &mut Screen) {
    screen.shows("support");
    screen.types("\r");
    screen.shows("practice");
    leave_practice(screen, "of 3 answered");
}

/// Leaves what is shown before the first ticket, until the ticket is there.
fn leave_practice(screen: &mut Screen, ticket: &str) {
    for _ in 0..20 {
        let text = screen.text();
        if !text.contains("practice") && text.contains(ticket) {
            return;
        }
        screen.types("\u{1b}");
        std::thread::sleep(std::time::Duration::from_millis(300));
    }
    screen.shows(ticket);
}

#[test]
fn a_review_is_committed_and_taken_back_and_the_terminal_is_restored() {
    let folder = sample();
    let before = settled(folder.path());
    let mut screen = Screen::start(folder.path(), &ARGS, (24, 80));
    open_ticket(&mut screen);
    screen.types("345\r");
    screen.shows("u undo");
    assert_eq!(settled(folder.path()), before + 1);
    screen.types("u");
    let start = std::time::Instant::now();
    while settled(folder.path()) != before {
        let late = start.elapsed() > std::time::Duration::from_secs(20);
        assert!(!late, "it was not taken back:\n{}", screen.text());
    }
    screen.types("qqq");
    screen.ends();
    assert!(screen.is_restored());
}

#[test]
fn a_kill_loses_no_level_that_was_set_and_the_ticket_comes_back() {
    let folder = sample();
    let mut screen = Screen::start(folder.path(), &ARGS, (48, 160));
    open_ticket(&mut screen);
    screen.types("34");
    screen.shows("2 of 3 answered");
    std::thread::sleep(std::time::Duration::from_millis(900));
    screen.signal(Signal::KILL);
    screen.ends();
    let mut again = Screen::start(folder.path(), &ARGS, (48, 160));
    again.shows("support");
    again.types("\r");
    again.shows("2 of 3 answered");
}

#[test]
fn the_terminal_is_restored_after_a_request_to_end() {
    let folder = sample();
    for signal in [Signal::TERM, Signal::INT] {
        let mut screen = Screen::start(folder.path(), &ARGS, (24, 80));
        screen.shows("support");
        screen.signal(signal);
        screen.ends();
        assert!(screen.is_restored(), "{signal:?}");
    }
}

#[test]
fn any_size_from_tiny_to_huge_is_survived_while_typing() {
    let folder = sample();
    let mut screen = Screen::start(folder.path(), &ARGS, (24, 80));
    open_ticket(&mut screen);
    screen.types("e");
    for (rows, cols) in [(5, 20), (100, 400), (15, 60), (14, 59), (48, 160), (24, 80)] {
        screen.resize(rows, cols);
        screen.types("ab");
    }
    screen.shows("abababababab");
}

#[test]
fn a_key_together_with_a_new_size_hides_neither() {
    let folder = sample();
    let mut screen = Screen::start(folder.path(), &ARGS, (24, 80));
    open_ticket(&mut screen);
    for _ in 0..30 {
        for (rows, cols, shown) in [(10, 40, "needs 60x15"), (24, 80, "answered")] {
            for key in 0..8 {
                if key == 4 {
                    screen.resize(rows, cols);
                }
                screen.sends(b"j");
            }
            screen.shows(shown);
        }
    }
}

#[test]
fn what_a_model_wrote_is_shown_and_never_obeyed() {
    let folder = sample();
    let mut screen = Screen::start(folder.path(), &ARGS, (48, 160));
    screen.shows("support");
    screen.types("l");
    screen.shows("]0;approved");
    let written = screen.written();
    assert!(
        !written.windows(4).any(|four| four == b"\x1b]0;"),
        "a title was set"
    );
}

#[test]
fn on_an_account_that_tells_no_name_the_first_ticket_is_taken_under_the_name_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let row = r#"{"prompt":"When does my plan end?","output":"On 30 October."}"#;
    std::fs::write(folder.path().join("logs.jsonl"), format!("{row}\n")).unwrap();
    let mut screen = Screen::start(folder.path(), &["logs.jsonl"], (24, 80));
    screen.shows("Who is reviewing?");
    screen.types("maria\r");
    screen.shows("practice");
    leave_practice(&mut screen, "On 30 October.");
    screen.types("1");
    std::thread::sleep(std::time::Duration::from_millis(300));
    screen.types("\r");
    screen.shows("committed");
    let history = docket(folder.path()).args(["history"]).output().unwrap();
    let said = String::from_utf8(history.stdout).unwrap();
    let mut reviews = said.lines().filter(|line| line.contains("reviewed:"));
    assert!(reviews.all(|line| line.contains("maria")), "{said}");
    assert!(said.contains("reviewed: send 1"), "{said}");
    // The next start offers the name that was given.
    drop(screen);
    let mut again = Screen::start(folder.path(), &[], (24, 80));
    again.shows("maria");
    again.types("\u{1b}");
}

#[test]
fn logs_in_an_empty_folder_are_on_the_screen_as_a_first_ticket() {
    let folder = tempfile::tempdir().unwrap();
    let row = r#"{"request":{"messages":[{"role":"user","content":"When does my plan end?"}]},"response":{"choices":[{"message":{"role":"assistant","content":"On 30 October."}}]}}"#;
    std::fs::write(folder.path().join("logs.jsonl"), format!("{row}\n")).unwrap();
    let mut screen = Screen::start(folder.path(), &["logs.jsonl", "--as", "ana"], (24, 80));
    screen.shows("practice");
    leave_practice(&mut screen, "On 30 October.");
}

#[test]
fn leaving_the_first_screen_of_an_empty_folder_leaves_no_workspace_behind() {
    let folder = tempfile::tempdir().unwrap();
    let files = || {
        let names = std::fs::read_dir(folder.path()).unwrap();
        let names = names.map(|e| e.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.contains(".db")).count()
    };
    let mut screen = Screen::start(folder.path(), &["--as", "ana"], (24, 80));
    screen.shows("Try docket on its sample");
    screen.types("q");
    screen.ends();
    assert_eq!(files(), 0);
    // Whoever works on it keeps it.
    let mut screen = Screen::start(folder.path(), &["--as", "ana"], (24, 80));
    screen.shows("Try docket on its sample");
    let row = "{\"prompt\":\"q\",\"output\":\"a\"}\n";
    std::fs::write(folder.path().join("logs.jsonl"), row).unwrap();
    let import = docket(folder.path())
        .args(["import", "logs.jsonl"])
        .output();
    assert!(import.unwrap().status.success());
    screen.types("q");
    screen.ends();
    assert_eq!(files(), 1);
}
