//! Agreement on small real workspaces.

use std::collections::BTreeMap;

use super::counted::Sieve;
use super::*;
use crate::domain::failure::Class;
use crate::domain::fold::{Folded, Standing};
use crate::domain::ids::{ClusterId, EventId, Hlc, OutputId, VerdictId};
use crate::domain::review::{Purpose, Review, ReviewSource, Round, Sight, Subject as Reviewed};
use crate::domain::ticket::State;
use crate::domain::verdict::{Step, Verdict};
use crate::domain::view::agreement::{ENOUGH, Measured, NOT_VALIDATED};
use crate::engine::testing::{Bench, level, submission};
use crate::store::agreement::Line;

/// The eval's tickets in the order of its plan, each with the level the judge gave.
fn in_plan(bench: &Bench) -> Vec<(TicketId, i32)> {
    let mut order = Vec::new();
    bench
        .ana
        .store()
        .read(|db| {
            let (row, _) = eval_of(db, bench.eval.id)?;
            facts::each(db, row, |line| order.push(line.id))
        })
        .unwrap();
    let judge = |id: &TicketId| bench.tickets.iter().position(|one| one == id).unwrap() % 6;
    order
        .into_iter()
        .map(|id| (id, judge(&id) as i32))
        .collect()
}

/// Reviews the first tickets of the plan; `say` turns the judge's level into the person's.
fn review(bench: &Bench, by: &Engine, first: usize, say: impl Fn(usize, i32) -> i32) {
    for (at, (ticket, judge)) in in_plan(bench).into_iter().take(first).enumerate() {
        let doc = by.open_ticket(ticket, true).unwrap();
        by.submit(&level(&doc, say(at, judge))).unwrap();
    }
}

fn report(bench: &Bench) -> AgreementReport {
    let options = AgreementOptions::default();
    bench.ana.agreement(bench.eval.id, &options).unwrap()
}

fn left_out(report: &AgreementReport) -> Vec<(Reason, u64)> {
    let all = report.basis.left_out.iter();
    all.map(|left| (left.reason, left.reviews)).collect()
}

fn value(found: Option<Measured>) -> Option<f64> {
    found.map(|found| found.value)
}

#[test]
fn blind_reviews_count_up_to_the_first_open_ticket_and_the_others_wait() {
    let bench = Bench::new(8, Mode::Blind, 1, true);
    review(&bench, &bench.ana, 3, |_, judge| judge);
    let order = in_plan(&bench);
    let behind = bench.ana.open_ticket(order[5].0, true).unwrap();
    bench.ana.submit(&level(&behind, 2)).unwrap();
    let found = report(&bench);
    let basis = &found.basis;
    assert_eq!((basis.tickets, basis.prefix, basis.planned), (3, 3, 8));
    assert_eq!((basis.waiting, basis.first_open), (1, Some(order[3].0)));
    assert_eq!(left_out(&found), [(Reason::Waiting, 1)]);
    review(&bench, &bench.ana, 5, |_, judge| judge);
    assert_eq!(
        (report(&bench).basis.tickets, report(&bench).basis.waiting),
        (6, 0)
    );
}

#[test]
fn assisted_ad_hoc_and_practice_reviews_never_count_and_are_counted_apart() {
    let bench = Bench::new(4, Mode::Blind, 1, true);
    let order = in_plan(&bench);
    bench.ana.reveal(order[0].0).unwrap();
    for (at, (ticket, _)) in order.iter().enumerate() {
        let doc = bench.ana.open_ticket(*ticket, true).unwrap();
        let mut given = submission(doc.ticket, doc.lease.unwrap(), 3);
        given.from_plan = at != 3;
        given.practice = at == 1 || at == 2;
        bench.ana.submit(&given).unwrap();
    }
    let found = report(&bench);
    assert_eq!(found.basis.tickets, 0);
    assert_eq!(
        left_out(&found),
        [
            (Reason::Assisted, 1),
            (Reason::AdHoc, 1),
            (Reason::Practice, 2)
        ]
    );
}

