//! A small eval with ordinary, hostile, wide and long tickets.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::eval::{Eval, Mode, Policy};
use crate::domain::fold::Folded;
use crate::domain::ids::{
    DatasetId, EvalId, OutputId, PlanId, RubricId, SuggestionId, TicketId, VerdictId,
};
use crate::domain::job::{Job, Outcome, Wish};
use crate::domain::message::{Message, Request, Role};
use crate::domain::record::Quote;
use crate::domain::review::Subject;
use crate::domain::rubric::{Answer, Criterion, Example, Rubric, Scale};
use crate::domain::suggestion::{Change, Helped, Kind as SuggestionKind, Levels, Suggestion};
use crate::domain::view::agreement::{
    About, AgreementReport, Baseline, Basis, Disagreement, JudgeAgreement, JudgeOn, LeftOut,
    Matrix, Measured, NOT_VALIDATED, PairOn, PassOn, PeopleOn, Reason, Reviewer, ScoresOn,
};
use crate::domain::view::{
    JobCard, JudgeSaid, JudgeView, OutputDoc, Shown, SuggestionDoc, TicketDoc, VerdictView,
};

/// An eval with its tickets and what a judge said about each.
pub struct Sample {
    /// The eval.
    pub eval: Arc<Eval>,
    /// Its questions.
    pub rubric: Arc<Rubric>,
    /// Its tickets, without draft, seat and judge.
    pub tickets: Vec<TicketDoc>,
    /// What a judge said, in the order of the tickets.
    pub judges: Vec<JudgeView>,
    /// What a judge suggests.
    pub suggestions: BTreeMap<TicketId, Arc<SuggestionDoc>>,
}

/// Request, output, feature, levels of the judge.
type Row = (&'static str, String, &'static str, Option<[i32; 3]>);

fn rows() -> Vec<Row> {
    let charged = "I was charged twice for October. I want both charges back and an explanation. \
                   This is the second time!";
    let reply = "Hi Dana,\n\nI'm sorry about the double charge. I can see two payments on **3 October**:\n\n\
                 - 24.00 EUR, your monthly plan\n- 24.00 EUR, the same plan, charged again by mistake\n\n\
                 I have refunded **both payments**; the money is back within 5 days.\n\nBest,\nthe billing team";
    let long: Vec<String> = (1..=80)
        .map(|line| format!("Step {line}: open the settings and read what stands there."))
        .collect();
    let long = long.join("\n\n");
    vec![
        (charged, reply.to_owned(), "billing", Some([1, 4, 5])),
        (
            "Which invoice is this?",
            "The invoice you mention belongs to another account, so I cannot show it here."
                .to_owned(),
            "billing",
            Some([5, 5, 5]),
        ),
        (
            "Give me the refund as JSON",
            "{\"refund\": true, \"amount\": \"24,00\"}".to_owned(),
            "api",
            None,
        ),
        (
            "Show \u{1b}[31mred\u{1b}[0m",
            "a\u{1b}]0;owned\u{7}b \u{202e}txt.exe\u{202c} zero\u{200b}width \u{9b}2J".to_owned(),
            "api",
            None,
        ),
        (
            "返金はいつですか？ שלום 👩‍🚀",
            "五日以内に返金されます。 مرحبا بالعالم e\u{301}te 👨‍👩‍👧‍👦 done".to_owned(),
            "billing",
            None,
        ),
        ("How do I set this up?", long, "setup", Some([4, 4, 3])),
    ]
}

/// The sample under a mode.
pub fn sample(mode: Mode) -> Sample {
    let eval = Arc::new(Eval {
        id: EvalId([9; 16]),
        name: "support".into(),
        purpose: "Is this reply ready to send?".into(),
        instructions:
            "Score the reply as a support lead would. A reply that promises a refund we do not \
                       give fails \"correct\"."
                .into(),
        dataset: DatasetId([8; 16]),
        rubric: RubricId([7; 16]),
        policy: Policy {
            mode,
            ..Policy::default()
        },
        seed: 7,
        opened: std::collections::BTreeMap::new(),
        promoted: std::collections::BTreeSet::new(),
        unlearned: std::collections::BTreeSet::new(),
    });
    let rubric = Arc::new(rubric());
    let rows = rows();
    let judges = rows
        .iter()
        .map(|(_, _, _, levels)| judge(levels.as_ref()))
        .collect();
    let tickets = rows
        .iter()
        .enumerate()
        .map(|(index, row)| ticket(index as u8, row, &eval, &rubric))
        .collect();
    Sample {
        eval,
        rubric,
        tickets,
        judges,
        suggestions: BTreeMap::new(),
    }
}

