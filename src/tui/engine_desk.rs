//! The desk over the engine: the workbench's orders carried out on a real workspace.

use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

mod compared;
mod told;

use super::desk::{Answer, Desk, Given, Job, Refusal};
use crate::domain::eval::Mode;
use crate::domain::ids::{EvalId, TicketId};
use crate::domain::job::Wish;
use crate::domain::view::Order as QueueOrder;
use crate::domain::view::{
    AgreementPage, Committed, Decision, Disagreement, Draft, ExportOptions, ExportPlan,
    ExportPreview, Exported, Failure, GroupCard, GroupPage, HistoryLine, Home, ImportDone, JobCard,
    JudgeAsk, JudgeChoice, JudgeView, Lease, Progress, QueueCounts, QueuePage, QueueQuery,
    RubricOrder, RubricReply, SideBySide, SpendLimit, Submission, TicketDoc, Undone,
};
use crate::engine::import::{ImportPlan, NewTarget, eval_name};
use crate::engine::judge::{Control, JudgeOrder};
use crate::engine::queue::QueueError;
use crate::engine::{Engine, EngineError};
use compared::Compared;
use told::{ended, order, tell};

/// Outputs indexed in one slice: a few milliseconds.
const SLICE: u32 = 200;

/// The desk over an open workspace.
pub struct EngineDesk {
    /// Who reviews may change while the workbench is open.
    engine: RwLock<Engine>,
    /// The folder docket was started in; files to import are named relative to it.
    folder: PathBuf,
    /// The comparison that was made last: opened again it is there at once.
    compared: Compared,
}

impl EngineDesk {
    /// A desk over `engine`, for files in `folder`.
    pub fn new(engine: Engine, folder: PathBuf) -> Self {
        Self {
            engine: RwLock::new(engine),
            folder,
            compared: Compared::default(),
        }
    }

    fn engine(&self) -> Engine {
        self.engine
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl From<EngineError> for Refusal {
    fn from(error: EngineError) -> Self {
        if error.is_stale_lease() {
            return Self::LeaseLost { by: None };
        }
        Self::Failed(Failure::from(error))
    }
}

impl From<QueueError> for Refusal {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::BadFilter(bad) => Self::BadFilter {
                at: bad.at,
                why: bad.words,
            },
            QueueError::Engine(error) => error.into(),
        }
    }
}

/// How often a judge's progress reaches the screen, which then reads anew what it shows.
const TELL_EVERY: Duration = Duration::from_millis(500);

fn name_of(engine: &Engine, eval: EvalId) -> Answer<String> {
    let evals = engine.evals()?;
    let found = evals.into_iter().find(|one| one.id == eval);
    found.map(|one| one.name).ok_or_else(|| {
        EngineError::refused("this eval is not in the workspace", "go Home and come back").into()
    })
}

impl Desk for EngineDesk {
    fn home(&self) -> Answer<Home> {
        let mut home = self.engine().home()?;
        home.found = crate::engine::found::logs_in(&self.folder, &self.engine());
        Ok(home)
    }

    fn queue(&self, query: &QueueQuery) -> Answer<QueuePage> {
        Ok(self.engine().queue(query)?)
    }

    fn counts(&self, eval: EvalId, filter: &str, order: QueueOrder) -> Answer<QueueCounts> {
        Ok(self.engine().counts(eval, filter, order)?)
    }

    fn matching(&self, eval: EvalId, filter: &str, limit: u32) -> Answer<Vec<TicketId>> {
        Ok(self.engine().matching(eval, filter, limit)?)
    }

    fn open(&self, ticket: TicketId, claim: bool) -> Answer<TicketDoc> {
        Ok(self.engine().open_ticket(ticket, claim)?)
    }

    fn next(&self, eval: EvalId, after: Option<TicketId>) -> Answer<Given> {
        Ok(self.engine().next_ticket(eval, after)?)
    }

    fn peek(&self, eval: EvalId, after: TicketId) -> Answer<Given> {
        Ok(self.engine().peek_ticket(eval, Some(after))?)
    }

    fn renew(&self, ticket: TicketId, lease: Lease) -> Answer<()> {
        if self.engine().renew(ticket, lease)? {
            Ok(())
        } else {
            Err(Refusal::LeaseLost { by: None })
        }
    }

