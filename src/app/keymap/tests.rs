//! Tests of the keymap.

use std::collections::BTreeMap;

use super::*;

#[test]
fn no_key_means_two_things_in_any_preset() {
    for preset in Preset::ALL {
        assert_eq!(
            KeyMap::build(preset, &BTreeMap::new()).err(),
            None,
            "{}",
            preset.name()
        );
    }
}

#[test]
fn a_conflict_is_refused_with_both_names() {
    let own = BTreeMap::from([("edit".to_owned(), vec!["s".to_owned()])]);
    let error = KeyMap::build(Preset::Vim, &own).unwrap_err().to_string();
    assert!(
        error.contains("`edit`") && error.contains("`skip`"),
        "{error}"
    );
}

#[test]
fn own_keys_replace_the_presets() {
    let own = BTreeMap::from([("edit".to_owned(), vec!["ctrl-e".to_owned()])]);
    let map = KeyMap::build(Preset::Vim, &own).unwrap();
    let edit = |key: &str| map.action(Layer::Ticket, key.parse().unwrap());
    assert_eq!(edit("ctrl-e"), Some(Action::Edit));
    assert_eq!(edit("e"), None);
}

#[test]
fn unknown_actions_and_keys_are_named() {
    for (action, key, said) in [("fly", "x", "`fly`"), ("edit", "hyper-x", "`hyper-x`")] {
        let own = BTreeMap::from([(action.to_owned(), vec![key.to_owned()])]);
        let error = KeyMap::build(Preset::Vim, &own).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}

#[test]
fn every_bound_action_has_a_key_without_altgr() {
    for info in TABLE.iter().filter(|info| !info.keys.is_empty()) {
        let easy = info.keys.iter().any(|key| {
            let chord: Chord = key.parse().unwrap();
            match chord.key {
                Key::Char(c) => c.is_ascii_alphanumeric() || c == ' ',
                _ => true,
            }
        });
        assert!(easy, "{}", info.id);
    }
}

#[test]
fn the_french_digit_row_sets_levels() {
    let map = KeyMap::build(Preset::Azerty, &BTreeMap::new()).unwrap();
    for (key, action) in [
        ("&", Action::Level1),
        ("-", Action::Level6),
        ("à", Action::Level0),
    ] {
        assert_eq!(
            map.action(Layer::Ticket, key.parse().unwrap()),
            Some(action)
        );
    }
    let defer = map.action(Layer::Ticket, "D".parse().unwrap());
    assert_eq!(defer, Some(Action::Defer));
}

#[test]
fn digits_mean_levels_or_nothing() {
    let map = KeyMap::default();
    for layer in Layer::ALL {
        for digit in '0'..='9' {
            let action = map.action(layer, Chord::plain(Key::Char(digit)));
            assert!(
                action.is_none_or(|a| a.digit().is_some()),
                "{layer:?} {digit}"
            );
        }
    }
}

#[test]
fn a_chord_reads_back_as_it_is_shown() {
    for info in TABLE {
        for key in info.keys {
            let chord: Chord = key.parse().unwrap();
            assert_eq!(chord.to_string().parse(), Ok(chord), "{key}");
        }
    }
}
