//! Which output of an item is best, on a real workspace.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::{ITEMS, go, order, script};
use crate::domain::eval::Mode;
use crate::domain::event::Body;
use crate::domain::preference::{Preference, PreferenceGiven, Preferred, Tally};
use crate::domain::review::Sight;
use crate::domain::view::compare::Comparison;
use crate::domain::view::{GroupPage, Prefer};
use crate::engine::compare::{CompareOptions, sheets};
use crate::engine::testing::{Bench, submission};
use crate::engine::{Engine, Result};
use crate::store::{ledger, project};

const GROUP: &str = "june";

/// A group of what was logged and two models.
fn grouped() -> Bench {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, true);
    let mut order = order(&bench, "{\"match\":\"\",\"text\":\"other\"}\n");
    let c = script(&bench, "c.jsonl", "{\"match\":\"\",\"text\":\"third\"}\n");
    order.models.push(format!("c={c}"));
    go(&bench, &order);
    bench
}

/// Says something of an item, as a screen that shows it would.
fn say(engine: &Engine, item: i64, preference: Preference) -> Result<PreferenceGiven> {
    let doc = engine.side_by_side(GROUP, item)?;
    engine.prefer(&Prefer {
        group: GROUP.into(),
        item,
        shown: doc.shown(),
        preference,
        named: false,
    })
}

/// The place at which a person sees a candidate.
fn place(engine: &Engine, item: i64, candidate: &str) -> Preference {
    let beside = engine.beside(GROUP, item).unwrap();
    let seen = engine.store().read(|db| beside.seen(db)).unwrap();
    let at = seen.iter().position(|one| one.candidate == candidate);
    Preference::Best(at.unwrap() as u8)
}

fn full(engine: &Engine) -> Comparison {
    let options = CompareOptions {
        baseline: None,
        full: true,
    };
    engine.compare(GROUP, &options).unwrap()
}

fn of_b(engine: &Engine) -> Preferred {
    full(engine).candidates[1].preferred.unwrap_or_default()
}

#[test]
fn what_was_said_blind_is_kept_as_it_was_seen_and_counted_against_the_baseline() {
    let bench = grouped();
    let b = place(&bench.ana, 1, "b");
    let given = say(&bench.ana, 1, b).unwrap();
    assert_eq!((given.sight, given.numbers_seen), (Sight::Blind, false));
    assert_eq!(given.best().unwrap().candidate, "b");
    let names: BTreeSet<&str> = given
        .seen
        .iter()
        .map(|one| one.candidate.as_str())
        .collect();
    assert_eq!(names, BTreeSet::from(["b", "c", "logged"]));
    assert!(given.seen.iter().all(|one| one.output.is_some()));
    say(&bench.ana, 2, place(&bench.ana, 2, "logged")).unwrap();
    say(&bench.ana, 3, place(&bench.ana, 3, "c")).unwrap();
    let ben = bench.by("ben");
    say(&ben, 1, Preference::Tie).unwrap();
    say(&ben, 2, Preference::CannotTell).unwrap();
    let expected = Tally {
        win: 1,
        tie: 1,
        loss: 1,
        n: 3,
        other_best: 1,
        cannot_tell: 1,
    };
    assert_eq!(of_b(&bench.ana).blind, expected);
    let basis = full(&bench.ana).preferences.unwrap();
    assert_eq!((basis.people, basis.items, basis.blind), (2, 3, 5));
    let table = sheets::full(&full(&bench.ana)).pop().unwrap();
    assert!(
        table
            .title
            .contains("no score, no judge, no part of a gate")
    );
    assert_eq!(table.rows[0][..6], ["b", "blind", "1", "1", "1", "3"]);
    assert!(table.notes[0].contains("5 preferences by 2 people on 3 items, 5 of them blind"));
    let told = bench.ana.history(1).unwrap();
    assert!(told[0].what.contains("said which output"), "{told:?}");
    let told = ben.history(1).unwrap();
    assert!(
        told[0].what.contains("cannot tell 3 outputs apart"),
        "{told:?}"
    );
}

#[test]
fn names_and_scores_are_not_in_what_a_person_is_shown_until_they_ask() {
    let bench = grouped();
    let doc = bench.ana.side_by_side(GROUP, 1).unwrap();
    assert_eq!((doc.sides.len(), doc.compared), (3, 3));
    assert!(doc.sides.iter().all(|side| side.known.is_none()));
    assert_eq!(doc.sight, Sight::Blind);
    let named = bench.ana.reveal_sides(GROUP, 1).unwrap();
    assert!(named.sides.iter().all(|side| side.known.is_some()));
    assert_eq!(doc.shown(), named.shown(), "the order stays");
    // Asked once, it is known from then on; of this item, to this person.
    assert!(bench.ana.side_by_side(GROUP, 1).unwrap().is_known());
    assert!(!bench.ana.side_by_side(GROUP, 2).unwrap().is_known());
    assert!(!bench.by("ben").side_by_side(GROUP, 1).unwrap().is_known());
}

