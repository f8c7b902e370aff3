use super::*;
use crate::domain::rubric::Answer;
use crate::judge::nonce::Nonce;
use crate::judge::prompt::{Filling, Prepared};
use crate::judge::subject::{Output, Subject};
use crate::provider::Prompt;

const SEED: u64 = 7;

/// Clusters the split of [`SEED`] calls train.
fn train() -> impl Iterator<Item = ClusterId> {
    (0..=255)
        .map(|n| ClusterId([n; 16]))
        .filter(|cluster| Stage::of(SEED, cluster) == Stage::Train)
}

fn lesson(n: u8, cluster: ClusterId, input: &str, level: i32) -> Lesson {
    Lesson {
        ticket: TicketId([n; 16]),
        cluster,
        own: input.into(),
        example: Example {
            input: input.into(),
            outputs: vec![format!("answer number {n} of the desk")],
            reference: None,
            answers: [("tone".to_owned(), Answer::Level(level))].into(),
            why: format!("reason {n}"),
            correction: None,
        },
    }
}

fn target<'a>(ticket: &'a TicketId, cluster: &'a ClusterId, input: &'a str) -> Target<'a> {
    Target {
        ticket,
        cluster,
        input,
        output: "an answer of the desk",
    }
}

#[test]
fn only_train_lessons_enter() {
    let dev = (0..=255)
        .map(|n| ClusterId([n; 16]))
        .find(|cluster| Stage::of(SEED, cluster) != Stage::Train)
        .unwrap();
    let library = Library::new(SEED, [lesson(1, dev, "Where is my parcel?", 3)]);
    assert!(library.is_empty());
}

#[test]
fn at_most_six_two_per_level_one_per_cluster() {
    let clusters: Vec<ClusterId> = train().collect();
    let inputs: Vec<String> = (0..20_u8)
        .map(|n| {
            format!(
                "{} question about topic {}",
                "abcdefghijklmnopqrst"
                    .chars()
                    .nth(n as usize)
                    .unwrap()
                    .to_string()
                    .repeat(30),
                n
            )
        })
        .collect();
    let lessons = (0..20_u8).map(|n| {
        lesson(
            n,
            clusters[n as usize / 2],
            &inputs[n as usize],
            i32::from(n % 6),
        )
    });
    let library = Library::new(SEED, lessons);
    let (ticket, cluster) = (TicketId([99; 16]), ClusterId([250; 16]));
    let chosen = library.choose(
        target(&ticket, &cluster, "a question about another topic"),
        &["tone"],
    );
    assert_eq!(chosen.len(), MOST_SHOTS);
    let clusters: BTreeSet<_> = chosen.iter().map(|one| one.cluster).collect();
    assert_eq!(clusters.len(), MOST_SHOTS);
    for level in 0..6 {
        let same = chosen
            .iter()
            .filter(|one| one.example.answers["tone"] == Answer::Level(level))
            .count();
        assert!(same <= MOST_PER_LEVEL);
    }
    assert!(
        library
            .choose(target(&ticket, &cluster, "x"), &["facts"])
            .is_empty()
    );
}

#[test]
fn the_most_alike_come_first() {
    let clusters: Vec<ClusterId> = train().collect();
    let library = Library::new(
        SEED,
        [
            lesson(
                1,
                clusters[0],
                "How do I cancel my subscription for the garden magazine?",
                2,
            ),
            lesson(
                2,
                clusters[1],
                "My parcel from the shop has not arrived after nine days, what now?",
                2,
            ),
        ],
    );
    let (ticket, cluster) = (TicketId([99; 16]), ClusterId([250; 16]));
    let chosen = library.choose(
        target(
            &ticket,
            &cluster,
            "The parcel has not arrived yet, where can it be after so many days?",
        ),
        &["tone"],
    );
    assert_eq!(chosen[0].ticket, TicketId([2; 16]));
}