#[test]
fn a_ticket_put_aside_unreviewed_ends_the_prefix() {
    let bench = Bench::new(4, Mode::Blind, 1, true);
    let order = in_plan(&bench);
    let aside = crate::domain::view::Decision::Defer("hard".into());
    bench.ana.decide(&[order[0].0], &aside).unwrap();
    let doc = bench.ana.open_ticket(order[1].0, true).unwrap();
    bench.ana.submit(&level(&doc, 1)).unwrap();
    assert_eq!(report(&bench).basis.tickets, 0);
}

#[test]
fn the_numbers_of_a_judge_are_those_of_the_counts() {
    let bench = Bench::new(6, Mode::Blind, 1, true);
    // One level off on the judge's 5, three off on its 0.
    review(&bench, &bench.ana, 6, |_, judge| match judge {
        5 => 4,
        0 => 3,
        same => same,
    });
    let found = report(&bench);
    let on = &found.judges[0].criteria[0];
    assert_eq!(
        (on.total, on.scored, on.unread, on.disagreeing),
        (6, 6, 0, 2)
    );
    let near = |found: Option<f64>, expected: f64| {
        assert!(
            found.is_some_and(|found| (found - expected).abs() < 1e-9),
            "{found:?} {expected}"
        );
    };
    near(value(on.accuracy), 4.0 / 6.0);
    near(value(on.exact), 4.0 / 6.0);
    near(value(on.within_one), 5.0 / 6.0);
    let matrix = on.matrix.as_ref().unwrap();
    assert_eq!(matrix.labels, ["0", "1", "2", "3", "4", "5"]);
    assert_eq!(
        (matrix.cells[0][3], matrix.cells[5][4], matrix.cells[2][2]),
        (1, 1, 1)
    );
    // Pass from 0.8: people pass 4, 4; the judge 4, 5.
    let pass = on.pass.as_ref().unwrap();
    assert_eq!(
        (value(pass.tpr), value(pass.tnr), pass.judge_only),
        (Some(1.0), Some(1.0), 0)
    );
    let scores = on.scores.as_ref().unwrap();
    near(Some(scores.mae), 4.0 / 6.0);
    near(Some(scores.bias.value), -2.0 / 6.0);
    assert!(scores.bias.ends().is_some_and(|(low, high)| low < high));
    // Quadratic weights: 10 squared levels apart in the pairs, 51.5 by chance.
    near(value(on.kappa), 1.0 - 10.0 / 6.0 / (chance() / 36.0));
    let baseline = on.baseline.as_ref().unwrap();
    assert_eq!((baseline.answer.as_str(), baseline.kappa), ("3", Some(0.0)));
    near(Some(baseline.accuracy), 2.0 / 6.0);
    let worst = &on.disagreements[0];
    assert_eq!(
        (worst.judge.as_str(), worst.people.as_str(), worst.gap),
        ("0", "3", 0.6)
    );
    assert!(worst.preview.starts_with("answer "), "{}", worst.preview);
}

/// Sum of squared distances over all pairs of a judge's and a person's answer.
fn chance() -> f64 {
    let (judge, people) = ([0, 1, 2, 3, 4, 5], [3, 1, 2, 3, 4, 4]);
    let pairs = judge.iter().flat_map(|a| people.iter().map(move |b| a - b));
    pairs.map(|apart: i32| f64::from(apart * apart)).sum()
}

#[test]
fn what_is_undefined_is_missing_never_zero() {
    let bench = Bench::new(6, Mode::Blind, 1, true);
    let nobody = report(&bench);
    assert_eq!((nobody.basis.tickets, nobody.judges.len()), (0, 1));
    let on = &nobody.judges[0].criteria[0];
    assert_eq!(
        (value(on.accuracy), value(on.kappa), &on.baseline),
        (None, None, &None)
    );
    assert_eq!(
        (on.pass.is_none(), on.scores.is_none(), on.matrix.is_none()),
        (true, true, true)
    );
    review(&bench, &bench.ana, 1, |_, judge| judge);
    let one = report(&bench);
    let on = &one.judges[0].criteria[0];
    assert_eq!((value(on.accuracy), value(on.kappa)), (Some(1.0), None));
    assert_eq!(on.scores.as_ref().unwrap().bias.ends(), None);
    assert_eq!(on.baseline.as_ref().unwrap().kappa, None);
    assert_eq!(value(one.people[0].alpha), None);
    let pass = on.pass.as_ref().unwrap();
    assert!(pass.tpr.is_none() || pass.tnr.is_none());
    let text = serde_json::to_string(&one).unwrap();
    assert!(
        !text.contains("NaN") && text.contains("\"kappa\":null"),
        "{text}"
    );
}