#[test]
fn what_is_said_after_the_names_is_counted_apart_and_undo_leaves_the_blind_word() {
    let bench = grouped();
    say(&bench.ana, 1, place(&bench.ana, 1, "logged")).unwrap();
    bench.ana.reveal_sides(GROUP, 1).unwrap();
    let undone = bench.ana.undo().unwrap().unwrap();
    assert!(undone.second_after.is_some() && undone.what.contains("blind word stays"));
    assert_eq!(of_b(&bench.ana).blind.loss, 1);
    let again = say(&bench.ana, 1, place(&bench.ana, 1, "b")).unwrap();
    assert_eq!(again.sight, Sight::Assisted);
    let told = of_b(&bench.ana);
    assert_eq!((told.blind.loss, told.blind.win), (1, 0));
    assert_eq!((told.named.win, told.named.n), (1, 1));
    let table = sheets::full(&full(&bench.ana)).pop().unwrap();
    assert_eq!(table.rows[1][..3], ["b", "names shown", "1"]);
    // The later word is an action like any other.
    bench.ana.undo().unwrap().unwrap();
    assert_eq!(of_b(&bench.ana).named, Tally::default());
    bench.ana.redo().unwrap().unwrap();
    assert_eq!(of_b(&bench.ana).named.win, 1);
}

#[test]
fn a_screen_cannot_call_a_word_blind_when_names_were_seen_elsewhere() {
    let bench = grouped();
    let doc = bench.ana.side_by_side(GROUP, 1).unwrap();
    let ticket = doc.sides[0].ticket.unwrap();
    // After the own commit a ticket shows its model's name.
    let lease = bench.ana.claim(ticket).unwrap().unwrap();
    bench.ana.submit(&submission(ticket, lease, 3)).unwrap();
    let given = say(&bench.ana, 1, Preference::Best(0)).unwrap();
    assert_eq!(given.sight, Sight::Assisted);
    bench.ana.open_group(GROUP).unwrap();
    let given = say(&bench.ana, 2, Preference::Best(0)).unwrap();
    assert_eq!((given.sight, given.numbers_seen), (Sight::Blind, true));
    assert_eq!(full(&bench.ana).preferences.unwrap().numbers_seen, 1);
}

#[test]
fn what_is_not_there_cannot_be_preferred_and_nothing_is_written() {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, false);
    let lines =
        "{\"match\":\"question 2\",\"error\":\"refusal\"}\n{\"match\":\"\",\"text\":\"other\"}\n";
    go(&bench, &order(&bench, lines));
    let events = |bench: &Bench| {
        let count = "SELECT count(*) FROM event WHERE kind = 'preference_given'";
        bench.ana.store().read(|db| db.number(count, &[])).unwrap()
    };
    // Item 3 asks question 2, which one of the two refused.
    let error = say(&bench.ana, 3, Preference::Tie).unwrap_err().to_string();
    assert!(error.contains("no two outputs"), "{error}");
    let error = say(&bench.ana, 1, Preference::Best(2)).unwrap_err();
    assert!(error.to_string().contains("no output 3"), "{error}");
    let mut other = bench.ana.side_by_side(GROUP, 1).unwrap().shown();
    other.reverse();
    let stale = Prefer {
        group: GROUP.into(),
        item: 1,
        shown: other,
        preference: Preference::Tie,
        named: false,
    };
    let error = bench.ana.prefer(&stale).unwrap_err().to_string();
    assert!(error.contains("changed since"), "{error}");
    assert!(bench.ana.side_by_side(GROUP, 99).is_err());
    assert_eq!(events(&bench), 0);
}

#[test]
fn a_candidate_that_was_run_again_has_one_output_beside_the_others() {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, false);
    let mut order = order(&bench, "{\"match\":\"\",\"text\":\"other\"}\n");
    order.repeat = Some(3);
    go(&bench, &order);
    let doc = bench.ana.side_by_side(GROUP, 1).unwrap();
    assert_eq!((doc.sides.len(), doc.compared), (2, 2));
    let named = bench.ana.reveal_sides(GROUP, 1).unwrap();
    assert_eq!((named.sides.len(), named.compared), (4, 2));
    let runs: BTreeSet<u32> = named
        .sides
        .iter()
        .filter_map(|side| side.known.as_ref())
        .filter(|known| known.candidate == "b")
        .map(|known| known.run)
        .collect();
    assert_eq!(runs, BTreeSet::from([1, 2, 3]));
}

#[test]
fn a_closed_group_lists_its_items_in_an_order_of_each_persons_own() {
    let bench = grouped();
    let items = |engine: &Engine| match engine.group_page(GROUP, false).unwrap() {
        GroupPage::Closed { items, .. } => items,
        GroupPage::Open(_) => panic!("it was not opened"),
    };
    let mine = items(&bench.ana);
    assert_eq!(mine.len(), ITEMS);
    assert!(mine.iter().all(|one| !one.said));
    say(&bench.ana, mine[0].item, Preference::Tie).unwrap();
    let again = items(&bench.ana);
    assert!(again[0].said && !again[1].said);
    assert_eq!(again[0].item, mine[0].item);
    assert!(items(&bench.by("ben")).iter().all(|one| !one.said));
}

