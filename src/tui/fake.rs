//! A desk in memory, for tests that need screens but no workspace.
//!
//! It follows the rules a reviewer can see (leases, drafts, undo, blindness), not those of the ledger.

mod gates;
mod groups;
mod rubrics;
mod sample;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::app::effect::NoTicket;
use crate::domain::eval::{DatasetRole, Mode};
use crate::domain::ids::{ActionId, EvalId, EventId, TicketId};
use crate::domain::job::Wish;
use crate::domain::ticket::State;
use crate::domain::view::Order as QueueOrder;
use crate::domain::view::{
    Age, AgreementPage, Anchor, Committed, Count, Decision, Disagreement, Dispute, Draft, EvalCard,
    ExportOptions, ExportPlan, ExportPreview, Exported, Failure, FormatChoice, FoundFile,
    GateOrder, GateReply, GroupCard, GroupPage, HistoryLine, Home, ImportDone, JobCard, JudgeAsk,
    JudgeChoice, JudgeScope, JudgeView, JudgeWork, Lease, Prefer, Price, Progress, QueueCounts,
    QueuePage, QueueQuery, QueueRow, RowKey, RubricOrder, RubricReply, RubricUnsaved, Shown,
    SideBySide, SpendLimit, Submission, TicketDoc, Undone, Why,
};

use super::desk::{Answer, Desk, Given, Job, Refusal};

pub use sample::{Sample, jobs, sample, suggestion};

/// The comparison of the sample's run group.
pub fn compared_group() -> crate::domain::view::compare::Comparison {
    groups::compared(EvalId([1; 16]))
}

/// A desk with one eval.
pub struct FakeDesk {
    inner: Mutex<Inner>,
    tokens: AtomicU64,
}

struct Inner {
    sample: Sample,
    reviewer: String,
    empty: bool,
    done: BTreeMap<TicketId, Committed>,
    drafts: BTreeMap<TicketId, Draft>,
    submitted: BTreeMap<TicketId, Draft>,
    last: Vec<TicketId>,
    undone: Vec<TicketId>,
    history: BTreeMap<TicketId, Vec<HistoryLine>>,
    opened: bool,
    /// Whether a comparison is kept, and of when.
    kept: Option<Age>,
    /// Items of which the names were asked for.
    named: BTreeSet<i64>,
    /// What was said of items side by side.
    preferred: Vec<Prefer>,
    jobs: Vec<JobCard>,
    steered: Vec<([u8; 16], Wish)>,
    rubric_held: Option<RubricUnsaved>,
    asked: Vec<(JudgeAsk, String, Option<SpendLimit>)>,
    gate: gates::Gate,
}

impl FakeDesk {
    /// A desk with the sample eval.
    pub fn new(mode: Mode) -> Self {
        Self::with(sample(mode))
    }

    /// A desk with this eval.
    pub fn with(sample: Sample) -> Self {
        Self {
            inner: Mutex::new(Inner {
                sample,
                reviewer: "ana".into(),
                empty: false,
                done: BTreeMap::new(),
                drafts: BTreeMap::new(),
                submitted: BTreeMap::new(),
                last: Vec::new(),
                undone: Vec::new(),
                history: BTreeMap::new(),
                opened: false,
                kept: None,
                named: BTreeSet::new(),
                preferred: Vec::new(),
                jobs: Vec::new(),
                steered: Vec::new(),
                rubric_held: None,
                asked: Vec::new(),
                gate: gates::Gate::default(),
            }),
            tokens: AtomicU64::new(1),
        }
    }

    /// A desk with an empty workspace.
    pub fn empty() -> Self {
        let desk = Self::new(Mode::Assist);
        desk.inner.lock().unwrap().empty = true;
        desk
    }

    /// A desk that keeps the comparison of its run group.
    #[must_use]
    pub fn keeping(self, age: Age) -> Self {
        self.inner.lock().unwrap().kept = Some(age);
        self
    }

