//! Judges that learn, on small real workspaces.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::domain::eval::Mode;
use crate::domain::event::{Body, JudgeCorrected};
use crate::domain::ids::{JudgeVersionId, TicketId, VerdictId};
use crate::domain::judge_version::JudgeVersion;
use crate::domain::rubric::Answer;
use crate::domain::split::Stage;
use crate::domain::verdict::{Outcome, Verdict};
use crate::domain::view::agreement::{AgreementOptions, Finding};
use crate::engine::judge::{Control, JudgeOrder};
use crate::engine::testing::{Bench, level};
use crate::engine::{Engine, Pen};
use crate::store::{catalog, lessons, tickets, verdicts};

const N: u32 = 60;

/// Questions that have hardly a word in common.
fn question(i: u32) -> String {
    let mut text = String::new();
    for n in 0..6 {
        let word: String = (0..9)
            .map(|at| {
                let mixed = (i * 7919 + n * 104_729 + at * 1_299_709).wrapping_mul(2_654_435_761);
                char::from(b'a' + ((mixed >> 16) % 26) as u8)
            })
            .collect();
        let _ = write!(text, "{word} ");
    }
    text
}

fn reply(level: i32) -> String {
    format!(
        r#""reply":{{"verdict_id":"$verdict_id","criterion":"q","evidence":[],"reasoning":"So.","level":{level},"reference_conflict":false,"cannot_judge":false,"cannot_judge_reason":""}}"#
    )
}

struct School {
    bench: Bench,
    order: JudgeOrder,
}