#[test]
fn a_verdict_without_an_answer_is_in_the_total_and_never_right() {
    let bench = Bench::new(4, Mode::Blind, 1, false);
    let tickets = in_plan(&bench);
    let judged: Vec<_> = tickets.iter().take(3).map(|(id, _)| *id).collect();
    bench
        .ana
        .store()
        .write(move |db| {
            let version = crate::domain::judge_version::JudgeVersion::imported("j");
            let judge =
                verdicts::put_judge(db, &crate::domain::ids::JudgeVersionId([9; 16]), &version)?;
            for (at, id) in judged.iter().enumerate() {
                let verdict = match at {
                    0 => Verdict::unscored("q", Class::Refusal, "no"),
                    _ => Verdict::new(
                        "q",
                        crate::domain::verdict::Outcome::Scored(Answer::Level(3)),
                    ),
                };
                let row = tickets::get(db, id)?.row;
                verdicts::put(db, &VerdictId([at as u8; 16]), row, judge, 0, &verdict)?;
            }
            Ok(())
        })
        .unwrap();
    review(&bench, &bench.ana, 4, |_, _| 3);
    let found = report(&bench);
    let on = &found.judges[0].criteria[0];
    assert_eq!((on.total, on.scored, on.unread), (3, 2, 1));
    assert_eq!(
        (on.unscored[0].class.as_str(), on.unscored[0].tickets),
        ("refusal", 1)
    );
    assert!((value(on.accuracy).unwrap() - 2.0 / 3.0).abs() < 1e-12);
    assert_eq!(value(on.exact), Some(1.0));
}

#[test]
fn people_who_do_not_agree_cannot_validate_a_judge() {
    let bench = Bench::new(6, Mode::Blind, 2, true);
    review(&bench, &bench.ana, 6, |_, judge| judge);
    review(&bench, &bench.by("ben"), 6, |at, judge| {
        if at % 2 == 0 { judge } else { 5 - judge }
    });
    let found = report(&bench);
    let people = &found.people[0];
    assert_eq!(
        (people.pairable, people.pairs.len(), people.metric),
        (6, 1, "ordinal")
    );
    assert!(value(people.alpha).is_some_and(|alpha| alpha < ENOUGH));
    assert_eq!(people.warning.as_deref(), Some(NOT_VALIDATED));
    let warnings = &found.judges[0].criteria[0].warnings;
    assert!(warnings.contains(&NOT_VALIDATED.to_owned()), "{warnings:?}");
}

#[test]
fn two_people_who_differ_do_not_make_a_judge_look_generous() {
    let bench = Bench::new(12, Mode::Blind, 2, true);
    // Of twelve tickets the judge gives each level twice. Where it says 3 one person says more and one less, where it says 5
    // one says as it does and one less; on the others all say the same.
    let said = |judge: i32| match judge {
        3 => (4, 2),
        5 => (5, 4),
        same => (same, same),
    };
    review(&bench, &bench.ana, 12, |_, judge| said(judge).0);
    review(&bench, &bench.by("ben"), 12, |_, judge| said(judge).1);
    let found = report(&bench);
    let on = &found.judges[0].criteria[0];
    let judged = in_plan(&bench).into_iter();
    let said: Vec<(i32, i32, i32)> = judged
        .map(|(_, judge)| (judge, said(judge).0, said(judge).1))
        .collect();
    let off = |(judge, a, b): &(i32, i32, i32)| f64::from(*judge) - f64::from(a + b) / 2.0;
    let bias = said.iter().map(off).sum::<f64>() / 12.0;
    let scores = on.scores.as_ref().unwrap();
    assert!(
        (scores.bias.value - bias).abs() < 1e-9 && bias.abs() <= 0.1,
        "{scores:?}"
    );
    assert_eq!(scores.bias.n, 12, "against the mean every ticket counts");
    // No level is theirs where they differ: these are told apart, and not taken for the lower one.
    let settled = said.iter().filter(|(_, a, b)| a == b).count() as u64;
    assert_eq!(
        (on.total, on.split, on.several),
        (settled, 12 - settled, 12 - settled)
    );
    assert_eq!(value(on.exact), Some(1.0));
    // A scale has half levels: kappa and nearness leave nothing out.
    assert_eq!((on.kappa.unwrap().n, on.within_one.unwrap().n), (12, 12));
    let kappa = value(on.kappa).unwrap();
    assert!(kappa > 0.95 && kappa < 1.0, "{kappa}");
    assert_eq!(on.disagreeing, 0, "the judge stands between the two");
    // A ticket one of them passes and the other does not is neither a pass nor a fail of people.
    let passes = |level: i32| level >= 4;
    let split = said
        .iter()
        .filter(|(_, a, b)| passes(*a) != passes(*b))
        .count() as u64;
    let pass = on.pass.as_ref().unwrap();
    assert_eq!(pass.split, split);
    let told = pass.tpr.unwrap().n + pass.tnr.unwrap().n;
    assert_eq!(told, 12 - split);
    assert!(split > 0 && on.brought_together().unwrap().contains("left out of TPR"));
    assert!(
        on.asked()
            .contains("on which people lie between two levels")
    );
}