#[derive(Debug, Clone)]
enum Act {
    Say(usize, i64, u8),
    Names(usize, i64),
    Open(usize),
    Review(usize, usize, i32),
    Undo(usize),
    Redo(usize),
}

fn act() -> impl Strategy<Value = Act> {
    let (who, item) = (0..3_usize, 1..=ITEMS as i64);
    prop_oneof![
        6 => (who.clone(), item.clone(), 0..5_u8).prop_map(|(who, item, what)| Act::Say(who, item, what)),
        2 => (who.clone(), item).prop_map(|(who, item)| Act::Names(who, item)),
        1 => who.clone().prop_map(Act::Open),
        2 => (who.clone(), 0..3 * ITEMS, 0..6_i32).prop_map(|(who, at, level)| Act::Review(who, at, level)),
        3 => who.clone().prop_map(Act::Undo),
        2 => who.prop_map(Act::Redo),
    ]
}

fn perform(bench: &Bench, people: &[Engine], tickets: &[crate::domain::ids::TicketId], step: &Act) {
    bench.clock.advance(1_000);
    match step {
        Act::Say(who, item, what) => {
            let preference = match what {
                3 => Preference::Tie,
                4 => Preference::CannotTell,
                place => Preference::Best(*place),
            };
            say(&people[*who], *item, preference).unwrap();
        }
        Act::Names(who, item) => {
            people[*who].reveal_sides(GROUP, *item).unwrap();
        }
        Act::Open(who) => people[*who].open_group(GROUP).unwrap(),
        Act::Review(who, at, level) => {
            let engine = &people[*who];
            if let Some(lease) = engine.claim(tickets[*at]).unwrap() {
                engine
                    .submit(&submission(tickets[*at], lease, *level))
                    .unwrap();
                engine.release(tickets[*at]).unwrap();
            }
        }
        Act::Undo(who) => {
            let _ = people[*who].undo();
        }
        Act::Redo(who) => {
            let _ = people[*who].redo();
        }
    }
}

/// Everything a comparison says, preferences left out.
fn judged(engine: &Engine) -> Comparison {
    let mut comparison = full(engine);
    comparison.preferences = None;
    for one in &mut comparison.candidates {
        one.preferred = None;
    }
    comparison
}

/// No preference is blind after its outputs' names were shown to the person who gave it.
fn all_blind_words_are_blind(bench: &Bench) -> bool {
    let mut events = Vec::new();
    bench
        .ana
        .store()
        .read(|db| {
            ledger::each(db, |event| {
                events.push(event);
                Ok(())
            })
        })
        .unwrap();
    let group = bench.ana.group_named(GROUP).unwrap();
    events.iter().enumerate().all(|(at, event)| {
        let Body::PreferenceGiven(given) = &event.body else {
            return true;
        };
        let tickets: Vec<_> = given
            .seen
            .iter()
            .filter_map(|one| one.output)
            .map(|output| crate::domain::plan::ticket_id(&group.tickets, &[output]))
            .collect();
        let shown = events[..at].iter().any(|earlier| {
            earlier.reviewer == event.reviewer
                && matches!(earlier.body, Body::Revealed(_))
                && earlier
                    .ticket
                    .is_some_and(|ticket| tickets.contains(&ticket))
        });
        given.sight == Sight::Assisted || !shown
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn random_histories_of_preferences_rebuild_undo_and_never_touch_another_number(
        steps in proptest::collection::vec(act(), 1..30),
    ) {
        let bench = grouped();
        let people = [bench.ana.clone(), bench.by("ben"), bench.by("eva")];
        let mut tickets = Vec::new();
        for item in 1..=ITEMS as i64 {
            let doc = bench.by("looks").side_by_side(GROUP, item).unwrap();
            tickets.extend(doc.sides.iter().filter_map(|side| side.ticket));
        }
        let group = bench.ana.group_named(GROUP).unwrap().id;
        for step in &steps {
            let before = judged(&bench.ana);
            perform(&bench, &people, &tickets, step);
            if matches!(step, Act::Say(..) | Act::Names(..)) {
                prop_assert_eq!(before, judged(&bench.ana));
            }
        }
        prop_assert!(all_blind_words_are_blind(&bench));
        let (kept, held) = (bench.dump(), bench.ana.opinions(&group).unwrap());
        bench.ana.store().write(project::rebuild).unwrap();
        prop_assert_eq!(kept, bench.dump());
        prop_assert_eq!(&held, &bench.ana.opinions(&group).unwrap());
        for engine in &people {
            if let Ok(Some(undone)) = engine.undo()
                && undone.second_after.is_none()
            {
                engine.redo().unwrap().unwrap();
            }
        }
        prop_assert_eq!(held, bench.ana.opinions(&group).unwrap());
    }
}
