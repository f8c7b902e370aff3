use super::RunOrder;
use crate::domain::eval::Mode;
use crate::domain::group_scores::RowOutcome;
use crate::domain::job::Outcome;
use crate::domain::rubric::{Rubric, Scale};
use crate::engine::judge::Control;
use crate::engine::judge::work::subject;
use crate::engine::testing::{Bench, level};
use crate::judge::subject::Standing;
use crate::store::{project, tickets};

mod prefer;

const ITEMS: usize = 6;

fn script(bench: &Bench, name: &str, lines: &str) -> String {
    let path = bench.folder.path().join(name);
    std::fs::write(&path, lines).unwrap();
    format!("scripted:{}", path.display())
}

fn order(bench: &Bench, lines: &str) -> RunOrder {
    RunOrder {
        group: Some("june".into()),
        models: vec![format!("b={}", script(bench, "b.jsonl", lines))],
        ..RunOrder::new("support")
    }
}

fn go(bench: &Bench, order: &RunOrder) -> super::RunReport {
    bench
        .ana
        .run_group(order, &Control::default(), &mut |_| {})
        .unwrap()
}

#[test]
fn a_group_has_a_row_for_every_candidate_item_and_run_and_says_why_one_has_no_score() {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, true);
    let lines = "{\"match\":\"question 2\",\"error\":\"refusal\"}\n{\"match\":\"question\",\"text\":\"other\"}\n";
    let report = go(&bench, &order(&bench, lines));
    assert_eq!(report.outcome, Outcome::Failed);
    let scores = bench.ana.group_scores("june").unwrap();
    assert_eq!(
        (scores.items.len(), scores.candidates.len(), scores.baseline),
        (ITEMS, 2, Some(0))
    );
    assert_eq!(scores.clusters, ITEMS);
    let names: Vec<_> = scores
        .candidates
        .iter()
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(names, ["logged", "b"]);
    // Verdicts of logged outputs came along, under the judge that gave them.
    assert_eq!(
        scores.judge.as_ref().map(|judge| judge.name.as_str()),
        Some("sample-judge")
    );
    let logged = &scores.candidates[0].runs[0].rows;
    for (at, row) in logged.iter().enumerate() {
        assert_eq!(row.outcome.score(), Some(at as f64 / 5.0), "item {at}");
    }
    let asked = &scores.candidates[1].runs[0].rows;
    assert_eq!(asked[2].outcome, RowOutcome::Failed("refusal".into()));
    assert_eq!(asked[3].outcome, RowOutcome::Unjudged);
    assert_eq!((asked[3].chars, asked[3].cost_micros), (5, Some(0)));
    assert_eq!(scores.items[0].tags, ["refund"]);
}

#[test]
fn what_people_said_of_logged_outputs_counts_in_the_group_while_the_questions_are_the_same() {
    let bench = Bench::new(ITEMS as u32, Mode::Blind, 1, false);
    let doc = bench.ana.open_ticket(bench.tickets[1], true).unwrap();
    bench.ana.submit(&level(&doc, 4)).unwrap();
    go(
        &bench,
        &order(&bench, "{\"match\":\"\",\"text\":\"other\"}\n"),
    );
    let scores = bench.ana.group_scores("june").unwrap();
    let human: Vec<_> = scores.candidates[0].runs[0]
        .rows
        .iter()
        .map(|row| row.human)
        .collect();
    assert_eq!(human[1], Some((0.8, true)));
    assert_eq!(human.iter().flatten().count(), 1);
    assert_eq!(scores.judge, None);
}

#[test]
fn groups_runs_and_scores_are_rebuilt_from_the_ledger_as_they_were() {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, true);
    go(
        &bench,
        &order(&bench, "{\"match\":\"\",\"text\":\"other\"}\n"),
    );
    let before = bench.dump();
    assert!(before.contains("june"));
    bench.ana.store().write(project::rebuild).unwrap();
    assert_eq!(bench.dump(), before);
}

#[test]
fn runs_read_side_by_side_are_those_read_one_after_the_other() {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, true);
    let lines = "{\"match\":\"question 2\",\"error\":\"refusal\"}\n{\"match\":\"question\",\"text\":\"other\"}\n";
    go(&bench, &order(&bench, lines));
    let found = bench.ana.group_found("june").unwrap();
    let beside = bench.ana.read_side_by_side(&found).unwrap();
    assert_eq!(beside, Some(bench.ana.group_scores("june").unwrap()));
    // The models are those the rows name, whatever their order.
    assert_eq!(
        beside.unwrap().candidates[0].model.as_deref(),
        Some("secret-model")
    );
}

#[test]
fn the_sentences_that_verdicts_carry_are_kept_with_the_group_and_rebuilt_with_it() {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, true);
    let badge = "UPDATE verdict SET body = json_set(body, '$.badge', 'by hand') WHERE row = 2";
    bench.ana.store().write(move |db| db.script(badge)).unwrap();
    go(
        &bench,
        &order(&bench, "{\"match\":\"\",\"text\":\"other\"}\n"),
    );
    let badges = || {
        bench
            .ana
            .group_scores("june")
            .unwrap()
            .judge
            .unwrap()
            .badges
    };
    assert_eq!(badges(), ["by hand"]);
    let before = bench.dump();
    bench.ana.store().write(project::rebuild).unwrap();
    assert_eq!(
        (badges(), bench.dump()),
        (vec!["by hand".to_owned()], before)
    );
}