#[test]
fn a_judge_that_is_off_by_the_same_everywhere_is_not_off_for_certain() {
    let bench = Bench::new(6, Mode::Blind, 1, true);
    review(&bench, &bench.ana, 6, |_, judge| judge);
    let found = report(&bench);
    let bias = found.judges[0].criteria[0].scores.as_ref().unwrap().bias;
    let (low, high) = bias.ends().unwrap();
    assert!(low < -0.5 && high > 0.5, "{bias:?}");
}

#[test]
fn two_people_who_always_agree_have_an_alpha_of_one() {
    let bench = Bench::new(6, Mode::Blind, 2, true);
    for who in ["ana", "ben"] {
        review(&bench, &bench.by(who), 6, |_, judge| judge);
    }
    let people = &report(&bench).people[0];
    for found in [people.alpha, people.pairs[0].kappa, people.gwet] {
        assert!(
            value(found).is_some_and(|one| (one - 1.0).abs() < 1e-9),
            "{found:?}"
        );
        // Six tickets prove no certainty.
        let width = found
            .and_then(|one| one.ends())
            .map(|(low, high)| high - low);
        assert!(width.is_none_or(|width| width > 0.01), "{found:?}");
    }
    assert_eq!(people.warning, None);
}

#[test]
fn a_judge_or_criterion_that_is_not_there_is_named_with_those_that_are() {
    let bench = Bench::new(2, Mode::Blind, 1, true);
    let ask = |judge: Option<&str>, criterion: Option<&str>| {
        let options = AgreementOptions {
            judge: judge.map(str::to_owned),
            criterion: criterion.map(str::to_owned),
        };
        bench.ana.agreement(bench.eval.id, &options)
    };
    let error = ask(Some("sample-juge"), None).unwrap_err();
    assert!(error.hint().unwrap().contains("`sample-judge`"), "{error}");
    let error = ask(None, Some("tone")).unwrap_err();
    assert!(error.to_string().contains("no criterion `tone`"), "{error}");
    assert_eq!(error.hint().as_deref(), Some("there are: q"));
    assert_eq!(
        ask(Some("sample-judge"), Some("q")).unwrap().judges.len(),
        1
    );
}

#[test]
fn opening_the_page_of_a_blind_eval_is_logged_once_and_marks_later_reviews() {
    let bench = Bench::new(4, Mode::Blind, 1, true);
    review(&bench, &bench.ana, 1, |_, _| 5);
    let eval = bench.eval.id;
    assert!(matches!(
        bench.ana.agreement_page(eval).unwrap(),
        AgreementPage::Closed { waiting: 3, .. }
    ));
    assert!(bench.ana.open_agreement(eval).unwrap());
    assert!(!bench.ana.open_agreement(eval).unwrap(), "logged once");
    let page = bench.ana.agreement_page(eval).unwrap();
    assert!(matches!(page, AgreementPage::Open(_)));
    let closed = bench.by("ben").agreement_page(eval).unwrap();
    assert!(
        matches!(closed, AgreementPage::Closed { .. }),
        "only who opened it has seen it"
    );
    let history = bench.ana.history(1).unwrap();
    assert!(history[0].what.contains("agreement"), "{history:?}");
    let order = in_plan(&bench);
    let doc = bench.ana.open_ticket(order[1].0, true).unwrap();
    bench.ana.submit(&level(&doc, 2)).unwrap();
    let found = report(&bench);
    assert_eq!(
        (found.basis.tickets, left_out(&found)),
        (1, vec![(Reason::Assisted, 1)])
    );
    let before = bench.dump();
    bench
        .ana
        .store()
        .write(crate::store::project::rebuild)
        .unwrap();
    assert_eq!(bench.dump(), before);
}

