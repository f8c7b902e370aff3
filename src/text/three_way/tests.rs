//! Tests of the three-way comparison.

use proptest::prelude::*;

use super::super::style::Style;
use super::*;

const ORIGINAL: &str = "Paris is in Italy, as the atlas says. Ask me anything.";

fn compared(mine: Option<&str>, suggested: Option<&str>) -> ThreeWay {
    let [mine, suggested] = [mine, suggested].map(|text| text.map(Arc::<str>::from));
    ThreeWay::new(&Arc::from(ORIGINAL), mine.as_ref(), suggested.as_ref())
}

fn all(compared: &ThreeWay, side: Side) -> String {
    compared.result(&vec![side; compared.changes().len()])
}

#[test]
fn changes_at_different_places_are_chosen_apart() {
    let mine = "Paris is in Italy, as the map says. Ask me anything.";
    let theirs = "Paris is in France, as the atlas says. Ask me anything.";
    let compared = compared(Some(mine), Some(theirs));
    let kinds: Vec<_> = compared
        .changes()
        .iter()
        .map(|one| (one.mine.is_some(), one.suggested.is_some()))
        .collect();
    assert_eq!(kinds, [(false, true), (true, false)]);
    assert_eq!(
        compared.result(&[Side::Suggested, Side::Mine]),
        "Paris is in France, as the map says. Ask me anything."
    );
}

#[test]
fn the_same_place_has_three_readings_and_the_same_words_are_one() {
    let mine = "Paris is in Spain, as the atlas says. Ask me more.";
    let theirs = "Paris is in France, as the atlas says. Ask me more.";
    let compared = compared(Some(mine), Some(theirs));
    let [country, more] = compared.changes() else {
        panic!("{compared:?}");
    };
    assert_eq!(
        country.choices(),
        [Side::Mine, Side::Suggested, Side::Original]
    );
    assert!(more.agrees());
    assert_eq!(more.choices(), [Side::Mine, Side::Original]);
    let shown = inline(&compared, &[Side::Suggested, Side::Mine]);
    assert!(
        shown
            .text
            .text()
            .contains("[-Italy-]{mine+Spain+}{✓judge+France+}"),
        "{}",
        shown.text.text()
    );
    assert!(shown.text.text().contains("{✓both+more+}"));
}

#[test]
fn where_two_edits_share_a_line_only_the_words_each_of_them_changes_are_marked() {
    let mine = "Paris is in Italy, as every old atlas says. Ask me anything.";
    let theirs = "Lyon is in France, as a map says. Ask me anything.";
    // Both change words from `the` on, so that is one change with two readings.
    let compared = compared(Some(mine), Some(theirs));
    let change = compared.changes().last().unwrap();
    assert_eq!(compared.old_of(change), "the atlas");
    assert_eq!(change.mine.as_deref(), Some("every old atlas"));
    assert_eq!(change.suggested.as_deref(), Some("a map"));
    let marked = |side: Side, style: Style| -> Vec<String> {
        let shown = inline(&compared, &[side; 3]);
        let runs = shown.text.runs().iter().filter(|(_, one)| *one == style);
        let signs = ["[-", "-]", "{✓mine+", "{✓judge+", "+}"];
        runs.map(|(range, _)| {
            let text = shown.text.text()[range.clone()].to_owned();
            signs.iter().fold(text, |text, sign| text.replace(sign, ""))
        })
        .filter(|text| !text.is_empty())
        .collect()
    };
    assert_eq!(marked(Side::Mine, Style::Inserted), ["every old"]);
    assert_eq!(marked(Side::Mine, Style::Deleted), ["the"]);
    assert_eq!(
        marked(Side::Mine, Style::Offered),
        ["Lyon", "France", "a map"]
    );
    assert_eq!(marked(Side::Suggested, Style::Offered), ["every old"]);
}

#[test]
fn nothing_that_is_suggested_stands_before_it_is_chosen() {
    let compared = compared(None, Some("Paris is in France."));
    let standing: Vec<Side> = compared.changes().iter().map(Change::standing).collect();
    assert_eq!(compared.result(&standing), ORIGINAL);
}

#[test]
fn an_edit_alone_reads_as_it_always_did() {
    let compared = compared(
        Some("Paris is in France, as the atlas says. Ask me anything."),
        None,
    );
    let shown = inline(&compared, &[Side::Mine]);
    assert!(shown.text.text().contains("in [-Italy-]{+France+}, as"));
}

proptest! {
    #[test]
    fn choosing_one_side_everywhere_gives_that_side(
        original in "[ab ,\n]{0,40}", mine in "[ab ,\n]{0,40}", theirs in "[ab ,é\n]{0,40}",
    ) {
        let [original, mine, theirs] = [original, mine, theirs].map(Arc::<str>::from);
        let compared = ThreeWay::new(&original, Some(&mine), Some(&theirs));
        prop_assert_eq!(all(&compared, Side::Original), &*original);
        prop_assert_eq!(all(&compared, Side::Mine), &*mine);
        prop_assert_eq!(all(&compared, Side::Suggested), &*theirs);
        let standing: Vec<Side> = compared.changes().iter().map(Change::standing).collect();
        prop_assert_eq!(compared.result(&standing), &*mine);
        let view = inline(&compared, &standing);
        prop_assert_eq!(view.places.len(), compared.changes().len());
    }
}

#[test]
fn hostile_words_of_a_suggestion_are_shown_and_never_obeyed() {
    let compared = compared(None, Some("Paris is in \u{1b}[31mFra\u{202e}nce\u{7}."));
    let shown = inline(&compared, &[]);
    let bad = |sign: char| (sign.is_control() && sign != '\n') || sign == '\u{202e}';
    assert!(!shown.text.text().contains(bad), "{:?}", shown.text.text());
}

#[test]
fn each_change_as_it_was_named_can_be_taken_alone() {
    let original: Arc<str> = "alpha is BAD and long. The end.".into();
    let suggested: Arc<str> = "ALPHA is FINE and very long. The end.".into();
    let edits = [
        (0..5, "ALPHA".to_owned()),
        (9..21, "FINE and very long".to_owned()),
    ];
    let together = ThreeWay::new(&original, None, Some(&suggested));
    let named = ThreeWay::of_named(&original, None, Some(&suggested), &edits);
    assert_eq!(named.changes().len(), 2);
    let take = |sides: [Side; 2]| named.result(&sides);
    assert_eq!(
        take([Side::Suggested, Side::Original]),
        "ALPHA is BAD and long. The end."
    );
    assert_eq!(
        take([Side::Original, Side::Suggested]),
        "alpha is FINE and very long. The end."
    );
    assert_eq!(take([Side::Suggested, Side::Suggested]), &*suggested);
    // Edits that do not give the text say nothing of it.
    let other = ThreeWay::of_named(&original, None, Some(&suggested), &edits[..1]);
    assert_eq!(other, together);
}