    /// A desk where judges are at work, and were.
    #[must_use]
    pub fn busy(self) -> Self {
        {
            let mut inner = self.inner.lock().unwrap();
            inner.jobs = sample::jobs(inner.sample.eval.id);
        }
        self
    }

    /// What was wanted of jobs.
    pub fn steered(&self) -> Vec<([u8; 16], Wish)> {
        self.inner.lock().unwrap().steered.clone()
    }

    /// What judges were asked to read, under which limit.
    pub fn judged(&self) -> Vec<(JudgeAsk, String, Option<SpendLimit>)> {
        self.inner.lock().unwrap().asked.clone()
    }

    /// What was said of items side by side.
    pub fn preferred(&self) -> Vec<Prefer> {
        self.inner.lock().unwrap().preferred.clone()
    }

    /// What was ordered at the gate, lists and pages left out.
    pub fn gate_orders(&self) -> Vec<GateOrder> {
        self.inner.lock().unwrap().gate.ordered.clone()
    }

    /// The rule names other approvers, and its numbers moved on since they were shown.
    #[must_use]
    pub fn elsewhere(self, barred: bool, moved: bool) -> Self {
        {
            let mut inner = self.inner.lock().unwrap();
            (inner.gate.barred, inner.gate.moved) = (barred, moved);
        }
        self
    }

    /// The drafts that are safe.
    pub fn drafts(&self) -> BTreeMap<TicketId, Draft> {
        self.inner.lock().unwrap().drafts.clone()
    }

    /// The reviews committed.
    pub fn committed(&self) -> Vec<TicketId> {
        self.inner.lock().unwrap().done.keys().copied().collect()
    }

    fn lease(&self) -> Lease {
        Lease {
            seat: 1,
            token: self.tokens.fetch_add(1, Ordering::Relaxed) as i64,
        }
    }
}

fn failed<T>(what: &str) -> Answer<T> {
    Err(Refusal::Failed(Failure {
        what: what.to_owned(),
        hint: None,
    }))
}

impl Inner {
    fn rows(&self, filter: &str) -> Vec<QueueRow> {
        let tickets = self.sample.tickets.iter().enumerate();
        tickets
            .map(|(index, doc)| self.row(index, doc))
            .filter(|row| filter.is_empty() || row.preview.contains(filter))
            .collect()
    }

    fn row(&self, index: usize, doc: &TicketDoc) -> QueueRow {
        let done = self.done.get(&doc.ticket);
        let blind = self.sample.eval.policy.mode == Mode::Blind && done.is_none();
        let judge = match &self.sample.judges[index] {
            _ if blind => Shown::Hidden,
            JudgeView::Verdicts {
                score: Some(score), ..
            } => Shown::Some(*score),
            _ => Shown::None,
        };
        QueueRow {
            ticket: doc.ticket,
            key: RowKey {
                sort: index as i64,
                row: index as i64,
            },
            state: if done.is_some() {
                State::Done
            } else {
                State::Open
            },
            preview: crate::text::preview::preview(&doc.outputs[0].text()),
            external_id: doc.external_id.clone(),
            feature: doc.feature.clone(),
            model: if blind {
                Shown::Hidden
            } else {
                Shown::Some("gpt-planted".into())
            },
            mine: done.and_then(|done| done.score),
            judge,
            said: sample::said(&self.sample.judges[index], blind),
            flagged: index == 2,
            corrected: false,
            draft: done.is_none() && self.drafts.contains_key(&doc.ticket),
            held_by: None,
            why: match done {
                Some(_) => Why::DoneBy(self.reviewer.clone()),
                None => Why::InPlan,
            },
        }
    }