#[test]
fn a_blind_opinion_stays_the_first_one_after_the_page_was_opened() {
    let bench = Bench::new(2, Mode::Blind, 1, true);
    let (ticket, judge) = in_plan(&bench)[0];
    review(&bench, &bench.ana, 1, |_, judge| judge);
    bench.ana.open_agreement(bench.eval.id).unwrap();
    let undone = bench.ana.undo().unwrap().unwrap();
    assert!(undone.second_after.is_some(), "{undone:?}");
    let doc = bench.ana.open_ticket(ticket, true).unwrap();
    let other = if judge == 0 { 5 } else { 0 };
    bench.ana.submit(&level(&doc, other)).unwrap();
    let mine = bench.ana.open_ticket(ticket, false).unwrap().mine.unwrap();
    assert_eq!(mine.first.answers["q"].level(), Some(judge));
    assert_eq!(mine.current().answers["q"].level(), Some(other));
    assert_eq!(value(report(&bench).judges[0].criteria[0].exact), Some(1.0));
}

/// An imported review of a ticket.
fn imported(bench: &Bench, who: &str) -> Standing {
    Standing {
        event: EventId([1; 16]),
        hlc: Hlc(0),
        reviewer: who.into(),
        first: Review {
            eval: bench.eval.id,
            rubric: bench.eval.rubric,
            subject: Reviewed::Output(OutputId([0; 16])),
            answers: [("q".to_owned(), Answer::Level(3))].into(),
            note: None,
            tags: Vec::new(),
            correction: None,
            active_ms: 0,
            text_len: 0,
            seat: 1,
            sight: Sight::Blind,
            verdicts_seen: Vec::new(),
            round: Round::First,
            purpose: Purpose::default(),
            plan: None,
            source: ReviewSource::Import,
        },
        second: None,
    }
}

#[test]
fn an_imported_label_set_counts_for_those_who_labelled_every_ticket_of_it() {
    let bench = Bench::new(1, Mode::Blind, 1, false);
    let mut sieve = Sieve::default();
    // Source 1 is labelled whole by ana and in part by ben; of source 2 nobody has labelled the second ticket.
    for (at, (source, people)) in [
        (1, vec!["ana", "ben"]),
        (1, vec!["ana"]),
        (2, vec!["ben"]),
        (2, vec![]),
    ]
    .into_iter()
    .enumerate()
    {
        let reviews: Vec<_> = people
            .into_iter()
            .map(|who| imported(&bench, who))
            .collect();
        let line = Line {
            row: at as i64,
            id: TicketId([at as u8; 16]),
            plan_key: crate::domain::plan::plan_key(1, 7, &TicketId([at as u8; 16])),
            state: State::Done,
            outputs: 1,
            cluster: ClusterId([at as u8; 16]),
            source,
            external_id: None,
            drawn: None,
            folded: Some(Folded {
                reviews,
                ..Folded::default()
            }),
        };
        sieve.take(&bench.eval, line);
    }
    let (tickets, basis) = sieve.finish();
    assert_eq!((basis.tickets, basis.census), (2, 2));
    let names: Vec<Vec<&String>> = tickets
        .iter()
        .map(|one| one.people.keys().collect())
        .collect();
    assert_eq!(names, [["ana"], ["ana"]]);
    assert_eq!(basis.left_out.len(), 1);
    assert_eq!(
        (basis.left_out[0].reason, basis.left_out[0].reviews),
        (Reason::IncompleteSet, 2)
    );
    let known: BTreeMap<&str, u64> = basis
        .reviewers
        .iter()
        .map(|one| (one.name.as_str(), one.reviews))
        .collect();
    assert_eq!(known, BTreeMap::from([("ana", 2)]));
}