#[test]
// A table: cutting it would hide that it is whole.
#[allow(clippy::too_many_lines)]
fn a_tickets_own_correction_its_cluster_and_its_near_twins_are_never_in_its_prompt() {
    let clusters: Vec<ClusterId> = train().collect();
    let own = "My parcel from the shop has not arrived after nine days, what now?";
    let library = Library::new(
        SEED,
        [
            lesson(1, clusters[0], own, 1),
            lesson(
                2,
                clusters[0],
                "A sibling in the same cluster, worded in quite another way",
                2,
            ),
            lesson(
                3,
                clusters[1],
                "My parcel from the shop has not arrived after ten days, what now?",
                3,
            ),
            lesson(
                4,
                clusters[2],
                "How do I change the address of an order that has not left?",
                4,
            ),
        ],
    );
    let ticket = TicketId([1; 16]);
    let chosen = library.choose(target(&ticket, &clusters[0], own), &["tone"]);
    let shots: Vec<Example> = chosen.iter().map(|one| one.example.clone()).collect();
    let mut rubric = crate::domain::rubric::Rubric::empty("r");
    rubric.criteria.push(crate::domain::rubric::Criterion::new(
        "tone",
        "Is it kind?",
        crate::domain::rubric::Scale::Level5,
    ));
    let guidelines = [
        Guideline {
            criterion: Some("tone".into()),
            text: "Short is not unkind.".into(),
            sources: Vec::new(),
        },
        Guideline {
            criterion: Some("facts".into()),
            text: "Never shown here.".into(),
            sources: Vec::new(),
        },
    ];
    let subject = Subject {
        outputs: vec![Output::text("Please wait.")],
        ..Subject::default()
    };
    let nonce = Nonce::from_digits("0123456789ab").unwrap();
    let call = &Prepared::all(&rubric, &guidelines).unwrap()[0];
    let with = Filling {
        subject: &subject,
        nonce: &nonce,
        pair: None,
        shots: &shots,
        room: None,
    };
    let Prompt::Written { prefix, rest, .. } = call.fill(&with).unwrap().prompt else {
        panic!("written by this program");
    };
    for n in [1, 2, 3] {
        assert!(!rest.contains(&format!("reason {n}")), "{n}");
    }
    assert!(rest.contains("reason 4"));
    insta::assert_snapshot!(format!("{prefix}{rest}"));
}

#[test]
fn the_identity_of_what_was_learned_ignores_order_and_follows_words() {
    let rule = |text: &str| Guideline {
        criterion: None,
        text: text.into(),
        sources: Vec::new(),
    };
    assert_eq!(
        guidelines_digest(&[rule("a"), rule("b")]),
        guidelines_digest(&[rule("b"), rule("a")])
    );
    assert_ne!(
        guidelines_digest(&[rule("a")]),
        guidelines_digest(&[rule("a"), rule("b")])
    );
    let clusters: Vec<ClusterId> = train().collect();
    let digest = |level| Library::new(SEED, [lesson(1, clusters[0], "q", level)]).digest();
    assert_ne!(digest(1), digest(2));
    assert_ne!(Library::new(SEED, []).digest(), digest(1));
}

#[test]
fn the_same_rules_stand_in_the_same_order_each_once() {
    let rule = |criterion: Option<&str>, text: &str| Guideline {
        criterion: criterion.map(str::to_owned),
        text: text.into(),
        sources: Vec::new(),
    };
    let one = in_order(vec![
        rule(Some("tone"), "b"),
        rule(None, "a"),
        rule(Some("tone"), "b"),
    ]);
    let two = in_order(vec![rule(None, "a"), rule(Some("tone"), "b")]);
    assert_eq!(one, two);
}

#[test]
fn a_lesson_too_long_to_be_shown_whole_is_never_shown() {
    let cluster = train().next().unwrap();
    let long = "word ".repeat(MOST_EXAMPLE_CHARS / 5 + 1);
    assert!(Library::new(SEED, [lesson(1, cluster, &long, 3)]).is_empty());
    assert_eq!(
        Library::new(SEED, [lesson(1, cluster, "short", 3)]).len(),
        1
    );
}
