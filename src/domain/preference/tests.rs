use proptest::prelude::*;

use super::*;
use crate::domain::event::{Empty, SCHEMA};
use crate::domain::ids::{ActionId, EventId, Hlc};

const GROUP: GroupId = GroupId([7; 16]);

fn seen(names: &[&str]) -> Vec<SeenOutput> {
    let one = |(at, name): (usize, &&str)| SeenOutput {
        candidate: (*name).to_owned(),
        run: 1,
        output: Some(OutputId([at as u8 + 1; 16])),
    };
    names.iter().enumerate().map(one).collect()
}

fn given(item: u8, names: &[&str], preference: Preference, sight: Sight) -> PreferenceGiven {
    PreferenceGiven {
        group: GROUP,
        item: ItemId([item; 16]),
        seed: 3,
        seen: seen(names),
        preference,
        sight,
        numbers_seen: false,
    }
}

fn event(at: u8, who: &str, body: Body, undoes: Option<u8>) -> Event {
    Event {
        id: EventId([at; 16]),
        hlc: Hlc(i64::from(at)),
        reviewer: who.into(),
        schema: SCHEMA,
        ticket: None,
        action: ActionId([at; 16]),
        undoes: undoes.map(|at| ActionId([at; 16])),
        body,
    }
}

fn said(at: u8, who: &str, given: PreferenceGiven) -> Event {
    event(at, who, Body::PreferenceGiven(Box::new(given)), None)
}

#[test]
fn the_best_one_wins_against_the_baseline_and_says_nothing_between_the_others() {
    let names = ["logged", "b", "c"];
    let say = |item, preference| given(item, &names, preference, Sight::Blind);
    let events = [
        said(1, "ana", say(1, Preference::Best(1))),
        said(2, "ana", say(2, Preference::Best(0))),
        said(3, "ana", say(3, Preference::Best(2))),
        said(4, "ana", say(4, Preference::Tie)),
        said(5, "ana", say(5, Preference::CannotTell)),
    ];
    let held = opinions(&events, &GROUP);
    let b = preferred(&held, "b", "logged");
    let expected = Tally {
        win: 1,
        tie: 1,
        loss: 1,
        n: 3,
        other_best: 1,
        cannot_tell: 1,
    };
    assert_eq!((b.blind, b.named), (expected, Tally::default()));
    assert_eq!(
        preferred(&held, "d", "logged"),
        Preferred::default(),
        "it stood beside nothing"
    );
    assert_eq!(
        opinions(&events, &GroupId([8; 16])),
        [],
        "another group's are another group's"
    );
}

#[test]
fn an_item_on_which_a_candidate_gave_no_output_counts_for_nobody() {
    let mut one = given(1, &["logged", "b"], Preference::Best(0), Sight::Blind);
    one.seen[1].output = None;
    let held = opinions(&[said(1, "ana", one)], &GROUP);
    assert_eq!(preferred(&held, "b", "logged").blind.n, 0);
}

#[test]
fn what_is_said_after_the_names_were_shown_is_counted_apart_and_replaces_nothing() {
    let names = ["logged", "b"];
    let events = [
        said(
            1,
            "ana",
            given(1, &names, Preference::Best(0), Sight::Blind),
        ),
        said(
            2,
            "ana",
            given(1, &names, Preference::Best(1), Sight::Assisted),
        ),
    ];
    let held = opinions(&events, &GROUP);
    let b = preferred(&held, "b", "logged");
    assert_eq!((b.blind.win, b.blind.loss, b.blind.n), (0, 1, 1));
    assert_eq!((b.named.win, b.named.loss, b.named.n), (1, 0, 1));
    let rests = basis(&held);
    assert_eq!(
        (rests.people, rests.items, rests.blind, rests.named),
        (1, 1, 1, 1)
    );
}

#[test]
fn a_change_of_mind_replaces_and_undo_brings_the_earlier_one_back() {
    let names = ["logged", "b"];
    let one = |preference| given(1, &names, preference, Sight::Blind);
    let mut events = vec![
        said(1, "ana", one(Preference::Best(0))),
        said(2, "ana", one(Preference::Tie)),
    ];
    assert_eq!(
        preferred(&opinions(&events, &GROUP), "b", "logged")
            .blind
            .tie,
        1
    );
    events.push(event(3, "ana", Body::Undone(Empty {}), Some(2)));
    let back = preferred(&opinions(&events, &GROUP), "b", "logged").blind;
    assert_eq!((back.tie, back.loss, back.n), (0, 1, 1));
}