/// A ticket of a uniform plan at a place, settled by a blind review that gave this level, or open.
fn placed(at: usize, said: Option<(i32, bool)>) -> Line {
    let ticket = TicketId([at as u8; 16]);
    let folded = said.map(|(level, planned)| Folded {
        state: State::Done,
        reviews: vec![Standing {
            event: EventId([1; 16]),
            hlc: Hlc(1),
            reviewer: "ana".into(),
            first: picked(level, planned),
            second: None,
        }],
        ..Folded::default()
    });
    Line {
        row: at as i64,
        id: ticket,
        plan_key: (1 << 48) | at as i64,
        state: folded.as_ref().map_or(State::Open, |folded| folded.state),
        outputs: 1,
        cluster: ClusterId([at as u8; 16]),
        source: 1,
        external_id: None,
        folded,
        drawn: None,
    }
}

fn picked(level: i32, planned: bool) -> Review {
    Review {
        eval: crate::domain::ids::EvalId([1; 16]),
        rubric: crate::domain::ids::RubricId([1; 16]),
        subject: Reviewed::Output(OutputId([1; 16])),
        answers: BTreeMap::from([("q".to_owned(), Answer::Level(level))]),
        note: None,
        tags: Vec::new(),
        correction: None,
        active_ms: 1,
        text_len: 1,
        seat: 1,
        sight: Sight::Blind,
        verdicts_seen: Vec::new(),
        round: Round::First,
        purpose: Purpose::default(),
        plan: planned.then_some(crate::domain::ids::PlanId([1; 16])),
        source: ReviewSource::Tui,
    }
}

/// Somebody looks for bad outputs and reviews them first; then the plan is followed for a while. Whatever was picked,
/// the mean over what counts is the mean of all, over many plans.
#[test]
fn picking_the_bad_ones_first_does_not_move_the_mean_of_what_counts() {
    const ALL: usize = 30;
    const WORLDS: u64 = 3_000;
    let bench = Bench::new(1, Mode::Blind, 1, false);
    let mut eval = bench.eval.clone();
    eval.rubric = crate::domain::ids::RubricId([1; 16]);
    // Tickets 0 to 8 are bad; 0 to 5 of them, and one good one, are picked.
    let level = |ticket: usize| if ticket < 9 { 0 } else { 5 };
    let is_picked = |ticket: usize| ticket < 6 || ticket == 20;
    let expected = (0..ALL).map(|one| f64::from(level(one))).sum::<f64>() / ALL as f64;
    for planned in [4, 10] {
        let mut sum = 0.0;
        for world in 0..WORLDS {
            let mut order: Vec<usize> = (0..ALL).collect();
            order.sort_by_key(|ticket| {
                crate::domain::ids::Identity::of("world")
                    .number(world as i64)
                    .number(*ticket as i64)
                    .finish()
            });
            let mut sieve = Sieve::default();
            let mut left = planned;
            for (at, ticket) in order.iter().enumerate() {
                let by_plan = !is_picked(*ticket) && left > 0;
                left -= usize::from(by_plan);
                let said = (by_plan || is_picked(*ticket)).then_some((level(*ticket), by_plan));
                sieve.take(&eval, placed(at, said));
            }
            let (tickets, _) = sieve.finish();
            let levels = tickets
                .iter()
                .filter_map(|one| one.people["ana"]["q"].level());
            sum += levels.map(f64::from).sum::<f64>() / tickets.len().max(1) as f64;
        }
        let mean = sum / WORLDS as f64;
        // Four standard errors; leaving picked ones out gives 4.35, counting all that was reviewed less than 3.
        assert!((mean - expected).abs() < 0.08, "{mean} for {expected}");
    }
}

