use std::fmt::Write as _;

use super::*;
use crate::domain::eval::{Mode, Policy};
use crate::domain::fold::Sent;
use crate::domain::view::{Anchor, Decision, QueueQuery, Why};
use crate::engine::judge::Control;
use crate::engine::testing::Bench;

/// A bench whose judge gives `level(i)` to ticket `i`, under these rules.
struct Routed {
    bench: Bench,
    order: JudgeOrder,
}

impl Routed {
    fn new(n: u32, mode: Mode, routes: &[&str], level: impl Fn(u32) -> u32) -> Self {
        let bench = Bench::new(n, mode, 1, false);
        let mut script = String::new();
        for i in (0..n).rev() {
            let quote = if level(i) == 5 {
                ""
            } else {
                r#"{"quote":"answer","problem":true}"#
            };
            writeln!(
                script,
                r#"{{"match":"answer {i}\n","reply":{{"verdict_id":"$verdict_id","criterion":"q","evidence":[{quote}],"reasoning":"So.","level":{},"reference_conflict":false,"cannot_judge":false,"cannot_judge_reason":""}}}}"#,
                level(i)
            )
            .unwrap();
        }
        let path = bench.folder.path().join("script.jsonl");
        std::fs::write(&path, script).unwrap();
        let order = JudgeOrder::new("support", format!("scripted:{}", path.display()));
        let routed = Self { bench, order };
        routed.set(routes).unwrap();
        routed
    }

    fn set(&self, routes: &[&str]) -> Result<()> {
        let old = self.bench.ana.eval_named("support")?.policy;
        let policy = Policy {
            routes: routes.iter().map(|rule| (*rule).to_owned()).collect(),
            audit_share: if old.mode == Mode::Blind { 0.0 } else { 1e-9 },
            ..old
        };
        self.bench.ana.set_policy("support", policy, None, None)
    }

    fn judge(&self) -> Vec<RuleCount> {
        let report = self
            .bench
            .ana
            .judge_run(&self.order, &Control::default(), &mut |_| {});
        report.unwrap().routed
    }

    fn state(&self, i: usize) -> State {
        self.bench
            .ana
            .open_ticket(self.bench.tickets[i], false)
            .unwrap()
            .folded
            .state
    }

    fn states(&self) -> Vec<State> {
        (0..self.bench.tickets.len())
            .map(|i| self.state(i))
            .collect()
    }

    fn whys(&self, engine: &Engine) -> Vec<Why> {
        let query = QueueQuery {
            eval: self.bench.eval.id,
            filter: String::new(),
            order: Order::Arrival,
            anchor: Anchor::Start,
            limit: 100,
        };
        let page = engine.queue(&query).unwrap();
        page.rows.into_iter().map(|row| row.why).collect()
    }
}

fn counts(routed: &[RuleCount]) -> Vec<(&str, u64, u64)> {
    routed
        .iter()
        .map(|one| (one.to.as_str(), one.tickets, one.kept_open))
        .collect()
}

const CLOSE: &str = "close when score>=0.9 and no flag";

#[test]
fn a_good_score_closes_a_ticket_and_the_queue_names_the_rule() {
    let routed = Routed::new(6, Mode::Assist, &[CLOSE], |i| i % 6);
    assert_eq!(counts(&routed.judge()), [("close", 1, 0)]);
    let mut expected = vec![State::Open; 6];
    expected[5] = State::Done;
    assert_eq!(routed.states(), expected);
    assert_eq!(
        routed.whys(&routed.bench.ana)[5],
        Why::ClosedBy(CLOSE.to_owned())
    );
    let history = routed
        .bench
        .ana
        .history_of(routed.bench.tickets[5])
        .unwrap();
    assert!(
        history[0].what.contains(CLOSE) && history[0].what.contains("judge 1.00"),
        "{}",
        history[0].what
    );
}

#[test]
fn closing_is_one_action_that_one_undo_takes_back_and_redo_brings_back() {
    let routed = Routed::new(40, Mode::Assist, &[CLOSE], |_| 5);
    assert_eq!(counts(&routed.judge()), [("close", 40, 0)]);
    let undone = routed.bench.ana.undo().unwrap().unwrap();
    assert_eq!(
        (undone.tickets, undone.what.as_str()),
        (40, "routing of 40 tickets taken back")
    );
    assert_eq!(routed.states(), vec![State::Open; 40]);
    routed.bench.ana.redo().unwrap().unwrap();
    assert_eq!(routed.states(), vec![State::Done; 40]);
    let shown = routed.bench.dump();
    assert!(routed.bench.ana.check_up(true).unwrap().sound());
    assert_eq!(routed.bench.dump(), shown);
}