    fn doc(&self, ticket: TicketId, lease: Option<Lease>) -> Option<TicketDoc> {
        let index = self
            .sample
            .tickets
            .iter()
            .position(|doc| doc.ticket == ticket)?;
        let mut doc = self.sample.tickets[index].clone();
        doc.lease = lease;
        doc.draft = self.drafts.get(&ticket).cloned();
        let hidden =
            self.sample.eval.policy.mode == Mode::Blind && !self.done.contains_key(&ticket);
        doc.judge = match &self.sample.judges[index] {
            JudgeView::Verdicts { .. } if hidden => JudgeView::Hidden,
            judge => judge.clone(),
        };
        doc.suggestion = match self.sample.suggestions.get(&ticket) {
            _ if hidden => Shown::Hidden,
            Some(suggestion) => Shown::Some(Arc::clone(suggestion)),
            None => Shown::None,
        };
        Some(doc)
    }

    fn open_after(&self, after: Option<TicketId>) -> Result<TicketId, NoTicket> {
        self.sample
            .tickets
            .iter()
            .map(|doc| doc.ticket)
            .find(|ticket| Some(*ticket) != after && !self.done.contains_key(ticket))
            .ok_or(NoTicket::AllDone)
    }

    fn note(&mut self, ticket: TicketId, what: &str) {
        let line = HistoryLine {
            time_ms: 1_760_277_780_000,
            who: self.reviewer.clone(),
            what: what.to_owned(),
            taken_back: false,
            first_send: None,
        };
        self.history.entry(ticket).or_default().push(line);
    }
}

impl Desk for FakeDesk {
    fn home(&self) -> Answer<Home> {
        let inner = self.inner.lock().unwrap();
        if inner.empty {
            return Ok(Home {
                workspace: "~/reviews/docket.db".into(),
                reviewer: inner.reviewer.clone(),
                found: vec![found()],
                empty: true,
                evals: Vec::new(),
                jobs: Vec::new(),
                groups: Vec::new(),
            });
        }
        let total = inner.sample.tickets.len() as u64;
        let done = inner.done.len() as u64;
        Ok(Home {
            workspace: "~/reviews/docket.db".into(),
            reviewer: inner.reviewer.clone(),
            evals: vec![EvalCard {
                id: inner.sample.eval.id,
                name: inner.sample.eval.name.clone(),
                purpose: inner.sample.eval.purpose.clone(),
                mode: inner.sample.eval.policy.mode,
                compares: false,
                role: DatasetRole::Review,
                done,
                total,
                waiting: total - done,
                seconds_each: Some(25),
                human_pass: None,
            }],
            found: vec![found()],
            jobs: inner
                .jobs
                .iter()
                .filter(|card| card.job.stage().is_live())
                .cloned()
                .collect(),
            groups: Vec::new(),
            empty: false,
        })
    }

    fn queue(&self, query: &QueueQuery) -> Answer<QueuePage> {
        if query.filter.starts_with("judge") {
            return Err(Refusal::BadFilter {
                at: 0,
                why: "`judge` may not filter while the eval is blind".into(),
            });
        }
        let rows = self.inner.lock().unwrap().rows(&query.filter);
        let limit = usize::from(query.limit);
        let from = match query.anchor {
            Anchor::Start => 0,
            Anchor::End => rows.len().saturating_sub(limit),
            Anchor::After(key) => rows.iter().filter(|row| row.key.row <= key.row).count(),
            Anchor::At(key) => rows.iter().filter(|row| row.key.row < key.row).count(),
            Anchor::Before(key) => rows
                .iter()
                .filter(|row| row.key.row < key.row)
                .count()
                .saturating_sub(limit),
        };
        let page: Vec<QueueRow> = rows.iter().skip(from).take(limit).cloned().collect();
        Ok(QueuePage {
            more_before: from > 0,
            more_after: from + page.len() < rows.len(),
            rows: page,
        })
    }

    fn counts(&self, _eval: EvalId, filter: &str, _order: QueueOrder) -> Answer<QueueCounts> {
        let inner = self.inner.lock().unwrap();
        let total = inner.sample.tickets.len() as u64;
        let done = inner.done.len() as u64;
        Ok(QueueCounts {
            total,
            states: [total - done, 0, 0, 0, 0, done],
            shown: Count::Exactly(inner.rows(filter).len() as u64),
        })
    }

