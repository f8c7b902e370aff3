//! A workspace whose rows are written in the tests, and the decisions of its reviewers.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use tempfile::TempDir;

use super::super::{ExportError, ExportReport, ExportRequest};
use crate::domain::canonical::{Occurrence, cluster_id, item_id, output_id};
use crate::domain::eval::{DatasetRole, Eval, Policy};
use crate::domain::event::{Adjudicated, Body, Revealed};
use crate::domain::ids::{Identity, OutputId, RawId, TicketId};
use crate::domain::plan::ticket_id;
use crate::domain::review::Correction;
use crate::domain::rubric::{Answer, Choice, Kind, Rubric, Scale};
use crate::domain::view::{Draft, ExportPlan, ExportRows};
use crate::engine::evals::NewEval;
use crate::engine::testing::submission;
use crate::engine::{Clock, Engine, Pen};
use crate::store::datasets::Ranges;
use crate::store::ingest::{Batch, ItemFact, Loader, OutputFact, Piece, RowFacts, put_source};
use crate::store::project::Refolder;

/// One row to load: request and outputs as JSON; `None` is a failed call.
pub(super) struct Logged<'a> {
    pub request: &'a str,
    pub outputs: &'a [Option<&'a str>],
}

/// Text rows: question and answer.
pub(super) fn text<'a>(rows: &'a [(&'a str, [Option<&'a str>; 1])]) -> Vec<Logged<'a>> {
    let row = |(request, outputs): &'a (&'a str, [Option<&'a str>; 1])| Logged { request, outputs };
    rows.iter().map(row).collect()
}

/// A workspace with one eval `support`.
pub(super) struct Desk {
    pub ana: Engine,
    pub eval: Eval,
    pub tickets: Vec<TicketId>,
    pub outputs: Vec<Vec<OutputId>>,
    pub folder: TempDir,
}