    fn release(&self, ticket: TicketId, _lease: Lease) -> Answer<()> {
        Ok(self.engine().release(ticket)?)
    }

    fn save_draft(&self, ticket: TicketId, draft: &Draft) -> Answer<()> {
        Ok(self.engine().save_draft(ticket, draft)?)
    }

    fn drop_draft(&self, ticket: TicketId) -> Answer<()> {
        Ok(self.engine().drop_draft(ticket)?)
    }

    fn submit(&self, submission: &Submission) -> Answer<Committed> {
        Ok(self.engine().submit(submission)?)
    }

    fn decide(&self, tickets: &[TicketId], decision: &Decision) -> Answer<u64> {
        Ok(self.engine().decide(tickets, decision)?)
    }

    fn reveal(&self, ticket: TicketId) -> Answer<JudgeView> {
        Ok(self.engine().reveal(ticket)?)
    }

    fn correct_judge(&self, ticket: TicketId, said: &Disagreement) -> Answer<JudgeView> {
        Ok(self.engine().correct_judge(ticket, said)?)
    }

    fn undo(&self) -> Answer<Option<Undone>> {
        Ok(self.engine().undo()?)
    }

    fn redo(&self) -> Answer<Option<Undone>> {
        Ok(self.engine().redo()?)
    }

    fn history(&self, ticket: TicketId) -> Answer<Vec<HistoryLine>> {
        Ok(self.engine().history_of(ticket)?)
    }

    fn agreement(&self, eval: EvalId) -> Answer<AgreementPage> {
        Ok(self.engine().agreement_page(eval)?)
    }

    fn open_agreement(&self, eval: EvalId) -> Answer<()> {
        self.engine().open_agreement(eval)?;
        Ok(())
    }

    fn export_options(&self, eval: EvalId) -> Answer<ExportOptions> {
        Ok(self.engine().export_options(eval)?)
    }

    fn export_preview(&self, plan: &ExportPlan) -> Answer<ExportPreview> {
        Ok(self.engine().export_preview(plan)?)
    }

    fn export(&self, plan: &ExportPlan, job: &Job<'_>) -> Answer<Exported> {
        Ok(self
            .engine()
            .export(plan, &mut |progress| job.tell(progress), job.cancelled())?)
    }

    fn import(&self, path: &str, job: &Job<'_>) -> Answer<ImportDone> {
        let name = eval_name(Path::new(path));
        let plan = ImportPlan {
            files: vec![self.folder.join(path)],
            eval: Some(NewTarget::named(name.clone())),
            // Searching can start later: the workbench fills the index while it is idle.
            index: false,
            ..ImportPlan::default()
        };
        let engine = self.engine();
        let report = engine.import(&plan, job.cancelled(), &mut |progress| {
            tell(job, path, progress);
        })?;
        if let Some((what, hint)) = report.nothing() {
            return Err(EngineError::refused(what, hint).into());
        }
        let eval = engine.eval_named(&name)?.id;
        Ok(ImportDone {
            eval,
            name,
            rows: report.taken,
            bad: report.bad(),
            ask_mode: report.eval_made,
        })
    }

    fn demo(&self, job: &Job<'_>) -> Answer<()> {
        Ok(self
            .engine()
            .load_sample(job.cancelled(), &mut |progress| {
                tell(job, "the sample", progress);
            })?)
    }

    fn judges(&self, ask: &JudgeAsk) -> Answer<Vec<JudgeChoice>> {
        let engine = self.engine();
        let order = order(&engine, ask, None)?;
        let mut usable = engine.usable_judges_for(&order)?;
        if let Some(name) = &ask.named
            && !usable.iter().any(|one| one.name == *name)
        {
            usable.insert(0, engine.considered(&order, name, "named by you"));
        }
        Ok(usable.into_iter().map(JudgeChoice::from).collect())
    }

    fn activity(&self) -> Answer<Vec<JobCard>> {
        Ok(self.engine().activity()?)
    }

    fn groups(&self) -> Answer<Vec<GroupCard>> {
        Ok(self.engine().group_cards()?)
    }

