use super::*;
use crate::args;
use crate::domain::eval::Mode;
use crate::domain::view::GroupPage;
use crate::engine::judge::Control;
use crate::engine::runs::RunOrder;
use crate::engine::testing::{Bench, level};
use crate::store::project;

/// A workspace with the group `june`: what was logged, judged, against one candidate.
fn bench() -> Bench {
    let bench = Bench::new(6, Mode::Assist, 1, true);
    let path = bench.folder.path().join("b.jsonl");
    std::fs::write(&path, "{\"match\":\"\",\"text\":\"other\"}\n").unwrap();
    let order = RunOrder {
        group: Some("june".into()),
        models: vec![format!("b=scripted:{}", path.display())],
        ..RunOrder::new("support")
    };
    bench
        .ana
        .run_group(&order, &Control::default(), &mut |_| {})
        .unwrap();
    bench
}

fn compare(bench: &Bench) -> Comparison {
    bench
        .ana
        .compare("june", &CompareOptions::default())
        .unwrap()
}

fn kept(bench: &Bench) -> Option<KeptComparison> {
    bench
        .ana
        .kept_comparison("june", &CompareOptions::default())
        .unwrap()
}

fn script(bench: &Bench, sql: &'static str) {
    bench.ana.store().write(move |db| db.script(sql)).unwrap();
}

#[test]
fn a_comparison_is_kept_as_it_was_and_used_while_nothing_has_changed() {
    let bench = bench();
    assert_eq!(kept(&bench), None);
    let made = compare(&bench);
    let again = kept(&bench).unwrap();
    assert!(again.current);
    assert_eq!(again.comparison, made);
    // Without a score left to read, only what is kept can give the same answer.
    script(&bench, "DELETE FROM group_score");
    assert_eq!(compare(&bench), made);
    // Another process finds it too.
    let other = crate::engine::Engine::open(bench.ana.path(), "ben", bench.clock.clone()).unwrap();
    let found = other.compare("june", &CompareOptions::default()).unwrap();
    assert_eq!(found, made);
}

#[test]
fn a_review_makes_what_is_kept_older_and_the_next_comparison_takes_its_place() {
    let bench = bench();
    let before = compare(&bench);
    let group = bench.ana.group_named("june").unwrap();
    let ticket = bench
        .ana
        .store()
        .read(|db| {
            let sql = "SELECT t.id FROM ticket t JOIN eval e ON e.row = t.eval WHERE e.id = ?1";
            db.first(sql, args![&group.tickets.0], |row| row.id(0))
        })
        .unwrap()
        .unwrap();
    let doc = bench
        .ana
        .open_ticket(crate::domain::ids::TicketId(ticket), true)
        .unwrap();
    bench.ana.submit(&level(&doc, 4)).unwrap();
    let older = kept(&bench).unwrap();
    assert!(!older.current);
    assert_eq!(older.comparison, before);
    bench.ana.open_group("june").unwrap();
    let page = bench.ana.kept_page("june", false).unwrap();
    let Some(GroupPage::Open(view)) = page else {
        panic!("{page:?}");
    };
    assert!(view.rows.is_empty() && view.kept.is_some_and(|age| age.older));
    compare(&bench);
    assert!(kept(&bench).unwrap().current);
}

#[test]
fn whatever_a_comparison_rests_on_changes_its_mark_and_nothing_else_does() {
    let bench = bench();
    let mark = || bench.ana.comparison_mark("june").unwrap();
    let mut last = mark();
    let mut moved = |what: &str, moves: bool| {
        let now = mark();
        assert_eq!(now != last, moves, "{what}");
        last = now;
    };
    compare(&bench);
    moved("comparing", false);
    let doc = bench.ana.open_ticket(bench.tickets[0], true).unwrap();
    moved("opening a ticket", false);
    bench.by("ben").open_group("june").unwrap();
    moved("somebody opening the comparison", false);
    bench.ana.submit(&level(&doc, 3)).unwrap();
    moved("a review of what was logged", true);
    bench.ana.undo().unwrap();
    moved("its undo", true);
    bench.ana.store().write(project::rebuild).unwrap();
    moved("a rebuild", true);
    script(
        &bench,
        "UPDATE dataset SET role = 'heldout' WHERE name = 'support'",
    );
    moved("another role of its dataset", true);
    script(&bench, "UPDATE near_state SET paired = paired + 1");
    moved("clusters that may have joined", true);
}

#[test]
fn each_way_of_comparing_is_kept_by_itself() {
    let bench = bench();
    let full = CompareOptions {
        full: true,
        ..CompareOptions::default()
    };
    let other = CompareOptions {
        baseline: Some("b".into()),
        ..CompareOptions::default()
    };
    for options in [&full, &other] {
        assert_eq!(bench.ana.kept_comparison("june", options).unwrap(), None);
        let made = bench.ana.compare("june", options).unwrap();
        let kept = bench.ana.kept_comparison("june", options).unwrap().unwrap();
        assert_eq!(kept.comparison, made);
    }
    assert_eq!(kept(&bench), None);
}

#[test]
fn what_cannot_be_read_is_as_good_as_nothing_kept() {
    let bench = bench();
    let made = compare(&bench);
    script(&bench, "UPDATE kept_comparison SET body = '{\"group\":1}'");
    assert_eq!(kept(&bench), None);
    assert_eq!(compare(&bench), made);
    assert!(kept(&bench).unwrap().current);
}

#[test]
fn a_blind_group_that_was_not_opened_stays_closed_whatever_is_kept() {
    let bench = bench();
    compare(&bench);
    let ben = bench.by("ben");
    script(
        &bench,
        "UPDATE eval SET body = replace(body, '\"mode\":\"assist\"', '\"mode\":\"blind\"')",
    );
    assert!(matches!(
        ben.kept_page("june", false).unwrap(),
        Some(GroupPage::Closed { .. })
    ));
}