    fn matching(&self, _eval: EvalId, filter: &str, limit: u32) -> Answer<Vec<TicketId>> {
        let rows = self.inner.lock().unwrap().rows(filter);
        Ok(rows
            .iter()
            .take(limit as usize)
            .map(|row| row.ticket)
            .collect())
    }

    fn open(&self, ticket: TicketId, claim: bool) -> Answer<TicketDoc> {
        let lease = claim.then(|| self.lease());
        match self.inner.lock().unwrap().doc(ticket, lease) {
            Some(doc) => Ok(doc),
            None => failed("there is no such ticket"),
        }
    }

    fn next(&self, _eval: EvalId, after: Option<TicketId>) -> Answer<Given> {
        let lease = self.lease();
        let inner = self.inner.lock().unwrap();
        Ok(inner
            .open_after(after)
            .and_then(|ticket| inner.doc(ticket, Some(lease)).ok_or(NoTicket::AllDone)))
    }

    fn peek(&self, _eval: EvalId, after: TicketId) -> Answer<Given> {
        let inner = self.inner.lock().unwrap();
        Ok(inner
            .open_after(Some(after))
            .and_then(|ticket| inner.doc(ticket, None).ok_or(NoTicket::AllDone)))
    }

    fn renew(&self, _ticket: TicketId, _lease: Lease) -> Answer<()> {
        Ok(())
    }

    fn release(&self, _ticket: TicketId, _lease: Lease) -> Answer<()> {
        Ok(())
    }

    fn save_draft(&self, ticket: TicketId, draft: &Draft) -> Answer<()> {
        self.inner
            .lock()
            .unwrap()
            .drafts
            .insert(ticket, draft.clone());
        Ok(())
    }

    fn drop_draft(&self, ticket: TicketId) -> Answer<()> {
        self.inner.lock().unwrap().drafts.remove(&ticket);
        Ok(())
    }

    fn submit(&self, submission: &Submission) -> Answer<Committed> {
        let mut inner = self.inner.lock().unwrap();
        let Some(index) = inner
            .sample
            .tickets
            .iter()
            .position(|doc| doc.ticket == submission.ticket)
        else {
            return failed("there is no such ticket");
        };
        let threshold = inner.sample.tickets[index].threshold;
        let score = inner
            .sample
            .rubric
            .score(&submission.draft.answers, &[], threshold)
            .ok();
        let judge = inner.sample.judges[index].clone();
        let differs = match (&judge, &score) {
            (
                JudgeView::Verdicts {
                    score: Some(theirs),
                    ..
                },
                Some(mine),
            ) => (*theirs >= threshold.value) != mine.pass,
            _ => false,
        };
        let left = inner.sample.tickets.len() - inner.done.len();
        let committed = Committed {
            ticket: submission.ticket,
            event: EventId([index as u8; 16]),
            state: State::Done,
            score: score.as_ref().map(|score| score.overall),
            pass: score.as_ref().map(|score| score.pass),
            judge_word: match (&judge, differs) {
                (JudgeView::Verdicts { .. }, true) => crate::domain::view::JudgeWord::Differs,
                (JudgeView::Verdicts { .. }, false) => crate::domain::view::JudgeWord::Agrees,
                _ => crate::domain::view::JudgeWord::Untold,
            },
            judge,
            judge_differs: differs,
            drawn: crate::domain::view::Drawn::InPlan,
            revealed: None,
            left: left.saturating_sub(1) as u64,
        };
        inner.done.insert(submission.ticket, committed.clone());
        inner
            .submitted
            .insert(submission.ticket, submission.draft.clone());
        inner.last.push(submission.ticket);
        inner.note(submission.ticket, "review committed");
        Ok(committed)
    }

    fn decide(&self, tickets: &[TicketId], decision: &Decision) -> Answer<u64> {
        let mut inner = self.inner.lock().unwrap();
        for ticket in tickets {
            inner.note(*ticket, decision.done());
        }
        Ok(tickets.len() as u64)
    }