    fn group(&self, group: &str, full: bool) -> Answer<GroupPage> {
        Ok(self.compared.page(&self.engine(), group, full)?)
    }

    fn kept_group(&self, group: &str, full: bool) -> Answer<Option<GroupPage>> {
        Ok(self.engine().kept_page(group, full)?)
    }

    fn open_group(&self, group: &str) -> Answer<()> {
        Ok(self.engine().open_group(group)?)
    }

    fn side_by_side(&self, group: &str, item: i64) -> Answer<SideBySide> {
        Ok(self.engine().side_by_side(group, item)?)
    }

    fn steer(&self, job: [u8; 16], wish: Wish) -> Answer<()> {
        if self.engine().steer(job, wish)? {
            return Ok(());
        }
        Err(EngineError::refused("this job is not in the workspace", "open the screen anew").into())
    }

    fn judge(
        &self,
        ask: &JudgeAsk,
        judge: &str,
        limit: Option<SpendLimit>,
        job: &Job<'_>,
    ) -> Answer<String> {
        let engine = self.engine();
        let order = JudgeOrder {
            judge: judge.to_owned(),
            ..order(&engine, ask, limit)?
        };
        let control = Control::default();
        let mut told = None;
        let report = engine.judge_run(&order, &control, &mut |progress| {
            if job.is_cancelled() {
                control.stop();
            }
            if told.is_none_or(|told: Instant| told.elapsed() >= TELL_EVERY) {
                told = Some(Instant::now());
                job.tell(Progress {
                    what: format!("{judge} reads"),
                    done: progress.kept.tickets,
                    total: Some(progress.total),
                    unit: "tickets",
                    rate: progress.rate,
                });
            }
        })?;
        Ok(ended(&report))
    }

    fn rubric(&self, order: &RubricOrder) -> Answer<RubricReply> {
        let engine = self.engine();
        Ok(match order {
            RubricOrder::List => RubricReply::List(engine.rubric_cards()?),
            RubricOrder::Page(name) => RubricReply::Page(Box::new(engine.rubric_page(name)?)),
            RubricOrder::Make(source) => RubricReply::Draft(Box::new(engine.rubric_draft(source)?)),
            RubricOrder::Save {
                rubric,
                text,
                evals,
            } => RubricReply::Saved(engine.save_rubric(rubric, text.as_deref(), evals)?),
            RubricOrder::Hold(unsaved) => {
                engine.hold_rubric(unsaved.as_deref())?;
                RubricReply::Held
            }
            RubricOrder::Left => RubricReply::Left(engine.rubric_left()?.map(Box::new)),
            RubricOrder::Example { eval, after } => {
                RubricReply::Example(engine.rubric_example(*eval, *after)?)
            }
            RubricOrder::Try(trial) => {
                let (report, probes) = engine.rubric_trial(trial)?;
                RubricReply::Tried(Box::new(report), probes)
            }
        })
    }

    fn suggestion_offer(&self, ticket: TicketId) -> Answer<JudgeChoice> {
        Ok(self.engine().suggestion_offer(ticket)?)
    }

    fn suggest(&self, ticket: TicketId, judge: &str, job: &Job<'_>) -> Answer<String> {
        let control = Control::default();
        Ok(self
            .engine()
            .suggest_for(ticket, judge, &control, &mut |progress| {
                if job.is_cancelled() {
                    control.stop();
                }
                job.tell(Progress {
                    what: format!("{judge} works on a suggestion"),
                    done: progress.kept.tickets,
                    total: Some(progress.total),
                    unit: "tickets",
                    rate: progress.rate,
                });
            })?)
    }

    fn index_slice(&self) -> Answer<u64> {
        Ok(self.engine().index_slice(SLICE)?)
    }

    fn set_mode(&self, eval: EvalId, mode: Mode) -> Answer<()> {
        Ok(self.engine().set_mode(eval, mode)?)
    }

    fn set_reviewer(&self, name: &str) -> Answer<()> {
        let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        *engine = engine.seen_by(name);
        Ok(())
    }

    fn change_counter(&self) -> Answer<u64> {
        Ok(self.engine().change_counter()? as u64)
    }
}
