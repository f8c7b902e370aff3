//! Near-duplicates over a whole workspace.

use std::collections::BTreeSet;

use super::super::Engine;
use super::super::testing::Bench;
use crate::domain::eval::Mode;
use crate::domain::ids::ClusterId;

/// `n` words that occur nowhere else.
fn words(name: &str, n: usize) -> String {
    let words: Vec<String> = (0..n).map(|at| format!("{name}{at}")).collect();
    words.join(" ")
}

fn bench(n: u32, question: impl Fn(u32) -> String) -> Bench {
    Bench::asking(n, Mode::Assist, 1, false, question)
}

fn clusters(engine: &Engine) -> Vec<ClusterId> {
    let items = engine.items(0, 10_000).unwrap();
    items.into_iter().map(|item| item.cluster).collect()
}

fn different(clusters: &[ClusterId]) -> usize {
    clusters.iter().collect::<BTreeSet<_>>().len()
}

#[test]
fn items_that_differ_by_a_word_join_one_cluster_and_the_others_stay() {
    let bench = bench(60, |i| match i {
        // Two texts of forty words, each of which came back changed.
        7 => words("seven", 40),
        31 => format!("{} please", words("seven", 40)),
        50 => format!("hello {}", words("seven", 40)),
        9 => words("nine", 40),
        40 => format!("{} thanks", words("nine", 40)),
        other => words(&format!("q{other}x"), 40),
    });
    assert_eq!(different(&clusters(&bench.ana)), 60, "before the job");
    bench.ana.settle_clusters().unwrap();
    let found = clusters(&bench.ana);
    assert_eq!(different(&found), 57);
    assert!(found[7] == found[31] && found[31] == found[50] && found[9] == found[40]);
    let (done, total) = bench.ana.near_coverage().unwrap();
    assert_eq!(done, total);
    bench.ana.settle_clusters().unwrap();
    assert_eq!(clusters(&bench.ana), found, "a second run changes nothing");
}

#[test]
fn a_template_that_every_request_stands_in_joins_nothing() {
    let template = words("policy", 300);
    let bench = bench(500, |i| {
        format!("{template} {}", words(&format!("q{i}x"), 12))
    });
    bench.ana.settle_clusters().unwrap();
    assert_eq!(different(&clusters(&bench.ana)), 500);
}

#[test]
fn a_near_duplicate_is_found_beside_a_template_too() {
    let template = words("policy", 300);
    let bench = bench(60, |i| match i {
        31 => format!("{template} {} please", words("q30x", 20)),
        other => format!("{template} {}", words(&format!("q{other}x"), 20)),
    });
    bench.ana.settle_clusters().unwrap();
    let found = clusters(&bench.ana);
    assert_eq!((different(&found), found[30] == found[31]), (59, true));
}

#[test]
fn the_job_can_be_stopped_after_any_step_and_gives_the_same() {
    let question = |i: u32| {
        let text = words(&format!("q{}x", i / 2), 30);
        if i.is_multiple_of(2) {
            text
        } else {
            format!("{text} {i}")
        }
    };
    let (whole, steps) = (bench(40, question), bench(40, question));
    whole.ana.settle_clusters().unwrap();
    while steps.ana.near_step(3).unwrap() {}
    assert_eq!(clusters(&whole.ana), clusters(&steps.ana));
    assert_eq!(different(&clusters(&whole.ana)), 20);
}

#[test]
fn texts_without_blanks_and_texts_of_a_few_words_are_told_apart_too() {
    let han = |from: u32| -> String {
        (0..80)
            .filter_map(|at| char::from_u32(0x4e00 + from + at))
            .collect()
    };
    let bench = bench(6, |i| match i {
        0 => han(0),
        1 => format!("{}好", han(0)),
        2 => han(1_000),
        3 => "where is my order".into(),
        4 => "where is my refund".into(),
        _ => "hi".into(),
    });
    bench.ana.settle_clusters().unwrap();
    let found = clusters(&bench.ana);
    assert_eq!((different(&found), found[0] == found[1]), (5, true));
}
