//! A reviewer says by key which output of an item is best, and finds it counted by itself.

use serde_json::Value;

use super::cli_reports::done;
use super::flows_runs::{grouped, workbench};

/// What `compare --full --json` says of preferences: all of it, and of the candidate `b`.
fn counted(folder: &std::path::Path) -> (Value, Value) {
    let told = done(folder, "--as owner compare june --full --json --yes");
    let full: Value = serde_json::from_str(&told.out).unwrap();
    let of_b = full["candidates"][1]["preferred"].clone();
    (full["preferences"].clone(), of_b)
}

#[test]
fn a_reviewer_goes_through_a_closed_group_blind_and_takes_a_word_back() {
    let folder = tempfile::tempdir().unwrap();
    grouped(folder.path());
    let mut app = workbench(folder.path(), (160, 48));
    app.press("C").wait(800).press("enter").wait(1500);
    assert!(
        app.shows("p side by side first") && !app.shows("mean, 95 %"),
        "{}",
        app.screen()
    );
    app.press("p").wait(1500);
    assert!(
        app.shows("who wrote it is hidden") && app.shows("1-3 = best, or a tie"),
        "{}",
        app.screen()
    );
    assert!(
        !app.shows("✓") && !app.shows("script judge"),
        "{}",
        app.screen()
    );
    let first = app.state.runs.open.as_ref().unwrap().row;
    app.press("2").wait(1500);
    assert!(app.shows("output 2 is best"), "{}", app.screen());
    assert!(app.shows("undo"), "{}", app.screen());
    assert_eq!(app.state.runs.open.as_ref().unwrap().row, first + 1);
    // Taken back, and said otherwise.
    app.press("u").wait(1500);
    assert!(app.shows("preference taken back"), "{}", app.screen());
    assert_eq!(counted(folder.path()).0["blind"], 0);
    app.press("N").wait(1500).press("=").wait(1500);
    assert!(app.shows("a tie"), "{}", app.screen());
    app.press("x").wait(1500);
    assert!(app.shows("cannot tell"), "{}", app.screen());
    app.press("7").wait(300);
    assert!(
        app.shows("there is no output 7 to choose"),
        "{}",
        app.screen()
    );
    app.press("esc").wait(1500);
    assert!(
        app.shows("You have said of 2 items which output is best"),
        "{}",
        app.screen()
    );
    let (all, b) = counted(folder.path());
    assert_eq!((&all["blind"], &all["named"]), (&2.into(), &0.into()));
    assert_eq!(all["numbers_seen"], 0);
    assert_eq!(
        (
            &b["blind"]["tie"],
            &b["blind"]["cannot_tell"],
            &b["blind"]["n"]
        ),
        (&1.into(), &1.into(), &1.into())
    );
    // The comparison was never opened: what ana says of tickets is still blind.
    let waits = done(folder.path(), "--as ana history --limit 0");
    let opened = |line: &&str| line.contains("  ana  ") && line.contains("opened the page");
    assert_eq!(waits.out.lines().find(opened), None, "{}", waits.out);
    assert!(waits.out.contains("a tie of 3 outputs"), "{}", waits.out);
}

#[test]
fn after_the_names_a_preference_is_counted_apart_and_the_comparison_shows_both() {
    let folder = tempfile::tempdir().unwrap();
    grouped(folder.path());
    let mut app = workbench(folder.path(), (160, 48));
    app.press("C").wait(800).press("enter").wait(1500);
    app.press("enter").wait(2500).press("enter").wait(300);
    app.press("enter").wait(1500);
    app.press("1").wait(1500);
    assert!(app.shows("output 1 is best"), "{}", app.screen());
    // Back to the item: one's own word is there; with the names those of everybody.
    app.press("N").wait(1500);
    assert!(app.shows("✓ your choice"), "{}", app.screen());
    app.press("b").wait(1500);
    assert!(
        app.shows("is not blind") && app.shows("best for 1 of 1"),
        "{}",
        app.screen()
    );
    app.press("2").wait(1500);
    assert!(app.shows("not blind: counted apart"), "{}", app.screen());
    app.press("N").wait(1500);
    assert!(
        app.shows("you have seen who wrote these") && app.shows("output 2 is best, not blind"),
        "{}",
        app.screen()
    );
    app.press("esc").wait(2500).press("esc").wait(300);
    let (all, _) = counted(folder.path());
    assert_eq!(
        (&all["blind"], &all["named"], &all["numbers_seen"]),
        (&1.into(), &1.into(), &1.into())
    );
    let told = done(folder.path(), "--as owner compare june --full --yes").out;
    for words in [
        "people's preferences, side by side: no score, no judge, no part of a gate",
        "2 preferences by 1 person on 1 item, 1 of them blind",
        "names shown",
        "which are no sample",
    ] {
        assert!(told.contains(words), "`{words}`:\n{told}");
    }
    let brief = done(folder.path(), "--as owner compare june --yes").out;
    assert!(!brief.contains("preferences"), "{brief}");
    let mut app = workbench(folder.path(), (160, 60));
    app.press("C").wait(800).press("enter").wait(2500);
    app.press("f")
        .wait(2500)
        .press("G")
        .wait(300)
        .press("pgup")
        .wait(300);
    assert!(app.shows("people's preferences"), "{}", app.screen());
    assert!(!app.screen().contains('\u{1b}') && !app.screen().contains('\u{202e}'));
    done(folder.path(), "doctor --rebuild");
    assert_eq!(counted(folder.path()).0, all);
}

#[test]
fn nobody_having_said_anything_is_said() {
    let folder = tempfile::tempdir().unwrap();
    grouped(folder.path());
    let told = done(folder.path(), "compare june --full --yes").out;
    assert!(
        told.contains("people's preferences: n/a, nobody has said which output"),
        "{told}"
    );
}