#[test]
fn flagged_tickets_and_those_somebody_works_on_are_never_closed() {
    let routed = Routed::new(4, Mode::Assist, &["close when score>=0.1"], |_| 5);
    let (bench, tickets) = (&routed.bench, &routed.bench.tickets);
    bench
        .ana
        .decide(&tickets[..1], &Decision::Flag(true, "odd".into()))
        .unwrap();
    bench.by("ben").claim(tickets[1]).unwrap().unwrap();
    let draft = crate::domain::view::Draft {
        note: "hm".into(),
        ..Default::default()
    };
    bench.ana.save_draft(tickets[2], &draft).unwrap();
    assert_eq!(counts(&routed.judge()), [("close", 1, 3)]);
    assert_eq!(
        routed.states(),
        [State::Open, State::Open, State::Open, State::Done]
    );
}

#[test]
fn a_verdict_with_a_warning_closes_nothing() {
    // Level 4 points at a quote; here one that stands nowhere.
    let routed = Routed::new(2, Mode::Assist, &["close when score>=0.5"], |_| 4);
    let path = routed.bench.folder.path().join("script.jsonl");
    let script = std::fs::read_to_string(&path).unwrap();
    let (first, rest) = script.split_once('\n').unwrap();
    let first = first.replace(r#""quote":"answer""#, r#""quote":"never said""#);
    std::fs::write(&path, format!("{first}\n{rest}")).unwrap();
    assert_eq!(counts(&routed.judge()), [("close", 1, 1)]);
    assert_eq!(routed.states(), [State::Done, State::Open]);
    let found = routed
        .bench
        .ana
        .matching(routed.bench.eval.id, "has:warning", 9)
        .unwrap();
    assert_eq!(found, [routed.bench.tickets[1]]);
}

#[test]
fn a_warning_on_what_an_earlier_judge_said_holds_no_ticket_back() {
    let routed = Routed::new(2, Mode::Assist, &[CLOSE], |_| 5);
    let script = routed.bench.folder.path().join("script.jsonl");
    let good = std::fs::read_to_string(&script).unwrap();
    let quoted = good.replace(
        r#""evidence":[]"#,
        r#""evidence":[{"quote":"never said","problem":false}]"#,
    );
    assert_ne!(good, quoted);
    std::fs::write(&script, &quoted).unwrap();
    let first = routed.judge();
    assert_eq!(counts(&first), [("close", 0, 2)]);
    assert_eq!(first[0].kept_for, [("with a warning", 2)].into());
    let other = routed.bench.folder.path().join("other.jsonl");
    std::fs::write(&other, &good).unwrap();
    let order = JudgeOrder {
        judge: format!("scripted:{}", other.display()),
        ..routed.order.clone()
    };
    let control = Control::default();
    let second = routed.bench.ana.judge_run(&order, &control, &mut |_| {});
    assert_eq!(counts(&second.unwrap().routed), [("close", 2, 0)]);
}

#[test]
fn the_audit_share_stays_open_whatever_the_score() {
    let routed = Routed::new(200, Mode::Assist, &[CLOSE], |_| 5);
    let policy = routed.bench.ana.eval_named("support").unwrap().policy;
    let policy = Policy {
        audit_share: 0.2,
        ..policy
    };
    routed
        .bench
        .ana
        .set_policy("support", policy, None, None)
        .unwrap();
    let routed_now = routed.judge();
    let (closed, kept) = (routed_now[0].tickets, routed_now[0].kept_open);
    assert_eq!(closed + kept, 200);
    assert!((15..70).contains(&kept), "{kept}");
}

#[test]
fn a_ticket_for_people_is_not_claimed_and_one_for_a_person_is_given_to_her() {
    // Every third ticket has the tag, every second one the feature.
    let rules = [
        "human when feature:search -tag:refund",
        "@ben when feature:billing -tag:refund",
        "close when score>=0.9",
    ];
    let routed = Routed::new(4, Mode::Assist, &rules, |_| 5);
    let offer = routed.bench.ana.judge_offer(&routed.order).unwrap();
    assert_eq!((offer.tickets, offer.matching), (3, 3));
    let ways = routed.bench.ana.judge_ways(&routed.order).unwrap();
    assert_eq!(
        counts(&ways),
        [("human", 1, 0), ("@ben", 1, 0), ("close", 0, 0)]
    );
    let done = routed.judge();
    assert_eq!(
        counts(&done),
        [("human", 1, 0), ("@ben", 1, 0), ("close", 2, 0)]
    );
    assert_eq!(
        routed.states(),
        [State::Done, State::Open, State::Open, State::Done]
    );
    let whys = routed.whys(&routed.bench.ana);
    assert_eq!(whys[1], Why::Routed(rules[0].to_owned()));
    assert_eq!(whys[2], Why::Routed(rules[1].to_owned()));
    let given = routed
        .bench
        .ana
        .open_ticket(routed.bench.tickets[2], false)
        .unwrap()
        .folded;
    assert_eq!(
        (given.assigned.as_deref(), given.routed.unwrap().value.way),
        (Some("ben"), Sent::Person)
    );
}

#[test]
fn what_a_rule_gave_to_somebody_is_offered_to_nobody_else() {
    let rules = [
        "@ben when feature:billing -tag:refund",
        "close when score>=0.9",
    ];
    let routed = Routed::new(3, Mode::Assist, &rules, |i| if i == 1 { 2 } else { 5 });
    routed.judge();
    let next = routed
        .bench
        .ana
        .next_ticket(routed.bench.eval.id, None)
        .unwrap()
        .unwrap();
    assert_eq!(next.ticket, routed.bench.tickets[1]);
    let after = routed
        .bench
        .by("cleo")
        .next_ticket(routed.bench.eval.id, Some(next.ticket))
        .unwrap();
    assert!(after.is_err());
    let bens = routed
        .bench
        .by("ben")
        .next_ticket(routed.bench.eval.id, None)
        .unwrap()
        .unwrap();
    assert_eq!(bens.ticket, routed.bench.tickets[2]);
}

#[test]
fn routing_again_changes_nothing_and_finishes_what_was_cut_off() {
    let routed = Routed::new(3, Mode::Assist, &[], |i| i + 3);
    assert_eq!(routed.judge(), []);
    // The run ended before its rules were there: the next start of the same order applies them.
    routed.set(&["@ben when score<0.7", CLOSE]).unwrap();
    let first = routed.bench.ana.route_judged(&routed.order).unwrap();
    assert_eq!(counts(&first), [("@ben", 1, 0), ("close", 1, 0)]);
    let shown = routed.bench.dump();
    assert_eq!(routed.bench.ana.route_judged(&routed.order).unwrap(), []);
    assert_eq!(routed.bench.dump(), shown);
}

#[test]
fn a_review_of_a_closed_ticket_counts_and_leaves_it_done() {
    let routed = Routed::new(1, Mode::Assist, &[CLOSE], |_| 5);
    routed.judge();
    let doc = routed
        .bench
        .ana
        .open_ticket(routed.bench.tickets[0], true)
        .unwrap();
    routed
        .bench
        .ana
        .submit(&crate::engine::testing::level(&doc, 2))
        .unwrap();
    let folded = routed
        .bench
        .ana
        .open_ticket(routed.bench.tickets[0], false)
        .unwrap()
        .folded;
    assert_eq!((folded.state, folded.reviews.len()), (State::Done, 1));
    assert_eq!(routed.whys(&routed.bench.ana)[0], Why::DoneBy("ana".into()));
}

#[test]
fn a_blind_eval_refuses_to_close_and_becoming_blind_is_refused_with_such_a_rule() {
    let blind = Routed::new(1, Mode::Blind, &[], |_| 5);
    let error = blind.set(&[CLOSE]).unwrap_err();
    assert!(error.to_string().contains("blind"), "{error}");
    assert!(error.hint().unwrap().contains("--mode assist"));
    let open = Routed::new(1, Mode::Assist, &[CLOSE], |_| 5);
    let eval = open.bench.eval.id;
    assert!(open.bench.ana.set_mode(eval, Mode::Blind).is_err());
}

#[test]
fn a_rule_that_cannot_be_read_is_refused_with_its_place() {
    let routed = Routed::new(1, Mode::Assist, &[], |_| 5);
    let error = routed.set(&["close when scroe>0.9"]).unwrap_err();
    assert!(error.to_string().contains("column 12"), "{error}");
    assert!(error.hint().unwrap().contains("`score`"));
}

/// A judge that reads from a file of its own and quotes these words.
fn quoting(bench: &Bench, file: &str, quote: &str) -> JudgeOrder {
    let path = bench.folder.path().join(file);
    let line = format!(
        r#"{{"match":"answer","reply":{{"verdict_id":"$verdict_id","criterion":"q","evidence":[{{"quote":"{quote}","problem":true}}],"reasoning":"So.","level":2,"reference_conflict":false,"cannot_judge":false,"cannot_judge_reason":""}}}}"#
    );
    std::fs::write(&path, line + "\n").unwrap();
    JudgeOrder::new("support", format!("scripted:{}", path.display()))
}

#[test]
fn a_warning_is_looked_for_on_the_judge_the_ticket_shows() {
    let bench = Bench::new(1, Mode::Assist, 1, false);
    let policy = Policy {
        audit_share: 1e-9,
        ..bench.ana.eval_named("support").unwrap().policy
    };
    bench.ana.set_policy("support", policy, None, None).unwrap();
    let judged = |file: &str, quote: &str| {
        let order = quoting(&bench, file, quote);
        let run = bench
            .ana
            .judge_run(&order, &Control::default(), &mut |_| {});
        run.unwrap();
        let found = bench.ana.matching(bench.eval.id, "has:warning", u32::MAX);
        found.unwrap().len()
    };
    assert_eq!(judged("a.jsonl", "nowhere to be read"), 1);
    assert_eq!(judged("b.jsonl", "answer"), 0, "the later one is shown");
    assert_eq!(judged("c.jsonl", "nor this"), 1);
    let items = bench.ana.items_passing("has:warning").unwrap();
    assert_eq!(items.0.len(), 1);
}

#[test]
fn a_limit_counts_what_it_has_read_although_a_rule_leaves_it_to_people() {
    let routed = Routed::new(6, Mode::Assist, &["human when flag"], |_| 4);
    let path = routed.bench.folder.path().join("script.jsonl");
    let script = std::fs::read_to_string(&path).unwrap();
    std::fs::write(
        &path,
        script.replace("\"quote\":\"answer\"", "\"quote\":\"never said\""),
    )
    .unwrap();
    let limited = |limit| JudgeOrder {
        limit: Some(limit),
        ..routed.order.clone()
    };
    let run = |limit| {
        let ana = &routed.bench.ana;
        let report = ana.judge_run(&limited(limit), &Control::default(), &mut |_| {});
        report.unwrap()
    };
    let report = run(2);
    assert_eq!((report.kept.tickets, report.left), (2, 0));
    assert_eq!(counts(&report.routed), [("human", 2, 0)]);
    assert!(report.routed[0].judged, "as soon as the judge has read");
    let offer = routed.bench.ana.judge_offer(&limited(2)).unwrap();
    assert_eq!((offer.tickets, offer.matching), (0, 2));
    let offer = routed.bench.ana.judge_offer(&limited(5)).unwrap();
    assert_eq!((offer.tickets, offer.matching), (3, 5));
    assert_eq!(run(5).kept.tickets, 3);
    assert_eq!(routed.bench.ana.route_judged(&limited(5)).unwrap(), []);
}

#[test]
fn a_person_s_flag_keeps_a_judge_off_and_its_own_warning_does_not_while_it_reads() {
    let routed = Routed::new(3, Mode::Assist, &["human when flag"], |_| 5);
    let flag = Decision::Flag(true, "odd".into());
    let bench = &routed.bench;
    bench.ana.decide(&bench.tickets[..1], &flag).unwrap();
    let order = JudgeOrder {
        samples: Some(2),
        ..quoting(bench, "q.jsonl", "never said")
    };
    let control = Control::default();
    let report = bench.ana.judge_run(&order, &control, &mut |_| {}).unwrap();
    assert_eq!((report.kept.tickets, report.left), (2, 0));
    assert_eq!(counts(&report.routed), [("human", 1, 0), ("human", 2, 0)]);
    // A further reading of what it has read goes on, warned of or not.
    let more = JudgeOrder {
        samples: Some(3),
        ..order
    };
    assert_eq!(bench.ana.judge_offer(&more).unwrap().tickets, 2);
}