impl School {
    /// A judge that answers 5 as long as nobody shows it an expert's case, and 2 from then on; shown anything of
    /// the shares that may not teach, it gives no answer at all.
    fn new(mode: Mode) -> Self {
        let bench = Bench::asking(N, mode, 1, false, question);
        let mut script = String::new();
        for i in 0..N as usize {
            if stage(&bench, i) != Stage::Train {
                let _ = writeln!(script, r#"{{"match":"reason {i};","text":"leaked"}}"#);
            }
        }
        let _ = writeln!(script, r#"{{"match":"an expert has graded",{}}}"#, reply(2));
        let _ = writeln!(
            script,
            r#"{{"match":"How experts here decide",{}}}"#,
            reply(3)
        );
        let _ = writeln!(script, r#"{{"match":"answer",{}}}"#, reply(5));
        let path = bench.folder.path().join("script.jsonl");
        std::fs::write(&path, script).unwrap();
        let order = JudgeOrder::new("support", format!("scripted:{}", path.display()));
        Self { bench, order }
    }

    fn learning(&self) -> JudgeOrder {
        JudgeOrder {
            learn: true,
            ..self.order.clone()
        }
    }

    fn judge(&self, order: &JudgeOrder) -> crate::engine::judge::Report {
        let control = Control::default();
        self.bench
            .ana
            .judge_run(order, &control, &mut |_| {})
            .unwrap()
    }

    /// The verdicts of the judge whose name ends so, by ticket.
    fn verdicts(&self, name: &str) -> Vec<(TicketId, Verdict)> {
        let ana = &self.bench.ana;
        let mut found = Vec::new();
        ana.store()
            .read(|db| {
                let (row, _) = catalog::eval(db, &self.bench.eval.id)?.unwrap();
                let judge = judges(ana)
                    .into_iter()
                    .find(|(_, _, version)| version.name.ends_with(name))
                    .unwrap();
                verdicts::of_judge(db, row, judge.0, |ticket, _, verdict| {
                    found.push((ticket, verdict));
                    Ok(())
                })
            })
            .unwrap();
        found
    }
}

fn judges(engine: &Engine) -> Vec<(i64, JudgeVersionId, JudgeVersion)> {
    engine.store().read(verdicts::judges).unwrap()
}

fn stage(bench: &Bench, i: usize) -> Stage {
    let cluster = bench
        .ana
        .store()
        .read(|db| {
            let ticket = tickets::get(db, &bench.tickets[i])?;
            lessons::cluster(db, ticket.eval, &ticket.id)
        })
        .unwrap();
    Stage::of(bench.ana.identity().seed, &cluster.unwrap())
}

fn correct(bench: &Bench, by: &Engine, i: usize, level: i32) {
    let (ticket, engine, rubric) = (bench.tickets[i], by.clone(), bench.eval.rubric);
    let body = JudgeCorrected {
        verdict: VerdictId([1; 16]),
        criterion: "q".into(),
        judge: Some(Answer::Level(5)),
        answer: Answer::Level(level),
        reason: format!("reason {i};"),
        rubric,
    };
    by.store()
        .write(move |db| {
            Pen::new(&engine).write(db, Some(ticket), None, Body::JudgeCorrected(body))?;
            crate::engine::review::refold(db, &[ticket])
        })
        .unwrap();
}

fn correct_all(school: &School) {
    for i in 0..N as usize {
        correct(&school.bench, &school.bench.ana, i, (i % 5) as i32);
    }
}

#[test]
fn without_a_correction_that_may_teach_learning_is_refused_and_says_why() {
    let school = School::new(Mode::Assist);
    let refused = |school: &School| {
        let error = school.bench.ana.judge_offer(&school.learning());
        error.unwrap_err().to_string()
    };
    assert!(refused(&school).contains("nobody has corrected a judge"));
    let dev = (0..N as usize)
        .find(|i| stage(&school.bench, *i) != Stage::Train)
        .unwrap();
    correct(&school.bench, &school.bench.ana, dev, 1);
    assert!(refused(&school).contains("none of the 1 corrections"));
}

#[test]
fn only_the_share_that_may_teach_is_shown_and_never_a_tickets_own_correction() {
    let school = School::new(Mode::Assist);
    correct_all(&school);
    let report = school.judge(&school.learning());
    assert_eq!((report.kept.scored, report.left), (u64::from(N), 0));
    let train: BTreeSet<TicketId> = (0..N as usize)
        .filter(|i| stage(&school.bench, *i) == Stage::Train)
        .map(|i| school.bench.tickets[i])
        .collect();
    assert!(train.len() > 3, "the seed of the bench gives too few");
    for (ticket, verdict) in school.verdicts(" + examples") {
        assert_eq!(verdict.outcome, Outcome::Scored(Answer::Level(2)));
        assert!(!verdict.learned_from.is_empty() && verdict.learned_from.len() <= 6);
        assert!(!verdict.learned_from.contains(&ticket));
        assert!(verdict.learned_from.iter().all(|one| train.contains(one)));
    }
}

#[test]
fn what_was_learned_is_part_of_who_the_judge_is_and_nothing_else_changes() {
    let school = School::new(Mode::Assist);
    let before = school.judge(&school.order);
    correct_all(&school);
    school.judge(&school.learning());
    // The judge without it is still the same one, and has nothing left to do.
    assert_eq!(
        school.bench.ana.judge_offer(&school.order).unwrap().tickets,
        0
    );
    assert_eq!(before.kept.scored, u64::from(N));
    let train = (0..N as usize)
        .find(|i| stage(&school.bench, *i) == Stage::Train)
        .unwrap();
    let other = (train as i32 + 1) % 5;
    correct(&school.bench, &school.bench.ana, train, other);
    let offer = school.bench.ana.judge_offer(&school.learning()).unwrap();
    assert_eq!(offer.tickets, u64::from(N), "another set is another judge");
    let versions = judges(&school.bench.ana);
    let learned: Vec<_> = versions
        .iter()
        .filter(|(_, _, version)| version.learns())
        .collect();
    assert_eq!((versions.len(), learned.len()), (2, 1));
    assert!(learned[0].2.learned_on(&versions[0].2));
}

#[test]
fn a_question_in_which_nothing_learned_stands_is_answered_from_before() {
    let school = School::new(Mode::Assist);
    school.judge(&school.order);
    let train = (0..N as usize)
        .find(|i| stage(&school.bench, *i) == Stage::Train)
        .unwrap();
    correct(&school.bench, &school.bench.ana, train, 1);
    let report = school.judge(&school.learning());
    // Its own ticket is the only one that is not shown the only lesson.
    assert_eq!((report.kept.cached, report.kept.scored), (1, u64::from(N)));
}

#[test]
fn guidelines_are_in_use_only_once_named_and_never_after_they_were_removed() {
    let school = School::new(Mode::Assist);
    let ana = &school.bench.ana;
    let text =
        "[[guideline]]\ncriterion = \"q\"\ntext = \"A promise without a date is no answer.\"\n";
    let version = ana.approve_guidelines("support", "g.toml", text).unwrap();
    ana.approve_guidelines("support", "g.toml", text).unwrap();
    assert_eq!(ana.guideline_versions("support").unwrap().len(), 1);
    school.judge(&school.order);
    let named = JudgeOrder {
        guidelines: Some(version.set[..12].to_owned()),
        ..school.order.clone()
    };
    school.judge(&named);
    let levels = |name: &str| -> BTreeSet<Option<i32>> {
        let all = school.verdicts(name).into_iter();
        all.map(|(_, one)| one.outcome.answer().and_then(Answer::level))
            .collect()
    };
    assert_eq!(levels("script.jsonl"), [Some(5)].into());
    assert_eq!(levels(" + guidelines"), [Some(3)].into());
    ana.remove_guidelines("support", &version.set, "too strict")
        .unwrap();
    let error = ana.judge_offer(&named).unwrap_err().to_string();
    assert!(error.contains("removed by ana: too strict"), "{error}");
    let unknown = JudgeOrder {
        guidelines: Some("ffff".into()),
        ..named
    };
    assert!(ana.judge_offer(&unknown).is_err());
}

#[test]
fn a_draft_rests_on_corrections_that_may_teach_and_a_source_that_may_not_is_refused() {
    let school = School::new(Mode::Assist);
    let ana = &school.bench.ana;
    correct_all(&school);
    let draft = ana.draft_guidelines("support").unwrap();
    assert_eq!(draft.rules, 1, "all were corrected downwards");
    assert_eq!(draft.agreed, N as usize);
    for i in (0..N as usize).filter(|i| stage(&school.bench, *i) != Stage::Train) {
        assert!(!draft.toml.contains(&format!("reason {i};")), "{i}");
        assert!(!draft.toml.contains(&school.bench.tickets[i].to_string()));
    }
    assert!(ana.guideline_versions("support").unwrap().is_empty());
    ana.approve_guidelines("support", "draft.toml", &draft.toml)
        .unwrap();
    let held = (0..N as usize)
        .find(|i| stage(&school.bench, *i) == Stage::Test)
        .unwrap();
    let text = format!(
        "[[guideline]]\ntext = \"x\"\nsources = [\"{}\"]\n",
        school.bench.tickets[held]
    );
    let error = ana.approve_guidelines("support", "g.toml", &text);
    assert!(error.unwrap_err().to_string().contains("test share"));
}

/// Ana reviews everything blind and finds it worth `said`.
fn review_all(school: &School, said: i32) {
    let bench = &school.bench;
    for ticket in &bench.tickets {
        let doc = bench.ana.open_ticket(*ticket, true).unwrap();
        bench.ana.submit(&level(&doc, said)).unwrap();
    }
}

fn options() -> AgreementOptions {
    AgreementOptions {
        judge: None,
        criterion: None,
    }
}

#[test]
fn the_dev_share_decides_and_the_test_share_is_read_once() {
    let school = School::new(Mode::Blind);
    let (ana, eval) = (&school.bench.ana, school.bench.eval.id);
    correct_all(&school);
    review_all(&school, 2);
    school.judge(&school.learning());
    let learning = |engine: &Engine| {
        let report = engine.agreement(eval, &options()).unwrap();
        report.judges.into_iter().find_map(|one| one.learning)
    };
    assert_eq!(learning(ana).unwrap().finding, Finding::NoBase);
    school.judge(&school.order);
    let found = learning(ana).unwrap();
    assert_eq!(found.finding, Finding::Better);
    let dev = (0..N as usize)
        .filter(|i| stage(&school.bench, *i) == Stage::Dev)
        .count() as u64;
    let change = &found.dev[0];
    assert_eq!((change.tickets, change.after), (dev, 0.0));
    assert!((change.before - 0.6).abs() < 1e-9);
    assert!(found.test.is_none() && found.kept_for_test > 0);
    let only = AgreementOptions {
        judge: Some(
            judges(ana)
                .into_iter()
                .find(|(_, _, version)| version.learns())
                .unwrap()
                .1
                .short(),
        ),
        ..options()
    };
    // The eval is blind: what the judge says is shown to those who ask for it.
    let shown = |engine: &Engine| match engine.reveal(school.bench.tickets[0]).unwrap() {
        crate::domain::view::JudgeView::Verdicts { verdicts, .. } => verdicts[0].judge.clone(),
        other => panic!("{other:?}"),
    };
    assert!(shown(ana).ends_with("script.jsonl"), "the old one counts");
    ana.read_test_share(eval, &only).unwrap();
    assert!(shown(ana).ends_with(" + examples"), "it has been promoted");
    let before = school.bench.dump();
    ana.check_up(true).unwrap();
    assert_eq!(school.bench.dump(), before);
    let read = learning(ana).unwrap().test.unwrap();
    assert_eq!(read.found[0].tickets, found.kept_for_test);
    // A second reading says what the first one said, whoever asks.
    let ben = school.bench.by("ben");
    ben.read_test_share(eval, &only).unwrap();
    assert_eq!(learning(&ben).unwrap().test.unwrap(), read);
    assert_eq!(read.by, "ana");
}

#[test]
fn a_judge_that_learned_for_the_worse_never_reads_the_test_share() {
    let school = School::new(Mode::Blind);
    let (ana, eval) = (&school.bench.ana, school.bench.eval.id);
    correct_all(&school);
    review_all(&school, 5);
    school.judge(&school.order);
    school.judge(&school.learning());
    let report = ana.agreement(eval, &options()).unwrap();
    let learned = report.judges.iter().find(|one| one.learning.is_some());
    let learned = learned.unwrap();
    assert_eq!(
        learned.learning.as_ref().unwrap().finding,
        Finding::NotShown
    );
    let only = AgreementOptions {
        judge: Some(learned.id.clone()),
        ..options()
    };
    let error = ana.read_test_share(eval, &only).unwrap_err();
    assert!(error.to_string().contains("stays unread"), "{error}");
}
