use super::super::event::{Empty, SCHEMA, Text};
use super::super::ids::{ActionId, EvalId, OutputId, RubricId, TicketId};
use super::super::review::{Purpose, ReviewSource, Sight, Subject};
use super::*;

fn review(level: i32) -> Review {
    Review {
        eval: EvalId([1; 16]),
        rubric: RubricId([2; 16]),
        subject: Subject::Output(OutputId([3; 16])),
        answers: BTreeMap::from([("q".to_owned(), Answer::Level(level))]),
        note: None,
        tags: vec![],
        correction: None,
        active_ms: 1,
        text_len: 1,
        seat: 1,
        sight: Sight::Blind,
        verdicts_seen: vec![],
        round: Round::First,
        purpose: Purpose::default(),
        plan: None,
        source: ReviewSource::Tui,
    }
}

struct Ledger(Vec<Event>);

impl Ledger {
    fn new() -> Self {
        Self(Vec::new())
    }

    fn add(mut self, reviewer: &str, body: Body) -> Self {
        let at = self.0.len() as u8 + 1;
        self.0.push(Event {
            id: EventId([at; 16]),
            hlc: Hlc(i64::from(at)),
            reviewer: reviewer.into(),
            schema: SCHEMA,
            ticket: Some(TicketId([9; 16])),
            action: ActionId([at; 16]),
            undoes: None,
            body,
        });
        self
    }

    fn review(self, reviewer: &str, level: i32) -> Self {
        self.add(reviewer, Body::ReviewSubmitted(Box::new(review(level))))
    }

    fn undo(self, action: u8) -> Self {
        let mut next = self.add("ana", Body::Undone(Empty {}));
        if let Some(event) = next.0.last_mut() {
            event.undoes = Some(ActionId([action; 16]));
        }
        next
    }

    fn fold(&self, overlap: u8) -> Folded {
        fold(&self.0, Needs { overlap })
    }
}

#[test]
fn one_review_settles_a_ticket_that_needs_one() {
    let folded = Ledger::new().review("ana", 3).fold(1);
    assert_eq!(folded.state, State::Done);
    assert_eq!(folded.answers().unwrap()["q"], Answer::Level(3));
}

#[test]
fn two_seats_wait_for_the_second_and_differences_for_a_third() {
    assert_eq!(Ledger::new().review("ana", 3).fold(2).state, State::Partial);
    assert_eq!(
        Ledger::new()
            .review("ana", 3)
            .review("ben", 4)
            .fold(2)
            .state,
        State::Done
    );
    assert_eq!(
        Ledger::new()
            .review("ana", 1)
            .review("ben", 4)
            .fold(2)
            .state,
        State::Adjudicate
    );
}

#[test]
fn the_same_person_never_fills_two_seats() {
    assert_eq!(
        Ledger::new()
            .review("ana", 3)
            .review("ana", 4)
            .fold(2)
            .state,
        State::Partial
    );
}

#[test]
fn a_second_opinion_keeps_the_blind_first() {
    let mut second = review(1);
    second.round = Round::Second(EventId([7; 16]));
    let folded = Ledger::new()
        .review("ana", 3)
        .add("ana", Body::ReviewSubmitted(Box::new(second)))
        .fold(1);
    let standing = folded.by("ana").unwrap();
    assert_eq!(standing.first.answers["q"], Answer::Level(3));
    assert_eq!(standing.current().answers["q"], Answer::Level(1));
    // The number rests on what was said blind.
    assert_eq!(folded.answers().unwrap()["q"], Answer::Level(3));
}

#[test]
fn of_an_assisted_opinion_the_latest_word_counts() {
    let mut first = review(3);
    first.sight = Sight::Assisted;
    let mut second = review(1);
    second.sight = Sight::Assisted;
    second.round = Round::Second(EventId([7; 16]));
    let folded = Ledger::new()
        .add("ana", Body::ReviewSubmitted(Box::new(first)))
        .add("ana", Body::ReviewSubmitted(Box::new(second)))
        .fold(1);
    assert_eq!(folded.answers().unwrap()["q"], Answer::Level(1));
}

#[test]
fn an_undone_review_leaves_nothing_behind() {
    let folded = Ledger::new().review("ana", 3).undo(1).fold(1);
    assert!(folded.is_untouched());
}

#[test]
fn practice_never_counts() {
    let mut practice = review(3);
    practice.purpose.practice = true;
    let folded = Ledger::new()
        .add("ana", Body::ReviewSubmitted(Box::new(practice)))
        .fold(1);
    assert!(folded.is_untouched());
}

#[test]
fn a_review_settles_a_deferred_ticket_and_clears_the_reason() {
    let deferred = Ledger::new().add(
        "ana",
        Body::Deferred(Text {
            text: "ask legal".into(),
        }),
    );
    assert_eq!(deferred.fold(1).state, State::Deferred);
    let settled = deferred.review("ben", 3).fold(1);
    assert_eq!(settled.state, State::Done);
    assert_eq!(settled.waiting_reason, None);
}

#[test]
fn an_illegal_move_changes_nothing() {
    let done = Ledger::new().review("ana", 3);
    let late = Ledger::new().review("ana", 3).add(
        "ben",
        Body::Deferred(Text {
            text: "late".into(),
        }),
    );
    assert_eq!(late.fold(1), done.fold(1));
}
