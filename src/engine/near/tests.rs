//! Near-duplicates over a whole workspace.

use std::collections::BTreeSet;

use super::super::Engine;
use super::super::testing::Bench;
use super::SharedRuns;
use crate::domain::eval::Mode;
use crate::domain::ids::ClusterId;
use crate::store::datasets::Ranges;

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

/// Items by row number of their order, from 0.
fn rows(of: std::ops::Range<i64>) -> Ranges {
    Ranges::of_rows(of.map(|at| at + 1))
}

#[test]
fn a_run_that_training_rows_and_measured_items_share_is_named_and_a_template_is_none() {
    let template = words("policy", 30);
    let shared = words("clause", 15);
    let bench = bench(60, |i| {
        let own = words(&format!("q{i}x"), 40);
        match i {
            3 | 45 => format!("{template} {own} {shared}"),
            other => format!("{template} {own} {}", words(&format!("z{other}y"), 15)),
        }
    });
    let (trained, measured) = (rows(0..30), rows(30..60));
    let found = bench.ana.shared_runs(&trained, &measured).unwrap();
    assert_eq!((found.items, found.trained), (1, 1), "{found:?}");
    let one = &found.examples[0];
    assert_eq!(one.run, words("clause", 13));
    assert!(one.share > 0.0 && one.share < 0.2, "{one:?}");
    assert!(
        found
            .words()
            .unwrap()
            .starts_with("1 item measured on shares runs of 13 words with 1 item")
    );
    let apart = bench.ana.shared_runs(&rows(4..30), &measured).unwrap();
    assert_eq!((apart.items, apart.words()), (0, None));
    let none = bench
        .ana
        .shared_runs(&Ranges::default(), &measured)
        .unwrap();
    assert_eq!(none, SharedRuns::default());
}

#[test]
fn equal_and_near_requests_are_refused_by_their_cluster_and_not_told_of_as_runs() {
    let bench = bench(12, |i| match i {
        2 | 8 => words("same", 40),
        9 => format!("{} please", words("same", 40)),
        other => words(&format!("q{other}x"), 40),
    });
    let found = bench.ana.shared_runs(&rows(0..6), &rows(6..12)).unwrap();
    assert_eq!(found.items, 0, "{found:?}");
}