    fn reveal(&self, ticket: TicketId) -> Answer<JudgeView> {
        let inner = self.inner.lock().unwrap();
        let index = inner
            .sample
            .tickets
            .iter()
            .position(|doc| doc.ticket == ticket);
        Ok(index.map_or(JudgeView::Nothing, |index| {
            inner.sample.judges[index].clone()
        }))
    }

    fn correct_judge(&self, ticket: TicketId, said: &Disagreement) -> Answer<JudgeView> {
        let mut inner = self.inner.lock().unwrap();
        let tickets = &inner.sample.tickets;
        let Some(index) = tickets.iter().position(|doc| doc.ticket == ticket) else {
            return failed("there is no such ticket");
        };
        if let JudgeView::Verdicts { verdicts, .. } = &mut inner.sample.judges[index] {
            let of_it = verdicts.iter_mut().filter(|one| one.id == said.verdict);
            of_it.for_each(|one| {
                one.disputes = vec![Dispute {
                    who: None,
                    answer: said.answer.clone(),
                    reason: said.reason.clone(),
                    earlier: false,
                }];
            });
        }
        Ok(inner.sample.judges[index].clone())
    }

    fn undo(&self) -> Answer<Option<Undone>> {
        let mut inner = self.inner.lock().unwrap();
        let Some(ticket) = inner.last.pop() else {
            return Ok(None);
        };
        inner.done.remove(&ticket);
        if let Some(draft) = inner.submitted.remove(&ticket) {
            inner.drafts.insert(ticket, draft);
        }
        inner.undone.push(ticket);
        Ok(Some(Undone {
            action: ActionId([0; 16]),
            what: format!("review of ticket {} taken back", ticket.short()),
            ticket: Some(ticket),
            tickets: 1,
            second_after: None,
            stands: None,
        }))
    }

    fn redo(&self) -> Answer<Option<Undone>> {
        Ok(None)
    }

    fn history(&self, ticket: TicketId) -> Answer<Vec<HistoryLine>> {
        let inner = self.inner.lock().unwrap();
        Ok(inner.history.get(&ticket).cloned().unwrap_or_default())
    }

    fn agreement(&self, _eval: EvalId) -> Answer<AgreementPage> {
        let inner = self.inner.lock().unwrap();
        let waiting = inner.sample.tickets.len() - inner.done.len();
        if inner.sample.eval.policy.mode == Mode::Blind && !inner.opened {
            return Ok(AgreementPage::Closed {
                name: inner.sample.eval.name.clone(),
                waiting: waiting as u64,
            });
        }
        Ok(AgreementPage::Open(Box::new(sample::agreement(
            &inner.sample,
        ))))
    }

    fn open_agreement(&self, _eval: EvalId) -> Answer<()> {
        self.inner.lock().unwrap().opened = true;
        Ok(())
    }

    fn export_options(&self, _eval: EvalId) -> Answer<ExportOptions> {
        let format = |name: &str, about: &str, pairs| FormatChoice {
            name: name.into(),
            about: about.into(),
            pairs,
        };
        Ok(ExportOptions {
            formats: vec![
                format("openai-sft", "chat messages, one row a line", false),
                format("trl-dpo", "a better and a worse answer", true),
            ],
            folder: "train".into(),
        })
    }

    fn export_preview(&self, _plan: &ExportPlan) -> Answer<ExportPreview> {
        let rows = self.inner.lock().unwrap().done.len() as u64;
        Ok(ExportPreview {
            train: rows,
            validation: 0,
            sample: Some(
                "{\"messages\":[{\"role\":\"user\",\"content\":\"I was charged twice\"}]}".into(),
            ),
            ..ExportPreview::default()
        })
    }

