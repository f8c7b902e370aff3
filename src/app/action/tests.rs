//! Tests of the table.

use std::collections::BTreeSet;

use super::super::keymap::KeyMap;
use super::*;

#[test]
fn every_action_has_its_own_name_and_stands_where_its_number_says() {
    let names: BTreeSet<&str> = TABLE.iter().map(|info| info.id).collect();
    assert_eq!(names.len(), TABLE.len());
    for info in TABLE {
        assert_eq!(info.action.info().id, info.id);
        assert_eq!(Action::named(info.id), Some(info.action));
        for key in info.keys {
            assert!(key.parse::<super::super::keymap::Chord>().is_ok(), "{key}");
        }
    }
}

#[test]
fn words_a_reviewer_sees_are_the_reviewers_words() {
    for info in TABLE
        .iter()
        .filter(|info| info.audience == Audience::Reviewer)
    {
        let words = format!("{} {}", info.title, info.short).to_lowercase();
        for jargon in [
            "criterion",
            "criteria",
            "verdict",
            "lease",
            "claim",
            "ledger",
            "projection",
        ] {
            let said = words
                .split(|c: char| !c.is_alphanumeric())
                .any(|word| word == jargon);
            assert!(!said, "{}: {jargon}", info.id);
        }
    }
}

#[test]
fn the_key_table_lists_levels_in_one_row() {
    let table = key_table(&KeyMap::default());
    assert!(table.contains("| `0`-`9` | Set the level, or choose |"));
    assert!(table.contains("### Ticket"));
    assert!(!table.contains("Set level 4"));
}