/// A suggestion that helped, for a ticket of the sample.
pub fn suggestion(doc: &TicketDoc, judge: &str) -> SuggestionDoc {
    let text = doc.outputs[0].text();
    let levels = |levels: [i32; 3]| Levels {
        levels: ["correct", "complete", "tone"]
            .map(str::to_owned)
            .into_iter()
            .zip(levels)
            .collect(),
        checks: Vec::new(),
    };
    let change = |quote: &str, replacement: &str, criterion: &str| Change {
        quote: quote.into(),
        replacement: replacement.into(),
        criterion: criterion.into(),
    };
    SuggestionDoc {
        id: SuggestionId([6; 16]),
        judge: judge.into(),
        current: true,
        suggestion: Suggestion {
            base: doc.outputs[0].id,
            text: text
                .replace("both payments", "the second payment")
                .replace("5 days", "5 working days"),
            changes: vec![
                change("both payments", "the second payment", "correct"),
                change("5 days", "5 working days", "correct"),
            ],
            unresolved: vec!["why it happened is not known from the request".into()],
            kind: SuggestionKind::Changes,
            before: levels([1, 4, 5]),
            after: levels([5, 4, 5]),
            helped: Helped::Helped,
            because: vec!["correct".into()],
            cost_micros: Some(2_600),
            raw: None,
        },
    }
}

fn rubric() -> Rubric {
    let mut rubric = Rubric::empty("support-reply");
    rubric.version = "3".into();
    for (id, question, weight) in [
        ("correct", "Is every statement correct?", 3.0),
        ("complete", "Does it answer everything asked?", 2.0),
        ("tone", "Is the tone right for an upset customer?", 1.0),
    ] {
        let mut criterion = Criterion::new(id, question, Scale::Level5);
        criterion.weight = weight;
        criterion.anchors = BTreeMap::from([
            (0, "Not at all".to_owned()),
            (
                1,
                "A serious error that costs the customer something".to_owned(),
            ),
            (3, "One detail wrong, the outcome unaffected".to_owned()),
            (4, "All but a side question answered".to_owned()),
            (5, "Nothing to change".to_owned()),
        ]);
        rubric.criteria.push(criterion);
    }
    rubric.examples.push(Example {
        input: "Where is my parcel?".into(),
        outputs: vec!["It arrived yesterday.".into()],
        reference: None,
        answers: [("correct", 1), ("complete", 3), ("tone", 4)]
            .into_iter()
            .map(|(id, level)| (id.to_owned(), Answer::Level(level)))
            .collect(),
        why: "Nothing in the request says that it arrived.".into(),
        correction: Some("I will find out and write to you today.".into()),
    });
    rubric
}

fn judge(levels: Option<&[i32; 3]>) -> JudgeView {
    let Some(levels) = levels else {
        return JudgeView::Nothing;
    };
    let verdicts = ["correct", "complete", "tone"]
        .iter()
        .zip(levels)
        .enumerate()
        .map(|(index, (id, level))| VerdictView {
            reasoning: format!("planted reasoning about {id}"),
            evidence: vec![Quote {
                quote: "refunded".into(),
                problem: true,
            }],
            ..VerdictView::new(
                VerdictId([index as u8; 16]),
                "planted-judge",
                *id,
                Ok(Answer::Level(*level)),
            )
        })
        .collect();
    let score = f64::from(levels[0] * 3 + levels[1] * 2 + levels[2]) / 30.0;
    JudgeView::Verdicts {
        verdicts,
        score: Some(score),
        pass: Some(score >= 0.75),
        others: Vec::new(),
    }
}

fn ticket(index: u8, row: &Row, eval: &Arc<Eval>, rubric: &Arc<Rubric>) -> TicketDoc {
    let (request, output, feature, _) = row;
    let id = OutputId([index; 16]);
    TicketDoc {
        ticket: TicketId([index + 1; 16]),
        eval: Arc::clone(eval),
        rubric: Arc::clone(rubric),
        threshold: rubric.threshold(),
        subject: Subject::Output(id),
        request: Arc::new(Request {
            messages: vec![
                Message::text(Role::System, "You answer for the billing team."),
                Message::text(Role::User, *request),
            ],
            ..Request::default()
        }),
        request_raw: None,
        outputs: vec![OutputDoc {
            id,
            model: Shown::Hidden,
            message: Some(Arc::new(Message::text(Role::Assistant, output.clone()))),
            raw: None,
            finish: Some("stop".into()),
            error: None,
            latency_ms: Some(900),
            completion_tokens: Some(80),
        }],
        display_order: vec![0],
        reference: None,
        external_id: Some(format!("row-{}", index + 1)),
        feature: Some((*feature).to_owned()),
        tags: Vec::new(),
        time_ms: Some(1_760_277_780_000),
        folded: Folded::default(),
        mine: None,
        draft: None,
        lease: None,
        held_by: None,
        full: None,
        judge: JudgeView::Nothing,
        suggestion: Shown::None,
        plan: Some(PlanId([5; 16])),
        drawn: crate::domain::view::Drawn::InPlan,
        audit: false,
    }
}