    fn export(&self, plan: &ExportPlan, job: &Job<'_>) -> Answer<Exported> {
        job.tell(Progress {
            what: "writing".into(),
            done: 1,
            total: Some(1),
            unit: "rows",
            rate: 1.0,
        });
        Ok(Exported {
            folder: plan.folder.clone(),
            files: vec![("train.jsonl".into(), 1)],
            dataset: "support-train".into(),
        })
    }

    fn import(&self, path: &str, _job: &Job<'_>) -> Answer<ImportDone> {
        let mut inner = self.inner.lock().unwrap();
        inner.empty = false;
        Ok(ImportDone {
            eval: inner.sample.eval.id,
            name: path.to_owned(),
            rows: 6,
            bad: 0,
            ask_mode: true,
        })
    }

    fn demo(&self, _job: &Job<'_>) -> Answer<()> {
        self.inner.lock().unwrap().empty = false;
        Ok(())
    }

    fn judges(&self, ask: &JudgeAsk) -> Answer<Vec<JudgeChoice>> {
        let tickets = match &ask.scope {
            JudgeScope::All => self.inner.lock().unwrap().sample.tickets.len() as u64,
            JudgeScope::Filter(filter) => self.inner.lock().unwrap().rows(filter).len() as u64,
            JudgeScope::Tickets(tickets) => tickets.len() as u64,
            JudgeScope::Rescored => 6,
        };
        let work = |calls: u64, price: Price, first_send: &[&str]| JudgeWork {
            place: "api.example".into(),
            tickets,
            nothing_to_compare: 0,
            calls,
            planted: 24,
            tokens: calls * 600,
            price,
            time: None,
            first_send: first_send.iter().map(|field| (*field).into()).collect(),
            needs_yes: None,
        };
        let choice = |name: &str, because: &str, work| JudgeChoice {
            name: name.into(),
            because: because.into(),
            work,
        };
        let mut choices = Vec::new();
        if let Some(name) = &ask.named {
            let much = JudgeWork {
                needs_yes: Some("12000 calls are more than 1000".into()),
                ..work(12_000, Price::Unpriced, &[])
            };
            choices.push(choice(name, "named by you", Ok(much)));
        }
        choices.extend([
            choice(
                "checks",
                "the rubric's own checks, free",
                Ok(work(0, Price::Free, &[])),
            ),
            choice(
                "openai/gpt-4.1",
                "key in OPENAI_API_KEY",
                Ok(work(18, Price::Micros(12_000), &["request", "output"])),
            ),
            choice(
                "local/MODEL",
                "answers on this machine",
                Err("name a model".into()),
            ),
        ]);
        Ok(choices)
    }

    fn activity(&self) -> Answer<Vec<JobCard>> {
        Ok(self.inner.lock().unwrap().jobs.clone())
    }

    fn groups(&self) -> Answer<Vec<GroupCard>> {
        let inner = self.inner.lock().unwrap();
        Ok(groups::cards(inner.sample.eval.id))
    }

    fn group(&self, _group: &str, full: bool) -> Answer<GroupPage> {
        let inner = self.inner.lock().unwrap();
        let blind = inner.sample.eval.policy.mode == Mode::Blind;
        if blind && !inner.opened {
            let items = groups::items();
            return Ok(GroupPage::Closed { waiting: 5, items });
        }
        Ok(groups::page(inner.sample.eval.id, full))
    }

    fn kept_group(&self, _group: &str, full: bool) -> Answer<Option<GroupPage>> {
        let inner = self.inner.lock().unwrap();
        let id = inner.sample.eval.id;
        Ok(inner.kept.map(|age| groups::kept(id, full, age)))
    }

    fn open_group(&self, _group: &str) -> Answer<()> {
        self.inner.lock().unwrap().opened = true;
        Ok(())
    }

    fn side_by_side(&self, _group: &str, item: i64) -> Answer<SideBySide> {
        let inner = self.inner.lock().unwrap();
        Ok(groups::beside(item, inner.named.contains(&item)))
    }

