//! Writing in the editor of a real terminal: kills, pastes, other people's changes.

use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::cli_reports::{done, sample};
use super::pty::Screen;

const LARGE: (u16, u16) = (48, 160);

fn pause(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

/// The workbench on the next ticket, past instructions and practice.
fn on_a_ticket(folder: &Path) -> Screen {
    let mut screen = Screen::start(folder, &["--as", "ana"], LARGE);
    screen.shows("waits for you");
    screen.types("a");
    for _ in 0..20 {
        let text = screen.text();
        if text.contains(" of 3 answered") && !text.contains("practice") {
            return screen;
        }
        if text.contains("practice") || text.contains("Esc close") {
            screen.types("\u{1b}");
        }
        pause(300);
    }
    screen.shows(" of 3 answered");
    screen
}

fn settled(folder: &Path) -> usize {
    let line = "tickets support --filter status:done --json";
    done(folder, line).out.lines().count()
}

#[test]
fn what_was_being_written_when_docket_was_killed_is_there_again() {
    let folder = sample();
    let mut screen = on_a_ticket(folder.path());
    screen.types("e");
    screen.shows("editing");
    // The blank behind is not looked for: an output of the sample is empty, and a line ends without it.
    screen.types("Hurried words. ");
    screen.shows("Hurried words.");
    pause(900);
    screen.signal(Signal::KILL);
    screen.ends();
    let mut again = on_a_ticket(folder.path());
    again.shows("Hurried words.");
    again.types("e");
    again.shows("editing").shows("Hurried words.");
    again.types("More. ");
    again.shows("Hurried words.");
    assert!(again.text().contains("More."), "{}", again.text());
}

/// Waits for the ticket after a commit; where a judge differs, one's own level is kept first.
fn next_ticket(screen: &mut Screen) {
    screen.shows("u undo");
    let start = Instant::now();
    while !screen.text().contains("0 of 3 answered") && start.elapsed() < Duration::from_secs(20) {
        if screen.text().contains("keep mine") {
            screen.types("\r");
        }
        pause(100);
    }
    screen.shows("0 of 3 answered");
}

/// How many are done, as the screen says it.
fn done_on_screen(text: &str) -> Option<usize> {
    let (before, _) = text.split_once("/40")?;
    let digits = before.rsplit(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[test]
fn a_kill_at_any_point_of_reviewing_loses_no_commit_the_screen_has_told() {
    let folder = sample();
    let mut before = settled(folder.path());
    for (round, delay) in [0, 7, 25, 60].into_iter().enumerate() {
        let mut screen = on_a_ticket(folder.path());
        let mut tried = 0;
        for _ in 0..=round % 2 {
            screen.types("345\r");
            tried += 1;
            if tried <= round % 2 {
                next_ticket(&mut screen);
            }
        }
        pause(delay);
        screen.signal(Signal::KILL);
        screen.ends();
        let told = done_on_screen(&screen.text()).unwrap();
        let kept = settled(folder.path());
        assert!(
            kept >= told && kept <= before + tried,
            "round {round}: the screen said {told}, {kept} are kept, {tried} were tried on {before}"
        );
        assert!(
            kept >= before + tried - 1,
            "round {round}: an earlier one is gone"
        );
        let said = done(folder.path(), "doctor").out;
        assert!(said.contains("equals a rebuild"), "{said}");
        before = kept;
    }
}

#[test]
fn a_paste_is_text_in_the_editor_and_none_of_its_keys_is_obeyed() {
    let folder = sample();
    let before = settled(folder.path());
    let mut screen = on_a_ticket(folder.path());
    // Into the form: there is no text to put it in, and its digits are no levels.
    screen.sends(b"\x1b[200~345\rq\x1b[201~");
    pause(500);
    screen.shows("0 of 3 answered");
    screen.types("e");
    screen.shows("editing");
    screen.sends(b"\x1b[200~first 345\rsecond qqq\nthird :u\r\n\x1b[201~");
    for line in ["first 345", "second qqq", "third :u"] {
        screen.shows(line);
    }
    // A terminal without bracketed paste: the same bytes as keys in one burst.
    pause(300);
    screen.sends(b"alpha 345\rbravo qqq\rcharlie :u\r");
    for line in ["alpha 345", "bravo qqq", "charlie :u"] {
        screen.shows(line);
    }
    screen.shows("editing");
    let lines: Vec<String> = screen.text().lines().map(str::to_owned).collect();
    let holds = |words: &str| lines.iter().position(|line| line.contains(words));
    assert!(holds("first 345") < holds("second qqq") && holds("second qqq") < holds("third :u"));
    assert!(holds("third :u") < holds("alpha 345") && holds("alpha 345") < holds("bravo qqq"));
    screen.types("\u{1b}");
    screen.shows("0 of 3 answered");
    assert_eq!(settled(folder.path()), before);
}

/// What a change of another process may take to be on the screen.
const NOTICE: Duration = Duration::from_secs(2);

fn noticed(screen: &Screen, text: &str) -> bool {
    let start = Instant::now();
    while start.elapsed() < NOTICE {
        if screen.text().contains(text) {
            return true;
        }
        pause(20);
    }
    screen.shows(text);
    false
}

#[test]
fn what_other_processes_change_is_on_the_list_within_two_seconds() {
    let folder = sample();
    let at = folder.path();
    let mut screen = Screen::start(at, &["--as", "ana"], LARGE);
    screen.shows("waits for you");
    screen.types("l");
    screen.shows("40 tickets");
    let mut in_time = 0;
    // A machine that is busy elsewhere may be late once, not each time.
    for n in 1..=3 {
        let row = format!("{{\"prompt\":\"new question {n}\",\"output\":\"new answer {n}\"}}\n");
        std::fs::write(at.join("more.jsonl"), row).unwrap();
        done(at, "import more.jsonl --dataset support --eval support");
        in_time += u32::from(noticed(&screen, &format!("{} tickets", 40 + n)));
    }
    assert!(
        in_time >= 2,
        "only {in_time} of 3 changes came within {NOTICE:?}"
    );
    let mut other = Screen::start(at, &["--as", "ben"], LARGE);
    other.shows("waits for you");
    other.types("l");
    other.shows("43 tickets");
    let before = screen.text();
    other.types("jx");
    let start = Instant::now();
    while screen.text() == before {
        assert!(start.elapsed() < NOTICE * 5, "a flag never came:\n{before}");
        pause(20);
    }
}