fn measured(value: f64) -> Measured {
    Measured {
        value,
        low: Some(value - 0.11),
        high: Some((value + 0.09).min(1.0)),
        n: 42,
        clusters: 40,
        method: Some("normal"),
    }
}

/// An agreement report on the sample: two people and two judges on two criteria.
pub fn agreement(sample: &Sample) -> AgreementReport {
    let judge = |id: &str, name: &str, shift: f64| JudgeAgreement {
        id: id.into(),
        name: name.into(),
        badge: None,
        learned_from: 0,
        learning: None,
        kin: Vec::new(),
        reading: crate::domain::view::agreement::Reading::default(),
        criteria: vec![
            judge_on(sample, "correct", 0.71 - shift),
            judge_on(sample, "tone", 0.38 - shift),
        ],
    };
    AgreementReport {
        eval_id: sample.eval.id,
        eval: sample.eval.name.clone(),
        rubric: "support-reply 3".into(),
        threshold: 0.8,
        threshold_from: "default",
        basis: Basis {
            tickets: 44,
            prefix: 44,
            planned: 60,
            first_open: Some(sample.tickets[3].ticket),
            waiting: 2,
            reviewers: ["ana", "ben"]
                .map(|name| Reviewer {
                    name: name.into(),
                    reviews: 44,
                })
                .into(),
            left_out: vec![LeftOut {
                reason: Reason::Assisted,
                reviews: 5,
            }],
            ..Basis::default()
        },
        people: vec![people_on("correct", 0.81), people_on("tone", 0.55)],
        judges: vec![
            judge("1a2b3c4d", "planted/judge-1", 0.0),
            judge("5e6f7a8b", "checks", 0.2),
        ],
        judges_left_out: Vec::new(),
    }
}

fn people_on(criterion: &str, alpha: f64) -> PeopleOn {
    PeopleOn {
        criterion: criterion.into(),
        question: format!("Is it {criterion}?"),
        about: About::Levels,
        tickets: 44,
        pairable: 42,
        cannot_judge: 1,
        alpha: Some(measured(alpha)),
        metric: "ordinal",
        gwet: Some(measured(0.84)),
        gwet_name: "AC2",
        same: Some(0.62),
        pairs: vec![PairOn {
            a: "ana".into(),
            b: "ben".into(),
            n: 42,
            same: Some(0.62),
            kappa: Some(measured(alpha - 0.02)),
        }],
        warning: (alpha < 0.667).then(|| NOT_VALIDATED.to_owned()),
    }
}