#[test]
fn the_order_is_one_persons_on_one_item_and_does_not_follow_the_candidates() {
    let names = ["a", "b", "c", "d"];
    let order = |who: &str, item: u8| {
        let seed = order_seed(11, &GROUP, &ItemId([item; 16]), who);
        let mut places: Vec<usize> = (0..names.len()).collect();
        places.sort_by_key(|at| place_of(seed, names[*at]));
        places
    };
    assert_eq!(order("ana", 1), order("ana", 1));
    // Every candidate stands at every place about as often: over 240 items 60 times, within six standard deviations.
    let mut at = [[0_u32; 4]; 4];
    for item in 0..240 {
        for (place, candidate) in order("ana", item).into_iter().enumerate() {
            at[candidate][place] += 1;
        }
    }
    assert!(at.iter().flatten().all(|n| (20..100).contains(n)), "{at:?}");
    let differ = (0..100).filter(|item| order("ana", *item) != order("ben", *item));
    assert!(differ.count() > 80);
}

#[test]
fn a_candidate_that_was_run_more_often_does_not_stand_first_more_often() {
    let mut first = 0;
    for item in 0..200_u8 {
        let seed = order_seed(5, &GROUP, &ItemId([item; 16]), "ana");
        first += u32::from(place_of(seed, "often") < place_of(seed, "once"));
        let drawn = (1..=8).min_by_key(|run| draw_of(seed, "often", *run));
        assert!(drawn.is_some());
    }
    assert!((60..140).contains(&first), "{first}");
}

proptest! {
    /// Undo and redo of preferences, in any order of arrival: what counts is decided by the events' own time.
    #[test]
    fn opinions_do_not_depend_on_the_order_of_arrival(
        steps in proptest::collection::vec((0..3_u8, 0..3_u8, 0..5_u8, any::<bool>()), 1..20), turn in any::<u64>(),
    ) {
        let names = ["logged", "b", "c"];
        let people = ["ana", "ben", "eva"];
        let mut events = Vec::new();
        for (at, (who, item, what, blind)) in steps.iter().enumerate() {
            let at = at as u8 + 1;
            let preference = match what {
                3 => Preference::Tie,
                4 => Preference::CannotTell,
                place => Preference::Best(*place),
            };
            let sight = if *blind { Sight::Blind } else { Sight::Assisted };
            let who = people[usize::from(*who)];
            events.push(said(2 * at, who, given(*item, &names, preference, sight)));
            if at.is_multiple_of(3) {
                events.push(event(2 * at + 1, who, Body::Undone(Empty {}), Some(2 * at)));
            }
        }
        let held = opinions(&events, &GROUP);
        let mut turned = events.clone();
        turned.sort_by_key(|event| {
            Identity::of("turn").number(turn as i64).part(&event.id.0).finish()
        });
        prop_assert_eq!(&held, &opinions(&turned, &GROUP));
        let rests = basis(&held);
        prop_assert_eq!(rests.blind + rests.named, held.len() as u64);
        // Each blind opinion is in exactly one column of each candidate.
        for candidate in ["b", "c"] {
            let tally = preferred(&held, candidate, "logged").blind;
            prop_assert_eq!(tally.n + tally.other_best + tally.cannot_tell, rests.blind);
        }
    }
}

#[test]
fn the_written_form_holds_every_field_and_an_output_that_is_not_there_is_left_out() {
    let mut one = given(1, &["logged", "b"], Preference::Best(1), Sight::Blind);
    one.seen[0].output = None;
    let body = Body::PreferenceGiven(Box::new(one));
    let id = |byte: &str| byte.repeat(16);
    let expected = format!(
        "{{\"group\":\"{}\",\"item\":\"{}\",\"seed\":3,\"seen\":[{{\"candidate\":\"logged\",\"run\":1}},\
         {{\"candidate\":\"b\",\"run\":1,\"output\":\"{}\"}}],\"preference\":{{\"best\":1}},\"sight\":\"blind\",\
         \"numbers_seen\":false}}",
        id("07"),
        id("01"),
        id("02")
    );
    assert_eq!(body.to_json().as_str(), expected);
    assert_eq!(Body::read(body.kind(), &expected).unwrap(), body);
}