/// Gives a judge's levels of `q`, sample by sample, to the first tickets of the plan.
fn sampled(bench: &Bench, model: &str, levels: &[&[i32]]) {
    let order: Vec<TicketId> = in_plan(bench).into_iter().map(|(id, _)| id).collect();
    let version = crate::domain::judge_version::JudgeVersion {
        kind: crate::domain::judge_version::JudgeKind::Model,
        rubric: Some(bench.eval.rubric),
        model: Some(model.to_owned()),
        ..crate::domain::judge_version::JudgeVersion::imported("j")
    };
    let levels: Vec<Vec<i32>> = levels.iter().map(|one| one.to_vec()).collect();
    bench
        .ana
        .store()
        .write(move |db| {
            let judge =
                verdicts::put_judge(db, &crate::domain::ids::JudgeVersionId([9; 16]), &version)?;
            for (at, said) in levels.iter().enumerate() {
                let row = tickets::get(db, &order[at])?.row;
                for (sample, level) in said.iter().enumerate() {
                    let outcome = crate::domain::verdict::Outcome::Scored(Answer::Level(*level));
                    let verdict = Verdict {
                        step: Some(if sample == 0 {
                            Step::Strict
                        } else {
                            Step::Object
                        }),
                        ..Verdict::new("q", outcome)
                    };
                    let id = VerdictId([(at * 8 + sample) as u8; 16]);
                    verdicts::put(db, &id, row, judge, sample as u32, &verdict)?;
                }
            }
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_mean_between_two_levels_is_neither_and_counts_where_it_lies() {
    let bench = Bench::new(4, Mode::Blind, 1, false);
    // Means of 2.5, 4, 1.5 and 0; people say 3, 4, 1 and 0.
    sampled(&bench, "m", &[&[2, 3], &[4, 4], &[1, 2], &[0, 0]]);
    review(&bench, &bench.ana, 4, |at, _| [3, 4, 1, 0][at]);
    let found = report(&bench);
    let on = &found.judges[0].criteria[0];
    assert_eq!((on.total, on.scored, on.between), (4, 4, 2));
    assert_eq!(
        (value(on.accuracy), value(on.exact)),
        (Some(0.5), Some(0.5))
    );
    assert_eq!(value(on.within_one), Some(1.0));
    let matrix = on.matrix.as_ref().unwrap();
    let cells: u64 = matrix.cells.iter().flatten().sum();
    assert_eq!((cells, matrix.cells[3][3], matrix.cells[2][3]), (2, 0, 0));
    assert!((on.scores.as_ref().unwrap().mae - 0.25).abs() < 1e-12);
    assert_eq!(on.disagreeing, 2);
    assert_eq!(on.disagreements[0].judge, "2.50");
    // Quadratic weights: observed 0.5 squared levels over 4 pairs, by chance the mean over all 16 pairs.
    let (judge, people) = ([2.5, 4.0, 1.5, 0.0], [3.0, 4.0, 1.0, 0.0]);
    let apart = |a: f64, b: f64| (a - b) * (a - b);
    let all: f64 = judge
        .iter()
        .flat_map(|a| people.iter().map(move |b| apart(*a, *b)))
        .sum();
    let by_hand = 1.0 - (0.5 / 4.0) / (all / 16.0);
    assert!((value(on.kappa).unwrap() - by_hand).abs() < 1e-9);
    assert!(
        on.asked()
            .contains("2 on which the judge's samples lie between two levels")
    );
}

#[test]
fn the_judge_agrees_only_where_its_own_verdict_does() {
    let bench = Bench::new(1, Mode::Blind, 1, false);
    let old = bench.eval.policy.clone();
    let policy = crate::domain::eval::Policy {
        pass_threshold: Some(0.6),
        ..old
    };
    bench.ana.set_policy("support", policy, None, None).unwrap();
    // A mean of 2.5 fails at 0.5; a 3 passes at 0.6, and so would the mean if it were rounded.
    sampled(&bench, "m", &[&[2, 3]]);
    let doc = bench.ana.open_ticket(bench.tickets[0], true).unwrap();
    let done = bench.ana.submit(&level(&doc, 3)).unwrap();
    assert_eq!((done.pass, done.judge_differs), (Some(true), true));
    assert!(done.revealed.is_some(), "it stays for a second look");
}

#[test]
fn unscored_tickets_widen_every_number_to_what_they_could_change() {
    let bench = Bench::new(4, Mode::Blind, 1, false);
    sampled(&bench, "m", &[&[4], &[1], &[5]]);
    let last = in_plan(&bench)[3].0;
    bench
        .ana
        .store()
        .write(move |db| {
            let row = tickets::get(db, &last)?.row;
            let judge = verdicts::judge_row(db, &crate::domain::ids::JudgeVersionId([9; 16]))?;
            let refused = Verdict::unscored("q", Class::Refusal, "no");
            verdicts::put(db, &VerdictId([99; 16]), row, judge.unwrap(), 0, &refused)
        })
        .unwrap();
    // Pass from 0.8: people pass the first and the last.
    review(&bench, &bench.ana, 4, |at, _| [4, 1, 3, 5][at]);
    let found = report(&bench);
    let worst = found.judges[0].criteria[0].worst.as_ref().unwrap();
    assert_eq!((worst.unscored, worst.exact), (1, (0.5, 0.75)));
    assert_eq!((worst.tpr, worst.tnr), (Some((0.5, 1.0)), Some((0.5, 0.5))));
    // 0, 0, 2 and then -5 or 0.
    assert_eq!(worst.bias, Some((-0.75, 0.5)));
}

#[test]
fn a_judge_of_the_models_own_family_says_so_on_every_number() {
    for (judge, model_kin) in [("secret-model", true), ("gpt-4.1", false)] {
        let bench = Bench::new(4, Mode::Blind, 1, false);
        sampled(&bench, judge, &[&[4], &[1]]);
        review(&bench, &bench.ana, 2, |_, _| 3);
        let found = report(&bench);
        let kin = &found.judges[0].kin;
        assert_eq!(!kin.is_empty(), model_kin, "{judge}: {kin:?}");
        if let Some(kin) = kin.first() {
            assert_eq!((kin.family.as_str(), kin.outputs), ("one model", 4));
            assert!(!kin.banner().contains("secret-model"));
        }
    }
}

#[test]
fn how_answers_were_found_is_told_as_a_share() {
    let bench = Bench::new(4, Mode::Blind, 1, false);
    sampled(&bench, "m", &[&[4, 4], &[1], &[5]]);
    review(&bench, &bench.ana, 3, |_, _| 3);
    let found = report(&bench);
    let reading = &found.judges[0].reading;
    let steps: Vec<_> = reading
        .steps
        .iter()
        .map(|one| (one.step, one.answers, one.share))
        .collect();
    assert_eq!(reading.answers, 4);
    assert_eq!(steps, [("strict", 3, 0.75), ("object", 1, 0.25)]);
    assert_eq!(reading.halo, None, "one criterion");
    assert!(reading.orders.is_empty());
}

/// 160 clusters: the judge is a level too kind everywhere but at its top, which a curve mends on tickets it has not seen.
#[test]
fn calibration_is_fitted_on_two_shares_and_tried_on_the_third() {
    let bench = Bench::new(160, Mode::Blind, 1, true);
    review(&bench, &bench.ana, 160, |_, judge| (judge - 1).max(0));
    let found = report(&bench);
    let on = found.judges[0].criteria[0].calibration.as_ref().unwrap();
    let seed = bench.ana.identity().seed;
    let (order, mut raw, mut test) = (in_plan(&bench), 0.0, 0_u64);
    let cluster = |id: &TicketId| {
        let place = bench.tickets.iter().position(|one| one == id).unwrap();
        crate::domain::canonical::cluster_id(&format!("\"question {place}\""))
    };
    for (id, judge) in &order {
        if crate::domain::split::Stage::of(seed, &cluster(id)) == Stage::Test {
            raw += f64::from(judge - (judge - 1).max(0)) / 5.0;
            test += 1;
        }
    }
    assert_eq!((on.tested_on, on.fitted_on), (test, 160 - test));
    let (before, after) = on.mae.unwrap();
    assert!((before - raw / test as f64).abs() < 1e-9, "{before}");
    let expected = if on.fitted_on >= 100 {
        "isotonic"
    } else {
        "linear"
    };
    assert_eq!(on.curve, Some(expected));
    assert!(after < 0.03, "{after}");
    // Six levels, each with what people give it.
    assert_eq!(on.points.len(), 6);
    let few = Bench::new(12, Mode::Blind, 1, true);
    review(&few, &few.ana, 12, |_, judge| judge);
    let found = report(&few);
    let on = found.judges[0].criteria[0].calibration.as_ref().unwrap();
    assert_eq!((on.curve, on.mae), (None, None));
    assert!(
        on.why_not.as_ref().unwrap().starts_with("needs 30 tickets"),
        "{on:?}"
    );
}