impl Desk {
    pub(super) fn new(kind: Kind, overlap: u8, rows: &[Logged<'_>]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::fixed(1_700_000_000_000);
        let ana = Engine::create(&folder.path().join("w.db"), "ana", clock, false).unwrap();
        let mut rubric = Rubric::from_sentence("Is it right?", Scale::Level5);
        rubric.kind = kind;
        rubric.criteria[0].id = "q".into();
        let eval = ana
            .make_eval(NewEval {
                name: "support".into(),
                purpose: String::new(),
                instructions: String::new(),
                dataset: "support".into(),
                role: DatasetRole::Review,
                rubric,
                policy: Policy {
                    overlap,
                    audit_share: 0.0,
                    ..Policy::default()
                },
                seed: Some(7),
            })
            .unwrap();
        let (tickets, outputs) = load(&ana, &eval, kind == Kind::Pairwise, rows);
        Self {
            ana,
            eval,
            tickets,
            outputs,
            folder,
        }
    }

    /// A review of the ticket in this place, with a correction if `text` is one.
    pub(super) fn review(&self, who: &str, at: usize, answer: Answer, text: Option<&str>) {
        // One person at one seat: what is reviewed twice is held by the same.
        let engine = match who {
            "ana" => self.ana.clone(),
            other => self.ana.seen_by(other),
        };
        let doc = engine.open_ticket(self.tickets[at], true).unwrap();
        let mut review = submission(doc.ticket, doc.lease.unwrap(), 0);
        review.draft = Draft {
            answers: [("q".to_owned(), answer)].into(),
            correction: text.map(str::to_owned),
            active_ms: 1_000,
            ..Draft::default()
        };
        engine.submit(&review).unwrap();
    }

    pub(super) fn level(&self, at: usize, level: i32, text: Option<&str>) {
        self.review("ana", at, Answer::Level(level), text);
    }

    pub(super) fn choose(&self, who: &str, at: usize, choice: Choice) {
        self.review(who, at, Answer::Choice(choice), None);
    }

    /// Decides a disagreement.
    pub(super) fn adjudicate(&self, at: usize, answer: Answer) {
        let body = Body::Adjudicated(Adjudicated {
            answers: [("q".to_owned(), answer)].into(),
            note: String::new(),
        });
        self.decide(vec![(self.tickets[at], body)]);
    }

    /// The judge's levels of a ticket are shown to a reviewer.
    pub(super) fn reveal(&self, who: &str, at: usize) {
        let shown = Revealed {
            what: "judge".into(),
            verdicts: vec![],
            eval: None,
        };
        self.decide_as(who, vec![(self.tickets[at], Body::Revealed(shown))]);
    }

    /// Corrections saved without a review, all in one action.
    pub(super) fn correct(&self, texts: impl Iterator<Item = (usize, String)>) {
        let body = |(at, text): (usize, String)| {
            let correction = Correction {
                base: self.outputs[at][0],
                text,
                reason: None,
                taken: None,
            };
            (self.tickets[at], Body::CorrectionSaved(correction))
        };
        self.decide(texts.map(body).collect());
    }

    fn decide(&self, events: Vec<(TicketId, Body)>) {
        self.decide_as("eva", events);
    }

    fn decide_as(&self, who: &str, events: Vec<(TicketId, Body)>) {
        let engine = self.ana.seen_by(who);
        self.ana
            .store()
            .write(move |db| {
                let pen = Pen::new(&engine);
                let mut refolder = Refolder::default();
                for (ticket, body) in events {
                    pen.write(db, Some(ticket), None, body)?;
                    refolder.ticket(db, &ticket)?;
                }
                refolder.finish(db)
            })
            .unwrap();
    }

    pub(super) fn target(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn request(&self, format: &str, rows: ExportRows) -> ExportRequest {
        ExportRequest::from(self.plan(format, rows))
    }

    pub(super) fn plan(&self, format: &str, rows: ExportRows) -> ExportPlan {
        ExportPlan {
            eval: self.eval.id,
            format: format.into(),
            rows,
            filter: String::new(),
            min_score: None,
            validation: 0.0,
            seed: 7,
            folder: self.target("out").display().to_string(),
            replace: false,
            override_reason: None,
        }
    }

    pub(super) fn run(&self, request: &ExportRequest) -> Result<ExportReport, ExportError> {
        self.ana
            .export_with(request, &mut |_| {}, &AtomicBool::new(false))
    }

    /// Runs and reads the training file.
    pub(super) fn lines(&self, request: &ExportRequest) -> Vec<String> {
        self.run(request).unwrap();
        let path = PathBuf::from(&request.plan.folder).join("train.jsonl");
        let text = std::fs::read_to_string(path).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// Puts the tickets' items in these places into a dataset.
    pub(super) fn put(&self, dataset: &str, role: DatasetRole, places: &[i64]) {
        let rows = Ranges::of(places.iter().map(|at| (at + 1, at + 1)));
        self.ana.add_to_dataset(dataset, role, rows).unwrap();
    }
}

fn load(
    engine: &Engine,
    eval: &Eval,
    pairwise: bool,
    rows: &[Logged<'_>],
) -> (Vec<TicketId>, Vec<Vec<OutputId>>) {
    let target = engine.target(eval).unwrap();
    let mut batch = Batch::default();
    let (mut tickets, mut outputs) = (Vec::new(), Vec::new());
    for (at, logged) in rows.iter().enumerate() {
        let row = facts(&mut batch.arena, at, pairwise, logged);
        let ids: Vec<OutputId> = row.outputs.iter().map(|output| output.id).collect();
        tickets.push(ticket_id(&eval.id, &ids));
        outputs.push(ids);
        batch.rows.push(row);
    }
    let n = rows.len() as i64;
    engine
        .store()
        .write(move |db| {
            let source = put_source(db, &[1; 16], "logs.jsonl", "pairs", 0)?;
            Loader::new(false).load(db, source, Some(&target), &batch)
        })
        .unwrap();
    engine
        .add_to_dataset("support", DatasetRole::Review, Ranges::of([(1, n)]))
        .unwrap();
    engine.draw_plan(target).unwrap();
    (tickets, outputs)
}

fn facts(arena: &mut Vec<u8>, at: usize, pairwise: bool, logged: &Logged<'_>) -> RowFacts {
    let body = format!("{{\"request\":{},\"n\":{at}}}", logged.request);
    let start = arena.len();
    arena.extend_from_slice(body.as_bytes());
    let external = format!("row-{at}");
    let item = item_id(Some(logged.request), None, Occurrence::External(&external));
    let output = |(position, message): (usize, Option<&str>)| OutputFact {
        id: output_id(&item, Some("secret-model"), message, position as u32),
        position: position as u32,
        model: Some("secret-model".into()),
        message: message.map(|text| Piece::Own(text.into())),
        finish: None,
        prompt_tokens: None,
        completion_tokens: None,
        cost_micros: None,
        latency_ms: None,
        error: message.is_none().then(|| "timeout".into()),
        feature: Some(
            if at.is_multiple_of(2) {
                "billing"
            } else {
                "search"
            }
            .into(),
        ),
        tags: None,
        time_ms: None,
        chars: message.map_or(0, str::len) as u32,
    };
    RowFacts {
        raw: start..arena.len(),
        raw_id: RawId(Identity::of("raw").part(body.as_bytes()).finish()),
        line: at as u64 + 1,
        item: ItemFact {
            id: item,
            cluster: cluster_id(&crate::text::normalise::normalise(logged.request)),
            request: Some(Piece::Span {
                at: "{\"request\":".len() as u32,
                len: logged.request.len() as u32,
            }),
            reference: None,
            external_id: Some(external.into()),
        },
        outputs: logged
            .outputs
            .iter()
            .copied()
            .enumerate()
            .map(output)
            .collect(),
        pairwise,
        events: vec![],
        verdicts: vec![],
    }
}