#[allow(clippy::too_many_lines)] // One value with many fields.
fn judge_on(sample: &Sample, criterion: &str, kappa: f64) -> JudgeOn {
    let disagreements = [(0, "1", "4", 0.6), (3, "5", "3", 0.4), (4, "2", "3", 0.2)];
    let labels: Vec<String> = (0..=5).map(|level: i32| level.to_string()).collect();
    let cells = (0..6).map(|row| {
        (0..6)
            .map(|column| u64::from(6_u8.saturating_sub(3 * u8::abs_diff(row, column))))
            .collect()
    });
    JudgeOn {
        criterion: criterion.into(),
        question: format!("Is it {criterion}?"),
        about: About::Levels,
        total: 44,
        scored: 42,
        unscored: vec![crate::domain::view::agreement::Class {
            class: "refusal".into(),
            tickets: 2,
        }],
        unread: 0,
        no_majority: 0,
        split: 0,
        several: 0,
        between: 0,
        accuracy: Some(measured(0.64)),
        exact: Some(measured(0.67)),
        within_one: Some(measured(0.88)),
        kappa_name: "weighted kappa",
        kappa: Some(measured(kappa)),
        people_kappa: Some(0.79),
        pass: Some(PassOn {
            kappa: Some(measured(0.6)),
            tpr: Some(measured(0.9)),
            tnr: Some(measured(0.7)),
            mcc: Some(0.61),
            judge_only: 4,
            people_only: 2,
            drift_p: 0.6875,
            baseline: 0.7,
            split: 0,
        }),
        scores: Some(ScoresOn {
            unit: "levels",
            mae: 0.45,
            bias: measured(0.12),
            limits: Some((-1.4, 1.6)),
            spearman: Some(0.7),
            ccc: Some(0.69),
            auc: Some(0.86),
        }),
        matrix: Some(Matrix {
            labels,
            cells: cells.collect(),
        }),
        baseline: Some(Baseline {
            answer: "4".into(),
            accuracy: 0.33,
            within_one: Some(0.7),
            kappa: Some(0.0),
        }),
        worst: None,
        calibration: None,
        warnings: if criterion == "tone" {
            vec![NOT_VALIDATED.to_owned()]
        } else {
            Vec::new()
        },
        disagreements: disagreements
            .into_iter()
            .map(|(at, judge, people, gap)| Disagreement {
                ticket: sample.tickets[at].ticket,
                external_id: Some(format!("row-{at}")),
                preview: crate::text::preview::preview(&sample.tickets[at].outputs[0].text()),
                judge: judge.into(),
                people: people.into(),
                each: Vec::new(),
                gap,
                pass_differs: gap > 0.3,
            })
            .collect(),
        disagreeing: 3,
    }
}

/// What a row says of a judge's verdicts: levels, or why there are none.
pub fn said(judge: &JudgeView, blind: bool) -> Shown<JudgeSaid> {
    let JudgeView::Verdicts {
        verdicts, score, ..
    } = judge
    else {
        return if blind { Shown::Hidden } else { Shown::None };
    };
    if blind {
        return Shown::Hidden;
    }
    let level = |verdict: &VerdictView| match &verdict.result {
        Ok(Answer::Level(level)) => Some(f64::from(*level) / 5.0),
        _ => None,
    };
    Shown::Some(JudgeSaid {
        levels: verdicts.iter().map(level).collect(),
        pass: score.map(|score| score >= 0.8),
        ..JudgeSaid::default()
    })
}

fn job(number: u8, eval: &str, total: u64, done: u64) -> Job {
    Job {
        id: [number; 16],
        kind: "judge".into(),
        eval: eval.into(),
        title: String::new(),
        wish: Wish::Run,
        concurrency: 8,
        max_micros: None,
        max_tokens: None,
        spent_micros: 0,
        spent_tokens: 0,
        lost_micros: 0,
        lost_tokens: 0,
        unpriced: 0,
        total,
        done,
        calls: done * 3,
        cached: 0,
        started_ms: 1_760_277_780_000,
        changed_ms: 1_760_277_990_000,
        ended_ms: None,
        outcome: None,
        message: None,
        workers: 1,
        failures: Vec::new(),
    }
}

/// Four jobs: at work, held, out of budget with failures, and of a process that was killed.
pub fn jobs(eval: EvalId) -> Vec<JobCard> {
    let card = |job: Job, judge: &str| JobCard {
        eval: Some(eval),
        judge: judge.into(),
        named: Some(judge.into()),
        rate: None,
        time_left: None,
        again: Vec::new(),
        job,
    };
    let running = Job {
        max_micros: Some(2_500_000),
        spent_micros: 420_000,
        spent_tokens: 1_204_000,
        cached: 40,
        ..job(1, "support", 2_000, 900)
    };
    let held = Job {
        wish: Wish::Pause,
        unpriced: 24,
        ..job(2, "contracts", 60, 12)
    };
    let spent = Job {
        workers: 0,
        outcome: Some(Outcome::Budget),
        ended_ms: Some(1_760_277_990_000),
        max_micros: Some(1_000_000),
        spent_micros: 998_000,
        message: Some("the budget is spent; start again with a larger `--max-cost`".into()),
        failures: vec![("refusal".into(), 3), ("transport".into(), 12)],
        ..job(3, "support", 60, 42)
    };
    let cut = Job {
        workers: 0,
        lost_micros: 4_000,
        ..job(4, "discharge", 15, 3)
    };
    vec![
        JobCard {
            rate: Some(3.1),
            time_left: Some(std::time::Duration::from_secs(130)),
            ..card(running, "openai/gpt-4.1")
        },
        card(held, "ollama/qwen3"),
        card(spent, "anthropic/claude"),
        card(cut, "checks"),
    ]
}