    fn reveal_sides(&self, _group: &str, item: i64) -> Answer<SideBySide> {
        self.inner.lock().unwrap().named.insert(item);
        Ok(groups::beside(item, true))
    }

    fn prefer(&self, wanted: &Prefer) -> Answer<String> {
        self.inner.lock().unwrap().preferred.push(wanted.clone());
        Ok(format!("kept: {:?}", wanted.preference))
    }

    fn gate(&self, order: &GateOrder, job: &Job<'_>) -> Answer<GateReply> {
        let mut inner = self.inner.lock().unwrap();
        let Inner {
            sample,
            opened,
            gate,
            ..
        } = &mut *inner;
        let closed = sample.eval.policy.mode == Mode::Blind && !*opened;
        *opened |= matches!(order, GateOrder::Open { .. });
        gate.answer(sample.eval.id, closed, order, job)
    }

    fn steer(&self, job: [u8; 16], wish: Wish) -> Answer<()> {
        let mut inner = self.inner.lock().unwrap();
        inner.steered.push((job, wish));
        for card in inner.jobs.iter_mut().filter(|card| card.job.id == job) {
            card.job.wish = wish;
        }
        Ok(())
    }

    fn judge(
        &self,
        ask: &JudgeAsk,
        judge: &str,
        limit: Option<SpendLimit>,
        job: &Job<'_>,
    ) -> Answer<String> {
        let mut inner = self.inner.lock().unwrap();
        inner.asked.push((ask.clone(), judge.to_owned(), limit));
        let total = inner.sample.tickets.len() as u64;
        drop(inner);
        for done in 0..total {
            if job.is_cancelled() {
                return Ok(format!("{judge}: stopped; it can go on"));
            }
            job.tell(Progress {
                what: format!("{judge} reads"),
                done,
                total: Some(total),
                unit: "tickets",
                rate: 3.0,
            });
        }
        Ok(format!("{judge}: done, {total} of {total} tickets read"))
    }

    fn rubric(&self, order: &RubricOrder) -> Answer<RubricReply> {
        let mut inner = self.inner.lock().unwrap();
        let Inner {
            sample,
            rubric_held,
            ..
        } = &mut *inner;
        rubrics::answer(sample, rubric_held, order)
    }

    fn suggestion_offer(&self, _ticket: TicketId) -> Answer<JudgeChoice> {
        Ok(JudgeChoice {
            name: "openai/gpt-4.1".into(),
            because: "it has read this ticket".into(),
            work: Ok(JudgeWork {
                place: "api.example".into(),
                tickets: 1,
                nothing_to_compare: 0,
                calls: 4,
                planted: 24,
                tokens: 2_400,
                price: Price::Micros(2_600),
                time: None,
                first_send: Vec::new(),
                needs_yes: None,
            }),
        })
    }

    fn suggest(&self, ticket: TicketId, judge: &str, _job: &Job<'_>) -> Answer<String> {
        let mut inner = self.inner.lock().unwrap();
        let tickets = &inner.sample.tickets;
        let Some(index) = tickets.iter().position(|doc| doc.ticket == ticket) else {
            return failed("there is no such ticket");
        };
        let made = sample::suggestion(&inner.sample.tickets[index], judge);
        inner.sample.suggestions.insert(ticket, Arc::new(made));
        Ok(format!("{judge}: a suggestion that helped"))
    }

    fn index_slice(&self) -> Answer<u64> {
        Ok(0)
    }

    fn set_mode(&self, _eval: EvalId, _mode: Mode) -> Answer<()> {
        Ok(())
    }

    fn set_reviewer(&self, name: &str) -> Answer<()> {
        self.inner.lock().unwrap().reviewer = name.to_owned();
        Ok(())
    }

    fn change_counter(&self) -> Answer<u64> {
        Ok(1)
    }
}

fn found() -> FoundFile {
    FoundFile {
        path: "october.jsonl".into(),
        rows: 412,
        more: false,
        format: "OpenAI chat".into(),
    }
}
