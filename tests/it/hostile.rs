//! Text that wants to be obeyed: planted in every field a log has, looked for in the bytes that reach a terminal.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::cli_reports::{done, run};
use super::pty::Screen;
use super::support::docket;

/// A question to the terminal, its clipboard, its title, a C1 sequence, bidirectional and invisible characters,
/// controls, a string sequence and a reset.
const PLANT: &str = "A\u{1b}[6nB\u{1b}]52;c;aGFja2Vk\u{7}C\u{1b}]0;owned\u{1b}\\D\u{9b}5nE\u{202e}F\u{2066}G\u{200b}H\u{7f}I\0J\u{85}K\u{feff}L\u{200e}M\u{1b}PqN\u{1b}cO\u{8}P";

/// What an argument and a paste can carry of it.
const TYPED: &str = "A\u{1b}[6nB\u{1b}]52;c;aGFja2Vk\u{7}C\u{9b}5nE\u{202e}F\u{200b}G";

/// Three tickets and one with tool calls, every field hostile.
fn workspace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let tagged = |word: &str, n: u32| format!("{word}{n} {PLANT}");
    let row = |n: u32| {
        let score = |kind, value, author, reason| {
            serde_json::json!({"name": "send", "value": value, "kind": kind,
                "author": tagged(author, n), "reason": tagged(reason, n)})
        };
        let mut scores = vec![
            score("judge", 1, "judge", "why"),
            score("human", 1, "person", "said"),
        ];
        scores.truncate(n as usize % 3);
        serde_json::json!({
            "id": tagged("id", n),
            "prompt": tagged("ask", n),
            "output": format!("say{n} {PLANT}\n\n# head {PLANT}\n- {PLANT}\n\n```\n{PLANT}\n```\n[link {PLANT}](http://{PLANT})\n"),
            "model": tagged("model", n), "feature": tagged("feature", n), "tags": [tagged("tag", n)],
            "reference": tagged("reference", n), "scores": scores,
        })
    };
    let logs: Vec<String> = (0..3).map(|n| row(n).to_string()).collect();
    std::fs::write(at.join("logs.jsonl"), logs.join("\n")).unwrap();
    let call = serde_json::json!({"messages": [
        {"role": "system", "content": PLANT}, {"role": "user", "content": tagged("tool", 1)},
        {"role": "assistant", "content": PLANT, "tool_calls": [{"id": PLANT, "type": "function",
            "function": {"name": PLANT, "arguments": serde_json::json!({PLANT: PLANT}).to_string()}}]},
    ]});
    std::fs::write(at.join("calls.jsonl"), call.to_string()).unwrap();
    done(at, "import logs.jsonl --dataset evil --eval evil");
    done(at, "import calls.jsonl --dataset calls --eval calls");
    // Every ticket shows its judge, whatever the share that is audited blind would be.
    done(at, "eval set evil --audit 0");
    let set = docket(at)
        .args(["eval", "set", "evil", "--purpose", TYPED])
        .args(["--instructions", TYPED])
        .status();
    assert!(set.unwrap().success());
    folder
}

