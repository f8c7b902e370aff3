//! Tests of the editor.

use proptest::prelude::*;

use super::*;

fn press(editor: &mut EditorState, keys: &str) {
    for key in keys.split(' ') {
        editor.key(key.parse().unwrap());
    }
}

#[test]
fn the_cursor_never_stands_inside_a_cluster() {
    let mut editor = EditorState::new("e\u{301}👨‍👩‍👧x");
    press(&mut editor, "right");
    assert_eq!(editor.area().cursor(), Position::new(0, 3));
    press(&mut editor, "right delete");
    assert_eq!(editor.text(), "e\u{301}👨‍👩‍👧");
    press(&mut editor, "backspace backspace");
    assert_eq!(editor.text(), "");
}

#[test]
fn a_typed_word_is_one_step_of_undo_and_a_paste_another() {
    let mut editor = EditorState::new("");
    press(&mut editor, "a b c space d");
    editor.insert("two\r\nlines");
    assert_eq!(editor.text(), "abc dtwo\nlines");
    assert!(editor.undo());
    assert_eq!(editor.text(), "abc d");
    editor.undo();
    editor.undo();
    assert_eq!(editor.text(), "abc");
    editor.redo();
    assert_eq!(editor.text(), "abc ");
}

#[test]
fn up_and_down_follow_screen_rows_and_keep_their_column() {
    let mut editor = EditorState::new("one two three four\nx\nfive six seven");
    editor.resize(10, 5);
    press(&mut editor, "end");
    let rows = editor.view().rows;
    assert!(rows.len() >= 4, "{rows:?}");
    press(&mut editor, "home down");
    assert_eq!(editor.area().cursor(), Position::new(0, 8));
}

#[test]
fn typing_replaces_the_selection_and_undo_brings_it_back() {
    let mut editor = EditorState::new("one\ntwo");
    editor.select_all();
    press(&mut editor, "x");
    assert_eq!(editor.text(), "x");
    editor.undo();
    assert_eq!(editor.text(), "one\ntwo");
}

#[test]
fn a_text_that_outgrows_the_small_area_goes_on_in_the_large_one() {
    let mut editor = EditorState::new("start");
    editor.insert(&"line\n".repeat(SMALL / 4));
    press(&mut editor, "x");
    assert!(editor.text().starts_with("line\n"));
    assert!(editor.text().ends_with("xstart"));
    assert_eq!(editor.view().lines, SMALL / 4 + 1);
}

#[test]
fn control_characters_are_shown_and_kept() {
    let mut editor = EditorState::new("a\u{1b}[31mb\u{202e}");
    editor.resize(40, 3);
    let shown = &editor.view().rows[0].text;
    assert!(
        !shown.contains('\u{1b}') && !shown.contains('\u{202e}'),
        "{shown:?}"
    );
    press(&mut editor, "end x");
    assert_eq!(editor.text(), "a\u{1b}[31mb\u{202e}x");
}

fn keys() -> impl Strategy<Value = Vec<&'static str>> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "漢",
            "enter",
            "tab",
            "backspace",
            "delete",
            "left",
            "right",
            "up",
            "down",
            "home",
            "end",
            "ctrl-left",
            "ctrl-right",
            "ctrl-w",
            "shift-right",
            "shift-down",
            "pgdn",
            "pgup",
        ]),
        0..60,
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn both_areas_do_the_same_and_undo_leads_back(text in "[a-c \n漢é]{0,60}", keys in keys()) {
        let mut small = SmallArea::of(&text);
        let mut large = LineArea::of(&text);
        let mut editor = EditorState::new(&text);
        editor.resize(9, 4);
        for (at, key) in keys.iter().enumerate() {
            editor.key(key.parse().unwrap());
            editor.view();
            let to = Position::new(at % 3, at);
            for area in [&mut small as &mut dyn TextArea, &mut large] {
                area.go(to, false);
                if at % 3 == 0 { area.insert(key) } else { area.delete(to, Position::new(at % 4, at / 2)) }
            }
            prop_assert_eq!(small.text(), large.text());
            prop_assert_eq!(small.cursor(), large.cursor());
        }
        while small.undo() {}
        while large.undo() {}
        prop_assert_eq!(small.text(), text.clone());
        prop_assert_eq!(large.text(), text.clone());
        while editor.undo() {}
        prop_assert_eq!(editor.text(), text);
    }
}
