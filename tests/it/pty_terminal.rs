//! The terminal after docket, however docket ended: as the shell left it.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::cli_reports::sample;
use super::pty::{self, Screen};

/// The state letter of a process: `T` is stopped.
fn state(process: u32) -> String {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    after_name.chars().take(1).collect()
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < Duration::from_secs(20), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn signals_that_ask_for_the_end_leave_a_terminal_for_a_shell() {
    let folder = sample();
    for (signal, code) in [(Signal::HUP, 129), (Signal::TERM, 143), (Signal::INT, 130)] {
        let mut screen = Screen::start(folder.path(), &["--as", "ana"], (24, 80));
        screen.shows("support");
        assert!(!screen.is_cooked(), "the workbench reads keys, not lines");
        screen.signal(signal);
        assert_eq!(screen.ends(), code, "{signal:?}");
        assert!(screen.is_restored() && screen.is_cooked(), "{signal:?}");
    }
}

#[test]
fn a_terminal_that_is_closed_ends_docket_quietly() {
    let folder = sample();
    for round in 0..3 {
        let mut window = pty::Window::open(folder.path(), &["--as", "ana"]);
        window.shows("support");
        // Standard output and standard error both lead nowhere from here on: a print there would be a fault.
        assert_eq!(window.close(), 129, "round {round}");
    }
}

#[test]
fn a_stopped_workbench_gives_the_terminal_back_and_takes_it_again() {
    let folder = sample();
    let mut screen = Screen::start(folder.path(), &["--as", "ana"], (24, 80));
    screen.shows("support");
    for _ in 0..2 {
        screen.signal(Signal::TSTP);
        until("it stops", || state(screen.process()) == "T");
        until("the screen is given back", || screen.is_restored());
        assert!(screen.is_cooked());
        assert!(!screen.text().contains("support"), "{}", screen.text());
        screen.signal(Signal::CONT);
        screen.shows("support");
        assert!(!screen.is_cooked() && !screen.is_restored());
    }
    // Keys are read again.
    screen.types("l");
    screen.shows("40 tickets");
    screen.types("qqq");
    screen.ends();
    assert!(screen.is_restored() && screen.is_cooked());
}

#[test]
fn a_stop_that_cannot_be_caught_is_made_good_when_it_ends() {
    let folder = sample();
    let screen = Screen::start(folder.path(), &["--as", "ana"], (24, 80));
    screen.shows("support");
    screen.signal(Signal::STOP);
    until("it stops", || state(screen.process()) == "T");
    let before = screen.written().len();
    screen.signal(Signal::CONT);
    until("it draws anew", || {
        String::from_utf8_lossy(&screen.written()[before..]).contains("support")
    });
    assert!(!screen.is_cooked() && !screen.is_restored());
}

#[test]
fn a_fault_of_docket_itself_is_told_on_a_restored_terminal() {
    if !cfg!(debug_assertions) {
        eprintln!("skipped: only a debug build can be asked to panic");
        return;
    }
    let folder = sample();
    let mut screen = Screen::start_with(
        folder.path(),
        &["--as", "ana"],
        (24, 80),
        &[("DOCKET_TEST_PANIC", "1")],
    );
    screen.shows("support");
    assert!(!screen.is_cooked() && !screen.is_restored());
    // The terminal reports that it lost the focus; that is where a build for tests panics.
    screen.sends(b"\x1b[O");
    assert_ne!(screen.ends(), 0);
    assert!(screen.is_restored() && screen.is_cooked());
    let text = screen.text();
    assert!(text.contains("a test asked for it"), "{text}");
    assert!(!text.contains("waits for you"), "{text}");
}