/// Characters a terminal obeys or hides, but for line ends.
fn is_strange(c: char) -> bool {
    matches!(c, '\0'..='\u{9}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Whether a stream for a terminal goes on with a sequence of docket's own: how many bytes it has.
fn own_sequence(rest: &str) -> Option<usize> {
    // Colours, places, clearing and modes; what docket asks the terminal about itself.
    if let Some(parameters) = rest.strip_prefix("\u{1b}[") {
        let end =
            parameters.find(|c: char| !matches!(c, '0'..='9' | ';' | ':' | '?' | '>' | '<'))?;
        let last = parameters[end..].chars().next()?;
        return "mHJKhlcu".contains(last).then_some(end + 3);
    }
    ["\u{1b}]10;?", "\u{1b}]11;?"]
        .into_iter()
        .find_map(|query| {
            let end = rest.strip_prefix(query)?;
            let close = ["\u{7}", "\u{1b}\\"]
                .into_iter()
                .find(|close| end.starts_with(close))?;
            Some(query.len() + close.len())
        })
}

/// The first place at which a stream for a terminal holds anything but text and docket's own sequences.
fn obeyed(stream: &[u8]) -> Option<String> {
    let text = String::from_utf8(stream.to_vec()).expect("docket writes UTF-8");
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        if c == '\u{1b}'
            && let Some(length) = own_sequence(&text[at..])
        {
            at += length;
        } else if is_strange(c) {
            return Some(
                text[at..]
                    .chars()
                    .take(24)
                    .collect::<String>()
                    .escape_debug()
                    .to_string(),
            );
        } else {
            at += c.len_utf8();
        }
    }
    None
}

#[test]
fn the_search_for_planted_sequences_finds_them() {
    assert_eq!(
        obeyed(b"\x1b[1;31mred\x1b[0m\x1b[2;4Hplace\x1b[?1049h\r\n"),
        None
    );
    assert_eq!(obeyed(b"\x1b]11;?\x07\x1b[c"), None);
    for planted in [
        "\u{1b}[6n",
        "\u{1b}]52;c;x\u{7}",
        "\u{1b}]0;t",
        "\u{9b}5n",
        "\u{202e}",
        "\u{1b}c",
        "\u{1b}\u{1b}[1m",
        "\0",
    ] {
        assert!(
            obeyed(format!("text {planted}").as_bytes()).is_some(),
            "{planted:?}"
        );
    }
}

#[test]
fn no_command_writes_what_a_log_wants_a_terminal_to_obey() {
    let folder = workspace();
    let at = folder.path();
    for line in [
        "items",
        "items --json",
        "tickets evil",
        "tickets evil --json",
        "tickets calls",
        "tickets calls --json",
        "history",
        "history --json",
        "dataset",
        "dataset --json",
        "eval",
        "eval --json",
        "eval show evil",
        "rubric list",
        "doctor",
        "export evil --format trl-sft --rows all --dry-run",
        "export evil --format trl-sft --rows all --dry-run --json",
        "tickets evil --filter say1",
    ] {
        let output = docket(at).args(line.split(' ')).output().unwrap();
        for stream in [&output.stdout, &output.stderr] {
            assert_eq!(obeyed(stream), None, "`{line}`");
        }
        assert!(output.stdout.len() > 10, "`{line}` says nothing");
    }
    // What JSON says is what the log said.
    let listed = done(at, "items --json").out;
    assert!(listed.lines().any(|line| {
        let item: serde_json::Value = serde_json::from_str(line).unwrap();
        item["external_id"] == format!("id1 {PLANT}")
    }));
}

#[test]
fn errors_and_talk_about_hostile_files_and_arguments_are_harmless() {
    let folder = workspace();
    let at = folder.path();
    let name = format!("bad{TYPED}.jsonl").replace('/', "");
    std::fs::write(at.join(&name), format!("{{\"{PLANT}\n[\"{PLANT}\"]\n")).unwrap();
    for args in [
        &["import", &name][..],
        &["import", TYPED],
        &["import", &name, "--eval", TYPED],
        &["import", "logs.jsonl", "--where", TYPED],
        &["import", "logs.jsonl", "--profile", TYPED],
        &["eval", "show", TYPED],
        &["tickets", "evil", "--filter", TYPED],
        &["tickets", TYPED],
        &["history", "--ticket", TYPED],
        &["dataset", "role", TYPED, "review"],
        &["dataset", "move", TYPED, "x"],
        &["rubric", "show", TYPED],
        &["rubric", "check", &name],
        &["export", TYPED, "--format", "trl-sft", "--dry-run"],
        &["-w", TYPED, "eval"],
        &[TYPED],
        &["--as", TYPED, "eval"],
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_docket"))
            .args(args)
            .current_dir(at)
            .env("HOME", at)
            .output()
            .unwrap();
        for stream in [&output.stdout, &output.stderr] {
            assert_eq!(obeyed(stream), None, "{args:?}");
        }
    }
    assert_eq!(run(at, "doctor").code, 0);
}

/// Goes on by keys until a text is shown, and looks at every byte written so far.
fn step(screen: &mut Screen, keys: &str, shows: &str) {
    screen.types(keys);
    std::thread::sleep(Duration::from_millis(100));
    screen.shows(shows);
    assert_eq!(
        obeyed(&screen.written()),
        None,
        "after {keys:?}:\n{}",
        screen.text()
    );
}

fn open(folder: &Path, size: (u16, u16)) -> Screen {
    let mut screen = Screen::start(folder, &["--as", "ana"], size);
    screen.shows("evil");
    step(&mut screen, "", "A␛[6nB");
    screen
}

#[test]
fn no_screen_writes_what_a_log_wants_a_terminal_to_obey() {
    let folder = workspace();
    let mut screen = open(folder.path(), (48, 160));
    let walk = [
        ("l", "why here"),
        ("\\", "words, status"),
        ("say1", "say1"),
        ("\r", "say1   order: plan"),
        ("\r", "Esc close"),
        ("\u{1b}", "practice"),
        ("\u{1b}", "JUDGE  judge1"),
        ("o", "\"ask1"),
        ("o", "user"),
        ("r", "REFERENCE"),
        ("r", "REQUEST"),
        ("i", "Esc close"),
        ("\u{1b}", "REQUEST"),
        ("/", "Esc close"),
        ("PASTE", "␛]52;c;"),
        ("\r", "not found in this text"),
        ("m", "REQUEST"),
        ("PASTE", "␛]52;c;"),
        ("\r", "e edit"),
        ("e", "editing"),
        ("PASTE", "␛]52;c;"),
        ("x", "editing"),
        ("\u{1b}", "REQUEST"),
        ("d", "WHAT CHANGED"),
        ("\u{1b}", "REQUEST"),
        ("1", "[1"),
        ("\r", "undo"),
        ("?", "Esc close"),
        ("\u{1b}", "e edit"),
        (":", "Esc close"),
        ("export", "Export training data"),
        ("\r", "training data"),
        ("jjjj", "training data"),
    ];
    for (keys, shows) in walk {
        if keys == "PASTE" {
            screen.sends(format!("\u{1b}[200~{TYPED}\u{1b}[201~").as_bytes());
            step(&mut screen, "", shows);
        } else {
            step(&mut screen, keys, shows);
        }
    }
}

#[test]
fn tool_calls_and_standing_instructions_on_a_small_screen_are_harmless_too() {
    let folder = workspace();
    let mut screen = Screen::start(folder.path(), &["review", "calls", "--as", "ana"], (24, 80));
    let walk = [
        ("", "practice"),
        ("\u{1b}", "calls"),
        ("o", "u001b"),
        ("o", "calls"),
        ("\t", "0/1"),
        ("F", "0/1"),
        ("\t", "0/1"),
        ("F", "0/1"),
    ];
    for (keys, shows) in walk {
        step(&mut screen, keys, shows);
    }
}