#[test]
fn two_workers_ask_no_item_twice() {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, false);
    let mut order = order(
        &bench,
        "{\"match\":\"\",\"text\":\"other\",\"delay_ms\":20}\n",
    );
    order.concurrency = 1;
    let others = [bench.by("ana"), bench.by("ben")];
    std::thread::scope(|scope| {
        for engine in &others {
            let order = &order;
            scope.spawn(move || {
                engine
                    .run_group(order, &Control::default(), &mut |_| {})
                    .unwrap()
            });
        }
    });
    let calls = bench
        .ana
        .store()
        .read(|db| db.number("SELECT count(*) FROM call", &[]))
        .unwrap();
    assert_eq!(calls, ITEMS as i64);
    let scores = bench.ana.group_scores("june").unwrap();
    assert!(scores.candidates[1].rows().all(|row| row.output.is_some()));
}

#[test]
fn what_another_process_holds_is_told_with_whose_and_until_when() {
    use crate::domain::run::run_id;
    use crate::store::leases;
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, true);
    let script = order(&bench, "{\"match\":\"\",\"text\":\"other\"}\n");
    let logged = RunOrder {
        models: Vec::new(),
        ..script.clone()
    };
    go(&bench, &logged);
    let group = bench.ana.group_named("june").unwrap();
    let seat = super::keep::seat(&run_id(&group.id, "b", 1));
    let now = bench.ana.clock().now_ms();
    bench
        .ana
        .store()
        .write(move |db| leases::take_judge(db, super::keep::place(2), &seat, "ben@1.7", now))
        .unwrap();
    let report = go(&bench, &script);
    assert_eq!(
        (report.outcome, report.candidates[0].left),
        (Outcome::Failed, 1)
    );
    let message = report.candidates[0].message.as_deref().unwrap();
    assert!(
        message.contains("1 of them is held by process 1 of ben")
            && message.contains("seconds more"),
        "{message}"
    );
}

#[test]
fn a_stopped_run_keeps_what_came_and_goes_on() {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, false);
    let mut order = order(
        &bench,
        "{\"match\":\"\",\"text\":\"other\",\"delay_ms\":40}\n",
    );
    order.concurrency = 1;
    let control = Control::default();
    let report = bench
        .ana
        .run_group(&order, &control, &mut |progress| {
            if progress.done > 0 {
                control.stop();
            }
        })
        .unwrap();
    assert_eq!(report.outcome, Outcome::Cancelled);
    let left = report.candidates[0].left;
    assert!(left > 0 && left < ITEMS as u64, "{left}");
    let report = go(&bench, &order);
    assert_eq!(
        (report.outcome, report.candidates[0].kept.calls),
        (Outcome::Done, left)
    );
}

#[test]
fn a_budget_is_never_exceeded_and_a_larger_one_goes_on() {
    let bench = Bench::new(ITEMS as u32, Mode::Assist, 1, false);
    let lines = "{\"match\":\"\",\"text\":\"other\",\"usage\":{\"input\":10,\"cached_input\":0,\"output\":10,\"reasoning\":0}}\n";
    let mut order = order(&bench, lines);
    order.parameters = [("max_tokens".to_owned(), "30".to_owned())].into();
    order.concurrency = 1;
    order.max_tokens = Some(100);
    let report = go(&bench, &order);
    assert_eq!(report.outcome, Outcome::Budget);
    assert!(report.candidates[0].kept.tokens <= 100 && report.candidates[0].kept.calls > 0);
    order.max_tokens = Some(10_000);
    assert_eq!(go(&bench, &order).outcome, Outcome::Done);
}

#[test]
fn a_copy_of_a_rubric_that_compares_with_what_was_logged_shows_it_under_its_own_name_too() {
    let bench = Bench::new(2, Mode::Assist, 1, false);
    go(
        &bench,
        &order(&bench, "{\"match\":\"\",\"text\":\"other\"}\n"),
    );
    let scores = bench.ana.group_scores("june").unwrap();
    let row = scores.candidates[1].runs[0].rows[1].ticket.unwrap();
    let shown = |rubric: &Rubric| {
        let read = |db: &crate::store::Db| subject(db, &tickets::in_row(db, row)?, rubric);
        let found = bench.ana.store().read(read).unwrap().reference;
        found.map(|found| (found.text, found.standing))
    };
    let original = Some(("answer 1".to_owned(), Standing::Original));
    let built_in = crate::engine::library::built_in("no-worse-than-logged").unwrap();
    assert_eq!(shown(&built_in), original);
    let copy = Rubric {
        id: "nw".into(),
        ..built_in
    };
    assert_eq!(shown(&copy), original);
    let mut own = Rubric::from_sentence("Is it right?", Scale::Level5);
    assert_eq!(shown(&own), None);
    own.judge.template = Some("{{ conversation_response }}\n{{ eval_model_response }}".to_owned());
    assert_eq!(shown(&own), original);
}
