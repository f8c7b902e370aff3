//! A small eval with ordinary, hostile, wide and long tickets.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::eval::{Eval, Mode, Policy};
use crate::domain::fold::Folded;
use crate::domain::ids::{DatasetId, EvalId, OutputId, PlanId, RubricId, TicketId, VerdictId};
use crate::domain::message::{Message, Request, Role};
use crate::domain::record::Quote;
use crate::domain::review::Subject;
use crate::domain::rubric::{Answer, Criterion, Example, Rubric, Scale};
use crate::domain::view::{JudgeView, OutputDoc, Shown, TicketDoc, VerdictView};

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
        judge: JudgeView::Nothing,
        plan: Some(PlanId([5; 16])),
        audit: false,
    }
}
