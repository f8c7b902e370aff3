//! Small workspaces for tests.

#![allow(clippy::missing_panics_doc, clippy::too_many_lines)]

use tempfile::TempDir;

use super::evals::NewEval;
use super::{Clock, Engine};
use crate::domain::canonical::{Occurrence, cluster_id, item_id, output_id};
use crate::domain::eval::{DatasetRole, Eval, Mode, Policy};
use crate::domain::ids::{Identity, RawId, TicketId};
use crate::domain::plan::ticket_id;
use crate::domain::record::Quote;
use crate::domain::review::{ReviewSource, Sight};
use crate::domain::rubric::{Answer, Rubric, Scale};
use crate::domain::verdict::{Outcome, Verdict};
use crate::domain::view::{Draft, Lease, Submission, TicketDoc};
use crate::store::datasets::Ranges;
use crate::store::ingest::{
    Batch, ItemFact, Loader, OutputFact, Piece, RowFacts, VerdictFact, put_source,
};

/// A workspace in a temporary folder, with one eval named `support` on a 0-5 question `q`.
pub struct Bench {
    /// Seen by ana.
    pub ana: Engine,
    /// Stands still.
    pub clock: Clock,
    /// The eval.
    pub eval: Eval,
    /// In arrival order.
    pub tickets: Vec<TicketId>,
    /// Keeps the files alive.
    pub folder: TempDir,
}

impl Bench {
    /// `n` tickets, the judge's level on each is `n % 6` if `judged`.
    pub fn new(n: u32, mode: Mode, overlap: u8, judged: bool) -> Self {
        Self::asking(n, mode, overlap, judged, |i| format!("question {i}"))
    }

    /// The same with questions of one's own, one a ticket.
    pub fn asking(
        n: u32,
        mode: Mode,
        overlap: u8,
        judged: bool,
        question: impl Fn(u32) -> String,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(1_700_000_000_000);
        let ana = Engine::create(&folder.path().join("w.db"), "ana", clock.clone(), false).unwrap();
        let mut rubric = Rubric::from_sentence("Is it right?", Scale::Level5);
        rubric.criteria[0].id = "q".into();
        let policy = Policy {
            mode,
            overlap,
            audit_share: 0.0,
            ..Policy::default()
        };
        let eval = ana
            .make_eval(NewEval {
                name: "support".into(),
                purpose: String::new(),
                instructions: String::new(),
                dataset: "support".into(),
                role: DatasetRole::Review,
                rubric,
                policy,
                seed: Some(7),
            })
            .unwrap();
        let tickets = load(&ana, &eval, n, judged, question);
        Self {
            ana,
            clock,
            eval,
            tickets,
            folder,
        }
    }

    /// The same workspace seen by somebody else.
    pub fn by(&self, name: &str) -> Engine {
        self.ana.seen_by(name)
    }

    /// The projections as text.
    pub fn dump(&self) -> String {
        self.ana.store().read(crate::store::project::dump).unwrap()
    }
}

fn load(
    engine: &Engine,
    eval: &Eval,
    n: u32,
    judged: bool,
    question: impl Fn(u32) -> String,
) -> Vec<TicketId> {
    let target = engine.target(eval).unwrap();
    let mut batch = Batch::default();
    let mut tickets = Vec::new();
    for i in 0..n {
        let row = row(&mut batch.arena, eval, i, judged, &question(i));
        tickets.push(ticket_id(&eval.id, &[row.outputs[0].id]));
        batch.rows.push(row);
    }
    engine
        .store()
        .write(move |db| {
            let source = put_source(db, &[1; 16], "test.jsonl", "pairs", 0)?;
            Loader::new(false).load(db, source, Some(&target), &batch)
        })
        .unwrap();
    engine
        .add_to_dataset(
            "support",
            DatasetRole::Review,
            Ranges::of([(1, i64::from(n))]),
        )
        .unwrap();
    engine.draw_plan(target).unwrap();
    tickets
}

fn row(arena: &mut Vec<u8>, eval: &Eval, i: u32, judged: bool, question: &str) -> RowFacts {
    let (question, answer) = (format!("\"{question}\""), format!("\"answer {i}\""));
    let body = format!("{{\"prompt\":{question},\"output\":{answer}}}");
    let start = arena.len();
    arena.extend_from_slice(body.as_bytes());
    let id = item_id(Some(&question), None, Occurrence::Number(0));
    let output = output_id(&id, Some("m"), Some(&answer), 0);
    let ticket = ticket_id(&eval.id, &[output]);
    let verdict = Verdict {
        reasoning: "because".into(),
        evidence: vec![Quote {
            quote: "answer".into(),
            problem: true,
        }],
        ..Verdict::new("q", Outcome::Scored(Answer::Level((i % 6) as i32)))
    };
    let at = |text: &str| Piece::Span {
        at: body.find(text).unwrap() as u32,
        len: text.len() as u32,
    };
    RowFacts {
        raw: start..arena.len(),
        raw_id: RawId(Identity::of("raw").part(body.as_bytes()).finish()),
        line: u64::from(i) + 1,
        item: ItemFact {
            id,
            cluster: cluster_id(&question),
            request: Some(at(&question)),
            reference: None,
            external_id: None,
        },
        outputs: vec![OutputFact {
            id: output,
            position: 0,
            model: Some("secret-model".into()),
            message: Some(at(&answer)),
            finish: None,
            prompt_tokens: None,
            completion_tokens: None,
            cost_micros: None,
            latency_ms: None,
            error: None,
            feature: Some(
                if i.is_multiple_of(2) {
                    "billing"
                } else {
                    "search"
                }
                .into(),
            ),
            tags: i.is_multiple_of(3).then(|| "[\"refund\"]".into()),
            time_ms: Some(i64::from(i)),
            chars: answer.len() as u32,
        }],
        pairwise: false,
        events: vec![],
        verdicts: if judged {
            vec![VerdictFact {
                ticket,
                judge: "sample-judge".into(),
                sample: 0,
                verdict,
            }]
        } else {
            vec![]
        },
    }
}

/// A submission with one level, for a ticket that was opened with a seat.
pub fn level(doc: &TicketDoc, level: i32) -> Submission {
    submission(doc.ticket, doc.lease.unwrap(), level)
}

/// A submission with one level.
pub fn submission(ticket: TicketId, lease: Lease, level: i32) -> Submission {
    let answers = [("q".to_owned(), Answer::Level(level))].into();
    Submission {
        ticket,
        lease,
        draft: Draft {
            answers,
            active_ms: 1_000,
            ..Draft::default()
        },
        sight: Sight::Blind,
        verdicts_seen: vec![],
        second_after: None,
        practice: false,
        from_plan: true,
        source: ReviewSource::Tui,
    }
}
